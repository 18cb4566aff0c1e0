"""Plain text out of what papers call text: folded, free of markup, cut into sentences.

Pure functions on strings. `readable` never invents or drops a word of prose: it turns LaTeX into
the Unicode that a reader sees, and takes away marks that are not words.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
"""Soft hyphen, zero-width and bidirectional controls, and the tags that can hide whole sentences:
they change what a reader sees, or a program reads, unseen.

The joiners U+200C and U+200D stay: Persian words and emoji are made with them.
"""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SPACE = re.compile(r"\s+")

_MATH = re.compile(
    r"\$\$?(?=[^\s$])((?:\\.|[^$\\])*?)(?<=[^\s$])\$\$?(?!\d)"  # dollars that hug their content
    r"|\$([^$]*?[\\^_][^$]*)\$"  # or anything that only mathematics would hold
)
"""A span of mathematics; `from $5 to $10` is money."""

_MACRO = re.compile(
    r"\\(?:text(?:bf|it|tt|sc|rm|sf|normal|up|sl)?|emph|underline|mathrm|mathbf|mbox|uline|ttfamily"
    r"|textsuperscript|textsubscript)\s*\{([^{}]*)\}"
)
_LINK_MACRO = re.compile(r"\\href\s*\{[^{}]*\}\s*\{([^{}]*)\}|\\url\s*\{([^{}]*)\}")
_REFERENCE = re.compile(r"~?\\(?:cite[tp]?|ref|footnote|label)\*?(?:\[[^\]]*\])?\{[^{}]*\}")
_ACCENT = re.compile(r"""\\(?:["'`^~=.]\{?[A-Za-z]\}?|[Hckvur]\{[A-Za-z]\}|(?:ss|ae|oe|o|l)\b)""")
_ESCAPED = re.compile(r"\\([%&_#${}])")
_SYMBOL = re.compile(
    r"\\(?:times|sim|approx|leq?|geq?|pm|to|rightarrow|alpha|beta|gamma|lambda|mu|sigma|tau|pi|epsilon"
    r"|varepsilon|theta|delta|rho|phi|psi|omega|eta|kappa|ell|infty|cdot|ldots|dots|circ)(?![A-Za-z])"
)
_FUNCTION = re.compile(r"\\(log|ln|exp|min|max|sin|cos|poly)\s+(?=\w)")
"""A function's name before its argument: what sets it would swallow the blank between them."""
_POWER = re.compile(r"\^\{(?![\dn+-]+\})([^{}]+[+-][^{}]+)\}")
"""A sum in the exponent: its braces must not be lost, n^{2-ε} is no n²-ε."""
_TIE = re.compile(r"(?<=[\w.)])~(?=[\w(])")
_THIN_SPACE = re.compile(r"\\[,;:! ]")
_TEX_QUOTES = re.compile(r"``([^`']*)''|`([^`']*)'(?!\w)")
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]+)\]\((?:https?:[^()\s]*)\)")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3}|_{2})(?=\S)([^*_]+?)(?<=\S)\1(?![\w*])")
_TAG = re.compile(
    r"</?(?:a|b|i|u|em|strong|sub|sup|p|br|span|div|code|img|script|style|ul|ol|li|h[1-6])"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)

_SUPERSCRIPTS = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_SUBSCRIPTS = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_RAISED = re.compile(r"\^([0-9+\-n]{1,4})(?![\w.])")
_LOWERED = re.compile(r"_([0-9]{1,3})(?![\w.])")

_CAPITAL = "A-Z0-9\u00c0-\u00de\u0391-\u03a9\u03b1-\u03c9\u0400-\u042f"
"""Letters that may begin a sentence; Greek ones in any case, because of names such as `τ-bench`.
Names such as `iFormer` may as well."""
_SENTENCE_END = re.compile(
    r"""(?<=[.!?])(?P<quote>["'”’)\]]?)"""
    rf"""(?:\s+(?=(?:\\[a-z]+(?:\{{[^{{}}]*\}})?\{{|["'“‘(\[$\\])*(?:[{_CAPITAL}]|[a-z]{{1,6}}-?[A-Z]))"""
    r"""|(?<=[a-z]{3}[.!?])(?=[A-Z][a-z]*\s))"""
)
_NO_END = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|al|etc|Figs?|Eqs?|Sec|Tab|Refs?|No|no|resp|approx|Dr|Prof"
    r"|Mr|Ms|St|w\.r\.t|a\.k\.a|i\.i\.d|viz|ca|incl|max|min|avg|U\.S|U\.K)|\b[A-Z]|\(\d|\bvs)\.$"
)
_LIST_MARK = re.compile(r"(?:^|[\s(;:,])(?:\(?(?:[ivx]{1,4}|\d|[a-e])[).])$")


