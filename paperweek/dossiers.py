"""What one abstract says, part by part: the problem, the idea, the number, the catch.

A dossier sorts the sentences of an abstract by the part they play in a report, and keeps for each
its condensed form beside the words it rests on. Pure; the same paper gives the same dossier.

The cues are those of scientific abstracts in general (after the zones of Teufel & Moens,
"Summarizing Scientific Articles", 2002: background, aim, own work, contrast), counted over
real weeks; they favour precision: a sentence that could be two things is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from paperweek.condensing import Voice, condense
from paperweek.cues import alternatives, cue
from paperweek.model import Paper
from paperweek.naming import own_name
from paperweek.text import fold, readable, sentences


class Part(StrEnum):
    """The part that a sentence plays in its abstract."""

    PROBLEM = "problem"
    IDEA = "idea"
    MECHANISM = "mechanism"
    """How it is done."""
    RESULT = "result"
    """A number with what it is compared with."""
    NUMBER = "number"
    """A number that stands alone."""
    CLAIM = "claim"
    """An outcome that is stated without a number."""
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
    r"|\d+\.\d+|\b\d+(?:/| of )\d+\b|×\s?\d"
)
_VERSION = re.compile(
    r"\b[A-Z][\w-]*[ -]?\d+(?:\.\d+)*\b|\b\d+(?:\.\d+)?[BM]\b|\b\d{3,4}[×x]\d{3,4}\b"
    r"|\b\d+K? resolution"
)
"""Digits that name something: they measure nothing."""

_LATE = 0.55
"""From here on an abstract speaks of what comes after its results."""
_MANY_NUMBERS = 5

_OTHERS = re.compile(
    rf"\b(?:{alternatives('others')}) (?:[\w-]+ ){{0,3}}(?:{alternatives('works')})\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"^(?:For|When|Beyond|On|In|With|Without|If|At|Where|Performance|Accuracy|Gains?|Results|Quality)\b"
)
_CONCESSION = re.compile(r"^(?:While|Although|Though|Despite|Even though|Whereas) [^,]{5,160}, ")
_IS_REACHED = re.compile(r"\b(?:achiev\w*|gives?|needs?|reach\w*|scores?|obtains?|attain\w*)\b")
_AGAINST = re.compile(
    r"\d\S* .{0,80}\b(?:compared (?:with|to)|against|versus|vs|whereas|up from|down from)\b"
)
_OF_BASELINE = re.compile(r"(?:The |A |All )?(?:[\w-]+ ){0,2}baselines?\b", re.IGNORECASE)
_PROMISE = re.compile(
    r"\b(?:will (?:also )?be|will (?:also )?release|will open-source|soon)\b", re.IGNORECASE
)
_ATTACK = re.compile(
    r"\b(?:attack\w*|jailbreak\w*|backdoor\w*|adversar\w+|poison\w*|sign flips?|hijack\w*)\b",
    re.IGNORECASE,
)
_POINTS_OUT = re.compile(
    r"\b(?:setting|laying|pointing|outlining|highlighting|establishing) .{0,60}$"
)
_SOLVES = re.compile(
    r"\b(?:solv\w+|address\w*|tackl\w+|resolv\w+|answer\w*|evaluated on) (?:\w+ ){0,3}$"
)
_CODE = re.compile(
    r"github|gitlab|huggingface\.co|hugging face|\bcodes? (?:and \w+ )?(?:is|are|will be)\b"
    r"|open-?sourced?",
    re.IGNORECASE,
)
_PROPOSES = re.compile(
    rf"\b(?:[Ww]e|[Tt]his (?:paper|work|study))\b[^.;]{{0,40}}?\b(?:{alternatives('making')})s?\b"
)
_GAP, _MEASURE, _BASELINE, _LIMIT = cue("gap"), cue("measure"), cue("baseline"), cue("limit")
_SUCCESS, _TURN, _GIVES, _OPEN = cue("success"), cue("turn"), cue("giving"), cue("open")
_EMPTY, _STATUS, _BOAST = cue("empty"), cue("status"), cue("no_technique")
_TEAM = re.compile(rf"\b(?:{alternatives('team')})\b")
_PLAIN_TITLE = re.compile(r"[\w ,:;.?!'’()/&+-]{3,200}")
_DEFINITION = re.compile(r"(?P<words>(?:\b[\w’'-]{1,40} ){1,7})\((?P<acronym>[A-Z][A-Za-z]{1,6})\)")
_EVERYDAY = frozenset({"LLM", "RL", "AI", "GPU", "API", "GUI", "CLI", "QA", "VLM", "MLLM", "SOTA"})
"""Acronyms that readers of this blog know better than what they stand for."""

_ENUMERATION = re.compile(r"\((?:i|ii|1|2|a|b)\)|\b(?:[123])\) ")


@dataclass(frozen=True)
class Dossier:
    """The statements of one paper's abstract, with the people and the name they speak of."""

    paper: Paper
    ambiguous: frozenset[str] = frozenset()
    """Surnames that more than one paper at hand would be called by."""

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
        """How a post speaks of it, always: its name, else its people, else its title in quotes."""
        return self.name or self.people or f"“{self.title}”"

    @cached_property
    def can_be_named(self) -> bool:
        """Whether a sentence can speak of it: a title full of markup is shown, not spoken."""
        return bool(self.name or self.people or _PLAIN_TITLE.fullmatch(fold(self.paper.title)))

    @cached_property
    def people(self) -> str:
        """`Ito`, `Ito and Park` or `Ito and colleagues`; empty where that does not tell who."""
        authors = self.paper.authors
        if not authors or any(_TEAM.search(name) or not _is_personal(name) for name in authors):
            return ""
        surnames = [name.split()[-1] for name in authors]
        first = surnames[0] if surnames[0] not in self.ambiguous else authors[0]
        if len(authors) > 2:  # noqa: PLR2004
            return f"{first} and colleagues"
        return " and ".join([first, *surnames[1:]])

    @cached_property
    def has_code(self) -> bool:
        """Whether code is linked, or the abstract says where it is or will be."""
        return bool(self.paper.code or _CODE.search(self.paper.abstract))

    @cached_property
    def voice(self) -> Voice:
        """Who says `we` in this abstract."""
        people = self.people if not self.name else ""
        return Voice(
            self.name,
            people or f"the authors of {self.who}",
            several=len(self.paper.authors) != 1,
        )

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """What the abstract says that can be said in a report, in the abstract's order."""
        found: list[Statement] = []
        for part, passage, position in _parts(self):
            plain = self.spelled_out(readable(passage))
            limit = 44 if part in {Part.IDEA, Part.RESULT} else 38
            if text := condense(plain, self.voice, limit=limit):
                found.append(Statement(part, text, passage, position))
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
            plain = re.sub(
                rf"(?<![\w-]){re.escape(acronym)}(?P<plural>s?)(?![\w-])",
                lambda found, long=long: _numbered(long, bool(found["plural"])),  # type: ignore[misc]
                plain,
            )
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


