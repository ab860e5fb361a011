"""Who is on duty, and when it is quiet. Pure."""
