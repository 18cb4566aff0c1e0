"""What a language model is shown for one section: few papers, their telling sentences, statistics.

A model never sees the week, only a section's evidence: its size does not depend on the week's.
Papers get local ids (P01, P02 …), so that an answer can name only what it was shown, and an
address or an arXiv id can't be forged. Which paper goes where is planned for all sections at once
and from the selection alone: the same week gives the same evidence, whatever a model answers.

An abstract is a stranger's text and may give orders. It is shown as data, cleaned and capped; that
is no defence by itself, which is why `paperweek.drafts` asks every sentence for its ground.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from paperweek.dossiers import Dossier, Part
from paperweek.model import Heading, Paper, Section, Selection, Sentence
from paperweek.selection import contrary_finding
from paperweek.text import readable, sentences
from paperweek.topics import name_of
from paperweek.trends import movements

FEWEST_PAPERS, MOST_PAPERS = 8, 14
MOST_CHARACTERS = 6_400
"""Of one section's evidence as JSON: about 1,600 of the 3,000 tokens that a request may have."""
LONGEST_ABSTRACT = 2_000
"""Characters of an abstract that are looked at; 95 of 100 abstracts are shorter."""
LONGEST_STATEMENT = 420
LONGEST_TITLE = 200
CHARACTERS_A_TOKEN = 4
"""How a token is counted where nobody counted it."""

_STATEMENTS = 4
_FROM_A_SECTION = 3
"""Sentences of each finished section that a summary is written from."""
_TOPICS = 5

_FIRST, _LAST = Heading.EXECUTIVE_SUMMARY, Heading.CONCLUSION
SUMMARIES = (_FIRST, _LAST)
"""The sections that are written last, from the others."""

_WANTED: Mapping[Heading, tuple[Part, ...]] = {
    # In the order in which papers are given away: the leads, then what few abstracts state.
    Heading.KEY_INNOVATIONS: (Part.RESULT, Part.IDEA, Part.CATCH, Part.FINDING),
    Heading.FUTURE_DIRECTIONS: (Part.QUESTION, Part.CATCH, Part.FINDING, Part.RESULT),
    Heading.PRACTICAL_IMPLICATIONS: (Part.RELEASE, Part.IDEA, Part.RESULT, Part.NUMBER),
    Heading.METHODOLOGICAL_INSIGHTS: (Part.MECHANISM, Part.IDEA, Part.RESULT, Part.FINDING),
    Heading.TECHNICAL_TRENDS: (Part.FINDING, Part.IDEA, Part.RESULT, Part.MECHANISM),
    Heading.RECOMMENDATIONS: (Part.RESULT, Part.FINDING, Part.IDEA, Part.NUMBER),
}
"""What each section is written from: the first two parts decide whether a paper suits it."""

_ABOUT_PROBLEMS = (Heading.KEY_INNOVATIONS, Heading.FUTURE_DIRECTIONS)

