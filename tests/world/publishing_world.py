"""A blog, the host it lies on, and the channel of notices: all real but Slack and GitHub.

Runs happen in it as the flow does them from a finished post on: ask, publish, tell.
"""

from __future__ import annotations

import functools
import shutil
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import Any, TypeVar
from urllib.parse import urlsplit

from paperweek.announcing import announce, announce_owed
from paperweek.editions import choose_week
from paperweek.errors import PaperweekError
from paperweek.jekyll import SITE_CONFIG, Site, refuse_before_its_day
from paperweek.model import Post, Week
from paperweek.notices import Notice
from paperweek.ports import Blog, Notifier, Owing
from paperweek.publishers.git_blog import GitBlog
from paperweek.publishers.pull_request import PullRequests
from paperweek.rendering import data_path
from paperweek.settings import Settings
from paperweek.summary import Summary
from paperweek.wiring import connect_blog, connect_notifier
from tests.paperweek.kept_blog import KeptBlog, git, weekly_post
from tests.world.git_server import GitServer, SshServer
from tests.world.github_api import FakeGitHub, github
from tests.world.slack import FakeSlack, slack
from tests.world.wire import Wire

WEEK = Week(2025, 5)
EARLIER = WEEK.plus(-1)
TOKEN = "ghp_A1b2C3d4E5f6G7h8I9j0"
SLUG = "me/blog"
SITE = "https://blog.example"
TRIES = 3
"""How often a run tries a step whose error says that it may help, as its tasks do."""
SECOND_LOOK = timedelta(minutes=11)
"""After this long, a notice that somebody began to send is taken up by the next run."""

_T = TypeVar("_T")
Connect = Callable[[Settings], tuple[Blog, Notifier]]


def as_wired(settings: Settings) -> tuple[Blog, Notifier]:
    """Return the product's own parts."""
    return connect_blog(settings), connect_notifier(settings)


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended."""

    summary: Summary
    error: BaseException | None = None


@dataclass
class Told:
    """A channel that hands each notice on and keeps what it was asked to send."""

    notifier: Notifier
    notices: list[Notice]

    @property
    def name(self) -> str:
        """The real channel's."""
        return self.notifier.name

    def send(self, notice: Notice) -> None:
        """Hand the notice on."""
        self.notices.append(notice)
        self.notifier.send(notice)


class DeathError(BaseException):
    """The process dies here: nothing catches it, nothing is done after it."""


@dataclass
class World:
    """One blog, alone in its folder. Faults change its settings, its files and its wires."""

    folder: Path
    connect: Connect = as_wired
    on: str = "folder"
    """How the blog is reached: `folder`, `http`, `ssh`, or `pull request` over http."""
    settings: dict[str, Any] = field(default_factory=dict)
    """What a run is set to; a machine adds its cache."""
    seconds: float = 120.0
    """How long a call of the blog may take."""
    tries: int = TRIES
    complaints: list[str] = field(default_factory=list)
    """What a fault found to be wrong, in its own words."""
    persons: list[str] = field(default_factory=list)
    """The commits of persons, none of which may be lost."""
    asked_to_send: list[Notice] = field(default_factory=list)
    wants: dict[Week, Post] = field(default_factory=dict)
    """The posts that runs were given."""
    ends: list[End] = field(default_factory=list)
    """How the runs ended, in the order in which they did."""
    pauses: list[float] = field(default_factory=list)
    """How long GitHub's interface was to be waited for; nobody waits."""

    kept: KeptBlog = field(init=False)
    slack: FakeSlack = field(init=False)
    slack_wire: Wire = field(init=False)
    host: GitServer = field(init=False)
    wire: Wire = field(init=False)
    github: FakeGitHub = field(init=False)
    sshd: SshServer = field(init=False)

    @property
    def bare(self) -> Path:
        """The blog's repository."""
        return self.kept.bare

    # What persons do

    def by_hand(self, files: Mapping[str, str | None]) -> str:
        """Let a person commit and push these files; return the commit."""
        self.kept.by_hand(files)
        return self.remember_person()

    def remember_person(self) -> str:
        """Keep in mind that the newest commit is a person's; return it."""
        commit = git(self.bare, "rev-parse", "main")
        self.persons.append(commit)
        return commit

    def hook(self, name: str, script: str) -> Path:
        """Give the blog's repository a hook."""
        file = self.bare / "hooks" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
        return file

    def clone(self, machine: str = "one") -> Path:
        """Return the working copy in a machine's cache."""
        return next((self.cache(machine) / "blogs").glob("*.git"))

    def cache(self, machine: str = "one") -> Path:
        """Return the cache folder of a machine."""
        return self.folder / f"cache-{machine}"

    # What runs do

    def run(
        self,
        week: Week | None = WEEK,
        *,
        machine: str = "one",
        today: date | datetime | None = None,
        later: timedelta = timedelta(),
        post: Post | None = None,
        rewrite: bool = False,
    ) -> End:
        """Run the week, or the one that ends on `today`; notices are told `later` than now."""
        today = today or (week or WEEK).sunday + timedelta(days=1)
        noon = today if isinstance(today, datetime) else datetime.combine(today, time(12), UTC)
        label = week.label if week else ""
        try:
            settings = self.settings_of(machine)
            blog, channel = self.connect(settings)
            self._scale(blog)
            notifier = Told(channel, self.asked_to_send)
            try:
                site = Site.parse(self._trying(lambda: blog.read(SITE_CONFIG))[0])
                week = choose_week(label, noon.astimezone(settings.zone).date())
                refuse_before_its_day(week, site, noon)
                done = self._published(week, blog, post=post, rewrite=rewrite)
                place = (settings.site_url, settings.category, site.permalink)
                _tell(done.on(*place), blog, notifier, datetime.now(UTC) + later, place)
                end = End(done)
            except PaperweekError as error:
                end = End(Summary.of_error(error, label), error)
                announce(end.summary, notifier)
        except (Exception, DeathError) as error:  # noqa: BLE001 - others are what is looked for
            end = End(Summary.of_error(error, label), error)
        self.ends.append(end)
        return end

    def settings_of(self, machine: str) -> Settings:
        """Return the settings of a machine."""
        given = {
            "site_url": SITE,
            "cache_dir": self.cache(machine),
            "slack_webhook_url": self.slack_url,
            **self.settings,
        }
        return Settings(_env_file=None, **given)  # type: ignore[call-arg]

    @property
    def slack_url(self) -> str:
        """The webhook, at the end of its wire."""
        return f"{self.slack_wire.url}{urlsplit(self.slack.url).path}"

    def _published(self, week: Week, blog: Blog, *, post: Post | None, rewrite: bool) -> Summary:
        standing = self._trying(lambda: blog.standing(week))
        if standing and (standing.human_edited or not rewrite):
            return Summary.of_standing(standing, blog.read(data_path(week))[0])
        wanted = self.wants[week] = post or weekly_post(week, "2501.00001", "2501.00002")
        done = self._trying(lambda: blog.publish(wanted, rewrite=rewrite))
        return Summary.of_data(week, "", wanted.data).of(done)

    def _trying(self, step: Callable[[], _T]) -> _T:
        for number in range(1, self.tries):
            try:
                return step()
            except PaperweekError as error:
                if not error.retryable:
                    raise
                sleep(0.02 * number)
        return step()

    def _scale(self, blog: Blog) -> None:
        if isinstance(blog, PullRequests):
            blog._sleep = self.pauses.append
            blog._blog._deadline = self.seconds
        if isinstance(blog, GitBlog):
            blog._deadline = self.seconds


