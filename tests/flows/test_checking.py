"""`paperweek check`, as a person or a monitor types it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from flows.__main__ import main
from flows.checking import line
from paperweek.health import Check
from tests.conftest import free_port
from tests.world.language_model import ModelServer
from tests.world.papers_server import PapersServer
from tests.world.traffic import Api

A_SENTENCE = '{"sentences": [{"text": "It works.", "kind": "framing"}]}'


@pytest.fixture
def settled(world: PapersServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, where everything is well."""
    monkeypatch.chdir(tmp_path)
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("settled")
def test_all_is_well_on_a_new_machine(
    world: PapersServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = [len(world.requests_to(api)) for api in (Api.HUGGING_FACE, Api.ARXIV)]
    code = main(["check", "--json"])

    found = json.loads(capsys.readouterr().out)
    asked = [len(world.requests_to(api)) for api in (Api.HUGGING_FACE, Api.ARXIV)]
    assert (code, found["well"]) == (0, True), found
    assert [now - then for now, then in zip(asked, before, strict=True)] == [1, 1]
    assert not (tmp_path / "blog").exists()


@pytest.mark.usefixtures("settled")
def test_each_red_line_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("PAPERWEEK_BLOG", "none.git")
    monkeypatch.setenv("PAPERWEEK_SLACK_WEBHOOK_URL", "https://hooks.slack.com/geheimnis")
    code = main(["check"])

    said = capsys.readouterr().out.splitlines()
    red = [row.split()[1] for row in said if row.startswith("NO")]
    assert (code, red) == (1, ["huggingface", "blog", "webhook"])
    assert sum(row.startswith("      -> ") for row in said) == len(red)
    assert "geheimnis" not in "\n".join(said)


def test_a_wrong_setting_is_the_only_line_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAPERWEEK_TIMEZONE", "Mars/Olympus")

    assert main(["check", "--json"]) == 2
    (only,) = json.loads(capsys.readouterr().out)["checks"]
    assert (only["name"], only["well"]) == ("settings", False)


@pytest.mark.usefixtures("settled")
def test_a_monitor_asks_for_the_week_and_nothing_else(
    world: PapersServer, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(world.requests_to(Api.HUGGING_FACE))

    assert main(["check", "--expect-week"]) == 1
    assert capsys.readouterr().out.startswith("NO  this week    the post of ")
    assert len(world.requests_to(Api.HUGGING_FACE)) == before


@pytest.mark.usefixtures("settled")
def test_prefect_is_not_imported_where_no_server_is_set() -> None:
    code = "import sys, flows.__main__ as m; m.main(['check']); print('prefect' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.splitlines()[-1] == "False"


@pytest.mark.usefixtures("settled")
def test_a_server_that_does_not_answer_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{free_port()}/api")
    # A process of its own: Prefect reads its settings once, at import.
    command = [sys.executable, "-m", "flows", "check"]

    said = subprocess.run(command, capture_output=True, text=True, check=False)

    assert said.returncode == 1
    assert "NO  Prefect      Prefect's server did not start or answer" in said.stdout


def test_green_and_red_are_for_terminals() -> None:
    red = Check("blog", "it is gone", "Look for it.")

    assert line(red, colours=False) == "NO  blog         it is gone\n      -> Look for it."
    assert line(red, colours=True).startswith("\033[31mNO\033[0m")


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("spend", [True, False])
def test_the_language_model_is_called_once_and_only_where_it_may_cost(
    spend: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with ModelServer(lambda _: A_SENTENCE) as model:
        for name, value in model.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("PAPERWEEK_WRITER", "llm")
        monkeypatch.setenv("PAPERWEEK_MODEL", "openai:gpt-4o-mini")
        code = main(["check", *(["--spend"] if spend else [])])

    (said,) = (row for row in capsys.readouterr().out.splitlines() if " writer " in row)
    assert (code, len(model.log)) == (0, int(spend)), said
    assert ("it answers; the call cost" in said) is spend