_COUNTS = {
    "papers": "papers in this week's set",
    "listed_new": "of these, new on Hugging Face's daily pages",
    "with_code": "listed papers with public code",
    "earlier_weeks": "earlier weeks they are compared with",
}
_KEPT_COUNTS: Mapping[Heading, tuple[str, ...]] = {
    Heading.EXECUTIVE_SUMMARY: ("papers", "listed_new"),
    Heading.TECHNICAL_TRENDS: ("papers", "listed_new", "earlier_weeks"),
    Heading.PRACTICAL_IMPLICATIONS: ("listed_new", "with_code"),
    Heading.RECOMMENDATIONS: ("listed_new", "with_code"),
    Heading.CONCLUSION: ("papers", "listed_new"),
}


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One paper as a model sees it."""

    local: str
    """Its local id, such as `P01`."""
    arxiv_id: str
    title: str
    call_it: str
    """How a sentence names it: its own name, its people, or its title in quotation marks."""
    votes: int | None
    code: bool
    topic: str
    says: tuple[str, ...]
    """Telling sentences of its abstract, cleaned; the most useful first."""
    problem: str = ""
    """What stood in the way before it; shown where a section is about problems."""

    @property
    def data(self) -> dict[str, Any]:
        """The paper as JSON data."""
        shown: dict[str, Any] = {"id": self.local, "title": self.title, "call_it": self.call_it}
        if self.votes is not None:
            shown["votes"] = self.votes
        if self.topic:
            shown["topic"] = self.topic
        if self.problem:
            shown["problem"] = self.problem
        return shown | {"code": self.code, "says": list(self.says)}


@dataclass(frozen=True, slots=True)
class Statistic:
    """One number about the week that a sentence may quote."""

    key: str
    """As in `Selection.statistics`, with local ids in the place of arXiv's."""
    value: float
    means: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a model is shown for one section."""

    heading: Heading
    week: str
    papers: tuple[Exhibit, ...]
    statistics: tuple[Statistic, ...]
    moved: tuple[str, ...] = ()
    """Topics and phrases whose change is more than chance, each as a clause."""
    written: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """Finished sentences that a summary is written from: section, text, local ids."""
    quiet: bool = False
    """A week with so few new papers that the post says so first."""

    @property
    def data(self) -> dict[str, Any]:
        """The evidence as JSON data."""
        shown: dict[str, Any] = {
            "week": self.week,
            "statistics": [[s.key, _plain(s.value), s.means] for s in self.statistics],
            "papers": [exhibit.data for exhibit in self.papers],
        }
        if self.heading is Heading.TECHNICAL_TRENDS:
            shown["moved"] = list(self.moved)
        if self.written:
            shown["written"] = [
                {"section": section, "text": text, "refs": list(refs)}
                for section, text, refs in self.written
            ]
        return shown

    @property
    def text(self) -> str:
        """The evidence as it is sent: compact JSON."""
        return json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))

    def arxiv_id(self, local: str) -> str:
        """Return the arXiv id behind a local one; empty where nothing was shown under it."""
        return next((e.arxiv_id for e in self.papers if e.local == local), "")

    def statistic(self, key: str) -> str:
        """Return a statistic's key with arXiv's ids in the place of local ones."""
        sort, colon, last = key.partition(":")
        return f"{sort}{colon}{self.arxiv_id(last) or last}"

    def halved(self) -> Evidence:
        """Return about half of it: the first papers, and only statistics that still stand."""
        kept = self.papers[: max(len(self.papers) // 2, 1)]
        gone = {exhibit.local for exhibit in self.papers} - {exhibit.local for exhibit in kept}
        return replace(
            self,
            papers=kept,
            statistics=tuple(s for s in self.statistics if s.key.partition(":")[2] not in gone),
            written=tuple(w for w in self.written if not gone.intersection(w[2])),
        )

    def only(self, arxiv_ids: Iterable[str]) -> Evidence:
        """Return what concerns these papers, in that order, or everything where none was shown."""
        shown = {exhibit.arxiv_id: exhibit for exhibit in self.papers}
        kept = tuple(shown[i] for i in dict.fromkeys(arxiv_ids) if i in shown)
        return replace(self, papers=kept or self.papers, written=())


def plan(selection: Selection) -> dict[Heading, Evidence]:
    """Return the evidence of the six sections that are written from abstracts.

    Each gets `FEWEST_PAPERS` papers or more, as far as there are any and they fit into
    `MOST_CHARACTERS`; a paper goes where it suits best and has been least, and says
    something new first. Deterministic.
    """
    dossiers = _dossiers(selection)
    given: Counter[str] = Counter()
    shown: set[str] = set()
    planned: dict[Heading, Evidence] = {}
    for heading in _WANTED:
        chosen = _suitable(heading, selection, dossiers, given, shown)
        evidence = _fitted(heading, selection, chosen)
        given.update(exhibit.arxiv_id for exhibit in evidence.papers)
        shown.update(statement for exhibit in evidence.papers for statement in exhibit.says)
        planned[heading] = evidence
    return {heading: planned[heading] for heading in Heading if heading in planned}


def from_sections(
    heading: Heading, selection: Selection, sections: Mapping[Heading, Section]
) -> Evidence:
    """Return the evidence of a summary: what the finished sections say, and its papers."""
    told = [
        (section.heading, sentence)
        for section in (sections[h] for h in Heading if h in sections)
        for sentence in _most_telling(section)
    ]
    everything = [sentence for section in sections.values() for sentence in section.sentences]
    ids = list(dict.fromkeys(i for _, sentence in told for i in sentence.cites))
    exhibits = [
        _exhibit(dossier, selection, _told_and_untold(heading, dossier, everything))
        for arxiv_id in ids[:MOST_PAPERS]
        if (paper := selection.paper(arxiv_id))
        for dossier in (Dossier(replace(paper, abstract=_capped(paper.abstract))),)
    ]
    named = _numbered(exhibits)
    local = {exhibit.arxiv_id: exhibit.local for exhibit in named}
    written = tuple(
        (section.value, sentence.text, tuple(local[i] for i in sentence.cites))
        for section, sentence in told
        if all(i in local for i in sentence.cites)
    )
    evidence = Evidence(
        heading,
        selection.week.label,
        named,
        _statistics(heading, selection, named),
        written=written,
        quiet=_is_quiet(selection),
    )
    return _shortened(evidence)


def tokens(text: str) -> int:
    """Return how many tokens the text has, as far as its length tells: rounded up."""
    return -(-len(text) // CHARACTERS_A_TOKEN)


# Choosing papers -------------------------------------------------------------------------------


def _dossiers(selection: Selection) -> tuple[Dossier, ...]:
    return tuple(
        Dossier(replace(paper, abstract=_capped(paper.abstract)))
        for paper in selection.papers
        if paper.arxiv_id not in selection.titles_only
    )


def _suitable(
    heading: Heading,
    selection: Selection,
    dossiers: Iterable[Dossier],
    given: Counter[str],
    shown: set[str],
) -> list[tuple[Dossier, tuple[str, ...]]]:
    """Return papers with what they say to this section, the most suitable first."""
    wanted = _WANTED[heading]
    contrary = heading is Heading.METHODOLOGICAL_INSIGHTS
    common = _common_topics(selection) if heading is Heading.TECHNICAL_TRENDS else set()
    scored = []
    for rank, dossier in enumerate(dossiers):
        first = contrary_finding(dossier.paper) if contrary else ""
        words = tuple(dict.fromkeys(filter(None, (first, *_telling(dossier, wanted)))))
        if not words:
            continue
        # What another section was shown is shown again only where there is little else, and last.
        new = [passage for passage in words if _statement(passage) not in shown]
        words = (*new, *(passage for passage in words if passage not in new))[: max(len(new), 1)]
        parts = {statement.part for statement in dossier.statements}
        fit = (
            2.0 * (wanted[0] in parts)
            + 1.0 * (wanted[1] in parts)
            + 3.0 * bool(first)
            + 0.2 * len(words)
            - 3.0 * (not new)
            + 2.0 * bool(common.intersection(selection.topics.get(dossier.paper.arxiv_id, ())[:1]))
            - 0.08 * rank
            - 2.0 * given[dossier.paper.arxiv_id]
        )
        scored.append((-fit, rank, dossier, words, bool(new)))
    scored.sort(key=lambda s: s[:2])
    if sum(is_new for *_, is_new in scored) >= FEWEST_PAPERS:  # nothing has to be said again
        scored = [one for one in scored if one[-1]]
    return [(dossier, words) for _, _, dossier, words, _ in scored]


def _common_topics(selection: Selection) -> set[str]:
    """Return the three topics that the week's listed papers have most often."""
    counts = {k: n for k, n in selection.statistics.items() if k.startswith("topic:")}
    most = sorted(counts, key=lambda key: (-counts[key], key))[:3]
    return {key.removeprefix("topic:") for key in most}


