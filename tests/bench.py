"""Measure what the product costs, and write it down: `python -m tests.bench`.

The sources, the blog's host and Prefect's running server are processes or threads of their own,
whose cost is not counted. What is measured is a child process from its start to its end, imports
included. A benchmark of everything is written into docs/benchmarks.md; one of a part
(`--sizes 150 --sections library`) is only printed.
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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median, median_low
from typing import Any

import requests

from tests.flows.prefect_life import Life
from tests.world.git_server import MISSING, GitServer
from tests.world.language_model import ModelServer
from tests.world.large_blog import COMMITS, MEGABYTES, write_large_blog
from tests.world.synthetic import WEEK, write_synthetic_week

CHECKOUT = Path(__file__).resolve().parent.parent
PAGE = CHECKOUT / "docs" / "benchmarks.md"
SPENDING = CHECKOUT / "tests" / "spending.py"
SIZES = (150, 3_000, 30_000)
RUNS = 5
LONG_SECONDS = 25.0
"""Rows that have taken so long are not repeated."""
CPU_GOALS = {150: 3.0, 3_000: 7.0, 30_000: 60.0}
MEMORY_GOAL_MB = 1_500
GROWTH_GOAL = 1.15
FLOOR_GOAL = 1.1
FLOW_GOAL = 4.0
PREVIEW_GOAL = 3.0
PAUSE_SECONDS = 3.0
TOKEN_GOALS = (30_000, 5_000)
_LIBRARY = ("-m", "tests.world.library_run")
COMMANDS = {
    "library": (*_LIBRARY, WEEK.label),
    "flow": ("-m", "flows", "run", WEEK.label, "--rehearse", "--json"),
    "idle": ("-m", "tests.world.idle_flow"),
    "preview": ("-m", "flows", "preview", "--offline"),
}
PUBLICATIONS = (
    ("a week, with an empty cache", "2026-W10"),
    ("the week after it", "2026-W11"),
    ("that week again", "2026-W11"),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took."""

    cpu: float
    """Seconds of user and system time, children that were waited for included."""
    wall: float
    """Seconds."""
    memory: float
    """Peak resident memory of the largest process, in MB (10^6 bytes)."""
    said: Mapping[str, Any] = field(default_factory=dict)
    """The JSON object that ended its standard output; empty where none did."""
    asked: Mapping[str, int] = field(default_factory=dict)
    """Requests by API."""

    @property
    def papers(self) -> int:
        """Distinct papers in the week's set."""
        return int(self.said["papers"])

    @property
    def requests(self) -> int:
        """Requests to both APIs."""
        return sum(self.asked.values())


