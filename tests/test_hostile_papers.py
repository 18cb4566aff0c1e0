"""Papers that attack a reader, through the writer and a real build: their words, and no deeds."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from lxml import html  # type: ignore[import-untyped]

from paperweek.abstracts import fault_of
from paperweek.checks import check_report
from paperweek.escaping import clean, code_url
from paperweek.model import Heading, Sentence
from paperweek.selection import select
from paperweek.writers.extractive import ExtractiveWriter
from tests.hostile_papers import HOSTILE, honest_week, hostile_week
from tests.measuring import Played, checked
from tests.world.jekyll import MISSING, JekyllSite

FRAME = {"main", "p", "strong", "a", "span", "table", "thead", "tbody", "tr", "th", "td"}
"""The elements that our own Markdown makes."""


@cache
def played(kind: str = "") -> Played:
    """Return the week with all hostile papers, or with one of them and few others beside it."""
    if not kind:
        return checked(ExtractiveWriter().write(select(hostile_week())))
    few = (*honest_week().listed[:3], HOSTILE[kind])
    return checked(ExtractiveWriter().write(select(replace(hostile_week(kind), papers=few))))


def addresses_of(week: Played) -> set[str]:
    """Return the only addresses that the post may hold: its papers', and code on known hosts."""
    papers = week.report.selection.papers
    return {paper.url for paper in papers} | {code_url(paper.code) for paper in papers} - {""}


def test_there_are_twenty_and_a_writer_may_speak_of_each() -> None:
    assert len(HOSTILE) == 20
    assert {kind: fault_of(paper.abstract) for kind, paper in HOSTILE.items()} == dict.fromkeys(
        HOSTILE, ""
    )


def test_some_of_them_are_cited_so_that_the_test_is_none_of_silence() -> None:
    hostile = {paper.arxiv_id for paper in HOSTILE.values()}

    assert len(hostile & set(played().report.cited)) >= 4
    assert len(hostile & {p.arxiv_id for p in played().report.selection.papers}) >= 10


@pytest.mark.parametrize("kind", ["", *HOSTILE])
def test_what_is_said_of_them_passes_the_checks_and_the_post_its_own(kind: str) -> None:
    week = played(kind)

    assert check_report(week.report) == ()
    assert week.findings == ()
    assert all(section.paragraphs for section in week.report.sections)


@pytest.mark.parametrize("kind", ["", *HOSTILE])
def test_no_address_gets_into_the_post_but_those_of_the_weeks_papers(kind: str) -> None:
    week = played(kind)
    found = re.findall(r"\]\(([^)\s]*)\)", week.post.text)
    plain = re.sub(r"\]\([^)\s]*\)", "]", week.post.text.partition("\n| Paper |")[0])

    assert found
    assert {address.partition("#:~:text=")[0] for address in found} <= addresses_of(week)
    assert not re.search(r"https?:|www\.|javascript:|evil\.example|data:text", plain)


@pytest.mark.parametrize("kind", ["", *HOSTILE])
def test_nothing_unseen_gets_into_the_post_or_its_data(kind: str) -> None:
    week = played(kind)
    said = json.loads(week.post.data)

    def texts(value: object) -> str:
        if isinstance(value, dict):
            return " ".join(map(texts, (*value, *value.values())))
        return " ".join(map(texts, value)) if isinstance(value, list) else str(value)

    for text in (week.post.text.replace("\n", ""), texts(said)):
        assert {unicodedata.category(char) for char in text}.isdisjoint({"Cc", "Cf", "Cs", "Cn"})


@pytest.mark.parametrize("kind", ["", *HOSTILE])
def test_no_sentence_speaks_of_a_paper_by_an_id(kind: str) -> None:
    ids = re.compile(r"(?<![\w.])\d{4}\.\d{4,5}")

    assert not [s.text for s in played(kind).report.sentences if ids.search(s.text)]


def test_a_title_that_two_papers_bear_links_to_the_one_that_is_meant() -> None:
    one, other = HOSTILE["orders"], HOSTILE["forged ids"]
    week = played()
    rows = [line for line in week.post.text.splitlines() if line.startswith(f"| [{one.title}]")]
    shown = {paper.arxiv_id for paper in week.report.selection.papers}

    assert one.title == other.title
    assert {re.findall(r"abs/([\d.]+)", row)[0] for row in rows} == shown & {
        one.arxiv_id,
        other.arxiv_id,
    }


@pytest.mark.slow
@pytest.mark.skipif(MISSING is not None, reason=str(MISSING))
@pytest.mark.parametrize("with_liquid", [False, True])
def test_a_real_build_shows_what_was_written_and_nothing_acts(
    tmp_path: Path, *, with_liquid: bool
) -> None:
    week = played()
    text = week.post.text
    if with_liquid:
        text = text.replace("render_with_liquid: false\n", "", 1)
    site = JekyllSite(tmp_path)
    site.add(week.post.path, text)
    built = site.build()
    page = built.page(week.post.path)

    assert (built.code, built.complaints) == (0, [])
    assert page is not None
    tree = html.document_fromstring(page.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
    main = tree.find("body/main")
    assert tree.findtext("head/title") == week.post.title
    assert "secret title" not in main.text_content()
    assert {element.tag for element in main.iter()} <= FRAME
    attributes = {(element.tag, name) for element in main.iter() for name in element.attrib}
    assert attributes <= {("a", "href"), ("td", "style"), ("th", "style")}
    links = {link.get("href").partition("#:~:text=")[0] for link in main.iter("a")}
    assert links <= addresses_of(week)
    assert prose_of(main) == [
        f"{heading}: {paragraph}" if first else paragraph
        for section in week.report.sections
        for first, heading, paragraph in paragraphs_of(section.heading, section.paragraphs)
    ]


def paragraphs_of(
    heading: Heading, paragraphs: tuple[tuple[Sentence, ...], ...]
) -> list[tuple[bool, Heading, str]]:
    return [
        (number == 0, heading, clean(" ".join(sentence.text for sentence in paragraph)))
        for number, paragraph in enumerate(paragraphs)
    ]


def prose_of(main: html.HtmlElement) -> list[str]:
    """Return what the paragraphs before the table show."""
    before: list[str] = []
    for child in main:
        if child.tag == "table":
            return before
        before.append(child.text_content())
    return before
