"""The week's data file: everything a program, or a later week, may ask of a published post.

It is written beside the post, in the same commit, and described in docs/data-file.md. The blog is
the only state there is, so later weeks are compared with what these files say.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from paperweek import model
from paperweek.errors import RenderingError
from paperweek.escaping import clean, code_url

_PHRASE = "phrase:"
"""Statistics under such keys count the papers that use a phrase."""


class _Part(BaseModel):
    # A file written by a later version may hold more fields: what is known stays readable.
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Counts(_Part):
    """How many papers the week had, and what became of them."""

    papers: int
    """Distinct papers in the week's set."""
    listed: int
    """Of these, on Hugging Face's daily pages."""
    selected: int
    cited: int
    """Distinct papers that the prose cites."""
    withdrawn: int
    """Set aside because their comment says they were withdrawn; not among `papers`."""
    titles_only: int
    """Listed papers without a usable abstract: counted, never written about."""
    not_on_arxiv: int
    """Papers of which arXiv gave no record, so that Hugging Face's stands in."""
    dropped: int
    """Sentences that failed a check and were left out."""


class Source(_Part):
    """A source's account of itself."""

    source: str
    requests: int
    papers: int
    missing: tuple[str, ...]
    failure: str


class Paper(_Part):
    """A paper that was listed in the week, or selected."""

    id: str
    title: str
    topics: tuple[str, ...]
    """Keys, the best fitting first."""
    votes: int | None
    comments: int | None
    code: str
    selected: bool


class Citation(_Part):
    """A paper that a sentence rests on, and the words it rests on."""

    id: str
    words: str
    anchor: str


class Sentence(_Part):
    """A sentence of plain text with its ground."""

    text: str
    kind: str
    citations: tuple[Citation, ...]
    statistics: tuple[str, ...]


class Section(_Part):
    """One of the eight sections."""

    heading: str
    writer: str
    paragraphs: tuple[tuple[Sentence, ...], ...]


class Usage(_Part):
    """What a language model cost; a price of null is unknown, never nothing."""

    calls: int
    tokens_in: int
    tokens_out: int
    price_usd: float | None


class Correction(_Part):
    """What was said afterwards of a paper that the post leans on."""

    id: str
    on: str
    """Day, such as `2025-03-01`."""
    why: str


class DataFile(_Part):
    """A whole data file. Field for field what docs/data-file.md describes."""

    version: Literal[1] = Field(alias="schema")
    week: str
    title: str
    post: str
    writer: str
    prompt_version: str
    invented: bool
    counts: Counts
    sources: tuple[Source, ...]
    papers: tuple[Paper, ...]
    """The selected ones best first, then the others by id."""
    phrases: dict[str, int]
    statistics: dict[str, int | float]
    """Every number that a sentence may quote, by key."""
    sections: tuple[Section, ...]
    degraded: tuple[str, ...]
    dropped: tuple[str, ...]
    usage: Usage
    changes: str = ""
    """What a post that was written anew says about what changed."""
    corrections: tuple[Correction, ...] = ()

    @property
    def cited(self) -> frozenset[str]:
        """The ids of the papers that the prose rests on."""
        return frozenset(
            citation.id
            for section in self.sections
            for sentences in section.paragraphs
            for sentence in sentences
            for citation in sentence.citations
        )

    def published_week(self) -> model.PublishedWeek:
        """Return what later weeks need to know of this one."""
        return model.PublishedWeek(
            week=model.Week.parse(self.week),
            listed={paper.id: paper.topics for paper in self.papers if paper.votes is not None},
            phrases=dict(self.phrases),
            told=self.cited,
        )


def read_data_file(text: str) -> DataFile:
    """Return the data file that this JSON holds.

    Raises ValueError, which says where it is wrong, for anything that is not a data file of a
    version that we know. Fields that we do not know are passed over.
    """
    return DataFile.model_validate_json(text)


