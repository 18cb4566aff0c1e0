from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperweek.asking import Answer as Came
from paperweek.asking import Fault, Manners
from paperweek.errors import ConfigurationError
from paperweek.model import Week
from paperweek.ports import Harvest
from paperweek.sources.arxiv_search import ArxivSearch, read_feed
from tests.paperweek.clocks import StandingClock
from tests.world.arxiv_api import error_answer
from tests.world.corpus import Corpus, Record, corpus_folder
from tests.world.papers_server import PapersServer, Spoil, honestly
from tests.world.traffic import Answer, Api, Request

WEEK = Week(2025, 5)
MIDDAY = datetime(2025, 1, 27, 12, tzinfo=UTC)
FOLDER = Path(__file__).parent


def papers(numbers: Iterable[int], **fields: object) -> list[Record]:
    made = {
        "version": 2,
        "abstract": "An abstract.",
        "authors": ("Ada B.",),
        "categories": ("cs.AI", "stat.ML"),
        "updated": MIDDAY + timedelta(days=9),
    }
    return [
        Record(
            arxiv_id=f"2501.{n:05}",
            title=f"Paper {n}",
            published=MIDDAY + timedelta(minutes=n),
            **(made | fields),  # type: ignore[arg-type]
        )
        for n in numbers
    ]


def ids(numbers: Iterable[int]) -> set[str]:
    return {f"2501.{n:05}" for n in numbers}


OLD = papers(range(900, 904), categories=("math.CO",))


class Play:
    """A played arXiv, and what the source made of it."""

    def __init__(
        self,
        records: list[Record],
        tmp_path: Path,
        *,
        known: AbstractSet[str] = frozenset(),
        spoil: Spoil = honestly,
        delay: float = 0,
        legacy: bool = False,
        batch: int = 100,
        manners: Manners | None = None,
        suffix: str = "",
    ) -> None:
        self.clock = StandingClock()
        corpus = Corpus({record.arxiv_id: record for record in records}, {})
        with PapersServer(corpus, spoil=spoil, legacy_atom=legacy) as world:
            source = ArxivSearch(
                world.arxiv_url + suffix,
                cache=tmp_path,
                delay_seconds=delay,
                batch=batch,
                page=10,
                manners=manners,
                clock=self.clock,
            )
            self.harvest: Harvest = source.collect(WEEK, known)
            self.asked = world.requests_to(Api.ARXIV)
        self.account = self.harvest.account
        self.ids = {paper.arxiv_id for paper in self.harvest.papers}


def in_listing(change: Callable[[Request, Answer], Answer]) -> Spoil:
    return lambda request, answer: (
        change(request, answer) if request.query.get("search_query") else answer
    )


def with_total(answer: Answer, total: int) -> Answer:
    body = re.sub(rb"totalResults>\d+<", b"totalResults>%d<" % total, answer.body)
    return Answer(body, answer.status, answer.content_type)


@pytest.mark.parametrize(
    ("known", "listed", "requests"),
    [(0, 25, 3), (1, 10, 2), (4, 11, 3), (5, 1, 3), (8, 20, 4)],
)
def test_no_request_is_sent_that_is_not_needed(
    tmp_path: Path, known: int, listed: int, requests: int
) -> None:
    records = papers(range(listed))
    play = Play(records, tmp_path, known=ids(range(min(known, listed))), batch=4)

    assert len(play.asked) == play.account.requests == requests - (known > listed)
    assert play.ids == ids(range(listed))
    assert (play.account.missing, play.account.failure) == ((), "")


def test_what_is_asked_is_what_the_manual_says(tmp_path: Path) -> None:
    play = Play(papers(range(3)), tmp_path, known=ids([1, 2]))

    by_id, listing = (request.query for request in play.asked)
    assert by_id["id_list"] == "2501.00001,2501.00002"
    assert (by_id["start"], by_id["max_results"]) == ("0", "2")
    assert listing["search_query"] == (
        "(cat:cs.AI OR cat:cs.CL OR cat:cs.CV OR cat:cs.LG)"
        " AND submittedDate:[202501270000 TO 202502022359]"
    )
    assert (listing["sortBy"], listing["sortOrder"]) == ("submittedDate", "ascending")
    assert (listing["start"], listing["max_results"]) == ("0", "10")
    assert all(request.headers["user-agent"].startswith("paperweek/") for request in play.asked)


