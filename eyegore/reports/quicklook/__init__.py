"""A page for every image."""
