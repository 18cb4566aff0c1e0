"""Every fault ends in the full set or in a name for what is missing, and the judge can tell."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path

import arxiv  # type: ignore[import-untyped]
import pytest
import requests

from paperweek.asking import Manners
from paperweek.collecting import collect
from paperweek.model import Collection, Paper, SourceAccount, Week
from paperweek.ports import Harvest, PaperSource
from tests import faults
from tests.world.collecting_case import LISTED, CollectingCase, real_sources
from tests.world.corpus import Corpus
from tests.world.faults import Fault, Owed, collecting_faults
from tests.world.judging import judge
from tests.world.papers_server import PapersServer
from tests.world.synthetic import WEEK
from tests.world.table import Case

CASES = faults.cases()
HONEST = next(fault for fault in collecting_faults() if fault.came == "an honest week")


def corpus_of(case: Case) -> Corpus:
    assert isinstance(case, CollectingCase)
    return case.corpus


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_ends_complete_or_named(case: Case) -> None:
    row = case.play()
    if row.skipped:
        pytest.skip(row.skipped)
    assert row.good, row.outcome


def test_no_two_faults_have_one_name() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names) > 120


class BelievingArxiv:
    """Takes whatever comes for the truth, as the package does by itself."""

    name = "arxiv"

    def __init__(self, address: str) -> None:
        self._client = arxiv.Client(page_size=20, delay_seconds=0, num_retries=0)
        self._client.query_url_format = address + "?{}"

    def collect(self, week: Week, known: AbstractSet[str]) -> Harvest:
        days = f"submittedDate:[{week.monday:%Y%m%d}0000 TO {week.sunday:%Y%m%d}2359]"
        queries = [arxiv.Search(query=days, max_results=None)]
        queries += [arxiv.Search(id_list=sorted(known), max_results=None)] if known else []
        try:
            found = [result for query in queries for result in self._client.results(query)]
        except (arxiv.ArxivError, requests.RequestException):
            found = []
        papers = {
            name: Paper(name, result.title, result.summary, seen_in=frozenset({"arxiv"}))
            for result in found
            for name in [result.get_short_id().rpartition("v")[0]]
        }
        return Harvest(tuple(papers.values()), SourceAccount(self.name, papers=len(papers)))


def believing(world: PapersServer, fault: Fault, cache: Path) -> Sequence[PaperSource]:
    hugging_face, _ = real_sources(world, fault, cache)
    return hugging_face, BelievingArxiv(world.arxiv_url)


@pytest.mark.parametrize(
    "name",
    [
        "arXiv, listing: no entries, always",
        "arXiv, listing: 'Rate exceeded.' with 200, always",
        "arXiv, listing: half a page, well closed, always",
        "arXiv, listing: an entry without dates, once",
        "arXiv, listing: nothing found, always",
        "arXiv, by id: 200 error entry",
        "arXiv, by id: an id silently left out",
    ],
)
def test_a_client_that_believes_what_comes_is_caught(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    case = next(case for case in CASES if case.name == name)
    assert isinstance(case, CollectingCase)
    assert faults.play([replace(case, connect=believing)]) == 1
    assert "| WRONG: " in capsys.readouterr().out


def test_a_believing_client_does_well_in_an_honest_world() -> None:
    assert CollectingCase(HONEST, corpus_of(CASES[0]), believing).play().good


def test_a_fault_that_no_request_meets_proves_nothing() -> None:
    never = replace(HONEST, change=lambda: lambda _, answer: answer, where=lambda _: False)
    row = CollectingCase(never, corpus_of(CASES[0])).play()
    assert not row.good
    assert row.outcome == "no request met the fault"


def test_a_source_that_gives_up_too_early_is_caught() -> None:
    def impatient(world: PapersServer, fault: Fault, cache: Path) -> Sequence[PaperSource]:
        return [_with_one_try(source) for source in real_sources(world, fault, cache)]

    case = next(case for case in CASES if case.name == "arXiv: 503 twice")
    assert isinstance(case, CollectingCase)
    assert case.fault.owed is Owed.COMPLETE
    row = replace(case, connect=impatient).play()
    assert row.outcome.startswith("given up, though it could be had")


def _with_one_try(source: PaperSource) -> PaperSource:
    source._manners = Manners(tries=1)  # type: ignore[attr-defined]
    return source


class TestJudge:
    @pytest.fixture
    def corpus(self) -> Corpus:
        return corpus_of(CASES[0])

    @pytest.fixture
    def whole(self, corpus: Corpus, tmp_path: Path) -> Collection:
        with PapersServer(corpus) as world:
            return collect(WEEK, real_sources(world, HONEST, tmp_path))

    def test_it_passes_the_full_set(self, whole: Collection, corpus: Corpus) -> None:
        verdict = judge(whole, corpus, WEEK)
        assert (verdict.outcome, verdict.is_named, verdict.wrongs) == ("complete", False, ())

    def test_it_misses_a_paper_that_is_lost_without_a_word(
        self, whole: Collection, corpus: Corpus
    ) -> None:
        listed = [p for p in whole.papers if p.votes is not None]
        less = replace(whole, papers=tuple(p for p in whole.papers if p != listed[0]))
        assert "1 sightings of huggingface lost without a word" in judge(less, corpus, WEEK).wrongs

    def test_it_misses_the_votes_of_a_paper_that_is_there(
        self, whole: Collection, corpus: Corpus
    ) -> None:
        papers = tuple(replace(p, seen_in=frozenset({"arxiv"})) for p in whole.papers)
        wrongs = judge(replace(whole, papers=papers), corpus, WEEK).wrongs
        assert wrongs == (f"{LISTED} sightings of huggingface lost without a word",)

    def test_it_takes_a_name_for_what_is_missing(self, whole: Collection, corpus: Corpus) -> None:
        named = SourceAccount("arxiv", failure="arXiv was asked 5 times: nothing came.")
        less = replace(
            whole,
            papers=tuple(p for p in whole.papers if p.votes is not None),
            accounts=(whole.accounts[0], named),
        )
        verdict = judge(less, corpus, WEEK)
        assert verdict.is_named
        assert verdict.wrongs == ()

    def test_it_wants_to_know_how_often_it_was_tried(
        self, whole: Collection, corpus: Corpus
    ) -> None:
        vague = replace(whole, accounts=(SourceAccount("arxiv", failure="It failed."),))
        assert "how often" in judge(vague, corpus, WEEK).wrongs[0]

    def test_it_sees_a_paper_that_nobody_has(self, whole: Collection, corpus: Corpus) -> None:
        error = Paper("2513.77777", "Error", seen_in=frozenset({"arxiv"}))
        more = replace(whole, papers=(*whole.papers, error))
        assert judge(more, corpus, WEEK).wrongs == ("no papers at all: 2513.77777",)

    def test_it_sees_a_text_that_was_changed(self, whole: Collection, corpus: Corpus) -> None:
        first, *rest = whole.papers
        cut = replace(whole, papers=(replace(first, abstract=first.abstract[:100]), *rest))
        assert judge(cut, corpus, WEEK).wrongs == (f"not as arXiv has them: {first.arxiv_id}",)
