"""A notice is owed from the push on: whoever dies, and on whichever machine, one is sent."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from paperweek.announcing import announce_caught_up, announce_owed
from paperweek.errors import BlogUnreachable, NoticeNotSent
from paperweek.model import Outcome, Post, Publication, Week
from paperweek.ports import Owed, Owing
from paperweek.publishers.git_blog import GitBlog
from paperweek.publishers.pull_request import PullRequests
from paperweek.summary import CaughtUp, Summary
from tests.fakes import FakeNotifier
from tests.golden import GOLDEN
from tests.paperweek.kept_blog import KeptBlog, git, weekly_post
from tests.world.github_api import FakeGitHub, github

WEEK = Week(2026, 10)
PLACE = ("https://blog.example", "weekly-report", "date")
LATER = timedelta(minutes=11)


class Machines:
    """As many machines as one likes, each with a cache of its own, and one blog."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.bare, self._count = folder, folder / "blog.git", 0
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(self.bare)], check=True)

    def new(self, *, owes_notices: bool = True) -> GitBlog:
        """Return the blog as another machine sees it."""
        self._count += 1
        cache = self.folder / f"cache-{self._count}"
        return GitBlog(str(self.bare), cache=cache, owes_notices=owes_notices)

    def refuse_marks(self) -> None:
        """Take pushes to branches alone."""
        hook = self.bare / "hooks" / "update"
        hook.write_text('#!/bin/sh\ncase "$1" in refs/heads/*) ;; *) exit 1 ;; esac\n')
        hook.chmod(0o755)


@pytest.fixture
def machines(tmp_path: Path) -> Machines:
    return Machines(tmp_path)


def publish(blog: GitBlog, week: Week = WEEK) -> Publication:
    post = GOLDEN / f"{week}.md"
    path = f"_posts/{week.sunday}-weekly-report.md"
    data = post.with_suffix(".json").read_text()
    return blog.publish(
        Post(week, path, "T", post.read_text(), f"assets/weekly-report/{week}.json", data)
    )


def fresh(publication: Publication) -> Summary:
    return Summary(
        WEEK.label, Outcome.PUBLISHED, title="The fresh title", commit=publication.commit
    )


def standing() -> Summary:
    return Summary(WEEK.label, Outcome.UNCHANGED)


def tell(
    blog: Owing, summary: Summary, notifier: FakeNotifier, after: timedelta = timedelta()
) -> str:
    return announce_owed(summary, blog, notifier, datetime.now(UTC) + after, PLACE)


def test_a_notice_is_sent_once_and_remembered(machines: Machines) -> None:
    blog, notifier = machines.new(), FakeNotifier()
    summary = fresh(publish(blog))

    assert [owed.week for owed in blog.owed()] == [WEEK]
    assert tell(blog, summary, notifier) == "sent to a fake channel"
    assert tell(blog, summary, notifier, LATER) == "none"
    assert tell(machines.new(), standing(), notifier, LATER) == "none"
    assert [notice.headline for notice in notifier.told] == ["The fresh title is published."]


def test_what_a_dead_run_left_untold_is_told_by_the_next_on_any_machine(machines: Machines) -> None:
    publish(machines.new())
    notifier = FakeNotifier()

    assert tell(machines.new(), standing(), notifier) == "sent to a fake channel"
    assert tell(machines.new(), standing(), notifier, LATER) == "none"
    (notice,) = notifier.told
    assert notice.headline.startswith("Sample: Weekly Report - March 02 to March 08, 2026")
    assert notice.url == "https://blog.example/weekly-report/2026/03/08/weekly-report.html"


def test_one_that_died_while_it_told_may_have_told_so_the_next_says_possibly_repeated(
    machines: Machines,
) -> None:
    dead = machines.new()
    publish(dead)
    assert dead.claim(dead.owed()[0])
    notifier = FakeNotifier()

    early = tell(machines.new(), standing(), notifier)
    assert (early, notifier.told) == ("left to another run, which is sending it", [])
    assert tell(machines.new(), standing(), notifier, LATER) == "sent to a fake channel"
    assert tell(machines.new(), standing(), notifier, 2 * LATER) == "none"
    (notice,) = notifier.told
    assert notice.headline.startswith("Possibly repeated: ")


