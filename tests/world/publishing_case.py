"""One fault on the way from a finished post to the blog and its notice, played and judged.

The fault is there while the first run (or several at once) works; then it is gone, the week is run
again, and once more. In the end there is one commit, its notice, and nothing of a person's is lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from tests.world.blog_faults import blog_faults
from tests.world.calendar_faults import calendar_faults
from tests.world.git_server import MISSING, SshServer
from tests.world.notice_faults import notice_faults
from tests.world.proposal_faults import proposal_faults
from tests.world.publishing_fault import Owed, PublishingFault
from tests.world.publishing_judge import (
    REPEATED,
    Facts,
    facts_of,
    wrongs_after_it,
    wrongs_in_the_fault,
)
from tests.world.publishing_world import Connect, End, World, as_wired, world
from tests.world.table import Row


def publishing_cases() -> Sequence[PublishingCase]:
    """Return every fault of publishing and of telling about it."""
    faults = [*blog_faults(), *proposal_faults(), *calendar_faults(), *notice_faults()]
    return [PublishingCase(fault) for fault in faults]


@dataclass(frozen=True, slots=True)
class PublishingCase:
    """A fault, and the parts that it is played on."""

    fault: PublishingFault
    connect: Connect = as_wired

    @property
    def name(self) -> str:
        """The fault's name."""
        return self.fault.name

    def play(self) -> Row:
        """Run with the fault, run again without it, and judge what came of it."""
        fault, cells = self.fault, dict.fromkeys(("commits", "notices", "run again"), "")
        if why := (_missing_host(fault.on) or fault.missing()):
            return Row(self.name, 0.0, good=True, outcome="", cells=cells, skipped=why)
        try:
            return self._played()
        except Exception as error:  # noqa: BLE001 - one row must not end the table
            said = f"it could not be played to its end: {type(error).__name__}: {error}"
            return Row(self.name, 0.0, good=False, outcome=said, cells=cells)

    def _played(self) -> Row:
        fault = self.fault
        with world(self.connect, fault.on) as it:
            with fault.spoil(it):
                before, begun = facts_of(it), perf_counter()
                ends = fault.runs(it)
                seconds, after = perf_counter() - begun, facts_of(it)
            again = fault.again(it)
            healed = facts_of(it)
            wrongs = [
                *it.complaints,
                *wrongs_in_the_fault(fault, ends, before, after),
                *wrongs_after_it(fault, it, again, healed),
            ]
            if healed != after and (fault.again(it).error or facts_of(it) != healed):
                wrongs.append("the third run still changed something")
            said = _said(it, fault, ends, after)
        return Row(
            fault=self.name,
            seconds=seconds,
            good=not wrongs,
            outcome=_clean("; ".join(wrongs), it) or said,
            cells={
                "commits": _counts(before, after, healed, "ours"),
                "notices": _counts(before, after, healed, "told"),
                "run again": _again(again, after, healed),
            },
        )


def _said(it: World, fault: PublishingFault, ends: Sequence[End], after: Facts) -> str:
    """Return in words how the runs that met the fault ended."""
    first = next((end for end in ends if end.error), ends[0])
    if fault.owed is Owed.DIED:
        return "died"
    if first.error:
        told = ", told" if after.others else ""
        return _clean(f"named{told}: {first.summary.error}", it)
    whose = ", a person's words stay" if first.summary.human_edited else ""
    if len(ends) > 1:
        counted = [end.summary.outcome.value for end in ends]
        return ", ".join(f"{counted.count(o)} {o}" for o in dict.fromkeys(sorted(counted))) + whose
    waits = ", waits for a person" if first.summary.pull_request else ""
    return f"{first.summary.outcome}{waits}{whose}"


def _again(end: End, after: Facts, healed: Facts) -> str:
    new = [
        text
        for week, texts in healed.told.items()
        for text in texts[len(after.told.get(week, ())) :]
    ]
    told = ", told" if new else ""
    marked = " (possibly repeated)" if any(text.startswith(REPEATED) for text in new) else ""
    return f"{end.summary.outcome}{told}{marked}"


def _counts(before: Facts, after: Facts, healed: Facts, name: str) -> str:
    """Return how many there were more than before, with the fault and after it."""
    least, then, now = (
        sum(map(len, getattr(facts, name).values())) for facts in (before, after, healed)
    )
    return f"{then - least}" if then == now else f"{then - least} → {now - least}"


def _clean(text: str, it: World) -> str:
    """Return the text without what differs from one playing to the next."""
    text = text.replace(str(it.settings["blog"]), "…").replace(str(it.folder), "…")
    return " ".join(re.sub(r"127\.0\.0\.1:\d+", "host", text).split())


def _missing_host(on: str) -> str:
    return {"http": MISSING, "pull request": MISSING, "ssh": SshServer.MISSING}.get(on) or ""
