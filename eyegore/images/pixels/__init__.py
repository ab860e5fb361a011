"""Pixels to numbers and pictures: statistics of regions, spots, injected charge, stretches. Pure."""
