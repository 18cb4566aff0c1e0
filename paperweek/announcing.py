"""From the summary of a run to the notice that its owner reads."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from jinja2 import TemplateError

from paperweek.errors import PaperweekError, RenderingError
from paperweek.health import Check
from paperweek.model import Outcome, Week
from paperweek.notices import Notice
from paperweek.ports import Notifier, Owed, Owing
from paperweek.rendering import data_path
from paperweek.summary import CaughtUp, Summary
from paperweek.templating import environment

logger = logging.getLogger(__name__)

TEMPLATE = "notice.txt.j2"
_ANOTHERS = timedelta(minutes=10)
"""A run that began to send a notice and is alive has done so long before."""


def compose_notice(summary: Summary, *, repeated: bool = False) -> Notice:
    """Return the notice of a run, in the words of `templates/notice.txt.j2`.

    `repeated` says that it may have been sent before.

    Raises RenderingError where the template is missing or broken.
    """
    week = Week.parse(summary.week) if summary.week else None
    return _composed(TEMPLATE, week, summary.outcome, summary.url, run=summary, repeated=repeated)


def announce(summary: Summary, notifier: Notifier) -> str:
    """Return what became of the notice: `none`, `sent to …`, or `failed: ` and why. Never raises.

    A rehearsal is announced to nobody, and neither is a week that stands already.
    """
    if summary.outcome in {Outcome.REHEARSED, Outcome.UNCHANGED}:
        return "none"
    return _told(lambda: compose_notice(summary), notifier)


def announce_owed(
    fresh: Summary, blog: Owing, notifier: Notifier, now: datetime, place: Sequence[str]
) -> str:
    """Tell of every post of the blog that nobody was told of; return what became of `fresh`.

    `now` is in UTC, `place` what `Summary.on` takes. A notice that another run began to send is
    left to it for ten minutes; then it is sent again, and says that it may be a repetition. Where
    the blog keeps no such record, `fresh` is announced and the others are not. Never raises.
    """
    fate = "none"
    try:
        owed = blog.owed()
    except PaperweekError as error:
        logger.warning("%s %s", error, error.hint)
        return announce(fresh, notifier)
    for notice in reversed(owed):
        is_fresh = notice.commit == fresh.commit and fresh.outcome is Outcome.PUBLISHED
        if notice.begun_at and now - notice.begun_at < _ANOTHERS:
            told = "left to another run, which is sending it"
        else:
            told = _sent_once(fresh if is_fresh else None, notice, blog, notifier, place)
        logger.info("notice: about %s %s", notice.week, told)
        if notice.week.label == fresh.week:
            fate = told
    return fate


def _sent_once(
    fresh: Summary | None, notice: Owed, blog: Owing, notifier: Notifier, place: Sequence[str]
) -> str:
    try:
        if not blog.claim(notice):
            return "left to another run, which is sending it"
    except PaperweekError as error:
        logger.warning("The blog keeps no record of notices: %s", error)
        return announce(fresh, notifier) if fresh else "none"
    try:
        summary = fresh or Summary.of_data(
            notice.week, notice.commit, *blog.read(data_path(notice.week))
        ).on(*place)
    except (PaperweekError, ValueError) as error:
        return f"failed: {error}"
    fate = _told(lambda: compose_notice(summary, repeated=bool(notice.begun)), notifier)
    if fate.startswith("sent"):
        try:
            blog.settle(notice)
        except PaperweekError as error:
            logger.warning("The notice may be repeated: %s", error)
    return fate


def announce_waiting(summary: Summary, notifier: Notifier, url: str) -> str:
    """Tell that a post waits for a person's yes at `url`; return as `announce` does."""
    week = Week.parse(summary.week)
    return _told(
        lambda: _composed("waiting.txt.j2", week, Outcome.REHEARSED, url, run=summary), notifier
    )


def announce_red(week: Week, red: Sequence[Check], notifier: Notifier, url: str) -> str:
    """Tell what stands in the way of the week's post; return as `announce` does."""
    return _told(
        lambda: _composed("red.txt.j2", week, Outcome.FAILED, url, week=week, red=red), notifier
    )


def announce_caught_up(caught_up: CaughtUp, notifier: Notifier) -> CaughtUp:
    """Return the weeks with what became of their one notice; none where nothing happened."""

    def compose() -> Notice:
        return _composed("caught_up.txt.j2", None, caught_up.outcome, "", run=caught_up)

    if caught_up.outcome is Outcome.UNCHANGED:
        return caught_up
    return replace(caught_up, notice=_told(compose, notifier))


def _composed(
    template: str, about: Week | None, outcome: Outcome, url: str, **given: object
) -> Notice:
    try:
        text = environment().get_template(template).render(**given)
    except TemplateError as error:
        raise RenderingError(template, str(error)) from error
    headline, *lines = (" ".join(line.split()) for line in text.splitlines() if line.strip())
    return Notice(week=about, outcome=outcome, headline=headline, lines=tuple(lines), url=url)


def _told(compose: Callable[[], Notice], notifier: Notifier) -> str:
    try:
        notifier.send(compose())
    except PaperweekError as error:
        logger.warning("%s %s", error, error.hint)
        return f"failed: {error}"
    except Exception as error:  # what was published must not fail by a notice; it is said instead
        logger.warning("The notice failed: %s", type(error).__name__)
        logger.debug("Where it failed:", exc_info=True)
        return f"failed: {type(error).__name__}"
    return f"sent to {notifier.name}"
