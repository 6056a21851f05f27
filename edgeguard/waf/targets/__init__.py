"""Targets: what rules can look at, one family a file."""
