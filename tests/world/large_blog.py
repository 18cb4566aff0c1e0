"""A blog of many years, made in seconds: thousands of commits and images that don't compress.

Its texts and images are noise. The newest post lies before the bundled sample's weeks.
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from tests.world.git_server import bare_repository

NEWEST = date(2026, 2, 28)
COMMITS = 2_000
MEGABYTES = 290
COMMITS_AN_IMAGE = 5
POST_BYTES = 3_000
CONFIG = "title: A blog of many years\npermalink: /:year/:month/:day/:title/\n"


def write_large_blog(path: Path, commits: int = COMMITS, megabytes: float = MEGABYTES) -> Path:
    """Return a new bare repository at `path` with so many commits, and images of so many MB.

    Each commit brings one day's post, every fifth one an image (10^6 bytes a MB) with it. The same
    arguments write the same files.
    """
    bare_repository(path)
    # Packed like a host's: deltas between trees, none between images.
    settings = ("core.bigFileThreshold=50k", "core.compression=1", "fastimport.unpackLimit=0")
    options = [part for setting in settings for part in ("-c", setting)]
    command = ["git", "-C", str(path), *options, "fast-import", "--quiet", "--depth=50"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as importer:
        assert importer.stdin is not None
        for part in _commits(commits, megabytes):
            importer.stdin.write(part)
    if importer.returncode:
        raise OSError("git fast-import failed")
    return path


def _commits(count: int, megabytes: float) -> Iterator[bytes]:
    dice = random.Random(11)
    size = int(megabytes * 1e6 / -(-count // COMMITS_AN_IMAGE))
    for number in range(count):
        day = NEWEST - timedelta(days=count - 1 - number)
        at = datetime.combine(day, time(9), UTC).timestamp()
        yield (
            f"commit refs/heads/main\ncommitter A Blogger <blogger@example.org> {at:.0f} +0000\n"
        ).encode()
        yield _data(f"A post for {day}".encode())
        if not number:
            yield _file("_config.yml", CONFIG.encode())
        yield _file(f"_posts/{day}-a-day.md", _post(dice, day).encode())
        if number % COMMITS_AN_IMAGE == 0:
            yield _file(f"assets/images/{day.year}/{day}.png", dice.randbytes(size))


def _file(path: str, content: bytes) -> bytes:
    return f"M 100644 inline {path}\n".encode() + _data(content)


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def _post(dice: random.Random, day: date) -> str:
    head = f"---\nlayout: post\ntitle: A day in {day:%B}\ndate: {day}\ncategory: diary\n---\n\n"
    return f"{head}{dice.randbytes(POST_BYTES // 2).hex()}\n"
