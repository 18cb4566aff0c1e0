"""Read what the blog says of itself, before anything is decided."""

from __future__ import annotations

import logging

from prefect import task
from prefect.cache_policies import NO_CACHE

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
def read_blog(blog: Blog, *paths: str) -> tuple[str | None, ...]:
    """Return the texts of these files of the blog, None for each that is not there."""
    texts = blog.read(*paths)
    found = [path for path, text in zip(paths, texts, strict=True) if text is not None]
    logger.info("blog: read %s", ", ".join(found) or "nothing of its own")
    return texts
