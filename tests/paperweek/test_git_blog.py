"""Publishing into real git repositories: local ones, over smart HTTP and over SSH."""

from __future__ import annotations

import json
import logging
import os
import pickle
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from paperweek.errors import (
    BlogForbidden,
    BlogUnreachable,
    BlogUnusable,
    ConfigurationError,
    PublishingError,
)
from paperweek.model import Outcome, Post, Week
from paperweek.publishers._git import Address, Answer, GitCalls
from paperweek.publishers.git_blog import GitBlog
from tests.conftest import free_port
from tests.world import git_server
from tests.world.git_server import GitServer, SshServer, bare_repository

WEEK = Week(2025, 5)
PATH = "_posts/2025-02-02-weekly-report.md"
DATA_PATH = "assets/weekly-report/2025-W05.json"
TOKEN = "ghp_aSecretThatNobodyMaySee/+%40"

needs_http = pytest.mark.skipif(bool(git_server.MISSING), reason=git_server.MISSING or "")
needs_sshd = pytest.mark.skipif(bool(SshServer.MISSING), reason=SshServer.MISSING or "")


def git(repository: Path, *arguments: str) -> str:
    """Return what git prints, run as a person would."""
    person = ("-c", "user.name=A Person", "-c", "user.email=person@example.org")
    command = ["git", "-C", str(repository), *person, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def post(
    week: Week = WEEK, text: str = "Words.\n", papers: dict[str, int | None] | None = None
) -> Post:
    return Post(
        week=week,
        path=f"_posts/{week.sunday}-weekly-report.md",
        title="A week",
        text=text,
        data_path=f"assets/weekly-report/{week}.json",
        data=data_file(week, papers or {}),
    )


def data_file(week: Week, votes: dict[str, int | None]) -> str:
    counts = ["papers", "listed", "selected", "cited", "withdrawn"]
    counts += ["titles_only", "not_on_arxiv", "dropped"]
    papers = [
        {
            "id": arxiv_id,
            "title": "T",
            "topics": ["agents"],
            "votes": n,
            "comments": n,
            "code": "",
            "selected": True,
        }
        for arxiv_id, n in votes.items()
    ]
    whole: dict[str, Any] = {
        "schema": 1,
        "week": week.label,
        "title": "A week",
        "post": PATH,
        "writer": "extractive/1",
        "prompt_version": "",
        "invented": False,
        "counts": dict.fromkeys(counts, 0),
        "sources": [],
        "papers": papers,
        "phrases": {"world model": 3},
        "statistics": {},
        "sections": [],
        "degraded": [],
        "dropped": [],
        "usage": {"calls": 0, "tokens_in": 0, "tokens_out": 0, "price_usd": 0.0},
    }
    return json.dumps(whole) + "\n"


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A bare blog with one commit of a person."""
    repository = bare_repository(tmp_path / "blog.git")
    person = tmp_path / "person"
    git(tmp_path, "clone", "--quiet", str(repository), str(person))
    git(person, "symbolic-ref", "HEAD", "refs/heads/main")
    commit(person, {"notes.yml": "title: A blog\n"})
    git(person, "push", "--quiet", "origin", "main")
    return repository


@pytest.fixture
def person(bare: Path, tmp_path: Path) -> Path:
    """A person's clone of the bare blog."""
    return tmp_path / "person"


@pytest.fixture
def open_blog(tmp_path: Path) -> Callable[..., GitBlog]:
    """Open a blog as another machine would: each time with a cache of its own."""
    numbers = iter(range(1000))

    def make(repository: object, **settings: Any) -> GitBlog:  # noqa: ANN401 - any of them
        settings.setdefault("cache", tmp_path / f"cache-{next(numbers)}")
        settings.setdefault("deadline", 60.0)
        return GitBlog(str(repository), **settings)

    return make


def commit(work_tree: Path, files: dict[str, str | None], message: str = "By hand") -> None:
    for name, text in files.items():
        file = work_tree / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            file.unlink()
        else:
            file.write_text(text)
    git(work_tree, "add", "--all")
    git(work_tree, "commit", "--quiet", "-m", message)


def by_hand(person: Path, files: dict[str, str | None], message: str = "By hand") -> None:
    git(person, "pull", "--quiet", "origin", "main")
    commit(person, files, message)
    git(person, "push", "--quiet", "origin", "main")


def hook(repository: Path, name: str, script: str) -> None:
    folder = repository / "hooks" if (repository / "hooks").is_dir() else repository / ".git/hooks"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def commits(repository: Path, branch: str = "main") -> list[str]:
    return git(repository, "log", "--format=%s", branch).splitlines()


def shown(repository: Path, path: str, branch: str = "main") -> str:
    return git(repository, "show", f"{branch}:{path}")


class TestOneWeek:
    def test_a_new_week_is_one_commit_with_both_files_and_the_trailers(
        self, bare: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        done = open_blog(bare).publish(post())

        assert done.outcome is Outcome.PUBLISHED
        assert (done.path, done.human_edited) == (PATH, False)
        assert done.commit == git(bare, "rev-parse", "main")
        assert commits(bare) == ["Weekly report 2025-W05", "By hand"]
        assert git(bare, "diff", "--name-only", "main~", "main").split() == [PATH, DATA_PATH]
        trailers = git(bare, "log", "-1", "--format=%(trailers:unfold)", "main").splitlines()
        assert trailers[0] == "Report-Week: 2025-W05"
        assert trailers[1] == "Report-Blob: " + git(bare, "rev-parse", f"main:{PATH}")
        who = git(bare, "log", "-1", "--format=%an <%ae> %cn <%ce>", "main")
        assert who.count("paperweek <paperweek@users.noreply.github.com>") == 2

    def test_files_arrive_byte_for_byte(
        self, bare: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        text = "Café — 🤖\r\n trailing  \n"
        open_blog(bare).publish(post(text=text))
        command = ["git", "-C", str(bare), "show", f"main:{PATH}"]
        assert subprocess.check_output(command) == text.encode()

    def test_the_same_week_again_is_unchanged_from_anywhere(
        self, bare: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        first = open_blog(bare)
        done = first.publish(post())
        for blog in (first, open_blog(bare)):
            assert blog.standing(WEEK) == blog.publish(post(text="Other words.\n"))
            again = blog.publish(post())
            assert (again.outcome, again.commit) == (Outcome.UNCHANGED, done.commit)
            assert not again.human_edited
        assert len(commits(bare)) == 2

    def test_a_week_that_was_never_published_has_no_standing(
        self, bare: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        blog = open_blog(bare)
        blog.publish(post())
        assert blog.standing(Week(2025, 6)) is None

    def test_only_a_rewrite_replaces_our_own_text(
        self, bare: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        blog = open_blog(bare)
        blog.publish(post())
        new = blog.publish(post(text="Better words.\n"), rewrite=True)
        assert new.outcome is Outcome.PUBLISHED
        assert shown(bare, PATH) == "Better words."
        assert blog.publish(post(text="Better words.\n"), rewrite=True).outcome is Outcome.UNCHANGED
        assert len(commits(bare)) == 3

    def test_a_rewrite_after_the_pattern_changed_moves_the_post(
        self, bare: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        open_blog(bare).publish(post())
        moved = Post(WEEK, "_posts/2025-02-02-week.md", "t", "New.\n", DATA_PATH, "{}\n")
        blog = open_blog(bare, post_path="_posts/{date}-week.md")
        standing = blog.standing(WEEK)
        assert standing
        assert standing.path == PATH
        assert blog.publish(moved, rewrite=True).path == moved.path
        assert git(bare, "ls-tree", "--name-only", "main", "_posts/") == moved.path


class TestPersons:
    @pytest.fixture
    def blog(self, bare: Path, open_blog: Callable[..., GitBlog]) -> GitBlog:
        blog = open_blog(bare)
        blog.publish(post())
        return blog

    def assert_stays(self, blog: GitBlog, path: str = PATH) -> None:
        standing = blog.standing(WEEK)
        assert standing
        assert (standing.outcome, standing.human_edited) == (Outcome.UNCHANGED, True)
        assert standing.path == path
        assert blog.publish(post(text="New.\n")) == standing
        assert blog.publish(post(text="New.\n"), rewrite=True) == standing

    def test_an_edited_post_stays(self, bare: Path, person: Path, blog: GitBlog) -> None:
        by_hand(person, {PATH: "My own words.\n"})
        self.assert_stays(blog)
        assert shown(bare, PATH) == "My own words."

    def test_a_deleted_post_stays_deleted(self, bare: Path, person: Path, blog: GitBlog) -> None:
        by_hand(person, {PATH: None})
        self.assert_stays(blog)
        by_hand(person, {DATA_PATH: None})
        self.assert_stays(blog)
        assert len(commits(bare)) == 4

    def test_a_renamed_post_stays_where_it_is(self, person: Path, blog: GitBlog) -> None:
        by_hand(person, {PATH: None, "_drafts/later.md": "Words.\n"})
        self.assert_stays(blog, "_drafts/later.md")

    def test_a_person_who_copies_our_trailers_is_still_a_person(
        self, bare: Path, person: Path, blog: GitBlog
    ) -> None:
        ours = git(bare, "log", "-1", "--format=%B", "main")
        by_hand(person, {PATH: "My own words.\n"}, ours)
        self.assert_stays(blog)

    def test_a_squashed_commit_with_our_trailers_and_text_is_ours(
        self, bare: Path, person: Path, blog: GitBlog
    ) -> None:
        ours = git(bare, "log", "-1", "--format=%B", "main")
        git(person, "fetch", "--quiet", "origin")
        git(person, "read-tree", "-u", "--reset", "origin/main")
        git(person, "commit", "--quiet", "-m", f"Squashed (#7)\n\n{ours}")
        git(person, "push", "--quiet", "--force", "origin", "main")
        standing = blog.standing(WEEK)
        assert standing
        assert not standing.human_edited
        assert blog.publish(post(text="New.\n"), rewrite=True).outcome is Outcome.PUBLISHED

    def test_an_edit_that_was_taken_back_makes_it_ours_again(
        self, person: Path, blog: GitBlog
    ) -> None:
        by_hand(person, {PATH: "My own words.\n"})
        git(person, "revert", "--no-edit", "HEAD")
        git(person, "push", "--quiet", "origin", "main")
        standing = blog.standing(WEEK)
        assert standing
        assert not standing.human_edited

    def test_other_peoples_commits_do_not_matter(self, person: Path, blog: GitBlog) -> None:
        by_hand(person, {"about.md": "Us.\n"})
        standing = blog.standing(WEEK)
        assert standing
        assert not standing.human_edited
        assert blog.publish(post(text="New.\n"), rewrite=True).outcome is Outcome.PUBLISHED
        assert (person / "about.md").exists()

    def test_a_post_that_was_there_before_us_stays(
        self, bare: Path, person: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        by_hand(person, {PATH: "Written long ago.\n"})
        blog = open_blog(bare)
        self.assert_stays(blog)
        standing = blog.standing(WEEK)
        assert standing
        assert standing.commit == git(bare, "rev-parse", "main")

    def test_an_edited_data_file_is_not_rewritten(
        self, bare: Path, person: Path, blog: GitBlog
    ) -> None:
        by_hand(person, {DATA_PATH: "{}\n"})
        done = blog.publish(post(text="New.\n"), rewrite=True)
        assert (done.outcome, done.human_edited) == (Outcome.UNCHANGED, True)
        assert shown(bare, PATH) == "Words."

    def test_a_rewritten_history_without_the_post_is_a_deletion(
        self, bare: Path, person: Path, blog: GitBlog
    ) -> None:
        git(person, "fetch", "--quiet", "origin")
        git(person, "reset", "--quiet", "--hard", "origin/main")
        (person / PATH).unlink()
        git(person, "checkout", "--quiet", "--orphan", "fresh")
        commit(person, {}, "Start over")
        git(person, "push", "--quiet", "--force", "origin", "fresh:main")
        self.assert_stays(blog)
        assert commits(bare) == ["Start over"]


class TestEarlierWeeks:
    def test_they_come_newest_first_and_hold_what_was_listed(
        self, bare: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        blog = open_blog(bare)
        for number in (1, 2, 4, 6):
            votes = {f"2501.0000{number}": number, "2501.09999": None}
            blog.publish(post(Week(2025, number), papers=votes))
        assert blog.earlier_weeks(Week(2025, 1), 5) == ()
        found = open_blog(bare).earlier_weeks(WEEK, 2)
        assert [week.week for week in found] == [Week(2025, 4), Week(2025, 2)]
        assert dict(found[0].listed) == {"2501.00004": ("agents",)}
        assert dict(found[0].phrases) == {"world model": 3}

    def test_they_reach_across_new_year_and_a_week_53(
        self, bare: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        blog = open_blog(bare)
        for week in (Week(2020, 52), Week(2020, 53)):
            blog.publish(post(week))
        found = blog.earlier_weeks(Week(2021, 1), 8)
        assert [week.week for week in found] == [Week(2020, 53), Week(2020, 52)]

    @pytest.mark.parametrize(
        "broken",
        [
            "",
            "{",
            "[]",
            "null",
            '{"schema": 2, "week": "2025-W04"}',
            data_file(Week(2025, 3), {}),
            data_file(Week(2025, 4), {}).replace('"papers": []', '"papers": [7]'),
            "[" * 100_000,
            "\udcff",
        ],
        ids=["empty", "cut", "list", "null", "newer", "wrong-week", "odd", "deep", "bytes"],
    )
    def test_a_broken_file_is_skipped_with_a_warning(
        self,
        bare: Path,
        person: Path,
        open_blog: Callable[..., GitBlog],
        caplog: pytest.LogCaptureFixture,
        broken: str,
    ) -> None:
        blog = open_blog(bare)
        blog.publish(post(Week(2025, 2)))
        file = person / "assets/weekly-report/2025-W04.json"
        file.parent.mkdir(parents=True)
        file.write_bytes(broken.encode("utf-8", "surrogateescape"))
        by_hand(person, {"assets/weekly-report/2025-W99.json": "{}", "assets/weekly-report/x": ""})
        found = open_blog(bare).earlier_weeks(WEEK, 1)
        assert [week.week for week in found] == [Week(2025, 2)]
        assert "Skipped assets/weekly-report/2025-W04.json" in caplog.text
        assert "W99" not in caplog.text

    def test_an_empty_blog_has_none(
        self, tmp_path: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        assert open_blog(bare_repository(tmp_path / "e.git")).earlier_weeks(WEEK, 3) == ()


class TestAtOnce:
    def test_eight_publishers_of_eight_weeks_all_land(
        self, bare: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        weeks = [Week(2025, number) for number in range(1, 9)]
        blogs = [open_blog(bare, deadline=120.0) for _ in weeks]
        with ThreadPoolExecutor(8) as pool:
            done = list(pool.map(lambda blog, week: blog.publish(post(week)), blogs, weeks))
        assert {d.outcome for d in done} == {Outcome.PUBLISHED}
        assert sorted(commits(bare)) == [
            "By hand",
            *(f"Weekly report 2025-W{n:02}" for n in range(1, 9)),
        ]
        assert git(bare, "rev-list", "--min-parents=2", "main") == ""
        git(bare, "fsck", "--strict")

    @pytest.mark.parametrize("shared_cache", [True, False])
    def test_four_publishers_of_the_same_week_make_one_commit(
        self, bare: Path, tmp_path: Path, open_blog: Callable[..., GitBlog], shared_cache: bool
    ) -> None:
        caches = [tmp_path / ("one" if shared_cache else f"c{n}") for n in range(4)]
        blogs = [open_blog(bare, cache=cache) for cache in caches]
        with ThreadPoolExecutor(4) as pool:
            done = list(pool.map(lambda blog: blog.publish(post()), blogs))
        outcomes = sorted(d.outcome.value for d in done)
        assert outcomes == ["published", "unchanged", "unchanged", "unchanged"]
        assert len({d.commit for d in done}) == 1
        assert len(commits(bare)) == 2

    def test_the_first_commit_of_an_empty_blog_may_be_contested(
        self, tmp_path: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        empty = bare_repository(tmp_path / "empty.git")
        weeks = [Week(2025, number) for number in (1, 2, 3)]
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda week: open_blog(empty).publish(post(week)), weeks))
        assert len(commits(empty)) == 3

    def test_a_push_in_between_is_built_upon(
        self, bare: Path, person: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        (person / "about.md").write_text("Us.\n")
        git(person, "add", "--all")
        git(person, "commit", "--quiet", "-m", "In between")
        # The person is faster, once: between our look and our push.
        hook(
            bare,
            "pre-receive",
            f"[ -e {person}/done ] && exit 0; touch {person}/done; "
            "unset GIT_DIR GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY; "
            "unset GIT_ALTERNATE_OBJECT_DIRECTORIES; "
            f"git -C {person} push --quiet origin main",
        )
        assert open_blog(bare).publish(post()).outcome is Outcome.PUBLISHED
        assert commits(bare) == ["Weekly report 2025-W05", "In between", "By hand"]

    def test_a_branch_that_stays_locked_is_unreachable_and_named(
        self, bare: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        (bare / "refs/heads/main.lock").touch()
        blog = open_blog(bare, deadline=4.0)
        with pytest.raises(BlogUnreachable):
            blog.publish(post())
        (bare / "refs/heads/main.lock").unlink()
        assert blog.publish(post()).outcome is Outcome.PUBLISHED
        assert len(commits(bare)) == 2


class TestBadDays:
    def test_a_hook_that_declines_is_forbidden_with_its_words(
        self, bare: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        hook(bare, "pre-receive", "echo 'main is protected by Ada' >&2; exit 1")
        with pytest.raises(BlogForbidden, match=r"main is protected by Ada") as caught:
            open_blog(bare).publish(post())
        assert "hook declined" in str(caught.value)
        assert commits(bare) == ["By hand"]

    def test_a_missing_branch_is_named_with_those_there_are(
        self, bare: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        blog = open_blog(bare, branch="gh-pages")
        with pytest.raises(BlogUnusable, match=r"branch gh-pages.*it has main") as caught:
            blog.standing(WEEK)
        assert "PAPERWEEK_BLOG_BRANCH" in caught.value.hint
        with pytest.raises(BlogUnusable, match="it has main"):
            blog.publish(post())

    def test_without_a_setting_the_blogs_own_default_branch_is_used(
        self, person: Path, bare: Path, tmp_path: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        git(person, "push", "--quiet", "origin", "main:trunk", "main:other")
        git(bare, "symbolic-ref", "HEAD", "refs/heads/trunk")
        open_blog(bare).publish(post())
        assert commits(bare, "trunk")[0] == "Weekly report 2025-W05"
        assert commits(bare, "main") == ["By hand"]

        empty = bare_repository(tmp_path / "empty.git", "start")
        open_blog(empty).publish(post())
        assert commits(empty, "start") == ["Weekly report 2025-W05"]

        alone = bare_repository(tmp_path / "alone.git", "nowhere")
        git(person, "push", "--quiet", str(alone), "main:only")
        open_blog(alone).publish(post())
        assert commits(alone, "only")[0] == "Weekly report 2025-W05"

    def test_an_empty_blog_gets_its_first_commit_on_the_branch(
        self, tmp_path: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        empty = bare_repository(tmp_path / "empty.git")
        blog = open_blog(empty, branch="pages")
        assert blog.standing(WEEK) is None
        assert blog.publish(post()).outcome is Outcome.PUBLISHED
        assert commits(empty, "pages") == ["Weekly report 2025-W05"]
        assert blog.publish(post()).outcome is Outcome.UNCHANGED

    @pytest.mark.parametrize("place", ["missing", "not-git", "file"])
    def test_a_place_without_a_repository_is_unusable(
        self, tmp_path: Path, open_blog: Callable[..., GitBlog], place: str
    ) -> None:
        (tmp_path / "not-git").mkdir()
        (tmp_path / "file").write_text("x")
        with pytest.raises(BlogUnusable, match="no git repository") as caught:
            open_blog(tmp_path / place).standing(WEEK)
        assert "PAPERWEEK_BLOG" in caught.value.hint
        assert pickle.loads(pickle.dumps(caught.value)).hint == caught.value.hint

    @pytest.mark.parametrize(
        "repository", ["", "-oProxyCommand=x", "ext::sh -c id", "git://h/x", "ftp://h/x", "a\nb"]
    )
    def test_other_transports_are_refused_before_git_sees_them(
        self, open_blog: Callable[..., GitBlog], repository: str
    ) -> None:
        with pytest.raises(ConfigurationError):
            open_blog(repository)

    @pytest.mark.parametrize("linked", ["_posts", "assets", PATH, DATA_PATH])
    def test_a_link_is_never_written_through(
        self,
        bare: Path,
        person: Path,
        tmp_path: Path,
        open_blog: Callable[..., GitBlog],
        linked: str,
    ) -> None:
        (tmp_path / "outside").mkdir()
        (person / linked).parent.mkdir(parents=True, exist_ok=True)
        (person / linked).symlink_to(tmp_path / "outside")
        by_hand(person, {})
        blog = open_blog(bare)
        if linked in {PATH, DATA_PATH}:
            # A file of the week is there, whatever it is: a person's, so it stays.
            assert blog.publish(post()).human_edited
        else:
            with pytest.raises(BlogUnusable, match=f"{linked} in it is a link"):
                blog.publish(post())
        assert not list((tmp_path / "outside").iterdir())
        assert len(commits(bare)) == 2

    @pytest.mark.parametrize(
        "path", ["/etc/x.md", "../x.md", "_posts/../../x.md", ".git/hooks/x", "_posts//x", "a\nb"]
    )
    def test_a_path_outside_the_blog_is_refused(
        self, bare: Path, open_blog: Callable[..., GitBlog], path: str
    ) -> None:
        with pytest.raises(BlogUnusable, match="no path inside"):
            open_blog(bare).publish(Post(WEEK, path, "t", "x\n", DATA_PATH, "{}\n"))

    def test_a_folder_where_the_post_should_lie_is_named(
        self, bare: Path, person: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        by_hand(person, {"_posts": "a file\n"})
        with pytest.raises(BlogUnusable, match="_posts in it"):
            open_blog(bare).publish(post())

    @pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
    def test_a_folder_of_another_user_is_named_with_the_cure(
        self, person: Path, tmp_path: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        for place in (person, *person.rglob("*")):
            os.chown(place, 12345, 12345, follow_symlinks=False)
        with pytest.raises(BlogUnusable, match="another user") as caught:
            open_blog(person).publish(post())
        assert f"--add safe.directory {person}" in caught.value.hint


@pytest.mark.parametrize("is_empty", [True, False])
def test_a_blog_of_longer_object_ids_is_a_blog(
    tmp_path: Path, open_blog: Callable[..., GitBlog], is_empty: bool
) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "--object-format=sha256", "-b", "main", "long.git")
    if not is_empty:
        git(tmp_path, "init", "--quiet", "--object-format=sha256", "-b", "main", "person")
        commit(tmp_path / "person", {"notes.yml": "title: A blog\n"})
        git(tmp_path / "person", "push", "--quiet", str(tmp_path / "long.git"), "main")

    done = open_blog(tmp_path / "long.git").publish(post())
    again = open_blog(tmp_path / "long.git").publish(post())

    assert (done.outcome, len(done.commit)) == (Outcome.PUBLISHED, 64)
    assert (again.outcome, again.commit) == (Outcome.UNCHANGED, done.commit)


class TestWorkingCopy:
    def clone(self, tmp_path: Path) -> Path:
        return next((tmp_path / "cache").glob("blogs/*.git"))

    @pytest.mark.parametrize(
        "damage",
        [
            "refs/remotes/origin/main.lock",
            "index.lock",
            "config.lock",
            "refs/paperweek/push.lock",
            "packed-refs.lock",
            "shallow.lock",
            "no HEAD",
            "no objects",
            "empty config",
            "broken ref",
            "only a folder",
            "a file",
            "another's clone",
        ],
    )
    def test_damage_heals_by_itself(
        self,
        bare: Path,
        person: Path,
        tmp_path: Path,
        open_blog: Callable[..., GitBlog],
        damage: str,
    ) -> None:
        open_blog(bare, cache=tmp_path / "cache").publish(post(Week(2025, 1)))
        by_hand(person, {"about.md": "Us.\n"})
        clone = self.clone(tmp_path)
        if damage.endswith(".lock"):
            (clone / damage).parent.mkdir(parents=True, exist_ok=True)
            (clone / damage).touch()
        elif damage == "no HEAD":
            (clone / "HEAD").unlink()
        elif damage == "no objects":
            subprocess.run(["rm", "-r", clone / "objects"], check=True)
        elif damage == "empty config":
            (clone / "config").write_text("[core\n")
        elif damage == "broken ref":
            (clone / "refs/remotes/origin/main").write_text("0" * 39 + "\n")
        elif damage == "another's clone":
            other = bare_repository(tmp_path / "other.git")
            subprocess.run(["rm", "-r", clone], check=True)
            git(tmp_path, "clone", "--quiet", "--bare", str(other), str(clone))
            subprocess.run(["rm", "-r", other], check=True)
        else:
            subprocess.run(["rm", "-r", clone], check=True)
            clone.mkdir() if damage == "only a folder" else clone.write_text("")
        done = open_blog(bare, cache=tmp_path / "cache").publish(post())
        assert done.outcome is Outcome.PUBLISHED
        assert commits(bare)[0] == "Weekly report 2025-W05"

    def test_what_a_killed_run_left_for_a_moment_is_swept_away(
        self, bare: Path, tmp_path: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        open_blog(bare, cache=tmp_path / "cache").publish(post(Week(2025, 1)))
        clone = self.clone(tmp_path)
        staged, half = clone / "commit-ab12", clone.parent / f"{clone.stem}-new-ab12"
        of_another = clone.parent / "0123-new-ab12"
        for folder in (staged, half, of_another):
            folder.mkdir()
            (folder / "index").touch()
        open_blog(bare, cache=tmp_path / "cache").standing(WEEK)
        assert [folder.exists() for folder in (staged, half, of_another)] == [False, False, True]

    def test_it_holds_no_content_that_nobody_asked_for(
        self, bare: Path, person: Path, tmp_path: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        by_hand(person, {"photo": os.urandom(300_000).hex()})
        open_blog(bare, cache=tmp_path / "cache").publish(post())
        files = [f for f in self.clone(tmp_path).rglob("*") if f.is_file()]
        assert sum(file.stat().st_size for file in files) < 100_000

    @pytest.mark.parametrize(
        "end",
        [
            Answer(128, "", "error: unable to write symref for HEAD: No space left on device"),
            Answer(128, "", "fatal: sha1 file '/c/tmp_pack_1' write error. Out of diskspace"),
            Answer(128, "", "fatal: sha1 file '/c/tmp_pack_1' write error"),
            Answer(128, "", "error: index-pack died of signal 25\nfatal: index-pack failed"),
            Answer(-signal.SIGXFSZ, "", ""),
        ],
        ids=lambda end: end.err or end.status,
    )
    def test_a_full_disk_is_named_however_git_dies_of_it(self, end: Answer) -> None:
        error = GitCalls(Address.parse("/srv/blog.git")).error(end)
        assert isinstance(error, BlogUnusable)
        assert "disk is full" in str(error)
        assert "Make room" in error.hint

    def test_another_death_is_no_full_disk(self) -> None:
        assert GitCalls(Address.parse("/srv/blog.git")).error(Answer(-9, "", "")) is None

    def test_a_cache_that_cannot_be_written_is_named(
        self, bare: Path, tmp_path: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(BlogUnusable, match="could not be written") as caught:
            open_blog(bare, cache=tmp_path / "file").publish(post())
        assert "PAPERWEEK_CACHE_DIR" in caught.value.hint

    def test_the_runners_own_git_settings_do_not_reach_in(
        self,
        bare: Path,
        tmp_path: Path,
        open_blog: Callable[..., GitBlog],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        hooks = tmp_path / "hooks"
        hooks.mkdir()
        hook(tmp_path, "pre-push", "exit 1")
        settings = tmp_path / "gitconfig"
        settings.write_text(
            f"[core]\nhooksPath={hooks}\nautocrlf=true\n[commit]\ngpgSign=true\n"
            "[push]\ngpgSign=true\nfollowTags=true\n[log]\nshowSignature=true\n"
            "[user]\nname=Somebody\nemail=s@example.org\n"
        )
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
        monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
        monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "elsewhere/index"))
        done = open_blog(bare).publish(post())
        for name in ("GIT_DIR", "GIT_INDEX_FILE"):
            monkeypatch.delenv(name)
        assert done.outcome is Outcome.PUBLISHED
        assert git(bare, "log", "-1", "--format=%an %cn", "main") == "paperweek paperweek"

    def test_a_machine_without_git_is_told_so(
        self, bare: Path, open_blog: Callable[..., GitBlog], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", "/nowhere")
        with pytest.raises(BlogUnusable, match="git is not installed"):
            open_blog(bare).standing(WEEK)


class TestWorkTree:
    @pytest.fixture
    def tree(self, person: Path) -> Path:
        """A person's work tree that is the blog itself, with no setting made for us."""
        return person

    def test_its_files_follow_the_commit(
        self, tree: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        assert open_blog(tree).publish(post()).outcome is Outcome.PUBLISHED
        assert (tree / PATH).read_text() == "Words.\n"
        assert git(tree, "status", "--porcelain") == ""

    def test_an_empty_one_gets_its_first_commit(
        self, tmp_path: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        git(tmp_path, "init", "--quiet", "--initial-branch=trunk", "new")
        open_blog(tmp_path / "new").publish(post())
        assert (tmp_path / "new" / PATH).read_text() == "Words.\n"
        assert git(tmp_path / "new", "status", "--porcelain") == ""

    @pytest.mark.parametrize("staged", [True, False])
    def test_a_persons_uncommitted_change_blocks_and_is_never_lost(
        self, tree: Path, open_blog: Callable[..., GitBlog], staged: bool
    ) -> None:
        (tree / "notes.yml").write_text("title: Not yet committed\n")
        if staged:
            git(tree, "add", "--all")
        blog = open_blog(tree)
        with pytest.raises(BlogUnusable, match="not committed") as caught:
            blog.publish(post())
        assert f"git -C {tree} status" in caught.value.hint
        assert (tree / "notes.yml").read_text() == "title: Not yet committed\n"
        assert commits(tree) == ["By hand"]
        git(tree, "commit", "--quiet", "--all", "-m", "Now")
        assert blog.publish(post()).outcome is Outcome.PUBLISHED

    def test_an_untracked_file_blocks_only_where_it_is_in_the_way(
        self, tree: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        (tree / "notes.txt").write_text("mine\n")
        assert open_blog(tree).publish(post()).outcome is Outcome.PUBLISHED
        (tree / "_posts/2025-02-09-weekly-report.md").write_text("my draft\n")
        with pytest.raises(BlogUnusable, match="not committed"):
            open_blog(tree).publish(post(Week(2025, 6)))
        assert (tree / "_posts/2025-02-09-weekly-report.md").read_text() == "my draft\n"
        assert (tree / "notes.txt").read_text() == "mine\n"

    def test_its_own_hooks_still_decide(
        self, tree: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        hook(tree, "update", "exit 1")
        with pytest.raises(BlogForbidden, match="hook declined"):
            open_blog(tree).publish(post())

    def test_another_branch_than_the_checked_out_one_leaves_its_files_alone(
        self, tree: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        git(tree, "branch", "pages")
        open_blog(tree, branch="pages").publish(post())
        assert not (tree / PATH).exists()
        assert commits(tree, "pages")[0] == "Weekly report 2025-W05"

    def test_a_shallow_one_takes_a_post_too(
        self, bare: Path, person: Path, tmp_path: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        by_hand(person, {"about.md": "Us.\n"})
        git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{bare}", "shallow")
        assert open_blog(tmp_path / "shallow").publish(post()).outcome is Outcome.PUBLISHED


@needs_http
class TestHttp:
    @pytest.fixture
    def host(self, bare: Path) -> Iterator[GitServer]:
        with GitServer(bare.parent, token=TOKEN) as server:
            yield server

    @pytest.mark.parametrize("secret", [TOKEN, SecretStr(TOKEN)])
    def test_the_right_token_publishes(
        self, bare: Path, host: GitServer, open_blog: Callable[..., GitBlog], secret: object
    ) -> None:
        blog = open_blog(f"{host.url}/blog.git", token=secret)
        assert blog.publish(post()).outcome is Outcome.PUBLISHED
        assert blog.publish(post()).outcome is Outcome.UNCHANGED
        assert [w.week for w in blog.earlier_weeks(Week(2025, 6), 3)] == [WEEK]
        assert len(commits(bare)) == 2

    def test_a_token_that_is_part_of_other_words_harms_nothing(
        self, bare: Path, host: GitServer, open_blog: Callable[..., GitBlog]
    ) -> None:
        host.expected = basic("t")
        blog = open_blog(f"{host.url}/blog.git", token="t")
        for number in (5, 6):
            assert blog.publish(post(Week(2025, number))).outcome is Outcome.PUBLISHED

    @pytest.mark.parametrize("token", ["wrong", ""])
    def test_a_wrong_or_missing_token_is_forbidden(
        self, bare: Path, host: GitServer, open_blog: Callable[..., GitBlog], token: str
    ) -> None:
        blog = open_blog(f"{host.url}/blog.git", token=token)
        with pytest.raises(BlogForbidden, match="refused access") as caught:
            blog.publish(post())
        assert "PAPERWEEK_BLOG_TOKEN" in caught.value.hint
        assert commits(bare) == ["By hand"]

    def test_a_token_that_may_only_read_is_forbidden(
        self, host: GitServer, open_blog: Callable[..., GitBlog]
    ) -> None:
        host.refuse_push = True
        blog = open_blog(f"{host.url}/blog.git", token=TOKEN)
        assert blog.standing(WEEK) is None
        with pytest.raises(BlogForbidden, match="403"):
            blog.publish(post())

    def test_a_repository_that_the_host_does_not_know_is_unusable(
        self, host: GitServer, open_blog: Callable[..., GitBlog]
    ) -> None:
        with pytest.raises(BlogUnusable, match="no git repository"):
            open_blog(f"{host.url}/other.git", token=TOKEN).standing(WEEK)

    @pytest.mark.parametrize("status", [500, 502, 503, 429])
    def test_a_host_in_trouble_is_unreachable(
        self, host: GitServer, open_blog: Callable[..., GitBlog], status: int
    ) -> None:
        blog = open_blog(f"{host.url}/blog.git", token=TOKEN)
        host.answers = [status] * 4
        with pytest.raises(BlogUnreachable):
            blog.standing(WEEK)
        host.answers = []
        assert blog.publish(post()).outcome is Outcome.PUBLISHED

    def test_a_closed_port_is_unreachable(self, open_blog: Callable[..., GitBlog]) -> None:
        with pytest.raises(BlogUnreachable):
            open_blog("http://127.0.0.1:9/blog.git", token=TOKEN).standing(WEEK)

    def test_the_token_follows_no_redirect_to_another_host(
        self, host: GitServer, bare: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        with GitServer(bare.parent, token="another") as stranger:
            host.redirect_to = stranger.url
            with pytest.raises(PublishingError):
                open_blog(f"{host.url}/blog.git", token=TOKEN).standing(WEEK)
            assert stranger.requests
            assert not stranger.credentials

    def test_eight_publishers_land_over_http(
        self, bare: Path, host: GitServer, open_blog: Callable[..., GitBlog]
    ) -> None:
        weeks = [Week(2025, number) for number in range(1, 9)]
        address = f"{host.url}/blog.git"
        blogs = [open_blog(address, token=TOKEN, deadline=120.0) for _ in weeks]
        with ThreadPoolExecutor(8) as pool:
            done = list(pool.map(lambda blog, week: blog.publish(post(week)), blogs, weeks))
        assert {d.outcome for d in done} == {Outcome.PUBLISHED}
        assert len(commits(bare)) == 9

    def test_a_push_whose_answer_never_came_is_asked_after(
        self, bare: Path, host: GitServer, tmp_path: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        go = tmp_path / "go"
        hook(bare, "post-receive", f"while [ ! -e {go} ]; do sleep 0.1; done")
        try:
            blog = open_blog(f"{host.url}/blog.git", token=TOKEN, deadline=5.0)
            done = blog.publish(post())
        finally:
            go.touch()
        assert done.outcome is Outcome.PUBLISHED
        assert done.commit == git(bare, "rev-parse", "main")
        assert blog.publish(post()).outcome is Outcome.UNCHANGED

    def test_a_push_that_hangs_ends_with_the_deadline(
        self, bare: Path, host: GitServer, tmp_path: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        go = tmp_path / "go"
        hook(bare, "pre-receive", f"while [ ! -e {go} ]; do sleep 0.1; done; exit 1")
        try:
            with pytest.raises(BlogUnreachable, match="did not end within"):
                open_blog(f"{host.url}/blog.git", token=TOKEN, deadline=3.0).publish(post())
        finally:
            go.touch()
        assert commits(bare) == ["By hand"]

    @pytest.mark.parametrize("way", ["argument", "address", "long user", "wrong", "declined"])
    def test_the_token_shows_nowhere(  # noqa: PLR0917 - fixtures
        self,
        bare: Path,
        host: GitServer,
        tmp_path: Path,
        open_blog: Callable[..., GitBlog],
        caplog: pytest.LogCaptureFixture,
        way: str,
    ) -> None:
        token = "ghp_A1b2C3d4E5f6G7h8I9j0"
        host.expected = host.expected if way == "wrong" else basic(token)
        seen = tmp_path / "seen"
        listing = f"cat /proc/[0-9]*/cmdline >{seen} 2>/dev/null"
        hook(bare, "pre-receive", f"{listing}; echo {token}; exit {int(way == 'declined')}")
        address = {"address": f"x-access-token:{token}@", "long user": f"{token}@"}.get(way, "")
        blog = open_blog(
            host.url.replace("://", f"://{address}") + "/blog.git",
            token="" if address else token,
            cache=tmp_path / "cache",
        )
        caplog.set_level(logging.DEBUG)
        texts = [repr(blog)]
        try:
            assert blog.publish(post()).outcome is Outcome.PUBLISHED
        except PublishingError as error:
            assert way in {"wrong", "declined"}
            texts += [*traceback.format_exception(error), error.hint, repr(pickle.dumps(error))]
        else:
            assert way not in {"wrong", "declined"}
        if way != "wrong":
            assert "--porcelain" in seen.read_text("latin-1")
            texts.append(seen.read_text("latin-1"))
        texts.append(caplog.text)
        texts += [f.read_text("latin-1") for f in (tmp_path / "cache").rglob("*") if f.is_file()]
        secret = basic(token).removeprefix("Basic ")
        assert not [text for text in texts if token in text or secret in text]

    @pytest.mark.parametrize("moment", ["before", "after"])
    def test_a_killed_run_leaves_the_next_one_to_find_out(
        self, bare: Path, host: GitServer, tmp_path: Path, moment: str
    ) -> None:
        """Kill -9 while the host works: once before it takes the commit, once after."""
        begun, go = tmp_path / "begun", tmp_path / "go"
        waits = f"touch {begun}; while [ ! -e {go} ]; do sleep 0.05; done"
        name = "pre-receive" if moment == "before" else "post-receive"
        hook(bare, name, f"{waits}; exit {int(moment == 'before')}")
        cache = tmp_path / "cache"
        script = (
            "import sys\nfrom pathlib import Path\n"
            "from paperweek.publishers.git_blog import GitBlog\n"
            "from tests.paperweek.test_git_blog import TOKEN, post\n"
            "GitBlog(sys.argv[1], cache=Path(sys.argv[2]), token=TOKEN).publish(post())\n"
        )
        address = f"{host.url}/blog.git"
        root = Path(__file__).parents[2]
        run = subprocess.Popen([sys.executable, "-c", script, address, str(cache)], cwd=root)
        while not begun.exists():
            assert run.poll() is None
        run.send_signal(signal.SIGKILL)
        run.wait()
        go.touch()
        (bare / "hooks" / name).unlink()
        done = GitBlog(address, cache=cache, token=TOKEN).publish(post())
        expected = Outcome.PUBLISHED if moment == "before" else Outcome.UNCHANGED
        assert done.outcome is expected
        assert len(commits(bare)) == 2


def basic(token: str) -> str:
    return GitServer(Path(), token=token).expected


@needs_sshd
class TestSsh:
    @pytest.fixture
    def sshd(self, tmp_path: Path) -> Iterator[SshServer]:
        with SshServer(tmp_path / "ssh", free_port()) as server:
            yield server

    def address(self, sshd: SshServer, bare: Path) -> str:
        return f"ssh://127.0.0.1:{sshd.port}{bare}"

    def test_a_deploy_key_publishes(
        self, bare: Path, sshd: SshServer, open_blog: Callable[..., GitBlog]
    ) -> None:
        blog = open_blog(
            self.address(sshd, bare), ssh_key=sshd.key, ssh_known_hosts=sshd.known_hosts
        )
        assert blog.publish(post()).outcome is Outcome.PUBLISHED
        assert blog.publish(post()).outcome is Outcome.UNCHANGED

    def test_a_strange_key_is_forbidden(
        self, bare: Path, sshd: SshServer, open_blog: Callable[..., GitBlog]
    ) -> None:
        address = self.address(sshd, bare)
        blog = open_blog(address, ssh_key=sshd.strange_key, ssh_known_hosts=sshd.known_hosts)
        with pytest.raises(BlogForbidden, match="refused access"):
            blog.standing(WEEK)

    def test_an_unknown_host_is_never_trusted(
        self, bare: Path, sshd: SshServer, tmp_path: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        (tmp_path / "nobody").touch()
        address = self.address(sshd, bare)
        blog = open_blog(address, ssh_key=sshd.key, ssh_known_hosts=tmp_path / "nobody")
        with pytest.raises(BlogForbidden, match="host key") as caught:
            blog.standing(WEEK)
        assert "known_hosts" in caught.value.hint

    def test_a_missing_repository_and_a_closed_port_are_named(
        self, bare: Path, sshd: SshServer, tmp_path: Path, open_blog: Callable[..., GitBlog]
    ) -> None:
        keys = {"ssh_key": sshd.key, "ssh_known_hosts": sshd.known_hosts}
        with pytest.raises(BlogUnusable, match="no git repository"):
            open_blog(self.address(sshd, tmp_path / "no.git"), **keys).standing(WEEK)
        with pytest.raises(BlogUnreachable):
            open_blog(f"ssh://127.0.0.1:9{bare}", **keys).standing(WEEK)
