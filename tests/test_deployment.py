"""The deployment that prefect.yaml promises is the real flow, and its Sunday is a Sunday."""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import requests
import yaml

from flows.__main__ import parser
from paperweek.settings import Settings, variable
from tests.conftest import CHECKOUT, clean_environment

if TYPE_CHECKING:
    from prefect.flows import Flow

SPECIFICATION: dict[str, Any] = yaml.safe_load((CHECKOUT / "prefect.yaml").read_text())
DEPLOYMENTS: list[dict[str, Any]] = SPECIFICATION["deployments"]
DOCUMENT = CHECKOUT / "docs" / "deploying.md"
FLOWS = {
    "sunday": ("flows.sunday", "sunday", 7),
    "manual": ("flows.manual", "report", 0),
    "friday-check": ("flows.friday_check", "friday-check", 5),
}
"""Name of each deployment to its flow's module and name, and the ISO weekday of its schedule."""
by_name = pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda d: d["name"])


def test_three_are_deployed() -> None:
    assert [deployment["name"] for deployment in DEPLOYMENTS] == list(FLOWS)


@by_name
def test_an_entrypoint_is_the_real_flow(deployment: dict[str, Any]) -> None:
    from prefect.flows import load_flow_from_entrypoint  # noqa: PLC0415 -- Prefect takes seconds

    flow: Flow[..., Any] = load_flow_from_entrypoint(deployment["entrypoint"])

    # Where imports fail, Prefect loads a hollow stub instead of raising: its module tells.
    assert f"{flow.fn.__module__}.{flow.fn.__name__}" == deployment["entrypoint"]
    assert (flow.fn.__module__, flow.name) == FLOWS[deployment["name"]][:2]


@by_name
def test_every_parameter_fits_the_flow(deployment: dict[str, Any]) -> None:
    from prefect.flows import load_flow_from_entrypoint  # noqa: PLC0415

    flow: Flow[..., Any] = load_flow_from_entrypoint(deployment["entrypoint"])

    flow.validate_parameters(deployment["parameters"])
    assert set(deployment["parameters"]) <= set(inspect.signature(flow.fn).parameters)


def form_of(deployment: str) -> dict[str, Any]:
    """Return the fields of the form in Prefect's pages, as its server knows them."""
    from prefect.flows import load_flow_from_entrypoint  # noqa: PLC0415
    from prefect.utilities.callables import parameter_schema  # noqa: PLC0415

    (entrypoint,) = (d["entrypoint"] for d in DEPLOYMENTS if d["name"] == deployment)
    flow: Flow[..., Any] = load_flow_from_entrypoint(entrypoint)
    return parameter_schema(flow).properties


def test_the_form_asks_for_what_a_person_decides_in_their_order() -> None:
    form = form_of("manual")

    assert sorted(form, key=lambda name: form[name]["position"]) == [
        *("week", "writer", "rehearse", "approve", "rewrite"),
    ]
    assert form["writer"]["enum"] == ["as set", "extractive", "llm"]
    assert {name for name in form if form[name]["type"] == "boolean"} == {
        *("rehearse", "approve", "rewrite"),
    }


@by_name
def test_each_field_of_a_form_has_a_title_and_explains_itself(deployment: dict[str, Any]) -> None:
    for name, field in form_of(deployment["name"]).items():
        # Prefect calls a field like its parameter, unless it is told better.
        assert field["title"] != name
        assert field["title"][0].isupper()
        assert len(field["description"]) > 60
        assert "\n" not in field["description"]


@pytest.mark.parametrize("week", ["", " ", "2025-W05", "2025-02-01", " 2025-W05 "])
def test_the_form_takes_a_week_or_a_day_or_nothing(week: str) -> None:
    assert re.search(form_of("manual")["week"]["pattern"], week)


@pytest.mark.parametrize("week", ["next", "2025-05", "W05", "2025-W05 2025-W06", "05.02.2025"])
def test_the_form_takes_no_other_words_for_a_week(week: str) -> None:
    assert not re.search(form_of("manual")["week"]["pattern"], week)


@by_name
def test_two_runs_of_a_deployment_wait_for_each_other(deployment: dict[str, Any]) -> None:
    assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE"}


def test_what_is_served_is_what_is_deployed() -> None:
    from flows.service import deployments  # noqa: PLC0415 -- Prefect takes seconds

    served = {d.name: d for d in deployments("0 8 * * {day}", "UTC")}

    assert list(served) == list(FLOWS)
    for deployment in DEPLOYMENTS:
        same = served[deployment["name"]]
        assert same.entrypoint == deployment["entrypoint"]
        assert same.concurrency_limit == deployment["concurrency_limit"]["limit"]
        schedules = [s.schedule for s in same.schedules or [] if s.schedule]
        assert [schedule.model_dump()["cron"] for schedule in schedules] == [
            schedule["cron"] for schedule in deployment["schedules"]
        ]


