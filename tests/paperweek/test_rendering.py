"""A report becomes a post whose every word of a stranger's is only a word."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from paperweek.errors import ConfigurationError, RenderingError
from paperweek.model import (
    Citation,
    Heading,
    Kind,
    Paper,
    Report,
    Section,
    Selection,
    Sentence,
    SourceAccount,
    Week,
)
from paperweek.rendering import (
    check_rendered,
    data_path,
    first_authors,
    post_path,
    post_title,
    render_post,
    short_name,
)
from tests.paperweek.reports import (
    ASH,
    ELO,
    OAK,
    PLAIN,
    RATED,
    SELECTION,
    WEEK,
    report,
    with_collection,
)

EXAMPLES = Path(__file__).parents[3] / "shared" / "examples"
META = {
    "layout": "post",
    "title": "Weekly Report - January 27 to February 02, 2025",
    "date": date(2025, 2, 2),
    "category": "weekly-report",
    "render_with_liquid": False,
}
ELO_URL = "https://arxiv.org/abs/2501.01257"
OAK_NAME = "What oaks know &#124; and what they do not"
OAK_URL = "https://arxiv.org/abs/2501.20002"


def prose(*sentences: Sentence, selection: Selection = SELECTION) -> str:
    """Return the Markdown of a post's first paragraph, without its lead-in."""
    text = render_post(report(*sentences, selection=selection)).text
    return text.split("\n\n")[1].removeprefix("**Executive Summary**: ")


def about(text: str, *citations: Citation) -> Sentence:
    return Sentence(text, Kind.PAPERS, citations)


def last_paragraph(weekly: Report, changes: str = "") -> str:
    return html.unescape(render_post(weekly, changes=changes).text.rstrip("\n").split("\n\n")[-1])


# The file


@pytest.mark.parametrize("label", ["2025-W01", "2025-W05"])
def test_an_examples_words_give_the_examples_post(label: str) -> None:
    week = Week.parse(label)
    example = EXAMPLES / f"{week.sunday}-weekly-report.md"
    if not example.is_file():
        pytest.skip("the example posts are not on this machine")
    golden = example.read_text(encoding="utf-8")
    _, head, body = golden.split("---\n", 2)
    paragraphs = [p.removeprefix("**").partition("**: ") for p in body.strip().split("\n\n")]
    weekly = Report(
        Selection(week, (), {}, {}),
        tuple(Section(Heading(h), ((about(words),),)) for h, _, words in paragraphs),
        "human/1",
    )

    _, our_head, our_body = render_post(weekly).text.split("---\n", 2)

    assert our_head == head + "render_with_liquid: false\n"
    # One of the examples has a blank at the end of a paragraph.
    expected = re.sub(r" +$", "", body, flags=re.MULTILINE)
    assert html.unescape(our_body).startswith(expected + "\n")


def test_the_post_has_its_paths_title_and_line_ends() -> None:
    post = render_post(report())

    assert post.path == "_posts/2025-02-02-weekly-report.md"
    assert post.data_path == data_path(WEEK) == "assets/weekly-report/2025-W05.json"
    assert post.title == META["title"]
    assert post.text.endswith(".\n")
    assert "\r" not in post.text
    assert "\n\n\n" not in post.text
    assert not re.search(r" $", post.text, re.MULTILINE)


def test_the_front_matter_is_what_jekyll_reads() -> None:
    post = render_post(report(), category="yes", layout="a: b")

    assert yaml.safe_load(post.text.split("---\n")[1]) == META | {
        "category": "yes",
        "layout": "a: b",
    }


def test_the_same_report_gives_the_same_post() -> None:
    assert render_post(report()) == render_post(report())


@pytest.mark.parametrize(
    ("label", "title"),
    [
        ("2025-W01", "Weekly Report - December 30 to January 05, 2025"),
        ("2026-W15", "Weekly Report - April 06 to April 12, 2026"),
        ("2020-W53", "Weekly Report - December 28 to January 03, 2021"),
    ],
)
def test_a_title_has_padded_days_and_the_sundays_year(label: str, title: str) -> None:
    assert post_title(Week.parse(label)) == title


def test_the_path_follows_the_pattern() -> None:
    assert post_path(WEEK, "content/{week}.md") == "content/2025-W05.md"
    assert render_post(report(), path_pattern="x/{date}.md").path == "x/2025-02-02.md"


@pytest.mark.parametrize(
    "pattern",
    [
        *("_posts/same.md", "../{date}.md", "/etc/{date}.md", "{}", "{day}", "{date", "{date.x}"),
        *("{date.__class__}.md", ".git/{date}.md", "{week}"),
    ],
)
def test_a_pattern_that_leads_elsewhere_is_refused(pattern: str) -> None:
    with pytest.raises(ConfigurationError):
        post_path(WEEK, pattern)


# Sentences and their links


