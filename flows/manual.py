"""The form that a person fills in Prefect's pages: what they decide, and nothing else."""

from __future__ import annotations

from typing import Literal

from prefect import flow

from flows.naming import run_name
from flows.weekly_report import name_the_outcome, tell_the_owner, weekly_report
from paperweek.summary import Summary


@flow(
    name="report",
    flow_run_name=run_name,
    on_completion=[name_the_outcome],
    on_failure=[tell_the_owner, name_the_outcome],
    timeout_seconds=7200,
    persist_result=False,
)
def manual(
    week: str = "",
    writer: Literal["as set", "extractive", "llm"] = "as set",
    rehearse: bool = False,
    approve: bool = False,
    rewrite: bool = False,
) -> Summary:
    """Publish the report on one week of AI papers.

    Args:
        week: The week, such as 2025-W05, or any day in it, such as 2025-02-01. Leave it empty for
            the week that just ended.
        writer: Who writes. "extractive" takes sentences from the abstracts, needs no key and costs
            nothing; "llm" is the language model that is set, and is paid for.
        rehearse: Do everything, but publish nothing and tell nobody. The post is shown under
            Artifacts.
        approve: Wait before publishing. The run suspends once the post is written; read it under
            Artifacts, then resume the run and choose to publish or to discard it.
        rewrite: Write a week anew that was published before. A post that a person edited stays as
            they left it.
    """
    return weekly_report.fn(
        week=week,
        writer="" if writer == "as set" else writer,
        rehearse=rehearse,
        approve=approve,
        force_rewrite=rewrite,
    )
