"""The judge of killed runs finds what is wrong: the rows themselves are played with all faults."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import saboteurs
from tests.world.gate import Lock
from tests.world.killing_case import KILLINGS, MODEL, KillingCase, at
from tests.world.surroundings import MISSING
from tests.world.whole_run import Connect

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING or "")

BY_NAME = {(k.when, k.whole_flow): k for k in KILLINGS}


@pytest.mark.parametrize(
    ("when", "saboteur", "said"),
    [
        ("at the third day of Hugging Face", saboteurs.commits_twice, "2 commits for the week"),
        ("at the third day of Hugging Face", saboteurs.drops_notices, "nobody was told"),
        ("the push is sent, git too", saboteurs.forgets_what_is_owed, "nobody was told"),
    ],
)
def test_what_is_wrong_after_a_kill_is_said(when: str, saboteur: Connect, said: str) -> None:
    row = KillingCase(BY_NAME[when, False], saboteur).play()
    assert not row.good
    assert said in row.outcome


def test_a_repetition_is_wrong_where_it_could_be_known_that_somebody_was_told() -> None:
    killing = BY_NAME["Slack is asked and has not answered", False]
    row = KillingCase(replace(killing, may_repeat=False)).play()
    assert not row.good
    assert row.outcome == "2 notices, where none had to be repeated"


def test_a_run_that_was_never_held_proves_nothing() -> None:
    never = replace(KILLINGS[0], point=at(Lock(MODEL)))
    row = KillingCase(never).play()
    assert not row.good
    assert "it ended before it could be killed" in row.outcome


def test_twenty_points_and_more_are_played_some_of_them_on_the_whole_flow() -> None:
    assert len(BY_NAME) == len(KILLINGS) >= 20
    assert sum(killing.whole_flow for killing in KILLINGS) >= 3
