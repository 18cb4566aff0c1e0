"""The played world answers as the real one was seen to: else tests on it prove nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import arxiv  # type: ignore[import-untyped]
import pytest
import requests

from tests.world.corpus import (
    DEFAULT_CATEGORIES,
    Corpus,
    Record,
    corpus_folder,
    read_corpus,
    with_records,
)
from tests.world.papers_server import PapersServer
from tests.world.synthetic import WEEK, write_synthetic_week
from tests.world.traffic import Api

ATOM = "{http://www.w3.org/2005/Atom}"
SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
WHOLE_WEEK = "submittedDate:[202507070000 TO 202507132359]"
ODD = Record(
    arxiv_id="2513.99990",
    version=3,
    title="A < B & \"C\"\nunder 'D' \x0b]]>",
    abstract="Signs such as <b> & ]]> stay signs.",
    authors=(":", *(f"Author {n}" for n in range(663))),
    categories=("cs.LG", "stat.ML"),
    published=datetime(2025, 7, 13, 23, 59, 30, tzinfo=UTC),
    updated=datetime(2025, 7, 14, tzinfo=UTC),
    comment="Withdrawn & replaced",
)
NO_CATEGORY = Record(
    arxiv_id="2513.99991",
    version=1,
    title="Uncategorised",
    abstract="None.",
    authors=("A. Nonym",),
    categories=(),
    published=datetime(2025, 7, 7, tzinfo=UTC),
    updated=datetime(2025, 7, 7, tzinfo=UTC),
)


@pytest.fixture(scope="session")
def week(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("corpus")
    write_synthetic_week(folder, 400)
    return with_records(read_corpus(folder), ODD, NO_CATEGORY)


@pytest.fixture
def world(week: Corpus) -> Iterator[PapersServer]:
    with PapersServer(week, today=date(2025, 7, 20)) as server:
        yield server


def daily(world: PapersServer, **query: object) -> requests.Response:
    address = f"{world.hf_endpoint}/api/daily_papers"
    return requests.get(address, params={k: str(v) for k, v in query.items()}, timeout=10)


def query(world: PapersServer, text: str) -> requests.Response:
    return requests.get(f"{world.arxiv_url}?{text}", timeout=10)


def ids(answer: requests.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    names = [e.findtext(f"{ATOM}id", "") for e in ET.fromstring(answer.content)]
    return [re.sub(r"v\d+$", "", name.split("/abs/")[1]) for name in names if "/abs/" in name]


def total(answer: requests.Response) -> int:
    return int(ET.fromstring(answer.content).findtext(f"{SEARCH}totalResults", ""))


class TestDailyPapers:
    def test_a_day_comes_as_it_was_recorded(self, world: PapersServer, week: Corpus) -> None:
        assert daily(world, date="2025-07-08", limit=100).content == week.days[date(2025, 7, 8)]

    def test_a_page_holds_fifty_unless_more_are_asked_for(self, week: Corpus) -> None:
        day = date(2025, 7, 7)
        many = b"[" + b",".join(b'{"paper":{"id":"%d"}}' % n for n in range(130)) + b"]"
        with PapersServer(Corpus(week.records, {day: many})) as world:
            assert len(daily(world, date=day).json()) == 50
            pages = [daily(world, date=day, limit=100, p=p).json() for p in range(3)]
        assert [len(page) for page in pages] == [100, 30, 0]
        assert pages[1][0]["paper"]["id"] == "100"

    def test_a_day_without_papers_is_an_empty_list(self, world: PapersServer) -> None:
        assert daily(world, date="2025-07-12").json() == []

    @pytest.mark.parametrize(
        "query",
        [
            {"date": "2025-02-30"},
            {"date": "tomorrow"},
            {"date": "2025-07-21"},
            {"date": "2025-07-08", "limit": 101},
            {"date": "2025-07-08", "limit": 0},
            {"date": "2025-07-08", "p": -1},
        ],
    )
    def test_what_the_service_refuses_is_refused(
        self, world: PapersServer, query: dict[str, object]
    ) -> None:
        answer = daily(world, **query)
        assert answer.status_code == 400
        assert answer.json()["error"]

    def test_no_day_lies_ahead_unless_today_is_set(self, week: Corpus) -> None:
        with PapersServer(week) as world:
            assert daily(world, date="2999-01-01").json() == []

    @pytest.mark.parametrize("wrapped", [False, True])
    def test_the_older_formats_are_paged_in_their_own_form(self, wrapped: bool) -> None:
        day = date(2024, 12, 18)
        body = b"[\"{'paper': 1}\", \"{'paper': 2}\"]"
        if wrapped:
            body = b'{"status": "success", "count": 2, "data": ' + body + b"}"
        with PapersServer(Corpus({}, {day: body})) as world:
            whole, part = daily(world, date=day), daily(world, date=day, limit=1, p=1)
        assert whole.content == body
        assert (part.json()["data"] if wrapped else part.json()) == ["{'paper': 2}"]


class TestArxivQuery:
    def test_ten_come_unless_more_are_asked_for(self, world: PapersServer) -> None:
        assert len(ids(query(world, "search_query=cat:cs.AI"))) == 10

    def test_pages_are_windows_on_one_order(self, world: PapersServer, week: Corpus) -> None:
        days = {record.published.date() for record in week.records.values()}
        known = [r for r in week.records.values() if r.published.date() in WEEK.days]
        assert days - set(WEEK.days)
        listing = f"search_query={WHOLE_WEEK}&sortBy=submittedDate&sortOrder=ascending"
        whole = query(world, f"{listing}&max_results=1000")
        assert total(whole) == len(ids(whole)) == len(known)
        window = query(world, f"{listing}&start={len(known) - 7}&max_results=20")
        assert ids(window) == ids(whole)[-7:]
        assert total(window) == len(known)

    def test_the_orders_are_each_others_reverse(self, world: PapersServer) -> None:
        listing = f"search_query={WHOLE_WEEK}&max_results=1000&sortBy=lastUpdatedDate"
        up, down = (query(world, f"{listing}&sortOrder={o}ending") for o in ("asc", "desc"))
        assert ids(up) == ids(down)[::-1]
        assert ids(down)[0] == ODD.arxiv_id

    @pytest.mark.parametrize(
        "text",
        [
            "(cat:cs.AI+OR+cat:cs.CL)+AND+submittedDate:[202507080000+TO+202507092359]",
            "(cat:cs.AI%20OR%20cat:cs.CL)%20AND%20submittedDate:[202507080000%20TO%20202507092359]",
            "%28cat:cs.AI+OR+cat:cs.CL%29+AND+submittedDate:%5B202507080000+TO+202507092359%5D",
            "submittedDate:[202507080000%2BTO%2B202507092359]+AND+(cat:cs.CL+OR+cat:cs.AI)",
        ],
    )
    def test_categories_and_days_are_found_however_they_are_spelt(
        self, world: PapersServer, week: Corpus, text: str
    ) -> None:
        expected = {
            record.arxiv_id
            for record in week.records.values()
            if record.published.day in (8, 9) and {"cs.AI", "cs.CL"} & set(record.categories)
        }
        assert set(ids(query(world, f"search_query={text}&max_results=2000"))) == expected
        assert len(expected) > 50

    def test_and_binds_more_tightly_than_or(self, world: PapersServer) -> None:
        text = "ti:uncategorised+OR+cat:stat.ML+AND+ti:nothing"
        assert ids(query(world, f"search_query={text}")) == [NO_CATEGORY.arxiv_id]

    def test_both_ends_of_a_range_belong_to_it(self, world: PapersServer) -> None:
        found = ids(query(world, "search_query=submittedDate:[202507132359+TO+202507132359]"))
        assert found == [ODD.arxiv_id]

    def test_a_record_without_categories_is_found_under_each_default_one(
        self, world: PapersServer
    ) -> None:
        for category in DEFAULT_CATEGORIES:
            found = ids(query(world, f"search_query=cat:{category}+AND+ti:uncategorised"))
            assert found == [NO_CATEGORY.arxiv_id]
        assert ids(query(world, "search_query=cat:hep-th+AND+ti:uncategorised")) == []

    def test_an_unknown_id_is_left_out_without_a_word(self, world: PapersServer) -> None:
        answer = query(world, f"id_list=2513.00001,0000.0000,{ODD.arxiv_id}&max_results=3")
        assert ids(answer) == ["2513.00001", ODD.arxiv_id]
        assert total(answer) == 2

    def test_an_id_and_a_query_are_both_to_hold(self, world: PapersServer) -> None:
        answer = query(world, f"id_list=2513.00001,{ODD.arxiv_id}&search_query=cat:stat.ML")
        assert ids(answer) == [ODD.arxiv_id]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("id_list=2513.00001,abc", "incorrect id format for abc"),
            ("search_query=cat:cs.AI&max_results=30001", "max_results must be at most 30000"),
            ("search_query=cat:cs.AI&start=-1", "start must be non-negative"),
            ("search_query=cat:cs.AI&max_results=many", "max_results must be an integer"),
            ("search_query=submittedDate:[2025+TO+2026]", "incorrect date range [2025 TO 2026]"),
            ("search_query=(cat:cs.AI", "a parenthesis is not closed"),
            ("search_query=cat:cs.AI+AND", "a term is missing before the end"),
            ("", "one of search_query and id_list must be given"),
        ],
    )
    def test_a_bad_request_is_answered_by_an_error_entry(
        self, world: PapersServer, text: str, message: str
    ) -> None:
        answer = query(world, text)
        assert answer.status_code == 400
        entry = ET.fromstring(answer.content).find(f"{ATOM}entry")
        assert entry is not None
        assert entry.findtext(f"{ATOM}title") == "Error"
        assert entry.findtext(f"{ATOM}summary") == message

    @pytest.mark.parametrize("legacy", [False, True])
    def test_the_arxiv_package_reads_every_field(self, week: Corpus, legacy: bool) -> None:
        with PapersServer(week, legacy_atom=legacy) as world:
            client = arxiv.Client(page_size=50, delay_seconds=0)
            client.query_url_format = world.arxiv_url + "?{}"
            search = arxiv.Search(id_list=[ODD.arxiv_id])
            (paper,) = client.results(search)
        assert paper.get_short_id() == "2513.99990v3"
        assert paper.title == "A < B & \"C\" under 'D' ]]>"
        assert paper.summary.strip() == ODD.abstract
        assert [author.name for author in paper.authors] == list(ODD.authors)
        assert (paper.published, paper.updated) == (ODD.published, ODD.updated)
        assert (paper.primary_category, paper.categories) == ("cs.LG", ["cs.LG", "stat.ML"])
        assert paper.comment == ODD.comment


class TestServer:
    def test_every_request_is_logged_for_whoever_counts(self, world: PapersServer) -> None:
        daily(world, date="2025-07-08")
        requests.get(
            world.arxiv_url,
            params={"id_list": "2513.00001"},
            headers={"User-Agent": "reader/1"},
            timeout=10,
        )
        query(world, "id_list=2513.00001")
        (day,) = world.requests_to(Api.HUGGING_FACE)
        first, second = world.requests_to(Api.ARXIV)
        assert day.query == {"date": "2025-07-08"}
        assert first.headers["user-agent"] == "reader/1"
        assert (first.nth, first.again) == (0, 0)
        assert (second.nth, second.again) == (1, 1)
        assert first.begun <= second.begun
        assert world.most_at_once[Api.ARXIV] == 1

    def test_other_addresses_and_methods_are_not_served(self, world: PapersServer) -> None:
        assert requests.get(f"{world.hf_endpoint}/api/papers", timeout=10).status_code == 404
        assert requests.post(world.arxiv_url, data="x", timeout=10).status_code == 405
        assert query(world, "id_list=" + "2513.00001," * 800).status_code == 414

    def test_it_runs_as_a_program_that_prints_its_addresses(self, tmp_path: Path) -> None:
        write_synthetic_week(tmp_path, 5)
        with subprocess.Popen(
            [sys.executable, "-m", "tests.world", str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as program:
            assert program.stdout is not None
            lines = dict(program.stdout.readline().strip().split("=") for _ in range(3))
            address = lines["export HF_ENDPOINT"]
            day = requests.get(f"{address}/api/daily_papers?date={WEEK.monday}", timeout=10)
            counts = requests.get(f"{address}/world/log", timeout=10).json()
            program.terminate()
        assert len(day.json()) == 1
        assert lines["export PAPERWEEK_ARXIV_URL"] == f"{address}/api/query"
        assert counts == {"requests": {"huggingface": 1}}


def test_the_same_seed_invents_the_same_week(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_synthetic_week(tmp_path / name, 30)
    one, two = (read_corpus(tmp_path / name) for name in ("one", "two"))
    assert one == two
    assert len(one.records) == 30


@pytest.mark.skipif(corpus_folder() is None, reason="the recorded corpus is not on this machine")
class TestRecordedCorpus:
    def test_the_feed_has_the_shape_of_the_recorded_one(self, world: PapersServer) -> None:
        folder = corpus_folder()
        assert folder is not None
        sample = next((folder / "atom_samples").glob("id_1605.08386*.xml")).read_bytes()
        played = query(world, "id_list=2513.00001&max_results=100").content
        assert _shape(played) == _shape(sample)

    def test_the_older_feed_has_the_shape_of_the_recorded_one(self, week: Corpus) -> None:
        folder = corpus_folder()
        assert folder is not None
        sample = next((folder / "atom_samples").glob("legacy_2019*.xml")).read_bytes()
        plain = replace(ODD, comment="", authors=("A. Nonym", "B. Nonym"))
        with PapersServer(with_records(week, plain), legacy_atom=True) as world:
            played = query(world, f"id_list={ODD.arxiv_id}").content
        assert _shape(played) == _shape(sample)[: len(_shape(played))]

    def test_all_weeks_are_one_universe(self) -> None:
        folder = corpus_folder()
        assert folder is not None
        corpus = read_corpus(folder)
        assert len(corpus.records) > 8000
        assert corpus.records["2501.15891"].abstract == ""
        assert all(re.fullmatch(r"[\w.-]+(/\d+)?", name) for name in corpus.records)
        with PapersServer(corpus) as world:
            listing = query(
                world,
                "search_query=(cat:cs.AI+OR+cat:cs.CL+OR+cat:cs.CV+OR+cat:cs.LG)+AND+"
                "submittedDate:[202604060000+TO+202604122359]&max_results=1",
            )
        assert total(listing) > 900


def _shape(feed: bytes) -> list[str]:
    """Return the elements in order, runs of the same one once."""
    tags = [element.tag for element in ET.fromstring(feed).iter()]
    tags = [tag for tag in tags if tag != f"{ATOM}name"]
    return [tag for tag, before in zip(tags, [None, *tags], strict=False) if tag != before]
