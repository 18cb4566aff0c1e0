"""What the blog and the channel show, and whether that is what was owed."""

from __future__ import annotations

import html
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from paperweek.errors import PaperweekError
from paperweek.model import Outcome, Week
from tests.paperweek.kept_blog import git
from tests.world.publishing_fault import Owed, PublishingFault
from tests.world.publishing_world import TOKEN, End, World
from tests.world.slack import SECRET

REPEATED = "Possibly repeated: "
PERSON = "A Person"
_FAILED = {Outcome.FAILED, Outcome.REFUSED}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the blog and the channel show."""

    heads: Mapping[str, str]
    """The blog's branches."""
    written: frozenset[str]
    """The commits that no person made."""
    ours: Mapping[Week, tuple[str, ...]]
    """Our commits, by week."""
    told: Mapping[Week, tuple[str, ...]]
    """What the channel was told of published weeks."""
    others: tuple[str, ...] = field(compare=False)
    """What else it was told: a person's edit may be told again."""


def facts_of(it: World) -> Facts:
    """Return what the blog and the channel show now."""
    lines = git(it.bare, "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads")
    heads = dict(line.split() for line in lines.splitlines())
    ours: dict[Week, tuple[str, ...]] = {}
    said = git(it.bare, "log", "--branches", "--format=%H %an%n%B%x00") if heads else ""
    written = set()
    for block in filter(None, map(str.strip, said.split("\0"))):
        head, _, message = block.partition("\n")
        commit, _, who = head.partition(" ")
        if who != PERSON:
            written.add(commit)
        for label in re.findall(r"^Report-Week: (\S+)$", message, re.MULTILINE):
            ours[Week.parse(label)] = (*ours.get(Week.parse(label), ()), commit)
    told: dict[Week, tuple[str, ...]] = {}
    others = []
    for text in [html.unescape(message["text"]) for message in it.slack.posted]:
        weeks = _published_in(text, it)
        told |= {week: (*told.get(week, ()), text) for week in weeks}
        others += [] if weeks else [text]
    return Facts(heads, frozenset(written), ours, told, tuple(others))


def _published_in(text: str, it: World) -> Sequence[Week]:
    """Return the weeks that a message tells to be published."""
    notice = next((n for n in it.asked_to_send if n.headline == text), None)
    if not notice or notice.outcome is not Outcome.PUBLISHED:
        return ()
    # One notice may tell of several weeks.
    return [w for w, post in it.wants.items() if w == notice.week or post.title in repr(notice)]


def wrongs_in_the_fault(
    fault: PublishingFault, ends: Sequence[End], before: Facts, after: Facts
) -> Iterator[str]:
    """Yield what the runs that met the fault did wrong."""
    for end in ends:
        yield from _wrongs_of_error(fault, end)
        if fault.says and not re.search(fault.says, f"{end.summary.error} {end.summary.hint}"):
            yield f"it does not say {fault.says!r}: {end.summary.error or end.summary}"
    if fault.owed in {Owed.PUBLISHED, Owed.UNTOLD}:
        yield from _wrongs_where_published(fault, ends, before, after)
    if fault.owed in {Owed.NAMED, Owed.STAYS}:
        yield from _wrongs_where_nothing_changes(fault, ends, before, after)
    if fault.owed is Owed.DIED and after.told != before.told and not fault.repeats:
        yield "it was told to be published"


def _wrongs_where_published(
    fault: PublishingFault, ends: Sequence[End], before: Facts, after: Facts
) -> Iterator[str]:
    outcomes = {end.summary.outcome for end in ends}
    if not outcomes <= {Outcome.PUBLISHED, Outcome.UNCHANGED}:
        yield "given up, though it could be done: " + "; ".join(e.summary.error for e in ends)
    elif Outcome.PUBLISHED not in outcomes:
        yield "nobody says that it is published"
    new = [week for week in after.ours if after.ours[week] != before.ours.get(week)]
    if fault.owed is Owed.PUBLISHED and (untold := [w for w in new if w not in after.told]):
        yield f"nobody was told of {_labels(untold)}"
    if fault.owed is Owed.UNTOLD and after.told != before.told:
        yield "the notice arrived, though the fault was there"


def _wrongs_where_nothing_changes(
    fault: PublishingFault, ends: Sequence[End], before: Facts, after: Facts
) -> Iterator[str]:
    outcomes = {end.summary.outcome for end in ends}
    expected = {Outcome.UNCHANGED} if fault.owed is Owed.STAYS else _FAILED
    if not outcomes <= expected:
        yield f"it says {', '.join(outcomes)}, though the fault was there"
    if (after.written, set(after.heads)) != (before.written, set(before.heads)):
        yield "something was written"
    if after.told != before.told:
        yield "it was told to be published"


def _wrongs_of_error(fault: PublishingFault, end: End) -> Iterator[str]:
    error = end.error
    if error is None or fault.owed is Owed.DIED:
        return
    if not isinstance(error, PaperweekError):
        yield f"raised {type(error).__name__}: {error}"
    elif not isinstance(error, fault.kind):
        yield f"named {type(error).__name__} and not {fault.kind.__name__}: {error}"
    if not end.summary.hint:
        yield "it does not say what to do"


def wrongs_after_it(fault: PublishingFault, it: World, end: End, healed: Facts) -> Iterator[str]:
    """Yield what is wrong when the fault is gone and the week was run again."""
    if end.error:
        yield f"the next run failed: {type(end.error).__name__}: {end.error}"
    if fault.weeks and set(fault.weeks) != set(it.wants):
        yield f"it wrote about {_labels(it.wants)}, not {_labels(fault.weeks)}"
    for week in it.wants:
        if (count := len(healed.ours.get(week, ()))) != fault.commits:
            yield f"{count} commits of {week}"
        yield from _wrongs_of_notices(fault, week, healed.told.get(week, ()))
    if fault.owed is not Owed.STAYS:
        yield from _wrongs_of_files(it)
    kept = set(git(it.bare, "rev-list", "main").splitlines()) if "main" in healed.heads else set()
    if lost := set(it.persons) - kept:
        yield f"{len(lost)} commits of a person are lost"
    if any(secret in repr(it.ends) + repr(it.slack.posted) for secret in (TOKEN, SECRET)):
        yield "a secret shows"
    checked = subprocess.run(["git", "-C", it.bare, "fsck", "--strict"], capture_output=True)  # noqa: PLW1510
    if checked.returncode:
        yield f"the blog's repository is broken: {checked.stderr.decode()}"


def _wrongs_of_notices(fault: PublishingFault, week: Week, told: Sequence[str]) -> Iterator[str]:
    if len(told) != fault.notices + fault.repeats:
        yield f"{len(told)} notices of {week}"
    if any(not text.startswith(REPEATED) for text in told[1:]):
        yield f"a notice of {week} is repeated without a word"


def _wrongs_of_files(it: World) -> Iterator[str]:
    for week, post in it.wants.items():
        branch = f"report/{week}" if it.on == "pull request" else "main"
        for path, text in ((post.path, post.text), (post.data_path, post.data)):
            shown = subprocess.run(
                ["git", "-C", it.bare, "show", f"{branch}:{path}"], capture_output=True, check=False
            )
            if shown.stdout.decode() != text:
                yield f"{path} is not what was written"
    if it.on == "pull request" and len(it.github.pulls) != len(it.wants):
        yield f"{len(it.github.pulls)} pull requests"


def _labels(weeks: Iterable[Week]) -> str:
    return ", ".join(sorted(week.label for week in weeks)) or "nothing"
