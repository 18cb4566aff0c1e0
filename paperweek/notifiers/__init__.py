"""Notifiers: each file tells one kind of listener."""
