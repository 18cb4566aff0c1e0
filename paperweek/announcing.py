"""From the summary of a run to the notice that its owner reads."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from jinja2 import TemplateError

from paperweek.errors import PaperweekError, RenderingError
from paperweek.health import Check
from paperweek.model import Outcome, Week
from paperweek.notices import Notice
from paperweek.ports import Notifier
from paperweek.summary import CaughtUp, Summary
from paperweek.templating import environment

logger = logging.getLogger(__name__)

TEMPLATE = "notice.txt.j2"


def compose_notice(summary: Summary) -> Notice:
    """Return the notice of a run, in the words of `templates/notice.txt.j2`.

    Raises RenderingError where the template is missing or broken.
    """
    week = Week.parse(summary.week) if summary.week else None
    return _composed(TEMPLATE, week, summary.outcome, summary.url, run=summary)


def announce(summary: Summary, notifier: Notifier) -> str:
    """Return what became of the notice: `none`, `sent to …`, or `failed: ` and why. Never raises.

    A rehearsal is announced to nobody, and neither is a week that stands already.
    """
    if summary.outcome in {Outcome.REHEARSED, Outcome.UNCHANGED}:
        return "none"
    return _told(lambda: compose_notice(summary), notifier)


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
    """Return the weeks with what became of their one notice; none is sent where nothing happened."""

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
    except Exception as error:
        logger.warning("The notice failed: %s", type(error).__name__)
        logger.debug("Where it failed:", exc_info=True)
        return f"failed: {type(error).__name__}"
    return f"sent to {notifier.name}"
