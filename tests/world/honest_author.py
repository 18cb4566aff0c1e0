"""What an honest model would answer: nothing but what it was shown, condensed and attributed.

It reads a request as a model does, the brief and the data, and knows nothing else of the product's
state. Its sentences are plain; what it is good for is that each of them is true.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from zlib import crc32

from paperweek.checks import opening_of
from paperweek.condensing import Voice, condense
from paperweek.numerals import numbers_in

Said = dict[str, Any]

PAPERS = 6
"""Papers that one section speaks of."""
MOST_RESULTS = 2
"""Sentences of a section that give a paper's number: between two of them stands another."""

_BY_PEOPLE = (
    "As {who} tell it, {claim}.",
    "What {who} add is this: {Claim}.",
    "Here {who} are plain: {Claim}.",
    "The account by {who} is short: {Claim}.",
    "In the words of {who}, {claim}.",
    "From {who} comes another piece: {Claim}.",
    "Nearby, {who} write: {Claim}.",
    "With {who} the point is narrower: {Claim}.",
    "Quietly, {who} put down a fact: {Claim}.",
    "Then there are {who}: {Claim}.",
)
_BY_NAME = (
    "On {who} its authors add: {Claim}.",
    "For {who} this is noted: {Claim}.",
    "About {who} one learns: {Claim}.",
    "{who}, by its own account: {Claim}.",
    "Behind {who} stands a remark: {Claim}.",
    "With {who} comes a note: {Claim}.",
)
_OPINIONS = (
    "I would read {who} with a pencil in hand.",
    "My own pick here would be {who}.",
    "I would give {who} the hour that it asks for.",
    "For what it is worth, I would keep {who} within reach.",
    "I would come back to {who} in a month.",
    "In my reading, {who} belongs on the list.",
    "I would rather argue with {who} than skip it.",
    "My bet, if I had to place one, is on {who}.",
)
_TOPICS = (
    "Of {n} new papers on the daily pages, {k} are about {topic}.",
    "On {topic} there are {k} papers among the {n} new ones.",
    "The daily pages gave {k} of {n} new places to {topic}.",
)
_TOP = (
    "Of the ten most-voted papers, {k} are about {topic}.",
    "Readers gave {k} of the top ten places to {topic}.",
)
_WATCH = (
    "Next week will show whether {topic} still holds {k} of {n} places.",
    "A number to come back to is {topic}, at {k} of {n} new papers.",
)
_CODE = ("Public code exists for {k} of the {n} new papers.",)
_SMALL = re.compile(
    r"(?:The|A|An|In|On|For|With|By|While|When|This|These|Both|Each|Our|To|As|At|From|It|Its|Such"
    r"|However|Across|Under|Over|Most|Many|Some|Given|Models?|Methods?|Training|Using) "
)


_SIZES = (
    "The set of this week holds {k} papers, {n} of them on the daily pages.",
    "Behind these lines stand {k} papers, {n} of them from the daily pages.",
)


def write(instructions: str, request: str, *, again: int = 0) -> list[Said]:
    """Return the sentences that answer the request. `again` picks other words for the same."""
    heading = _line(request, "Section: ")
    data = json.loads(request[request.index("\nDATA:\n") + len("\nDATA:\n") :])
    first_person = "first person, dry" in instructions
    if "\nREJECTED:\n" in request:
        return list(_told(data, heading, 1 + again))[:8]
    said = [*_counted(data, heading)[:1]]
    if heading == "Conclusion":
        said += _size(data)
    papers = {"Conclusion": 1, "Executive Summary": 4}.get(heading, PAPERS + 2 * (not first_person))
    said += list(_told(data, heading, again))[:papers]
    if first_person and (opinion := _opinion(data, heading, said)):
        said.append(opinion)
    return said


def _line(request: str, start: str) -> str:
    return next(line.removeprefix(start) for line in request.splitlines() if line.startswith(start))


def _seed(*parts: str) -> int:
    return crc32("/".join(parts).encode())


