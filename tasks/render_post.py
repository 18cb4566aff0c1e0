"""Render the report into the files that the blog will hold, and read them back."""

from __future__ import annotations

import logging
from datetime import date

from prefect import task
from prefect.cache_policies import NO_CACHE

from paperweek import rendering
from paperweek.corrections import amendments
from paperweek.finishing import finish
from paperweek.model import Post, Report

logger = logging.getLogger(__name__)


@task(cache_policy=NO_CACHE, persist_result=False)
def render_post(
    report: Report, *, path_pattern: str, category: str, published: str | None, on: date
) -> Post:
    """Return the post with its data file. Raises UnverifiedPost where it must not stand.

    `published` is the data file that the blog has of the week: the post says what changed, `on`
    which day.
    """

    def render(report: Report) -> Post:
        said = amendments(published, report, on)
        return rendering.render_post(
            report,
            path_pattern=path_pattern,
            category=category,
            changes=said.changes,
            corrections=said.corrections,
        )

    post = finish(report, render)
    logger.info("render: %s, %d words, verified", post.path, len(post.text.split()))
    return post