def _tell(
    summary: Summary, blog: Blog, notifier: Notifier, now: datetime, place: Sequence[str]
) -> None:
    if isinstance(blog, Owing) and blog.owes_notices:
        announce_owed(summary, blog, notifier, now, place)
    else:
        announce(summary, notifier)


@contextmanager
def changed(world: World, **settings: Any) -> Iterator[None]:  # noqa: ANN401 - any of them
    """Change settings of the runs until the block ends."""
    before = world.settings
    world.settings = before | settings
    yield
    world.settings = before


@contextmanager
def hurried(world: World, seconds: float) -> Iterator[None]:
    """Let a run try each step once, and give it up after `seconds`, until the block ends."""
    before = (world.seconds, world.tries)
    world.seconds, world.tries = seconds, 1
    yield
    world.seconds, world.tries = before


@contextmanager
def world(connect: Connect = as_wired, on: str = "folder") -> Iterator[World]:
    """Make a blog with one commit of a person, and all that a run needs around it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(ignore_cleanup_errors=True)))
        it = World(folder, connect, on)
        it.kept = _young_blog(folder / "srv" / "me")
        it.remember_person()
        it.slack = stack.enter_context(slack())
        it.slack_wire = stack.enter_context(Wire(_port_of(it.slack.url)))
        it.settings["blog"] = str(it.bare)
        if on in {"http", "pull request"}:
            it.host = stack.enter_context(GitServer(folder / "srv", token=TOKEN))
            it.wire = stack.enter_context(Wire(it.host.port))
            it.settings |= {"blog": f"{it.wire.url}/{SLUG}.git", "blog_token": TOKEN}
        if on == "pull request":
            it.github = stack.enter_context(github(it.bare, SLUG, TOKEN))
            it.settings |= {"publish": "pull-request", "github_api": it.github.url}
        if on == "ssh":
            it.sshd = stack.enter_context(SshServer(folder / "ssh", _free_port()))
            keys = {"ssh_key": it.sshd.key, "ssh_known_hosts": it.sshd.known_hosts}
            it.settings |= {"blog": f"ssh://127.0.0.1:{it.sshd.port}{it.bare}", **keys}
        yield it


def _young_blog(folder: Path) -> KeptBlog:
    """Return a blog with one commit of a person, copied from one that is made once."""
    first = Path(_first_blog().name)
    shutil.copytree(first / "me", folder, symlinks=True)
    config = folder / "person" / ".git" / "config"
    config.write_text(config.read_text().replace(str(first / "me"), str(folder)))
    return KeptBlog(folder / "blog.git", folder)


@functools.cache
def _first_blog() -> TemporaryDirectory[str]:
    folder = TemporaryDirectory()
    KeptBlog.at(Path(folder.name) / "me", {SITE_CONFIG: "title: A blog\n"})
    return folder


def _port_of(address: str) -> int:
    port = urlsplit(address).port
    assert port
    return port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
