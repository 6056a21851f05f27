"""Operators of SecLang that the YAML rules have not: one a file."""
