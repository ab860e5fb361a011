"""The main window: menu, panes, health strip, log."""
