"""Check a finished post, anybody's, against the papers of its week.

The file itself is read, so that nothing between writing and publishing can slip through. Each
sentence becomes what it claims to be by its links and is then asked for its ground by the rules of
`paperweek.checks`; beside that, the post's frame is checked: front matter, sections, addresses,
table, debris. A paper that is named and not linked, and a name that no paper of the week bears,
are findings of their own, because that is how invented papers look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from urllib.parse import unquote, urlsplit

from paperweek.checks import (
    LONGEST_SENTENCE,
    MOST_FRAMING_OF_A_MODEL,
    Finding,
    check_sentence,
    claims_something,
    describe,
    malformed,
    without_topics,
)
from paperweek.escaping import clean, code_url
from paperweek.grounding import ground_of, overlap
from paperweek.model import (
    Citation,
    Collection,
    Heading,
    Kind,
    Paper,
    Selection,
    Sentence,
    Week,
)
from paperweek.naming import COMMON_NAMES, key, names_in, own_name, quotations_in, stands_in
from paperweek.numerals import numbers_in
from paperweek.reading import Link, Part, ReadPost, Row, Said, read_post
from paperweek.statistics import week_statistics
from paperweek.text import fold, readable, sentences
from paperweek.topics import taxonomy, topics_of

__all__ = ["describe", "verify_post"]

_RUN = 6
MOST_REPEATED = 0.04
"""Share of a post's six-word runs, names aside, that another post may hold as well."""

_MONTHS = re.findall(
    r"\w+",
    "January February March April May June July August September October November December",
)


def verify_post(
    markdown: str,
    papers: Collection | Selection,
    week: Week,
    earlier_posts: Iterable[str] = (),
    *,
    path: str = "",
) -> tuple[Finding, ...]:
    """Return what is wrong with the post; only warnings, or nothing, where it may be published.

    `papers` is the week's set, or the selection that the post was made from, whose statistics
    then hold too. `path` is the post's file name, where its date is to be checked. The posts in
    `earlier_posts` (Markdown) are compared for repeated phrases, which are warnings. Findings
    stand in the order of the text, those about the whole post first.
    """
    post = read_post(markdown)
    known = _Known(papers, week)
    return (
        *_check_front_matter(post, week, path),
        *_check_sections(post),
        *_check_markup(post),
        *(finding for part in post.parts for finding in _check_part(part, known)),
        *_check_rows(post.rows, known),
        *_check_afterword(post, known),
        *_check_repeated(post, earlier_posts),
    )


# What is known of the week -----------------------------------------------------------------------


