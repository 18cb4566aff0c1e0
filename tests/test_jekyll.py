"""A stranger's text, through a real build of a real site: it shows as itself, and does nothing."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pytest
from lxml import html  # type: ignore[import-untyped]

from paperweek.escaping import clean
from paperweek.model import (
    Citation,
    Collection,
    Heading,
    Kind,
    Paper,
    Report,
    Section,
    Selection,
    Sentence,
    Week,
)
from paperweek.rendering import render_post, short_name
from tests.hostile_titles import HOSTILE
from tests.world.corpus import corpus_folder, read_corpus
from tests.world.jekyll import MISSING, JekyllSite

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(MISSING is not None, reason=str(MISSING)),
]

_FRAGMENTS = (
    *"\\`*_{}[]()#+-.!|<>&$~^:\"'=%@/,;? \t\n",
    *("{{", "}}", "{%", "%}", "](", "![", "--", "...", "<<", "{:", "$$", "://", "&#", "<b>"),
    *("a", "B", "7", "10", "é", "τ", "深", "🤖", "’", "”", "word", "www.", "x.y"),
)


_FRAME = {"main", "p", "strong", "a", "span", "table", "thead", "tbody", "tr", "th", "td"}
"""The elements that our own Markdown makes."""


def _random_titles(count: int, seed: int) -> tuple[str, ...]:
    chance = random.Random(seed)
    return tuple("".join(chance.choices(_FRAGMENTS, k=chance.randint(1, 14))) for _ in range(count))


def _corpus_texts(count: int) -> tuple[str, ...]:
    """Return the recorded titles and abstracts with the most characters that mean something."""
    folder = corpus_folder()
    if folder is None:
        pytest.skip("the recorded corpus is not on this machine")
    records = read_corpus(folder).records.values()
    texts = sorted(chain.from_iterable((r.title, r.abstract) for r in records))
    texts.sort(key=lambda text: sum(map(text.count, "|{}$%<>_*`\\#[]~^")), reverse=True)
    return tuple(texts[:count])


def _report(titles: tuple[str, ...], week: Week) -> Report:
    """Return a report that says each title wherever a stranger's text may stand."""
    papers = tuple(
        Paper(f"2501.{n:05d}", title, authors=(title, "Ada", "Bo"), votes=n)
        for n, title in enumerate(titles)
    )
    said = Sentence("It is said.", Kind.FRAMING)
    alone = tuple((Sentence(paper.title, Kind.PAPERS),) for paper in papers if clean(paper.title))
    linked = tuple(
        (
            Sentence(
                f"We saw {paper.title} today.",
                Kind.PAPERS,
                (Citation(paper.arxiv_id, "", anchor=paper.title),),
            ),
        )
        for paper in papers
    )
    after = tuple(
        (Sentence("It works.", Kind.PAPERS, (Citation(paper.arxiv_id),)),) for paper in papers
    )
    paragraphs = dict(zip(Heading, (((said,), *alone), linked, after), strict=False))
    return Report(
        Selection(
            week,
            papers,
            {},
            {},
            rule="By " + " ".join(titles[:20]),
            collection=Collection(week, papers),
        ),
        tuple(Section(h, paragraphs.get(h, ((said,),))) for h in Heading),
        "extractive/1",
    )


@dataclass(frozen=True)
class _Page:
    """A built page, and the papers that it shows."""

    main: html.HtmlElement
    papers: tuple[Paper, ...]

    def paragraphs(self, heading: Heading) -> list[html.HtmlElement]:
        """Return the paragraphs of a section, the first with its lead-in."""
        sections = list(Heading)
        current, found = -1, []
        for child in self.main:
            if child.tag != "p":
                break
            if len(child) and child[0].tag == "strong" and not (child.text or "").strip():
                current += 1
            if sections[current] is heading:
                found.append(child)
        return found


def _page(site: JekyllSite, titles: tuple[str, ...], *, with_liquid: bool) -> _Page:
    report = _report(titles, Week(2025, 5))
    post = render_post(report)
    text = post.text
    if with_liquid:
        text = text.replace("render_with_liquid: false\n", "", 1)
        assert text != post.text
    site.add(post.path, text)
    built = site.build()
    assert built.code == 0, built.said
    assert built.complaints == []
    page = built.page(post.path)
    assert page is not None
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    tree = html.document_fromstring(page.read_bytes(), parser=parser)
    assert tree.findtext("head/title") == post.title
    return _Page(tree.find("body/main"), report.selection.papers)


