"""What moved this week, and what only seems to.

A share or a phrase that differs from the weeks before is a *movement* only where chance is a poor
explanation. So that looking at many topics and phrases does not produce movements by itself, the
false discovery rate is held over all of them together.

Sources: R. A. Fisher's exact test for a two by two table; Y. Benjamini and Y. Hochberg,
"Controlling the False Discovery Rate", Journal of the Royal Statistical Society B 57 (1995).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, lgamma
from typing import Literal

from paperweek.model import Paper

FALSE_DISCOVERY_RATE = 0.10
"""At most this part of the movements that are called so may be chance, on average."""
FEWEST_PAPERS = 8
"""Fewer papers than this, this week, make no movement."""
FEWEST_TO_KEEP = 2
"""A phrase in fewer papers is not kept; see `most_before`."""

_PIECE = re.compile(r"[^\s.,;:!?()\[\]{}\"“”‘’`|<>=$\\/]+|[^\s]")
_WORD = re.compile(r"[a-z0-9][a-z0-9+.'’]*[a-z0-9+]|[a-z]")
_HYPHENS = str.maketrans(dict.fromkeys("-‐‑‒–—_", " "))
_LONGEST = 3
_COMPOUND = re.compile(
    r"\b(?:real world|real time|large scale|small scale|fine grained|open source|end to end"
    r"|high quality|state of the art|high fidelity|in the wild|ground truth|trade offs?"
    r"|cutting edge|plug and play|large language models?|foundation models?|base models?"
    r"|frontier models?)\b"
)
"""What says nothing whole and falls apart into half phrases ("world data")."""
_NO_PLURAL = ("ss", "us", "is", "ics", "ous", "series")
_SAME_PAPERS = 0.75
"""A phrase inside a longer one that has this part of its papers says nothing of its own."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A topic or a phrase that takes another share of the listed papers than before."""

    kind: Literal["topic", "phrase"]
    key: str
    """The topic's key, or the phrase."""
    now: int
    """New listed papers of this week that have it."""
    before: int
    """Listed papers of the earlier weeks that had it; of a phrase, at most this many."""
    listed: int
    """New listed papers of this week."""
    earlier: int
    """Listed papers of the earlier weeks."""
    probability: float
    """How often chance alone gives a difference at least as large (p value), 0 to 1."""

    @property
    def rises(self) -> bool:
        """Whether its share is larger than before."""
        return self.now * self.earlier > self.before * self.listed


def movements(statistics: Mapping[str, float]) -> tuple[Movement, ...]:
    """Return what moved, the least likely to be chance first; empty where nothing did.

    `statistics` are those of `paperweek.statistics`. Topics may rise or fall, phrases only rise.
    Each is tested by Fisher's exact test on this week's new listed papers against those of the
    earlier weeks; of all tests together the Benjamini-Hochberg procedure keeps those that hold
    `FALSE_DISCOVERY_RATE`; and of these only what has `FEWEST_PAPERS` this week counts. Empty
    where there are no earlier weeks.
    """
    listed, earlier = int(statistics["listed_new"]), int(statistics["earlier_listed"])
    if not listed or not earlier:
        return ()
    tested = sorted(
        _tested(statistics, listed, earlier), key=lambda m: (m.probability, m.kind, m.key)
    )
    moved = [m for m in _discoveries(tested) if m.now >= FEWEST_PAPERS]
    return tuple(m for m in moved if not any(_is_part_of(m, other) for other in moved))


def phrases_of(papers: Iterable[Paper]) -> dict[str, int]:
    """Return the phrases of two or three words and how many of the papers use each.

    Taken from titles and abstracts, in lower case, hyphens as blanks, the last word in the
    singular. Phrases of function words and of what every abstract says ("extensive experiments")
    are left out, and so are those in fewer than `FEWEST_TO_KEEP` papers. Sorted by phrase.
    """
    counts: Counter[str] = Counter()
    for paper in papers:
        counts.update(_phrases(f"{paper.title} . {paper.abstract}"))
    return {phrase: n for phrase, n in sorted(counts.items()) if n >= FEWEST_TO_KEEP}


def most_before(phrase: str, weeks: Sequence[Mapping[str, int]]) -> int:
    """Return the largest number of papers that can have used the phrase in the earlier weeks.

    `weeks` are what `phrases_of` kept of each. A phrase that was not kept may have been in one
    paper less than is kept: assuming so makes fewer phrases look new, never more.
    """
    return sum(week.get(phrase, FEWEST_TO_KEEP - 1) for week in weeks)


