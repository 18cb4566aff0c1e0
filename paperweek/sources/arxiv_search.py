"""arXiv's search: the metadata of known papers, and the week's own listing.

The `arxiv` package builds the queries and reads the papers. By itself it sets no time-out, mends
cut pages in silence, drops papers without a date and takes an empty page for the end; so it gets a
session that hands it only pages that were checked against what they themselves announce.

Source of the rules: https://info.arxiv.org/help/api/user-manual.html and tou.html.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import MINYEAR, datetime
from itertools import islice
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import arxiv  # type: ignore[import-untyped]
import requests
from lxml import etree  # type: ignore[import-untyped]

from paperweek.asking import Answer, Clock, Conversation, Fault, Manners, Turns
from paperweek.errors import ConfigurationError, SourceError
from paperweek.model import ARXIV_ID, Paper, SourceAccount, Week
from paperweek.ports import Harvest
from paperweek.text import fold

ADDRESS = "https://export.arxiv.org/api/query"
CATEGORIES = ("cs.AI", "cs.CL", "cs.CV", "cs.LG")
DELAY_SECONDS = 3.0
"""Least time between two requests to arXiv itself, as its terms ask."""
MOST_RESULTS = 30_000
"""Most results of one query, as its manual says."""

_SUSPICIOUS = 5
"""So many known ids in one batch, and not one found: rather a fault than the truth."""
_ENTRY_ID = re.compile(rf"/abs/({ARXIV_ID.pattern})(?:v\d+)?/?\s*$")
_ERROR_ID = re.compile(r"https?://(?:export\.)?arxiv\.org/api/errors")
_CATEGORY = re.compile(r"[a-z][a-z-]*(?:\.[A-Za-z][A-Za-z-]*)?")
_ATOM = "{http://www.w3.org/2005/Atom}"
_SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
_NO_DATE = f"{MINYEAR:04d}-01-01T00:00:00Z"
"""Stands in for a date that is missing, because the package would drop the whole paper."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of well-formed Atom. Whether it is complete is another question."""

    body: bytes
    total: int
    """How many papers the query has by this page's own account."""
    start: int
    size: int
    """Most papers a page, by the page's account; 0 where it says nothing."""
    ids: tuple[str, ...]
    """Without version, in the page's order."""