@pytest.fixture(
    scope="module",
    params=["hostile", "hostile, with Liquid", "random, with Liquid", "recorded, with Liquid"],
)
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> _Page:
    kind, _, liquid = request.param.partition(", ")
    if kind == "recorded":
        titles = _corpus_texts(300)
    else:
        titles = HOSTILE if kind == "hostile" else _random_titles(400, seed=20250202)
    return _page(JekyllSite(tmp_path_factory.mktemp("blog")), titles, with_liquid=bool(liquid))


def test_a_text_alone_in_a_paragraph_is_that_paragraph(page: _Page) -> None:
    expected = [clean(paper.title) for paper in page.papers if clean(paper.title)]

    shown = [p.text_content() for p in page.paragraphs(Heading.EXECUTIVE_SUMMARY)]

    assert shown == ["Executive Summary: It is said.", *expected]


def test_a_text_within_a_sentence_carries_its_link_and_nothing_else(page: _Page) -> None:
    paragraphs = page.paragraphs(Heading.TECHNICAL_TRENDS)

    assert len(paragraphs) == len(page.papers)
    for paper, shown in zip(page.papers, paragraphs, strict=True):
        said = shown.text_content().removeprefix("Technical Trends Analysis: ")
        [link] = shown.findall("a")
        if title := clean(paper.title):
            assert said == clean(f"We saw {title} today.")
            # The anchor may be found earlier in the sentence than where the title begins.
            assert link.text_content() == title
        else:
            assert said == f"We saw today (arXiv {paper.arxiv_id})."
        assert link.get("href") == paper.url


def test_a_name_after_a_sentence_stands_before_its_full_stop(page: _Page) -> None:
    for paper, shown in zip(page.papers, page.paragraphs(Heading.KEY_INNOVATIONS), strict=True):
        said = shown.text_content().removeprefix("Key Innovations and Breakthroughs: ")
        assert said == f"It works ({short_name(paper)})."
        assert [link.get("href") for link in shown.findall("a")] == [paper.url]


def test_the_table_has_a_row_for_each_paper_and_a_cell_for_each_column(page: _Page) -> None:
    [table] = page.main.findall(".//table")
    rows = table.findall("tbody/tr")

    assert len(rows) == len(page.papers)
    for paper, row in zip(page.papers, rows, strict=True):
        title, authors, topic, votes, code = (cell.text_content() for cell in row)
        assert title == clean(paper.title) or f"arXiv {paper.arxiv_id}" == title
        assert authors == (f"{t}, Ada et al." if (t := clean(paper.title)) else "Ada, Bo")
        assert (topic, votes, code) == ("–", str(paper.votes), "–")
        assert [link.get("href") for link in row.iter("a")] == [paper.url]


def test_the_last_paragraph_says_the_rule_as_it_is(page: _Page) -> None:
    rule = clean("By " + " ".join(paper.title for paper in page.papers[:20]))

    assert rule.rstrip(" .") in page.main.findall("p")[-1].text_content()


def test_the_page_holds_no_element_or_attribute_but_those_of_the_frame(page: _Page) -> None:
    count = len(page.papers)
    elements = Counter(e.tag for e in page.main.iter())
    attributes = {(e.tag, name) for e in page.main.iter() for name in e.attrib}
    titled = sum(bool(clean(paper.title)) for paper in page.papers)

    assert set(elements) <= _FRAME
    assert elements["strong"] == len(Heading)
    assert elements["a"] == 3 * count
    assert elements["p"] == (1 + titled) + count + count + 5 + 1
    assert elements["tr"] == count + 1
    assert elements["td"] == 5 * count
    assert attributes <= {("a", "href"), ("td", "style"), ("th", "style")}
    assert {span.text_content() for span in page.main.iter("span")} <= {"$"}
    assert "secret title" not in page.main.text_content()


def test_the_site_notices_what_a_naive_post_would_do(tmp_path: Path) -> None:
    site = JekyllSite(tmp_path)
    head = "---\nlayout: post\ntitle: x\n---\n\n"
    site.add("_posts/2025-02-02-naive.md", head + "{{ site.title }} <script>alert(1)</script>")
    site.add("_posts/2999-02-02-future.md", head + "Nobody sees this.")
    built = site.build()

    page = built.page("_posts/2025-02-02-naive.md", category="")
    assert page is not None
    assert "The secret title of the site <script>" in page.read_text(encoding="utf-8")
    assert built.page("_posts/2999-02-02-future.md", category="") is None
    assert any("Skipping" in line for line in built.complaints)


def test_broken_front_matter_fails_the_build(tmp_path: Path) -> None:
    site = JekyllSite(tmp_path)
    site.add("_posts/2025-02-02-broken.md", '---\ntitle: "a "quoted" word"\n---\n')

    assert site.build().code != 0
