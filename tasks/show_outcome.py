"""Show in Prefect's pages what became of the week: the notice that was sent, and the page."""

from __future__ import annotations

from prefect import task
from prefect.artifacts import create_link_artifact, create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from paperweek.announcing import compose_notice
from paperweek.summary import Summary


@task(cache_policy=NO_CACHE, persist_result=False)
def show_outcome(summary: Summary) -> None:
    """Keep the notice, and the link to the page, as artifacts of the week."""
    week, notice = summary.week.lower(), compose_notice(summary)
    lines = "\n".join(f"    {line}" for line in (notice.headline, *notice.lines, *notice.details))
    create_markdown_artifact(
        f"The notice was {summary.notice}:\n\n{lines}\n",
        key=f"notice-{week}",
        description=f"The notice about {summary.week}.",
    )
    if summary.url.startswith("http"):
        create_link_artifact(
            summary.url,
            link_text=summary.title or summary.week,
            key=f"page-{week}",
            description=f"Where readers find {summary.week}.",
        )
