"""One week through the library alone, without Prefect: `python -m tests.world.library_run WEEK`.

Settings come from the environment. Nothing is pushed: the post is left in the cache, as for a
rehearsal. The last line of standard output is one JSON object with what the benchmark wants.
"""

from __future__ import annotations

import json
import sys
import time

from paperweek.collecting import collect
from paperweek.model import Week
from paperweek.rendering import render_post
from paperweek.selection import select
from paperweek.settings import Settings
from paperweek.snapshots import keep_snapshot
from paperweek.wiring import connect

EARLIER_WEEKS = 4


def main(arguments: list[str] | None = None) -> int:
    """Write the week's post into the cache and say what it took."""
    (label,) = sys.argv[1:] if arguments is None else arguments
    settings, week = Settings.from_environment(), Week.parse(label)
    house = connect(settings, rehearse=True)
    begun = time.perf_counter()
    collection = collect(week, house.sources)
    collected = time.perf_counter() - begun
    keep_snapshot(collection, settings.cache_dir)
    earlier = house.blog.earlier_weeks(week, EARLIER_WEEKS)
    selection = select(collection, earlier, size=settings.papers_per_report)
    report = house.writer.write(selection)
    post = render_post(report, path_pattern=settings.post_path, category=settings.category)
    publication = house.blog.publish(post)
    said = {
        "outcome": publication.outcome,
        "papers": len(collection.papers),
        "silent_sources": collection.silent_sources,
        "collect_seconds": collected,
        "calls": report.usage.calls,
        "tokens_in": report.usage.tokens_in,
        "tokens_out": report.usage.tokens_out,
    }
    sys.stdout.write(f"{json.dumps(said)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
