"""`kill -9` at one point of a run, then the same run again, and once more: played and judged."""

from __future__ import annotations

import atexit
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

from tests.conftest import CHECKOUT, clean_environment
from tests.flows.prefect_life import Life
from tests.world.corpus import Corpus, read_corpus
from tests.world.gate import Lock, Side
from tests.world.surroundings import (
    MISSING,
    REPEATED,
    Surroundings,
    kill,
    surroundings,
    until,
)
from tests.world.synthetic import WEEK, write_synthetic_week
from tests.world.table import Case, Row
from tests.world.whole_run import Connect, Errand, as_wired

PAPERS, LISTED = 40, 25
EARLIER = WEEK.plus(-1)
DUE = datetime(2025, 7, 13, 8, tzinfo=UTC)
LATER = timedelta(hours=1)
POST = f"_posts/{WEEK.sunday}-weekly-report.md"
DATA = f"assets/weekly-report/{WEEK}.json"

OF_THE_WEEK = ("papers", "phrases", "statistics", "sections")
"""What a data file tells of the week, not of the run that wrote it."""

Process = BaseProcess | subprocess.Popen[bytes]


class Point(Protocol):
    """Where a run is held when it is killed."""

    def wait_there(self, around: Surroundings) -> None:
        """Hold whatever comes there next."""

    def is_reached(self, around: Surroundings) -> bool:
        """Return whether something is held."""

    def let_go(self, around: Surroundings) -> None:
        """Let it pass."""


@dataclass(frozen=True, slots=True)
class AtRequest:
    """While it waits for an answer: at the last of these requests, once the others were made."""

    locks: tuple[Lock, ...]

    def wait_there(self, around: Surroundings) -> None:
        around.hold_at(*self.locks)

    def is_reached(self, around: Surroundings) -> bool:
        return around.trap.reached.is_set()

    def let_go(self, around: Surroundings) -> None:
        around.trap.open()


@dataclass(frozen=True, slots=True)
class InHook:
    """While the blog's host asks its hook about the post."""

    declines: bool = False
    """Whether the hook then says no."""

    def wait_there(self, around: Surroundings) -> None:
        hook = self._hook(around)
        Path(f"{hook}.hold").touch()
        hook.write_text(
            '#!/bin/sh\ntouch "$0.reached"\nwhile [ -e "$0.hold" ]; do sleep 0.02; done\n'
            f"exit {int(self.declines)}\n"
        )
        hook.chmod(0o755)

    def is_reached(self, around: Surroundings) -> bool:
        return Path(f"{self._hook(around)}.reached").exists()

    def let_go(self, around: Surroundings) -> None:
        Path(f"{self._hook(around)}.hold").unlink()
        around.go_on()
        self._hook(around).unlink()

    @staticmethod
    def _hook(around: Surroundings) -> Path:
        return around.bare / "hooks" / "pre-receive"


@dataclass(frozen=True, slots=True)
class AtGit:
    """While git works on the machine itself, at this command."""

    command: str

    def wait_there(self, around: Surroundings) -> None:
        script = self._script(around)
        script.parent.mkdir()
        Path(f"{script}.hold").touch()
        real = shutil.which("git")
        script.write_text(
            f'#!/bin/sh\ncase " $* " in *" {self.command} "*)\n'
            '  touch "$0.reached"; while [ -e "$0.hold" ]; do sleep 0.02; done ;;\nesac\n'
            f'exec {real} "$@"\n'
        )
        script.chmod(0o755)

    def is_reached(self, around: Surroundings) -> bool:
        return Path(f"{self._script(around)}.reached").exists()

    def let_go(self, around: Surroundings) -> None:
        Path(f"{self._script(around)}.hold").unlink()

    @staticmethod
    def _script(around: Surroundings) -> Path:
        return around.programs / "git"


def at(*locks: Lock) -> AtRequest:
    """Return the point at the last of these requests."""
    return AtRequest(locks)


@dataclass(frozen=True, slots=True)
class Killing:
    """A run, where it is killed, and what comes after."""

    when: str
    point: Point
    and_git: bool = False
    """Whether git dies with it, which otherwise goes on alone."""
    elsewhere: bool = False
    """Whether the next run is on another machine."""
    may_repeat: bool = False
    """Whether it dies where nobody can know if Slack has the notice."""
    writer: str = "extractive"
    whole_flow: bool = False


DAY, IDS = rb"GET /api/daily_papers", rb"GET /api/query\S*id_list=\d"
LISTING = rb"GET /api/query\S*submittedDate"
READ, CONTENT = rb"GET /blog.git/info/refs\S*upload-pack", rb"POST /blog.git/git-upload-pack"
WRITE, PUSH = rb"GET /blog.git/info/refs\S*receive-pack", rb"POST /blog.git/git-receive-pack"
SLACK, MODEL = rb"POST /services/", rb"POST /v1/"
"""How the requests begin at which a run may be held."""

