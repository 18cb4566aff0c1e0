"""The cues of `cues.toml`, compiled: by which words a sentence shows what it is."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from paperweek.errors import RenderingError


def cue(name: str) -> re.Pattern[str]:
    """Return the pattern that finds any word of the cue, whole and in any case."""
    return re.compile(rf"\b(?:{alternatives(name)})\b", re.IGNORECASE)


def alternatives(name: str) -> str:
    """Return the words of the cue as the inside of a regular expression's group, longest first.

    Raises RenderingError where `cues.toml` has no such cue.
    """
    try:
        words = _tables()[name]["words"]
    except KeyError as error:
        raise RenderingError("cues.toml", f"it has no cue named {name}") from error
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\*", r"\w*") for word in longest_first)


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("paperweek").joinpath("cues.toml").read_text(encoding="utf-8"))
