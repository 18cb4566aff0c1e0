"""A stranger's text, made safe where it is printed: Markdown, addresses, YAML.

Paper titles, abstracts, names and a model's sentences may hold anything: Liquid that stops the
blog's build, tables, attribute lists, scripts, mathematics. In Markdown every character that could
mean something becomes a numeric entity. Backslashes would not do: kramdown does not know half of
them, and Liquid ignores them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from urllib.parse import quote, unquote, urlsplit

import yaml

from paperweek.model import ARXIV_ID
from paperweek.text import fold

CODE_HOSTS = frozenset(
    {"github.com", "gitlab.com", "huggingface.co", "codeberg.org", "bitbucket.org"}
)
"""The only hosts that a code link may lead to."""

_SPECIAL = frozenset("\\`*_{}[]()#+-.!|<>&$~^:\"'=%@/")
"""Every ASCII character that kramdown, Liquid, KaTeX or a Markdown dialect may act upon."""

_JOINING = frozenset("-./")
"""Mean nothing between two letters or digits, where plain they keep the file readable."""

_NOT_TEXT = re.compile(
    "[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane * 0x10000 + end) for plane in range(1, 17) for end in (0xFFFE, 0xFFFF))
    + "]"
)
"""Lone surrogates, which no UTF-8 file may hold, and noncharacters, which nobody sees."""


def clean(text: str) -> str:
    r"""Return the text as it may be printed: NFC, white space folded, nothing that is unseen.

    Idempotent. What cannot be written in UTF-8 becomes U+FFFD.

    >>> clean("two\u2028lines, \u202egnp.exe")
    'two lines, gnp.exe'
    """
    return fold(_NOT_TEXT.sub("\ufffd", text))


def escape_each(text: str) -> list[str]:
    """Return the Markdown for each character of a clean text: itself, or a numeric entity.

    As a list, so that a link can be laid around any part of the text. Safe at the start of a line,
    in a table cell and between the brackets of a link, in kramdown, CommonMark and Liquid.
    """
    return [
        _entity(char) if char in _SPECIAL and not _is_harmless(text, at) else char
        for at, char in enumerate(text)
    ]


def escape(text: str) -> str:
    """Return Markdown that shows exactly this text, cleaned, and means nothing else.

    >>> escape("state-of-the-art {{ site.title }} | 5% up.")
    'state-of-the-art &#123;&#123; site.title &#125;&#125; &#124; 5% up.'
    """
    return "".join(escape_each(clean(text)))


def _entity(char: str) -> str:
    # KaTeX reads the page after entities are gone, but never looks across an element's edge.
    return "<span>&#36;</span>" if char == "$" else f"&#{ord(char)};"


def _is_harmless(text: str, at: int) -> bool:
    """Tell whether a special character means nothing here, so that plain prose stays readable."""
    char, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if char in "()":
        return char == "(" or not text[:at].isdigit()
    if before.isalnum() and after.isalnum() and char in _JOINING:
        return True
    follows_a_word = before.isalnum() or before in {")", "%", "”", "’"}
    if char == ".":
        ends_it = after in {"", " ", ")", "”", "’"}
        return follows_a_word and ends_it and not text[:at].isdigit()
    if char == ":":
        return follows_a_word and after == " "
    return char == "%" and before.isdigit()


def paper_url(arxiv_id: str) -> str:
    """Return the paper's abstract page; empty where the id is not one that arXiv gives.

    >>> paper_url("2501.15368"), paper_url("2501.15368](javascript:alert(1))")
    ('https://arxiv.org/abs/2501.15368', '')
    """
    return f"https://arxiv.org/abs/{arxiv_id}" if ARXIV_ID.fullmatch(arxiv_id) else ""


def code_url(address: str) -> str:
    """Return a code repository's address, rebuilt from its parts; empty where it is not trusted.

    Only https, only `CODE_HOSTS`, no port, user, query or fragment; the path percent-encoded.

    >>> code_url("https://github.com/a/b_c?tab=readme"), code_url("https://github.com.evil.io/a/b")
    ('https://github.com/a/b_c', '')
    """
    try:
        parts = urlsplit(clean(address))
    except ValueError:
        return ""
    segments = unquote(parts.path).strip("/").split("/")
    if parts.scheme != "https" or parts.netloc.lower() not in CODE_HOSTS:
        return ""
    if any(segment.strip() in {"", ".", ".."} for segment in segments):
        return ""
    return f"https://{parts.netloc.lower()}/{'/'.join(quote(clean(s), safe='') for s in segments)}"


class _Quoted(str):
    """A string that YAML writes between double quotes."""

    __slots__ = ()


class _FrontMatterDumper(yaml.SafeDumper):
    """A dumper of its own, so that how it quotes is nobody else's concern."""


_FrontMatterDumper.add_representer(
    _Quoted,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"'),
)


def front_matter(values: Mapping[str, str | date | bool], *, quoted: frozenset[str]) -> str:
    """Return a post's front matter with both its `---` lines, in the mapping's order.

    Values under the `quoted` keys stand between double quotes. Reading it back gives `values`.
    """
    body = yaml.dump(
        {k: _Quoted(v) if k in quoted and isinstance(v, str) else v for k, v in values.items()},
        Dumper=_FrontMatterDumper,
        sort_keys=False,
        allow_unicode=True,
        width=float("inf"),
    )
    return f"---\n{body}---\n"
