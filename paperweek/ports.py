"""The four seams: what the product asks of the world, and nothing of how.

Adapters live in the folders named after their port and never import each other;
`paperweek.wiring` is the only place that chooses between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar, runtime_checkable

from paperweek.ledger import Ledger
from paperweek.model import (
    Collection,
    Paper,
    Post,
    Publication,
    PublishedWeek,
    Report,
    Selection,
    SourceAccount,
    Week,
)
from paperweek.notices import Notice

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Harvest:
    """What one source gave for a week, and its account of it."""

    papers: tuple[Paper, ...]
    account: SourceAccount
    kept: Collection | None = None
    """The whole set, where it was collected once before: it stands as it was, accounts and all."""


class PaperSource(Protocol):
    """Somewhere that knows papers."""

    @property
    def name(self) -> str:
        """The source's name, as `Paper.seen_in` and `silent_sources` spell it."""

    def collect(self, week: Week, known: AbstractSet[str]) -> Harvest:
        """Return the week's papers, and what it knows of the `known` ids.

        Never raises for a source that fails: the account tells, with whatever came before.
        """


class Writer(Protocol):
    """Somebody who can say what the selected papers say."""

    @property
    def name(self) -> str:
        """Name and version, as the post prints it."""

    def write(self, selection: Selection) -> Report:
        """Return the eight sections; every sentence has passed paperweek.checks."""


class Blog(Protocol):
    """The repository that holds the posts. It is the only state there is."""

    def standing(self, week: Week) -> Publication | None:
        """Return what the blog holds for the week; None where nothing was ever published."""

    def earlier_weeks(self, week: Week, count: int) -> tuple[PublishedWeek, ...]:
        """Return up to `count` published weeks before `week`, newest first."""

    def read(self, *paths: str) -> tuple[str | None, ...]:
        """Return the texts of files of the blog; None for each that is no plain file there."""

    def publish(self, post: Post, *, rewrite: bool = False) -> Publication:
        """Commit and push the post's files, exactly once, unless the week stands already."""


@dataclass(frozen=True, slots=True)
class Change:
    """One commit that an owner asks for."""

    subject: str
    """Its first line."""
    files: Mapping[str, str | None]
    """Path to the whole new text; None takes the file away."""
    posts: Mapping[Week, str] = field(default_factory=dict)
    """The weeks whose post, among the files at this path, is in our words, or taken away by us."""
    owes_notice: bool = False
    """Whether somebody must be told of it."""


class BlogTip(Protocol):
    """The blog as one commit shows it."""

    def read(self, path: str) -> str | None:
        """Return the file's text; None where there is no such plain file."""

    def standing(self, week: Week) -> Publication | None:
        """Return what the blog holds for the week; None where nothing was ever published."""

    @property
    def ledger(self) -> Ledger:
        """What persons decided about the weeks."""

    def posts(self) -> Mapping[str, Week]:
        """Return every weekly post in the blog, whosever it is, by path."""

    def own_weeks(self) -> frozenset[Week]:
        """Return the weeks that we published."""

    def held(self, weeks: Iterable[Week]) -> frozenset[Week]:
        """Return those of the weeks that have, or had, a post of anybody."""

    def data(self) -> Mapping[Week, str]:
        """Return the text of every week's data file, newest first."""

    def is_data_ours(self, week: Week, path: str) -> bool:
        """Tell whether the week's data file is still as we left it."""


class KeptBlog(Blog, Protocol):
    """A blog whose owner looks after it."""

    def look(self, ask: Callable[[BlogTip], Answer]) -> Answer:
        """Return what `ask` finds in the blog as it is now."""

    def amend(
        self, compose: Callable[[BlogTip], tuple[Answer, Change | None]]
    ) -> tuple[Answer, str]:
        """Commit what `compose` makes of the blog; return its answer, and the commit or nothing."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A notice that nobody is known to have sent."""

    week: Week
    commit: str
    """The commit that published the week."""
    key: str
    """What the blog remembers it by, also where a person gave the commit another id."""
    begun: str = ""
    """The mark of the run that last began to send it; empty: none did."""
    begun_at: datetime | None = None
    """When that was (UTC), if that run may have died over it; None: nobody was told."""
    pull_request: str = ""
    """Address of the pull request that the post waits in; empty where it was published."""


@runtime_checkable
class Owing(Protocol):
    """A blog that remembers, wherever a run dies, which of its posts nobody was told of."""

    @property
    def owes_notices(self) -> bool:
        """Whether what is published through it owes a notice, and this is remembered."""

    def read_of(self, notice: Owed, path: str) -> str | None:
        """Return the text of the file in the commit that the notice is about; None: no such."""

    def owed(self) -> tuple[Owed, ...]:
        """Return the notices that are owed, the newest post first."""

    def claim(self, notice: Owed) -> bool:
        """Return whether it is ours to send the notice: of all who ask at once, one hears yes."""

    def settle(self, notice: Owed) -> None:
        """Remember that the notice was sent."""

    def release(self, notice: Owed) -> None:
        """Remember that a notice that was ours to send was not: it is anybody's again."""


class Threads(Protocol):
    """Where it is remembered which conversation a week's notices belong to."""

    def thread(self, week: Week) -> str:
        """Return what `keep_thread` was given for the week; empty where nothing was."""

    def keep_thread(self, week: Week, thread: str) -> None:
        """Remember that the week's notices belong to `thread`, on whatever machine."""


class Notifier(Protocol):
    """Someone who must be told."""

    @property
    def name(self) -> str:
        """The channel, as `--json` and the log spell it."""

    def send(self, notice: Notice) -> None:
        """Deliver the notice. Raises NoticeNotSent where nobody got it."""
