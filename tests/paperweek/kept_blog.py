"""A real blog for tests: a bare repository, a person's clone of it, and ours, each machine anew."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from paperweek.model import (
    Citation,
    Heading,
    Kind,
    Paper,
    Post,
    Report,
    Section,
    Selection,
    Sentence,
    Week,
)
from paperweek.publishers.git_blog import GitBlog
from paperweek.rendering import render_post
from tests.world.git_server import bare_repository


@dataclass(frozen=True)
class KeptBlog:
    """The repository `bare`, and what persons and machines do with it."""

    bare: Path
    folder: Path

    @classmethod
    def at(cls, folder: Path, files: Mapping[str, str] | None = None) -> KeptBlog:
        """Make a blog whose first commit holds these files."""
        folder.mkdir(parents=True, exist_ok=True)
        blog = cls(bare_repository(folder / "blog.git"), folder)
        git(folder, "clone", "--quiet", str(blog.bare), str(blog.person))
        git(blog.person, "symbolic-ref", "HEAD", "refs/heads/main")
        blog.by_hand(files or {"about.md": "Us.\n"}, first=True)
        return blog

    @property
    def person(self) -> Path:
        """The person's clone."""
        return self.folder / "person"

    def by_hand(self, files: Mapping[str, str | None], *, first: bool = False) -> None:
        """Commit and push these files as a person; None deletes one."""
        if not first:
            git(self.person, "pull", "--quiet", "origin", "main")
        for name, text in files.items():
            file = self.person / name
            file.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                file.unlink()
            else:
                file.write_text(text, encoding="utf-8")
        git(self.person, "add", "--all")
        git(self.person, "commit", "--quiet", "-m", "By hand")
        git(self.person, "push", "--quiet", "origin", "main")

    def open(self, cache: str = "cache", **settings: object) -> GitBlog:
        """Return the blog as a machine with this cache sees it."""
        return GitBlog(str(self.bare), cache=self.folder / cache, **settings)  # type: ignore[arg-type]

    @property
    def commits(self) -> list[str]:
        """The first lines of the commits, newest first."""
        return git(self.bare, "log", "--format=%s", "main").splitlines()

    def file(self, path: str) -> str:
        """Return what the file holds on the branch; empty where there is none."""
        command = ["git", "-C", str(self.bare), "show", f"main:{path}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout

    def files(self) -> list[str]:
        """Return the paths of all files on the branch."""
        return git(self.bare, "ls-tree", "-r", "--name-only", "main").splitlines()


def git(folder: Path, *arguments: str) -> str:
    """Run real git as a person, and return what it says."""
    who = ("-c", "user.name=A Person", "-c", "user.email=person@example.org")
    command = ["git", "-C", str(folder), *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def weekly_post(week: Week, *cited: str, words: str = "It is said") -> Post:
    """Return a rendered post of the week whose summary cites these papers."""
    papers = tuple(Paper(i, f"On {i}: a *paper*", abstract=f"{words}.", votes=3) for i in cited)
    said = tuple(Sentence(f"{words}.", Kind.PAPERS, (Citation(i),)) for i in cited)
    plain = Sentence("There is more.", Kind.FRAMING)
    sections = tuple(
        Section(h, ((said or (plain,)) if h is Heading.EXECUTIVE_SUMMARY else (plain,),))
        for h in Heading
    )
    return render_post(Report(Selection(week, papers, {}, {}), sections, "nobody/1"))


def old_post(title: str, date: str, category: str = "weekly-report") -> str:
    """Return a post as the blog had them before us."""
    head = f'layout: post\ntitle: "{title}"\ndate: {date}\ncategory: {category}\n'
    return f"---\n{head}---\n\n**Executive Summary**: Old words.\n"