def test_of_two_machines_one_tells(machines: Machines) -> None:
    one, other = machines.new(), machines.new()
    publish(one)
    notices = (one.owed()[0], other.owed()[0])

    assert [one.claim(notices[0]), other.claim(notices[1])] == [True, False]
    again = (one.owed()[0], other.owed()[0])
    assert [other.claim(again[1]), one.claim(again[0])] == [True, False]


@pytest.mark.parametrize(
    ("perhaps", "soon", "first_word"),
    [(False, "sent to a fake channel", "Sample:"), (True, "left to another run", "Possibly")],
    ids=["surely not", "perhaps"],
)
def test_a_notice_that_failed_is_owed_still_and_waits_only_if_it_may_have_arrived(
    perhaps: bool, soon: str, first_word: str, machines: Machines
) -> None:
    broken = FakeNotifier(NoticeNotSent("Slack", "an answer", perhaps=perhaps))
    blog, notifier = machines.new(), FakeNotifier()

    assert tell(blog, fresh(publish(blog)), broken).startswith("failed: ")
    assert tell(machines.new(), standing(), notifier).startswith(soon)
    tell(machines.new(), standing(), notifier, LATER)

    assert [notice.headline.split()[0] for notice in notifier.told] == [first_word]


def test_a_post_from_before_owes_nothing(machines: Machines) -> None:
    publish(machines.new(owes_notices=False))

    assert machines.new().owed() == ()


def test_an_empty_blog_owes_nothing(machines: Machines) -> None:
    assert machines.new().owed() == ()


def test_where_the_blog_takes_no_mark_the_run_that_published_tells_and_no_other(
    machines: Machines,
) -> None:
    machines.refuse_marks()
    blog, notifier = machines.new(), FakeNotifier()
    summary = fresh(publish(blog))

    assert tell(blog, summary, notifier) == "sent to a fake channel"
    assert tell(machines.new(), standing(), notifier, LATER) == "none"
    assert len(notifier.told) == 1


class Interrupted(GitBlog):
    """A blog that can't be reached any more when its record is wanted."""

    asked = "claim"

    def owed(self) -> tuple[Owed, ...]:
        if self.asked == "owed":
            raise BlogUnreachable("the blog", "main", "it is gone")
        return super().owed()

    def claim(self, notice: Owed) -> bool:
        raise BlogUnreachable("the blog", "main", "it is gone")


@pytest.mark.parametrize("asked", ["owed", "claim"])
def test_where_the_record_cannot_be_reached_the_next_run_tells_once(
    machines: Machines, asked: str
) -> None:
    blog = Interrupted(str(machines.bare), cache=machines.folder / "cache", owes_notices=True)
    blog.asked = asked
    summary, notifier = fresh(publish(blog)), FakeNotifier()

    assert tell(blog, summary, notifier).startswith("failed: left to the next run")
    assert notifier.told == []
    assert tell(machines.new(), standing(), notifier) == "sent to a fake channel"
    assert tell(machines.new(), standing(), notifier, LATER) == "none"


def test_weeks_whose_record_cannot_be_reached_are_told_once_by_the_next_run(
    machines: Machines,
) -> None:
    blog = Interrupted(str(machines.bare), cache=machines.folder / "cache", owes_notices=True)
    weeks, notifier = CaughtUp((fresh(publish(blog)),)), FakeNotifier()

    told = announce_caught_up(weeks, notifier, blog, datetime.now(UTC), PLACE)
    assert (told.notice, notifier.told) == ("none", [])
    assert tell(machines.new(), standing(), notifier) == "sent to a fake channel"


def test_a_commit_to_which_a_person_gave_another_id_is_not_told_again(machines: Machines) -> None:
    blog, notifier = machines.new(), FakeNotifier()
    tell(blog, fresh(publish(blog)), notifier)
    words = git(machines.bare, "log", "-1", "--format=%B", "main")
    squashed = git(machines.bare, "commit-tree", "main^{tree}", "-m", f"Squashed (#7)\n\n{words}")
    git(machines.bare, "update-ref", "refs/heads/main", squashed)

    assert tell(machines.new(), standing(), notifier, LATER) == "none"
    assert len(notifier.told) == 1


def test_the_branch_gets_no_commit_for_a_notice(machines: Machines) -> None:
    blog = machines.new()
    tell(blog, fresh(publish(blog)), FakeNotifier())
    heads = ["git", "for-each-ref", "--format=%(refname)", "refs/heads"]
    count = ["git", "rev-list", "--count", "main"]

    assert subprocess.check_output(heads, cwd=machines.bare, text=True) == "refs/heads/main\n"
    assert subprocess.check_output(count, cwd=machines.bare, text=True) == "1\n"


