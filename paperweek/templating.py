"""The one Jinja environment: every word of frame that a reader sees comes through here.

Undefined values are errors, nothing is escaped behind anybody's back (who renders Markdown or
YAML escapes by an explicit filter), and line ends are LF on every platform.
"""

from __future__ import annotations

import re
import zlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError

from paperweek.errors import RenderingError

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
"""The folder beside the library, in a checkout, an editable install and a wheel alike."""

_WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


@cache
def environment() -> Environment:
    """Return the environment that renders all templates."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - the output is Markdown; escaping is explicit, see escaping.py
        keep_trailing_newline=True,
        newline_sequence="\n",
    )
    env.filters["sentence_case"] = sentence_case
    env.filters["title_number"] = lambda text: sentence_case(str(text))
    return env


@cache
def _frames(name: str) -> tuple[Template, ...]:
    env = environment()
    try:
        wordings = getattr(env.get_template("frames.j2").module, name)
        return tuple(env.from_string(wording) for wording in wordings)
    except (TemplateError, AttributeError) as error:
        raise RenderingError("frames.j2", f"{name}: {error}") from error


def phrase(name: str, turn: int, **values: str) -> str:
    """Return the frame `name` with its values filled in, in the wording whose turn it is.

    Wordings go round: the next `turn` gives the next one, and frames start at different places,
    so that two posts that share one wording seldom share another. Raises RenderingError for a
    frame that does not exist or lacks a value.
    """
    wordings = _frames(name)
    chosen = wordings[(zlib.crc32(name.encode()) + turn) % len(wordings)]
    try:
        return chosen.render(values)
    except TemplateError as error:
        raise RenderingError("frames.j2", f"{name}: {error}") from error


def rendered(template: str, **values: object) -> str:
    """Return the template, a path below `templates/`, with its values filled in.

    Raises RenderingError where it is missing, broken or lacks a value.
    """
    try:
        return environment().get_template(template).render(values)
    except TemplateError as error:
        raise RenderingError(template, str(error)) from error


def wordings_of(name: str) -> int:
    """Return how many wordings the frame has."""
    return len(_frames(name))


def sentence_case(text: str) -> str:
    """Return the text with a capital first letter, unless its first word has capitals inside."""
    return text if re.match(r"[a-z]+[A-Z0-9]", text) else text[:1].upper() + text[1:]


def in_words(number: float) -> str:
    """Return a whole number as prose writes it: up to ten in words, else in digits."""
    whole = int(number)
    return _WORDS[whole] if 0 <= whole < len(_WORDS) else f"{whole:,}"
