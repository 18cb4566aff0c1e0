"""One week through the library alone, without Prefect: `python -m tests.world.library_run WEEK`.

Settings come from the environment. Nothing is pushed: the post is left in the cache, as for a
rehearsal; `--publish` brings it into the blog, which is asked first. The last line of standard
output is one JSON object with what the benchmark wants.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

from paperweek.collecting import collect
from paperweek.model import Week
from paperweek.rendering import render_post
from paperweek.selection import select
from paperweek.settings import Settings
from paperweek.snapshots import keep_snapshot
from paperweek.wiring import House, connect

EARLIER_WEEKS = 4


def main(arguments: list[str] | None = None) -> int:
    """Write the week's post, unless the blog has it, and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("week", type=Week.parse)
    parser.add_argument("--offline", action="store_true", help="take the bundled sample")
    parser.add_argument("--publish", action="store_true", help="bring it into the blog")
    asked = parser.parse_args(arguments)
    settings = Settings.from_environment()
    house = connect(settings, offline=asked.offline, rehearse=not asked.publish)
    if standing := house.blog.standing(asked.week):
        said = {"outcome": standing.outcome, "papers": 0, "silent_sources": ()}
    else:
        said = write(asked.week, house, settings)
    sys.stdout.write(f"{json.dumps(said)}\n")
    return 0


def write(week: Week, house: House, settings: Settings) -> dict[str, Any]:
    """Write the week's post and return what it took."""
    begun = time.perf_counter()
    collection = collect(week, house.sources)
    collected = time.perf_counter() - begun
    keep_snapshot(collection, settings.cache_dir)
    earlier = house.blog.earlier_weeks(week, EARLIER_WEEKS)
    selection = select(collection, earlier, size=settings.papers_per_report)
    report = house.writer.write(selection)
    post = render_post(report, path_pattern=settings.post_path, category=settings.category)
    publication = house.blog.publish(post)
    return {
        "outcome": publication.outcome,
        "papers": len(collection.papers),
        "silent_sources": collection.silent_sources,
        "collect_seconds": collected,
        "calls": report.usage.calls,
        "tokens_in": report.usage.tokens_in,
        "tokens_out": report.usage.tokens_out,
    }


if __name__ == "__main__":
    sys.exit(main())
