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
    r"(?P<verb>show|demonstrate|reveal|indicate|confirm|suggest|validate|verify|find|establish)"
    r"(?:s|ed)? that ",
    re.IGNORECASE,
)
"""`Extensive experiments on X show that …`: the rest is the claim, X its place."""

_HEDGING = frozenset({"suggest", "indicate"})
"""Verbs of a result that is less than a claim: they stay."""

_IT_IS_SHOWN = re.compile(
    r"^It (?:is|was|has been) (?:also |further |then )?(?:shown|proved|proven|demonstrated|found"
    r"|established) that ",
)
_ONE_SPEAKS = re.compile(
    r"(?:^|(?<=[,;:] )|(?<=\bthat )|(?<=\band )|(?<=\bbut )|(?<=\bwhen )|(?<=\bif )|(?<=\bas ))"
    r"I (?=[a-z])"
    rf"|(?<=[a-z] )I (?=(?:\w+ly |also |then )?(?:{alternatives('making')}"
    rf"|{alternatives('own_work')}|{alternatives('finding')})\b)"
)
"""`I` as a person: `type I errors` are none."""
_BULLET = re.compile(r"^(?:[*•‣▪●–—-]|\(?\d\)|\d\.) +(?=\S)")

_LABEL = re.compile(
    r"^(?:BACKGROUND|METHODS?|RESULTS?|CONCLUSIONS?|OBJECTIVES?|MOTIVATION|PURPOSE|FINDINGS)"
    r"\s?[:.-] ?"
    r"|^(?:Key |Main |Materials and |Study )?(?:Background|Introduction|Context|Motivation|Problem"
    r"|Aims?|Goals?|Objectives?|Purpose|Design|Methods?|Methodology|Approach|Data|Setting|Evaluation"
    r"|Results?|Findings?|Discussion|Conclusions?|Implications?|Limitations?|Contributions?"
    r"|Significance|Novelty|Availability)(?: and [a-z]+)?: +",
)
"""The headings of a structured abstract."""

_THIS_PAPER = re.compile(
    r"^(?:This|The present) (?:[a-z-]+ )?(?:paper|work|study|article|report|survey|review|tutorial"
    r"|perspective|essay|thesis|note|overview)"
    r" (?:also |further |then |first )?(?P<verb>[a-z]+s) "
)
_SINGULAR_VERBS = "|".join(
    f"{verb}s" if not verb.endswith("s") else verb
    for verb in f"{alternatives('making')}|{alternatives('own_work')}|show|find|evaluate".split("|")
    if verb.isalpha()
)
_HAS_A_CLAUSE = re.compile(r"\b(?:that|which|who|how|when|where|whether|what|why)\b")
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
    r"|\bthe literature\b(?! (?:on|of|about|in|for)\b)"
    r"|\b(?:do|does|doing|did) so\b"
    r"|\b(?:prevent|solve|address|fix|avoid|explain|eliminate|detect|mitigate|remedy)s? (?:it|them)"
    r"(?=[;,.]|$)"
    r"|\bsuch an? \b|\bsuch [a-z]+s\b(?! as)"
    r"|\b(?:all|both) (?:(?:two|three|four|five) )?(?:gaps|issues|challenges|problems|axes"
    r"|limitations|dimensions|aspects|criteria|components|stages|phases|capabilities)\b"
    r"|\bboth(?=[,.;]|$)"
    r"|\bthe (?:former|latter|aforementioned|said|above)\b|\bas (?:described|mentioned) above\b",
    re.IGNORECASE,
)
"""Words that point at a sentence which the reader does not see."""

