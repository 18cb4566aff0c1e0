"""What an editor would count in a post, measured without the code that wrote or checked it.

Numbers, names, openings and repeated runs are found by plain rules of their own, so that a fault of
`paperweek.checks` shows here instead of excusing itself. Each measure gives a number and the places
that an editor would look at.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import inf, isnan, nan

from paperweek.checks import EMBEDDED, MOST_FRAMING, MOST_FRAMING_OF_A_MODEL, Finding
from paperweek.datafile import read_data_file
from paperweek.model import (
    Collection,
    Kind,
    Paper,
    Post,
    PublishedWeek,
    Report,
    Selection,
    Sentence,
)
from paperweek.ports import Writer
from paperweek.rendering import render_post, short_name
from paperweek.selection import select
from paperweek.text import readable
from paperweek.topics import name_of
from paperweek.trends import movements
from paperweek.verification import verify_post

QUIET_WEEK = 25
"""Fewer new listed papers than this make a quiet week, in which a post may be short."""
_TOP = 10
_RUN = 6
_OPENING = 4
_LONGEST_NAME = 3
"""Words up to which what stands before a title's colon is a name."""


@dataclass(frozen=True)
class Played:
    """A week as it was written and rendered, with what its check said."""

    report: Report
    post: Post
    findings: tuple[Finding, ...]
    """What `verify_post` found, warnings left out."""
    cpu: float
    """Seconds of CPU from choosing the papers to the checked post."""

    @property
    def label(self) -> str:
        """The week, such as `2025-W05`."""
        return self.report.selection.week.label

    @cached_property
    def runs(self) -> frozenset[tuple[str, ...]]:
        """The prose's runs of six words, the names of the cited papers left out."""
        return frozenset(
            tuple(words[at : at + _RUN])
            for sentence in self.report.sentences
            for words in [_words(_without_names(sentence, self.report.selection))]
            for at in range(len(words) - _RUN + 1)
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure of one post."""

    value: float
    """Not a number where there is nothing to measure."""
    places: tuple[str, ...] = ()
    """Where an editor would look, such as the sentences counted."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A column: what is measured, and between which bounds it must lie."""

    head: str
    meaning: str
    measure: Callable[[Played, Sequence[Played]], Measured]
    """Of a post and of the others that were written."""
    least: float = -inf
    most: float = inf
    exception: Callable[[Played], tuple[float, float] | None] = lambda _: None
    """Other bounds for some posts."""
    form: str = ".0f"

    def misses(self, measured: Measured, played: Played) -> bool:
        """Tell whether the post misses the target; what can't be measured misses none."""
        least, most = self.exception(played) or (self.least, self.most)
        return measured.value < least or measured.value > most

    def show(self, measured: Measured) -> str:
        """Return the cell's text."""
        return "–" if isnan(measured.value) else f"{measured.value:{self.form}}"

    @property
    def target(self) -> str:
        """The bounds, such as `≤4.0`; empty where the figure is only told."""
        least, most = f"{self.least:{self.form}}", f"{self.most:{self.form}}"
        if self.least > -inf and self.most < inf:
            return f"{least}–{most}"
        return f"≥{least}" if self.least > -inf else f"≤{most}" if self.most < inf else ""


def play(weeks: Iterable[Collection], writer: Writer) -> Iterator[Played]:
    """Yield the weeks as they are published one after the other, each compared with those before.

    What is known of an earlier week is what its data file says, as in the product.
    """
    earlier: tuple[PublishedWeek, ...] = ()
    for collection in weeks:
        begun = time.process_time()
        report = writer.write(select(collection, earlier))
        played = checked(report, begun)
        yield played
        earlier = (read_data_file(played.post.data).published_week(), *earlier)


def checked(report: Report, begun: float | None = None) -> Played:
    """Return the report rendered, and what the check of the post says; CPU since `begun`."""
    begun = time.process_time() if begun is None else begun
    post = render_post(report)
    found = verify_post(post.text, report.selection, post.week, path=post.path)
    wrong = tuple(finding for finding in found if not finding.warning)
    return Played(report, post, wrong, time.process_time() - begun)


# Counting ----------------------------------------------------------------------------------------


def _length(played: Played, _: Sequence[Played]) -> Measured:
    return Measured(sum(len(sentence.text.split()) for sentence in played.report.sentences))


def _words_of_a_quiet_week(played: Played) -> tuple[float, float] | None:
    """Return what a quiet week may have where the post says first that it is one."""
    quiet = played.report.selection.statistics["listed_new"] < QUIET_WEEK
    said = "quiet week" in next(played.report.sentences).text
    return (450, 950) if quiet and said else None


def _cited(played: Played, _: Sequence[Played]) -> Measured:
    return Measured(len(played.report.cited))


def _sentences(played: Played, _: Sequence[Played]) -> Measured:
    return Measured(sum(1 for _ in played.report.sentences))


def _unsourced(played: Played, _: Sequence[Played]) -> Measured:
    selection = played.report.selection
    return _places(
        sentence.text
        for sentence in played.report.sentences
        if not any(map(selection.paper, sentence.cites))
        and not any(key in selection.statistics for key in sentence.statistics)
        and (sentence.kind is not Kind.FRAMING or re.search(r"\d|\w[A-Z]| [A-Z]", sentence.text))
    )


def _framing(played: Played, _: Sequence[Played]) -> Measured:
    counts = {
        section.heading: [s.text for s in section.sentences if s.kind is Kind.FRAMING]
        for section in played.report.sections
    }
    fullest = max(counts.values(), key=len)
    return Measured(len(fullest), tuple(fullest))


def _framing_of_a_model(played: Played) -> tuple[float, float] | None:
    return None if played.report.writer.startswith(EMBEDDED) else (0, MOST_FRAMING_OF_A_MODEL)


def _dropped(played: Played, _: Sequence[Played]) -> Measured:
    return _places(played.report.dropped)


def _findings(played: Played, _: Sequence[Played]) -> Measured:
    return _places(f"{f.reason}: {f.sentence}" for f in played.findings)


def _cpu(played: Played, _: Sequence[Played]) -> Measured:
    return Measured(played.cpu)


def _places(found: Iterable[str]) -> Measured:
    places = tuple(found)
    return Measured(len(places), places)


# Numbers and names -------------------------------------------------------------------------------

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10,
}  # fmt: skip
_WRITTEN = re.compile(r"(?<![\w’'.+-])\w[\w’'.+-]*")
_APPOINTMENT = re.compile(r"\bin \w+ (?:weeks|months)\b")
_STATED = re.compile(r"(?<![\w.-])\d(?![\d.]*(?:[DB]|p)\b)")
_RESULT = re.compile(
    r"\d ?(?:%|×(?! ?\d)|x\b|times|points?|percent|FPS|dB)"
    r"|(?<![\w.-])\d+\.\d+(?![\w.-]| (?:m|b|tr)illion)"
)
_AMONG = re.compile(r"\b(?:among|of) the \w+,")
_EVERYDAY = frozenset({"sunday", "i", "ai"})


