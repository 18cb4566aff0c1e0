"""Twelve Sundays in a row across New Year, with a fault drawn for each: played and judged.

Each Sunday a machine catches up with what was missed and publishes its own week, as the scheduled
run does. Whatever befell it, after two quiet Sundays more every week is published and told once.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import cache, cached_property
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import perf_counter
from typing import Any

from paperweek.keeping import adopt
from paperweek.model import Week
from paperweek.publishers.git_blog import GitBlog
from tests.paperweek.kept_blog import git
from tests.world.corpus import Corpus, read_corpus
from tests.world.gate import Lock, Side
from tests.world.killing_case import PUSH, SLACK, WRITE, at
from tests.world.papers_server import Spoil, honestly
from tests.world.surroundings import MISSING, REPEATED, Surroundings, kill, surroundings, until
from tests.world.synthetic import write_synthetic_week
from tests.world.table import Case, Row
from tests.world.traffic import Answer, Api, Request
from tests.world.whole_run import Connect, Errand, as_wired

FIRST = Week(2026, 49)
"""2026 has 53 weeks, so that the twelve end with 2027-W07."""
TWELVE, AFTERWARDS = 12, 2
PAPERS, LISTED = 24, 14
SEED = 2026
NO_ROOM_BYTES = 4096
"""How large a file may become where the cache's disk is full."""
_MARK = "A person was here."


@dataclass(frozen=True, slots=True)
class Trouble:
    """What befalls a Sunday."""

    name: str
    befall: Callable[[_Sunday], None]
    publishes: bool = True
    """Whether the week must be published all the same, on that very day."""


@dataclass
class _Sunday:
    """One Sunday on its way."""

    around: Surroundings
    week: Week
    connect: Connect
    dice: random.Random
    ended: list[dict[str, Any]] = field(default_factory=list)
    """What the runs said of each week; nothing where they did not live to say it."""
    wrongs: list[str] = field(default_factory=list)
    died: str = ""
    edited: dict[str, str] = field(default_factory=dict)
    """Files as a person left them, by path."""

    def start(self, machine: str = "one", most_bytes: int = 0) -> tuple[Errand, BaseProcess]:
        """Start what a Sunday does."""
        due = datetime.combine(self.week.sunday, time(8), UTC)
        errand = Errand(
            due, self.around.machine(machine), connect=self.connect, most_bytes=most_bytes
        )
        return errand, errand.start()

    def run(self, machine: str = "one", most_bytes: int = 0) -> None:
        """Do what a Sunday does, to its end."""
        self.end(*self.start(machine, most_bytes))

    def end(self, errand: Errand, process: BaseProcess) -> None:
        """Wait for what was started."""
        process.join()
        told = errand.told()
        if not told:
            self.wrongs.append("a run ended without a word")
        self.ended += told

    def by_hand(self, path: str, text: str) -> None:
        """Let a person write a file."""
        self.around.kept.by_hand({path: text})
        self.edited[path] = text

    @contextmanager
    def spoilt(self, spoil: Spoil) -> Iterator[None]:
        """Let the sources answer otherwise."""
        self.around.papers.spoil = spoil
        yield
        self.around.papers.spoil = honestly


def _quiet(sunday: _Sunday) -> None:
    sunday.run()


def _silent(api: Api) -> Callable[[_Sunday], None]:
    def befall(sunday: _Sunday) -> None:
        def spoil(request: Request, answer: Answer) -> Answer:
            return Answer(b"Service Unavailable", 503) if request.api is api else answer

        with sunday.spoilt(spoil):
            sunday.run()

    return befall


def _somebody_pushes_first(sunday: _Sunday) -> None:
    sunday.around.hold_at(Lock(WRITE))
    started = sunday.start()
    until(lambda: sunday.around.trap.reached.is_set() or not started[1].is_alive())
    sunday.by_hand(f"notes/{sunday.week}.md", f"{_MARK}\n")
    sunday.around.trap.open()
    sunday.end(*started)


def _hook_declines(sunday: _Sunday) -> None:
    hook = sunday.around.bare / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho protected >&2\nexit 1\n")
    hook.chmod(0o755)
    sunday.run()
    hook.unlink()


def _no_way_to_the_blog(sunday: _Sunday) -> None:
    sunday.around.host.answers[:] = [503] * 1000
    sunday.run()
    sunday.around.host.answers.clear()


