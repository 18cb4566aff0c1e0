"""What a post that is written anew says of its former self. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from paperweek.datafile import Correction, DataFile, read_data_file
from paperweek.model import Report


@dataclass(frozen=True, slots=True)
class Amendments:
    """What a new text of a published week owes its readers."""

    changes: str = ""
    """One sentence that says what changed."""
    corrections: tuple[Correction, ...] = ()
    """What was said of papers that the new text leans on too."""


def amendments(published: str | None, report: Report, on: date) -> Amendments:
    """Return what the report, replacing the week whose data file this is, has to say.

    Where nothing changed, that is what the published text says already, whatever the day.
    """
    try:
        before = read_data_file(published) if published else None
    except ValueError:
        before = None
    if not before:
        return Amendments()
    cited = set(report.cited)
    corrections = tuple(c for c in before.corrections if c.id in cited)
    if _said(before) == [sentence.text for sentence in report.sentences]:
        return Amendments(before.changes, corrections)
    parts = [
        f"{len(cited)} papers are cited, {len(before.cited)} were before",
        f"{len(cited - before.cited)} of them are new and {len(before.cited - cited)} are gone",
    ]
    if report.writer != before.writer:
        parts.append(f"the writer was {before.writer}")
    return Amendments(f"Written anew on {on}: {'; '.join(parts)}.", corrections)


def _said(data: DataFile) -> list[str]:
    return [
        sentence.text
        for section in data.sections
        for sentences in section.paragraphs
        for sentence in sentences
    ]


def with_correction(data: str, correction: Correction) -> str:
    """Return the text of the data file with one more correction; unknown fields stay."""
    whole = json.loads(data)
    whole["corrections"] = [*whole.get("corrections", []), correction.model_dump()]
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"
