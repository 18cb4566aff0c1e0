"""What an owner does with the blog: init, adopt, gaps, catch-up, skip, retract, unpublish."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.progress import say
from paperweek.errors import Refusal

if TYPE_CHECKING:
    from paperweek.keeping import Deed
    from paperweek.model import Week
    from paperweek.ports import KeptBlog
    from paperweek.settings import Settings

    Commands = argparse._SubParsersAction[Any]  # noqa: SLF001 - argparse names it nowhere else

logger = logging.getLogger("flows.command")

DONE = 0


def add_to(commands: Commands) -> None:
    """Add the commands to the others."""
    _add(commands, "init", init, "write the blog's own settings file, all comments")
    adopt = _add(commands, "adopt", adopt_posts, "know the weekly posts that were there before")
    adopt.add_argument("--begin", metavar="WEEK", default="", help="our first week; else this one")
    gaps = _add(commands, "gaps", list_gaps, "list the weeks that have no post")
    catch_up = _add(commands, "catch-up", publish_missing, "publish the weeks that have no post")
    for command in (gaps, catch_up):
        command.add_argument(
            "--since", metavar="WEEK", default="", help="the first week to look at"
        )
    catch_up.add_argument(
        "--limit", metavar="N", type=_count, default=0, help="how many weeks at most"
    )
    skip = _add(commands, "skip", skip_week, "never ask for a week again")
    unpublish = _add(commands, "unpublish", unpublish_week, "take a week's post away")
    for command in (skip, unpublish):
        command.add_argument("week", metavar="WEEK", help="such as 2025-W05, or any day in it")
    skip.add_argument("--why", default="", help="the reason, for those who ask later")
    retract = _add(commands, "retract", retract_paper, "correct each post that leans on a paper")
    retract.add_argument("paper", metavar="ARXIV-ID", help="such as 2501.15368")
    retract.add_argument("--why", required=True, help="what readers must know, in a sentence")


def _add(
    commands: Commands,
    name: str,
    act: Callable[[argparse.Namespace, Settings], int],
    words: str,
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=words,
        description=f"{words[:1].upper()}{words[1:]}.",
        epilog="Exit codes: 0 done, or nothing to do; 1 failed; 2 wrong argument or setting; "
        "3 refused, or left to a person.",
    )
    command.add_argument("--json", action="store_true", help="end standard output with JSON")
    command.add_argument("--debug", action="store_true", help="show the traceback of an error")
    command.set_defaults(act=act)
    return command


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def init(asked: argparse.Namespace, settings: Settings) -> int:
    """Write `.paperweek.toml` into the blog, unless it has one."""
    from paperweek.keeping import write_settings
    from paperweek.templating import TEMPLATES
    from paperweek.wiring import connect_kept_blog

    text = (TEMPLATES / "paperweek.toml").read_text(encoding="utf-8")
    return told(write_settings(connect_kept_blog(settings), text), asked)


def adopt_posts(asked: argparse.Namespace, settings: Settings) -> int:
    """Record the posts that were there before us, and where our weeks begin."""
    from paperweek.keeping import adopt
    from paperweek.model import Week

    settings, blog = opened(settings)
    begins = Week.parse(asked.begin) if asked.begin else None
    return told(adopt(blog, Week.containing(datetime.now(settings.zone).date()), begins), asked)


def list_gaps(asked: argparse.Namespace, settings: Settings) -> int:
    """Print the weeks that have no post, one a line."""
    from paperweek.keeping import missing_weeks

    settings, blog = opened(settings)
    weeks = [w.label for w in missing_weeks(blog, newest(settings), parsed(asked.since))]
    say(json.dumps({"weeks": weeks}) if asked.json else "\n".join(weeks) or "No week is missing.")
    return DONE


def publish_missing(asked: argparse.Namespace, settings: Settings) -> int:
    """Publish the weeks that have no post, in order, and return the code of the worst."""
    from paperweek.model import Outcome
    from paperweek.settings import prepare_prefect

    parsed(asked.since)  # a wrong week is said before anything slow starts
    settings, _ = opened(settings)
    logger.info("starting the flow on %s", prepare_prefect(debug=asked.debug))
    from flows.sunday import catch_up

    ended = catch_up(since=asked.since, limit=asked.limit)
    if asked.json:
        say(ended.as_json())
    else:
        for week in ended.weeks:
            say(f"{week.week} {week.outcome}: {week.error or week.post_path}")
        say(f"Still without a post: {', '.join(ended.left) or 'no week'}.")
    for week in ended.weeks:
        if week.error:
            say(f"paperweek: {week.error}\n{week.hint}", to=sys.stderr)
    return {Outcome.FAILED: 1, Outcome.REFUSED: Refusal.exit_code}.get(ended.outcome, DONE)


def skip_week(asked: argparse.Namespace, settings: Settings) -> int:
    """Record that nobody wants a report on the week."""
    from paperweek.keeping import skip
    from paperweek.model import Week

    return told(skip(opened(settings)[1], Week.parse(asked.week), asked.why), asked)


def unpublish_week(asked: argparse.Namespace, settings: Settings) -> int:
    """Take the week's post and data file away."""
    from paperweek.keeping import unpublish
    from paperweek.model import Week

    return told(unpublish(opened(settings)[1], Week.parse(asked.week)), asked)


def retract_paper(asked: argparse.Namespace, settings: Settings) -> int:
    """Add a correction, dated today, to each post that leans on the paper."""
    from paperweek.keeping import retract

    settings, blog = opened(settings)
    today = datetime.now(settings.zone).date()
    return told(retract(blog, asked.paper, asked.why, today), asked)


def opened(settings: Settings) -> tuple[Settings, KeptBlog]:
    """Return the settings with the blog's own below them, and the blog as they say."""
    from paperweek.keeping import BLOG_SETTINGS
    from paperweek.wiring import connect_kept_blog

    (own,) = connect_kept_blog(settings).read(BLOG_SETTINGS)
    settings = settings.with_blogs_own(own)
    return settings, connect_kept_blog(settings)


def newest(settings: Settings) -> Week:
    """Return the newest week that is complete."""
    from paperweek.model import Week

    return Week.ending_by(datetime.now(settings.zone).date())


def parsed(week: str) -> Week | None:
    """Return the week that was asked for; None where none was."""
    from paperweek.model import Week

    return Week.parse(week) if week else None


def told(deed: Deed, asked: argparse.Namespace) -> int:
    """Print what became of it; return 3 where a person's words were in the way, else 0."""
    if asked.json:
        whole = {
            "what": deed.what,
            "commit": deed.commit,
            "left": deed.left,
            "weeks": [week.label for week in deed.weeks],
            "posts": {week.label: path for week, path in deed.posts.items()},
            "begins": deed.begins.label if deed.begins else "",
        }
        say(json.dumps(whole, ensure_ascii=False))
    else:
        commit = f" (commit {deed.commit[:10]})" if deed.commit else ""
        say("\n".join([f"{deed.what}{commit}", *deed.left]))
    is_left_to_a_person = bool(deed.left) and not deed.begins
    return Refusal.exit_code if is_left_to_a_person else DONE
