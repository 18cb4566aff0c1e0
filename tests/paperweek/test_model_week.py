from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperweek.errors import ConfigurationError
from paperweek.model import Week
from tests.paperweek.strategies import DAYS


@given(DAYS)
def test_a_week_holds_the_day_it_was_made_from(day: date) -> None:
    week = Week.containing(day)

    assert week.monday <= day <= week.sunday
    assert day in week.days


@given(DAYS)
def test_a_week_runs_from_monday_to_sunday_in_seven_days(day: date) -> None:
    week = Week.containing(day)

    assert week.monday.weekday() == 0
    assert week.sunday == week.monday + timedelta(days=6)
    assert len(set(week.days)) == 7


@given(DAYS)
def test_a_label_read_back_is_the_week(day: date) -> None:
    week = Week.containing(day)

    assert Week.parse(week.label) == Week.parse(day.isoformat()) == week


@given(DAYS, st.integers(-500, 500))
def test_going_some_weeks_on_and_back_leads_home(day: date, weeks: int) -> None:
    week = Week.containing(day)

    assert week.plus(weeks).plus(-weeks) == week
    assert week.plus(weeks).monday - week.monday == timedelta(weeks=weeks)
    assert (week.plus(weeks) > week) == (weeks > 0)


@given(DAYS)
def test_the_week_to_report_on_is_the_newest_that_has_ended(day: date) -> None:
    week = Week.ending_by(day)

    assert week.sunday <= day < week.plus(1).sunday


@pytest.mark.parametrize("year", range(2000, 2101))
def test_weeks_follow_one_another_across_new_year_without_gap(year: int) -> None:
    last = Week.containing(date(year, 12, 28))  # the 28th always lies in the year's last week

    assert last.year == year
    assert last.number == 53 or not is_a_week(year, 53)
    assert last.plus(1) == Week(year + 1, 1)
    assert last.plus(1).monday == last.sunday + timedelta(days=1)


def is_a_week(year: int, number: int) -> bool:
    try:
        Week(year, number)
    except ConfigurationError:
        return False
    return True


@pytest.mark.parametrize(
    "label",
    ["2025-W53", "2025-W00", "2025-W5", "", "2025-02-30", "9999-W52", "9999-12-31", "0001-W01"],
)
def test_what_is_no_week_is_refused_by_name(label: str) -> None:
    with pytest.raises(ConfigurationError, match="week"):
        Week.parse(label)


def test_2026_has_a_week_53() -> None:
    assert Week.parse("2026-W53").sunday == date(2027, 1, 3)