def test_the_anchor_carries_the_link_which_opens_at_the_words() -> None:
    assert prose(RATED) == (
        f"[RateElo]({ELO_URL}#:~:text=RateElo%20gives%20each,as%20chess%20does)"
        " gives each program a number, as chess does."
    )


def test_a_citation_without_anchor_follows_the_words_before_their_stop() -> None:
    assert (
        prose(about("It counts.", Citation(ELO.arxiv_id))) == f"It counts ([RateElo]({ELO_URL}))."
    )
    assert prose(about("Does it?!", Citation(ELO.arxiv_id))).endswith("))?&#33;")
    assert prose(about("No stop", Citation(ELO.arxiv_id))) == f"No stop ([RateElo]({ELO_URL}))"


def test_several_citations_without_anchor_share_their_brackets() -> None:
    both = about("Both count.", Citation(OAK.arxiv_id), Citation(ELO.arxiv_id))

    assert prose(both) == (f"Both count ([{OAK_NAME}]({OAK_URL}), [RateElo]({ELO_URL})).")


def test_a_paper_that_is_linked_already_does_not_follow_once_more() -> None:
    twice = about(
        "RateElo counts.",
        Citation(ELO.arxiv_id, anchor="RateElo"),
        Citation(ELO.arxiv_id),
        Citation(OAK.arxiv_id),
        Citation(OAK.arxiv_id, "Oaks know little."),
    )

    assert prose(twice).count(ELO_URL) == 1
    assert prose(twice).count(OAK_URL) == 1


def test_an_anchor_that_the_sentence_does_not_hold_follows_it() -> None:
    assert prose(about("It counts.", Citation(ELO.arxiv_id, anchor="Elo"))).endswith(
        f"({ELO_URL}))."
    )


def test_an_anchor_is_found_as_a_whole_word() -> None:
    sentence = about("CURL and RL differ.", Citation(ELO.arxiv_id, anchor="RL"))

    assert prose(sentence) == f"CURL and [RL]({ELO_URL}) differ."


def test_anchors_never_overlap() -> None:
    sentence = about(
        "Deep RateElo and RateElo differ.",
        Citation(ELO.arxiv_id, anchor="Deep RateElo"),
        Citation(OAK.arxiv_id, anchor="RateElo"),
    )

    assert prose(sentence) == f"[Deep RateElo]({ELO_URL}) and [RateElo]({OAK_URL}) differ."


def test_an_anchor_at_the_very_end_keeps_its_stop_inside() -> None:
    sentence = about(
        "So it ends...", Citation(ELO.arxiv_id, anchor="ends..."), Citation(OAK.arxiv_id)
    )

    assert prose(sentence).startswith(f"So it [ends&#46;&#46;&#46;]({ELO_URL}) ([")


def test_what_means_something_in_an_anchor_is_escaped() -> None:
    sentence = about("A [b](c) d.", Citation(ELO.arxiv_id, anchor="[b](c)"))

    assert prose(sentence) == f"A [&#91;b&#93;(c)]({ELO_URL}) d."


@pytest.mark.parametrize("forged", ["x", "2501.01257)[y](javascript:1", "2501.01257v9", "../a", ""])
def test_a_forged_id_is_never_an_address(forged: str) -> None:
    shown = prose(
        about("It counts here.", Citation(forged, anchor="counts"), Citation(forged + "z"))
    )

    assert "](" not in shown


def test_a_paper_beyond_the_selection_has_a_plain_link() -> None:
    assert "([arXiv 2502.00001](https://arxiv.org/abs/2502.00001))." in prose(
        about("It counts.", Citation("2502.00001", "words"))
    )


def test_paragraphs_are_kept_apart_and_sentences_joined() -> None:
    sections = [Section(heading, ((PLAIN, PLAIN), (RATED,))) for heading in Heading]
    text = render_post(replace(report(), sections=tuple(sections))).text

    assert "**Conclusion**: There is more to say. There is more to say.\n\n[RateElo](" in text


# The table and the last paragraph


def test_the_table_shows_each_selected_paper() -> None:
    text = render_post(report()).text
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line[:1] == "|"]

    assert rows == [
        ["Paper", "Authors", "Topic", "Votes", "Code"],
        ["---|---|---|--:|---"],
        [
            f"[RateElo: Ratings for Programs]({ELO_URL})",
            "Ada Alder, Bo Birch et al.",
            "oak study",
            "42",
            "[code](https://github.com/alder/rate_elo)",
        ],
        [f"[{OAK_NAME}]({OAK_URL})", "Dee Dogwood, Eli Elm", "–", "7", "–"],
    ]


def test_topics_have_the_names_that_they_are_given() -> None:
    assert "| * |".replace("*", "&#42;") in render_post(report(), topic_name=lambda _: "*").text


def test_authors_are_two_at_most() -> None:
    assert first_authors(()) == "–"
    assert first_authors(("Ada",)) == "Ada"
    assert first_authors(("Ada", "", "Bo")) == "Ada, Bo"
    assert first_authors(tuple("abcdefgh")) == "a, b et al."


