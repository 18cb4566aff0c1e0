"""`paperweek preview [WEEK]`: the post as a page, at once and without Prefect."""

from __future__ import annotations

import argparse
import logging
import webbrowser
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paperweek.errors import ConfigurationError

if TYPE_CHECKING:
    from paperweek.model import Post
    from paperweek.settings import Settings

    Commands = argparse._SubParsersAction[Any]  # noqa: SLF001 - argparse names it nowhere else

logger = logging.getLogger(__name__)

EARLIER_WEEKS = 4


def add_to(commands: Commands) -> None:
    """Add the command to the others."""
    preview = commands.add_parser(
        "preview",
        help="write the report on one week as an HTML page, and publish nothing",
        description="Collect, select, write and render, without Prefect; the blog is only read.",
    )
    preview.add_argument(
        "week", metavar="WEEK", nargs="?", default="", help="left out, the week that just ended"
    )
    preview.add_argument("--offline", action="store_true", help="take the bundled sample")
    preview.add_argument("--snapshot", metavar="FILE", default="", help="take a kept week")
    preview.add_argument("--out", metavar="FILE", type=Path, help="where the page goes")
    preview.add_argument("--open", action="store_true", help="open it in a browser")
    preview.add_argument("--debug", action="store_true", help="show the traceback of an error")
    preview.set_defaults(act=act)


def act(asked: argparse.Namespace, settings: Settings) -> int:
    """Write the page, say where it lies, and return the exit code."""
    from paperweek.previewing import page_of

    post = drafted(asked, settings)
    page: Path = asked.out or settings.cache_dir / "previews" / f"{post.week}.html"
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(page_of(post), encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            "--out", str(page), f"it can't be written ({error.strerror})", "Name another file."
        ) from error
    print(page)
    if asked.open and not webbrowser.open(page.resolve().as_uri()):
        logger.warning("no browser was found: open the page by hand")
    return 0


def drafted(asked: argparse.Namespace, settings: Settings) -> Post:
    """Return the week's post as a run would publish it."""
    import functools

    from paperweek.collecting import collect
    from paperweek.editions import choose_week
    from paperweek.finishing import finish
    from paperweek.rendering import render_post
    from paperweek.selection import select
    from paperweek.wiring import connect

    house = connect(settings, offline=asked.offline, snapshot=asked.snapshot, rehearse=True)
    today = datetime.now(settings.zone).date()
    week = choose_week(asked.week, today, house.weeks, preview=True)
    collection = collect(week, house.sources)
    selection = select(collection, house.blog.earlier_weeks(week, EARLIER_WEEKS), **settings.choice)
    render = functools.partial(
        render_post, path_pattern=settings.post_path, category=settings.category
    )
    return finish(house.writer.write(selection), render)
