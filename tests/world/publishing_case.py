"""One fault on the way from a finished post to the blog and its notice, played and judged."""

from __future__ import annotations

from collections.abc import Sequence

from tests.world.table import Case


def publishing_cases() -> Sequence[Case]:
    """Return every fault of publishing and of telling about it."""
    return []
