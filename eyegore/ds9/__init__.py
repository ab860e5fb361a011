"""DS9: images and regions to the DS9 that is meant, by calls with a time limit. Needs no Tk."""
