"""A weekly post is known by what its front matter says, whatever its file is called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperweek.model import Week
from paperweek.recognising import week_of_post
from paperweek.rendering import post_title
from tests.paperweek.kept_blog import old_post

PATH = "_posts/notes.md"


def label(title: str, date: str = "2025-01-11", category: str = "weekly-report") -> str:
    return str(week_of_post(PATH, old_post(title, date, category), "weekly-report"))


@pytest.mark.parametrize(
    ("title", "date", "week"),
    [
        ("Weekly Report - January 06 to January 10, 2025", "2025-01-11", "2025-W02"),
        ("Weekly Report - January 06 to January 10, 2025", "2025-01-12", "2025-W02"),
        ("Weekly Report - January 05 to January 11, 2025", "2025-01-12", "2025-W02"),
        ("Weekly Report - January 6-10, 2025", "2025-01-13", "2025-W02"),
        ("Weekly Report – Jan. 6 through Jan. 12, 2025", "2025-01-14", "2025-W02"),
        ("Weekly Report - December 30 to January 05, 2025", "2025-01-05", "2025-W01"),
        ("Weekly Report - December 30 to January 03, 2024", "2025-01-04", "2025-W01"),
        ("Weekly Report - December 28 to January 03, 2021", "2021-01-03", "2020-W53"),
        ("Weekly Report - December 28, 2020 to January 1, 2021", "2021-01-02", "2020-W53"),
        ("Notes on 2025-W07", "2025-03-01", "2025-W07"),
        ("Week 7, 2025", "2025-03-01", "2025-W07"),
        ("The weekly", "2025-02-01", "2025-W05"),
        ("The weekly", "2025-02-02 09:00:00 +0100", "2025-W05"),
        ("The weekly", "2025-02-04", "2025-W05"),
        ("Weekly - Smarch 06 to Smarch 10, 2025", "2025-01-11", "2025-W02"),
    ],
)
def test_the_title_tells_the_week_and_else_the_date(title: str, date: str, week: str) -> None:
    assert label(title, date) == week


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no front matter",
        "---\ntitle: [\n---\n",
        "---\n- a list\n---\n",
        old_post("Daily Report - January 06 to January 10, 2025", "2025-01-06", "daily"),
        old_post("My weekly coffee", "2025-01-11", "life"),
        old_post("Weekly", "soon"),
        old_post("Weekly Report 2025-W60", "never"),
        old_post("Weekly Report - February 30 to February 31, 2025", "x"),
    ],
)
def test_what_is_no_weekly_report_is_none(text: str) -> None:
    assert week_of_post(PATH, text, "weekly-report") is None


@pytest.mark.parametrize(
    "kind", ["categories: [ai, Weekly-Report]", "tags: weekly-report ai", "category: weekly-report"]
)
def test_the_category_may_stand_in_any_of_jekylls_ways(kind: str) -> None:
    text = f"---\ntitle: Of late\ndate: 2025-02-01\n{kind}\n---\n"

    assert week_of_post(PATH, text, "weekly-report") == Week(2025, 5)


def test_the_file_name_dates_a_post_that_has_no_date() -> None:
    text = "---\ntitle: Of late\ncategory: weekly-report\n---\n"

    found = week_of_post("_posts/2025-02-01-of-late.md", text, "weekly-report")

    assert found == Week(2025, 5)


@given(st.dates().filter(lambda day: 1971 < day.year < 9000).map(Week.containing))
def test_every_title_of_ours_tells_its_week(week: Week) -> None:
    for day in (week.sunday, week.days[5]):
        assert label(post_title(week), str(day)) == week.label


@given(st.text())
def test_strange_text_is_never_an_error(text: str) -> None:
    week_of_post(text, f"---\ntitle: {text}\ndate: {text}\ncategories: {text}\n---\n", "weekly")
