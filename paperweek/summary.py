"""What a run tells those who started it: one value for the terminal, `--json` and the notice."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import PurePath
from typing import Protocol

from paperweek.addresses import page_of
from paperweek.errors import EverySourceSilent, PaperweekError, Refusal
from paperweek.model import Heading, Outcome, Post, Publication, Report, Usage, Week

_LEADS = 3
_EARLIER = ("earlier_topic:", "earlier_phrase:")
"""Statistics that only a sentence about a movement rests on."""
_STEPS = "tasks"
"""The folder whose files are the steps of a run, one each."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How one run ended. Every key of `--json` is a field here, whatever the outcome."""

    week: str
    """Label such as `2025-W05`; empty where the run ended before it was known."""
    outcome: Outcome
    post_path: str = ""
    """Inside the blog's repository; empty where there is no post."""
    commit: str = ""
    """Full id of the commit that holds the post; empty where nothing was committed."""
    papers: int = 0
    """Distinct papers in the week's set; 0 where none was asked for."""
    cited: int = 0
    """Papers that the prose cites."""
    writer: str = ""
    degraded: bool = False
    """Whether another writer than the chosen one had to write a section."""
    degraded_sections: tuple[str, ...] = ()
    calls: int = 0
    """Requests to a language model; 0 where none writes, or all was bought before."""
    tokens_in: int = 0
    tokens_out: int = 0
    price_usd: float | None = 0.0
    """What the model's tokens cost at list price; null where the price is unknown."""
    silent_sources: tuple[str, ...] = ()
    human_edited: bool = False
    """A person changed or deleted the post, so it stays as they left it."""
    title: str = ""
    url: str = ""
    """Address of the published page, or of a rehearsed post's file; empty where not known."""
    visible: bool | None = None
    """Whether the page showed the post within the time that a run waits for it; null: not asked."""
    pull_request: str = ""
    """Address of the pull request that waits for a person; empty where the post is pushed."""
    leads: tuple[str, ...] = ()
    """Titles of the first papers that the Executive Summary cites, three at most."""
    moved: str = ""
    """The post's first sentence about what moved since earlier weeks; empty where there is none."""
    invented: bool = False
    """The papers are the bundled sample's."""
    notice: str = ""
    """What became of the notice: `sent to …`, `none`, or `failed: ` and why."""
    error: str = ""
    """What happened, where the run was refused or failed."""
    step: str = ""
    """The step in which that was, such as `collect papers`; empty where it was in none."""
    hint: str = ""
    """What to do about it."""

    @classmethod
    def of_standing(cls, standing: Publication, data: str | None = None) -> Summary:
        """Return the summary of a week that the blog holds already.

        `data` is the text of its data file there, where it has one.
        """
        try:
            told = cls.of_data(standing.week, standing.commit, data)
        except ValueError:  # none, or a person's
            told = cls(standing.week.label, Outcome.UNCHANGED)
        return replace(
            told,
            outcome=Outcome.UNCHANGED,
            post_path=standing.path,
            commit=standing.commit,
            human_edited=standing.human_edited,
            url=standing.url,
            pull_request=standing.pull_request,
            notice="none",
            hint=_way_back(standing),
            **asdict(Usage()),  # what was paid then is not paid again
        )

    @classmethod
    def of_publication(cls, publication: Publication, post: Post, report: Report) -> Summary:
        """Return the summary of a week that was written, whatever the blog made of it."""
        collection = report.selection.collection
        summary = (i for sentence in report.sections[0].sentences for i in sentence.cites)
        titles = {paper.arxiv_id: paper.title for paper in report.selection.papers}
        return cls(
            week=publication.week.label,
            outcome=publication.outcome,
            post_path=publication.path,
            commit=publication.commit,
            papers=len(collection.papers) if collection else len(report.selection.papers),
            cited=len(report.cited),
            writer=report.writer,
            degraded=bool(report.degraded),
            degraded_sections=report.degraded,
            **asdict(report.usage),
            silent_sources=collection.silent_sources if collection else (),
            human_edited=publication.human_edited,
            title=post.title,
            url=publication.url,
            pull_request=publication.pull_request,
            leads=_leads(summary, titles),
            moved=_moved(report.sentences),
            invented=bool(collection and collection.invented),
        )

    @classmethod
    def of_draft(cls, post: Post, report: Report) -> Summary:
        """Return the summary of a week that is written and not published."""
        return cls.of_publication(
            Publication(post.week, Outcome.REHEARSED, post.path), post, report
        )

    def of(self, publication: Publication) -> Summary:
        """Return the summary of a draft with what the blog made of it."""
        return replace(
            self,
            outcome=publication.outcome,
            post_path=publication.path,
            commit=publication.commit,
            human_edited=publication.human_edited,
            url=publication.url,
            pull_request=publication.pull_request,
        )

    def discarded(self, note: str) -> Summary:
        """Return the summary of a draft that a person did not want."""
        return replace(
            self,
            outcome=Outcome.REFUSED,
            notice="none",
            error=f"{self.week} was not published: a person discarded it{note and ': '}{note}.",
            hint=f"To be asked for it no more: paperweek skip {self.week}.",
        )

    @classmethod
    def of_data(cls, week: Week, commit: str, text: str | None) -> Summary:
        """Return the summary of a published week, as far as its data file tells.

        Raises ValueError for what is no data file.
        """
        # Imported late: `--help` needs this module, and not what reads a file.
        from paperweek.datafile import read_data_file  # noqa: PLC0415

        data = read_data_file(text or "")
        said = [
            (section.heading, sentence)
            for section in data.sections
            for paragraph in section.paragraphs
            for sentence in paragraph
        ]
        summary = (
            citation.id
            for heading, sentence in said
            if heading == Heading.EXECUTIVE_SUMMARY
            for citation in sentence.citations
        )
        return cls(
            week=week.label,
            outcome=Outcome.PUBLISHED,
            post_path=data.post,
            commit=commit,
            papers=data.counts.papers,
            cited=data.counts.cited,
            writer=data.writer,
            degraded=bool(data.degraded),
            degraded_sections=data.degraded,
            **data.usage.model_dump(),
            leads=_leads(summary, {paper.id: paper.title for paper in data.papers}),
            moved=_moved(sentence for _, sentence in said),
            silent_sources=tuple(source.source for source in data.sources if source.failure),
            title=data.title,
            invented=data.invented,
        )

    @classmethod
    def of_error(cls, error: BaseException, week: str = "") -> Summary:
        """Return the summary of a run that `error` ended."""
        known = error if isinstance(error, PaperweekError) else None
        counted = error if isinstance(error, Refusal | EverySourceSilent) else None
        refusal = error if isinstance(error, Refusal) else None
        return cls(
            week=counted.week if counted else week,
            outcome=Outcome.REFUSED if refusal else Outcome.FAILED,
            papers=refusal.papers if refusal else 0,
            silent_sources=counted.silent_sources if counted else (),
            error=str(known) if known else _unexpected(error),
            step=_step(error),
            hint=_hint(error),
        )

    def on(self, site: str, category: str, permalink: str = "date") -> Summary:
        """Return the summary with the page's address on `site`, where that can be told."""
        return replace(self, url=self.url or page_of(site, self.post_path, category, permalink))

    def as_json(self) -> str:
        """Return the summary as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """How catching up with missed weeks ended."""

    weeks: tuple[Summary, ...]
    """The weeks that were tried, oldest first."""
    left: tuple[str, ...] = ()
    """Labels of the weeks that still have no post and were not tried."""
    notice: str = "none"
    """What became of the one notice: `sent to …`, `none`, or `failed: ` and why."""

    @property
    def outcome(self) -> Outcome:
        """The worst of the weeks; unchanged where there was none."""
        seen = {week.outcome for week in self.weeks}
        order = (Outcome.FAILED, Outcome.REFUSED, Outcome.PUBLISHED)
        return next((outcome for outcome in order if outcome in seen), Outcome.UNCHANGED)

    def as_json(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps({"outcome": self.outcome, **asdict(self)}, ensure_ascii=False)


class _Said(Protocol):
    """A sentence, of a report or of its data file."""

    @property
    def text(self) -> str:
        """Its words."""

    @property
    def statistics(self) -> tuple[str, ...]:
        """The statistics that it rests on."""


def _leads(cited: Iterable[str], titles: Mapping[str, str]) -> tuple[str, ...]:
    known = [titles[i] for i in dict.fromkeys(cited) if i in titles]
    return tuple(known[:_LEADS])


def _moved(sentences: Iterable[_Said]) -> str:
    resting = (s.text for s in sentences if any(k.startswith(_EARLIER) for k in s.statistics))
    return next(resting, "")


def _step(error: BaseException) -> str:
    """Return the step in which the error was raised, in words."""
    frames = traceback.walk_tb(error.__traceback__)
    paths = (PurePath(frame.f_code.co_filename) for frame, _ in frames)
    steps = [path.stem.replace("_", " ") for path in paths if path.parent.name == _STEPS]
    return steps[0] if steps else ""


def _way_back(standing: Publication) -> str:
    """Return how a person gives a post back that they edited; empty where it was never ours."""
    if not standing.takes_back:
        return ""
    return f"To have our words back: {standing.takes_back}, then commit and run again."


def _unexpected(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "It was stopped before the end."
    said = " ".join(str(error).split())
    return f"Something unforeseen happened ({type(error).__name__}){': ' if said else ''}{said}."


def _hint(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "Run it again: it asks the blog first and publishes nothing twice."
    return error.hint if isinstance(error, PaperweekError) else PaperweekError().hint
