"""The whole flow as a process of its own: real HTTP, real git, a real Prefect server."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import TerminationSignal

from flows.__main__ import understood
from flows.weekly_report import tell_the_owner, weekly_report
from tests.conftest import clean_environment, free_port
from tests.world.corpus import read_corpus
from tests.world.papers_server import PapersServer
from tests.world.slack import SECRET, slack
from tests.world.synthetic import WEEK, write_synthetic_week
from tests.world.traffic import Api

pytestmark = pytest.mark.slow

POST = "_posts/2025-07-13-weekly-report.md"
IN_THE_FOREGROUND = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from flows.__main__ import main
sys.exit(main())
"""
"""A script in the background ignores Ctrl-C, and so does all that it starts."""


@dataclass(frozen=True)
class Ended:
    """A run that is over."""

    code: int
    summary: dict[str, Any]
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PapersServer]:
    """Play both sources with one invented week of 200 papers."""
    folder = tmp_path_factory.mktemp("corpus")
    write_synthetic_week(folder, 200)
    with PapersServer(read_corpus(folder)) as server:
        yield server


def a_blog(folder: Path) -> Path:
    """Make an empty bare repository: what a git host gives to somebody new."""
    git("init", "--quiet", "--bare", "--initial-branch=main", str(folder))
    return folder


