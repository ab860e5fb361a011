"""The list of warnings that were sent."""
