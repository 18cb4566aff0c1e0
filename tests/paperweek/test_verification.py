"""A finished post is held against its week, whoever wrote it."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperweek.checks import Finding
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
from paperweek.rendering import post_path, post_title, render_post
from paperweek.topics import topics_of
from paperweek.verification import describe, paper_of, title_of, verify_post

WEEK = Week(2025, 1)
ROUTE = Paper(
    "2501.00001",
    "RouteNet-X: Routing {{ Queries }} | to Small Models",
    "Serving large models is expensive. We introduce RouteNet-X, a router that sends easy queries"
    " to small models. On TaskSet-9, it cuts cost by up to 40%. Undefined behaviour is rare."
    " It costs $5 and $n^2$ steps.",
    authors=("Ada Okoro", "Bo Lindqvist"),
    votes=81,
    code="https://github.com/okoro/route",
)
PROBE = Paper(
    "2501.00002",
    "What Probes Cannot See",
    "Probing classifiers are popular. We show that linear probes fail to find syntax in three of"
    " eight layers.",
    authors=("Cy Marsh", "Di Moor"),
    votes=7,
)
UNLISTED = Paper("2501.00003", "Quiet Beans", "Beans grow. We plant them.", authors=("Ed Noor",))
COLLECTION = Collection(WEEK, (ROUTE, PROBE, UNLISTED))
SELECTION = Selection(
    WEEK,
    COLLECTION.papers,
    {},
    {"listed_new": 2.0, "with_code": 1.0, f"votes:{ROUTE.arxiv_id}": 81.0},
    collection=COLLECTION,
    rule="By votes",
)
INTRODUCED = "We introduce RouteNet-X, a router that sends easy queries to small models."
CODED = Sentence(
    "Code is linked by 1 of 2 new papers.", Kind.STATISTIC, (), ("with_code", "listed_new")
)


def cited(text: str, paper: Paper = ROUTE, words: str = "", anchor: str = "") -> Sentence:
    return Sentence(text, Kind.PAPERS, (Citation(paper.arxiv_id, words, anchor),))


TOLD = {
    Heading.EXECUTIVE_SUMMARY: cited(
        "RouteNet-X is a router for easy queries.", ROUTE, INTRODUCED, "RouteNet-X"
    ),
    Heading.TECHNICAL_TRENDS: CODED,
    Heading.KEY_INNOVATIONS: cited(
        "On TaskSet-9, RouteNet-X cuts cost by up to 40%.",
        ROUTE,
        "On TaskSet-9, it cuts cost by up to 40%.",
        "RouteNet-X",
    ),
    Heading.METHODOLOGICAL_INSIGHTS: cited(
        "The authors show that linear probes fail to find syntax.", PROBE, anchor="authors"
    ),
    Heading.PRACTICAL_IMPLICATIONS: cited("Easy queries go to small models, the authors show."),
    Heading.FUTURE_DIRECTIONS: cited("Undefined behaviour is rare, say the authors of RouteNet-X."),
    Heading.RECOMMENDATIONS: cited("The authors plant beans.", UNLISTED),
    Heading.CONCLUSION: Sentence("What is not told here stands in the table below.", Kind.FRAMING),
}


def rendered(selection: Selection = SELECTION) -> str:
    sections = tuple(Section(h, ((TOLD[h],),), "extractive/1") for h in Heading)
    return render_post(Report(selection, sections, "extractive/1")).text


POST = rendered()
PATH = post_path(WEEK)


def findings(markdown: str, path: str = PATH, *earlier: str) -> tuple[Finding, ...]:
    return verify_post(markdown, SELECTION, WEEK, earlier, path=path)


def with_sentence(text: str) -> str:
    """Return the post with one more sentence in its summary."""
    assert POST.count("**Executive Summary**: ") == 1
    return POST.replace("**Executive Summary**: ", f"**Executive Summary**: {text} ")


def test_a_rendered_post_is_clean() -> None:
    assert findings(POST) == ()


def test_a_rendered_post_is_clean_against_the_week_alone() -> None:
    assert verify_post(POST, COLLECTION, WEEK, path=PATH) == ()


def test_a_post_of_invented_papers_is_clean_though_nothing_can_be_linked() -> None:
    invented = replace(COLLECTION, invented=True)
    selection = replace(SELECTION, collection=invented)
    assert verify_post(rendered(selection), selection, WEEK, path=PATH) == ()


def test_a_paper_is_known_by_its_name_as_a_reader_sees_it() -> None:
    title = r"$\tau$-Route for NO$_2$: a map"
    paper = replace(ROUTE, title=title)
    papers = tuple(paper if p == ROUTE else p for p in SELECTION.papers)
    week = tuple(paper if p == ROUTE else p for p in COLLECTION.papers)
    selection = replace(SELECTION, papers=papers, collection=replace(COLLECTION, papers=week))
    post = rendered(selection)

    assert "Easy queries go to small models, the authors show ([τ-Route for NO₂](" in post
    assert verify_post(post, selection, WEEK, path=PATH) == ()


def test_a_linked_post_does_not_pass_as_one_of_invented_papers() -> None:
    invented = replace(COLLECTION, invented=True)
    assert "link" in {f.rule for f in verify_post(POST, invented, WEEK)}


LINK = "https://arxiv.org/abs"
ADDED = [
    ("invented", 'The paper "Unifying Diffusion and Adversarial Networks" is out.'),
    ("invented", f"[HyperGate]({LINK}/2501.00001) is a router for easy queries."),
    ("source", "RouteNet-X is a router that sends easy queries to small models."),
    ("source", "These advances are crucial for the field."),
    ("source", 'I like "What Probes Cannot See" for its syntax.'),
    ("number", f"[RouteNet-X]({LINK}/2501.00001) cuts cost by up to 45%."),
    ("number", f"[RouteNet-X]({LINK}/2501.00001) cuts cost by 40%."),
    ("number", "Code is linked by 2 of 9 new papers."),
    ("link", f"[RouteNet-X]({LINK}/1706.03762) is a router for easy queries."),
    ("link", "[RouteNet-X](https://evil.example/abs/2501.00001) is a router."),
    ("link", "The authors’ router is at https://evil.example/x now."),
    ("overlap", f"[RouteNet-X]({LINK}/2501.00001) folds proteins with crystals and dyes."),
    ("changed", f"The [authors]({LINK}/2501.00002) show that linear probes find syntax."),
    (
        "passage",
        f"[RouteNet-X]({LINK}/2501.00001#:~:text=never,written) is a router for easy queries.",
    ),
    (
        # The receipt opens at other words than those that hold the number.
        "number",
        f"[RouteNet-X]({LINK}/2501.00001#:~:text=Serving,expensive) cuts cost by up to 40%.",
    ),
    ("form", f"[RouteNet-X]({LINK}/2501.00001) is a router for easy queries and."),
    ("form", "They differ in…"),
    ("markup", "It is undefined here."),
    ("markup", "It has text-gray-500 font-bold leading-6 style."),
    ("markup", "Latest research on routers."),
    ("markup", "On Day 3 it rained."),
    ("markup", "It says {{ page.title }} here."),
    ("markup", "It says <b>so</b>."),
    ("markup", "It shows ![a pixel](https://evil.example/p.png)."),
]


@pytest.mark.parametrize(("rule", "sentence"), ADDED)
def test_what_does_not_belong_is_found_where_it_stands(rule: str, sentence: str) -> None:
    found = [finding for finding in findings(with_sentence(sentence)) if finding.rule == rule]
    assert found
    assert all(finding.section in {"Executive Summary", ""} for finding in found)


@pytest.mark.parametrize(
    "sentence",
    [
        "[RouteNet-X](https://huggingface.co/papers/2501.00001) cuts cost by up to 40%.",
        f"[Okoro and Lindqvist]({LINK}/2501.00001v2) introduce a router for easy queries.",
        f"I’d start with [RouteNet-X]({LINK}/2501.00001), if I had one hour.",
        f"[RouteNet-X]({LINK}/2501.00001) drew 81 votes.",
        "Their starting points differ.",
    ],
)
def test_what_belongs_is_left_alone(sentence: str) -> None:
    assert findings(with_sentence(sentence)) == ()


def test_a_paper_may_be_one_of_its_topics_papers_and_of_no_other_number() -> None:
    (topic,) = topics_of(PROBE)
    selection = replace(SELECTION, statistics={**SELECTION.statistics, f"topic:{topic}": 3.0})

    def rules(n: int) -> set[str]:
        among = f"Also among the {n}, the [authors]({LINK}/2501.00002): probes fail to find syntax."
        return {f.rule for f in verify_post(with_sentence(among), selection, WEEK)}

    assert rules(3) == set()
    assert "number" in rules(4)


def test_a_paper_without_a_title_is_called_by_its_id() -> None:
    papers = (ROUTE, PROBE, replace(UNLISTED, title="\u200b"))
    collection = replace(COLLECTION, papers=papers)
    selection = replace(SELECTION, papers=papers, collection=collection)
    post = rendered(selection)

    assert "| [arXiv 2501.00003]" in post
    assert verify_post(post, selection, WEEK) == ()
    assert verify_post(post.replace("[arXiv 2501.00003]", "[arXiv 2501.00004]"), selection, WEEK)


def test_few_sentences_may_say_nothing() -> None:
    framing = "So it is. So be it. So it goes. So what."
    assert {f.rule for f in findings(with_sentence(framing))} == {"source"}


@pytest.mark.parametrize(
    ("rule", "right", "wrong"),
    [
        ("title", post_title(WEEK), "Weekly Report - January 06 to January 12, 2025"),
        ("date", "date: 2025-01-05", "date: 2025-01-04"),
        ("front-matter", "---\nlayout", "layout"),
        ("section", "**Conclusion**", "**The End**"),
        ("section", "**Conclusion**", "**Future Directions**"),
        ("votes", "| 81 |", "| 82 |"),
        ("votes", "| – | – | – |", "| – | 3 | – |"),
        ("link", "https://github.com/okoro/route", "https://github.com/evil/route"),
        ("link", f"{LINK}/2501.00003)", f"{LINK}/2501.99999)"),
        ("title", "Quiet Beans", "Loud Beans"),
        ("date", "2025-W01", "2025-W02"),
    ],
)
def test_a_wrong_frame_is_found(rule: str, right: str, wrong: str) -> None:
    assert right in POST
    assert rule in {finding.rule for finding in findings(POST.replace(right, wrong))}


def test_an_empty_section_is_found() -> None:
    start, end = POST.index("**Future Directions**: "), POST.index("**Technical Recomm")
    assert [
        f.reason for f in findings(f"{POST[:start]}**Future Directions**: \n\n{POST[end:]}")
    ] == ["the section is empty"]


def test_a_file_of_another_date_is_found() -> None:
    assert [f.rule for f in findings(POST, "_posts/2025-01-12-weekly-report.md")] == ["date"]


def test_sections_in_another_order_are_found() -> None:
    swapped = (
        POST.replace("**Future Directions**", "**\0**")
        .replace("**Technical Recommendations**", "**Future Directions**")
        .replace("**\0**", "**Technical Recommendations**")
    )
    assert {finding.rule for finding in findings(swapped)} == {"section"}


@pytest.mark.parametrize(
    "heading",
    [
        '### 1. **Title: "Unifying Diffusion and Generative Adversarial Networks"**',
        "### Fairness in Routing: A Comprehensive Evaluation Framework",
        "- **Fairness in Routing: A Comprehensive Evaluation Framework**: it is fair.",
        "#### Title: Unifying Everything",
    ],
)
def test_an_invented_paper_is_found_in_a_heading_or_a_list(heading: str) -> None:
    post = POST.replace("**Conclusion**: ", f"{heading}\n\n**Conclusion**: ")
    assert "invented" in {finding.rule for finding in findings(post)}


@pytest.mark.parametrize(
    "heading", ['### 1. **Title: "What Probes Cannot See"**', "### RouteNet-X", "### A label"]
)
def test_a_heading_may_name_papers_of_the_week(heading: str) -> None:
    post = POST.replace("**Conclusion**: ", f"{heading}\n\n**Conclusion**: ")
    assert findings(post) == ()


def test_phrases_of_other_posts_are_warnings() -> None:
    found = findings(POST, PATH, POST)
    assert found
    assert all(finding.warning and finding.rule == "repeated" for finding in found)
    assert describe(found[0]).startswith("warning: ")


def test_another_post_is_no_warning() -> None:
    assert findings(POST, PATH, "**Conclusion**: Something else was said there, at length.") == ()


def test_a_finding_says_where_what_and_why() -> None:
    (finding,) = findings(with_sentence("These advances are crucial for the field."))
    assert finding.section == "Executive Summary"
    assert finding.sentence == "These advances are crucial for the field."
    assert finding.reason.startswith("it has no source")


@pytest.mark.parametrize(
    ("address", "arxiv_id"),
    [
        ("https://arxiv.org/abs/2501.15368", "2501.15368"),
        ("http://www.arxiv.org/pdf/2501.15368v3.pdf", "2501.15368"),
        ("https://huggingface.co/papers/2501.15368", "2501.15368"),
        ("https://arxiv.org/abs/cs.LG/0601001", "cs.LG/0601001"),
        ("https://arxiv.org.evil.example/abs/2501.15368", ""),
        ("https://evil.example/abs/2501.15368", ""),
        ("https://arxiv.org/list/cs.LG/recent", ""),
        ("https://[broken", ""),
    ],
)
def test_a_paper_is_known_by_its_page(address: str, arxiv_id: str) -> None:
    assert paper_of(address) == arxiv_id


@pytest.mark.parametrize("week", [Week(2025, 1), Week(2025, 5), Week(2026, 53), Week(2024, 9)])
def test_the_title_is_the_one_that_is_rendered(week: Week) -> None:
    assert title_of(week) == post_title(week)


EXAMPLES = Path(__file__).parents[3] / "shared" / "examples"


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the example posts are not beside the checkout")
@pytest.mark.parametrize("week", [Week(2025, 1), Week(2025, 5)])
def test_the_example_posts_have_the_right_frame_and_no_sources(week: Week) -> None:
    path = EXAMPLES / f"{week.sunday}-weekly-report.md"
    empty = Collection(week, ())
    found = verify_post(path.read_text(encoding="utf-8"), empty, week, path=path.name)
    assert sum(finding.rule == "source" for finding in found) > 15
    assert {finding.rule for finding in found} <= {"source", "invented", "number"}


@given(st.text(max_size=400))
def test_no_post_breaks_the_verifier(markdown: str) -> None:
    for finding in verify_post(markdown, COLLECTION, WEEK):
        assert describe(finding)
