from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from paperweek.asking import Manners
from paperweek.model import Paper, Week
from paperweek.ports import Harvest
from paperweek.sources.huggingface import HuggingFace
from tests.paperweek.clocks import StandingClock
from tests.world.corpus import Corpus, corpus_folder
from tests.world.papers_server import PapersServer, Spoil, honestly
from tests.world.traffic import Answer, Api, Request, json_answer

WEEK = Week(2026, 19)
MONDAY, TUESDAY = WEEK.days[:2]
AFTERWARDS = date(2026, 5, 11)


def record(number: int, **fields: object) -> dict[str, Any]:
    inner = {"id": f"2605.{number:05}", "title": f"Paper {number}", "upvotes": number}
    return {"paper": inner | fields, "numComments": 1}


def ask(
    days: dict[date, object], *, today: date = AFTERWARDS, spoil: Spoil = honestly
) -> tuple[Harvest, list[Request]]:
    bodies = {day: json.dumps(content).encode() for day, content in days.items()}
    with PapersServer(Corpus({}, bodies), today=today, spoil=spoil) as world:
        clock = StandingClock(datetime.combine(today, time(6), UTC))
        harvest = HuggingFace(f"{world.hf_endpoint}/", clock=clock).collect(WEEK, frozenset())
        return harvest, world.requests_to(Api.HUGGING_FACE)


def only(days: dict[date, object]) -> Paper:
    harvest, _ = ask(days)
    (paper,) = harvest.papers
    return paper


def test_a_week_is_seven_days_asked_one_by_one_and_an_empty_weekend_is_right() -> None:
    harvest, asked = ask({MONDAY: [record(1)], TUESDAY: [record(2)]})

    assert [request.query for request in asked] == [
        {"date": day.isoformat(), "limit": "100"} for day in WEEK.days
    ]
    assert [paper.arxiv_id for paper in harvest.papers] == ["2605.00001", "2605.00002"]
    assert harvest.account.requests == 7
    assert harvest.account.papers == 2
    assert (harvest.account.missing, harvest.account.failure) == ((), "")


@pytest.mark.parametrize(("listed", "pages"), [(0, 1), (99, 1), (100, 2), (101, 2), (250, 3)])
def test_a_full_page_is_followed_by_the_next_and_no_other_is(listed: int, pages: int) -> None:
    harvest, asked = ask({MONDAY: [record(n) for n in range(listed)]})

    assert len(harvest.papers) == listed
    assert len(asked) == 6 + pages
    assert harvest.account.missing == ()


def test_a_service_that_overlooks_the_limit_is_paged_by_its_default() -> None:
    def fifty_at_most(request: Request, answer: Answer) -> Answer:
        start = 50 * int(request.query.get("p", "0"))
        listed = [record(n) for n in range(80)] if request.query["date"] == str(MONDAY) else []
        return json_answer(listed[start : start + 50])

    harvest, asked = ask({}, spoil=fifty_at_most)

    assert len(harvest.papers) == 80
    assert len(asked) == 8


def test_a_service_that_overlooks_the_page_is_not_asked_for_ever_and_is_told() -> None:
    def always_the_first(request: Request, answer: Answer) -> Answer:
        return json_answer([record(n) for n in range(100)])

    harvest, asked = ask({}, spoil=always_the_first)

    assert len(harvest.papers) == 100
    assert len(asked) == 14
    assert "the list of 2026-05-04, page 2, which only repeats" in harvest.account.missing[0]


def test_a_paper_on_two_days_is_one_with_its_first_day_and_most_votes() -> None:
    paper = only({MONDAY: [record(1, upvotes=3)], TUESDAY: [record(1, upvotes=8)]})

    assert (paper.listed_on, paper.votes) == (MONDAY, 8)


def test_a_record_with_everything_is_read_whole() -> None:
    fields = {
        "title": "A title\n  in two lines",
        "summary": " An abstract. ",
        "authors": [{"name": "Ada  B."}, {"name": ":"}, {"name": None}, {}, "C. D.", 5],
        "publishedAt": "2026-05-01T20:00:00.000Z",
        "upvotes": 12,
        "githubRepo": "https://github.com/a/b",
        "aFieldOfTomorrow": {"x": [1]},
    }

    assert only({MONDAY: [record(7, **fields)]}) == Paper(
        arxiv_id="2605.00007",
        title="A title in two lines",
        abstract="An abstract.",
        authors=("Ada B.", "C. D."),
        published=datetime(2026, 5, 1, 20, tzinfo=UTC),
        votes=12,
        comments=1,
        code="https://github.com/a/b",
        listed_on=MONDAY,
        seen_in=frozenset({"huggingface"}),
    )


NOTHING = ("authors", "summary", "publishedAt", "upvotes", "githubRepo", "numComments")


def test_a_record_of_nulls_is_still_a_listed_paper() -> None:
    paper = only({MONDAY: [record(7, **dict.fromkeys(NOTHING)) | {"numComments": None}]})

    assert (paper.votes, paper.comments, paper.authors, paper.abstract) == (0, 0, (), "")
    assert paper.published is None


def test_a_record_of_only_id_and_title_is_still_a_listed_paper() -> None:
    paper = only({MONDAY: [{"paper": {"id": "2605.00007v2"}, "title": "T"}]})

    assert (paper.arxiv_id, paper.title, paper.votes) == ("2605.00007", "T", 0)