class _Known:
    """The week's papers, found by id, by name and by title, and its statistics."""

    def __init__(self, papers: Collection | Selection, week: Week) -> None:
        chosen = papers.papers if isinstance(papers, Selection) else ()
        collection = papers.collection if isinstance(papers, Selection) else papers
        every = (*(collection.papers if collection else ()), *chosen)
        self.week = week
        self.by_id: Mapping[str, Paper] = {paper.arxiv_id: paper for paper in every}
        self.invented = bool(collection and collection.invented)
        self._given = papers

    @cached_property
    def statistics(self) -> Mapping[str, float]:
        if isinstance(self._given, Selection):
            return self._given.statistics
        topics = {paper.arxiv_id: topics_of(paper) for paper in self._given.papers}
        return week_statistics(self._given, topics, (), ())

    def selection(self, ids: Iterable[str]) -> Selection:
        cited = tuple(self.by_id[i] for i in dict.fromkeys(ids) if i in self.by_id)
        return Selection(self.week, cited, {}, self.statistics)

    @cached_property
    def _titles(self) -> Mapping[str, Paper]:
        return {
            key(clean(title)): paper
            for paper in self.by_id.values()
            for title in (readable(paper.title), paper.title)
            if title
        }

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Short names of papers, to their ids."""
        named: dict[str, str] = {}
        for arxiv_id, paper in self.by_id.items():
            begun = (title.partition(":")[0] for title in (paper.title, readable(paper.title)))
            for name in (own_name(paper), *begun):
                if name:
                    named.setdefault(name, arxiv_id)
        return named

    @cached_property
    def _short_names(self) -> Mapping[str, str]:
        return {key(name): arxiv_id for name, arxiv_id in reversed(list(self.names.items()))}

    def called(self, name: str) -> str:
        """Return the id of the paper that bears the name as its short name or its title."""
        wanted = key(name)
        paper = self._titles.get(wanted)
        return paper.arxiv_id if paper else self._short_names.get(wanted, "")

    def titled(self, name: str) -> str:
        """Return the id of the paper that is called so, or whose title holds the name."""
        return self.called(name) or next(
            (p.arxiv_id for p in self._holding(name) if stands_in(name, p.title)), ""
        )

    def bears(self, name: str) -> bool:
        """Tell whether some paper of the week holds the name anywhere."""
        return any(
            stands_in(part, f"{ground_of(paper).prose} {', '.join(paper.authors)}")
            for part in (name, *_tail(name))
            for paper in self._holding(part)
        )

    def _holding(self, name: str) -> Iterator[Paper]:
        """Yield the papers that may hold the name, because they hold its longest word."""
        words = re.findall(r"[^\W_]+", name.casefold())
        longest = max(words, key=len).removesuffix("s") if words else ""
        return (self.by_id[i] for i, text in self._texts.items() if longest in text)

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        return {
            arxiv_id: f"{paper.title} {paper.abstract} {' '.join(paper.authors)}".casefold()
            for arxiv_id, paper in self.by_id.items()
        }

    def by_people(self, text: str) -> str:
        """Return the id of the paper of whose first author the sentence speaks, the likeliest."""
        written = [
            paper
            for paper in self.by_id.values()
            if any(
                stands_in(word, text) for name in paper.authors[:1] for word in name.split()[-1:]
            )
        ]
        likeliest = max(written, key=lambda p: overlap(text, [ground_of(p)]), default=None)
        return likeliest.arxiv_id if likeliest else ""

    @cached_property
    def code(self) -> frozenset[str]:
        found = (code_url(paper.code) for paper in self.by_id.values() if paper.code)
        return frozenset(address.casefold() for address in found if address)


def _tail(name: str) -> tuple[str, ...]:
    """Return the name without its first word, which may owe its capital to the sentence."""
    return (name.partition(" ")[2],) if " " in name else ()


# The post's frame --------------------------------------------------------------------------------


def _about_post(rule: str, reason: str) -> Finding:
    return Finding(rule, "", "", reason)


def title_of(week: Week) -> str:
    """Return the title that a post of the week must bear.

    >>> title_of(Week(2025, 1))
    'Weekly Report - December 30 to January 05, 2025'
    """
    first, last = (f"{_MONTHS[d.month - 1]} {d.day:02d}" for d in (week.monday, week.sunday))
    return f"Weekly Report - {first} to {last}, {week.sunday.year}"


def _check_front_matter(post: ReadPost, week: Week, path: str) -> Iterator[Finding]:
    front = post.front_matter
    if not front:
        yield _about_post("front-matter", "it has no front matter that can be read")
        return
    if front.get("title") != title_of(week):
        reason = f"its title is “{front.get('title')}”, not “{title_of(week)}”"
        yield _about_post("title", reason)
    stated = front.get("date")
    day = stated.date() if isinstance(stated, datetime) else stated
    if day != week.sunday:
        yield _about_post("date", f"its date is {stated}, not {week.sunday}, the week’s Sunday")
    in_name = re.search(r"(\d{4}-\d{2}-\d{2})-[^/]*$", path)
    if in_name and in_name[1] != week.sunday.isoformat():
        yield _about_post("date", f"its file is dated {in_name[1]}, not {week.sunday}")


def _check_sections(post: ReadPost) -> Iterator[Finding]:
    found = post.headings
    for heading in Heading:
        if heading not in found:
            yield _about_post("section", f"the section {heading} is missing")
        elif found.count(heading) > 1:
            yield _about_post(
                "section", f"the section {heading} stands {found.count(heading)} times"
            )
    once = list(dict.fromkeys(found))
    if once != [heading for heading in Heading if heading in once]:
        yield _about_post("section", f"its sections stand in another order: {', '.join(once)}")
    for part in post.parts:
        if part.heading and not part.sentences:
            yield Finding("section", part.heading.value, "", "the section is empty")


_DEBRIS = re.compile(
    r"\b[Uu]ndefined\b|\[object Object\]|\bNaN\b|lorem ipsum|\b(?:TODO|TBD|FIXME|XXX)\b"
    r"|\b[Ll]atest research on\b|\bas an AI (?:language )?model\b|\b[Ii]nsert \w+ here\b"
    r"|\b(?:[Ss]ummary|[Aa]bstract|[Dd]escription) (?:is )?(?:not |un)available\b|\[[Yy]our \w+"
    r"|\b(?:class|style|href|src)\s*=\s*[\"'“]|[\w-]+:\s*[\w#.%-]+;\s*(?:[\w-]+:|\})"
    r"|\b(?:sm|md|lg|xl|hover|dark|focus|group):[a-z]+-[\w-]+"
    r"|\b(?:text|bg|border|font|flex|grid|px|py|mx|my|mt|mb|ml|mr|pt|pb|gap)-(?:\w+-)?\w+"
    r" (?:[a-z]+:)?(?:text|bg|border|font|flex|grid|px|py|mx|my|mt|mb|ml|mr|pt|pb|gap)-\w+"
    r"|\bog:(?:title|image|url|description)\b|<meta\b|\bfunction\s*\(|\bDay [1-7]\b"
)
"""What pages, templates and failed programs leave behind."""

_BRACES = re.compile(r"\{\{|\}\}|\{%|%\}|\{:\s*[.#\w]|<%|%>|\$\{")


def _check_markup(post: ReadPost) -> Iterator[Finding]:
    for raw in post.markup:
        yield _about_post("markup", f"it holds raw markup: {fold(raw)[:80]}")
    for line in post.body.splitlines():
        if braces := _BRACES.search(line):
            around = fold(line[max(0, braces.start() - 20) : braces.end() + 20])
            yield _about_post("markup", f"it holds template braces: {around}")


# Its sentences -----------------------------------------------------------------------------------


def _check_part(part: Part, known: _Known) -> Iterator[Finding]:
    section = part.heading.value if part.heading else ""
    for title in part.titles:
        yield from (replace(f, section=section) for f in _check_title(title, known))
    framing = 0
    last = ""
    for said in part.sentences:
        judged = _Judged.of(said, known, last)
        last = next(iter(judged.ids), last)
        framing += judged.is_framing
        found = list(judged.findings)
        if judged.is_framing and framing > MOST_FRAMING_OF_A_MODEL:
            found.append(
                Finding("source", "", said.text, "it is one sentence too many that says nothing")
            )
        yield from (replace(finding, section=section) for finding in found)


def _check_title(title: Said, known: _Known) -> Iterator[Finding]:
    """Yield what is wrong with a heading or a lead-in: it may name papers, of the week only."""
    for name in _titles_in(title.text):
        if not known.titled(name) and not known.bears(name):
            yield Finding("invented", "", title.text, f"no paper of the week is called “{name}”")
    for link in title.links:
        yield from _check_address(link, title.text, known)


def _titles_in(text: str) -> tuple[str, ...]:
    """Return what a heading presents as a paper: what it quotes, or what is written as a title."""
    quoted = tuple(q for q in quotations_in(text) if q != q.lower())
    if quoted:
        return quoted
    words = re.sub(r"^(?:[\W\d]*\b(?:[Tt]itle|[Pp]aper)\b\s*:)?[\W\d]*", "", text).split()
    capitals = sum(word[0].isupper() for word in words)
    is_title = len(words) > 3 and capitals / len(words) >= 0.6  # noqa: PLR2004 - shorter ones are labels
    return (" ".join(words),) if is_title or re.search(r"\b[Tt]itle\s*:", text) else ()


@dataclass(frozen=True, slots=True)
class _Judged:
    """A sentence of the post, what it rests on, and what is wrong with it."""

    ids: tuple[str, ...]
    findings: tuple[Finding, ...]
    is_framing: bool = False

    @classmethod
    def of(cls, said: Said, known: _Known, last: str) -> _Judged:
        faults = tuple(
            finding for link in said.links for finding in _check_address(link, said.text, known)
        )
        if len(said.text) > LONGEST_SENTENCE:
            return cls((), (*faults, Finding("form", "", said.text[:200], malformed(said.text))))
        linked = [(link, arxiv_id) for link in said.links if (arxiv_id := paper_of(link.address))]
        citations = tuple(
            Citation(i, _passage(known.by_id[i], link.address), _without_id(link.words, i))
            for link, i in linked
            if i in known.by_id
        )
        if known.invented and not citations:
            citations = _implied(said.text, known, last)
        debris = _debris(said.text, [known.by_id[c.arxiv_id] for c in citations])
        ids = tuple(dict.fromkeys(citation.arxiv_id for citation in citations))
        if not said.text:
            return cls(ids, faults)
        if linked and not citations:  # the address says it all
            return cls(ids, faults + debris)
        if citations:
            return cls(ids, faults + debris + _check_cited(said.text, citations, known))
        found = _check_unsourced(said.text, known)
        return cls(ids, faults + debris + found, is_framing=not found and not numbers_in(said.text))


def _without_id(words: str, arxiv_id: str) -> str:
    """Return a link's words, none where they are the id that stands for a missing title."""
    return "" if words == f"arXiv {arxiv_id}" else words


