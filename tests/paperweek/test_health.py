"""Each check is green for what is well, and red with a cure for what is not."""

from __future__ import annotations

import subprocess
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from paperweek import health
from paperweek.errors import SourceUnavailable
from paperweek.keeping import skip
from paperweek.model import Post, Week
from paperweek.publishers.git_blog import GitBlog

WEEK = Week(2025, 5)
ZONE = ZoneInfo("Europe/Berlin")
SUNDAY_MORNING = datetime(2025, 2, 2, 7, 0, tzinfo=ZONE)
SUNDAY_EVENING = datetime(2025, 2, 2, 19, 0, tzinfo=ZONE)
THURSDAY = datetime(2025, 2, 6, 1, 0, tzinfo=ZONE)


class Answering:
    """A source that answers, or does not."""

    name = "somebody"

    def __init__(self, error: SourceUnavailable | None = None) -> None:
        self.error = error

    def probe(self) -> str:
        if self.error:
            raise self.error
        return "it answers"


@pytest.fixture
def blog(tmp_path: Path) -> GitBlog:
    """Make an empty bare repository as somebody's blog."""
    bare = tmp_path / "blog.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
    return GitBlog(str(bare), cache=tmp_path / "cache")


def publish(blog: GitBlog, week: Week) -> None:
    path = f"_posts/{week.sunday}-weekly-report.md"
    blog.publish(Post(week, path, "T", "text\n", f"assets/weekly-report/{week}.json", "{}\n"))


def test_a_source_that_is_silent_is_red_with_its_cure() -> None:
    assert health.source(Answering()).is_well
    silent = health.source(Answering(SourceUnavailable("somebody", "503")))

    assert not silent.is_well
    assert "503" in silent.said


@pytest.mark.parametrize(("version", "well"), [((3, 11, 0), True), ((3, 10, 9), False)])
def test_an_old_python_is_red(version: tuple[int, ...], well: bool) -> None:
    assert health.python(version).is_well is well


def test_git_is_found_by_running_it(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_text("#!/bin/sh\necho git version 2.7.4\n")
    old.chmod(0o755)

    assert health.git().is_well
    assert "not installed" in health.git("no-such-program").said
    assert "too old" in health.git(str(old)).said


def test_a_cache_that_cannot_be_written_is_red(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert health.cache(tmp_path / "new" / "folder").is_well
    assert "PAPERWEEK_CACHE_DIR" in health.cache(tmp_path / "file").cure


@pytest.mark.parametrize(
    ("url", "well"),
    [
        ("", True),
        ("https://hooks.slack.com/services/T0/B0/secret", True),
        ("https://hooks.slack-gov.com/services/T0/B0/secret", True),
        ("https://chat.example/hooks/abc", True),
        ("http://127.0.0.1:8000/services/T0/B0/secret", True),
        ("https://hooks.slack.com/services/T0/B0", False),
        ("https://hooks.slack.com/", False),
        ("http://hooks.slack.com/services/T0/B0/secret", False),
    ],
)
def test_a_webhook_is_read_and_never_shown(url: str, well: bool) -> None:
    check = health.webhook(url)

    assert check.is_well is well
    assert "secret" not in f"{check.said}{check.cure}"


def test_trying_a_push_changes_nothing_in_the_blog(blog: GitBlog, tmp_path: Path) -> None:
    def refs() -> str:
        return subprocess.check_output(
            ["git", "for-each-ref"], cwd=tmp_path / "blog.git", text=True
        )

    assert health.blog("blog.git", blog).said.endswith("push to main")
    assert refs() == ""
    publish(blog, WEEK)
    before = refs()
    assert health.blog("blog.git", blog).is_well
    assert refs() == before


def test_a_blog_that_is_not_there_is_red(tmp_path: Path) -> None:
    nowhere = GitBlog(str(tmp_path / "none.git"), cache=tmp_path / "cache")

    assert "PAPERWEEK_BLOG" in health.blog("none.git", nowhere).cure
    assert not health.weeks(nowhere, WEEK)[0].is_well
    assert not health.expected(nowhere, THURSDAY).is_well


def test_missing_weeks_are_named(blog: GitBlog) -> None:
    publish(blog, WEEK)
    last, none = health.weeks(blog, WEEK)
    _, two = health.weeks(blog, WEEK.plus(2))

    assert "2025-W05 is published" in last.said
    assert (none.is_well, none.said) == (True, "none")
    assert (two.is_well, two.said) == (False, "2025-W06, 2025-W07")


def test_a_new_blog_has_nothing_to_miss(blog: GitBlog) -> None:
    assert all(check.is_well for check in health.weeks(None, WEEK))
    assert all(check.is_well for check in health.weeks(blog, WEEK))


@pytest.mark.parametrize(
    ("published", "now", "well"),
    [
        (WEEK, SUNDAY_EVENING, True),
        (WEEK, THURSDAY, True),
        (WEEK, SUNDAY_MORNING, True),
        (WEEK.plus(-1), SUNDAY_MORNING, True),
        (WEEK.plus(-1), SUNDAY_EVENING, False),
        (WEEK.plus(-1), THURSDAY, False),
        (WEEK.plus(-2), SUNDAY_MORNING, False),
    ],
)
def test_the_post_that_is_due_is_expected(
    blog: GitBlog, published: Week, now: datetime, well: bool
) -> None:
    publish(blog, published)

    assert health.expected(blog, now).is_well is well


def test_nobody_expects_a_week_that_was_skipped(blog: GitBlog) -> None:
    assert not health.expected(None, THURSDAY).is_well
    skip(blog, WEEK, "holidays")

    assert health.expected(blog, THURSDAY).is_well
