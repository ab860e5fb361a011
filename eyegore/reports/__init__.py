"""Documents made of a folder: a quick look at every image, the housekeeping of a day; PDF and CSV."""
