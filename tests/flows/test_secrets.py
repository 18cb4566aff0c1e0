"""What nobody may read stays unread: in databases, logs, repositories, processes and notices."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import clean_environment
from tests.world import git_server
from tests.world.language_model import KEY, Asked, ModelServer
from tests.world.papers_server import PapersServer
from tests.world.slack import SECRET, slack
from tests.world.synthetic import WEEK
from tests.world.traffic import Answer, json_answer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(git_server.MISSING), reason=git_server.MISSING or ""),
    pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc"),
]

TOKEN = "ghp_UnmistakableTokenOfABlog012345"
BOT = "xoxb-unmistakable-token-of-a-bot"
PAIR = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
SECRETS = (TOKEN, PAIR, BOT, SECRET, KEY)
HOOK = '#!/bin/sh\ntouch "$0.held"\nwhile [ ! -e "$0.go" ]; do sleep 0.1; done\n'


def indiscreet(asked: Asked, _: Answer) -> Answer:
    """Refuse, and say in the body whose key it was: some hosts do."""
    said = f"Incorrect API key provided: {asked.headers['authorization']}"
    return json_answer({"error": {"message": said, "code": "invalid_api_key"}}, 401)


def found_in(text: str | bytes) -> list[str]:
    """Return the secrets that can be read there."""
    content = text.encode() if isinstance(text, str) else text
    return [secret for secret in SECRETS if secret.encode() in content]


def leaks(*folders: Path) -> dict[str, list[str]]:
    """Return each file below the folders that tells a secret, and which."""
    told: dict[str, list[str]] = {}
    for path in (path for folder in folders for path in folder.rglob("*")):
        with suppress(OSError):  # a temporary file that is gone by now
            if path.is_file() and (found := found_in(path.read_bytes())):
                told[str(path)] = found
    return told


def arguments_of_all() -> bytes:
    """Return the command lines of all processes there are."""
    told = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            told.append(line.read_bytes())
    return b"\n".join(told)


@pytest.fixture
def environment(
    world: PapersServer, prefect_server: Mapping[str, str], own_home: Path
) -> dict[str, str]:
    """Everything that is secret, set at once."""
    return {
        **clean_environment(own_home),
        **prefect_server,
        **world.environment,
        "PAPERWEEK_BLOG_TOKEN": TOKEN,
        "PAPERWEEK_WRITER": "llm",
        "PAPERWEEK_MODEL": "openai:gpt-4o-mini",
    }


def start(environment: dict[str, str], folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "flows", "run", WEEK.label, "--json", "--debug"],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def outcome(said: str) -> tuple[str, str]:
    """Return how the run ended, and the error that ended it."""
    summary = json.loads(said.splitlines()[-1])
    return summary["outcome"], summary["error"]


def test_a_run_that_goes_well_tells_no_secret(
    environment: dict[str, str],
    prefect_server: Mapping[str, str],
    own_home: Path,
    tmp_path: Path,
) -> None:
    blog = git_server.bare_repository(tmp_path / "hosted" / "blog.git")
    hook = blog / "hooks" / "pre-receive"
    hook.write_text(HOOK)
    hook.chmod(0o755)
    with (
        slack() as channel,
        ModelServer() as model,
        git_server.GitServer(blog.parent, token=TOKEN) as host,
    ):
        environment |= model.environment
        environment["PAPERWEEK_BLOG"] = f"{host.url}/blog.git"
        environment["PAPERWEEK_SLACK_WEBHOOK_URL"] = channel.url
        with start(environment, tmp_path) as run:
            while not Path(f"{hook}.held").exists() and run.poll() is None:
                time.sleep(0.1)
            processes = arguments_of_all()
            meanwhile = leaks(own_home)
            Path(f"{hook}.go").touch()
            out, err = run.communicate()

    assert outcome(out) == ("published", ""), err
    assert b"git" in processes
    assert b"push" in processes
    # All of them were needed and used, so each could have been told.
    assert set(host.credentials) == {f"Basic {PAIR}"}
    assert {asked.headers["authorization"] for asked in model.log} == {f"Bearer {KEY}"}
    assert found_in(processes) == []
    assert meanwhile == {}
    assert found_in(out + err + json.dumps(channel.posted)) == []
    assert leaks(tmp_path, Path(prefect_server["PREFECT_HOME"])) == {}


def test_runs_in_which_everything_fails_tell_no_secret(
    environment: dict[str, str],
    prefect_server: Mapping[str, str],
    own_home: Path,
    tmp_path: Path,
) -> None:
    blog = git_server.bare_repository(tmp_path / "hosted" / "blog.git")
    with (
        slack((404, f"no_service at {SECRET}")) as channel,
        ModelServer(spoil=indiscreet) as model,
        git_server.GitServer(blog.parent, token=TOKEN) as host,
    ):
        environment |= model.environment
        environment["PAPERWEEK_BLOG"] = f"{host.url}/blog.git"
        environment["PAPERWEEK_SLACK_WEBHOOK_URL"] = channel.url
        host.refuse_push = True
        with start(environment, tmp_path) as refused:
            out, err = refused.communicate()
        host.refuse_push = False
        environment["PAPERWEEK_SLACK_BOT_TOKEN"] = BOT
        environment["PAPERWEEK_SLACK_CHANNEL"] = "C0123456789"
        environment["PAPERWEEK_SLACK_API"] = f"{channel.url.removesuffix(SECRET)}/api"
        with start(environment, tmp_path) as untold:
            more, worse = untold.communicate()
        environment["PAPERWEEK_BLOG"] = f"{host.url}/none.git"
        with start(environment, tmp_path) as lost:
            last, worst = lost.communicate()

    said = (out, err, more, worse, last, worst)
    assert outcome(out)[0] == "failed"
    assert outcome(more) == ("published", "")
    assert outcome(last)[0] == "failed"
    assert "Traceback" in err
    assert model.log
    assert not json.loads(more.splitlines()[-1])["notice"].startswith("sent")
    for text in (*said, json.dumps(channel.posted)):
        assert found_in(text) == []
    assert leaks(tmp_path, own_home, Path(prefect_server["PREFECT_HOME"])) == {}


def test_a_secret_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "prefect.db-wal").write_bytes(b"\x00\xff" + KEY.encode())

    assert leaks(tmp_path) == {str(tmp_path / "prefect.db-wal"): [KEY]}
