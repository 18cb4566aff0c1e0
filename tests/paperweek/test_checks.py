"""Each rule lets the faithful sentence pass and catches its corrupted twin."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperweek.checks import Finding, check_report, check_sentence, describe, malformed
from paperweek.model import (
    Citation,
    Heading,
    Kind,
    Paper,
    Report,
    Section,
    Selection,
    Sentence,
    Week,
)

ROUTE = Paper(
    "2501.00001",
    "RouteNet-X: Routing Queries to Small Models",
    "Serving large models is expensive. We introduce RouteNet-X, a router that sends easy queries"
    " to small models. It does not need labels. On TaskSet-9, RouteNet-X cuts cost by up to 40% and"
    " raises accuracy from 61.5% to 64.0%, outperforming GateFlow. Small routers may transfer to"
    " other languages. We call this “lazy serving” and release 12,000 queries.",
    authors=("Ada Okoro", "Bo Lindqvist"),
)
PROBE = Paper(
    "2501.00002",
    "What Probes Cannot See",
    "Probing classifiers are popular. We show that linear probes fail to find syntax in three of"
    " eight layers, the largest gap reported so far. Our study covers 5 languages.",
    authors=("Cy Marsh",),
)
VERSIONED = Paper("2501.00004", "LPM 1.0: A Model", "LPM 1.0 speaks in 3 voices. We test LPM 1.0.")
BARE = Paper("2501.00003", "A Title Alone")
TOPICAL = Paper(
    "2501.00005", "A Baseline for Video Understanding", "We look at frames. Few frames do."
)
WEEK = Week(2025, 1)
SELECTION = Selection(
    week=WEEK,
    papers=(ROUTE, PROBE, VERSIONED, BARE, TOPICAL),
    topics={},
    statistics={
        "listed_new": 39.0,
        "with_code": 12.0,
        "topic:agents": 14.0,
        "topic:search": 9.0,
        "share:agents": 0.359,
        "top_topic:agents": 4.0,
        "earlier_weeks": 0.0,
        f"votes:{ROUTE.arxiv_id}": 81.0,
        f"rank:{ROUTE.arxiv_id}": 1.0,
        f"rank:{PROBE.arxiv_id}": 7.0,
        "phrase:lazy serving": 8.0,
    },
    titles_only=frozenset({BARE.arxiv_id}),
)
CUTS = (
    "On TaskSet-9, RouteNet-X cuts cost by up to 40% and raises accuracy from 61.5% to 64.0%,"
    " outperforming GateFlow."
)
FAILS = "We show that linear probes fail to find syntax in three of eight layers"


def about(
    text: str, *papers: Paper, words: str = "", anchor: str = "", statistics: Iterable[str] = ()
) -> Sentence:
    citations = tuple(Citation(paper.arxiv_id, words, anchor) for paper in papers or (ROUTE,))
    return Sentence(text, Kind.PAPERS, citations, tuple(statistics))


def counted(text: str, *statistics: str) -> Sentence:
    return Sentence(text, Kind.STATISTIC, statistics=statistics)


def rules(sentence: Sentence) -> set[str]:
    return {finding.rule for finding in check_sentence(sentence, SELECTION)}


FAITHFUL = {
    "plain": about("RouteNet-X is a router that sends easy queries to small models."),
    "numbers": about("RouteNet-X raises accuracy from 61.5% to 64.0% on TaskSet-9.", words=CUTS),
    "bound": about("RouteNet-X cuts cost by up to 40%.", words=CUTS),
    "rewritten": about(
        "RouteNet-X releases 12k queries for routing.", words="release 12,000 queries"
    ),
    "authors": about("Okoro and Lindqvist introduce a router for easy queries.", anchor="Okoro"),
    "the authors": about("The authors release 12,000 queries and a router for small models."),
    "quotation": about("RouteNet-X calls its routing “lazy serving” of easy queries."),
    "negation": about(
        "The authors’ linear probes fail to find syntax in three of eight layers.",
        PROBE,
        words=FAILS,
    ),
    "hedge": about("RouteNet-X holds that small routers may transfer to other languages."),
    "comparison": about("RouteNet-X is outperforming GateFlow on TaskSet-9.", words=CUTS),
    "own version": about(
        "Read LPM 1.0: the authors’ LPM 1.0 speaks in 3 voices.",
        VERSIONED,
        words="LPM 1.0 speaks in 3 voices.",
    ),
    "numbers in another order": about(
        "RouteNet-X reaches 64.0% accuracy, up from 61.5%, and cuts cost by up to 40%.",
        words=CUTS,
    ),
    "place at the end": about("RouteNet-X cuts cost by up to 40% on TaskSet-9.", words=CUTS),
    "step": about("The authors first introduce a router, then release 12,000 queries."),
    "framed": about(
        "Worth borrowing from RouteNet-X: a router sends easy queries to small models."
    ),
    "anchored people": about(
        "Lindqvist and colleagues introduce a router for queries.",
        anchor="Lindqvist and colleagues",
    ),
    "count of papers": about(
        "Two papers by the authors cover languages and small models.", ROUTE, PROBE
    ),
    "votes": about(
        "Most votes went to RouteNet-X (81), a router for easy queries to small models.",
        statistics=(f"votes:{ROUTE.arxiv_id}", f"rank:{ROUTE.arxiv_id}"),
    ),
    "topic in a title": about(
        "The authors of “A Baseline for Video Understanding” look at frames.", TOPICAL
    ),
    "own superlative": about("The authors call it the largest gap reported so far.", PROBE),
    "statistic": counted("Code is linked by 12 of 39 new papers.", "with_code", "listed_new"),
    "in words": counted("Twelve of 39 new papers link code.", "with_code", "listed_new"),
    "share": counted("Some 36% are about agents and tool use.", "share:agents", "topic:agents"),
    "top ten": counted(
        "Of the week’s ten most-voted new papers, four are about agents and tool use.",
        "top_topic:agents",
    ),
    "largest topic": counted(
        "The largest topic is agents and tool use with 14 papers.", "topic:agents"
    ),
    "appointment": counted(
        "To be checked in four weeks: whether agents and tool use keeps its 14 papers.",
        "topic:agents",
    ),
    "phrase": counted("The phrase “lazy serving” stands in 8 papers.", "phrase:lazy serving"),
    "judgement": Sentence(
        "I’d start with RouteNet-X, because its 40% is bounded honestly: up to 40%.".replace(
            "its 40% is bounded honestly: ", "it saves "
        ),
        Kind.JUDGEMENT,
        (Citation(ROUTE.arxiv_id),),
    ),
    "framing": Sentence("Their starting points differ.", Kind.FRAMING),
}


@pytest.mark.parametrize("case", FAITHFUL)
def test_a_faithful_sentence_passes(case: str) -> None:
    assert check_sentence(FAITHFUL[case], SELECTION) == ()


CORRUPTED = [
    ("number", about("RouteNet-X raises accuracy from 61.5% to 65.0%.", words=CUTS)),
    ("number", about("RouteNet-X cuts cost by 40%.", words=CUTS)),
    ("number", about("RouteNet-X cuts cost by up to 40×.", words=CUTS)),
    ("number", about("RouteNet-X releases 12 queries for small models.")),
    # The number stands in the abstract, but not where the link leads.
    ("number", about("RouteNet-X sends 12,000 easy queries to models.", words=CUTS)),
    ("number", counted("Code is linked by 13 of 39 new papers.", "with_code", "listed_new")),
    ("number", counted("Code is linked by 12 of 39 new papers.", "with_code")),
    ("number", counted("Code is linked by 39 of 12 new papers.", "with_code", "listed_new")),
    ("name", about("RouteNet-X sends easy queries to Mistral models.")),
    ("name", about("HyperGate is a router that sends easy queries to small models.")),
    ("name", about("RouterNet is a router that sends easy queries.", anchor="RouterNet")),
    ("name", about("Marsh introduces a router for easy queries.", anchor="Marsh")),
    ("name", counted("RouteNet-X is one of 39 papers.", "listed_new")),
    ("quotation", about("RouteNet-X calls its routing “easy serving” of queries.")),
    ("quotation", counted("The phrase “eager serving” stands in 8 papers.", "phrase:lazy serving")),
    ("attribution", about("A router sends easy queries to small models.")),
    (
        "attribution",
        about("Easy queries go to small models; syntax hides from RouteNet-X.", ROUTE, PROBE),
    ),
    ("overlap", about("RouteNet-X folds proteins with equivariant diffusion across crystals.")),
    # The abstract says so, but not where the link leads.
    (
        "overlap",
        about(
            "RouteNet-X raises accuracy and languages transfer, outperforming expensive serving.",
            words="It does not need labels.",
        ),
    ),
    ("citation", about("RouteNet-X is a router.", Paper("2501.09999", "Elsewhere"))),
    ("citation", about("The authors of “A Title Alone” say so.", BARE)),
    ("passage", about("RouteNet-X is a router for easy queries.", words="a router for hard ones")),
    ("number", counted("Ten of 39 are about agents and tool use.", "topic:agents", "listed_new")),
    (
        "changed",
        about("RouteNet-X needs labels for small models.", words="It does not need labels."),
    ),
    (
        "changed",
        about(
            "The authors’ linear probes find syntax in three of eight layers.", PROBE, words=FAILS
        ),
    ),
    ("changed", about("RouteNet-X does not send easy queries to small models.")),
    ("changed", about("RouteNet-X holds that small routers transfer to other languages.")),
    ("changed", about("RouteNet-X raises accuracy from 64.0% to 61.5%.", words=CUTS)),
    ("changed", about("GateFlow is outperforming RouteNet-X on accuracy.", words=CUTS)),
    ("superlative", about("RouteNet-X got the most votes for its router of easy queries.")),
    (
        "superlative",
        about(
            "Most votes went to the authors’ probes of syntax in languages.",
            PROBE,
            statistics=(f"rank:{PROBE.arxiv_id}",),
        ),
    ),
    ("superlative", about("The authors show the largest gap of the week in layers.", PROBE)),
    ("superlative", counted("The largest topic has 12 papers.", "with_code")),
    ("superlative", counted("The smallest group is the best one at 39.", "listed_new")),
    ("comparison", about("RouteNet-X is the first router for easy queries and small models.")),
    ("comparison", about("The authors prove that small routers may transfer to languages.")),
    ("changed", about("RouteNet-X raises accuracy to 61.5% from 64.0%.", words=CUTS)),
    ("comparison", about("RouteNet-X sends queries faster to small models.")),
    ("comparison", about("The authors’ probes surpass syntax classifiers.", PROBE)),
    (
        "comparison",
        about("The authors’ router RouteNet-X is outperforming probes of syntax.", ROUTE, PROBE),
    ),
    ("statistic", counted("Code is linked by 12 papers.", "with_code", "no_such_key")),
    ("statistic", counted("There are 12 about retrieval and deep research.", "with_code")),
    ("source", counted("Nothing moved this week.")),
    ("source", Sentence("The authors propose a router.", Kind.PAPERS)),
    ("source", Sentence("I’d wait for more.", Kind.JUDGEMENT)),
    ("judgement", Sentence("RouteNet-X is worth it.", Kind.JUDGEMENT, (Citation(ROUTE.arxiv_id),))),
    ("framing", Sentence("RouteNet-X comes next.", Kind.FRAMING)),
    ("framing", Sentence("There are 12 of them.", Kind.FRAMING)),
    ("framing", Sentence("They improve a lot.", Kind.FRAMING)),
    ("framing", Sentence("They differ.", Kind.FRAMING, (Citation(ROUTE.arxiv_id),))),
    ("framing", Sentence("They are “lazy” ones.", Kind.FRAMING)),
    ("framing", Sentence(f"They {'go on and ' * 20}end.", Kind.FRAMING)),
]


@pytest.mark.parametrize(("rule", "sentence"), CORRUPTED)
def test_a_corrupted_sentence_is_caught_by_its_rule(rule: str, sentence: Sentence) -> None:
    assert rule in rules(sentence)


@pytest.mark.parametrize(
    "text",
    [
        "See https://example.org now.",
        "See www.example.org now.",
        "See example.com/page now.",
        "It is <b>bold</b>.",
        "It is an &amp; sign.",
        "It says {{ site.title }}.",
        "It says {% include x %}.",
        "It is **bold**.",
        "It is [a link](target).",
        "It is `code`.",
        "# It is a heading.",
        "- It is a list.",
        "It costs $x^2$ more.",
        r"It costs 5\% more.",
        "It says | 1 | 2 | more.",
        "It is text-gray-500 font-bold too.",
        "It has color: red; margin: 0 too.",
        'It has class="red" too.',
        "It follows arXiv:2501.00001 here.",
        "It follows 2501.00001v2 here.",
        "It ends. then it goes on.",
        "It hides \U000e0069 more.",
        "It hides \u202eno more.",
        "It hides\u200b more.",
        "It has\ttabs.",
        "It has  two blanks.",
        "It ends",
        "It ends and.",
        "It ends…",
        "It ends...",
        "It ends,.",
        "It opens (and stays open.",
        "It says “and stays open.",
        'It says "and stays open.',
        "in the middle it begins.",
        "",
        "It goes on. " * 80,
    ],
)
def test_what_is_no_finished_plain_sentence_is_caught(text: str) -> None:
    assert malformed(text)
    assert "form" in rules(about(text))


@pytest.mark.parametrize(
    "text",
    [
        "It ends.",
        "Does it end?",
        "He calls it “the end.”",
        "It ends (as planned).",
        "It keeps A* and 5 < 6, C# and R&D.",
        "It bounds KL(P||Q) and p(a|b) by 0.1234.",
        "It reaches Pythia-70M: 0.07; Mistral-7B: 0.45; both are low.",
        "It sees cats, dogs, etc. in “Losses! learning to prune” e.g. at night.",
        "mPLUG and τ₀-VLA see.",
        "It takes two steps: 1) it plans, 2) it acts.",
        "GPT-4o’s share is 3.5%.",
        "Is it e.g. this one?",
    ],
)
def test_a_finished_plain_sentence_passes(text: str) -> None:
    assert malformed(text) == ""


def report(
    *sentences: Sentence, writer: str = "extractive/1", more: tuple[Sentence, ...] = ()
) -> Report:
    return Report(
        selection=SELECTION,
        sections=tuple(
            Section(
                heading,
                ((sentences if heading is Heading.EXECUTIVE_SUMMARY else more[n : n + 1]),),
                writer,
            )
            for n, heading in enumerate(Heading)
        ),
        writer=writer,
    )


PLAIN, STATED = FAITHFUL["plain"], FAITHFUL["statistic"]
FRAMING, JUDGEMENT = FAITHFUL["framing"], FAITHFUL["judgement"]


def test_a_report_of_faithful_sentences_passes() -> None:
    assert check_report(report(PLAIN, STATED, FRAMING)) == ()


def test_a_finding_of_a_report_names_its_section() -> None:
    (finding,) = check_report(report(about("RouteNet-X sends 7 easy queries to small models.")))
    assert (finding.rule, finding.section) == ("number", "Executive Summary")
    assert describe(finding) == (
        "Executive Summary: 7 stands in nothing that it cites:"
        " “RouteNet-X sends 7 easy queries to small models.” [number]"
    )


def test_two_sentences_that_open_alike_are_caught_across_sections() -> None:
    twin = about("RouteNet-X is a router with small models.")
    (finding,) = check_report(report(PLAIN, more=(PLAIN, twin)))
    assert (finding.rule, finding.section) == ("opening", "Technical Trends Analysis")


def test_the_embedded_writer_frames_once_a_section() -> None:
    other = Sentence("They come at it from different sides.", Kind.FRAMING)
    assert [f.rule for f in check_report(report(FRAMING, other))] == ["framing"]
    assert check_report(report(FRAMING, other, writer="model/1")) == ()
    many = [replace(other, text=f"{word} they differ by much.") for word in ("So", "Yet", "Still")]
    assert [f.rule for f in check_report(report(FRAMING, *many, writer="model/1"))] == ["framing"]


def test_only_a_model_judges_and_once_a_section() -> None:
    other = replace(JUDGEMENT, text="I think that RouteNet-X serves small models.")
    assert "judgement" in {f.rule for f in check_report(report(JUDGEMENT))}
    assert check_report(report(JUDGEMENT, writer="model/1")) == ()
    assert [f.rule for f in check_report(report(JUDGEMENT, other, writer="model/1"))] == [
        "judgement"
    ]


def test_a_model_that_falls_back_is_held_to_the_writer_of_each_section() -> None:
    mixed = report(FRAMING, replace(FRAMING, text="So do their ends."), writer="model/1")
    sections = tuple(replace(section, writer="extractive/1") for section in mixed.sections)
    assert check_report(replace(mixed, sections=sections))


@pytest.mark.parametrize(
    "piece", ["(", "1,", "7", "A-", "not ", "thirty-", "“", '"a', "5 beats 3 ", "we introduce "]
)
def test_fifty_thousand_characters_are_judged(piece: str) -> None:
    text = piece * (50_000 // len(piece))
    paper = Paper("2501.00009", text, text)
    selection = replace(SELECTION, papers=(paper,))
    for sentence in (about(text, paper), about("It beats 5 of 7 not.", paper, words=text)):
        assert check_sentence(sentence, selection)


@given(st.text(max_size=300), st.sampled_from(list(Kind)))
def test_no_sentence_breaks_the_checks(text: str, kind: Kind) -> None:
    sentence = Sentence(text, kind, (Citation(ROUTE.arxiv_id, text, text),), ("listed_new",))
    assert all(isinstance(finding, Finding) for finding in check_sentence(sentence, SELECTION))


@given(st.integers(2, 99999), st.sampled_from(["%", "×", " queries"]))
def test_a_number_that_no_source_states_is_caught(number: int, unit: str) -> None:
    sentence = about(f"RouteNet-X sends {number}{unit} of easy queries to small models.")
    known = {(12000, " queries"), (64, "%")}
    assert ("number" in rules(sentence)) == ((number, unit) not in known)
