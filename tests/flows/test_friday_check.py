"""Two days ahead: silent where all is well, and one notice where something is red."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import clean_environment, free_port
from tests.world.papers_server import PapersServer
from tests.world.slack import slack
from tests.world.synthetic import WEEK

pytestmark = pytest.mark.slow

CHECK = """
import sys
from flows.friday_check import friday_check
state = friday_check(sys.argv[1], return_state=True)
print(state.name, state.message)
"""


def checked(world: PapersServer, folder: Path, **settings: str) -> str:
    # Prefect's embedded server: on one with an address, a deployed Sunday would be looked for.
    environment = {**clean_environment(folder / "home"), **world.environment, **settings}
    environment["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"] = "240"
    done = subprocess.run(
        [sys.executable, "-c", CHECK, WEEK.label],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.stdout.splitlines()[-1]


def test_where_all_is_well_nobody_is_disturbed(world: PapersServer, tmp_path: Path) -> None:
    with slack() as channel:
        said = checked(world, tmp_path, PAPERWEEK_SLACK_WEBHOOK_URL=channel.url)

    assert said == f"Completed {WEEK} can come."
    assert channel.posted == []
    assert not (tmp_path / "blog").exists()


def test_what_is_red_is_told_in_one_notice_with_what_to_do(
    world: PapersServer, tmp_path: Path
) -> None:
    with slack() as channel:
        said = checked(
            world,
            tmp_path,
            PAPERWEEK_SLACK_WEBHOOK_URL=channel.url,
            HF_ENDPOINT=f"http://127.0.0.1:{free_port()}",
            PAPERWEEK_SOURCE_SECONDS="1",
            PAPERWEEK_BLOG=str(tmp_path / "none.git"),
        )

    assert said.startswith("Failed 3 things need you before Sunday; notice sent to Slack")
    (message,) = channel.posted
    assert message["text"] == (
        f"The report on {WEEK} needs you before Sunday: huggingface, blog, rehearsal."
    )
    assert "Check PAPERWEEK_BLOG" in str(message)
