"""What is answered before Prefect is started: help, and wrong arguments, settings and weeks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flows.__main__ import main, outcome
from paperweek.model import Outcome
from paperweek.summary import Summary


@pytest.fixture(autouse=True)
def _empty_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def ended(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any], str]:
    """Run in this process; return the exit code, the JSON line and standard error."""
    code = main([*arguments, "--json"])
    said = capsys.readouterr()
    return code, json.loads(said.out.splitlines()[-1]), said.err


def test_help_needs_neither_prefect_nor_pydantic() -> None:
    heavy = "{'prefect', 'pydantic', 'git', 'requests', 'arxiv', 'jinja2', 'rich'}"
    code = f"import sys, flows.__main__ as m; m.parser(); print({heavy} & set(sys.modules))"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "set()"


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_help_is_no_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended_with:
        main(arguments)

    assert ended_with.value.code == 0
    assert "paperweek" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        *(["run", "--nonsense"], ["fly"], [], ["run", "2025-W05", "2025-W06"]),
        *(["run", "--snapshot"], ["run", "--snapshot", ""], ["run", "--snapshot= "]),
    ],
    ids=str,
)
def test_wrong_arguments_are_two_sentences_and_exit_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2

    said = capsys.readouterr()
    assert said.out == ""
    happened, todo = said.err.splitlines()
    assert happened.startswith("paperweek: command line: ")
    assert todo.startswith("See `paperweek")


@pytest.mark.parametrize(
    ("arguments", "code", "kind", "words"),
    [
        (["run", "--nonsense"], 2, "failed", "unrecognized arguments"),
        (["run", "2025-W54"], 2, "failed", "no such ISO week"),
        (["run", "2099-W01"], 3, "refused", "lies ahead"),
        (["run", "--snapshot", "missing.json"], 2, "failed", "missing.json"),
    ],
)
def test_json_ends_every_run_with_all_its_keys(
    arguments: list[str],
    code: int,
    kind: str,
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    exit_code, summary, errors = ended(capsys, *arguments)

    assert (exit_code, summary["outcome"]) == (code, kind)
    assert words in summary["error"]
    assert list(summary) == list(json.loads(Summary("", Outcome.FAILED).as_json()))
    assert errors.splitlines()[-2:] == [f"paperweek: {summary['error']}", summary["hint"]]
    assert summary["silent_sources"] == []


def test_a_week_that_the_sample_does_not_hold_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, summary, _ = ended(capsys, "run", "1999-W01", "--offline")

    assert (code, summary["week"]) == (2, "1999-W01")
    assert "at hand are only" in summary["error"]


def test_a_wrong_setting_ends_the_run_before_it_starts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERWEEK_TIMEZONE", "Mars/Olympus")

    code, summary, errors = ended(capsys, "run", "--offline")

    assert code == 2
    assert summary["error"].startswith("PAPERWEEK_TIMEZONE ('Mars/Olympus')")
    assert "Traceback" not in errors
    assert "Prefect" not in errors


@pytest.mark.parametrize("blog", ["", "somewhere"])
def test_a_machine_without_git_is_told_to_install_it(
    blog: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PAPERWEEK_BLOG", blog)

    ended = subprocess.run(
        [sys.executable, "-m", "flows", "init"], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 1
    assert "git is not installed" in ended.stderr
    assert "Install git" in ended.stderr
    assert "ImportError" not in ended.stderr


def test_a_traceback_is_for_those_who_ask(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, errors = ended(capsys, "run", "2025-W54", "--debug")

    assert code == 2
    assert "Traceback" in errors


def test_a_misspelled_setting_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERWEEK_BLOGG", "elsewhere")

    _, _, errors = ended(capsys, "run", "2099-W01")

    assert "warning: PAPERWEEK_BLOGG is no setting; did you mean PAPERWEEK_BLOG?" in errors


def test_a_person_reads_where_the_post_is_and_what_was_missing() -> None:
    summary = Summary(
        week="2025-W05",
        outcome=Outcome.PUBLISHED,
        post_path="_posts/p.md",
        commit="0123456789abcdef",
        papers=143,
        cited=24,
        writer="extractive/1",
        silent_sources=("arxiv",),
        url="https://me.github.io/p.html",
    )

    assert list(outcome(summary)) == [
        "2025-W05 published: _posts/p.md, commit 0123456789",
        "24 papers cited of 143, by extractive/1.",
        "Did not give all that was asked: arxiv.",
        "https://me.github.io/p.html",
    ]


LISTENERS = {"all hung up": ">&-", "error hung up": "2>&-", "a full disk": ">/dev/full 2>/dev/full"}


@pytest.mark.parametrize("gone", LISTENERS.values(), ids=LISTENERS)
@pytest.mark.parametrize(
    ("arguments", "code"),
    [("init", 0), ("gaps --since 2025-W01", 0), ("run 2025-W54 --json", 2), ("run 2099-W01", 3)],
)
def test_an_outcome_stays_what_it_is_where_nobody_listens(
    arguments: str, code: int, gone: str
) -> None:
    ended = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m flows {arguments} {gone}"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == code
    assert "Traceback" not in ended.stderr
    assert "Exception ignored" not in ended.stderr


def test_a_reader_who_left_early_changes_no_outcome() -> None:
    command = f"({sys.executable} -m flows gaps; echo $? >code) | true"

    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)

    assert Path("code").read_text().strip() == "0"
    assert "Traceback" not in ended.stderr
