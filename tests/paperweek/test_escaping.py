"""Plain text stays what it is, and means nothing."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from paperweek.escaping import clean, code_url, escape, escape_each, front_matter, paper_url
from tests.hostile_titles import HOSTILE

ANY_TEXT = st.text(st.characters(), max_size=60)


@given(ANY_TEXT)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(ANY_TEXT)
def test_what_was_cleaned_can_be_written_and_stands_on_one_line(text: str) -> None:
    cleaned = clean(text)

    assert cleaned.encode().decode() == cleaned
    assert cleaned.splitlines() in ([cleaned], [])


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\u202egnp.exe", "gnp.exe"),
        ("a\U000e0069\U000e0067b", "ab"),
        ("\ud800", "\ufffd"),
        ("\U0001ffff", "\ufffd"),
        ("e\u0301", "é"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\U0001f469\u200d\U0001f52c", "\U0001f469\u200d\U0001f52c"),
    ],
)
def test_the_unseen_goes_and_letters_stay(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(ANY_TEXT)
def test_decoding_the_entities_gives_the_text_again(text: str) -> None:
    shown = re.sub(r"</?span>", "", escape(text))

    assert html.unescape(shown) == clean(text)


@pytest.mark.parametrize("title", HOSTILE)
def test_nothing_is_left_that_opens_anything(title: str) -> None:
    escaped = escape(title).replace("<span>&#36;</span>", "").replace("&#", "")

    assert not set(escaped) & set("\\`*_{}[]|<>&$~^\"'=@+!#")
    assert not re.search(r"--|\.\.|://|^[-:]|^\d+[.)] ", escaped)


def test_prose_stays_readable() -> None:
    text = "State-of-the-art models (2 of 10) reach 71.5%: a rise of 3.2 and/or more. So it is."

    assert escape(text) == text


def test_each_character_is_escaped_for_itself() -> None:
    assert escape_each("a*b") == ["a", "&#42;", "b"]


@pytest.mark.parametrize("good", ["2501.15368", "0704.0001", "cs.LG/0601001", "hep-th/9901001"])
def test_an_arxiv_id_leads_to_its_page(good: str) -> None:
    assert paper_url(good) == f"https://arxiv.org/abs/{good}"


@pytest.mark.parametrize(
    "bad",
    ["", "2501.15368v2", "2501.1", "../x", "2501.15368 ", "2501.15368\n", "a)b", "x/1234567)"],
)
def test_what_is_no_arxiv_id_leads_nowhere(bad: str) -> None:
    assert paper_url(bad) == ""


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("https://github.com/a/b", "https://github.com/a/b"),
        ("https://GitHub.com/a/b/", "https://github.com/a/b"),
        ("https://github.com/a/b#readme", "https://github.com/a/b"),
        ("https://huggingface.co/a/b)[x", "https://huggingface.co/a/b%29%5Bx"),
        ("https://gitlab.com/a/{{b}}|c", "https://gitlab.com/a/%7B%7Bb%7D%7D%7Cc"),
        ("https://github.com/a/b%20c", "https://github.com/a/b%20c"),
        ("https://github.com/a/%22onclick", "https://github.com/a/%22onclick"),
    ],
)
def test_a_code_link_is_rebuilt_from_its_parts(address: str, url: str) -> None:
    assert code_url(address) == url


@pytest.mark.parametrize(
    "address",
    [
        "",
        "github.com/a/b",
        "http://github.com/a/b",
        "javascript:alert(1)//github.com/a",
        "https://github.com",
        "https://github.com/",
        "https://github.com/a/../../b",
        "https://github.com/a/%2e%2e/b",
        "https://github.com.evil.example/a/b",
        "https://evil.example/github.com/a",
        "https://github.com@evil.example/a",
        "https://user:secret@github.com/a/b",
        "https://github.com:8443/a/b",
        "https://gıthub.com/a/b",
        "https://[::1/a",
        "https://github.com\\@evil.example/a",
    ],
)
def test_a_code_link_that_is_not_trusted_is_none(address: str) -> None:
    assert code_url(address) == ""


@pytest.mark.parametrize("title", HOSTILE)
def test_front_matter_reads_back_whatever_stands_in_it(title: str) -> None:
    values: dict[str, str | date | bool] = {
        "layout": "post",
        "title": clean(title),
        "date": date(2025, 2, 2),
        "liquid": False,
    }

    _, text, rest = front_matter(values, quoted=frozenset({"title"})).split("---\n")

    assert rest == ""
    assert len(text.splitlines()) == len(values)
    assert yaml.safe_load(text) == values
