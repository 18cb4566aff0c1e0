"""The bundled sample as a source: consecutive weeks of invented papers, labelled as such."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from pathlib import Path

from paperweek.errors import ConfigurationError
from paperweek.model import SourceAccount, Week
from paperweek.ports import Harvest
from paperweek.snapshots import read_snapshot

FOLDER = Path(__file__).parents[1] / "samples"


class SampleSource:
    """The weeks of invented papers that ship with the product."""

    name = "sample"

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = {Week.parse(file.stem): file for file in sorted(folder.glob("*.json"))}

    @property
    def weeks(self) -> tuple[Week, ...]:
        """The weeks that it knows, the earliest first."""
        return tuple(sorted(self._files))

    def collect(self, week: Week, known: AbstractSet[str]) -> Harvest:  # noqa: ARG002 - it holds all there is
        """Return the sample's week. Raises ConfigurationError for one that it does not hold."""
        if week not in self._files:
            held = ", ".join(w.label for w in self.weeks)
            raise ConfigurationError("week", week.label, f"the bundled sample holds only {held}")
        kept = read_snapshot(self._files[week])
        return Harvest(kept.papers, SourceAccount(self.name, papers=len(kept.papers)), kept=kept)
