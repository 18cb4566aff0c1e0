"""The blog at one commit: its files, its posts, and whose words they are.

Whose text a post is, is told by the commits. Each of ours carries `Report-Week` and, on the next
line, `Report-Blob` (the id of the post's content as we wrote it) or `Report-Unpublished` (the path
that we took away). A post whose content is no longer the one of our newest commit was changed by a
person, and stays. An author's name would not do: squashing changes it. A hash in the front matter
would not do: people copy it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple, Protocol

from paperweek.errors import ConfigurationError
from paperweek.ledger import LEDGER, Ledger
from paperweek.model import Outcome, Publication, Week
from paperweek.publishers._git import nul_separated
from paperweek.recognising import day_in_name, week_of_post

_DATA = "assets/weekly-report/{}.json"
"""Where the data file of a week lies; its folder is read to find the earlier ones."""

_HEX = r"[0-9a-f]{40}(?:[0-9a-f]{24})?"
_PAIR = r"^Report-Week: {}\nReport-(?:Blob: (?P<blob>{})|Unpublished: (?P<gone>.+))$"
_LABELS = re.compile(r"^Report-Week: (\d{4}-W\d{2})$", re.MULTILINE)
_PLAIN = frozenset({"100644", "100755"})
_POST_NAMES = (".md", ".markdown", ".mkd", ".html")
_NEAR = timedelta(days=14)
"""How far from its week a post's file may be dated."""
_MOST_AT_ONCE = 400


class Git(Protocol):
    """Runs git in the working copy and returns what it printed; raises where it failed."""

    def __call__(self, *arguments: str, given: str = "") -> str:
        """Return what `git <arguments>` printed; `given` is its standard input."""


class Entry(NamedTuple):
    """A line of git's list of a tree."""

    mode: str
    kind: str
    id: str
    path: str


@dataclass(frozen=True, slots=True)
class Record:
    """Our newest commit for a week: what it wrote, and where. No blob: it took the post away."""

    commit: str
    path: str
    blob: str


