"""A person's yes before the push: the run suspends, and goes on with exactly what was shown.

A suspended run has no process. When it is resumed, it starts from its beginning, perhaps on another
machine; so the finished post is kept with the run on Prefect's server, and what was approved is
what is published: nothing is collected, written or paid for again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from prefect import runtime, suspend_flow_run
from prefect.input import RunInput
from prefect.input.actions import create_flow_run_input, read_flow_run_input
from prefect.input.run_input import keyset_from_base_key
from pydantic import Field, TypeAdapter

from flows.naming import page_of_run, rename
from paperweek.announcing import announce_waiting
from paperweek.model import Post
from paperweek.ports import Notifier
from paperweek.summary import Summary

_SECONDS_A_DAY = 24 * 3600
_DRAFT, _TOLD, _KEY = "paperweek-draft", "paperweek-told", "approval"


class Decision(RunInput):
    """What a person decides on a post."""

    # A switch, since a list of two words does not open by mouse in every browser.
    publish: bool = Field(
        default=True,
        title="Publish it",
        description="As it is shown, byte for byte. Switched off: nothing is published.",
    )
    note: str = Field(default="", title="Note", description="Why, for whoever reads the run later.")


@dataclass(frozen=True, slots=True)
class Draft:
    """A finished post that nobody has published yet."""

    post: Post
    summary: Summary


def kept_draft(*, wanted: bool) -> Draft | None:
    """Return what this run showed to a person before it was suspended; None where it never did."""
    kept: Any = read_flow_run_input(_DRAFT) if wanted else None
    return TypeAdapter(Draft).validate_python(kept) if kept else None


def decide(draft: Draft, notifier: Notifier, days: float) -> Decision:
    """Suspend the run until a person decides on the draft; return the decision.

    After `days` nobody is waited for: Prefect's server ends the run as failed, and, since no
    process of ours lives then, an automation tells of it (see `flows.alarms`). The notice that
    asks for a decision is sent once. Raises what Prefect raises to suspend a run, and RuntimeError
    for a run without a deployment, which nobody could resume.
    """
    if not read_flow_run_input(_DRAFT):
        create_flow_run_input(_DRAFT, TypeAdapter(Draft).dump_python(draft, mode="json"))
    if not read_flow_run_input(_TOLD):
        announce_waiting(draft.summary, notifier, page_of_run())
        create_flow_run_input(_TOLD, value=True)
    # Whoever is told that nobody approved it must read which week that was.
    rename(UUID(runtime.flow_run.id), f"report on {draft.summary.week}")
    form = Decision.with_initial_data(description=_question(draft))
    try:
        return suspend_flow_run(form, timeout=max(1, round(days * _SECONDS_A_DAY)), key=_KEY)
    finally:
        keep_form(form)


def keep_form(form: type[Decision]) -> None:
    """Keep the form with the run, where the server suspended it and its answer was lost.

    Prefect keeps it after that answer; nobody could ever resume a run without it.
    """
    keyset = keyset_from_base_key(f"suspended-{_KEY}")
    if not read_flow_run_input(keyset["schema"]):
        form.save(keyset)


def _question(draft: Draft) -> str:
    digest = hashlib.sha256(draft.post.text.encode()).hexdigest()
    return (
        f"**{draft.summary.week}** is written. Read it under *Artifacts* "
        f"(`post-{draft.summary.week.lower()}`, `check-{draft.summary.week.lower()}`).\n\n"
        f"What you see is what is published: its SHA-256 begins `{digest[:16]}`."
    )
