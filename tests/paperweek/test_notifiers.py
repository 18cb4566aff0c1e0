"""A notice arrives whole and harmless, or its failure is named without what opens the channel."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperweek import health
from paperweek.announcing import announce, compose_notice
from paperweek.errors import BlogUnreachable, ConfigurationError, NoticeNotSent, PoorWeek
from paperweek.model import Outcome, Week
from paperweek.notices import Notice
from paperweek.notifiers._slack import blocks_of, cut, message_of, weight
from paperweek.notifiers.log import Log
from paperweek.notifiers.slack_bot import SlackBot
from paperweek.notifiers.slack_webhook import SlackWebhook
from paperweek.ports import Notifier
from paperweek.settings import Settings
from paperweek.summary import Summary
from paperweek.wiring import connect_notifier
from tests.paperweek.kept_blog import KeptBlog
from tests.world.slack import (
    CHANNEL,
    LOST,
    SECRET,
    TOKEN,
    FakeSlack,
    counted,
    fault_of,
    shown,
    slack,
)

WEEK = Week(2025, 5)
PUBLISHED = Summary(
    week=WEEK.label,
    outcome=Outcome.PUBLISHED,
    title="Weekly Report - January 27 to February 02, 2025",
    post_path="_posts/2025-02-02-weekly-report.md",
    commit="0123456789abcdef",
    papers=1430,
    cited=24,
    writer="llm/1 (openai:gpt-4o-mini)",
    calls=12,
    tokens_in=31_200,
    tokens_out=4_100,
    price_usd=0.0071,
    leads=("Sandglass: Memory in Slots", "KiteFrame: Playable Worlds", "Wayfold"),
    moved="What changed is world models, at 12 of 39 new papers after 3 of 74 before.",
    silent_sources=("arxiv",),
    url="https://me.github.io/blog/weekly-report/2025/02/02/weekly-report.html",
)


def webhook(world: FakeSlack) -> Notifier:
    return SlackWebhook(world.url, timeout_seconds=60)


def bot(world: FakeSlack) -> Notifier:
    return SlackBot(TOKEN, CHANNEL, api=world.api, timeout_seconds=60)


BOTH = pytest.mark.parametrize("way", [webhook, bot])
Way = Callable[[FakeSlack], Notifier]


@pytest.fixture
def world() -> Iterator[FakeSlack]:
    with slack() as fake:
        yield fake


@BOTH
def test_a_published_week_arrives_with_all_that_is_asked_at_a_glance(
    way: Way, world: FakeSlack
) -> None:
    way(world).send(compose_notice(PUBLISHED))

    (message,) = world.posted
    assert message["text"] == "Weekly Report - January 27 to February 02, 2025 is published."
    assert shown(message) == [
        "⚠️ Weekly Report - January 27 to February 02, 2025 is published.",
        "1. Sandglass: Memory in Slots",
        "2. KiteFrame: Playable Worlds",
        "3. Wayfold",
        "What changed is world models, at 12 of 39 new papers after 3 of 74 before.",
        "1,430 papers read, 24 cited.",
        "Not all papers came from: arxiv.",
        "Written by llm/1 (openai:gpt-4o-mini): 12 requests, 31,200 tokens in, 4,100 out, $0.0071.",
        "File _posts/2025-02-02-weekly-report.md, commit 0123456789.",
        f"Read it: {PUBLISHED.url}",
    ]


HOSTILE = "<!channel> <@U1> *b* _i_ `c` :tada: <https://evil.example|click> & \u202edesrever"


@BOTH
def test_a_strangers_text_mentions_nobody_and_formats_nothing(way: Way, world: FakeSlack) -> None:
    way(world).send(Notice(None, Outcome.PUBLISHED, HOSTILE, lines=(HOSTILE,), details=(HOSTILE,)))

    (message,) = world.posted
    assert message["text"].startswith("&lt;!channel&gt; &lt;@U1&gt; *b*")
    assert message["mrkdwn"] is False
    texts = [text for block in message["blocks"] for text in block.get("elements", [])]
    texts += [block["text"] for block in message["blocks"] if "text" in block]
    assert [(one["type"], one["emoji"]) for one in texts] == [("plain_text", False)] * 3
    assert all(one["text"].endswith("& desrever") for one in texts)


anything = st.text(st.characters(codec="utf-8"), max_size=80) | st.builds(
    lambda text, times: text * times,
    st.sampled_from(["&", "<", "&amp;", "𝔘", "e\u0301", "\u202e", "x", ":a:", "\n", " "]),
    st.integers(1, 4000),
)


@settings(deadline=None)
@given(
    outcome=st.sampled_from(Outcome),
    headline=anything,
    lines=st.lists(anything, max_size=9).map(tuple),
    details=st.lists(anything, max_size=4).map(tuple),
    url=st.just("") | anything.map(lambda text: f"https://blog.example/{text}"),
)
def test_whatever_a_notice_says_slack_takes_it(
    outcome: Outcome,
    headline: str,
    lines: tuple[str, ...],
    details: tuple[str, ...],
    url: str,
) -> None:
    notice = Notice(WEEK, outcome, headline, lines=lines, details=details, url=url)
    message = message_of(notice)

    assert fault_of(message) == ""
    for block in message["blocks"]:
        if block.get("text", {}).get("type") == "mrkdwn":
            inside = block["text"]["text"][1:-1]
            assert not set("<> \n") & set(inside.rpartition("|")[0])


@settings(deadline=None)
@given(anything, st.integers(2, 60))
def test_a_cut_is_a_beginning_and_never_ends_inside_an_entity(text: str, limit: int) -> None:
    kept = cut(text, limit)

    assert weight(kept) <= limit
    assert kept == text or text.startswith(kept.removesuffix("…"))


def test_a_cut_counts_an_entity_as_slack_stores_it() -> None:
    assert cut("R&D, R&D", 13) == "R&D, R…"
    assert cut("R&D, R&D", 16) == "R&D, R&D"
    assert counted("𝔘") == weight("𝔘") == 2


def test_a_line_of_three_thousand_characters_leaves_room_for_the_others() -> None:
    notice = Notice(None, Outcome.PUBLISHED, "h", lines=("x" * 3000, "&" * 3000, "The last."))

    assert blocks_of(notice)[1]["text"]["text"].endswith("…\nThe last.")


def test_a_headline_too_long_for_a_header_is_whole_below_it() -> None:
    headline = "2025-W05 failed: " + "it went on and on, " * 12

    header, section = blocks_of(Notice(WEEK, Outcome.FAILED, headline, lines=("Wait.",)))

    assert header["text"]["text"].endswith("…")
    assert section["text"]["text"] == f"{headline.strip()}\nWait."


@BOTH
def test_a_notice_is_tried_again_where_slack_is_busy(way: Way) -> None:
    with slack((500, "rollup_error"), (429, "rate_limited")) as world:
        way(world).send(compose_notice(PUBLISHED))

    assert (len(world.posted), world.asked) == (1, 3)


@BOTH
def test_slack_is_not_waited_for_longer_than_a_run_may_take(way: Way, world: FakeSlack) -> None:
    world.answers, world.retry_after = [(429, "rate_limited")] * 3, "3600"

    with pytest.raises(NoticeNotSent, match="429"):
        way(world).send(compose_notice(PUBLISHED))
    assert world.asked == 1


def hidden(error: BaseException | None) -> str:
    """Return all that a debugger could find in an error, and in those behind it."""
    if error is None:
        return ""
    further = f"{vars(error)} {getattr(getattr(error, 'response', None), 'req_args', '')}"
    behind = hidden(error.__cause__) + hidden(error.__context__)
    return f"{error!r} {error} {further} {behind}"


def refused(way: Way, world: FakeSlack, caplog: pytest.LogCaptureFixture) -> NoticeNotSent:
    """Send a notice in vain; the error must hold nothing that opens the channel."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises(NoticeNotSent) as caught:
        way(world).send(compose_notice(PUBLISHED))
    said = hidden(caught.value) + caplog.text
    assert SECRET not in said
    assert TOKEN not in said
    return caught.value


