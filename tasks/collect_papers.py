"""Collect the week's set from every source, and keep it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from paperweek.collecting import collect
from paperweek.model import Collection, Week
from paperweek.ports import PaperSource
from paperweek.snapshots import keep_snapshot

logger = logging.getLogger(__name__)


@task(cache_policy=NO_CACHE, persist_result=False)
def collect_papers(week: Week, sources: Sequence[PaperSource], cache: Path) -> Collection:
    """Return the merged week. The sources try again by themselves, within their own limits."""
    logger.info("collect: asking %s for %s", " and ".join(s.name for s in sources), week)
    collection = collect(week, sources)
    # An invented week must never be taken for the real one of the same number.
    kept = keep_snapshot(collection, cache / "sample" if collection.invented else cache)
    logger.info(
        "collect: %d papers, %d of them listed, %d withdrawn, silent: %s; kept in %s",
        len(collection.papers),
        len(collection.listed),
        len(collection.withdrawn),
        ", ".join(collection.silent_sources) or "none",
        kept,
    )
    return collection