def test_an_address_with_a_query_of_its_own_keeps_it(tmp_path: Path) -> None:
    play = Play(papers(range(3)), tmp_path, suffix="?key={x}")

    assert play.asked[0].query["key"] == "{x}"
    assert len(play.ids) == 3


@pytest.mark.parametrize("legacy", [False, True])
def test_a_paper_is_read_whole_in_both_envelopes(tmp_path: Path, *, legacy: bool) -> None:
    (record,) = papers(
        [7],
        authors=("Ada  B.", ":", "Chen D."),
        abstract="  Two\n lines & <b>. ",
        comment="9 pages,\n  3 figures",
        categories=("cs.LG", "cs.AI", "68T50"),
    )
    (paper,) = Play([record], tmp_path, legacy=legacy).harvest.papers

    assert (paper.arxiv_id, paper.title, paper.abstract) == (
        "2501.00007",
        "Paper 7",
        "Two lines & <b>.",
    )
    assert paper.authors == ("Ada B.", "Chen D.")
    assert paper.categories == ("cs.LG", "cs.AI")
    assert (paper.published, paper.updated) == (record.published, record.updated)
    assert paper.comment == "9 pages, 3 figures"
    assert paper.seen_in == {"arxiv"}
    assert paper.votes is None


def test_an_id_that_arxiv_leaves_out_is_named_and_not_asked_for_again(tmp_path: Path) -> None:
    play = Play([*papers(range(3)), *OLD], tmp_path, known={"2501.00900", "2501.00999"})

    assert play.ids == ids([0, 1, 2, 900])
    assert len(play.asked) == 2
    assert play.account.missing == ("2501.00999",)
    assert play.account.failure == ""


def test_one_unknown_id_alone_is_believed_at_once_and_many_are_not(tmp_path: Path) -> None:
    few = Play(papers(range(3)), tmp_path, known=ids(range(990, 992)))
    many = Play(papers(range(3)), tmp_path, known=ids(range(990, 999)))

    assert len(few.asked) == 2
    assert len(many.asked) == 6
    assert many.account.failure == few.account.failure == ""
    assert set(many.account.missing) > ids(range(990, 999))


def test_an_id_that_arxiv_calls_none_costs_no_other_its_metadata(tmp_path: Path) -> None:
    def refuse(request: Request, answer: Answer) -> Answer:
        if "2501.00901" in request.query.get("id_list", ""):
            return error_answer("incorrect id format for 2501.00901")
        return answer

    play = Play([*papers([0]), *OLD], tmp_path, known=ids(range(900, 904)), spoil=refuse)

    assert play.ids == ids([0, 900, 902, 903])
    assert play.account.missing == ("2501.00901",)
    assert play.account.failure == ""


def test_papers_that_were_not_asked_for_do_not_enter_the_week(tmp_path: Path) -> None:
    def cached(request: Request, answer: Answer) -> Answer:
        return wrong if request.query.get("id_list") else answer

    with PapersServer(Corpus({r.arxiv_id: r for r in OLD}, {})) as other:
        wrong = other.arxiv.answer({"id_list": "2501.00900,2501.00901", "max_results": "2"})
    play = Play([*papers([0]), *OLD], tmp_path, known=ids([900, 902]), spoil=cached)

    assert play.ids == ids([0, 900])
    assert play.account.missing == ("2501.00902",)
    assert "1 papers that were not asked for" in play.account.failure


def test_a_failure_by_id_does_not_cost_the_listing(tmp_path: Path) -> None:
    def fail(request: Request, answer: Answer) -> Answer:
        return Answer(status=500) if request.query.get("id_list") else answer

    play = Play([*papers(range(3)), *OLD], tmp_path, known=ids([1, 900]), spoil=fail)

    assert play.ids == ids(range(3))
    assert play.account.missing == ("2501.00900",)
    assert play.account.failure.startswith("arXiv was asked 5 times: for the metadata of 2 papers")
    assert play.account.is_silent


