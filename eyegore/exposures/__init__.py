"""One exposure: its log row, its housekeeping, its images, and the time it may take. Pure."""
