"""Say in the third person, and shorter, what a sentence of an abstract says. Never more.

Every rule only cuts words, or puts the authors or the paper's name where the abstract says `we`
and `our`. Where that can't be done with the sentence's meaning intact (a pronoun without its
antecedent, mathematics that can't be read aloud, a sentence that is no sentence), there is no
condensed sentence: `condense` returns None and the writer takes another one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from paperweek.cues import alternatives

_OPENERS = re.compile(
    rf"^(?:(?:{alternatives('connective')})(?:, | (?!(?:of|to|with|from|than|as)\b))"
    r"|(?:Motivated|Inspired) by (?:this|these)[^,]*, "
    r"|(?:Based|Building) (?:up)?on (?:this|these)[^,]*, "
    r"|Towards? [^,]{5,70}, "
    rf"|(?:To|In order to) (?:{alternatives('purpose')})\b[^,;]{{0,140}}(?:, | (?=we\b)))+"
)
"""What joins a sentence to the one before it, at its start."""

_EXPERIMENTS = re.compile(
    r"^(?:Our |The )?(?:[a-z-]+ ){0,4}"
    r"(?:experiments?|evaluations?|results|experimentation|analys[ie]s|studies|tests)"
    r"(?: (?P<where>(?:on|across|in|with|over|using|conducted on|from) [^,;]{3,110}?))?"
    r",? (?:consistently |further |also |clearly |empirically )?"
    r"(?:show|demonstrate|reveal|indicate|confirm|suggest|validate|verify|find|establish)"
    r"(?:s|ed)? that ",
    re.IGNORECASE,
)
"""`Extensive experiments on X show that …`: the rest is the claim, X its place."""

_LABEL = re.compile(
    r"^(?:BACKGROUND|METHODS?|RESULTS?|CONCLUSIONS?|OBJECTIVES?|MOTIVATION|PURPOSE|FINDINGS)"
    r"\s?[:.-] ?"
)
"""The headings of a structured abstract."""

_THIS_PAPER = re.compile(
    r"^(?:This|The present) (?:technical |position )?(?:paper|work|study|article|report|survey)"
    r" (?:also |further |then |first )?(?P<verb>[a-z]+s) "
)
_HERE_AT = re.compile(
    r" ?\(this https URL\)|(?:,? ?(?:at|from|via|on|in)|:)? ?(?:this https URL(?:, )?)+",
    re.IGNORECASE,
)

_DANGLING = re.compile(
    rf"^(?:{alternatives('dangling')})\b|^To [^,]{{3,90}}, (?:they|it)\b"
    r"|^(?:[\w-]+ ){1,3}(?:them|it|they|their|its)\b",
    re.IGNORECASE,
)
_INNER_ANAPHORA = re.compile(
    r"\b(?:this|these|those)\b(?! (?:paper|work|survey|report)\b)"
    r"|\bsuch an? \b|\bsuch [a-z]+s\b(?! as)"
    r"|\b(?:all|both) (?:(?:two|three|four|five) )?(?:gaps|issues|challenges|problems|axes"
    r"|limitations)\b"
    r"|\bboth(?=[,.;]|$)"
    r"|\bthe (?:former|latter|aforementioned|said|above)\b|\bas (?:described|mentioned) above\b",
    re.IGNORECASE,
)
"""Words that point at a sentence which the reader does not see."""

_UNREADABLE = re.compile(
    r"this https URL|\b\w+\.(?:ai|com|org|io|net|dev)\b|https?:|www\."
    r"|\w_\w|=\[|[\\{}^]|\$[A-Za-z]|\?\?|\[\d|#\d"
)
_LINKED = re.compile(
    r",? ?(?:which (?:is|are) )?(?:publicly |openly )?(?:available|released|found|accessed)? ?"
    r"(?:at|on|via|from|under)?:? ?\(?(?:https?://|www\.|github\.com/)[^\s)]*\)?",
    re.IGNORECASE,
)
_CONDITION = (
    r"(?:[\w-]+ )?(?:conditions?|views?|poses?|scenes?|subjects?|tasks?|class(?:es)?|objects?"
    r"|domains?|categor(?:y|ies)|settings?)\b"
)
_IN_THIS_PAPER = re.compile(r" (?:in|through) (?:this|our) (?:paper|work|study)\b,?")
_ADDRESS_INSIDE = re.compile(r"(?:https?://|www\.)\S+\s+(?!(?:and|or|\()\s*(?:https?://|www\.))\w")
"""An address in the middle of a sentence: without it the rest does not hold together."""

_ASIDE = re.compile(r" \((?:e\.g\.|i\.e\.|see|cf\.|such as|including|Fig|Sec|Table|Tab)[^()]*\)")
_PRAISE = re.compile(
    rf"(?<=\b[Aa] )(?:{alternatives('praise')}),? (?!{_CONDITION})"
    rf"|(?<=\b[Aa]n )(?:{alternatives('praise')}),? (?!{_CONDITION})"
)
"""Only where it praises one made thing: `under novel illumination` is no praise but a condition."""

_LONE_AND = re.compile(r"\b([Aa]n?|[Tt]he) and (?=[a-z])")
_AFTERTHOUGHT = re.compile(rf", (?:{alternatives('afterthought')}) [^;:]*$")
_ARTICLE = re.compile(r"\b([Aa])n? (?=([A-Za-z]))")
_OUR_THING = re.compile(
    r"\b(?:[Oo]ur|[Tt]he proposed|[Tt]he) (?:proposed |full |final |best |new )?"
    r"(?P<noun>method|approach|framework|model|system|technique|algorithm|pipeline|architecture"
    r"|benchmark|dataset|agent)\b(?! (?:of|for|that|which|size|weights|collapse|based|family))"
)
_ADVERB_OF_ORDER = re.compile(
    r"\b([Ww]e) (?:further|also|then|additionally|first|finally|next|therefore|thus|hence) "
)
_IT_AFTER_PLACE = re.compile(
    r"^((?:On|In|Across|With|Without|At|When|For|Under|Using|Compared (?:to|with)|Over)"
    r" [^,]{3,90}, )it "
)
"""The place is named and the method is not: `it` can be the paper's name and nothing else."""

