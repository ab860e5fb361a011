"""The frozen records that threads exchange; ``events`` lists all that the monitor tells."""
