"""A post waits on its branch for a person, whose answer counts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from paperweek.errors import (
    BlogForbidden,
    BlogUnreachable,
    BlogUnusable,
    ConfigurationError,
    PublishingError,
)
from paperweek.escaping import clean
from paperweek.model import Outcome, Week
from paperweek.publishers.pull_request import PullRequests, slug_of
from paperweek.rendering import post_path
from tests.hostile_titles import HOSTILE
from tests.paperweek.kept_blog import KeptBlog, git, weekly_post
from tests.world.github_api import FakeGitHub, Reply, github

WEEK = Week(2025, 5)
BRANCH = "report/2025-W05"
PAPER = "2501.00001"
TOKEN = "ghp_A1b2C3d4E5f6G7h8I9j0"

Open = Callable[..., PullRequests]


@pytest.fixture
def blog(tmp_path: Path) -> KeptBlog:
    return KeptBlog.at(tmp_path)


@pytest.fixture
def host(blog: KeptBlog) -> Iterator[FakeGitHub]:
    with github(blog.bare, "me/blog", TOKEN) as fake:
        yield fake


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def proposing(blog: KeptBlog, host: FakeGitHub, pauses: list[float]) -> Open:
    """Open the blog as a machine of its own would."""

    def make(cache: str = "cache", token: str = TOKEN) -> PullRequests:
        address = "https://github.com/me/blog.git"
        return PullRequests(
            blog.open(cache), address, token=token, api=host.url, sleep=pauses.append
        )

    return make


def shown(blog: KeptBlog, branch: str = BRANCH) -> str:
    return git(blog.bare, "show", f"{branch}:{post_path(WEEK)}")


def push_to_branch(blog: KeptBlog, text: str) -> None:
    git(blog.person, "fetch", "--quiet", "origin")
    git(blog.person, "checkout", "--quiet", BRANCH)
    (blog.person / post_path(WEEK)).write_text(text)
    git(blog.person, "commit", "--quiet", "-am", "In my words")
    git(blog.person, "push", "--quiet", "origin", BRANCH)


def test_a_new_week_is_a_branch_and_a_pull_request(
    blog: KeptBlog, host: FakeGitHub, proposing: Open
) -> None:
    post = weekly_post(WEEK, PAPER)

    done = proposing().publish(post)

    (pull,) = host.pulls
    assert (done.outcome, done.pull_request) == (Outcome.PUBLISHED, pull["html_url"])
    assert (pull["head"]["ref"], pull["base"]["ref"]) == (BRANCH, "main")
    assert pull["title"] == post.title
    assert "held against the abstracts" in pull["body"]
    assert "1 papers are cited" in pull["body"]
    assert blog.commits == ["By hand"]
    assert shown(blog) == post.text.strip()
    assert git(blog.bare, "log", "--format=%s", BRANCH).splitlines() == [
        "Weekly report 2025-W05",
        "By hand",
    ]


def test_the_same_week_again_waits_from_anywhere(
    blog: KeptBlog, host: FakeGitHub, proposing: Open
) -> None:
    first = proposing().publish(weekly_post(WEEK, PAPER))
    for cache in ("cache", "another"):
        standing = proposing(cache).standing(WEEK)
        again = proposing(cache).publish(weekly_post(WEEK, PAPER))
        for seen in (standing, again):
            assert seen
            assert (seen.outcome, seen.human_edited) == (Outcome.UNCHANGED, False)
            assert (seen.commit, seen.pull_request) == (first.commit, first.pull_request)
    assert len(host.pulls) == 1
    assert proposing().standing(Week(2025, 6)) is None


def test_a_branch_whose_pull_request_never_came_gets_it(
    blog: KeptBlog, host: FakeGitHub, proposing: Open
) -> None:
    host.answers = [(200, {}, []), (404, {}, {"message": "Not Found"})]
    with pytest.raises(BlogUnusable):
        proposing().publish(weekly_post(WEEK, PAPER))
    assert host.pulls == []
    assert proposing("another").standing(WEEK) is None
    done = proposing("another").publish(weekly_post(WEEK, PAPER))
    assert (done.outcome, len(host.pulls)) == (Outcome.PUBLISHED, 1)


def test_a_rewrite_uses_the_open_one_again_with_new_words(
    blog: KeptBlog, host: FakeGitHub, proposing: Open
) -> None:
    proposing().publish(weekly_post(WEEK, PAPER))
    done = proposing("another").publish(weekly_post(WEEK, PAPER, "2501.2"), rewrite=True)
    (pull,) = host.pulls
    assert (done.outcome, done.pull_request) == (Outcome.PUBLISHED, pull["html_url"])
    assert "2 papers are cited" in pull["body"]
    assert "2501.2" in shown(blog)


def test_a_persons_words_on_the_branch_stay(
    blog: KeptBlog, host: FakeGitHub, proposing: Open
) -> None:
    proposing().publish(weekly_post(WEEK, PAPER))
    push_to_branch(blog, "Mine.\n")
    for rewrite in (False, True):
        done = proposing("another").publish(weekly_post(WEEK, "2501.2"), rewrite=rewrite)
        assert (done.outcome, done.human_edited) == (Outcome.UNCHANGED, True)
    assert shown(blog) == "Mine."


def test_a_closed_pull_request_is_a_persons_answer(
    blog: KeptBlog, host: FakeGitHub, proposing: Open
) -> None:
    proposing().publish(weekly_post(WEEK, PAPER))
    host.close(merged=False)
    for done in (
        proposing("another").standing(WEEK),
        proposing("another").publish(weekly_post(WEEK, PAPER)),
    ):
        assert done
        assert (done.outcome, done.human_edited) == (Outcome.UNCHANGED, True)
    assert len(host.pulls) == 1
    proposing().publish(weekly_post(WEEK, "2501.2"), rewrite=True)
    assert [pull["state"] for pull in host.pulls] == ["closed", "open"]


@pytest.mark.parametrize("way", ["merge", "squash"])
def test_a_merged_week_stands_in_the_blog(
    blog: KeptBlog, host: FakeGitHub, proposing: Open, way: str
) -> None:
    proposing().publish(weekly_post(WEEK, PAPER))
    git(blog.person, "fetch", "--quiet", "origin")
    message = git(blog.bare, "log", "-1", "--format=%B", BRANCH)
    if way == "merge":
        git(blog.person, "merge", "--quiet", "--no-ff", "-m", "Merge", f"origin/{BRANCH}")
    else:
        git(blog.person, "merge", "--quiet", "--squash", f"origin/{BRANCH}")
        git(blog.person, "commit", "--quiet", "-m", message)
    git(blog.person, "push", "--quiet", "origin", "main")
    host.close(merged=True)
    standing = proposing("another").standing(WEEK)
    assert standing
    assert (standing.human_edited, standing.pull_request) == (False, "")
    assert proposing().publish(weekly_post(WEEK, "2501.2")) == standing
    assert len(host.pulls) == 1


LIMITED: Reply = (
    403,
    {"Retry-After": "7"},
    {"message": "You have exceeded a secondary rate limit."},
)


def test_a_rate_limit_is_waited_out(host: FakeGitHub, proposing: Open, pauses: list[float]) -> None:
    host.answers = [LIMITED, (429, {}, {"message": "API rate limit exceeded"})]
    assert proposing().publish(weekly_post(WEEK, PAPER)).outcome is Outcome.PUBLISHED
    assert pauses == [7.0, 60.0]


def test_a_failing_host_is_asked_again(
    host: FakeGitHub, proposing: Open, pauses: list[float]
) -> None:
    host.answers = [(502, {}, "busy"), (200, {}, [])]
    assert proposing().publish(weekly_post(WEEK, PAPER)).outcome is Outcome.PUBLISHED
    assert pauses == [1.0]


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (LIMITED, BlogUnreachable, "secondary rate limit"),
        ((503, {}, {}), BlogUnreachable, "503"),
        ((401, {}, {"message": "Bad credentials"}), BlogForbidden, "Bad credentials"),
        ((403, {}, {"message": "Resource not accessible"}), BlogForbidden, "not accessible"),
        ((404, {}, {"message": "Not Found"}), BlogUnusable, "Not Found"),
        ((410, {}, ["odd"]), BlogUnusable, "410"),
        ((200, {}, {"odd": 1}), BlogUnusable, "200"),
    ],
)
def test_what_github_refuses_is_named(
    host: FakeGitHub, proposing: Open, answer: Reply, kind: type[PublishingError], words: str
) -> None:
    host.answers = [answer] * 3
    with pytest.raises(kind, match=words) as caught:
        proposing().standing(WEEK)
    assert TOKEN not in f"{caught.value!r} {caught.value.hint}"


def test_another_422_is_no_reason_to_look_for_an_open_one(
    host: FakeGitHub, proposing: Open
) -> None:
    said = {"message": "Validation Failed", "errors": [{"message": "No commits between them"}]}
    host.answers = [(200, {}, []), (422, {}, said)]
    with pytest.raises(BlogUnusable, match="No commits between them"):
        proposing().publish(weekly_post(WEEK, PAPER))


def test_a_host_that_is_not_there_is_unreachable(blog: KeptBlog, pauses: list[float]) -> None:
    waiting = PullRequests(
        blog.open(), "git@x:me/blog", token=TOKEN, api="http://127.0.0.1:9", sleep=pauses.append
    )
    with pytest.raises(BlogUnreachable):
        waiting.standing(WEEK)


def test_a_wrong_token_is_forbidden(proposing: Open) -> None:
    with pytest.raises(BlogForbidden, match="Bad credentials"):
        proposing(token="ghp_another").standing(WEEK)


def test_strange_text_in_the_request_stays_inside_a_block_of_code(
    host: FakeGitHub, proposing: Open
) -> None:
    hostile = ("@everyone ````` # <b> ```", *HOSTILE)
    post = weekly_post(WEEK, PAPER)
    data = json.loads(post.data)
    data["dropped"] = list(map(clean, hostile))
    proposing().publish(replace(post, data=json.dumps(data) + "\n", warnings=hostile))
    body = host.pulls[0]["body"]
    fence = "``````"
    before, inside, after = body.split(f"\n{fence}")
    assert "@" not in before
    assert after.strip() == ""
    assert inside.startswith("text\n@everyone")


@pytest.mark.parametrize(
    ("address", "slug"),
    [
        ("https://github.com/me/blog.git", "me/blog"),
        ("https://x-access-token:t@github.com/me/a.b", "me/a.b"),
        ("git@github.com:me/blog.git", "me/blog"),
        ("ssh://git@github.com/me/blog", "me/blog"),
    ],
)
def test_owner_and_name_come_from_the_address(address: str, slug: str) -> None:
    assert slug_of(address) == slug


@pytest.mark.parametrize("address", ["./blog", "/srv/me/blog", "https://github.com/blog", "me/b"])
def test_an_address_without_them_is_named(address: str) -> None:
    with pytest.raises(ConfigurationError, match="PAPERWEEK_BLOG"):
        slug_of(address)


def test_without_a_token_it_is_not_tried(blog: KeptBlog) -> None:
    with pytest.raises(ConfigurationError, match="BLOG_TOKEN"):
        PullRequests(blog.open(), "https://github.com/me/blog", token=None)
