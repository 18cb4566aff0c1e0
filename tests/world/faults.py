"""The ways in which the paper sources have been seen to fail, as a table of what is played.

Each fault says which API it spoils, which of its requests and how often, and what the product owes
its reader then: the full set, a name for what is missing, or either. Every sort of failure below
was reported of the real services by their users, or stands in a recorded answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import Enum
from functools import partial
from typing import Any

from paperweek.model import Collection, Paper
from tests.world.arxiv_api import error_answer
from tests.world.corpus import Corpus, Record, with_records
from tests.world.judging import listed_ids
from tests.world.papers_server import PapersServer
from tests.world.spoiling import (
    Maker,
    body,
    capped,
    changed_entries,
    changed_total,
    each_paper,
    first_page,
    instead,
    later_page,
    listing,
    lookup,
    nothing_found,
    on_day,
    papers,
    redirected,
    refused,
    repeated,
    retry_at,
    sent,
)
from tests.world.synthetic import WEEK
from tests.world.traffic import ATOM, HTML, JSON, TEXT, Answer, Api, Manner, Request, json_answer

Where = Callable[[Request], bool]
Addresses = Callable[[PapersServer], Mapping[Api, str]]

ALWAYS = 1_000_000
ARXIV, HUGGING_FACE, BOTH = (Api.ARXIV,), (Api.HUGGING_FACE,), (Api.ARXIV, Api.HUGGING_FACE)
TUESDAY = WEEK.days[1]
ODD = "2513.99990"
UNKNOWN = "2513.99999"
BOT_COMMENT = (
    "This is an automated message from the Librarian Bot. I found the following papers similar to "
    "this paper, recommended by the Semantic Scholar API."
)


class Owed(Enum):
    """What the product owes its reader when the fault is played."""

    COMPLETE = "complete"
    NAMED = "named"
    EITHER = "complete or named"


COMPLETE, NAMED, EITHER = Owed.COMPLETE, Owed.NAMED, Owed.EITHER


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to fail. `asked` and `came` are the words of the printed row."""

    spoils: tuple[Api, ...]
    asked: str
    came: str
    owed: Owed
    change: Maker | None = None
    """Makes the change to the honest answers; None: they stay honest."""
    times: int = ALWAYS
    """How many of the requests that `where` picks are spoilt, from the first."""
    where: Where = lambda _: True
    says: str = ""
    """Words that the failure must hold: what came."""
    corpus: Callable[[Corpus], Corpus] = lambda corpus: corpus
    """What the world knows: by default the invented week."""
    today: date | None = None
    legacy_atom: bool = False
    is_endless: bool = False
    """Whether answers never end, so that only a time limit helps."""
    addresses: Addresses = lambda _: {}
    """Addresses in the place of the server's own."""
    complaint: Callable[[Collection], str] = lambda _: ""
    """What else must hold of the set; empty where it does."""

    @property
    def name(self) -> str:
        """The row's name, such as `arXiv, listing: 503 twice`."""
        return f"{self.asked}: {self.came}"

    def spoil(self) -> Spoiling:
        """Return what stands between the honest answers and the wire for one run."""
        return Spoiling(self)


