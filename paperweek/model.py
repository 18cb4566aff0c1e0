"""The values that flow through a week, from a paper that was seen to a post that was published.

Every value is frozen and holds only frozen things, so that it can cross a task, a process or a
test without surprises. Days are `date`, instants are aware UTC `datetime`. Text is plain text
(NFC, white space folded) unless a name says otherwise; Markdown exists only inside a `Post`.

This module imports nothing of the product but its errors: it is what everybody else talks about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from enum import StrEnum

from paperweek.errors import ConfigurationError

ARXIV_ID = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z][a-z-]*(?:\.[A-Z]{2})?/\d{7})", re.ASCII)
"""An arXiv identifier without its version, new and old scheme.

Source: https://info.arxiv.org/help/arxiv_identifier.html
"""

_WEEK_LABEL = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """One ISO 8601 week, Monday to Sunday, written `2025-W05`.

    >>> Week(2025, 1).monday, Week(2025, 1).sunday
    (datetime.date(2024, 12, 30), datetime.date(2025, 1, 5))
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        try:
            date.fromisocalendar(self.year, self.number, 1)
            has_neighbours = MINYEAR < self.year < MAXYEAR
        except ValueError:
            has_neighbours = False
        if not has_neighbours:
            raise ConfigurationError(
                "week", f"{self.year:04d}-W{self.number:02d}", "there is no such ISO week"
            )

    @classmethod
    def parse(cls, text: str) -> Week:
        """Return the week that a label (`2025-W05`) or any day in it (`2025-02-01`) names.

        Raises ConfigurationError for anything else.

        >>> Week.parse("2025-02-01") == Week.parse("2025-W05")
        True
        """
        text = text.strip()
        if label := _WEEK_LABEL.fullmatch(text):
            return cls(int(label[1]), int(label[2]))
        try:
            return cls.containing(date.fromisoformat(text))
        except ValueError:
            raise ConfigurationError(
                "week", text, "write a week such as 2025-W05, or a day such as 2025-02-02"
            ) from None

    @classmethod
    def containing(cls, day: date) -> Week:
        """Return the week that `day` lies in."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def ending_by(cls, day: date) -> Week:
        """Return the week that ends on `day` where it is a Sunday, else the last full week.

        >>> Week.ending_by(date(2025, 2, 2)).label, Week.ending_by(date(2025, 2, 3)).label
        ('2025-W05', '2025-W05')
        """
        return cls.containing(day - timedelta(days=day.isoweekday() % 7))

    @property
    def monday(self) -> date:
        """The first day of the week."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        """The last day of the week, and the date of its post."""
        return date.fromisocalendar(self.year, self.number, 7)

    @property
    def days(self) -> tuple[date, ...]:
        """The seven days, Monday first."""
        return tuple(self.monday + timedelta(days=n) for n in range(7))

    @property
    def label(self) -> str:
        """The week as people and files write it, such as `2025-W05`."""
        return f"{self.year:04d}-W{self.number:02d}"

    def plus(self, weeks: int) -> Week:
        """Return the week that lies `weeks` later (earlier where negative)."""
        return Week.containing(self.monday + timedelta(weeks=weeks))

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of the week, as far as the sources tell. Its identity is `arxiv_id`."""

    arxiv_id: str
    """Without version, such as `2501.15368` or `cs.LG/0601001`."""
    title: str
    abstract: str = ""
    """As the source gave it, white space folded, LaTeX still in it. Empty where none came."""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    """arXiv categories, the primary one first; empty where unknown."""
    published: datetime | None = None
    """When version 1 was submitted (UTC)."""
    updated: datetime | None = None
    """When the newest version was submitted (UTC)."""
    comment: str = ""
    """arXiv's comment field: pages, venue, or that the paper was withdrawn."""
    votes: int | None = None
    """Upvotes on Hugging Face as of collection; None where it is not listed there."""
    comments: int | None = None
    """Comments in the Hugging Face discussion; None where it is not listed there."""
    code: str = ""
    """Address of the code repository that Hugging Face gives; empty where it gives none."""
    listed_on: date | None = None
    """First day of the week on which Hugging Face listed it."""
    seen_in: frozenset[str] = frozenset()
    """Names of the sources that know it; metadata are arXiv's wherever `arxiv` is in it."""

    @property
    def url(self) -> str:
        """The paper's abstract page on arXiv."""
        return f"https://arxiv.org/abs/{self.arxiv_id}"

    def merged_with(self, other: Paper) -> Paper:
        """Return the one record of two sightings of this paper, whichever came first.

        Commutative, associative and idempotent: metadata are taken as a whole from the better
        sighting (arXiv before Hugging Face, then the newer, then the longer), votes and
        comments are the highest seen, the listing day the earliest.
        """
        better, other_one = sorted((self, other), key=_metadata_rank, reverse=True)
        return replace(
            better,
            votes=_largest(self.votes, other.votes),
            comments=_largest(self.comments, other.comments),
            code=max(self.code, other.code),
            listed_on=min((d for d in (self.listed_on, other.listed_on) if d), default=None),
            seen_in=better.seen_in | other_one.seen_in,
        )


