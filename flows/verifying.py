"""`paperweek verify POST`: hold any post against a week's papers, without Prefect."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.progress import say
from paperweek.errors import ConfigurationError, PublishingError

if TYPE_CHECKING:
    from paperweek.model import Collection, PublishedWeek, Week
    from paperweek.settings import Settings

    Commands = argparse._SubParsersAction[Any]  # noqa: SLF001 - argparse names it nowhere else

CLEAN, FINDINGS = 0, 1
MOST_EARLIER = 8


def add_to(commands: Commands) -> None:
    """Add the command to the others."""
    verify = commands.add_parser(
        "verify",
        help="hold any Markdown post against a week's papers",
        description="Check a post, ours or anyone's: names, numbers, links, sources, form.",
        epilog="Exit codes: 0 clean; 1 findings; 2 wrong argument or setting. The week's papers "
        "are read from --snapshot, else from the cache, else collected.",
    )
    verify.add_argument("post", metavar="POST", type=Path, help="the post's Markdown file")
    verify.add_argument("--week", default="", help="the week; left out, that of the post's date")
    verify.add_argument("--snapshot", type=Path, metavar="FILE", help="the week's papers")
    verify.add_argument(
        "--against",
        type=Path,
        metavar="FILE",
        nargs="*",
        default=[],
        help="other posts: phrases that stand in them too are warnings",
    )
    verify.add_argument("--json", action="store_true", help="print the findings as JSON")
    verify.add_argument("--debug", action="store_true", help="show the traceback of an error")
    verify.set_defaults(act=verify_one)


def verify_one(asked: argparse.Namespace, settings: Settings) -> int:
    """Print what is found in the post and return the exit code."""
    from paperweek.selection import select
    from paperweek.verification import describe, verify_post

    text = read(asked.post)
    collection = papers(asked, settings, week_of(asked, text))
    week = collection.week
    others = [read(path) for path in asked.against]
    earlier = published_beside(asked.post, week) or published_in_blog(settings, week)
    selection = select(collection, earlier) if earlier else collection
    findings = verify_post(text, selection, week, others, path=asked.post.name)
    wrong = [finding for finding in findings if not finding.warning]
    if asked.json:
        found = {
            "post": str(asked.post),
            "week": week.label,
            "clean": not wrong,
            "findings": [asdict(finding) for finding in findings],
        }
        say(json.dumps(found, ensure_ascii=False))
    else:
        for finding in findings:
            say(describe(finding))
        noun = "finding" if len(wrong) == 1 else "findings"
        say(f"{asked.post}: {len(wrong)} {noun} against {len(collection.papers)} papers of {week}")
    return FINDINGS if wrong else CLEAN


def read(path: Path) -> str:
    """Return a post's text. Raises ConfigurationError where there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            "POST", str(path), f"it can't be read ({error})", "Name a Markdown file in UTF-8."
        ) from error


def week_of(asked: argparse.Namespace, text: str) -> Week | None:
    """Return the week asked for, else that of the post's own date; None where neither is there."""
    from paperweek.model import Week
    from paperweek.reading import read_post

    if asked.week:
        return Week.parse(asked.week)
    if asked.snapshot:
        return None
    date = str(read_post(text).front_matter.get("date", ""))[:10]
    return Week.parse(date or asked.post.name[:10])


def papers(asked: argparse.Namespace, settings: Settings, week: Week | None) -> Collection:
    """Return the week's papers: from the file given, the cache, the sample or the sources."""
    from paperweek.collecting import collect
    from paperweek.snapshots import keep_snapshot, read_snapshot
    from paperweek.wiring import connect_sources

    if asked.snapshot:
        return read_snapshot(asked.snapshot)
    if week is None:
        raise ConfigurationError("--week", "", "the post has no date to tell its week by")
    kept = settings.cache_dir / "snapshots" / f"{week}.json"
    if kept.exists():
        return read_snapshot(kept)
    say(f"collecting {week}, which is not in the cache", to=sys.stderr)
    sources, _ = connect_sources(settings)
    collection = collect(week, sources)
    keep_snapshot(collection, settings.cache_dir)
    return collection


def published_beside(post: Path, week: Week) -> tuple[PublishedWeek, ...]:
    """Return the earlier weeks of the blog that the post lies in, newest first, as far as known."""
    from paperweek.datafile import read_data_file

    weeks: list[PublishedWeek] = []
    for path in sorted(post.resolve().parent.parent.glob("assets/weekly-report/*.json")):
        try:
            published = read_data_file(path.read_text(encoding="utf-8")).published_week()
        except (OSError, ValueError):
            continue  # somebody else's file: it says nothing of our weeks
        if published.week < week:
            weeks.append(published)
    return tuple(sorted(weeks, key=lambda published: published.week, reverse=True))


def published_in_blog(settings: Settings, week: Week) -> tuple[PublishedWeek, ...]:
    """Return the earlier weeks of the blog that is set; none where it can't be asked."""
    from paperweek.wiring import connect_blog

    try:
        return connect_blog(settings, rehearse=True).earlier_weeks(week, MOST_EARLIER)
    except PublishingError as error:
        say(f"no earlier weeks to compare with: {error}", to=sys.stderr)
        return ()
