"""A small blog, and Debian's Jekyll that builds it as strictly as it can."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

MISSING = None if shutil.which("jekyll") else "Jekyll is not installed: apt-get install jekyll"
"""Why no site can be built here; None where it can."""

_SILENT_TRAPS = ("Conflict", "Skipping", "Error", "Warning")
"""What Jekyll says when it loses a page and still exits with 0."""

_CONFIG = """\
title: The secret title of the site
timezone: UTC
markdown: kramdown
kramdown: {input: GFM}
"""

_LAYOUT = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{ page.title | escape }}</title></head>
<body><h1>{{ page.title | escape }}</h1>
<main>{{ content }}</main></body></html>
"""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build left behind."""

    code: int
    said: str
    folder: Path

    @property
    def complaints(self) -> list[str]:
        """The lines that tell of a page that was lost or broken."""
        return [line for line in self.said.splitlines() if any(w in line for w in _SILENT_TRAPS)]

    def page(self, post_path: str, category: str = "weekly-report") -> Path | None:
        """Return the page that the post became; None where there is none."""
        year, month, day, slug = Path(post_path).stem.split("-", 3)
        page = self.folder / category / year / month / day / f"{slug}.html"
        return page if page.is_file() else None


class JekyllSite:
    """A site with one layout and nothing else, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "site"
        self.add("_config.yml", _CONFIG)
        self.add("_layouts/post.html", _LAYOUT)

    def add(self, path: str, text: str) -> None:
        """Put a file into the site, byte for byte."""
        file = self._folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())

    def build(self) -> Built:
        """Return what became of the site."""
        return build(self._folder, self._folder / "_site")


def build(source: Path, out: Path) -> Built:
    """Return what became of the site in the folder `source`, whose pages go into `out`."""
    run = subprocess.run(
        ["jekyll", "build", "--strict_front_matter", "--source", ".", "--destination", out],
        cwd=source,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return Built(run.returncode, run.stdout + run.stderr, out)
