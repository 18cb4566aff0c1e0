"""The bundled sample: enough of it, plainly invented, and no two papers alike."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from paperweek.abstracts import fault_of
from paperweek.collecting import is_withdrawn
from paperweek.model import ARXIV_ID, Collection, Paper
from paperweek.snapshots import read_snapshot
from paperweek.sources.sample import FOLDER
from paperweek.text import fold
from paperweek.topics import topics_of

FILES = sorted(FOLDER.glob("*.json"))
WEEKS = [read_snapshot(file) for file in FILES]
EVERY_WEEK = pytest.mark.parametrize("collection", WEEKS, ids=lambda c: c.week.label)

FAULTY = {
    "Orrery-Mini: Compact Vision Backbones by Rotational Weight Tying": "a bot's comment",
    "Lattice Prompting": "shorter than 300 characters",
}
"""Listed without a usable abstract, on purpose."""

RUN = 8
"""Words in a row that two texts written apart do not share."""

WELL_KNOWN = re.compile(
    r"\b(?:AlphaFold|AlphaGo|AlphaProof|Anthropic|BERT|CLIP|ChatGPT|Claude|Codex|Cosmos|DALL|DINO"
    r"|DeepMind|DeepSeek|Devin|Dreamer|ELMo|Flamingo|Flux|GPT|Gato|Gemini|Gemma|Genie|Google|Grok"
    r"|HumanEval|ImageNet|JEPA|Kimi|LLaMA|LLaVA|Llama|MMLU|Mamba|MemGPT|Meta|Microsoft|Mistral"
    r"|Mixtral|MuZero|NVIDIA|OSWorld|OpenAI|OpenVLA|PaLM|Phi|Qwen|SAM|Segment Anything|Sora|Stable"
    r" Diffusion|Toolformer|Veo|Voyager|WebArena|Whisper|arXiv|GSM8K|SWE-bench)\b"
)


def can_exist(arxiv_id: str) -> bool:
    """Whether arXiv could ever give this id: its third and fourth digits are a month."""
    return 1 <= int(arxiv_id[2:4]) <= 12


def shared_runs(papers: Iterable[Paper]) -> Mapping[str, set[str]]:
    """Runs of `RUN` words that stand in the abstracts of two papers, with their ids."""
    holders: dict[str, set[str]] = defaultdict(set)
    for paper in papers:
        words = re.findall(r"\w+", paper.abstract.lower())
        for start in range(len(words) - RUN + 1):
            holders[" ".join(words[start : start + RUN])].add(paper.arxiv_id)
    return {run: ids for run, ids in holders.items() if len(ids) > 1}


def about_world_models(collection: Collection) -> int:
    return sum("world_models" in topics_of(paper) for paper in collection.listed)


def test_the_sample_is_three_or_more_weeks_in_a_row() -> None:
    weeks = [collection.week for collection in WEEKS]
    assert len(weeks) >= 3
    assert all(later == earlier.plus(1) for earlier, later in pairwise(weeks))
    assert [file.stem for file in FILES] == [week.label for week in weeks]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_file_says_that_it_is_invented(file: Path) -> None:
    assert json.loads(file.read_text("utf-8"))["collection"]["invented"] is True


@EVERY_WEEK
def test_a_week_holds_enough_listed_papers_and_as_many_again_that_only_arxiv_knows(
    collection: Collection,
) -> None:
    assert len(collection.listed) >= 34
    assert 15 <= len(collection.papers) - len(collection.listed) <= 25


@EVERY_WEEK
def test_no_id_can_exist_on_arxiv(collection: Collection) -> None:
    ids = [paper.arxiv_id for paper in (*collection.papers, *collection.withdrawn)]
    assert all(ARXIV_ID.fullmatch(arxiv_id) for arxiv_id in ids)
    assert not [arxiv_id for arxiv_id in ids if can_exist(arxiv_id)]
    assert ids[: len(collection.papers)] == sorted(ids[: len(collection.papers)])


def test_an_id_of_a_real_month_would_be_noticed() -> None:
    assert can_exist("2603.12001")
    assert not can_exist("2600.12001")


@EVERY_WEEK
def test_abstracts_are_as_long_as_real_ones_except_the_faulty_on_purpose(
    collection: Collection,
) -> None:
    for paper in collection.papers:
        if paper.title in FAULTY:
            assert fault_of(paper.abstract) == FAULTY[paper.title]
            continue
        assert not fault_of(paper.abstract), paper.title
        words = len(paper.abstract.split())
        if paper.votes is None:
            assert 85 <= words <= 210, paper.title
        else:
            assert 110 <= words <= 210, paper.title
            assert len(paper.abstract) >= 600, paper.title


def test_each_fault_that_was_put_in_is_there() -> None:
    listed = [paper for collection in WEEKS for paper in collection.listed]
    assert FAULTY.keys() <= {paper.title for paper in listed}
    assert any(":" in paper.authors for paper in listed)
    assert max(len(paper.authors) for paper in listed) >= 40
    assert any(collection.withdrawn for collection in WEEKS)
    titles = " ".join(paper.title for collection in WEEKS for paper in collection.papers)
    for trap in ("{{", "{%", " | ", "$5 to $10", "snake_case", '"', "`", "#1", "<eos>", "[MASK]"):
        assert trap in titles


@EVERY_WEEK
def test_withdrawn_papers_are_set_aside_and_no_others(collection: Collection) -> None:
    assert all(map(is_withdrawn, collection.withdrawn))
    assert not any(map(is_withdrawn, collection.papers))


def test_no_two_abstracts_share_eight_words_in_a_row() -> None:
    assert not shared_runs(
        paper for collection in WEEKS for paper in (*collection.papers, *collection.withdrawn)
    )


def test_eight_shared_words_would_be_noticed() -> None:
    one, other = WEEKS[0].listed[:2]
    echo = replace(other, abstract=" ".join(one.abstract.split()[-9:]))
    assert shared_runs((one, echo))


@EVERY_WEEK
def test_no_text_names_a_well_known_system_benchmark_or_company(collection: Collection) -> None:
    for paper in (*collection.papers, *collection.withdrawn):
        assert not WELL_KNOWN.search(f"{paper.title} {paper.abstract}"), paper.title


def test_a_well_known_name_would_be_noticed() -> None:
    assert WELL_KNOWN.search("compared with GPT-4 on our suite")
    assert not WELL_KNOWN.search("a video clip of a flamingo")


@EVERY_WEEK
def test_days_lie_in_the_week(collection: Collection) -> None:
    days = collection.week.days
    for paper in collection.papers:
        assert (paper.listed_on is None) == (paper.votes is None), paper.title
        if paper.listed_on:
            assert paper.listed_on in days[:5], paper.title
            assert paper.published is None or paper.published.date() <= paper.listed_on
        else:
            assert paper.published is not None
            assert paper.published.date() in days, paper.title


@EVERY_WEEK
def test_texts_are_folded_and_code_stands_at_an_invented_address(collection: Collection) -> None:
    for paper in collection.papers:
        for text in (paper.title, paper.abstract, paper.comment, *paper.authors):
            assert fold(text) == text
        assert not paper.code or re.fullmatch(
            r"https://github\.com/example-invented/[a-z0-9-]+", paper.code
        )
        assert not paper.code or "huggingface" in paper.seen_in
    with_code = sum(bool(paper.code) for paper in collection.listed)
    assert 0.4 <= with_code / len(collection.listed) <= 0.7


@EVERY_WEEK
def test_the_accounts_count_what_is_there(collection: Collection) -> None:
    everything = (*collection.papers, *collection.withdrawn)
    for account in collection.accounts:
        assert account.papers == sum(account.source in paper.seen_in for paper in everything)
        assert not account.is_silent
    missing = {i for account in collection.accounts for i in account.missing}
    assert missing == {p.arxiv_id for p in everything if p.seen_in == {"huggingface"}}


def test_one_paper_is_listed_in_two_weeks_and_tells_the_same_both_times() -> None:
    sightings: dict[str, list[Paper]] = defaultdict(list)
    for collection in WEEKS:
        for paper in collection.listed:
            sightings[paper.arxiv_id].append(paper)
    ((first, second),) = [papers for papers in sightings.values() if len(papers) > 1]
    assert (first.title, first.abstract) == (second.title, second.abstract)
    assert first.listed_on != second.listed_on


def test_world_models_move_in_the_last_week_and_only_there() -> None:
    *before, last = (about_world_models(collection) for collection in WEEKS)
    assert last >= 10
    assert max(before) <= 2
