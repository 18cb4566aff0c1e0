"""Every fault ends in the full set or in a name for what is missing, and the judge can tell."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path

import arxiv  # type: ignore[import-untyped]
import pytest
import requests

from paperweek.asking import Manners
from paperweek.collecting import collect
from paperweek.errors import BlogForbidden
from paperweek.model import Collection, Outcome, Paper, Post, Publication, SourceAccount, Week
from paperweek.notices import Notice
from paperweek.ports import Blog, Change, Harvest, Notifier, PaperSource
from paperweek.publishers.git_blog import GitBlog
from paperweek.settings import Settings
from tests import faults
from tests.paperweek.kept_blog import git
from tests.world.collecting_case import LISTED, CollectingCase, real_sources
from tests.world.corpus import Corpus
from tests.world.faults import Fault, Owed, collecting_faults
from tests.world.judging import judge
from tests.world.papers_server import PapersServer
from tests.world.publishing_case import PublishingCase
from tests.world.publishing_world import TOKEN, Connect, as_wired
from tests.world.synthetic import WEEK
from tests.world.table import Case

CASES = faults.cases()
HONEST = next(fault for fault in collecting_faults() if fault.came == "an honest week")


def corpus_of(case: Case) -> Corpus:
    assert isinstance(case, CollectingCase)
    return case.corpus


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_ends_complete_or_named(case: Case) -> None:
    row = case.play()
    if row.skipped:
        pytest.skip(row.skipped)
    assert row.good, row.outcome


def test_no_two_faults_have_one_name() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names) > 230


class BelievingArxiv:
    """Takes whatever comes for the truth, as the package does by itself."""

    name = "arxiv"

    def __init__(self, address: str) -> None:
        self._client = arxiv.Client(page_size=20, delay_seconds=0, num_retries=0)
        self._client.query_url_format = address + "?{}"

    def collect(self, week: Week, known: AbstractSet[str]) -> Harvest:
        days = f"submittedDate:[{week.monday:%Y%m%d}0000 TO {week.sunday:%Y%m%d}2359]"
        queries = [arxiv.Search(query=days, max_results=None)]
        queries += [arxiv.Search(id_list=sorted(known), max_results=None)] if known else []
        try:
            found = [result for query in queries for result in self._client.results(query)]
        except (arxiv.ArxivError, requests.RequestException):
            found = []
        papers = {
            name: Paper(name, result.title, result.summary, seen_in=frozenset({"arxiv"}))
            for result in found
            for name in [result.get_short_id().rpartition("v")[0]]
        }
        return Harvest(tuple(papers.values()), SourceAccount(self.name, papers=len(papers)))


def believing(world: PapersServer, fault: Fault, cache: Path) -> Sequence[PaperSource]:
    hugging_face, _ = real_sources(world, fault, cache)
    return hugging_face, BelievingArxiv(world.arxiv_url)


@pytest.mark.parametrize(
    "name",
    [
        "arXiv, listing: no entries, always",
        "arXiv, listing: 'Rate exceeded.' with 200, always",
        "arXiv, listing: half a page, well closed, always",
        "arXiv, listing: an entry without dates, once",
        "arXiv, listing: nothing found, always",
        "arXiv, by id: 200 error entry",
        "arXiv, by id: an id silently left out",
    ],
)
def test_a_client_that_believes_what_comes_is_caught(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    case = next(case for case in CASES if case.name == name)
    assert isinstance(case, CollectingCase)
    assert faults.play([replace(case, connect=believing)]) == 1
    assert "| WRONG: " in capsys.readouterr().out


def test_a_believing_client_does_well_in_an_honest_world() -> None:
    assert CollectingCase(HONEST, corpus_of(CASES[0]), believing).play().good


def test_a_fault_that_no_request_meets_proves_nothing() -> None:
    never = replace(HONEST, change=lambda: lambda _, answer: answer, where=lambda _: False)
    row = CollectingCase(never, corpus_of(CASES[0])).play()
    assert not row.good
    assert row.outcome == "no request met the fault"


class Careless(GitBlog):
    """Says that it published, and did not."""

    def publish(self, post: Post, *, rewrite: bool = False) -> Publication:
        return Publication(post.week, Outcome.PUBLISHED, post.path, "0" * 40)


class Forgetful(GitBlog):
    """Never knows what the blog holds, and writes each time."""

    def standing(self, week: Week) -> Publication | None:
        return None

    def publish(self, post: Post, *, rewrite: bool = False) -> Publication:
        files = {post.path: f"{post.text}\n<!-- {uuid.uuid4()} -->\n", post.data_path: post.data}
        change = Change(f"Weekly report {post.week}", files, {post.week: post.path}, True)
        _, commit = self.amend(lambda _: (None, change))
        return Publication(post.week, Outcome.PUBLISHED, post.path, commit)


class Forceful(GitBlog):
    """Pushes by force what it built, wherever the branch is now."""

    def publish(self, post: Post, *, rewrite: bool = False) -> Publication:
        tip = self.look(lambda tip: tip.read("_config.yml") and self._seen)
        assert tip
        done = super().publish(post, rewrite=rewrite)
        repository = Path(self._git.address.text)
        tree = git(repository, "rev-parse", f"{done.commit}^{{tree}}")
        words = git(repository, "log", "-1", "--format=%B", done.commit)
        commit = git(repository, "commit-tree", tree, "-p", tip.tip, "-m", words)
        git(repository, "update-ref", "refs/heads/main", commit)
        return replace(done, commit=commit)


class Rude(GitBlog):
    """Takes every post for ours."""

    def standing(self, week: Week) -> Publication | None:
        standing = super().standing(week)
        return replace(standing, human_edited=False, takes_back="") if standing else None


class Clumsy(GitBlog):
    """Fails in words of Python's."""

    def publish(self, post: Post, *, rewrite: bool = False) -> Publication:
        raise ZeroDivisionError


