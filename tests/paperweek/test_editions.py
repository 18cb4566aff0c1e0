"""Which week a run is about."""

from __future__ import annotations

from datetime import date

import pytest

from paperweek.editions import choose_week
from paperweek.errors import ConfigurationError, FutureWeek
from paperweek.model import Week

SAMPLE = (Week(2025, 3), Week(2025, 4))


@pytest.mark.parametrize(
    ("asked", "today", "at_hand", "expected"),
    [
        ("", date(2025, 2, 2), (), "2025-W05"),
        ("", date(2025, 2, 4), (), "2025-W05"),
        ("", date(2025, 1, 5), (), "2025-W01"),
        ("2024-12-31", date(2025, 2, 2), (), "2025-W01"),
        ("2025-W05", date(2025, 2, 2), (), "2025-W05"),
        ("", date(2030, 1, 1), SAMPLE, "2025-W04"),
        ("2025-W03", date(2030, 1, 1), SAMPLE, "2025-W03"),
    ],
)
def test_the_week_is_the_one_asked_for_or_the_newest_complete_one(
    asked: str, today: date, at_hand: tuple[Week, ...], expected: str
) -> None:
    assert choose_week(asked, today, at_hand).label == expected


def test_a_week_whose_sunday_lies_ahead_is_for_previews_only() -> None:
    with pytest.raises(FutureWeek):
        choose_week("2025-W05", date(2025, 2, 1))

    assert choose_week("2025-W05", date(2025, 2, 1), preview=True) == Week(2025, 5)


@pytest.mark.parametrize("asked", ["2025-W54", "2025-W00", "W05", "2025-02-30", "nonsense"])
def test_what_is_no_week_is_named(asked: str) -> None:
    with pytest.raises(ConfigurationError, match="week"):
        choose_week(asked, date(2025, 2, 2))


def test_a_week_that_is_not_at_hand_is_named_with_those_that_are() -> None:
    with pytest.raises(ConfigurationError, match="2025-W03, 2025-W04"):
        choose_week("2025-W05", date(2030, 1, 1), SAMPLE)
