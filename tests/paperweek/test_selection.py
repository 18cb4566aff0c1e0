"""The papers of a post are chosen by a rule, and a week that has too few is refused."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from paperweek.abstracts import fault_of
from paperweek.errors import ConfigurationError, EmptyWeek, PoorWeek
from paperweek.model import Collection, Selection, SourceAccount
from paperweek.selection import MOST_CONTRARY, MOST_OPEN, contrary_finding, select
from tests.paperweek.weeks import PROSE, corpus_weeks, listed, paper, published, week_of

ROBOT, SPEECH, PROOF = "Robot Manipulation", "Text to Speech", "Theorem Proving in Lean"


def ids(selection: Selection) -> list[str]:
    return [paper.arxiv_id for paper in selection.papers]


def test_more_votes_come_first_and_equals_by_id() -> None:
    week = week_of([listed("3", 5, ROBOT), listed("1", 5, SPEECH), listed("2", 9, PROOF)])

    assert ids(select(week)) == ["2", "1", "3"]


def test_code_and_discussion_raise_a_paper_a_little() -> None:
    week = week_of(
        [
            listed("1", 10, ROBOT),
            listed("2", 10, SPEECH, comments=6),
            listed("3", 10, PROOF, code="https://github.com/a/b", comments=6),
            listed("4", 60, "Gaussian Splatting"),
        ]
    )

    assert ids(select(week)) == ["4", "3", "2", "1"]


def test_topics_take_turns() -> None:
    robots = [listed(f"1{n}", 20, ROBOT) for n in range(5)]
    week = week_of([*robots, listed("90", 12, SPEECH), listed("91", 12, PROOF)])

    assert ids(select(week)) == ["10", "11", "90", "91", "12", "13", "14"]


def test_the_ten_most_voted_are_always_in() -> None:
    robots = [listed(f"1{n}", 40 - n, ROBOT) for n in range(10)]
    others = [
        listed(f"2{n}", 29, title, code="https://github.com/a/b", comments=60)
        for n, title in enumerate(
            (SPEECH, PROOF, "Gaussian Splatting", "Jailbreaks", "GUI Agents", "Quantization")
        )
    ]
    selection = select(week_of([*robots, *others]), size=12)

    assert {f"1{n}" for n in range(10)} <= set(ids(selection))
    assert len(selection.papers) == 12


def test_a_paper_of_an_earlier_post_is_not_chosen_again() -> None:
    week = week_of([listed("1", 99), listed("2", 1)])
    selection = select(week, [published(1, ["1"]), published(60, ["3"])])

    assert ids(selection) == ["2"]
    assert selection.statistics["listed_new"] == 1
    assert ids(select(week, [published(-1, ["1"])])) == ["1", "2"], "a later week is not earlier"


def test_a_paper_without_a_usable_abstract_is_shown_and_never_written_about() -> None:
    week = week_of(
        [listed("1", 99, ROBOT, abstract="TL;DR: beans."), listed("2", 1), listed("3", 1)]
    )
    selection = select(week)

    assert ids(selection) == ["2", "3", "1"], "the table has it, as one of the ten most-voted"
    assert selection.titles_only == {"1"}
    assert selection.statistics["titles_only"] == 1
    assert selection.topics["1"] == ("robotics",)


def test_few_listed_papers_are_joined_by_arxivs_own() -> None:
    week = week_of(
        [
            listed("1", 3, ROBOT),
            paper("2", SPEECH, comment="Accepted at a conference"),
            paper("3", SPEECH),
            paper("4", SPEECH, published=datetime(2026, 3, 8, tzinfo=UTC)),
            paper("5", "Beans"),
        ]
    )
    selection = select(week)

    assert ids(selection) == ["1", "2", "4", "3", "5"]
    assert "arXiv’s own listing fills up" in selection.rule


def test_a_week_that_hugging_face_did_not_list_is_chosen_from_arxiv() -> None:
    titles = (ROBOT, SPEECH, "Theorem Proving")
    week = week_of(paper(f"{n:02d}", titles[n % 3]) for n in range(90))
    selection = select(week, size=9)

    assert Counter(selection.topics[i][0] for i in ids(selection)) == {
        "robotics": 3,
        "audio": 3,
        "math": 3,
    }
    assert selection.rule.startswith("Hugging Face listed nothing new")


def test_the_rule_says_only_what_the_sources_that_answered_allow() -> None:
    week = week_of([paper("1", ROBOT), paper("2", SPEECH, f"{PROSE} {FINDING}")])
    silent = tuple(SourceAccount(name, failure="No.") for name in ("huggingface", "arxiv"))

    assert select(week, size=1).rule.endswith("from all of arXiv’s listing.")
    told = select(replace(week, accounts=silent), size=1).rule
    assert told.startswith("Hugging Face gave no list, so")
    assert told.endswith("from all papers that came.")


def test_a_preferred_topic_is_raised_and_an_unwanted_one_left_out() -> None:
    week = week_of([listed("1", 10, ROBOT), listed("2", 8, SPEECH), listed("3", 8, PROOF)])

    assert ids(select(week, prefer=["audio"], leave_out=["Robot learning"])) == ["2", "3"]


def test_an_unknown_topic_is_told() -> None:
    with pytest.raises(ConfigurationError, match="beans"):
        select(week_of([listed("1", 1)]), prefer=["beans"])


def test_a_week_without_papers_is_empty() -> None:
    with pytest.raises(EmptyWeek):
        select(week_of([]))
    with pytest.raises(EmptyWeek):
        select(week_of([listed("1", 5)]), [published(1, ["1"])])


@pytest.mark.parametrize(("readable", "refused"), [(9, True), (10, False), (0, True)])
def test_a_week_of_which_less_than_half_can_be_read_is_poor(readable: int, refused: bool) -> None:
    week = week_of(
        listed(f"{n:02d}", 50, abstract=PROSE if n < readable else "") for n in range(20)
    )
    if refused:
        with pytest.raises(PoorWeek, match=rf"20 best-ranked papers only {readable}"):
            select(week)
    else:
        assert len(select(week).papers) == readable


def test_unreadable_papers_far_down_do_not_make_a_week_poor() -> None:
    good = [listed(f"1{n:02d}", 50) for n in range(30)]
    bad = [listed(f"2{n:02d}", 1, abstract="") for n in range(60)]

    assert len(select(week_of([*good, *bad])).papers) == 30


FINDING = "We find that longer poles do not improve the harvest."


@pytest.mark.parametrize(
    "finding",
    [
        FINDING,
        "Our results show no significant improvement over a bare fence.",
        "Surprisingly, the trained beans are no better than wild ones.",
        "We show that ladders fail to generalize to other gardens.",
        "Contrary to common belief, we find that snails help.",
        "These findings challenge the assumption that water is enough.",
        "Experiments reveal that earlier studies overestimated the yield.",
        "We find no evidence that music matters.",
        "Our analysis shows that the scaling rule does not hold for peas.",
        "We report a negative result for peas.",
    ],
)
def test_a_contrary_finding_is_found(finding: str) -> None:
    assert contrary_finding(paper("1", "Beans", f"Beans climb. {finding} {PROSE}")) == finding


@pytest.mark.parametrize(
    "background",
    [
        "Existing methods fail to generalize to other gardens.",
        "However, prior work does not hold under rain.",
        "Ladders often fail to improve the harvest.",
        "We find that our method improves where others do not generalize.",
        "We propose a pole because fences do not scale.",
        "We show that BeanNet does not transfer losses.",
        "We show that this does not hold.",
        "We observed no statistically significant difference from expert-level harvests.",
        "The beans grow without significant loss, as experiments show.",
        "",
    ],
)
def test_background_and_praise_are_no_contrary_finding(background: str) -> None:
    assert contrary_finding(paper("1", "BeanNet: Beans", f"{background} {PROSE}")) == ""


def test_contrary_papers_come_last_from_the_whole_listing_each_of_another_topic() -> None:
    contrary = [
        paper(f"9{n}", title, f"{PROSE} {FINDING}")
        for n, title in enumerate((ROBOT, ROBOT, SPEECH, PROOF, "Gaussian Splatting"))
    ]
    voted = [listed(f"1{n}", 9 + n) for n in range(6)]
    selection = select(week_of([*voted, *contrary]), size=5)

    assert ids(selection)[:5] == ["15", "14", "13", "12", "11"]
    assert [selection.topics[i][0] for i in ids(selection)[5:]] != []
    assert len(selection.papers) == 5 + MOST_CONTRARY
    assert len({selection.topics[i][0] for i in ids(selection)[5:]}) == MOST_CONTRARY
    assert all(contrary_finding(p) == FINDING for p in selection.papers[5:])


def test_the_rule_is_one_sentence() -> None:
    rule = select(week_of([listed("1", 1)])).rule

    assert rule.endswith(".")
    assert rule.count(". ") == 0


def test_recorded_weeks_are_chosen_alike_in_any_order() -> None:
    week = corpus_weeks(1)[0]
    shuffled = list(week.papers)
    random.Random(1).shuffle(shuffled)
    one, other = select(week), select(Collection(week.week, tuple(shuffled)))

    assert one.papers == other.papers
    assert one.statistics == other.statistics
    assert list(one.statistics) == list(other.statistics)


def test_recorded_weeks_hold_their_most_voted_and_a_few_contrary_papers() -> None:
    for week in corpus_weeks():
        selection = select(week)
        votes = sorted(
            (p for p in week.listed if not fault_of(p.abstract)),
            key=lambda p: (-(p.votes or 0), p.arxiv_id),
        )

        assert {p.arxiv_id for p in votes[:10]} <= set(ids(selection))
        assert 30 <= len(selection.papers) <= 30 + MOST_CONTRARY + MOST_OPEN
        assert any(contrary_finding(paper) for paper in selection.papers)
