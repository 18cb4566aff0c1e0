"""Whole runs through the library, as the flows do them, in processes that may be killed.

Prefect is left out, and time is passed in; all else is the product's own. A process is forked from
one that has the library loaded, so that a run costs what its work costs.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import resource
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar

from paperweek.announcing import announce, announce_caught_up, announce_owed
from paperweek.asking import Manners
from paperweek.collecting import collect
from paperweek.editions import choose_week
from paperweek.errors import PaperweekError
from paperweek.finishing import finish
from paperweek.jekyll import SITE_CONFIG, Site, refuse_before_its_day
from paperweek.keeping import BLOG_SETTINGS, missing_weeks
from paperweek.model import Collection, Outcome, Report, Week
from paperweek.ports import Owing
from paperweek.rendering import data_path, render_post
from paperweek.selection import select
from paperweek.settings import Settings
from paperweek.snapshots import keep_snapshot
from paperweek.sources.arxiv_search import ArxivSearch
from paperweek.sources.huggingface import HuggingFace
from paperweek.summary import CaughtUp, Summary
from paperweek.wiring import House, connect, connect_blog, connect_kept_blog
from tests import network
from tests.world.collecting_case import WorldClock

EARLIER_WEEKS = 4
MOST_MISSED = 4
PAGE = 10
"""Papers of one answer of arXiv's, so that a small week takes several."""
MANNERS = Manners(tries=3, request_seconds=60, source_seconds=60, first_wait=0.02, longest_wait=0.1)
"""The product's own, but that a source that fails is not waited for."""
TRIES = 3
"""How often a step is tried whose error says that it may help, as the tasks do."""

_T = TypeVar("_T")
Connect = Callable[[Settings, datetime], House]


def as_wired(settings: Settings, due: datetime) -> House:
    """Return the product's own parts, with sources that know which day it is."""
    clock = WorldClock(due.date())
    sources = (
        HuggingFace(settings.hf_endpoint, manners=MANNERS, clock=clock),
        ArxivSearch(
            settings.arxiv_url,
            cache=settings.cache_dir,
            delay_seconds=settings.arxiv_delay_seconds,
            page=PAGE,
            manners=MANNERS,
            clock=clock,
        ),
    )
    return replace(connect(settings), sources=sources)


@dataclass(frozen=True, slots=True)
class Errand:
    """What a machine is sent to do, and when."""

    due: datetime
    environment: Mapping[str, str]
    """All that it knows of the world; HOME is a folder of its own."""
    week: str = ""
    """The week to publish; empty: what a Sunday does."""
    connect: Connect = as_wired
    most_bytes: int = 0
    """How large a file may become, where a disk takes no more; 0: any size."""

    def start(self) -> BaseProcess:
        """Start it in a process and a session of its own."""
        process = _forks().Process(target=_work, args=(self,), daemon=True)  # type: ignore[attr-defined]
        process.start()
        return process  # type: ignore[no-any-return]

    def run(self) -> list[dict[str, Any]]:
        """Run it to its end; return what became of each week, as `--json` tells it."""
        process = self.start()
        process.join()
        return self.told()

    def told(self) -> list[dict[str, Any]]:
        """Return what it said when it ended; nothing where it did not live to say it."""
        with suppress(FileNotFoundError):
            said: list[dict[str, Any]] = json.loads(self._answer.read_text())
            return said
        return []

    @property
    def _answer(self) -> Path:
        return Path(self.environment["HOME"]) / f"{self.due:%Y%m%dT%H%M%S}.json"


def _forks() -> multiprocessing.context.BaseContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.world.warm"])
    return context


def _work(errand: Errand) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(errand.environment)
    # git dates its commits by these, so that a claim is as old as the run that made it.
    os.environ["GIT_AUTHOR_DATE"] = os.environ["GIT_COMMITTER_DATE"] = errand.due.isoformat()
    os.chdir(errand.environment["HOME"])
    network.block()
    logging.disable()
    if errand.most_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (errand.most_bytes, errand.most_bytes))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    run = _Run(errand)
    ended = run.one_week(errand.week) if errand.week else run.sunday()
    errand._answer.write_text(json.dumps([asdict(summary) for summary in ended]))


