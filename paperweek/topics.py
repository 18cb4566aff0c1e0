"""What a paper is about: a curated taxonomy of topics, matched in one pass.

The topics and their cues stand in `topics.toml`, which a person edits. Names stay the same from
week to week, which clusters do not, so shares of topics can be compared between weeks.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from paperweek.errors import ConfigurationError
from paperweek.model import Paper

MOST_TOPICS = 3
"""A paper has at most this many topics: more would say nothing about it."""

_CUE, _HINT = 2.0, 1.0
_TITLE_WEIGHT = 3.0
_MOST_BY_HINTS = 4.0
"""Hints only support: they count beside a cue or a category, and never for more than two."""
_REPEAT = 0.5
"""What each of the first two repetitions of a cue adds, as a part of its weight."""
_PRIMARY_CATEGORY, _CROSS_LISTING = 2.0, 1.0
_CLEAR = 5.0
"""The score from which a topic stands by itself."""
_FAINT = 3.0
"""The score from which the best topic is taken where none is clear."""
_BESIDE_THE_BEST = 0.5
"""A further topic has at least this part of the best one's score."""

_BLANKS = str.maketrans(dict.fromkeys("-‐‑‒–—/_\n\t", " "))
_WORD_END = "(?=s?(?![a-z0-9]))"
_OPEN_END = "(?=)"
_FIELDS = frozenset({"name", "cues", "hints", "categories"})


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: its key in data files, its name in a sentence, and how it is seen."""

    key: str
    name: str
    cues: tuple[str, ...]
    hints: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Matcher:
    pattern: re.Pattern[str]
    weights: Mapping[str, tuple[tuple[str, float], ...]]
    """Cue to the topics it speaks for, with what it weighs there."""
    categories: Mapping[str, tuple[str, ...]]


def topics_of(paper: Paper) -> tuple[str, ...]:
    """Return the keys of the paper's topics, the best fitting first, at most `MOST_TOPICS`.

    Empty where nothing fits. A cue in the title weighs three times one in the abstract. A topic
    needs a clear score (a cue in the title, or two in the abstract and some support) and half the
    score of the best; where no topic is clear, the best faint one is taken alone.
    """
    scores = _scores(paper)
    ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
    if not ranked or ranked[0][1] < _FAINT:
        return ()
    best = ranked[0][1]
    clear = [key for key, score in ranked if score >= _CLEAR and score >= best * _BESIDE_THE_BEST]
    return tuple(clear[:MOST_TOPICS]) or (ranked[0][0],)


def fit_of(paper: Paper) -> float:
    """Return how well the paper fits its best topic: 0 for not at all, clear from 5, often 15."""
    return max(_scores(paper).values(), default=0.0)


def name_of(key: str) -> str:
    """Return the topic's name as it reads in a sentence.

    A key that the taxonomy does not know (an older data file's) reads with blanks.

    >>> name_of("video_generation"), name_of("no_longer_there")
    ('video generation', 'no longer there')
    """
    topic = taxonomy().get(key)
    return topic.name if topic else key.replace("_", " ")


@cache
def taxonomy() -> Mapping[str, Topic]:
    """Return all topics by key, in the order of `topics.toml`."""
    return parse(files("paperweek").joinpath("topics.toml").read_text(encoding="utf-8"))


def parse(text: str) -> Mapping[str, Topic]:
    """Return the topics that a text in the form of `topics.toml` holds, by key.

    Raises ConfigurationError where it is not TOML, or a topic lacks a name or cues or has a field
    that means nothing, so that a slip of an editor does not silently lose a topic.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError("topics.toml", "", f"it is not TOML: {error}") from error
    return {key: _topic(key, table) for key, table in tables.items()}


def _topic(key: str, table: object) -> Topic:
    if not isinstance(table, dict) or not table.get("name") or not table.get("cues"):
        raise ConfigurationError("topics.toml", key, "a topic needs a name and cues")
    if unknown := sorted(set(table) - _FIELDS):
        raise ConfigurationError("topics.toml", key, f"a topic has no field {unknown[0]}")
    for field in _FIELDS - {"name"}:
        if not isinstance(table.get(field, []), list):
            raise ConfigurationError("topics.toml", key, f"{field} is a list of texts")
        if not all(isinstance(text, str) and text.strip("* ") for text in table.get(field, [])):
            raise ConfigurationError("topics.toml", key, f"{field} holds an empty cue")
    return Topic(
        key=key,
        name=table["name"],
        cues=tuple(table["cues"]),
        hints=tuple(table.get("hints", ())),
        categories=tuple(table.get("categories", ())),
    )


def _scores(paper: Paper) -> dict[str, float]:
    matcher = _matcher()
    in_title = frozenset(matcher.pattern.findall(_folded(paper.title)))
    counts = Counter(matcher.pattern.findall(_folded(f"{paper.title} . {paper.abstract}")))
    by_cues: defaultdict[str, float] = defaultdict(float)
    by_hints: defaultdict[str, float] = defaultdict(float)
    for cue, count in counts.items():
        factor = (_TITLE_WEIGHT if cue in in_title else 1.0) + _REPEAT * min(count - 1, 2)
        for topic, weight in matcher.weights[cue]:
            (by_cues if weight == _CUE else by_hints)[topic] += weight * factor
    for position, category in enumerate(paper.categories):
        for topic in matcher.categories.get(category, ()):
            by_cues[topic] += _CROSS_LISTING if position else _PRIMARY_CATEGORY
    return {key: score + min(by_hints[key], _MOST_BY_HINTS) for key, score in by_cues.items()}


def _folded(text: str) -> str:
    return text.lower().translate(_BLANKS)


@cache
def _matcher() -> _Matcher:
    weights: dict[str, dict[str, float]] = {}
    ends: dict[str, str] = {}
    categories: defaultdict[str, list[str]] = defaultdict(list)
    for topic in taxonomy().values():
        for written, weight in [(c, _CUE) for c in topic.cues] + [(c, _HINT) for c in topic.hints]:
            cue = _folded(written).rstrip("*")
            weights.setdefault(cue, {}).setdefault(topic.key, weight)
            ends[cue] = _OPEN_END if written.endswith("*") else ends.get(cue, _WORD_END)
        for category in topic.categories:
            categories[category].append(topic.key)
    return _Matcher(
        pattern=re.compile(rf"(?<![a-z0-9])({_alternation(ends)})"),
        weights={cue: tuple(by_topic.items()) for cue, by_topic in weights.items()},
        categories={category: tuple(keys) for category, keys in categories.items()},
    )


def _alternation(ends: Mapping[str, str]) -> str:
    """Return a pattern of all cues (to the pattern that ends each), the longest match first.

    It shares the cues' beginnings: a flat alternation of a thousand cues would try each of them
    at each word, this one takes as many steps as the word has letters.
    """
    tails: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for cue, end in ends.items():
        if cue:
            tails[cue[0]][cue[1:]] = end
    branches = [re.escape(letter) + _alternation(rest) for letter, rest in sorted(tails.items())]
    if "" in ends:
        branches.append(ends[""])
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
