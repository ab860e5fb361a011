"""Alarms: what counts as one, its states, incidents, dead-man timers, and the journal."""
