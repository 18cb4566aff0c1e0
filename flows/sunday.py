"""Sunday: the sentence for each week that was missed, then for the week that just ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from prefect import flow, runtime

from flows.forms import asks
from flows.weekly_report import (
    named,
    settle,
    tell_the_owner,
    today,
    weekly_report,
)
from paperweek.announcing import announce_caught_up
from paperweek.jekyll import Site
from paperweek.model import Outcome, Week
from paperweek.settings import Settings
from paperweek.summary import CaughtUp, Summary
from paperweek.wiring import connect_blog, connect_kept_blog, connect_notifier
from tasks.find_missing import find_missing

MOST_MISSED = 4
"""How many missed weeks a Sunday catches up with, beside its own."""


def run_name() -> str:
    """Return what the run is called in Prefect's pages."""
    due: datetime = runtime.flow_run.scheduled_start_time
    return f"Sunday by {due:%Y-%m-%d}"


@flow(
    name="sunday",
    flow_run_name=run_name,
    on_failure=[tell_the_owner],
    timeout_seconds=14400,
    persist_result=False,
)
def sunday(
    approve: Annotated[
        bool,
        asks(
            "Ask me before publishing",
            "The run is suspended once the post is written, and you are told. Read it under "
            "Artifacts, then resume the run. Missed weeks are left to you: run them one by one.",
        ),
    ] = False,
) -> Summary | None:
    """Publish the week that just ended, after up to four weeks that were missed before it.

    Returns nothing where the week was skipped.
    """
    settings, site = settle()
    newest = Week.ending_by(today(settings.zone))
    blog = connect_kept_blog(settings)
    missing = find_missing(blog, newest, None)
    overdue = [week for week in missing if week < newest]
    if overdue and not approve:  # what a person discarded is missing too, and must stay so
        report_on(overdue, MOST_MISSED, settings, site)
    if newest in blog.look(lambda tip: tip.ledger.skipped):
        return None
    if approve:  # in this very run: Prefect suspends none inside another
        return weekly_report.fn(newest.label, approve=True)
    return named(weekly_report(newest.label))


@flow(
    name="catch-up",
    on_failure=[tell_the_owner],
    timeout_seconds=86400,
    persist_result=False,
)
def catch_up(since: str = "", limit: int = 0) -> CaughtUp:
    """Publish the weeks that have no post, oldest first.

    Args:
        since: The first week to look at, such as 2025-W05. Never before the blog's first.
        limit: How many weeks at most. 0: all of them.
    """
    settings, site = settle()
    newest = Week.ending_by(today(settings.zone))
    first = Week.parse(since) if since else None
    missing = find_missing(connect_kept_blog(settings), newest, first)
    return report_on(missing, limit or len(missing), settings, site)


def report_on(weeks: Sequence[Week], limit: int, settings: Settings, site: Site) -> CaughtUp:
    """Run the sentence for up to `limit` of the weeks, and send one notice about all of them.

    A week that is refused is passed over; a failure ends it, because the next would fail too.
    """
    done: list[Summary] = []
    for week in weeks[:limit]:
        try:
            done.append(weekly_report(week.label, quiet=True))
        except Exception as error:  # noqa: BLE001 -- the weeks before it are still to be told of
            done.append(Summary.of_error(error, week.label))
        if done[-1].outcome is Outcome.FAILED:
            break
    caught_up = CaughtUp(tuple(done), tuple(week.label for week in weeks[len(done) :]))
    place = (settings.site_url, settings.category, site.permalink)
    blog, now = connect_blog(settings), datetime.now(UTC)
    return announce_caught_up(caught_up, connect_notifier(settings), blog, now, place)
