"""The sentence: collect, select, write, render, publish, notify."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from prefect import flow, runtime
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import MissingResult
from prefect.flows import Flow

from flows.approving import Draft, decide, kept_draft
from flows.naming import page_of_run, rename, run_name, started_in_ui
from paperweek.announcing import announce
from paperweek.editions import choose_week
from paperweek.errors import ConfigurationError
from paperweek.jekyll import SITE_CONFIG, Site, refuse_before_its_day
from paperweek.keeping import BLOG_SETTINGS
from paperweek.model import Outcome, Week
from paperweek.rendering import data_path
from paperweek.settings import Settings
from paperweek.summary import Summary
from paperweek.wiring import House, connect, connect_blog, connect_notifier
from tasks.ask_blog import ask_blog
from tasks.collect_papers import collect_papers
from tasks.passing import whole
from tasks.publish_post import publish_post
from tasks.read_blog import read_blog
from tasks.render_post import render_post
from tasks.see_page import see_page
from tasks.select_papers import select_papers
from tasks.send_notice import send_notice
from tasks.show_outcome import show_outcome
from tasks.show_post import show_post
from tasks.write_report import write_report

logger = logging.getLogger(__name__)

for _room in ("paperweek", "tasks", "flows"):
    # Prefect gives these loggers its handler, and leaves them at the root's WARNING.
    logging.getLogger(_room).setLevel(logging.INFO)


def today(zone: ZoneInfo) -> date:
    """Return the day on which the run was due, so that a late run writes about its own week."""
    due: datetime = runtime.flow_run.scheduled_start_time
    return due.astimezone(zone).date()


def settle(writer: str = "") -> tuple[Settings, Site]:
    """Return the settings, the blog's own below the environment's, and what its site is like."""
    settings = Settings.from_environment(**({"writer": writer} if writer else {}))
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


def named(end: Summary) -> Summary:
    """Let the run's name tell the week and what became of it; return the same."""
    rename(UUID(runtime.flow_run.id), f"{end.week or 'report'} {end.outcome}")
    return end


def name_the_failure(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:  # noqa: ARG001
    """Let the run's name tell that it was refused or failed."""
    end = Summary.of_error(reason_of(state), str(flow_run.parameters.get("week", "")))
    rename(flow_run.id, f"{end.week or 'report'} {end.outcome}")


def reason_of(state: State[Any]) -> BaseException:
    """Return the error that ended a run.

    A server that was too slow to answer is asked again, and gives the state back as it keeps it:
    the words of the error, and not the error.
    """
    try:
        error = state.result(raise_on_failure=False)
    except MissingResult:
        error = None
    return error if isinstance(error, BaseException) else RuntimeError(state.message or state.name)


def tell_the_owner(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:  # noqa: ARG001
    """Announce a run that was refused or failed. Never raises: one failure is enough."""
    error, asked = reason_of(state), flow_run.parameters
    if asked.get("rehearse") or asked.get("quiet"):
        return
    if any(note.startswith("notice ") for note in getattr(error, "__notes__", ())):
        return  # the week's own run, inside this one, has told already
    try:
        notifier = connect_notifier(Settings.from_environment())
    except ConfigurationError as broken:
        logger.warning("Nobody was told: %s", broken)
        return
    summary = replace(Summary.of_error(error, str(asked.get("week", ""))), url=page_of_run())
    fate = announce(summary, notifier)
    error.add_note(f"notice {fate}")


def tell(summary: Summary, house: House, place: Sequence[str], *, quiet: bool) -> Summary:
    """Notify, and show in Prefect's pages what was said, unless whoever started the run does."""
    named(summary)
    if quiet:
        return summary
    by_hand = summary.outcome is Outcome.UNCHANGED and started_in_ui()
    told = send_notice(
        summary, house.notifier, house.blog, datetime.now(UTC), place, by_hand=by_hand
    )
    if told.outcome is not Outcome.UNCHANGED:
        show_outcome(told, return_state=True)
    return told


@flow(
    name="weekly-report",
    flow_run_name=run_name,
    on_failure=[tell_the_owner, name_the_failure],
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
    writer: str = "",
    approve: bool = False,
    quiet: bool = False,
) -> Summary:
    """Publish the report on one week of AI papers.

    Args:
        week: The week, such as 2025-W05, or any day in it. Empty: the week that just ended.
        rehearse: Do everything but publish and tell.
        force_rewrite: Write a week anew that we published before. A person's edit stays.
        offline: Take the bundled sample of invented papers instead of the sources.
        snapshot: Take the week from this file instead of the sources.
        writer: Who writes this time. Empty: as it is set.
        approve: Wait, before publishing, for a person who has read the post.
        quiet: Tell nobody: whoever started the run does.
    """
    week = Week.parse(week).label if week.strip() else ""  # a wrong one is said before all else
    settings, site = settle(writer)
    house = connect(settings, offline=offline, snapshot=snapshot, rehearse=rehearse)
    edition = choose(week, settings, site, house.weeks, rehearse)
    place = (settings.site_url, settings.category, site.permalink)
    standing = ask_blog(edition, house.blog)
    if standing and not rehearse and (standing.human_edited or not force_rewrite):
        (data,) = read_blog(house.blog, data_path(edition))
        return tell(Summary.of_standing(standing, data).on(*place), house, place, quiet=quiet)
    draft = kept_draft(wanted=approve)  # what was shown to a person is not made again
    if not draft:
        collection = collect_papers(edition, house.sources, settings.cache_dir)
        selection = select_papers(whole(collection), house.blog, **settings.choice)
        report = write_report(whole(selection), house.writer)
        (old,) = read_blog(house.blog, data_path(edition)) if standing else (None,)
        post = render_post(whole(report), **settings.form, published=old, on=today(settings.zone))
        show_post(post, return_state=True)
        draft = Draft(post, Summary.of_draft(post, report))
    if approve and not rehearse:
        decision = decide(draft, house.notifier, settings.approval_days)
        if not decision.publish:
            return named(draft.summary.discarded(decision.note))
    publication = publish_post(draft.post, house.blog, rewrite=force_rewrite)
    summary = see_page(draft.summary.of(publication).on(*place), settings.site_seconds)
    return tell(summary, house, place, quiet=quiet)