def test_the_notice_of_a_dead_run_holds_all_that_its_own_would_have(machines: Machines) -> None:
    publish(machines.new(), WEEK.plus(2))
    notifier = FakeNotifier()

    tell(machines.new(), standing(), notifier)

    data = json.loads((GOLDEN / f"{WEEK.plus(2)}.json").read_text())
    titles = {paper["id"]: paper["title"] for paper in data["papers"]}
    said = [s for section in data["sections"] for p in section["paragraphs"] for s in p]
    first = next(s["citations"][0]["id"] for s in said if s["citations"])
    moved = next(s["text"] for s in said if any("earlier_topic:" in k for k in s["statistics"]))
    (notice,) = notifier.told
    assert notice.lines[0] == f"1. {titles[first]}"
    assert notice.lines[3:] == (moved, f"57 papers read, {data['counts']['cited']} cited.")


def caught_up(blog: GitBlog, *weeks: Week) -> CaughtUp:
    """Publish the weeks, as one run that catches up does, and say how it ended."""
    done = (publish(blog, week) for week in weeks)
    return CaughtUp(
        tuple(Summary(d.week.label, d.outcome, commit=d.commit, post_path=d.path) for d in done)
    )


def tell_all(
    blog: Owing, done: CaughtUp, notifier: FakeNotifier, after: timedelta = timedelta()
) -> str:
    return announce_caught_up(done, notifier, blog, datetime.now(UTC) + after, PLACE).notice


SECOND, THIRD = WEEK.plus(1), WEEK.plus(2)


def test_weeks_that_were_caught_up_are_told_in_one_notice_and_no_more(machines: Machines) -> None:
    blog, notifier = machines.new(), FakeNotifier()
    done = caught_up(blog, WEEK, SECOND)

    assert tell_all(blog, done, notifier) == "sent to a fake channel"
    assert tell(machines.new(), standing(), notifier, LATER) == "none"
    assert tell_all(machines.new(), CaughtUp(()), notifier, LATER) == "none"
    (notice,) = notifier.told
    assert notice.headline == "2 of 2 missed weeks caught up."


def test_a_run_that_died_while_it_caught_up_is_told_with_what_is_left(machines: Machines) -> None:
    caught_up(machines.new(), WEEK, SECOND)  # and dies
    blog, notifier = machines.new(), FakeNotifier()

    assert tell_all(blog, caught_up(blog, THIRD), notifier) == "sent to a fake channel"
    assert blog.owed() == ()
    (notice,) = notifier.told
    assert notice.headline == "3 of 3 missed weeks caught up."
    weeks = (WEEK, SECOND, THIRD)
    assert [w.label in line for w, line in zip(weeks, notice.lines, strict=True)] == [True] * 3


def test_a_week_that_another_run_told_meanwhile_is_left_out(machines: Machines) -> None:
    blog, notifier = machines.new(), FakeNotifier()
    done = caught_up(blog, WEEK, SECOND)
    another = machines.new()
    stolen = next(notice for notice in another.owed() if notice.week == SECOND)
    assert another.claim(stolen)

    tell_all(blog, done, notifier)

    (notice,) = notifier.told
    assert notice.headline == "1 of 1 missed week caught up."
    assert [owed.week for owed in blog.owed()] == [SECOND]


def test_one_that_died_over_the_one_notice_marks_each_week_of_it(machines: Machines) -> None:
    dead = machines.new()
    done = caught_up(dead, WEEK, SECOND)
    assert dead.claim(dead.owed()[-1])
    notifier = FakeNotifier()

    tell_all(machines.new(), done, notifier, LATER)

    (notice,) = notifier.told
    assert [line.startswith("Possibly repeated: ") for line in notice.lines] == [True, False]


def test_where_the_blog_takes_no_mark_what_was_caught_up_is_told_all_the_same(
    machines: Machines,
) -> None:
    machines.refuse_marks()
    blog, notifier = machines.new(), FakeNotifier()

    assert tell_all(blog, caught_up(blog, WEEK), notifier) == "sent to a fake channel"
    assert notifier.told[0].headline == "1 of 1 missed week caught up."


