"""A task adds patience and a log line to one call, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from prefect import Task

from paperweek.errors import (
    BlogForbidden,
    BlogUnreachable,
    ConfigurationError,
    EverySourceSilent,
    NoticeNotSent,
    PoorWeek,
    SourceUnavailable,
)
from paperweek.model import Outcome, Paper
from paperweek.publishers.rehearsal import Rehearsal
from paperweek.summary import Summary
from tasks.ask_blog import ask_blog
from tasks.collect_papers import collect_papers
from tasks.publish_post import publish_post
from tasks.retrying import when_it_may_help
from tasks.send_notice import send_notice
from tests.fakes import POST, WEEK, FakeBlog, FakeNotifier, FakeSource

NOW, PLACE = datetime(2025, 2, 2, tzinfo=UTC), ("", "weekly-report", "date")
TASKS = [ask_blog, collect_papers, publish_post, send_notice]


class Failed:
    """A state as the retry rule sees it."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def result(self, *, raise_on_failure: bool) -> BaseException:
        assert not raise_on_failure
        return self.error


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (SourceUnavailable("arxiv", "503"), True),
        (BlogUnreachable("blog", "main", "time-out"), True),
        (NoticeNotSent("Slack", "503"), True),
        (BlogForbidden("blog", "main", "denied"), False),
        (ConfigurationError("x", "", "wrong"), False),
        (PoorWeek("2025-W05", "poor"), False),
        (EverySourceSilent("2025-W05", ()), False),
        (ZeroDivisionError(), False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_the_error_says_whether_to_try_again(error: Exception, again: bool) -> None:
    assert when_it_may_help(None, None, Failed(error)) is again


@pytest.mark.parametrize("task", TASKS, ids=lambda task: str(task.name))
def test_a_task_stores_nothing_and_retries_by_the_one_rule(task: Task[..., Any]) -> None:
    assert task.persist_result is False
    assert not task.retries or task.retry_condition_fn is when_it_may_help


def test_a_week_that_was_never_published_is_nothing() -> None:
    assert ask_blog.fn(WEEK, FakeBlog()) is None


def test_a_published_week_stands() -> None:
    standing = ask_blog.fn(WEEK, FakeBlog(published={WEEK: POST}))

    assert standing
    assert (standing.outcome, standing.path) == (Outcome.UNCHANGED, POST.path)


def test_the_merged_week_is_kept_in_the_cache(tmp_path: Path) -> None:
    paper = Paper("2501.00001", "One", "An abstract.", votes=3)

    collection = collect_papers.fn(WEEK, [FakeSource((paper,))], tmp_path)

    assert [p.arxiv_id for p in collection.papers] == ["2501.00001"]
    assert len(list(tmp_path.rglob("2025-W05.json"))) == 1


def test_every_source_silent_names_them_all(tmp_path: Path) -> None:
    sources = [FakeSource(failure="it hung.", name=name) for name in ("huggingface", "arxiv")]

    with pytest.raises(EverySourceSilent) as caught:
        collect_papers.fn(WEEK, sources, tmp_path)

    assert Summary.of_error(caught.value).silent_sources == ("huggingface", "arxiv")


def test_publishing_gives_what_the_blog_holds_afterwards() -> None:
    blog = FakeBlog()

    publication = publish_post.fn(POST, blog, rewrite=False)

    assert (publication.outcome, blog.published) == (Outcome.PUBLISHED, {WEEK: POST})


def test_a_rehearsed_post_reaches_a_folder_and_not_the_blog(tmp_path: Path) -> None:
    blog = FakeBlog()

    publication = publish_post.fn(POST, Rehearsal(blog, tmp_path / "new"), rewrite=True)

    assert (publication.outcome, publication.commit) == (Outcome.REHEARSED, "")
    assert (tmp_path / "new" / "2025-W05.md").read_text() == POST.text
    assert publication.url.startswith("file://")
    assert blog.published == {}


def test_a_rehearsal_without_a_blog_knows_no_week(tmp_path: Path) -> None:
    rehearsal = Rehearsal(None, tmp_path)

    assert (rehearsal.standing(WEEK), rehearsal.earlier_weeks(WEEK, 4)) == (None, ())


def test_a_notice_that_fails_is_said_and_fails_nothing() -> None:
    published = Summary(week="2025-W05", outcome=Outcome.PUBLISHED, title="T", writer="w")

    silent = FakeNotifier(NoticeNotSent("Slack", "it answered 404"))
    told = send_notice.fn(published, FakeNotifier(), FakeBlog(), NOW, PLACE)
    untold = send_notice.fn(published, silent, FakeBlog(), NOW, PLACE)

    assert told.notice == "sent to a fake channel"
    assert untold.outcome is Outcome.PUBLISHED
    assert untold.notice.startswith("failed: The notice did not reach Slack")