def test_a_long_title_is_cut_between_words() -> None:
    long = Paper("2501.00001", "word " * 40)

    assert short_name(long) == "word " * 11 + "word…"
    assert short_name(Paper("2501.00001", "NO$_2$ for {A,B}: a map")) == "NO₂ for {A,B}"
    assert short_name(Paper("2501.00001", "")) == "arXiv 2501.00001"
    assert short_name(Paper("2501.00001", "W" * 99)) == "W" * 60 + "…"


def test_the_last_paragraph_says_how_it_was_made() -> None:
    said = last_paragraph(report())

    assert "set of 2025-W05 holds 3 papers, of which 3 are listed" in said
    assert "2 papers are in the table, and 1 is cited" in said
    assert "The most-voted papers, at most five a topic." in said
    assert "The writer is extractive/1: its sentences are condensed from the" in said
    assert "not verified independently" in said
    assert "For 1 paper arXiv gave no record" in said
    assert "1 paper without a usable abstract is counted by title only." in said
    assert "did not give all" not in said
    assert "invented" not in said


def test_the_last_paragraph_says_what_was_missing() -> None:
    account = SourceAccount("arxiv", 5, 1, ("a1", "a2", "a3", "a4", "a5"), "HTTP 503 | five times.")
    weekly = replace(
        report(selection=with_collection(accounts=(account,), withdrawn=(ELO,))),
        degraded=("Conclusion: the model was silent",),
        dropped=("one", "two"),
        prompt_version="7",
    )
    said = last_paragraph(weekly, changes="Corrected: one number.")

    assert "arXiv did not give all that was asked: HTTP 503 | five times. Missing from it: " in said
    assert "a1, a2, a3 and 2 more." in said
    assert "1 paper was set aside as withdrawn." in said
    assert "stand in for parts of it: Conclusion: the model was silent." in said
    assert "2 sentences that failed a check were left out." in said
    assert "with the prompts of version 7: a language model worded the" in said
    assert "condensed from" not in said
    assert said.endswith("Corrected: one number.")


def test_a_list_that_did_not_come_is_not_called_empty() -> None:
    account = SourceAccount("huggingface", 5, failure="HTTP 503.")
    unlisted = tuple(replace(paper, votes=None) for paper in (ELO, OAK, ASH))
    silent = last_paragraph(report(selection=with_collection(papers=unlisted, accounts=(account,))))
    partly = last_paragraph(report(selection=with_collection(accounts=(account,))))

    assert "holds 3 papers, and Hugging Face’s daily lists did not come; 2 papers are" in silent
    assert "of which" not in silent
    assert "of which 3 are listed" in partly


def test_ids_that_arxiv_does_not_know_are_counted_and_other_gaps_named() -> None:
    account = SourceAccount("arxiv", missing=("2501.20002", "half of the week's listing"))
    said = last_paragraph(report(selection=with_collection(accounts=(account,))))

    assert "all that was asked. Missing from it: half of the week's listing. For 1 paper" in said
    assert "2501.20002" not in said


def test_the_sample_says_that_it_is_invented_and_links_nowhere() -> None:
    text = render_post(report(selection=with_collection(invented=True))).text

    assert "| Paper (invented sample) |" in text
    assert "**This is an invented sample: its papers do not exist" in text.split("\n\n")[-1]
    assert "](" not in text
    assert "http" not in text


# The check of its own


def rendered() -> str:
    return render_post(report()).text


def test_a_rendered_post_passes_its_check() -> None:
    check_rendered(rendered(), META)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("category: weekly-report", "category: weekly"),
        ("category: weekly-report", "category: [weekly"),
        ("date: 2025-02-02", "date: '2025-02-02'"),
        ("---\nlayout", "layout"),
        ("---\nlayout", "\n---\nlayout"),
        ("**Conclusion**: There", "There"),
        ("**Conclusion**: There", "**Conclusions**: There"),
        ("**Conclusion**: There is more to say.", "**Conclusion**: "),
        ("There is", "--- There is"),
        ("There is", "x\n---\nThere is"),
        ("**Future Directions**", "**Practical Implications**"),
    ],
)
def test_a_post_that_does_not_read_back_is_an_error(old: str, new: str) -> None:
    broken = rendered().replace(old, new)
    assert broken != rendered()
    if new.startswith("--- "):
        broken = broken.replace("**: --- ", "**:\n--- ")

    with pytest.raises(RenderingError):
        check_rendered(broken, META)


def test_an_empty_section_is_an_error() -> None:
    sections = [Section(h, () if h is Heading.CONCLUSION else ((PLAIN,),)) for h in Heading]

    with pytest.raises(RenderingError, match="not the eight in order"):
        render_post(replace(report(), sections=tuple(sections)))


def test_a_section_without_words_is_an_error() -> None:
    with pytest.raises(RenderingError, match="Executive Summary is empty"):
        render_post(report(Sentence(" \u200b", Kind.FRAMING)))