def test_an_owner_who_wants_to_approve_each_sunday_says_so_in_one_place() -> None:
    from flows.service import deployments  # noqa: PLC0415 -- Prefect takes seconds

    (written,) = (d["parameters"] for d in DEPLOYMENTS if d["name"] == "sunday")
    served = {d.name: d for d in deployments("0 8 * * {day}", "UTC", approve=True)}

    assert written == {"approve": False}
    assert served["sunday"].parameters == {"approve": True}
    assert served["friday-check"].parameters == {}


@by_name
def test_a_schedule_falls_on_its_day_in_its_zone(deployment: dict[str, Any]) -> None:
    from prefect.server.schemas.schedules import CronSchedule  # noqa: PLC0415

    for schedule in deployment.get("schedules", []):
        cron = CronSchedule(cron=schedule["cron"], timezone=schedule["timezone"])
        start = datetime(2026, 1, 1, tzinfo=ZoneInfo(schedule["timezone"]))
        times = asyncio.run(cron.get_dates(60, start=start))

        assert {time.isoweekday() for time in times} == {FLOWS[deployment["name"]][2]}


def test_the_file_holds_nothing_of_a_machine_and_no_secret() -> None:
    text = (CHECKOUT / "prefect.yaml").read_text()

    assert not re.search(r"/home/|/root|/work|/tmp|[A-Z]:\\|token|password|hooks\.slack", text)


def test_the_workflow_of_the_documents_runs_what_there_is() -> None:
    (text,) = re.findall(r"```yaml\n(name: .*?)```", DOCUMENT.read_text(), re.DOTALL)
    workflow = yaml.safe_load(text)
    job = workflow["jobs"]["report"]
    lines = [line for step in job["steps"] for line in step.get("run", "").splitlines()]
    installing = [line for line in lines if line.startswith("pip ")]
    commands = [shlex.split(line) for line in lines if line.startswith("paperweek ")]
    settings = [name for name in job["env"] if name.startswith("PAPERWEEK_")]

    assert workflow[True]["schedule"] == [{"cron": "17 8 * * 0"}]  # YAML reads `on` as true
    assert len(installing) + len(commands) == len(lines)
    for command in commands:
        assert parser().parse_args(command[1:]).command in {"run", "catch-up"}
    # Installed as `make` does it: the lock is whole, and pip must not look any further.
    makefile = (CHECKOUT / "Makefile").read_text()
    for line in installing:
        assert line.removeprefix("pip install").removesuffix(" .") in makefile
    assert {variable(field) for field in Settings.model_fields} >= set(settings)
    assert [step["uses"] for step in job["steps"] if "uses" in step] == [
        "actions/checkout@v4",
        "actions/setup-python@v5",
    ]


def test_the_commands_of_the_documents_are_those_that_there_are() -> None:
    blocks = re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    lines = [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]
    ours = [
        re.sub(r"^\S*paperweek ", "", line) for line in lines if "paperweek " in line.split("-")[0]
    ]

    assert ours
    for line in ours:
        assert parser().parse_args(shlex.split(line)).command == line.split()[0]


def test_the_example_of_an_environment_holds_settings_alone() -> None:
    lines = (CHECKOUT / "docs" / "example.env").read_text().splitlines()
    names = {line.partition("=")[0].lstrip("# ") for line in lines if "PAPERWEEK_" in line}

    assert names
    assert names <= {variable(field) for field in Settings.model_fields}


@pytest.mark.slow
def test_it_deploys_to_a_real_server(prefect_server: Mapping[str, str], tmp_path: Path) -> None:
    environment = {**clean_environment(tmp_path), **prefect_server}

    def prefect(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "prefect", "--no-prompt", *arguments],
            env=environment,
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    prefect("work-pool", "create", "paperweek", "--type", "process", "--overwrite")
    prefect("deploy", "--all")
    told = prefect("deployment", "inspect", "sunday/sunday")

    assert "flows.sunday.sunday" in told
    assert "0 8 * * 0" in told
    assert f"'directory': '{CHECKOUT}'" in told
    assert_a_word_is_no_week(prefect_server["PREFECT_API_URL"])


def assert_a_word_is_no_week(api: str) -> None:
    """The server refuses the form itself: nothing is started that could only fail."""
    form = requests.get(f"{api}/deployments/name/report/manual", timeout=120).json()
    address = f"{api}/deployments/{form['id']}/create_flow_run"
    for week, status in {"next": 409, "2025-W05": 201}.items():
        answer = requests.post(address, json={"parameters": {"week": week}}, timeout=120)
        assert answer.status_code == status, answer.text


def test_a_stranger_of_our_name_on_the_path_is_named(tmp_path: Path) -> None:
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "__init__.py").touch()
    started = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.append({str(CHECKOUT)!r}); import flows"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert started.returncode == 1
    assert str(tmp_path / "tasks") in started.stderr
    assert "Start in another folder" in started.stderr
    assert importlib.util.find_spec("flows") is not None
