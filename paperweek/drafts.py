"""From what a language model wrote to sentences that may stand: the part that trusts nothing.

A `Draft` is a sentence as a model gave it, with local ids. It becomes a `Sentence` with citations
to the passages that it rests on, and is asked for its ground by `paperweek.checks` like any other;
on top of that come the rules that only a model needs: what it was not shown it may not cite, what
moved is what the statistics call so, nothing is said twice, and a voice is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from paperweek.checks import (
    MOST_FRAMING_OF_A_MODEL,
    MOST_JUDGEMENTS,
    check_sentence,
    opening_of,
)
from paperweek.dossiers import Dossier
from paperweek.evidence import Evidence
from paperweek.grounding import Ground, best_passage, content_stems, ground_of
from paperweek.model import Citation, Heading, Kind, Section, Selection, Sentence
from paperweek.naming import stands_in
from paperweek.numerals import numbers_in
from paperweek.text import fold, sentences

MOST_SENTENCES = 10
"""Of one answer: what comes after them is not looked at."""
MOST_WORDS, MOST_WORDS_IN_THE_END = 125, 70
"""Of one section and of the conclusion, so that the eight are read in four minutes."""
FEWEST_SENTENCES, FEWEST_WORDS, FEWEST_PAPERS = 3, 30, 2
FEWEST_IN_THE_END = 2
"""Sentences of the conclusion."""
_SAME = 0.8
"""Share of common words from which two sentences say the same."""
_WINDOW = 3
"""Sentences of an abstract in a row that one sentence may condense."""


class VoiceOfWriter(StrEnum):
    """In whose voice a language model writes."""

    FIRST_PERSON = "first-person"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Draft:
    """One sentence as a model gave it."""

    text: str
    kind: str = Kind.PAPERS.value
    refs: tuple[str, ...] = ()
    """Local ids, as far as the model kept to them."""
    statistics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A draft as a sentence, and the reasons why it may not stand."""

    sentence: Sentence
    reasons: tuple[str, ...] = ()
    """Clauses; empty where it may stand."""


class Standing:
    """The sentences of the report that stand so far: what a new one may not repeat."""

    def __init__(self, standing: Iterable[Sentence] = ()) -> None:
        self._openings: set[tuple[str, ...]] = set()
        self._stems: list[frozenset[str]] = []
        for sentence in standing:
            self.add(sentence)

    def add(self, sentence: Sentence) -> None:
        """Let the sentence stand."""
        self._openings.add(opening_of(sentence.text))
        self._stems.append(frozenset(content_stems(sentence.text)))

    def repeats(self, sentence: Sentence) -> str:
        """Say what of it stands already; empty where nothing does."""
        opening = opening_of(sentence.text)
        if opening and opening in self._openings:
            return f"another sentence opens with “{' '.join(opening)}”"
        stems = frozenset(content_stems(sentence.text))
        if stems and any(len(stems & said) >= _SAME * len(stems | said) for said in self._stems):
            return "another sentence says the same"
        return ""


def judge(
    drafts: Sequence[Draft],
    evidence: Evidence,
    selection: Selection,
    voice: VoiceOfWriter,
    *,
    standing: Standing,
    good: Iterable[Sentence] = (),
) -> Iterator[Judged]:
    """Yield each draft as a sentence with the reasons against it; let stand what has none.

    `good` are the sentences that the section holds already.

    Looks at `MOST_SENTENCES`, and at no more once the section has all its words. How many of a kind
    a section may hold counts as a reason, in the order in which the sentences come.
    """
    kinds: Counter[Kind] = Counter()
    words = 0
    most_words = MOST_WORDS_IN_THE_END if evidence.heading is Heading.CONCLUSION else MOST_WORDS
    for sentence in good:
        standing.add(sentence)
        kinds[sentence.kind] += 1
        words += len(sentence.text.split())
    for draft in drafts[:MOST_SENTENCES]:
        sentence = sentence_of(draft, evidence, selection)
        reasons = tuple(_reasons(draft, sentence, evidence, selection, voice))
        if not reasons:
            reasons = tuple(filter(None, (standing.repeats(sentence), _too_many(sentence, kinds))))
        length = len(sentence.text.split())
        if not reasons and words + length > most_words and kinds.total() >= FEWEST_SENTENCES:
            return
        if not reasons:
            standing.add(sentence)
            kinds[sentence.kind] += 1
            words += length
        yield Judged(sentence, reasons)


