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
        ("We leave harbours with locks and weirs to future work.", "question"),
        ("The recordings of nine harbours and the code are publicly available.", "release"),
        ("We make our maps of the harbours available under a CC-BY licence.", "release"),
        ("We provide Weir, an open-weight listener trained on nine harbours.", "release"),
        ("Although pilots trust ropes, our method fails when ships move at 5.5 knots.", "catch"),
        ("Limitations: Sluice does not yet cover rivers with ice.", "catch"),
        ("Of the pilots, 23 of 96 changed course, compared with 4 of 96 before.", "result"),
        ("Pilots listen to ropes, not hulls: only 8% of calls named a hull.", "number"),
        ("It is shown that no model hears the tide within one hour.", "finding"),
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
        ("We discuss the challenges and open problems of harbours in our time.", Part.QUESTION),
        ("We articulate open problems and principles for scalable listening.", Part.QUESTION),
        ("By painting on a chart, we leave the background of Sluice intact.", Part.QUESTION),
        ("Evaluated on five open problems in acoustics, Sluice solves three.", Part.QUESTION),
        ("Across five publicly available listeners, we find large differences.", Part.RELEASE),
        ("We compare Sluice with nine open-weight listeners in storms.", Part.RELEASE),
        ("Our method helps when no data are available in a small harbour.", Part.RELEASE),
        ("Our tests show that it is best when very few tidal data are available.", Part.RELEASE),
        ("Sluice recovers tones that prior listeners fail to capture there.", Part.CATCH),
        ("Sluice does not overfit and successfully captures the tide in storms.", Part.CATCH),
    ],
)
def test_what_only_looks_like_a_part_is_not_taken_for_it(sentence: str, not_this: Part) -> None:
    assert part_of(sentence) != not_this.value


@pytest.mark.parametrize(
    "empty",
    [
        "Sluice is based on three components.",
        "Sluice introduces two complementary designs embedded into a filter bank (FB) of ropes.",
        "To this end, we prioritized optimizing three key aspects.",
        "We propose a listener that is organized along two axes.",
        "We propose Program-driven Harbour Correction (PHC).",
        "We evaluate Sluice across a diverse set of harbours and rivers.",
        "We validate it in nine harbours on two coasts of the island.",
        "Experiments in nine harbours demonstrate the effectiveness of Sluice.",
        "Our findings highlight key challenges in hearing the tide at night.",
        "Sluice is the latest advancement in the family of harbour listeners.",
        "Sluice is a new paradigm for efficient harbours.",
        "Sluice 2.0 is a listener that advances our prior project Sluice 1.0.",
        "We had previously designed a listener for 1,200 recordings of ropes.",
        "We analyze our logs to offer actionable insights for pilots.",
    ],
)
def test_a_sentence_that_tells_nothing_plays_no_part(empty: str) -> None:
    assert part_of(empty) == "none"


@pytest.mark.parametrize(
    "full",
    [
        "We propose two ways to hear the tide: a filter bank and a short memory.",
        "Sluice introduces two losses that punish late and early tides.",
        "Experiments demonstrate the effectiveness of Sluice, with 12% less waiting in storms.",
        "We evaluate Sluice in nine harbours and find that it hears the tide at night.",
        "We discuss open challenges, including ice, locks and ferries.",
    ],
)
def test_a_sentence_that_says_what_it_announces_plays_one(full: str) -> None:
    assert part_of(full) != "none"


def test_a_study_without_a_system_is_told_by_what_it_compares() -> None:
    abstract = (
        f"{BACKGROUND} We compare four listeners on 3,000 tides that pilots wrote down."
        " We evaluate all of them at night."
    )
    dossier = Dossier(Paper("2603.00001", "Hearing the Tide", abstract, authors=("A Ito", "B Li")))

    assert [s.text for s in dossier.say(Part.IDEA)][:1] == [
        "Ito and Li compare four listeners on 3,000 tides that pilots wrote down."
    ]


def test_a_list_with_bullets_is_read_point_by_point() -> None:
    abstract = (
        "* We release Sluice, a benchmark of 310 tides to be heard. * The best listener hears 38%"
        " of the tides. * Ropes are missing in most recordings."
    )
    dossier = Dossier(Paper("2603.00001", "Sluice: Hearing the Tide", abstract))

    assert [s.text for s in dossier.statements][:1] == [
        "Sluice is a benchmark of 310 tides to be heard."
    ]


