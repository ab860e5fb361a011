"""The desktop: the Tk program that subscribes to the monitor."""