@dataclass(frozen=True, slots=True)
class _Run:
    """One run on one machine: `flows/weekly_report.py` and `flows/sunday.py` without Prefect."""

    errand: Errand

    def sunday(self) -> list[Summary]:
        """Publish the weeks that were missed, then the one that just ended."""
        try:
            settings, site = self._settle()
            newest = Week.ending_by(self.errand.due.astimezone(settings.zone).date())
            blog = connect_kept_blog(settings)
            missing = _trying(lambda: missing_weeks(blog, newest))
        except PaperweekError as error:
            return [self._tell_the_owner(error, "")]
        overdue = [week for week in missing if week < newest]
        caught_up = self._report_on(overdue, settings, site) if overdue else []
        return [*caught_up, *self.one_week(newest.label)]

    def one_week(self, week: str) -> list[Summary]:
        """Publish one week and tell of it, also where that fails."""
        try:
            return [self._sentence(week)]
        except PaperweekError as error:
            return [self._tell_the_owner(error, week)]

    def _settle(self) -> tuple[Settings, Site]:
        settings = Settings.from_environment()
        blog = connect_blog(settings, rehearse=True)
        own, config = _trying(lambda: blog.read(BLOG_SETTINGS, SITE_CONFIG))
        return settings.with_blogs_own(own), Site.parse(config)

    def _report_on(self, weeks: Sequence[Week], settings: Settings, site: Site) -> list[Summary]:
        done: list[Summary] = []
        for week in weeks[:MOST_MISSED]:
            try:
                done.append(self._sentence(week.label, quiet=True))
            except PaperweekError as error:
                done.append(Summary.of_error(error, week.label))
            if done[-1].outcome is Outcome.FAILED:
                break
        house = self._house(settings)
        caught_up = CaughtUp(tuple(done), tuple(week.label for week in weeks[len(done) :]))
        announce_caught_up(
            caught_up, house.notifier, house.blog, self.errand.due, _place(settings, site)
        )
        return done

    def _tell_the_owner(self, error: PaperweekError, week: str) -> Summary:
        summary = Summary.of_error(error, week)
        notifier = self._house(Settings.from_environment()).notifier
        return replace(summary, notice=announce(summary, notifier))

    def _house(self, settings: Settings) -> House:
        return self.errand.connect(settings, self.errand.due)

    def _sentence(self, label: str, *, quiet: bool = False) -> Summary:
        settings, site = self._settle()
        house, due = self._house(settings), self.errand.due
        week = choose_week(label, due.astimezone(settings.zone).date())
        refuse_before_its_day(week, site, due)
        place = _place(settings, site)
        standing = _trying(lambda: house.blog.standing(week))
        if standing:
            (data,) = _trying(lambda: house.blog.read(data_path(week)))
            summary = Summary.of_standing(standing, data)
        else:
            collection = collect(week, house.sources)
            keep_snapshot(collection, settings.cache_dir)
            report = self._written(collection, house, settings)
            pattern, category = settings.post_path, settings.category
            post = finish(
                report,
                lambda report: render_post(report, path_pattern=pattern, category=category),
            )
            publication = _trying(lambda: house.blog.publish(post))
            summary = Summary.of_draft(post, report).of(publication)
        summary = summary.on(*place)
        if quiet:
            return summary
        if isinstance(house.blog, Owing) and house.blog.owes_notices:
            fate = announce_owed(summary, house.blog, house.notifier, due, place)
        else:
            fate = announce(summary, house.notifier)
        return replace(summary, notice=fate)

    @staticmethod
    def _written(collection: Collection, house: House, settings: Settings) -> Report:
        earlier = _trying(lambda: house.blog.earlier_weeks(collection.week, EARLIER_WEEKS))
        return house.writer.write(select(collection, earlier, **settings.choice))


def _place(settings: Settings, site: Site) -> tuple[str, str, str]:
    return settings.site_url, settings.category, site.permalink


def _trying(step: Callable[[], _T]) -> _T:
    for _ in range(TRIES - 1):
        try:
            return step()
        except PaperweekError as error:
            if not error.retryable:
                raise
    return step()
