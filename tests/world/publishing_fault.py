"""What can go wrong between a finished post and its notice, and what is owed all the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum, auto

from paperweek.errors import PaperweekError
from paperweek.model import Week
from tests.world.publishing_world import SECOND_LOOK, End, World


class Owed(Enum):
    """What the runs that meet the fault owe."""

    PUBLISHED = auto()
    """The commit and its notice, as if nothing were."""
    UNTOLD = auto()
    """The commit; its notice comes with the next run."""
    NAMED = auto()
    """An error with what to do, and nothing written."""
    UNKNOWN = auto()
    """The commit and its notice, or an error with what to do, whatever the blog took."""
    STAYS = auto()
    """Nothing: the blog stays as it is, and nobody is told that anything were published."""
    DIED = auto()
    """Nothing: the process died."""


def one_run(world: World) -> Sequence[End]:
    """Run the week once."""
    return [world.run()]


def later(world: World) -> End:
    """Run the week again, when a notice that somebody began to send is taken up."""
    return world.run(later=SECOND_LOOK)


@dataclass(frozen=True, slots=True)
class PublishingFault:
    """What goes wrong, and what is owed all the same."""

    name: str
    spoil: Callable[[World], AbstractContextManager[None]]
    """Makes the fault until its block ends."""
    owed: Owed
    kind: type[PaperweekError] = PaperweekError
    """Of the error that names it."""
    says: str = ""
    """What the error, or the summary, must say (a regular expression)."""
    on: str = "folder"
    """How the blog is reached; see World."""
    runs: Callable[[World], Sequence[End]] = one_run
    again: Callable[[World], End] = later
    weeks: tuple[Week, ...] = ()
    """The weeks that must have been published; empty: whichever were tried."""
    commits: int = 1
    """Commits that a week has in the end; none where a person wrote, or rewrote, it."""
    notices: int = 1
    """Notices that a week has in the end."""
    repeats: bool = False
    """Whether one notice more comes, marked as perhaps repeated."""
    missing: Callable[[], str] = str
    """Why this machine can't play it; empty: it can."""