KILLINGS = (
    Killing("while the blog is fetched for the first time", at(Lock(CONTENT, 2)), and_git=True),
    Killing("at the third day of Hugging Face", at(Lock(DAY, 3))),
    Killing("while arXiv is asked for papers by id", at(Lock(IDS))),
    Killing("between two pages of arXiv's listing", at(Lock(LISTING, 2))),
    Killing("set collected, earlier weeks asked", at(Lock(LISTING, 2), Lock(READ))),
    Killing("the model is asked for the fourth time", at(Lock(MODEL, 4)), writer="llm"),
    Killing("the model has answered eight times", at(Lock(MODEL, 8, Side.ANSWERED)), writer="llm"),
    Killing("while the commit is built, git too", AtGit("write-tree"), and_git=True),
    Killing("before the push, git too", at(Lock(WRITE)), and_git=True),
    Killing("before the push, git lives on", at(Lock(WRITE))),
    Killing("the push is sent, git too", at(Lock(PUSH)), and_git=True),
    Killing("the host's hook looks at the push, git too", InHook(), and_git=True),
    Killing("the hook looks and declines", InHook(declines=True)),
    Killing(
        "the push is taken, the answer not come; another machine",
        at(Lock(PUSH, 1, Side.ANSWERED)),
        elsewhere=True,
    ),
    Killing("pushed, before the remote is asked for it", at(Lock(PUSH), Lock(READ))),
    Killing("before the notice is claimed, git too", at(Lock(WRITE, 2)), and_git=True),
    Killing(
        "the notice is claimed, Slack not asked; another machine",
        at(Lock(PUSH, 2, Side.ANSWERED)),
        elsewhere=True,
    ),
    Killing("Slack is asked and has not answered", at(Lock(SLACK)), may_repeat=True),
    Killing(
        "Slack has answered, not recorded; another machine",
        at(Lock(SLACK), Lock(WRITE)),
        and_git=True,
        elsewhere=True,
        may_repeat=True,
    ),
    Killing("the notice is recorded", at(Lock(SLACK), Lock(PUSH, 1, Side.ANSWERED))),
    Killing("at the third day of Hugging Face", at(Lock(DAY, 3)), whole_flow=True),
    Killing("the host's hook looks at the push", InHook(), whole_flow=True),
    Killing("before the notice is claimed, git too", at(Lock(WRITE, 2)), True, whole_flow=True),
)


@dataclass(frozen=True, slots=True)
class KillingCase:
    """A killing, and who runs."""

    killing: Killing
    connect: Connect = as_wired

    @property
    def name(self) -> str:
        """When it is killed."""
        what = "flow" if self.killing.whole_flow else "library"
        return f"kill -9, {what}: {self.killing.when}"

    def play(self) -> Row:
        """Kill it, run it again, run it once more, and judge what is there."""
        if MISSING:
            return Row(self.name, 0, good=False, outcome="", skipped=MISSING)
        begun = perf_counter()
        with _prepared() as around:
            ended = self._played(around)
        return Row(
            fault=self.name,
            seconds=perf_counter() - begun,
            good=not ended.wrongs,
            outcome="; ".join(ended.wrongs) or ended.told,
            cells={"commits": ended.commits, "notices": ended.notices, "run again": ended.again},
        )

    def _played(self, around: Surroundings) -> _Ended:
        killing = self.killing
        wrongs = [*self._killed(around)]
        died = _seen(around)
        asked = [one.section for one in around.model.log]
        finished = set(asked) - set(asked[-1:])
        kept = f", {len(finished)} sections bought and kept" if asked else ""
        machine = "another" if killing.elsewhere else "one"
        again = self._again(around, machine)
        once_more = around.state
        self._run(around, machine, 2)
        honest = _honest(killing.writer)
        wrongs += [*_wrongs(around, honest, may_repeat=killing.may_repeat)]
        wrongs += [*around.left_behind(machine)]
        if around.state != once_more:
            wrongs.append("a third run changed something")
        since = {one.section for one in around.model.log[len(asked) :]}
        if again_bought := sorted(finished & since):
            wrongs.append(f"bought twice: {', '.join(again_bought)}")
        return _Ended(
            wrongs,
            len(around.commits(WEEK)),
            _counted(around.told_of(WEEK)),
            again,
            f"it left {died}{kept}; a third run changed nothing",
        )

    def _killed(self, around: Surroundings) -> Iterator[str]:
        killing = self.killing
        killing.point.wait_there(around)
        process = self._start(around)
        until(lambda: killing.point.is_reached(around) or not _lives(process))
        if not killing.point.is_reached(around):
            yield "it ended before it could be killed"
        orphans = kill(process, and_git=killing.and_git)
        killing.point.let_go(around)
        around.go_on(*orphans)

    def _start(self, around: Surroundings) -> Process:
        if self.killing.whole_flow:
            return _flow(around.machine(), subprocess.DEVNULL)
        return self._errand(around, "one", 0).start()

    def _again(self, around: Surroundings, machine: str) -> str:
        if self.killing.whole_flow:
            flow = _flow(around.machine(machine), subprocess.PIPE)
            said = flow.communicate()[0].splitlines()
            return _in_words(json.loads(said[-1]) if said else None)
        return self._run(around, machine, 1)

    def _run(self, around: Surroundings, machine: str, hours: int) -> str:
        ended = self._errand(around, machine, hours).run()
        return _in_words(ended[0] if ended else None)

    def _errand(self, around: Surroundings, machine: str, hours: int) -> Errand:
        known = around.machine(machine, self.killing.writer)
        first = datetime.now(UTC) if self.killing.whole_flow else DUE
        return Errand(first + hours * LATER, known, WEEK.label, self.connect)


