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
from paperweek.errors import UnverifiedPost
from paperweek.model import Post, Report, Section
from paperweek.text import fold
from paperweek.verification import verify_post

_logger = logging.getLogger(__name__)

_ROUNDS = 3
"""A left-out sentence can't make another one wrong; the third round is there to be sure."""


def finish(report: Report, render: Callable[[Report], Post]) -> Post:
    """Return the post as it may be published, its text read back and found right.

    Sentences that do not pass are left out and counted in the post, each with a WARNING line.
    Raises UnverifiedPost where a finding is about more than a sentence, or a section would be
    left empty.
    """
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
    raise UnverifiedPost(
        report.selection.week.label, f"its text does not pass its check: {describe(wrong[0])}{more}"
    )


def _without(report: Report, keys: Collection[str]) -> Report | None:
    """Return the report without these sentences; None where that changes nothing or too much."""
    sections = tuple(_thinned(section, keys) for section in report.sections)
    left_out = [s.text for s in report.sentences if _key(s.text) in keys]
    if not left_out or not all(section.paragraphs for section in sections):
        return None
    dropped = (*report.dropped, *(f"{text} [finished post]" for text in left_out))
    return replace(report, sections=sections, dropped=dropped)


def _thinned(section: Section, keys: Collection[str]) -> Section:
    kept = (
        tuple(sentence for sentence in paragraph if _key(sentence.text) not in keys)
        for paragraph in section.paragraphs
    )
    return replace(section, paragraphs=tuple(paragraph for paragraph in kept if paragraph))


def _key(text: str) -> str:
    """Return the text as both sides spell it: the file is read back with its white space folded."""
    return fold(text).rstrip(".")
