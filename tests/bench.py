"""Measure what weeks of several sizes cost, and write it down: `python -m tests.bench`.

The sources are played by a process of their own, whose cost is not counted. What is measured is a
child process from its start to its end, imports included. A benchmark of everything is written
into docs/benchmarks.md; one of a part (`--sizes 150 --sections library`) is only printed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import requests

from tests.world.language_model import ModelServer
from tests.world.synthetic import WEEK, write_synthetic_week

CHECKOUT = Path(__file__).resolve().parent.parent
PAGE = CHECKOUT / "docs" / "benchmarks.md"
SIZES = (150, 3_000, 30_000)
SECTIONS = ("library", "flow", "pauses", "tokens")
CPU_GOALS = {150: 3.0, 3_000: 7.0, 30_000: 60.0}
MEMORY_GOAL_MB = 1_500
GROWTH_GOAL = 1.15
FLOOR_GOAL = 1.1
PAUSE_SECONDS = 3.0
TOKEN_GOALS = (30_000, 5_000)
COMMANDS = {
    "library": ("-m", "tests.world.library_run", WEEK.label),
    "flow": ("-m", "flows", "run", WEEK.label, "--rehearse", "--json"),
    "tokens": ("-m", "tests.world.library_run", WEEK.label),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took."""

    papers: int
    cpu: float
    """Seconds of user and system time, children that were waited for included."""
    wall: float
    """Seconds."""
    memory: float
    """Peak resident memory of the largest process, in MB (10^6 bytes)."""
    asked: Mapping[str, int]
    """Requests by API."""
    said: Mapping[str, Any]
    """The JSON object that ended its standard output."""

    @property
    def requests(self) -> int:
        """Requests to both APIs."""
        return sum(self.asked.values())


@contextmanager
def played_world(papers: int, folder: Path) -> Iterator[dict[str, str]]:
    """Play an invented week of that size in another process; yield what leads to it."""
    write_synthetic_week(folder, papers)
    command = [sys.executable, "-m", "tests.world", str(folder)]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        lines = [server.stdout.readline().strip().removeprefix("export ") for _ in range(3)]
        try:
            yield dict(line.split("=", 1) for line in lines)
        finally:
            server.terminate()


def measure(kind: str, world: Mapping[str, str], pause: float = 0.0) -> Cost:
    """Run the week once in a fresh home and return what it took."""
    with tempfile.TemporaryDirectory() as home:
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": home,
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(CHECKOUT),
            "PAPERWEEK_CACHE_DIR": f"{home}/cache",
            **world,
            "PAPERWEEK_ARXIV_DELAY_SECONDS": f"{pause:g}",
        }
        before = _asked(world)
        with (Path(home) / "out").open("w+b") as out, (Path(home) / "err").open("w+b") as err:
            begun = time.perf_counter()
            child = subprocess.Popen(
                [sys.executable, *COMMANDS[kind]], env=environment, cwd=home, stdout=out, stderr=err
            )
            _, status, usage = os.wait4(child.pid, 0)
            wall = time.perf_counter() - begun
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode:
                err.seek(0)
                raise RuntimeError(f"the {kind} run failed:\n{err.read()[-3000:].decode()}")
            out.seek(0)
            said = json.loads(out.read().splitlines()[-1])
    if said["silent_sources"]:
        raise RuntimeError(f"the {kind} run lacks {said['silent_sources']}: nothing was measured")
    return Cost(
        papers=said["papers"],
        cpu=usage.ru_utime + usage.ru_stime,
        wall=wall,
        memory=usage.ru_maxrss * 1024 / 1e6,
        asked={api: count - before.get(api, 0) for api, count in _asked(world).items()},
        said=said,
    )


def typical(costs: Sequence[Cost]) -> Cost:
    """Return the run with the median CPU time."""
    middle = median(cost.cpu for cost in costs) if len(costs) % 2 else min(c.cpu for c in costs)
    return next(cost for cost in costs if cost.cpu == middle)


def growth(costs: Sequence[Cost]) -> Iterator[tuple[str, float]]:
    """Yield, for each step in size, its name and the exponent of CPU time over papers."""
    for small, large in pairwise(costs):
        exponent = math.log(large.cpu / small.cpu) / math.log(large.papers / small.papers)
        yield f"{small.papers:,} to {large.papers:,}", exponent


def machine() -> str:
    """Return what a reader must know of the machine."""
    model = platform.machine()
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        names = (line.partition(":")[2] for line in facts.read_text().splitlines())
        model = next((n.strip() for n in names if "CPU" in n or "Processor" in n), model)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return (
        f"{os.cpu_count()} cores ({model}), {memory:.0f} GB, {platform.system()}, "
        f"Python {platform.python_version()}"
    )


def table(kind: str, costs: Sequence[Cost]) -> Iterator[str]:
    """Yield the lines of one kind of run."""
    has_goals = kind == "library"
    goal_head, goal_rule = (" goal, CPU s |", "---:|") if has_goals else ("", "")
    yield f"| papers | CPU s | wall s | peak MB | requests |{goal_head}"
    yield f"|---:|---:|---:|---:|---:|{goal_rule}"
    for cost in costs:
        goal = f" ≤ {CPU_GOALS[cost.papers]:g} |" if has_goals and cost.papers in CPU_GOALS else ""
        yield (
            f"| {cost.papers:,} | {cost.cpu:.2f} | {cost.wall:.2f} | {cost.memory:.0f} "
            f"| {cost.requests} |{goal}"
        )
    yield ""
    for step, exponent in growth(costs):
        yield f"Growth of CPU time, {step} papers: exponent {exponent:.2f}."


