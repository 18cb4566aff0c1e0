"""The last reading before a push: what it costs a sentence, and what it costs the week."""

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

import paperweek
from paperweek.errors import UnverifiedPost
from paperweek.finishing import finish
from paperweek.model import Kind, Post, Report, Sentence
from paperweek.rendering import render_post
from paperweek.selection import select
from paperweek.snapshots import read_snapshot
from paperweek.writers.extractive import ExtractiveWriter

WEEK = Path(paperweek.__file__).parent / "samples" / "2026-W12.json"


@pytest.fixture(scope="module")
def report() -> Report:
    return ExtractiveWriter().write(select(read_snapshot(WEEK)))


def with_sentence(report: Report, text: str) -> Report:
    """Return the report with one more sentence at the end of its first paragraph."""
    first, *others = report.sections
    paragraph = (*first.paragraphs[0], Sentence(text, Kind.FRAMING))
    first = replace(first, paragraphs=(paragraph, *first.paragraphs[1:]))
    return replace(report, sections=(first, *others))


def test_a_right_post_is_published_as_it_was_rendered(report: Report) -> None:
    assert finish(report, render_post) == render_post(report)


def test_a_sentence_that_does_not_pass_is_left_out_and_counted(report: Report) -> None:
    wrong = "Imaginarium reaches 99.9% on every benchmark of the world."

    post = finish(with_sentence(report, wrong), render_post)

    assert "Imaginarium" not in post.text
    assert "1 sentence that failed a check was left out" in post.text


def test_a_section_that_loses_everything_says_so(report: Report) -> None:
    wrong = "Imaginarium reaches 99.9% on every benchmark of the world."
    *others, last = report.sections
    only_wrong = replace(last, paragraphs=((Sentence(wrong, Kind.FRAMING),),))

    post = finish(replace(report, sections=(*others, only_wrong)), render_post)

    assert "**Conclusion**: On conclusion, nothing was taken from the" in post.text


def test_what_is_wrong_outside_a_sentence_stops_the_push(report: Report) -> None:
    def render(report: Report) -> Post:
        post = render_post(report)
        return replace(post, text=post.text.replace("March 16 to", "March 15 to"))

    with pytest.raises(UnverifiedPost, match="2026-W12 was not published") as caught:
        finish(report, render)

    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