_MAKING = alternatives("making")
_SECOND_VERB = re.compile(
    rf",? and (?:further |then |also )?(?:{_MAKING}|adopt|show|use|evaluate|demonstrate|conduct"
    r"|find|apply|provide|study|analy[sz]e|perform|validate|train|test|compare|explore|report) "
)
"""A verb that still belongs to `we`, after the apposition has become a sentence of its own."""

_WE_OR_OUR = re.compile(r"\b(?:[Ww]e(?!-)|[Oo]ur)\b")

_WORD_LIMIT = 38
"""Words of a condensed sentence; readers complain of 45."""

_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Voice:
    """Who a paper's `we` is, in the third person."""

    name: str
    """The paper's own name; empty where it has none."""
    authors: str
    """The people, as a sentence names them: `Jian and colleagues`, `Li and Park`, `the authors`."""
    several: bool = True
    """Whether the people are more than one, for the verb."""


def condense(sentence: str, voice: Voice, *, limit: int = _WORD_LIMIT) -> str | None:
    """Return the sentence in the third person and cut to `limit` words, or None where it can't be.

    `sentence` is readable plain text. The result is one plain sentence with its final stop.
    Numbers, names, hedges and negations of the part that stays are never touched.

    >>> people = Voice("", "Ito and Park")
    >>> condense("To address this gap, we propose a novel index that halves lookups.", people)
    'Ito and Park propose an index that halves lookups.'
    >>> condense("It also halves memory.", people) is None
    True
    """
    text = _THIS_PAPER.sub(
        lambda found: f"We {_plural(found['verb'])} ", _LABEL.sub("", sentence.strip())
    )
    text = _HERE_AT.sub("", text) if "https URL" in text else text
    if _ADDRESS_INSIDE.search(text):
        return None
    if _UNREADABLE.search(_LINKED.sub("", text)):
        return None
    text = _LINKED.sub("", text) if "://" in text or "www." in text else text
    text = _IN_THIS_PAPER.sub("", _ASIDE.sub("", text))
    text = text.replace("that, however, ", "that ").replace(", however, ", ", ")
    text = _strip_openers(text)
    if _DANGLING.match(text) or _INNER_ANAPHORA.search(text):
        return None
    said = _third_person(text, voice)
    if said is None:
        return None
    said = _LONE_AND.sub(r"\1 ", _PRAISE.sub("", said))
    said = _finish(_shorten(said, limit))
    if not _SHORTEST <= len(said.split()) <= limit or _is_broken(said):
        return None
    return said


