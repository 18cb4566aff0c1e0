import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperweek.condensing import Voice, condense
from paperweek.numerals import numbers_in

NAMED = Voice("Lantern", "Ito and colleagues")
PEOPLE = Voice("", "Ito and Park")
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
    ],
)
def test_a_sentence_that_points_outside_itself_is_refused(dangling: str) -> None:
    assert condense(dangling, NAMED) is None


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
