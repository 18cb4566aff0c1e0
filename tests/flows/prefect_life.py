"""A Prefect server and a worker of one's own, to be killed: real processes, found by their ids."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

import requests

from tests.conftest import CHECKOUT, free_port, wait_until_healthy

PATIENCE_SECONDS = 400.0
"""How long anything may take: what is asked is whether it comes, not how fast. A server alone can
be silent for a minute while a slow disk holds its database."""
POLL_SECONDS = 1.0
"""Between two looks; looking is work for the server too."""


class Life:
    """One server, at most one worker, and what they say through the server's interface."""

    def __init__(self, home: Path, environment: Mapping[str, str]) -> None:
        self.port = free_port()
        self.api = f"http://127.0.0.1:{self.port}/api"
        self._home = home
        self.environment = {
            **environment,
            "PREFECT_API_URL": self.api,
            "PREFECT_HOME": str(home / "prefect"),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
        }
        self.server: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None

    def start_server(self) -> None:
        """Start the server and return once it answers."""
        self.server = self._start("server", "start", "--port", str(self.port), "--no-ui")
        wait_until_healthy(self.api, self.server, self._home / "server.log")

    def deploy(self) -> None:
        """Make pool, deployments and automations, as docs/deploying.md says."""
        pool = ("work-pool", "create", "paperweek", "--type", "process", "--overwrite")
        self.command("-m", "prefect", "--no-prompt", *pool)
        self.command("-m", "prefect", "--no-prompt", "deploy", "--all")
        self.command("-m", "flows", "setup-automations")

    def start_worker(self) -> None:
        """Start a worker; it asks for work by itself."""
        self.worker = self._start("worker", "start", "--pool", "paperweek")

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self._home / f"{arguments[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "prefect", *arguments],
                env=self.environment,
                cwd=CHECKOUT,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def command(self, *arguments: str) -> str:
        """Run one command to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, method: str, path: str, **body: Any) -> Any:  # noqa: ANN401 -- JSON
        """Return the server's answer; no body for GET. Ask again while it is too busy to answer.

        What is asked must bear being asked twice.
        """
        json = body if method == "POST" else None
        patience = time.monotonic() + PATIENCE_SECONDS
        while True:
            with suppress(requests.ConnectionError, requests.Timeout):
                answer = requests.request(method, f"{self.api}/{path}", json=json, timeout=30)
                if answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                    break
            assert time.monotonic() < patience, f"the server never answered {method} {path}"
            time.sleep(1)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def create_run(self, deployment: str, **more: Any) -> str:  # noqa: ANN401 -- JSON
        """Create one run of the deployment, however often that must be asked; return its id."""
        known = self.ask("GET", f"deployments/name/{deployment}")
        more["idempotency_key"] = str(uuid.uuid4())
        run = self.ask("POST", f"deployments/{known['id']}/create_flow_run", **more)
        return str(run["id"])

    def resume(self, run: str, *, publish: bool, note: str) -> None:
        """Resume a suspended run with what a person chose."""
        chosen = {"publish": publish, "note": note}
        with suppress(requests.HTTPError):  # asked twice: it is resumed already
            self.ask("POST", f"flow_runs/{run}/resume", run_input=chosen)
        until(lambda: self.state(run) != "Suspended")

    def state(self, run: str) -> str:
        """Return the name of the run's state."""
        return str(self.ask("GET", f"flow_runs/{run}")["state"]["name"])

    def kill_run(self) -> None:
        """Kill what the worker started, and leave the worker alone."""
        assert self.worker
        for pid in descendants(self.worker.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def kill_worker_and_run(self) -> None:
        """Kill the worker and all that it started, together."""
        assert self.worker
        doomed = [*descendants(self.worker.pid), self.worker.pid]
        for pid in doomed:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.worker.wait()
        self.worker = None

    def stop_server(self) -> None:
        """End the server as its owner would."""
        _end(self.server)
        self.server = None

    def end(self) -> None:
        """End everything, whatever state it is in."""
        if self.worker:
            for pid in descendants(self.worker.pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        _end(self.worker)
        _end(self.server)


def _end(process: subprocess.Popen[bytes] | None) -> None:
    if process:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def descendants(pid: int) -> list[int]:
    """Return the processes that `pid` started, and those that they started."""
    children = [child for child, parent in _parents() if parent == pid]
    return [*children, *(deeper for child in children for deeper in descendants(child))]


def _parents() -> Iterator[tuple[int, int]]:
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            text = status.read_text()
            yield int(status.parent.name), int(text.rpartition(") ")[2].split()[1])


def until(is_so: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> float:
    """Wait until it is so; return how long that took. Fails after `seconds`."""
    begun = time.monotonic()
    while not is_so():
        assert time.monotonic() - begun < seconds, f"not so after {seconds:.0f} s"
        time.sleep(POLL_SECONDS)
    return time.monotonic() - begun
