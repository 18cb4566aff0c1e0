"""Ask the blog, before anybody else, whether the week stands."""

from __future__ import annotations

import logging

from prefect import task
from prefect.cache_policies import NO_CACHE

from paperweek.model import Publication, Week
from paperweek.ports import Blog
from tasks.retrying import when_it_may_help

logger = logging.getLogger(__name__)


@task(
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=[5, 20],
    retry_condition_fn=when_it_may_help,
)
def ask_blog(week: Week, blog: Blog) -> Publication | None:
    """Return what the blog holds for the week, None where it was never published."""
    standing = blog.standing(week)
    if standing is None:
        logger.info("blog: %s is not published yet", week)
    else:
        whose = "a person's" if standing.human_edited else "our"
        logger.info("blog: %s stands in %s words at %s", week, whose, standing.path)
    return standing
