"""`paperweek check`: one screen that says what is well, and what to do about the rest."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.progress import say
from paperweek.errors import ConfigurationError, PaperweekError

if TYPE_CHECKING:
    from paperweek.health import Check, Pushed
    from paperweek.settings import Settings

    Commands = argparse._SubParsersAction[Any]  # noqa: SLF001 - argparse names it nowhere else

WELL, ILL = 0, 1
DEPLOYMENT = "sunday/sunday"
_GREEN, _RED, _PLAIN = "\033[32m", "\033[31m", "\033[0m"


def add_to(commands: Commands) -> None:
    """Add the command to the others."""
    check = commands.add_parser(
        "check",
        help="look whether all that a Sunday needs is there",
        description="Ask everybody once, change nothing, and say what to do.",
        epilog="Exit codes: 0 all is well; 1 something is not; 2 wrong argument or setting.",
    )
    for flag, words in {
        "--expect-week": "only whether the newest week's post is there: for cron and monitors",
        "--spend": "call the language model once, which costs a fraction of a cent",
        "--json": "print the findings as JSON",
        "--debug": "show everything, and the traceback of an error",
    }.items():
        check.add_argument(flag, action="store_true", help=words)
    check.set_defaults(act=act, settles=True)


def act(asked: argparse.Namespace, settle: Callable[[], Settings]) -> int:
    """Print each finding as it comes, and return the exit code."""
    code = WELL
    told: list[Check] = []
    for check in _findings(asked, settle):
        told.append(check)
        if not check.is_well and code == WELL:
            code = ConfigurationError.exit_code if check.name == "settings" else ILL
        if not asked.json:
            say(line(check, colours=sys.stdout.isatty()))
    if asked.json:
        checks = [asdict(check) | {"well": check.is_well} for check in told]
        say(json.dumps({"well": code == WELL, "checks": checks}, ensure_ascii=False))
    return code


def line(check: Check, *, colours: bool) -> str:
    """Return a finding as a person reads it: one line, and one more with what to do."""
    mark = "ok" if check.is_well else "NO"
    if colours:
        mark = f"{_GREEN if check.is_well else _RED}{mark}{_PLAIN}"
    todo = f"\n      -> {check.cure}" if check.cure else ""
    return f"{mark}  {check.name:<12} {check.said}{todo}"


def findings(settings: Settings, now: datetime, *, spend: bool = False) -> Iterator[Check]:
    """Yield everything that a Sunday run needs, as each is looked at. `now` is aware."""
    from paperweek import health
    from paperweek.model import Week
    from paperweek.settings import prefect_address

    yield health.python()
    has_git = health.git()
    yield has_git
    yield health.cache(settings.cache_dir)
    yield from sources(settings)
    if has_git.is_well:
        from paperweek.wiring import connect_standing_blog

        blog: Pushed | None = connect_standing_blog(settings)
        reached = health.blog(settings.blog, blog)
        yield reached
        if blog and reached.is_well:
            yield health.found("blog's file", lambda: blogs_own(settings, blog))
        if reached.is_well:
            yield from health.weeks(blog, Week.ending_by(now.astimezone(settings.zone).date()))
    yield health.found("writer", lambda: writer(settings, spend=spend))
    hook = settings.slack_webhook_url
    if settings.slack_bot_token:
        yield health.bot(settings.slack_channel)
    if hook or not settings.slack_bot_token:
        yield health.webhook(hook.get_secret_value() if hook else "")
    yield from prefect_server(prefect_address())


def blogs_own(settings: Settings, blog: Pushed) -> str:
    """Return whether the blog sets anything. Raises ConfigurationError where that is wrong."""
    from paperweek.keeping import BLOG_SETTINGS

    (own,) = blog.read(BLOG_SETTINGS)
    settings.with_blogs_own(own)
    return f"{BLOG_SETTINGS} is read" if own else f"it has no {BLOG_SETTINGS}: nothing to read"


def sources(settings: Settings) -> Iterator[Check]:
    """Yield whether each source answers one tiny request."""
    from paperweek import health
    from paperweek.wiring import connect_probes

    for source in connect_probes(settings):
        yield health.source(source)


def writer(settings: Settings, *, spend: bool) -> str:
    """Return who writes, once that was tried. Raises PaperweekError where they can't."""
    from paperweek.wiring import connect_writer, try_model

    name = connect_writer(settings).name
    if settings.writer == "extractive":
        return f"{name}: it needs no key and no network"
    if not spend:
        return f"{name}: not called; --spend calls it once"
    return f"{name}: {try_model(settings)}"


def prefect_server(address: str) -> Iterator[Check]:
    """Yield whether the server answers and knows our Sunday. Imports Prefect only to ask it."""
    from paperweek import health

    if not address:
        yield health.Check("Prefect", "no server is set: each run starts an embedded one")
        return
    from paperweek.settings import prepare_prefect

    prepare_prefect(debug=False)
    from flows.server import ask_server

    try:
        sunday = ask_server(DEPLOYMENT)
    except PaperweekError as error:
        yield health.Check("Prefect", str(error), error.hint)
        return
    yield health.Check("Prefect", f"the server at {address} answers")
    yield schedule(sunday)


def schedule(sunday: Any) -> Check:  # noqa: ANN401 - its type would import Prefect
    """Return whether the schedule is there, is active, and has somebody to carry it out."""
    from paperweek.health import Check

    if sunday is None:
        return Check(
            "schedule",
            f"the server knows no {DEPLOYMENT}",
            "Run `prefect --no-prompt deploy --all`, or let `paperweek serve` run.",
        )
    if sunday.is_paused or not sunday.next_run:
        return Check(
            "schedule",
            "Sunday is paused, or no run of it is planned",
            f"Run `prefect deployment resume {DEPLOYMENT}`, or switch it on in the UI.",
        )
    if not sunday.is_served:
        return Check(
            "schedule",
            f"next on {sunday.next_run:%Y-%m-%d %H:%M %Z}, and nobody is there to carry it out",
            "Start `prefect worker start --pool paperweek`, or `paperweek serve`.",
        )
    return Check("schedule", f"next on {sunday.next_run:%Y-%m-%d %H:%M %Z}, a worker is ready")


def _findings(asked: argparse.Namespace, settle: Callable[[], Settings]) -> Iterator[Check]:
    from paperweek.health import Check, expected

    try:
        settings = settle()
    except ConfigurationError as error:
        yield Check("settings", str(error), error.hint)
        return
    now = datetime.now(settings.zone)
    if asked.expect_week:
        from paperweek.wiring import connect_standing_blog

        yield expected(connect_standing_blog(settings), now)
        return
    yield Check("settings", f"read; Sundays are {settings.timezone} Sundays")
    yield from findings(settings, now, spend=asked.spend)