def _slack_is_down(sunday: _Sunday) -> None:
    sunday.around.channel.answers[:] = [(404, "no_service")] * 1000
    sunday.run()
    sunday.around.channel.answers.clear()


def _machine_is_off(sunday: _Sunday) -> None:
    sunday.died = "nobody ran"


def _killed(sunday: _Sunday) -> None:
    where, locks = sunday.dice.choice(
        [
            ("before the push", (Lock(WRITE),)),
            ("after the push", (Lock(PUSH, 1, Side.ANSWERED),)),
            ("while Slack took the notice", (Lock(SLACK),)),
        ]
    )
    point = at(*locks)
    point.wait_there(sunday.around)
    _, process = sunday.start()
    until(lambda: point.is_reached(sunday.around) or not process.is_alive())
    if not point.is_reached(sunday.around):
        sunday.wrongs.append("it ended before it could be killed")
    orphans = kill(process, and_git=True)
    sunday.around.go_on(*orphans)
    sunday.died = f"killed {where}"


def _person_edits(sunday: _Sunday) -> None:
    posts = git(sunday.around.bare, "ls-tree", "--name-only", "main", "_posts/").splitlines()
    if posts:
        text = sunday.around.kept.file(posts[-1])
        sunday.by_hand(posts[-1], f"{text}\n{_MARK}\n")
    sunday.run()


def _two_machines(sunday: _Sunday) -> None:
    for started in [sunday.start("one"), sunday.start("two")]:
        sunday.end(*started)


def _no_room(sunday: _Sunday) -> None:
    sunday.run(most_bytes=NO_ROOM_BYTES)


QUIET = Trouble("nothing", _quiet)
OFF = Trouble("the machine is off", _machine_is_off, publishes=False)
KILLED = Trouble("kill -9", _killed, publishes=False)
EDITED = Trouble("a person edits the last post", _person_edits)
TROUBLES = (
    QUIET,
    OFF,
    KILLED,
    EDITED,
    Trouble("Hugging Face is silent", _silent(Api.HUGGING_FACE)),
    Trouble("arXiv says 503", _silent(Api.ARXIV)),
    Trouble("somebody pushes first", _somebody_pushes_first),
    Trouble("the blog's host declines", _hook_declines, publishes=False),
    Trouble("no way to the blog", _no_way_to_the_blog, publishes=False),
    Trouble("Slack is down", _slack_is_down),
    Trouble("two machines at once", _two_machines),
    Trouble("the cache's disk is full", _no_room, publishes=False),
)