def fold(text: str) -> str:
    r"""Return the text with every run of white space made one blank, and none at the ends.

    Control characters count as white space; invisible and bidirectional marks are dropped.
    Idempotent: folding twice is folding once.

    >>> fold("Titles are\n  wrapped ")
    'Titles are wrapped'
    """
    if not (text.isprintable() and unicodedata.is_normalized("NFC", text)):
        # Seldom: printable text holds neither controls nor invisible marks, nor odd white space.
        text = _CONTROL.sub(" ", unicodedata.normalize("NFC", text))
        text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def readable(text: str) -> str:
    r"""Return the text as a reader would see it set: LaTeX as Unicode, no markup, folded.

    >>> readable(r"runs $1.5\times$ faster at \textbf{half} the cost, 30\% less")
    'runs 1.5× faster at half the cost, 30% less'
    >>> readable("from $5 to $10 a month")
    'from $5 to $10 a month'
    """
    text = fold(html.unescape(text) if "&" in text else text)
    if "<" in text:
        text = _TAG.sub("", text)
    if "$" in text:
        text = _MATH.sub(lambda span: _math(span[1] or span[2]), text)
    if "\\" in text:
        text = _unwrap_macros(text)
    if "`" in text:
        text = _TEX_QUOTES.sub(lambda quoted: f"“{quoted[1] or quoted[2] or ''}”", text)
    if "](" in text:
        text = _MARKDOWN_LINK.sub(r"\1", text)
    if "*" in text or "__" in text:
        text = _EMPHASIS.sub(r"\2", text)
    if "--" in text:
        text = text.replace("---", "—").replace("--", "–")
    return fold(_TIE.sub(" ", text) if "~" in text else text)


def _unwrap_macros(text: str) -> str:
    for _ in range(3):  # macros nest, seldom deeper
        text = _MACRO.sub(r"\1", text)
    text = _LINK_MACRO.sub(lambda link: link[1] or link[2] or "", text)
    text = _REFERENCE.sub("", text)
    text = _ACCENT.sub(lambda accent: _latex(accent[0]), text)
    text = _SYMBOL.sub(lambda symbol: _latex(symbol[0]), text)
    text = _THIN_SPACE.sub(" ", text).replace("{,}", ",")
    return _ESCAPED.sub(r"\1", text)


def _math(span: str) -> str:
    plain = span
    if "\\" in span or "{" in span:
        plain = _latex(span)
    plain = plain.replace("^∘", "°").replace("{,}", ",")
    plain = _RAISED.sub(lambda up: up[1].translate(_SUPERSCRIPTS), plain)
    plain = _LOWERED.sub(lambda down: down[1].translate(_SUBSCRIPTS), plain)
    return _SPACE.sub(" ", plain).strip()


@lru_cache(maxsize=1024)
def _latex(span: str) -> str:
    # Imported late: only some abstracts hold LaTeX, and the import costs a tenth of a second.
    from pylatexenc.latex2text import LatexNodes2Text  # noqa: PLC0415

    span = _POWER.sub(r"^(\1)", _FUNCTION.sub(r"\1 ", span))
    try:
        return str(
            LatexNodes2Text(math_mode="text").latex_to_text(
                span.replace("%", r"\%") if r"\%" not in span else span
            )
        )
    except (ValueError, IndexError, RecursionError):
        return span


def sentences(text: str) -> tuple[str, ...]:
    """Return the text's sentences, in order; joined by blanks they are the folded text again.

    Knows the abbreviations and list marks of abstracts; a sentence never ends inside brackets or
    typographic quotation marks that it opened, so enumerations such as `(1) … (2) …` stay whole.

    >>> sentences("Models fail, e.g. on dates. We ask why (cf. Fig. 2). It helps.")
    ('Models fail, e.g. on dates.', 'We ask why (cf. Fig. 2).', 'It helps.')
    """
    text = fold(text)
    found: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        piece = text[start : end.end("quote")]
        if _NO_END.search(piece) or _LIST_MARK.search(piece) or _is_open(piece):
            continue
        found.append(piece.strip())
        start = end.end("quote")
    if rest := text[start:].strip():
        found.append(rest)
    return tuple(found)


def _is_open(piece: str) -> bool:
    """Tell whether the piece ends inside brackets or a quotation, such as a title with a stop.

    Enumeration marks such as `1)` don't count, and a forgotten bracket must not swallow the rest.
    """
    return any(
        piece.count(start) > piece.count(end) and len(piece) - piece.rfind(start) < longest
        for start, end, longest in (("(", ")", 200), ("“", "”", 300))
    )
