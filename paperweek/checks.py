"""Ask any sentence for its ground: what a report may say, and what must be left out.

Both writers' sentences pass here before anything is rendered. Each rule answers with a `Finding`
that says why; no finding means that the sentence may stand. The rules follow the kinds of
`paperweek.model.Kind`:

- *papers*: cites selected papers by passages that they hold; its numbers stand in those passages
  (or in the abstract where no passage is given) or in the statistics it names, its names and
  quotations in the cited papers; it names whose claim it is; it neither drops nor adds a negation,
  drops no hedge or `up to`, moves no number and turns no comparison around.
- *statistic*: every number is one of the statistics it names; no name but a topic's.
- *judgement*: like *papers*, but marked as opinion and not held to the words of a passage.
- *framing*: no name, no number, no claim.

Superlatives and comparisons about the week or between its papers come from statistics alone.

Overlap. Of a sentence's content words (stems, without the idle words of the language), the share
that stands in the cited papers must reach `OVERLAP_FLOOR`. It was set with `tests/quality.py` on
2,400 sentences out of recorded abstracts (three seeds of 800), half of them behind a writer's own
opening words. Held against their own abstract they share 0.44 (the least of all), at least 0.62
(1st percentile), 0.75 (5th) and 1.00 (the median); held against another paper's abstract 0.12 (the
median), 0.33 (95th), 0.43 (99th) and 0.75 (the most of all). At 0.5 one faithful sentence in 2,400
is lost, and fewer than one in a hundred that cite the wrong paper pass this rule; most of these
are stopped by their names, numbers and passage.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise

from paperweek.grounding import (
    LONGEST_ABSTRACT,
    Ground,
    best_passage,
    ground_of,
    overlap,
    overlap_with_passages,
    stem,
    what_changed,
    words_of,
)
from paperweek.model import Citation, Kind, Report, Section, Selection, Sentence
from paperweek.naming import COMMON_NAMES, key, names_in, quotations_in, stands_in
from paperweek.numerals import Numeral, numbers_in, supported
from paperweek.text import fold, readable
from paperweek.topics import taxonomy

OVERLAP_FLOOR = 0.5
PASSAGE_FLOOR = 0.4
"""The same for the passage alone, with the title: lower, because a writer may use a synonym."""
LONGEST_SENTENCE = 700
"""Characters; the longest that an abstract's own sentence was seen to need is under 600."""
EMBEDDED = "extractive"
"""How the name of the embedded writer begins: it has no opinions and no first person."""
MOST_FRAMING, MOST_FRAMING_OF_A_MODEL = 1, 3
MOST_JUDGEMENTS = 1
OPENING = 4
"""Words by which two sentences of a post may not open alike."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason why a sentence or a post may not stand as it is."""

    rule: str
    """One word, such as `number`; the same for the same kind of fault."""
    section: str
    """The heading it stands under; empty where that is not known, or it is about the whole."""
    sentence: str
    reason: str
    """What is wrong, as a clause."""
    warning: bool = False
    """True for what an editor should see and need not change."""


def describe(finding: Finding) -> str:
    """Return the finding as one line for a person.

    >>> describe(Finding("number", "Conclusion", "It saves 9%.", "9% stands in no cited paper"))
    'Conclusion: 9% stands in no cited paper: “It saves 9%.” [number]'
    """
    where = f"{finding.section}: " if finding.section else ""
    quoted = f": “{finding.sentence}”" if finding.sentence else ""
    warning = "warning: " if finding.warning else ""
    return f"{warning}{where}{finding.reason}{quoted} [{finding.rule}]"


def check_report(report: Report) -> tuple[Finding, ...]:
    """Return what is wrong with the report: its sentences, then how they stand together.

    Empty means that it may be rendered. The order is that of the text.
    """
    found = [
        replace(finding, section=section.heading.value)
        for section in report.sections
        for sentence in section.sentences
        for finding in check_sentence(sentence, report.selection)
    ]
    for section in report.sections:
        found += _check_section(section)
    return (*found, *_check_openings(report.sections))


