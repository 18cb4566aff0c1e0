"""A blog in a git repository, local or remote: the week's files in one commit, exactly once.

There is no work tree. A bare clone without file contents lies in the cache folder; a commit is
built on the newest tip by git's plumbing, pushed without force, and believed only when the remote
says that it has it. Whoever pushes in between wins: the commit is built again on the new tip.

What the blog holds, and whose words they are, is read by `_tip`. Besides the trailers described
there, each commit of ours carries `Report-Run`, which tells it from that of another run.
"""

from __future__ import annotations

import copy
import hashlib
import logging
import os
import random
import re
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path, PurePosixPath
from textwrap import shorten
from typing import TypeVar

from filelock import FileLock, Timeout
from pydantic import SecretStr

from paperweek.datafile import read_data_file
from paperweek.errors import (
    BlogForbidden,
    BlogUnreachable,
    BlogUnusable,
    ConfigurationError,
    PublishingError,
)
from paperweek.jekyll import SITE_CONFIG, Site, refuse_hidden
from paperweek.model import Outcome, Post, Publication, PublishedWeek, Week
from paperweek.ports import BlogTip, Change, Owed
from paperweek.publishers._git import (
    Address,
    Answer,
    BrokenCloneError,
    Clock,
    GitCalls,
)
from paperweek.publishers._tip import Tip

log = logging.getLogger(__name__)

BOT = "paperweek <paperweek@users.noreply.github.com>"

_LAST_QUESTION_SECONDS = 20.0
"""How long the remote is asked, after the deadline, whether a push arrived."""
_LONGEST_PAUSE = 3.0
_LONGEST_REASON = 160
_STAGED, _NEW = "commit-", "new-"
"""How the names of folders begin that last no longer than a call."""

_MOVED = re.compile(
    r"fetch first|non-fast-forward|stale info|failed to update ref|cannot lock ref|failed to lock|"
    r"incorrect old value|already exists"
)
_MARKS = "refs/paperweek/told/"
_BEGUN, _SENT, _THREAD = (f"{_MARKS}{name}/" for name in ("begun", "sent", "thread"))
_OWED, _PROPOSED = "Report-Notice: owed", "Report-Notice: proposed"
"""What a commit says of its notice. A proposal says it in other words, because its message may come
to the branch with it, in whatever commit a person merges: that one owes nothing any more."""
_SHORT = 12
_BEGAN, _GAVE_UP = "Began to tell of", "Could not tell of"
_MOST_OWED, _MOST_WAITING = 53, 8
"""Older posts are no news, whoever was told of them."""
_OTHER_FORMAT = re.compile(r"mismatched algorithms|does not support this repository's hash")
"""A repository of SHA-256, as git says it to a clone of SHA-1."""
_DIRTY = re.compile(r"Working directory has|[Cc]ould not update working tree|working tree")
_T = TypeVar("_T")
_E = TypeVar("_E", bound=PublishingError)


@dataclass(frozen=True, slots=True)
class _View:
    """The blog as the remote showed it: a branch, and its tip (empty where it has no commit)."""

    branch: str
    tip: str
    source: str
    """The branch that the tip is on: another one where ours is not there yet."""


