"""Backup and broadcast: the day folder copied, read back and proved."""