def check_sentence(sentence: Sentence, selection: Selection) -> tuple[Finding, ...]:
    """Return the reasons why the sentence may not stand; empty where it may.

    Each finding's section is empty. Judges the sentence by itself: how many of a kind a section
    may hold is `check_report`'s.
    """
    if reason := malformed(sentence.text):
        return (Finding("form", "", sentence.text, reason),)
    reasons = _BY_KIND[sentence.kind](_Case.of(sentence, selection))
    return tuple(Finding(rule, "", sentence.text, reason) for rule, reason in reasons)


Reasons = Iterator[tuple[str, str]]


# How a sentence is written ---------------------------------------------------------------------

_END = re.compile(r"[.!?](?:[\"”’')\]]{0,2})$")
_HANGING = re.compile(
    r"\b(?:and|or|the|an|of|such as|e\.g|i\.e|via|than)"
    r"[.!?][\"”’')\]]*$|\.{2,}|…|,[.!?]|\(\s*\)",
    re.IGNORECASE,
)
_MARKUP = (
    ("an address", re.compile(r"\b(?:https?|ftp)://|\bwww\.|\b[\w-]+\.(?:com|org|io|net|ai)/")),
    ("HTML", re.compile(r"</?[A-Za-z][^<>]*>|<!--|&(?:#\w+|[a-z]+);")),
    ("Liquid", re.compile(r"\{\{|\}\}|\{%|%\}|\{:")),
    ("Markdown", re.compile(r"\]\(|\*\*|`|(?<!\w)__|!\[|~~|^(?:[#>|]|[-*+] |\d+\. )")),
    ("a script's address", re.compile(r"\b(?:javascript|vbscript|data):\S", re.IGNORECASE)),
    ("LaTeX", re.compile(r"\\[A-Za-z%{}]|\$[^\s$][^$]*\$")),
    ("a table", re.compile(r"\|(?: [^|]{1,60} \|){2}|\| ?[-–—:]+ ?\|")),
    (
        "style",
        re.compile(
            r"\b(?:class|style|href|src) ?= ?[\"'“]"
            r"|(?<![\w-])[a-z-]+: ?[\w#.%-]+;\s*(?:[a-z-]+:|\})"
            r"|\b(?:sm|md|lg|xl|hover|dark|focus|group):[a-z]+-[\w-]+"
            r"|\b(?:text|bg|border|font|flex|grid|px|py|mx|my|mt|mb|ml|mr|pt|pb|gap)-(?:\w+-)?\w+"
            r" (?:[a-z]+:)?(?:text|bg|border|font|flex|grid|px|py|mx|my|mt|mb|ml|mr|pt|pb|gap)-\w+"
        ),
    ),
    ("an arXiv id", re.compile(r"\barXiv: ?\d|(?<![\w.])\d{4}\.\d{4,5}v?\d*(?![\w.%])")),
)
_TWO = re.compile(r"[^\W\d_]{3}[.!?] (?=[a-z])")
_ABBREVIATED = re.compile(r"\b(?:etc|approx|resp|incl|viz|avg|max|min|esp)\.$")
"""Words before a small letter whose stop ends no sentence."""
_LIST_MARK = re.compile(r"(?<=[\s:;,])(?:\d|[a-e]|[ivx]{1,4})\)(?=\s)")
_PAIRS = (("(", ")"), ("[", "]"), ("“", "”"))


def malformed(text: str) -> str:
    """Say why the text is no finished sentence of plain text; empty where it is one.

    >>> malformed("It saves tokens and."), malformed("It saves tokens.")
    ('it is unfinished', '')
    """
    if fold(text) != text:
        return "it holds control, invisible or loose white-space characters"
    if not text or len(text) > LONGEST_SENTENCE:
        return f"it has {len(text):,} characters"
    if markup := next((what for what, pattern in _MARKUP if pattern.search(text)), ""):
        return f"it holds {markup}"
    return _incomplete(text)


