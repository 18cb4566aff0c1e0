"""Sundays in a row: other draws than the table's, and the judge of them finds what is wrong."""

from __future__ import annotations

import random

import pytest

from tests import saboteurs
from tests.world.sundays_case import EDITED, KILLED, OFF, QUIET, TROUBLES, Season, Trouble
from tests.world.surroundings import MISSING
from tests.world.whole_run import Connect

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING or "")


def wrongs(season: Season) -> list[str]:
    return [f"{row.fault}: {row.outcome}" for row in season.rows if not row.good]


def test_troubles_that_come_twice_and_one_after_the_other_are_no_worse() -> None:
    drawn = random.Random(1).choices(TROUBLES, k=6)
    assert wrongs(Season([*drawn, OFF, OFF, KILLED], seed=1)) == []


@pytest.mark.parametrize(
    ("troubles", "saboteur", "said"),
    [
        ([QUIET], saboteurs.commits_twice, "2 commits for 2026-W49"),
        ([QUIET, EDITED], saboteurs.tidies_up, "-weekly-report.md is lost"),
        ([QUIET], saboteurs.drops_notices, "nobody was told of 2026-W49"),
    ],
)
def test_what_is_wrong_on_a_sunday_is_said(
    troubles: list[Trouble], saboteur: Connect, said: str
) -> None:
    assert said in "; ".join(wrongs(Season(troubles, connect=saboteur)))


def test_the_drawn_sundays_meet_every_trouble_across_new_year() -> None:
    season = Season.drawn()
    assert set(season.troubles) == set(TROUBLES)
    assert [week.label for week in season.weeks[4:6]] == ["2026-W53", "2027-W01"]