def _is_personal(name: str) -> bool:
    last = name.rsplit(maxsplit=1)[-1] if name.split() else ""
    return len(last) > 1 and last[0].isupper() and last.replace("-", "").replace("’", "").isalpha()


def _inside_a_sentence(long: str) -> str:
    """Return a long form with a small first letter, unless all its words are capitalised."""
    first, _, rest = long.partition(" ")
    return f"{first.lower()} {rest}" if rest and rest == rest.lower() else long


def _numbered(long: str, plural: bool) -> str:
    """Return the long form in the number in which its acronym stands."""
    if plural:
        return long if long.endswith("s") else f"{long}s"
    return long[:-1] if re.search(r"[^su]s$", long) else long


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a sentence stands: before, in or after what the abstract says of its own work."""

    name: str
    own_since: int
    proposed: int
    """Index of the last sentence that proposes something: what fails after it is the paper's."""
    attacks: bool
    """Whether the paper is about attacks: what collapses is then its success."""


def _parts(dossier: Dossier) -> Iterator[tuple[Part, str, float]]:
    """Yield the part, the passage and the position of each sentence that plays a part."""
    passages = sentences(dossier.paper.abstract)
    plain = [readable(passage) for passage in passages]
    own = [i for i, p in enumerate(plain) if _OWN_WORK.search(p) or _WE.search(p)]
    proposing = [i for i, p in enumerate(plain) if _PROPOSES.search(p)]
    place = _Place(
        dossier.name,
        own_since=own[0] if own else 0,
        proposed=proposing[-1] if proposing else -1,
        attacks=bool(_ATTACK.search(f"{dossier.title} {' '.join(plain)}")),
    )
    last = max(len(passages) - 1, 1)
    for index, passage in enumerate(passages):
        if part := _part_of(plain[index], index, index / last, place):
            yield part, passage, index / last


