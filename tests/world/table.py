"""The table of faults: what a case is, and the row that playing it makes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

FAULT_WIDTH, OUTCOME_WIDTH = 60, 90


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one fault, as it is printed."""

    fault: str
    """What was asked and what came instead, such as `arXiv, listing: 503 twice`."""
    needed: int
    """Requests or attempts that an honest world takes."""
    tries: int
    """Requests or attempts that were made."""
    seconds: float
    good: bool
    """Whether the outcome is what a reader is owed."""
    outcome: str
    """`complete`, or `named: …`, or what is wrong."""
    papers: str = ""
    """Papers that came against the full set, such as `150/150`; empty where papers play no part."""


class Case(Protocol):
    """Something that can go wrong, and how to play it."""

    @property
    def name(self) -> str:
        """What its row is called."""

    def play(self) -> Row:
        """Play it against the real code and judge what came of it."""


def as_line(row: Row) -> str:
    """Return the row as a line of the Markdown table that `head` opens."""
    outcome = row.outcome if row.good else f"WRONG: {row.outcome}"
    return (
        f"| {row.fault:<{FAULT_WIDTH}} | {row.needed:>5} | {row.tries:>5} | {row.seconds:>7.2f} "
        f"| {row.papers:>7} | {_short(outcome)} |"
    )


def head() -> Iterable[str]:
    """Return the two lines above the rows."""
    names = f"{'fault: what was asked, what came':<{FAULT_WIDTH}}"
    yield f"| {names} | asked | tries | seconds | papers  | outcome |"
    yield f"|{'-' * (FAULT_WIDTH + 2)}|------:|------:|--------:|--------:|---------|"


def _short(text: str) -> str:
    return textwrap.shorten(text.replace("|", "/"), OUTCOME_WIDTH, placeholder=" …")
