"""The language-model writer: the voice of a person, every sentence with its ground.

One request a section with that section's evidence, the summaries last. Each sentence is asked for
its ground like the embedded writer's; one that fails is asked for again once with the reasons,
then dropped. A section that falls short is the embedded writer's, and the report says so: a dead
or lying model never makes a worse post than no model.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from paperweek.checks import check_report, check_sentence, opening_of
from paperweek.drafts import (
    FEWEST_SENTENCES,
    Draft,
    Judged,
    Standing,
    VoiceOfWriter,
    judge,
    section_of,
    shortfall,
)
from paperweek.errors import ConfigurationError, ModelFailure
from paperweek.evidence import SUMMARIES, Evidence, from_sections, plan
from paperweek.model import Heading, Report, Section, Selection, Sentence
from paperweek.ports import Writer
from paperweek.writers._kept_sections import KeptSections
from paperweek.writers._prompts import instructions, mending, prompt_version, request

if TYPE_CHECKING:
    from paperweek.writers._model_client import ModelClient, Purse

NAME = "language-model/1"
MAX_TOKENS = 60_000
"""Twice what a report needs where no sentence has to be asked for again."""
_FAILURES_IN_A_ROW = 2
_LONGEST_DROPPED = 300

_logger = logging.getLogger(__name__)


def _as_it_is(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class LanguageModelWriter:
    """Writes the report with a language model, section by section."""

    model: str
    """`provider:name`."""
    stand_in: Writer
    """Who writes what the model can't: it must never fail."""
    cache: Path
    """The folder in which finished sections are kept."""
    voice: VoiceOfWriter = VoiceOfWriter.FIRST_PERSON
    max_tokens: int = MAX_TOKENS
    """In and out together, all that one report may cost."""
    max_cost: float | None = None
    """US dollars, at list price; None: no limit."""
    call_seconds: float = 120.0
    run_seconds: float = 900.0
    pause_seconds: float = 1.0
    """Before another try at a busy server, doubled each time."""
    redact: Callable[[str], str] = _as_it_is
    """Takes secrets out of text that came from the server."""

    def __post_init__(self) -> None:
        """Check that the model can be had; asks nobody. Raises ConfigurationError."""
        try:
            from paperweek.writers._model_client import build_model  # noqa: PLC0415
        except ImportError as error:
            raise ConfigurationError(
                "PAPERWEEK_WRITER",
                "llm",
                "the libraries for language models are not installed",
                "Install them with: pip install 'paperweek[llm]'.",
            ) from error
        build_model(self.model)

    @property
    def name(self) -> str:
        """Name and version, with the model."""
        return f"{NAME} with {self.model}"

    def write(self, selection: Selection) -> Report:
        """Return the report; whatever the model does, it has eight checked sections."""
        # Imported late: whoever writes without a model need not have its libraries.
        from paperweek.writers._model_client import ModelClient, Purse  # noqa: PLC0415

        purse = Purse(self.model, max_tokens=self.max_tokens, max_cost=self.max_cost)
        with ModelClient(
            self.model,
            purse,
            call_seconds=self.call_seconds,
            run_seconds=self.run_seconds,
            pause_seconds=self.pause_seconds,
        ) as client:
            return _Run(self, selection, client, purse).report()