def _incomplete(text: str) -> str:
    if not _END.search(text) or _HANGING.search(text):
        return "it is unfinished"
    marked = _LIST_MARK.sub(" ", text)
    if marked.count('"') % 2 or any(marked.count(a) != marked.count(b) for a, b in _PAIRS):
        return "its brackets or quotation marks do not match"
    if re.match(r"[a-z]+(?![\w.-])", text):
        return "it begins in the middle"
    stops = (text[: stop.end()].rstrip() for stop in _TWO.finditer(_QUOTED.sub("“”", text)))
    if not all(map(_ABBREVIATED.search, stops)):
        return "it is more than one sentence"
    return ""


# What a sentence rests on ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Case:
    """A sentence with what it may rest on."""

    sentence: Sentence
    selection: Selection
    text: str
    """The sentence without the topics' names, which everybody may use."""
    grounds: tuple[Ground, ...]
    """Of the cited papers that are in the selection."""

    @classmethod
    def of(cls, sentence: Sentence, selection: Selection) -> _Case:
        papers = (selection.paper(arxiv_id) for arxiv_id in sentence.cites)
        return cls(
            sentence,
            selection,
            without_topics(sentence.text),
            tuple(ground_of(paper) for paper in papers if paper),
        )

    def ground(self, citation: Citation) -> Ground | None:
        paper = self.selection.paper(citation.arxiv_id)
        return ground_of(paper) if paper else None

    @property
    def statistics(self) -> dict[str, float]:
        known = self.selection.statistics
        return {name: known[name] for name in self.sentence.statistics if name in known}

    @property
    def passages(self) -> tuple[str, ...]:
        """What its numbers must stand in: the passages cited, else the whole papers."""
        cited = self.sentence.citations
        words = [readable(citation.words[:LONGEST_ABSTRACT]) for citation in cited]
        if words and all(words):
            return (*words, *(ground.title for ground in self.grounds))
        return tuple(ground.prose for ground in self.grounds)


_QUOTED = re.compile(r"“[^“”]*”")


@cache
def _topic_names() -> re.Pattern[str]:
    names = sorted((topic.name for topic in taxonomy().values()), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w-])", re.IGNORECASE)


@lru_cache(maxsize=8192)
def without_topics(text: str) -> str:
    """Return the text with each topic's name replaced by a word that is nobody's name.

    What is quoted stays as it is: a title may well hold the name of a topic.

    >>> without_topics("Two are about computer use and GUI agents.")
    'Two are about this topic.'
    """
    quoted = [found.span() for found in _QUOTED.finditer(text)]

    def replaced(found: re.Match[str]) -> str:
        kept = any(start < found.start() < end for start, end in quoted)
        return found[0] if kept else "this topic"

    return _topic_names().sub(replaced, text)


# The rules by kind -----------------------------------------------------------------------------


def _check_papers(case: _Case) -> Reasons:
    if not case.sentence.citations:
        yield "source", "it speaks about papers and cites none"
        return
    yield from _check_citations(case)
    yield from _check_statistics_exist(case)
    yield from _check_numbers(case, case.passages)
    yield from _check_names(case)
    yield from _check_quotations(case)
    yield from _check_attribution(case)
    yield from _check_superlatives(case)
    if case.grounds:
        share = overlap(case.text, case.grounds)
        if share < OVERLAP_FLOOR:
            yield "overlap", f"only {share:.0%} of its words stand in the cited abstract"
        elif overlap_with_passages(case.text, case.passages) < PASSAGE_FLOOR:
            yield "overlap", "it says other things than the passage it rests on"
        yield from _check_changes(case)


def _check_statistic(case: _Case) -> Reasons:
    if not case.sentence.statistics:
        yield "source", "it speaks about the week and names no statistic"
    yield from _check_citations(case)
    yield from _check_statistics_exist(case)
    yield from _check_numbers(case, case.passages)
    yield from _check_names(case)
    yield from _check_quotations(case)
    yield from _check_superlatives(case)
    yield from _check_topics(case)
    yield from _check_parts(case)


