"""What SecLang calls by a name that YAML has too and means otherwise: bytes where YAML means characters, and its own oddities."""
