"""From a report to the files of its post. Markdown is made here, once, from plain text.

The words of frame stand in `templates/`; what is a stranger's goes through `escaping`. There is no
clock here: the same report gives the same bytes, which is how a published week is recognised.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import jinja2
import yaml

from paperweek.addresses import fault_of_pattern
from paperweek.datafile import Correction, DataFile, counts_of, write_data_file
from paperweek.errors import ConfigurationError, RenderingError
from paperweek.escaping import clean, code_url, escape, escape_each, front_matter, paper_url
from paperweek.model import (
    ARXIV_ID,
    Citation,
    Heading,
    Paper,
    Post,
    Report,
    Selection,
    Sentence,
    SourceAccount,
    Week,
)
from paperweek.receipts import receipt_url
from paperweek.templating import environment
from paperweek.text import readable
from paperweek.topics import name_of

POST_PATH = "_posts/{date}-weekly-report.md"
"""Where a post lies in the blog: `{date}` is the week's Sunday, `{week}` its label."""

_LEAD_IN = re.compile(r"^\*\*(.+?)\*\*: ", re.MULTILINE)
_FULL_STOP = re.compile(r"[.!?…]+$")
_MOST_LINES = 50
_SHORT_NAME = 60
"""Characters up to which a title is its own short name."""


def post_path(week: Week, pattern: str = POST_PATH) -> str:
    """Return the path of the week's post inside the blog.

    Raises ConfigurationError for a pattern that leads elsewhere or is the same in every week.
    """
    if problem := fault_of_pattern(pattern):
        raise ConfigurationError("post path", pattern, problem)
    return pattern.format(date=week.sunday.isoformat(), week=week.label)


def data_path(week: Week) -> str:
    """Return the path of the week's data file inside the blog."""
    return f"assets/weekly-report/{week.label}.json"


def post_title(week: Week) -> str:
    """Return the post's title: days zero-padded, the year once and that of the Sunday.

    >>> post_title(Week(2025, 1))
    'Weekly Report - December 30 to January 05, 2025'
    """
    return _render("title.txt.j2", week=week).strip()


def render_post(
    report: Report,
    *,
    path_pattern: str = POST_PATH,
    category: str = "weekly-report",
    layout: str = "post",
    changes: str = "",
    corrections: Iterable[Correction] = (),
    topic_name: Callable[[str], str] = name_of,
) -> Post:
    """Return the report's post and data file, checked as they will be published.

    `changes` is plain text that ends the last paragraph: what a post written anew changes.
    `corrections` follow it, as they stood in the post before. Raises
    RenderingError where a template is broken or the post does not read back as it was meant.
    """
    week = report.selection.week
    title = post_title(week)
    meta: dict[str, str | date | bool] = {
        "layout": layout,
        "title": title,
        "date": week.sunday,
        "category": category,
        "render_with_liquid": False,
    }
    links = _Links.of(report.selection)
    collection = report.selection.collection
    text = _render(
        "post.md.j2",
        report=report,
        front_matter=front_matter(meta, quoted=frozenset({"title"})),
        prose=links.prose,
        papers=[_Row.of(paper, report.selection, links, topic_name) for paper in links.selected],
        counts=counts_of(report),
        gaps=[gap for a in collection.accounts if any(gap := _gap(a))] if collection else [],
        invented=links.invented,
        no_list=collection is not None and collection.has_no_list,
        changes=changes,
    )
    corrections = tuple(corrections)
    for c in corrections:
        name = links.name_in_full(c.id)
        line = render_correction(c.id, name, c.why, c.on, invented=links.invented)
        text = f"{text.rstrip()}\n\n{line}\n"
    check_rendered(text, meta)
    path = post_path(week, path_pattern)
    return Post(
        week=week,
        path=path,
        title=title,
        text=text,
        data_path=data_path(week),
        data=write_data_file(
            report, title=title, post=path, changes=changes, corrections=corrections
        ),
    )