_UNREADABLE = re.compile(
    r"this https URL|\b\w+\.(?:ai|com|org|io|net|dev)\b|https?:|www\."
    r"|\w_\w|=\[|[\\{}^]|\$[A-Za-z]|\?\?|\[\d|#\d"
    r"|(?<!\S)~[A-Za-z]|[\U0001D400-\U0001D7FF]|\b(?:log|exp)[a-z]\b|(?<=[.;:]) [*•‣▪●] "
)
_HOMEPAGE = re.compile(
    r",? (?:at|on|via|from|in|through) (?:the|our|its) (?:[\w-]+ )?(?:home ?page|web ?site"
    r"|web ?page|project page|repository|repo|link)\b"
    r"|,? (?:at|on|via|from) (?:[A-Z][\w-]* )+(?:Homepage|Website|Page)\b"
)
"""Where it lies: the sentence's link leads to the abstract, which has the address."""
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
_BOAST = re.compile(
    r", (?:(?:thereby |thus |and )?(?:making a (?:significant|substantial|major|valuable)"
    r" contribution|setting (?:a new|new)|establishing (?:a new|new)|paving the way"
    r"|opening (?:up )?(?:new|the door)"
    r"|marking an? (?:important|significant|major|crucial)|laying (?:a|the) (?:\w+ )?(?:foundation"
    r"|groundwork)|(?:highlight|underscor|demonstrat|showcas|emphasi[sz]|prov|confirm|validat)ing"
    r" (?:its|their|the) (?:\w+ )?(?:effectiveness|potential|superiority|promise|value|importance"
    r"|practicality|usefulness|benefits?|utility|versatility|robustness|feasibility|viability|need)"
    r"|offering (?:a promising|valuable|new|practical)|providing (?:valuable|new|actionable)"
    r"|representing a (?:significant|major)|fundamentally altering))\b[^,;:()]*$"
)
"""A last clause of praise: it is cut wherever it stands, for it claims nothing of its own."""
_SELF_ANNOUNCED = re.compile(
    r", (?:advancing|extending|improving (?:on|upon)) [^,;:]{3,60} (?:along|in|across|on) "
    r"(?:two|three|four|five|six|several) (?:\w+ )?(?:axes|aspects|dimensions|directions|ways)$"
)
"""A last clause that announces a list which the reader does not get."""
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
    rf",? and (?:further |then |also )?(?!open-source (?!(?:the|our|all|its|both)\b))"
    r"(?!(?:design|use|test|train|study) (?:\w+ )?(?:models?|tools?|cases|sets?|splits?|data)\b)"
    rf"(?:{_MAKING}|adopt|show|use|evaluate|demonstrate|conduct"
    r"|find|apply|provide|study|analy[sz]e|perform|validate|train|test|compare|explore|report) "
)
"""A verb that still belongs to `we`, after the apposition has become a sentence of its own."""

_HOW_WE_DO_IT = re.compile(r", (?:by|through|via) (?:\w+ly )?\w+ing\b")
"""It goes with the verb of proposing: `NAME is a guard, by teaching …` is no English."""

_WE_OR_OUR = re.compile(r"\b(?:[Ww]e(?!-)|[Oo]ur)\b")

_WORD_LIMIT = 38
"""Words of a condensed sentence; readers complain of 45."""

_SHORTEST = 6

_FRAGMENT = re.compile(r"^To [a-z]+ [^,]*[^,.]\.?$")
"""`Objective: To assess whether …`: a purpose without a main clause."""


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
    text = _this_paper_as_we(_bare(sentence))
    text = _HERE_AT.sub("", text) if "https URL" in text else text
    if _ADDRESS_INSIDE.search(text):
        return None
    if _UNREADABLE.search(_LINKED.sub("", text)):
        return None
    text = _LINKED.sub("", text) if "://" in text or "www." in text else text
    text = _HOMEPAGE.sub("", _IN_THIS_PAPER.sub("", _ASIDE.sub("", text)))
    text = text.replace("that, however, ", "that ").replace(", however, ", ", ")
    text = _strip_openers(text)
    if _DANGLING.match(text) or _INNER_ANAPHORA.search(text) or _FRAGMENT.match(text):
        return None
    said = _third_person(text, voice)
    if said is None:
        return None
    said = _LONE_AND.sub(r"\1 ", _PRAISE.sub("", said))
    said = _finish(_shorten(said, limit))
    if not _SHORTEST <= len(said.split()) <= limit or _is_broken(said):
        return None
    return said


def _this_paper_as_we(text: str) -> str:
    """Return the sentence with `this paper` as `we`, and its verbs to match."""
    if not (found := _THIS_PAPER.match(text)):
        return text
    rest = text[found.end() :]
    second = re.match(rf"(?P<before>[^,;:]{{0,80}}?),? and (?P<verb>{_SINGULAR_VERBS})\b", rest)
    if second and not _HAS_A_CLAUSE.search(second["before"]):
        start, end = second.span("verb")
        rest = rest[:start] + _plural(second["verb"]) + rest[end:]
    return f"We {_plural(found['verb'])} {rest}"


def _bare(sentence: str) -> str:
    """Return the sentence without its bullet and its label, one author's `I` as `we`."""
    return in_the_plural(_LABEL.sub("", _BULLET.sub("", sentence.strip())))


def in_the_plural(sentence: str) -> str:
    """Return the sentence with one author's `I` and `my` as `we` and `our`.

    >>> in_the_plural("Here I argue that type I errors spoil my results.")
    'Here we argue that type I errors spoil our results.'
    """
    if not re.search(r"\b(?:I|[Mm]y)\b", sentence):
        return sentence
    plural = _ONE_SPEAKS.sub(lambda found: "We " if found.start() == 0 else "we ", sentence)
    plural = re.sub(r"\b([Ww])e am\b", r"\1e are", re.sub(r"\b([Ww])e was\b", r"\1e were", plural))
    return re.sub(r"\b([Mm])y\b", lambda found: "Our" if found[1] == "M" else "our", plural)