def _strip_openers(text: str) -> str:
    text = _OPENERS.sub("", text, count=1)
    if experiments := _EXPERIMENTS.match(text):
        rest = text[experiments.end() :]
        where = experiments["where"]
        text = f"In experiments {where}, {rest}" if where and " " in where else rest
    return text


def _third_person(text: str, voice: Voice) -> str | None:
    lowered = text.lower()
    if re.search(r"\b(?:us|ours|ourselves|i|my|me|you|your)\b", lowered.replace("u.s", "")):
        return None
    making = re.match(
        rf"^[Ww]e (?:first |then |also |further |therefore |thus |hereby |formally )?(?:{_MAKING}) "
        rf"(?:and (?:{_MAKING}) )?(?P<what>.*)$",
        text,
    )
    if making and voice.name:
        what = making["what"]
        if what.strip(" .") == voice.name:
            return None
        if named := _definition(what, voice.name):
            return _people(named, voice)
    if voice.name:
        text = _OUR_THING.sub(lambda thing: _name_or_thing(thing, voice), text, count=1)
    text = _IT_AFTER_PLACE.sub(lambda found: f"{found[1]}{voice.name or 'it'} ", text)
    if not voice.name and _IT_AFTER_PLACE.match(text):
        return None
    return _people(_ADVERB_OF_ORDER.sub(r"\1 ", text), voice)


def _definition(what: str, name: str) -> str | None:  # noqa: PLR0911 - one a way of introducing
    """Return `NAME is a …` out of `NAME, a …`, where the sentence introduces the name."""
    quoted = re.escape(name)
    introduced = re.match(
        rf"^(?:the )?[“\"]?{quoted}[”\"]?(?P<long> ?\([^()]*\))?(?P<rest>.*)$", what
    )
    if not introduced and (
        spelled := re.match(
            rf"^(?:the )?(?P<full>[A-Z][^,()]{{3,80}}) \({quoted}\)(?P<rest>.*)$", what
        )
    ):
        apposed = re.match(r"^ ?(?:,|:|-|–|—)\s*((?:an?|the) .*)$", spelled["rest"])
        if apposed and not _SECOND_VERB.search(apposed[1]):
            return f"{spelled['full']} ({name}) is {apposed[1]}"
    if not introduced:
        return None
    long, rest = introduced["long"] or "", introduced["rest"]
    if apposition := re.match(r"^ ?(?:,|:|-|–|—)\s*((?:an?|the) .*)$", rest):
        if _SECOND_VERB.search(apposition[1]):
            return None
        return f"{name}{long} is {apposition[1]}"
    if relative := re.match(r"^,? (?:which|that) (?!we\b)(?P<clause>[a-z]+s\b.*)$", rest):
        return f"{name}{long} {relative['clause']}"
    if relation := re.match(r"^ (to|for) (?P<clause>[a-z].*)$", rest):
        return f"{name}{long} is meant {relation[1]} {relation['clause']}"
    return None


def _name_or_thing(thing: re.Match[str], voice: Voice) -> str:
    owner = thing[0].split()[0].lower()
    if owner == "the" and thing["noun"] in {"model", "dataset", "agent", "system", "benchmark"}:
        return thing[0]
    return voice.name


def _people(text: str, voice: Voice) -> str:
    """Put the people where the sentence says we and our; from the second mention on, a pronoun."""
    mentions = 0
    later_we, later_our = ("they", "their") if voice.several else ("the author", "the author’s")

    def person(found: re.Match[str]) -> str:
        nonlocal mentions
        mentions += 1
        if found[0].lower() == "we":
            return voice.authors if mentions == 1 else later_we
        return _possessive(voice) if mentions == 1 else later_our

    text = _WE_OR_OUR.sub(person, text)
    if mentions and not voice.several:
        text = re.sub(
            rf"^({re.escape(voice.authors)}) (\w+)\b",
            lambda found: f"{found[1]} {third_person_verb(found[2])}",
            text,
        )
    return text


