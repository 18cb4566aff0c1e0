"""From the summary of a run to the notice that its owner reads."""

from __future__ import annotations

import logging

from jinja2 import TemplateError

from paperweek.errors import PaperweekError, RenderingError
from paperweek.model import Outcome, Week
from paperweek.notices import Notice
from paperweek.ports import Notifier
from paperweek.summary import Summary
from paperweek.templating import environment

logger = logging.getLogger(__name__)

TEMPLATE = "notice.txt.j2"


def compose_notice(summary: Summary) -> Notice:
    """Return the notice of a run, in the words of `templates/notice.txt.j2`.

    Raises RenderingError where the template is missing or broken.
    """
    try:
        text = environment().get_template(TEMPLATE).render(run=summary)
    except TemplateError as error:
        raise RenderingError(TEMPLATE, str(error)) from error
    headline, *lines = (" ".join(line.split()) for line in text.splitlines() if line.strip())
    return Notice(
        week=Week.parse(summary.week) if summary.week else None,
        outcome=summary.outcome,
        headline=headline,
        lines=tuple(lines),
        url=summary.url,
    )


def announce(summary: Summary, notifier: Notifier) -> str:
    """Return what became of the notice: `none`, `sent to …`, or `failed: ` and why. Never raises.

    A rehearsal is announced to nobody, and neither is a week that stands already.
    """
    if summary.outcome in {Outcome.REHEARSED, Outcome.UNCHANGED}:
        return "none"
    try:
        notifier.send(compose_notice(summary))
    except PaperweekError as error:
        logger.warning("%s %s", error, error.hint)
        return f"failed: {error}"
    except Exception as error:
        logger.warning("The notice failed: %s", type(error).__name__)
        logger.debug("Where it failed:", exc_info=True)
        return f"failed: {type(error).__name__}"
    return f"sent to {notifier.name}"
