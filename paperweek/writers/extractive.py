"""The embedded writer: eight sections out of the papers' own abstracts. No key, network or model.

It chooses and condenses, and says who says what; it has no opinions and is never excited. The
choosing is an editor's: one thesis, one thread, three leads, two techniques and a dissent, what
was released, what stays open, what to read, run and wait for, one thing to check later. No two
sentences open alike; two sentences of the shape paper-plus-number never follow each other.

The words around the claims are those of `templates/frames.j2`. Every sentence passes
`paperweek.checks` before it is kept; what fails is dropped and the next candidate is taken.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from paperweek.checks import check_sentence, opening_of
from paperweek.condensing import Voice, condense
from paperweek.cues import cue
from paperweek.dossiers import Dossier, Part, Statement, states_number
from paperweek.grounding import content_stems
from paperweek.model import Citation, Heading, Kind, Report, Section, Selection, Sentence
from paperweek.numerals import numbers_in
from paperweek.selection import contrary_finding
from paperweek.templating import in_words, phrase, wordings_of
from paperweek.text import readable
from paperweek.topics import name_of
from paperweek.trends import Movement, movements

NAME = "extractive/1"

QUIET_WEEK = 25
"""Fewer new listed papers than this make a quiet week, which the post says first."""

_TOP = 10
_FEW = 3
"""Leads, papers of a thread, releases and questions of one post."""

_SPARSE, _ENOUGH, _AMPLE, _FULL = 420, 570, 680, 740
"""Words so far: below the first a thread gets another paper, below the second the methods another
technique; above the third a technique goes without its number, above the fourth two are enough.