class GitBlog:
    """The blog port, kept by a git repository."""

    def __init__(
        self,
        repository: str,
        *,
        cache: Path,
        branch: str = "",
        token: SecretStr | str | None = None,
        user: str = "x-access-token",
        post_path: str = "_posts/{date}-weekly-report.md",
        category: str = "weekly-report",
        bot: str = BOT,
        deadline: float = 180.0,
        owes_notices: bool = False,
        ssh_command: str = "ssh",
        ssh_key: Path | None = None,
        ssh_known_hosts: Path | None = None,
    ) -> None:
        """Prepare a blog; nothing is touched or asked yet.

        `repository` is a bare repository, a work tree or a git address; `branch` empty means the
        one that the repository itself calls its default. Below `cache` lies the working copy,
        which may be thrown away at any time. `deadline` is in seconds, for each method call.
        Raises ConfigurationError for an address that git may not be given.
        """
        address = Address.parse(repository)
        secret = token.get_secret_value() if isinstance(token, SecretStr) else token or ""
        self._git = GitCalls(
            address,
            branch=branch,
            token=secret,
            user=user,
            ssh_command=ssh_command,
            ssh_key=ssh_key,
            ssh_known_hosts=ssh_known_hosts,
        )
        if secret and address.host_root.startswith("http://"):
            log.warning("The token for %s travels unencrypted; use https.", address.text)
        self._branch, self._deadline = branch, deadline
        self._starts_on: str | None = None
        self._post_path, self._category = post_path, category
        self.owes_notices, self._owes = owes_notices, _OWED
        self._bot_name, self._bot_mail = parseaddr(bot)
        key = hashlib.sha256(address.text.encode()).hexdigest()[:16]
        self._clone = cache / "blogs" / f"{key}.git"
        # What nearly every host keeps; one that keeps the other says so to the first clone.
        self._object_format = "sha1"
        self._seen: _View | None = None

    def standing(self, week: Week) -> Publication | None:
        """Return what the blog holds for the week; None where nothing was ever published.

        The outcome is `unchanged`; `human_edited` says that a person changed, moved or deleted
        the post, or wrote it. Raises PublishingError where the blog can't be read.
        """
        return self.look(lambda tip: tip.standing(week))

    def read(self, *paths: str) -> tuple[str | None, ...]:
        """Return the texts of files of the blog; None for each that is no plain file there.

        Raises PublishingError where the blog can't be read.
        """
        return self.look(lambda tip: tuple(tip.read(path) for path in paths))

    def on_branch(self, name: str) -> GitBlog:
        """Return the same blog on another branch, which begins where this one is."""
        other = copy.copy(self)
        other._git = copy.copy(self._git)  # noqa: SLF001 - of this very class
        other._branch, other._starts_on, other._seen = name, self._branch, None  # noqa: SLF001
        other._owes = _PROPOSED  # noqa: SLF001
        return other

    def branch(self) -> str:
        """Return the name of the branch that is published on. Raises what `look` raises."""
        return self._with_clone(Clock(self._deadline), lambda clock: self._look(clock).branch)

    def look(self, ask: Callable[[BlogTip], _T]) -> _T:
        """Return what `ask` finds in the blog as it is now.

        Raises PublishingError where the blog can't be read.
        """
        return self._with_clone(
            Clock(self._deadline), lambda clock: ask(self._tip(self._look(clock), clock))
        )

    def earlier_weeks(self, week: Week, count: int) -> tuple[PublishedWeek, ...]:
        """Return up to `count` published weeks before `week`, newest first, by their data files.

        A file that cannot be understood is skipped with a warning. Raises PublishingError where
        the blog can't be read.
        """

        def ask(clock: Clock) -> tuple[PublishedWeek, ...]:
            view = self._seen if self._seen and self._has(self._seen, clock) else self._look(clock)
            found: list[PublishedWeek] = []
            tip = self._tip(view, clock)
            for earlier, entry in tip.data_files():
                if len(found) == count:
                    break
                if earlier >= week:
                    continue
                try:
                    found.append(_read(tip.read(entry.path) or "", earlier))
                except (ValueError, ConfigurationError) as error:
                    why = shorten(str(error), _LONGEST_REASON, placeholder="…").rstrip(".")
                    log.warning("Skipped %s in the blog: %s.", entry.path, why)
            return tuple(found)

        return self._with_clone(Clock(self._deadline), ask)

    def publish(self, post: Post, *, rewrite: bool = False) -> Publication:
        """Commit and push the post's files, exactly once, unless the week stands already.

        With `rewrite` our own text is replaced by another; a person's never is. The outcome is
        `published` where this very call brought the commit, else `unchanged`. Raises HiddenPost
        where Jekyll would not show it, and BlogUnreachable (try again), BlogForbidden or
        BlogUnusable; after each the next call finds out by itself whether the commit arrived.
        """
        for path in (post.path, post.data_path):
            self._refuse_odd(path)
        clock, sent = Clock(self._deadline), set[str]()
        try:
            return self._until_taken(
                clock, lambda clock: self._attempt(post, clock, sent, rewrite=rewrite)
            )
        except BlogUnreachable:
            if sent and (landed := self._landed(post, sent)):
                return landed
            raise

    def amend(self, compose: Callable[[BlogTip], tuple[_T, Change | None]]) -> tuple[_T, str]:
        """Commit and push the change that `compose` makes of the blog; return its answer too.

        `compose` is asked again for each newer tip; the commit's id is empty where it wanted no
        change. Raises what `publish` raises; called again, `compose` sees whether it arrived.
        """

        def attempt(clock: Clock) -> tuple[_T, str] | None:
            view = self._look(clock)
            answer, change = compose(self._tip(view, clock))
            commit = self._commit(view, change, clock) if change else ""
            if commit and not self._push(view, commit, clock):
                return None
            if commit:
                self._confirm(view, commit, clock)
            return answer, commit

        return self._until_taken(Clock(self._deadline), attempt)

    def try_push(self) -> str:
        """Return the branch that a push without effect was let into: nothing changes in the blog.

        A hook and a branch's protection are asked only by a real push. Raises what `publish`
        raises.
        """

        def attempt(clock: Clock) -> str | None:
            view = self._look(clock)
            self._refuse_locked()
            made = ("rev-parse", f"{view.tip}^{{tree}}") if view.tip else ("mktree",)
            tree = self._ok(*made, clock=clock).strip()
            parent = ("-p", view.tip) if view.tip else ()
            commit = self._ok(
                *("commit-tree", tree, *parent, "-m", "A trial"),
                clock=clock,
                environment=self._identity,
            ).strip()
            return view.branch if self._push(view, commit, clock, "--dry-run") else None

        return self._until_taken(Clock(self._deadline), attempt)

    def owed(self) -> tuple[Owed, ...]:
        """Return the notices that are owed for our newest posts, the newest first.

        A post says in its commit that a notice is owed. Two refs beside the branches, which are
        never taken back, say that somebody began to send it, and that it was sent; so the record
        survives a lost machine, and costs the branch no commit.
        """

        def ask(clock: Clock) -> tuple[Owed, ...]:
            tip = self._look(clock).tip
            return tuple(self._untold(_OWED, [tip], clock)) if tip else ()

        return self._with_clone(Clock(self._deadline), ask)

    def owed_on(self, branches: str) -> tuple[Owed, ...]:
        """Return the notices that are owed for posts on branches whose names begin so.

        What was merged since then owes nothing: the person who merged it knows it.
        """

        def ask(clock: Clock) -> tuple[Owed, ...]:
            heads, _ = self._heads(clock)
            names = sorted((n for n in heads if n.startswith(branches)), reverse=True)
            tips = [self._fetched(_View(n, heads[n], n), clock) for n in names[:_MOST_WAITING]]
            if not tips:
                return ()
            merged = self._look(clock).tip
            without = ["--not", merged] if merged else []
            return tuple(self._untold(_PROPOSED, [*tips, *without], clock))

        return self._with_clone(Clock(self._deadline), ask)

    def read_of(self, notice: Owed, path: str) -> str | None:
        """Return the text of the file in the commit that the notice is about; None: no such."""
        view = _View("", notice.commit, "")
        return self._with_clone(
            Clock(self._deadline), lambda clock: self._tip(view, clock).read(path)
        )

    def claim(self, notice: Owed) -> bool:
        """Return whether it is ours to send the notice: of all who ask at once, one hears yes.

        Raises PublishingError where the remote takes no such mark.
        """

        def attempt(clock: Clock) -> bool:
            words = f"{_BEGAN} {notice.week}\n\n{uuid.uuid4().hex}"
            mark = self._new_mark(words, notice.begun, clock)
            return self._set_mark(_BEGUN + notice.key, mark, clock)

        return self._with_clone(Clock(self._deadline), attempt)

    def settle(self, notice: Owed) -> None:
        """Remember that the notice was sent. Raises PublishingError where that can't be kept."""

        def attempt(clock: Clock) -> None:
            self._set_mark(_SENT + notice.key, notice.commit, clock)

        self._with_clone(Clock(self._deadline), attempt)

    def release(self, notice: Owed) -> None:
        """Remember that a notice that was ours to send was not: it is anybody's again.

        Raises PublishingError where that can't be kept.
        """

        def attempt(clock: Clock) -> None:
            name = _BEGUN + notice.key
            words = f"{_GAVE_UP} {notice.week}\n\n{uuid.uuid4().hex}"
            self._set_mark(name, self._new_mark(words, self._known_mark(name, clock), clock), clock)

        self._with_clone(Clock(self._deadline), attempt)

    def thread(self, week: Week) -> str:
        """Return the thread that the week's notices belong to; empty where none is known.

        It stands in the message of a commit that only a ref beside the branches leads to. Raises
        PublishingError where the blog can't be read.
        """

        def ask(clock: Clock) -> str:
            mark = self._known_mark(f"{_THREAD}{week}", clock)
            return self._ok("log", "-1", "--format=%b", mark, clock=clock).strip() if mark else ""

        return self._with_clone(Clock(self._deadline), ask)

    def keep_thread(self, week: Week, thread: str) -> None:
        """Remember the thread that the week's notices belong to, on whatever machine.

        Of all who open one at once, the first one's is kept. Raises PublishingError where the
        remote takes no such mark.
        """

        def attempt(clock: Clock) -> None:
            name = f"{_THREAD}{week}"
            words = f"Where notices about {week} belong\n\n{thread}"
            mark = self._new_mark(words, self._known_mark(name, clock), clock)
            self._set_mark(name, mark, clock)

        self._with_clone(Clock(self._deadline), attempt)

    def _untold(self, says: str, revisions: list[str], clock: Clock) -> Iterator[Owed]:
        """Yield the notices of our newest commits among the revisions, if nobody sent them."""
        marks = self._marks(clock)
        options = (f"--max-count={_MOST_OWED}", "--grep", f"^{says}$", "--format=%H%n%B%x00")
        for text in self._ok("log", *options, *revisions, clock=clock).split("\0"):
            commit, _, words = text.strip().partition("\n")
            named = re.search(r"^Report-Week: (\S+)$", words, re.MULTILINE)
            week = Week.parse(named[1]) if named else None
            key = f"{week}-{_run_of(words) or commit[:_SHORT]}"
            if week and f"{_SENT}{key}" not in marks:
                begun = marks.get(f"{_BEGUN}{key}", "")
                at = self._begun_at(key, begun, clock) if begun else None
                yield Owed(week, commit, key, begun, at)

    def _marks(self, clock: Clock, pattern: str = f"{_MARKS}*") -> dict[str, str]:
        said = self._ok("ls-remote", "origin", pattern, clock=clock)
        lines = (line.partition("\t") for line in said.splitlines())
        return {name: value for value, _, name in lines}

    def _known_mark(self, name: str, clock: Clock) -> str:
        """Return the commit that the mark leads to, fetched; empty where there is none."""
        mark = self._marks(clock, name).get(name, "")
        if mark:
            self._fetch(f"+{name}:{name}", clock)
        return mark

    def _new_mark(self, words: str, parent: str, clock: Clock) -> str:
        """Return a commit of no files that says `words`."""
        tree = self._ok("mktree", clock=clock).strip()
        return self._ok(
            *("commit-tree", tree, *(("-p", parent) if parent else ()), "-m", words),
            clock=clock,
            environment=self._identity,
        ).strip()

    def _begun_at(self, key: str, mark: str, clock: Clock) -> datetime | None:
        self._fetch(f"+{_BEGUN}{key}:{_BEGUN}{key}", clock)
        at, _, words = self._ok("log", "-1", "--format=%ct %s", mark, clock=clock).partition(" ")
        return None if words.startswith(_GAVE_UP) else datetime.fromtimestamp(int(at), UTC)

    def _set_mark(self, name: str, value: str, clock: Clock) -> bool:
        """Push a ref without force; return False where somebody was faster."""
        answer = self._run("push", "--porcelain", "origin", f"{value}:{name}", clock=clock)
        if answer.is_good:
            return True
        rejected = next((r for r in answer.out.splitlines() if r.startswith("!")), "")
        if rejected and _MOVED.search(rejected):
            return False
        raise (
            self._rejection(self._git.redact(rejected), answer)
            if rejected
            else self._failure(answer)
        )

    def _refuse_locked(self) -> None:
        """Refuse a folder of this machine that we may not write into."""
        if (folder := self._local_folder) and not os.access(folder / "objects", os.W_OK):
            raise self._error(
                BlogForbidden, "this user may not write into it", "Give this user the folder."
            )

    def _until_taken(self, clock: Clock, attempt: Callable[[Clock], _T | None]) -> _T:
        """Return what an attempt returns, as soon as nobody was faster."""
        tries = 0
        while (done := self._with_clone(clock, attempt)) is None:
            tries += 1
            pause = random.SystemRandom().uniform(0.05, min(_LONGEST_PAUSE, 0.1 * 2**tries))
            if clock.left <= pause:
                raise self._error(
                    BlogUnreachable, f"others kept pushing, or hold its lock ({tries} tries)"
                )
            time.sleep(pause)
        return done

    def _attempt(
        self, post: Post, clock: Clock, sent: set[str], *, rewrite: bool
    ) -> Publication | None:
        """Publish on the tip of now; None where somebody was faster."""
        view = self._look(clock)
        tip = self._tip(view, clock)
        standing = tip.standing(post.week, post.path)
        if standing and standing.commit in sent:
            return replace(standing, outcome=Outcome.PUBLISHED)
        if standing and (standing.human_edited or not rewrite):
            return standing
        if standing and not tip.is_data_ours(post.week, post.data_path):
            return replace(standing, human_edited=True)
        files: dict[str, str | None] = {post.path: post.text, post.data_path: post.data}
        if standing and standing.path != post.path:
            files[standing.path] = None
        _refuse_hidden(post, tip, set(files))
        change = Change(
            f"Weekly report {post.week}", files, {post.week: post.path}, self.owes_notices
        )
        commit = self._commit(view, change, clock)
        if not commit:
            return standing
        sent.add(commit)
        if not self._push(view, commit, clock):
            return None
        self._confirm(view, commit, clock)
        log.info("Pushed %s to %s as %s.", post.path, view.branch, commit[:10])
        return Publication(post.week, Outcome.PUBLISHED, post.path, commit)

    def _landed(self, post: Post, sent: set[str]) -> Publication | None:
        """Ask whether a push of unknown outcome arrived after all; None where it cannot be told."""

        def ask(clock: Clock) -> Publication | None:
            return self._tip(self._look(clock), clock).standing(post.week, post.path)

        try:
            standing = self._with_clone(Clock(_LAST_QUESTION_SECONDS), ask)
        except PublishingError:
            return None
        if standing and standing.commit in sent:
            return replace(standing, outcome=Outcome.PUBLISHED)
        return None

    # The blog as it is

    def _look(self, clock: Clock) -> _View:
        """Return the branch and its tip as the remote has them now, with its history here."""
        heads, default = self._heads(clock)
        branch = self._branch or self._default_branch(heads, default, clock)
        self._git.branch = branch
        source = branch
        if self._starts_on is not None and branch not in heads:
            source = self._starts_on or self._default_branch(heads, default, clock)
        if heads and source not in heads:
            names = ", ".join(sorted(heads)[:8])
            raise self._error(
                BlogUnusable,
                f"it has no branch of that name; it has {names}",
                "Set PAPERWEEK_BLOG_BRANCH to one of its branches, or create this one first.",
            )
        view = _View(branch, heads.get(source, ""), source)
        if view.tip:
            view = replace(view, tip=self._fetched(view, clock))
        self._seen = view
        return view

    def _fetched(self, view: _View, clock: Clock) -> str:
        """Return the tip with its history here, or the newer one that came instead."""
        if self._has(view, clock):
            return view.tip
        self._fetch(f"+refs/heads/{view.source}:{_tracking(view.source)}", clock)
        return self._ok("rev-parse", _tracking(view.source), clock=clock).strip()

    def _heads(self, clock: Clock) -> tuple[dict[str, str], str]:
        """Return the remote's branches with their tips, and the name of its default branch."""
        said = self._ok("ls-remote", "--symref", "origin", "HEAD", "refs/heads/*", clock=clock)
        heads, default = dict[str, str](), ""
        for line in said.splitlines():
            value, _, name = line.partition("\t")
            if value.startswith("ref: refs/heads/") and name == "HEAD":
                default = value.removeprefix("ref: refs/heads/")
            elif name.startswith("refs/heads/"):
                heads[name.removeprefix("refs/heads/")] = value
        return heads, default

    def _default_branch(self, heads: dict[str, str], default: str, clock: Clock) -> str:
        """Return the branch to use where none was set: the remote's own, else the evident one."""
        if default in heads:
            return default
        if len(heads) == 1:
            return next(iter(heads))
        if not heads and (unborn := self._unborn_branch(clock)):
            return unborn
        return "main" if "main" in heads or not heads else "master"

    def _unborn_branch(self, clock: Clock) -> str:
        """Return the branch that an empty local repository is about to have; empty if unknown."""
        folder = self._local_folder
        if not folder:
            return ""
        answer = self._git.run(folder, "symbolic-ref", "--short", "HEAD", seconds=clock.left)
        return answer.out.strip() if answer.is_good else ""

    @property
    def _local_folder(self) -> Path | None:
        """The blog's own `.git`, where it is a folder of this machine."""
        here = Path(self._git.address.text.removeprefix("file://"))
        folders = (here / ".git", here) if self._git.address.is_local else ()
        return next((f for f in folders if (f / "HEAD").is_file()), None)

    def _has(self, view: _View, clock: Clock) -> bool:
        known = self._run("rev-parse", "--quiet", "--verify", _tracking(view.source), clock=clock)
        return known.is_good and known.out.strip() == view.tip

    def _tip(self, view: _View, clock: Clock) -> Tip:
        def git(*arguments: str, given: str = "") -> str:
            return self._ok(*arguments, clock=clock, given=given)

        return Tip(view.tip, git, pattern=self._post_path, category=self._category)

    # A commit, and its way to the remote

    def _commit(self, view: _View, change: Change, clock: Clock) -> str:
        """Build the commit on the tip; return its id, empty where the tip holds all of it."""
        for path in change.files:
            self._refuse_odd(path)
            self._refuse_links(view, path, clock)
        with tempfile.TemporaryDirectory(dir=self._clone, prefix=_STAGED) as folder:
            scratch = Path(folder)
            # Nothing is checked out there, but taking a file off the index asks for a work tree.
            index = {"GIT_INDEX_FILE": str(scratch / "index"), "GIT_WORK_TREE": folder}

            def staged(*arguments: str, given: str = "") -> str:
                return self._ok(*arguments, clock=clock, environment=index, given=given).strip()

            staged("read-tree", *([view.tip] if view.tip else ["--empty"]))
            blobs = {}
            for path, text in change.files.items():
                if text is None:
                    staged("update-index", "--force-remove", "--", path)
                    continue
                blob = staged("hash-object", "-w", "--no-filters", "--stdin", given=text)
                staged("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
                blobs[path] = blob
            tree = staged("write-tree", "--missing-ok")
            if view.tip and tree == staged("rev-parse", f"{view.tip}^{{tree}}"):
                return ""
            parent = ("-p", view.tip) if view.tip else ()
            return self._ok(
                *("commit-tree", tree, *parent),
                clock=clock,
                environment=self._identity,
                given=_message(change, blobs, self._owes),
            ).strip()

    @property
    def _identity(self) -> dict[str, str]:
        return {
            "GIT_AUTHOR_NAME": self._bot_name,
            "GIT_AUTHOR_EMAIL": self._bot_mail,
            "GIT_COMMITTER_NAME": self._bot_name,
            "GIT_COMMITTER_EMAIL": self._bot_mail,
        }

    def _refuse_links(self, view: _View, path: str, clock: Clock) -> None:
        """Refuse to write through a link, over a folder, or into what is not a folder."""
        if not view.tip:
            return
        tip = self._tip(view, clock)
        for place in (*reversed(PurePosixPath(path).parents[:-1]), PurePosixPath(path)):
            entry = tip.entry(str(place))
            if entry is None:
                return
            wanted = "blob" if str(place) == path else "tree"
            if entry.kind != wanted or entry.mode == "120000":
                raise self._error(
                    BlogUnusable,
                    f"{place} in it is a link, a submodule or not what a blog has there",
                    f"Make {place} a plain {'file' if wanted == 'blob' else 'folder'}, "
                    "or set PAPERWEEK_POST_PATH to another place.",
                )

    def _refuse_odd(self, path: str) -> None:
        parts = path.split("/")
        odd = any(part in {"", ".", ".."} or part.lower() == ".git" for part in parts)
        if odd or not path.isprintable():
            raise self._error(
                BlogUnusable, f"{path!r} is no path inside it", "Check PAPERWEEK_POST_PATH."
            )

    def _push(self, view: _View, commit: str, clock: Clock, *options: str) -> bool:
        """Push the commit; return False where somebody else was faster."""
        # From a ref of our own: a bare id makes git's own answer harder to tell apart.
        self._ok("update-ref", "refs/paperweek/push", commit, clock=clock)
        where = f"refs/paperweek/push:refs/heads/{view.branch}"
        answer = self._run("push", "--porcelain", *options, "origin", where, clock=clock)
        if answer.is_good:
            return True
        rejected = next((r for r in answer.out.splitlines() if r.startswith("!")), "")
        if not rejected:
            raise self._failure(answer)
        reason = self._git.redact(rejected.split("\t")[-1])
        log.info("The push of %s was not taken: %s.", commit[:10], reason)
        if _MOVED.search(reason):
            return False
        raise self._rejection(reason, answer)

    def _rejection(self, reason: str, answer: Answer) -> PublishingError:
        reason = reason.removeprefix("[remote rejected] ").strip("()")
        if self._git.address.is_local and _DIRTY.search(reason):
            here = self._git.address.text
            return self._error(
                BlogUnusable,
                f"its work tree holds changes that are not committed ({reason})",
                f"Commit or put aside what `git -C {here} status` shows, then run again; "
                "nothing of it was touched.",
            )
        known = None if "declined" in reason else self._git.error(answer)
        if known and not isinstance(known, BlogUnreachable):
            return known
        words = [w for w in answer.err.splitlines() if w.startswith("remote: ")]
        said = self._git.detail(Answer(answer.status, "", "\n".join(words))) if words else ""
        return self._error(
            BlogForbidden,
            f"it declined the push ({reason})" + (f": {said}" if said else ""),
            "Let the bot push to this branch (its protection rules or hooks decline it), or set "
            "PAPERWEEK_BLOG_BRANCH to another one.",
        )

    def _confirm(self, view: _View, commit: str, clock: Clock) -> None:
        """Believe the push only when the remote itself names the commit."""
        heads, _ = self._heads(clock)
        if heads.get(view.branch) == commit:
            self._ok("update-ref", _tracking(view.branch), commit, clock=clock)
            self._seen = _View(view.branch, commit, view.branch)
            return
        now = self._look(clock)
        held = self._run("merge-base", "--is-ancestor", commit, now.tip or commit, clock=clock)
        if not now.tip or not held.is_good:
            raise self._error(BlogUnreachable, "it took the push and does not show the commit")

    # The working copy

    def _with_clone(self, clock: Clock, work: Callable[[Clock], _T]) -> _T:
        """Return what `work` returns, alone with a sound clone: a broken one is made anew, once."""
        with self._alone(clock):
            try:
                return self._within(clock, work)
            except BrokenCloneError as broken:
                log.warning("The working copy of the blog is made anew: %s", broken)
                self._discard()
            try:
                return self._within(clock, work)
            except BrokenCloneError as broken:
                self._discard()
                raise self._error(BlogUnusable, f"git failed twice ({broken})") from broken

    def _within(self, clock: Clock, work: Callable[[Clock], _T]) -> _T:
        try:
            self._open(clock)
            return work(clock)
        except BlogUnusable:
            # A full disk leaves half a clone behind; another one costs seconds.
            self._discard()
            raise
        except OSError as error:
            self._discard()
            raise self._no_room(error) from error

    @contextmanager
    def _alone(self, clock: Clock) -> Iterator[None]:
        try:
            self._clone.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._clone.with_suffix(".lock"), timeout=clock.left)
            lock.acquire()
        except Timeout as error:
            raise self._error(BlogUnreachable, "another run is busy with it") from error
        except OSError as error:
            raise self._no_room(error) from error
        try:
            yield
        finally:
            lock.release()

    def _open(self, clock: Clock) -> None:
        """Make the clone where there is none; in a side folder first, so that half is nothing."""
        self._sweep()
        if (self._clone / "HEAD").exists() and not self._is_anothers:
            return
        self._discard()
        side = f"{self._clone.stem}-{_NEW}"
        with tempfile.TemporaryDirectory(dir=self._clone.parent, prefix=side) as folder:
            new = Path(folder) / "clone.git"
            new.mkdir()
            made = self._git.run(
                new,
                "init",
                "--bare",
                "--quiet",
                "--template=",
                f"--object-format={self._object_format}",
                seconds=clock.left,
            )
            if not made.is_good:
                raise self._failure(made)
            new.rename(self._clone)

    @property
    def _is_anothers(self) -> bool:
        """Whether somebody's own clone lies there: git would follow its address before ours."""
        try:
            config = (self._clone / "config").read_text("utf-8", "replace")
        except FileNotFoundError:
            return False
        return bool(re.search(r"^\s*(push)?url\s*=", config, re.MULTILINE | re.IGNORECASE))

    def _sweep(self) -> None:
        """Take away what a run that was killed had made for a moment: nobody else is here."""
        left_behind = (
            *self._clone.glob(f"{_STAGED}*"),
            *self._clone.parent.glob(f"{self._clone.stem}-{_NEW}*"),
        )
        for folder in left_behind:
            shutil.rmtree(folder, ignore_errors=True)

    def _discard(self) -> None:
        self._seen = None
        if self._clone.is_dir():
            shutil.rmtree(self._clone, ignore_errors=True)
        else:
            self._clone.unlink(missing_ok=True)

    def _no_room(self, error: OSError) -> BlogUnusable:
        return self._error(
            BlogUnusable,
            f"its working copy in {self._clone.parent} could not be written ({error.strerror})",
            "Make room there, or set PAPERWEEK_CACHE_DIR to a folder that can be written.",
        )

    # Git

    def _run(
        self,
        *arguments: str,
        clock: Clock,
        environment: dict[str, str] | None = None,
        given: str = "",
    ) -> Answer:
        return self._git.run(
            self._clone, *arguments, seconds=clock.left, environment=environment, given=given
        )

    def _ok(
        self,
        *arguments: str,
        clock: Clock,
        environment: dict[str, str] | None = None,
        given: str = "",
    ) -> str:
        """Return what git printed. Raises what its failure means, or BrokenCloneError."""
        answer = self._run(*arguments, clock=clock, environment=environment, given=given)
        if answer.is_good:
            return answer.out
        raise self._failure(answer)

    def _fetch(self, where: str, clock: Clock) -> None:
        """Fetch commits and trees; contents come when one is read."""
        folder = self._local_folder
        is_shallow = bool(folder and (folder / "shallow").exists())
        # Without contents, a fetch from a shallow repository never ends (git 2.39): it asks for
        # the parents that are not there, again and again.
        amount = "--update-shallow" if is_shallow else "--filter=blob:none"
        options = (amount, "--no-tags", "--quiet", "--no-write-fetch-head")
        self._ok("fetch", *options, "origin", where, clock=clock)

    def _failure(self, answer: Answer) -> Exception:
        detail = self._git.detail(answer)
        if self._object_format == "sha1" and _OTHER_FORMAT.search(detail):
            self._object_format = "sha256"
            return BrokenCloneError(detail)
        return self._git.error(answer) or BrokenCloneError(detail)

    def _error(self, kind: type[_E], what: str, remedy: str = "") -> _E:
        return kind(self._git.address.text, self._git.branch, what, remedy)


