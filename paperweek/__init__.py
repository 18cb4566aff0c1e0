"""paperweek: what the product knows of a week of AI papers. Plain Python, no orchestrator."""

__version__ = "0.1.0"
