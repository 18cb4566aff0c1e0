"""The blog of somebody who has none yet: a small Jekyll site in a git repository of its own."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from email.utils import parseaddr
from pathlib import Path

from paperweek.errors import BlogUnusable
from paperweek.publishers._git import Address, Clock, GitCalls
from paperweek.publishers.git_blog import BOT

log = logging.getLogger(__name__)

BRANCH = "main"

_SITE = Path(__file__).resolve().parents[2] / "templates" / "blog"
_SECONDS = 60.0
_HIDDEN_NAMES = {"gitignore": ".gitignore"}
"""A `.gitignore` among the templates would already act on this project's own repository."""


def create_blog(path: Path, *, bot: str = BOT) -> bool:
    """Make a ready Jekyll site with a first commit at `path`; return whether it was made now.

    A git repository that is there already is left as it is, and so is anything else: raises
    BlogUnusable for a file, or a folder that is neither empty nor a repository. The site appears
    at once or not at all, also where two runs make it at the same time.
    """
    path = path.expanduser().absolute()
    if is_repository(path):
        return False
    _refuse_foreign(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as folder:
            new = Path(folder) / "site"
            _write_site(new)
            _commit(new, bot)
            new.rename(path)
    except OSError as error:
        if is_repository(path):
            return False
        raise BlogUnusable(
            str(path),
            "",
            f"it could not be created ({error.strerror or error})",
            "Set PAPERWEEK_BLOG to a place that can be written, and run again.",
        ) from error
    log.info("Created a blog in %s.", path)
    return True


def is_repository(path: Path) -> bool:
    """Return whether `path` is a git repository: a work tree, or a bare one."""
    is_bare = (path / "HEAD").is_file() and (path / "objects").is_dir()
    return (path / ".git").exists() or is_bare


def _refuse_foreign(path: Path) -> None:
    if not os.path.lexists(path) or (path.is_dir() and not any(path.iterdir())):
        return
    raise BlogUnusable(
        str(path),
        "",
        "there is something that is not a git repository, and it was left as it was",
        f"Move it away, make it a repository (git init {path}), or set PAPERWEEK_BLOG.",
    )


def _write_site(new: Path) -> None:
    shutil.copytree(_SITE, new, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    for name, hidden in _HIDDEN_NAMES.items():
        (new / name).rename(new / hidden)
    (new / "_posts").mkdir(exist_ok=True)
    for file in new.rglob("*"):
        # Where the package was installed read-only, the blog must still be its owner's to change.
        file.chmod(0o755 if file.is_dir() else 0o644)


def _commit(new: Path, bot: str) -> None:
    calls, clock = GitCalls(Address(str(new), is_local=True), branch=BRANCH), Clock(_SECONDS)
    name, mail = parseaddr(bot)
    environment = {
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": mail,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": mail,
    }
    (new / ".git").mkdir()
    for arguments in (
        ("init", "--quiet", "--template=", f"--initial-branch={BRANCH}"),
        ("config", "receive.denyCurrentBranch", "updateInstead"),
        ("add", "--all"),
        ("commit", "--quiet", "--no-verify", "-m", "A small site for the weekly reports"),
    ):
        answer = calls.run(
            new / ".git", "-C", str(new), *arguments, seconds=clock.left, environment=environment
        )
        if not answer.is_good:
            raise calls.error(answer) or BlogUnusable(
                str(new), BRANCH, f"its first commit failed ({calls.detail(answer)})"
            )
