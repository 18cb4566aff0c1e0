"""Errors cross processes and end up before a person: both must work for each of them."""

from __future__ import annotations

import inspect
import pickle

import pytest

from paperweek import errors
from paperweek.errors import PaperweekError

FAMILY = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, PaperweekError)
]


def an_error(kind: type[PaperweekError]) -> PaperweekError:
    samples = {
        "tries": 2,
        "papers": 7,
        "failures": ("it hung.",),
        "silent_sources": ("arxiv",),
        "cure": "Do this.",
        "remedy": "Do this.",
    }
    names = list(inspect.signature(kind.__init__).parameters)[1:]
    return kind(
        *(samples.get(name, f"a {name}") for name in names if name not in {"args", "kwargs"})
    )


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_an_error_survives_a_process_border(kind: type[PaperweekError]) -> None:
    error = an_error(kind)

    copy = pickle.loads(pickle.dumps(error))

    assert (type(copy), str(copy), copy.hint, vars(copy)) == (
        kind,
        str(error),
        error.hint,
        vars(error),
    )


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_an_error_is_one_sentence_and_its_hint_another(kind: type[PaperweekError]) -> None:
    error = an_error(kind)

    for sentence in filter(None, (str(error), error.hint)):
        assert "\n" not in sentence
        assert sentence.endswith(".")


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_an_exit_code_tells_configuration_refusal_and_failure_apart(
    kind: type[PaperweekError],
) -> None:
    expected = 1
    if issubclass(kind, errors.ConfigurationError):
        expected = 2
    if issubclass(kind, errors.Refusal):
        expected = 3

    assert kind.exit_code == expected


def test_the_tree_in_the_docstring_names_the_whole_family() -> None:
    assert errors.__doc__
    missing = [kind.__name__ for kind in FAMILY if kind.__name__ not in errors.__doc__]

    assert missing == []
