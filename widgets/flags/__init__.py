"""The panel of flags."""
