"""What the owner is told after a run: one value, whatever the channel."""

from __future__ import annotations

from dataclasses import dataclass

from paperweek.model import Outcome, Week


@dataclass(frozen=True, slots=True)
class Notice:
    """One message about one week."""

    week: Week | None
    outcome: Outcome
    headline: str
    """One plain-text line that says it all."""
    lines: tuple[str, ...] = ()
    """Further plain-text lines, the most useful first. Paper text in them is a stranger's text."""
    details: tuple[str, ...] = ()
    """Plain-text lines for those who look twice: they may be shown small."""
    url: str = ""
    """Address of the page, the pull request or the run; empty where there is none."""
    link: str = "Read it"
    """What a reader may do at that address, in a few words."""
    needs_a_look: bool = False
    """Whether it went well only in part."""
    awaits_you: bool = False
    """Whether nothing goes on until a person decides."""