def library_section(costs: Sequence[Cost]) -> Iterator[str]:
    """Yield the section on the library alone."""
    yield "## The library alone"
    yield ""
    yield "From the start of a process to the written post, imports included, nothing pushed."
    yield f"Further goals: at most {MEMORY_GOAL_MB:,} MB, and growth of CPU time by an exponent of"
    yield f"at most {GROWTH_GOAL} from 3,000 papers on."
    yield ""
    yield from table("library", costs)


def flow_section(costs: Sequence[Cost]) -> Iterator[str]:
    """Yield the section on the whole flow."""
    yield "## The whole flow"
    yield ""
    yield "`paperweek run --rehearse --json` with Prefect's embedded server, which is part of it."
    yield "Peak memory is that of the largest process."
    yield ""
    yield from table("flow", costs)


def pauses_section(cost: Cost) -> Iterator[str]:
    """Yield the section on collecting at arXiv's own pace."""
    requests_sent = cost.asked["arxiv"]
    floor = (requests_sent - 1) * PAUSE_SECONDS
    seconds = cost.said["collect_seconds"]
    yield "## Collecting with real pauses"
    yield ""
    yield f"With {PAUSE_SECONDS:g} s between two requests to arXiv. Its terms leave a floor of"
    yield f"(requests − 1) × {PAUSE_SECONDS:g} s. Goal: at most {FLOOR_GOAL} × the floor."
    yield ""
    yield "| papers | requests to arXiv | floor s | collecting s | × floor |"
    yield "|---:|---:|---:|---:|---:|"
    yield (
        f"| {cost.papers:,} | {requests_sent} | {floor:.1f} | {seconds:.2f} "
        f"| {seconds / floor:.2f} |"
    )


def tokens_section(costs: Sequence[Cost]) -> Iterator[str]:
    """Yield the section on what the language-model writer sends and gets."""
    yield "## The language-model writer"
    yield ""
    yield "A played model that answers truthfully over HTTP, counted as characters / 4 of all that"
    yield "is sent, requests for mended sentences included. Goals, without these: at most"
    yield f"{TOKEN_GOALS[0]:,} tokens in and {TOKEN_GOALS[1]:,} out an issue, for any week."
    yield ""
    yield "| papers | tokens in | tokens out | calls |"
    yield "|---:|---:|---:|---:|"
    for cost in costs:
        tokens = [f"{cost.said[key]:,}" for key in ("tokens_in", "tokens_out", "calls")]
        yield f"| {cost.papers:,} | {' | '.join(tokens)} |"


def page(sections: Sequence[str], sizes: Sequence[int], runs: int) -> Iterator[str]:
    """Measure and yield the lines of the page, each as soon as it is known."""
    yield "# Benchmarks"
    yield ""
    yield "Made by `make bench`. The weeks are invented, of realistic size, and come over HTTP from"
    yield "a played world in another process, without pauses unless said."
    yield f"Runs of each row: {runs}; the one with the median CPU time is shown."
    yield ""
    yield f"Machine: {machine()}. Measured on {datetime.now(UTC):%Y-%m-%d}."
    for section in sections:
        yield ""
        if section == "pauses":
            with tempfile.TemporaryDirectory() as folder, played_world(150, Path(folder)) as world:
                yield from pauses_section(measure("library", world, PAUSE_SECONDS))
            continue
        costs = []
        for size in sizes:
            with (
                tempfile.TemporaryDirectory() as folder,
                played_world(size, Path(folder)) as world,
                ModelServer(usage=False) as model,
            ):
                writer = {"PAPERWEEK_WRITER": "llm", "PAPERWEEK_MODEL": "openai:gpt-4o-mini"}
                more = {**writer, **model.environment} if section == "tokens" else {}
                costs.append(typical([measure(section, {**world, **more}) for _ in range(runs)]))
        sections_of = {
            "library": library_section,
            "flow": flow_section,
            "tokens": tokens_section,
        }
        yield from sections_of[section](costs)


def main(arguments: Sequence[str] | None = None, written: Path = PAGE) -> int:
    """Print the benchmark; write it down in `written` where it is whole."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="papers, by commas")
    parser.add_argument("--sections", default=",".join(SECTIONS), help=", ".join(SECTIONS))
    parser.add_argument("--runs", type=int, default=3, help="runs of each row")
    options = parser.parse_args(arguments)
    sizes = tuple(int(size) for size in options.sizes.split(","))
    sections = tuple(options.sections.split(","))
    if unknown := set(sections) - set(SECTIONS):
        parser.error(f"there is no section {', '.join(unknown)}")
    lines = []
    for line in page(sections, sizes, options.runs):
        lines.append(line.rstrip())
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    if (sizes, sections) == (SIZES, SECTIONS):
        written.parent.mkdir(exist_ok=True)
        written.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def _asked(world: Mapping[str, str]) -> dict[str, int]:
    counts: dict[str, int] = requests.get(f"{world['HF_ENDPOINT']}/world/log", timeout=30).json()[
        "requests"
    ]
    return counts


if __name__ == "__main__":
    sys.exit(main())
