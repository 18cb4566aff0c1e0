"""The blog for somebody who has none: made once, ready to use, and never over anything else."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from paperweek.errors import BlogUnusable
from paperweek.model import Outcome
from paperweek.publishers.git_blog import GitBlog
from paperweek.publishers.new_blog import create_blog
from tests.paperweek.test_git_blog import git, post
from tests.world import jekyll

PROSE = """\
---
layout: post
title: "Weekly Report - January 27 to February 02, 2025"
date: 2025-02-02
category: weekly-report
render_with_liquid: false
---

**Executive Summary**: The first paragraph.

| Paper | Votes |
|---|---:|
| [A paper](https://arxiv.org/abs/2501.00001) | 7 |
"""


def test_it_is_a_repository_with_a_first_commit_of_the_bot(tmp_path: Path) -> None:
    assert create_blog(tmp_path / "deep" / "blog")
    blog = tmp_path / "deep" / "blog"
    assert git(blog, "symbolic-ref", "--short", "HEAD") == "main"
    assert git(blog, "status", "--porcelain") == ""
    assert git(blog, "log", "--format=%an") == "paperweek"
    assert git(blog, "config", "receive.denyCurrentBranch") == "updateInstead"
    assert {"_config.yml", ".gitignore", "_layouts/post.html"} <= set(
        git(blog, "ls-files").splitlines()
    )
    assert [f.name for f in (tmp_path / "deep").iterdir()] == ["blog"]


def test_a_second_call_leaves_it_as_it_is(tmp_path: Path) -> None:
    create_blog(tmp_path / "blog")
    (tmp_path / "blog" / "_config.yml").write_text("title: Mine\n")
    assert not create_blog(tmp_path / "blog")
    assert (tmp_path / "blog" / "_config.yml").read_text() == "title: Mine\n"


def test_a_bare_repository_and_an_empty_one_are_left_as_they_are(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "bare")
    git(tmp_path, "init", "--quiet", "empty")
    assert not create_blog(tmp_path / "bare")
    assert not create_blog(tmp_path / "empty")
    assert not list((tmp_path / "empty").glob("_*"))


def test_an_empty_folder_becomes_the_blog(tmp_path: Path) -> None:
    (tmp_path / "blog").mkdir()
    assert create_blog(tmp_path / "blog")
    assert git(tmp_path / "blog", "status", "--porcelain") == ""


@pytest.mark.parametrize("what", ["folder", "file", "dangling link"])
def test_anything_else_is_refused_and_loses_nothing(tmp_path: Path, what: str) -> None:
    blog = tmp_path / "blog"
    if what == "folder":
        blog.mkdir()
        (blog / "diary.txt").write_text("mine")
    elif what == "file":
        blog.write_text("mine")
    else:
        blog.symlink_to(tmp_path / "nowhere")
    with pytest.raises(BlogUnusable, match="left as it was") as caught:
        create_blog(blog)
    assert "PAPERWEEK_BLOG" in caught.value.hint
    assert [f.name for f in tmp_path.iterdir() if f.name != "home"] == ["blog"]
    assert what != "folder" or (blog / "diary.txt").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BlogUnusable, match="could not be created"):
        create_blog(tmp_path / "file" / "blog")


def test_two_runs_at_once_make_one_blog(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(create_blog, [tmp_path / "blog"] * 4))
    assert sorted(made) == [False, False, False, True]
    assert git(tmp_path / "blog", "log", "--format=%s").count("\n") == 0


def test_a_post_arrives_in_its_files(tmp_path: Path) -> None:
    create_blog(tmp_path / "blog")
    blog = GitBlog(str(tmp_path / "blog"), cache=tmp_path / "cache")
    assert blog.publish(post(text=PROSE)).outcome is Outcome.PUBLISHED
    assert (tmp_path / "blog" / post().path).read_text() == PROSE
    assert git(tmp_path / "blog", "status", "--porcelain") == ""


@pytest.mark.skipif(bool(jekyll.MISSING), reason=jekyll.MISSING or "")
def test_jekyll_builds_the_site_with_nothing_to_complain_about(tmp_path: Path) -> None:
    create_blog(tmp_path / "blog")
    GitBlog(str(tmp_path / "blog"), cache=tmp_path / "cache").publish(post(text=PROSE))
    command = ["jekyll", "build", "--strict_front_matter", "--disable-disk-cache"]
    run = subprocess.run(
        [*command, "--source", tmp_path / "blog", "--destination", tmp_path / "site"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "Warning" not in run.stdout + run.stderr
    site = tmp_path / "site"
    address = "/weekly-report/2025/02/02/weekly-report.html"
    page = (site / address.removeprefix("/")).read_text()
    assert "Weekly Report - January 27 to February 02, 2025</h1>" in page
    assert "<table>" in page
    assert f'href="{address}"' in (site / "index.html").read_text()
    assert (site / "assets/weekly-report/2025-W05.json").exists()
    assert not (site / "README.md").exists()