@pytest.mark.parametrize(
    "answer",
    [(404, "no_service"), (400, "invalid_blocks"), (200, "<html>A captive portal</html>")],
    ids=["gone", "invalid", "not ok"],
)
def test_anything_but_200_ok_of_a_webhook_is_a_notice_not_sent(
    answer: tuple[int, str], world: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    world.answers = [answer]

    error = refused(webhook, world, caplog)

    assert str(answer[0]) in str(error)
    assert "PAPERWEEK_SLACK_WEBHOOK_URL" in error.hint


@pytest.mark.parametrize(
    ("answer", "said", "todo"),
    [
        ((200, '{"ok": false, "error": "invalid_auth"}'), "invalid_auth", "BOT_TOKEN"),
        ((200, '{"ok": false, "error": "channel_not_found"}'), "channel_not", "SLACK_CHANNEL"),
        ((200, '{"ok": false, "error": "not_in_channel"}'), "not_in_channel", "/invite"),
        ((200, '{"ok": false, "error": "missing_scope"}'), "missing_scope", "chat:write"),
        ((200, '{"ok": false, "error": "new_word"}'), "new_word", "paperweek check"),
        ((200, "<html>A captive portal</html>"), "non-JSON", "paperweek check"),
        ((200, '["ok"]'), "nothing that can be read", "paperweek check"),
        ((200, '{"ok": true'), "no answer", "reaches Slack"),
        ((404, "<html>Not here</html>"), "404", "paperweek check"),
        ((503, "<html>Down</html>"), "503", "slack-status.com"),
        ((200, '{"ok": false, "error": "fatal_error"}'), "fatal_error", "slack-status.com"),
    ],
    ids=str,
)
def test_what_slack_says_to_a_bot_is_said_with_what_to_do(
    answer: tuple[int, str],
    said: str,
    todo: str,
    world: FakeSlack,
    caplog: pytest.LogCaptureFixture,
) -> None:
    world.answers = [answer] * 3

    error = refused(bot, world, caplog)

    assert said in str(error)
    assert todo in error.hint


def test_another_token_or_channel_is_refused_by_slack_itself(
    world: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    other = refused(lambda w: SlackBot(TOKEN, "#nowhere", api=w.api), world, caplog)
    dead = refused(lambda w: SlackBot("xoxb-dead", CHANNEL, api=w.api), world, caplog)

    assert ("channel_not_found" in str(other), "invalid_auth" in str(dead)) == (True, True)


@BOTH
def test_a_slack_that_nobody_answers_for_is_a_notice_not_sent(
    way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    with slack() as gone:
        pass

    error = refused(way, gone, caplog)

    assert not error.perhaps


@BOTH
def test_where_only_the_answer_is_lost_the_notice_comes_again_and_says_so(way: Way) -> None:
    with slack(LOST) as world:
        fate = announce(PUBLISHED, way(world))

    assert fate == "sent to Slack"
    first, again = (message["text"] for message in world.posted)
    assert again == f"Possibly repeated: {first}"


REFUSED = compose_notice(Summary.of_error(PoorWeek("2025-W05", "too poor")))


@pytest.fixture
def blog(tmp_path: Path) -> KeptBlog:
    return KeptBlog.at(tmp_path / "blog")


def machine(world: FakeSlack, blog: KeptBlog, name: str, channel: str = CHANNEL) -> SlackBot:
    """Return the bot as a machine with a cache of its own sends through it."""
    return SlackBot(TOKEN, channel, threads=blog.open(name), api=world.api, timeout_seconds=60)


def test_notices_about_a_week_are_one_thread_on_whatever_machine(
    world: FakeSlack, blog: KeptBlog
) -> None:
    machine(world, blog, "one").send(REFUSED)
    machine(world, blog, "two").send(compose_notice(PUBLISHED))
    machine(world, blog, "two").send(Notice(Week(2025, 6), Outcome.FAILED, "Another week."))
    machine(world, blog, "two").send(Notice(None, Outcome.PUBLISHED, "Of several weeks."))

    opened = world.posted[0]["ts"]
    assert [message.get("thread_ts") for message in world.posted] == [None, opened, None, None]
    assert world.posted[1]["reply_broadcast"] is True  # news, which a thread must not hide
    assert CHANNEL not in blog.open("three").thread(WEEK)
    assert blog.commits == ["By hand"]


def test_a_thread_that_is_gone_is_opened_anew(world: FakeSlack, blog: KeptBlog) -> None:
    blog.open().keep_thread(WEEK, "0123abcd-1600000000.000001")
    machine(world, blog, "one").send(REFUSED)  # that thread is another channel's
    world.posted[0]["ts"] = "1.1"  # somebody deletes the message
    machine(world, blog, "two").send(REFUSED)
    machine(world, blog, "three").send(REFUSED)

    assert [m.get("thread_ts") for m in world.posted] == [None, None, world.posted[1]["ts"]]


class Unreachable:
    """A blog that nobody can ask."""

    def thread(self, week: Week) -> str:
        raise BlogUnreachable("blog", "", f"no answer about {week}")

    def keep_thread(self, week: Week, thread: str) -> None:
        raise AssertionError(f"asked again, for {thread} of {week}")


class Full(Unreachable):
    """A blog that takes no mark."""

    def thread(self, week: Week) -> str:
        return ""

    def keep_thread(self, week: Week, thread: str) -> None:
        raise BlogUnreachable("blog", "", f"no place for {thread} of {week}")


@pytest.mark.parametrize(
    ("threads", "said"), [(Unreachable(), "stands by itself"), (Full(), "thread of its own")]
)
def test_without_a_memory_a_notice_stands_by_itself(
    threads: Unreachable, said: str, world: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    bot = SlackBot(TOKEN, CHANNEL, threads=threads, api=world.api)

    bot.send(REFUSED)
    bot.send(REFUSED)

    assert [m.get("thread_ts") for m in world.posted] == [None, None]
    assert said in caplog.text


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, world: FakeSlack) -> pytest.MonkeyPatch:
    """Set what an owner sets who has a bot and a webhook."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_CHANNEL": CHANNEL,
        "SLACK_API": world.api,
        "SLACK_WEBHOOK_URL": world.url,
        "CACHE_DIR": str(tmp_path / "cache"),
    }.items():
        monkeypatch.setenv(f"PAPERWEEK_{name}", value)
    return monkeypatch


def test_a_bot_goes_before_a_webhook(owner: pytest.MonkeyPatch, world: FakeSlack) -> None:
    connect_notifier(Settings.from_environment()).send(REFUSED)
    owner.delenv("PAPERWEEK_SLACK_BOT_TOKEN")
    owner.delenv("PAPERWEEK_SLACK_CHANNEL")
    connect_notifier(Settings.from_environment()).send(REFUSED)
    owner.delenv("PAPERWEEK_SLACK_WEBHOOK_URL")

    assert isinstance(connect_notifier(Settings.from_environment()), Log)
    assert [message.get("channel") for message in world.posted] == [CHANNEL, None]


@pytest.mark.parametrize(
    "blog", ["", "ext::sh -c true", "missing.git"], ids=["not yet", "odd", "missing"]
)
def test_a_bot_tells_also_where_there_is_no_blog_to_ask(
    blog: str, owner: pytest.MonkeyPatch, world: FakeSlack
) -> None:
    owner.setenv("PAPERWEEK_BLOG", blog)

    connect_notifier(Settings.from_environment()).send(REFUSED)

    assert len(world.posted) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "geheimnis"),
        ("SLACK_BOT_TOKEN", "xoxb-geheim nis"),
        ("SLACK_BOT_TOKEN", ""),
        ("SLACK_CHANNEL", ""),
        ("SLACK_CHANNEL", "two words"),
        ("SLACK_API", "slack.com/api"),
    ],
)
def test_half_a_bot_is_said_and_its_token_is_not(
    name: str, value: str, owner: pytest.MonkeyPatch
) -> None:
    owner.setenv(f"PAPERWEEK_{name}", value)

    with pytest.raises(ConfigurationError) as caught:
        Settings.from_environment()

    assert caught.value.name == f"PAPERWEEK_{name}"
    assert "geheim" not in f"{caught.value!r} {caught.value} {caught.value.hint}"


@pytest.mark.usefixtures("owner")
def test_a_token_is_redacted_wherever_it_stands() -> None:
    read = Settings.from_environment()

    assert read.redact(f"Bearer {TOKEN}") == "Bearer ***"
    assert TOKEN not in repr(read)
    assert health.bot(read.slack_channel).said.startswith("its token is well-formed, for #pa")


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


def test_the_log_says_the_whole_notice_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    Log().send(compose_notice(PUBLISHED))

    (record,) = caplog.records
    assert "is published. 1. Sandglass: Memory in Slots 2." in record.getMessage()
    assert "$0.0071" in record.getMessage()
