"""A movement is called one only where chance is a poor explanation."""

import random
from collections.abc import Iterable, Sequence
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperweek.model import Collection, Paper, PublishedWeek, Week
from paperweek.statistics import new_papers, week_statistics
from paperweek.topics import topics_of
from paperweek.trends import Movement, movements, phrases_of
from tests.paperweek.weeks import corpus_weeks, listed, paper


def numbers(now: int, before: int, *, kind: str = "topic", listed: int = 100) -> dict[str, float]:
    return {
        "listed_new": listed,
        "earlier_listed": 400,
        f"{kind}:beans": now,
        f"earlier_{kind}:beans": before,
    }


def test_a_clear_rise_and_a_clear_fall_of_a_topic_are_movements() -> None:
    (rise,) = movements(numbers(25, 30))
    (fall,) = movements(numbers(9, 120))

    assert (rise.kind, rise.key, rise.now, rise.before, rise.rises) == (
        "topic",
        "beans",
        25,
        30,
        True,
    )
    assert not fall.rises


@pytest.mark.parametrize(("now", "before"), [(10, 40), (14, 40), (6, 40), (0, 0), (100, 400)])
def test_what_chance_may_do_is_no_movement(now: int, before: int) -> None:
    assert movements(numbers(now, before)) == ()


def test_fewer_than_eight_papers_are_no_movement_however_unlikely() -> None:
    assert movements(numbers(7, 0)) == ()
    assert movements(numbers(8, 0)) != ()


def test_a_phrase_rises_but_never_falls() -> None:
    assert [m.kind for m in movements(numbers(12, 4, kind="phrase"))] == ["phrase"]
    assert movements(numbers(9, 120, kind="phrase")) == ()


def test_without_earlier_weeks_nothing_moved() -> None:
    assert movements({**numbers(50, 0), "earlier_listed": 0}) == ()
    assert movements({**numbers(0, 50), "listed_new": 0}) == ()


def test_what_would_do_alone_does_not_do_among_many() -> None:
    alone = numbers(19, 42)
    crowd = {f"topic:{n}": 10.0 for n in range(60)} | {
        f"earlier_topic:{n}": 40.0 for n in range(60)
    }

    assert movements(alone)
    assert movements(alone | crowd) == ()


def test_a_phrase_inside_a_longer_one_is_told_once() -> None:
    told = {
        "listed_new": 100,
        "earlier_listed": 400,
        "phrase:bean ladder": 14,
        "earlier_phrase:bean ladder": 4,
        "phrase:tall bean ladder": 13,
        "earlier_phrase:tall bean ladder": 4,
    }

    assert [m.key for m in movements(told)] == ["tall bean ladder"]


@given(st.integers(0, 30), st.integers(0, 90))
def test_the_probability_is_fishers(now: int, before: int) -> None:
    for movement in movements(numbers(now, before, kind="phrase", listed=30)):
        exact = sum(
            comb(30, n) * comb(400, now + before - n) for n in range(now, min(30, now + before) + 1)
        ) / comb(430, now + before)
        assert movement.probability == pytest.approx(exact, rel=1e-6)


def test_phrases_are_counted_by_paper_in_one_form() -> None:
    papers = [
        paper("1", "On-Policy Distillation", "We use on-policy distillation, and a bean ladder."),
        paper("2", "Beans", "Bean ladders (on policy distillation) for the garden"),
        paper("3", "Beans", "A lone phrase stays alone."),
    ]

    assert phrases_of(papers) == {
        "bean ladder": 2,
        "on policy distillation": 2,
        "policy distillation": 2,
    }


@pytest.mark.parametrize(
    "text",
    [
        "Extensive experiments show",
        "consistently improves success rates",
        "real-world data",
        "we propose a novel framework",
        "state-of-the-art performance",
        "large language models",
        "language models",
        "of the and",
        "beans, ladders",
        "beans 42",
    ],
)
def test_boilerplate_is_no_phrase(text: str) -> None:
    assert phrases_of([paper("1", "", text), paper("2", "", text)]) == {}


def test_a_phrase_new_in_eight_papers_is_found() -> None:
    earlier: list[PublishedWeek] = []
    for week in invented_weeks(5):
        last = week
        found = told(week, earlier)
        earlier.insert(0, remembered(week, earlier))
    assert found == ()

    sprouting = Collection(
        last.week,
        tuple(
            listed(p.arxiv_id, 1, "Compost Reactors" if n < 8 else p.title)
            for n, p in enumerate(last.papers)
        ),
    )
    assert [m.key for m in told(sprouting, earlier[1:])] == ["compost reactor"]


@pytest.mark.slow
def test_among_shuffled_weeks_fewer_than_one_in_ten_moves() -> None:
    """Papers dealt to the five weeks at random: each movement found is a false one."""
    weeks = corpus_weeks(5)
    papers = list({p.arxiv_id: p for week in weeks for p in week.listed}.values())
    sizes = [len(week.listed) for week in weeks]
    chance = random.Random(2026)
    moved = []
    for _ in range(8):
        chance.shuffle(papers)
        moved += [bool(found) for found in in_turn(dealt(papers, sizes))]

    assert len(moved) == 32
    assert sum(moved) / len(moved) < 0.10, f"{sum(moved)} of {len(moved)} weeks"


def invented_weeks(count: int) -> Iterable[Collection]:
    for n in range(count):
        yield Collection(
            Week(2026, 10 + n), tuple(listed(f"{n}.{i:03d}", 1, "Beans") for i in range(80))
        )


def dealt(papers: Sequence[Paper], sizes: Sequence[int]) -> Iterable[Collection]:
    start = 0
    for n, size in enumerate(sizes):
        yield Collection(Week(2026, 15 + n), tuple(papers[start : start + size]))
        start += size


def in_turn(weeks: Iterable[Collection]) -> Iterable[tuple[Movement, ...]]:
    """What is told of each week but the first, when they are published one after the other."""
    earlier: list[PublishedWeek] = []
    for week in weeks:
        if earlier:
            yield told(week, earlier)
        earlier.insert(0, remembered(week, earlier))


def told(week: Collection, earlier: Sequence[PublishedWeek]) -> tuple[Movement, ...]:
    return movements(week_statistics(week, {}, [], [], earlier))


def remembered(week: Collection, earlier: Sequence[PublishedWeek]) -> PublishedWeek:
    topics = {p.arxiv_id: topics_of(p) for p in week.listed}
    return PublishedWeek(week.week, topics, phrases_of(new_papers(week, earlier)))
