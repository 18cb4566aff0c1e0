"""Writers: each file turns a selection into a report."""
