"""What a SecLang rule does when it holds: one action a file, compiled once from its argument."""
