"""The bundled sample as a played world: its invented papers, told the way both sources tell theirs.

A post about them has links, as every real post has; the sample's own posts have none. The ids name
a month 00, which never was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from paperweek.model import Collection, Paper
from paperweek.snapshots import read_snapshot
from paperweek.sources.sample import FOLDER
from tests.world.corpus import Corpus, Record


def sample_weeks() -> tuple[Collection, ...]:
    """Return the weeks of the sample, the earliest first."""
    return tuple(read_snapshot(file) for file in sorted(FOLDER.glob("*.json")))


def sample_corpus() -> Corpus:
    """Return all weeks of the sample as one universe."""
    weeks = sample_weeks()
    return Corpus(
        records={record.arxiv_id: record for week in weeks for record in _records(week)},
        days={
            day: json.dumps([_listed(p) for p in week.listed if p.listed_on == day]).encode()
            for week in weeks
            for day in week.week.days
        },
    )


def _records(week: Collection) -> Iterator[Record]:
    for paper in (*week.papers, *week.withdrawn):
        if paper.published and paper.updated:
            yield Record(
                arxiv_id=paper.arxiv_id,
                version=1 if paper.updated == paper.published else 2,
                title=paper.title,
                abstract=paper.abstract,
                authors=paper.authors,
                categories=paper.categories,
                published=paper.published,
                updated=paper.updated,
                comment=paper.comment,
            )


def _listed(paper: Paper) -> dict[str, Any]:
    return {
        "paper": {
            "id": paper.arxiv_id,
            "authors": [{"name": name} for name in paper.authors],
            "title": paper.title,
            "summary": paper.abstract,
            "upvotes": paper.votes,
            "githubRepo": paper.code or None,
        },
        "title": paper.title,
        "summary": paper.abstract,
        "numComments": paper.comments,
    }
