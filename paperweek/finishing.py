"""From a report to the bytes that are published: render, read back, and leave out what is found.

The sentences have passed their checks as sentences; here the finished file is read like a
stranger's. What is found in a sentence costs that sentence, because a reader loses less by it than
by a week without a post; what is found anywhere else stops the push.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import replace

from paperweek.checks import Finding, describe
from paperweek.errors import PoorWeek, UnverifiedPost
from paperweek.model import Kind, Post, Report, Section, Selection, Sentence
from paperweek.templating import phrase
from paperweek.text import fold
from paperweek.verification import verify_post

_logger = logging.getLogger(__name__)

_ROUNDS = 3
"""A left-out sentence can't make another one wrong; the third round is there to be sure."""


def finish(report: Report, render: Callable[[Report], Post]) -> Post:
    """Return the post as it may be published, its text read back and found right.

    Sentences that do not pass are left out and counted in the post, each with a WARNING line.
    Raises UnverifiedPost where a finding is about more than a sentence; PoorWeek where no paper
    could be written about.
    """
    collection = report.selection.collection
    known = (len(collection.papers), collection.silent_sources) if collection else (0, ())
    week = report.selection.week.label
    if not report.cited:
        raise PoorWeek(week, "nothing could be condensed from its abstracts", *known)
    wrong: list[Finding] = []
    for _ in range(_ROUNDS):
        post = render(report)
        findings = verify_post(post.text, report.selection, post.week, path=post.path)
        wrong = [finding for finding in findings if not finding.warning]
        if not wrong:
            return replace(post, warnings=tuple(map(describe, findings)))
        for finding in wrong:
            _logger.warning("render: %s", describe(finding))
        thinned = _without(report, {_key(finding.sentence) for finding in wrong})
        if thinned is None:
            break
        report = thinned
    more = f"; and {len(wrong) - 1} more" if len(wrong) > 1 else ""
    reason = f"its text does not pass its check: {describe(wrong[0])}{more}"
    raise UnverifiedPost(week, reason, *known)


def _without(report: Report, keys: Collection[str]) -> Report | None:
    """Return the report without these sentences; None where that changes nothing."""
    left_out = [s.text for s in report.sentences if _key(s.text) in keys]
    if not left_out:
        return None
    thinned = (_thinned(section, keys) for section in report.sections)
    sections = tuple(s if s.paragraphs else _nothing_in(s, report.selection) for s in thinned)
    dropped = (*report.dropped, *(f"{text} [finished post]" for text in left_out))
    return replace(report, sections=sections, dropped=dropped)


def _thinned(section: Section, keys: Collection[str]) -> Section:
    kept = (
        tuple(sentence for sentence in paragraph if _key(sentence.text) not in keys)
        for paragraph in section.paragraphs
    )
    return replace(section, paragraphs=tuple(paragraph for paragraph in kept if paragraph))


def _nothing_in(section: Section, selection: Selection) -> Section:
    """Return the section with the one sentence that says that it has nothing."""
    text = phrase(
        "nothing",
        0,
        n=f"{len(selection.papers):,}",
        abstracts="abstract" if len(selection.papers) == 1 else "abstracts",
        section=section.heading.lower(),
    )
    sentence = Sentence(text, Kind.STATISTIC, statistics=("selected",))
    return replace(section, paragraphs=((sentence,),))


def _key(text: str) -> str:
    """Return the text as both sides spell it: the file is read back with its white space folded."""
    return fold(text).rstrip(".")
