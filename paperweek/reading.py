"""Read a post's Markdown as its reader sees it: front matter, sections, sentences and their links.

Understands anybody's post: sections as bold lead-ins (`**Conclusion**: `) or as headings of any
level, text as paragraphs or lists, tables. What is markup and not text (raw HTML, images) is kept
apart, so that it can be judged. Parsed by markdown-it-py (CommonMark with tables), which decodes
entities.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from paperweek.model import Heading
from paperweek.text import fold, sentences

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_ADDRESS = re.compile(r"\(?\bhttps?://[^\s<>\"“”]*[^\s<>\"“”.,;:!?)]\)?")
_HARMLESS_HTML = frozenset({"<span>", "</span>", "<br>", "<br/>", "<br />"})
_LONGEST_LEAD = 8
"""Words of a bold lead-in that names what follows, without being a sentence of its own."""


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere, and where to."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of a post as plain text, with the links on its words."""

    text: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: what its cells show, and its links."""

    cells: tuple[str, ...]
    links: tuple[Link, ...]


@dataclass
class Part:
    """A stretch of the post under one of the eight headings, or before them."""

    heading: Heading | None
    sentences: list[Said] = field(default_factory=list)
    titles: list[Said] = field(default_factory=list)
    """Further headings and bold lead-ins inside it."""


@dataclass
class ReadPost:
    """A post as its reader sees it."""

    front_matter: dict[str, object]
    parts: list[Part]
    rows: list[Row]
    afterword: list[Said]
    """What follows the table after the last section."""
    markup: list[str]
    """Raw HTML and images, as written."""
    body: str
    """The Markdown after the front matter."""

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The sections' headings, in the order in which they stand."""
        return tuple(part.heading for part in self.parts if part.heading)


def read_post(markdown: str) -> ReadPost:
    """Return what the Markdown says; never raises, whatever it holds."""
    front = _FRONT_MATTER.match(markdown)
    body = markdown[front.end() :] if front else markdown
    reader = _Reader(ReadPost(_mapping(front[1] if front else ""), [Part(None)], [], [], [], body))
    tokens = MarkdownIt("commonmark", {"maxNesting": 40}).enable("table").parse(body)
    reader.read(tokens)
    return reader.post


def _mapping(text: str) -> dict[str, object]:
    try:
        read = yaml.safe_load(text)
    except yaml.YAMLError:
        return {}
    return {str(name): value for name, value in read.items()} if isinstance(read, dict) else {}


def heading_of(text: str) -> Heading | None:
    """Return which of the eight sections a heading opens, without regard to number or marks.

    >>> heading_of("## 3. Conclusion:")
    <Heading.CONCLUSION: 'Conclusion'>
    """
    words = _letters(text)
    return next((heading for heading in Heading if _letters(heading.value) == words), None)


def _letters(text: str) -> str:
    return " ".join(re.findall(r"[a-z]+", text.casefold()))


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    address: str
    bold: bool