def _telling(dossier: Dossier, wanted: tuple[Part, ...]) -> tuple[str, ...]:
    """Return the passages that play the wanted parts, one a part, then what else there is."""
    best = [statements[0] for part in wanted if (statements := dossier.say(part))]
    rest = [s for s in dossier.statements if s not in best and s.part is not Part.PROBLEM]
    passages = [statement.words for statement in (*best, *rest)]
    return tuple(dict.fromkeys(passages))[:_STATEMENTS]


def _fitted(
    heading: Heading, selection: Selection, chosen: list[tuple[Dossier, tuple[str, ...]]]
) -> Evidence:
    exhibits = [_exhibit(dossier, selection, words) for dossier, words in chosen[:MOST_PAPERS]]
    if heading in _ABOUT_PROBLEMS:
        exhibits = [
            replace(exhibit, problem=_problem(dossier))
            for exhibit, (dossier, _) in zip(exhibits, chosen, strict=False)
        ]
    named = _numbered(exhibits)
    evidence = Evidence(
        heading,
        selection.week.label,
        named,
        _statistics(heading, selection, named),
        moved=_moved(selection) if heading is Heading.TECHNICAL_TRENDS else (),
        quiet=_is_quiet(selection),
    )
    return _shortened(evidence)


def _shortened(evidence: Evidence) -> Evidence:
    """Return it within `MOST_CHARACTERS`: fewer papers first, then fewer sentences of each."""
    while len(evidence.text) > MOST_CHARACTERS:
        if evidence.written and len(evidence.papers) <= FEWEST_PAPERS:
            evidence = replace(evidence, written=evidence.written[:-1])
        elif len(evidence.papers) > FEWEST_PAPERS:
            evidence = _without_last_paper(evidence)
        elif max((len(exhibit.says) for exhibit in evidence.papers), default=0) > 1:
            evidence = replace(evidence, papers=_with_less_to_say(evidence.papers))
        elif len(evidence.papers) > 1:
            evidence = _without_last_paper(evidence)
        else:
            return replace(evidence, written=())
    return evidence