def _strange_numbers(played: Played, _: Sequence[Played]) -> Measured:
    return _places(
        f"{number}: {sentence.text}"
        for sentence in played.report.sentences
        for number in _numbers_of(sentence)
        if number not in _numbers_known(sentence, played.report.selection)
    )


def _numbers_of(sentence: Sentence) -> Iterator[str]:
    text = _APPOINTMENT.sub("", sentence.text)
    yield from map(_plain_number, _NUMBER.findall(text))
    if sentence.kind is Kind.STATISTIC:  # in other sentences such words are seldom counts
        words = _words(text)
        yield from (str(_NUMBER_WORDS[word]) for word in words if word in _NUMBER_WORDS)


def _numbers_known(sentence: Sentence, selection: Selection) -> set[str]:
    texts = (text for paper in _papers(sentence, selection) for text in _texts(paper))
    known = {_plain_number(number) for text in texts for number in _NUMBER.findall(text)}
    known |= {f"{selection.statistics.get(key, 0):g}" for key in sentence.statistics}
    known |= {str(_TOP)} if any(key.startswith("top_") for key in sentence.statistics) else set()
    return known | set(_NUMBER.findall(_topics(sentence, selection)))


def _plain_number(text: str) -> str:
    return re.sub(r",(?=\d{3}(?!\d))", "", text)


def _strange_names(played: Played, _: Sequence[Played]) -> Measured:
    return _places(
        f"{name}: {sentence.text}"
        for sentence in played.report.sentences
        for name in _names_of(sentence.text)
        if not _is_borne(name, sentence, played.report.selection)
    )


def _names_of(text: str) -> Iterator[str]:
    """Yield words with a capital or a digit beside letters, but not a sentence's first word."""
    for found in _WRITTEN.finditer(text):
        word = re.sub(r"[’']s?$", "", found[0].rstrip(".+-"))
        begins = found.start() == 0 or text[: found.start()].endswith((": ", "“"))
        plain = word[1:] == word[1:].lower() and word.isalpha()
        if word != word.lower() and not (begins and plain) and word.lower() not in _EVERYDAY:
            yield word


