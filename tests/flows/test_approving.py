"""A person's yes: asked for on a Sunday too, not waited for without end, and never in silence."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import clean_environment
from tests.flows.prefect_life import Life, until
from tests.world.papers_server import PapersServer
from tests.world.slack import FakeSlack, slack
from tests.world.synthetic import WEEK

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc"),
]

A_MOMENT = "0.00002"
"""Days: two seconds."""


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty blog."""
    folder = tmp_path_factory.mktemp("blog") / "blog.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(folder)], check=True)
    return folder


@pytest.fixture(scope="module")
def life(
    world: PapersServer,
    channel: FakeSlack,
    blog: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Life]:
    """Start a server that knows our deployments, and a worker."""
    home = tmp_path_factory.mktemp("life")
    environment = clean_environment(home) | world.environment
    environment |= {
        "PAPERWEEK_BLOG": str(blog),
        "PAPERWEEK_SLACK_WEBHOOK_URL": channel.url,
    }
    life = Life(home, environment)
    try:
        life.start_server()
        life.deploy()
        life.start_worker()
        yield life
    finally:
        life.end()


def told(channel: FakeSlack) -> list[str]:
    return [message["text"] for message in channel.posted]


def commits(blog: Path) -> list[str]:
    # The branches alone: what was told of a week is remembered beside them.
    log = ["git", "log", "--format=%s", "--branches"]
    return subprocess.check_output(log, cwd=blog, text=True).splitlines()


def test_a_post_that_nobody_approved_in_time_is_told_of_and_not_published(
    life: Life, blog: Path, channel: FakeSlack
) -> None:
    run = life.create_run(
        "report/manual",
        parameters={"week": str(WEEK.monday), "approve": True},
        job_variables={"env": {"PAPERWEEK_APPROVAL_DAYS": A_MOMENT}},
    )

    until(lambda: [text for text in told(channel) if "not approved in time" in text])
    assert life.state(run) == "Failed"
    (ended,) = (text for text in told(channel) if "not approved in time" in text)
    assert "waits for your yes" in told(channel)[0], told(channel)
    assert ended.startswith(f"The run report on {WEEK} was not approved in time and was not publ")
    assert f"/runs/flow-run/{run}" in ended
    assert commits(blog) == []


def test_sunday_asks_where_it_is_told_to_and_holds_up_nobody_meanwhile(
    life: Life, blog: Path, channel: FakeSlack
) -> None:
    channel.posted.clear()
    due = datetime.combine(WEEK.sunday, datetime.min.time(), UTC) + timedelta(hours=8)
    state = {"type": "SCHEDULED", "state_details": {"scheduled_time": due.isoformat()}}
    sunday = life.create_run("sunday/sunday", parameters={"approve": True}, state=state)
    until(lambda: life.state(sunday) == "Suspended")
    assert commits(blog) == []
    assert "waits for your yes" in told(channel)[-1]

    # Its place is free while it waits: two runs of one deployment would take turns otherwise.
    another = life.create_run("sunday/sunday", parameters={"approve": True}, state=state)
    until(lambda: life.state(another) == "Suspended")
    for run in (sunday, another):
        life.resume(run, publish=True, note="Good.")
        until(lambda run=run: life.state(run) == "Completed")  # type: ignore[misc]

    assert commits(blog) == [f"Weekly report {WEEK}"]
    assert life.ask("GET", f"flow_runs/{sunday}")["name"] == f"{WEEK} published"
    assert life.ask("GET", f"flow_runs/{another}")["name"] == f"{WEEK} unchanged"


def test_a_form_that_a_lost_answer_kept_from_the_server_is_kept_after_it(life: Life) -> None:
    script = (
        "from prefect import flow\n"
        "from prefect.input.actions import read_flow_run_input\n"
        "from flows.approving import Decision, keep_form\n"
        "@flow\n"
        "def cut_off():\n"
        "    before = read_flow_run_input('suspended-approval-schema')\n"
        "    for _ in range(2): keep_form(Decision)\n"
        "    form = read_flow_run_input('suspended-approval-schema')\n"
        "    print(before, sorted(form['properties']))\n"
        "cut_off()\n"
    )

    assert life.command("-c", script).splitlines()[-1] == "None ['note', 'publish']"


def test_automations_follow_slack_where_it_goes_and_away(
    life: Life, channel: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def set_up_with(**settings: str) -> set[str]:
        for name, value in settings.items():
            monkeypatch.setitem(life.environment, name, value)
        life.command("-m", "flows", "setup-automations")
        return {one["name"] for one in life.ask("POST", "automations/filter")}

    def blocks() -> list[str]:
        return [one["name"] for one in life.ask("POST", "block_documents/filter")]

    before = set_up_with()
    with slack() as elsewhere:
        moved = set_up_with(PAPERWEEK_SLACK_WEBHOOK_URL=elsewhere.url)
        channel.posted.clear()
        life.ask(
            "POST",
            f"flow_runs/{life.create_run('report/manual', state={'type': 'PAUSED'})}/set_state",
            state={"type": "CRASHED", "name": "Crashed"},
            force=True,
        )
        until(lambda: told(elsewhere))
    assert channel.posted == []
    without = set_up_with(PAPERWEEK_SLACK_WEBHOOK_URL="")

    assert moved == before
    assert before - without == {name for name in before if name.startswith("paperweek: tell of ")}
    assert len(without) == 2
    assert "paperweek-slack" not in blocks()
    assert set_up_with(PAPERWEEK_SLACK_WEBHOOK_URL="") == without
    assert set_up_with(PAPERWEEK_SLACK_WEBHOOK_URL=channel.url) == before
    assert "paperweek-slack" in blocks()
