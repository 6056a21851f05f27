"""Samples of traffic, kept for replaying it against other rules: taken by rate, masked, encrypted, for some days."""
