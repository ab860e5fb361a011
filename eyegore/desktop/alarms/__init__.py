"""Alarms in the window: their list and their sound."""
