"""All that is around a machine: the sources, a git host, Slack, a model, and persons with a clone.

Each server stands behind a gate, so that a run can be held wherever it asks for something.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from urllib.parse import urlsplit

from paperweek.model import Week
from tests.conftest import clean_environment
from tests.flows.prefect_life import descendants
from tests.paperweek.kept_blog import KeptBlog, git
from tests.world import git_server
from tests.world.corpus import Corpus
from tests.world.gate import Gate, Lock, Trap
from tests.world.git_server import GitServer
from tests.world.language_model import ModelServer
from tests.world.papers_server import PapersServer, Spoil, honestly
from tests.world.slack import FakeSlack, shown, slack

MISSING = git_server.MISSING or (
    None if sys.platform == "linux" else "processes are found in /proc, which is Linux alone"
)
"""Why nothing can be killed here in the middle of its work; None where it can."""
PATIENCE_SECONDS = 300.0
"""How long something is waited for that must come, however slow the machine is."""
REPEATED = "Possibly repeated: "
_LOOK_SECONDS = 0.02
_LEFT_BEHIND = ("blogs/*new-*", "blogs/*.git/commit-*", "snapshots/.*", "sections/.*")
"""What a run makes in its cache for a moment."""


@dataclass
class Surroundings:
    """One blog on one host, and whoever a run asks."""

    folder: Path
    kept: KeptBlog
    papers: PapersServer
    host: GitServer
    channel: FakeSlack
    model: ModelServer
    trap: Trap
    _gates: dict[str, Gate] = field(default_factory=dict)

    @property
    def bare(self) -> Path:
        """The blog's repository."""
        return self.kept.bare

    @property
    def programs(self) -> Path:
        """Where a machine looks first for a program."""
        return self.folder / "programs"

    def machine(self, name: str = "one", writer: str = "extractive") -> dict[str, str]:
        """Return all that a machine knows of the world; each has its own home and cache."""
        port = {name: gate.port for name, gate in self._gates.items()}
        papers, model = (f"http://127.0.0.1:{port[name]}" for name in ("papers", "model"))
        known = clean_environment(self.folder / name)
        return known | {
            "PATH": f"{self.programs}{os.pathsep}{known['PATH']}",
            "HF_ENDPOINT": papers,
            "PAPERWEEK_ARXIV_URL": f"{papers}{urlsplit(self.papers.arxiv_url).path}",
            "PAPERWEEK_ARXIV_DELAY_SECONDS": "0",
            "PAPERWEEK_BLOG": f"http://127.0.0.1:{port['git']}/blog.git",
            "PAPERWEEK_SLACK_WEBHOOK_URL": f"http://127.0.0.1:{port['slack']}"
            f"{urlsplit(self.channel.url).path}",
            "PAPERWEEK_WRITER": writer,
            "PAPERWEEK_MODEL": "openai:gpt-4o-mini",
            "OPENAI_BASE_URL": f"{model}/v1",
            "OPENAI_API_KEY": "sk-nobody-0123456789",
        }

    def cache(self, name: str = "one") -> Path:
        """Return the cache folder of a machine."""
        return self.folder / name / "cache"

    def hold_at(self, *locks: Lock) -> None:
        """Hold the last of these requests."""
        self.trap.set(*locks)

    def go_on(self, *orphans: int) -> None:
        """Let the world finish what it was asked, and those whom a dead run left behind."""
        self.trap.open()
        until(lambda: not any(map(is_alive, orphans)))
        until(lambda: all(gate.is_quiet for gate in self._gates.values()))

    # What came of it

    def commits(self, week: Week) -> list[str]:
        """Return the ids of the commits that published the week, newest first."""
        grep = f"--grep=^Report-Week: {week}$"
        return git(self.bare, "log", "--format=%H", grep, "main").split()

    def told_of(self, week: Week) -> list[str]:
        """Return the lines of notices that say that the week is published, oldest first."""
        days = f"{week.monday:%B %d} to {week.sunday:%B %d, %Y}"
        said = re.compile(
            rf"({REPEATED})?(Weekly Report - {re.escape(days)} is published|{week} published)"
        )
        notices = ("\n".join(shown(message)) for message in self.channel.posted)
        return [found[0] for found in map(said.search, notices) if found]

    @property
    def state(self) -> tuple[object, ...]:
        """All that a run which has nothing to do must leave as it is."""
        refs = git(self.bare, "for-each-ref")
        asked = len(self.papers.log), len(self.model.log)
        return refs, len(self.channel.posted), asked

    def unsound(self) -> Iterator[str]:
        """Yield what is wrong with the blog's repository as git sees it."""
        if said := _complaints(self.bare):
            yield f"git fsck of the blog: {said}"
        if git(self.bare, "rev-list", "--merges", "main"):
            yield "its history is not linear"

    def left_behind(self, name: str = "one") -> Iterator[str]:
        """Yield what is wrong with a machine's cache."""
        cache = self.cache(name)
        for pattern in _LEFT_BEHIND:
            for path in cache.glob(pattern):
                yield f"left behind in the cache: {path.relative_to(cache)}"
        for clone in cache.glob("blogs/*.git"):
            if said := _complaints(clone):
                yield f"git fsck of the working copy: {said}"


@contextmanager
def surroundings(
    folder: Path, corpus: Corpus, *, spoil: Spoil = honestly
) -> Iterator[Surroundings]:
    """Play everything around a blog that lies in `folder`, made there where it is missing."""
    with ExitStack() as stack:
        trap = Trap()
        srv = folder / "srv"
        kept = KeptBlog(srv / "blog.git", srv) if srv.exists() else KeptBlog.at(srv)
        around = Surroundings(
            folder,
            kept,
            stack.enter_context(PapersServer(corpus, spoil=spoil)),
            stack.enter_context(GitServer(srv)),
            stack.enter_context(slack()),
            stack.enter_context(ModelServer()),
            trap,
        )
        addresses = {
            "papers": around.papers.hf_endpoint,
            "git": around.host.url,
            "slack": around.channel.url,
            "model": around.model.base_url,
        }
        for name, address in addresses.items():
            gate = Gate(urlsplit(address).port or 0, trap)
            around._gates[name] = stack.enter_context(gate)
        yield around


def until(is_so: Callable[[], object]) -> None:
    """Return once it is so. Raises TimeoutError where it never comes."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > patience:
            raise TimeoutError(f"not so after {PATIENCE_SECONDS:g} s")
        time.sleep(_LOOK_SECONDS)


def kill(process: BaseProcess | subprocess.Popen[bytes], *, and_git: bool = False) -> list[int]:
    """Kill a run with SIGKILL, and what it started too where asked; return whom it left alive."""
    assert process.pid
    orphans = descendants(process.pid)
    doomed = [process.pid, *(orphans if and_git else ())]
    for pid in doomed:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.join() if isinstance(process, BaseProcess) else process.wait()
    return orphans


def is_alive(pid: int) -> bool:
    """Return whether the process still works; one that nobody has buried yet does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
    except OSError:
        return False
    return state not in {"Z", "X"}


def _complaints(repository: Path) -> str:
    command = ["git", "-C", str(repository), "fsck", "--strict", "--no-dangling", "--no-progress"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = f"{done.stdout}\n{done.stderr}".splitlines()
    said = "; ".join(line for line in lines if line and not line.startswith("notice: "))
    return said or ("" if done.returncode == 0 else f"exit code {done.returncode}")
