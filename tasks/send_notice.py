"""Tell the owner. What was published stays published, whatever becomes of the notice."""

from __future__ import annotations

import logging
from dataclasses import replace

from prefect import task
from prefect.cache_policies import NO_CACHE

from paperweek.announcing import announce
from paperweek.ports import Notifier
from paperweek.summary import Summary

logger = logging.getLogger(__name__)


@task(cache_policy=NO_CACHE, persist_result=False)
def send_notice(summary: Summary, notifier: Notifier) -> Summary:
    """Return the summary with what became of its notice. Never raises for a notice."""
    fate = announce(summary, notifier)
    logger.info("notice: %s", fate)
    return replace(summary, notice=fate)