def _check_judgement(case: _Case) -> Reasons:
    if not case.sentence.citations:
        yield "source", "it judges and cites nothing"
    if not _OPINION.search(case.sentence.text):
        yield "judgement", "it is not marked as an opinion"
    yield from _check_citations(case)
    yield from _check_statistics_exist(case)
    yield from _check_numbers(case, case.passages)
    yield from _check_names(case)
    yield from _check_quotations(case)
    yield from _check_superlatives(case)


def _check_framing(case: _Case) -> Reasons:
    if case.sentence.citations or case.sentence.statistics:
        yield "framing", "it cites, so it is no framing"
    if reason := claims_something(case.sentence.text):
        yield "framing", reason


_BY_KIND: dict[Kind, Callable[[_Case], Reasons]] = {
    Kind.PAPERS: _check_papers,
    Kind.STATISTIC: _check_statistic,
    Kind.JUDGEMENT: _check_judgement,
    Kind.FRAMING: _check_framing,
}

_OPINION = re.compile(
    r"\bI(?:['’](?:d|m|ve|ll))?\b|\b(?:[Mm]y|[Mm]ine)\b|\b[Ii]n my (?:view|opinion|reading)\b"
)
_CLAIM = re.compile(
    r"\b(?:outperform|improv|achiev|reduc|reach|demonstrat|propos|introduc|present(?!ly)"
    r"|prov(?:e|ing)|releas|train|evaluat|surpass|beat|accurac|faster|state.of.the.art"
    r"|the (?:method|model|paper)s?\b"
    r"|best\b|largest\b|first\b|only\b|biggest\b|most[ -]\w+|breakthrough|revolution|groundbreaking"
    r"|highlight|crucial|significant|potential|advance|robust|promising)",
    re.IGNORECASE,
)
_LONGEST_FRAMING = 25


def claims_something(text: str) -> str:
    """Say what makes the text more than a joint between sentences; empty where it is only that.

    >>> claims_something("Their starting points differ.")
    ''
    """
    if names := _names_to_check(without_topics(text)):
        return f"it names {names[0]}"
    if numbers := _counted(text):
        return f"it states the number {numbers[0].text}"
    if claim := _CLAIM.search(text):
        return f"it claims something (“{claim[0]}”)"
    if quotations_in(text):
        return "it quotes"
    if len(text.split()) > _LONGEST_FRAMING:
        return f"it is too long to say nothing ({len(text.split())} words)"
    return ""


# One rule each ---------------------------------------------------------------------------------


def _check_citations(case: _Case) -> Reasons:
    for citation in case.sentence.citations:
        ground = case.ground(citation)
        if ground is None:
            yield "citation", f"{citation.arxiv_id} is not among the selected papers"
            continue
        if citation.arxiv_id in case.selection.titles_only:
            yield "citation", f"{citation.arxiv_id} has no usable abstract"
        if citation.words and not _holds(ground, citation.words):
            yield "passage", f"its passage does not stand in {citation.arxiv_id}"
        if citation.anchor and (stranger := _not_of(citation.anchor, ground)):
            yield "name", f"“{stranger}” links to {citation.arxiv_id} and is not in it"


def _holds(ground: Ground, words: str) -> bool:
    return fold(words) in ground.raw or readable(words[:LONGEST_ABSTRACT]) in ground.prose


def _not_of(anchor: str, ground: Ground) -> str:
    """Return the first word with a capital in a link's text that is not the paper's."""
    if stands_in(anchor, ground.prose):
        return ""
    known = f"{ground.prose} {ground.people}"
    return next(
        (
            word
            for word in re.findall(r"[^\W_][\w’'.+-]*\w", anchor)
            if word != word.lower()
            and word.lower() not in {"the", "its", "authors", "author", "colleagues"}
            and not stands_in(re.sub(r"['’]s?$", "", word), known)
        ),
        "",
    )


def _check_statistics_exist(case: _Case) -> Reasons:
    for name in case.sentence.statistics:
        if name not in case.selection.statistics:
            yield "statistic", f"there is no statistic “{name}”"


