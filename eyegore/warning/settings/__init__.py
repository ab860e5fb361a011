"""Settings of the warnings: who is told, how and when."""
