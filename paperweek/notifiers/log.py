"""The notifier of those who have no channel: the notice is a line in the log."""

from __future__ import annotations

import logging

from paperweek.notices import Notice

logger = logging.getLogger(__name__)


class Log:
    """Writes each notice to the log, at INFO."""

    name = "the log"

    def send(self, notice: Notice) -> None:
        """Log the notice in one line."""
        said = (notice.headline, *notice.lines, *notice.details)
        logger.info("notice: %s", " ".join(filter(None, said)))
