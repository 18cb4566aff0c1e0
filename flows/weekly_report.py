"""The sentence: collect, select, write, render, publish, notify."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from prefect import flow, runtime
from prefect.client.schemas.objects import FlowRun, State
from prefect.flows import Flow

from paperweek.announcing import announce
from paperweek.editions import choose_week
from paperweek.errors import ConfigurationError
from paperweek.jekyll import SITE_CONFIG, Site, refuse_before_its_day
from paperweek.keeping import BLOG_SETTINGS
from paperweek.model import Week
from paperweek.rendering import data_path
from paperweek.settings import Settings
from paperweek.summary import Summary
from paperweek.wiring import connect, connect_blog, connect_notifier
from tasks.ask_blog import ask_blog
from tasks.collect_papers import collect_papers
from tasks.passing import whole
from tasks.publish_post import publish_post
from tasks.read_blog import read_blog
from tasks.render_post import render_post
from tasks.see_page import see_page
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


def settle() -> tuple[Settings, Site]:
    """Return the settings, the blog's own below the environment's, and what its site is like."""
    settings = Settings.from_environment()
    own, config = read_blog(connect_blog(settings, rehearse=True), BLOG_SETTINGS, SITE_CONFIG)
    return settings.with_blogs_own(own), Site.parse(config)


def choose(
    week: str, settings: Settings, site: Site, at_hand: Sequence[Week], rehearse: bool
) -> Week:
    """Return the week to report on. Raises Refusal for one that readers could not see yet."""
    edition = choose_week(week, today(settings.zone), at_hand, preview=rehearse)
    if not rehearse:
        refuse_before_its_day(edition, site, datetime.now(UTC))
    return edition


def run_name() -> str:
    """Return what the run is called in Prefect's pages."""
    due: datetime = runtime.flow_run.scheduled_start_time
    return f"report on {runtime.flow_run.parameters.get('week') or f'the week by {due:%Y-%m-%d}'}"


def tell_the_owner(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:  # noqa: ARG001
    """Announce a run that was refused or failed. Never raises: one failure is enough."""
    error = state.result(raise_on_failure=False)
    asked = flow_run.parameters
    if asked.get("rehearse") or asked.get("quiet") or not isinstance(error, BaseException):
        return
    if any(note.startswith("notice ") for note in getattr(error, "__notes__", ())):
        return  # the week's own run, inside this one, has told already
    try:
        notifier = connect_notifier(Settings.from_environment())
    except ConfigurationError as broken:
        logger.warning("Nobody was told: %s", broken)
        return
    fate = announce(Summary.of_error(error, str(asked.get("week", ""))), notifier)
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
    *,
    quiet: bool = False,
) -> Summary:
    """Publish the report on one week of AI papers.

    Args:
        week: The week, such as 2025-W05, or any day in it. Empty: the week that just ended.
        rehearse: Do everything but publish and tell.
        force_rewrite: Write a week anew that we published before. A person's edit stays.
        offline: Take the bundled sample of invented papers instead of the sources.
        snapshot: Take the week from this file instead of the sources.
        quiet: Tell nobody: whoever started the run does.
    """
    settings, site = settle()
    house = connect(settings, offline=offline, snapshot=snapshot, rehearse=rehearse)
    edition = choose(week, settings, site, house.weeks, rehearse)
    place = (settings.site_url, settings.category, site.permalink)
    standing = ask_blog(edition, house.blog)
    if standing and not rehearse and (standing.human_edited or not force_rewrite):
        return Summary.of_standing(standing).on(*place)
    collection = collect_papers(edition, house.sources, settings.cache_dir)
    selection = select_papers(whole(collection), house.blog, **settings.choice)
    report = write_report(whole(selection), house.writer)
    (before,) = read_blog(house.blog, data_path(edition)) if standing else (None,)
    day = today(settings.zone)
    post = render_post(whole(report), **settings.form, published=before, on=day)
    publication = publish_post(post, house.blog, rewrite=force_rewrite)
    summary = Summary.of_publication(publication, post, report).on(*place)
    summary = see_page(summary, settings.site_seconds)
    return summary if quiet else send_notice(summary, house.notifier)
