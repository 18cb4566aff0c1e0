"""Which papers of the week the post speaks of, by a rule that a reader can be told."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import log2

from paperweek.abstracts import fault_of
from paperweek.condensing import condense
from paperweek.cues import cue
from paperweek.dossiers import Dossier, Part
from paperweek.errors import ConfigurationError, EmptyWeek, PoorWeek
from paperweek.model import Collection, Paper, PublishedWeek, Selection, Week
from paperweek.statistics import TOP, new_papers, week_statistics
from paperweek.text import readable, sentences
from paperweek.topics import fit_of, taxonomy, topics_of

SIZE = 30
MOST_CONTRARY = 3
MOST_OPEN = 3

_CODE = 0.5
_COMMENTS = 0.25
_SAME_TOPIC = 0.5
_PREFERRED = 1.0
_FIT = 4.0
_BEST_FIT = 15.0
"""A fit of topic from which more says nothing about a paper."""

_ACCEPTED = re.compile(
    r"\b(?:accepted|to appear|camera.ready|published (?:at|in))\b", re.IGNORECASE
)

_STEMS = (
    "not hold", "not general", "not transfer", "not replicate", "not improve", "not help",
    "not scale", "not outperform", "not translate", "not benefit", "ly hold", "ly general",
    "ly transfer", "ly replicate", "ly improve", "ly help", "ly scale", "ly outperform",
    "ly translate", "ly benefit", "fail to", "fails to", "failed to", "no better", "worse than",
    "no significant", "no statistically", "no measurable", "no meaningful", "no consistent",
    "no reliable", "no clear", "no evidence", "benefit", "no gain", "little gain", "limited gain",
    "negligible", "no improvement", "no advantage", "contrary to", "negative result",
    "overestimat", "challenge the", "challenges the", "challenging the", "not be re",
    "disappear", "vanish", "illusory",
)  # fmt: skip
"""One of these stands in each abstract with a contrary finding: a cheap first look."""

_NOT = r"(?:do(?:es)?|did) not (?:\w+ly )?"
_FINDING = r"(?:find|found|show(?:ed)?|observed?|demonstrated?|report|reveal|prove|discover)"
_OWN = re.compile(
    rf"\bwe (?:\w+ ){{0,2}}?{_FINDING}\b"
    r"|\b(?:our|these|the|main|key|empirical) (?:\w+ ){0,2}?"
    r"(?:results?|findings?|experiments?|analys[ei]s|evaluations?|observations?|ablations?|audit)\b"
    r"|\b(?:results?|experiments?|findings|analys[ei]s|evaluations?) (?:\w+ ){0,6}?"
    r"(?:shows?|reveals?|indicates?|suggests?|demonstrates?|finds?)\b"
    r"|\bwe challenge\b|\bsurprisingly\b|\bstrikingly\b|\bit turns out\b",
    re.IGNORECASE,
)
_CONTRARY_TEXT = (
    r"\bcontrary to (?:\w+ ){0,3}?(?:belief|wisdom|expectation|assumption|intuition|view|claim|"
    r"finding|result|hypothesis|practice|narrative|understanding|literature|work)s?\b"
    r"|\bchalleng(?:e|es|ing) the (?:\S+ ){0,3}?(?:assumption|belief|view|notion|wisdom|claim|"
    r"narrative|premise|intuition|consensus|hypothesis)s?\b"
    r"|\bnegative results?\b"
)
_PLAIN_TEXT = (
    rf"\b{_NOT}(?:hold|generali[sz]e|transfer|replicate|improve|help|scale|outperform|exceed"
    r"|translate|benefit)\b"
    r"|\bno (?:statistically )?(?:significant|measurable|meaningful|consistent|reliable|clear) "
    r"(?:\w+ ){0,2}?(?:gain|improvement|difference|benefit|advantage|effect|correlation)s?\b"
    r"|\b(?:no|little|limited|negligible) (?:\w+ )?(?:benefit|gain|improvement|advantage)s?\b"
    r"|\bno better than\b|\bworse than (?:random|chance|a |simple|doing nothing)"
    r"|\bno evidence (?:that|of|for)\b|\boverestimat(?:e|es|ed|ing)\b"
    r"|\bfail(?:s|ed)? to (?:\w+ly )?(?:generali[sz]e|replicate|transfer|improve|outperform|beat"
    r"|hold|reproduce|exceed|surpass)\b"
    r"|\b(?:cannot|could not) be (?:replicated|reproduced)\b"
    r"|\b(?:gain|advantage|improvement|benefit|effect)s? (?:largely |often |mostly )?"
    r"(?:disappear|vanish)(?:es|ed)?\b|\b(?:is|are) (?:largely |mostly )?illusory\b"
)
_CONTRARY = re.compile(_CONTRARY_TEXT, re.IGNORECASE)
_PLAIN = re.compile(_PLAIN_TEXT, re.IGNORECASE)
_NEGATIVE = re.compile(f"{_CONTRARY_TEXT}|{_PLAIN_TEXT}")
"""Of folded text: whether a closer look can find anything."""
_PRAISE = re.compile(
    r"\bour (?:\w+ )?(?:method|approach|model|framework|algorithm|pipeline|technique|system)s?\b"
    r"|\b(?:with|using|by) our\b|\bwe (?:propose|introduce|present|develop|design)\b"
    r"|\bstate.of.the.art perf"
    r"|\bdifferences? (?:from|to|between|with|compared (?:to|with)) (?:\S+ ){0,3}?"
    r"(?:experts?|humans?|physicians?|clinicians?|radiologists?|oracle|full|real)(?!\w)"
    r"|\bovercom(?:e|es|ing)\b|\bmitigat(?:e|es|ing)\b|\bunlike\b|\bto address\b",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"\bthat (?:this|it|they|these) |\b(?:this|these|such) "
    r"(?:assumption|belief|view|claim|paradigm|expectation)",
    re.IGNORECASE,
)
"""What a reader of the sentence alone could not resolve."""
_NOT_ALL = re.compile(r"^(?:On standard|On average|At first|Initially|Naively)\b")
_AFTER_ALL = re.compile(
    r"^(?:Here, we|However|In contrast|By contrast|To isolate|Nevertheless|Yet)\b"
    rf".*\b{_FINDING}s?\b"
)
"""What turns a finding around: told without it, it would be half a truth."""
_OPEN = cue("open")
_TITLE = re.compile(
    r"\b(?:not|myth|illusion|fail(?:s|ure)?|pitfalls?|limits of|no free|negative|rethinking"
    r"|revisiting|really|mirage|reality check|cautionary)\b|\?",
    re.IGNORECASE,
)

_RULE = (
    "Papers rank by their votes on Hugging Face, a little higher with public code and with "
    "discussion and a little lower for each better-ranked paper on the same topic; "
    "the ten with the most votes are always among them"
)
_RULE_FILL = (
    "where they are too few, arXiv’s own listing fills up with the papers that fit their topic "
    "best, accepted and newer ones first, in the same turn of topics"
)
_RULE_LISTING = (
    ", so papers are taken from arXiv’s own listing: those that fit "
    "their topic best, accepted and newer ones first, and a little lower for each better-ranked "
    "paper on the same topic"
)
_RULE_CONTRARY = (
    "papers with a contrary or negative finding, and papers that leave a question open, come last, "
    "from all "
)


def select(
    collection: Collection,
    earlier: Sequence[PublishedWeek] = (),
    size: int = SIZE,
    prefer: Iterable[str] = (),
    leave_out: Iterable[str] = (),
) -> Selection:
    """Return the papers that a writer may speak of, and every number it may quote.

    New listed papers (those that no earlier published week listed) are taken one after the other,
    each time the one with the most points:

        log2(1 + votes) + 0.5 with code + 0.25 log2(1 + comments) + 1 with a topic to `prefer`
        - 0.5 for each paper that was taken before with the same first topic

    until there are `size`; of equals the lower arXiv id goes first. The ten with the most votes
    are taken in any case. Where the listed papers are fewer than `size`, or Hugging Face was
    silent, papers that only arXiv knows follow by the same turn, with these points instead of
    votes: up to 4 for the fit of their topic, 1 where their comment tells of acceptance, up to
    1 for the day of the week. Up to `MOST_CONTRARY` papers with a contrary finding come on top, at
    the end, from the whole week (see `contrary_finding`), and so do up to `MOST_OPEN` papers whose
    abstract leaves a question open, because few of the popular ones do.

    Other papers without a usable abstract are never taken. `prefer` and `leave_out` name topics, by
    key or by name; a paper whose first topic is to leave out is not taken. The order of what is
    given changes nothing.

    Raises EmptyWeek where nothing can be taken, PoorWeek where fewer than half of the `size`
    best-ranked papers have a usable abstract, ConfigurationError for a topic that does not exist.
    """
    wanted, unwanted = _keys("prefer", prefer), _keys("leave_out", leave_out)
    before = tuple(
        sorted((e for e in earlier if e.week < collection.week), key=lambda e: e.week, reverse=True)
    )
    topics = {paper.arxiv_id: topics_of(paper) for paper in collection.papers}

    def wishes(paper: Paper) -> float:
        return _PREFERRED if wanted & set(topics[paper.arxiv_id]) else 0.0

    def is_welcome(paper: Paper) -> bool:
        return not unwanted.intersection(topics[paper.arxiv_id][:1])

    known = {i for week in before for i in (*week.listed, *week.told)}
    new = [paper for paper in new_papers(collection, before) if is_welcome(paper)]
    unlisted = [
        paper
        for paper in sorted(collection.papers, key=lambda paper: paper.arxiv_id)
        if paper.votes is None and paper.arxiv_id not in known and is_welcome(paper)
    ]
    turn = _Turn(topics)
    _refuse_unless_readable(collection, new, unlisted, size)

    taken = turn.take(new, lambda paper: _points(paper) + wishes(paper), size)
    taken = _with_most_voted(taken, new, size)
    filled = turn.take(
        unlisted,
        lambda paper: _listing_points(paper, collection.week) + wishes(paper),
        size - len(taken),
    )
    chosen = {p.arxiv_id for p in (*taken, *filled)}
    contrary = tuple(_contrary((*new, *unlisted), chosen, topics))
    chosen.update(p.arxiv_id for p in contrary)
    asking = tuple(_asking((*new, *unlisted), chosen, topics))
    papers = (*taken, *filled, *contrary, *asking)
    if not papers:
        raise EmptyWeek(
            collection.week.label, "none of its papers has a usable abstract", *_known(collection)
        )
    titles_only = frozenset(p.arxiv_id for p in collection.listed if fault_of(p.abstract))
    shown = {paper.arxiv_id for paper in (*collection.listed, *papers)}
    return Selection(
        week=collection.week,
        papers=papers,
        topics={i: keys for i, keys in topics.items() if i in shown},
        statistics=week_statistics(
            collection, topics, [paper.arxiv_id for paper in papers], titles_only, before
        ),
        titles_only=titles_only,
        rule=_rule(collection, bool(taken), bool(filled), bool(contrary or asking)),
        collection=collection,
        earlier=before,
    )


def contrary_finding(paper: Paper) -> str:
    """Return the sentence of the abstract that tells a contrary or negative finding, else "".

    As the abstract has it, white space folded; the first of several. The finding must be the
    paper's own: the sentence says that it is one ("we find", "results show") before it says what
    does not hold, and does not praise the paper's own method, so that a background of "existing
    methods fail to" is none. Precise rather than complete: many are not seen.
    """
    folded = paper.abstract.lower()
    if not any(stem in folded for stem in _STEMS) or not _NEGATIVE.search(folded):
        return ""
    name, colon, _ = paper.title.partition(":")
    own_name = name if colon and " " not in name else None
    told = sentences(paper.abstract)
    return next(
        (
            sentence
            for place, sentence in enumerate(told)
            if _is_contrary(sentence)
            and not (own_name and own_name in sentence)
            and not _NOT_ALL.match(sentence)
            and not any(map(_AFTER_ALL.match, told[place + 1 : place + 4]))
        ),
        "",
    )


class _Turn:
    """Takes papers one after the other, so that topics take turns."""

    def __init__(self, topics: Mapping[str, tuple[str, ...]]) -> None:
        self._topics = topics
        self._taken: Counter[tuple[str, ...]] = Counter()

    def take(
        self, papers: Iterable[Paper], points: Callable[[Paper], float], count: int
    ) -> list[Paper]:
        """Return up to `count` readable papers, by points less what their topic had already."""
        if count <= 0:
            return []
        # Of one topic the order is fixed: only the best that each has left need be compared.
        queues: defaultdict[tuple[str, ...], list[tuple[float, str, Paper]]] = defaultdict(list)
        for paper in papers:
            queues[self._first(paper)].append((-points(paper), paper.arxiv_id, paper))
        for queue in queues.values():
            queue.sort(key=lambda ranked: ranked[:2], reverse=True)
        taken: list[Paper] = []
        while queues and len(taken) < count:
            topic = min(queues, key=lambda topic: self._place(topic, queues[topic][-1]))
            *_, paper = queues[topic].pop()
            if not queues[topic]:
                del queues[topic]
            if not fault_of(paper.abstract):
                taken.append(paper)
                self._taken[topic] += 1
        return taken

    def _first(self, paper: Paper) -> tuple[str, ...]:
        return self._topics[paper.arxiv_id][:1]

    def _place(self, topic: tuple[str, ...], ranked: tuple[float, str, Paper]) -> tuple[float, str]:
        less_points, arxiv_id, _ = ranked
        return less_points + _SAME_TOPIC * self._taken[topic], arxiv_id


def _points(paper: Paper) -> float:
    return (
        log2(1 + (paper.votes or 0))
        + _CODE * bool(paper.code)
        + _COMMENTS * log2(1 + (paper.comments or 0))
    )


def _listing_points(paper: Paper, week: Week) -> float:
    day = (paper.published.date() - week.monday).days if paper.published else 0
    return (
        _FIT * min(fit_of(paper), _BEST_FIT) / _BEST_FIT
        + bool(_ACCEPTED.search(paper.comment))
        + min(max(day, 0), 6) / 6
    )


def _with_most_voted(taken: list[Paper], new: Sequence[Paper], size: int) -> list[Paper]:
    """Return `taken` with the most-voted in it, in the place of the last others.

    One without a usable abstract is among them: the table shows it, and no writer speaks of it.
    """
    most_voted = list(new[:TOP])[:size]
    missing = [paper for paper in most_voted if paper not in taken]
    others = [paper for paper in taken if paper not in most_voted]
    kept = set(taken) - set(others[len(others) - len(missing) :]) if missing else set(taken)
    return [paper for paper in taken if paper in kept] + missing


def _refuse_unless_readable(
    collection: Collection, new: Sequence[Paper], unlisted: Sequence[Paper], size: int
) -> None:
    label = collection.week.label
    if not collection.papers:
        raise EmptyWeek(label, "no source knows a paper of that week", *_known(collection))
    ranked = sorted(new, key=lambda paper: (-_points(paper), paper.arxiv_id))
    best = (*ranked, *unlisted)[:size]
    if not best:
        reason = "all its papers were listed in earlier posts, or are left out"
        raise EmptyWeek(label, reason, *_known(collection))
    usable = sum(not fault_of(paper.abstract) for paper in best)
    if 2 * usable < len(best):
        reason = f"of the {len(best)} best-ranked papers only {usable} have a usable abstract"
        raise PoorWeek(label, reason, *_known(collection))


def _known(collection: Collection) -> tuple[int, tuple[str, ...]]:
    """Return what a refusal tells of the set: its papers, and who was silent."""
    return len(collection.papers), collection.silent_sources


def _contrary(
    papers: Iterable[Paper], taken: set[str], topics: Mapping[str, tuple[str, ...]]
) -> Iterator[Paper]:
    candidates = [
        paper for paper in papers if paper.arxiv_id not in taken and contrary_finding(paper)
    ]
    candidates.sort(
        key=lambda p: (not _TITLE.search(p.title), -(p.votes or 0), -fit_of(p), p.arxiv_id)
    )
    seen: set[str] = set()
    for paper in candidates:
        first = topics[paper.arxiv_id][:1]
        if not first or seen & set(first) or fault_of(paper.abstract) or not _can_be_told(paper):
            continue
        seen.update(first)
        yield paper
        if len(seen) == MOST_CONTRARY:
            return


def _can_be_told(paper: Paper) -> bool:
    return condense(readable(contrary_finding(paper)), Dossier(paper).voice) is not None


def _asking(
    papers: Iterable[Paper], taken: set[str], topics: Mapping[str, tuple[str, ...]]
) -> Iterator[Paper]:
    """Yield papers whose abstract leaves a question open, each of another topic."""
    candidates = [p for p in papers if p.arxiv_id not in taken and _OPEN.search(p.abstract)]
    candidates.sort(key=lambda p: (-(p.votes or 0), -fit_of(p), p.arxiv_id))
    seen: set[str] = set()
    for paper in candidates:
        first = topics[paper.arxiv_id][:1]
        if not first or seen & set(first) or fault_of(paper.abstract):
            continue
        if Dossier(paper).say(Part.QUESTION):
            seen.update(first)
            yield paper
        if len(seen) == MOST_OPEN:
            return


def _is_contrary(sentence: str) -> bool:
    own = _OWN.search(sentence)
    return bool(
        own
        and (_CONTRARY.search(sentence) or _PLAIN.search(sentence, own.start()))
        and not _PRAISE.search(sentence)
        and not _DANGLING.search(sentence)
    )


def _rule(collection: Collection, listed: bool, filled: bool, contrary: bool) -> str:
    why = f"Hugging Face {'gave no list' if collection.has_no_list else 'listed nothing new'}"
    parts = [_RULE] if listed else [why + _RULE_LISTING]
    if listed and filled:
        parts.append(_RULE_FILL)
    if contrary:
        is_whole = "arxiv" not in collection.silent_sources
        parts.append(_RULE_CONTRARY + ("of arXiv’s listing" if is_whole else "papers that came"))
    return f"{'; '.join(parts)}."


def _keys(setting: str, names: Iterable[str]) -> frozenset[str]:
    by_name = {topic.name.casefold(): key for key, topic in taxonomy().items()}
    keys = set()
    for name in names:
        key = name if name in taxonomy() else by_name.get(name.strip().casefold())
        if key is None:
            raise ConfigurationError(
                setting, name, "there is no such topic", f"Use one of: {', '.join(taxonomy())}."
            )
        keys.add(key)
    return frozenset(keys)
