"""Images in the window: the latest ones, one at full resolution, what is found in it."""