def test_many_weeks_that_nobody_was_told_of_are_one_notice(machines: Machines) -> None:
    blog, notifier = machines.new(), FakeNotifier()
    for week in (WEEK, SECOND, THIRD, WEEK.plus(3)):
        blog.publish(weekly_post(week, "2501.00001"))
    own = fresh(blog.publish(weekly_post(WEEK.plus(4), "2501.00001")))
    own = replace(own, week=WEEK.plus(4).label)

    assert tell(blog, own, notifier) == "sent to a fake channel"
    assert [notice.headline for notice in notifier.told] == [
        "4 weeks are published that nobody was told of.",
        "The fresh title is published.",
    ]
    assert blog.owed() == ()


def test_a_persons_edit_is_told_beside_what_is_owed(machines: Machines) -> None:
    publish(machines.new())
    notifier = FakeNotifier()
    edited = Summary(WEEK.label, Outcome.UNCHANGED, human_edited=True)

    assert tell(machines.new(), edited, notifier) == "sent to a fake channel"
    assert [notice.outcome for notice in notifier.told] == [Outcome.PUBLISHED, Outcome.UNCHANGED]


TOKEN = "ghp_A1b2C3d4E5f6G7h8I9j0"


@pytest.fixture
def proposals(tmp_path: Path) -> KeptBlog:
    return KeptBlog.at(tmp_path / "proposals")


@pytest.fixture
def host(proposals: KeptBlog) -> Iterator[FakeGitHub]:
    with github(proposals.bare, "me/blog", TOKEN) as fake:
        yield fake


def proposing(blog: KeptBlog, host: FakeGitHub, cache: str) -> PullRequests:
    """Return the blog whose posts wait for a person, as a machine sees it."""
    inner = blog.open(cache, owes_notices=True)
    return PullRequests(inner, "https://github.com/me/blog.git", token=TOKEN, api=host.url)


def test_a_pull_request_that_a_dead_run_left_untold_is_told_by_the_next(
    proposals: KeptBlog, host: FakeGitHub
) -> None:
    done = proposing(proposals, host, "dead").publish(weekly_post(WEEK, "2501.00001"))
    notifier = FakeNotifier()
    one, other = (proposing(proposals, host, name) for name in ("one", "other"))

    assert tell(one, standing(), notifier) == "sent to a fake channel"
    assert tell(other, standing(), notifier, LATER) == "none"
    (notice,) = notifier.told
    assert notice.headline.endswith("waits for your approval.")
    assert (notice.url, notice.link) == (done.pull_request, "Read and merge it")
    assert "1. On 2501.00001: a *paper*" in notice.lines


def test_a_pull_request_is_told_once_by_the_run_that_opened_it(
    proposals: KeptBlog, host: FakeGitHub
) -> None:
    blog, notifier = proposing(proposals, host, "one"), FakeNotifier()
    summary = replace(fresh(blog.publish(weekly_post(WEEK, "2501.00001"))), pull_request="there")

    assert tell(blog, summary, notifier) == "sent to a fake channel"
    assert tell(proposing(proposals, host, "two"), standing(), notifier, LATER) == "none"


@pytest.mark.parametrize("way", [("--no-ff",), ("--squash",)], ids=["merged", "squashed"])
def test_what_a_person_merged_needs_no_notice_any_more(
    proposals: KeptBlog, host: FakeGitHub, way: tuple[str, ...]
) -> None:
    proposing(proposals, host, "dead").publish(weekly_post(WEEK, "2501.00001"))
    branch = f"origin/report/{WEEK}"
    git(proposals.person, "fetch", "--quiet", "origin")
    message = git(proposals.person, "log", "-1", "--format=%B", branch)
    git(proposals.person, "merge", "--quiet", *way, "--no-commit", branch)
    git(proposals.person, "commit", "--quiet", "-m", message)
    git(proposals.person, "push", "--quiet", "origin", "main")
    host.close(merged=True)

    assert proposing(proposals, host, "one").owed() == ()
    assert proposals.open("two", owes_notices=True).owed() == ()


def test_a_branch_without_its_pull_request_waits_for_the_run_that_opens_it(
    proposals: KeptBlog, host: FakeGitHub
) -> None:
    proposing(proposals, host, "dead").publish(weekly_post(WEEK, "2501.00001"))
    host.pulls.clear()
    blog, notifier = proposing(proposals, host, "one"), FakeNotifier()

    assert blog.owed() == ()
    done = blog.publish(weekly_post(WEEK, "2501.00001"))
    assert tell(blog, replace(fresh(done), pull_request="there"), notifier).startswith("sent")
    assert blog.owed() == ()