def _implied(text: str, known: _Known, last: str) -> tuple[Citation, ...]:
    """Return the invented paper that a sentence names: it has no page to link to."""
    named = [arxiv_id for name, arxiv_id in known.names.items() if stands_in(name, text)]
    found = max(
        named, key=lambda i: overlap(text, [ground_of(known.by_id[i])]), default=""
    ) or known.by_people(text)
    if not found and re.search(r"\bauthors?\b", text):
        found = last
    return (Citation(found),) if found else ()


def _check_cited(text: str, citations: tuple[Citation, ...], known: _Known) -> tuple[Finding, ...]:
    """Return why the sentence may be none of the kinds that cite; empty where it may be one."""
    selection = known.selection(citation.arxiv_id for citation in citations)
    statistics = _statistics_of(text, [c.arxiv_id for c in citations], known)
    found: tuple[Finding, ...] = ()
    for kind in (Kind.PAPERS, Kind.STATISTIC, Kind.JUDGEMENT):
        if kind is Kind.STATISTIC and not numbers_in(text):
            continue
        findings = check_sentence(Sentence(text, kind, citations, statistics), selection)
        if not findings:
            return ()
        found = found or findings
    return tuple(
        replace(finding, rule="invented", reason=f"no paper of the week holds “{name}”")
        if (name := _named(finding)) and not known.bears(name)
        else finding
        for finding in found
    )


