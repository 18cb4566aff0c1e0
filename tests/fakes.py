"""Stand-ins for the four ports: real classes that keep what they were given."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from paperweek.errors import PaperweekError
from paperweek.model import (
    Heading,
    Outcome,
    Paper,
    Post,
    Publication,
    PublishedWeek,
    Report,
    Section,
    Selection,
    SourceAccount,
    Week,
)
from paperweek.notices import Notice
from paperweek.ports import Harvest

WEEK = Week(2025, 5)
POST = Post(WEEK, "_posts/p.md", "A title", "text\n", "assets/d.json", "{}\n")


def a_report() -> Report:
    """Return a report with eight empty sections, by nobody."""
    selection = Selection(week=WEEK, papers=(), topics={}, statistics={})
    sections = tuple(Section(heading, ()) for heading in Heading)
    return Report(selection, sections, writer="nobody/1")


@dataclass
class FakeSource:
    """Gives the papers it was made with; silent where it has a failure."""

    papers: tuple[Paper, ...] = ()
    failure: str = ""
    name: str = "fake"
    asked: list[Week] = field(default_factory=list)

    def collect(self, week: Week, known: AbstractSet[str]) -> Harvest:
        self.asked.append(week)
        account = SourceAccount(self.name, papers=len(self.papers), failure=self.failure)
        return Harvest(self.papers, account)


@dataclass
class FakeBlog:
    """Holds posts in memory; fails as often as it has failures."""

    failures: list[PaperweekError] = field(default_factory=list)
    published: dict[Week, Post] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    asked: int = 0

    def standing(self, week: Week) -> Publication | None:
        self._maybe_fail()
        post = self.published.get(week)
        return Publication(week, Outcome.UNCHANGED, post.path) if post else None

    def earlier_weeks(self, week: Week, count: int) -> tuple[PublishedWeek, ...]:
        self._maybe_fail()
        return ()

    def read(self, *paths: str) -> tuple[str | None, ...]:
        self._maybe_fail()
        return tuple(map(self.files.get, paths))

    def publish(self, post: Post, *, rewrite: bool = False) -> Publication:
        self._maybe_fail()
        self.published[post.week] = post
        return Publication(post.week, Outcome.PUBLISHED, post.path, commit="c" * 40)

    def _maybe_fail(self) -> None:
        self.asked += 1
        if self.failures:
            raise self.failures.pop(0)


@dataclass
class FakeWriter:
    """Writes the same report every time."""

    report: Report = field(default_factory=a_report)
    name: str = "nobody/1"

    def write(self, selection: Selection) -> Report:
        return self.report


@dataclass
class FakeNotifier:
    """Keeps what it was told; fails where it has an error."""

    error: PaperweekError | None = None
    name: str = "a fake channel"
    told: list[Notice] = field(default_factory=list)

    def send(self, notice: Notice) -> None:
        if self.error:
            raise self.error
        self.told.append(notice)
