"""Teacher: what the class does, and what it may."""
