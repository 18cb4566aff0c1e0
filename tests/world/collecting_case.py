"""One fault of the paper sources, played against the real collecting code and judged."""

from __future__ import annotations

import queue
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from time import perf_counter

from paperweek.asking import Clock, Manners
from paperweek.collecting import collect
from paperweek.errors import EmptyWeek, EverySourceSilent
from paperweek.model import Collection
from paperweek.ports import PaperSource
from paperweek.sources.arxiv_search import ArxivSearch
from paperweek.sources.huggingface import HuggingFace
from tests.world.corpus import Corpus, read_corpus
from tests.world.faults import Fault, Owed, collecting_faults
from tests.world.judging import full_set, in_listing, judge, listed_ids
from tests.world.papers_server import PapersServer
from tests.world.synthetic import WEEK, write_synthetic_week
from tests.world.table import Row
from tests.world.traffic import Api

MANNERS = Manners(request_seconds=2.0, source_seconds=3.0, first_wait=0.02, longest_wait=0.2)
"""The product's own limits, scaled down so that a row takes seconds, not minutes."""
HURRIED = Manners(request_seconds=0.5, source_seconds=2.0, first_wait=0.02, longest_wait=0.2)
"""For worlds that never end their answers."""
BATCH = 20
PAPERS, LISTED = 70, 45
PATIENCE_SECONDS = 30.0
"""A collection that takes longer hangs, whatever its own limits say."""

NothingCame = EverySourceSilent | EmptyWeek
Connect = Callable[[PapersServer, Fault, Path], Sequence[PaperSource]]


class WorldClock(Clock):
    """A clock on whose calendar it is a given day; waiting is real."""

    def __init__(self, day: date | None) -> None:
        """Set the calendar to noon of `day`; None leaves it as it is."""
        self._day = day

    def now(self) -> datetime:
        """Return noon of the day (UTC)."""
        return datetime.combine(self._day, time(12), UTC) if self._day else super().now()


def real_sources(world: PapersServer, fault: Fault, cache: Path) -> Sequence[PaperSource]:
    """Return the product's own sources, pointed at the played world."""
    addresses = {
        Api.ARXIV: world.arxiv_url,
        Api.HUGGING_FACE: world.hf_endpoint,
        **fault.addresses(world),
    }
    clock = WorldClock(fault.today)
    manners = HURRIED if fault.is_endless else MANNERS
    return (
        HuggingFace(addresses[Api.HUGGING_FACE], manners=manners, clock=clock),
        ArxivSearch(
            addresses[Api.ARXIV],
            cache=cache,
            delay_seconds=0,
            batch=BATCH,
            page=BATCH,
            manners=manners,
            clock=clock,
        ),
    )


@dataclass(frozen=True, slots=True)
class CollectingCase:
    """A fault and the corpus that it is played on."""

    fault: Fault
    corpus: Corpus
    connect: Connect = real_sources

    @property
    def name(self) -> str:
        """The fault's name."""
        return self.fault.name

    def play(self) -> Row:
        """Collect the week from the spoilt world and judge the set that came."""
        fault, corpus = self.fault, self.fault.corpus(self.corpus)
        spoil = fault.spoil()
        world = PapersServer(corpus, today=fault.today, legacy_atom=fault.legacy_atom, spoil=spoil)
        with world, tempfile.TemporaryDirectory() as cache:
            begun = perf_counter()
            came = _collected(self.connect(world, fault, Path(cache)))
            seconds = perf_counter() - begun
        wrongs = [*_wrongs(came, corpus, fault), *spoil.wrongs()]
        outcome = "" if isinstance(came, str) else judge(came, corpus, WEEK).outcome
        accounts = came.accounts if isinstance(came, Collection) else ()
        papers = came.papers if isinstance(came, Collection) else ()
        return Row(
            fault=self.name,
            seconds=seconds,
            good=not wrongs,
            outcome="; ".join(wrongs) or outcome,
            cells={
                "asked": needed(corpus),
                "tries": max(len(world.log), sum(account.requests for account in accounts)),
                "papers": f"{len(papers)}/{len({name for name, _ in full_set(corpus, WEEK)})}",
            },
        )


def collecting_cases() -> Sequence[CollectingCase]:
    """Return every fault of the sources, each on the same made-up week."""
    with tempfile.TemporaryDirectory() as folder:
        write_synthetic_week(Path(folder), PAPERS, listed=LISTED)
        corpus = read_corpus(Path(folder))
    return [CollectingCase(fault, corpus) for fault in collecting_faults()]


def needed(corpus: Corpus) -> int:
    """Return how many requests an honest week takes at most: days, listing, papers by id."""
    listed = [len(listed_ids(corpus.days.get(day, b""))) for day in WEEK.days]
    found = sum(1 for record in corpus.records.values() if in_listing(record, WEEK))
    days = sum(max(1, -(-count // 100)) for count in listed)
    return days + -(-found // BATCH) + -(-sum(listed) // BATCH)


def _collected(sources: Sequence[PaperSource]) -> Collection | NothingCame | str:
    """Return what collecting the week gives, or in words how it broke its contract."""
    results: queue.Queue[Collection | NothingCame | str] = queue.Queue()

    def run() -> None:
        try:
            results.put(collect(WEEK, sources))
        except (EverySourceSilent, EmptyWeek) as error:
            results.put(error)
        except Exception as error:  # noqa: BLE001 -- any other error is what is looked for
            results.put(f"raised {type(error).__name__}: {error}")

    threading.Thread(target=run, daemon=True).start()
    try:
        return results.get(timeout=PATIENCE_SECONDS)
    except queue.Empty:
        return f"did not end within {PATIENCE_SECONDS:g} s"


def _wrongs(came: Collection | NothingCame | str, corpus: Corpus, fault: Fault) -> Sequence[str]:
    if isinstance(came, str):
        return [came]
    verdict = judge(came, corpus, WEEK)
    wrongs = list(verdict.wrongs)
    if fault.owed is Owed.COMPLETE and verdict.is_named:
        wrongs.append(f"given up, though it could be had: {verdict.outcome}")
    if fault.owed is Owed.NAMED and not verdict.is_named:
        wrongs.append("nothing is named, though something is missing")
    if fault.says and verdict.is_named and fault.says not in verdict.outcome:
        wrongs.append(f"it does not say {fault.says}: {verdict.outcome}")
    if isinstance(came, Collection):
        wrongs += [complaint for complaint in [fault.complaint(came)] if complaint]
    elif len(fault.spoils) == 1:
        wrongs.append(f"all is given up for one source: {came}")
    return wrongs
