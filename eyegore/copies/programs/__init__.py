"""The programs that copies start, and what they print."""
