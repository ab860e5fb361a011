"""The list of copies, and the files that wait."""
