from __future__ import annotations

import json
from pathlib import Path

import pytest

from paperweek.abstracts import fault_of
from tests.world.corpus import corpus_folder, read_corpus

LABELS: dict[str, str] = json.loads(
    Path(__file__).with_name("abstract_labels.json").read_text(encoding="utf-8")
)["labels"]
LONG = "We study how routes are planned and show that a short memory is enough for it. " * 5


def test_an_abstract_is_one() -> None:
    assert fault_of(LONG) == ""


@pytest.mark.parametrize(
    "text",
    [
        f"3D maps are large. {LONG}",
        f"Researchers have long planned routes by hand. {LONG}",
        f"Researchers from many fields plan routes. {LONG}",
        f"High-resolution maps are large. {LONG}",
        f"Video models forget. Project page: https://example.org/x. {LONG}",
        f"We present **Route**, trained on the SciTLDR set with <EOS> and <think> marks. {LONG}",
        f"[12] posed the question. {LONG}",
        f"Code agents are slow. A robot thanks its bots, and users withdraw. {LONG}",
        f"Happy users are rare. {LONG}",
    ],
)
def test_what_only_resembles_a_comment_is_an_abstract(text: str) -> None:
    assert fault_of(text) == ""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "no text"),
        (" \n ", "no text"),
        (LONG[:299], "shorter than 300 characters"),
        (f"This is an automated message from the Librarian Bot. {LONG}", "a bot's comment"),
        (f"{LONG} Ask @librarian-bot for more.", "a bot's comment"),
        (f"TL;DR: {LONG}", "a summary in brief"),
        (f"**TLDR** {LONG}", "a summary in brief"),
        (f"Hi everyone! {LONG}", "a comment"),
        (f"Great work! {LONG}", "a comment"),
        (f"🚀 {LONG}", "a comment"),
        (f"@somebody what do you think? {LONG}", "a comment"),
        (f"We are excited to share this. {LONG}", "a comment"),
        (f"Excited to share this. {LONG}", "a comment"),
        (f"Project page: https://example.org {LONG}", "a comment"),
        (f"https://example.org {LONG}", "a comment"),
        (f"## Summary\n{LONG}", "markup"),
        (f"<p>{LONG}</p>", "markup"),
        (f'{LONG} <img src="x.png">', "markup"),
        (f"{LONG} ![figure](x.png)", "markup"),
        (f"Researchers at the Route Institute plan. {LONG}", "somebody else's words"),
        (f"This paper from Route Labs plans. {LONG}", "somebody else's words"),
        (f"This paper has been withdrawn by its author. {LONG}", "a note that it was withdrawn"),
        (f"Abstract not available. {LONG}", "a placeholder"),
    ],
)
def test_what_is_no_abstract_is_told_apart(text: str, fault: str) -> None:
    assert fault_of(text).startswith(fault)


def test_every_flag_on_the_labelled_papers_is_right_and_none_is_missed() -> None:
    """Read by hand: every flagged text of the corpus, and those that come near to being one."""
    folder = corpus_folder()
    if folder is None:
        pytest.skip("the recorded corpus is not on this machine")
    records = read_corpus(folder).records

    found = {i: fault_of(records[i].abstract) or "abstract" for i in LABELS if i in records}

    assert len(found) > 130
    assert found == {arxiv_id: LABELS[arxiv_id] for arxiv_id in found}


def test_no_other_text_of_the_corpus_is_flagged_than_those_that_were_read() -> None:
    folder = corpus_folder()
    if folder is None:
        pytest.skip("the recorded corpus is not on this machine")

    flagged = {i for i, record in read_corpus(folder).records.items() if fault_of(record.abstract)}

    assert flagged == {i for i, label in LABELS.items() if label != "abstract"}
