"""The sentence: collect, select, write, render, publish, notify."""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from prefect import flow, runtime
from prefect.client.schemas.objects import FlowRun, State
from prefect.flows import Flow

from paperweek.announcing import announce
from paperweek.editions import choose_week
from paperweek.errors import ConfigurationError
from paperweek.settings import Settings
from paperweek.summary import Summary
from paperweek.wiring import connect, connect_notifier
from tasks.ask_blog import ask_blog
from tasks.collect_papers import collect_papers
from tasks.passing import whole
from tasks.publish_post import publish_post
from tasks.render_post import render_post
from tasks.select_papers import select_papers
from tasks.send_notice import send_notice
from tasks.write_report import write_report

logger = logging.getLogger(__name__)

for _room in ("paperweek", "tasks", "flows"):
    # Prefect gives these loggers its handler, and leaves them at the root's WARNING.
    logging.getLogger(_room).setLevel(logging.INFO)


def today(zone: ZoneInfo) -> date:
    """Return the day on which the run was due, so that a late run writes about its own week."""
    due: datetime = runtime.flow_run.scheduled_start_time
    return due.astimezone(zone).date()


def run_name() -> str:
    """Return what the run is called in Prefect's pages."""
    due: datetime = runtime.flow_run.scheduled_start_time
    return f"report on {runtime.flow_run.parameters.get('week') or f'the week by {due:%Y-%m-%d}'}"


def tell_the_owner(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:  # noqa: ARG001
    """Announce a run that was refused or failed. Never raises: one failure is enough."""
    error = state.result(raise_on_failure=False)
    if flow_run.parameters.get("rehearse") or not isinstance(error, BaseException):
        return
    try:
        notifier = connect_notifier(Settings.from_environment())
    except ConfigurationError as broken:
        logger.warning("Nobody was told: %s", broken)
        return
    fate = announce(Summary.of_error(error, str(flow_run.parameters.get("week", ""))), notifier)
    error.add_note(f"notice {fate}")


@flow(
    name="weekly-report",
    flow_run_name=run_name,
    on_failure=[tell_the_owner],
    timeout_seconds=7200,
    persist_result=False,
)
def weekly_report(
    week: str = "",
    rehearse: bool = False,
    force_rewrite: bool = False,
    offline: bool = False,
    snapshot: str = "",
) -> Summary:
    """Publish the report on one week of AI papers.

    Args:
        week: The week, such as 2025-W05, or any day in it. Empty: the week that just ended.
        rehearse: Do everything but publish and tell.
        force_rewrite: Write a week anew that we published before. A person's edit stays.
        offline: Take the bundled sample of invented papers instead of the sources.
        snapshot: Take the week from this file instead of the sources.
    """
    settings = Settings.from_environment()
    house = connect(settings, offline=offline, snapshot=snapshot, rehearse=rehearse)
    edition = choose_week(week, today(settings.zone), house.weeks, preview=rehearse)
    standing = ask_blog(edition, house.blog)
    if standing and not rehearse and (standing.human_edited or not force_rewrite):
        return Summary.of_standing(standing).on(settings.site_url, settings.category)
    collection = collect_papers(edition, house.sources, settings.cache_dir)
    selection = select_papers(whole(collection), house.blog, settings.papers_per_report)
    report = write_report(whole(selection), house.writer)
    post = render_post(whole(report), path_pattern=settings.post_path, category=settings.category)
    publication = publish_post(post, house.blog, rewrite=force_rewrite)
    summary = Summary.of_publication(publication, post, report)
    return send_notice(summary.on(settings.site_url, settings.category), house.notifier)
