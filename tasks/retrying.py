"""The one rule for trying again: the error knows, the task asks it."""

from __future__ import annotations

from typing import Any

from paperweek.errors import PaperweekError


def when_it_may_help(_task: object, _run: object, state: Any) -> bool:  # noqa: ANN401 -- Prefect's
    """Return whether the error that ended the task says that trying again may help."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, PaperweekError) and error.retryable
