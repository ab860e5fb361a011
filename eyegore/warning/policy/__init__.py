"""Who is told which alarm when, and in which words. Pure."""