def render_request(post: Post, data: DataFile) -> str:
    """Return the text of the pull request that asks a person for the post.

    What comes from outside stands in a block of code, where GitHub mentions nobody and links
    nothing.
    """
    lines = [clean(line) for line in (*post.warnings, *data.dropped)]
    longest = max(map(len, re.findall("`+", " ".join(lines))), default=0)
    fence = "`" * max(3, longest + 1)
    return _render(
        "pull_request.md.j2", post=post, data=data, fence=fence, lines=lines[:_MOST_LINES]
    )


def render_correction(
    arxiv_id: str, title: str, why: str, on: str, *, invented: bool = False
) -> str:
    """Return the paragraph that tells readers what is wrong with a paper, on one line."""
    url = "" if invented else paper_url(arxiv_id)
    return _render(
        "correction.md.j2", arxiv_id=arxiv_id, title=title, url=url, why=why, on=on
    ).strip()


def check_rendered(text: str, meta: Mapping[str, object]) -> None:
    """Raise RenderingError unless the post reads back as it was meant.

    Its front matter is `meta`, no further line could end a front matter, and the eight sections
    stand in their order, each with words.
    """
    _, head, body = [*text.split("---\n", 2), "", ""][:3]
    try:
        read = yaml.safe_load(head)
    except yaml.YAMLError as error:
        raise RenderingError("post.md.j2", f"its front matter is no YAML: {error}") from error
    if read != dict(meta) or not text.startswith("---\n"):
        raise RenderingError("post.md.j2", "its front matter does not read back as it was written")
    if re.search(r"^(?:---|\.\.\.)", body, re.MULTILINE):
        raise RenderingError("post.md.j2", "a line of its body looks like the end of front matter")
    found = _LEAD_IN.findall(body)
    if found != [heading.value for heading in Heading]:
        raise RenderingError("post.md.j2", f"its sections are {found}, not the eight in order")
    if empty := re.search(r"^\*\*(.+?)\*\*: *$", body, re.MULTILINE):
        raise RenderingError("post.md.j2", f"its section {empty[1]} is empty")


