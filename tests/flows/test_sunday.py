"""Sundays as a process of its own: missed weeks in order, once each, and one notice about them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from paperweek.keeping import skip
from tests.conftest import clean_environment
from tests.paperweek.kept_blog import KeptBlog, weekly_post
from tests.world import git_server
from tests.world.github_api import github
from tests.world.papers_server import PapersServer
from tests.world.slack import slack
from tests.world.synthetic import WEEK

pytestmark = pytest.mark.slow

FIRST = WEEK.plus(-3)


@pytest.fixture
def blog(tmp_path: Path) -> KeptBlog:
    """A blog whose last post is three weeks old."""
    kept = KeptBlog.at(tmp_path / "blog")
    kept.open().publish(weekly_post(FIRST))
    return kept


@dataclass(frozen=True)
class Machine:
    """Where the commands run."""

    environment: Mapping[str, str]
    folder: Path

    def with_(self, **settings: str) -> Machine:
        return replace(self, environment={**self.environment, **settings})

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command],
            env=dict(self.environment),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def catch_up(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        ended = self.run("-m", "flows", "catch-up", "--json", *arguments)
        assert ended.stdout, ended.stderr
        return ended.returncode, json.loads(ended.stdout.splitlines()[-1])


@pytest.fixture
def machine(
    world: PapersServer,
    blog: KeptBlog,
    prefect_server: Mapping[str, str],
    own_home: Path,
    tmp_path: Path,
) -> Machine:
    environment = {
        **clean_environment(own_home),
        **prefect_server,
        **world.environment,
        "PAPERWEEK_BLOG": str(blog.bare),
    }
    return Machine(environment, tmp_path)


def labels(weeks: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(week["week"], week["outcome"]) for week in weeks]


def test_missed_weeks_are_published_in_order_with_one_notice_and_never_twice(
    machine: Machine, blog: KeptBlog
) -> None:
    skip(blog.open(), WEEK.plus(-1), "holidays")
    with slack() as channel:
        there = machine.with_(PAPERWEEK_SLACK_WEBHOOK_URL=channel.url)
        code, ended = there.catch_up("--limit", "2")
        again, _ = there.catch_up("--limit", "1")

    # The first of them has no papers, which stops nobody: it is refused, and said.
    assert labels(ended["weeks"]) == [
        (WEEK.plus(-2).label, "refused"),
        (WEEK.label, "published"),
    ]
    assert (code, ended["outcome"]) == (3, "refused")
    assert len(channel.posted) == 2
    first = json.dumps(channel.posted[0])
    assert "1 of 2 missed weeks caught up" in first
    assert f"paperweek skip {WEEK.plus(-2)}" in first
    assert "Still without a post" in first
    assert again == 3
    assert blog.commits[:2] == [f"Weekly report {WEEK}", f"No report on {WEEK.plus(-1)}"]
    assert len(blog.commits) == 4


def test_sunday_publishes_its_week_after_at_most_four_that_were_missed(
    machine: Machine, blog: KeptBlog
) -> None:
    script = (
        "import os, sys\n"
        "from paperweek.settings import prepare_prefect\n"
        "prepare_prefect(debug=False)\n"
        "from datetime import date\n"
        "from flows import sunday, weekly_report\n"
        "sunday.today = weekly_report.today = lambda zone: date(2025, 7, 13)\n"
        "done = sunday.sunday()\n"
        "print(done.week, done.outcome, flush=True)\n"
    )
    with slack() as channel:
        ended = machine.with_(PAPERWEEK_SLACK_WEBHOOK_URL=channel.url).run("-c", script)

    assert ended.stdout.splitlines()[-1] == f"{WEEK} published", ended.stderr
    told = [message["text"] for message in channel.posted]
    assert told[0] == "1 of 2 missed weeks caught up."
    assert len(told) == 2
    assert blog.commits[:2] == [f"Weekly report {WEEK}", f"Weekly report {WEEK.plus(-1)}"]
    assert len(blog.commits) == 4


TOKEN = "ghp_A1b2C3d4E5f6G7h8I9j0"


@pytest.mark.skipif(bool(git_server.MISSING), reason=git_server.MISSING or "")
def test_a_week_waits_in_one_pull_request(machine: Machine, blog: KeptBlog) -> None:
    with (
        slack() as channel,
        git_server.GitServer(blog.bare.parent.parent, token=TOKEN) as host,
        github(blog.bare, "blog/blog", TOKEN) as forge,
    ):
        there = machine.with_(
            PAPERWEEK_BLOG=f"{host.url}/blog/blog.git",
            PAPERWEEK_BLOG_TOKEN=TOKEN,
            PAPERWEEK_PUBLISH="pull-request",
            PAPERWEEK_GITHUB_API=forge.url,
            PAPERWEEK_SITE_URL="http://127.0.0.1:9",
            PAPERWEEK_SLACK_WEBHOOK_URL=channel.url,
        )
        ended = there.run("-m", "flows", "run", WEEK.label, "--json")
        again = there.run("-m", "flows", "run", WEEK.label)

    summary = json.loads(ended.stdout.splitlines()[-1])
    (pull,) = forge.pulls
    assert (summary["outcome"], summary["visible"]) == ("published", None), ended.stderr
    assert summary["pull_request"] == pull["html_url"]
    assert "Every sentence of the finished file was read back" in pull["body"]
    (message,) = channel.posted
    assert message["text"].endswith("waits for your approval.")
    assert again.stdout.startswith(f"{WEEK} unchanged")
    assert f"A person decides on it: {pull['html_url']}" in again.stdout
    assert len(blog.commits) == 2
    assert TOKEN not in ended.stdout + ended.stderr + again.stderr + json.dumps(forge.pulls)


def test_a_pushed_post_that_the_site_does_not_show_is_said(
    machine: Machine, blog: KeptBlog
) -> None:
    there = machine.with_(PAPERWEEK_SITE_URL="http://127.0.0.1:9", PAPERWEEK_SITE_SECONDS="1")
    ended = there.run("-m", "flows", "run", WEEK.label, "--json")

    summary = json.loads(ended.stdout.splitlines()[-1])
    assert (summary["outcome"], summary["visible"]) == ("published", False), ended.stderr
    assert "pushed, not yet visible" in ended.stderr


def test_the_blogs_settings_and_its_site_reach_the_run(machine: Machine, blog: KeptBlog) -> None:
    blog.by_hand(
        {
            ".paperweek.toml": 'papers_per_report = 8\ncategory = "weekly"\n',
            "_config.yml": "permalink: pretty\n",
        }
    )
    there = machine.with_(PAPERWEEK_SITE_URL="https://me.example", PAPERWEEK_SITE_SECONDS="0")
    ended = there.run("-m", "flows", "run", WEEK.label, "--json")

    summary = json.loads(ended.stdout.splitlines()[-1])
    assert summary["outcome"] == "published", ended.stderr
    assert summary["url"] == f"https://me.example/weekly/{WEEK.sunday:%Y/%m/%d}/weekly-report/"
    data = json.loads(blog.file(f"assets/weekly-report/{WEEK}.json"))
    assert data["counts"]["selected"] <= 8 + 3

    unchanged = there.run("-m", "flows", "run", WEEK.label, "--json", "--force-rewrite")
    assert json.loads(unchanged.stdout.splitlines()[-1])["outcome"] == "unchanged"

    blog.by_hand({".paperweek.toml": 'papers_per_report = 12\ncategory = "weekly"\n'})
    anew = there.run("-m", "flows", "run", WEEK.label, "--json", "--force-rewrite")
    summary = json.loads(anew.stdout.splitlines()[-1])
    assert summary["outcome"] == "published", anew.stderr
    assert "Written anew on " in blog.file(summary["post_path"]).splitlines()[-1]
