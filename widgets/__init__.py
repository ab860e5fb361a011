"""Tk views: values in, callables out; no files, no threads, nothing of ELVIS."""
