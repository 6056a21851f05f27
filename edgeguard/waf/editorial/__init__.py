"""What editors write: which values of a request are their text, and what of it would run where it is shown."""
