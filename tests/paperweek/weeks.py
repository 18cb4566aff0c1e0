"""Weeks for tests of choosing and counting: invented papers, and the recorded corpus."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

from paperweek.model import Collection, Paper, PublishedWeek, Week
from tests.world.corpus import corpus_folder, record_from

WEEK = Week(2026, 10)

PROSE = (
    "Gardens are hard to keep. We describe how a row of beans learns to climb without a pole, and "
    "what it costs. The beans are grown in three plots over one summer and measured each morning "
    "with a ruler. They reach the fence in nine days, and one plot was lost to snails before the "
    "first of them flowered. Seeds and the ruler can be had from the authors on request."
)
"""A usable abstract without topic."""


def paper(arxiv_id: str, title: str = "Beans", abstract: str = PROSE, **more: object) -> Paper:
    """Return a paper that only arXiv knows."""
    base = Paper(
        arxiv_id,
        title,
        abstract,
        published=datetime(2026, 3, 4, tzinfo=UTC),
        seen_in=frozenset({"arxiv"}),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def listed(arxiv_id: str, votes: int, title: str = "Beans", **more: object) -> Paper:
    """Return a paper that Hugging Face listed."""
    both = frozenset({"arxiv", "huggingface"})
    return paper(arxiv_id, title, **{"votes": votes, "comments": 0, "seen_in": both, **more})  # type: ignore[arg-type]


def week_of(papers: Iterable[Paper], week: Week = WEEK) -> Collection:
    """Return the collection that holds these papers."""
    return Collection(week, tuple(sorted(papers, key=lambda paper: paper.arxiv_id)))


def published(
    weeks_ago: int, ids: Iterable[str], topics: tuple[str, ...] = (), **phrases: int
) -> PublishedWeek:
    """Return a published week in which all these papers have the same topics."""
    return PublishedWeek(WEEK.plus(-weeks_ago), dict.fromkeys(ids, topics), phrases)


def corpus_weeks(newest: int | None = None) -> tuple[Collection, ...]:
    """Return the recorded weeks in order (the `newest` last ones); skip the test without them."""
    folder = corpus_folder()
    if folder is None:
        pytest.skip("the recorded corpus is not on this machine: PAPERWEEK_CORPUS names its folder")
    mondays = sorted(path.name for path in (folder / "weeks").iterdir())
    return tuple(_recorded(folder, monday) for monday in mondays[-(newest or len(mondays)) :])


@cache
def _recorded(folder: Path, name: str) -> Collection:
    monday = date.fromisoformat(name)
    papers: dict[str, Paper] = {}

    def add(seen: Paper) -> None:
        known = papers.get(seen.arxiv_id)
        papers[seen.arxiv_id] = known.merged_with(seen) if known else seen

    for file in sorted((folder / "weeks" / name).glob("arxiv*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            record = record_from(json.loads(line), monday)
            add(
                Paper(
                    record.arxiv_id,
                    " ".join(record.title.split()),
                    " ".join(record.abstract.split()),
                    record.authors,
                    record.categories,
                    published=record.published,
                    comment=record.comment,
                    seen_in=frozenset({"arxiv"}),
                )
            )
    for file in sorted((folder / "weeks" / name / "hf_daily").glob("*.json")):
        for entry in json.loads(file.read_bytes()):
            raw = entry["paper"]
            add(
                Paper(
                    raw["id"],
                    " ".join(raw["title"].split()),
                    " ".join((raw.get("summary") or "").split()),
                    votes=raw.get("upvotes") or 0,
                    comments=entry.get("numComments") or 0,
                    code=raw.get("githubRepo") or "",
                    listed_on=date.fromisoformat(file.stem),
                    seen_in=frozenset({"huggingface"}),
                )
            )
    return week_of(papers.values(), Week.containing(monday))