_AHEAD = re.compile(
    r"\bin (?:\w+|\d+) (?:weeks?|months?)(?:[’'] time| from now)?\b(?=[:,. ])"
    r"|\b(?:\w+|\d+) (?:weeks?|months?) (?:on|from now|later)\b"
    r"|\b\d{4}-W\d{2}\b",
    re.IGNORECASE,
)
"""Appointments and week labels: they are no claim about a paper or the week."""

_PAPERS_COUNTED = re.compile(r"\W+(?:\w+\W+){0,2}?(?:papers|works|studies|preprints)\b")


def _counted(text: str) -> tuple[Numeral, ...]:
    return numbers_in(_AHEAD.sub("then", text))


def _check_numbers(case: _Case, passages: Iterable[str]) -> Reasons:
    text = _AHEAD.sub("then", case.text)
    statistics = list(case.statistics.values())
    if any(name.startswith("top_") for name in case.sentence.statistics):
        statistics.append(10.0)
    passages = tuple(passages)
    for number in numbers_in(text):
        if supported(number, passages, statistics):
            continue
        if number.value == len(case.sentence.cites) and _PAPERS_COUNTED.match(text, number.end):
            continue
        yield "number", f"{number.text} stands in nothing that it cites"


def _names_to_check(text: str) -> tuple[str, ...]:
    return tuple(name for name in names_in(text) if key(name) not in COMMON_NAMES)


def _check_names(case: _Case) -> Reasons:
    known = [f"{ground.prose} {ground.people}" for ground in case.grounds]
    quoted = {key(name) for name in _phrases(case)}
    for name in _names_to_check(case.text):
        if key(name) not in quoted and not _is_borne(name, known):
            yield "name", f"“{name}” stands in no cited paper"


def _is_borne(name: str, known: Iterable[str]) -> bool:
    """Tell whether a paper holds the name, or each of the names that stand side by side in it."""
    known = tuple(known)
    if any(stands_in(name, text) for text in known):
        return True
    parts = [part for part in name.split() if key(part) not in COMMON_NAMES]
    return len(parts) > 1 and all(any(stands_in(part, text) for text in known) for part in parts)


def _phrases(case: _Case) -> tuple[str, ...]:
    """Return the phrases that its statistics count: they may be quoted without a paper."""
    return tuple(name.partition(":")[2] for name in case.sentence.statistics if "phrase:" in name)


def _check_quotations(case: _Case) -> Reasons:
    known = [_unquoted(f"{ground.raw} {ground.prose}") for ground in case.grounds]
    known += [_unquoted(phrase) for phrase in _phrases(case)]
    for quotation in quotations_in(case.sentence.text):
        wanted = _unquoted(quotation).rstrip(".,;:!? ")
        if not any(wanted in text for text in known):
            yield "quotation", f"“{quotation}” is not verbatim in what it cites"


def _unquoted(text: str) -> str:
    return fold(re.sub(r"[\"“”„«»]", "", text).replace("’", "'").replace("‘", "'")).casefold()


_AUTHORS = re.compile(
    r"\b(?:[Tt]he|[Ii]ts|[Tt]heir|[Bb]oth) (?:\w+ )?"
    r"(?:authors?|papers?|abstracts?|team|study|survey|work)\b"
    r"|\bauthors['’]"
)


def _check_attribution(case: _Case) -> Reasons:
    text = case.sentence.text
    if _AUTHORS.search(text):
        return
    for citation in case.sentence.citations:
        ground = case.ground(citation)
        if ground is None or (citation.anchor and citation.anchor in text):
            continue
        if any(name and stands_in(name, text) for name in (ground.own_name, ground.title)):
            continue
        if not any(stands_in(name.split()[-1], text) for name in ground.people.split(", ") if name):
            yield "attribution", f"it does not say that {citation.arxiv_id} claims it"