def git(*arguments: str, cwd: Path | None = None) -> str:
    """Run real git as somebody, and return what it says."""
    who = ["-c", "user.name=A Person", "-c", "user.email=person@example.org"]
    done = subprocess.run(
        ["git", *who, *arguments], cwd=cwd, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture
def run(
    world: PapersServer, prefect_server: Mapping[str, str], own_home: Path, tmp_path: Path
) -> Run:
    """Return a function that runs the command line in an empty folder, against the played world."""
    blog = a_blog(tmp_path / "blog.git")

    def start(*arguments: str, **settings: str) -> Ended:
        environment = {
            **clean_environment(own_home),
            **prefect_server,
            **world.environment,
            "PAPERWEEK_BLOG": str(blog),
            **{name: value for name, value in settings.items() if value},
        }
        for name in (name for name, value in settings.items() if not value):
            environment.pop(name, None)
        folder = tmp_path / "elsewhere"
        folder.mkdir(exist_ok=True)
        done = subprocess.run(
            [sys.executable, "-m", "flows", "run", *arguments, "--json"],
            env=environment,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.stdout, done.stderr
        return Ended(
            done.returncode, json.loads(done.stdout.splitlines()[-1]), done.stdout, done.stderr
        )

    return start


def commits(tmp_path: Path) -> list[str]:
    return git("log", "--format=%s", "main", cwd=tmp_path / "blog.git").splitlines()


def asked(world: PapersServer) -> int:
    return len(world.requests_to(Api.HUGGING_FACE)) + len(world.requests_to(Api.ARXIV))


def test_a_week_is_published_once_and_then_stands(
    run: Run, world: PapersServer, tmp_path: Path
) -> None:
    first = run(WEEK.label)
    post = git("show", f"main:{POST}", cwd=tmp_path / "blog.git")
    before = asked(world)
    second = run(WEEK.label)

    assert (first.code, first.summary["outcome"]) == (0, "published"), first.err
    assert first.summary["post_path"] == POST
    assert first.summary["papers"] == 200
    assert first.summary["cited"] >= 1
    assert first.summary["silent_sources"] == []
    assert first.summary["commit"] == git("rev-parse", "main", cwd=tmp_path / "blog.git").strip()
    assert post.startswith('---\nlayout: post\ntitle: "Weekly Report - July 07 to July 13, 2025"\n')

    assert (second.code, second.summary["outcome"]) == (0, "unchanged"), second.err
    assert second.summary["commit"] == first.summary["commit"]
    assert second.summary["human_edited"] is False
    known = ("papers", "cited", "writer", "title", "post_path")
    assert [second.summary[key] for key in known] == [first.summary[key] for key in known]
    assert len(commits(tmp_path)) == 1
    assert asked(world) == before


def test_standard_error_is_a_line_a_step_and_nothing_of_prefects(run: Run) -> None:
    ended = run(WEEK.label)

    lines = ended.err.splitlines()
    assert lines[0].endswith(f"paperweek 0.1.0: {WEEK}")
    for step in ("blog: ", "collect: ", "select: ", "write: ", "render: ", "publish: ", "notice: "):
        assert any(f"] {step}" in line for line in lines), step
    assert not [line for line in lines if not line.startswith("[")]
    assert ended.out.count("\n") == 1


def test_a_rehearsal_pushes_nothing_and_tells_nobody(run: Run, tmp_path: Path) -> None:
    with slack() as channel:
        ended = run(WEEK.label, "--rehearse", PAPERWEEK_SLACK_WEBHOOK_URL=channel.url)

    assert (ended.code, ended.summary["outcome"]) == (0, "rehearsed"), ended.err
    preview = Path(ended.summary["url"].removeprefix("file://"))
    assert "**Executive Summary**: " in preview.read_text()
    assert git("for-each-ref", cwd=tmp_path / "blog.git") == ""
    assert channel.posted == []


def test_a_persons_edit_stays_whatever_is_asked(run: Run, tmp_path: Path) -> None:
    run(WEEK.label)
    clone = tmp_path / "clone"
    git("clone", "--quiet", str(tmp_path / "blog.git"), str(clone))
    (clone / POST).write_text((clone / POST).read_text() + "\nA word of mine.\n")
    git("commit", "--quiet", "-am", "Say more", cwd=clone)
    git("push", "--quiet", cwd=clone)

    ended = run(WEEK.label, "--force-rewrite")

    assert (ended.code, ended.summary["outcome"]) == (0, "unchanged"), ended.err
    assert ended.summary["human_edited"] is True
    assert "A word of mine." in git("show", f"main:{POST}", cwd=tmp_path / "blog.git")


def test_a_kept_week_is_built_again_without_the_network(
    run: Run, own_home: Path, world: PapersServer
) -> None:
    run(WEEK.label, "--rehearse")
    (kept,) = own_home.rglob("cache/snapshots/*.json")
    before = asked(world)

    ended = run("--snapshot", str(kept))

    assert (ended.code, ended.summary["outcome"]) == (0, "published"), ended.err
    assert (ended.summary["week"], ended.summary["papers"]) == (WEEK.label, 200)
    assert asked(world) == before


def test_one_silent_source_is_said_and_the_run_goes_on(run: Run, tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}/api/query"

    with slack() as channel:
        ended = run(
            WEEK.label,
            PAPERWEEK_ARXIV_URL=nobody,
            PAPERWEEK_SOURCE_SECONDS="1",
            PAPERWEEK_SLACK_WEBHOOK_URL=channel.url,
            PAPERWEEK_SITE_URL="https://blog.example",
            PAPERWEEK_SITE_SECONDS="0",
        )

    assert (ended.code, ended.summary["outcome"]) == (0, "published"), ended.err
    page = "https://blog.example/weekly-report/2025/07/13/weekly-report.html"
    assert ended.summary["url"] == page
    assert f"<{page}|Read it>" in json.dumps(channel.posted)
    assert ended.summary["silent_sources"] == ["arxiv"]
    assert "arxiv" in json.dumps(channel.posted).lower()
    assert "arXiv" in git("show", f"main:{POST}", cwd=tmp_path / "blog.git").splitlines()[-1]


def test_every_source_silent_is_a_failure_that_is_announced(run: Run, tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"

    with slack() as channel:
        ended = run(
            WEEK.label,
            HF_ENDPOINT=nobody,
            PAPERWEEK_ARXIV_URL=f"{nobody}/api/query",
            PAPERWEEK_SOURCE_SECONDS="1",
            PAPERWEEK_SLACK_WEBHOOK_URL=channel.url,
        )

    assert (ended.code, ended.summary["outcome"]) == (1, "failed")
    assert sorted(ended.summary["silent_sources"]) == ["arxiv", "huggingface"]
    assert ended.summary["notice"] == "sent to Slack"
    (message,) = channel.posted
    assert message["text"].startswith(f"{WEEK} failed: No source answered")
    assert ended.err.splitlines()[-2:] == [
        f"paperweek: {ended.summary['error']}",
        ended.summary["hint"],
    ]
    assert "Traceback" not in ended.err
    assert git("for-each-ref", cwd=tmp_path / "blog.git") == ""


def test_an_empty_week_is_refused(run: Run, tmp_path: Path) -> None:
    ended = run("2025-W20")

    assert (ended.code, ended.summary["outcome"]) == (3, "refused"), ended.err
    assert (ended.summary["week"], ended.summary["papers"]) == ("2025-W20", 0)
    assert git("for-each-ref", cwd=tmp_path / "blog.git") == ""


def test_a_week_that_is_none_is_said_before_anybody_is_asked(tmp_path: Path) -> None:
    form = (
        "from flows.manual import manual\n"
        "from paperweek.errors import ConfigurationError\n"
        "try: manual.fn(week='2025-W60', approve=True)\n"
        "except ConfigurationError as error: print(error)\n"
    )
    # No blog, no source and no server can be reached here: whoever asked one would fail otherwise.
    nobody = f"http://127.0.0.1:{free_port()}"
    environment = clean_environment(tmp_path / "home") | {
        "PAPERWEEK_BLOG": f"{nobody}/blog.git",
        "HF_ENDPOINT": nobody,
        "PREFECT_API_URL": f"{nobody}/api",
    }
    done = subprocess.run(
        [sys.executable, "-c", form],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "week ('2025-W60'): there is no such ISO week.\n", done.stderr


def test_a_notice_that_fails_leaves_the_week_published(run: Run, tmp_path: Path) -> None:
    with slack((404, "no_service")) as channel:
        ended = run(WEEK.label, PAPERWEEK_SLACK_WEBHOOK_URL=channel.url)

    assert (ended.code, ended.summary["outcome"]) == (0, "published"), ended.err
    assert ended.summary["notice"].startswith("failed: The notice did not reach Slack")
    assert "warning: The notice did not reach Slack" in ended.err
    assert len(commits(tmp_path)) == 1


def test_a_blog_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    ended = run(WEEK.label, PAPERWEEK_BLOG=str(tmp_path / "missing.git"))

    assert (ended.code, ended.summary["outcome"]) == (1, "failed")
    assert "missing.git" in ended.summary["error"]


def test_a_server_that_does_not_answer_is_named(run: Run) -> None:
    ended = run(WEEK.label, PREFECT_API_URL=f"http://127.0.0.1:{free_port()}/api")

    assert (ended.code, ended.summary["outcome"]) == (1, "failed")
    assert ended.summary["error"].startswith("Prefect's server did not start or answer"), ended.err
    assert "PREFECT_API_URL" in ended.err.splitlines()[-1]


def test_no_secret_reaches_a_log_the_output_or_prefects_database(
    run: Run, prefect_server: Mapping[str, str], own_home: Path, tmp_path: Path
) -> None:
    with slack((404, "no_service")) as channel:
        ended = run(
            WEEK.label,
            "--debug",
            PAPERWEEK_SLACK_WEBHOOK_URL=channel.url,
            PAPERWEEK_BLOG_TOKEN="geheimer-schluessel",
        )
    failed = run(
        WEEK.label,
        PAPERWEEK_SLACK_WEBHOOK_URL=channel.url,
        PAPERWEEK_BLOG_TOKEN="geheimer-schluessel",
        PAPERWEEK_BLOG=f"http://127.0.0.1:{free_port()}/blog.git",
    )

    database = Path(prefect_server["PREFECT_HOME"]) / "prefect.db"
    dump = "\n".join(sqlite3.connect(f"file:{database}?mode=ro", uri=True).iterdump())
    written = [p.read_bytes() for p in (own_home, tmp_path) for p in p.rglob("*") if p.is_file()]
    said = f"{ended.out}\n{ended.err}\n{failed.out}\n{failed.err}\n{dump}"
    assert ended.summary["outcome"] == "published", ended.err
    assert failed.summary["outcome"] == "failed"
    assert "weekly-report" in dump
    for secret in ("geheimer-schluessel", SECRET):
        assert secret not in said
        assert not [content for content in written if secret.encode() in content]


def test_prefects_embedded_server_serves_where_there_is_none(run: Run) -> None:
    first = run("--offline", PREFECT_API_URL="", PAPERWEEK_BLOG="")
    second = run("--offline", PAPERWEEK_BLOG="")

    assert (first.code, first.summary["outcome"]) == (0, "published"), first.err
    assert first.summary["invented"] is True
    assert (second.code, second.summary["outcome"]) == (0, "unchanged"), second.err


@pytest.mark.parametrize(
    ("send", "request_to_end"),
    [(os.kill, signal.SIGTERM), (os.killpg, signal.SIGINT)],
    ids=["a request to end", "Ctrl-C, which Prefect's server hears too"],
)
def test_a_run_that_is_stopped_says_so_and_leaves_nothing_running(
    send: Callable[[int, int], None],
    request_to_end: signal.Signals,
    world: PapersServer,
    own_home: Path,
    tmp_path: Path,
) -> None:
    blog = a_blog(tmp_path / "blog.git")
    (trap := blog / "hooks" / "pre-receive").write_text("#!/bin/sh\ntouch held\nexec sleep 600\n")
    trap.chmod(0o755)
    environment = clean_environment(own_home) | world.environment | {"PAPERWEEK_BLOG": str(blog)}
    # Prefect tries for more than a minute to tell a server that heard the same Ctrl-C.
    environment["PREFECT_CLIENT_MAX_RETRIES"] = "1"
    with subprocess.Popen(
        [sys.executable, "-c", IN_THE_FOREGROUND, "run", WEEK.label],
        env=environment,
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as started:
        assert started.stderr
        # It ends while the blog holds the push: whatever was started must be gone after it.
        while not (blog / "held").exists() and started.poll() is None:
            time.sleep(0.1)
        send(started.pid, request_to_end)
        rest = started.stderr.read()

    assert started.returncode == 130, rest
    assert rest.splitlines()[-2:] == [
        "paperweek: It was stopped before the end.",
        "Run it again: it asks the blog first and publishes nothing twice.",
    ]
    assert "Traceback" not in rest
    with pytest.raises(ProcessLookupError):
        os.killpg(started.pid, 0)


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), TerminationSignal(signal.SIGTERM)])
def test_an_interruption_that_another_error_covers_is_still_one(
    interruption: BaseException,
) -> None:
    covering = ConnectionError("no server")
    covering.__cause__ = OSError("refused")
    covering.__context__ = interruption

    assert isinstance(understood(covering), KeyboardInterrupt)
    assert understood(error := ConnectionError("no server")) is error


def test_a_failure_that_a_slow_server_gave_back_without_its_error_is_told_in_its_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = "Flow run encountered an exception: BlogForbidden: it refused access"
    state = State[Any](type=StateType.FAILED, name="Failed", message=said)
    run = FlowRun(flow_id=uuid4(), parameters={"week": WEEK.label})

    with slack() as channel:
        monkeypatch.setenv("PAPERWEEK_SLACK_WEBHOOK_URL", channel.url)
        tell_the_owner(weekly_report, run, state)

    (message,) = channel.posted
    assert message["text"].startswith(f"{WEEK} failed")
    assert said in message["text"]
