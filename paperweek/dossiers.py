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

from paperweek.condensing import Voice, condense, in_the_plural, without_praise
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
_THIS_WORK = (
    r"this (?:[a-z-]+ )?(?:paper|work|study|article|report|survey|review|tutorial|perspective|essay"
    r"|thesis|note|overview)"
)
_OWN_WORK = re.compile(
    rf"\b(?:we|{_THIS_WORK}|our (?:paper|work))\b(?:[^.;]|\.\d){{0,40}}?\b"
    rf"(?:{alternatives('own_work')})\b",
    re.IGNORECASE,
)
_FINDS = re.compile(
    r"^It (?:is|was) (?:also )?(?:shown|proved|proven|found|established) that\b"
    r"|\b(?:we|this (?:paper|work|study)|our (?:results|findings|analys[ie]s|experiments|study"
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
_LIMIT_OF_OTHERS = re.compile(
    r"\b(?:prior|previous|existing|conventional|traditional|baseline|standard|competing|other)\b"
    rf"[^,;]{{0,60}}\b(?:{alternatives('limit')})\b",
    re.IGNORECASE,
)
"""What fails is somebody else's work: no catch of this one."""
_FALLS_SHORT = re.compile(
    r"(?:However, |But |Yet )?(?:[Ii]t|[Ww]e|[Oo]ur (?:\w+ )?\w+"
    r"|[Tt]he (?:proposed )?(?:method|approach|model|system|framework|algorithm))"
    r" (?:still |also |often |currently )?(?:fails? (?:when|where|on|in|at|for|if|to)\b"
    r"|struggles? (?:when|with|on|in|to)\b|breaks? down|cannot handle|requires? a known"
    r"|do(?:es)? not (?:yet )?(?:handle|support|cover|extend|generali[sz]e)"
    r"|did not test|have not tested|is (?:still )?limited to)"
)
_LABEL = re.compile(r"^(?:\w+ )?[Ll]imitations?: +|^LIMITATIONS?:? +")
_HIDDEN_END = re.compile(
    r"(?<=[.!?;:]) (?=[*•‣▪●] +[A-Z])|(?<=[a-z] \d\.) (?=[A-Z][a-z]+ )|(?<= no\.) (?=[A-Z])"
)
"""Where a sentence ends unseen: `for Lean 4. We …`, `* We … * It …`, `In short: no. We …`."""
_IS_REACHED = re.compile(r"\b(?:achiev\w*|gives?|needs?|reach\w*|scores?|obtains?|attain\w*)\b")
_AGAINST = re.compile(
    r"\d\S* .{0,80}\b(?:compared (?:with|to)|against|versus|vs|whereas|up from|down from)\b"
)
_OF_BASELINE = re.compile(r"(?:The |A |All )?(?:[\w-]+ ){0,2}baselines?\b", re.IGNORECASE)
_NUMBER_WORD = r"(?:two|three|four|five|six|seven|eight|nine|ten|several|multiple|[2-9])"
_COUNTED_THING = (
    r"(?:components?|modules?|stages|steps|phases|parts|designs|aspects|axes|dimensions|strategies"
    r"|techniques|innovations|contributions|principles|perspectives|challenges|gaps|limitations"
    r"|issues|insights|observations|findings|factors|pillars|mechanisms|directions|questions"
    r"|improvements|ideas|criteria|capabilities)"
)
_ANNOUNCES = re.compile(
    rf"\b(?:introduc|propos|present|identif|includ|compris|contain|develop|mak|offer|adopt|featur"
    rf"|optimi[sz]|address|discuss|incorporat|consists? of|based on|built on|organi[sz]ed (?:along"
    rf"|around)|along|in|on|from|across)\w* (?:[\w-]+ ){{0,2}}?{_NUMBER_WORD} (?:[\w-]+ ){{0,3}}?"
    rf"{_COUNTED_THING}\b(?! (?:that|which|where|of|to|for|from|in)\b)"
    r"(?![^.]*(?::|—|–| - | \((?:i|1|a)\)| \([^()]*,|namely|such as|including))",
    re.IGNORECASE,
)
"""`It rests on three components.`: the list comes in sentences that the reader does not see."""
_TRIES_ITSELF = re.compile(
    r"^(?:\w+, |To [^,]{3,90}, )?(?:[Ww]e|[Tt]his (?:paper|work|study))"
    r" (?:\w+ly |also |further |then )?"
    r"(?:evaluat|validat|test|assess|benchmark|conduct|perform|carry out|run|demonstrate the)\w*\b"
)
_ITSELF = re.compile(
    r"\b(?:our|its|the proposed|experiments?|evaluations?|studies|ablations?|effectiveness"
    r"|simulations?)\b"
)
_SAYS_WHAT = re.compile(
    r"\b(?:that|show\w*|find\w*|found|achiev\w*|outperform\w*|improv\w*|reveal\w*|observ\w*|reduc\w*"
    r"|surpass\w*|confirm\w*|superior|better|competitive)\b"
)
_ONLY_EFFECTIVE = re.compile(
    r"\b(?:demonstrat|show|validat|verif|confirm|prov|support|establish)\w* the (?:\w+ )?"
    r"(?:effectiveness|efficacy|superiority|efficiency|potential|validity|usefulness|utility|promise|feasibility"
    r"|advantages?|benefits?|theory)\b",
    re.IGNORECASE,
)
"""`Experiments demonstrate the effectiveness of NAME.`: of what, and how much, is not said."""
_ONLY_NAMED = re.compile(
    r"\b(?:propos|introduc|present|develop)\w* (?:the )?[A-Z“][^,;:]{0,90}(?: \([^()]*\))?\.?$"
)
"""`We propose Long Name (LN).`: it says how a thing is called and not what it is."""
_IS_BARE = re.compile(
    r" is an? (?:new|novel) (?:[\w-]+ )?(?:paradigm|framework|approach|method|system)"
    r" for [^,;]{3,60}\.$"
    r"|\b(?:advances|extends|builds on) (?:the authors?’|its|their) (?:prior|previous|earlier)"
    r" [^,;]*\.$"
)
"""It says that something is new, or newer than before, and not what it is."""
_LISTS_QUESTIONS = re.compile(
    r"\b(?:discuss|articulat|formulat|pos|outline|highlight|identif|summari[sz]e|survey|review|present|conclude|point)\w*\b"
    r".{0,80}?\b(?:challenges?|problems?|questions?|issues|directions?|opportunities)\b(?P<rest>.*)$"
)
_LEAVES = re.compile(r"\bleav(?:e|es|ing)\b[^.;]{0,80}\b(?:to|for|as) future\b", re.IGNORECASE)
_NAMES_ONE = re.compile(
    r":|—|\b(?:including|such as|like|notably|namely|particularly)\b|\bin [^,]+(?:, [^,]+)*,? and "
)
_HANDED_OVER = re.compile(
    r"\b(?:codes?|data|datasets?|models?|weights|checkpoints?|benchmarks?|implementations?|software"
    r"|toolkits?|librar(?:y|ies)|package|project|demo|resources|materials|artifacts?|corpus|corpora"
    r"|annotations|recordings|prompts|scripts|everything)\b(?: \([^()]*\))?"
    r"(?:,? [\w-]+){0,6}? (?:is|are|has been|have been|was|were)"
    r"(?: made| now| all| fully| publicly| openly| freely){0,3} (?:available|released|open-sourced"
    r"|shared|public)\b",
    re.IGNORECASE,
)
_IF_IT_WERE = re.compile(
    r"\b(?:when|where|if|once|unless|while|although|because|that|no|than)\b[^,;]*$", re.IGNORECASE
)
"""`When few data are available` releases nothing."""
_GIVES_OPENLY = re.compile(
    r"\b[Ww]e (?:also )?(?:make|made) [^.;]{3,80} (?:publicly |openly |freely )?available\b|"
    r"\b[Ww]e (?:also )?(?:provide|present|introduce|share)\b[^.;]{0,60}, an? (?:\w+ )?"
    r"open-(?:weight|source|data)\b"
)
_ATTACK = re.compile(
    r"\b(?:attack\w*|jailbreak\w*|backdoor\w*|adversar\w+|poison\w*|sign flips?|hijack\w*)\b",
    re.IGNORECASE,
)
_POINTS_OUT = re.compile(
    r"\b(?:setting|laying|pointing|outlining|highlighting|establishing) .{0,60}$"
)
_SOLVES = re.compile(
    r"\b(?:solv\w+|address\w*|tackl\w+|resolv\w+|answer\w*|evaluated on) (?:\w+ ){0,3}$",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"github|gitlab|huggingface\.co|hugging face|\bcodes? (?:and \w+ )?(?:is|are|will be)\b"
    r"|open-?sourced?",
    re.IGNORECASE,
)
_SETS_OUT = re.compile(
    r"\b[Ww]e (?:\w+ly )?(?:train|test|crawl|collect|attempt|replicat|reproduc|simulat|annotat"
    r"|record|adapt|extend|combin|fine-tun|scal|giv|gave|report)\w*\b"
)
"""How a paper begins to speak of its work where it proposes nothing."""
_PROPOSES = re.compile(
    rf"\b(?:[Ww]e|[Tt]his (?:paper|work|study))\b[^.;]{{0,40}}?\b(?:{alternatives('making')})s?\b"
)
_GAP, _MEASURE, _BASELINE, _LIMIT = cue("gap"), cue("measure"), cue("baseline"), cue("limit")
_SUCCESS, _TURN, _GIVES, _OPEN = cue("success"), cue("turn"), cue("giving"), cue("open")
_PROMISE = cue("promise")
_EMPTY, _STATUS, _BOAST = cue("empty"), cue("status"), cue("no_technique")
_TEAM = re.compile(rf"\b(?:{alternatives('team')})\b")
_PLAIN_TITLE = re.compile(r"[\w ,:;.?!'’()/&+-]{3,200}")
_DEFINITION = re.compile(
    r"(?P<words>(?:\b[\w’'-]{1,40} ){1,8})\((?P<acronym>[A-Z][A-Za-z]{1,6})\)"
    r"(?: (?P<noun>models?|agents?|systems?)\b)?"
)
_SMALL_WORDS = frozenset(
    {"and", "of", "for", "the", "in", "with", "to", "on", "by", "as", "from", "a"}
)
_AS_A_NOUN = re.compile(
    r"\s*(?:[.,;:)]|$|(?:to|for|in|of|on|with|that|and|or|is|are|by|from|as|at|can|may|has)\b)"
)
_CAPITALS = re.compile(r"\(([A-Z]{3,6})s?\)")
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
        if len(set(surnames)) < len(surnames):  # Kim and Kim
            return " and ".join(authors)
        return " and ".join([first, *surnames[1:]])

    @cached_property
    def has_code(self) -> bool:
        """Whether code is linked, or the abstract says where it is or will be."""
        return bool(self.paper.code or _CODE.search(self.paper.abstract))

    @cached_property
    def voice(self) -> Voice:
        """Who says `we` in this abstract."""
        people = self.people if not self.name else ""
        several = len(self.paper.authors) != 1 or not self.people  # a team may sign as one
        return Voice(
            self.name,
            people or f"the author{'s' * several} of {self.who}",
            several=several,
        )

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """What the abstract says that can be said in a report, in the abstract's order."""
        found: list[Statement] = []
        for part, passage, position in _parts(self):
            plain = self.spelled_out(readable(passage))
            if self._puzzles(plain):
                continue
            limit = 44 if part in {Part.IDEA, Part.RESULT} else 38
            text = condense(plain, self.voice, limit=limit)
            if (
                text
                and not _IS_BARE.search(text)
                and (part is not Part.QUESTION or _leaves_open(text))
            ):
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
                if _abbreviates(acronym, long) and acronym not in _EVERYDAY:
                    found.setdefault(acronym, _inside_a_sentence(long))
                    if long.count("-") > 1:  # Vision-Language-Action is no thing, its model is
                        self._nouns[acronym] = (definition["noun"] or "").removesuffix("s")
        return found

    @cached_property
    def _nouns(self) -> dict[str, str]:
        """Acronym to the noun that its definition needs: VLA is a model in `(VLA) models`."""
        return {}

    def _puzzles(self, plain: str) -> bool:
        """Tell whether the sentence uses an acronym that only another sentence defines."""
        defined = set(_CAPITALS.findall(readable(self.paper.abstract))) - _EVERYDAY
        return any(
            acronym not in self.name
            and acronym not in self.title
            and f"({acronym}" not in plain
            and re.search(rf"(?<![\w-]){acronym}s?(?![\w-])", plain)
            for acronym in defined
        )

    def spelled_out(self, plain: str, before: str = "") -> str:
        """Return the sentence with the abstract's own acronyms spelled out, once each.

        A reader meets the sentence without the one that defined them, unless it stands `before`.
        """
        for acronym, long in self._long_forms.items():
            known = f"{before} {plain}"
            if acronym == self.name or f"({acronym}" in known or long.lower() in known.lower():
                continue
            noun = self._nouns.get(acronym, "")
            written = re.compile(rf"(?<![\w-]){re.escape(acronym)}(?P<plural>s?)(?![\w-])")
            spelled = []
            end = 0
            for found in written.finditer(plain):
                stands_alone = noun and _AS_A_NOUN.match(plain, found.end())
                full = f"{long} {noun}" if stands_alone else long
                spelled += [plain[end : found.start()], _numbered(full, bool(found["plural"]))]
                end = found.end()
            plain = "".join((*spelled, plain[end:]))
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


def _abbreviates(acronym: str, long: str) -> bool:
    """Tell whether the acronym is made of the long form's initials.

    Small words may be left out, and letters inside a word may be in: SAE, sparse autoencoder.
    """
    words = [word.lower() for word in re.split(r"[\s-]+", long) if word]
    telling = [word for word in words if word not in _SMALL_WORDS]
    letters = acronym.lower()
    if not words or words[0][0] != letters[0]:
        return False
    if letters in {"".join(word[0] for word in chosen) for chosen in (words, telling)}:
        return True
    inside = iter(" ".join(telling))
    at_starts = iter(letters)
    return (
        len(telling) > 1
        and all(letter in inside for letter in letters)
        and all(word[0] in at_starts for word in telling)
    )


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
    passages = _passages(dossier.paper.abstract)
    plain = [in_the_plural(readable(passage)) for passage in passages]
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


def _passages(abstract: str) -> list[str]:
    """Return the abstract's sentences, also those that only a reader would tell apart."""
    pieces = [
        piece.strip() for sentence in sentences(abstract) for piece in _HIDDEN_END.split(sentence)
    ]
    return [piece for piece in pieces if piece]


def _says_nothing(plain: str, index: int, place: _Place) -> bool:
    """Tell whether the sentence only announces, names or tries what others tell of."""
    if (
        _EMPTY.search(plain)
        or _ANNOUNCES.search(without_praise(plain))
        or _ONLY_NAMED.search(plain)
    ):
        return True
    if _ONLY_EFFECTIVE.search(plain) and not measures(plain):
        return True
    if not _TRIES_ITSELF.match(plain) or _SAYS_WHAT.search(plain) or measures(plain):
        return False
    proposed_before = 0 <= place.proposed < index  # then it is tried, and what came out is not said
    return bool(proposed_before or _ITSELF.search(plain) or (place.name and place.name in plain))


def _releases(plain: str) -> bool:
    if _GIVES.search(plain) or _GIVES_OPENLY.search(plain):
        return True
    found = _HANDED_OVER.search(plain)
    return bool(found and not _IF_IT_WERE.search(plain[: found.start()]))


def _part_of(plain: str, index: int, position: float, place: _Place) -> Part | None:
    own = bool(_WE.search(plain)) or (bool(place.name) and place.name.lower() in plain.lower())
    if _ENUMERATION.search(plain) or _says_nothing(plain, index, place):
        return None
    if _PROMISE.search(plain):
        return None
    if _releases(plain) and (own or position > _LATE):
        return Part.RELEASE
    is_result = index > place.own_since and measures(plain)
    of_others = not own and not is_result and index < place.own_since + 2 and _OTHERS.search(plain)
    if index < place.own_since or of_others:
        return Part.PROBLEM if _GAP.search(plain) and not own else None
    if position > _LATE and _is_question(plain):
        return Part.QUESTION
    return _part_of_own_work(plain, index, place, own=own)


def _leaves_open(text: str) -> bool:
    """Tell whether the question is still there: it may have stood in a clause that was cut."""
    return bool(_OPEN.search(text) or _LEAVES.search(text))


def _is_question(plain: str) -> bool:
    found = _OPEN.search(plain) or _LEAVES.search(plain)
    if found is None or _POINTS_OUT.search(plain[: found.start()]):
        return False
    if (listed := _LISTS_QUESTIONS.search(plain)) and not _NAMES_ONE.search(listed["rest"]):
        return False
    return not _SOLVES.search(plain[: found.start()])


def _part_of_own_work(plain: str, index: int, place: _Place, *, own: bool) -> Part | None:
    """Return the part of a sentence about the paper's own work, the surest cue first."""
    first = index == place.own_since
    if not first and _fails_itself(plain, place):
        return Part.CATCH
    if not first and measures(plain):
        return _outcome(plain, own=own)
    if index > max(place.own_since, place.proposed) and _is_catch(plain, own=own, place=place):
        return Part.CATCH
    return _told_in_words(plain, first=first, own=own)


def _told_in_words(plain: str, *, first: bool, own: bool) -> Part | None:
    """Return the part of a sentence that states no number and no limit."""
    if _FINDS.search(plain):
        return Part.FINDING
    if _OWN_WORK.search(plain):
        return Part.IDEA
    if first and _SETS_OUT.search(plain):
        return Part.IDEA
    if first or not own:
        return None
    if _BOAST.search(plain) and (_SAYS_WHAT.search(plain) or _SUCCESS.search(plain)):
        return Part.CLAIM
    return Part.MECHANISM


def _fails_itself(plain: str, place: _Place) -> bool:
    """Tell whether the main clause says that the paper's own work does not do something."""
    main = _LABEL.sub("", _CONCESSION.sub("", plain))
    if place.name and main.startswith(f"{place.name} "):
        main = f"It{main.removeprefix(place.name)}"
    return bool(_FALLS_SHORT.match(main)) and not place.attacks


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
    return bool(
        _FIGURE.search(text)
        and (_MEASURE.search(plain) or _AGAINST.search(plain) or _ONLY.search(plain))
    )


_ONLY = re.compile(r"\bonly (?:\d[\d.,]*\s?%|\d+ (?:of|in)\b|one in \w+)")
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
    if _LIMIT_OF_OTHERS.search(main):
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
