"""A blog in a git repository, local or remote: the week's files in one commit, exactly once.

There is no work tree. A bare clone without file contents lies in the cache folder; a commit is
built on the newest tip by git's plumbing, pushed without force, and believed only when the remote
says that it has it. Whoever pushes in between wins: the commit is built again on the new tip.

Whose text a post is, is told by the commits. Each of ours carries `Report-Week`, `Report-Blob` (the
id of the post's content as we wrote it) and `Report-Run` (which tells our commit from that of
another run of the same week). A post whose content is no longer the one of our newest commit was
changed by a person, and stays. An author's name would not do: squashing changes it. A hash in the
front matter would not do: people copy it.
"""

from __future__ import annotations

import hashlib
import logging
import random
import re
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.utils import parseaddr
from pathlib import Path, PurePosixPath
from textwrap import shorten
from typing import NamedTuple, TypeVar

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
from paperweek.model import Outcome, Post, Publication, PublishedWeek, Week
from paperweek.publishers._git import (
    Address,
    Answer,
    BrokenCloneError,
    Clock,
    GitCalls,
    nul_separated,
)

log = logging.getLogger(__name__)

BOT = "paperweek <paperweek@users.noreply.github.com>"

_DATA = "assets/weekly-report/{}.json"
"""Where the data file of a week lies; its folder is read to find the earlier ones."""

_LAST_QUESTION_SECONDS = 20.0
"""How long the remote is asked, after the deadline, whether a push arrived."""
_LONGEST_PAUSE = 3.0
_LONGEST_REASON = 160

_MOVED = re.compile(
    r"fetch first|non-fast-forward|stale info|failed to update ref|cannot lock ref|failed to lock|"
    r"incorrect old value|already exists"
)
_DIRTY = re.compile(r"Working directory has|[Cc]ould not update working tree|working tree")
_HEX = r"[0-9a-f]{40}(?:[0-9a-f]{24})?"
_BLOB_LINE = re.compile(rf"^Report-Blob: ({_HEX})$", re.MULTILINE)

_T = TypeVar("_T")
_E = TypeVar("_E", bound=PublishingError)


class _Entry(NamedTuple):
    """A line of git's list of a tree."""

    mode: str
    kind: str
    id: str
    path: str


@dataclass(frozen=True, slots=True)
class _Record:
    """Our newest commit for a week: what it wrote, and where."""

    commit: str
    path: str
    blob: str


