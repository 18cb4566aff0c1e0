"""Whether everything that a Sunday needs is there: small questions, each with what to do.

A check asks somebody and changes nothing. What it finds is a `Check`; none of them raises for
what it was made to find.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from paperweek.errors import PaperweekError
from paperweek.keeping import missing_weeks
from paperweek.model import Week
from paperweek.ports import KeptBlog

OLDEST_PYTHON, OLDEST_GIT = (3, 11), (2, 30)
DUE = time(12)
"""From this hour of a Sunday on, in the owner's zone, the post of the week that it ends is due."""
_MOST_NAMED = 6
_GIT_SECONDS = 10.0
_SLACK_PATH = re.compile(r"/(?:services|workflows|triggers)/[\w-]+/[\w-]+/[\w-]+")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Check:
    """What one question found."""

    name: str
    """What was looked at, in one or two words."""
    said: str
    """What was found, in one line."""
    cure: str = ""
    """What to do about it; empty: all is well."""

    @property
    def is_well(self) -> bool:
        """Whether nothing needs to be done."""
        return not self.cure


class Probed(Protocol):
    """A source that can be asked whether it answers."""

    @property
    def name(self) -> str:
        """The source's name."""

    def probe(self) -> str:
        """Return how it answered one tiny request. Raises SourceError where it did not."""


class Pushed(KeptBlog, Protocol):
    """A blog that can be asked whether it would take a push."""

    def try_push(self) -> str:
        """Return the branch that a push without effect was let into."""


def found(name: str, ask: Callable[[], str]) -> Check:
    """Return what `ask` says; where it raises one of our errors, that error and its cure."""
    try:
        return Check(name, ask())
    except PaperweekError as error:
        return Check(name, str(error), error.hint)


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Check:
    """Return whether this Python is new enough."""
    said = ".".join(map(str, version))
    if version < OLDEST_PYTHON:
        return Check("Python", f"{said} is too old", "Install Python 3.11 or newer.")
    return Check("Python", said)


def git(program: str = "git") -> Check:
    """Return whether git is there and new enough."""
    where = shutil.which(program)
    if not where:
        return Check("git", "it is not installed", "Install git, such as `apt install git`.")
    answer = subprocess.run(  # noqa: S603 - the path's own git, asked for its version
        [where, "--version"], capture_output=True, text=True, check=False, timeout=_GIT_SECONDS
    )
    version = re.search(r"(\d+)\.(\d+)", answer.stdout)
    if not version:
        return Check("git", f"{where} does not tell its version", "Install git again.")
    if (int(version[1]), int(version[2])) < OLDEST_GIT:
        return Check("git", f"{version[0]} is too old", "Install git 2.30 or newer.")
    return Check("git", answer.stdout.strip().removeprefix("git version "))


def cache(folder: Path) -> Check:
    """Return whether the cache folder can be written."""
    trial = folder / ".trial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial.touch()
        trial.unlink()
    except OSError as error:
        said = f"{folder} can't be written ({error.strerror})"
        return Check("cache", said, "Set PAPERWEEK_CACHE_DIR to a folder that can be.")
    return Check("cache", str(folder))


def source(one: Probed) -> Check:
    """Return whether the source answers one tiny request."""
    return found(one.name, one.probe)


def blog(repository: str, one: Pushed | None) -> Check:
    """Return whether the blog can be reached and lets us in. None: the first run makes it."""
    if one is None:
        return Check("blog", f"{repository} is not there yet: the first run makes it")
    return found("blog", lambda: f"{repository} lets us push to {one.try_push()}")


def webhook(url: str) -> Check:
    """Return whether the address is one that Slack gives. It is a secret and never shown."""
    if not url:
        return Check("webhook", "none is set: notices go to the log")
    parts = urlsplit(url)
    cure = "Copy the whole address from Slack into PAPERWEEK_SLACK_WEBHOOK_URL."
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        return Check("webhook", "its address does not begin with https://", cure)
    if (parts.hostname or "").endswith("slack.com") and not _SLACK_PATH.fullmatch(parts.path):
        return Check("webhook", "its address is not whole: three parts follow /services/", cure)
    return Check("webhook", f"well-formed, at {parts.hostname}; nothing was sent")


def bot(channel: str) -> Check:
    """Return that the bot's token, which the settings have checked, is whole; it never shows."""
    return Check("Slack bot", f"its token is well-formed, for {channel}; nothing was sent")


def weeks(one: KeptBlog | None, newest: Week) -> tuple[Check, ...]:
    """Return the last published week, and the weeks up to `newest` that are missing."""
    if one is None:
        return (Check("last week", "nothing is published yet: `paperweek run` begins"),)
    try:
        last = one.look(lambda tip: max(tip.own_weeks(), default=None))
        gaps = missing_weeks(one, newest)
    except PaperweekError as error:
        return (Check("last week", str(error), error.hint),)
    said = f"{last} is published" if last else "nothing is published yet: `paperweek run` begins"
    return Check("last week", said), _missing(gaps)


def expected(one: KeptBlog | None, now: datetime) -> Check:
    """Return whether the post that is due by `now` (in the owner's zone) is there.

    That is the post of the week that ended last; before noon of a Sunday, the one before it will
    do. A week that somebody skipped is not missed.
    """
    week = Week.ending_by(now.date())
    due = [week] if now.date() != week.sunday or now.time() >= DUE else [week, week.plus(-1)]

    def settled() -> bool:
        if one is None:
            return False
        return one.look(lambda tip: any(tip.standing(w) or w in tip.ledger.skipped for w in due))

    try:
        if settled():
            return Check("this week", f"the post of {' or '.join(w.label for w in due)} is there")
    except PaperweekError as error:
        return Check("this week", str(error), error.hint)
    return Check(
        "this week",
        f"the post of {due[-1]} is missing",
        f"See what became of Sunday's run, then: paperweek run {due[-1]}",
    )


def _missing(gaps: tuple[Week, ...]) -> Check:
    if not gaps:
        return Check("missing", "none")
    named = ", ".join(week.label for week in gaps[:_MOST_NAMED])
    more = f" and {len(gaps) - _MOST_NAMED} more" if len(gaps) > _MOST_NAMED else ""
    return Check("missing", f"{named}{more}", "Publish them with: paperweek catch-up")
