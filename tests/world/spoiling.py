"""The changes that a fault makes to honest answers, and the requests that it picks.

Each function that makes a change returns a maker, so that a change with a memory starts afresh in
each run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from tests.world.traffic import TEXT, Answer, Manner, Request

Change = Callable[[Request, Answer], Answer]
Maker = Callable[[], Change]

_ENTRY = re.compile(rb"  <entry>.*?</entry>\n", re.DOTALL)


def listing(request: Request) -> bool:
    """Return whether arXiv is asked for the week's listing."""
    return bool(request.query.get("search_query"))


def first_page(request: Request) -> bool:
    """Return whether arXiv is asked for the listing's first page."""
    return listing(request) and request.query.get("start", "0") == "0"


def later_page(request: Request) -> bool:
    """Return whether arXiv is asked for a page of the listing after the first."""
    return listing(request) and not first_page(request)


def lookup(request: Request) -> bool:
    """Return whether arXiv is asked for papers by id."""
    return bool(request.query.get("id_list"))


def on_day(day: date) -> Callable[[Request], bool]:
    """Return whether Hugging Face is asked for this day."""
    return lambda request: request.query.get("date", "").startswith(day.isoformat())


def refused(status: int, **headers: str) -> Maker:
    """Answer with this status and a short text instead; `_` in header names stands for `-`."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: lambda _, __: Answer(b"Rate exceeded.", status, TEXT, sent)


def retry_at(status: int, seconds: float) -> Maker:
    """Answer with this status and the date, `seconds` from now, at which to try again."""

    def change(_: Request, __: Answer) -> Answer:
        moment = datetime.now(UTC) + timedelta(seconds=seconds)
        return Answer(b"", status, TEXT, {"Retry-After": format_datetime(moment, usegmt=True)})

    return lambda: change


def sent(manner: Manner) -> Maker:
    """Send the honest answer in this manner."""
    return lambda: lambda _, answer: replace(answer, manner=manner)


def instead(body: str, content_type: str, status: int = 200) -> Maker:
    """Answer with this body instead."""
    return lambda: lambda _, __: Answer(body.encode(), status, content_type)


def body(change: Callable[[bytes], bytes], content_type: str = "") -> Maker:
    """Change the honest answer's bytes, and its content type where one is given."""
    return lambda: (
        lambda _, answer: replace(
            answer, body=change(answer.body), content_type=content_type or answer.content_type
        )
    )


def redirected(to: Callable[[Request], str]) -> Maker:
    """Answer 302 with this address, except below /moved, where the honest answer is."""

    def change(request: Request, answer: Answer) -> Answer:
        if request.path.startswith("/moved"):
            return answer
        return Answer(b"", 302, TEXT, {"Location": to(request)})

    return lambda: change


def papers(change: Callable[[list[Any]], object]) -> Maker:
    """Change the list that a day of Hugging Face holds; empty days stay empty."""

    def changed(raw: bytes) -> bytes:
        value = json.loads(raw)
        return json.dumps(change(value)).encode() if value else raw

    return body(changed)


def each_paper(change: Callable[[dict[str, Any]], object]) -> Maker:
    """Change every paper of a day's list in place."""

    def all_of(items: list[Any]) -> list[Any]:
        for item in items:
            change(item)
        return items

    return papers(all_of)


def changed_entries(change: Callable[[list[bytes]], list[bytes]]) -> Maker:
    """Change the list of an Atom page's entries; its numbers stay as they are."""

    def changed(feed: bytes) -> bytes:
        return _with_entries(feed, change(_ENTRY.findall(feed)))

    return body(changed)


def changed_total(extra: int) -> Maker:
    """Add `extra` to an Atom page's totalResults."""
    return body(lambda feed: _with_total(feed, lambda total: total + extra))


def nothing_found() -> Change:
    """Return the change of an Atom page into an honest-looking one that found nothing."""
    return lambda _, answer: replace(
        answer, body=_with_total(_with_entries(answer.body, []), lambda _: 0)
    )


def _with_entries(feed: bytes, entries: list[bytes]) -> bytes:
    return _ENTRY.sub(b"", feed).replace(b"</feed>", b"".join(entries) + b"</feed>")


def _with_total(feed: bytes, change: Callable[[int], int]) -> bytes:
    return re.sub(
        rb"(totalResults[^>]*>)(\d+)", lambda m: m[1] + str(change(int(m[2]))).encode(), feed
    )


def repeated(*, pushing_out: bool) -> Maker:
    """Begin each later page with the last paper of the page before, as if the list had shifted.

    The number of results counts the paper twice, or else the list's last paper is pushed out.
    """

    def make() -> Change:
        last: dict[int, bytes] = {}

        def change(request: Request, answer: Answer) -> Answer:
            start, size = (int(request.query[name]) for name in ("start", "max_results"))
            found = _ENTRY.findall(answer.body)
            last[start + size] = found[-1] if found else b""
            feed = answer.body if pushing_out else _with_total(answer.body, lambda n: n + 1)
            if before := last.get(start):
                is_full = pushing_out or len(found) == size
                feed = _with_entries(feed, [before, *(found[:-1] if is_full else found)])
            return replace(answer, body=feed)

        return change

    return make


def capped() -> Change:
    """Return the change into a service that never gives more than fifty papers a page."""
    days: dict[str, list[object]] = {}

    def change(request: Request, answer: Answer) -> Answer:
        day, page = request.query.get("date", ""), int(request.query.get("p", "0"))
        if page == 0:
            days[day] = json.loads(answer.body)
        part = days.get(day, [])[50 * page :][:50]
        return replace(answer, body=json.dumps(part).encode())

    return change
