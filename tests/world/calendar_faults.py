"""What the calendar and the rules of the blog's site can do to a post."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from paperweek.errors import FutureWeek, HiddenPost
from paperweek.jekyll import SITE_CONFIG
from paperweek.model import Week
from tests.paperweek.kept_blog import weekly_post
from tests.world.blog_faults import calm, set_to
from tests.world.publishing_fault import Owed, PublishingFault
from tests.world.publishing_world import SECOND_LOOK, WEEK, End, World

Spoil = Callable[[World], AbstractContextManager[None]]

WEST, EAST = "Etc/GMT+12", "Pacific/Kiritimati"
"""Twelve hours behind UTC, and fourteen ahead of it."""


def calendar_faults() -> Sequence[PublishingFault]:
    """Return them all: New Year, the ends of the world, and what Jekyll drops without a word."""
    return [*_new_years(), *_zones(), *_rules()]


def _new_years() -> Sequence[PublishingFault]:
    days = {
        "the last Sunday of the year": date(2024, 12, 29),
        "the first Sunday of the year": date(2025, 1, 5),
        "a year of 53 weeks ends in January": date(2021, 1, 3),
        "the next year of 53 weeks": date(2027, 1, 3),
    }
    weeks = ["2024-W52", "2025-W01", "2020-W53", "2026-W53"]
    single = [
        PublishingFault(
            f"New Year: {name}, is {label}",
            calm,
            Owed.PUBLISHED,
            runs=on_days(day),
            again=again_on(day),
            weeks=(Week.parse(label),),
        )
        for (name, day), label in zip(days.items(), weeks, strict=True)
    ]
    row = [date(2020, 12, 27), date(2021, 1, 7), date(2021, 1, 10)]
    return [
        *single,
        PublishingFault(
            "New Year: a Sunday, a late Thursday, a Sunday: 2020-W52 to 2021-W01",
            calm,
            Owed.PUBLISHED,
            runs=on_days(*row),
            again=again_on(row[-1]),
            weeks=(Week(2020, 52), Week(2020, 53), Week(2021, 1)),
        ),
    ]


def on_days(*days: date | datetime) -> Callable[[World], Sequence[End]]:
    """Return runs on these days that are told no week."""
    return lambda it: [it.run(None, today=day) for day in days]


def again_on(day: date | datetime) -> Callable[[World], End]:
    """Return a run on the day that is told no week."""
    return lambda it: it.run(None, today=day, later=SECOND_LOOK)


def _zones() -> Sequence[PublishingFault]:
    sunday = datetime.combine(WEEK.sunday, datetime.min.time(), UTC)
    return [
        PublishingFault(
            "Sunday here, Saturday in the site's zone (UTC-12)",
            sited(f"timezone: {WEST}\n"),
            Owed.NAMED,
            HiddenPost,
            "lies ahead in the site's zone.*Mend that",
            runs=on_days(sunday + timedelta(hours=11)),
            again=again_on(sunday + timedelta(hours=13)),
            weeks=(WEEK,),
        ),
        PublishingFault(
            "Sunday in the owner's zone (UTC+14), Saturday for the site",
            set_to(timezone=EAST),
            Owed.NAMED,
            HiddenPost,
            "lies ahead",
            runs=lambda it: [it.run(WEEK, today=sunday - timedelta(hours=13))],
            again=lambda it: it.run(WEEK, today=sunday, later=SECOND_LOOK),
        ),
        PublishingFault(
            "Saturday there, but the site shows what lies ahead",
            sited("future: true\n"),
            Owed.PUBLISHED,
            runs=lambda it: [set_in_the_east(it, sunday - timedelta(hours=13))],
        ),
        PublishingFault(
            "Sunday in both zones, UTC+14 and a site there",
            sited(f"timezone: {EAST}\n"),
            Owed.PUBLISHED,
            runs=lambda it: [set_in_the_east(it, sunday - timedelta(hours=13))],
        ),
        PublishingFault(
            "Saturday in the owner's zone (UTC-12), the week is asked for",
            set_to(timezone=WEST),
            Owed.NAMED,
            FutureWeek,
            "Wait for its Sunday",
            runs=lambda it: [it.run(WEEK, today=sunday + timedelta(hours=11))],
        ),
    ]


def set_in_the_east(it: World, now: datetime) -> End:
    """Run for an owner whose day begins first."""
    with set_to(timezone=EAST)(it):
        return it.run(None, today=now)


def sited(config: str) -> Spoil:
    """Let the site's configuration hold this."""

    @contextmanager
    def spoil(it: World) -> Iterator[None]:
        it.by_hand({SITE_CONFIG: config})
        yield

    return spoil


def _rules() -> Sequence[PublishingFault]:
    rival = f"---\ndate: {WEEK.sunday}\ntitle: A walk\n---\nWords.\n"
    return [
        PublishingFault(
            "the post's front matter does not read",
            calm,
            Owed.NAMED,
            HiddenPost,
            "front matter does not read",
            runs=unreadable,
        ),
        PublishingFault(
            "another post has its address",
            rivalled(f"weekly-report/_posts/{WEEK.sunday}-weekly-report.md", rival),
            Owed.NAMED,
            HiddenPost,
            "already has its address",
        ),
        PublishingFault(
            "a page has its address",
            rivalled(f"weekly-report/{WEEK.sunday:%Y/%m/%d}/weekly-report.html", "<p>Mine.</p>\n"),
            Owed.NAMED,
            HiddenPost,
            "already has its address",
        ),
        PublishingFault(
            "the site's configuration does not read", sited("title: [\n"), Owed.PUBLISHED
        ),
    ]


def unreadable(it: World) -> Sequence[End]:
    """Publish a post that Jekyll would drop."""
    post = weekly_post(WEEK, "2501.00001")
    return [it.run(post=replace(post, text=post.text.replace("title: ", "title: [", 1)))]


def rivalled(path: str, text: str) -> Spoil:
    """Let a person's file have the post's address, and take it away in the end."""

    @contextmanager
    def spoil(it: World) -> Iterator[None]:
        it.by_hand({path: text})
        yield
        it.by_hand({path: None})

    return spoil
