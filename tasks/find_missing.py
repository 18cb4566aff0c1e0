"""Find the weeks that nobody has published yet."""

from __future__ import annotations

import logging

from prefect import task
from prefect.cache_policies import NO_CACHE

from paperweek.keeping import missing_weeks
from paperweek.model import Week
from paperweek.ports import KeptBlog
from tasks.retrying import when_it_may_help

logger = logging.getLogger(__name__)


@task(
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=[5, 20],
    retry_condition_fn=when_it_may_help,
)
def find_missing(blog: KeptBlog, newest: Week, since: Week | None) -> tuple[Week, ...]:
    """Return the weeks up to `newest` that have no post and that nobody skipped, oldest first."""
    weeks = missing_weeks(blog, newest, since)
    logger.info("blog: without a post: %s", ", ".join(map(str, weeks)) or "no week")
    return weeks