def _told(data: Mapping[str, Any], heading: str, again: int) -> Iterator[Said]:
    """Yield a sentence about each paper; no two openings alike, no two numbers in a row."""
    turn = _seed(data["week"], heading) + 3 * again
    openings: set[tuple[str, ...]] = set()
    counted = bool(data["statistics"])
    results = 0
    from_the_end = heading in {"Executive Summary", "Conclusion"}
    papers = data["papers"][::-1] if from_the_end else data["papers"]
    for paper in papers:
        says = paper["says"][again:] + paper["says"][:again]
        for n, claim in enumerate(says[::-1] if from_the_end else says):
            text = _sentence(paper, claim, turn + n)
            opening = opening_of(text)
            crowded = counted or results == MOST_RESULTS
            if not text or opening in openings or (crowded and numbers_in(text)):
                continue
            openings.add(opening)
            counted = bool(numbers_in(text))
            results += counted
            turn += 1
            yield {"text": text, "kind": "papers", "refs": [paper["id"]], "statistics": []}
            break
        else:
            counted = False


def _sentence(paper: Mapping[str, Any], claim: str, turn: int) -> str:
    """Return the claim as a sentence that names whose it is; empty where it can't be told."""
    who = paper["call_it"]
    is_name = who in paper["title"] and not who.startswith("“")
    is_people = not is_name and not who.startswith("“")
    authors = who if is_people else "the authors"
    text = condense(claim, Voice(who if is_name else "", authors, several=True))
    if not text or who in text:
        return text or ""
    text = text.rstrip(".")
    small = text[0].lower() + text[1:] if _SMALL.match(text) else text
    wordings = _BY_PEOPLE if is_people else _BY_NAME
    return wordings[turn % len(wordings)].format(who=who, claim=small, Claim=text)


def _counted(data: Mapping[str, Any], heading: str) -> list[Said]:
    numbers = {key: (value, means) for key, value, means in data["statistics"]}
    turn = _seed(data["week"], heading)
    n = numbers.get("listed_new", (0, ""))[0]
    if heading == "Practical Implications" and numbers.get("with_code", (0, ""))[0]:
        k = numbers["with_code"][0]
        return [_count(_CODE, turn, ("with_code", "listed_new"), n=n, k=k, topic="")]
    prefix, wordings = {
        "Executive Summary": ("top_topic:", _TOP),
        "Technical Trends Analysis": ("topic:", _TOPICS),
        "Conclusion": ("topic:", _WATCH),
    }.get(heading, ("-", _TOP))
    return [
        _count(
            wordings,
            turn,
            (key,) if heading == "Executive Summary" else (key, "listed_new"),
            n=n,
            k=value,
            topic=means.partition("about ")[2],
        )
        for key, (value, means) in numbers.items()
        if key.startswith(prefix) and value > 1
    ]


def _size(data: Mapping[str, Any]) -> list[Said]:
    numbers = {key: value for key, value, _ in data["statistics"]}
    keys = ("papers", "listed_new")
    if any(key not in numbers for key in keys):
        return []
    turn = _seed(data["week"])
    return [_count(_SIZES, turn, keys, k=f"{numbers['papers']:,}", n=numbers["listed_new"])]


def _count(wordings: Iterable[str], turn: int, keys: tuple[str, ...], **values: Any) -> Said:  # noqa: ANN401
    wording = tuple(wordings)
    text = wording[turn % len(wording)].format(**values)
    return {"text": text, "kind": "statistic", "refs": [], "statistics": list(keys)}


def _opinion(data: Mapping[str, Any], heading: str, said: list[Said]) -> Said | None:
    local = next((s["refs"][0] for s in said if s["refs"]), "")
    paper = next((p for p in data["papers"] if p["id"] == local), None)
    if paper is None or heading == "Conclusion":
        return None
    places = (
        "Executive Summary",
        "Technical Trends Analysis",
        "Key Innovations and Breakthroughs",
        "Methodological Insights",
        "Practical Implications",
        "Future Directions",
        "Technical Recommendations",
    )
    wording = _OPINIONS[(_seed(data["week"]) + places.index(heading)) % len(_OPINIONS)]
    text = wording.format(who=paper["call_it"])
    return {"text": text, "kind": "judgement", "refs": [local], "statistics": []}