def _refuse_hidden(post: Post, tip: Tip, replaced: AbstractSet[str]) -> None:
    """Raise HiddenPost where the site of this tip would not show the post."""
    site = Site.parse(tip.read(SITE_CONFIG))
    if site.is_jekyll:
        others = {p: t for p, t in tip.neighbours(post.week).items() if p not in replaced}
        refuse_hidden(post, site, others, tip.paths() - replaced)


def _run_of(message: str) -> str:
    """Return which run made the commit, which outlives a squash; empty where none says so."""
    said = re.search(r"^Report-Run: ([0-9a-f]+)$", message, re.MULTILINE)
    return said[1][:_SHORT] if said else ""


def _tracking(branch: str) -> str:
    return f"refs/remotes/origin/{branch}"


def _message(change: Change, blobs: Mapping[str, str], says: str) -> str:
    lines = [change.subject, ""]
    for week, path in change.posts.items():
        ours = f"Report-Blob: {blobs[path]}" if path in blobs else f"Report-Unpublished: {path}"
        lines += [f"Report-Week: {week}", ours]
    owes = [says] if change.owes_notice else []
    return "\n".join([*lines, f"Report-Run: {uuid.uuid4().hex}", *owes, ""])


def _read(text: str, week: Week) -> PublishedWeek:
    published = read_data_file(text).published_week()
    if published.week != week:
        raise ValueError(f"it says that it is of {published.week}")
    return published
