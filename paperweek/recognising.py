"""Which week an existing post reports on, whoever wrote it and whatever its file is called. Pure.

A blog that had weekly reports before us keeps them: they are recognised by what their front matter
says. The title's days come first, because a post is often dated on another day than it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath

import yaml

from paperweek.errors import ConfigurationError
from paperweek.model import Week

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_NAME_DATE = re.compile(r"(?:^|/)(\d{4})-(\d{1,2})-(\d{1,2})-")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<{0}month>[A-Z][a-z]{{2,8}})\.?"
_DAYS = re.compile(
    rf"\b{_MONTH.format('first_')} (?P<first_day>\d{{1,2}})(?:st|nd|rd|th)?(?:, \d{{4}})?"
    r" ?(?:to|through|until|[-–—]) ?"
    rf"(?:{_MONTH.format('last_')} )?(?P<last_day>\d{{1,2}})(?:st|nd|rd|th)?"
    r"(?:,? (?P<last_year>\d{4}))?\b"
)
_LABEL = re.compile(r"\b(\d{4})-W(\d{2})\b")
_NUMBERED = re.compile(r"\bweek (\d{1,2})(?:,| of)? (\d{4})\b", re.IGNORECASE)
_LONGEST = timedelta(days=9)
"""A week's report tells of no more days than that, from the first to the last."""
_THURSDAY = 4


def week_of_post(path: str, text: str, category: str) -> Week | None:
    """Return the week that a blog's post reports on; None where it is no weekly report.

    It is one where its front matter names `category`, or its title says weekly. Then the week is
    the one that `week:` or the title names, as a label or as a span of days; else that of its date
    where it names the category: a post of Monday to Wednesday looks back on the week before.
    Never raises.
    """
    front = front_matter_of(text)
    title = " ".join(str(front.get("title") or "").split())
    is_filed = category.casefold() in set(_kinds(front))
    if not is_filed and "weekly" not in title.casefold():
        return None
    day = day_of_post(path, front)
    named = _labelled(f"{front.get('week') or ''} {title}") or _spanned(title, day)
    if named or not is_filed or not day:
        return named
    looks_back = day.isoweekday() < _THURSDAY
    return Week.containing(day - timedelta(days=3) if looks_back else day)


def front_matter_of(text: str) -> dict[str, object]:
    """Return a post's front matter; empty where it has none that can be read."""
    found = _FRONT_MATTER.match(text)
    try:
        read = yaml.safe_load(found[1]) if found else None
    except (yaml.YAMLError, ValueError):
        return {}
    return {str(name): value for name, value in read.items()} if isinstance(read, dict) else {}


def day_of_post(path: str, front: dict[str, object]) -> date | None:
    """Return the day that a post bears: its `date`, else the one its file name begins with."""
    stated = front.get("date")
    if isinstance(stated, datetime):
        return stated.date()
    if isinstance(stated, date):
        return stated
    written = re.match(r"\d{4}-\d{2}-\d{2}", stated) if isinstance(stated, str) else None
    return _day(written[0]) if written else day_in_name(path)


def day_in_name(path: str) -> date | None:
    """Return the day that a file's name begins with, as Jekyll's posts have it; None without."""
    found = _NAME_DATE.search(f"/{PurePosixPath(path).name}")
    return _day(f"{found[1]}-{found[2]:>02}-{found[3]:>02}") if found else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _kinds(front: dict[str, object]) -> Iterator[str]:
    for name in ("category", "categories", "tags"):
        given = front.get(name)
        words = given.split() if isinstance(given, str) else given
        yield from (str(word).casefold() for word in words) if isinstance(words, list) else ()


def _labelled(text: str) -> Week | None:
    found = _LABEL.search(text)
    number = _NUMBERED.search(text)
    pair = (found[1], found[2]) if found else (number[2], number[1]) if number else None
    try:
        return Week(int(pair[0]), int(pair[1])) if pair else None
    except ConfigurationError:
        return None


def _spanned(title: str, day: date | None) -> Week | None:
    """Return the week in which the middle of the title's span of days lies.

    The year is the one at the end. Where a title has another year there than the post's own date
    allows, as happens at New Year, the nearest to the date counts.
    """
    found = _DAYS.search(title)
    if not found:
        return None
    year = int(found["last_year"] or (day.year if day else 0))
    years = (year, year + 1, year - 1) if day else (year,)
    spans = [span for y in years if (span := _span(found, y))]
    if day:
        spans.sort(key=lambda span: abs((span[1] - day).days))
    if not spans:
        return None
    first, last = spans[0]
    return Week.containing(first + (last - first) / 2)


def _span(found: re.Match[str], year: int) -> tuple[date, date] | None:
    first_month = found["first_month"][:3].lower()
    last_month = (found["last_month"] or found["first_month"])[:3].lower()
    if not {first_month, last_month} <= set(_MONTHS):
        return None
    first_number, last_number = _MONTHS.index(first_month) + 1, _MONTHS.index(last_month) + 1
    try:
        last = date(year, last_number, int(found["last_day"]))
        first = date(year - (first_number > last_number), first_number, int(found["first_day"]))
    except ValueError:
        return None
    return (first, last) if timedelta(0) <= last - first <= _LONGEST else None
