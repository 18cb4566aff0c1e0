"""Who may import whom. The table below is the architecture; the rest only enforces it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT

ROOMS = ("flows", "tasks", "paperweek", "templates", "tests")

ADAPTERS = ("sources", "writers", "publishers", "notifiers")

LOGIC = {
    path.stem
    for path in (CHECKOUT / "paperweek").glob("*.py")
    if path.stem not in {"__init__", "wiring", "settings"}
}

MAY_IMPORT: dict[str, set[str]] = {
    "flows": {"flows", "tasks", "paperweek", "prefect", "rich"},
    "tasks": {"tasks", "paperweek", "prefect"},
    "paperweek": {"paperweek"},
    "templates": set(),
}
"""Room to the packages of ours, or of Prefect's, that it may import."""

ONLY_HERE: dict[str, set[str]] = {
    "prefect": {"flows", "tasks"},
    "rich": {"flows"},
    "arxiv": {"paperweek/sources/arxiv_search.py"},
    "git": {"paperweek/publishers"},
    "slack_sdk": {"paperweek/notifiers"},
    "requests": {
        "paperweek/sources",
        "paperweek/asking.py",
        "paperweek/visibility.py",
        "paperweek/publishers/pull_request.py",
    },
    "jinja2": {"paperweek/rendering.py", "paperweek/templating.py", "paperweek/announcing.py"},
    "pydantic_settings": {"paperweek/settings.py"},
    "pydantic_ai": {"paperweek/writers"},
    "genai_prices": {"paperweek/writers"},
    "httpx2": {"paperweek/writers"},
}
"""Package to the only places that may import it."""


def modules() -> list[Path]:
    return sorted(
        path.relative_to(CHECKOUT)
        for room in ROOMS[:-1]
        for path in (CHECKOUT / room).rglob("*.py")
    )


def imports(source: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno} imports relatively"
            module = node.module or ""
            yield from ((node.lineno, f"{module}.{name.name}") for name in node.names)


def attributes(source: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            yield node.lineno, ast.unparse(node)


def offences(path: Path, source: str) -> Iterator[str]:
    """Yield each broken rule of one module as file, line and what it did."""
    room, *inner = path.with_suffix("").parts
    for line, name in imports(source):
        top = name.partition(".")[0]
        at = f"{path}:{line} imports {name}"
        if top in {*ROOMS, "prefect"} and top not in MAY_IMPORT[room]:
            yield f"{at}: {room} may import {sorted(MAY_IMPORT[room])}"
        if top in ONLY_HERE and not path.as_posix().startswith(tuple(ONLY_HERE[top])):
            yield f"{at}: only {sorted(ONLY_HERE[top])} may"
        if top == "paperweek":
            yield from (f"{at}: {rule}" for rule in broken(inner, name.split(".")[1:], room))
    for line, name in attributes(source):
        at = f"{path}:{line} uses {name}"
        if name.startswith(("os.environ", "os.getenv")) and path.name != "settings.py":
            yield f"{at}: only settings.py knows the environment"
        if name == "sys.path":
            yield f"{at}: nobody bends the import path"
        if name.endswith(CLOCKS) and room != "flows" and path.as_posix() not in MAY_ASK_THE_TIME:
            yield f"{at}: only the flow asks what time it is"


CLOCKS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today")
MAY_ASK_THE_TIME = {"paperweek/asking.py"}
"""Its clock only tells how long to wait for a date that a server gave."""


def broken(importer: list[str], imported: list[str], room: str) -> Iterator[str]:
    """Yield the rules inside paperweek that this import breaks."""
    target = imported[0] if imported else ""
    if target in ADAPTERS:
        same = room == "paperweek" and importer and importer[0] == target
        if not same and not (room == "paperweek" and importer == ["wiring"]):
            yield "only wiring.py imports adapters"
    if (
        room == "paperweek"
        and importer
        and importer[0] in ADAPTERS
        and target
        in {
            "settings",
            "wiring",
        }
    ):
        yield "an adapter is told what it needs"
    if (
        room == "paperweek"
        and importer
        and importer[0] in LOGIC
        and target
        in {
            "settings",
            "wiring",
        }
    ):
        yield "logic knows no settings"
    if room == "tasks" and target in {"settings", "wiring"}:
        yield "a task is given what it needs"


@pytest.mark.parametrize("path", modules(), ids=str)
def test_a_module_keeps_to_its_room(path: Path) -> None:
    assert list(offences(path, (CHECKOUT / path).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("room", ["flows", "tasks"])
def test_no_module_hides_one_of_the_standard_library_or_of_a_dependency(room: str) -> None:
    taken = sys.stdlib_module_names | set(ONLY_HERE) | {"tasks", "flows", "paperweek"}

    assert [p.name for p in (CHECKOUT / room).glob("*.py") if p.stem in taken] == []


@pytest.mark.parametrize("room", ["tasks"])
def test_there_is_no_class_in_a_room_that_may_be_loaded_under_two_names(room: str) -> None:
    classes = [
        f"{path.name}:{node.lineno}"
        for path in (CHECKOUT / room).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]

    assert classes == []


def test_the_flow_reads_as_one_sentence() -> None:
    tree = ast.parse((CHECKOUT / "flows/weekly_report.py").read_text(encoding="utf-8"))
    (flow,) = (n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "weekly_report")

    body = [node for statement in flow.body[1:] for node in ast.walk(statement)]
    lines = (flow.end_lineno or 0) - flow.body[1].lineno + 1
    assert not [node for node in body if isinstance(node, ast.Try | ast.For | ast.While)]
    assert lines <= 25


@pytest.mark.parametrize(
    ("path", "source", "rule"),
    [
        ("paperweek/model.py", "import prefect.flows", "may"),
        ("paperweek/text.py", "import tasks.retrying", "may import"),
        ("paperweek/text.py", "import os\nos.environ['X']", "environment"),
        ("paperweek/text.py", "import sys\nsys.path.append('x')", "import path"),
        ("paperweek/text.py", "from datetime import datetime\ndatetime.now()", "what time"),
        ("paperweek/text.py", "from paperweek.sources import sample", "only wiring.py"),
        ("paperweek/sources/sample.py", "from paperweek.publishers import x", "only wiring.py"),
        ("paperweek/sources/sample.py", "from paperweek.settings import Settings", "is told"),
        ("paperweek/text.py", "from paperweek.settings import Settings", "no settings"),
        ("tasks/retrying.py", "from paperweek.wiring import connect", "is given"),
        ("tasks/retrying.py", "import requests", "only ["),
        ("flows/progress.py", "import tests", "may import"),
    ],
)
def test_each_rule_catches_who_breaks_it(path: str, source: str, rule: str) -> None:
    found = list(offences(Path(path), source))

    assert found
    assert all(rule in offence for offence in found)
