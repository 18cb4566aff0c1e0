"""Paper sources: each file talks to one place."""
