"""Pictures of CCDs with numbers and verdicts."""
