"""arXiv's `GET /api/query`, answered from a corpus: Atom feeds in the envelope of 2026 or of 2019.

Source of the rules: https://info.arxiv.org/help/api/user-manual.html, and recorded answers where
the service differs from its manual (error entries come with HTTP 400).
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from tests.world.arxiv_query import MalformedQueryError, parse_query
from tests.world.corpus import Record
from tests.world.traffic import ATOM, Answer

DEFAULT_RESULTS = 10
MOST_RESULTS = 30_000

_ID = re.compile(r"(?P<id>\d{4}\.\d{4,5}|[a-z][a-z-]*(?:\.[A-Z]{2})?/\d{7})(?:v(?P<version>\d+))?")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class BadRequestError(ValueError):
    """arXiv refuses the request with an error entry; the message is the entry's summary."""


class ArxivApi:
    """Answers from records; `relevance` is the order of the id list, or else the newest first."""

    def __init__(self, records: Mapping[str, Record], *, legacy: bool = False) -> None:
        self._records = records
        self._legacy = legacy
        self._found: dict[str, list[Record]] = {}
        self._entries: dict[tuple[str, int], str] = {}

    def answer(self, query: Mapping[str, str]) -> Answer:
        """Return the Atom page that `query` asks for, or HTTP 400 with an error entry."""
        try:
            start = _whole_number(query, "start", 0)
            count = _whole_number(query, "max_results", DEFAULT_RESULTS)
            found = self._matches(query)
        except (BadRequestError, MalformedQueryError) as reason:
            return error_answer(str(reason))
        if count > MOST_RESULTS:
            return error_answer(f"max_results must be at most {MOST_RESULTS}")
        page = found[start : start + count]
        return Answer(body=self._feed(query, start, count, len(found), page), content_type=ATOM)

    def _matches(self, query: Mapping[str, str]) -> list[Record]:
        search, ids = query.get("search_query", "").strip(), query.get("id_list", "").strip()
        order = query.get("sortBy", "relevance"), query.get("sortOrder", "descending")
        key = repr((search, ids, order))
        if key not in self._found:
            if not search and not ids:
                raise BadRequestError("one of search_query and id_list must be given")
            test = parse_query(search) if search else _everything
            records = self._by_id(ids) if ids else self._records.values()
            self._found[key] = _sorted([r for r in records if test(r)], order, by_id=bool(ids))
        return self._found[key]

    def _by_id(self, id_list: str) -> Iterable[Record]:
        for text in id_list.split(","):
            if not text.strip():
                continue
            match = _ID.fullmatch(text.strip())
            if match is None:
                raise BadRequestError(f"incorrect id format for {text.strip()}")
            if record := self._records.get(match["id"]):
                version = int(match["version"] or record.version)
                yield record if version == record.version else replace(record, version=version)

    def _feed(
        self, query: Mapping[str, str], start: int, count: int, total: int, page: Sequence[Record]
    ) -> bytes:
        envelope = _envelope_2019 if self._legacy else _envelope_2026
        return envelope(query, start, count, total, map(self._entry, page)).encode()

    def _entry(self, record: Record) -> str:
        name = record.arxiv_id, record.version
        entry = self._entries.get(name)
        if entry is None:
            entry = _entry_2019(record) if self._legacy else _entry_2026(record)
            self._entries[name] = entry
        return entry


def error_answer(message: str, status: int = 400) -> Answer:
    """Return what arXiv answers to a request it refuses: a feed whose one entry is the error."""
    anchor = re.sub(r"\W+", "_", message).strip("_")
    where = f"https://arxiv.org/api/errors#{anchor}"
    now = _stamp(datetime.now(UTC))
    body = f"""{_HEAD_2026}
  <id>https://arxiv.org/</id>
  <title>arXiv Search Results</title>
  <updated>{now}</updated>
  <opensearch:itemsPerPage>1</opensearch:itemsPerPage>
  <opensearch:totalResults>1</opensearch:totalResults>
  <opensearch:startIndex>0</opensearch:startIndex>
  <entry>
    <id>{where}</id>
    <title>Error</title>
    <updated>{now}</updated>
    <link href="{where}" rel="alternate" type="text/html"/>
    <summary>{_text(message)}</summary>
    <author>
      <name>arXiv api core</name>
    </author>
  </entry>
</feed>
"""
    return Answer(body=body.encode(), status=status, content_type=ATOM)


def _everything(_: Record) -> bool:
    return True


def _sorted(records: list[Record], order: tuple[str, str], *, by_id: bool) -> list[Record]:
    criterion, direction = order
    if direction not in ("ascending", "descending"):
        raise BadRequestError(f"sortOrder must be in: ascending, descending, not {direction}")
    if criterion == "relevance" and by_id:
        return records
    if criterion in ("relevance", "submittedDate"):
        ordered = sorted(records, key=lambda record: (record.published, record.arxiv_id))
    elif criterion == "lastUpdatedDate":
        ordered = sorted(records, key=lambda record: (record.updated, record.arxiv_id))
    else:
        raise BadRequestError(
            f"sortBy must be in: relevance, lastUpdatedDate, submittedDate, not {criterion}"
        )
    return ordered if direction == "ascending" else ordered[::-1]


