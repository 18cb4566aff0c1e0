"""A post that is written anew says what changed, and keeps what was corrected."""

from __future__ import annotations

import json
from datetime import date

import pytest

from paperweek.corrections import Amendments, amendments, with_correction
from paperweek.datafile import Correction, read_data_file, write_data_file
from paperweek.rendering import render_correction, render_post
from tests.paperweek.reports import ELO, PLAIN, RATED, report

ON = date(2025, 3, 1)
WRONG = Correction(id=ELO.arxiv_id, on="2025-02-20", why="It was *wrong*")


def published(*, corrected: bool = False) -> str:
    data = write_data_file(report(RATED), title="t", post="p")
    return with_correction(data, WRONG) if corrected else data


@pytest.mark.parametrize("text", [None, "", "{", '{"schema": 9}'])
def test_a_week_that_was_not_published_owes_nothing(text: str | None) -> None:
    assert amendments(text, report(), ON) == Amendments()


def test_the_same_text_owes_nothing_new() -> None:
    assert amendments(published(), report(RATED), ON) == Amendments()


def test_another_text_says_what_changed_and_when() -> None:
    said = amendments(published(), report(PLAIN), ON)

    assert said.changes == (
        "Written anew on 2025-03-01: 0 papers are cited, 1 were before; "
        "0 of them are new and 1 are gone."
    )


def test_a_second_rewrite_with_the_same_words_gives_the_same_bytes() -> None:
    first = amendments(published(), report(PLAIN), ON)
    once = render_post(report(PLAIN), changes=first.changes)
    second = amendments(once.data, report(PLAIN), date(2025, 4, 1))

    again = render_post(report(PLAIN), changes=second.changes, corrections=second.corrections)
    assert again == once
    assert first.changes in read_data_file(once.data).changes


def test_a_correction_stays_while_the_text_leans_on_the_paper() -> None:
    before = published(corrected=True)

    kept = amendments(before, report(RATED), ON)
    post = render_post(report(RATED), corrections=kept.corrections)

    assert kept.corrections == (WRONG,)
    assert "**Correction of 2025-02-20.**" in post.text.splitlines()[-1]
    assert read_data_file(post.data).corrections == (WRONG,)
    assert amendments(before, report(PLAIN), ON).corrections == ()


def test_an_invented_paper_is_corrected_without_a_link() -> None:
    said = [
        render_correction(ELO.arxiv_id, "A | title", "Wrong.", "2025-03-01", invented=invented)
        for invented in (False, True)
    ]

    assert [f"(https://arxiv.org/abs/{ELO.arxiv_id})" in line for line in said] == [True, False]
    assert all("A &#124; title" in line for line in said)


def test_fields_that_we_do_not_know_stay_in_a_corrected_data_file() -> None:
    whole = json.loads(published()) | {"later": [1]}

    corrected = with_correction(json.dumps(whole), WRONG)

    assert json.loads(corrected)["later"] == [1]
    assert with_correction(corrected, WRONG).count("It was *wrong*") == 2
