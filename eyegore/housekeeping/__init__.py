"""Rows of housekeeping to verdicts, alarms and trends. Pure."""
