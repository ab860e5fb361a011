"""What a view may know of the thing it shows; frozen values without Tk."""
