"""Sections that were bought and verified, kept in the cache: none is bought twice."""

from __future__ import annotations

import hashlib
import json
import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path

from paperweek.evidence import Evidence
from paperweek.model import Citation, Kind, Sentence

SCHEMA = 1

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeptSections:
    """Verified sections by what they were bought for. A cache that fails only costs money."""

    folder: Path

    def key(self, evidence: Evidence, *asked: str) -> str:
        """Return the digest of the evidence and of whatever else decides what is written."""
        ids = [exhibit.arxiv_id for exhibit in evidence.papers]
        parts = [SCHEMA, evidence.heading.value, evidence.text, ids, evidence.quiet, *asked]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]

    def get(self, key: str) -> tuple[Sentence, ...]:
        """Return the section's sentences; none where it is not kept or can't be read."""
        try:
            kept = json.loads((self.folder / f"{key}.json").read_bytes())
            return tuple(
                Sentence(
                    text=str(said["text"]),
                    kind=Kind(said["kind"]),
                    citations=tuple(Citation(*map(str, c)) for c in said["citations"]),
                    statistics=tuple(map(str, said["statistics"])),
                )
                for said in kept["sentences"]
            )
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            _logger.warning("A kept section can't be read: %s", type(error).__name__)
            return ()

    def keep(self, key: str, said: tuple[Sentence, ...]) -> None:
        """Keep a verified section, whole or not at all."""
        content = [
            {
                "text": sentence.text,
                "kind": sentence.kind.value,
                "citations": [[c.arxiv_id, c.words, c.anchor] for c in sentence.citations],
                "statistics": list(sentence.statistics),
            }
            for sentence in said
        ]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", dir=self.folder, prefix=f".{key}.", delete=False
            ) as file:
                json.dump({"sentences": content}, file, ensure_ascii=False)
            Path(file.name).replace(self.folder / f"{key}.json")
        except OSError as error:
            _logger.warning("A section can't be kept: %s", type(error).__name__)
