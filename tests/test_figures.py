"""The posts keep an editor's figures, and a post that does not is seen."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import paperweek
from paperweek.checks import Finding
from paperweek.model import Citation, Kind, Report, Sentence
from paperweek.selection import select
from paperweek.snapshots import read_snapshot
from paperweek.writers.extractive import ExtractiveWriter
from tests.figures import Recorded, main, of_posts, report
from tests.hostile_papers import honest_week
from tests.measuring import FIGURES, Figure, Played, checked, play
from tests.world.corpus import corpus_folder

SAMPLES = Path(paperweek.__file__).parent / "samples"
BY_HEAD: dict[str, Figure] = {figure.head: figure for figure in FIGURES}


def missed(lines: object) -> list[str]:
    return [line.missed for line in lines if line.missed]  # type: ignore[attr-defined]


def test_the_samples_posts_keep_every_figure() -> None:
    weeks = [read_snapshot(path) for path in sorted(SAMPLES.glob("*.json"))]

    assert missed(of_posts(weeks, ExtractiveWriter())) == []


@pytest.mark.slow
def test_the_recorded_posts_keep_every_figure() -> None:
    folder = corpus_folder()
    if folder is None:
        pytest.skip("the recorded corpus is not on this machine: PAPERWEEK_CORPUS names its folder")

    lines = list(report(Recorded(folder), ExtractiveWriter(), ["weeks", "topics", "abstracts"]))
    rows = [line for line in lines if re.match(r"\d{4}-W\d\d  ", line.text)]

    assert len(rows) >= len(list((folder / "weeks").iterdir()))
    assert missed(lines) == []


def test_the_program_says_what_it_misses_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    week = tmp_path / "weeks" / "2026-03-02"
    week.mkdir(parents=True)
    asked = ["--corpus", str(tmp_path), "--only", "abstracts"]
    assert main(asked) == 0

    unlabelled = {"id": "2603.00001", "title": "Beans", "summary": "TL;DR: beans."}
    (week / "arxiv.jsonl").write_text(json.dumps(unlabelled), encoding="utf-8")

    assert main(asked) == 1
    *_, good, bad = [
        line for line in capsys.readouterr().out.splitlines() if "target" in line.lower()
    ]
    assert good == "No target is missed."
    assert bad.startswith("Targets missed: texts flagged as no abstract that are none: 0 of 1")


def test_without_a_corpus_the_program_says_what_to_give(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--corpus", "nowhere"])

    assert "give a corpus folder" in capsys.readouterr().err


# Each figure is missed by a post that deserves it ------------------------------------------------


@cache
def honest() -> Played:
    return checked(ExtractiveWriter().write(select(honest_week())))


def with_sentence(change: Callable[[Sentence], Sentence]) -> Report:
    """Return the report with its first sentence about a paper changed."""
    written = honest().report
    first = next(s for s in written.sentences if s.kind is Kind.PAPERS)
    changed = change(first)
    return replace(
        written,
        sections=tuple(
            replace(
                section,
                paragraphs=tuple(
                    tuple(changed if sentence is first else sentence for sentence in paragraph)
                    for paragraph in section.paragraphs
                ),
            )
            for section in written.sections
        ),
    )


def with_paragraph(*sentences: Sentence) -> Report:
    """Return the report with one more paragraph at its end."""
    written = honest().report
    *others, last = written.sections
    longer = replace(last, paragraphs=(*last.paragraphs, sentences))
    return replace(written, sections=(*others, longer))


def about(text: str, words: str = "") -> Sentence:
    (paper, *_) = honest().report.selection.papers
    return Sentence(text, Kind.PAPERS, (Citation(paper.arxiv_id, words),))


def moved(topic: str) -> Sentence:
    return Sentence("It moved.", Kind.STATISTIC, (), (f"earlier_topic:{topic}",))


def background() -> Sentence:
    """Return a first sentence of an abstract that says nothing of the paper's own work."""
    for paper in honest().report.selection.papers:
        first = paper.abstract.partition(". ")[0] + "."
        if not re.search(r"\b(?:[Ww]e|[Oo]ur|paper|study|release)\b", paper.abstract[: len(first)]):
            return Sentence(first, Kind.PAPERS, (Citation(paper.arxiv_id, first),))
    raise AssertionError("every abstract begins with its own work")


SPOILT: dict[str, Callable[[], Report]] = {
    "words": lambda: with_paragraph(about("Word " * 900 + "end.")),
    "papers": lambda: replace(
        honest().report,
        sections=tuple(
            replace(
                section,
                paragraphs=tuple(
                    tuple(replace(sentence, citations=()) for sentence in paragraph)
                    for paragraph in section.paragraphs
                ),
            )
            for section in honest().report.sections
        ),
    ),
    "bare": lambda: with_sentence(lambda s: replace(s, citations=(), statistics=())),
    "numbers": lambda: with_paragraph(about("It saves 98.765% of everything.")),
    "names": lambda: with_paragraph(about("It is better than HyperFlux-9 at that.")),
    "alike": lambda: with_paragraph(about("So it goes on here."), about("So it goes on there.")),
    "r-r": lambda: with_paragraph(about("It saves 5% of it."), about("That costs 6% of it.")),
    "background": lambda: with_paragraph(background()),
    "framing": lambda: with_paragraph(*[Sentence("So it goes.", Kind.FRAMING)] * 2),
    "moved": lambda: with_paragraph(moved("agents"), moved("coding"), moved("math")),
    "unproven": lambda: with_paragraph(moved("agents")),
}


@pytest.mark.parametrize("head", SPOILT)
def test_a_post_that_deserves_it_misses_the_figure(head: str) -> None:
    figure = BY_HEAD[head]
    good, spoilt = honest(), replace(honest(), report=SPOILT[head]())

    assert not figure.misses(figure.measure(good, ()), good)
    assert figure.misses(figure.measure(spoilt, ()), spoilt)


def test_a_post_that_repeats_another_misses_the_figure() -> None:
    figure = BY_HEAD["runs %"]

    assert figure.misses(figure.measure(honest(), [honest()]), honest())
    assert not figure.misses(figure.measure(honest(), []), honest())


def test_a_post_without_its_table_misses_the_most_voted() -> None:
    figure = BY_HEAD["top ten"]
    text = honest().post.text.partition("| Paper |")[0]
    bare = replace(honest(), report=SPOILT["papers"](), post=replace(honest().post, text=text))

    assert not figure.misses(figure.measure(honest(), ()), honest())
    assert figure.misses(figure.measure(bare, ()), bare)


def test_a_finding_of_the_check_misses_the_figure() -> None:
    found = replace(honest(), findings=(Finding("number", "", "It is 5.", "5 stands nowhere"),))

    assert BY_HEAD["findings"].misses(BY_HEAD["findings"].measure(found, ()), found)


def test_every_figure_with_a_target_has_a_post_that_misses_it() -> None:
    targets = {figure.head for figure in FIGURES if figure.target}

    assert targets - set(SPOILT) == {"runs %", "findings", "top ten"}


def test_a_week_is_compared_with_the_weeks_before_it_and_no_others() -> None:
    weeks = [read_snapshot(path) for path in sorted(SAMPLES.glob("*.json"))]
    earlier = [len(p.report.selection.earlier) for p in play(weeks, ExtractiveWriter())]

    assert earlier == [0, 1, 2]
