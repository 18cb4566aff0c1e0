"""What one abstract says, part by part: the problem, the idea, the number, the catch.

A dossier sorts the sentences of an abstract by the part they play in a report, and keeps for each
its condensed form beside the words it rests on. Pure; the same paper gives the same dossier.

The cues are those of scientific abstracts in general (after the zones of Teufel & Moens,
"Summarizing Scientific Articles", 2002: background, aim, own work, contrast), counted over
real weeks; they favour precision: a sentence that could be two things is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from paperweek.condensing import Voice, condense
from paperweek.cues import alternatives, cue
from paperweek.model import Paper
from paperweek.naming import own_name
from paperweek.text import readable, sentences


class Part(StrEnum):
    """The part that a sentence plays in its abstract."""

    PROBLEM = "problem"
    IDEA = "idea"
    MECHANISM = "mechanism"
    RESULT = "result"
    """A number with what it is compared with."""
    NUMBER = "number"
    """A number that stands alone."""
    FINDING = "finding"
    CATCH = "catch"
    RELEASE = "release"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that an abstract says, condensed, and the words it rests on."""

    part: Part
    text: str
    """In the third person, a whole sentence."""
    words: str
    """The passage of the abstract, as the source wrote it."""
    position: float
    """Where in the abstract, from 0 (first sentence) to 1 (last)."""


_WE = re.compile(r"\b(?:we|our)\b", re.IGNORECASE)
_OWN_WORK = re.compile(
    r"\b(?:we|this (?:paper|work|study|article|report|survey)|our (?:paper|work))\b[^.;]{0,40}?\b"
    rf"(?:{alternatives('own_work')})\b",
    re.IGNORECASE,
)
_FINDS = re.compile(
    r"\b(?:we|this (?:paper|work|study)|our (?:results|findings|analys[ie]s|experiments|study"
    r"|evaluation))\b"
    rf"[^.;]{{0,50}}?\b(?:{alternatives('finding')})\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\d+(?:\.\d+)?\s?(?:%|×|x\b|percent|points?|pp\b|-?fold|times\b|dB|ms\b|hours?|FPS)"
    r"|\d+\.\d+|\b\d+/\d+\b|×\s?\d"
)
_VERSION = re.compile(
    r"\b[A-Z][\w-]*[ -]?\d+(?:\.\d+)*\b|\b\d+(?:\.\d+)?[BM]\b|\b\d{3,4}[×x]\d{3,4}\b"
    r"|\b\d+K? resolution"
)
"""Digits that name something: they measure nothing."""

_LATE = 0.55
"""From here on an abstract speaks of what comes after its results."""
_MANY_NUMBERS = 5

_GAP, _OTHERS, _MEASURE, _BASELINE = cue("gap"), cue("others"), cue("measure"), cue("baseline")
_LIMIT, _SUCCESS, _TURN = cue("limit"), cue("success"), cue("turn")
_GIVES, _OPEN, _EMPTY, _STATUS, _TEAM = (
    cue("giving"),
    cue("open"),
    cue("empty"),
    cue("status"),
    cue("team"),
)
_DEFINITION = re.compile(r"(?P<words>(?:[\w’'-]+ ){1,7})\((?P<acronym>[A-Z][A-Za-z]{1,6})\)")
_EVERYDAY = frozenset({"LLM", "RL", "AI", "GPU", "API", "GUI", "CLI", "QA", "VLM", "MLLM", "SOTA"})
"""Acronyms that readers of this blog know better than what they stand for."""

_ENUMERATION = re.compile(r"\((?:i|ii|1|2|a|b)\)|\b(?:[123])\) ")


@dataclass(frozen=True)
class Dossier:
    """The statements of one paper's abstract, with the people and the name they speak of."""

    paper: Paper

    @cached_property
    def name(self) -> str:
        """The paper's own short name; empty where it has none."""
        return own_name(self.paper)

    @cached_property
    def title(self) -> str:
        """The readable title."""
        return readable(self.paper.title).rstrip(".")

    @cached_property
    def who(self) -> str:
        """How a sentence speaks of it: its name, else its people, else its title in quotes."""
        if self.name:
            return self.name
        people, _ = _people(self.paper.authors)
        return people if people != _NOBODY else f"“{self.title}”"

    @cached_property
    def voice(self) -> Voice:
        """Who says `we` in this abstract."""
        people, several = _people(self.paper.authors)
        if people == _NOBODY:
            people = f"{_NOBODY} of “{self.title}”"
        return Voice(self.name, people, several)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """What the abstract says that can be said in a report, in the abstract's order."""
        passages = sentences(self.paper.abstract)
        last = max(len(passages) - 1, 1)
        own_since = _first_own(passages)
        found: list[Statement] = []
        for index, passage in enumerate(passages):
            plain = readable(passage)
            part = _part_of(plain, self.name, index, own_since, index / last)
            if part is None:
                continue
            limit = 44 if part in {Part.IDEA, Part.RESULT} else 38
            if text := condense(self.spelled_out(plain), self.voice, limit=limit):
                found.append(Statement(part, text, passage, index / last))
        return tuple(found)

    @cached_property
    def _long_forms(self) -> dict[str, str]:
        """Acronym to what the abstract says that it stands for."""
        found: dict[str, str] = {}
        for definition in _DEFINITION.finditer(readable(self.paper.abstract)):
            acronym = definition["acronym"].rstrip("s")
            words = definition["words"].split()
            for count in range(1, len(words) + 1):
                long = " ".join(words[-count:])
                initials = "".join(w[0] for w in re.split(r"[\s-]+", long) if w).upper()
                if initials == acronym.upper() and acronym not in _EVERYDAY:
                    found.setdefault(acronym, _inside_a_sentence(long))
        return found

    def spelled_out(self, plain: str, before: str = "") -> str:
        """Return the sentence with the abstract's own acronyms spelled out, once each.

        A reader meets the sentence without the one that defined them, unless it stands `before`.
        """
        for acronym, long in self._long_forms.items():
            known = f"{before} {plain}"
            if acronym == self.name or f"({acronym}" in known or long.lower() in known.lower():
                continue
            plain = re.sub(rf"(?<![\w-]){re.escape(acronym)}(?![\w-])", long, plain, count=1)
        return plain

    def say(self, *parts: Part) -> tuple[Statement, ...]:
        """Return the statements that play the parts, in the order given, the best first."""
        return tuple(
            statement
            for part in parts
            for statement in sorted(
                (s for s in self.statements if s.part is part),
                key=lambda statement: _merit(statement, self.name),
                reverse=True,
            )
        )


