"""Detectors: readers of foreign grammars that say whether a value would turn into code where it is put. No rules, no targets."""
