"""The data file holds what the post says, and reads back as it was written."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from paperweek import datafile, model
from paperweek.datafile import DataFile, read_data_file, write_data_file
from paperweek.errors import RenderingError
from paperweek.model import Collection, Heading, PublishedWeek, SourceAccount, Usage
from tests.hostile_titles import HOSTILE
from tests.paperweek.reports import (
    ASH,
    COLLECTION,
    ELO,
    OAK,
    RATED,
    SELECTION,
    WEEK,
    report,
    with_collection,
)

DOCUMENT = Path(__file__).parents[2] / "docs" / "data-file.md"


def written(weekly: model.Report) -> DataFile:
    return read_data_file(write_data_file(weekly, title="A title", post="_posts/x.md"))


def test_the_file_is_json_with_lf_and_one_final_newline() -> None:
    text = write_data_file(report(), title="A title", post="_posts/x.md")

    assert text.endswith("}\n")
    assert not text.endswith("\n\n")
    assert "\r" not in text
    assert json.loads(text)["schema"] == 1


def test_the_same_report_gives_the_same_bytes() -> None:
    one, two = (write_data_file(report(), title="t", post="p") for _ in range(2))

    assert one == two


def test_every_listed_paper_is_in_it_the_selected_first_and_best_first() -> None:
    papers = written(report()).papers

    assert [(p.id, p.selected, p.votes) for p in papers] == [
        (ELO.arxiv_id, True, 42),
        (OAK.arxiv_id, True, 7),
        (ASH.arxiv_id, False, 0),
    ]
    assert papers[0].topics == ("oak_study",)
    assert papers[0].code == "https://github.com/alder/rate_elo"


def test_a_code_link_that_is_not_trusted_is_left_out() -> None:
    odd = replace(ELO, code="https://evil.example/a/b")

    assert written(report(selection=replace(SELECTION, papers=(odd,)))).papers[0].code == ""


def test_the_counts_tell_what_became_of_the_papers() -> None:
    counts = written(report()).counts

    assert counts.model_dump() == {
        "papers": 3,
        "listed": 3,
        "selected": 2,
        "cited": 1,
        "withdrawn": 0,
        "titles_only": 1,
        "not_on_arxiv": 1,
        "dropped": 0,
    }


def test_a_selection_without_its_set_counts_itself() -> None:
    weekly = report(selection=replace(SELECTION, collection=None))

    assert written(weekly).counts.papers == 2
    assert written(weekly).sources == ()


def test_every_sentence_keeps_what_it_rests_on() -> None:
    [first, *_] = written(report()).sections
    [[sentence]] = first.paragraphs

    assert (sentence.text, sentence.kind) == (RATED.text, "papers")
    assert sentence.citations[0].words == RATED.citations[0].words
    assert [s.heading for s in written(report()).sections] == [h.value for h in Heading]


def test_a_sources_account_is_in_it() -> None:
    account = SourceAccount("arxiv", 5, 1, ("2501.00009",), "it answered 503 five times")
    [source] = written(report(selection=with_collection(accounts=(account,)))).sources

    assert source.model_dump() == {
        "source": "arxiv",
        "requests": 5,
        "papers": 1,
        "missing": ("2501.00009",),
        "failure": "it answered 503 five times",
    }


def test_the_sample_says_that_it_is_invented() -> None:
    assert written(report(selection=with_collection(invented=True))).invented
    assert not written(report()).invented


def test_an_unknown_price_is_null_and_never_nothing() -> None:
    weekly = replace(report(), usage=Usage(calls=8, tokens_in=100, tokens_out=10, price_usd=None))

    assert written(weekly).usage.price_usd is None


def test_phrases_come_from_the_statistics_or_from_the_caller() -> None:
    given = write_data_file(report(), title="t", post="p", phrases={"tall pines": 4})

    assert written(report()).phrases == {"large oaks": 2}
    assert read_data_file(given).phrases == {"tall pines": 4}


def test_later_weeks_read_what_they_compare_with() -> None:
    assert written(report()).published_week() == PublishedWeek(
        week=WEEK,
        listed={ELO.arxiv_id: ("oak_study",), OAK.arxiv_id: (), ASH.arxiv_id: ()},
        phrases={"large oaks": 2},
        told=frozenset({"2501.01257"}),
    )


@pytest.mark.parametrize("title", HOSTILE)
def test_any_title_can_be_written_and_read(title: str) -> None:
    odd = replace(ELO, title=title, authors=(title,))
    weekly = report(selection=replace(SELECTION, papers=(odd,)))
    text = write_data_file(weekly, title="t", post="p")

    assert read_data_file(text.encode().decode()).papers[0].id == ELO.arxiv_id


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_statistic_that_json_cannot_hold_is_an_error(number: float) -> None:
    weekly = report(selection=replace(SELECTION, statistics={"listed": number}))

    with pytest.raises(RenderingError, match="listed is not a finite number"):
        write_data_file(weekly, title="t", post="p")


@pytest.mark.parametrize(
    "break_it",
    [
        lambda whole: whole | {"schema": 2},
        lambda whole: {k: v for k, v in whole.items() if k != "schema"},
        lambda whole: {k: v for k, v in whole.items() if k != "papers"},
        lambda whole: whole | {"papers": [{"id": 1}]},
        lambda _: [],
    ],
)
def test_what_is_no_data_file_is_a_value_error(break_it: object) -> None:
    whole = json.loads(write_data_file(report(), title="t", post="p"))
    assert callable(break_it)

    with pytest.raises(ValueError, match="DataFile"):
        read_data_file(json.dumps(break_it(whole)))


def test_fields_of_a_later_version_are_passed_over() -> None:
    whole = json.loads(write_data_file(report(), title="t", post="p"))

    assert read_data_file(json.dumps(whole | {"mood": "good"})).week == WEEK.label


def test_the_document_names_every_field() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    named = {
        field.alias or name
        for part in vars(datafile).values()
        if isinstance(part, type) and issubclass(part, BaseModel)
        for name, field in part.model_fields.items()
    }

    assert {
        name for name in named if f"`{name}`" not in document and f'"{name}"' not in document
    } == set()


def test_the_file_has_no_field_that_the_type_does_not_know() -> None:
    class Strict(DataFile):
        model_config = ConfigDict(extra="forbid")

    text = write_data_file(report(), title="t", post="p")

    assert Strict.model_validate_json(text).week == WEEK.label


def test_the_counts_do_not_miss_a_part_of_the_collection() -> None:
    # A new field of the collection must be thought of here before it is forgotten in the file.
    assert {field.name for field in fields(Collection)} == {
        *("week", "papers", "accounts", "withdrawn", "invented"),
    }
    assert COLLECTION.week == WEEK