class Terse(GitBlog):
    """Says what happened, and not what to do."""

    class Error(BlogForbidden):
        hint = ""

    def publish(self, post: Post, *, rewrite: bool = False) -> Publication:
        raise self.Error("the blog", "main", "no")


class Chatty(GitBlog):
    """Names the token."""

    def publish(self, post: Post, *, rewrite: bool = False) -> Publication:
        raise BlogForbidden("the blog", "main", f"it does not take {TOKEN}")


@dataclass
class Telling:
    """Tells each notice as often as it was made to."""

    notifier: Notifier
    times: int
    name: str = "Slack"

    def send(self, notice: Notice) -> None:
        for _ in range(self.times):
            self.notifier.send(notice)


def connected_by(blog: type[GitBlog], times: int = 1) -> Connect:
    """Return what connects a blog of this class, and a notifier that tells so often."""

    def connect(settings: Settings) -> tuple[Blog, Notifier]:
        _, notifier = as_wired(settings)
        kept = blog(settings.blog, cache=settings.cache_dir, owes_notices=True)
        return kept, Telling(notifier, times)

    return connect


def publishing(name: str, connect: Connect) -> PublishingCase:
    case = next(case for case in CASES if case.name == name)
    assert isinstance(case, PublishingCase)
    return replace(case, connect=connect)


GOOD, DECLINED = "a blog as it should be", "a pre-receive hook declines"


@pytest.mark.parametrize(
    ("name", "blog", "times", "wrong"),
    [
        (GOOD, Careless, 1, "0 commits of 2025-W05"),
        (GOOD, Forgetful, 1, "2 commits of 2025-W05"),
        (GOOD, GitBlog, 0, "0 notices of 2025-W05"),
        (GOOD, GitBlog, 2, "a notice of 2025-W05 is repeated without a word"),
        (GOOD, Clumsy, 1, "raised ZeroDivisionError"),
        (GOOD, Terse, 1, "given up, though it could be done"),
        (DECLINED, Terse, 1, "it does not say what to do"),
        (DECLINED, Chatty, 1, "a secret shows"),
        (DECLINED, Careless, 1, "it says published, though the fault was there"),
        ("somebody pushes in between, once", Forceful, 1, "commits of a person are lost"),
        ("a person edited the post", Forgetful, 1, "something was written"),
        ("a person edited the post", Rude, 1, "it does not see a person's hand"),
        ("a person deleted the post", Careless, 1, "it could not be played to its end"),
    ],
)
def test_a_publisher_that_lies_is_caught(
    name: str, blog: type[GitBlog], times: int, wrong: str
) -> None:
    row = publishing(name, connected_by(blog, times)).play()
    assert not row.good
    assert wrong in row.outcome