@pytest.mark.parametrize(
    ("beginning", "idea"),
    [
        (
            "We train Sluice on nine harbours and take it to a tenth.",
            "Ito and Park train Sluice on nine harbours and take it to a tenth.",
        ),
        (
            "In this perspective, we contend that each harbour must keep a log.",
            "Ito and Park contend that each harbour must keep a log.",
        ),
        (
            "This tutorial introduces the hearing of tides to pilots.",
            "Ito and Park introduce the hearing of tides to pilots.",
        ),
        (
            "We crawl 3.4 million calls and identify 2,113 false tides.",
            "Ito and Park crawl 3.4 million calls and identify 2,113 false tides.",
        ),
        (
            "Is the tide loud? In short: no. We test nine listeners on 2,500 tides.",
            "Ito and Park test nine listeners on 2,500 tides.",
        ),
    ],
)
def test_a_paper_that_proposes_nothing_is_told_by_what_it_sets_out_to_do(
    beginning: str, idea: str
) -> None:
    abstract = f"{BACKGROUND} {beginning}"
    paper = Paper("2603.00001", "Hearing the Tide", abstract, authors=("Ana Ito", "Bo Park"))

    told = [s.text for s in Dossier(paper).statements if s.part in {Part.IDEA, Part.FINDING}]

    assert told == [idea]


def test_a_team_that_signs_as_one_is_several() -> None:
    abstract = f"{BACKGROUND} {PROPOSAL} We observed a tide that we call a neap."
    dossier = Dossier(Paper("2603.00001", "Sluice: Tides", abstract, authors=("Harbour AI Team",)))

    assert dossier.say(Part.FINDING)[0].text.endswith("observed a tide that they call a neap.")


def test_one_author_of_a_named_paper_is_one() -> None:
    abstract = f"{BACKGROUND} {PROPOSAL} We observe a tide in every river."
    dossier = Dossier(Paper("2603.00001", "Sluice: Tides", abstract, authors=("Ana Ito",)))

    assert dossier.say(Part.FINDING)[0].text == (
        "The author of Sluice observes a tide in every river."
    )


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
        (("Jae Kim", "Bo Kim"), "Jae Kim and Bo Kim"),
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


def test_an_acronym_keeps_the_noun_that_its_definition_needs() -> None:
    abstract = f"{BACKGROUND} Sound-Rope-Tide (SRT) models are slow. {PROPOSAL}"
    dossier = Dossier(Paper("2603.00001", "Sluice: Hearing the Tide", abstract))

    assert dossier.spelled_out("No open SRT to date.") == "No open Sound-Rope-Tide model to date."
    assert dossier.spelled_out("Many SRT policies.") == "Many Sound-Rope-Tide policies."


def test_an_acronym_may_take_letters_from_inside_a_word() -> None:
    abstract = f"{BACKGROUND} Sparse autoencoders (SAEs) are slow. {PROPOSAL}"
    dossier = Dossier(Paper("2603.00001", "Sluice: Hearing the Tide", abstract))

    assert dossier.spelled_out("We train SAEs.") == "We train sparse autoencoders."


def test_an_acronym_may_leave_out_small_words() -> None:
    abstract = f"{BACKGROUND} Network and service management (NSM) is slow. {PROPOSAL}"
    dossier = Dossier(Paper("2603.00001", "Sluice: Hearing the Tide", abstract))

    assert dossier.spelled_out("We add NSM.") == "We add network and service management."


def test_a_sentence_with_an_acronym_that_only_another_explains_is_left_out() -> None:
    puzzle = "We find that every XYQ hears the tide before the pilots do."
    explained = f"{BACKGROUND} Listeners by rope (XYQ) are rare. {PROPOSAL} {puzzle}"
    common = f"{BACKGROUND} {PROPOSAL} {puzzle}"

    for abstract, told in ((explained, 0), (common, 1)):
        dossier = Dossier(Paper("2603.00001", "Sluice: Hearing the Tide", abstract))
        assert len(dossier.say(Part.FINDING)) == told


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
