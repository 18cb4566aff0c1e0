"""`paperweek serve`: Prefect's server, its pages, the schedule and the runner, in one process tree.

For a machine of one's own, under systemd or in a terminal: it runs in the foreground, and all of it
ends when it is told to.
"""

from __future__ import annotations

import argparse
import logging
import re
from typing import TYPE_CHECKING, Any

from flows.alarming import bell_of
from paperweek.errors import ConfigurationError

if TYPE_CHECKING:
    from paperweek.settings import Settings

    Commands = argparse._SubParsersAction[Any]  # noqa: SLF001 - argparse names it nowhere else

logger = logging.getLogger(__name__)

_HIGHEST_PORT = 65535


def add_to(commands: Commands) -> None:
    """Add the command to the others."""
    serve = commands.add_parser(
        "serve",
        help="run every Sunday, with Prefect's pages on this machine",
        description="Start Prefect's server, its pages, the schedule and the runner, until Ctrl-C.",
    )
    serve.add_argument(
        "--host",
        default="127.0.0.1",
        help="whom to answer; the default is this machine alone: the pages ask for no password",
    )
    serve.add_argument("--port", type=int, default=4200, help="the port of the pages (4200)")
    serve.add_argument(
        "--at", default="08:00", metavar="HH:MM", help="when on Sundays, and Fridays (08:00)"
    )
    serve.add_argument(
        "--approve", action="store_true", help="ask before each Sunday's post is published"
    )
    serve.add_argument("--debug", action="store_true", help="show everything")
    serve.set_defaults(act=act)


def act(asked: argparse.Namespace, settings: Settings) -> int:
    """Serve until told to stop; return the exit code."""
    from paperweek.settings import serve_prefect

    minute, hour = time_of_day(asked.at)
    if not 0 < asked.port <= _HIGHEST_PORT:
        raise ConfigurationError("--port", str(asked.port), "a port is between 1 and 65535")
    address = serve_prefect(asked.host, asked.port)
    logger.info("serve: starting Prefect's server, which takes half a minute")
    from flows.service import Service

    with Service(asked.host, asked.port, address) as service:
        logger.info("serve: the pages are at %s", address.removesuffix("/api"))
        return service.run(
            f"{minute} {hour} * * {{day}}",
            settings.timezone,
            bell_of(settings),
            approve=asked.approve,
        )


def time_of_day(text: str) -> tuple[int, int]:
    """Return minute and hour of `HH:MM`. Raises ConfigurationError for anything else."""
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", text):
        raise ConfigurationError("--at", text, "write a time of day such as 08:00")
    hour, minute = text.split(":")
    return int(minute), int(hour)
