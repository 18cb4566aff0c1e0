import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperweek.condensing import Voice, condense
from paperweek.numerals import numbers_in

NAMED = Voice("Lantern", "Ito and colleagues")
PEOPLE = Voice("", "Ito and Park")
OF_LANTERN = Voice("Lantern", "the authors of Lantern")
ALONE = Voice("", "Ito", several=False)


@pytest.mark.parametrize(
    ("voice", "abstract", "report"),
    [
        (
            NAMED,
            "To address this gap, we introduce Lantern, a novel index for long documents.",
            "Lantern is an index for long documents.",
        ),
        (
            NAMED,
            "In this paper, we propose Lantern, which reads pages backwards and forgets nothing.",
            "Lantern reads pages backwards and forgets nothing.",
        ),
        (
            NAMED,
            "Our method halves the memory of retrieval without a loss in recall.",
            "Lantern halves the memory of retrieval without a loss in recall.",
        ),
        (
            PEOPLE,
            "Moreover, we further show that our probes fail to transfer across languages.",
            "Ito and Park show that their probes fail to transfer across languages.",
        ),
        (
            ALONE,
            "We study why small models forget dates and places.",
            "Ito studies why small models forget dates and places.",
        ),
        (
            PEOPLE,
            "Extensive experiments on three benchmarks demonstrate that pruning costs 2.1 points.",
            "In experiments on three benchmarks, pruning costs 2.1 points.",
        ),
        (
            NAMED,
            "Our experiments show that, however, the gain vanishes beyond 10 documents.",
            "The gain vanishes beyond 10 documents.",
        ),
        (
            PEOPLE,
            "On long inputs, it is slower than a plain scan.",
            None,
        ),
        (
            NAMED,
            "We introduce Lantern, a versatile and open-source index designed to read pages.",
            "Lantern is a versatile and open-source index designed to read pages.",
        ),
        (
            OF_LANTERN,
            "This paper proposes Lantern, a new guard for models, by teaching them to reason.",
            "The authors propose Lantern, a new guard for models, by teaching them to reason.",
        ),
        (
            OF_LANTERN,
            "We introduce Lantern, 4,200 hours of speech in eleven languages.",
            "The authors introduce Lantern, 4,200 hours of speech in eleven languages.",
        ),
        (
            OF_LANTERN,
            "To test Lantern, we read nine long books with it and without it.",
            "To test Lantern, the authors read nine long books with it and without it.",
        ),
        (
            PEOPLE,
            "This work revisits plain scans and proposes an index of pages in their place.",
            "Ito and Park revisit plain scans and propose an index of pages in their place.",
        ),
        (
            ALONE,
            "Under mild conditions, we establish and prove a bound on the regret.",
            "Under mild conditions, Ito establishes and proves a bound on the regret.",
        ),
        (
            ALONE,
            "We extend a result to real tides, and show that a small model suffices.",
            "Ito extends a result to real tides, and shows that a small model suffices.",
        ),
        (
            ALONE,
            "I evaluated six models on a thousand letters from three hospitals.",
            "Ito evaluated six models on a thousand letters from three hospitals.",
        ),
        (
            PEOPLE,
            "In this position paper, I argue that my profession needs an expiry date.",
            "Ito and Park argue that their profession needs an expiry date.",
        ),
        (
            PEOPLE,
            "It is shown that no algorithm reads the tide in less than an hour.",
            "No algorithm reads the tide in less than an hour.",
        ),
        (
            NAMED,
            "On long inputs, it is slower than a plain scan of the text.",
            "On long inputs, Lantern is slower than a plain scan of the text.",
        ),
    ],
)
def test_a_sentence_is_said_in_the_third_person(
    voice: Voice, abstract: str, report: str | None
) -> None:
    assert condense(abstract, voice) == report