So a post keeps within 650 to 950 words, four minutes of reading.
"""

_OUTCOME = (Part.RESULT, Part.FINDING, Part.NUMBER, Part.CLAIM)

Paragraph = list[Sentence]


@dataclass(frozen=True, slots=True)
class ExtractiveWriter:
    """Writes the report from sentences of the abstracts."""

    name: str = NAME

    def write(self, selection: Selection) -> Report:
        """Return the report of the week. Reads nothing but the selection; deterministic."""
        editor = _Editor(selection)
        # In the order in which papers are given away: the leads, then what few abstracts state.
        written = {
            heading: tuple(tuple(paragraph) for paragraph in write() if paragraph)
            for heading, write in (
                (Heading.EXECUTIVE_SUMMARY, editor.executive_summary),
                (Heading.KEY_INNOVATIONS, editor.innovations),
                (Heading.TECHNICAL_TRENDS, editor.trends),
                (Heading.PRACTICAL_IMPLICATIONS, editor.practice),
                (Heading.FUTURE_DIRECTIONS, editor.future),
                (Heading.METHODOLOGICAL_INSIGHTS, editor.methods),
                (Heading.RECOMMENDATIONS, editor.recommendations),
                (Heading.CONCLUSION, editor.conclusion),
            )
        }
        return Report(
            selection=selection,
            sections=tuple(
                Section(heading, written[heading] or editor.nothing(heading), self.name)
                for heading in Heading
            ),
            writer=self.name,
            dropped=tuple(editor.page.dropped),
        )


class _Page:
    """The post as far as it is written: what was told, how sentences opened, who was spoken of."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        self.used: set[str] = set()
        self.words = 0
        self.dropped: list[str] = []
        self._told: set[str] = set()
        self._openings: set[tuple[str, ...]] = set()
        self._turns: Counter[str] = Counter()
        self._first_turn = selection.week.monday.toordinal() // 7
        """Weeks since the calendar began: neighbouring posts never start with the same wording."""

    def count(self, paragraph: Paragraph, frame: str, *keys: str, **values: str) -> bool:
        """Add a sentence about statistics; say whether one could be added."""
        return self._add(
            paragraph,
            (
                Sentence(text, Kind.STATISTIC, statistics=keys)
                for text in self._wordings(frame, **values)
            ),
        )

    def join(self, paragraph: Paragraph, frame: str) -> bool:
        """Add a sentence that joins others and claims nothing."""
        return self._add(
            paragraph, (Sentence(text, Kind.FRAMING) for text in self._wordings(frame))
        )

    def tell(
        self,
        paragraph: Paragraph,
        dossier: Dossier,
        *parts: Part,
        frame: str = "",
        suits: Callable[[Statement], bool] = lambda _: True,
        statistics: tuple[str, ...] = (),
        **values: str,
    ) -> bool:
        """Add the first statement of the parts that can be told, in a frame where one is given."""
        return any(
            suits(statement)
            and self.state(
                paragraph, dossier, statement, frame=frame, statistics=statistics, **values
            )
            for statement in dossier.say(*parts)
        )

    def state(
        self,
        paragraph: Paragraph,
        dossier: Dossier,
        statement: Statement,
        *,
        frame: str = "",
        statistics: tuple[str, ...] = (),
        **values: str,
    ) -> bool:
        """Add this statement once; say whether it could be added, and give the paper away."""
        if statement.words in self._told or self._begins_with_a_part(dossier, statement):
            return False
        if frame:
            candidates = self._framed(paragraph, frame, dossier, statement, statistics, values)
        else:
            candidates = self._plain(paragraph, dossier, statement)
        if not self._add(paragraph, candidates):
            return False
        self._told.add(statement.words)
        self.used.add(dossier.paper.arxiv_id)
        return True

    def _begins_with_a_part(self, dossier: Dossier, statement: Statement) -> bool:
        """Tell whether the paper's first sentence would be about a part of it: `NAME-Bench`."""
        if not dossier.name or dossier.paper.arxiv_id in self.used:
            return False
        part = rf"(?:The )?{re.escape(dossier.name)}(?:-[A-Z\d]\w*| models\b)"
        return bool(re.match(part, statement.text))

    def undo(self, paragraph: Paragraph) -> None:
        """Take a paragraph back that did not come to an end."""
        for sentence in paragraph:
            self._openings.discard(opening_of(sentence.text))
            self.words -= len(sentence.text.split())
            self._told.difference_update(citation.words for citation in sentence.citations)
            self.used.difference_update(sentence.cites)
        paragraph.clear()

    def _wordings(self, frame: str, **values: str) -> Iterator[str]:
        """Yield the frame in all its wordings, starting with another one each time it is used."""
        turn = self._first_turn + self._turns[frame]
        self._turns[frame] += 1
        return (phrase(frame, turn + n, **values) for n in range(wordings_of(frame)))

    def _framed(  # noqa: PLR0917 - all of them say one thing: which claim, in which frame
        self,
        paragraph: Paragraph,
        frame: str,
        dossier: Dossier,
        statement: Statement,
        statistics: tuple[str, ...],
        values: dict[str, str],
    ) -> Iterator[Sentence]:
        claim = self._clause(paragraph, dossier, statement)
        if not claim:
            return iter(())
        anchor = "authors" if frame == "added" else dossier.who
        citation = Citation(dossier.paper.arxiv_id, statement.words, anchor)
        wordings = self._wordings(
            frame, who=dossier.who, paper=_as_paper(dossier), claim=claim, **values
        )
        return (Sentence(text, Kind.PAPERS, (citation,), statistics) for text in wordings)

    def _plain(
        self, paragraph: Paragraph, dossier: Dossier, statement: Statement
    ) -> Iterator[Sentence]:
        """Yield the statement as it is where it names who says it, else attributed."""
        mentioned = any(dossier.paper.arxiv_id in sentence.cites for sentence in paragraph)
        voice = _again(dossier.voice) if mentioned else dossier.voice
        text = self._condensed(paragraph, dossier, statement, voice) or statement.text
        anchor = dossier.who if re.search(rf"{re.escape(dossier.who)}(?![\w-])", text) else ""
        if not anchor and mentioned and "he author" in text:
            anchor = "authors" if voice.several else "author"
        if anchor:
            citation = Citation(dossier.paper.arxiv_id, statement.words, anchor)
            yield Sentence(text, Kind.PAPERS, (citation,))
        else:
            frame = "added" if mentioned and voice.several else "attributed"
            yield from self._framed(paragraph, frame, dossier, statement, (), {})

    def _clause(self, paragraph: Paragraph, dossier: Dossier, statement: Statement) -> str:
        """Return the claim to follow the paper's name: no stop, no second naming; or nothing."""
        several = dossier.voice.several
        is_thing = dossier.who != dossier.people
        authors = ("its author", "its authors") if is_thing else ("the author", "they")
        voice = Voice(dossier.name, authors[several], several)
        text = self._condensed(paragraph, dossier, statement, voice)
        if text is None or ": " in text:
            return ""
        if dossier.paper.arxiv_id not in self.used and _REFERS_BACK.search(text):
            return ""
        text = text.rstrip(".!?").replace("the authors’", "their")
        if dossier.name:
            name = re.escape(dossier.name)
            named = rf"^(?:{name}(?: \([^()]*\))?|[^,()]{{3,80}} \({name}\)) (?=[a-z])"
            text = re.sub(named, "it ", text)
            text = re.sub(rf"^(Its authors? \w+) {name}, (?=(?:an?|the) )", r"\1 ", text)
        return self._small(text)

    @staticmethod
    def _condensed(
        paragraph: Paragraph, dossier: Dossier, statement: Statement, voice: Voice
    ) -> str | None:
        before = " ".join(sentence.text for sentence in paragraph)
        return condense(dossier.spelled_out(readable(statement.words), before), voice)

    def _small(self, text: str) -> str:
        """Return the text with a small first letter where its first word is no name."""
        first = re.match(r"[A-Z][a-z’]*(?=-[a-z]|[, ])", text)
        if not first or not self._is_common(first[0].lower()):
            return text
        of_a_name = re.match(r" [A-Z][a-z]+ ", text[first.end() :])  # Large Language Models
        if of_a_name and first[0].lower() not in _FUNCTION_WORDS:
            return text
        return text[0].lower() + text[1:]

    def _is_common(self, word: str) -> bool:
        """Tell whether the word is no name: it stands in small letters in some abstract."""
        if word in _FUNCTION_WORDS or word.endswith(_COMMON_ENDINGS):
            return True
        collection = self.selection.collection
        papers = collection.papers if collection else self.selection.papers
        return any(f" {word} " in paper.abstract for paper in papers)

    def _add(self, paragraph: Paragraph, candidates: Iterable[Sentence]) -> bool:
        """Add the first candidate that reads well and passes the checks; say whether one did."""
        for sentence in candidates:
            if opening_of(sentence.text) in self._openings:
                continue
            if paragraph and _counts(sentence) and _counts(paragraph[-1]):
                continue
            if findings := check_sentence(sentence, self.selection):
                self.dropped.append(f"{sentence.text} [{findings[0].rule}: {findings[0].reason}]")
                continue
            self._openings.add(opening_of(sentence.text))
            self.words += len(sentence.text.split())
            paragraph.append(sentence)
            return True
        return False


