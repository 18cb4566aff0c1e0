"""Collecting a week: ask every source, merge by arXiv id, keep every account."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

from paperweek.errors import EmptyWeek, EverySourceSilent
from paperweek.model import Collection, Paper, SourceAccount, Week
from paperweek.ports import PaperSource

_THING = r"(?:paper|submission|manuscript|article|work|preprint|document|report|draft|version)"
_VENUE = (
    r"(?!\s+from\s+(?!arxiv)|\s+(?:by|at)\s+(?:the\s+)?"
    r"(?:conference|journal|workshop|organi[sz]ers|venue|(?-i:[A-Z]{3,}\b)))"
)
"""What must not follow: a paper withdrawn from a conference still stands on arXiv."""
_WITHDRAWAL = re.compile(
    rf"^\W*(?:(?:this|the|our)\s+)?(?:{_THING}\s+)?(?:temporarily\s+)?(?:withdrawn|retracted)\b{_VENUE}"
    rf"|(?<!of\s)\b(?:this|the|our)\s+(?:arxiv\s+)?{_THING}\s+"
    rf"(?:is|was|has\s+been|is\s+being|had\s+to\s+be|must\s+be)\s+(?:\w+ly\s+)?"
    rf"(?:withdrawn|retracted)\b{_VENUE}"
    rf"|\b(?:authors?|we|i)\s+(?:\w+\s+){{0,3}}?(?:withdr[ae]w(?:n|ing|s)?|retract(?:ed|ing|s)?)\s+"
    rf"(?:this|the|our|my)\s+(?:arxiv\s+)?{_THING}\b{_VENUE}",
    re.IGNORECASE,
)

_logger = logging.getLogger(__name__)


def collect(week: Week, sources: Sequence[PaperSource]) -> Collection:
    """Return the week's set from all sources, each paper once, withdrawn ones set aside.

    The sources are asked in order, each with the ids that those before it gave. One that is silent
    is told by its account. Raises EverySourceSilent where no source gave anything because each
    failed, and EmptyWeek where one answered and the week still holds no paper.
    """
    papers: dict[str, Paper] = {}
    accounts: list[SourceAccount] = []
    for source in sources:
        harvest = source.collect(week, frozenset(papers))
        if harvest.kept:
            return _with_papers(harvest.kept)
        for paper in harvest.papers:
            seen = papers.get(paper.arxiv_id)
            papers[paper.arxiv_id] = seen.merged_with(paper) if seen else paper
        accounts.append(harvest.account)
        _tell(harvest.account)
    everything = [papers[arxiv_id] for arxiv_id in sorted(papers)]
    withdrawn = tuple(paper for paper in everything if is_withdrawn(paper))
    gone = {paper.arxiv_id for paper in withdrawn}
    return _with_papers(
        Collection(
            week=week,
            papers=tuple(paper for paper in everything if paper.arxiv_id not in gone),
            accounts=tuple(accounts),
            withdrawn=withdrawn,
        )
    )


def is_withdrawn(paper: Paper) -> bool:
    """Tell whether the paper's comment, or the opening of its abstract, says it was withdrawn.

    arXiv has no field for it. A paper withdrawn from a conference is not meant.

    >>> is_withdrawn(Paper("2604.16902", "T", comment="The authors withdraw this paper"))
    True
    >>> is_withdrawn(Paper("2604.18026", "T", comment="Withdrawn from ICML, under review"))
    False
    """
    return bool(_WITHDRAWAL.search(paper.comment) or _WITHDRAWAL.match(paper.abstract))


def _with_papers(collection: Collection) -> Collection:
    if collection.papers:
        return collection
    label = collection.week.label
    failures = tuple(account.failure for account in collection.accounts if account.is_silent)
    if failures and len(failures) == len(collection.accounts):
        raise EverySourceSilent(label, failures, collection.silent_sources)
    reason = "the sources answered, and the week holds no paper"
    if collection.withdrawn:
        reason = "each of its papers was withdrawn"
    if failures:
        reason = f"there is no paper in what came, and not all came: {' '.join(failures)}"
    raise EmptyWeek(label, reason.removesuffix("."), silent_sources=collection.silent_sources)


def _tell(account: SourceAccount) -> None:
    level = logging.WARNING if account.is_silent else logging.INFO
    _logger.log(
        level,
        "collect: %s gave %d papers in %d requests%s%s",
        account.source,
        account.papers,
        account.requests,
        f"; did not come: {_some(account.missing)}" if account.missing else "",
        f"; silent: {account.failure}" if account.failure else "",
    )


def _some(missing: tuple[str, ...]) -> str:
    shown = ", ".join(missing[:5])
    return f"{shown} and {len(missing) - 5} more" if len(missing) > 5 else shown  # noqa: PLR2004
