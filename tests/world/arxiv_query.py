"""arXiv's query language, as far as a weekly listing needs it: text to a test on records.

Source of the grammar: https://info.arxiv.org/help/api/user-manual.html#query_details
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from tests.world.corpus import Record

Test = Callable[[Record], bool]

_TOKEN = re.compile(r'\s*([()]|[A-Za-z]+:(?:"[^"]*"|\[[^\]]*\]|[^\s()]+)|"[^"]*"|[^\s()]+)')
_RANGE = re.compile(r"\[(\d{12})[ +]+TO[ +]+(\d{12})\]")
_OPERATORS = ("AND", "OR", "ANDNOT")


class MalformedQueryError(ValueError):
    """The query is not one that arXiv understands; the message says what it answers."""


def parse_query(text: str) -> Test:
    """Return the test that the query puts to each record. AND binds more tightly than OR.

    Fields: all, ti, au, abs, co, cat, id, and submittedDate with two 12-digit minutes (UTC, both
    included). Raises MalformedQueryError for anything else.
    """
    parser = _Parser(_tokens(text))
    test = parser.alternatives()
    if parser.ahead is not None:
        raise MalformedQueryError(f"unexpected {parser.ahead}")
    return test


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    text = text.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise MalformedQueryError(f"cannot read query from {text[position:]}")
        tokens.append(match[1])
        position = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens

    @property
    def ahead(self) -> str | None:
        return self._tokens[0] if self._tokens else None

    def alternatives(self) -> Test:
        tests = [self._conjunction()]
        while self._take("OR"):
            tests.append(self._conjunction())
        return tests[0] if len(tests) == 1 else lambda record: any(t(record) for t in tests)

    def _conjunction(self) -> Test:
        wanted, unwanted = [self._operand()], []
        while True:
            if self._take("AND"):
                wanted.append(self._operand())
            elif self._take("ANDNOT"):
                unwanted.append(self._operand())
            else:
                break
        if len(wanted) == 1 and not unwanted:
            return wanted[0]
        return lambda record: (
            all(t(record) for t in wanted) and not any(t(record) for t in unwanted)
        )

    def _operand(self) -> Test:
        if self._take("("):
            test = self.alternatives()
            if not self._take(")"):
                raise MalformedQueryError("a parenthesis is not closed")
            return test
        if self.ahead is None or self.ahead in (*_OPERATORS, ")"):
            raise MalformedQueryError(f"a term is missing before {self.ahead or 'the end'}")
        return _term(self._tokens.pop(0))

    def _take(self, token: str) -> bool:
        if self.ahead != token:
            return False
        self._tokens.pop(0)
        return True


def _term(token: str) -> Test:
    field, colon, value = token.partition(":")
    if not colon:
        field, value = "all", token
    value = value.strip('"')
    if field == "submittedDate":
        return _submitted(value)
    if field == "cat":
        return _in_category(value)
    if field == "id":
        return lambda record: record.arxiv_id == value
    if field not in _TEXTS:
        raise MalformedQueryError(f"unknown field {field}")
    text_of, words = _TEXTS[field], value.casefold()
    return lambda record: words in text_of(record).casefold()


_TEXTS: dict[str, Callable[[Record], str]] = {
    "all": lambda record: " ".join((record.title, record.abstract, *record.authors)),
    "ti": lambda record: record.title,
    "au": lambda record: " ".join(record.authors),
    "abs": lambda record: record.abstract,
    "co": lambda record: record.comment,
}


def _in_category(name: str) -> Test:
    if name.endswith("*"):
        return lambda record: any(c.startswith(name[:-1]) for c in record.counts_in)
    return lambda record: name in record.counts_in


def _submitted(value: str) -> Test:
    match = _RANGE.fullmatch(value)
    if match is None:
        raise MalformedQueryError(f"incorrect date range {value}")
    first, last = (_minute(text) for text in match.groups())
    return lambda record: first <= record.published.replace(second=0, microsecond=0) <= last


def _minute(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        raise MalformedQueryError(f"incorrect date {text}") from None
