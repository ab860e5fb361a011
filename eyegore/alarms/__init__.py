"""Alarm states: what is raised, latched, acknowledged, muted."""
