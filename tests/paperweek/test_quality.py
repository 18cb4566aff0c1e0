"""The checks are good enough to be believed: measured on recorded abstracts."""

import pytest

from paperweek.checks import OVERLAP_FLOOR
from tests.quality import FLOOR_OF_RATES, measure, papers_of
from tests.world.corpus import corpus_folder


def test_faithful_sentences_pass_and_corrupted_ones_are_caught() -> None:
    corpus = corpus_folder()
    if corpus is None:
        pytest.skip("the recorded corpus is not on this machine: PAPERWEEK_CORPUS names its folder")
    quality = measure(papers_of(corpus), faithful=500, corrupted=500)
    assert quality.faithful == 500
    assert quality.pass_rate >= FLOOR_OF_RATES, quality.refused[:5]
    assert quality.catch_rate >= FLOOR_OF_RATES, quality.missed[:5]
    for kind, (caught, made) in quality.by_corruption.items():
        assert caught / made >= 0.95, kind
    # The floor lies between: below nearly all true overlaps, above nearly all strange ones.
    own, strange = quality.overlaps["own"], quality.overlaps["another's"]
    assert own[len(own) // 100] > OVERLAP_FLOOR > strange[-len(strange) // 100 - 1]
