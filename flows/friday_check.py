"""Two days ahead: rehearse Sunday and look at all it needs; speak only when something is red."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Annotated, Any

from prefect import flow, runtime
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.checking import findings
from flows.forms import A_WEEK, asks
from flows.naming import page_of_run
from flows.weekly_report import weekly_report
from paperweek.announcing import announce_red
from paperweek.errors import PaperweekError
from paperweek.health import Check
from paperweek.model import Week
from paperweek.settings import Settings
from paperweek.wiring import connect_notifier

logger = logging.getLogger(__name__)


@flow(name="friday-check", timeout_seconds=7200, persist_result=False)
def friday_check(
    week: Annotated[
        str,
        asks(
            "Week",
            "The week to rehearse, such as 2025-W05, or any day in it. Leave it empty for the one "
            "that the coming Sunday ends.",
            pattern=A_WEEK,
        ),
    ] = "",
    spend: Annotated[
        bool,
        asks(
            "Try the language model",
            "Call it once, if one writes, so that a dead key is found on Friday. It costs a "
            "fraction of a cent.",
        ),
    ] = True,
) -> State[Any]:
    """Rehearse the report that is due on Sunday, and check keys, remotes and sources."""
    settings = Settings.from_environment()
    due: datetime = runtime.flow_run.scheduled_start_time or datetime.now(UTC)
    coming = Week.containing(due.astimezone(settings.zone).date())
    edition = Week.parse(week) if week.strip() else coming
    red = [check for check in findings(settings, due, spend=spend) if not check.is_well]
    if rehearsed := rehearse(edition):
        red.append(rehearsed)
    for check in red:
        logger.warning("%s: %s %s", check.name, check.said, check.cure)
    if not red:
        return Completed(message=f"{edition} can come.")
    fate = announce_red(edition, red, connect_notifier(settings), page_of_run())
    return Failed(message=f"{len(red)} things need you before Sunday; notice {fate}.")


def rehearse(week: Week) -> Check | None:
    """Return what stopped a rehearsal of the week; None where it went well."""
    try:
        weekly_report(week.label, rehearse=True)
    except PaperweekError as error:
        return Check("rehearsal", str(error), error.hint)
    return None