@pytest.mark.parametrize(
    "odd",
    [
        None,
        7,
        "not a record",
        "__import__('os').abort()",
        [],
        {},
        {"paper": None, "title": "T"},
        {"paper": {"id": None, "title": "T"}},
        {"paper": {"id": "../../etc", "title": "T"}},
        {"paper": {"id": "2605.00009", "title": None}},
    ],
)
def test_a_record_without_id_or_title_is_counted_and_costs_no_other(odd: object) -> None:
    harvest, _ = ask({MONDAY: [odd, record(1)]})

    assert [paper.arxiv_id for paper in harvest.papers] == ["2605.00001"]
    assert harvest.account.missing == ("1 record of 2026-05-04 without arXiv id or title",)


@pytest.mark.parametrize("votes", ["12", True, -3, 1.5, [], {}])
def test_votes_that_are_no_number_are_none(votes: object) -> None:
    assert only({MONDAY: [record(7, upvotes=votes)]}).votes == 0


@pytest.mark.parametrize(
    "address",
    [
        "http://github.com/a/b",
        "javascript:alert(1)",
        "https://github.com.evil.example/a/b",
        "https://evil.example/a/b",
        "https://user:word@github.com/a/b",
        "https://github.com/a/b)[x](y",
        'https://github.com/a/b" onclick="x',
        "https://github.com/",
        None,
        5,
    ],
)
def test_a_code_address_that_is_not_one_of_the_known_places_is_left_out(address: object) -> None:
    assert only({MONDAY: [record(7, githubRepo=address)]}).code == ""


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/a-b/c_d.e",
        "https://gitlab.com/group/sub/x",
        "https://huggingface.co/a/b",
        "https://github.com/a/b/tree/main/c/",
    ],
)
def test_a_code_address_is_kept(address: str) -> None:
    assert only({MONDAY: [record(7, githubRepo=address)]}).code == address


def test_half_a_character_does_not_reach_the_set() -> None:
    paper = only({MONDAY: [record(7, title="half \ud83d one")]})

    assert paper.title == "half ? one"


def test_texts_of_python_values_in_an_envelope_are_read() -> None:
    listed = {"status": "success", "data": [repr(record(7, summary="It's")), repr(record(8))]}
    harvest, _ = ask({MONDAY: listed})

    assert [paper.abstract for paper in harvest.papers] == ["It's", ""]


def test_days_that_lie_ahead_are_named_and_are_no_failure() -> None:
    harvest, asked = ask({MONDAY: [record(1)]}, today=TUESDAY)

    assert len(asked) == 7
    assert harvest.account.failure == ""
    assert harvest.account.missing == tuple(
        f"the list of {day}, which lies ahead" for day in WEEK.days[2:]
    )


def test_a_day_that_is_refused_without_lying_ahead_is_a_failure() -> None:
    def refuse_tuesday(request: Request, answer: Answer) -> Answer:
        is_tuesday = request.query["date"] == str(TUESDAY)
        return json_answer({"error": "no"}, status=400) if is_tuesday else answer

    harvest, _ = ask({MONDAY: [record(1)], WEEK.days[2]: [record(3)]}, spoil=refuse_tuesday)

    assert [paper.arxiv_id for paper in harvest.papers] == ["2605.00001", "2605.00003"]
    assert harvest.account.missing == ("the list of 2026-05-05",)
    assert harvest.account.failure == (
        "Hugging Face was asked 2 times: for the list of 2026-05-05 came HTTP 400 (Bad Request)."
    )


def test_days_that_fail_alike_are_told_once_with_their_number() -> None:
    harvest, _ = ask({}, spoil=lambda request, answer: json_answer({"error": "no"}, status=404))

    assert harvest.account.failure == (
        "Hugging Face was asked 2 times: for each of 7 days’ lists came HTTP 404 (Not Found)."
    )


def test_a_service_that_wants_fewer_requests_is_left_alone() -> None:
    harvest, asked = ask({}, spoil=lambda request, answer: Answer(status=429))

    assert len(asked) == 5
    assert harvest.account.missing == tuple(f"the list of {day}" for day in WEEK.days)
    assert "asked 5 times: for the list of 2026-05-04 came HTTP 429" in harvest.account.failure


def test_a_service_that_is_not_there_is_tried_as_often_as_one_request_may_be() -> None:
    source = HuggingFace("http://nowhere.invalid", manners=Manners(), clock=StandingClock())

    harvest = source.collect(WEEK, frozenset())

    assert harvest.papers == ()
    assert harvest.account.requests == 5
    assert "was not found (DNS)" in harvest.account.failure


def recordings() -> list[Path]:
    folder = corpus_folder()
    return sorted((folder / "hf_samples").glob("*.json")) if folder else []


@pytest.mark.skipif(not recordings(), reason="the recorded corpus is not on this machine")
@pytest.mark.parametrize("file", recordings(), ids=lambda file: file.stem)
def test_recorded_answers_of_every_era_are_read_to_the_last_record(file: Path) -> None:
    content = json.loads(file.read_bytes())
    count = len(content["data"] if isinstance(content, dict) else content)

    harvest, _ = ask({MONDAY: content})

    assert len(harvest.papers) == count > 0
    assert harvest.account.missing == ()
    assert all(paper.title and paper.authors and paper.abstract for paper in harvest.papers)
