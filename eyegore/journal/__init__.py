"""What is never lost: every alarm and every warning, in one SQLite file for each day folder."""
