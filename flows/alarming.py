"""`paperweek setup-automations`: let Prefect's server speak for runs that can't any more."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NamedTuple

from flows.progress import say
from paperweek.errors import ConfigurationError

if TYPE_CHECKING:
    from paperweek.settings import Settings

    Commands = argparse._SubParsersAction[Any]  # noqa: SLF001 - argparse names it nowhere else


class Bell(NamedTuple):
    """What the server calls to tell somebody."""

    address: str = ""
    """Where the message goes, which is secret; empty: nobody is told."""
    token: str = ""
    """A bot's; empty: the address alone lets us in."""
    channel: str = ""
    """Which of its channels a bot tells."""


def bell_of(settings: Settings) -> Bell:
    """Return whom the server tells: the same channel as a run does."""
    if token := settings.slack_bot_token:
        address = f"{settings.slack_api}/chat.postMessage"
        return Bell(address, token.get_secret_value(), settings.slack_channel)
    hook = settings.slack_webhook_url
    return Bell(hook.get_secret_value() if hook else "")


def add_to(commands: Commands) -> None:
    """Add the command to the others."""
    command = commands.add_parser(
        "setup-automations",
        help="let the Prefect server tell of runs that died, were never started, or are late",
        description="Create or update the automations on the server of PREFECT_API_URL. Repeat it "
        "after Slack was changed or taken away; `paperweek serve` does it by itself.",
    )
    command.add_argument("--debug", action="store_true", help="show the traceback of an error")
    command.set_defaults(act=act)


def act(_: argparse.Namespace, settings: Settings) -> int:
    """Set them up, print their names, and return the exit code."""
    from paperweek.settings import prefect_address, prepare_prefect

    if not prefect_address():
        raise ConfigurationError(
            "PREFECT_API_URL",
            "",
            "it is empty, and automations live on a server",
            "Set it to the address of your server, such as http://127.0.0.1:4200/api.",
        )
    prepare_prefect(debug=False)
    from flows.alarms import set_up

    bell = bell_of(settings)
    for name in set_up(*bell):
        say(name)
    if not bell.address:
        say("Nobody is told: set PAPERWEEK_SLACK_WEBHOOK_URL and run this again.")
    return 0
