"""Ways to write an attack otherwise, and how a rule's own match tests survive them. At the desk only."""