def test_a_failure_of_the_listing_does_not_cost_the_known_papers(tmp_path: Path) -> None:
    fail = in_listing(lambda request, answer: Answer(status=500))

    play = Play([*papers(range(3)), *OLD], tmp_path, known=ids([1, 900]), spoil=fail)

    assert play.ids == ids([1, 900])
    assert play.account.missing == ("the week's listing",)
    assert "HTTP 500 (Internal Server Error)" in play.account.failure


def test_a_page_that_fails_costs_no_other_page(tmp_path: Path) -> None:
    fail = in_listing(
        lambda request, answer: Answer(b"oh") if request.query["start"] == "10" else answer
    )

    play = Play(papers(range(30)), tmp_path, spoil=fail)

    assert play.ids == ids([*range(10), *range(20, 30)])
    assert play.account.missing == ("10 of 30 papers of the week's listing",)
    assert "papers 11 to 20 of the week's listing came an answer that is no" in play.account.failure


def test_a_host_that_wants_fewer_requests_is_left_alone(tmp_path: Path) -> None:
    known = ids(range(6))

    play = Play([], tmp_path, known=known, batch=2, spoil=lambda *_: Answer(status=429))

    assert len(play.asked) == 5
    assert set(play.account.missing) > known
    assert "the week's listing, which was not asked for any more" in play.account.missing


def test_a_listing_that_grows_while_it_is_read_is_read_to_its_new_end(tmp_path: Path) -> None:
    seen: list[int] = []

    def grow(request: Request, answer: Answer) -> Answer:
        seen.append(1)
        if len(seen) > 1:
            return answer
        shorter = with_total(answer, 25)
        return Answer(shorter.body, shorter.status, shorter.content_type)

    play = Play(papers(range(27)), tmp_path, spoil=in_listing(grow))

    assert play.ids == ids(range(27))
    assert play.account.failure == ""
    assert len(play.asked) == 4


def test_a_server_with_smaller_pages_is_read_to_the_end(tmp_path: Path) -> None:
    corpus = Corpus({record.arxiv_id: record for record in papers(range(11))}, {})
    with PapersServer(corpus) as other:
        honest = other.arxiv

        def four_at_most(request: Request, answer: Answer) -> Answer:
            return honest.answer({**request.query, "max_results": "4"})

        play = Play(papers(range(11)), tmp_path, spoil=in_listing(four_at_most))

    assert play.ids == ids(range(11))
    assert play.account.failure == ""
    assert len(play.asked) == 3


def test_more_papers_than_a_query_may_have_are_named(tmp_path: Path) -> None:
    def endless(request: Request, answer: Answer) -> Answer:
        return with_total(answer, 2_400_000)

    manners = Manners(tries=1)
    play = Play(papers(range(10)), tmp_path, spoil=in_listing(endless), manners=manners)

    assert play.ids == ids(range(10))
    assert "finds 2400000 papers" in play.account.failure


def test_an_empty_week_is_asked_about_five_times_and_then_a_named_failure(tmp_path: Path) -> None:
    play = Play(OLD, tmp_path)

    assert play.ids == set()
    assert len(play.asked) == 5
    assert "came an empty page" in play.account.failure
    assert play.account.missing == (
        "papers 1 to 10 of the week's listing: arXiv says that there is none",
    )


def test_papers_without_dates_are_kept_without_dates(tmp_path: Path) -> None:
    def undated(request: Request, answer: Answer) -> Answer:
        body = re.sub(rb"<published>[^<]*</published>", b"", answer.body, count=1)
        body = re.sub(rb"(<updated>)2025[^<]*", rb"\g<1>2025-02-31", body, count=2)
        return Answer(body, content_type=answer.content_type)

    play = Play(papers(range(12)), tmp_path, spoil=undated)

    first, second, third = sorted(play.harvest.papers, key=lambda paper: paper.arxiv_id)[:3]
    assert (first.published, first.updated) == (None, None)
    assert second.updated is None
    assert third.published
    assert third.updated
    assert play.account.failure == ""
    assert len(play.asked) == 2


