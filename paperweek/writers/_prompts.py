"""The words in which a language model is asked, from `templates/prompts`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache

from paperweek.drafts import Judged, VoiceOfWriter
from paperweek.evidence import Evidence
from paperweek.templating import TEMPLATES, rendered

_FOLDER = "prompts"
_LONGEST_REJECTED = 240
_MOST_REJECTED = 8


@cache
def prompt_version() -> str:
    """Return the version of the prompts: the digest of their files, so that none goes unsaid."""
    digest = hashlib.sha256()
    for path in sorted((TEMPLATES / _FOLDER).glob("*.j2")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"1.{digest.hexdigest()[:8]}"


def instructions(voice: VoiceOfWriter) -> str:
    """Return what the model is told before every section."""
    return rendered(f"{_FOLDER}/instructions.txt.j2", voice=voice.value).strip()


def request(evidence: Evidence) -> str:
    """Return the request for one section: the brief, then the evidence as data."""
    return rendered(
        f"{_FOLDER}/section.txt.j2",
        heading=evidence.heading.value,
        quiet=evidence.quiet,
        data=evidence.text,
    ).strip()


def mending(evidence: Evidence, failed: Iterable[Judged]) -> str:
    """Return the request for new sentences in the place of those that failed, with the reasons."""
    rejected = [
        {"text": judged.sentence.text[:_LONGEST_REJECTED], "because": "; ".join(judged.reasons)}
        for judged in list(failed)[:_MOST_REJECTED]
    ]
    return rendered(
        f"{_FOLDER}/mend.txt.j2",
        heading=evidence.heading.value,
        rejected=json.dumps(rejected, ensure_ascii=False),
        data=evidence.text,
    ).strip()