def sentence_of(draft: Draft, evidence: Evidence, selection: Selection) -> Sentence:
    """Return the draft as a sentence with the passages that support it best.

    What was not shown is left out of the citations. The kind is the one whose duties the draft
    can have: what cites is no framing, what cites nothing is not about papers.
    """
    text = fold(draft.text)
    ids = tuple(dict.fromkeys(filter(None, map(evidence.arxiv_id, draft.refs))))
    shown = {evidence.statistic(s.key) for s in evidence.statistics}
    keys = dict.fromkeys(map(evidence.statistic, draft.statistics))
    statistics = tuple(key for key in keys if key in selection.statistics and _may(key, shown, ids))
    kind = _kind(draft.kind, ids, statistics)
    grounds = [ground_of(paper) for i in ids if (paper := selection.paper(i))]
    if not grounds:
        return Sentence(text, kind, (), statistics)
    if kind is Kind.JUDGEMENT:  # an opinion is about a paper, not taken from a passage of it
        named = (Citation(i, "", _anchor(text, selection, i)) for i in ids)
        return Sentence(text, kind, tuple(named), statistics)
    best: Sentence | None = None
    for citations in _citations(text, grounds, ids, selection):
        sentence = Sentence(text, kind, citations, statistics)
        if not check_sentence(sentence, selection):
            return sentence
        best = best or sentence
    return best or Sentence(text, kind, (), statistics)


def shortfall(sentences_: Sequence[Sentence], heading: Heading, enough: int) -> str:
    """Say what a section of these sentences lacks; empty where it can stand for itself.

    `enough` is the number of sentences that a section needs in no case more than.
    """
    fewest = FEWEST_IN_THE_END if heading is Heading.CONCLUSION else FEWEST_SENTENCES
    fewest = min(fewest, enough)
    words = sum(len(sentence.text.split()) for sentence in sentences_)
    telling = [s for s in sentences_ if s.kind in {Kind.PAPERS, Kind.STATISTIC}]
    if len(sentences_) < fewest:
        return f"{len(sentences_)} of its sentences passed, {fewest} are needed"
    if heading is Heading.CONCLUSION:
        return "" if telling else "no sentence of it rests on a paper or a count"
    cited = {i for sentence in sentences_ for i in sentence.cites}
    if len(cited) < min(FEWEST_PAPERS, enough):
        return f"it speaks of {len(cited)} papers, {FEWEST_PAPERS} are needed"
    if words < FEWEST_WORDS and enough >= FEWEST_SENTENCES:
        return f"it has {words} words, {FEWEST_WORDS} are needed"
    return ""


def section_of(heading: Heading, said: Sequence[Sentence], writer: str) -> Section:
    """Return the section of these sentences: one paragraph, as the blog's posts have it.

    Of two neighbours that both give a paper's number the second goes where none stands beside it,
    if there is such a place. Each sentence names its paper, so none hangs on the one before it.
    """
    ordered: list[Sentence] = []
    waiting = list(said)
    while waiting:
        crowded = bool(ordered) and _counts(ordered[-1])
        fitting = (i for i, sentence in enumerate(waiting) if not (crowded and _counts(sentence)))
        if (place := next(fitting, None)) is not None:
            ordered.append(waiting.pop(place))
            continue
        gaps = (i for i in range(1, len(ordered)) if not any(map(_counts, ordered[i - 1 : i + 1])))
        ordered.insert(next(gaps, len(ordered)), waiting.pop(0))
    return Section(heading, (tuple(ordered),), writer)


def _counts(sentence: Sentence) -> bool:
    """Tell whether the sentence is of the shape paper-plus-number."""
    return bool(sentence.citations) and bool(numbers_in(sentence.text))


# The rules that only a model needs ------------------------------------------------------------

_FIRST_PERSON = re.compile(r"\b(?:I(?:['’](?:d|m|ve|ll))?|[Mm]y|[Mm]ine|[Mm]e|[Mm]yself)\b")
_MOVES = re.compile(
    r"\bon the rise\b|\bgaining (?:ground|momentum|traction|popularity)\b|\bsurg(?:e[sd]?|ing)\b"
    r"|\b(?:growing|rising|increasing|declining|shrinking|renewed) (?:number|interest|focus"
    r"|emphasis|trend|share|recognition|attention|body)\b|\bmomentum\b"
    r"|\bshift(?:s|ing)? (?:towards?|from)\b"
    r"|\b(?:up|down) from\b|\b(?:more|fewer|less) (?:papers )?than (?:in |the )?"
    r"(?:last|earlier|previous|the week)|\b(?:rose|risen|grew|grown|fell|fallen|doubled|tripled"
    r"|climbed|declined|increased|decreased)\b",
    re.IGNORECASE,
)
"""Words that call something of the field a movement."""
_SCHEME = re.compile(r"\b(?:javascript|vbscript|data|mailto|file|https?|ftp):\S", re.IGNORECASE)
_LOCAL_ID = re.compile(r"\bP\d{2}\b")


