"""A notice arrives whole and harmless, or its failure is named without the webhook's address."""

from __future__ import annotations

import logging

import pytest

from paperweek.announcing import announce, compose_notice
from paperweek.errors import NoticeNotSent, PoorWeek
from paperweek.model import Outcome
from paperweek.notices import Notice
from paperweek.notifiers.log import Log
from paperweek.notifiers.slack_webhook import SlackWebhook, blocks_of
from paperweek.summary import Summary
from tests.world.slack import SECRET, slack

PUBLISHED = Summary(
    week="2025-W05",
    outcome=Outcome.PUBLISHED,
    title="Weekly Report - January 27 to February 02, 2025",
    post_path="_posts/2025-02-02-weekly-report.md",
    commit="0123456789abcdef",
    papers=143,
    cited=24,
    writer="extractive/1",
    silent_sources=("arxiv",),
    url="https://me.github.io/blog/weekly-report/2025/02/02/weekly-report.html",
)


def test_a_published_week_arrives_with_its_link_and_what_was_missing() -> None:
    with slack() as world:
        SlackWebhook(world.url).send(compose_notice(PUBLISHED))

    (message,) = world.posted
    shown = "\n".join(block["text"]["text"] for block in message["blocks"])
    assert message["text"] == "Weekly Report - January 27 to February 02, 2025 is published."
    assert "24 papers cited of 143" in shown
    assert "Not all papers came from: arxiv." in shown
    assert f"<{PUBLISHED.url}|Read it>" in shown


def test_a_strangers_text_mentions_nobody_and_formats_nothing() -> None:
    hostile = "<!channel> *b* <https://evil.example|click> & `code`"
    notice = Notice(None, Outcome.PUBLISHED, hostile, lines=(hostile,))

    with slack() as world:
        SlackWebhook(world.url).send(notice)

    (message,) = world.posted
    assert message["text"].startswith("&lt;!channel&gt;")
    assert {block["text"]["type"] for block in message["blocks"]} == {"plain_text"}


def test_a_long_notice_keeps_within_slacks_limits() -> None:
    notice = Notice(None, Outcome.FAILED, "h" * 500, lines=("&" * 4000, "x" * 4000))

    with slack() as world:
        SlackWebhook(world.url).send(notice)

    assert [len(block["text"]["text"]) for block in blocks_of(notice)] == [150, 2900]
    assert len(world.posted) == 1


def test_a_notice_is_tried_again_where_slack_is_busy() -> None:
    with slack((500, "rollup_error"), (429, "rate_limited")) as world:
        SlackWebhook(world.url).send(compose_notice(PUBLISHED))

    assert len(world.posted) == 1


@pytest.mark.parametrize(
    "answer",
    [(404, "no_service"), (400, "invalid_blocks"), (200, "<html>A captive portal</html>")],
    ids=["gone", "invalid", "not ok"],
)
def test_anything_but_200_ok_is_a_notice_not_sent(
    answer: tuple[int, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with slack(answer) as world, pytest.raises(NoticeNotSent) as caught:
        SlackWebhook(world.url).send(compose_notice(PUBLISHED))

    assert str(answer[0]) in str(caught.value)
    assert SECRET not in f"{caught.value!r} {caught.value} {caplog.text}"


def test_a_webhook_that_nobody_answers_is_a_notice_not_sent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with slack() as world:
        gone = world.url
    with pytest.raises(NoticeNotSent) as caught:
        SlackWebhook(gone, timeout_seconds=2).send(compose_notice(PUBLISHED))

    assert SECRET not in f"{caught.value!r} {caught.value} {caplog.text}"
    assert caught.value.__cause__ is None


class Broken:
    """A notifier with a bug."""

    name = "a broken channel"

    def send(self, notice: Notice) -> None:
        raise ZeroDivisionError


class Busy:
    """A notifier that nobody answers."""

    name = "a busy channel"

    def send(self, notice: Notice) -> None:
        raise NoticeNotSent(self.name, "it answered 503")


def test_announcing_says_what_became_of_the_notice_and_never_raises() -> None:
    assert announce(PUBLISHED, Log()) == "sent to the log"
    assert announce(PUBLISHED, Broken()) == "failed: ZeroDivisionError"
    assert announce(PUBLISHED, Busy()).startswith("failed: The notice did not reach a busy channel")


@pytest.mark.parametrize("outcome", [Outcome.REHEARSED, Outcome.UNCHANGED])
def test_nobody_is_told_where_nothing_happened(outcome: Outcome) -> None:
    assert announce(Summary(week="2025-W05", outcome=outcome), Broken()) == "none"


def test_a_refusal_says_why_and_what_to_do() -> None:
    error = PoorWeek("2025-W05", "3 of 9 papers have a usable abstract", papers=9)

    notice = compose_notice(Summary.of_error(error))

    assert notice.headline == str(error)
    assert notice.lines[0] == error.hint


def test_a_failure_names_its_week() -> None:
    notice = compose_notice(Summary.of_error(ZeroDivisionError("by zero"), "2025-W05"))

    assert notice.headline.startswith("2025-W05 failed: Something unforeseen happened")


def test_the_log_says_the_whole_notice_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    Log().send(compose_notice(PUBLISHED))

    (record,) = caplog.records
    assert "is published. 24 papers cited" in record.getMessage()