def _tested(statistics: Mapping[str, float], listed: int, earlier: int) -> Iterator[Movement]:
    kinds: tuple[Literal["topic", "phrase"], ...] = ("topic", "phrase")
    for kind in kinds:
        for name, number in statistics.items():
            if not name.startswith(f"{kind}:"):
                continue
            key, now = name.removeprefix(f"{kind}:"), int(number)
            before = min(int(statistics.get(f"earlier_{name}", 0)), earlier)
            # With so few papers in all there is nothing to find; not to test them costs no
            # discovery, and which ones these are does not depend on the week they fall in.
            if now + before < FEWEST_PAPERS:
                continue
            rising, falling = _tails(now, listed, before, earlier)
            chance = rising if kind == "phrase" else min(1.0, 2 * min(rising, falling))
            yield Movement(kind, key, now, before, listed, earlier, chance)


def _tails(now: int, listed: int, before: int, earlier: int) -> tuple[float, float]:
    """Return the chances of `now` or more, and of `now` or fewer, given all that have it."""
    having, everybody = now + before, listed + earlier
    at = {
        n: exp(
            _log_choose(listed, n)
            + _log_choose(earlier, having - n)
            - _log_choose(everybody, having)
        )
        for n in range(max(0, having - earlier), min(having, listed) + 1)
    }
    rising = sum(chance for n, chance in at.items() if n >= now)
    falling = sum(chance for n, chance in at.items() if n <= now)
    return min(1.0, rising), min(1.0, falling)


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _discoveries(tested: Sequence[Movement]) -> Sequence[Movement]:
    last = 0
    for place, movement in enumerate(tested, start=1):
        if movement.probability <= FALSE_DISCOVERY_RATE * place / len(tested):
            last = place
    return tested[:last]


def _is_part_of(movement: Movement, other: Movement) -> bool:
    return (
        movement.kind == other.kind == "phrase"
        and movement.key != other.key
        and f" {movement.key} " in f" {other.key} "
        and other.now >= _SAME_PAPERS * movement.now
    )


def _phrases(text: str) -> set[str]:
    found: set[str] = set()
    for run in _runs(_COMPOUND.sub("|", text.lower().translate(_HYPHENS))):
        for size in range(2, _LONGEST + 1):
            for start in range(len(run) - size + 1):
                words = run[start : start + size]
                if _says_something(words):
                    found.add(" ".join((*words[:-1], _singular(words[-1]))))
    return found - _NOTHING


def _runs(text: str) -> Iterator[list[str]]:
    """Cut the text into runs of words that no punctuation interrupts."""
    run: list[str] = []
    for piece in _PIECE.findall(text):
        if _WORD.fullmatch(piece):
            run.append(piece)
        else:
            yield run
            run = []
    yield run


def _says_something(words: Sequence[str]) -> bool:
    first, *inner, last = words
    return (
        (first not in _FUNCTION_WORDS or (first, *inner[:1]) in _OPENINGS)
        and last not in _FUNCTION_WORDS
        and _BOILERPLATE.isdisjoint(words)
        and not first[0].isdigit()
        and not last.replace(".", "").isdigit()
        and all(word not in _FUNCTION_WORDS or word in _JOINTS for word in inner)
        and all(one != other for one, other in pairwise(words))
    )


def _singular(word: str) -> str:
    if len(word) <= 3 or not word.endswith("s") or word.endswith(_NO_PLURAL):  # noqa: PLR2004
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]


_OPENINGS = frozenset({("on", "policy"), ("off", "policy"), ("in", "context"), ("one", "step")})

_NOTHING = frozenset({"language model"})
"""Phrases of most papers, whose parts may well stand in a phrase that says something."""

_JOINTS = frozenset({"of", "to", "in", "as", "a", "the"})
"""What may stand inside a phrase: chain of thought, mixture of experts, model as a judge."""

_FUNCTION_TEXT = """
    a about above across after again against all allow allowing allows almost along already also
    although always am among an and another any are around as aside at away back be became
    because become becomes been before being below beneath between beyond both but by can cannot
    could despite did do does doing done down due during each either else enable enabled enables
    enabling especially etc even ever every first five for four from full fully further
    furthermore get give given gives giving had has have having he hence her here highly him how
    however i if in including indeed instead into is it its itself just less lets like likely
    made mainly make makes making many may might more moreover most much must namely near nearly
    need needs neither never nevertheless next no nor not notably now of off often on once one
    only onto or other others our ours out over own per perhaps quite rather really same second
    several shall she should since six so some still such ten than that the their them
    themselves then there thereby therefore these they third this those though three through
    throughout thus to together too toward towards two under unless unlike until up upon us use
    used uses using usually various very via was way ways we well were what whatever when where
    whereas whether which while who whole whom whose why wide widely will with within without
    would yet you your
"""
_FUNCTION_WORDS = frozenset(_FUNCTION_TEXT.split())

