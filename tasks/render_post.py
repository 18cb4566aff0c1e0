"""Render the report into the files that the blog will hold."""

from __future__ import annotations

import logging

from prefect import task
from prefect.cache_policies import NO_CACHE

from paperweek.model import Post, Report
from paperweek.rendering import render_post as render

logger = logging.getLogger(__name__)


@task(cache_policy=NO_CACHE, persist_result=False)
def render_post(report: Report, *, path_pattern: str, category: str) -> Post:
    """Return the post with its data file."""
    post = render(report, path_pattern=path_pattern, category=category)
    logger.info("render: %s, %d words", post.path, len(post.text.split()))
    return post
