"""The table of faults: what a case is, and the row that playing it makes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

FAULT_WIDTH, CELL_WIDTH, OUTCOME_WIDTH = 62, 7, 120


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one fault, as it is printed."""

    fault: str
    """What was asked and what came instead, such as `arXiv, listing: 503 twice`."""
    seconds: float
    good: bool
    """Whether the outcome is what a reader is owed."""
    outcome: str
    """What happened, such as `complete`, or `named: …`; or what is wrong."""
    cells: Mapping[str, object] = field(default_factory=dict)
    """What its kind of row tells beside that, by column, in order: numbers or a few words."""
    skipped: str = ""
    """Why it can't be played on this machine; empty: it was played."""


class Case(Protocol):
    """Something that can go wrong, and how to play it."""

    @property
    def name(self) -> str:
        """What its row is called."""

    def play(self) -> Row:
        """Play it against the real code and judge what came of it."""


def as_line(row: Row) -> str:
    """Return the row as a line of the Markdown table that `head` opens."""
    said = row.outcome if row.good else f"WRONG: {row.outcome}"
    outcome = f"skipped: {row.skipped}" if row.skipped else said
    cells = "".join(f"| {_short(str(c), 48):>{CELL_WIDTH}} " for c in row.cells.values())
    return (
        f"| {_short(row.fault, FAULT_WIDTH):<{FAULT_WIDTH}} | {row.seconds:>{CELL_WIDTH}.2f} "
        f"{cells}| {_short(outcome, OUTCOME_WIDTH)} |"
    )


def head(columns: Iterable[str]) -> Iterable[str]:
    """Return the two lines above the rows whose cells have these columns."""
    names = f"{'fault: what was asked, what came':<{FAULT_WIDTH}}"
    numbers = ("seconds", *columns)
    cells = "".join(f" {name:>{CELL_WIDTH}} |" for name in numbers)
    rules = "".join(f"{'-' * (max(CELL_WIDTH, len(name)) + 1)}:|" for name in numbers)
    yield f"| {names} |{cells} outcome |"
    yield f"|{'-' * (FAULT_WIDTH + 2)}|{rules}---------|"


def _short(text: str, width: int) -> str:
    return textwrap.shorten(text.replace("|", "/"), width, placeholder=" …")
