"""Hugging Face's `GET /api/daily_papers`, answered from recorded days.

Source of the rules: what the public service was seen to do (limits 1 to 100, default 50, zero-based
`p`, HTTP 400 for a date that is none or lies ahead, an empty list for a day without papers).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tests.world.traffic import JSON, Answer, json_answer

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 100


class DailyPapersApi:
    """Answers from recorded bodies by day, whichever of the three formats they have."""

    def __init__(self, days: Mapping[date, bytes], today: date | None = None) -> None:
        self._days = days
        self.today = today
        """The last day that can be asked for; None: no day lies ahead."""

    def answer(self, query: Mapping[str, str]) -> Answer:
        """Return the page that `query` (date, limit, p) asks for, or HTTP 400 with the reason."""
        try:
            day = self._day(query.get("date", ""))
            limit = _whole_number(query, "limit", DEFAULT_LIMIT, least=1, most=LARGEST_LIMIT)
            page = _whole_number(query, "p", 0, least=0, most=None)
        except ValueError as reason:
            return json_answer({"error": str(reason)}, status=400)
        body = self._days.get(day, b"[]") if day else b"[]"
        return Answer(body=_page(body, page * limit, limit), content_type=JSON)

    def _day(self, text: str) -> date | None:
        if not text:
            return max(self._days, default=None)
        try:
            day = datetime.fromisoformat(text).date()
        except ValueError:
            raise ValueError(f'Invalid date: "{text}"') from None
        if self.today and day > self.today:
            raise ValueError(f'"date" must be less than or equal to {self.today.isoformat()}')
        return day


def _page(body: bytes, start: int, limit: int) -> bytes:
    """Return the slice of a recorded body, in its own format; the very bytes where all fits."""
    value: Any = json.loads(body)
    wrapped = isinstance(value, dict)
    papers = value["data"] if wrapped else value
    if start == 0 and len(papers) <= limit:
        return body
    part = papers[start : start + limit]
    return json.dumps({**value, "count": len(part), "data": part} if wrapped else part).encode()


def _whole_number(
    query: Mapping[str, str], name: str, default: int, *, least: int, most: int | None
) -> int:
    text = query.get(name)
    if text is None:
        return default
    number = int(text) if text.lstrip("-").isdecimal() else least - 1
    if number < least or (most is not None and number > most):
        bounds = f"between {least} and {most}" if most is not None else f"at least {least}"
        raise ValueError(f'"{name}" must be a number {bounds}')
    return number
