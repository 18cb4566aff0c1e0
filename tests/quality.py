"""How good are the checks? Faithful sentences must pass, corrupted ones must be caught.

    python -m tests.quality CORPUS

builds sentences out of recorded abstracts the way a light-handed writer would (an opening clause
cut, `we` to the paper's name or the authors), corrupts each in one of the ways that writers go
wrong, and prints the rates, and the shares of words by which the overlap floor was chosen. It
shares no code with the embedded writer, so that one cannot excuse the other.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from paperweek.checks import OVERLAP_FLOOR, check_sentence
from paperweek.grounding import ground_of, overlap
from paperweek.model import Citation, Kind, Paper, Selection, Sentence, Week
from paperweek.naming import names_in, own_name, stands_in
from paperweek.numerals import numbers_in
from paperweek.text import fold, readable, sentences

SEED = 20250202
FAITHFUL, CORRUPTED = 600, 600
FLOOR_OF_RATES = 0.98


@dataclass(frozen=True)
class Quality:
    """What the checks did with sentences whose truth is known."""

    faithful: int
    passed: int
    corrupted: int
    caught: int
    by_corruption: dict[str, tuple[int, int]]
    """Kind of corruption to (caught, made)."""
    refused: tuple[tuple[str, str], ...]
    """Faithful sentences that did not pass, with the rule."""
    missed: tuple[tuple[str, str], ...]
    """Corrupted sentences that passed, with the corruption."""
    overlaps: dict[str, tuple[float, ...]]
    """Sorted shares of words: of faithful sentences with their own abstract and with another's."""

    @property
    def pass_rate(self) -> float:
        return self.passed / self.faithful

    @property
    def catch_rate(self) -> float:
        return self.caught / self.corrupted