def _is_borne(name: str, sentence: Sentence, selection: Selection) -> bool:
    known = " ".join(
        (
            *(text for paper in _papers(sentence, selection) for text in _texts(paper)),
            *(author for paper in _papers(sentence, selection) for author in paper.authors),
            _topics(sentence, selection),
        )
    )
    known = known.replace("’", "'").casefold()
    name = name.replace("’", "'").casefold()
    parts = [part for part in re.split(r"[-./]", name) if part]
    return name in known or name.removesuffix("s") in known or all(part in known for part in parts)


def _papers(sentence: Sentence, selection: Selection) -> list[Paper]:
    return [paper for arxiv_id in sentence.cites if (paper := selection.paper(arxiv_id))]


def _texts(paper: Paper) -> tuple[str, str, str]:
    raw = f"{paper.title} {paper.abstract}".replace("{,}", ",").replace(r"\,", "")
    return raw, readable(paper.title), readable(paper.abstract)


def _topics(sentence: Sentence, selection: Selection) -> str:
    """Return the names of the topics, and the phrases, that the sentence may speak of."""
    counted = [key.rpartition(":")[2] for key in sentence.statistics if ":" in key]
    theirs = [topic for i in sentence.cites for topic in selection.topics.get(i, ())]
    return " ".join(map(name_of, (*counted, *theirs)))


# How sentences stand together --------------------------------------------------------------------


def _alike(played: Played, _: Sequence[Played]) -> Measured:
    openings = Counter(
        opening
        for sentence in played.report.sentences
        if len(opening := tuple(_words(sentence.text)[:_OPENING])) == _OPENING
    )
    pairs = {" ".join(opening): n * (n - 1) // 2 for opening, n in openings.items() if n > 1}
    return Measured(sum(pairs.values()), tuple(pairs))


def _result_after_result(played: Played, _: Sequence[Played]) -> Measured:
    return _neighbours(played, _RESULT)


def _number_after_number(played: Played, _: Sequence[Played]) -> Measured:
    return _neighbours(played, _STATED)


def _neighbours(played: Played, number: re.Pattern[str]) -> Measured:
    """Find neighbours of which each cites a paper and states a number, digits in names aside."""
    selection = played.report.selection

    def is_such(sentence: Sentence) -> bool:
        text = _AMONG.sub("", _without_names(sentence, selection))
        return bool(sentence.citations and number.search(text))

    return _places(
        f"{one.text} {two.text}"
        for section in played.report.sections
        for paragraph in section.paragraphs
        for one, two in pairwise(paragraph)
        if is_such(one) and is_such(two)
    )


def _repeated(played: Played, others: Sequence[Played]) -> Measured:
    """Measure the percentage of its runs that stand in the other post with most of them."""
    return _share_of_runs(
        played, max((played.runs & other.runs for other in others), key=len, default=frozenset())
    )


def _repeated_anywhere(played: Played, others: Sequence[Played]) -> Measured:
    return _share_of_runs(
        played, played.runs & frozenset().union(*(other.runs for other in others))
    )


def _share_of_runs(played: Played, shared: frozenset[tuple[str, ...]]) -> Measured:
    places = tuple(" ".join(run) for run in sorted(shared))
    return Measured(100 * len(shared) / max(len(played.runs), 1), places)


def _words(text: str) -> list[str]:
    return re.findall(r"[\w’'-]+", text.casefold())


def _without_names(sentence: Sentence, selection: Selection) -> str:
    text = sentence.text
    names = [citation.anchor for citation in sentence.citations]
    for paper in _papers(sentence, selection):
        names += [readable(paper.title).rstrip("."), readable(short_name(paper))]
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name, " ")
    return text


_OWN = re.compile(
    r"\b(?:we|our|us|ours|this (?:\w+ )?(?:paper|work|study|survey|report|article|release)"
    r"|the (?:authors?|results?|findings?|resulting)|proposed|introduced|presented)\b"
    r"|\b(?:results|experiments|evaluations?|analys[ei]s|benchmarks?|findings|code|weights)\b",
    re.IGNORECASE,
)
_AS_A_PROBLEM = re.compile(
    r"\b(?:gap|trouble|bother\w*|complain\w*|complaint|problems?|questions?|exists?|solved|open"
    r"|limits?|fail\w*|lack\w*|shortfall|catch|difficult\w*|hurdle|starts? from"
    r"|starting point|missing|wanting)\b",
    re.IGNORECASE,
)


def _background(played: Played, _: Sequence[Played]) -> Measured:
    """Find sentences that only say how things stood before the paper.

    Such a one rests on a passage without a word of the paper's own work that stands before the
    first passage with one, and its frame does not put it as a problem.
    """
    selection = played.report.selection
    return _places(
        sentence.text
        for sentence in played.report.sentences
        for citation in sentence.citations[:1]
        if (paper := selection.paper(citation.arxiv_id))
        if citation.words and _is_background(citation.words, paper)
        if not _AS_A_PROBLEM.search(_frame_of(sentence.text, citation.words))
    )


