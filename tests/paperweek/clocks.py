"""A clock that moves only when somebody sleeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from paperweek.asking import Clock


class StandingClock(Clock):
    """Time passes in sleep alone, so that no test waits; `slept` holds every pause."""

    def __init__(self, now: datetime = datetime(2026, 5, 11, 6, tzinfo=UTC)) -> None:
        self._begun = now
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._begun + timedelta(seconds=self.ticks())

    def ticks(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