class _Reader:
    """Turns markdown-it's tokens into a post, one block at a time."""

    def __init__(self, post: ReadPost) -> None:
        self.post = post

    def read(self, tokens: list[Token]) -> None:
        cells: list[list[_Piece]] = []
        block = ""
        for token in tokens:
            match token.type:
                case "html_block":
                    self.post.markup.append(token.content.strip())
                case "fence" | "code_block":
                    self._prose([_Piece(token.content, "", False)])
                case "heading_open" | "td_open" | "th_open" | "paragraph_open":
                    block = token.type
                case "tr_open":
                    cells = []
                case "tr_close":
                    self._row(cells)
                case "inline":
                    pieces = self._pieces(token.children or [])
                    if block in {"td_open", "th_open"}:
                        cells.append(pieces)
                    elif block == "heading_open":
                        self._heading(pieces)
                    else:
                        self._paragraph(pieces)

    def _pieces(self, children: list[Token]) -> list[_Piece]:
        pieces: list[_Piece] = []
        address, bold = "", 0
        for token in children:
            match token.type:
                case "link_open":
                    address = str(token.attrGet("href") or "")
                case "link_close":
                    address = ""
                case "strong_open":
                    bold += 1
                case "strong_close":
                    bold -= 1
                case "html_inline" | "image":
                    self._markup(token)
                case "softbreak" | "hardbreak":
                    pieces.append(_Piece(" ", "", bold > 0))
                case _ if token.content:
                    pieces.append(_Piece(token.content, address, bold > 0))
        return pieces

    def _markup(self, token: Token) -> None:
        shown = f"image {token.attrGet('src')}" if token.type == "image" else token.content
        if shown.casefold() not in _HARMLESS_HTML:
            self.post.markup.append(shown)

    def _heading(self, pieces: list[_Piece]) -> None:
        text = _text(pieces)
        if heading := heading_of(text):
            self.post.parts.append(Part(heading))
        else:
            self.post.parts[-1].titles.append(Said(text, _links(pieces)))

    def _paragraph(self, pieces: list[_Piece]) -> None:
        lead = next((n for n, piece in enumerate(pieces) if not piece.bold), len(pieces))
        text = fold(_text(pieces[:lead]))
        if lead and (heading := heading_of(text)):
            self.post.parts.append(Part(heading))
            pieces = _without_colon(pieces[lead:])
        elif lead and len(text.split()) <= _LONGEST_LEAD and not self._is_after():
            self.post.parts[-1].titles.append(Said(text, _links(pieces[:lead])))
            pieces = _capitalised(_without_colon(pieces[lead:]))
        self._prose(pieces)

    def _is_after(self) -> bool:
        return bool(self.post.rows) and self.post.parts[-1].heading is Heading.CONCLUSION

    def _prose(self, pieces: list[_Piece]) -> None:
        target = self.post.afterword if self._is_after() else self.post.parts[-1].sentences
        target.extend(_said(pieces))

    def _row(self, cells: list[list[_Piece]]) -> None:
        links = tuple(link for cell in cells for link in _links(cell))
        self.post.rows.append(Row(tuple(fold(_text(cell)) for cell in cells), links))


def _text(pieces: list[_Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _links(pieces: list[_Piece]) -> tuple[Link, ...]:
    return tuple(Link(piece.text, piece.address) for piece in pieces if piece.address)


def _without_colon(pieces: list[_Piece]) -> list[_Piece]:
    if not pieces:
        return []
    first = _Piece(re.sub(r"^\s*[:.–—-]?(?:\s+|$)", "", pieces[0].text), pieces[0].address, False)
    return [first, *pieces[1:]]


def _capitalised(pieces: list[_Piece]) -> list[_Piece]:
    """Return what follows a lead-in as the sentence that it is without it."""
    return [
        replace(piece, text=piece.text[:1].upper() + piece.text[1:]) if number == 0 else piece
        for number, piece in enumerate(pieces)
    ]


def _said(pieces: list[_Piece]) -> Iterator[Said]:
    """Yield the sentences of a run of text, each with the links that lie in it.

    Links are followed through the folding by what stands before them, because folding moves
    places.
    """
    text, places = "", []
    for piece in pieces:
        start = len(fold(f"{text}x")) - 1
        text = fold_loosely(text + piece.text)
        if piece.address:
            places.append((start, Link(fold(piece.text), piece.address)))
    text = text.strip()
    at = 0
    for sentence in sentences(text):
        start = text.find(sentence, at)
        end = start + len(sentence) if start >= 0 else len(text)
        links = [link for place, link in places if at <= place < end]
        links += [Link("", found[0].strip("()")) for found in _ADDRESS.finditer(sentence)]
        yield Said(_bare(sentence, links), tuple(links))
        at = end


def fold_loosely(text: str) -> str:
    """Return the text folded, with at most one blank left at its end."""
    folded = fold(text)
    return f"{folded} " if folded and text[-1:].isspace() else folded


def _bare(sentence: str, links: list[Link]) -> str:
    """Return the sentence without written-out addresses and without bracketed links at its end."""
    sentence = _ADDRESS.sub("", sentence)
    if links and (tail := re.search(r" \(([^()]|\([^()]*\))*\)(?=[.!?]*$)", sentence)):
        rest = tail[0][2:-1]
        for words in sorted({link.words for link in links if link.words}, key=len, reverse=True):
            rest = rest.replace(words, "")
        if not rest.strip(" ,;"):
            sentence = sentence[: tail.start()] + sentence[tail.end() :]
    return fold(re.sub(r"\s+([.,;:!?])", r"\1", sentence))