def _reasons(
    draft: Draft,
    sentence: Sentence,
    evidence: Evidence,
    selection: Selection,
    voice: VoiceOfWriter,
) -> Iterator[str]:
    if unknown := [ref for ref in draft.refs if not evidence.arxiv_id(ref)]:
        yield f"{_shortly(unknown[0])} is no id of the papers given"
    if local := _LOCAL_ID.search(sentence.text):
        yield f"a reader does not know {local[0]}: name the paper"
    if _SCHEME.search(sentence.text):
        yield "it holds an address"
    if len(sentences(sentence.text)) > 1:
        yield "it is more than one sentence"
    if voice is VoiceOfWriter.NEUTRAL and _FIRST_PERSON.search(sentence.text):
        yield "the first person is not wanted"
    if reason := _unproved_movement(sentence, evidence):
        yield reason
    yield from dict.fromkeys(finding.reason for finding in check_sentence(sentence, selection))


def _unproved_movement(sentence: Sentence, evidence: Evidence) -> str:
    """Say which word calls something a movement that no test called so."""
    if sentence.kind is Kind.PAPERS:
        moves = re.search(r"\b(?:this|last) week|\bfield\b|\bpapers\b", sentence.text)
        claim = _MOVES.search(sentence.text) if moves else None
    else:
        claim = _MOVES.search(sentence.text)
    if claim is None:
        return ""
    named = [key for key in sentence.statistics if key.startswith(("topic:", "phrase:"))]
    moved = " ".join(evidence.moved)
    if named and all(f"({key}," in moved for key in named):
        return ""
    return f"“{claim[0]}”: nothing is known to have moved"


def _too_many(sentence: Sentence, kinds: Counter[Kind]) -> str:
    most = {Kind.FRAMING: MOST_FRAMING_OF_A_MODEL, Kind.JUDGEMENT: MOST_JUDGEMENTS}
    if sentence.kind in most and kinds[sentence.kind] >= most[sentence.kind]:
        return f"the section has {most[sentence.kind]} of kind {sentence.kind.value} already"
    return ""


def _shortly(text: str) -> str:
    return fold(text)[:24]


# From local ids to citations ------------------------------------------------------------------


def _kind(said: str, ids: tuple[str, ...], statistics: tuple[str, ...]) -> Kind:
    if ids:
        return Kind.JUDGEMENT if said == Kind.JUDGEMENT.value else Kind.PAPERS
    if statistics:
        return Kind.STATISTIC
    return Kind.FRAMING if said == Kind.FRAMING.value else Kind.PAPERS


def _may(key: str, shown: set[str], ids: tuple[str, ...]) -> bool:
    """Tell whether the model saw the number: in the statistics, or as a cited paper's votes."""
    return key in shown or key.partition(":")[2] in ids or key.startswith(("votes:", "phrase:"))


def _citations(
    text: str, grounds: Sequence[Ground], ids: Sequence[str], selection: Selection
) -> Iterator[tuple[Citation, ...]]:
    """Yield what the sentence may rest on, the narrowest first.

    The closest sentence of each paper, then longer runs around it, then all of it.
    """
    anchors = [_anchor(text, selection, arxiv_id) for arxiv_id in ids]
    for length in range(1, _WINDOW + 1):
        yield tuple(
            Citation(arxiv_id, _best_run(text, ground, length), anchor)
            for arxiv_id, ground, anchor in zip(ids, grounds, anchors, strict=True)
        )
    # Facts that stand far apart have no run of their own: the link leads to the whole abstract.
    yield tuple(Citation(i, "", anchor) for i, anchor in zip(ids, anchors, strict=True))


def _best_run(text: str, ground: Ground, length: int) -> str:
    """Return the run of sentences around the closest one that shares most words with the text."""
    closest = best_passage(text, ground)
    passages = sentences(ground.abstract)
    if length == 1 or closest not in passages:
        return closest
    place = passages.index(closest)
    starts = range(max(place - length + 1, 0), min(place, max(len(passages) - length, 0)) + 1)
    runs = [" ".join(passages[start : start + length]) for start in starts]
    stems = set(content_stems(text))
    return max(runs, key=lambda run: len(stems.intersection(content_stems(run))))


def _anchor(text: str, selection: Selection, arxiv_id: str) -> str:
    """Return the words of the text that name the paper: they carry the link."""
    paper = selection.paper(arxiv_id)
    if paper is None:
        return ""
    dossier = Dossier(paper)
    names = (dossier.name, f"“{dossier.title}”", dossier.title, dossier.who, dossier.voice.authors)
    found = [name for name in names if name and name in text and stands_in(name, text)]
    return next(iter(found), "")