def _metadata_rank(paper: Paper) -> tuple[object, ...]:
    return (
        "arxiv" in paper.seen_in,
        paper.updated.timestamp() if paper.updated else 0.0,
        len(paper.abstract),
        paper.abstract,
        paper.title,
        paper.authors,
        paper.categories,
        paper.published.timestamp() if paper.published else 0.0,
        paper.comment,
    )


def _largest(one: int | None, other: int | None) -> int | None:
    return max((n for n in (one, other) if n is not None), default=None)


@dataclass(frozen=True, slots=True)
class SourceAccount:
    """What one source was asked for and what came: no source is believed without its account."""

    source: str
    requests: int = 0
    """HTTP requests sent, retries included."""
    papers: int = 0
    """Distinct papers it gave."""
    missing: tuple[str, ...] = ()
    """What was asked for and did not come: arXiv ids, days, or pages, in plain words."""
    failure: str = ""
    """Why it is silent, in whole or in part: what came, how often it was tried. Empty: not."""

    @property
    def is_silent(self) -> bool:
        """Whether it failed to give all that was asked, so that a reader must be told."""
        return bool(self.failure)


@dataclass(frozen=True, slots=True)
class Collection:
    """The week's set: every paper that some source put into the week, once, with the accounts."""

    week: Week
    papers: tuple[Paper, ...]
    """Distinct by `arxiv_id`, sorted by it."""
    accounts: tuple[SourceAccount, ...] = ()
    withdrawn: tuple[Paper, ...] = ()
    """Set aside because their comment says that they were withdrawn; not among `papers`."""
    invented: bool = False
    """True for the bundled sample: wherever it shows, it says so."""

    @property
    def listed(self) -> tuple[Paper, ...]:
        """The papers that Hugging Face listed in the week: those that readers voted on."""
        return tuple(paper for paper in self.papers if paper.votes is not None)

    @property
    def silent_sources(self) -> tuple[str, ...]:
        """Names of the sources that did not give all that was asked."""
        return tuple(account.source for account in self.accounts if account.is_silent)

    @property
    def has_no_list(self) -> bool:
        """Whether nobody knows what readers voted on, because Hugging Face was silent."""
        return not self.listed and "huggingface" in self.silent_sources


@dataclass(frozen=True, slots=True)
class PublishedWeek:
    """What later weeks need to know of a week that the blog has published."""

    week: Week
    listed: Mapping[str, tuple[str, ...]]
    """arXiv id of each listed paper to its topics' keys."""
    phrases: Mapping[str, int] = field(default_factory=dict)
    """Phrase to the number of new listed papers that used it."""
    told: frozenset[str] = frozenset()
    """Ids of the papers that its prose wrote about: they are not written about again."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The papers that a writer may speak of, and the statistics it may quote. Nothing else."""

    week: Week
    papers: tuple[Paper, ...]
    """Best first, by `rule`; all with a usable abstract unless `titles_only` names them."""
    topics: Mapping[str, tuple[str, ...]]
    """arXiv id to the keys of the paper's topics, the best fitting first; for all listed papers."""
    statistics: Mapping[str, float]
    """Every number about the week that a sentence may quote, by key; see paperweek.statistics."""
    titles_only: frozenset[str] = frozenset()
    """Ids of listed papers without a usable abstract: counted, never written about."""
    rule: str = ""
    """How the papers were chosen, in one sentence for the reader."""
    collection: Collection | None = None
    """The set it was chosen from."""
    earlier: tuple[PublishedWeek, ...] = ()
    """The published weeks it is compared with, newest first; empty where there are none."""

    def paper(self, arxiv_id: str) -> Paper | None:
        """Return the selected paper with this id, or None where it is not selected."""
        return next((paper for paper in self.papers if paper.arxiv_id == arxiv_id), None)