@dataclass(frozen=True, slots=True)
class _View:
    """The blog as the remote showed it: a branch, and its tip (empty where it has no commit)."""

    branch: str
    tip: str


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
        bot: str = BOT,
        deadline: float = 180.0,
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
        self._branch, self._post_path, self._deadline = branch, post_path, deadline
        self._bot_name, self._bot_mail = parseaddr(bot)
        key = hashlib.sha256(address.text.encode()).hexdigest()[:16]
        self._clone = cache / "blogs" / f"{key}.git"
        self._seen: _View | None = None

    def standing(self, week: Week) -> Publication | None:
        """Return what the blog holds for the week; None where nothing was ever published.

        The outcome is `unchanged`; `human_edited` says that a person changed, moved or deleted
        the post, or wrote it. Raises PublishingError where the blog can't be read.
        """

        def ask(clock: Clock) -> Publication | None:
            path = self._post_path.format(date=week.sunday.isoformat(), week=week.label)
            return self._standing(self._look(clock), week, path, clock)

        return self._with_clone(Clock(self._deadline), ask)

    def earlier_weeks(self, week: Week, count: int) -> tuple[PublishedWeek, ...]:
        """Return up to `count` published weeks before `week`, newest first, by their data files.

        A file that cannot be understood is skipped with a warning. Raises PublishingError where
        the blog can't be read.
        """

        def ask(clock: Clock) -> tuple[PublishedWeek, ...]:
            view = self._seen if self._seen and self._has(self._seen, clock) else self._look(clock)
            found: list[PublishedWeek] = []
            for earlier, entry in self._data_files(view, week, clock):
                if len(found) == count:
                    break
                text = self._ok("cat-file", "blob", entry.id, clock=clock)
                try:
                    found.append(_read(text, earlier))
                except (ValueError, ConfigurationError) as error:
                    why = shorten(str(error), _LONGEST_REASON, placeholder="…").rstrip(".")
                    log.warning("Skipped %s in the blog: %s.", entry.path, why)
            return tuple(found)

        return self._with_clone(Clock(self._deadline), ask)

    def publish(self, post: Post, *, rewrite: bool = False) -> Publication:
        """Commit and push the post's files, exactly once, unless the week stands already.

        With `rewrite` our own text is replaced by another; a person's never is. The outcome is
        `published` where this very call brought the commit, else `unchanged`. Raises
        BlogUnreachable (try again), BlogForbidden or BlogUnusable; after each of them the next
        call finds out by itself whether the commit arrived.
        """
        for path in (post.path, post.data_path):
            self._refuse_odd(path)
        clock, sent, tries = Clock(self._deadline), set[str](), 0
        while True:
            try:
                done = self._with_clone(
                    clock, lambda clock: self._attempt(post, clock, sent, rewrite=rewrite)
                )
            except BlogUnreachable:
                if sent and (landed := self._landed(post, sent)):
                    return landed
                raise
            if done:
                return done
            tries += 1
            pause = random.SystemRandom().uniform(0.05, min(_LONGEST_PAUSE, 0.1 * 2**tries))
            if clock.left <= pause:
                raise self._error(
                    BlogUnreachable, f"others kept pushing, or hold its lock ({tries} tries)"
                )
            time.sleep(pause)

    def _attempt(
        self, post: Post, clock: Clock, sent: set[str], *, rewrite: bool
    ) -> Publication | None:
        """Publish on the tip of now; None where somebody was faster."""
        view = self._look(clock)
        standing = self._standing(view, post.week, post.path, clock)
        if standing and standing.commit in sent:
            return replace(standing, outcome=Outcome.PUBLISHED)
        if standing and (standing.human_edited or not rewrite):
            return standing
        if standing and self._is_data_edited(view, post, clock):
            return replace(standing, human_edited=True)
        obsolete = standing.path if standing and standing.path != post.path else ""
        commit = self._commit(view, post, obsolete, clock)
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
            return self._standing(self._look(clock), post.week, post.path, clock)

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
        if heads and branch not in heads:
            names = ", ".join(sorted(heads)[:8])
            raise self._error(
                BlogUnusable,
                f"it has no branch of that name; it has {names}",
                "Set PAPERWEEK_BLOG_BRANCH to one of its branches, or create this one first.",
            )
        view = _View(branch, heads.get(branch, ""))
        if view.tip and not self._has(view, clock):
            where = f"+refs/heads/{branch}:refs/remotes/origin/{branch}"
            self._fetch(where, clock)
            view = _View(branch, self._ok("rev-parse", _tracking(branch), clock=clock).strip())
        self._seen = view
        return view

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
        known = self._run("rev-parse", "--quiet", "--verify", _tracking(view.branch), clock=clock)
        return known.is_good and known.out.strip() == view.tip

    def _standing(self, view: _View, week: Week, path: str, clock: Clock) -> Publication | None:
        if not view.tip:
            return None
        unchanged = Publication(week, Outcome.UNCHANGED, path)
        if record := self._record(view, week, clock):
            now = self._entry(view.tip, record.path, clock)
            moved = "" if now else self._path_with(view, record, clock)
            edited = now is None or now.id != record.blob
            where = moved or record.path
            return replace(unchanged, path=where, commit=record.commit, human_edited=edited)
        if self._entry(view.tip, path, clock):
            return replace(unchanged, commit=self._last(view, path, clock), human_edited=True)
        data_path = _DATA.format(week)
        if self._entry(view.tip, data_path, clock):
            # Someone rewrote the history and took the post away, or moved it.
            commit = self._last(view, data_path, clock)
            return replace(unchanged, commit=commit, human_edited=True)
        return None

    def _record(self, view: _View, week: Week, clock: Clock) -> _Record | None:
        """Return our newest commit for the week that really wrote what its trailers say.

        A person's commit that copied the trailers fails that test, so it is not believed.
        """
        line = f"Report-Week: {week.label}"
        said = self._ok(
            "log", "--fixed-strings", f"--grep={line}", "--format=%H%n%B%x00", view.tip, clock=clock
        )
        for block in nul_separated(said):
            commit, _, message = block.strip("\n").partition("\n")
            if line not in message.splitlines() or not (blob := _BLOB_LINE.search(message)):
                continue
            if path := self._path_written(commit, blob[1], clock):
                return _Record(commit, path, blob[1])
        return None

    def _path_written(self, commit: str, blob: str, clock: Clock) -> str:
        """Return the path at which the commit brought this content; empty where it did not."""
        options = ("--root", "-r", "-m", "-z", "--no-renames", "--no-commit-id", "--no-abbrev")
        said = list(nul_separated(self._ok("diff-tree", *options, commit, clock=clock)))
        pairs = zip(said[::2], said[1::2], strict=False)
        return next((path for raw, path in pairs if raw.split()[3] == blob), "")

    def _path_with(self, view: _View, record: _Record, clock: Clock) -> str:
        """Return another path that holds what we wrote: a person renamed the post."""
        return next(
            (entry.path for entry in self._entries(view.tip, clock) if entry.id == record.blob), ""
        )

    def _is_data_edited(self, view: _View, post: Post, clock: Clock) -> bool:
        record = self._record(view, post.week, clock)
        if not record:
            return True
        now = self._entry(view.tip, post.data_path, clock)
        then = self._entry(record.commit, post.data_path, clock)
        return (now and now.id) != (then and then.id)

    def _last(self, view: _View, path: str, clock: Clock) -> str:
        return self._ok("log", "-1", "--format=%H", view.tip, "--", path, clock=clock).strip()

    def _data_files(self, view: _View, week: Week, clock: Clock) -> list[tuple[Week, _Entry]]:
        """Return the data files of the weeks before `week`, newest first."""
        if not view.tip:
            return []
        entries = self._entries(view.tip, clock, f"{PurePosixPath(_DATA).parent}/", recursive=False)
        dated = ((_week_of(e.path), e) for e in entries)
        earlier = [(w, e) for w, e in dated if w and w < week and e.mode in {"100644", "100755"}]
        return sorted(earlier, key=lambda pair: pair[0], reverse=True)

    def _entries(
        self, tree: str, clock: Clock, *paths: str, recursive: bool = True
    ) -> Iterator[_Entry]:
        options = ("-z", "--full-tree", *(("-r",) if recursive else ()))
        said = self._ok("ls-tree", *options, tree, "--", *paths, clock=clock)
        for part in nul_separated(said):
            head, _, path = part.partition("\t")
            mode, kind, blob = head.split()
            yield _Entry(mode, kind, blob, path)

    def _entry(self, tree: str, path: str, clock: Clock) -> _Entry | None:
        return next(self._entries(tree, clock, path, recursive=False), None)

    # A commit, and its way to the remote

    def _commit(self, view: _View, post: Post, obsolete: str, clock: Clock) -> str:
        """Build the commit on the tip; return its id, empty where the tip holds all of it."""
        for path in (post.path, post.data_path):
            self._refuse_links(view, path, clock)
        with tempfile.TemporaryDirectory(dir=self._clone, prefix="commit-") as folder:
            scratch = Path(folder)
            # Nothing is checked out there, but taking a file off the index asks for a work tree.
            index = {"GIT_INDEX_FILE": str(scratch / "index"), "GIT_WORK_TREE": folder}

            def staged(*arguments: str) -> str:
                return self._ok(*arguments, clock=clock, environment=index).strip()

            staged("read-tree", *([view.tip] if view.tip else ["--empty"]))
            if obsolete:
                staged("update-index", "--force-remove", "--", obsolete)
            blobs = []
            for path, text in ((post.path, post.text), (post.data_path, post.data)):
                (scratch / "content").write_bytes(text.encode())
                blob = staged("hash-object", "-w", "--no-filters", str(scratch / "content"))
                staged("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
                blobs.append(blob)
            tree = staged("write-tree", "--missing-ok")
            if view.tip and tree == staged("rev-parse", f"{view.tip}^{{tree}}"):
                return ""
            (scratch / "message").write_text(_message(post.week, blobs[0]), encoding="utf-8")
            parent = ("-p", view.tip) if view.tip else ()
            return self._ok(
                *("commit-tree", tree, *parent, "-F", str(scratch / "message")),
                clock=clock,
                environment=self._identity,
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
        for place in (*reversed(PurePosixPath(path).parents[:-1]), PurePosixPath(path)):
            entry = self._entry(view.tip, str(place), clock)
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

    def _push(self, view: _View, commit: str, clock: Clock) -> bool:
        """Push the commit; return False where somebody else was faster."""
        # From a ref of our own: a bare id makes git's own answer harder to tell apart.
        self._ok("update-ref", "refs/paperweek/push", commit, clock=clock)
        where = f"refs/paperweek/push:refs/heads/{view.branch}"
        answer = self._run("push", "--porcelain", "origin", where, clock=clock)
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
            self._seen = _View(view.branch, commit)
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
        if (self._clone / "HEAD").exists():
            return
        self._discard()
        with tempfile.TemporaryDirectory(dir=self._clone.parent, prefix="new-") as folder:
            new = Path(folder) / "clone.git"
            new.mkdir()
            made = self._git.run(
                new, "init", "--bare", "--quiet", "--template=", seconds=clock.left
            )
            if not made.is_good:
                raise self._failure(made)
            new.rename(self._clone)

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
        self, *arguments: str, clock: Clock, environment: dict[str, str] | None = None
    ) -> Answer:
        return self._git.run(self._clone, *arguments, seconds=clock.left, environment=environment)

    def _ok(self, *arguments: str, clock: Clock, environment: dict[str, str] | None = None) -> str:
        """Return what git printed. Raises what its failure means, or BrokenCloneError."""
        answer = self._run(*arguments, clock=clock, environment=environment)
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
        return self._git.error(answer) or BrokenCloneError(self._git.detail(answer))

    def _error(self, kind: type[_E], what: str, remedy: str = "") -> _E:
        return kind(self._git.address.text, self._git.branch, what, remedy)


def _tracking(branch: str) -> str:
    return f"refs/remotes/origin/{branch}"


def _message(week: Week, blob: str) -> str:
    return (
        f"Weekly report {week.label}\n\n"
        f"Report-Week: {week.label}\nReport-Blob: {blob}\nReport-Run: {uuid.uuid4().hex}\n"
    )


def _week_of(path: str) -> Week | None:
    """Return the week that a data file is named after; None for other files."""
    name = PurePosixPath(path)
    try:
        week = Week.parse(name.stem)
    except ConfigurationError:
        return None
    return week if _DATA.format(week) == path else None


def _read(text: str, week: Week) -> PublishedWeek:
    published = read_data_file(text).published_week()
    if published.week != week:
        raise ValueError(f"it says that it is of {published.week}")
    return published