_BOILERPLATE_TEXT = """
    ablation ablations absolute academic accuracy accurate achieve achieved achieves achieving
    additional additionally address addressed addresses addressing adopt adopted advance
    advanced advancement advancements advances advantage advantages aim aims analyses analysis
    analyze analyzing applicability application applications applied apply applying approach
    approaches approximately art aspect aspects available average avoid balance based baseline
    baselines basis benchmark benchmarks benefit benefits better bottleneck bottlenecks bridge
    bridges bridging broad broader build building built capabilities capability capable capture
    captures capturing carefully case cases central challenge challenges challenging clear
    clearly codebase codes com combine combined combines combining common commonly comparable
    compare compared comparing comparison competitive complementary complete complex complexity
    component components comprehensive comprehensively comprising computational conduct
    conducted consider consistent consistently consists construct constructed contain contains
    contribute contribution contributions core corresponding cost costs critical crucial current
    currently dataset datasets day days degradation demand demands demonstrate demonstrated
    demonstrates demonstrating demonstration dependent deploy deployed derive derived design
    designed designing designs detail detailed details develop developed developing development
    difference differences different difficult directly distinct diverse diversity domain
    domains downstream dramatically driven easily easy effect effective effectively
    effectiveness effects efficacy efficient efficiently element elements emerge emerged
    emerging empirical empirically employ employs end enhance enhanced enhances enhancing ensure
    ensures ensuring entire error errors establish established establishes evaluate evaluated
    evaluating evaluation evaluations exceed exceeding exhibit exhibits existing experiment
    experimental experiments explicit explicitly explore explored exploring extend extended
    extends extensive extensively extra facilitate factor factors fail fails failure failures
    faster fewer field fields final finally find finding findings finds focus focused focuses
    focusing follow following framework frameworks fundamental fundamentally future gain gains
    gap gaps general generally github goal goals good great greater greatly growing guide guided
    handle help helps highlight highlighting highlights hour hours http https huge idea impact
    implement implementation importance important importantly improve improved improvement
    improvements improves improving include includes incorporate incorporates increase increased
    increases increasing increasingly indicate indicates inherent inherently insight insights
    integrate integrated integrates integrating introduce introduced introduces introducing
    investigate investigated investigation involve involves io issue issues jointly key known
    lack lacks largely largest lead leading leads least leave level levels leverage leveraged
    leverages leveraging limit limitation limitations limited line link little main maintain
    maintained maintaining maintains major margin match matches matching maximum mean meaningful
    means measure measures method methodology methods metric metrics million minimal mitigate
    mitigates mitigating modern month months natural naturally necessary novel number numerous
    objective observation observations observe observed obtain offer offering offers opens
    opportunities opportunity optimal order original outperform outperformed outperforming
    outperforms overall overcome paper papers paradigm paradigms particular particularly percent
    percentage perform performance performant performing performs play plays point points poor
    popular possible potential potentially practical practice practices precise precisely
    present presented presenting presents prevailing prevent previous previously primarily
    primary principle principled principles prior problem problems produce produced produces
    producing project promise promising propose proposed proposes proposing prove proven proves
    provide provided provides providing publicly purpose quality question questions range ranges
    ranging rapid rapidly rate rates reach reaches reaching real recent recently reduce reduced
    reduces reducing reduction relative release released releasing relevant reliable reliably
    relies rely relying remain remaining remains remarkable remarkably report reported reports
    represent represents require required requirement requirements requires requiring research
    researchers resource resources respectively result resulting results retain reveal revealed
    reveals review rich robust robustness role root score scores seamless seamlessly section
    serve serves set sets setting settings setup show showed showing shown shows significant
    significantly similar simple simply simultaneously single sizes small smaller solely
    solution solutions solve solved solving sota source sources specific specifically stage
    stages standard state states step steps strategies strategy strength strengths strong
    stronger strongest struggle struggles studied studies study studying substantial
    substantially success successful successfully suffer suffers suggest suggesting suggests
    suitable suite superior superiority support supporting supports surpass surpassed surpasses
    surpassing survey systematic systematically tackle tackles task tasks technique techniques
    term terms test tested testing theoretical thorough thoroughly time times total traditional
    train trained training transform typical typically ultimately underlying understand
    understanding unexplored unified unique unlock unlocks useful utility utilize utilizes
    utilizing valid validate validated validation valuable value values variant variants variety
    vast verify versatile view views vital weak website whereby work workflow works worse worst
    www year years yield yielded yielding yields
"""
_BOILERPLATE = frozenset(_BOILERPLATE_TEXT.split())
"""What every abstract says: a phrase with one of these in it tells nothing of the week."""
