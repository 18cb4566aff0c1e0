"""Show the post in Prefect's pages: a person reads it there before, or without, the blog."""

from __future__ import annotations

from prefect import task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from paperweek.approval import request_of
from paperweek.datafile import read_data_file
from paperweek.model import Post
from paperweek.topics import name_of


@task(cache_policy=NO_CACHE, persist_result=False)
def show_post(post: Post) -> None:
    """Keep the post, its papers and what its check found as artifacts of the week."""
    week, data = post.week.label.lower(), read_data_file(post.data)
    _, _, body = post.text.removeprefix("---\n").partition("\n---\n")
    create_markdown_artifact(
        f"# {post.title}\n{body}", key=f"post-{week}", description=f"The post on {post.week}."
    )
    create_table_artifact(
        [
            {
                "Paper": paper.title,
                "Votes": "" if paper.votes is None else paper.votes,
                "Cited": "yes" if paper.id in data.cited else "",
                "Topics": ", ".join(map(name_of, paper.topics)),
                "Address": f"https://arxiv.org/abs/{paper.id}",
            }
            for paper in data.papers[: data.counts.selected]
        ],
        key=f"papers-{week}",
        description=f"The papers that were selected from {post.week}, best first.",
    )
    _, request = request_of(post)
    check = f"## {request.partition('## ')[2]}"  # what stands before it is about merging
    create_markdown_artifact(
        check, key=f"check-{week}", description=f"What the check of {post.week} found."
    )
