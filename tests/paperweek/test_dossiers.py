"""What part a sentence plays, on abstracts made for it: each rule with what it must not take."""

import pytest

from paperweek.dossiers import Dossier, Part, measures
from paperweek.model import Paper

BACKGROUND = "Tide tables are printed once a year and are wrong by March."
PROPOSAL = "We present Sluice, a model that reads the tide from the sound of the harbour."


def part_of(sentence: str, *, title: str = "Sluice: Hearing the Tide", place: str = "after") -> str:
    """Return the part that the sentence plays before or after what the paper proposes."""
    filler = "It listens to ropes and hulls for a whole day and a night."
    before = (BACKGROUND, sentence, PROPOSAL, filler)
    after = (BACKGROUND, PROPOSAL, filler, filler, sentence)
    abstract = " ".join(before if place == "before" else after)
    paper = Paper("2603.00001", title, abstract, authors=("Ana Ito", "Bo Park", "Cy Orr"))
    found = [s.part for s in Dossier(paper).statements if s.words == sentence]
    return found[0].value if found else "none"


@pytest.mark.parametrize(
    ("sentence", "part"),
    [
        (
            "Our model lowers the mean error from 14 to 6 minutes, 57% less than a tide table.",
            "result",
        ),
        ("With Sluice, ships wait 12% less in the harbour of a small town.", "number"),
        ("Sluice outperforms printed tables in every harbour that we visited.", "claim"),
        ("We find that the sound of ropes says more than the sound of hulls.", "finding"),
        ("Sluice turns each hour of sound into a picture by a short filter bank.", "mechanism"),
        ("We release the recordings of nine harbours and the model weights.", "release"),
        ("However, Sluice fails in harbours with floating docks and little rope.", "catch"),
        ("Whether rivers sound the same remains an open question for Sluice.", "question"),
    ],
)
def test_a_sentence_after_the_proposal_plays_its_part(sentence: str, part: str) -> None:
    assert part_of(sentence) == part


@pytest.mark.parametrize(
    ("sentence", "not_this"),
    [
        ("Existing methods fail where the harbour is quiet at night.", Part.CATCH),
        ("The strongest baseline, retrained on our data, achieves 15.0% there.", Part.RESULT),
        ("We will release the recordings and the model soon.", Part.RELEASE),
        ("Sluice helps pilots to solve open problems in small harbours.", Part.QUESTION),
        ("Sluice reads 260 harbours and Sluice 2.0 reads rivers as well.", Part.RESULT),
        ("While tables fail in storms, Sluice matches the gauge in all of them.", Part.CATCH),
        ("We conclude by outlining directions that we hope others will take.", Part.QUESTION),
    ],
)
def test_what_only_looks_like_a_part_is_not_taken_for_it(sentence: str, not_this: Part) -> None:
    assert part_of(sentence) != not_this.value


def test_a_gap_of_others_before_the_proposal_is_the_problem() -> None:
    gap = "Existing tables remain wrong wherever the sea bed moves in winter storms."

    assert part_of(gap, place="before") == "problem"


def test_a_paper_about_attacks_has_no_catch_in_what_it_breaks() -> None:
    collapse = "However, with two flipped signs Sluice collapses in nine harbours of ten."

    assert part_of(collapse, title="Sluice: Attacks on Tide Models") != "catch"


@pytest.mark.parametrize(
    ("authors", "who"),
    [
        (("Ana Ito",), "Ito"),
        (("Ana Ito", "Bo Park"), "Ito and Park"),
        (("Ana Ito", "Bo Park", "Cy Orr"), "Ito and colleagues"),
        (("Harbour AI Team", "Ana Ito"), "“Hearing the Tide”"),
        ((":",), "“Hearing the Tide”"),
        ((), "“Hearing the Tide”"),
        (("Mengting Ai", "Bo Park"), "Ai and Park"),
    ],
)
def test_a_paper_without_a_name_is_called_by_its_people_or_its_title(
    authors: tuple[str, ...], who: str
) -> None:
    plain = PROPOSAL.replace("Sluice, ", "")
    paper = Paper("2603.00001", "Hearing the Tide", f"{BACKGROUND} {plain}", authors=authors)

    assert Dossier(paper).who == who


def test_people_with_the_same_surname_are_told_apart() -> None:
    paper = Paper("2603.00001", "Hearing the Tide", BACKGROUND, authors=("Ana Ito", "B Li", "C Li"))

    assert Dossier(paper, frozenset({"Ito"})).who == "Ana Ito and colleagues"


def test_acronyms_are_spelled_out_where_their_definition_is_not_seen() -> None:
    abstract = f"{BACKGROUND} A harbour sound index (HSI) is kept. {PROPOSAL}"
    dossier = Dossier(Paper("2603.00001", "Sluice: Hearing the Tide", abstract))

    assert dossier.spelled_out("The HSI falls.") == "The harbour sound index falls."
    assert dossier.spelled_out("The HSI falls.", "A harbour sound index (HSI).") == "The HSI falls."


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("It gains 3.2 points over a table.", True),
        ("It is 1.5× faster than a table.", True),
        ("Answers rise to 70 of 100, compared with 42 before.", True),
        ("Sluice 2.0 holds 260 tasks in 9 harbours.", False),
        ("A 7B model reads 1024×768 pictures.", False),
    ],
)
def test_only_measured_figures_measure(text: str, does: bool) -> None:
    assert measures(text) is does