class _Editor:
    """Decides what stands in which section. One pass, in the order in which papers are given."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        self.page = _Page(selection)
        self._subject: str | None = None
        """The topic of the thesis, which the conclusion comes back to."""

    # The eight sections ---------------------------------------------------------------------

    def executive_summary(self) -> Iterator[Paragraph]:
        """Yield the thesis that joins two or three papers, then the one paper to read."""
        paragraph: Paragraph = []
        if 0 < self._number("listed_new") < QUIET_WEEK:
            noun = "paper" if self._number("listed_new") == 1 else "papers"
            self.page.count(
                paragraph, "quiet", "listed_new", listed=self._figure("listed_new"), papers=noun
            )
        else:
            self._gist(paragraph)
        first = self._most_voted()
        topic = self._subject = self._thesis_topic()
        if topic and self._number("listed_new") >= _TOP:
            key = f"top_topic:{topic}"
            self.page.count(
                paragraph, "thesis", key, n=in_words(self._number(key)), topic=name_of(topic)
            )
        papers = [d for d in self._free() if d is not first]
        joined = [d for d in papers if topic and self._has(d, topic)]
        told = self._tell_some(paragraph, joined, 2, Part.IDEA, Part.FINDING)
        others = [d for d in papers if d not in joined]
        self._tell_some(paragraph, others, 2 - told, Part.IDEA, Part.FINDING, Part.MECHANISM)
        yield paragraph
        yield self._if_one()

    def innovations(self) -> Iterator[Paragraph]:
        """Yield three leads from different topics: problem, idea, number, catch."""
        topics: set[str] = set()
        told = 0
        for lead in self._leads():
            topic = self._topics(lead)[:1]
            if told == _FEW or topics.intersection(topic):
                continue
            if paragraph := self._lead(lead):
                yield paragraph
                topics.update(topic)
                told += 1

    def trends(self) -> Iterator[Paragraph]:
        """Yield what moved, as n of N, or that nothing did; then a thread through three papers."""
        moved = self._moved()
        yield self._movements(moved)
        risen = [m.key for m in moved if m.kind == "topic" and m.rises]
        for fewest in (_FEW, _FEW - 1):  # a thread of two only where no topic has three
            for topic in self._thread_topics(risen):
                paragraph = self._thread_through(topic, is_told=any(m.key == topic for m in moved))
                if len({i for sentence in paragraph for i in sentence.cites}) >= fewest:
                    yield paragraph
                    return
                self.page.undo(paragraph)

    def _thread_through(self, topic: str, *, is_told: bool) -> Paragraph:
        """Return a thread through the topic's free papers; its count first, unless it is told."""
        paragraph: Paragraph = []
        n = in_words(self._number(f"topic:{topic}"))
        if not is_told:
            self.page.count(
                paragraph,
                "thread",
                f"topic:{topic}",
                "listed_new",
                topic=name_of(topic),
                n=n,
                listed=self._figure("listed_new"),
            )
        papers = sorted(
            (d for d in self._free() if self._has(d, topic) and self._is_new(d)),
            key=lambda d: self._topics(d)[0] != topic,
        )
        self._thread(paragraph, papers)
        for dossier in papers:
            if dossier.paper.arxiv_id not in self.page.used and self.page.tell(
                paragraph,
                dossier,
                Part.IDEA,
                Part.FINDING,
                Part.RESULT,
                frame="another",
                statistics=(f"topic:{topic}",),
                n=n,
            ):
                break
        self._tell_some(paragraph, papers, 1, Part.FINDING, Part.IDEA)
        if self.page.words < _SPARSE:
            self._tell_some(paragraph, papers, 1, Part.IDEA, Part.RESULT)
        return paragraph

    def _thread(self, paragraph: Paragraph, papers: Iterable[Dossier]) -> None:
        """Begin a thread with a paper of which more than the idea can be told: trouble, outcome."""
        papers = list(papers)
        for with_trouble in (True, False):
            for dossier in papers:
                opening: Paragraph = []
                self._trouble(opening, dossier)
                idea = self.page.tell(opening, dossier, Part.IDEA, Part.FINDING)
                if idea and len(opening) > with_trouble:
                    outcome = self.page.tell(opening, dossier, *_OUTCOME)
                    if with_trouble or outcome:
                        paragraph += opening
                        return
                self.page.undo(opening)
        self._tell_some(paragraph, papers, 1, Part.IDEA, Part.FINDING)

    def methods(self) -> Iterator[Paragraph]:
        """Yield two techniques that can be reused, and a result that contradicts, if any."""
        paragraph: Paragraph = []
        for dossier in self._free():
            if len(paragraph) > _FEW and self.page.words >= _ENOUGH:
                break
            if len(paragraph) > 1 and self.page.words >= _FULL:
                break
            if (
                self.page.tell(
                    paragraph,
                    dossier,
                    Part.MECHANISM,
                    Part.IDEA,
                    frame="technique",
                    suits=_names_its_means,
                )
                and self.page.words < _AMPLE
            ):
                self.page.tell(paragraph, dossier, *_OUTCOME)
        lacking = 2 - len(paragraph)
        self._tell_some(paragraph, self._free(), lacking, Part.IDEA, Part.MECHANISM)
        while self.page.words < _ENOUGH and self._tell_some(
            paragraph, self._free(), 1, Part.IDEA, Part.FINDING, Part.MECHANISM, Part.RESULT
        ):
            continue
        yield paragraph
        yield self._dissent()

    def practice(self) -> Iterator[Paragraph]:
        """Yield what was released, for whom, with the licence or size where stated."""
        paragraph: Paragraph = []
        if self._number("with_code"):
            self.page.count(
                paragraph,
                "released",
                "listed",
                "with_code",
                listed=self._figure("listed"),
                n=self._figure("with_code"),
            )
        most = len(paragraph) + _FEW
        for dossier in self._untold_first():
            if len(paragraph) < most:
                topic = self._topic_name(dossier)
                self.page.tell(
                    paragraph,
                    dossier,
                    Part.RELEASE,
                    frame="for_whom" if topic else "attributed",
                    suits=lambda statement, dossier=dossier: _names_what_it_gives(  # type: ignore[misc]
                        statement, dossier
                    ),
                    topic=topic,
                )
        for dossier in self._free():
            if len(paragraph) < most and dossier.paper.code:
                self.page.tell(
                    paragraph,
                    dossier,
                    Part.IDEA,
                    Part.RESULT,
                    Part.NUMBER,
                    frame="with_code",
                    suits=_can_be_used,
                )
        self._tell_some(paragraph, self._free(), most - 1 - len(paragraph), Part.RESULT)
        yield paragraph

    def future(self) -> Iterator[Paragraph]:
        """Yield questions that abstracts leave open and limits that they state of their work."""
        paragraph: Paragraph = []
        for part, frame in ((Part.QUESTION, "question"), (Part.CATCH, "shortfall")):
            for dossier in self._untold_first():
                if len(paragraph) < _FEW:
                    self.page.tell(paragraph, dossier, part, frame=frame)
        for dossier in self._untold_first():  # a dissent is kept for the methods
            if len(paragraph) < _FEW and not contrary_finding(dossier.paper):
                self.page.tell(
                    paragraph,
                    dossier,
                    Part.FINDING,
                    Part.NUMBER,
                    frame="shortfall",
                    suits=_tells_a_limit,
                )
        yield paragraph

    def recommendations(self) -> Iterator[Paragraph]:
        """Yield one paper to read, one to run, one to wait for, and why."""
        paragraph: Paragraph = []
        self._recommend(paragraph, "read", lambda _: True, Part.FINDING, Part.IDEA)
        if not self._number("with_code"):  # nothing is known of code: nothing to run or wait for
            self._recommend(paragraph, "read", lambda _: True, Part.RESULT, Part.IDEA)
            yield paragraph
            return
        self._recommend(
            paragraph, "run", lambda d: bool(d.paper.code), Part.RESULT, Part.NUMBER, Part.IDEA
        )
        self._recommend(
            paragraph,
            "wait",
            lambda d: not d.has_code and self._is_new(d),
            Part.RESULT,
            Part.NUMBER,
            Part.IDEA,
        )
        yield paragraph

    def conclusion(self) -> Iterator[Paragraph]:
        """Yield one count that can be held against the report later."""
        paragraph: Paragraph = []
        topic = self._subject or self._largest_topic()
        if topic and self._number("listed_new") > 1:
            self.page.count(
                paragraph,
                "watch",
                f"topic:{topic}",
                "listed_new",
                topic=name_of(topic),
                n=self._figure(f"topic:{topic}"),
                listed=self._figure("listed_new"),
            )
        self.page.join(paragraph, "close")
        yield paragraph

    def nothing(self, heading: Heading) -> tuple[tuple[Sentence, ...], ...]:
        """Return the paragraph of a section for which no abstract states anything."""
        paragraph: Paragraph = []
        self.page.count(
            paragraph,
            "nothing",
            "selected",
            n=self._figure("selected"),
            abstracts="abstract" if self._number("selected") == 1 else "abstracts",
            section=heading.lower(),
        )
        return (tuple(paragraph),)

    # Parts of sections ----------------------------------------------------------------------

    def _gist(self, paragraph: Paragraph) -> None:
        """Tell which three topics the week's new papers have most."""
        topics = sorted(
            self._topics_counted("topic"), key=lambda t: (-self._number(f"topic:{t}"), t)
        )[:_FEW]
        if len(topics) == _FEW and self._number(f"topic:{topics[-1]}") > 1:
            self.page.count(
                paragraph,
                "gist",
                "listed_new",
                *(f"topic:{topic}" for topic in topics),
                listed=self._figure("listed_new"),
                topics=f"{', '.join(map(self._topic_and_count, topics[:-1]))} and "
                f"{self._topic_and_count(topics[-1])}",
            )

    def _if_one(self) -> Paragraph:
        """Tell the one paper to read: the most-voted that can be told and is still free."""
        paragraph: Paragraph = []
        for dossier in sorted(self._free(), key=self._rank):
            arxiv_id = dossier.paper.arxiv_id
            is_first = self._rank(dossier) == 1
            if self.page.tell(
                paragraph,
                dossier,
                Part.IDEA,
                Part.FINDING,
                Part.RESULT,
                Part.NUMBER,
                Part.MECHANISM,
                frame="if_one" if is_first else "if_one_of_the_first",
                statistics=(f"votes:{arxiv_id}", f"rank:{arxiv_id}") if is_first else (),
                votes=self._figure(f"votes:{arxiv_id}"),
            ):
                self.page.tell(paragraph, dossier, *_OUTCOME)
                break
        return paragraph

    def _lead(self, lead: Dossier) -> Paragraph:
        """Tell one paper at length; nothing where its idea and an outcome can't be told."""
        paragraph: Paragraph = []
        self._trouble(paragraph, lead)
        idea = self.page.tell(paragraph, lead, Part.IDEA, Part.FINDING)
        outcome = self.page.tell(paragraph, lead, *_OUTCOME)
        if not (idea and outcome):
            self.page.undo(paragraph)
            return paragraph
        self.page.tell(paragraph, lead, Part.CATCH, frame="catch")
        return paragraph

    def _trouble(self, paragraph: Paragraph, dossier: Dossier) -> None:
        """Tell what stood in the way, where that says what the paper is about."""
        self.page.tell(
            paragraph,
            dossier,
            Part.PROBLEM,
            frame=self._problem_frame(dossier),
            suits=lambda statement: _is_to_the_point(statement, dossier),
        )

    def _moved(self) -> list[Movement]:
        """Return at most two movements; a phrase that names a topic which moved is not another."""
        moved: list[Movement] = []
        found = movements(self.selection.statistics)
        for movement in sorted(found, key=lambda m: m.kind != "topic"):
            name = name_of(movement.key)
            if not any(name in name_of(m.key) or name_of(m.key) in name for m in moved):
                moved.append(movement)
        self._subject = next((m.key for m in moved if m.kind == "topic"), self._subject)
        return moved[:2]

    def _movements(self, moved: list[Movement]) -> Paragraph:
        paragraph: Paragraph = []
        weeks = self._number("earlier_weeks")
        for movement in moved:
            self.page.count(
                paragraph,
                "moved" if movement.kind == "topic" else "phrase_moved",
                f"{movement.kind}:{movement.key}",
                f"earlier_{movement.kind}:{movement.key}",
                "listed_new",
                "earlier_listed",
                topic=name_of(movement.key),
                phrase=movement.key,
                n=f"{movement.now:,}",
                before=f"{movement.before:,}",
                listed=self._figure("listed_new"),
                earlier=self._figure("earlier_listed"),
            )
        if not weeks:
            self.page.count(paragraph, "no_earlier", "earlier_weeks")
        elif not moved:
            text = "week" if weeks == 1 else f"{in_words(weeks)} weeks"
            self.page.count(paragraph, "steady", "earlier_weeks", weeks=text)
        return paragraph

    def _dissent(self) -> Paragraph:
        paragraph: Paragraph = []
        for dossier in self._free():
            words = contrary_finding(dossier.paper)
            statement = Statement(Part.FINDING, "", words, 0.0)
            if words and any(
                self.page.state(paragraph, dossier, statement, frame=frame)
                for frame in ("negative", "")
            ):
                break
        return paragraph

    def _recommend(
        self, paragraph: Paragraph, frame: str, suits: Callable[[Dossier], bool], *parts: Part
    ) -> None:
        for part in parts:  # the part first: a paper with a finding before one with only an idea
            for dossier in self._free():
                topic = self._topic_name(dossier)
                if (
                    topic
                    and suits(dossier)
                    and self.page.tell(
                        paragraph,
                        dossier,
                        part,
                        frame=frame,
                        suits=lambda statement: not _tells_a_limit(statement),
                        topic=topic,
                    )
                ):
                    return

    def _tell_some(
        self, paragraph: Paragraph, dossiers: Iterable[Dossier], count: int, *parts: Part
    ) -> int:
        """Tell up to `count` papers that are still free; return how many were told."""
        told = 0
        for dossier in dossiers:
            if told < count and dossier.paper.arxiv_id not in self.page.used:
                told += self.page.tell(paragraph, dossier, *parts)
        return told

    @staticmethod
    def _problem_frame(dossier: Dossier) -> str:
        return "problem_people" if dossier.who == dossier.people else "problem"

    # Choosing papers and topics -------------------------------------------------------------

    @cached_property
    def _dossiers(self) -> tuple[Dossier, ...]:
        told = {arxiv_id for week in self.selection.earlier for arxiv_id in week.told}
        not_to_tell = self.selection.titles_only | told
        papers = [p for p in self.selection.papers if p.arxiv_id not in not_to_tell]
        called = Counter(p.authors[0].split()[-1] for p in papers if p.authors and p.authors[0])
        ambiguous = frozenset(surname for surname, count in called.items() if count > 1)
        dossiers = (Dossier(paper, ambiguous) for paper in papers)
        return tuple(dossier for dossier in dossiers if dossier.can_be_named)

    def _free(self) -> list[Dossier]:
        """Return the papers that no sentence has used yet, best first."""
        return [d for d in self._dossiers if d.paper.arxiv_id not in self.page.used]

    def _untold_first(self) -> list[Dossier]:
        """Return all papers, the free ones first: what is looked for is rare enough."""
        return sorted(self._dossiers, key=lambda d: d.paper.arxiv_id in self.page.used)

    def _leads(self) -> list[Dossier]:
        """Return the free papers, the fullest first among each eight neighbours in rank."""

        def fullness(dossier: Dossier) -> int:
            parts = {statement.part for statement in dossier.statements}
            return 2 * (Part.RESULT in parts) + len(parts & {Part.PROBLEM, Part.IDEA, Part.CATCH})

        ranked = sorted(
            enumerate(self._free()), key=lambda pair: (pair[0] // 8, -fullness(pair[1]), pair[0])
        )
        return [dossier for _, dossier in ranked]

    def _topics(self, dossier: Dossier) -> tuple[str, ...]:
        return self.selection.topics.get(dossier.paper.arxiv_id, ())

    def _is_new(self, dossier: Dossier) -> bool:
        """Whether readers could vote for it this week for the first time."""
        return f"rank:{dossier.paper.arxiv_id}" in self.selection.statistics

    def _has(self, dossier: Dossier, topic: str) -> bool:
        return topic in self._topics(dossier)

    def _topic_name(self, dossier: Dossier) -> str:
        topics = self._topics(dossier)
        return name_of(topics[0]) if topics else ""

    def _topic_and_count(self, topic: str) -> str:
        return f"{name_of(topic)} ({self._figure(f'topic:{topic}')})"

    def _number(self, key: str) -> int:
        return int(self.selection.statistics.get(key, 0))

    def _figure(self, key: str) -> str:
        return f"{self._number(key):,}"

    def _rank(self, dossier: Dossier) -> int:
        """Return its place by votes; papers without votes come last."""
        return self._number(f"rank:{dossier.paper.arxiv_id}") or len(self.selection.topics) + 1

    def _most_voted(self) -> Dossier | None:
        return next((d for d in self._dossiers if self._rank(d) == 1), None)

    def _thesis_topic(self) -> str | None:
        """Return the topic that stands out most among the ten most-voted.

        Measured against its share of all papers, because otherwise the largest topic would lead
        every week.
        """
        everything = max(self._number("papers"), 1)

        def standing_out(topic: str) -> float:
            usual = (self._number(f"all_topic:{topic}") + 1) / everything
            return self._number(f"top_topic:{topic}") / _TOP / math.sqrt(usual)

        candidates = [
            topic
            for topic in self._topics_counted("top_topic")
            if self._number(f"top_topic:{topic}") > 1
            and sum(self._has(d, topic) for d in self._free()) > 1
        ]
        return max(candidates, key=lambda topic: (standing_out(topic), topic), default=None)

    def _thread_topics(self, moved: Iterable[str]) -> list[str]:
        """Return topics for a thread: what moved, then by how many free papers and their votes."""
        votes: Counter[str] = Counter()
        papers: Counter[str] = Counter()
        for dossier in filter(self._is_new, self._free()):
            for topic in self._topics(dossier):
                if papers[topic] < _FEW and dossier.say(Part.FINDING, Part.IDEA):
                    papers[topic] += 1
                    votes[topic] += dossier.paper.votes or 0
        ready = [t for t, n in papers.items() if n > 1 and self._number(f"topic:{t}") > 1]
        risen = [topic for topic in moved if papers[topic] > 1]
        others = sorted(ready, key=lambda t: (papers[t], votes[t], t), reverse=True)
        return list(dict.fromkeys((*risen, *others)))

    def _largest_topic(self) -> str | None:
        topics = self._topics_counted("topic")
        return max(topics, key=lambda t: (self._number(f"topic:{t}"), t), default=None)

    def _topics_counted(self, kind: str) -> list[str]:
        prefix = f"{kind}:"
        return [k.removeprefix(prefix) for k in self.selection.statistics if k.startswith(prefix)]


_MEANS, _NO_TECHNIQUE, _GIFT = cue("means"), cue("no_technique"), cue("gift")
_SUCCESS = cue("success")

_REFERS_BACK = re.compile(
    r"\b(?:first|begins? (?:by|with)|instead|second|the same|the network|the small model)\b"
)
"""Words that need something said before: no way to begin with a paper."""

_COMMON_ENDINGS = ("ing", "ly", "tions", "ments", "ings", "nesses")

_FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        """a across after all although an as at because by compared contrary current despite each
        even every existing for from given if in its many most no on one our over recent several
        since the their they through to towards under unlike using when where whereas while with
        without""",
    )
)


