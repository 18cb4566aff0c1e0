"""The benchmark measures what it says; no test asserts a time."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from tests.bench import Cost, growth, machine, main, typical


def cost(papers: int, cpu: float) -> Cost:
    return Cost(papers, cpu=cpu, wall=1.0, memory=1.0, asked={"arxiv": 3}, said={})


def test_twice_the_papers_for_twice_the_time_is_an_exponent_of_one() -> None:
    assert dict(growth([cost(100, 1.0), cost(200, 2.0), cost(400, 8.0)])) == {
        "100 to 200": pytest.approx(1.0),
        "200 to 400": pytest.approx(2.0),
    }


def test_of_several_runs_the_middle_one_is_shown() -> None:
    assert typical([cost(1, 9.0), cost(2, 1.0), cost(3, 2.0)]).papers == 3


def test_the_machine_is_told_without_names_and_places() -> None:
    told = machine()
    assert platform.python_version() in told
    assert platform.node() not in told
    assert str(Path.home()) not in told


@pytest.mark.slow
def test_a_part_is_measured_and_printed_and_not_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    assert main(["--sizes", "40", "--sections", "library", "--runs", "1"], page) == 0
    printed = capsys.readouterr().out
    assert "\n| 40 | " in printed
    assert "| 9 |" in printed, "seven days, one batch of ids and one page of the listing"
    assert not page.exists()