def _is_background(words: str, paper: Paper) -> bool:
    name = short_name(paper)
    if _OWN.search(words) or (
        len(name.split()) <= _LONGEST_NAME and name.casefold() in words.casefold()
    ):
        return False
    before = paper.abstract.partition(words)[0]
    return not _OWN.search(before)


def _frame_of(text: str, words: str) -> str:
    """Return those of the sentence's words that its passage does not hold."""
    theirs = set(_words(readable(words)))
    return " ".join(word for word in _words(text) if word not in theirs)


# The week ----------------------------------------------------------------------------------------


def _top_ten(played: Played, _: Sequence[Played]) -> Measured:
    """Count those of the ten most-voted new papers that stand in prose or table."""
    best = most_voted(played.report.selection)
    table = played.post.text.partition("\n| Paper |")[2]
    shown = {
        paper.arxiv_id
        for paper in best
        if paper.arxiv_id in played.report.cited or f"/{paper.arxiv_id})" in table
    }
    if played.report.selection.collection and played.report.selection.collection.invented:
        shown |= {p.arxiv_id for p in best if played.report.selection.paper(p.arxiv_id)}
    lacking = tuple(paper.title for paper in best if paper.arxiv_id not in shown)
    return Measured(_TOP - len(lacking), lacking)


def most_voted(selection: Selection) -> list[Paper]:
    """Return the ten listed papers with most votes that no earlier published week listed."""
    known = {arxiv_id for week in selection.earlier for arxiv_id in week.listed}
    papers = selection.collection.papers if selection.collection else selection.papers
    new = [p for p in papers if p.votes is not None and p.arxiv_id not in known]
    return sorted(new, key=lambda paper: (-(paper.votes or 0), paper.arxiv_id))[:_TOP]


def _claimed(played: Played, _: Sequence[Played]) -> Measured:
    return _places(
        key.removeprefix("earlier_")
        for sentence in played.report.sentences
        for key in sentence.statistics
        if key.startswith(("earlier_topic:", "earlier_phrase:"))
    )


def _unproven(played: Played, others: Sequence[Played]) -> Measured:
    moved = {f"{m.kind}:{m.key}" for m in movements(played.report.selection.statistics)}
    return _places(claim for claim in _claimed(played, others).places if claim not in moved)


def _receipts(played: Played, _: Sequence[Played]) -> Measured:
    """Measure the percentage of the prose's links that open at the words they rest on."""
    prose = played.post.text.partition("\n| Paper |")[0]
    links = re.findall(r"\]\((https://arxiv\.org/abs/[^)\s]+)\)", prose)
    opened = sum("#:~:text=" in link for link in links)
    return Measured(100 * opened / len(links) if links else nan)


FIGURES = (
    Figure(
        "words", "words in prose (a quiet week: 450)", _length, 650, 950, _words_of_a_quiet_week
    ),
    Figure("papers", "papers cited in prose", _cited, least=12),
    Figure("sentences", "sentences in the eight sections", _sentences),
    Figure("bare", "sentences without a source", _unsourced, most=0),
    Figure("numbers", "numbers in nothing that is cited", _strange_numbers, most=0),
    Figure("names", "names in no cited paper", _strange_names, most=0),
    Figure("top ten", "of the most-voted new papers, in prose or table", _top_ten, least=_TOP),
    Figure("alike", "pairs of sentences that open with the same four words", _alike, most=0),
    Figure("r-r", "neighbours that each state a paper's result", _result_after_result, most=0),
    Figure("n-n", "neighbours that each state a paper's number of any sort", _number_after_number),
    Figure(
        "runs %", "six-word runs that one other week's post holds", _repeated, most=4, form=".1f"
    ),
    Figure(
        "any %", "six-word runs that any other week's post holds", _repeated_anywhere, form=".1f"
    ),
    Figure("background", "sentences that only give background", _background, most=0),
    Figure(
        "framing",
        "framing sentences in the section with most of them (a model: 3)",
        _framing,
        most=MOST_FRAMING,
        exception=_framing_of_a_model,
    ),
    Figure("moved", "movements claimed", _claimed, most=2),
    Figure("unproven", "of these, within chance", _unproven, most=0),
    Figure("dropped", "sentences that a check kept out", _dropped),
    Figure("findings", "what verify finds in the post", _findings, most=0),
    Figure("receipts %", "links that open at their words", _receipts),
    Figure("CPU s", "from choosing to the checked post", _cpu, form=".2f"),
)
"""The columns, in the order in which they are printed."""