class Heading(StrEnum):
    """The eight sections, in their order; each value is the exact wording."""

    EXECUTIVE_SUMMARY = "Executive Summary"
    TECHNICAL_TRENDS = "Technical Trends Analysis"
    KEY_INNOVATIONS = "Key Innovations and Breakthroughs"
    METHODOLOGICAL_INSIGHTS = "Methodological Insights"
    PRACTICAL_IMPLICATIONS = "Practical Implications"
    FUTURE_DIRECTIONS = "Future Directions"
    RECOMMENDATIONS = "Technical Recommendations"
    CONCLUSION = "Conclusion"


class Kind(StrEnum):
    """What a sentence may be. Each kind has its own duties; see paperweek.checks."""

    PAPERS = "papers"
    """About papers: cites at least one."""
    STATISTIC = "statistic"
    """About the week: every number is recomputable from the stored week."""
    JUDGEMENT = "judgement"
    """An opinion of the language-model writer: cites what it judges, marked as opinion."""
    FRAMING = "framing"
    """Joins others: no name, no number, no claim about a paper."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A paper that a sentence rests on, and the words it rests on."""

    arxiv_id: str
    words: str = ""
    """The passage of the paper's abstract (or title) as the source wrote it; empty: the title."""
    anchor: str = ""
    """The words of the sentence that carry the link; empty: the link follows the sentence."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of plain text, with what it rests on."""

    text: str
    kind: Kind
    citations: tuple[Citation, ...] = ()
    statistics: tuple[str, ...] = ()
    """Keys into `Selection.statistics` that its numbers are taken from."""

    @property
    def cites(self) -> tuple[str, ...]:
        """The arXiv ids it rests on, in order, each once."""
        return tuple(dict.fromkeys(citation.arxiv_id for citation in self.citations))


@dataclass(frozen=True, slots=True)
class Section:
    """One of the eight sections: paragraphs, each a run of sentences."""

    heading: Heading
    paragraphs: tuple[tuple[Sentence, ...], ...]
    writer: str = ""
    """Name of the writer whose words these are."""

    @property
    def sentences(self) -> Iterator[Sentence]:
        """All its sentences, in order."""
        return (sentence for paragraph in self.paragraphs for sentence in paragraph)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a language model cost."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    price_usd: float | None = 0.0
    """None where the price of the model is unknown: never reported as 0."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a writer has to say of a week: the eight sections, in order."""

    selection: Selection
    sections: tuple[Section, ...]
    writer: str
    """Name and version, such as `extractive/1`."""
    degraded: tuple[str, ...] = ()
    """Headings that another writer had to write, with the reason; empty where all went well."""
    dropped: tuple[str, ...] = ()
    """Sentences that failed a check and were left out, each with its reason."""
    usage: Usage = Usage()
    prompt_version: str = ""

    def __post_init__(self) -> None:
        headings = [section.heading for section in self.sections]
        if headings != list(Heading):
            raise ValueError(f"a report has the eight sections in order, not {headings}")

    @property
    def sentences(self) -> Iterator[Sentence]:
        """All sentences of the eight sections, in order."""
        return (sentence for section in self.sections for sentence in section.sentences)

    @property
    def cited(self) -> tuple[str, ...]:
        """The arXiv ids that the prose cites, in order of first mention, each once."""
        return tuple(dict.fromkeys(i for sentence in self.sentences for i in sentence.cites))


@dataclass(frozen=True, slots=True)
class Post:
    """The files of one week, ready to be committed: paths are inside the blog's repository."""

    week: Week
    path: str
    """Such as `_posts/2025-02-02-weekly-report.md`."""
    title: str
    text: str
    """The whole Markdown file, LF line ends, one final newline."""
    data_path: str
    """Such as `assets/weekly-report/2025-W05.json`."""
    data: str
    """The whole data file (JSON), one final newline."""
    warnings: tuple[str, ...] = ()
    """What an editor should see of it, found when it was read back; a line each."""


class Outcome(StrEnum):
    """How a run ended."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    REHEARSED = "rehearsed"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Publication:
    """What the blog holds for the week after publishing."""

    week: Week
    outcome: Outcome
    path: str
    commit: str = ""
    """Full id of the commit that holds the post; empty where nothing was committed."""
    human_edited: bool = False
    """A person changed or deleted the post: it stays as they left it."""
    url: str = ""
    """Address of the published page; empty where the site's address is not known."""
    pull_request: str = ""
    """Address of the pull request that a person decides on; empty where there is none."""
    takes_back: str = ""
    """The git command that takes our words back, where a person changed them; else empty."""
