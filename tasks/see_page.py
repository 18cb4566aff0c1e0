"""Look whether readers see the post: a push only promises it."""

from __future__ import annotations

from dataclasses import replace

from prefect import task
from prefect.cache_policies import NO_CACHE

from paperweek.model import Outcome
from paperweek.summary import Summary
from paperweek.visibility import wait_until_visible


@task(cache_policy=NO_CACHE, persist_result=False)
def see_page(summary: Summary, seconds: float) -> Summary:
    """Return the summary of a published week with whether its page shows the post in time."""
    is_pushed = summary.outcome is Outcome.PUBLISHED and not summary.pull_request
    if not (is_pushed and summary.url and seconds):
        return summary
    return replace(summary, visible=wait_until_visible(summary.url, summary.title, seconds))
