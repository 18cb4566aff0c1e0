"""What a person is asked, and what they are warned of, at a glance and with what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from paperweek.announcing import (
    announce,
    announce_caught_up,
    announce_red,
    announce_waiting,
    compose_notice,
)
from paperweek.errors import BlogForbidden, NoticeNotSent, PoorWeek
from paperweek.health import Check
from paperweek.model import (
    Citation,
    Heading,
    Kind,
    Outcome,
    Paper,
    Publication,
    Report,
    Section,
    Selection,
    Sentence,
    Usage,
    Week,
)
from paperweek.notifiers.slack_bot import SlackBot
from paperweek.notifiers.slack_webhook import SlackWebhook
from paperweek.ports import Notifier
from paperweek.rendering import render_post
from paperweek.summary import CaughtUp, Summary
from tasks.publish_post import publish_post
from tests.conftest import CHECKOUT
from tests.fakes import POST as A_POST
from tests.fakes import FakeBlog, FakeNotifier
from tests.world.slack import CHANNEL, TOKEN, shown, slack

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
        "60 papers read, 24 cited.",
        "Read it under Artifacts, then resume the run to publish or discard it.",
    )
    assert notice.details == ("Written by extractive/1.",)
    assert (notice.url, notice.link) == ("http://127.0.0.1:4200/runs/1", "Decide on it")


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


TITLE = "Weekly Report - January 27 to February 02, 2025"
PAGE = "https://blog.example/weekly-report/2025/02/02/weekly-report.html"
RUN = "http://127.0.0.1:4200/runs/flow-run/1"
POST = Summary(
    WEEK.label,
    Outcome.PUBLISHED,
    post_path="_posts/2025-02-02-weekly-report.md",
    commit="0123456789abcdef",
    papers=143,
    cited=24,
    writer="extractive/1",
    title=TITLE,
    url=PAGE,
    leads=("Sandglass: Memory in Slots", "KiteFrame: Playable Worlds", "Wayfold"),
    moved="What changed is world models, at 12 of 39 new papers after 3 of 74 before.",
)
EDITED = Summary(
    WEEK.label,
    Outcome.UNCHANGED,
    post_path=POST.post_path,
    human_edited=True,
    url=PAGE,
    hint="To have our words back: git checkout 0123456789 -- _posts/2025-02-02-weekly-report.md, "
    "then commit and run again.",
)


def failed() -> Summary:
    error = BlogForbidden("https://example.org/b.git", "main", "it refused access")
    return replace(Summary.of_error(error, WEEK.label), url=RUN, step="publish post")


def refused() -> Summary:
    poor = PoorWeek(WEEK.label, "3 of 9 papers have a usable abstract", 9, ("arxiv",))
    return replace(Summary.of_error(poor), url=RUN)


POOR = PoorWeek("2025-W03", "3 of 9 papers have a usable abstract")


def caught_up(notifier: Notifier) -> None:
    other = replace(POST, week="2025-W04", commit="a" * 40, url="", visible=None, degraded=True)
    poor = Summary.of_error(POOR)
    announce_caught_up(CaughtUp((poor, other, POST), left=("2025-W06",)), notifier)


def once(summary: Summary) -> Callable[[Notifier], object]:
    return lambda notifier: announce(summary, notifier, by_hand=True)


DEGRADED = replace(
    POST,
    degraded=True,
    degraded_sections=("Conclusion (the language model gave nothing of use)",),
    writer="llm/1 (openai:gpt-4o-mini)",
    calls=9,
    tokens_in=31_200,
    tokens_out=4100,
    price_usd=None,
)
PULL = replace(POST, pull_request="https://github.com/me/blog/pull/7")
STANDING = replace(POST, outcome=Outcome.UNCHANGED)
KINDS: Mapping[str, Callable[[Notifier], object]] = {
    "published": once(POST),
    "published degraded": once(DEGRADED),
    "pushed, not yet visible": once(replace(POST, visible=False)),
    "waits for approval": once(PULL),
    "waits for a yes": lambda notifier: announce_waiting(replace(POST, url=""), notifier, RUN),
    "refused": once(refused()),
    "failed": once(failed()),
    "human edit": once(EDITED),
    "human edit of a pull request": once(replace(EDITED, pull_request=PULL.pull_request, hint="")),
    "unchanged": once(STANDING),
    "unchanged, waiting": once(replace(STANDING, pull_request=PULL.pull_request)),
    "caught up": caught_up,
    "needs you": lambda notifier: announce_red(WEEK, RED, notifier, RUN),
}
"""Every kind of notice, by what happened."""


def kind(name: str) -> list[str]:
    """Return what a person sees of the notice, as both ways into Slack bring it."""
    with slack() as world:
        KINDS[name](SlackWebhook(world.url, timeout_seconds=60))
        KINDS[name](SlackBot(TOKEN, CHANNEL, api=world.api, timeout_seconds=60))
    one, other = world.posted
    assert one["blocks"] == other["blocks"]
    return shown(one)


def test_a_published_week_shows_what_is_worth_knowing() -> None:
    assert kind("published") == [
        f"✅ {TITLE} is published.",
        "1. Sandglass: Memory in Slots",
        "2. KiteFrame: Playable Worlds",
        "3. Wayfold",
        "What changed is world models, at 12 of 39 new papers after 3 of 74 before.",
        "143 papers read, 24 cited.",
        "Written by extractive/1: no tokens bought.",
        "File _posts/2025-02-02-weekly-report.md, commit 0123456789.",
        f"Read it: {PAGE}",
    ]


def test_a_degraded_post_says_so_in_its_first_line() -> None:
    told = kind("published degraded")

    assert told[0] == f"⚠️ {TITLE} is published, degraded."
    assert (
        "Written by the embedded writer instead: "
        "Conclusion (the language model gave nothing of use)."
    ) in told
    assert any(
        line.endswith("9 requests, 31,200 tokens in, 4,100 out, price unknown.") for line in told
    )


def test_what_a_person_decides_on_leads_to_where_they_decide() -> None:
    assert kind("waits for approval")[0] == f"👀 {TITLE} waits for your approval."
    assert kind("waits for approval")[-1] == f"Read and merge it: {PULL.pull_request}"
    assert kind("waits for a yes")[0] == f"👀 {TITLE} waits for your yes."
    assert kind("waits for a yes")[-1] == f"Decide on it: {RUN}"


def test_what_went_wrong_says_what_where_and_what_to_do() -> None:
    assert kind("failed") == [
        "❌ 2025-W05 failed: The blog https://example.org/b.git (branch main): it refused access.",
        "Check PAPERWEEK_BLOG_TOKEN or the deploy key, and the branch's protection rules.",
        "It failed at this step: publish post.",
        f"See the run: {RUN}",
    ]
    assert kind("refused") == [
        "⛔ 2025-W05 was not published: 3 of 9 papers have a usable abstract.",
        "Run the week again when its papers are complete.",
        "Not all papers came from: arxiv.",
        f"See the run: {RUN}",
    ]
    assert kind("needs you")[-1] == f"See the run: {RUN}"


def test_a_persons_edit_is_told_with_the_way_back() -> None:
    assert kind("human edit") == [
        "⚠️ 2025-W05 stays as a person left it.",
        "The post in the blog was written, edited or deleted by hand, so nothing was written.",
        EDITED.hint,
        "File _posts/2025-02-02-weekly-report.md.",
        f"Read it: {PAGE}",
    ]
    assert "Its pull request was closed" in kind("human edit of a pull request")[1]


def test_nothing_to_do_is_said_to_whoever_pressed_the_button_and_waits() -> None:
    assert kind("unchanged")[0] == "⏸ 2025-W05 was published before; nothing changed."
    assert "still waits for your approval" in kind("unchanged, waiting")[0]


def test_several_weeks_are_told_in_one_notice() -> None:
    assert kind("caught up") == [
        "⛔ 2 of 3 missed weeks caught up.",
        f"{POOR} {POOR.hint} To be asked no more: paperweek skip 2025-W03.",
        "2025-W04 published, degraded: _posts/2025-02-02-weekly-report.md",
        f"2025-W05 published: {PAGE}",
        "Still without a post: 2025-W06. To go on: paperweek catch-up.",
    ]


@pytest.mark.parametrize("outcome", [Outcome.REHEARSED, Outcome.UNCHANGED])
def test_nobody_is_told_where_nothing_happened(outcome: Outcome) -> None:
    notifier = FakeNotifier()

    assert announce(Summary(WEEK.label, outcome), notifier) == "none"
    assert notifier.told == []


def test_a_persons_edit_is_told_whoever_started_the_run() -> None:
    assert announce(EDITED, FakeNotifier()) == "sent to a fake channel"
    assert announce(replace(EDITED, outcome=Outcome.REHEARSED), FakeNotifier()) == "none"


@pytest.mark.parametrize("name", KINDS)
def test_the_owners_handbook_knows_every_kind_of_notice(name: str) -> None:
    first = kind(name)[0]

    assert [row for row in handbook() if row.fullmatch(first)], first


def test_the_owners_handbook_does_not_know_everything() -> None:
    assert not [row for row in handbook() if row.fullmatch("✅ All is well.")]


def handbook() -> list[re.Pattern[str]]:
    """Return the first lines that docs/operations.md knows; `…`, n and m stand for anything."""
    text = (CHECKOUT / "docs/operations.md").read_text(encoding="utf-8")
    table = text.partition("| what it says | what to do |")[2].partition("\n\n")[0]
    said = [row.split("|")[1].strip() for row in table.splitlines()[2:]]
    lines = (re.escape(one.strip()) for row in said for one in row.split(" / "))
    patterns = (re.sub(r"…|\b[nm]\b", ".+", line) for line in lines)
    return [re.compile(rf"\S+ {pattern}\.?") for pattern in patterns]


def test_a_notice_can_be_made_again_from_the_data_file_alone() -> None:
    papers = tuple(Paper(f"2501.0000{n}", f"Paper *{n}*", abstract="It is said.") for n in range(5))
    cited = (
        Sentence("One.", Kind.PAPERS, (Citation("2501.00003"), Citation("2501.00001"))),
        Sentence("Two.", Kind.PAPERS, (Citation("2501.00003"), Citation("2501.00004"))),
        Sentence("Three.", Kind.PAPERS, (Citation("2501.00000"),)),
    )
    moved = Sentence("Agents are up.", Kind.STATISTIC, (), ("topic:agents", "earlier_topic:agents"))
    said = {Heading.EXECUTIVE_SUMMARY: cited, Heading.TECHNICAL_TRENDS: (moved,)}
    sections = tuple(Section(h, (said.get(h, (Sentence("So.", Kind.FRAMING),)),)) for h in Heading)
    numbers = {"topic:agents": 3.0, "earlier_topic:agents": 1.0}
    report = Report(
        *(Selection(WEEK, papers, {}, numbers), sections, "llm/1"),
        degraded=("Conclusion (no answer)",),
        usage=Usage(3, 4000, 500, 0.01),
    )
    post = render_post(report)
    publication = Publication(WEEK, Outcome.PUBLISHED, post.path, "c" * 40)
    fresh = Summary.of_publication(publication, post, report)

    assert fresh.leads == ("Paper *3*", "Paper *1*", "Paper *4*")
    assert fresh.moved == "Agents are up."
    assert Summary.of_data(WEEK, "c" * 40, post.data) == fresh
    standing = Summary.of_standing(replace(publication, outcome=Outcome.UNCHANGED), post.data)
    assert (standing.calls, standing.tokens_in, standing.price_usd) == (0, 0, 0.0)


def test_a_failure_says_at_which_step_it_happened() -> None:
    blog = FakeBlog([BlogForbidden("blog", "main", "it refused access")])

    with pytest.raises(BlogForbidden) as caught:
        publish_post.fn(A_POST, blog, rewrite=False)
    notice = compose_notice(Summary.of_error(caught.value, WEEK.label))

    assert "It failed at this step: publish post." in notice.lines


def test_a_failure_names_its_week_and_no_step_where_it_was_in_none() -> None:
    notice = compose_notice(Summary.of_error(ZeroDivisionError("by zero"), "2025-W05"))

    assert notice.headline.startswith("2025-W05 failed: Something unforeseen happened")
    assert not any("step" in line for line in notice.lines)
