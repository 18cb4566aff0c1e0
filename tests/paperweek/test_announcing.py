"""What a person is asked, and what they are warned of, at a glance and with what to do."""

from __future__ import annotations

from paperweek.announcing import announce_red, announce_waiting
from paperweek.errors import NoticeNotSent
from paperweek.health import Check
from paperweek.model import Outcome, Week
from paperweek.summary import Summary
from tests.fakes import FakeNotifier

WEEK = Week(2025, 5)
DRAFT = Summary(
    WEEK.label, Outcome.REHEARSED, title="A title", papers=60, cited=24, writer="extractive/1"
)
RED = (
    Check("blog", "It is gone.", "Look for it."),
    Check("writer", "The key is dead.", "Get another."),
)


def test_a_draft_that_waits_says_where_to_read_it_and_what_to_press() -> None:
    notifier = FakeNotifier()

    fate = announce_waiting(DRAFT, notifier, "http://127.0.0.1:4200/runs/1")

    (notice,) = notifier.told
    assert fate == "sent to a fake channel"
    assert notice.headline == "A title waits for your yes."
    assert notice.lines == (
        "24 papers cited of 60 in the week, written by extractive/1.",
        "Read it under Artifacts, then resume the run with publish or discard.",
    )
    assert notice.url == "http://127.0.0.1:4200/runs/1"


def test_an_invented_draft_says_so() -> None:
    notifier = FakeNotifier()
    sample = Summary(WEEK.label, Outcome.REHEARSED, title="A title", invented=True)

    announce_waiting(sample, notifier, "")

    assert notifier.told[0].headline == "Sample: A title waits for your yes."


def test_what_is_red_is_named_at_a_glance_and_explained_below() -> None:
    notifier = FakeNotifier()

    announce_red(WEEK, RED, notifier, "")

    (notice,) = notifier.told
    assert notice.headline == "The report on 2025-W05 needs you before Sunday: blog, writer."
    assert notice.lines == (
        "blog: It is gone. Look for it.",
        "writer: The key is dead. Get another.",
    )


def test_a_warning_that_reaches_nobody_is_said_and_never_raised() -> None:
    silent = FakeNotifier(NoticeNotSent("Slack", "404"))

    assert announce_red(WEEK, RED, silent, "").startswith("failed: ")
    assert announce_waiting(DRAFT, silent, "").startswith("failed: ")


def test_what_a_person_discarded_says_so_with_their_note() -> None:
    discarded = DRAFT.discarded("Too dull")

    assert discarded.outcome is Outcome.REFUSED
    assert discarded.error == "2025-W05 was not published: a person discarded it: Too dull."
    assert discarded.hint == "To be asked for it no more: paperweek skip 2025-W05."
