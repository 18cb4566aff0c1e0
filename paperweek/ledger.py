"""What the blog itself remembers of its weeks: `.paperweek/weeks.json`, kept in its repository.

It holds only what no commit of ours tells: where our weeks begin, which posts were there before
us, and for which weeks nobody wants to be asked again. Jekyll passes over folders that begin with
a dot.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, ValidationError

from paperweek.errors import ConfigurationError
from paperweek.model import Week

LEDGER = ".paperweek/weeks.json"


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore")

    begins: str = ""
    adopted: dict[str, str] = {}
    skipped: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a person decided about the blog's weeks."""

    begins: Week | None = None
    """Our first week: none before it is ever asked for. None: the first that we published."""
    adopted: Mapping[Week, str] = field(default_factory=dict)
    """Weeks whose post was there before us, with its path."""
    skipped: Mapping[Week, str] = field(default_factory=dict)
    """Weeks that nobody wants, each with the reason that was given."""

    @classmethod
    def parse(cls, text: str | None) -> Ledger:
        """Return the ledger that this file holds; an empty one where there is no file.

        Raises ConfigurationError, which names the file, for anything else.
        """
        if text is None:
            return cls()
        try:
            read = _File.model_validate_json(text)
            return cls(
                begins=Week.parse(read.begins) if read.begins else None,
                adopted={Week.parse(label): path for label, path in read.adopted.items()},
                skipped={Week.parse(label): why for label, why in read.skipped.items()},
            )
        except (ValidationError, ConfigurationError) as error:
            first = str(error).splitlines()[0].rstrip(".")
            raise ConfigurationError(
                LEDGER,
                "",
                f"this file of the blog cannot be read ({first})",
                "Take it back to an earlier version in git.",
            ) from error

    def text(self) -> str:
        """Return the file's text: JSON, weeks in order, one final newline."""
        whole = {
            "begins": self.begins.label if self.begins else "",
            "adopted": {week.label: path for week, path in sorted(self.adopted.items())},
            "skipped": {week.label: why for week, why in sorted(self.skipped.items())},
        }
        return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"
