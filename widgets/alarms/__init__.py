"""The list of alarms, its bar and its details."""
