"""Every number about the week that a sentence may quote.

All are recomputed from the week's set and the published weeks before it, so that a reader, or
`paperweek verify`, can. *Listed* papers are those on Hugging Face's daily pages; of these the
*new* ones were in no earlier published week. *Earlier weeks* are the up to four newest published
weeks with listed papers among the eight calendar weeks before this one: a share is not compared
with last year's.

The keys of `week_statistics`; all values are counts of papers unless another unit is given:

    papers                the week's set
    listed                of these, listed
    listed_new            of these, in no earlier published week
    listing               papers that only arXiv knows
    with_code             listed papers for which Hugging Face gives a code repository
    usable                listed papers with a usable abstract
    titles_only           listed papers without one
    selected              papers that the writer may speak of
    votes_total           votes of the new listed papers together (votes)
    votes_median          the median of their votes (votes)
    votes:<id>            votes of a listed paper (votes)
    comments:<id>         comments in its discussion (comments)
    rank:<id>             new listed papers with at least as many votes, itself included: 1 is the
                          most-voted, and nobody is where two share the first place (a rank)
    topic:<key>           new listed papers with the topic
    share:<key>           the same, of all new listed papers (whole percent, half up)
    top_topic:<key>       the same among the ten new listed papers with the best rank
    all_topic:<key>       papers of the week's set with the topic
    phrase:<phrase>       new listed papers that use the phrase; see paperweek.trends
    earlier_weeks         the earlier weeks (weeks)
    earlier_listed        distinct papers listed in them
    earlier_topic:<key>   of these, with the topic
    earlier_share:<key>   the same, of all of them (whole percent, half up)
    earlier_phrase:<p>    of these, using the phrase: at most this many

Keys of topics are there for each topic that some paper counted has; a phrase's keys where two
new papers use it or, together with the earlier weeks, enough for a movement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection as Several
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from paperweek.model import Collection, Paper, PublishedWeek, Week
from paperweek.topics import topics_of
from paperweek.trends import FEWEST_PAPERS, most_before, phrases_of

MOST_EARLIER_WEEKS = 4
OLDEST_EARLIER_WEEK = 8
"""Calendar weeks back: what was published longer ago says nothing about this week's movement."""
TOP = 10


def week_statistics(
    collection: Collection,
    topics: Mapping[str, tuple[str, ...]],
    selected: Several[str],
    titles_only: Several[str],
    earlier: Sequence[PublishedWeek] = (),
) -> dict[str, float]:
    """Return every number about the week that a sentence may quote, by key.

    The keys stand in this module's docstring. `topics` may leave out papers, which are then
    matched here; `selected` and `titles_only` are arXiv ids. The order of papers and of earlier
    weeks changes nothing.
    """
    new = new_papers(collection, earlier)
    weeks = compared_weeks(collection.week, earlier)
    known = {p.arxiv_id: topics.get(p.arxiv_id) or topics_of(p) for p in collection.papers}
    numbers: dict[str, float] = {
        "papers": len(collection.papers),
        "listed": len(collection.listed),
        "listed_new": len(new),
        "listing": sum(paper.seen_in == {"arxiv"} for paper in collection.papers),
        "with_code": sum(bool(paper.code) for paper in collection.listed),
        "usable": len(collection.listed) - len(titles_only),
        "titles_only": len(titles_only),
        "selected": len(selected),
    }
    numbers |= _votes(collection.listed, new)
    numbers |= _topics(collection, new, weeks, known)
    return numbers | _phrases(new, weeks)


def new_papers(collection: Collection, earlier: Iterable[PublishedWeek]) -> tuple[Paper, ...]:
    """Return the listed papers that no earlier published week listed, most votes first."""
    known = {i for week in earlier if week.week < collection.week for i in week.listed}
    new = (paper for paper in collection.listed if paper.arxiv_id not in known)
    return tuple(sorted(new, key=lambda paper: (-(paper.votes or 0), paper.arxiv_id)))


def compared_weeks(week: Week, earlier: Iterable[PublishedWeek]) -> tuple[PublishedWeek, ...]:
    """Return the earlier weeks that this one is compared with, newest first."""
    near = [e for e in earlier if week.plus(-OLDEST_EARLIER_WEEK) <= e.week < week and e.listed]
    return tuple(sorted(near, key=lambda e: e.week, reverse=True)[:MOST_EARLIER_WEEKS])


def _votes(listed: Iterable[Paper], new: Sequence[Paper]) -> dict[str, float]:
    votes = [paper.votes or 0 for paper in new]
    numbers: dict[str, float] = {"votes_total": sum(votes), "votes_median": median(votes or [0])}
    for paper in sorted(listed, key=lambda paper: paper.arxiv_id):
        numbers[f"votes:{paper.arxiv_id}"] = paper.votes or 0
        numbers[f"comments:{paper.arxiv_id}"] = paper.comments or 0
    at_least = Counter(votes)
    reached, ranks = 0, {}
    for count in sorted(at_least, reverse=True):
        reached += at_least[count]
        ranks[count] = reached
    return numbers | {f"rank:{paper.arxiv_id}": ranks[paper.votes or 0] for paper in new}


def _topics(
    collection: Collection,
    new: Sequence[Paper],
    weeks: Sequence[PublishedWeek],
    known: Mapping[str, tuple[str, ...]],
) -> dict[str, float]:
    # The oldest week's word counts for a paper that was listed in two of them.
    before = {i: keys for week in weeks for i, keys in week.listed.items()}
    counts = {
        "topic": Counter(key for paper in new for key in known[paper.arxiv_id]),
        "top_topic": Counter(key for paper in new[:TOP] for key in known[paper.arxiv_id]),
        "all_topic": Counter(key for p in collection.papers for key in known[p.arxiv_id]),
        "earlier_topic": Counter(key for keys in before.values() for key in keys),
    }
    numbers: dict[str, float] = {"earlier_weeks": len(weeks), "earlier_listed": len(before)}
    for key in sorted(set().union(*counts.values())):
        numbers |= {f"{name}:{key}": count[key] for name, count in counts.items()}
        numbers[f"share:{key}"] = _percent(counts["topic"][key], len(new))
        numbers[f"earlier_share:{key}"] = _percent(counts["earlier_topic"][key], len(before))
    return numbers


def _phrases(new: Sequence[Paper], weeks: Sequence[PublishedWeek]) -> dict[str, float]:
    now = phrases_of(new)
    kept = [week.phrases for week in weeks]
    numbers: dict[str, float] = {}
    for phrase in sorted(set(now).union(*kept)):
        before = most_before(phrase, kept)
        if phrase in now or before >= FEWEST_PAPERS:
            numbers[f"phrase:{phrase}"] = now.get(phrase, 0)
            numbers[f"earlier_phrase:{phrase}"] = before
    return numbers


def _percent(part: int, whole: int) -> int:
    return (200 * part + whole) // (2 * whole) if whole else 0
