"""The words of a form in Prefect's pages: what a field is called, and what it means."""

from __future__ import annotations

from pydantic import Field
from pydantic.fields import FieldInfo

A_WEEK = r"^\s*(\d{4}-W\d{2}|\d{4}-\d{2}-\d{2})?\s*$"
"""What the form takes for a week, before it starts a run; whether there is such one, a run says."""


def asks(title: str, words: str, **more: str) -> FieldInfo:
    """Return what a parameter's annotation carries so that the form shows `title` and `words`.

    `more` goes into its JSON schema, which Prefect's server holds every new run against.
    """
    # Prefect writes a parameter's name over a Field's own title; it leaves what is extra.
    field: FieldInfo = Field(json_schema_extra={"title": title, "description": words, **more})
    return field
