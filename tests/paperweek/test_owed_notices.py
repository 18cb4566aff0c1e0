"""A notice is owed from the push on: whoever dies, and on whichever machine, one is sent."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from paperweek.announcing import announce_owed
from paperweek.errors import NoticeNotSent
from paperweek.model import Outcome, Post, Publication, Week
from paperweek.publishers.git_blog import GitBlog
from paperweek.summary import Summary
from tests.fakes import FakeNotifier
from tests.golden import GOLDEN

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


def publish(blog: GitBlog) -> Publication:
    post = GOLDEN / f"{WEEK}.md"
    path = f"_posts/{WEEK.sunday}-weekly-report.md"
    data = post.with_suffix(".json").read_text()
    return blog.publish(
        Post(WEEK, path, "T", post.read_text(), f"assets/weekly-report/{WEEK}.json", data)
    )


def fresh(publication: Publication) -> Summary:
    return Summary(
        WEEK.label, Outcome.PUBLISHED, title="The fresh title", commit=publication.commit
    )


def standing() -> Summary:
    return Summary(WEEK.label, Outcome.UNCHANGED)


def tell(
    blog: GitBlog, summary: Summary, notifier: FakeNotifier, after: timedelta = timedelta()
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


def test_a_notice_that_failed_is_owed_still(machines: Machines) -> None:
    blog = machines.new()
    summary = fresh(publish(blog))

    assert tell(blog, summary, FakeNotifier(NoticeNotSent("Slack", "404"))).startswith("failed: ")
    assert tell(blog, standing(), notifier := FakeNotifier(), LATER) == "sent to a fake channel"
    assert len(notifier.told) == 1


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


def test_the_branch_gets_no_commit_for_a_notice(machines: Machines) -> None:
    blog = machines.new()
    tell(blog, fresh(publish(blog)), FakeNotifier())
    heads = ["git", "for-each-ref", "--format=%(refname)", "refs/heads"]
    count = ["git", "rev-list", "--count", "main"]

    assert subprocess.check_output(heads, cwd=machines.bare, text=True) == "refs/heads/main\n"
    assert subprocess.check_output(count, cwd=machines.bare, text=True) == "1\n"