class Worlds:
    """Invented weeks, each played by a process of its own from when it is first wanted."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._known: dict[int, dict[str, str]] = {}

    def of(self, papers: int) -> dict[str, str]:
        """Return what leads to the week of that size."""
        if papers not in self._known:
            folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
            self._known[papers] = self._stack.enter_context(played_world(papers, folder))
        return self._known[papers]


@dataclass(frozen=True, slots=True)
class Bench:
    """What is to be measured, and where."""

    worlds: Worlds
    sizes: Sequence[int] = SIZES
    runs: int = RUNS
    commits: int = COMMITS
    """Of the blog that is published into."""
    megabytes: float = MEGABYTES
    """Of the images in it (10^6 bytes)."""
    pause: float = PAUSE_SECONDS
    """Between two requests to arXiv, where its pace is measured."""

    def repeated(self, *measures: Callable[[], Cost]) -> Iterator[list[Cost]]:
        """Yield the runs of each; they take turns, so that all meet the same machine."""
        begun, rounds = time.monotonic(), list[list[Cost]]()
        while not rounds or (len(rounds) < self.runs and time.monotonic() - begun < LONG_SECONDS):
            rounds.append([once() for once in measures])
        yield from map(list, zip(*rounds, strict=True))

    def by_size(self, kind: str) -> list[Cost]:
        """Return the typical run of each size."""
        rows = (partial(measure, kind, self.worlds.of(size)) for size in self.sizes)
        return [typical(costs) for row in rows for costs in self.repeated(row)]


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
    """Run one of the commands in a fresh home and return what it took."""
    before = _asked(world)
    with tempfile.TemporaryDirectory() as home:
        pace = {"PAPERWEEK_ARXIV_DELAY_SECONDS": f"{pause:g}"} if pause else {}
        cost = spent(COMMANDS[kind], Path(home), {**world, **pace})
    asked = {api: count - before.get(api, 0) for api, count in _asked(world).items()}
    return replace(cost, asked=asked)


def spent(command: Sequence[str], home: Path, settings: Mapping[str, str]) -> Cost:
    """Run a command of Python's in a home and return what it took."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(CHECKOUT),
        "PAPERWEEK_CACHE_DIR": str(home / "cache"),
        **settings,
    }
    note = home / "spent.json"
    done = subprocess.run(
        [sys.executable, str(SPENDING), str(note), sys.executable, *command],
        env=environment,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    last = (done.stdout.splitlines() or [""])[-1]
    said = json.loads(last) if last.startswith("{") else {}
    if silent := said.get("silent_sources"):
        raise RuntimeError(f"{' '.join(command)} lacks {silent}: nothing was measured")
    return Cost(**json.loads(note.read_text()), said=said)


def typical(costs: Sequence[Cost]) -> Cost:
    """Return the run with the median CPU time."""
    middle = median_low(cost.cpu for cost in costs)
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


def table(costs: Sequence[Cost], goals: Mapping[int, float]) -> Iterator[str]:
    """Yield the lines of one kind of run, with the goals for the CPU time of some sizes."""
    goal_head, goal_rule = (" goal, CPU s |", "---:|") if goals else ("", "")
    yield f"| papers | CPU s | wall s | peak MB | requests |{goal_head}"
    yield f"|---:|---:|---:|---:|---:|{goal_rule}"
    for cost in costs:
        goal = f" ≤ {goals[cost.papers]:g} |" if cost.papers in goals else ""
        yield (
            f"| {cost.papers:,} | {cost.cpu:.2f} | {cost.wall:.2f} | {cost.memory:.0f} "
            f"| {cost.requests} |{goal}"
        )
    if len(costs) > 1:
        yield ""
    for step, exponent in growth(costs):
        yield f"Growth of CPU time, {step} papers: exponent {exponent:.2f}."


def library(bench: Bench) -> Iterator[str]:
    """Yield the section on the library alone."""
    yield "## The library alone"
    yield ""
    yield "From the start of a process to the written post, imports included, nothing pushed."
    yield f"Further goals: at most {MEMORY_GOAL_MB:,} MB, and growth of CPU time by an exponent of"
    yield f"at most {GROWTH_GOAL} from 3,000 papers on."
    yield ""
    yield from table(bench.by_size("library"), CPU_GOALS)


def flow(bench: Bench) -> Iterator[str]:
    """Yield the section on the whole flow with the embedded server."""
    yield "## The whole flow"
    yield ""
    yield "`paperweek run --rehearse --json` with Prefect's embedded server, which is part of it."
    yield "Peak memory is that of the largest process."
    yield ""
    yield from table(bench.by_size("flow"), {})
    yield ""
    yield "How much of it is Prefect's own, for the smallest of these weeks:"
    yield ""
    yield from beside_an_idle_flow(bench, bench.worlds.of(min(bench.sizes)))


def server(bench: Bench) -> Iterator[str]:
    """Yield the section on the flow where Prefect's server runs already."""
    smallest = min(bench.sizes)
    yield "## The flow on a running server"
    yield ""
    yield f"The same command with `PREFECT_API_URL`, for {smallest:,} papers. Goal: the flow takes"
    yield f"at most {FLOW_GOAL:g} s of wall time more than the library."
    yield ""
    with running_server() as address:
        world = {**bench.worlds.of(smallest), "PREFECT_API_URL": address}
        yield from beside_an_idle_flow(bench, world)


def beside_an_idle_flow(bench: Bench, world: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines that set the flow against the library and a flow that does nothing."""
    kinds = ("library", "flow", "idle")
    costs = dict(
        zip(kinds, bench.repeated(*(partial(measure, k, world) for k in kinds)), strict=True)
    )
    yield from comparison(costs["library"], costs["flow"], costs["idle"])


def comparison(alone: Sequence[Cost], flows: Sequence[Cost], idle: Sequence[Cost]) -> Iterator[str]:
    """Yield the medians of runs that took turns, and what they say of the flow."""
    yield "| median of runs in turn | wall s | CPU s |"
    yield "|---|---:|---:|"
    rows = {"the library": alone, "the flow": flows, "a flow that does nothing": idle}
    for name, costs in rows.items():
        wall, cpu = median(c.wall for c in costs), median(c.cpu for c in costs)
        yield f"| {name} | {wall:.2f} | {cpu:.2f} |"
    more = median(f.wall - a.wall for f, a in zip(flows, alone, strict=True))
    yield ""
    yield f"The flow takes {more:.2f} s more than the library; Prefect alone, for a flow that does"
    yield f"nothing, takes {median(c.wall for c in idle):.2f} s. Rounds: {len(flows)}."


def preview(bench: Bench) -> Iterator[str]:
    """Yield the section on the preview of the sample."""
    (costs,) = bench.repeated(partial(measure, "preview", {}))
    yield "## A preview"
    yield ""
    yield "`paperweek preview --offline`: the sample's last week as a page, without Prefect."
    yield f"Goal: less than {PREVIEW_GOAL:g} s of wall time."
    yield ""
    yield "| wall s | CPU s | peak MB |"
    yield "|---:|---:|---:|"
    wall = median(cost.wall for cost in costs)
    yield f"| {wall:.2f} | {typical(costs).cpu:.2f} | {typical(costs).memory:.0f} |"


def pauses(bench: Bench) -> Iterator[str]:
    """Yield the section on collecting at arXiv's own pace."""
    cost = measure("library", bench.worlds.of(min(bench.sizes)), bench.pause)
    requests_sent = cost.asked["arxiv"]
    floor = (requests_sent - 1) * bench.pause
    seconds = cost.said["collect_seconds"]
    yield "## Collecting with real pauses"
    yield ""
    yield f"With {bench.pause:g} s between two requests to arXiv. Its terms leave a floor of"
    yield f"(requests − 1) × {bench.pause:g} s. Goal: at most {FLOOR_GOAL} × the floor."
    yield ""
    yield "| papers | requests to arXiv | floor s | collecting s | × floor |"
    yield "|---:|---:|---:|---:|---:|"
    yield (
        f"| {cost.papers:,} | {requests_sent} | {floor:.1f} | {seconds:.2f} "
        f"| {seconds / floor:.2f} |"
    )


def tokens(bench: Bench) -> Iterator[str]:
    """Yield the section on what the language-model writer sends and gets."""
    yield "## The language-model writer"
    yield ""
    yield "A played model that answers truthfully over HTTP, counted as characters / 4 of all that"
    yield "is sent, requests for mended sentences included. Goals, without these: at most"
    yield f"{TOKEN_GOALS[0]:,} tokens in and {TOKEN_GOALS[1]:,} out an issue, for any week."
    yield ""
    yield "| papers | tokens in | tokens out | calls |"
    yield "|---:|---:|---:|---:|"
    writer = {"PAPERWEEK_WRITER": "llm", "PAPERWEEK_MODEL": "openai:gpt-4o-mini"}
    for size in bench.sizes:
        with ModelServer(usage=False) as model:
            world = {**bench.worlds.of(size), **writer, **model.environment}
            cost = measure("library", world)
        counts = [f"{cost.said[key]:,}" for key in ("tokens_in", "tokens_out", "calls")]
        yield f"| {cost.papers:,} | {' | '.join(counts)} |"


def publishing(bench: Bench) -> Iterator[str]:
    """Yield the section on a large blog behind smart HTTP."""
    yield "## Publishing into a large blog"
    yield ""
    yield f"A blog of {bench.commits:,} commits and {bench.megabytes:g} MB of images, behind git's"
    yield "smart HTTP. From the start of a process to the push that the host confirmed, writing the"
    yield "sample's week included; each once. Goal: seconds, and a few MB."
    yield ""
    if MISSING:
        yield f"Not measured: {MISSING}."
        return
    yield "| published | wall s | CPU s | MB over the wire | requests | MB in the cache |"
    yield "|---|---:|---:|---:|---:|---:|"
    with tempfile.TemporaryDirectory() as folder:
        home, root = Path(folder, "home"), Path(folder, "host")
        home.mkdir()
        root.mkdir()
        write_large_blog(root / "blog.git", bench.commits, bench.megabytes)
        with GitServer(root) as host:
            blog = {"PAPERWEEK_BLOG": f"{host.url}/blog.git"}
            for what, week in PUBLICATIONS:
                host.requests.clear()
                host.moved.clear()
                cost = spent((*_LIBRARY, week, "--offline", "--publish"), home, blog)
                held = sum(f.stat().st_size for f in (home / "cache").rglob("*") if f.is_file())
                yield (
                    f"| {what}: {cost.said['outcome']} | {cost.wall:.2f} | {cost.cpu:.2f} "
                    f"| {sum(host.moved) / 1e6:.2f} | {len(host.requests)} | {held / 1e6:.2f} |"
                )


SECTIONS = {
    "library": library,
    "flow": flow,
    "server": server,
    "preview": preview,
    "publishing": publishing,
    "pauses": pauses,
    "tokens": tokens,
}


@contextmanager
def running_server() -> Iterator[str]:
    """Yield the address of a Prefect server: that of PREFECT_API_URL, else one of its own."""
    if address := os.environ.get("PREFECT_API_URL"):
        yield address
        return
    with tempfile.TemporaryDirectory() as home:
        life = Life(Path(home), {"PATH": os.environ.get("PATH", ""), "HOME": home})
        try:
            life.start_server()
            yield life.api
        finally:
            life.end()


def page(sections: Sequence[str], bench: Bench) -> Iterator[str]:
    """Measure and yield the lines of the page, each as soon as it is known."""
    yield "# Benchmarks"
    yield ""
    yield "Made by `make bench`. The weeks are invented, of realistic size, and come over HTTP from"
    yield "a played world in another process, without pauses unless said."
    yield f"Runs of each row: {bench.runs}, or as many as begin within {LONG_SECONDS:g} s. The one"
    yield "with the median CPU time is shown, unless said."
    yield ""
    yield f"Machine: {machine()}. Measured on {datetime.now(UTC):%Y-%m-%d}."
    for section in sections:
        yield ""
        yield from SECTIONS[section](bench)


def main(arguments: Sequence[str] | None = None, written: Path = PAGE) -> int:
    """Print the benchmark; write it down in `written` where it is whole."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="papers, by commas")
    parser.add_argument("--sections", default=",".join(SECTIONS), help=", ".join(SECTIONS))
    parser.add_argument("--runs", type=int, default=RUNS, help="the most runs of each row")
    options = parser.parse_args(arguments)
    sizes = tuple(int(size) for size in options.sizes.split(","))
    sections = tuple(options.sections.split(","))
    if unknown := set(sections) - set(SECTIONS):
        parser.error(f"there is no section {', '.join(unknown)}")
    lines = []
    with ExitStack() as stack:
        for line in page(sections, Bench(Worlds(stack), sizes, options.runs)):
            lines.append(line.rstrip())
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    if (sizes, sections) == (SIZES, tuple(SECTIONS)):
        written.parent.mkdir(exist_ok=True)
        written.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def _asked(world: Mapping[str, str]) -> dict[str, int]:
    if "HF_ENDPOINT" not in world:
        return {}
    answer = requests.get(f"{world['HF_ENDPOINT']}/world/log", timeout=30)
    counts: dict[str, int] = answer.json()["requests"]
    return counts


if __name__ == "__main__":
    sys.exit(main())
