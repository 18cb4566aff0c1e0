"""Names are found by their spelling, and stand where their letters and digits stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperweek.model import Paper
from paperweek.naming import is_coined, key, names_in, own_name, quotations_in, stands_in


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("CodeElo ranks models.", ("CodeElo",)),
        ("With Qwen3-8B, RIHA beats GRPO-style training.", ("Qwen3-8B", "RIHA", "GRPO")),
        ("It uses the Visual Feature Pyramid daily.", ("Visual Feature Pyramid",)),
        ("It asks Gemini and Claude Opus 4.5.", ("Gemini", "Claude Opus")),
        ("Attention helps. Training does not.", ()),
        ("It saves 16GB, 30fps and 4-bit weights in 3.6–8.4× less.", ()),
        ("The paper “Parameters vs FLOPs” says so.", ("Parameters vs FLOPs",)),
        ('In "RL + Transformer" it learns.', ("RL + Transformer",)),
        ("It uses “lazy” tricks.", ()),
        ("τ₀-VLA controls robots in 3D.", ("τ₀-VLA", "3D")),
        ("HUNYUANPROVER's proofs hold.", ("HUNYUANPROVER",)),
        ("a non-IID split of pre-GPT data", ("IID", "GPT")),
    ],
)
def test_names_are_found(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text) == names


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("R³-Bench", "We build R^3-Bench."),
        ("GPT-5.4", "than GPT 5.4 does"),
        ("VLMs", "a vision-language model (VLM)"),
        ("LLM", "large language models (LLMs)"),
        ("Chain-of-Thought", "chain of thought"),
        ("CodeElo", "CodeElo's rating"),
    ],
)
def test_a_name_stands_where_its_letters_stand(name: str, text: str) -> None:
    assert stands_in(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("GPT-4", "than GPT-4.1 does"),
        ("RAG", "in fragments"),
        ("Elo", "CodeElo"),
        ("Qwen3-8B", "Qwen3-80B"),
        ("US", "useful"),
    ],
)
def test_a_name_does_not_stand_in_a_longer_one(name: str, text: str) -> None:
    assert not stands_in(name, text)


@pytest.mark.parametrize(
    ("title", "abstract", "name"),
    [
        ("CodeElo: Benchmarking Competition-level Code Generation", "", "CodeElo"),
        ("Matrix-Game 3.0: Real-Time World Model", "", "Matrix-Game 3.0"),
        ("Learning to Route", "We introduce RouteNet-X, a router.", "RouteNet-X"),
        ("Learning to Route", "We propose Fast Route Planning (FRP), a router.", "FRP"),
        ("Learning to Route", "The router, dubbed QuickWay, is fast.", "QuickWay"),
        ("Bounded Agents: A Model", "We introduce Bounded Agents to bound.", "Bounded Agents"),
        ("Solid Ground (SoGr): A Model", "", "SoGr"),
    ],
)
def test_a_paper_is_called_what_it_calls_itself(title: str, abstract: str, name: str) -> None:
    assert own_name(Paper("2501.00001", title, abstract)) == name


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("Self-Supervised: Learning Without Labels", ""),
        ("Towards Routers: What We Need", "We walk towards routers."),
        ("Entropy-Guided: A Way", ""),
        ("LLM: A Survey", ""),
        ("Learning to Route", "We build on the recently proposed GateNet of others."),
        ("Learning to Route", "We propose LLM-based routing and CLIP-guided search."),
        ("Is It Fast? A Study: Notes", ""),
        ("Beyond Surface Judgments: Risk", "We look at risk."),
        ("A Title: ", ""),
        ("", ""),
    ],
)
def test_a_paper_without_a_short_name_gets_none(title: str, abstract: str) -> None:
    assert own_name(Paper("2501.00001", title, abstract)) == ""


def test_quotations_are_what_stands_between_the_marks() -> None:
    assert quotations_in('He says “so it is” and "not so", don\'t you?') == ("so it is", "not so")


def test_plain_words_are_not_coined() -> None:
    assert not any(map(is_coined, ("Gemini", "learning", "4-bit", "A", "2025", "16GB")))


@given(st.from_regex(r"[A-Z][a-z]{2,6}[A-Z][a-z]{2,6}(-[1-9]{1,2}B)?", fullmatch=True))
def test_a_coined_name_is_found_and_stands_only_where_it_is(name: str) -> None:
    text = f"On the web {name} is faster."
    assert names_in(text) == (name,)
    assert stands_in(name, text)
    assert not stands_in(name, f"On the web {name}x and x{name} are faster.")


@given(st.text(max_size=200))
def test_whatever_is_found_stands_in_its_text(text: str) -> None:
    for name in names_in(text):
        assert stands_in(name, text)


@given(st.text(max_size=60), st.text(max_size=300))
def test_no_paper_breaks_the_naming(title: str, abstract: str) -> None:
    paper = Paper("2501.00001", title, abstract)
    assert own_name(paper) == own_name(paper)
    assert key(own_name(paper)) or not own_name(paper)
