"""For the engineer at the desk: what rules made of a request, and what would let it pass. Nothing here serves requests."""
