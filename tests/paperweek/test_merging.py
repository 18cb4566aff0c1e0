from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from paperweek.collecting import collect
from paperweek.model import Paper, SourceAccount, Week
from paperweek.ports import Harvest
from tests.paperweek.strategies import papers

SAME = papers(st.just("2501.00001"))
FEW_IDS = st.sampled_from(["2501.00001", "2501.00002", "2501.00003"])
WEEK = Week(2025, 5)
ARXIV = Paper(
    "2501.00001",
    "From arXiv",
    abstract="Short.",
    updated=datetime(2025, 1, 30, tzinfo=UTC),
    seen_in=frozenset({"arxiv"}),
)
LISTED = Paper(
    "2501.00001",
    "From the list",
    abstract="A much longer abstract than the other one.",
    votes=3,
    comments=1,
    listed_on=date(2025, 1, 28),
    seen_in=frozenset({"huggingface"}),
)


@dataclass
class Shelf:
    """A source that gives what was put on it."""

    papers: tuple[Paper, ...]
    name: str = "shelf"

    def collect(self, week: Week, known: AbstractSet[str]) -> Harvest:
        return Harvest(self.papers, SourceAccount(self.name, papers=len(self.papers)))


@given(SAME, SAME)
def test_merging_does_not_ask_which_came_first(one: Paper, other: Paper) -> None:
    assert one.merged_with(other) == other.merged_with(one)


@given(SAME, SAME, SAME)
def test_merging_three_does_not_ask_which_two_were_first(a: Paper, b: Paper, c: Paper) -> None:
    assert a.merged_with(b).merged_with(c) == a.merged_with(b.merged_with(c))


@given(SAME, SAME)
def test_merging_again_changes_nothing(one: Paper, other: Paper) -> None:
    merged = one.merged_with(other)

    assert merged.merged_with(merged) == merged
    assert merged.merged_with(other) == merged


@given(st.lists(st.lists(papers(FEW_IDS), min_size=1, max_size=5), min_size=1, max_size=3))
def test_no_paper_and_no_vote_is_lost(shelves: list[list[Paper]]) -> None:
    given_out = [replace(paper, comment="") for shelf in shelves for paper in shelf]
    sources = [Shelf(tuple(replace(paper, comment="") for paper in shelf)) for shelf in shelves]

    collection = collect(WEEK, sources)

    assert [p.arxiv_id for p in collection.papers] == sorted({p.arxiv_id for p in given_out})
    for paper in collection.papers:
        sightings = [p for p in given_out if p.arxiv_id == paper.arxiv_id]
        assert paper.seen_in == frozenset().union(*(p.seen_in for p in sightings))
        votes = [p.votes for p in sightings if p.votes is not None]
        assert paper.votes == (max(votes) if votes else None)


def test_metadata_are_arxivs_and_votes_the_lists() -> None:
    merged = LISTED.merged_with(ARXIV)

    assert (merged.title, merged.abstract) == ("From arXiv", "Short.")
    assert (merged.votes, merged.comments, merged.listed_on) == (3, 1, date(2025, 1, 28))
    assert merged.seen_in == {"arxiv", "huggingface"}


def test_a_paper_listed_on_two_days_counts_once_with_its_first_day_and_most_votes() -> None:
    later = replace(LISTED, votes=9, listed_on=date(2025, 1, 30))

    merged = later.merged_with(LISTED)

    assert (merged.votes, merged.listed_on) == (9, date(2025, 1, 28))
