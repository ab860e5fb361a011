"""Eyegore: a monitor for CCD test labs."""

__version__ = "0.1.0"
