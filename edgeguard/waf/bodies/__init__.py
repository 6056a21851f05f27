"""Bodies as values to inspect: one parser a file, each linear and bounded, each stricter than the origin's."""
