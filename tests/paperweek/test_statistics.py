"""Every number that a sentence may quote is counted from the week and the weeks before."""

import random

from paperweek.model import PublishedWeek
from paperweek.statistics import compared_weeks, new_papers, week_statistics
from paperweek.topics import topics_of
from tests.paperweek.weeks import WEEK, corpus_weeks, listed, paper, published, week_of

ROBOT = "Robot Manipulation with Beans"
SPEECH = "Text to Speech for Beans"


def test_it_counts_the_week() -> None:
    week = week_of(
        [
            listed("1", 9, ROBOT, code="https://github.com/a/b", comments=4),
            listed("2", 5, ROBOT),
            listed("3", 2, SPEECH, abstract=""),
            paper("4", ROBOT),
        ]
    )
    numbers = week_statistics(week, {}, ["1", "2"], ["3"])

    expected = {
        "papers": 4,
        "listed": 3,
        "listed_new": 3,
        "listing": 1,
        "with_code": 1,
        "usable": 2,
        "titles_only": 1,
        "selected": 2,
        "votes_total": 16,
        "votes_median": 5,
        "votes:1": 9,
        "comments:1": 4,
        "rank:1": 1,
        "rank:3": 3,
        "topic:robotics": 2,
        "share:robotics": 67,
        "top_topic:robotics": 2,
        "all_topic:robotics": 3,
        "topic:audio": 1,
        "earlier_weeks": 0,
        "earlier_listed": 0,
        "earlier_topic:robotics": 0,
        "earlier_share:robotics": 0,
    }
    assert {key: numbers[key] for key in expected} == expected


def test_nobody_is_first_where_two_share_the_most_votes() -> None:
    numbers = week_statistics(week_of([listed("1", 9), listed("2", 9), listed("3", 1)]), {}, [], [])

    assert [numbers[f"rank:{i}"] for i in "123"] == [2, 2, 3]


def test_a_paper_of_an_earlier_week_is_not_new() -> None:
    week = week_of([listed("1", 9, ROBOT), listed("2", 5, ROBOT)])
    earlier = [published(1, ["1"], ("robotics",))]
    numbers = week_statistics(week, {}, [], [], earlier)

    assert [p.arxiv_id for p in new_papers(week, earlier)] == ["2"]
    assert (numbers["listed"], numbers["listed_new"], numbers["topic:robotics"]) == (2, 1, 1)
    assert numbers["votes:1"] == 9
    assert "rank:1" not in numbers
    assert numbers["rank:2"] == 1


def test_a_paper_listed_in_two_earlier_weeks_counts_once() -> None:
    earlier = [published(1, ["1", "2"], ("audio",)), published(2, ["2", "3"], ("robotics",))]
    numbers = week_statistics(week_of([listed("9", 1)]), {}, [], [], earlier)

    assert numbers["earlier_listed"] == 3
    assert (numbers["earlier_topic:audio"], numbers["earlier_topic:robotics"]) == (1, 2)


def test_it_compares_with_the_four_newest_of_the_last_eight_weeks() -> None:
    ago = [1, 2, 3, 5, 6, 9]
    earlier = [published(n, [str(n)]) for n in ago]
    empty = published(4, [])
    later = PublishedWeek(WEEK.plus(1), {"7": ()})

    weeks = compared_weeks(WEEK, [*earlier, empty, later])

    assert [week.week for week in weeks] == [WEEK.plus(-n) for n in (1, 2, 3, 5)]
    assert compared_weeks(WEEK, [published(52, ["1"])]) == ()


def test_an_earlier_phrase_is_never_counted_too_low() -> None:
    papers = [listed(str(n), 1, "Bean Ladders for Everybody") for n in range(3)]
    earlier = [
        PublishedWeek(WEEK.plus(-1), {"8": ()}, {"bean ladder": 4}),
        PublishedWeek(WEEK.plus(-2), {"9": ()}, {"fence post": 9}),
    ]
    numbers = week_statistics(week_of(papers), {}, [], [], earlier)

    assert numbers["phrase:bean ladder"] == 3
    assert numbers["earlier_phrase:bean ladder"] == 5, "what was not kept may have been in one"
    assert (numbers["phrase:fence post"], numbers["earlier_phrase:fence post"]) == (0, 10)


def test_an_empty_week_has_numbers_too() -> None:
    numbers = week_statistics(week_of([]), {}, [], [])

    assert (numbers["papers"], numbers["votes_median"]) == (0, 0)


def test_topics_given_and_topics_found_give_the_same_numbers_in_any_order() -> None:
    week = corpus_weeks(1)[0]
    shuffled = list(week.papers)
    random.Random(1).shuffle(shuffled)
    other = type(week)(week.week, tuple(shuffled))
    topics = {p.arxiv_id: topics_of(p) for p in week.papers}

    assert week_statistics(week, topics, [], []) == week_statistics(other, {}, [], [])
