"""Tell the owner. What was published stays published, whatever becomes of the notice."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from paperweek.announcing import announce, announce_owed
from paperweek.ports import Blog, Notifier, Owing
from paperweek.summary import Summary

logger = logging.getLogger(__name__)


@task(cache_policy=NO_CACHE, persist_result=False)
def send_notice(
    summary: Summary,
    notifier: Notifier,
    blog: Blog,
    now: datetime,
    place: Sequence[str],
    *,
    by_hand: bool = False,
) -> Summary:
    """Return the summary with what became of its notice. Never raises for a notice.

    A blog that remembers what nobody was told of is asked, so that what a run that died left
    untold is told now. `now` is in UTC, `place` what `Summary.on` takes; `by_hand` says that a
    person waits for an answer, even that there was nothing to do.
    """
    if isinstance(blog, Owing) and blog.owes_notices:
        fate = announce_owed(summary, blog, notifier, now, place)
    else:
        fate = announce(summary, notifier)
    if fate == "none" and by_hand:
        fate = announce(summary, notifier, by_hand=True)
    logger.info("notice: %s", fate)
    return replace(summary, notice=fate)
