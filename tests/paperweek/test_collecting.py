from __future__ import annotations

import logging
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import pytest

from paperweek.collecting import collect, is_withdrawn
from paperweek.errors import EmptyWeek, EverySourceSilent
from paperweek.model import Collection, Paper, SourceAccount, Week
from paperweek.ports import Harvest

WEEK = Week(2025, 5)
ONE = Paper("2501.00001", "One", seen_in=frozenset({"first"}))
TWO = Paper("2501.00002", "Two", seen_in=frozenset({"second"}))
WITHDRAWN = Paper("2501.00003", "Three", comment="This paper has been withdrawn by the author")


@dataclass
class Told:
    """A source that gives what it was told to, and remembers what it was asked."""

    name: str
    papers: tuple[Paper, ...] = ()
    failure: str = ""
    kept: Collection | None = None
    known: list[AbstractSet[str]] = field(default_factory=list)

    def collect(self, week: Week, known: AbstractSet[str]) -> Harvest:
        self.known.append(known)
        account = SourceAccount(
            self.name, requests=7, papers=len(self.papers), failure=self.failure
        )
        return Harvest(self.papers, account, kept=self.kept)


def test_each_source_is_told_what_those_before_it_gave() -> None:
    first, second = Told("first", (TWO, ONE)), Told("second", (TWO,))

    collection = collect(WEEK, [first, second])

    assert first.known == [frozenset()]
    assert second.known == [{"2501.00001", "2501.00002"}]
    assert [paper.arxiv_id for paper in collection.papers] == ["2501.00001", "2501.00002"]
    assert [account.source for account in collection.accounts] == ["first", "second"]


def test_one_silent_source_does_not_stop_the_week_and_is_told() -> None:
    collection = collect(WEEK, [Told("first", failure="It was silent."), Told("second", (TWO,))])

    assert collection.papers == (TWO,)
    assert collection.silent_sources == ("first",)


def test_two_sources_that_failed_in_part_still_make_a_week() -> None:
    sources = [Told("first", (ONE,), "A day is missing."), Told("second", (), "All is missing.")]

    assert collect(WEEK, sources).silent_sources == ("first", "second")


def test_a_week_is_no_week_where_every_source_was_silent() -> None:
    with pytest.raises(EverySourceSilent, match=r"No a\. No b\."):
        collect(WEEK, [Told("first", failure="No a."), Told("second", failure="No b.")])


def test_a_week_without_papers_is_refused() -> None:
    with pytest.raises(EmptyWeek, match="the sources answered"):
        collect(WEEK, [Told("first"), Told("second")])


def test_an_empty_answer_beside_a_silent_source_does_not_pass_for_an_empty_week() -> None:
    with pytest.raises(EmptyWeek, match=r"not all came: No b\. "):
        collect(WEEK, [Told("first"), Told("second", failure="No b. ")])


def test_withdrawn_papers_are_set_aside_and_kept() -> None:
    collection = collect(WEEK, [Told("first", (ONE, WITHDRAWN))])

    assert collection.papers == (ONE,)
    assert collection.withdrawn == (WITHDRAWN,)


def test_a_week_of_withdrawn_papers_is_refused() -> None:
    with pytest.raises(EmptyWeek, match="each of its papers was withdrawn"):
        collect(WEEK, [Told("first", (WITHDRAWN,))])


def test_a_kept_week_stands_as_it_was() -> None:
    kept = Collection(WEEK, (ONE,), (SourceAccount("arxiv", failure="No."),), invented=True)

    assert collect(WEEK, [Told("snapshot", kept=kept)]) is kept


def test_a_kept_week_without_papers_is_refused_too() -> None:
    with pytest.raises(EmptyWeek):
        collect(WEEK, [Told("snapshot", kept=Collection(WEEK, ()))])


def test_each_source_gets_one_line_with_its_counts(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="paperweek.collecting"):
        collect(WEEK, [Told("first", (ONE,)), Told("second", failure="It broke.")])

    assert [(r.levelname, r.getMessage()) for r in caplog.records] == [
        ("INFO", "collect: first gave 1 papers in 7 requests"),
        ("WARNING", "collect: second gave 0 papers in 7 requests; silent: It broke."),
    ]


@pytest.mark.parametrize(
    "comment",
    [
        "Withdrawn",
        "withdrawn due to an error in Theorem 3",
        "Paper withdrawn.",
        "This paper has been withdrawn by the author due to a crucial error",
        "This submission is being withdrawn because a co-author disagrees",
        "12 pages. This article was withdrawn by arXiv administrators",
        "The authors are withdrawing this manuscript due to a data error",
        "We have decided to withdraw this paper",
        "Retracted: the data were wrong",
    ],
)
def test_a_comment_that_takes_the_paper_back_is_understood(comment: str) -> None:
    assert is_withdrawn(Paper("2501.00001", "T", comment=comment))


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "11 pages. Previously submitted to a conference (ABCDE 2025) and formally withdrawn",
        "Withdraw by ICML and prepare for NeurIPS or ICLR",
        "Withdrawn from ICLR 2026, revised",
        "This paper was withdrawn from CVPR and extended",
        "We withdrew this paper from ICLR 2026 and added experiments",
        "A previous version of this paper was withdrawn; this one is corrected",
        "Replaces the withdrawn arXiv:2401.00001",
        "This paper has not been withdrawn",
        "Models may withdraw this or that; code available",
    ],
)
def test_a_comment_that_only_speaks_of_withdrawing_is_not_taken_for_it(comment: str) -> None:
    assert not is_withdrawn(Paper("2501.00001", "T", comment=comment))


def test_an_abstract_that_only_says_it_was_withdrawn_counts_as_well() -> None:
    assert is_withdrawn(Paper("1", "T", abstract="This paper has been withdrawn by the author."))
    assert not is_withdrawn(Paper("1", "T", abstract="Users say: this paper has been withdrawn."))
