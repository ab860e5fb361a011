"""What ELVIS, the camera-control program, writes: names, formats, readers, and a simulator of it."""