def _told_and_untold(
    heading: Heading, dossier: Dossier, told: Iterable[Sentence]
) -> tuple[str, ...]:
    """Return a passage that the report rests on already, and one that it could add."""
    words = [
        citation.words
        for sentence in told
        for citation in sentence.citations
        if citation.arxiv_id == dossier.paper.arxiv_id and citation.words
    ]
    known = {readable(passage) for passage in words}
    new = [
        statement.words
        for statement in dossier.statements
        if statement.part is not Part.PROBLEM and readable(statement.words) not in known
    ]
    # Not the same for both summaries, or the last would repeat the first.
    added = new[:1] if heading is _FIRST else new[-1:]
    return tuple(dict.fromkeys((*words[:1], *added)))


def _without_last_paper(evidence: Evidence) -> Evidence:
    gone = evidence.papers[-1].local
    return replace(
        evidence,
        papers=evidence.papers[:-1],
        statistics=tuple(s for s in evidence.statistics if s.key.partition(":")[2] != gone),
        written=tuple(w for w in evidence.written if gone not in w[2]),
    )


def _with_less_to_say(exhibits: tuple[Exhibit, ...]) -> tuple[Exhibit, ...]:
    """Return the papers with one sentence less of the one that says most, the last such one."""
    most = max(sum(map(len, exhibit.says)) for exhibit in exhibits if len(exhibit.says) > 1)
    place = max(
        i for i, e in enumerate(exhibits) if len(e.says) > 1 and sum(map(len, e.says)) == most
    )
    shorter = replace(exhibits[place], says=exhibits[place].says[:-1])
    return (*exhibits[:place], shorter, *exhibits[place + 1 :])


def _most_telling(section: Section) -> tuple[Sentence, ...]:
    citing = [sentence for sentence in section.sentences if sentence.citations]
    return tuple(citing[:_FROM_A_SECTION])


def _numbered(exhibits: Iterable[Exhibit]) -> tuple[Exhibit, ...]:
    return tuple(replace(exhibit, local=f"P{n:02d}") for n, exhibit in enumerate(exhibits, 1))


def _exhibit(dossier: Dossier, selection: Selection, words: tuple[str, ...]) -> Exhibit:
    paper = dossier.paper
    topics = selection.topics.get(paper.arxiv_id, ())
    says = tuple(dict.fromkeys(filter(None, map(_statement, words))))
    return Exhibit(
        local="",
        arxiv_id=paper.arxiv_id,
        title=harmless(paper.title)[:LONGEST_TITLE],
        call_it=harmless(dossier.who)[:LONGEST_TITLE],
        votes=paper.votes,
        code=bool(paper.code),
        topic=name_of(topics[0]) if topics else "",
        says=says or _opening(paper),
    )


def _problem(dossier: Dossier) -> str:
    return next((text for s in dossier.say(Part.PROBLEM) if (text := _statement(s.words))), "")


def _opening(paper: Paper) -> tuple[str, ...]:
    """Return the first sentence that can be shown, where no telling one can."""
    shown = (_statement(sentence) for sentence in sentences(paper.abstract))
    return tuple(filter(None, shown))[:1]


