"""Hugging Face's daily papers: which papers a week's readers put forward, with their votes.

Asked day by day: `week=` gives about fifty papers, not the week. What the service was seen to do
stands beside the lines that meet it; only a record's id and title are relied on.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from paperweek.asking import Answer, Clock, Conversation, Fault, Manners
from paperweek.errors import SourceError
from paperweek.model import ARXIV_ID, Paper, SourceAccount, Week
from paperweek.ports import Harvest
from paperweek.text import fold

ENDPOINT = "https://huggingface.co"
LIMIT = 100
"""Most papers a page, as the service allows."""
_FULL_PAGES = (50, LIMIT)
"""A page of 50 may be one whose limit was overlooked: that is the service's default."""
_MOST_PAGES = 20

_CODE = re.compile(
    r"https://(?:www\.)?(?:github\.com|gitlab\.com|huggingface\.co|bitbucket\.org|codeberg\.org)"
    r"(?:/[A-Za-z0-9_.~-]+){1,8}/?"
)
_VERSION = re.compile(r"v\d+$")


class _Gap(Exception):
    """Something is not to be had, which is no failure: its text names it."""


class HuggingFace:
    """The daily papers of the seven days of a week."""

    name = "huggingface"

    def __init__(
        self,
        endpoint: str = ENDPOINT,
        *,
        manners: Manners | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._address = f"{endpoint.rstrip('/')}/api/daily_papers"
        self._manners = manners or Manners()
        self._clock = clock or Clock()

    def collect(self, week: Week, known: AbstractSet[str]) -> Harvest:  # noqa: ARG002 - it is asked by day
        """Return every paper that was listed in the week, as its days' pages tell."""
        conversation = Conversation("Hugging Face", self._manners, self._clock)
        papers: dict[str, Paper] = {}
        missing: list[str] = []
        failures: list[tuple[date, str]] = []
        today = self._clock.now().date()
        for day in week.days:
            try:
                for records in _pages(conversation, self._address, day, today):
                    missing += _add(papers, records, day)
            except _Gap as gap:
                missing.append(str(gap))
            except SourceError as error:
                failures.append((day, str(error)))
                missing.append(f"the list of {day}")
                if conversation.is_hopeless:
                    missing += [f"the list of {later}" for later in week.days if later > day]
                    break
        conversation.close()
        account = SourceAccount(
            source=self.name,
            requests=conversation.requests,
            papers=len(papers),
            missing=tuple(missing),
            failure=_together(failures),
        )
        return Harvest(tuple(papers.values()), account)

    def probe(self) -> str:
        """Return how it answered one tiny request. Raises SourceError where it did not."""
        conversation = Conversation("Hugging Face", replace(self._manners, tries=1), self._clock)
        today = self._clock.now().date()
        day = today - timedelta(days=1)
        with closing(conversation):
            conversation.ask(
                f"{self._address}?{urlencode({'date': day.isoformat(), 'limit': 1})}",
                lambda answer: _records(answer, day, today),
                "one paper",
            )
        return "it answers"


def _together(failures: Iterable[tuple[date, str]]) -> str:
    """Return what each day's failure says; where days failed alike, once with their number."""
    days: dict[str, list[date]] = {}
    for day, said in failures:
        head, _, tail = said.partition(f"the list of {day}")
        days.setdefault(f"{head}\0{tail}", []).append(day)
    return " ".join(
        said.replace(
            "\0",
            f"the list of {alike[0]}" if len(alike) == 1 else f"each of {len(alike)} days’ lists",
        )
        for said, alike in days.items()
    )


def _pages(
    conversation: Conversation, address: str, day: date, today: date
) -> Iterator[list[object]]:
    """Yield the day's records page by page, and no page that can't hold more.

    Raises SourceError, and _Gap for a day that lies ahead and for a page that repeats the one
    before it.
    """
    before: list[object] = []
    full = LIMIT
    for number in range(_MOST_PAGES):
        query = {"date": day.isoformat(), "limit": LIMIT} | ({"p": number} if number else {})
        which = f"the list of {day}" + (f", page {number + 1}" if number else "")
        records = conversation.ask(
            f"{address}?{urlencode(query)}", lambda answer: _records(answer, day, today), which
        )
        if records is None:
            raise _Gap(f"the list of {day}, which lies ahead")
        if records and records == before:
            raise _Gap(f"{which}, which only repeats the page before")
        yield records
        if number == 0 and len(records) in _FULL_PAGES:
            full = len(records)
        if len(records) != full:
            return
        before = records
    raise _Gap(f"the list of {day} after its page {_MOST_PAGES}")


def _records(answer: Answer, day: date, today: date) -> list[object] | None:
    """Return the records of a page; None where the service refuses a day that truly lies ahead."""
    if answer.status_code == HTTPStatus.BAD_REQUEST and day > today:
        return None
    answer.need_ok()
    try:
        content = json.loads(answer.content)
    except (ValueError, RecursionError):
        raise Fault(f"an answer that is no JSON ({answer.opening})") from None
    if isinstance(content, dict):
        content = content.get("data")
    if not isinstance(content, list):
        raise Fault(f"JSON that is no list of papers ({answer.opening})")
    return content


def _add(papers: dict[str, Paper], records: list[object], day: date) -> list[str]:
    """Merge the records into `papers`; return in words what could not be used."""
    unusable = 0
    for record in records:
        paper = _paper(record, day)
        if paper is None:
            unusable += 1
            continue
        seen = papers.get(paper.arxiv_id)
        papers[paper.arxiv_id] = seen.merged_with(paper) if seen else paper
    records_are = "record" if unusable == 1 else "records"
    return [f"{unusable} {records_are} of {day} without arXiv id or title"] if unusable else []


def _paper(record: object, day: date) -> Paper | None:
    outer = _fields(record)
    inner = _fields(outer.get("paper"))
    arxiv_id = _VERSION.sub("", _text(inner.get("id")))
    title = _text(inner.get("title")) or _text(outer.get("title"))
    if not ARXIV_ID.fullmatch(arxiv_id) or not title:
        return None
    return Paper(
        arxiv_id=arxiv_id,
        title=title,
        abstract=_text(inner.get("summary")) or _text(outer.get("summary")),
        authors=tuple(_names(inner.get("authors"))),
        published=_instant(inner.get("publishedAt")),
        votes=_count(inner.get("upvotes")),
        comments=_count(outer.get("numComments")),
        code=_code(inner.get("githubRepo")),
        listed_on=day,
        seen_in=frozenset({HuggingFace.name}),
    )


def _fields(record: object) -> dict[str, Any]:
    """Return a record's fields; some answers hold each record as the text of a Python value."""
    if isinstance(record, str):
        try:
            record = ast.literal_eval(record)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return {}
    return record if isinstance(record, dict) else {}


def _text(value: object) -> str:
    if not isinstance(value, str):
        return ""
    # JSON can spell half a character, which no file could hold.
    return fold(value.encode("utf-8", "replace").decode("utf-8"))


def _names(authors: object) -> Iterator[str]:
    for author in authors if isinstance(authors, list) else ():
        name = _text(author.get("name") if isinstance(author, dict) else author)
        if any(character.isalnum() for character in name):
            yield name


def _count(value: object) -> int:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return max(int(value), 0) if is_number else 0  # type: ignore[call-overload]


def _code(value: object) -> str:
    address = _text(value)
    return address if _CODE.fullmatch(address) and urlsplit(address).username is None else ""


def _instant(value: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
