"""Render the report into the files that the blog will hold, and read them back."""

from __future__ import annotations

import functools
import logging

from prefect import task
from prefect.cache_policies import NO_CACHE

from paperweek import rendering
from paperweek.finishing import finish
from paperweek.model import Post, Report

logger = logging.getLogger(__name__)


@task(cache_policy=NO_CACHE, persist_result=False)
def render_post(report: Report, *, path_pattern: str, category: str) -> Post:
    """Return the post with its data file. Raises UnverifiedPost where it must not stand."""
    render = functools.partial(rendering.render_post, path_pattern=path_pattern, category=category)
    post = finish(report, render)
    logger.info("render: %s, %d words, verified", post.path, len(post.text.split()))
    return post
