"""A week that an earlier run kept, as a source: no network."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from pathlib import Path

from paperweek.errors import ConfigurationError
from paperweek.model import SourceAccount, Week
from paperweek.ports import Harvest
from paperweek.snapshots import read_snapshot


class SnapshotSource:
    """One kept week. Raises ConfigurationError where the file holds none."""

    name = "snapshot"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._collection = read_snapshot(path)

    @property
    def week(self) -> Week:
        """The only week that it knows."""
        return self._collection.week

    def collect(self, week: Week, known: AbstractSet[str]) -> Harvest:  # noqa: ARG002 - it holds all there is
        """Return the kept set, with the accounts of the sources that it came from.

        Raises ConfigurationError for another week.
        """
        if week != self.week:
            raise ConfigurationError(
                "snapshot", str(self._path), f"it holds {self.week}, not {week}"
            )
        papers = self._collection.papers
        account = SourceAccount(self.name, papers=len(papers))
        return Harvest(papers, account, kept=self._collection)
