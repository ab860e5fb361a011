"""Writes what ELVIS writes: a day folder with housekeeping, exposure log and images, and planted trouble."""