class Spoiling:
    """A fault at work: changes the first `times` answers that it is about."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        self._change = fault.change() if fault.change else None
        self._played = 0

    def __call__(self, request: Request, answer: Answer) -> Answer:
        """Return the answer as the fault leaves it."""
        fault = self._fault
        picked = request.api in fault.spoils and fault.where(request)
        if self._change is None or not picked or self._played == fault.times:
            return answer
        self._played += 1
        return self._change(request, answer)

    def wrongs(self) -> tuple[str, ...]:
        """Return what makes the row worthless: that no request met the fault."""
        met = self._change is None or self._played > 0
        return () if met else ("no request met the fault",)


def collecting_faults() -> tuple[Fault, ...]:
    """Return every fault of the paper sources, in the order of the printed table."""
    return (
        Fault(BOTH, "both", "an honest week", COMPLETE),
        *_refusals(partial(Fault, ARXIV, "arXiv")),
        *_refusals(partial(Fault, HUGGING_FACE, "HF, a day", where=on_day(TUESDAY))),
        *_broken_answers(partial(Fault, ARXIV, "arXiv, listing", where=listing), ATOM),
        *_broken_answers(partial(Fault, HUGGING_FACE, "HF, a day", where=on_day(TUESDAY)), JSON),
        *_addresses(partial(Fault, ARXIV, "arXiv"), lambda world: world.arxiv_url),
        *_addresses(partial(Fault, HUGGING_FACE, "HF"), lambda world: world.hf_endpoint),
        *_broken_feeds(partial(Fault, ARXIV, "arXiv, listing", where=listing)),
        *_broken_feeds(partial(Fault, ARXIV, "arXiv, by id", where=lookup)),
        *_listings(partial(Fault, ARXIV, "arXiv, listing")),
        *_arxiv_oddities(),
        *_broken_lists(partial(Fault, HUGGING_FACE, "HF, a day", where=on_day(TUESDAY))),
        *_hugging_face_oddities(partial(Fault, HUGGING_FACE, "HF")),
        *_odd_papers(),
        Fault(BOTH, "both", "503 always", NAMED, refused(503), says="503"),
        Fault(BOTH, "both", "connection dropped, always", NAMED, sent(Manner.DROP)),
    )


Row = Callable[..., Fault]


def _refusals(row: Row) -> Iterator[Fault]:
    for status in (429, 503):
        yield row(f"{status} twice", COMPLETE, refused(status), 2)
        yield row(
            f"{status}, Retry-After in seconds", COMPLETE, refused(status, Retry_After="1"), 1
        )
        yield row(f"{status}, Retry-After as a date", COMPLETE, retry_at(status, seconds=1), 1)
        yield row(f"{status} always", NAMED, refused(status), says=str(status))
        yield row(
            f"{status} always, Retry-After an hour",
            NAMED,
            refused(status, Retry_After="3600"),
            says=str(status),
        )
        yield row(f"{status}, Retry-After 'soon'", COMPLETE, refused(status, Retry_After="soon"), 1)
    yield row("500 once", COMPLETE, refused(500), 1)
    yield row("404 always", NAMED, refused(404), says="404")


def _broken_answers(row: Row, content_type: str) -> Iterator[Fault]:
    for came, change in {
        "cut body": sent(Manner.CUT),
        "connection dropped": sent(Manner.DROP),
        "HTML page with 200": instead("<html><body>Unavailable</body></html>", HTML),
        "'Rate exceeded.' with 200": instead("Rate exceeded.", TEXT),
        "empty body with 200": instead("", content_type),
    }.items():
        yield row(f"{came}, twice", COMPLETE, change, 2)
        yield row(f"{came}, always", NAMED, change)
    for manner in (Manner.HANG, Manner.DRIP):
        yield row(f"{manner.value}s once", COMPLETE, sent(manner), 1, is_endless=True)
        yield row(f"{manner.value}s always", NAMED, sent(manner), is_endless=True)


def _addresses(row: Row, own: Callable[[PapersServer], str]) -> Iterator[Fault]:
    def other(pattern: str, put: str) -> Addresses:
        return lambda world: {row("", NAMED).spoils[0]: re.sub(pattern, put, own(world))}

    yield row("no such host", NAMED, addresses=other(r"127\.0\.0\.1:\d+", "papers.invalid"))
    yield row("TLS fails", NAMED, addresses=other("^http:", "https:"))
    yield row("connection refused", NAMED, addresses=other(r":\d+", ":1"))
    yield row("redirect loop", NAMED, redirected(lambda request: request.target))
    yield row("redirect to another path", EITHER, redirected(lambda r: f"/moved{r.target}"))
    yield row(
        "redirect to a whole http address",
        EITHER,
        redirected(lambda r: f"http://{r.headers['host']}/moved{r.target}"),
    )
    yield row("redirect without an address", NAMED, lambda: lambda _, __: Answer(status=302))


def _broken_feeds(row: Row) -> Iterator[Fault]:
    refusal, page = error_answer("internal error"), error_answer("internal error", 200)
    yield row("400 error entry", NAMED, lambda: lambda _, __: refusal, says="internal error")
    yield row("200 error entry", NAMED, lambda: lambda _, __: page, says="internal error")
    for came, change in {
        "malformed XML": body(lambda feed: feed.replace(b"</entry>", b"", 1)),
        "half a page, well closed": changed_entries(lambda entries: entries[::2]),
        "an entry without an id": changed_entries(_without("id")),
        "no entries": changed_entries(lambda _: []),
    }.items():
        yield row(f"{came}, once", COMPLETE, change, 1)
        yield row(f"{came}, always", NAMED, change)
    dateless = changed_entries(_without("published|updated"))
    yield row("an entry without dates, once", COMPLETE, dateless, 1)
    yield row("an entry without dates, always", EITHER, dateless)


def _listings(row: Row) -> Iterator[Fault]:
    empty = changed_entries(lambda _: [])
    yield row("empty later page, twice", COMPLETE, empty, 2, later_page)
    yield row("empty later page, always", NAMED, empty, where=later_page)
    yield row("nothing found, once", COMPLETE, nothing_found, 1, first_page)
    yield row("nothing found, always", NAMED, nothing_found, where=first_page)
    yield row("totalResults 3 too large", NAMED, changed_total(3), where=listing)
    yield row("totalResults 5000 too large", NAMED, changed_total(5000), where=listing)
    yield row("totalResults too large, once", EITHER, changed_total(3), 1, listing)
    yield row("a paper twice, on two pages", EITHER, repeated(pushing_out=False), where=listing)
    yield row("a paper twice, another pushed out", NAMED, repeated(pushing_out=True), where=listing)


def _arxiv_oddities() -> Iterator[Fault]:
    yield Fault(
        ARXIV, "arXiv, by id", "an id silently left out", NAMED, corpus=_one_unknown, says=UNKNOWN
    )
    yield Fault(ARXIV, "arXiv", "the envelope of 2019", COMPLETE, legacy_atom=True)
    yield Fault(ARXIV, "arXiv", "a good feed called text/html", EITHER, body(bytes, HTML))


def _broken_lists(row: Row) -> Iterator[Fault]:
    for came, change in {
        "malformed JSON": body(lambda raw: raw[:-1] + b",}"),
        "not UTF-8": body(lambda raw: raw[:-1] + b', "\xff\xfe"]'),
        "an error object with 200": lambda: lambda _, __: json_answer({"error": "busy"}),
        "null": lambda: lambda _, __: json_answer(None),
        "a number": lambda: lambda _, __: json_answer(7),
    }.items():
        yield row(f"{came}, once", COMPLETE, change, 1)
        yield row(f"{came}, always", NAMED, change)
    yield row("numbers for papers", NAMED, lambda: lambda _, __: json_answer([1, 2, 3]))
    yield row("a paper without an id", NAMED, papers(_first_without_id))


def _hugging_face_oddities(row: Row) -> Iterator[Fault]:
    yield row("empty weekend", COMPLETE)
    yield row("80 papers a day, 50 by default", COMPLETE, corpus=_crowded)
    yield row("80 papers a day, 50 at most", EITHER, capped, corpus=_crowded)
    yield row("400 for a future date", EITHER, today=WEEK.days[3])
    yield row("a paper listed twice", COMPLETE, papers(lambda items: [*items, items[0]]))
    yield row("byte order mark", EITHER, body(lambda raw: b"\xef\xbb\xbf" + raw))
    for came, change in {
        "no summaries, no authors": each_paper(_bare),
        "null fields": each_paper(_nulls),
        "unknown new fields": each_paper(_strange),
        "papers as Python texts": papers(lambda items: [repr(item) for item in items]),
        "papers as texts in an envelope": papers(
            lambda items: {"status": "success", "data": [repr(item) for item in items]}
        ),
    }.items():
        yield row(came, COMPLETE, change, complaint=_votes_are_lost)
    yield row(
        "a bot's comment for an abstract",
        NAMED,
        corpus=lambda corpus: _one_unknown(corpus, BOT_COMMENT),
        says=UNKNOWN,
    )


def _odd_papers() -> Iterator[Fault]:
    row = partial(Fault, BOTH, "both")
    crowd = tuple(f"Author {n}" for n in range(664))
    signs = "A < B & C > D ]]> {{ x }} | `y`"
    for came, field, value in (
        ("a paper titled Error", "title", "Error"),
        ("a paper titled 0", "title", "0"),
        ("a title of signs", "title", signs),
        ("664 authors", "authors", crowd),
        ("no abstract", "abstract", ""),
        ("an author named :", "authors", (":", "B. Nonym")),
    ):
        yield row(
            came, COMPLETE, corpus=_with_odd(field, value), complaint=_odd_is_lost(field, value)
        )


def _without(names: str) -> Callable[[list[bytes]], list[bytes]]:
    line = re.compile(rf"    <({names})>.*\n".encode())
    return lambda entries: [line.sub(b"", entry) for entry in entries[:1]] + entries[1:]


def _first_without_id(items: list[Any]) -> list[Any]:
    del items[0]["paper"]["id"]
    return items


def _bare(item: dict[str, Any]) -> None:
    for part in (item, item["paper"]):
        for name in ("summary", "authors"):
            part.pop(name, None)


def _nulls(item: dict[str, Any]) -> None:
    for part in (item, item["paper"]):
        for name in set(part) - {"id", "title", "paper", "upvotes"}:
            part[name] = None


def _strange(item: dict[str, Any]) -> None:
    item["mood"] = {"words": ["new", None, 3.5]}
    item["paper"]["aiSummary"] = "A field that nobody has seen before."


def _listed(corpus: Corpus, arxiv_id: str, title: str, summary: str) -> Corpus:
    """Put one paper at the top of the week's Tuesday on Hugging Face."""
    paper = {"id": arxiv_id, "title": title, "summary": summary, "authors": [], "upvotes": 5}
    items = [{"paper": paper, "numComments": 0}, *json.loads(corpus.days[TUESDAY])]
    return replace(corpus, days={**corpus.days, TUESDAY: json.dumps(items).encode()})


