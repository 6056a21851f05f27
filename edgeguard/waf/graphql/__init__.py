"""GraphQL requests: what a document asks for, how much that is, and how much an account may ask for."""
