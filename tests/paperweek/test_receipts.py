"""A receipt opens the page at the words, as a browser would find them."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

import pytest

from paperweek.model import Paper
from paperweek.receipts import receipt_url
from paperweek.text import fold, sentences
from tests.world.corpus import corpus_folder, read_corpus

ABSTRACT = (
    "We study oaks. Our method, OakNet, grows faster than pines (by 12.5%) in all well-known "
    "forests of $n^2$ trees, and it costs little. Oaks, R&D and rain are enough: we need no sun. "
    "We study oaks. Nobody expected \\emph{that} in a forest, see https://oaks.example for more."
)


def paper(abstract: str = ABSTRACT, title: str = "OakNet: Growing in rain") -> Paper:
    return Paper("2501.00001", title, abstract)


def highlighted(url: str, paper: Paper) -> str:
    """Return the words of the abstract that a browser would highlight; fail where they are none.

    The directive's grammar has commas between its parts; matching is case-insensitive and at word
    boundaries, the first match wins, and the title stands above the abstract.
    """
    page = f"{fold(paper.title)}\n{fold(paper.abstract)}"
    directive = urlsplit(url).fragment.removeprefix(":~:text=")
    assert re.fullmatch(r"[\w.~%,]+", directive, re.ASCII)
    start, *end = map(unquote, directive.split(","))
    assert len(re.findall(rf"(?i)(?<!\w){re.escape(start)}(?!\w)", page)) == 1
    found = re.search(
        rf"(?i)(?<!\w){re.escape(start)}"
        + (rf"(?!\w).*?(?<!\w){re.escape(end[0])}(?!\w)" if end else r"(?!\w)"),
        page,
    )
    assert found
    assert found.start() > len(fold(paper.title))
    return found[0]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("it costs little", "it costs little"),
        ("IT COSTS\n little.", "it costs little"),
        ("Oaks, R&D and rain are enough: we need no sun.", None),
        ("in all well-known forests", "in all well-known forests"),
        ("grows faster than pines (by 12.5%)", "grows faster than pines (by 12.5%"),
        ("Our method, OakNet, grows faster than pines (by 12.5%) in all well-known forests", None),
        (
            "grows faster than pines (by 12.5%) in all well-known forests of $n^2$ trees, and it",
            None,
        ),
    ],
)
def test_the_link_opens_at_the_words(words: str, shown: str | None) -> None:
    url = receipt_url(paper(), words)

    assert highlighted(url, paper()) == (shown or words.rstrip("."))


def test_the_words_around_mathematics_span_it() -> None:
    url = receipt_url(
        paper(), "faster than pines (by 12.5%) in all well-known forests of $n^2$ trees"
    )

    assert "%24" not in url
    assert highlighted(url, paper()).startswith("faster than pines")


def test_signs_with_a_meaning_are_percent_encoded() -> None:
    url = receipt_url(paper(), "Oaks, R&D and rain")

    assert url == "https://arxiv.org/abs/2501.00001#:~:text=Oaks%2C%20R%26D%20and%20rain"
    assert receipt_url(paper(), "all well-known forests").endswith("=all%20well%2Dknown%20forests")


@pytest.mark.parametrize(
    "words",
    [
        "",
        "We study oaks.",
        "words that nobody wrote",
        "$n^2$",
        "of $n^2$ trees",
        "\\emph{that}",
        "https://oaks.example",
        "ak",
        "rain",
    ],
    ids=repr,
)
def test_where_no_words_are_unique_and_plain_the_link_is_plain(words: str) -> None:
    assert receipt_url(paper(), words) == "https://arxiv.org/abs/2501.00001"


def test_words_that_the_title_holds_too_would_open_at_the_title() -> None:
    titled = paper("We grow in rain and mud.", title="How we grow in rain")

    assert "#" not in receipt_url(titled, "we grow in rain")
    assert "#" in receipt_url(titled, "in rain and mud")


def test_an_end_that_comes_earlier_too_is_made_longer() -> None:
    twice = paper("One two three four five six of the old trees and nine of the old trees stood.")
    words = "One two three four five six of the old trees and nine of the old trees"

    assert highlighted(receipt_url(twice, words), twice) == words


def test_an_id_that_arxiv_never_gave_has_no_receipt() -> None:
    assert receipt_url(Paper("sample-1", "x", ABSTRACT), "it costs little") == ""


def test_nearly_every_recorded_sentence_has_a_receipt_that_is_found() -> None:
    folder = corpus_folder()
    if folder is None:
        pytest.skip("the recorded corpus is not on this machine")
    opened = plain = 0
    for record in list(read_corpus(folder).records.values())[::40]:
        recorded = Paper(record.arxiv_id, record.title, record.abstract)
        for sentence in sentences(record.abstract):
            url = receipt_url(recorded, sentence)
            opened += "#" in url
            plain += "#" not in url
            if "#" in url:
                words = highlighted(url, recorded)
                assert words.casefold() in fold(sentence).casefold()
    assert opened > 50 * plain