class Season:
    """Twelve Sundays, and those after, in one blog."""

    def __init__(
        self, troubles: Sequence[Trouble], seed: int = SEED, connect: Connect = as_wired
    ) -> None:
        self.troubles, self._connect = tuple(troubles), connect
        self._dice = random.Random(seed)
        self._edited: dict[str, str] = {}
        self._persons: list[str] = []

    @classmethod
    def drawn(cls, seed: int = SEED) -> Season:
        """Return a season that meets every trouble, in an order drawn with this seed."""
        return cls(random.Random(seed).sample(TROUBLES, TWELVE), seed)

    @property
    def weeks(self) -> tuple[Week, ...]:
        """Its weeks, those of the quiet Sundays at its end among them."""
        return tuple(FIRST.plus(n) for n in range(len(self.troubles) + AFTERWARDS))

    @property
    def names(self) -> tuple[str, ...]:
        """What befalls each Sunday; the last is the season's end."""
        befallen = zip(self.weeks, self.troubles, strict=False)
        named = [
            f"Sunday {number} of {len(self.troubles)}, {week}: {trouble.name}"
            for number, (week, trouble) in enumerate(befallen, start=1)
        ]
        return *named, f"{AFTERWARDS} quiet Sundays later, {self.weeks[-1]}"

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """What came of each Sunday, and of them all."""
        with (
            tempfile.TemporaryDirectory(prefix="paperweek-") as folder,
            surroundings(Path(folder), _corpus()) as around,
        ):
            adopt(GitBlog(str(around.bare), cache=around.folder / "owner"), FIRST, FIRST)
            played = zip(self.names, self.weeks, self.troubles, strict=False)
            rows = [self._row(around, *one) for one in played]
            return *rows, self._last_row(around)

    def _row(self, around: Surroundings, name: str, week: Week, trouble: Trouble) -> Row:
        begun, before = perf_counter(), _counts(around, self.weeks)
        sunday = _Sunday(around, week, self._connect, self._dice)
        trouble.befall(sunday)
        self._edited |= sunday.edited
        commits, notices = (
            now - then for now, then in zip(_counts(around, self.weeks), before, strict=True)
        )
        wrongs = [*sunday.wrongs, *self._wrongs(around), *_unnamed(sunday)]
        if trouble.publishes and len(around.commits(week)) != 1:
            wrongs.append(f"{week} is not published")
        return Row(
            fault=name,
            seconds=perf_counter() - begun,
            good=not wrongs,
            outcome="; ".join(wrongs) or _in_words(sunday),
            cells={"commits": commits, "notices": notices},
        )

    def _last_row(self, around: Surroundings) -> Row:
        begun, before = perf_counter(), _counts(around, self.weeks)
        wrongs: list[str] = []
        for week in self.weeks[len(self.troubles) :]:
            sunday = _Sunday(around, week, self._connect, self._dice)
            sunday.run()
            wrongs += [*sunday.wrongs, *_unnamed(sunday)]
        commits, notices = (
            now - then for now, then in zip(_counts(around, self.weeks), before, strict=True)
        )
        wrongs += [*self._wrongs(around), *around.left_behind(), *around.left_behind("two")]
        for week in self.weeks:
            if not around.commits(week):
                wrongs.append(f"{week} was never published")
            if not around.told_of(week):
                wrongs.append(f"nobody was told of {week}")
        told = [around.told_of(week) for week in self.weeks]
        repeated = sum(len(lines) > 1 for lines in told)
        outcome = (
            f"{len(self.weeks)} weeks published once and told, {repeated} of them twice and marked "
            f"so; {len(self._edited)} files of persons as they left them"
        )
        return Row(
            fault=self.names[-1],
            seconds=perf_counter() - begun,
            good=not wrongs,
            outcome="; ".join(wrongs) or outcome,
            cells={"commits": commits, "notices": notices},
        )

    def _wrongs(self, around: Surroundings) -> Iterator[str]:
        """Yield what may never be, on whatever Sunday."""
        yield from around.unsound()
        for week in self.weeks:
            if len(around.commits(week)) > 1:
                yield f"{len(around.commits(week))} commits for {week}"
            told = around.told_of(week)
            if any(not line.startswith(REPEATED) for line in told[1:]):
                yield f"{len(told)} notices of {week}, and no word that they are repeated"
        for path, text in self._edited.items():
            if around.kept.file(path) != text:
                yield f"what a person wrote into {path} is lost"


@dataclass(frozen=True, slots=True)
class SundayCase:
    """One row of a season, which is played as a whole when the first of them is."""

    season: Season
    number: int

    @property
    def name(self) -> str:
        """What befalls it."""
        return self.season.names[self.number]

    def play(self) -> Row:
        """Return what came of it."""
        if MISSING:
            return Row(self.name, 0, good=False, outcome="", skipped=MISSING)
        return self.season.rows[self.number]


def sundays_cases() -> Sequence[Case]:
    """Return the twelve Sundays, and what came of them all."""
    season = Season.drawn()
    return [SundayCase(season, number) for number in range(TWELVE + 1)]


@cache
def _corpus() -> Corpus:
    with tempfile.TemporaryDirectory() as folder:
        for number in range(TWELVE + AFTERWARDS):
            write_synthetic_week(
                Path(folder),
                PAPERS,
                number,
                LISTED,
                week=FIRST.plus(number),
                first=number * PAPERS,
            )
        return read_corpus(Path(folder))


def _counts(around: Surroundings, weeks: Sequence[Week]) -> tuple[int, int]:
    """Return how many commits publish a week, and how many notices say so of one."""
    commits = sum(len(around.commits(week)) for week in weeks)
    return commits, len(around.channel.posted)


def _unnamed(sunday: _Sunday) -> Iterator[str]:
    for one in sunday.ended:
        if one["outcome"] in {"failed", "refused"} and not (one["error"] and one["hint"]):
            yield f"{one['week']} {one['outcome']} without a name"


def _in_words(sunday: _Sunday) -> str:
    said = Counter(f"{one['week']} {one['outcome']}" for one in sunday.ended)
    named = [one["error"] for one in sunday.ended if one["error"]]
    return "; ".join([*([sunday.died] if sunday.died else []), *said, *named[:1]])