def _part_of(plain: str, index: int, position: float, place: _Place) -> Part | None:
    own = bool(_WE.search(plain)) or (bool(place.name) and place.name.lower() in plain.lower())
    if _ENUMERATION.search(plain) or _EMPTY.search(plain):
        return None
    if _GIVES.search(plain) and (own or position > _LATE):
        return None if _PROMISE.search(plain) else Part.RELEASE
    of_others = not own and index < place.own_since + 2 and _OTHERS.search(plain)
    if index < place.own_since or of_others:
        return Part.PROBLEM if _GAP.search(plain) and not own else None
    if position > _LATE and _is_question(plain):
        return Part.QUESTION
    return _part_of_own_work(plain, index, place, own=own)


def _is_question(plain: str) -> bool:
    found = _OPEN.search(plain)
    if found is None or _POINTS_OUT.search(plain[: found.start()]):
        return False
    return not _SOLVES.search(plain[: found.start()])


def _part_of_own_work(plain: str, index: int, place: _Place, *, own: bool) -> Part | None:
    """Return the part of a sentence about the paper's own work, the surest cue first."""
    first = index == place.own_since
    if not first and measures(plain):
        return _outcome(plain, own=own)
    if index > max(place.own_since, place.proposed) and _is_catch(plain, own=own, place=place):
        return Part.CATCH
    if _FINDS.search(plain):
        return Part.FINDING
    if _OWN_WORK.search(plain):
        return Part.IDEA
    if first or not own:
        return None
    return Part.CLAIM if _BOAST.search(plain) else Part.MECHANISM


def _outcome(plain: str, *, own: bool) -> Part | None:
    """Return what part a number plays; none where it may be the number of somebody else."""
    against = _AGAINST.search(plain)
    if _OF_BASELINE.match(plain) or (not own and _IS_REACHED.search(plain) and not against):
        return None
    if "×" in plain or against or _BASELINE.search(plain):
        return Part.RESULT
    return Part.NUMBER


def measures(plain: str) -> bool:
    """Tell whether the sentence states a measured figure: digits in names measure nothing.

    >>> measures("It gains 3.2 points."), measures("Lantern 2.0 holds 260 tasks.")
    (True, False)
    """
    text = _VERSION.sub("", plain)
    return bool(_FIGURE.search(text) and (_MEASURE.search(plain) or _AGAINST.search(plain)))


_RELEASE_NUMBER = re.compile(r"\b[A-Z][\w-]* \d+\.\d+\b|\b[A-Za-z]*[A-Z][A-Za-z]*-?\d[\w.-]*")
_SIZE = re.compile(r"\b\d+(?:\.\d+)?(?:[BMD]|p)\b|\b\d{3,4}[×x]\d{3,4}\b")
_AMONG = re.compile(r"\b(?:among|of) the \w+,")
_DIGIT = re.compile(r"(?<![\w.-])\d")


def states_number(text: str) -> bool:
    """Tell whether a reader sees a number of any sort, those in names and sizes aside.

    >>> states_number("Lantern 2.0 holds 260 tasks."), states_number("Lantern 2.0 is a 7B model.")
    (True, False)
    """
    for pattern in (_RELEASE_NUMBER, _SIZE, _AMONG):
        text = pattern.sub("", text)
    return bool(_DIGIT.search(text))


def _is_catch(plain: str, *, own: bool, place: _Place) -> bool:
    main = _CONCESSION.sub("", plain)
    if not _LIMIT.search(main) or _OWN_WORK.search(plain) or place.attacks:
        return False
    if ", in contrast," in plain or not (own or _CONDITION.match(plain)):
        return False
    return not _SUCCESS.search(main) or len(_TURN.findall(main)) > 1


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
