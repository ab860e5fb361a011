"""A target on another computer: the connection, its keys, the folder there."""