class ArxivSearch:
    """arXiv's query interface, asked no faster than it wants, by all processes together."""

    name = "arxiv"

    def __init__(
        self,
        address: str = ADDRESS,
        *,
        cache: Path,
        categories: Sequence[str] = CATEGORIES,
        delay_seconds: float = DELAY_SECONDS,
        batch: int = 100,
        page: int = 500,
        manners: Manners | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Prepare the search; `cache` is the folder through which processes keep the pause.

        `batch` is how many ids are asked at once, `page` how many papers of the listing (at most
        2,000). Raises ConfigurationError for a pause below three seconds with arXiv itself.
        """
        if delay_seconds < DELAY_SECONDS and _is_arxiv(urlsplit(address).netloc):
            raise ConfigurationError(
                "the pause between requests",
                f"{delay_seconds:g}",
                f"arXiv asks for at least {DELAY_SECONDS:g} seconds",
            )
        self._address, self._categories = address, tuple(categories)
        self._batch, self._page = batch, page
        self._manners, self._clock = manners or Manners(), clock or Clock()
        self._turns = Turns(
            cache,
            lambda host: max(delay_seconds, DELAY_SECONDS if _is_arxiv(host) else 0.0),
            self._clock,
        )

    def collect(self, week: Week, known: AbstractSet[str]) -> Harvest:
        """Return what arXiv knows of the `known` ids, and the week's papers in the categories.

        A known id that arXiv leaves out is not asked for again; the account names it.
        """
        conversation = Conversation("arXiv", self._manners, self._clock, self._turns)
        with closing(conversation):
            visit = _Visit(conversation, self._address)
            visit.look_up(sorted(known), self._batch)
            if visit.failures and conversation.is_hopeless:
                visit.missing.append("the week's listing, which was not asked for any more")
            else:
                visit.list_week(self._query(week), self._page)
        return visit.harvest(known)

    def probe(self) -> str:
        """Return how it answered one tiny request. Raises SourceError where it did not."""
        conversation = Conversation(
            "arXiv", replace(self._manners, tries=1), self._clock, self._turns
        )
        query = {"search_query": f"cat:{self._categories[0]}", "start": 0, "max_results": 1}
        joint = "&" if "?" in self._address else "?"
        with closing(conversation):
            conversation.ask(f"{self._address}{joint}{urlencode(query)}", read_feed, "one paper")
        return "it answers"

    def _query(self, week: Week) -> str:
        categories = " OR ".join(f"cat:{name}" for name in self._categories)
        days = f"{week.monday:%Y%m%d}0000 TO {week.sunday:%Y%m%d}2359"
        return f"({categories}) AND submittedDate:[{days}]"


class _Visit:
    """One week's questions to arXiv, and what has come of them so far."""

    def __init__(self, conversation: Conversation, address: str) -> None:
        self._conversation = conversation
        self._session = _CheckedSession(conversation)
        self._client = arxiv.Client(delay_seconds=0, num_retries=0)
        self._client._session = self._session  # noqa: SLF001 - its only seam for time limits
        joint = "&" if "?" in address else "?"
        self._client.query_url_format = address.replace("{", "{{").replace("}", "}}") + joint + "{}"
        self.papers: dict[str, Paper] = {}
        self.missing: list[str] = []
        self.failures: list[str] = []

    def harvest(self, known: AbstractSet[str]) -> Harvest:
        """Return what came, with the account of it."""
        left_out = sorted(known - self.papers.keys())
        account = SourceAccount(
            source=ArxivSearch.name,
            requests=self._conversation.requests,
            papers=len(self.papers),
            missing=(*left_out, *self.missing),
            failure=" ".join(dict.fromkeys(self.failures)),
        )
        return Harvest(tuple(self.papers.values()), account)

    def look_up(self, ids: Sequence[str], batch: int) -> None:
        """Ask for these ids, a batch a request."""
        for start in range(0, len(ids), batch):
            try:
                self._look_up(ids[start : start + batch])
            except SourceError as error:
                self.failures.append(str(error))
                if self._conversation.is_hopeless:
                    return

    def _look_up(self, ids: Sequence[str]) -> None:
        search = arxiv.Search(id_list=list(ids), max_results=None)
        what = f"the metadata of {len(ids)} papers by id"
        try:
            feed, _ = self._take(search, 0, len(ids), _whole_batch(ids), what, only=ids)
        except SourceError as error:
            refused = _refused_id(error, ids)
            if refused is None:
                raise
            # One id that arXiv calls none must not cost the others their metadata.
            if rest := [arxiv_id for arxiv_id in ids if arxiv_id != refused]:
                self._look_up(rest)
            return
        _logger.info("arXiv: %d of %d papers by id", len(feed.ids), len(ids))

    def list_week(self, query: str, size: int) -> None:
        """Ask for everything that the query finds, page by page."""
        search = arxiv.Search(
            query=query,
            max_results=None,
            sort_by=arxiv.SortCriterion.SubmittedDate,
            # Ascending: a paper that is added meanwhile does not push others to another page.
            sort_order=arxiv.SortOrder.Ascending,
        )
        listed: set[str] = set()
        for _ in range(2):  # pages that shifted while they were read are read once more
            failures = len(self.failures)
            total = self._sweep(search, size, listed)
            if len(listed) >= total or len(self.failures) > failures:
                break
        if len(listed) < total and len(self.failures) == failures:
            self.failures.append(
                f"arXiv announced {total} papers for the week's listing and gave {len(listed)},"
                " asked twice."
            )
        if len(listed) < total:
            self.missing.append(f"{total - len(listed)} of {total} papers of the week's listing")

    def _sweep(self, search: arxiv.Search, size: int, listed: set[str]) -> int:
        """Read all pages once; return how many papers arXiv says there are."""
        start, total, whole_before = 0, 0, True
        while start == 0 or start < total:
            what = f"papers {start + 1} to {start + size} of the week's listing"
            try:
                feed, is_whole = self._take(
                    search, start, size, _whole_page(start, size, total), what
                )
            except SourceError as error:
                self.failures.append(str(error))
                if start == 0 or self._conversation.is_hopeless:
                    self.missing += [] if total else ["the week's listing"]
                    break
                start, whole_before = start + size, False
                continue
            if feed.total > MOST_RESULTS:
                self.failures.append(
                    f"arXiv finds {feed.total} papers for the week's listing, and gives no more"
                    f" than {MOST_RESULTS} to one question."
                )
            if is_whole or not total:
                total = min(feed.total, MOST_RESULTS)
            listed.update(feed.ids)
            _logger.info("arXiv: %d of %d papers of the week's listing", len(listed), total)
            if not (is_whole or whole_before or feed.ids):
                break  # a page that lacks papers, and then an empty one: there are no more
            # A server may have smaller pages than were asked for; then its own size counts.
            size = min(size, feed.size) if feed.size and len(feed.ids) == feed.size else size
            start, whole_before = start + size, is_whole
        return total

    def _take(
        self,
        search: arxiv.Search,
        start: int,
        size: int,
        check: _Check,
        what: str,
        *,
        only: Collection[str] = (),
    ) -> tuple[Feed, bool]:
        """Ask for one page, keep its papers, and tell whether it was whole; if not, note it.

        Where `only` names ids, others are left alone. Raises SourceError where nothing came that
        can be kept.
        """
        self._session.prepare(check, what)
        self._client.page_size = size
        results = self._client.results(search, offset=start)
        first = next(results, None)
        feed, fault = self._session.taken()
        # Not one further: the package would go on to ask for the next page by itself.
        for result in (first, *islice(results, len(feed.ids) - 1)) if first else ():
            paper = _paper(result)
            if not only or paper.arxiv_id in only:
                self.papers[paper.arxiv_id] = paper
        if fault is None:
            return feed, True
        if isinstance(fault.__cause__, _AnotherTotal):
            return feed, True
        is_believed = isinstance(fault.__cause__, _NothingFound) and not feed.total
        if is_believed:
            self.missing.append(f"{what}: arXiv says that there is none")
        if not (is_believed and only):  # ids can be unknown to arXiv; its own week can't be empty
            self.failures.append(str(fault))
        return feed, False


class _NothingFound(Fault):
    """A page that says, contrary to all likelihood, that there is nothing."""


class _AnotherTotal(Fault):
    """A whole page that announces another number of papers than the page before."""


_Check = Callable[[Feed], None]
"""Raises Fault where a page is not all that was asked for."""


class _CheckedSession(requests.Session):
    """The package's way to the network: patient, bounded, and only for pages that are checked."""

    def __init__(self, conversation: Conversation) -> None:
        super().__init__()
        self._conversation = conversation
        self._check: _Check | None = None
        self._what = ""
        self._feed: Feed | None = None
        self._fault: SourceError | None = None

    def prepare(self, check: _Check, what: str) -> None:
        """Say what the next request, and only that, must bring."""
        self._check, self._what = check, what
        self._feed = self._fault = None

    def taken(self) -> tuple[Feed, SourceError | None]:
        """Return the page that came, and the error that says what is wrong with it, if any."""
        if self._feed is None:
            raise RuntimeError("the arxiv package did not ask for the page")
        return self._feed, self._fault

    def get(self, url: str | bytes, **_: Any) -> requests.Response:  # noqa: ANN401 - the package's business
        """Return the page as the package needs it; the fullest that came, where none was whole."""
        check, self._check = self._check, None
        if check is None:
            raise RuntimeError("the arxiv package asks for a page that nobody wants")
        seen: list[Feed] = []

        def checked(answer: Answer) -> Feed:
            feed = read_feed(answer)
            seen.append(feed)
            check(feed)
            return feed

        try:
            self._feed = self._conversation.ask(str(url), checked, self._what)
        except SourceError as error:
            if not seen:
                raise
            self._feed, self._fault = max(seen, key=lambda feed: len(feed.ids)), error
        page = Answer(status_code=200, content=self._feed.body, content_type="")
        return cast("requests.Response", page)


def read_feed(answer: Answer) -> Feed:
    """Return the page in an answer. Raises Fault where it is no Atom feed of arXiv papers."""
    try:
        root = etree.fromstring(
            answer.content, etree.XMLParser(resolve_entities=False, no_network=True)
        )
    except etree.XMLSyntaxError:
        answer.need_ok()
        raise Fault(f"an answer that is no well-formed XML ({answer.opening})") from None
    if root.tag != f"{_ATOM}feed" or root.getroottree().docinfo.internalDTD is not None:
        answer.need_ok()
        raise Fault(f"XML that is no Atom feed ({answer.opening})")
    entries = root.findall(f"{_ATOM}entry")
    if len(entries) == 1 and _ERROR_ID.match(entries[0].findtext(f"{_ATOM}id", "").strip()):
        message = fold(entries[0].findtext(f"{_ATOM}summary", ""))
        raise _Refused(message[:200])
    answer.need_ok()
    ids = [_ENTRY_ID.search(entry.findtext(f"{_ATOM}id", "")) for entry in entries]
    if not all(ids):
        raise Fault("a page with an entry that bears no arXiv id")
    # Not any(), which would stop at the first that it mends.
    is_mended = sum([_mend_dates(entry) for entry in entries]) > 0
    return Feed(
        body=etree.tostring(root) if is_mended else answer.content,
        total=_number(root, "totalResults"),
        start=_number(root, "startIndex"),
        size=_number(root, "itemsPerPage"),
        ids=tuple(match[1] for match in ids if match),
    )


class _Refused(Fault):
    """arXiv's error entry. Its message is kept, because it can name the id that it is about."""

    def __init__(self, message: str) -> None:
        super().__init__(f"arXiv's error entry: {message}", tries=2)
        self.message = message


def _refused_id(error: SourceError, ids: Iterable[str]) -> str | None:
    cause = error.__cause__
    message = cause.message if isinstance(cause, _Refused) else ""
    return next((i for i in ids if message.endswith(f"id format for {i}")), None)


def _number(root: Any, name: str) -> int:  # noqa: ANN401 - an lxml element
    text = root.findtext(f"{_SEARCH}{name}", "").strip()
    return int(text) if text.isascii() and text.isdecimal() else 0


def _mend_dates(entry: Any) -> bool:  # noqa: ANN401 - an lxml element
    """Give the entry a stand-in for each date that is missing or none; tell whether one was."""
    mended = False
    for name in (f"{_ATOM}published", f"{_ATOM}updated"):
        try:
            datetime.fromisoformat(entry.findtext(name, "").strip())
        except ValueError:
            found = entry.find(name)
            (found if found is not None else etree.SubElement(entry, name)).text = _NO_DATE
            mended = True
    return mended


def _whole_batch(ids: Collection[str]) -> _Check:
    def check(feed: Feed) -> None:
        if not feed.ids and not feed.total and len(ids) >= _SUSPICIOUS:
            raise _NothingFound("an empty page")
        if strangers := set(feed.ids) - set(ids):
            raise Fault(f"a page with {len(strangers)} papers that were not asked for")
        if feed.start or len(set(feed.ids)) != feed.total:
            raise Fault(f"{len(set(feed.ids))} papers where {feed.total} were announced")

    return check


def _whole_page(start: int, size: int, total: int) -> _Check:
    """Return the check of a listing's page; `total` is what earlier pages announced, 0 at first."""

    def check(feed: Feed) -> None:
        if not feed.ids and not feed.total and not start:
            raise _NothingFound("an empty page")
        if feed.start != start:
            raise Fault(f"a page that begins at {feed.start} instead of {start}")
        expected = max(min(feed.size or size, size, feed.total - start), 0)
        if len(feed.ids) != expected:
            raise Fault(
                f"{len(feed.ids)} papers where {expected} were announced (of {feed.total} in all)"
            )
        if len(set(feed.ids)) != len(feed.ids):
            raise Fault("a page that holds a paper twice")
        if total and feed.total != total:
            raise _AnotherTotal(f"a page of {feed.total} papers in all, after {total}", tries=2)

    return check


def _paper(result: arxiv.Result) -> Paper:
    found = _ENTRY_ID.search(result.entry_id)
    if found is None:
        raise RuntimeError("a checked page lost the id of a paper")
    categories = dict.fromkeys(
        name for name in (result.primary_category, *result.categories) if _CATEGORY.fullmatch(name)
    )
    names = (fold(author.name) for author in result.authors)
    return Paper(
        arxiv_id=found[1],
        title=fold(result.title),
        abstract=fold(result.summary),
        authors=tuple(name for name in names if any(c.isalnum() for c in name)),
        categories=tuple(categories),
        published=_known(result.published),
        updated=_known(result.updated),
        comment=fold(result.comment or ""),
        seen_in=frozenset({ArxivSearch.name}),
    )


def _known(instant: datetime) -> datetime | None:
    return instant if instant.year > MINYEAR else None


def _is_arxiv(host: str) -> bool:
    name = host.partition(":")[0].lower()
    return name == "arxiv.org" or name.endswith(".arxiv.org")