_NOBODY = "the authors"
"""Who stands for people whose names can't be told apart from a team's."""


def _people(authors: tuple[str, ...]) -> tuple[str, bool]:
    if any(_TEAM.search(name) for name in authors):
        return _NOBODY, True
    surnames = [name.split()[-1] for name in authors if _is_personal(name)]
    if len(surnames) != len(authors) or not surnames:
        return _NOBODY, True
    if len(surnames) == 1:
        return surnames[0], False
    if len(surnames) == 2:  # noqa: PLR2004
        return f"{surnames[0]} and {surnames[1]}", True
    return f"{surnames[0]} and colleagues", True


def _is_personal(name: str) -> bool:
    last = name.rsplit(maxsplit=1)[-1] if name.split() else ""
    return len(last) > 1 and last[0].isupper() and last.replace("-", "").replace("’", "").isalpha()


def _inside_a_sentence(long: str) -> str:
    """Return a long form with a small first letter, unless all its words are capitalised."""
    first, _, rest = long.partition(" ")
    return f"{first.lower()} {rest}" if rest and rest == rest.lower() else long


def _first_own(passages: tuple[str, ...]) -> int:
    return next((i for i, p in enumerate(passages) if _OWN_WORK.search(p) or _WE.search(p)), 0)


def _part_of(plain: str, name: str, index: int, own_since: int, position: float) -> Part | None:
    own = bool(_WE.search(plain)) or (bool(name) and name.lower() in plain.lower())
    if _ENUMERATION.search(plain) or _EMPTY.search(plain):
        return None
    if _GIVES.search(plain) and (own or position > _LATE):
        return Part.RELEASE
    of_others = not own and index < own_since + 2 and _OTHERS.search(plain)
    if index < own_since or of_others:
        return Part.PROBLEM if _GAP.search(plain) and not own else None
    if position > _LATE and _OPEN.search(plain):
        return Part.QUESTION
    return _part_of_own_work(plain, own=own, first=index == own_since)


def _part_of_own_work(plain: str, *, own: bool, first: bool) -> Part | None:
    """Return the part of a sentence about the paper's own work, the surest cue first."""
    if not first and _FIGURE.search(_VERSION.sub("", plain)) and _MEASURE.search(plain):
        return Part.RESULT if "×" in plain or _BASELINE.search(plain) else Part.NUMBER
    if not first and _is_catch(plain):
        return Part.CATCH
    if _FINDS.search(plain):
        return Part.FINDING
    if _OWN_WORK.search(plain):
        return Part.IDEA
    return Part.MECHANISM if own and not first else None


def _is_catch(plain: str) -> bool:
    if not _LIMIT.search(plain) or _OWN_WORK.search(plain):
        return False
    return not _SUCCESS.search(plain) or len(_TURN.findall(plain)) > 1


def _merit(statement: Statement, name: str) -> tuple[float, str]:
    text, score = statement.text, 0.0
    words = len(text.split())
    score -= abs(words - 24) / 12
    if name and name in text:
        score += 1.5
    if statement.part is Part.RESULT:
        score -= 0.7 if len(re.findall(r"\d+(?:\.\d+)?", text)) > _MANY_NUMBERS else 0.0
    if statement.part is Part.IDEA:
        score += (
            1.0
            if re.search(
                rf"^{re.escape(name)}[^,]{{0,40}} is " if name else r"propos|introduc|present", text
            )
            else 0.0
        )
        score -= 2 * statement.position + (1.5 if text.startswith("To ") else 0.0)
    if statement.part is Part.PROBLEM:
        score += statement.position * 1.5
    if statement.part is Part.QUESTION:
        score += statement.position
    if _STATUS.search(text):
        score -= 0.8
    return score, text
