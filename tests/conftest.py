"""What every test can rely on: no network, a home of its own, and one Prefect server for all."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests import network

network.block()

CHECKOUT = Path(__file__).resolve().parent.parent
GUARDED = Path(__file__).resolve().parent / "guarded"


def clean_environment(home: Path) -> dict[str, str]:
    """Return the environment of a machine that knows nothing of us, with its home in `home`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name == "PAPERWEEK_CORPUS"
        or not name.startswith(("PAPERWEEK_", "PREFECT_", "HF_", "GIT_", "XDG_"))
    }
    home.mkdir(parents=True, exist_ok=True)
    return kept | {
        "HOME": str(home),
        "PREFECT_HOME": str(home / "prefect"),
        "PAPERWEEK_CACHE_DIR": str(home / "cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "PYTHONPATH": str(GUARDED),
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a home, a cache and a working environment of its own."""
    home = tmp_path / "home"
    clean = clean_environment(home)
    for name in set(os.environ) - set(clean):
        monkeypatch.delenv(name)
    for name, value in clean.items():
        monkeypatch.setenv(name, value)
    return home


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """Start one real Prefect server; yield the variables that point a run at it."""
    home = tmp_path_factory.mktemp("prefect")
    port = free_port()
    pointing = {"PREFECT_API_URL": f"http://127.0.0.1:{port}/api", "PREFECT_HOME": str(home)}
    environment = clean_environment(home) | pointing
    environment |= {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    log = (home / "server.log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "prefect", "server", "start", "--port", str(port), "--no-ui"],
        env=environment,
        cwd=home,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        wait_until_healthy(pointing["PREFECT_API_URL"], server, home / "server.log")
        yield pointing
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses right now."""
    import socket  # noqa: PLC0415 -- named here only

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_healthy(api: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the server answers; fail with its log where it ends or is silent for minutes."""
    patience = time.monotonic() + 400
    while time.monotonic() < patience and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{api}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"Prefect's server is not there:\n{log.read_text(errors='replace')[-3000:]}")