def _one_unknown(corpus: Corpus, summary: str = "An invented abstract. " * 30) -> Corpus:
    """List one paper that arXiv does not know."""
    return _listed(corpus, UNKNOWN, "Known to Hugging Face Alone", summary)


def _crowded(corpus: Corpus) -> Corpus:
    """Put eighty papers and more into the week's Tuesday."""
    listed = listed_ids(b"".join(corpus.days.values()))
    for record in [r for r in corpus.records.values() if r.arxiv_id not in listed]:
        corpus = _listed(corpus, record.arxiv_id, record.title, record.abstract)
    for number in range(80 - len(listed_ids(corpus.days[TUESDAY]))):
        record = replace(_odd_record(), arxiv_id=f"2513.98{number:03}")
        corpus = _listed(
            with_records(corpus, record), record.arxiv_id, record.title, record.abstract
        )
    return corpus


def _odd_record() -> Record:
    noon = datetime.combine(TUESDAY, time(12), UTC)
    return Record(
        arxiv_id=ODD,
        version=1,
        title="A Paper Like Others",
        abstract="We introduce an invented method and measure what it does. " * 12,
        authors=("A. Nonym",),
        categories=("cs.AI",),
        published=noon,
        updated=noon,
    )


def _with_odd(field: str, value: object) -> Callable[[Corpus], Corpus]:
    """Put one paper into the week and on its Tuesday whose `field` is odd."""
    changed: dict[str, Any] = {field: value}
    record = replace(_odd_record(), **changed)
    return lambda corpus: _listed(with_records(corpus, record), ODD, record.title, record.abstract)


def _odd_is_lost(field: str, value: object) -> Callable[[Collection], str]:
    def complaint(collection: Collection) -> str:
        paper = next((p for p in collection.papers if p.arxiv_id == ODD), None)
        return "" if paper and _holds(paper, field, value) else f"{ODD} has lost its {field}"

    return complaint


def _holds(paper: Paper, field: str, value: object) -> bool:
    found = getattr(paper, field)
    if isinstance(value, tuple):  # a name without a letter may be left out
        return [name for name in value if name != ":"] == [n for n in found if n != ":"]
    return bool(found == value)


def _votes_are_lost(collection: Collection) -> str:
    return "" if any(paper.votes for paper in collection.papers) else "the votes are lost"
