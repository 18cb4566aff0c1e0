"""Small reports for tests: two papers, a week, eight sections."""

from __future__ import annotations

from dataclasses import replace

from paperweek.model import (
    Citation,
    Collection,
    Heading,
    Kind,
    Paper,
    Report,
    Section,
    Selection,
    Sentence,
    SourceAccount,
    Week,
)

WEEK = Week(2025, 5)

ELO = Paper(
    "2501.01257",
    "RateElo: Ratings for Programs",
    "We rate programs. RateElo gives each of them a number, as chess does. "
    "It agrees with people in 71.5% of all cases.",
    authors=("Ada Alder", "Bo Birch", "Cy Cedar"),
    votes=42,
    comments=3,
    code="https://github.com/alder/rate_elo",
    seen_in=frozenset({"arxiv", "huggingface"}),
)
OAK = Paper(
    "2501.20002",
    "What oaks know | and what they do not",
    "Oaks know little. They do not read, at a cost of $n^2$ leaves.",
    authors=("Dee Dogwood", "Eli Elm"),
    votes=7,
    seen_in=frozenset({"huggingface"}),
)
ASH = Paper("2501.30003", "Unread ashes", votes=0, seen_in=frozenset({"arxiv"}))

COLLECTION = Collection(
    WEEK,
    (ELO, OAK, ASH),
    (SourceAccount("arxiv", requests=2, papers=2), SourceAccount("huggingface", 7, 3)),
)
SELECTION = Selection(
    WEEK,
    (ELO, OAK),
    topics={ELO.arxiv_id: ("oak_study",), OAK.arxiv_id: (), ASH.arxiv_id: ()},
    statistics={"listed": 3, "phrase:large oaks": 2, "share": 0.25},
    titles_only=frozenset({ASH.arxiv_id}),
    rule="The most-voted papers, at most five a topic",
    collection=COLLECTION,
)

RATED = Sentence(
    "RateElo gives each program a number, as chess does.",
    Kind.PAPERS,
    (
        Citation(
            ELO.arxiv_id, "RateElo gives each of them a number, as chess does.", anchor="RateElo"
        ),
    ),
)
PLAIN = Sentence("There is more to say.", Kind.FRAMING)


def report(*sentences: Sentence, selection: Selection = SELECTION) -> Report:
    """Return a report whose first section says these sentences, and the others something plain."""
    said = sentences or (RATED,)
    return Report(
        selection,
        tuple(
            Section(heading, (said if heading is Heading.EXECUTIVE_SUMMARY else (PLAIN,),))
            for heading in Heading
        ),
        "extractive/1",
    )


def with_collection(**changes: object) -> Selection:
    """Return the selection, chosen from a collection that differs in these fields."""
    return replace(SELECTION, collection=replace(COLLECTION, **changes))  # type: ignore[arg-type]