def papers_of(corpus: Path) -> list[Paper]:
    """Return the papers of all recorded weeks, once each, in the order of their ids."""
    papers: dict[str, Paper] = {}
    for path in sorted(corpus.glob("weeks/*/arxiv.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            arxiv_id = re.sub(r"v\d+$", "", record["id"])
            papers[arxiv_id] = Paper(
                arxiv_id,
                fold(record["title"]),
                fold(record.get("summary") or ""),
                authors=tuple(map(_author, record.get("authors") or ())),
            )
    return [papers[arxiv_id] for arxiv_id in sorted(papers)]


def _author(author: object) -> str:
    return str(author.get("name", "")) if isinstance(author, dict) else str(author)


_OPENER = re.compile(
    r"^(?:(?:However|Moreover|Furthermore|Specifically|In addition|In this (?:paper|work)|Here"
    r"|Finally|To address (?:this|these)[^,]*|To this end|Notably|Additionally), )"
)
_NO_SENTENCE = re.compile(
    r"https?:|[\\{}^$*`]|www|…|\.\.|\b(?:i|my|us|you|your|me)\b|_|<|\.(?:com|io)/", re.IGNORECASE
)


def faithful_sentences(papers: list[Paper], chance: random.Random) -> Iterator[Sentence]:
    """Yield one condensed sentence a paper, with its ground."""
    for paper in chance.sample(papers, len(papers)):
        name = own_name(paper)
        candidates = [
            (passage, sentence)
            for passage in sentences(paper.abstract)
            if (sentence := _condensed(readable(passage), name))
        ]
        if not candidates:
            continue
        # Sentences with numbers are what a report quotes most, and what can be wrong most.
        counted = [c for c in candidates if numbers_in(c[1])]
        passage, text = chance.choice(counted or candidates)
        text = _framed(_cut(text, chance), name, chance)
        anchor = name if name and name in text else "The authors" if "The authors" in text else ""
        words = passage if chance.random() < 0.7 else ""
        yield Sentence(text, Kind.PAPERS, (Citation(paper.arxiv_id, words, anchor),))


_FRAMES = (
    "{claim}",
    "Worth borrowing from {who}: {claim}",
    "One limit that {who} names with care: {claim}",
    "For a long Sunday afternoon, open {who}, where the news is this: {claim}",
    "By the account of {who}, {claim}",
)


def _cut(text: str, chance: random.Random) -> str:
    """Leave out a last clause or an aside, as a writer does."""
    if chance.random() < 0.5:
        text = re.sub(r" \([^()]*\)", "", text)
    if chance.random() < 0.5:
        shorter = re.sub(
            r"(?:;|, (?:which|thereby|thus|while|enabling|leading)\b)[^,;()]*\.$", ".", text
        )
        text = shorter if len(shorter) > 40 else text
    return text


def _framed(text: str, name: str, chance: random.Random) -> str:
    """Put a writer's own words before the claim, half of the time."""
    frame = _FRAMES[0] if chance.random() < 0.5 else chance.choice(_FRAMES)
    claim = re.sub(r"^According to the authors, ", "", text)
    if frame == _FRAMES[0]:
        return text
    claim = (
        claim[0].lower() + claim[1:] if re.match(r"(?:The|In|On|With|It|They) ", claim) else claim
    )
    return frame.format(claim=claim, who=name or "the authors")


def _condensed(text: str, name: str) -> str:
    text = re.sub(r"^[Ww]e ", "The authors ", _OPENER.sub("", text))
    if not 40 <= len(text) <= 400 or _NO_SENTENCE.search(text) or not text.endswith("."):
        return ""
    if "The authors " not in text and not (name and stands_in(name, text)):
        if name and re.match(r"^(?:Our|our) (?:method|approach|model|framework) ", text):
            text = name + re.sub(r"^\w+ \w+", "", text)
        else:
            first = text[0].lower() if _is_plain(text) else text[0]
            text = f"According to the authors, {first}{text[1:]}"
    text = re.sub(r"\b[Ww]e\b", "they", text)
    text = re.sub(r"\b[Oo]ur\b", "their", text)
    return text[0].upper() + text[1:] if _is_plain(text) or text[:4] == "they" else text


def _is_plain(text: str) -> bool:
    return bool(re.match(r"[A-Za-z][a-z]* ", text))


def other_number(
    sentence: Sentence, paper: Paper, other: Paper, chance: random.Random
) -> Sentence | None:
    """Put another number in the place of one, or swap two."""
    del paper, other
    numbers = [
        n for n in numbers_in(sentence.text) if n.text in sentence.text and n.text[0].isdigit()
    ]
    if not numbers:
        return None
    if len({n.key for n in numbers}) > 1 and chance.random() < 0.3:
        first, second = chance.sample(numbers, 2)
        if first.key == second.key or first.unit != second.unit:
            return None
        text = _swapped(sentence.text, first.text, second.text)
        return replace(sentence, text=text) if text else None
    number = chance.choice(numbers)
    digits = re.match(r"[\d.,]*\d", number.text)
    if digits is None:
        return None
    place = chance.choice([i for i, c in enumerate(digits[0]) if c.isdigit()])
    digit = chance.choice([d for d in "123456789" if d != digits[0][place]])
    wrong = digits[0][:place] + digit + digits[0][place + 1 :] + number.text[digits.end() :]
    return replace(sentence, text=sentence.text.replace(number.text, wrong, 1))


def _swapped(text: str, first: str, second: str) -> str:
    if text.count(first) != 1 or text.count(second) != 1 or first in second or second in first:
        return ""
    return text.replace(first, "\0").replace(second, first).replace("\0", second)


def other_name(
    sentence: Sentence, paper: Paper, other: Paper, chance: random.Random
) -> Sentence | None:
    """Put another paper's name in the place of one."""
    names = [name for name in names_in(sentence.text) if name in sentence.text]
    wrong = own_name(other)
    if not names or not wrong or stands_in(wrong, ground_of(paper).prose):
        return None
    name = chance.choice(names)
    text = sentence.text.replace(name, wrong)
    citations = tuple(
        replace(c, anchor=wrong if c.anchor == name else c.anchor) for c in sentence.citations
    )
    return replace(sentence, text=text, citations=citations)


def other_id(
    sentence: Sentence, paper: Paper, other: Paper, chance: random.Random
) -> Sentence | None:
    """Cite another paper for the same words."""
    del paper
    words = sentence.citations[0].words if chance.random() < 0.5 else ""
    return replace(
        sentence,
        citations=(replace(sentence.citations[0], arxiv_id=other.arxiv_id, words=words),),
    )


def other_abstract(
    sentence: Sentence, paper: Paper, other: Paper, chance: random.Random
) -> Sentence | None:
    """Tell of one paper what another one says."""
    del chance
    theirs = next(iter(sentences(other.abstract)[1:3]), "")
    text = _condensed(readable(theirs), own_name(other)).replace(
        own_name(other) or "\0", own_name(paper) or "the authors"
    )
    return replace(sentence, text=text[0].upper() + text[1:]) if text else None


CORRUPTIONS: dict[str, Callable[[Sentence, Paper, Paper, random.Random], Sentence | None]] = {
    "number": other_number,
    "name": other_name,
    "id": other_id,
    "abstract": other_abstract,
}


def measure(
    papers: list[Paper], *, faithful: int = FAITHFUL, corrupted: int = CORRUPTED
) -> Quality:
    """Return what the checks do with so many faithful and corrupted sentences of the papers."""
    chance = random.Random(SEED)
    selection = Selection(Week.containing(date(2025, 2, 2)), tuple(papers), {}, {})
    lookup = _Lookup(selection)
    by_id = {paper.arxiv_id: paper for paper in papers}
    true = [s for s, _ in zip(faithful_sentences(papers, chance), range(faithful), strict=False)]
    refused = [
        (s.text, f[0].rule + ": " + f[0].reason) for s in true if (f := check_sentence(s, lookup))
    ]
    made: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    missed: list[tuple[str, str]] = []
    kinds = list(CORRUPTIONS)
    own, strange = [], []
    for sentence in true:
        paper = by_id[sentence.cites[0]]
        own.append(overlap(sentence.text, [ground_of(paper)]))
        strange.append(overlap(sentence.text, [ground_of(chance.choice(papers))]))
    while made.total() < corrupted:
        kind = min(kinds, key=lambda k: (made[k], kinds.index(k)))
        sentence = chance.choice(true)
        paper, other = by_id[sentence.cites[0]], chance.choice(papers)
        wrong = CORRUPTIONS[kind](sentence, paper, other, chance)
        if wrong is None or wrong == sentence or other is paper:
            continue
        made[kind] += 1
        if check_sentence(wrong, lookup):
            caught[kind] += 1
        else:
            missed.append((wrong.text, f"{kind}; was: {sentence.text}"))
    return Quality(
        faithful=len(true),
        passed=len(true) - len(refused),
        corrupted=made.total(),
        caught=caught.total(),
        by_corruption={kind: (caught[kind], made[kind]) for kind in kinds},
        refused=tuple(refused),
        missed=tuple(missed),
        overlaps={"own": tuple(sorted(own)), "another's": tuple(sorted(strange))},
    )


class _Lookup(Selection):
    """A selection of thousands of papers that finds each at once."""

    __slots__ = ("_by_id",)

    def __init__(self, selection: Selection) -> None:
        super().__init__(selection.week, selection.papers, selection.topics, selection.statistics)
        object.__setattr__(self, "_by_id", {paper.arxiv_id: paper for paper in selection.papers})

    def paper(self, arxiv_id: str) -> Paper | None:
        return self._by_id.get(arxiv_id)  # type: ignore[attr-defined, no-any-return]


def _say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")


def main() -> None:
    """Print the figures for the corpus that the first argument names."""
    quality = measure(papers_of(Path(sys.argv[1])))
    _say(f"faithful passed   {quality.passed}/{quality.faithful}  {quality.pass_rate:.1%}")
    _say(f"corrupted caught  {quality.caught}/{quality.corrupted}  {quality.catch_rate:.1%}")
    for kind, (caught, made) in quality.by_corruption.items():
        _say(f"  {kind:<16}{caught}/{made}")
    for whose, shares in quality.overlaps.items():
        marks = {p: shares[int(p / 100 * (len(shares) - 1))] for p in (0, 1, 5, 50, 95, 99, 100)}
        _say(f"overlap with {whose} abstract:", *(f"p{p}={v:.2f}" for p, v in marks.items()))
    _say(f"floor {OVERLAP_FLOOR}")
    for title, examples in (("refused", quality.refused), ("missed", quality.missed)):
        for text, why in examples[:40]:
            _say(f"{title}: {text} [{why}]")


if __name__ == "__main__":
    main()