def write_data_file(
    report: model.Report,
    *,
    title: str,
    post: str,
    phrases: Mapping[str, int] | None = None,
    changes: str = "",
    corrections: tuple[Correction, ...] = (),
) -> str:
    """Return the report's data file as JSON: UTF-8 text, LF, one final newline.

    The same report gives the same bytes. `post` is the post's path in the blog; `phrases` counts
    the listed papers by phrase, and is taken from the statistics where it is not given. Raises
    RenderingError for a statistic that JSON cannot hold.
    """
    statistics = report.selection.statistics
    if wrong := sorted(key for key, number in statistics.items() if not math.isfinite(number)):
        raise RenderingError("the data file", f"the statistic {wrong[0]} is not a finite number")
    if phrases is None:
        phrases = {
            key.removeprefix(_PHRASE): int(number)
            for key, number in statistics.items()
            if key.startswith(_PHRASE) and number
        }
    collection = report.selection.collection
    whole = DataFile(
        schema=1,
        week=report.selection.week.label,
        title=title,
        post=post,
        writer=clean(report.writer),
        prompt_version=report.prompt_version,
        invented=bool(collection and collection.invented),
        counts=counts_of(report),
        sources=tuple(map(_source, collection.accounts)) if collection else (),
        papers=tuple(_papers(report.selection)),
        phrases={clean(phrase): count for phrase, count in sorted(phrases.items())},
        statistics=dict(sorted(statistics.items())),
        sections=tuple(map(_section, report.sections)),
        degraded=tuple(map(clean, report.degraded)),
        dropped=tuple(map(clean, report.dropped)),
        usage=Usage(**dataclasses.asdict(report.usage)),
        changes=clean(changes),
        corrections=corrections,
    )
    return json.dumps(whole.model_dump(by_alias=True), indent=1, ensure_ascii=False) + "\n"


def counts_of(report: model.Report) -> Counts:
    """Return how many papers the report's week had, and what became of them.

    Where the report does not know the set it was chosen from, that is the selection.
    """
    selection, collection = report.selection, report.selection.collection
    papers = collection.papers if collection else selection.papers
    return Counts(
        papers=len(papers),
        listed=sum(paper.votes is not None for paper in papers),
        selected=len(selection.papers),
        cited=len(report.cited),
        withdrawn=len(collection.withdrawn) if collection else 0,
        titles_only=len(selection.titles_only),
        not_on_arxiv=sum(bool(p.seen_in) and "arxiv" not in p.seen_in for p in papers),
        dropped=len(report.dropped),
    )


def _papers(selection: model.Selection) -> Iterator[Paper]:
    chosen = {paper.arxiv_id for paper in selection.papers}
    listed = selection.collection.listed if selection.collection else ()
    others = (paper for paper in listed if paper.arxiv_id not in chosen)
    for paper in (*selection.papers, *sorted(others, key=lambda paper: paper.arxiv_id)):
        yield Paper(
            id=paper.arxiv_id,
            title=clean(paper.title),
            topics=selection.topics.get(paper.arxiv_id, ()),
            votes=paper.votes,
            comments=paper.comments,
            code=code_url(paper.code),
            selected=paper.arxiv_id in chosen,
        )


def _source(account: model.SourceAccount) -> Source:
    return Source(
        source=account.source,
        requests=account.requests,
        papers=account.papers,
        missing=tuple(map(clean, account.missing)),
        failure=clean(account.failure),
    )


def _section(section: model.Section) -> Section:
    return Section(
        heading=section.heading.value,
        writer=clean(section.writer),
        paragraphs=tuple(tuple(map(_sentence, sentences)) for sentences in section.paragraphs),
    )


def _sentence(sentence: model.Sentence) -> Sentence:
    return Sentence(
        text=clean(sentence.text),
        kind=sentence.kind.value,
        citations=tuple(
            Citation(id=c.arxiv_id, words=clean(c.words), anchor=clean(c.anchor))
            for c in sentence.citations
        ),
        statistics=sentence.statistics,
    )