def _possessive(voice: Voice) -> str:
    if voice.authors == "they":
        return "their"
    if voice.authors in {"its author", "its authors"}:
        return "its"
    return "the authors’" if voice.several else "the author’s"


def third_person_verb(verb: str) -> str:
    """Return the singular form of a plural verb in the present tense.

    >>> [third_person_verb(verb) for verb in ("study", "propose", "teach", "show")]
    ['studies', 'proposes', 'teaches', 'shows']
    """
    if verb in {"have", "are", "do"}:
        return {"have": "has", "are": "is", "do": "does"}[verb]
    if re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ies"
    if re.search(r"(?:s|sh|ch|x|z)$", verb):
        return verb + "es"
    return verb + "s"


def _plural(verb: str) -> str:
    """Return the plural form of a singular verb in the present tense.

    >>> [_plural(verb) for verb in ("studies", "proposes", "teaches", "shows")]
    ['study', 'propose', 'teach', 'show']
    """
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    return verb[:-2] if re.search(r"(?:ss|sh|ch|x|zz)es$", verb) else verb[:-1]


def _shorten(text: str, limit: int) -> str:
    text = text.rstrip(". ")
    if len(text.split()) > limit and "; " in text:
        first = text.split("; ")[0]
        if (
            ":" not in first
            and len(first.split()) >= _SHORTEST
            and first.count("(") == first.count(")")
        ):
            text = first
    if len(text.split()) > limit:
        # Only clauses that add to the claim are cut; but, while, although, unless limit it.
        text = _AFTERTHOUGHT.sub("", text)
    return text


def _finish(text: str) -> str:
    text = re.sub(r"\s+([,.;:)])", r"\1", text.strip(" ,;:—–-"))
    text = _ARTICLE.sub(lambda found: _article(found, text), text)
    text = text[0].upper() + text[1:] if text and not re.match(r"[a-z]+[A-Z]", text) else text
    return text if text.endswith((".", "?", "!")) else text + "."


def _article(found: re.Match[str], text: str) -> str:
    """Mend `a` and `an` where a word between it and its noun was cut, by spelling."""
    word = re.match(r"[A-Za-z]+", text[found.end() :])
    if not word:
        return found[0]
    return f"{found[1]}{_n_for(word[0], found[0])} "


def _n_for(word: str, given: str) -> str:
    if (
        len(word) > 1 and word.isupper()
    ):  # acronyms are spoken in more than one way: keep what the authors wrote
        return "n" if given.rstrip().lower() == "an" else ""
    word = word.lower()
    if re.match(r"(?:uni|use|usa|usu|euro|one|ubi|uti|ut)", word):
        return ""
    if re.match(r"(?:hour|honest|heir)", word):
        return "n"
    return "n" if word[0] in "aeiou" else ""


_BREAK = re.compile(
    r"\b(?:and|or|the|a|an|of|to|with|by|for|e\.g|i\.e|such as|are|is|at|on|in|via|be|from|as"
    r"|that|than)\.$|…|\.\.\.|  "
)
_GARBLED = re.compile(
    r"\b(?:introduc|propos|present)es?,|\bit's own\b|\bby \w+ed on\b|,[a-z]{2}|\b[B-HJ-Z]\.$"
)
"""Slips of the abstract's own, and formulas that lost their setting."""

_LIST_MARK = re.compile(r"\(\d\)|\((?:i|ii|iii|iv)\)|\b[1-3]\) ")


def _is_broken(text: str) -> bool:
    return (
        text.count("(") != text.count(")")
        or text.count("“") != text.count("”")
        or text.count('"') % 2 == 1
        or bool(_BREAK.search(text))
        or bool(_GARBLED.search(text))
        or bool(_LIST_MARK.search(text))
    )