@dataclass(frozen=True, slots=True)
class _Ended:
    wrongs: Sequence[str]
    commits: int
    notices: str
    again: str
    told: str


def killing_cases() -> Sequence[Case]:
    """Return every point at which a run is killed."""
    return [KillingCase(killing) for killing in KILLINGS]


# The world before the run --------------------------------------------------------------------


@cache
def _corpus() -> Corpus:
    with tempfile.TemporaryDirectory() as folder:
        write_synthetic_week(Path(folder), PAPERS, listed=LISTED)
        write_synthetic_week(Path(folder), LISTED, 8, LISTED, week=EARLIER, first=PAPERS)
        return read_corpus(Path(folder))


@cache
def _blog_before() -> Path:
    """Return a folder with a blog that has published the week before, and told of it."""
    folder = Path(tempfile.mkdtemp(prefix="paperweek-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with surroundings(folder, _corpus()) as around:
        Errand(DUE - timedelta(weeks=1), around.machine(), EARLIER.label).run()
        assert len(around.told_of(EARLIER)) == 1
    return folder / "srv"


@cache
def _prefect() -> Life:
    """Return a Prefect server for all whole flows, which need not start one each."""
    home = Path(tempfile.mkdtemp(prefix="paperweek-"))
    life = Life(home, clean_environment(home))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    atexit.register(life.end)
    life.start_server()
    return life


def _flow(environment: Mapping[str, str], out: int) -> subprocess.Popen[bytes]:
    """Start `paperweek run` on the week."""
    return subprocess.Popen(
        [sys.executable, "-m", "flows", "run", WEEK.label, "--json"],
        env={**environment, "PREFECT_API_URL": _prefect().api},
        cwd=CHECKOUT,
        stdout=out,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@contextmanager
def _prepared() -> Iterator[Surroundings]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paperweek-")))
        shutil.copytree(_blog_before(), folder / "srv", symlinks=True)
        yield stack.enter_context(surroundings(folder, _corpus()))


@cache
def _honest(writer: str) -> tuple[str, str]:
    """Return the files that a run leaves which nobody kills."""
    with _prepared() as around:
        Errand(DUE, around.machine(writer=writer), WEEK.label).run()
        return _files(around)


# The judge -----------------------------------------------------------------------------------


def _wrongs(around: Surroundings, honest: tuple[str, str], *, may_repeat: bool) -> Iterator[str]:
    if (commits := len(around.commits(WEEK))) != 1:
        yield f"{commits} commits for the week"
    elif _files(around) != honest:
        yield "the post is not the one that a run writes which nobody kills"
    told = around.told_of(WEEK)
    repeated = [words for words in told if words.startswith(REPEATED)]
    if not told:
        yield "nobody was told"
    if len(told) - len(repeated) > 1:
        yield f"{len(told)} notices, and not all but the first say that they may be repeated"
    if len(told) > 1 + may_repeat:
        yield f"{len(told)} notices, where none had to be repeated"
    yield from around.unsound()


def _files(around: Surroundings) -> tuple[str, str]:
    """Return post and data as they are on the branch, but for what writing them cost this time."""
    post, text = (around.kept.file(path) for path in (POST, DATA))
    post = re.sub(r" \d+ sentences? that failed a check (was|were) left out\.", "", post)
    data = json.loads(text) if text else {}
    return post, json.dumps([data.get(name) for name in OF_THE_WEEK])


def _seen(around: Surroundings) -> str:
    """Return what there is of the week, in words."""
    commits, told = len(around.commits(WEEK)), len(around.told_of(WEEK))
    return f"{commits or 'no'} commit, {told or 'no'} notice{'s' * (told > 1)}"


def _counted(told: Sequence[str]) -> str:
    repeated = sum(words.startswith(REPEATED) for words in told)
    return f"{len(told)}, {repeated} marked as repeated" if repeated else str(len(told))


def _in_words(ended: dict[str, Any] | None) -> str:
    return f"{ended['outcome']}, notice {ended['notice']}" if ended else "said nothing"


def _lives(process: Process) -> bool:
    return process.is_alive() if isinstance(process, BaseProcess) else process.poll() is None
