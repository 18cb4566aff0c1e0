"""The four seams: what the product asks of the world, and nothing of how.

Adapters live in the folders named after their port and never import each other;
`paperweek.wiring` is the only place that chooses between them.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

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

    def publish(self, post: Post, *, rewrite: bool = False) -> Publication:
        """Commit and push the post's files, exactly once, unless the week stands already."""


class Notifier(Protocol):
    """Someone who must be told."""

    @property
    def name(self) -> str:
        """The channel, as `--json` and the log spell it."""

    def send(self, notice: Notice) -> None:
        """Deliver the notice. Raises NoticeNotSent where nobody got it."""
