"""Operators: one a file, each a question asked of a value, or of the number of values."""