def _named(finding: Finding) -> str:
    name = re.match(r"“(.+?)” ", finding.reason) if finding.rule == "name" else None
    return name[1] if name else ""


_AMONG = re.compile(r"\b(?:among|of) the [\w,]+,")
"""A count that was named before: that of a topic which the cited paper has."""


def _statistics_of(text: str, ids: Sequence[str], known: _Known) -> tuple[str, ...]:
    """Return the statistics that a sentence may mean: the week's, its topics', its papers'."""
    lowered = text.casefold()
    meant = {t.key for t in taxonomy().values() if t.name.casefold() in lowered}
    meant |= set(ids) | {q.casefold() for q in quotations_in(text)}
    if _AMONG.search(text):
        meant |= {key for i in ids if i in known.by_id for key in topics_of(known.by_id[i])}
    return tuple(
        name
        for name in known.statistics
        if ":" not in name or name.partition(":")[2].casefold() in meant
    )


def _check_unsourced(text: str, known: _Known) -> tuple[Finding, ...]:
    """Return why a sentence without a link needs one; empty where it needs none."""
    if reason := malformed(text):
        return (Finding("form", "", text, reason),)
    statistics = _statistics_of(text, (), known)
    counted = Sentence(text, Kind.STATISTIC, statistics=statistics)
    if numbers_in(without_topics(text)) and not check_sentence(counted, known.selection(())):
        return ()
    claim = claims_something(text)
    if not claim:
        return ()
    strangers = tuple(
        Finding("invented", "", text, f"no paper of the week holds “{name}”")
        for name in names_in(without_topics(text))
        if key(name) not in COMMON_NAMES and not known.titled(name) and not known.bears(name)
    )
    named = [known.titled(quoted) for quoted in quotations_in(text) if quoted != quoted.lower()]
    named += [known.called(name) for name in names_in(text) if key(name) not in COMMON_NAMES]
    speaks_of = next(filter(None, named), "")
    numbers = (
        finding
        for finding in check_sentence(counted, known.selection(()))
        if finding.rule == "number"
    )
    rest = f"it speaks of {speaks_of} without a link" if speaks_of else claim
    source = Finding("source", "", text, f"it has no source: {rest}")
    return (*strangers, *dict.fromkeys(numbers), source)


