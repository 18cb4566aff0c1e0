"""The benchmark measures what it says; no test asserts a time."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.bench import (
    Bench,
    Cost,
    Worlds,
    comparison,
    growth,
    machine,
    main,
    pauses,
    preview,
    publishing,
    server,
    spent,
    table,
    tokens,
    typical,
)
from tests.world import git_server

SIZE = 40


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with ExitStack() as stack:
        yield Bench(Worlds(stack), (SIZE,), runs=1, commits=12, megabytes=6, pause=0.1)


def cost(papers: int, cpu: float, wall: float = 1.0) -> Cost:
    return Cost(cpu=cpu, wall=wall, memory=1.0, said={"papers": papers}, asked={"arxiv": 3})


def rows(lines: Iterable[str]) -> list[list[str]]:
    """Return the cells of a table, its head and rule left out."""
    return [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")][1:]


def test_twice_the_papers_for_twice_the_time_is_an_exponent_of_one() -> None:
    assert dict(growth([cost(100, 1.0), cost(200, 2.0), cost(400, 8.0)])) == {
        "100 to 200": pytest.approx(1.0),
        "200 to 400": pytest.approx(2.0),
    }


def test_of_several_runs_the_middle_one_is_shown() -> None:
    assert typical([cost(1, 9.0), cost(2, 1.0), cost(3, 2.0)]).papers == 3
    assert typical([cost(1, 9.0), cost(2, 1.0)]).papers == 2


def test_a_goal_stands_beside_the_size_it_is_for() -> None:
    lines = list(table([cost(150, 1.5), cost(3_000, 3.0)], {150: 2.0}))
    assert rows(lines)[0][-1] == "≤ 2"
    assert len(rows(lines)[1]) == len(rows(lines)[0]) - 1
    assert lines[-1].startswith("Growth of CPU time, 150 to 3,000 papers")


def test_runs_take_turns_and_stop_where_they_are_long(bench: Bench) -> None:
    order: list[str] = []

    def run(name: str) -> Cost:
        order.append(name)
        return cost(1, len(order))

    one, other = bench.repeated(lambda: run("one"), lambda: run("other"))
    assert order == ["one", "other"]
    assert [one[0].cpu, other[0].cpu] == [1, 2]


def test_the_flow_is_set_against_the_library_round_by_round() -> None:
    alone = [cost(1, 1.0, wall) for wall in (1.0, 5.0, 2.0)]
    flows = [cost(1, 3.0, wall) for wall in (3.0, 8.0, 3.5)]
    lines = list(comparison(alone, flows, [cost(0, 2.0, 1.5)]))
    assert rows(lines) == [
        ["the library", "2.00", "1.00"],
        ["the flow", "3.50", "3.00"],
        ["a flow that does nothing", "1.50", "2.00"],
    ]
    assert "2.00 s more than the library" in lines[-2]


def test_the_memory_of_who_measures_is_not_counted(tmp_path: Path) -> None:
    held = b"1" * 200_000_000
    assert spent(("-c", "pass"), tmp_path, {}).memory < len(held) / 2e6


def test_a_run_that_fails_is_not_measured_but_said(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no week"):
        spent(("-c", "raise SystemExit('no week')"), tmp_path, {})
    with pytest.raises(RuntimeError, match="lacks"):
        spent(("-c", """print('{"silent_sources": ["arxiv"]}')"""), tmp_path, {})


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
    assert main(["--sizes", str(SIZE), "--sections", "library", "--runs", "1"], page) == 0
    printed = capsys.readouterr().out
    assert "\n| 40 | " in printed
    assert "| 9 |" in printed, "seven days, one batch of ids and one page of the listing"
    assert not page.exists()


@pytest.mark.slow
@pytest.mark.skipif(git_server.MISSING is not None, reason=str(git_server.MISSING))
def test_publishing_into_a_large_blog_leaves_its_images_where_they_are(bench: Bench) -> None:
    first, second, again = rows(publishing(bench))
    assert [row[0].rpartition(": ")[2] for row in (first, second, again)] == [
        *("published", "published", "unchanged"),
    ]
    for *_, moved, requests, held in (first, second, again):
        assert int(requests) > 0
        assert float(moved) < 1, "of six megabytes"
        assert 0 < float(held) < 1
    assert int(again[-2]) < int(first[-2])


@pytest.mark.slow
def test_the_flow_is_measured_on_a_server_that_runs(
    bench: Bench, prefect_server: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", prefect_server["PREFECT_API_URL"])
    names = [name for name, wall, cpu in rows(server(bench)) if float(wall) > 0 < float(cpu)]
    assert names == ["the library", "the flow", "a flow that does nothing"]


@pytest.mark.slow
def test_a_preview_is_measured(bench: Bench) -> None:
    assert [len(row) for row in rows(preview(bench))] == [3]


@pytest.mark.slow
def test_pauses_and_tokens_are_measured(bench: Bench) -> None:
    ((papers, requests, floor, *_),) = rows(pauses(bench))
    assert (papers, requests, floor) == ("40", "2", "0.1")
    ((papers, tokens_in, tokens_out, calls),) = rows(tokens(bench))
    assert papers == "40"
    assert all(int(count.replace(",", "")) > 0 for count in (tokens_in, tokens_out, calls))
