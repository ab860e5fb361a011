"""How data reaches the monitor: watching the folder and reading what is new."""
