"""Let the writer say what the selected papers say."""

from __future__ import annotations

import logging

from prefect import task
from prefect.cache_policies import NO_CACHE

from paperweek.model import Report, Selection
from paperweek.ports import Writer

logger = logging.getLogger(__name__)


@task(cache_policy=NO_CACHE, persist_result=False)
def write_report(selection: Selection, writer: Writer) -> Report:
    """Return the eight sections."""
    report = writer.write(selection)
    logger.info(
        "write: %d sentences by %s, %d papers cited, %d sentences dropped",
        sum(1 for _ in report.sentences),
        report.writer,
        len(report.cited),
        len(report.dropped),
    )
    return report