def _statement(words: str) -> str:
    text = harmless(words)
    return "" if len(text) > LONGEST_STATEMENT or _ORDERS.search(text) else text


# Statistics ------------------------------------------------------------------------------------


def _statistics(
    heading: Heading, selection: Selection, exhibits: tuple[Exhibit, ...]
) -> tuple[Statistic, ...]:
    known = selection.statistics
    wanted = {key: _COUNTS[key] for key in _KEPT_COUNTS.get(heading, ())}
    if heading in {_FIRST, Heading.TECHNICAL_TRENDS, _LAST}:
        wanted |= _topic_meanings(heading, selection)
    found = [Statistic(key, known[key], means) for key, means in wanted.items() if key in known]
    first = (e for e in exhibits if known.get(f"rank:{e.arxiv_id}") == 1)
    found += [Statistic(f"rank:{e.local}", 1, "it has the most votes") for e in first]
    return tuple(found)


def _topic_meanings(heading: Heading, selection: Selection) -> dict[str, str]:
    known = selection.statistics
    prefix = "top_topic:" if heading is _FIRST else "topic:"
    keys = [key.removeprefix(prefix) for key in known if key.startswith(prefix)]
    most = sorted(keys, key=lambda key: (-known[f"{prefix}{key}"], key))[:_TOPICS]
    told = "of the ten most-voted are" if heading is _FIRST else "new listed papers are"
    wanted = {f"{prefix}{key}": f"{told} about {name_of(key)}" for key in most}
    if heading is Heading.TECHNICAL_TRENDS and known.get("earlier_weeks"):
        wanted["earlier_listed"] = "papers listed in the earlier weeks"
        for key in most:
            wanted[f"earlier_topic:{key}"] = f"of the earlier weeks' are about {name_of(key)}"
    return wanted


def _moved(selection: Selection) -> tuple[str, ...]:
    return tuple(
        f"{name_of(m.key) if m.kind == 'topic' else m.key}: {'up' if m.rises else 'down'}, "
        f"{m.now} of {m.listed} now ({m.kind}:{m.key}, listed_new), {m.before} of {m.earlier} "
        f"before (earlier_{m.kind}:{m.key}, earlier_listed)"
        for m in movements(selection.statistics)[:2]
    )


_QUIET = 25


def _is_quiet(selection: Selection) -> bool:
    return 0 < selection.statistics.get("listed_new", 0) < _QUIET


def _plain(value: float) -> float:
    return int(value) if value == int(value) else value


# Making a stranger's text harmless -------------------------------------------------------------

_BUT_POWERS = re.compile("[^⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+")
_ADDRESS = re.compile(r"\b(?:https?|ftp|javascript|data|file):\S+|\bwww\.\S+", re.IGNORECASE)
_MARKED = re.compile(r"</?[A-Za-z!][^<>]{0,300}>|<\|[^|<>]{0,80}\|>|\{\{|\}\}|\{%|%\}|[`\[\]<>|]")
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.]{0,40}"
    r"\b(?:instructions?|prompts?|rules?|above|previous)\b"
    r"|\bsystem prompt\b|\byou (?:are|must|should|will)\b[^.]{0,40}"
    r"\b(?:assistant|model|respond|answer|write|output|say)\b"
    r"|\b(?:as an? (?:AI|language) model)\b|\b(?:assistant|system|user):",
    re.IGNORECASE,
)
"""Sentences that speak to whoever reads by machine. To leave one out costs nothing."""


def harmless(text: str) -> str:
    """Return the text as plain words: NFKC, no markup, address, control or bidirectional mark.

    Powers stay powers: NFKC would make 105 of 10⁵.

    >>> harmless("It takes 10⁵ steps, see <b>https://example.org/x</b> {{ site.title }}.")
    'It takes 10⁵ steps, see site.title .'
    """
    text = _BUT_POWERS.sub(lambda run: unicodedata.normalize("NFKC", run[0]), readable(text))
    return readable(_MARKED.sub(" ", _ADDRESS.sub(" ", text)))


def _capped(abstract: str) -> str:
    """Return the abstract's whole sentences within `LONGEST_ABSTRACT`."""
    if len(abstract) <= LONGEST_ABSTRACT:
        return abstract
    cut = abstract[:LONGEST_ABSTRACT]
    whole = sentences(cut)[:-1]
    return " ".join(whole) or cut
