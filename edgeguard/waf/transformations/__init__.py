"""Transformations: one a file, each a linear function of bytes that gives the same object back where nothing changes."""