def _debris(text: str, papers: Iterable[Paper]) -> tuple[Finding, ...]:
    found = _DEBRIS.search(text)
    if not found or any(found[0] in ground_of(paper).prose for paper in papers):
        return ()
    return (Finding("markup", "", text, f"it holds what no writer meant: {found[0]}"),)


# Addresses ---------------------------------------------------------------------------------------

_PAPER_PAGE = re.compile(
    r"/(?:abs|pdf|html|papers|paper/arxiv|format)/"
    r"((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}))(?:v\d+)?(?:\.pdf)?/?"
)
_PAPER_HOSTS = ("arxiv.org", "huggingface.co", "alphaxiv.org", "hf.co")


def paper_of(address: str) -> str:
    """Return the arXiv id of the paper whose page an address leads to; empty where to none.

    >>> paper_of("https://arxiv.org/abs/2501.15368v2#:~:text=a,b"), paper_of("https://x.org/a")
    ('2501.15368', '')
    """
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").casefold()
    except ValueError:
        return ""
    page = _PAPER_PAGE.fullmatch(parts.path)
    trusted = any(host == known or host.endswith(f".{known}") for known in _PAPER_HOSTS)
    return page[1] if page and trusted else ""


def _check_address(link: Link, text: str, known: _Known) -> Iterator[Finding]:
    arxiv_id = paper_of(link.address)
    if not arxiv_id:
        if code_url(link.address).casefold() not in known.code or not code_url(link.address):
            yield Finding(
                "link", "", text, f"it leads to {link.address[:120]}, no paper of the week"
            )
        return
    if known.invented:
        yield Finding("link", "", text, f"it links {arxiv_id}, and invented papers have no page")
    elif arxiv_id not in known.by_id:
        yield Finding("link", "", text, f"it links {arxiv_id}, which is no paper of the week")
    elif "#:~:" in link.address and not _passage(known.by_id[arxiv_id], link.address):
        yield Finding("passage", "", text, f"its receipt opens at no words of {arxiv_id}")


def _passage(paper: Paper, address: str) -> str:
    """Return the sentences of the abstract at which a receipt opens, as the source wrote them."""
    _, marker, fragment = address.partition("#:~:text=")
    if not marker:
        return ""
    start, _, end = fragment.partition(",")
    abstract = fold(paper.abstract)
    text = f"{fold(paper.title)}\n{abstract}"
    first = text.casefold().find(unquote(start).casefold())
    last = text.casefold().find(unquote(end or start).casefold(), max(first, 0))
    if first < 0 or last < 0:
        return ""
    return _whole_sentences(abstract, first, last + len(unquote(end or start)), text)


