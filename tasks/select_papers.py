"""Select the papers that the report may speak of, compared with the weeks before."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE

from paperweek.model import Collection, Selection
from paperweek.ports import Blog
from paperweek.selection import select
from tasks.retrying import when_it_may_help

logger = logging.getLogger(__name__)

EARLIER_WEEKS = 4


@task(
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=[5, 20],
    retry_condition_fn=when_it_may_help,
)
def select_papers(
    collection: Collection,
    blog: Blog,
    size: int,
    *,
    prefer: Sequence[str] = (),
    leave_out: Sequence[str] = (),
) -> Selection:
    """Return up to `size` papers of the week, best first."""
    earlier = blog.earlier_weeks(collection.week, EARLIER_WEEKS)
    selection = select(collection, earlier, size=size, prefer=prefer, leave_out=leave_out)
    logger.info(
        "select: %d papers, compared with %d earlier weeks",
        len(selection.papers),
        len(selection.earlier),
    )
    return selection
