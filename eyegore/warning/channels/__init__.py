"""The ways out: mail, SMS, calls, web hooks, and what becomes of each attempt."""