def _whole_sentences(abstract: str, first: int, last: int, text: str) -> str:
    """Return the sentences that a stretch of title and abstract touches: a receipt may be cut."""
    offset = len(text) - len(abstract)
    if last <= offset:
        return text[: offset - 1]
    at, touched = 0, []
    for sentence in sentences(abstract):
        begin = abstract.find(sentence, at)
        at = begin + len(sentence)
        if begin < last - offset and at > first - offset:
            touched.append(sentence)
    return " ".join(touched)


# Table, afterword, repetition --------------------------------------------------------------------

_VOTES = re.compile(r"votes|upvotes", re.IGNORECASE)


def _check_rows(rows: Sequence[Row], known: _Known) -> Iterator[Finding]:
    if not rows:
        return
    header = rows[0].cells
    votes = next((n for n, cell in enumerate(header) if _VOTES.fullmatch(cell)), None)
    for row in rows[1:]:
        shown = row.cells[0] if row.cells else ""
        for link in row.links:
            yield from (replace(f, section="table") for f in _check_address(link, shown, known))
        ids = [i for link in row.links if (i := paper_of(link.address))]
        arxiv_id = ids[0] if ids else known.titled(shown)
        paper = known.by_id.get(arxiv_id)
        if paper is None:
            if not ids:
                yield Finding("invented", "table", shown, "no paper of the week is called so")
            continue
        bare = {key(arxiv_id), key(f"arXiv {arxiv_id}")}
        if key(shown) != key(clean(paper.title)) and key(shown) not in bare:
            yield Finding("title", "table", shown, f"{arxiv_id} is called “{clean(paper.title)}”")
        stated = row.cells[votes] if votes is not None and votes < len(row.cells) else None
        if stated is not None and stated != ("–" if paper.votes is None else str(paper.votes)):
            right = "no votes" if paper.votes is None else f"{paper.votes} votes"
            yield Finding("votes", "table", shown, f"it says {stated}, and {arxiv_id} has {right}")


def _check_afterword(post: ReadPost, known: _Known) -> Iterator[Finding]:
    for said in post.afterword:
        for link in said.links:
            yield from _check_address(link, said.text, known)
        yield from _debris(said.text, ())
        stated = re.search(r"\b\d{4}-W\d{2}\b", said.text)
        if stated and stated[0] != known.week.label:
            reason = f"it speaks of {stated[0]}, not {known.week.label}"
            yield Finding("date", "", said.text, reason)


def _check_repeated(post: ReadPost, earlier_posts: Iterable[str]) -> Iterator[Finding]:
    runs = _runs(post)
    for number, earlier in enumerate(earlier_posts, start=1):
        shared = runs.keys() & _runs(read_post(earlier)).keys()
        share = len(shared) / len(runs) if runs else 0.0
        if share > MOST_REPEATED:
            examples = "; ".join(f"“{' '.join(run)}”" for run in sorted(shared)[:3])
            reason = f"{share:.0%} of its six-word runs stand in post {number} given: {examples}"
            yield Finding("repeated", "", "", reason, warning=True)
        for sentence in sorted({runs[run] for run in shared} & _sentences(earlier)):
            reason = f"post {number} given holds the same sentence"
            yield Finding("repeated", "", sentence, reason, warning=True)


def _sentences(markdown: str) -> set[str]:
    return {said.text for part in read_post(markdown).parts for said in part.sentences}


def _runs(post: ReadPost) -> dict[tuple[str, ...], str]:
    """Return the prose's six-word runs without names, each with the sentence it stands in."""
    runs: dict[tuple[str, ...], str] = {}
    for part in post.parts:
        for said in part.sentences:
            text = said.text
            for name in (*names_in(text), *(link.words for link in said.links)):
                text = text.replace(name, " ") if name else text
            words = re.findall(r"[\w’'-]+", text.casefold())
            for place in range(len(words) - _RUN + 1):
                runs.setdefault(tuple(words[place : place + _RUN]), said.text)
    return runs
