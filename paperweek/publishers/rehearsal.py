"""A blog that is asked everything and told nothing: for `--rehearse`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from paperweek.errors import BlogUnusable
from paperweek.model import Outcome, Post, Publication, PublishedWeek, Week
from paperweek.ports import Blog


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Reads the real blog, where there is one, and writes posts into a folder instead."""

    blog: Blog | None
    folder: Path

    def standing(self, week: Week) -> Publication | None:
        """Return what the real blog holds for the week."""
        return self.blog.standing(week) if self.blog else None

    def earlier_weeks(self, week: Week, count: int) -> tuple[PublishedWeek, ...]:
        """Return the real blog's published weeks before `week`, newest first."""
        return self.blog.earlier_weeks(week, count) if self.blog else ()

    def read(self, *paths: str) -> tuple[str | None, ...]:
        """Return the texts of files of the real blog."""
        return self.blog.read(*paths) if self.blog else (None,) * len(paths)

    def publish(self, post: Post, *, rewrite: bool = False) -> Publication:  # noqa: ARG002
        """Write post and data into the folder. Raises BlogUnusable where it takes no file."""
        page = self.folder / f"{post.week}.md"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            page.write_text(post.text, encoding="utf-8", newline="\n")
            page.with_suffix(".json").write_text(post.data, encoding="utf-8", newline="\n")
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise BlogUnusable(str(self.folder), "rehearsal", reason) from error
        return Publication(post.week, Outcome.REHEARSED, post.path, url=page.as_uri())