def _whole_number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, "").strip()
    if not text:
        return default
    if not text.lstrip("-").isdecimal():
        raise BadRequestError(f"{name} must be an integer")
    if int(text) < 0:
        raise BadRequestError(f"{name} must be non-negative")
    return int(text)


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


def _stamp(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _label(query: Mapping[str, str], start: int, count: int) -> str:
    search, ids = query.get("search_query", ""), query.get("id_list", "")
    return f"search_query={search}&id_list={ids}&start={start}&max_results={count}"


def _feed_id(label: str) -> str:
    return hashlib.sha256(label.encode()).hexdigest()[:27]


_HEAD_2026 = (
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"'
    ' xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">'
)


def _envelope_2026(
    query: Mapping[str, str], start: int, count: int, total: int, entries: Iterable[str]
) -> str:
    label = _label(query, start, count)
    address = quoteattr(f"https://arxiv.org/api/query?{label}")
    return f"""{_HEAD_2026}
  <id>https://arxiv.org/api/{_feed_id(label)}</id>
  <title>arXiv Query: {_text(label)}</title>
  <updated>{_stamp(datetime.now(UTC))}</updated>
  <link href={address} type="application/atom+xml"/>
  <opensearch:itemsPerPage>{count}</opensearch:itemsPerPage>
  <opensearch:totalResults>{total}</opensearch:totalResults>
  <opensearch:startIndex>{start}</opensearch:startIndex>
{"".join(entries)}</feed>
"""


def _entry_2026(record: Record) -> str:
    name = f"{record.arxiv_id}v{record.version}"
    lines = [
        "  <entry>",
        f"    <id>http://arxiv.org/abs/{name}</id>",
        f"    <title>{_text(record.title)}</title>",
        f"    <updated>{_stamp(record.updated)}</updated>",
        f'    <link href="https://arxiv.org/abs/{name}" rel="alternate" type="text/html"/>',
        f'    <link href="https://arxiv.org/pdf/{name}" {_PDF} title="pdf"/>',
        f"    <summary>{_text(record.abstract)}</summary>",
        *(
            f'    <category term={quoteattr(term)} scheme="http://arxiv.org/schemas/atom"/>'
            for term in record.categories
        ),
        f"    <published>{_stamp(record.published)}</published>",
    ]
    if record.comment:
        lines.append(f"    <arxiv:comment>{_text(record.comment)}</arxiv:comment>")
    if record.categories:
        lines.append(f"    <arxiv:primary_category term={quoteattr(record.categories[0])}/>")
    for author in record.authors:
        lines += ["    <author>", f"      <name>{_text(author)}</name>", "    </author>"]
    return "\n".join([*lines, "  </entry>\n"])


_PDF = 'rel="related" type="application/pdf"'
_OPENSEARCH = 'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"'
_ARXIV = 'xmlns:arxiv="http://arxiv.org/schemas/atom"'


def _envelope_2019(
    query: Mapping[str, str], start: int, count: int, total: int, entries: Iterable[str]
) -> str:
    label = _label(query, start, count)
    address = quoteattr(f"http://arxiv.org/api/query?{label}")
    today = datetime.now(UTC).strftime("%Y-%m-%dT00:00:00-04:00")
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <link href={address} rel="self" type="application/atom+xml"/>
  <title type="html">ArXiv Query: {_text(label)}</title>
  <id>http://arxiv.org/api/{_feed_id(label)}</id>
  <updated>{today}</updated>
  <opensearch:totalResults {_OPENSEARCH}>{total}</opensearch:totalResults>
  <opensearch:startIndex {_OPENSEARCH}>{start}</opensearch:startIndex>
  <opensearch:itemsPerPage {_OPENSEARCH}>{count}</opensearch:itemsPerPage>
{"".join(entries)}</feed>
"""


def _entry_2019(record: Record) -> str:
    name = f"{record.arxiv_id}v{record.version}"
    wrapped = "\n".join(textwrap.wrap(record.abstract, 79, break_on_hyphens=False))
    lines = [
        "  <entry>",
        f"    <id>http://arxiv.org/abs/{name}</id>",
        f"    <updated>{_stamp(record.updated)}</updated>",
        f"    <published>{_stamp(record.published)}</published>",
        f"    <title>{_text(record.title)}</title>",
        f"    <summary>  {_text(wrapped)}\n</summary>",
    ]
    for author in record.authors:
        lines += ["    <author>", f"      <name>{_text(author)}</name>", "    </author>"]
    if record.comment:
        lines.append(f"    <arxiv:comment {_ARXIV}>{_text(record.comment)}</arxiv:comment>")
    scheme = 'scheme="http://arxiv.org/schemas/atom"'
    lines += [
        f'    <link href="http://arxiv.org/abs/{name}" rel="alternate" type="text/html"/>',
        f'    <link title="pdf" href="http://arxiv.org/pdf/{name}" {_PDF}/>',
        *(
            f"    <arxiv:primary_category {_ARXIV} term={quoteattr(term)} {scheme}/>"
            for term in record.categories[:1]
        ),
        *(f"    <category term={quoteattr(term)} {scheme}/>" for term in record.categories),
    ]
    return "\n".join([*lines, "  </entry>\n"])