def test_an_honest_publisher_is_not_caught() -> None:
    assert publishing(GOOD, connected_by(GitBlog)).play().good


def test_a_fault_that_no_publisher_meets_proves_nothing() -> None:
    case = publishing("Slack: 404 no_service", connected_by(GitBlog, times=0))
    assert "no message met the fault" in case.play().outcome


def test_a_case_that_this_machine_cannot_play_is_told_and_no_success(
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = publishing(GOOD, as_wired)
    skipped = replace(case, fault=replace(case.fault, missing=lambda: "there is no disk"))
    assert faults.play([skipped]) == 0
    said = capsys.readouterr().out
    assert "skipped: there is no disk" in said
    assert "1 faults, 0 right or named, 0 not, 1 skipped." in said


def test_a_source_that_gives_up_too_early_is_caught() -> None:
    def impatient(world: PapersServer, fault: Fault, cache: Path) -> Sequence[PaperSource]:
        return [_with_one_try(source) for source in real_sources(world, fault, cache)]

    case = next(case for case in CASES if case.name == "arXiv: 503 twice")
    assert isinstance(case, CollectingCase)
    assert case.fault.owed is Owed.COMPLETE
    row = replace(case, connect=impatient).play()
    assert row.outcome.startswith("given up, though it could be had")


def _with_one_try(source: PaperSource) -> PaperSource:
    source._manners = Manners(tries=1)  # type: ignore[attr-defined]
    return source


class TestJudge:
    @pytest.fixture
    def corpus(self) -> Corpus:
        return corpus_of(CASES[0])

    @pytest.fixture
    def whole(self, corpus: Corpus, tmp_path: Path) -> Collection:
        with PapersServer(corpus) as world:
            return collect(WEEK, real_sources(world, HONEST, tmp_path))

    def test_it_passes_the_full_set(self, whole: Collection, corpus: Corpus) -> None:
        verdict = judge(whole, corpus, WEEK)
        assert (verdict.outcome, verdict.is_named, verdict.wrongs) == ("complete", False, ())

    def test_it_misses_a_paper_that_is_lost_without_a_word(
        self, whole: Collection, corpus: Corpus
    ) -> None:
        listed = [p for p in whole.papers if p.votes is not None]
        less = replace(whole, papers=tuple(p for p in whole.papers if p != listed[0]))
        assert "1 sightings of huggingface lost without a word" in judge(less, corpus, WEEK).wrongs

    def test_it_misses_the_votes_of_a_paper_that_is_there(
        self, whole: Collection, corpus: Corpus
    ) -> None:
        papers = tuple(replace(p, seen_in=frozenset({"arxiv"})) for p in whole.papers)
        wrongs = judge(replace(whole, papers=papers), corpus, WEEK).wrongs
        assert wrongs == (f"{LISTED} sightings of huggingface lost without a word",)

    def test_it_takes_a_name_for_what_is_missing(self, whole: Collection, corpus: Corpus) -> None:
        named = SourceAccount("arxiv", failure="arXiv was asked 5 times: nothing came.")
        less = replace(
            whole,
            papers=tuple(p for p in whole.papers if p.votes is not None),
            accounts=(whole.accounts[0], named),
        )
        verdict = judge(less, corpus, WEEK)
        assert verdict.is_named
        assert verdict.wrongs == ()

    def test_it_wants_to_know_how_often_it_was_tried(
        self, whole: Collection, corpus: Corpus
    ) -> None:
        vague = replace(whole, accounts=(SourceAccount("arxiv", failure="It failed."),))
        assert "how often" in judge(vague, corpus, WEEK).wrongs[0]

    def test_it_sees_a_paper_that_nobody_has(self, whole: Collection, corpus: Corpus) -> None:
        error = Paper("2513.77777", "Error", seen_in=frozenset({"arxiv"}))
        more = replace(whole, papers=(*whole.papers, error))
        assert judge(more, corpus, WEEK).wrongs == ("no papers at all: 2513.77777",)

    def test_it_sees_a_text_that_was_changed(self, whole: Collection, corpus: Corpus) -> None:
        first, *rest = whole.papers
        cut = replace(whole, papers=(replace(first, abstract=first.abstract[:100]), *rest))
        assert judge(cut, corpus, WEEK).wrongs == (f"not as arXiv has them: {first.arxiv_id}",)
