"""The form that a person fills in Prefect's pages: what they decide, and nothing else."""

from __future__ import annotations

from typing import Annotated, Literal

from prefect import flow

from flows.forms import A_WEEK, asks
from flows.naming import run_name
from flows.weekly_report import name_the_failure, tell_the_owner, weekly_report
from paperweek.summary import Summary


@flow(
    name="report",
    flow_run_name=run_name,
    on_failure=[tell_the_owner, name_the_failure],
    timeout_seconds=7200,
    persist_result=False,
)
def manual(
    week: Annotated[
        str,
        asks(
            "Week",
            "A week such as 2025-W05, or any day in it such as 2025-02-01. Leave it empty for "
            "the week that just ended.",
            pattern=A_WEEK,
        ),
    ] = "",
    writer: Annotated[
        Literal["as set", "extractive", "llm"],
        asks(
            "Who writes",
            "“as set” is whoever writes on Sundays. “extractive” takes sentences from the "
            "abstracts, needs no key and costs nothing. “llm” is the language model that is set, "
            "and is paid for.",
        ),
    ] = "as set",
    rehearse: Annotated[
        bool,
        asks(
            "Only rehearse",
            "Do everything, but publish nothing and tell nobody. The post is shown under "
            "Artifacts.",
        ),
    ] = False,
    approve: Annotated[
        bool,
        asks(
            "Ask me before publishing",
            "The run is suspended once the post is written, and you are told. Read the post under "
            "Artifacts, then resume the run and publish or discard it.",
        ),
    ] = False,
    rewrite: Annotated[
        bool,
        asks(
            "Write it anew",
            "Replace a post that was published before. One that a person edited stays as they "
            "left it.",
        ),
    ] = False,
) -> Summary:
    """Publish the report on one week of AI papers: all fields may stay as they are."""
    return weekly_report.fn(
        week=week,
        writer="" if writer == "as set" else writer,
        rehearse=rehearse,
        approve=approve,
        force_rewrite=rewrite,
    )