@pytest.mark.parametrize(
    ("abstract", "report"),
    [
        (
            "This paper introduces a corpus of tide tables for language models.",
            "Ito and Park introduce a corpus of tide tables for language models.",
        ),
        (
            "RESULTS: Our probes find dates in the middle layers and nowhere else.",
            "The authors’ probes find dates in the middle layers and nowhere else.",
        ),
        (
            "We release the corpus and both models at this https URL, this https URL.",
            "Ito and Park release the corpus and both models.",
        ),
        (
            "Our probes generalize to novel lighting conditions and unseen poses.",
            "The authors’ probes generalize to novel lighting conditions and unseen poses.",
        ),
        ("We train by optimized on its own trajectory under it's own supervision.", None),
        (
            "Results: Prompting did not improve accuracy (71.2% vs 71.9%) in any hospital.",
            "Prompting did not improve accuracy (71.2% vs 71.9%) in any hospital.",
        ),
        (
            "Limitations: We did not test more than 64 experts in a layer.",
            "Ito and Park did not test more than 64 experts in a layer.",
        ),
        ("Objective: To assess whether prompting improves triage in hospitals.", None),
        (
            "* We release a corpus of tide tables for language models.",
            "Ito and Park release a corpus of tide tables for language models.",
        ),
        (
            "Our probes find dates in all layers, setting a new standard for tide tables.",
            "The authors’ probes find dates in all layers.",
        ),
        (
            "We present a fully open model for ships, advancing its predecessor along five axes.",
            "Ito and Park present a fully open model for ships.",
        ),
        (
            "Our codes, data and checkpoints are available at Lantern Homepage.",
            "The authors’ codes, data and checkpoints are available.",
        ),
        ("Probes with tools can be further enhance performance on long inputs.", None),
        ("We make three contributions: 1. A corpus of tide tables.", None),
        ("Results on three benchmarks show that ~matches or surpasses a plain scan.", None),
    ],
)
def test_slips_and_labels_are_handled_without_changing_a_claim(
    abstract: str, report: str | None
) -> None:
    assert condense(abstract, PEOPLE) == report


@pytest.mark.parametrize(
    "dangling",
    [
        "It also halves the memory of retrieval on long inputs.",
        "This leads to fewer errors on long inputs and tables.",
        "The model improves when these two parts are trained together.",
        "However, their roles in generalization remain unclear to everybody.",
        "To train such a model, annotators label ten thousand pages.",
        "Both issues are solved by reading the document backwards.",
        "We hope that it helps us and our readers to go on.",
        r"The bound is \mathcal{O} of the sum over all n items.",
        "The code and the models are available in this https URL and in the appendix of the",
        "The curated training data, models, and code are at https://example.org/x.",
        "Training on it and",
        "Analysing 18k trajectories, we study when and why agents do so in offices.",
        "We examine the literature through the lenses of attack and defence.",
        "The literature remains fragmented across robots, ships and harbours.",
        "Privacy noise at a budget of eight does not prevent it; smaller budgets cost recall.",
        "Lantern attains consistent gains on all three dimensions over a plain scan.",
    ],
)
def test_a_sentence_that_points_outside_itself_is_refused(dangling: str) -> None:
    assert condense(dangling, NAMED) is None


@pytest.mark.parametrize("verb", ["suggest", "indicate"])
@pytest.mark.parametrize("whose", ["Our", "These", "The"])
def test_what_results_only_suggest_is_not_told_as_a_fact(verb: str, whose: str) -> None:
    said = condense(f"{whose} results {verb} that small probes forget dates first.", PEOPLE)

    assert said == f"The authors’ results {verb} that small probes forget dates first."


def test_clauses_that_limit_a_claim_are_never_cut() -> None:
    limited = (
        "Lantern improves recall on long documents with many tables and figures by 4.1 points over"
        " the strongest published baseline, although the gain vanishes entirely for documents that"
        " were scanned, photographed or typeset in two columns with footnotes."
    )
    assert condense(limited, NAMED) in (None, limited)


@given(
    st.integers(1, 999),
    st.sampled_from(["%", " points", "×"]),
    st.sampled_from(["not ", "only ", "up to ", ""]),
)
def test_numbers_and_hedges_pass_untouched(number: int, unit: str, hedge: str) -> None:
    said = condense(
        f"Notably, our method reaches a recall of {hedge}{number}{unit} on long documents.", NAMED
    )
    assert said is not None
    assert f"{hedge}{number}{unit}" in said
    assert len(numbers_in(said)) == 1


@pytest.mark.parametrize(
    "misleading",
    [
        "Instead of random baselines, our probes take the nearest page of the book.",
        "In contrast to a plain scan, our probes read the page backwards and once.",
    ],
)
def test_an_opening_that_governs_what_follows_is_not_cut(misleading: str) -> None:
    said = condense(misleading, PEOPLE)

    assert said is not None
    assert said.startswith(misleading.partition(",")[0])


@pytest.mark.parametrize(
    "holed",
    [
        "Visit https://evil.example/a now and see why our probes find dates in the middle layers.",
        "Our code at www.evil.example/a is what shows that probes find dates everywhere.",
    ],
)
def test_a_sentence_around_an_address_is_refused(holed: str) -> None:
    assert condense(holed, PEOPLE) is None