_IS_NO_TOOL = re.compile(
    r"\b(?:argues?|argued|analy[sz]es?|surveys?|reviews?|stud(?:y|ies)|investigates?|examines?|revisits?"
    r"|asks?|explores?|insights?|discuss(?:es)?|attacks?|overview|perspectives?|taxonomy|roadmap|evaluated?|compared?|interviewed)\b"
)


def _names_its_means(statement: Statement) -> bool:
    """Tell whether the statement says how something is done, not how well."""
    return bool(_MEANS.search(statement.text)) and not _NO_TECHNIQUE.search(statement.text)


def _names_what_it_gives(statement: Statement, dossier: Dossier) -> bool:
    """Tell whether more is said than that code will be there: which, how large, which licence.

    A paper without a name of its own must say which data or models.
    """
    if not (_GIFT.search(statement.text) or numbers_in(statement.text)):
        return False
    return bool(dossier.name) or _is_to_the_point(statement, dossier)


def _is_to_the_point(statement: Statement, dossier: Dossier) -> bool:
    """Tell whether the statement and the title share a word: then it says what about."""
    return not set(content_stems(statement.text)).isdisjoint(content_stems(dossier.title))


_STILL_BAD = re.compile(
    r"\b(?:even the (?:best|strongest|leading|most)|struggl\w*|fail\w*|falls? short|poor(?:ly)?"
    r"|far (?:from|below)|cannot|no single|lags?|only \d|gaps?|not yet|not found|limited|unable"
    r"|vulnerable)\b"
)
_GETS_BETTER = re.compile(r"\b(?:improv|gain|benefit|reduc|enhanc|better|advantage)\w*")


def _tells_a_limit(statement: Statement) -> bool:
    """Tell whether a finding is about what is still bad."""
    text = statement.text
    return bool(_STILL_BAD.search(text)) and not (
        _SUCCESS.search(text) or _GETS_BETTER.search(text)
    )


def _can_be_used(statement: Statement) -> bool:
    """Tell whether it speaks of something to run, not of an argument or an overview."""
    return not _IS_NO_TOOL.search(statement.text)


def _as_paper(dossier: Dossier) -> str:
    """Return the paper as a thing that can be read, run or waited for."""
    return f"the paper by {dossier.who}" if dossier.who == dossier.people else dossier.who


def _again(voice: Voice) -> Voice:
    """Return the voice of a second mention."""
    return Voice(voice.name, "the authors" if voice.several else "the author", voice.several)


def _counts(sentence: Sentence) -> bool:
    """Tell whether the sentence is of the shape paper-plus-number."""
    return bool(sentence.citations) and states_number(sentence.text)
