"""`paperweek serve`: one command, the whole of it, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from flows.__main__ import main
from flows.serving import time_of_day
from paperweek.errors import ConfigurationError
from tests.conftest import clean_environment, free_port
from tests.flows.prefect_life import PATIENCE_SECONDS, until

NOBODY = {
    "HF_ENDPOINT": "http://127.0.0.1:9",
    "PAPERWEEK_ARXIV_URL": "http://127.0.0.1:9/api/query",
    "PAPERWEEK_ARXIV_DELAY_SECONDS": "0",
}
"""Sources that are not there: they are not what is asked about here."""


@dataclass
class Served:
    """A service that is ready."""

    process: subprocess.Popen[str]
    api: str
    log: Path
    environment: dict[str, str]

    def deployment(self, name: str) -> dict[str, Any]:
        """Return what the server knows of a deployment."""
        answer = requests.get(f"{self.api}/deployments/name/{name}", timeout=PATIENCE_SECONDS)
        answer.raise_for_status()
        known: dict[str, Any] = answer.json()
        return known


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Start the service and wait until it says that it is ready."""
    home, port = tmp_path_factory.mktemp("served"), free_port()
    log = home / "serve.log"
    environment = clean_environment(home)
    with log.open("w") as err:
        process = subprocess.Popen(
            # As a script starts it in the background: with Ctrl-C ignored.
            ["sh", "-c", f"trap '' INT; exec {sys.executable} -m flows serve --port {port}"],
            env=environment,
            cwd=home,
            stderr=err,
            text=True,
            start_new_session=True,
        )
    try:
        until(lambda: "serve: ready" in log.read_text() or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        environment["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
        yield Served(process, environment["PREFECT_API_URL"], log, environment)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)


@pytest.mark.slow
def test_the_schedule_is_planned_and_somebody_is_there_to_carry_it_out(served: Served) -> None:
    """A server can look well and plan nothing: only a planned run is a Sunday."""

    def schedule() -> str:
        done = subprocess.run(
            [sys.executable, "-m", "flows", "check"],
            env=served.environment | NOBODY,
            cwd=served.log.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        return next(row for row in done.stdout.splitlines() if " schedule " in row)

    until(lambda: schedule().startswith("ok"))
    said = schedule()
    assert said.startswith("ok  schedule     next on "), said
    assert "08:00 UTC" in said


@pytest.mark.slow
def test_it_answers_this_machine_and_ends_at_once_without_pausing_the_schedule(
    served: Served,
) -> None:
    assert not served.deployment("sunday/sunday")["paused"]
    assert served.deployment("report/manual")["parameters"] == {}

    served.process.terminate()

    assert served.process.wait(PATIENCE_SECONDS) == 0
    text = served.log.read_text()
    assert "Traceback" not in text, text
    assert "Warning" not in text, text
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{served.api}/health", timeout=5)


@pytest.mark.parametrize(
    ("text", "told"), [("08:00", (0, 8)), ("7:05", (5, 7)), ("23:59", (59, 23))]
)
def test_a_time_of_day_is_read(text: str, told: tuple[int, int]) -> None:
    assert time_of_day(text) == told


@pytest.mark.parametrize("text", ["24:00", "8", "08:60", "", "noon"])
def test_what_is_no_time_of_day_is_a_wrong_argument(text: str) -> None:
    with pytest.raises(ConfigurationError):
        time_of_day(text)


@pytest.mark.parametrize("arguments", [["serve", "--at", "noon"], ["serve", "--port", "0"]])
def test_wrong_arguments_end_it_before_anything_starts(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert "paperweek: --" in capsys.readouterr().err


def test_automations_need_a_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup-automations"]) == 2
    assert "PREFECT_API_URL" in capsys.readouterr().err
