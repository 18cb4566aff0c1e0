"""Topics are found by cues that a person edits, and are found well enough to be counted."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperweek.errors import ConfigurationError
from paperweek.topics import MOST_TOPICS, name_of, parse, taxonomy, topics_of
from tests.paperweek.weeks import corpus_weeks, paper

LABELS: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "topic_labels.json").read_text(encoding="utf-8")
)["labels"]

CATCH_ALLS = {"language model", "large language model", "llm", "benchmark", "deep learning", "ai"}


@pytest.mark.parametrize(
    ("title", "first"),
    [
        ("Long Text-to-Video Generation with Fewer Frames", "video_generation"),
        ("GRPO Revisited: Verifiable Rewards for Small Models", "rl_llm"),
        ("A GUI Agent That Clicks Once", "computer_use"),
        ("Quantizing the KV Cache to Two Bits", "efficiency"),
        ("A Vision–Language–Action Policy for Robot Hands", "robotics"),
        ("Gaussian Splatting from Four Photographs", "three_d"),
        ("Jailbreaks that Survive Fine Tuning", "safety"),
    ],
)
def test_a_title_alone_names_the_topic(title: str, first: str) -> None:
    assert topics_of(paper("1", title, ""))[:1] == (first,)


@pytest.mark.parametrize("title", ["Beans", "", "A Large Language Model", "Deep Learning at Large"])
def test_what_says_nothing_has_no_topic(title: str) -> None:
    assert topics_of(paper("1", title)) == ()


def test_a_title_weighs_more_than_an_abstract() -> None:
    by_title = paper("1", "Theorem Proving by Hand", "We once used text to speech.")
    by_abstract = paper("1", "Text to Speech by Hand", "We once used theorem proving.")

    assert topics_of(by_title) == ("math",)
    assert topics_of(by_abstract) == ("audio",)


def test_one_mention_in_passing_is_no_topic() -> None:
    assert topics_of(paper("1", "Beans", "The gardener later moved to robotics.")) == ()


def test_hints_alone_are_no_topic() -> None:
    hints = " ".join(taxonomy()["science"].hints)

    assert "science" not in topics_of(paper("1", "Beans", hints))


def test_a_longer_cue_takes_the_word_from_a_shorter_one() -> None:
    assert topics_of(paper("1", "Word Clouds and Translation")) == ("multilingual",)
    assert topics_of(paper("1", "Word Clouds and Code Translation")) == ("coding",)


@pytest.mark.parametrize(
    "title", ["world models", "World-Model", "WORLD MODELS", "World\u2010models", "world model."]
)
def test_case_hyphens_and_plurals_do_not_matter(title: str) -> None:
    assert topics_of(paper("1", title))[:1] == ("world_models",)


@pytest.mark.parametrize("title", ["Underworld Modelling", "New-World Modelers"])
def test_a_cue_matches_whole_words_only(title: str) -> None:
    assert topics_of(paper("1", title)) == ()


def test_a_category_supports_its_topic_and_the_primary_one_most() -> None:
    faint = paper("1", "Beans", "The arm is a robot.")
    assert topics_of(faint) == ()
    assert topics_of(paper("1", "Beans", faint.abstract, categories=("cs.RO",))) == ("robotics",)
    assert topics_of(paper("1", "Beans", "", categories=("cs.AI", "cs.RO"))) == ()


@given(st.text(), st.text())
def test_any_text_has_at_most_three_topics_each_once(title: str, abstract: str) -> None:
    topics = topics_of(paper("1", title, abstract))

    assert len(topics) <= MOST_TOPICS
    assert len(set(topics)) == len(topics)
    assert set(topics) <= set(taxonomy())


def test_the_taxonomy_has_names_for_sentences_and_no_catch_all() -> None:
    for key, topic in taxonomy().items():
        assert key == key.lower()
        assert topic.name == topic.name.strip()
        assert not topic.name.endswith(".")
        assert not CATCH_ALLS & {cue.lower() for cue in topic.cues}
    assert len({topic.name for topic in taxonomy().values()}) == len(taxonomy())


def test_a_key_of_an_older_data_file_still_reads() -> None:
    assert name_of("rl_llm") == "reinforcement learning for language models"
    assert name_of("once_was") == "once was"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[beans", "not TOML"),
        ('[beans]\nname = "beans"', "needs a name and cues"),
        ('[beans]\ncues = ["bean"]', "needs a name and cues"),
        ('[beans]\nname = "beans"\ncues = ["bean"]\nhint = ["pole"]', "no field hint"),
        ('[beans]\nname = "beans"\ncues = "bean"', "a list of texts"),
        ('[beans]\nname = "beans"\ncues = ["bean", "*"]', "an empty cue"),
        ('beans = "beans"', "needs a name and cues"),
    ],
)
def test_a_slip_in_the_file_is_told(text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        parse(text)


def test_nine_of_ten_recorded_listed_papers_have_a_topic() -> None:
    papers = {p.arxiv_id: p for week in corpus_weeks() for p in week.listed}
    covered = sum(bool(topics_of(paper)) for paper in papers.values()) / len(papers)

    assert len(papers) > 500
    assert covered >= 0.90, f"{covered:.1%} have a topic"


def test_topics_agree_with_a_reader_on_150_papers() -> None:
    papers = {p.arxiv_id: p for week in corpus_weeks() for p in week.listed}
    found = {arxiv_id: topics_of(papers[arxiv_id]) for arxiv_id in LABELS}
    first = [keys[0] in LABELS[i] for i, keys in found.items() if keys]
    every = [key in LABELS[i] for i, keys in found.items() for key in keys]

    assert len(LABELS) == 150
    assert set().union(*LABELS.values()) <= set(taxonomy())
    assert len(first) >= 0.9 * len(LABELS)
    assert sum(first) / len(first) >= 0.90, f"first topics: {sum(first) / len(first):.1%}"
    assert sum(every) / len(every) >= 0.85, f"all topics: {sum(every) / len(every):.1%}"
