"""What becomes of a week when a process dies: published once and announced, or said to be missing.

A real server, a real worker, real git and HTTP; a hook in the blog holds the push, so that a run is
alive exactly when it is killed.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from paperweek.publishers.git_blog import GitBlog
from tests.conftest import clean_environment
from tests.flows.prefect_life import Life, until
from tests.paperweek.kept_blog import weekly_post
from tests.world.papers_server import PapersServer
from tests.world.slack import FakeSlack
from tests.world.synthetic import WEEK
from tests.world.traffic import Api

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc"),
]

HOOK = """#!/bin/sh
while read -r before after ref; do
  case "$ref" in refs/heads/*) kind=post ;; *) kind=mark ;; esac
done
touch "$0.held.$kind"
while [ -e "$0.hold.$kind" ]; do sleep 0.1; done
"""


class HeldBlog:
    """A bare repository whose hook holds each push for as long as it is told to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(folder)], check=True)
        self._hook = folder / "hooks" / "pre-receive"
        self._hook.write_text(HOOK)
        self._hook.chmod(0o755)

    def hold(self, kind: str = "post") -> None:
        """Hold the next push of a post, or of a mark that a notice is being sent."""
        Path(f"{self._hook}.held.{kind}").unlink(missing_ok=True)
        Path(f"{self._hook}.hold.{kind}").touch()

    def let_go(self) -> None:
        """Let pushes through."""
        for kind in ("post", "mark"):
            Path(f"{self._hook}.hold.{kind}").unlink(missing_ok=True)

    def holds(self, kind: str = "post") -> bool:
        """Return whether a push waits."""
        return Path(f"{self._hook}.held.{kind}").exists()

    def commits(self) -> list[str]:
        """Return the subjects of the branch's commits, newest first."""
        said = subprocess.run(
            ["git", "log", "--format=%s", "main"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        return said.stdout.splitlines()

    def start_anew(self) -> None:
        """Forget all that was published."""
        self.let_go()
        subprocess.run(["git", "update-ref", "-d", "refs/heads/main"], cwd=self.folder, check=True)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> HeldBlog:
    """Make the blog."""
    return HeldBlog(tmp_path_factory.mktemp("blog") / "blog.git")


@pytest.fixture(scope="module")
def life(
    world: PapersServer,
    channel: FakeSlack,
    repository: HeldBlog,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Life]:
    """Start a server that knows our deployments."""
    home = tmp_path_factory.mktemp("life")
    environment = clean_environment(home) | world.environment
    environment |= {
        "PAPERWEEK_BLOG": str(repository.folder),
        "PAPERWEEK_SLACK_WEBHOOK_URL": channel.url,
    }
    life = Life(home, environment)
    try:
        life.start_server()
        life.deploy()
        yield life
    finally:
        repository.let_go()
        life.end()


@pytest.fixture
def blog(life: Life, repository: HeldBlog, channel: FakeSlack) -> HeldBlog:
    """Begin with an empty blog, a silent channel and a worker."""
    repository.start_anew()
    channel.posted.clear()
    if not life.worker:
        life.start_worker()
    return repository


def manual(life: Life, **parameters: object) -> str:
    """Fill in the form."""
    return life.create_run("report/manual", parameters={"week": WEEK.label, **parameters})


def be_impatient(life: Life, channel: FakeSlack) -> None:
    """Let the server wait for seconds where it waits for minutes."""
    soon = (
        "from datetime import timedelta; from flows.alarms import set_up; import sys;"
        "set_up(sys.argv[1], patience=timedelta(seconds=15))"
    )
    life.command("-c", soon, channel.url)


def told(channel: FakeSlack) -> list[str]:
    return [message["text"] for message in channel.posted]


def test_setting_up_automations_twice_doubles_none(life: Life) -> None:
    before = life.ask("POST", "automations/filter")
    life.command("-m", "flows", "setup-automations")
    after = life.ask("POST", "automations/filter")

    assert len(before) == 5
    assert [one["id"] for one in after] == [one["id"] for one in before]


def test_a_killed_run_is_told_of_and_the_next_one_publishes_once(
    life: Life, blog: HeldBlog, channel: FakeSlack
) -> None:
    blog.hold()
    killed = manual(life)
    until(blog.holds)
    life.kill_run()

    until(lambda: life.state(killed) == "Crashed")
    until(lambda: [text for text in told(channel) if "crashed" in text])
    blog.let_go()
    again = manual(life)
    until(lambda: life.state(again) == "Completed")
    assert blog.commits() == [f"Weekly report {WEEK}"]


def test_a_worker_killed_with_its_run_frees_the_place_and_is_told_of(
    life: Life, blog: HeldBlog, channel: FakeSlack
) -> None:
    blog.hold()
    killed = manual(life)
    until(blog.holds)
    life.kill_worker_and_run()
    blog.let_go()

    until(lambda: life.state(killed) == "Crashed")
    until(lambda: [text for text in told(channel) if "crashed" in text])
    life.start_worker()
    again = manual(life)
    until(lambda: life.state(again) == "Completed")
    assert blog.commits() == [f"Weekly report {WEEK}"]


def test_a_run_killed_between_push_and_notice_is_announced_once_by_the_next(
    life: Life, blog: HeldBlog, channel: FakeSlack
) -> None:
    blog.hold("mark")
    killed = manual(life)
    until(lambda: blog.holds("mark"))
    assert blog.commits() == [f"Weekly report {WEEK}"]
    life.kill_run()
    until(lambda: life.state(killed) == "Crashed")
    blog.let_go()

    again, another = manual(life), manual(life)
    until(lambda: {life.state(again), life.state(another)} == {"Completed"})
    assert blog.commits() == [f"Weekly report {WEEK}"]
    assert len([text for text in told(channel) if text.endswith("is published.")]) == 1


def test_who_presses_the_button_hears_that_there_was_nothing_to_do_and_nobody_else(
    life: Life, blog: HeldBlog, channel: FakeSlack, tmp_path: Path
) -> None:
    GitBlog(str(blog.folder), cache=tmp_path).publish(weekly_post(WEEK))
    quiet = manual(life)
    until(lambda: life.state(quiet) == "Completed")
    assert told(channel) == []

    pressed = {"type": "SCHEDULED", "message": "Run from the Prefect UI"}  # as the pages send it
    asked = life.create_run("report/manual", parameters={"week": WEEK.label}, state=pressed)
    until(lambda: life.state(asked) == "Completed")
    assert told(channel) == [f"{WEEK} was published before; nothing changed."]


def test_a_server_that_restarts_during_a_run_finds_it_completed(
    life: Life, blog: HeldBlog, channel: FakeSlack
) -> None:
    blog.hold()
    run = manual(life)
    until(blog.holds)
    life.stop_server()
    life.start_server()
    blog.let_go()

    until(lambda: life.state(run) == "Completed")
    assert blog.commits() == [f"Weekly report {WEEK}"]
    assert [text for text in told(channel) if text.endswith("is published.")]


def test_what_a_person_approved_is_published_byte_for_byte_and_nothing_is_done_again(
    life: Life, blog: HeldBlog, world: PapersServer, channel: FakeSlack
) -> None:
    run = manual(life, approve=True)
    until(lambda: life.state(run) == "Suspended")
    asked = len(world.requests_to(Api.HUGGING_FACE)) + len(world.requests_to(Api.ARXIV))
    key = f"post-{WEEK.label.lower()}"
    shown = life.ask("GET", f"artifacts/{key}/latest")["data"]
    assert blog.commits() == []
    assert "waits for your yes" in told(channel)[-1]

    life.resume(run, publish=True, note="Good.")
    until(lambda: life.state(run) == "Completed")
    posts = ["git", "show", f"main:_posts/{WEEK.sunday}-weekly-report.md"]
    published = subprocess.check_output(posts, cwd=blog.folder, text=True)
    again = len(world.requests_to(Api.HUGGING_FACE)) + len(world.requests_to(Api.ARXIV))
    assert again == asked
    assert shown.partition("\n")[2] in published
    assert blog.commits() == [f"Weekly report {WEEK}"]
    assert len(told(channel)) == 2


def test_what_a_person_discards_is_not_published(
    life: Life, blog: HeldBlog, channel: FakeSlack
) -> None:
    run = manual(life, approve=True)
    until(lambda: life.state(run) == "Suspended")

    life.resume(run, publish=False, note="Dull.")
    until(lambda: life.state(run) == "Completed")
    until(lambda: life.ask("GET", f"flow_runs/{run}")["name"] == f"{WEEK} refused")
    assert blog.commits() == []


def test_a_run_that_was_fetched_and_never_starts_frees_its_place_and_is_told_of(
    life: Life, blog: HeldBlog, channel: FakeSlack
) -> None:
    life.kill_worker_and_run()
    be_impatient(life, channel)
    stuck = manual(life)
    for name in ("Pending", "Submitting"):
        state = {"type": "PENDING", "name": name}
        life.ask("POST", f"flow_runs/{stuck}/set_state", state=state, force=True)

    until(lambda: life.state(stuck) == "Crashed")
    until(lambda: [text for text in told(channel) if "crashed" in text])
    assert blog.commits() == []


def test_a_late_run_is_told_of_and_still_publishes_its_own_week(
    life: Life, blog: HeldBlog, channel: FakeSlack
) -> None:
    life.kill_worker_and_run()
    be_impatient(life, channel)
    due = datetime.combine(WEEK.sunday, datetime.min.time(), UTC) + timedelta(days=2, hours=8)
    state = {"type": "SCHEDULED", "state_details": {"scheduled_time": due.isoformat()}}
    late = life.create_run("report/manual", state=state)

    until(lambda: [text for text in told(channel) if "is late" in text])
    life.start_worker()
    until(lambda: life.state(late) == "Completed")
    assert blog.commits() == [f"Weekly report {WEEK}"]
