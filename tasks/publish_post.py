"""Publish the post: the one step that the world sees."""

from __future__ import annotations

import logging

from prefect import task
from prefect.cache_policies import NO_CACHE

from paperweek.model import Post, Publication
from paperweek.ports import Blog
from tasks.retrying import when_it_may_help

logger = logging.getLogger(__name__)


@task(
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=[5, 30],
    retry_condition_fn=when_it_may_help,
)
def publish_post(post: Post, blog: Blog, *, rewrite: bool) -> Publication:
    """Return what the blog holds afterwards. Safe to repeat: the blog is asked first each time."""
    publication = blog.publish(post, rewrite=rewrite)
    logger.info(
        "publish: %s %s%s",
        publication.outcome,
        publication.path,
        f" in commit {publication.commit[:10]}" if publication.commit else "",
    )
    return publication