_RANKED = re.compile(
    r"\b(?:most[- ](?:up)?voted(?:[- ]for)?|most[- ](?:popular|liked)|(?:the )?most votes"
    r"|(?:voted|vote) for most|first by votes|top of the (?:list|week|table)|top[- ]ranked"
    r"|readers[’'] favou?rite)\b",
    re.IGNORECASE,
)
_SUPERLATIVE = re.compile(
    r"\b(?:best|largest|biggest|highest|lowest|strongest|fastest|smallest|greatest|busiest|latest"
    r"|leading|first|only|sole|unprecedented|unique(?:ly)?|unmatched|unrivall?ed|dominant|superior"
    r"|state[- ]of[- ]the[- ]art|sota|record|breakthrough|groundbreaking|revolution\w*|always|never"
    r"|(?<!at )(?<!after )all|every|everywhere|everything|universal(?:ly)?|most(?! of\b))\b",
    re.IGNORECASE,
)
_OF_THE_WEEK = re.compile(
    rf"(?:{_SUPERLATIVE.pattern})\W+(?:[\w-]+\W+){{0,4}}?(?:of|in|from|this) (?:the |this )?week"
    rf"|\bweek[’']s (?:\w+\W+){{0,2}}?(?:{_SUPERLATIVE.pattern})",
    re.IGNORECASE,
)
_BETTER = re.compile(
    r"\b(?:outperform|surpass|beat|exceed|better|superior|outdo|overtak|improves? (?:on|upon|over)"
    r"|ahead of|above)",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\b(?:faster|slower|larger|smaller|higher|lower|fewer|cheaper|stronger|weaker|worse|less|simpler"
    r"|longer|shorter|bigger|richer|safer)\b",
    re.IGNORECASE,
)


_PROVEN = re.compile(
    r"\b(?:prov(?:e[sdn]?|ing|abl[ey])\b|proof|guarantee|eliminat|perfect)", re.IGNORECASE
)
_FIRSTLY = re.compile(
    r"\b(?:first(?:ly)?,|(?:we|they|authors?|at)(?: then| also)? first\b)"
    r"|\bfirst\b(?=[^.]{0,200}\bthen\b)",
    re.IGNORECASE,
)
"""Where `first` only numbers steps."""


def _check_superlatives(case: _Case) -> Reasons:
    text = case.text
    if _RANKED.search(text):
        if not _has_rank(case):
            yield "superlative", "its rank by votes is not shown by a statistic"
        text = _RANKED.sub("ranked", text)
    if case.sentence.kind is Kind.STATISTIC:
        best = _SUPERLATIVE.search(text)
        if best and not _is_extreme(case):
            yield "superlative", f"“{best[0]}” is not shown by a statistic"
        return
    if claim := _OF_THE_WEEK.search(text):
        yield "superlative", f"“{claim[0]}” compares within the week without a statistic"
    yield from _check_own_comparisons(case, text)


def _check_own_comparisons(case: _Case, text: str) -> Reasons:
    """Yield comparing words that no cited paper uses of itself, and papers set against papers."""
    opinion = case.sentence.kind is Kind.JUDGEMENT
    known = _FIRSTLY.sub(" ", " ".join(ground.prose for ground in case.grounds))
    stems = {stem(word) for word in words_of(known)}
    text = _FIRSTLY.sub(" ", text)
    for pattern in (_SUPERLATIVE, _COMPARED):
        for found in pattern.finditer(text):
            if opinion and found[0].lower() in {"first", "only", "all", "every", "less"}:
                continue
            if not stems.issuperset(stem(word) for word in words_of(found[0])):
                yield "comparison", f"“{found[0]}” is not the cited paper’s word"
    if (proof := _PROVEN.search(text)) and not _PROVEN.search(known):
        yield "comparison", f"“{proof[0]}” is more than the cited paper claims"
    if claim := _BETTER.search(text):
        if not _BETTER.search(known):
            yield "comparison", f"“{claim[0]}” is not the cited paper’s claim"
        elif len(case.grounds) > 1 and not _speak_of_each_other(case.grounds):
            yield "comparison", "it sets papers against each other that do not compare themselves"


def _speak_of_each_other(grounds: tuple[Ground, ...]) -> bool:
    return any(
        one is not other and other.own_name and stands_in(other.own_name, one.prose)
        for one in grounds
        for other in grounds
    )


def _has_rank(case: _Case) -> bool:
    if any(name.startswith("top_") for name in case.statistics):
        return True
    ranks = [case.statistics.get(f"rank:{arxiv_id}") for arxiv_id in case.sentence.cites]
    among = re.search(r"\b(?:among|one of)\b", case.text, re.IGNORECASE)
    worst = 10 if among else 1
    return bool(ranks) and any(rank is not None and rank <= worst for rank in ranks)


def _is_extreme(case: _Case) -> bool:
    """Tell whether a statistic that the sentence names is the largest or smallest of its sort."""
    for name, value in case.statistics.items():
        sort, colon, _ = name.partition(":")
        same = [v for k, v in case.selection.statistics.items() if k.startswith(f"{sort}:")]
        if colon and same and value in {max(same), min(same)}:
            return True
    return False


def _check_topics(case: _Case) -> Reasons:
    """Yield the topics that a sentence speaks of without naming a statistic of theirs."""
    keys = {topic.name.casefold(): topic.key for topic in taxonomy().values()}
    named = {name.rpartition(":")[2] for name in case.sentence.statistics}
    for found in _topic_names().finditer(case.sentence.text):
        if keys[found[0].casefold()] not in named:
            yield "statistic", f"it names no statistic of {found[0]}"


_PART_OF = re.compile(r"\s(?:new |listed )?(?:papers )?(?:out )?of (?:the |all )?")


def _check_parts(case: _Case) -> Reasons:
    numbers = numbers_in(case.text)
    for part, whole in pairwise(numbers):
        between = case.text[part.end : whole.start]
        if not part.unit and _PART_OF.fullmatch(between) and part.value > whole.value:
            yield "number", f"{part.text} is more than {whole.text}"


def _check_changes(case: _Case) -> Reasons:
    for citation in case.sentence.citations:
        ground = case.ground(citation)
        if ground is None:
            continue
        passage = readable(citation.words[:LONGEST_ABSTRACT])
        if len(case.grounds) > 1 or not ground.abstract:
            continue
        if reason := what_changed(case.text, passage or best_passage(case.text, ground), ground):
            yield "changed", reason


# How sentences stand together ------------------------------------------------------------------


def _check_section(section: Section) -> Iterator[Finding]:
    embedded = section.writer.startswith(EMBEDDED)
    heading = section.heading.value
    limits = {
        Kind.FRAMING: MOST_FRAMING if embedded else MOST_FRAMING_OF_A_MODEL,
        Kind.JUDGEMENT: 0 if embedded else MOST_JUDGEMENTS,
    }
    seen: Counter[Kind] = Counter()
    for sentence in section.sentences:
        seen[sentence.kind] += 1
        if sentence.kind in limits and seen[sentence.kind] > limits[sentence.kind]:
            reason = f"the section has more than {limits[sentence.kind]} of its kind"
            yield Finding(sentence.kind.value, heading, sentence.text, reason)
        if embedded and sentence.kind is not Kind.PAPERS and _OPINION.search(sentence.text):
            yield Finding("judgement", heading, sentence.text, "the embedded writer has no opinion")


def opening_of(text: str) -> tuple[str, ...]:
    """Return the first words of a sentence, by which two may not open alike; fewer give none."""
    words = re.findall(r"[\w’'-]+", text.casefold())[:OPENING]
    return tuple(words) if len(words) == OPENING else ()


def _check_openings(sections: Iterable[Section]) -> Iterator[Finding]:
    seen: set[tuple[str, ...]] = set()
    for section in sections:
        for sentence in section.sentences:
            opening = opening_of(sentence.text)
            if opening and opening in seen:
                reason = f"another sentence opens with “{' '.join(opening)}”"
                yield Finding("opening", section.heading.value, sentence.text, reason)
            seen.add(opening)
