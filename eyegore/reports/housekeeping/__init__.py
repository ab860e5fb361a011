"""The housekeeping of a day as a document: every parameter with limits, statistics of each ObsID."""
