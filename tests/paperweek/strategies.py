"""Invented values for property tests, which take the time that a busy machine needs."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import settings
from hypothesis import strategies as st

from paperweek.model import Collection, Paper, SourceAccount, Week

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
IDS = st.from_regex(r"\A[0-9]{4}\.[0-9]{5}\Z")
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
INSTANTS = st.integers(682_128_000, 4_000_000_000).map(lambda t: datetime.fromtimestamp(t, UTC))
WEEKS = DAYS.map(Week.containing)


def papers(ids: st.SearchStrategy[str] = IDS) -> st.SearchStrategy[Paper]:
    """Return papers of any kind, as a source or a merge may make them."""
    return st.builds(
        Paper,
        arxiv_id=ids,
        title=TEXTS,
        abstract=TEXTS,
        authors=st.lists(TEXTS, max_size=3).map(tuple),
        categories=st.lists(st.sampled_from(["cs.AI", "cs.CL"]), max_size=2).map(tuple),
        published=st.none() | INSTANTS,
        updated=st.none() | INSTANTS,
        comment=TEXTS,
        votes=st.none() | st.integers(0, 5000),
        comments=st.none() | st.integers(0, 500),
        code=st.sampled_from(["", "https://github.com/a/b", "https://github.com/c/d"]),
        listed_on=st.none() | st.dates(date(2023, 1, 1), date(2030, 1, 1)),
        seen_in=st.sets(st.sampled_from(["arxiv", "huggingface"]), min_size=1).map(frozenset),
    )


def collections() -> st.SearchStrategy[Collection]:
    """Return whole sets, with accounts and withdrawn papers."""
    accounts = st.builds(
        SourceAccount,
        source=st.sampled_from(["arxiv", "huggingface"]),
        requests=st.integers(0, 100),
        papers=st.integers(0, 100),
        missing=st.lists(TEXTS, max_size=2).map(tuple),
        failure=TEXTS,
    )

    def split(drawn: list[Paper], cut: int) -> tuple[tuple[Paper, ...], tuple[Paper, ...]]:
        ordered = sorted(drawn, key=lambda paper: paper.arxiv_id)
        return tuple(ordered[cut:]), tuple(ordered[:cut])

    parts = st.builds(
        split, st.lists(papers(), max_size=6, unique_by=lambda p: p.arxiv_id), st.integers(0, 2)
    )
    return st.builds(
        lambda week, two, told, invented: Collection(week, two[0], told, two[1], invented),
        WEEKS,
        parts,
        st.lists(accounts, max_size=2).map(tuple),
        st.booleans(),
    )
