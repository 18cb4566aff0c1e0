"""The documents cannot lie: their commands run, and what they list is what there is.

`python -m tests.test_docs` writes the README's settings table anew.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest

from flows.__main__ import parser
from paperweek.settings import Settings, variable
from paperweek.summary import Summary
from tests.conftest import CHECKOUT

README = CHECKOUT / "README.md"
TABLE = re.compile(r"(<!-- settings:.*?-->\n).*?(<!-- end of settings -->)", re.DOTALL)


def settings_table() -> str:
    """Return the settings as the README's table."""
    rows = ["| variable | default | what it is |", "|---|---|---|"]
    for field, told in Settings.model_fields.items():
        default = told.default if told.default_factory is None else ""
        if isinstance(default, tuple):
            default = ",".join(default)
        if isinstance(default, float):
            default = f"{default:g}"
        shown = f"`{default}`" if default not in {None, ""} else ""
        rows.append(f"| `{variable(field)}` | {shown} | {told.description} |")
    return "\n".join(rows) + "\n"


def commands(language: str = "sh") -> list[str]:
    """Return every command in the README's blocks, without its comment."""
    blocks = re.findall(rf"```{language}\n(.*?)```", README.read_text(), re.DOTALL)
    lines = (line for block in blocks for line in block.splitlines())
    return [command for line in lines if (command := line.partition("#")[0].strip())]


def test_the_settings_table_is_the_settings() -> None:
    found = TABLE.search(README.read_text())

    assert found
    assert found[0] == f"{found[1]}{settings_table()}{found[2]}", "run python -m tests.test_docs"


@pytest.mark.parametrize("command", [c for c in commands() if c.startswith("paperweek ")], ids=str)
def test_a_command_of_the_readme_is_one_that_the_program_takes(command: str) -> None:
    asked = parser().parse_args(shlex.split(command)[1:])

    assert asked.command == shlex.split(command)[1]


@pytest.mark.parametrize("command", [c for c in commands() if c.startswith("make ")], ids=str)
def test_a_verb_of_the_readme_is_one_of_make(command: str) -> None:
    verbs = re.findall(r"^([a-z]+):.*## ", (CHECKOUT / "Makefile").read_text(), re.MULTILINE)

    assert command.split()[1] in verbs


def test_every_option_is_in_the_readme() -> None:
    text = README.read_text()
    run = next(a for a in parser()._actions if a.choices).choices["run"]  # type: ignore[index]
    options = {o for action in run._actions for o in action.option_strings if o.startswith("--")}

    assert {o for o in options - {"--help", "--debug"} if o not in text} == set()


def test_every_key_of_the_json_line_is_in_the_readme() -> None:
    text = README.read_text()

    assert [field.name for field in fields(Summary) if f"`{field.name}`" not in text] == []


@pytest.mark.parametrize("document", sorted(CHECKOUT.glob("*.md")), ids=lambda p: p.name)
def test_a_link_to_a_file_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text())

    assert [link for link in links if not (CHECKOUT / link).exists()] == []


if __name__ == "__main__":
    text = README.read_text()
    README.write_text(TABLE.sub(lambda m: f"{m[1]}{settings_table()}{m[2]}", text))