@dataclass(frozen=True, slots=True)
class _Links:
    """Knows where a citation leads. Invented papers lead nowhere: their ids cannot exist."""

    selected: tuple[Paper, ...]
    known: Mapping[str, Paper]
    invented: bool

    @classmethod
    def of(cls, selection: Selection) -> _Links:
        collection = selection.collection
        papers = (*(collection.papers if collection else ()), *selection.papers)
        return cls(
            selected=selection.papers,
            known={paper.arxiv_id: paper for paper in papers},
            invented=bool(collection and collection.invented),
        )

    def to_paper(self, arxiv_id: str, words: str = "") -> str:
        if self.invented:
            return ""
        paper = self.known.get(arxiv_id)
        return receipt_url(paper, words) if paper and words else paper_url(arxiv_id)

    def name(self, arxiv_id: str) -> str:
        paper = self.known.get(arxiv_id)
        return short_name(paper) if paper else f"arXiv {clean(arxiv_id)}"

    def name_in_full(self, arxiv_id: str) -> str:
        paper = self.known.get(arxiv_id)
        return clean(paper.title) if paper else arxiv_id

    def prose(self, paragraph: Iterable[Sentence]) -> str:
        """Return a paragraph's Markdown: its sentences' words, with links on what they cite."""
        return " ".join(self._sentence(sentence) for sentence in paragraph)

    def _sentence(self, sentence: Sentence) -> str:
        text = clean(sentence.text)
        chars = escape_each(text)
        anchored: list[tuple[int, int, Citation]] = []
        for citation in sentence.citations:
            if place := _place_of(clean(citation.anchor), text, anchored):
                anchored.append((*place, citation))
        for start, end, citation in anchored:
            if url := self.to_paper(citation.arxiv_id, citation.words):
                chars[start] = f"[{chars[start]}"
                chars[end - 1] = f"{chars[end - 1]}]({url})"
        if after := self._after(sentence, {c.arxiv_id for _, _, c in anchored}):
            stop = _FULL_STOP.search(text, max((end for _, end, _ in anchored), default=0))
            chars.insert(stop.start() if stop else len(chars), after)
        return "".join(chars)

    def _after(self, sentence: Sentence, anchored: set[str]) -> str:
        """Return the links to those cited papers that no words of the sentence carry."""
        rest = {c.arxiv_id: c for c in reversed(sentence.citations) if c.arxiv_id not in anchored}
        names = [
            link(escape(self.name(i)), self.to_paper(i, rest[i].words))
            for i in sentence.cites
            if i in rest
        ]
        return f" ({', '.join(names)})" if names else ""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table: plain text, and addresses that are safe or empty."""

    title: str
    url: str
    authors: tuple[str, ...]
    topic: str
    votes: int | None
    code: str

    @classmethod
    def of(
        cls, paper: Paper, selection: Selection, links: _Links, topic_name: Callable[[str], str]
    ) -> _Row:
        topics = selection.topics.get(paper.arxiv_id, ())
        return cls(
            title=clean(paper.title) or f"arXiv {clean(paper.arxiv_id)}",
            url=links.to_paper(paper.arxiv_id),
            authors=paper.authors,
            topic=topic_name(topics[0]) if topics else "–",
            votes=paper.votes,
            code="" if links.invented else code_url(paper.code),
        )


def short_name(paper: Paper) -> str:
    """Return what a paper is called in passing: what its title names, else its title, cut.

    >>> short_name(Paper("2501.00001", "CodeElo: Benchmarking Competition-level Code Generation"))
    'CodeElo'
    """
    title = clean(readable(paper.title))
    named, colon, _ = title.partition(": ")
    if colon and named and len(named) <= _SHORT_NAME:
        return named
    if len(title) <= _SHORT_NAME:
        return title or f"arXiv {clean(paper.arxiv_id)}"
    return f"{title[:_SHORT_NAME].rpartition(' ')[0] or title[:_SHORT_NAME]}…"


def first_authors(names: tuple[str, ...]) -> str:
    """Return the first two authors, with `et al.` where there are more, or a dash.

    >>> first_authors(("Ada", "Bo", "Cy")), first_authors(())
    ('Ada, Bo et al.', '–')
    """
    names = tuple(filter(None, map(clean, names)))
    return (", ".join(names[:2]) + (" et al." if len(names) > 2 else "")) or "–"  # noqa: PLR2004


def link(markdown: str, url: str) -> str:
    """Return Markdown that links to the address; as it is where the address is empty."""
    return f"[{markdown}]({url})" if url else markdown


def _gap(account: SourceAccount) -> tuple[str, str, tuple[str, ...]]:
    """Return who failed, why, and what a reader must know to be missing; all empty for none.

    Ids that a source which answered does not know are counted elsewhere, not named one by one.
    """
    missing = tuple(m for m in account.missing if account.is_silent or not ARXIV_ID.fullmatch(m))
    if not (missing or account.is_silent):
        return "", "", ()
    return account.source, account.failure, missing


def _place_of(
    anchor: str, text: str, taken: Iterable[tuple[int, int, Citation]]
) -> tuple[int, int] | None:
    """Return where the anchor first stands as whole words and no other link does."""
    if not anchor:
        return None
    for found in re.finditer(rf"(?<!\w){re.escape(anchor)}(?!\w)", text):
        if all(found.end() <= start or end <= found.start() for start, end, _ in taken):
            return found.span()
    return None


def _render(template: str, **values: object) -> str:
    try:
        return _environment().get_template(template).render(values)
    except jinja2.TemplateError as error:
        raise RenderingError(template, str(error)) from error


@cache
def _environment() -> jinja2.Environment:
    env = environment().overlay(trim_blocks=True, lstrip_blocks=True)
    env.filters = env.filters | {
        "md": escape,
        "link": link,
        "first_authors": first_authors,
        "stopped": lambda text: f"{text.rstrip(' .')}.",
        "one_line": lambda text: " ".join(text.split()),
    }
    return env
