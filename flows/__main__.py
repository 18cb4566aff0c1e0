"""The command line: `paperweek …`, which is `python -m flows …`.

Prefect is imported only once there is something to run: `--help` and a wrong argument are answered
at once. Standard output carries the outcome and nothing else; all talk goes to standard error.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NoReturn

from flows import alarming, blogkeeping, checking, previewing, serving, verifying
from flows.progress import Lines, open_streams, say, shown
from paperweek import __version__
from paperweek.errors import (
    ConfigurationError,
    OrchestratorUnavailable,
    PaperweekError,
    PublishingError,
)
from paperweek.summary import Summary

if TYPE_CHECKING:
    from paperweek.settings import Settings

logger = logging.getLogger("flows.command")

INTERRUPTED = 130
"""What a shell reports for a program that Ctrl-C ended."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments the way every other error is said."""

    def error(self, message: str) -> NoReturn:
        """Raise ConfigurationError, which ends in exit code 2."""
        raise ConfigurationError(
            "command line", "", message, f"See `{self.prog} --help` for what it takes."
        )


class NamedFile(argparse.Action):
    """Keeps a file's name, and refuses an empty one: that of a variable which was not set."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 -- argparse gives it
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,  # noqa: ARG002
    ) -> None:
        """Raise ArgumentError for a blank name."""
        if not str(values).strip():
            raise argparse.ArgumentError(self, "name a file")
        setattr(namespace, self.dest, values)


def parser() -> Parser:
    """Return the parser of all commands."""
    top = Parser(prog="paperweek", description="Every Sunday, the week's AI papers as a blog post.")
    top.add_argument("--version", action="version", version=f"paperweek {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser(
        "run",
        help="publish the report on one week",
        description="Collect, select, write, render, publish, notify.",
        epilog="Exit codes: 0 published, unchanged or rehearsed; 1 failed; 2 wrong argument or "
        "setting; 3 refused. Settings come from the environment or .env; see the README.",
    )
    run.add_argument(
        "week",
        metavar="WEEK",
        nargs="?",
        default="",
        help="such as 2025-W05, or any day in it; left out, the week that just ended",
    )
    for flag, words in {
        "--offline": "take the bundled sample of invented papers; its last week without WEEK",
        "--rehearse": "do everything but push and notify; the post is left in the cache",
        "--force-rewrite": "write our own post anew; a person's edit stays in any case",
        "--json": "end standard output with one line of JSON",
        "--debug": "show everything, and the traceback of an error",
    }.items():
        run.add_argument(flag, action="store_true", help=words)
    run.add_argument(
        "--snapshot",
        metavar="FILE",
        action=NamedFile,
        default="",
        help="take the week from a snapshot, not the net",
    )
    verifying.add_to(commands)
    previewing.add_to(commands)
    checking.add_to(commands)
    serving.add_to(commands)
    alarming.add_to(commands)
    blogkeeping.add_to(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    open_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        asked = parser().parse_args(given)
    except ConfigurationError as error:
        return tell(Summary.of_error(error), error.exit_code, as_json="--json" in given)
    with stopped_like_ctrl_c(), shown(debug=asked.debug) as lines:
        if asked.command != "run":
            return other(asked, lines)
        summary, code = run(asked, lines)
    tell(summary, code, as_json=asked.json)
    if code == INTERRUPTED:
        end_with_embedded_server()
    return code


def other(asked: argparse.Namespace, lines: Lines) -> int:
    """Carry out a command that needs no flow, and return its exit code."""
    try:
        if getattr(asked, "settles", False):  # what the settings are worth is its own question
            itself: Callable[[argparse.Namespace, Callable[[], Settings]], int] = asked.act
            return itself(asked, lambda: settle(lines))
        act: Callable[[argparse.Namespace, Settings], int] = asked.act
        return act(asked, settle(lines))
    except BaseException as error:
        logger.debug("Where it happened:", exc_info=True)
        known = understood(error)
        summary = Summary.of_error(known)
        summary = replace(summary, error=lines.redact(summary.error))
        return tell(summary, exit_code_of(known), as_json=getattr(asked, "json", False))


@contextmanager
def stopped_like_ctrl_c() -> Iterator[None]:
    """Let a request to end be an interruption, so that Prefect's embedded server ends as well."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def run(asked: argparse.Namespace, lines: Lines) -> tuple[Summary, int]:
    """Run one week. Returns its summary and the exit code; every error ends here."""
    default = "the newest week at hand" if asked.offline or asked.snapshot else "the last week"
    logger.info("paperweek %s: %s", __version__, asked.week or default)
    try:
        settings = settle(lines)
        asked.week = week_of(asked, settings)
        return in_prefect(asked), 0
    except BaseException as error:
        logger.debug("Where it happened:", exc_info=True)
        known = understood(error)
        summary = Summary.of_error(known, asked.week)
        return (
            replace(
                summary,
                error=lines.redact(summary.error),
                notice=next((n[7:] for n in notes(error) if n.startswith("notice ")), "none"),
            ),
            exit_code_of(known),
        )