@dataclass
class _Run:
    """One report on its way."""

    writer: LanguageModelWriter
    selection: Selection
    client: ModelClient
    purse: Purse
    sections: dict[Heading, Section] = field(default_factory=dict)
    degraded: dict[Heading, str] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    lost: str = ""
    """Why the model isn't asked any more; empty while it is."""
    _failures: int = 0

    def report(self) -> Report:
        """Return the finished report."""
        for heading, evidence in plan(self.selection).items():
            self._write(heading, evidence)
        for heading in SUMMARIES:
            done = {h: s for h, s in self.sections.items() if h not in SUMMARIES}
            self._write(heading, from_sections(heading, self.selection, done))
        self._settle()
        embedded = len(self.degraded) == len(Heading)
        return Report(
            selection=self.selection,
            sections=tuple(self.sections[heading] for heading in Heading),
            writer=self.writer.stand_in.name if embedded else self.writer.name,
            degraded=tuple(
                f"{h.value} ({self.degraded[h]})" for h in Heading if h in self.degraded
            ),
            dropped=tuple(self.dropped),
            usage=self.purse.usage,
            prompt_version="" if embedded else prompt_version(),
        )

    # One section ----------------------------------------------------------------------------

    def _write(self, heading: Heading, evidence: Evidence) -> None:
        kept = KeptSections(self.writer.cache / "sections")
        key = kept.key(evidence, prompt_version(), self.writer.model, self.writer.voice.value)
        said = self._still_standing(kept.get(key))
        if said:
            _logger.info("write: %s was bought before", heading.value)
        else:
            said, reason = self._bought(heading, evidence)
            if reason:
                self._stand_in(heading, reason)
                return
            kept.keep(key, said)
            _logger.info("write: %s by %s", heading.value, self.writer.model)
        self.sections[heading] = section_of(heading, said, self.writer.name)

    def _still_standing(self, said: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
        """Return a kept section where all of it still passes, else nothing."""
        standing = Standing(self._said)
        wrong = (standing.repeats(s) or check_sentence(s, self.selection) for s in said)
        return () if any(wrong) else said

    def _bought(self, heading: Heading, evidence: Evidence) -> tuple[tuple[Sentence, ...], str]:
        """Return the section's sentences, or the reason why there are too few."""
        if self.lost or not evidence.papers:
            return (), self.lost or "no abstract says enough for it"
        try:
            judged, evidence = self._asked(evidence)
            judged = self._mended(judged, evidence)
        except ModelFailure as failure:
            self._failures += 1
            self.lost = failure.what_came if self._is_lost(failure) else ""
            return (), failure.what_came
        self._failures = 0
        said = tuple(j.sentence for j in judged if not j.reasons)
        self.dropped += [self._told(j) for j in judged if j.reasons]
        return said, self._short(said, heading)

    def _is_lost(self, failure: ModelFailure) -> bool:
        return failure.lost or self._failures >= _FAILURES_IN_A_ROW

    def _asked(self, evidence: Evidence) -> tuple[list[Judged], Evidence]:
        """Return the judged answer and the evidence it is from, halved where it was too long."""
        try:
            drafts = self._drafts(request(evidence))
        except ModelFailure as failure:
            if not failure.too_long:
                raise
            evidence = evidence.halved()
            drafts = self._drafts(request(evidence))
        return self._judged(drafts, evidence, ()), evidence

    def _mended(self, judged: list[Judged], evidence: Evidence) -> list[Judged]:
        """Return the sentences with new ones in the place of those that failed, asked for once."""
        failed = [j for j in judged if j.reasons]
        if not failed:
            return judged
        good = [j.sentence for j in judged if not j.reasons]
        told = {i for sentence in good for i in sentence.cites}
        concerned = {i for j in failed for i in j.sentence.cites}
        untold = [e.arxiv_id for e in evidence.papers if e.arxiv_id not in told | concerned]
        try:
            drafts = self._drafts(mending(evidence.only((*untold, *sorted(concerned))), failed))
        except ModelFailure as failure:
            self.lost = failure.what_came if failure.lost else ""
            return judged
        again = iter(self._judged(drafts[: len(failed)], evidence, good))
        merged: list[Judged] = []
        for one in judged:
            new = next(again, None) if one.reasons else None
            if new is None:
                merged.append(one)
                continue
            merged.append(new)
            self.dropped.append(self._told(one))
        return merged

    def _drafts(self, asked: str) -> tuple[Draft, ...]:
        answer = self.client.ask(instructions(self.writer.voice), asked)
        _logger.debug("%d tokens in, %d out", answer.tokens_in, answer.tokens_out)
        return answer.drafts

    def _judged(
        self, drafts: Sequence[Draft], evidence: Evidence, good: Iterable[Sentence]
    ) -> list[Judged]:
        standing = Standing(self._said)
        return list(
            judge(drafts, evidence, self.selection, self.writer.voice, standing=standing, good=good)
        )

    @property
    def _said(self) -> tuple[Sentence, ...]:
        """What the finished sections say so far."""
        return tuple(s for section in self.sections.values() for s in section.sentences)

    def _short(self, said: tuple[Sentence, ...], heading: Heading) -> str:
        """Say why these sentences are no section; empty where they are one."""
        if not shortfall(said, heading, FEWEST_SENTENCES):
            return ""
        # In a thin week the embedded writer may have less to say.
        enough = sum(1 for _ in self._embedded(heading).sentences)
        return shortfall(said, heading, enough)

    def _told(self, judged: Judged) -> str:
        text = f"{judged.sentence.text[:_LONGEST_DROPPED]} [{'; '.join(judged.reasons)}]"
        return self.writer.redact(text)

    # Standing in ----------------------------------------------------------------------------

    @cached_property
    def _other(self) -> Report:
        return self.writer.stand_in.write(self.selection)

    def _embedded(self, heading: Heading) -> Section:
        return next(section for section in self._other.sections if section.heading is heading)

    def _stand_in(self, heading: Heading, reason: str) -> None:
        _logger.warning("write: %s is the embedded writer's: %s", heading.value, reason)
        self.degraded[heading] = reason
        self.sections[heading] = self._embedded(heading)

    def _settle(self) -> None:
        """Drop what does not go with a section that came later, until all of it goes together."""
        while faults := self._faults():
            for heading in {heading for heading, _ in faults}:
                wrong = {text for at, text in faults if at is heading}
                said = tuple(s for s in self.sections[heading].sentences if s.text not in wrong)
                self.dropped += [
                    self.writer.redact(f"{text[:_LONGEST_DROPPED]} [another section says it]")
                    for text in sorted(wrong)
                ]
                self.sections[heading] = section_of(heading, said, self.writer.name)
                # It was long enough by itself: for one sentence less it is not given away.
                if reason := shortfall(said, heading, FEWEST_SENTENCES - 1):
                    self._stand_in(heading, reason)

    def _faults(self) -> set[tuple[Heading, str]]:
        """Return heading and text of each sentence of the model's that may not stand.

        Where one of them opens like one of the embedded writer's, the model's gives way: each
        turn takes some away or hands a section over, so `_settle` comes to an end.
        """
        report = Report(self.selection, tuple(self.sections[h] for h in Heading), self.writer.name)
        embedded = {
            opening_of(sentence.text)
            for heading in self.degraded
            for sentence in self.sections[heading].sentences
        } - {()}
        clashing = {
            (heading, sentence.text)
            for heading, section in self.sections.items()
            for sentence in section.sentences
            if opening_of(sentence.text) in embedded
        }
        found = {(Heading(f.section), f.sentence) for f in check_report(report)}
        return {
            (heading, text) for heading, text in found | clashing if heading not in self.degraded
        }
