"""Blogs: each file publishes to one kind of place."""
