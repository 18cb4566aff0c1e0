"""Hold a sentence against the words it rests on: shared words, and what was lost or turned around.

Everything here compares words, never meaning, and is cheap: what a paper gives is derived once and
kept. The measures are used by `paperweek.checks`, which says what they must reach.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from paperweek.model import Paper
from paperweek.naming import is_coined, key, names_in, own_name
from paperweek.numerals import Numeral, numbers_in, plain
from paperweek.text import fold, readable, sentences

LONGEST_ABSTRACT = 10_000
"""Characters of an abstract that are read; arXiv allows 1,920, and more is not meant to be read."""
LONGEST_PASSAGE = 3_000
"""Characters of a passage whose order is compared, which takes the square of its length."""

_WORD = re.compile(r"[^\W\d_]+(?:['’]t\b)?|\d[\d.,]*\d|\d")
_STEM = 6
_IDLE = frozenset(
    re.findall(
        r"\w+",
        """
        a about above according across after against all also although among an and another
        any are as at author authors be because been before being below between both but by
        can colleague colleagues could do does during each either et al even for from further
        had has have he her here how i if in into is it its itself may me might more most must
        my near neither no nor not of off on one only or other our out over own paper papers
        per rather same say says she should since so some still such than that the their them
        then there these they this those through thus to too toward towards under until up
        upon us use used uses using very via was we week weeks were what when where whether
        which while who whose why will with within without work would yet you your
        """,
    )
)
"""Words that say nothing about what a sentence is about."""

_NEGATIONS = frozenset(
    re.findall(
        r"\w+",
        """
        not no cannot never without fail fails failed failing neither nor lack lacks lacking hardly
        rarely seldom unable little few none
        """,
    )
)
_HEDGES = frozenset({"may", "might", "could", "potentially", "possibly", "perhaps", "likely"})
_NO_NEGATION = frozenset({"only", "just", "merely", "simply", "least", "later", "longer"})
_SCOPE = 4
"""Words after a negation or a hedge that it can reach."""
_BESIDE = 5
"""Words on either side of a number in a sentence that are its neighbours."""
_NEAR = 9
"""Words on either side of a number in its passage that may be the number's neighbours."""
_COMPARES = re.compile(
    r"\b(?:(?:outperform|surpass|beat|exceed)(?:s|ing|)\b|(?:better|worse|higher|lower|faster|slower)"
    r" than\b|improves? (?:on|upon|over)\b)",
    re.IGNORECASE,
)
_SIDES = frozenset({"from", "to", "than", "versus", "vs", "against", "with", "without"})
"""Words that say which side of a comparison a number is."""
_OWN = "\0own"
_SHOWN = {_OWN: "the paper’s own work"}
_SPEAKS_OF_ITSELF = re.compile(
    r"\b(?:we|our|this (?:paper|work)"
    r"|(?:the|our) (?:proposed )?(?:method|model|framework|approach))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Ground:
    """What one paper gives to stand on."""

    title: str
    """Readable."""
    abstract: str
    """Readable."""
    prose: str
    """Title and abstract together, readable."""
    raw: str
    """Title and abstract as the source wrote them, folded."""
    people: str
    """The authors' names."""
    stems: frozenset[str]
    """Stems of the content words of title and abstract."""
    own_name: str
    """What the paper calls its own work; may be empty."""


@lru_cache(maxsize=8192)
def ground_of(paper: Paper) -> Ground:
    """Return what the paper gives to stand on, derived once."""
    title, abstract = readable(paper.title), readable(paper.abstract[:LONGEST_ABSTRACT])
    prose = f"{title}. {abstract}"
    return Ground(
        title=title,
        abstract=abstract,
        prose=prose,
        raw=f"{fold(paper.title)}. {fold(paper.abstract)}",
        people=", ".join(paper.authors),
        stems=frozenset(content_stems(prose)),
        own_name=own_name(paper),
    )


@lru_cache(maxsize=16384)
def words_of(text: str) -> tuple[str, ...]:
    """Return the text's words and digits in small letters, hyphenated words in their parts."""
    return tuple(_WORD.findall(plain(text).casefold().replace("’", "'")))


def stem(word: str) -> str:
    """Return a word's beginning, by which its inflections are one word.

    >>> stem("improves") == stem("improving") == stem("improvement")
    True
    """
    return word.removesuffix("s")[:_STEM]


@lru_cache(maxsize=16384)
def content_stems(text: str) -> tuple[str, ...]:
    """Return the stems of the words that carry what a text is about, in order; no digits."""
    return tuple(
        stem(word)
        for word in words_of(text)
        if word not in _IDLE and len(word) > 1 and not word[0].isdigit()
    )


def overlap(text: str, grounds: Iterable[Ground]) -> float:
    """Return the share of the text's content words that stand in one of the papers, from 0 to 1.

    1.0 for a text without content words.
    """
    return _share(text, frozenset().union(*(ground.stems for ground in grounds)))


def overlap_with_passages(text: str, passages: Iterable[str]) -> float:
    """Return the share of the text's content words that stand in the passages, from 0 to 1."""
    return _share(text, frozenset(word for passage in passages for word in content_stems(passage)))


def _share(text: str, known: frozenset[str]) -> float:
    stems = set(content_stems(text))
    return len(stems & known) / len(stems) if stems else 1.0


def best_passage(text: str, ground: Ground) -> str:
    """Return the sentence of the abstract that shares most words with the text, or the title."""
    stems = set(content_stems(text))
    candidates = (*sentences(ground.abstract), ground.title)
    return max(candidates, key=lambda passage: len(stems.intersection(content_stems(passage))))


def what_changed(text: str, passage: str, ground: Ground) -> str:
    """Say how the sentence turns its passage around, in plain words; empty where it does not.

    Looks for a negation or a hedge that was dropped or added before a word that both share, for
    numbers whose neighbours or order are others, and for names that changed their places in a
    comparison. `passage` is readable.
    """
    passage = passage[:LONGEST_PASSAGE]
    return (
        _changed_marks(text, passage, _NEGATIONS, "negation")
        or _changed_marks(text, passage, _HEDGES, "hedge", added_matters=False)
        or _moved_number(_without(ground.own_name, text), _without(ground.own_name, passage))
        or _moved_names(text, passage, ground)
    )


@dataclass(frozen=True, slots=True)
class _Marked:
    spans: tuple[tuple[str, tuple[str, ...]], ...]
    """Each mark with the first two content words after it."""
    reached: frozenset[str]
    """All content words that a mark reaches."""
    free: frozenset[str]
    """Content words that stand somewhere no mark reaches."""


def _changed_marks(
    text: str, passage: str, marks: frozenset[str], what: str, *, added_matters: bool = True
) -> str:
    said, given = _marked(text, marks), _marked(passage, marks)
    here, there = set(content_stems(text)), set(content_stems(passage))
    for mark, span in given.spans:
        if here.issuperset(span) and not said.reached & set(span) and not given.free & {span[0]}:
            return f"the {what} “{mark}” of the source is lost"
    for mark, span in said.spans if added_matters else ():
        if there.issuperset(span) and not given.reached & set(span):
            return f"the {what} “{mark}” is not in the source"
    return ""


@lru_cache(maxsize=8192)
def _marked(text: str, marks: frozenset[str]) -> _Marked:
    words = words_of(text)
    spans: list[tuple[str, tuple[str, ...]]] = []
    places: set[int] = set()
    for place, word in enumerate(words):
        if word not in marks and not word.endswith("n't"):
            continue
        if words[place + 1 : place + 2] and words[place + 1] in _NO_NEGATION:
            continue
        scope = range(place + 1, min(place + 1 + _SCOPE, len(words)))
        telling = [p for p in scope if content_stems(words[p]) and words[p] not in marks]
        if telling:
            spans.append((word, tuple(stem(words[p]) for p in telling[:2])))
            places.update(telling)
    content = [(place, stem(word)) for place, word in enumerate(words) if content_stems(word)]
    return _Marked(
        spans=tuple(spans),
        reached=frozenset(word for place, word in content if place in places),
        free=frozenset(word for place, word in content if place not in places),
    )


def _without(own: str, text: str) -> str:
    """Return the text without the paper's name, whose version number may stand anywhere."""
    return re.sub(rf"(?<!\w){re.escape(own)}(?!\w)", "it", text) if own else text


def _moved_number(text: str, passage: str) -> str:
    said, given = numbers_in(text), numbers_in(passage)
    known = {number.key for number in given}
    said = tuple(number for number in said if number.key in known)
    for number in said:
        places = [source for source in given if source.key == number.key]
        mine = _neighbours(text, number, _BESIDE)
        if mine and not any(mine & _neighbours(passage, source, _NEAR) for source in places):
            return f"“{number.text}” stands beside other words in the source"
        if not any(_on_one_side(text, number, passage, source) for source in places):
            return f"“{number.text}” stands on the other side in the source"
    order = [number.key for number in given]
    if _is_in_order([number.key for number in said], order):
        return ""
    for number, following in zip_longest(said, said[1:]):
        places = [source for source in given if source.key == number.key]
        in_a_row = following and _nearest(text, number) == _nearest(text, following)
        swapped = in_a_row and not _is_in_order([number.key, following.key], order)
        if swapped or not any(_stands_alike(text, number, passage, source) for source in places):
            return f"“{number.text}” has changed its place with another number"
    return ""


def _stands_alike(text: str, number: Numeral, passage: str, source: Numeral) -> bool:
    """Tell whether a number that may have been swapped counts the same thing in both texts."""
    mine, theirs = _nearest(text, number), _nearest(passage, source)
    # `95.8% reproduction` and `reproduces 95.8%` are alike; `images and 40 clips` and `40 images`
    # are not: only what has a unit may change sides.
    return any(mine[n] and mine[n] == theirs[n] for n in (0, 1)) or bool(
        number.unit and set(filter(None, mine)) & set(theirs)
    )


def _on_one_side(text: str, number: Numeral, passage: str, source: Numeral) -> bool:
    here, there = _before(text, number), _before(passage, source)
    return here == there or not {here, there} <= _SIDES


def _nearest(text: str, number: Numeral) -> tuple[str, str]:
    """Return the nearest content word before the number and after it."""
    text = plain(text)
    before, after = content_stems(text[: number.start]), content_stems(text[number.end :])
    return (before or ("",))[-1], (after or ("",))[0]


def _neighbours(text: str, number: Numeral, reach: int) -> set[str]:
    text = plain(text)
    before = words_of(text[: number.start])[-reach:]
    after = words_of(text[number.end :])[:reach]
    return {stem(word) for word in (*before, *after) if content_stems(word)}


def _before(text: str, number: Numeral) -> str:
    return (words_of(plain(text)[: number.start]) or ("",))[-1]


def _moved_names(text: str, passage: str, ground: Ground) -> str:
    """Say so where what stands before and after a comparing word has changed sides."""
    given = list(_compared(passage, ground))
    for before, after in _compared(text, ground) if given else ():
        winner, loser = before[-1:], after[:1]
        if not (winner and loser) or winner == loser:
            continue
        turned = any(loser[0] in first and winner[0] in then for first, then in given)
        kept = any(winner[0] in first and loser[0] in then for first, then in given)
        if turned and not kept:
            return (
                f"“{_SHOWN.get(winner[0], winner[0])}” stands on the other side of the comparison"
            )
    return ""


def _compared(text: str, ground: Ground) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the actors before and after each comparing word, in order."""
    comparisons = list(_COMPARES.finditer(text))
    actors = _actors(text, ground) if comparisons else []
    for comparison in comparisons:
        yield (
            [actor for place, actor in actors if place < comparison.start()],
            [actor for place, actor in actors if place > comparison.start()],
        )


def _actors(text: str, ground: Ground) -> list[tuple[int, str]]:
    """Return where the coined names stand, in order; the paper itself under any name."""
    own = key(ground.own_name)
    found = [(place.start(), _OWN) for place in _SPEAKS_OF_ITSELF.finditer(text)]
    for name in names_in(text):
        for part in name.split():
            if is_coined(part):
                found += [
                    (
                        place.start(),
                        _OWN if own and key(part) == own else key(part).removesuffix("s"),
                    )
                    for place in re.finditer(
                        rf"(?<![\w-]){re.escape(part)}(?![\w+]|-[A-Z0-9])", text
                    )
                ]
    return sorted(set(found))


def _is_in_order(some: Sequence[object], every: Sequence[object]) -> bool:
    """Tell whether the things occur among all in the same order."""
    rest = iter(every)
    return all(any(thing == other for other in rest) for thing in some)
