"""The posts of the sample's weeks, whole: what a change to a writer or a template does to them.

`python -m tests.golden` writes them anew; then the difference is read like any other change.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import paperweek
from paperweek.datafile import read_data_file
from paperweek.model import Post, PublishedWeek
from paperweek.rendering import render_post
from paperweek.selection import select
from paperweek.snapshots import read_snapshot
from paperweek.writers.extractive import ExtractiveWriter

SAMPLES = Path(paperweek.__file__).parent / "samples"
GOLDEN = Path(__file__).parent / "golden"


def posts() -> Iterator[Post]:
    """Yield the posts on the sample's weeks, each compared with those before it."""
    earlier: tuple[PublishedWeek, ...] = ()
    for path in sorted(SAMPLES.glob("*.json")):
        selection = select(read_snapshot(path), earlier)
        post = render_post(ExtractiveWriter().write(selection))
        yield post
        earlier = (read_data_file(post.data).published_week(), *earlier)


def files(post: Post) -> dict[Path, str]:
    """Return the post's golden files and what they must hold."""
    return {
        GOLDEN / f"{post.week}.md": post.text,
        GOLDEN / f"{post.week}.json": post.data,
    }


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for post in posts():
        for path, text in files(post).items():
            path.write_text(text, encoding="utf-8", newline="\n")
            sys.stdout.write(f"written: {path.relative_to(GOLDEN.parent.parent)}\n")
