"""A corpus folder, read: the arXiv records of all its weeks as one universe, and the daily lists.

Layout: `weeks/<monday>/arxiv*.jsonl` with one record a line, and
`weeks/<monday>/hf_daily/<date>.json` with what the daily list answered.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

DEFAULT_CATEGORIES = ("cs.AI", "cs.CL", "cs.CV", "cs.LG")


@dataclass(frozen=True, slots=True)
class Record:
    """One paper as arXiv knows it. Its identity is `arxiv_id`, without version."""

    arxiv_id: str
    version: int
    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    """The primary one first; empty where the corpus does not know them."""
    published: datetime
    updated: datetime
    comment: str = ""

    @property
    def counts_in(self) -> tuple[str, ...]:
        """The categories under which a query finds it; the default ones where none are known."""
        return self.categories or DEFAULT_CATEGORIES


@dataclass(frozen=True, slots=True)
class Corpus:
    """What the played world knows."""

    records: Mapping[str, Record]
    """By arXiv id."""
    days: Mapping[date, bytes]
    """The body of each day's list on Hugging Face, as recorded."""


def corpus_folder() -> Path | None:
    """Return the folder with the recorded corpus, or None where this machine has none.

    PAPERWEEK_CORPUS names it; without it, `shared/corpus` beside the checkout.
    """
    named = os.environ.get("PAPERWEEK_CORPUS")
    folder = Path(named) if named else Path(__file__).parents[3] / "shared" / "corpus"
    return folder if (folder / "weeks").is_dir() else None


def read_corpus(folder: Path) -> Corpus:
    """Return all weeks of `folder` as one universe.

    A record without `published` counts as submitted on the day it was announced, and one with
    neither on its week's Monday; one without categories is found under the default ones. A paper
    that two weeks hold is taken from the one where it was updated last.
    """
    records: dict[str, Record] = {}
    days: dict[date, bytes] = {}
    for week in sorted((folder / "weeks").iterdir()):
        monday = date.fromisoformat(week.name)
        for file in sorted(week.glob("arxiv*.jsonl")):
            with file.open(encoding="utf-8") as lines:
                _add(records, (record_from(json.loads(line), monday) for line in lines))
        for file in sorted((week / "hf_daily").glob("*.json")):
            days[date.fromisoformat(file.stem)] = file.read_bytes()
    return Corpus(records, days)


def record_from(raw: Mapping[str, Any], monday: date) -> Record:
    """Return the record that a line of a corpus file holds; `monday` dates it at worst."""
    arxiv_id, version = _without_version(str(raw["id"]))
    published = _instant(raw.get("published") or raw.get("announced") or monday.isoformat())
    updated = _instant(raw["updated"]) if raw.get("updated") else published
    categories = list(raw.get("categories") or ())
    if primary := raw.get("primary_category"):
        categories = [primary, *(name for name in categories if name != primary)]
    return Record(
        arxiv_id=arxiv_id,
        version=version or (2 if updated > published else 1),
        title=raw["title"],
        abstract=raw.get("summary") or "",
        authors=tuple(raw.get("authors") or ()),
        categories=tuple(categories),
        published=published,
        updated=updated,
        comment=raw.get("comment") or "",
    )


def with_records(corpus: Corpus, *changed: Record) -> Corpus:
    """Return the corpus with these records added, or put in the place of those they rename."""
    return replace(corpus, records={**corpus.records, **{r.arxiv_id: r for r in changed}})


def _add(records: dict[str, Record], more: Iterable[Record]) -> None:
    for record in more:
        known = records.get(record.arxiv_id)
        if known is None or record.updated >= known.updated:
            records[record.arxiv_id] = record


def _without_version(text: str) -> tuple[str, int]:
    match = re.search(r"v(\d+)$", text)
    return (text[: match.start()], int(match[1])) if match else (text, 0)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
