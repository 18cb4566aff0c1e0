"""Links that open a paper's page at the words a sentence rests on.

A text fragment names words that a browser looks for in the page and shows highlighted. It matches
without regard to case, at word boundaries, and takes the first match; a match never spans two
blocks, except that a range `start,end` may. Source: https://wicg.github.io/scroll-to-text-fragment/

arXiv's page shows the title before the abstract, sets mathematics, and writes "this https URL" for
addresses, so a fragment is made only of words that arXiv shows as they are.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from urllib.parse import quote

from paperweek.escaping import paper_url
from paperweek.model import Paper
from paperweek.text import fold

_SHOWN_AS_WRITTEN = re.compile(r"\(?[A-Za-z0-9](?:[A-Za-z0-9'./%&+-]*[A-Za-z0-9%+])?\)?[.,;:!?]*")
_DIFFERS = re.compile(r"--|''|\.\.|\w\.[A-Za-z]{2}")
"""Dashes and quotes that are set, and what may be an address."""

_EXACT = 8
"""Words up to which a fragment holds the whole passage; longer ones name its two ends."""
_SHORTEST_END, _LONGEST_END = 3, 8


def receipt_url(paper: Paper, words: str) -> str:
    """Return the address of the paper's page, opened at these words of its abstract.

    The page alone where the words are no passage of the abstract, or hold no span that is free of
    mathematics and unique on the page; empty where the id is not one that arXiv gives.
    """
    url = paper_url(paper.arxiv_id)
    fragment = _fragment(fold(paper.title), fold(paper.abstract), fold(words)) if url else ""
    return f"{url}#:~:text={fragment}" if fragment else url


def _fragment(title: str, abstract: str, passage: str) -> str:
    """Return the percent-encoded fragment that leads to the passage; empty where there is none."""
    place = next(_occurrences(passage, abstract), None)
    if not place:
        return ""
    page = f"{title}\n{abstract}"
    first, last = place.start() + len(title) + 1, place.end() + len(title) + 1
    for start, end in _candidates(passage):
        opening = list(_occurrences(start, page))
        if len(opening) != 1 or opening[0].start() < first:
            continue
        if not end:
            return _encoded(start)
        # The browser ends at the first match, so an earlier one would cut the passage short.
        if len(list(_occurrences(end, page, opening[0].end(), last))) == 1:
            return f"{_encoded(start)},{_encoded(end)}"
    return ""


def _candidates(passage: str) -> Iterator[tuple[str, str]]:
    """Yield fragments as (start, end), the most telling first; the end is empty for exact ones."""
    runs = _plain_runs(passage)
    if sum(map(len, runs)) == len(passage.split()) <= _EXACT:
        yield _trimmed(runs[0]), ""
    runs = [run for run in runs if len(run) >= _SHORTEST_END]
    if not runs:
        return
    first, last = runs[0], runs[-1]
    for opening in range(_SHORTEST_END, min(_LONGEST_END, len(first)) + 1):
        room = len(last) - opening if first is last else len(last)
        for closing in range(_SHORTEST_END, min(_LONGEST_END, room) + 1):
            yield _trimmed(first[:opening]), _trimmed(last[-closing:])
    for run in sorted(runs, key=len, reverse=True):
        yield _trimmed(run[: 2 * _EXACT]), ""


def _plain_runs(passage: str) -> list[list[str]]:
    """Return the passage's runs of words that the page shows as they are written."""
    runs: list[list[str]] = [[]]
    for word in passage.split():
        if _SHOWN_AS_WRITTEN.fullmatch(word) and not _DIFFERS.search(word):
            runs[-1].append(word)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _trimmed(words: list[str]) -> str:
    return " ".join(words).lstrip("(").rstrip(".,;:!?)")


def _occurrences(
    words: str, text: str, start: int = 0, end: int = sys.maxsize
) -> Iterator[re.Match[str]]:
    if not words:
        return iter(())
    bounded = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE)
    return bounded.finditer(text, start, end)


def _encoded(words: str) -> str:
    # `-` and `,` have a meaning of their own in a fragment, so nothing is left to chance.
    return quote(words, safe="").replace("-", "%2D")