def test_the_pause_is_kept_between_all_requests(tmp_path: Path) -> None:
    play = Play(papers(range(25)), tmp_path, known=ids(range(4)), batch=2, delay=3.0)

    assert len(play.asked) == 5
    assert play.clock.ticks() == pytest.approx(4 * 3.15)


@pytest.mark.parametrize("host", ["arxiv.org", "export.arxiv.org", "EXPORT.arXiv.org:443"])
def test_the_pause_with_arxiv_itself_cannot_be_shortened(tmp_path: Path, host: str) -> None:
    with pytest.raises(ConfigurationError, match="at least 3 seconds"):
        ArxivSearch(f"https://{host}/api/query", cache=tmp_path, delay_seconds=2.9)

    ArxivSearch(f"https://{host}/api/query", cache=tmp_path, delay_seconds=3)


def test_a_redirect_to_arxiv_itself_keeps_its_pause(tmp_path: Path) -> None:
    source = ArxivSearch("http://mirror.invalid/", cache=tmp_path, delay_seconds=0)

    assert source._turns._gap("arxiv.org") == 3
    assert source._turns._gap("mirror.invalid") == 0


FEED = (
    "<feed xmlns='http://www.w3.org/2005/Atom'"
    " xmlns:o='http://a9.com/-/spec/opensearch/1.1/'>{}</feed>"
)
ENTRY = "<entry><id>{}</id><title>{}</title></entry>"


def came(text: str, status: int = 200) -> Came:
    return Came(status, text.encode(), "application/atom+xml")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "no well-formed XML"),
        ("Rate exceeded.", "no well-formed XML"),
        ("<html><body>Sorry</body></html>", "no Atom feed"),
        ("<rss/>", "no Atom feed"),
        (FEED.format("")[:-7], "no well-formed XML"),
        ("<!DOCTYPE feed [<!ENTITY a 'b'>]>" + FEED.format("&a;"), "no Atom feed"),
        (FEED.format(ENTRY.format("", "T")), "bears no arXiv id"),
        (FEED.format(ENTRY.format("https://arxiv.org/abs/nothing", "T")), "bears no arXiv id"),
        (FEED.format(ENTRY.format("http://arxiv.org/api/errors#x", "Error")), "error entry"),
    ],
)
def test_what_is_no_page_of_papers_is_told_apart(text: str, what: str) -> None:
    with pytest.raises(Fault, match=what):
        read_feed(came(text))


def test_a_paper_titled_error_is_a_paper() -> None:
    entry = ENTRY.format("https://arxiv.org/abs/2501.00001v1", "Error")

    assert read_feed(came(FEED.format(entry))).ids == ("2501.00001",)


def test_a_page_that_comes_with_an_error_status_is_not_taken() -> None:
    with pytest.raises(Fault, match="HTTP 404"):
        read_feed(came(FEED.format(""), 404))


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: FEED.format(t).encode()))
def test_no_bytes_do_worse_than_a_fault(body: bytes) -> None:
    try:
        feed = read_feed(Came(200, body, ""))
    except Fault as fault:
        assert fault.what_came  # noqa: PT017 - either way is right, as long as it is said
    else:
        assert feed.ids == ()


def recordings() -> list[Path]:
    folder = corpus_folder()
    return sorted((folder / "atom_samples").glob("*.xml")) if folder else []


@pytest.mark.skipif(not recordings(), reason="the recorded corpus is not on this machine")
@pytest.mark.parametrize("file", recordings(), ids=lambda file: file.stem)
def test_recorded_answers_of_both_envelopes_are_read_to_the_last_paper(file: Path) -> None:
    body = file.read_bytes()
    if b"/api/errors#" in body:
        with pytest.raises(Fault, match="incorrect id format for abc"):
            read_feed(Came(400, body, ""))
        return

    feed = read_feed(Came(200, body, ""))

    assert len(feed.ids) == body.count(b"<entry>")
    assert len(feed.ids) == min(feed.total - feed.start, feed.size)
    assert feed.body == body
