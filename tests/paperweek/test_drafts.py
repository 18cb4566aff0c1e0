"""What a model wrote becomes sentences, or does not: the good stand, exactly the careless fall."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from paperweek.checks import check_sentence
from paperweek.dossiers import Dossier
from paperweek.drafts import (
    MOST_SENTENCES,
    MOST_WORDS,
    Draft,
    Judged,
    Standing,
    VoiceOfWriter,
    judge,
    shortfall,
)
from paperweek.evidence import Evidence, Exhibit, plan
from paperweek.model import Heading, Selection, Week
from paperweek.selection import select
from paperweek.sources.sample import SampleSource

ANSWERS = Path(__file__).parent / "answers"
FIRST_PERSON = VoiceOfWriter.FIRST_PERSON


@cache
def sample(week: str = "2026-W12") -> Selection:
    kept = SampleSource().collect(Week.parse(week), set()).kept
    assert kept
    return select(kept)


@cache
def evidence(heading: Heading = Heading.KEY_INNOVATIONS, week: str = "2026-W12") -> Evidence:
    """Return evidence of all papers of the week, so that no choice of papers matters here."""
    selection = sample(week)
    papers = [
        Exhibit(f"P{n:02d}", paper.arxiv_id, paper.title, Dossier(paper).who, 1, True, "", ())
        for n, paper in enumerate(selection.papers, 1)
    ]
    return replace(plan(selection)[heading], papers=tuple(papers))


def local(shown: Evidence, called: str) -> str:
    return next(paper.local for paper in shown.papers if paper.call_it == called)


def answer(name: str) -> tuple[Evidence, list[Draft], list[bool]]:
    """Return the evidence, the drafts of a hand-written answer, and which of them are careless."""
    said = json.loads((ANSWERS / f"{name}.json").read_text(encoding="utf-8"))
    shown = evidence(Heading(said["section"]), said["week"])
    drafts = [
        Draft(
            one["text"],
            one["kind"],
            tuple(local(shown, called) for called in one["refs"]),
            tuple(one["statistics"]),
        )
        for one in said["sentences"]
    ]
    return shown, drafts, [bool(one.get("careless")) for one in said["sentences"]]


def judged(
    *drafts: Draft, shown: Evidence | None = None, voice: VoiceOfWriter = FIRST_PERSON
) -> list[Judged]:
    return list(judge(drafts, shown or evidence(), sample(), voice, standing=Standing()))


def about(called: str, text: str, kind: str = "papers") -> Draft:
    return Draft(text, kind, (local(evidence(), called),))


IDEA = "Wayfold is a world model that separates what is visible from what is merely remembered."


@pytest.mark.parametrize("name", ["good-innovations", "good-future", "good-trends"])
def test_a_good_answer_passes_unharmed(name: str) -> None:
    shown, drafts, _ = answer(name)

    found = judged(*drafts, shown=shown)

    assert [(j.sentence.text, j.reasons) for j in found if j.reasons] == []
    assert [j.sentence.text for j in found] == [draft.text for draft in drafts]
    assert shortfall([j.sentence for j in found], shown.heading, 3) == ""


@pytest.mark.parametrize("name", ["careless-innovations", "careless-future", "careless-trends"])
def test_a_careless_answer_loses_exactly_its_careless_sentences(name: str) -> None:
    shown, drafts, careless = answer(name)

    found = judged(*drafts, shown=shown)

    assert [(d.text, bool(j.reasons)) for d, j in zip(drafts, found, strict=True)] == [
        (draft.text, wrong) for draft, wrong in zip(drafts, careless, strict=True)
    ]
    assert sum(careless) == 3 or name != "careless-innovations"


def test_a_sentence_links_by_the_papers_name_and_rests_on_its_closest_passage() -> None:
    (found,) = judged(about("Wayfold", IDEA))

    (citation,) = found.sentence.citations
    assert citation.anchor == "Wayfold"
    assert "merely remembered" in citation.words
    assert check_sentence(found.sentence, sample()) == ()


def test_a_sentence_that_condenses_two_of_an_abstract_rests_on_both() -> None:
    text = (
        "Wayfold keeps what is merely remembered apart from what is visible, and raises revisit "
        "consistency from 41.3% for the strongest recurrent baseline to 78.6%."
    )
    (found,) = judged(about("Wayfold", text))

    assert found.reasons == ()
    assert "78.6" in found.sentence.citations[0].words


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (Draft(IDEA, "papers", ("P99",)), "P99 is no id"),
        (Draft(IDEA, "papers", ("2611.99999",)), "2611.99999 is no id"),
        (Draft(IDEA, "papers", ()), "cites none"),
        (Draft(f"{IDEA} It is new.", "papers", ("P01",)), "more than one sentence"),
        (Draft("<b>Wayfold</b> separates what is visible.", "papers", ("P01",)), "holds HTML"),
        (Draft("Wayfold separates {{ what }} is visible.", "papers", ("P01",)), "holds Liquid"),
        (Draft("[Wayfold](javascript:alert(1)) separates.", "papers", ("P01",)), "Markdown"),
        (Draft("Wayfold separates what is", "papers", ("P01",)), "unfinished"),
        (Draft("Agents are on the rise.", "framing"), "nothing is known to have moved"),
    ],
)
def test_a_sentence_that_breaks_a_rule_is_told_why(draft: Draft, reason: str) -> None:
    (found,) = judged(draft)

    assert reason in "; ".join(found.reasons)


def test_the_neutral_voice_takes_no_first_person() -> None:
    opinion = about("Wayfold", "I’d read Wayfold with a pencil in hand.", "judgement")

    assert judged(opinion)[0].reasons == ()
    assert judged(opinion, voice=VoiceOfWriter.NEUTRAL)[0].reasons == (
        "the first person is not wanted",
    )


def test_one_opinion_is_enough_for_a_section() -> None:
    one = about("Wayfold", "I’d read Wayfold with a pencil in hand.", "judgement")
    two = about("KiteFrame", "My own pick would be KiteFrame.", "judgement")

    assert [bool(j.reasons) for j in judged(one, two)] == [False, True]


def test_the_same_sentence_eight_times_stands_once() -> None:
    found = judged(*[about("Wayfold", IDEA)] * 8)

    assert [bool(j.reasons) for j in found] == [False] + [True] * 7


def test_what_another_section_says_is_not_said_again_in_other_openings() -> None:
    (first,) = judged(about("Wayfold", IDEA))
    again = about("Wayfold", f"By its account, {IDEA}")

    (found,) = judge(
        [again], evidence(), sample(), FIRST_PERSON, standing=Standing([first.sentence])
    )

    assert found.reasons == ("another sentence says the same",)


def test_an_endless_answer_is_not_read_to_its_end() -> None:
    found = judged(*[Draft(f"Number {n} is an odd one.", "framing") for n in range(500)])

    assert len(found) == MOST_SENTENCES


def test_a_section_keeps_to_four_minutes_for_all_eight() -> None:
    drafts = [
        Draft(f"As {paper.call_it} say, {say}", "papers", (paper.local,))
        for paper in plan(sample())[Heading.KEY_INNOVATIONS].papers
        for say in paper.says
    ]

    found = judged(*drafts, shown=plan(sample())[Heading.KEY_INNOVATIONS])

    assert sum(len(j.sentence.text.split()) for j in found if not j.reasons) <= MOST_WORDS


def test_a_section_of_one_sentence_falls_short() -> None:
    (found,) = judged(about("Wayfold", IDEA))

    assert "1 of its sentences" in shortfall([found.sentence], Heading.KEY_INNOVATIONS, 3)
    assert shortfall([], Heading.CONCLUSION, 2)
