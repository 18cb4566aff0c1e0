"""Whether a collected week is the full set, or says what it lacks: the judge of played faults.

The judge knows the full set from the corpus, not from the code that it judges. A *sighting* is a
paper and a source that knows it; a lost sighting must be named by that source's account.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from paperweek.errors import EmptyWeek, EverySourceSilent
from paperweek.model import Collection, Paper, SourceAccount, Week
from paperweek.text import fold
from tests.world.corpus import DEFAULT_CATEGORIES, Corpus, Record

Sightings = frozenset[tuple[str, str]]

ARXIV, HUGGING_FACE = "arxiv", "huggingface"

_LISTED_ID = re.compile(rb'"id": ?"(\d{4}\.\d{5})"')
_HOW_OFTEN = re.compile(r"\b(once|twice|\d+ (times|tries|requests))\b")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a week."""

    outcome: str
    """`complete`, or `named: …` with the source's own words."""
    is_named: bool
    """Whether the week says of itself that something is missing."""
    wrongs: tuple[str, ...]
    """What a reader was not told, or was told wrongly; empty where all is well."""


def judge(came: Collection | EverySourceSilent | EmptyWeek, corpus: Corpus, week: Week) -> Verdict:
    """Return what came of the week, held against what the corpus knows."""
    if isinstance(came, EverySourceSilent | EmptyWeek):
        wrongs = () if _HOW_OFTEN.search(str(came)) else ("it does not say how often it was tried",)
        return Verdict(f"named: {came}", is_named=True, wrongs=wrongs)
    words = [word for account in came.accounts for word in _said(account)]
    return Verdict(
        f"named: {'; '.join(words)}" if words else "complete",
        is_named=bool(words),
        wrongs=tuple(_wrongs(came, corpus, week)),
    )


def full_set(corpus: Corpus, week: Week) -> Sightings:
    """Return every sighting that an honest week holds."""
    listed = {name for day in week.days for name in listed_ids(corpus.days.get(day, b""))}
    found = {name for name, record in corpus.records.items() if in_listing(record, week)}
    known = (found | listed) & set(corpus.records)
    return frozenset({(name, ARXIV) for name in known} | {(name, HUGGING_FACE) for name in listed})


def listed_ids(day: bytes) -> set[str]:
    """Return the ids that a day's recorded list holds."""
    return {name.decode() for name in _LISTED_ID.findall(day)}


def in_listing(record: Record, week: Week) -> bool:
    """Return whether the week's own listing in the default categories holds the record."""
    in_week = week.monday <= record.published.date() <= week.sunday
    return in_week and bool(set(record.counts_in) & set(DEFAULT_CATEGORIES))


def _said(account: SourceAccount) -> Iterator[str]:
    if account.failure:
        yield account.failure
    if account.missing:
        yield f"{account.source} lacks {', '.join(account.missing)}"


def _wrongs(came: Collection, corpus: Corpus, week: Week) -> Iterator[str]:
    papers = (*came.papers, *came.withdrawn)
    got = frozenset((paper.arxiv_id, source) for paper in papers for source in paper.seen_in)
    full = full_set(corpus, week)
    if invented := {name for name, _ in got} - {name for name, _ in full}:
        yield f"no papers at all: {', '.join(sorted(invented))}"
    given = {name for name, source in got if source == HUGGING_FACE}
    outspoken = {account.source for account in came.accounts if any(_said(account))}
    for source in (ARXIV, HUGGING_FACE):
        lost = {name for name, where in full - got if where == source}
        if source == ARXIV:
            # It can only be asked for papers that it lists or that somebody named.
            lost = {n for n in lost if n in given or in_listing(corpus.records[n], week)}
        if lost and source not in outspoken:
            yield f"{len(lost)} sightings of {source} lost without a word"
    for account in came.accounts:
        if account.failure and not _HOW_OFTEN.search(account.failure):
            yield f"{account.source} does not say how often it was tried: {account.failure}"
    changed = [paper.arxiv_id for paper in papers if _is_changed(paper, corpus)]
    if changed:
        yield f"not as arXiv has them: {', '.join(changed)}"


def _is_changed(paper: Paper, corpus: Corpus) -> bool:
    record = corpus.records.get(paper.arxiv_id)
    if record is None or ARXIV not in paper.seen_in:
        return False
    same = paper.title == fold(record.title) and paper.abstract == fold(record.abstract)
    return not same or (paper.published or record.published) != record.published
