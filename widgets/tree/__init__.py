"""The exposure log."""