def _strip_openers(text: str) -> str:
    text = _IT_IS_SHOWN.sub("", _OPENERS.sub("", text, count=1))
    if experiments := _EXPERIMENTS.match(text):
        if experiments["verb"].lower() in _HEDGING:
            # What results only suggest must not be told as a fact.
            return re.sub(r"^(?:These|Those|The) ", "Our ", text)
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
        if _SECOND_VERB.search(apposition[1]) or _HOW_WE_DO_IT.search(apposition[1]):
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
    first = voice.authors
    if first.endswith(f" of {voice.name}") and _names_itself(text, voice.name):
        first = first.removesuffix(f" of {voice.name}")  # the name stands beside it
    later_we, later_our = ("they", "their") if voice.several else ("the author", "the author’s")

    def person(found: re.Match[str]) -> str:
        nonlocal mentions
        mentions += 1
        if found[0].lower() == "we":
            return first if mentions == 1 else later_we
        return _possessive(voice) if mentions == 1 else later_our

    text = _WE_OR_OUR.sub(person, text)
    if mentions and not voice.several:
        text = re.sub(
            rf"(?P<who>\b(?:{re.escape(first)}|the author)) (?P<adverb>\w+ly |also |do )?"
            rf"(?P<verb>[a-z]+)\b(?P<second> and (?:{_OWN_VERBS})\b)?",
            _in_the_singular,
            text,
        )
        text = _LATER_VERB.sub(
            lambda found: f"{found['joint']}{third_person_verb(found['verb'])}", text
        )
    return text


def _names_itself(text: str, name: str) -> bool:
    """Tell whether the name stands before `we`, or follows within a few words of it."""
    before = re.split(r"\b[Ww]e\b", text, maxsplit=1)[0]
    return bool(
        re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", before)
        or re.match(
            rf"^[Ww]e (?:[\w-]+ ){{1,4}}[“\"(]?{re.escape(name)}(?![\w-]*[-/][A-Z])\b", text
        )
    )


def _in_the_singular(found: re.Match[str]) -> str:
    adverb, verb, second = found["adverb"] or "", found["verb"], found["second"] or ""
    if adverb == "do ":
        return f"{found['who']} does {verb}{second}"
    if second and not _IS_PAST.search(verb):
        second = f" and {third_person_verb(second.split()[-1])}"
    return f"{found['who']} {adverb}{third_person_verb(verb)}{second}"


def _possessive(voice: Voice) -> str:
    if voice.authors == "they":
        return "their"
    if voice.authors in {"its author", "its authors"}:
        return "its"
    return "the authors’" if voice.several else "the author’s"


_OWN_VERBS = "|".join(map(alternatives, ("making", "own_work", "finding")))
_LATER_VERB = re.compile(
    rf"(?P<joint>, and (?:also |further )?)(?P<verb>(?:{_OWN_VERBS})(?<![^s]s))"
    r"(?= (?:that|how|an?|the)\b)"
)
"""`Ito extends a result, and show that`: it is still one author who shows."""
_IS_PAST = re.compile(
    r"(?<!ne)(?<!fe)(?<!proce)(?<!succe)ed$"
    r"|^(?:can|could|may|might|will|would|shall|should|must|did|had|was|were|found|built|made|saw"
    r"|ran|took|gave|chose|drew|wrote|began|led|held|taught|sought|put|set)$"
)
"""A verb that has one form for one and for several: past tenses and modal verbs."""


def third_person_verb(verb: str) -> str:
    """Return the singular form of a plural verb; past tenses and modal verbs stay.

    >>> [third_person_verb(verb) for verb in ("study", "propose", "teach", "show", "tested", "may")]
    ['studies', 'proposes', 'teaches', 'shows', 'tested', 'may']
    """
    if _IS_PAST.search(verb):
        return verb
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


def without_praise(text: str) -> str:
    """Return the sentence without a last clause that praises the work or announces a list.

    >>> without_praise("Lantern finds every page, setting a new benchmark for indices.")
    'Lantern finds every page'
    """
    return _SELF_ANNOUNCED.sub("", _BOAST.sub("", text.rstrip(". ")))


def _shorten(text: str, limit: int) -> str:
    text = without_praise(text)
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
    r"\b(?:can|could|may|will) be (?:\w+ )?(?:enhance|improve|boost|achieve|increase|reduce)\b"
    r"|\b(?:introduc|propos|present)es?,|\bit's own\b|\bby \w+ed on\b|,[a-z]{2}|\b[B-HJ-Z]\.$"
)
"""Slips of the abstract's own, and formulas that lost their setting."""

_LIST_MARK = re.compile(r": 1\. |\(\d\)|\((?:i|ii|iii|iv)\)|\b[1-3]\) ")


def _is_broken(text: str) -> bool:
    return (
        text.count("(") != text.count(")")
        or text.count("“") != text.count("”")
        or text.count('"') % 2 == 1
        or bool(_BREAK.search(text))
        or bool(_GARBLED.search(text))
        or bool(_LIST_MARK.search(text))
    )