def exit_code_of(error: BaseException) -> int:
    """Return the code that an error ends the program with."""
    if isinstance(error, PaperweekError):
        return error.exit_code
    return INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1


def settle(lines: Lines) -> Settings:
    """Return the settings, with their secrets kept out of every line from here on."""
    from paperweek.settings import Settings, misspelled

    settings = Settings.from_environment()
    lines.redact = settings.redact
    for name, near in misspelled():
        logger.warning("%s is no setting; did you mean %s?", name, near)
    return settings


def week_of(asked: argparse.Namespace, settings: Settings) -> str:
    """Return the label of the week to report on, before anything slow is started for it."""
    from paperweek.editions import choose_week
    from paperweek.wiring import connect_sources

    _, at_hand = connect_sources(settings, offline=asked.offline, snapshot=asked.snapshot)
    if not asked.week and not at_hand:
        settings = with_blogs_own(settings)
    today = datetime.now(settings.zone).date()
    return choose_week(asked.week, today, at_hand, preview=asked.rehearse).label


def with_blogs_own(settings: Settings) -> Settings:
    """Return the settings with the blog's own, whose zone tells which week it is.

    Where the blog can't be asked, the run itself will say so, and try again.
    """
    from paperweek.keeping import BLOG_SETTINGS
    from paperweek.wiring import connect_blog

    try:
        (own,) = connect_blog(settings, rehearse=True).read(BLOG_SETTINGS)
    except PublishingError:
        return settings
    return settings.with_blogs_own(own)


def in_prefect(asked: argparse.Namespace) -> Summary:
    """Run the flow, on the server that PREFECT_API_URL names or on Prefect's embedded one."""
    from paperweek.settings import prepare_prefect

    server = prepare_prefect(debug=asked.debug)
    logger.info("starting the flow for %s on %s", asked.week, server)
    with never_collected():
        from flows.weekly_report import weekly_report

    return weekly_report(
        week=asked.week,
        rehearse=asked.rehearse,
        force_rewrite=asked.force_rewrite,
        offline=asked.offline,
        snapshot=asked.snapshot,
    )


@contextmanager
def never_collected() -> Iterator[None]:
    """Let the garbage collector pass over what is imported meanwhile, now and at the exit.

    Prefect's modules live as long as the process; to look for garbage among them costs a third of
    the time that their import takes.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def end_with_embedded_server() -> None:
    """End the process where Prefect's embedded server served it; return where none did.

    Ctrl-C reaches that server too, and Prefect's own end would wait a minute for its answers.
    """
    if (module := sys.modules.get("prefect.server.api.server")) is None:
        return
    known = module.SubprocessASGIServer._instances.values()  # noqa: SLF001 -- nothing else names it
    servers = [server for server in known if server.server_process]
    for server in servers:
        server.stop()
    if servers:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(INTERRUPTED)


def understood(error: BaseException) -> BaseException:
    """Return the error as one of ours, where it is Prefect that failed and not the report."""
    if not isinstance(error, Exception) or is_interrupted(error):
        return KeyboardInterrupt("It was stopped before the end")
    home = type(error).__module__.partition(".")[0]
    said = " ".join(str(error).split())
    if home in {"httpx", "prefect"} or (isinstance(error, RuntimeError) and " API" in said):
        return OrchestratorUnavailable(said or type(error).__name__)
    return error


def is_interrupted(error: BaseException | None) -> bool:
    """Return whether the error came while an interruption was being told of.

    Prefect has a signal of its own for SIGTERM, which is not imported for the question's sake.
    """
    return error is not None and (
        isinstance(error, KeyboardInterrupt)
        or type(error).__name__ == "TerminationSignal"
        or is_interrupted(error.__cause__)
        or is_interrupted(error.__context__)
    )


def notes(error: BaseException) -> list[str]:
    """Return what others wrote on the error while it passed."""
    return getattr(error, "__notes__", [])


def tell(summary: Summary, code: int, *, as_json: bool) -> int:
    """Write the outcome to standard output, and an error to standard error; return `code`."""
    if as_json:
        say(summary.as_json())
    elif not summary.error:
        say("\n".join(outcome(summary)))
    if summary.error:
        say(f"paperweek: {summary.error}\n{summary.hint}", to=sys.stderr)
    return code


def outcome(summary: Summary) -> Iterator[str]:
    """Yield what a person wants to read of a run that went well."""
    commit = f", commit {summary.commit[:10]}" if summary.commit else ""
    yield f"{summary.week} {summary.outcome}: {summary.post_path}{commit}"
    if summary.human_edited:
        yield "A person edited or deleted this post: it stays as they left it."
        yield from filter(None, [summary.hint])
    if summary.pull_request:
        yield f"A person decides on it: {summary.pull_request}"
    if summary.visible is False:
        yield "It is pushed, not yet visible: look at the site's build if it stays so."
    if summary.papers:
        sample = " invented ones" if summary.invented else ""
        yield f"{summary.cited} papers cited of {summary.papers}{sample}, by {summary.writer}."
    if summary.silent_sources:
        yield f"Did not give all that was asked: {', '.join(summary.silent_sources)}."
    if summary.url:
        yield summary.url


if __name__ == "__main__":
    sys.exit(main())