class Tip:
    """The blog at one commit, as git shows it."""

    def __init__(self, commit: str, git: Git, *, pattern: str, category: str) -> None:
        """Look at `commit` (empty: a blog that has none); nothing is asked yet.

        `pattern` is the path of our posts, `category` that of their front matter.
        """
        self.commit, self._git = commit, git
        self._pattern, self._category = pattern, category

    def read(self, path: str) -> str | None:
        """Return the file's text; None where there is no such plain file."""
        entry = self.entry(path)
        if not entry or entry.kind != "blob" or entry.mode not in _PLAIN:
            return None
        return self._git("cat-file", "blob", entry.id)

    def standing(self, week: Week, path: str = "") -> Publication | None:
        """Return what the blog holds for the week; None where nothing was ever published.

        `path` is where its post would be written, if not where the pattern says.
        """
        if not self.commit:
            return None
        path = path or self._path_of(week)
        if record := self.record(week):
            return self._of_record(week, record)
        if adopted := self.ledger.adopted.get(week):
            return self._of_person(week, adopted)
        if self.entry(path):
            return self._of_person(week, path)
        if self.entry(_DATA.format(week)):
            # Someone rewrote the history and took the post away, or moved it.
            return self._of_person(week, path, _DATA.format(week))
        named = next((p for p, told in self._told(self._near(week)) if told == week), "")
        return self._of_person(week, named) if named else None

    def neighbours(self, week: Week) -> Mapping[str, str]:
        """Return the posts whose files are dated about the week, or not at all: path to text."""
        return dict(self.texts(self._near(week)))

    def paths(self) -> frozenset[str]:
        """Return the paths of all files."""
        return frozenset(entry.path for entry in self._all)

    @cached_property
    def ledger(self) -> Ledger:
        """What persons decided about the weeks. Raises ConfigurationError for a broken file."""
        return Ledger.parse(self.read(LEDGER))

    def posts(self) -> Mapping[str, Week]:
        """Return every weekly post in the blog, whosever it is, by path."""
        return dict(self._told(self._post_files))

    def own_weeks(self) -> frozenset[Week]:
        """Return the weeks that commits of ours tell of, or that have a data file."""
        if not self.commit:
            return frozenset()
        said = self._git("log", "--grep=^Report-Week: ", "--format=%B%x00", self.commit)
        labels = (_week(label) for label in _LABELS.findall(said))
        files = (week for week, _ in self.data_files())
        return frozenset(week for week in (*labels, *files) if week)

    def held(self, weeks: Iterable[Week]) -> frozenset[Week]:
        """Return those of the weeks that have, or had, a post of anybody."""
        paths = self.paths()
        known = {*self.own_weeks(), *self.ledger.adopted, *self.posts().values()}
        return frozenset(w for w in weeks if w in known or self._path_of(w) in paths)

    def data(self) -> Mapping[Week, str]:
        """Return the text of every week's data file, newest first."""
        files = self.data_files()
        texts = dict(self.texts(entry for _, entry in files))
        return {week: texts[entry.path] for week, entry in files}

    def is_data_ours(self, week: Week, path: str) -> bool:
        """Tell whether the data file is still what our newest commit for the week left there."""
        record = self.record(week)
        if not record:
            return False
        now, then = self.entry(path), self.entry(path, record.commit)
        return (now and now.id) == (then and then.id)

    def record(self, week: Week) -> Record | None:
        """Return our newest commit for the week that really did what its trailers say.

        A person's commit that copied the trailers fails that test, so it is not believed.
        """
        line = f"Report-Week: {week.label}"
        said = self._git(
            "log", "--fixed-strings", f"--grep={line}", "--format=%H%n%B%x00", self.commit
        )
        pair = re.compile(_PAIR.format(week.label, _HEX), re.MULTILINE)
        for block in nul_separated(said):
            commit, _, message = block.strip("\n").partition("\n")
            if found := pair.search(message):
                blob, gone = found["blob"] or "", found["gone"] or ""
                if path := self._path_changed(commit, blob, gone):
                    return Record(commit, path, blob)
        return None

    def data_files(self) -> list[tuple[Week, Entry]]:
        """Return the weeks' data files, newest first."""
        entries = self.entries(f"{PurePosixPath(_DATA).parent}/", recursive=False)
        named = ((_week(PurePosixPath(e.path).stem), e) for e in entries if e.mode in _PLAIN)
        ours = [(week, e) for week, e in named if week and _DATA.format(week) == e.path]
        return sorted(ours, key=lambda pair: pair[0], reverse=True)

    def entry(self, path: str, tree: str = "") -> Entry | None:
        """Return what lies at the path; None where nothing does."""
        return next(self.entries(path, tree=tree, recursive=False), None)

    def entries(self, *paths: str, tree: str = "", recursive: bool = True) -> Iterator[Entry]:
        """Yield what lies at the paths, or everywhere; in a folder `x/` what it holds."""
        if not (tree or self.commit):
            return
        options = ("-z", "--full-tree", *(("-r",) if recursive else ()))
        said = self._git("ls-tree", *options, tree or self.commit, "--", *paths)
        for part in nul_separated(said):
            head, _, path = part.partition("\t")
            mode, kind, blob = head.split()
            yield Entry(mode, kind, blob, path)

    def texts(self, entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
        """Yield path and text of each file; contents that are not here yet come all at once."""
        paths: dict[str, list[str]] = {}
        for entry in entries:
            paths.setdefault(entry.id, []).append(entry.path)
        if not paths:
            return
        self._bring(list(paths))
        said = self._git("cat-file", "--batch", given="".join(f"{blob}\n" for blob in paths))
        rest = said.encode("utf-8", "surrogateescape")
        for places in paths.values():
            head, _, rest = rest.partition(b"\n")
            size = int(head.split()[2])
            text, rest = rest[:size].decode("utf-8", "replace"), rest[size + 1 :]
            yield from ((path, text) for path in places)

    def _bring(self, blobs: list[str]) -> None:
        missing = self._git(
            *("rev-list", "--objects", "--no-object-names", "--missing=print"),
            f"{self.commit}^{{tree}}",
        )
        absent = {line[1:] for line in missing.splitlines() if line.startswith("?")}
        wanted = [blob for blob in blobs if blob in absent]
        # Else git asks the host for one file after the other.
        for start in range(0, len(wanted), _MOST_AT_ONCE):
            some = wanted[start : start + _MOST_AT_ONCE]
            options = ("--no-tags", "--quiet", "--no-write-fetch-head", "--filter=blob:none")
            self._git("-c", "fetch.negotiationAlgorithm=noop", "fetch", *options, "origin", *some)

    def _path_of(self, week: Week) -> str:
        return self._pattern.format(date=week.sunday.isoformat(), week=week.label)

    def _of_record(self, week: Week, record: Record) -> Publication:
        unchanged = Publication(week, Outcome.UNCHANGED, record.path, record.commit)
        now = self.entry(record.path)
        if not record.blob:
            return replace(unchanged, human_edited=now is not None)
        if now and now.id == record.blob:
            return unchanged
        cure = f"git checkout {record.commit[:10]} -- {record.path}"
        edited = replace(unchanged, human_edited=True, takes_back=cure)
        if now:
            return edited
        # A person renamed it, or took it away.
        moved = next((entry.path for entry in self._all if entry.id == record.blob), "")
        return replace(edited, path=moved or record.path)

    def _of_person(self, week: Week, path: str, seen: str = "") -> Publication:
        commit = self._git("log", "-1", "--format=%H", self.commit, "--", seen or path).strip()
        return Publication(week, Outcome.UNCHANGED, path, commit, human_edited=True)

    def _path_changed(self, commit: str, blob: str, gone: str) -> str:
        """Return the path at which the commit brought the blob, or that it took away; or empty."""
        options = ("--root", "-r", "-m", "-z", "--no-renames", "--no-commit-id", "--no-abbrev")
        said = list(nul_separated(self._git("diff-tree", *options, commit)))
        for raw, path in zip(said[::2], said[1::2], strict=False):
            _, _, _, now, status = raw.split()
            if now == blob if blob else (status, path) == ("D", gone):
                return path
        return ""

    @cached_property
    def _all(self) -> tuple[Entry, ...]:
        return tuple(self.entries())

    def _near(self, week: Week) -> list[Entry]:
        first, last = week.monday - _NEAR, week.sunday + _NEAR
        dated = ((entry, day_in_name(entry.path)) for entry in self._post_files)
        return [entry for entry, day in dated if not day or first <= day <= last]

    @cached_property
    def _post_files(self) -> list[Entry]:
        folder = PurePosixPath(self._pattern).parent
        return [
            entry
            for entry in self._all
            if entry.mode in _PLAIN
            and entry.path.endswith(_POST_NAMES)
            and ("_posts" in (at := PurePosixPath(entry.path)).parts or at.is_relative_to(folder))
        ]

    def _told(self, entries: list[Entry]) -> Iterator[tuple[str, Week]]:
        for path, text in self.texts(entries):
            if week := week_of_post(path, text, self._category):
                yield path, week


def _week(label: str) -> Week | None:
    try:
        return Week.parse(label)
    except ConfigurationError:
        return None
