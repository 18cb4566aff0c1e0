"""Print what an editor would count in the posts of a recorded corpus, and how far to believe it.

    python -m tests.figures --corpus DIR [--writer extractive] [--only weeks checks]

collects the corpus's weeks from the played sources over HTTP, writes and checks their posts in the
order in which they would have been published, and prints a row a week. Below stand the checks' own
quality, how often shuffled weeks seem to move, and how well topics and abstracts are recognised.
The last line says which targets are missed; the exit code is 1 where one is.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from paperweek.abstracts import fault_of
from paperweek.collecting import collect
from paperweek.model import Collection, Week
from paperweek.ports import Writer
from paperweek.sources.arxiv_search import ArxivSearch
from paperweek.sources.huggingface import HuggingFace
from paperweek.topics import topics_of
from paperweek.writers.extractive import ExtractiveWriter
from tests.measuring import FIGURES, play
from tests.paperweek.test_trends import dealt, in_turn
from tests.quality import FLOOR_OF_RATES, measure, papers_of
from tests.world.corpus import read_corpus
from tests.world.language_model import played_writer
from tests.world.papers_server import PapersServer

WRITERS: Mapping[str, Callable[[], Writer]] = {
    "extractive": ExtractiveWriter,
    "llm": played_writer,
}
"""By the name that `--writer` takes."""
LABELS = Path(__file__).parent / "paperweek"
SHUFFLED_WEEKS, SEED = 100, 2026
MOST_FALSE_WEEKS = 0.10
FEWEST_WITH_TOPIC, FEWEST_RIGHT = 0.90, 0.85
_PLACES_SHOWN, _PLACE_WIDTH = 3, 150


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what is printed, and the target that it misses, if any."""

    text: str
    missed: str = ""


class Recorded:
    """A corpus folder, and its weeks as the product collects them."""

    def __init__(self, folder: Path) -> None:
        """Prepare to read `folder`; nothing is read yet."""
        self.folder = folder
        self._collected: tuple[Collection, ...] = ()

    @property
    def collections(self) -> tuple[Collection, ...]:
        """The corpus's weeks in order, collected once, over HTTP from the played sources."""
        if not self._collected:
            names = sorted(path.name for path in (self.folder / "weeks").iterdir())
            weeks = [Week.containing(date.fromisoformat(name)) for name in names]
            with (
                PapersServer(read_corpus(self.folder)) as world,
                tempfile.TemporaryDirectory() as d,
            ):
                sources = (
                    HuggingFace(world.hf_endpoint),
                    ArxivSearch(world.arxiv_url, delay_seconds=0, cache=Path(d)),
                )
                self._collected = tuple(collect(week, sources) for week in weeks)
        return self._collected

    @property
    def in_a_row(self) -> tuple[Collection, ...]:
        """The longest run of weeks with listed papers that follow each other."""
        known = [week for week in self.collections if week.listed]
        runs = groupby(enumerate(known), key=lambda pair: pair[1].week.plus(-pair[0]))
        return max((tuple(c for _, c in run) for _, run in runs), key=len, default=())


def of_posts(weeks: Iterable[Collection], writer: Writer) -> Iterator[Line]:
    """Yield the table of the weeks' posts, and below it the places where a target is missed."""
    posts = list(play(weeks, writer))
    yield Line(_row("week", [figure.head for figure in FIGURES]))
    yield Line(_row("target", [figure.target for figure in FIGURES]))
    missed: list[Line] = []
    for post in posts:
        others = [other for other in posts if other is not post]
        cells = [(figure, figure.measure(post, others)) for figure in FIGURES]
        yield Line(_row(post.label, [figure.show(measured) for figure, measured in cells]))
        for figure, measured in cells:
            if figure.misses(measured, post):
                what = f"{post.label}: {figure.show(measured)} {figure.meaning} ({figure.target})"
                missed.append(Line(what, what))
                shown = measured.places[:_PLACES_SHOWN]
                missed += [Line(f"    {place[:_PLACE_WIDTH]}") for place in shown]
    yield from (Line(f"{figure.head:<10}  {figure.meaning}") for figure in FIGURES)
    yield from missed


def _row(label: str, cells: Sequence[str]) -> str:
    heads = [figure.head for figure in FIGURES]
    wide = [max(len(head), len(figure.target)) for head, figure in zip(heads, FIGURES, strict=True)]
    return "  ".join((f"{label:<8}", *(f"{c:>{w}}" for c, w in zip(cells, wide, strict=True))))


def of_checks(corpus: Recorded) -> Iterator[Line]:
    """Yield how many faithful sentences pass the checks and how many corrupted ones are caught."""
    quality = measure(papers_of(corpus.folder))
    yield _rate("faithful sentences pass", quality.passed, quality.faithful, FLOOR_OF_RATES)
    yield _rate("corrupted sentences caught", quality.caught, quality.corrupted, FLOOR_OF_RATES)
    for kind, (caught, made) in quality.by_corruption.items():
        yield _rate(f"  another {kind}", caught, made)


def of_chance(corpus: Recorded) -> Iterator[Line]:
    """Yield in how many shuffled weeks something seems to move: papers dealt to weeks at random."""
    weeks = corpus.in_a_row
    papers = list({p.arxiv_id: p for week in weeks for p in week.listed}.values())
    chance = random.Random(SEED)
    if len(weeks) < 2:
        yield Line("no two weeks of the corpus follow each other: nothing to shuffle")
        return

    def shuffled() -> Iterator[bool]:
        while True:
            chance.shuffle(papers)
            yield from map(bool, in_turn(dealt(papers, [len(week.listed) for week in weeks])))

    moved = sum(islice(shuffled(), SHUFFLED_WEEKS))
    text = f"shuffled weeks with a movement: {moved} of {SHUFFLED_WEEKS} (seed {SEED})"
    yield Line(text, "" if moved < MOST_FALSE_WEEKS * SHUFFLED_WEEKS else text)


def of_topics(corpus: Recorded) -> Iterator[Line]:
    """Yield how many listed papers have a topic, and how many topics a reader agrees with."""
    listed = {p.arxiv_id: p for week in corpus.collections for p in week.listed}
    topics = {arxiv_id: topics_of(paper) for arxiv_id, paper in listed.items()}
    labels = _labels("topic_labels.json")
    known = [arxiv_id for arxiv_id in labels if topics.get(arxiv_id)]
    first = sum(topics[arxiv_id][0] in labels[arxiv_id] for arxiv_id in known)
    every = [topic in labels[arxiv_id] for arxiv_id in known for topic in topics[arxiv_id]]
    with_topic = sum(map(bool, topics.values()))
    yield _rate("listed papers with a topic", with_topic, len(topics), FEWEST_WITH_TOPIC)
    yield _rate("first topics that a reader gave", first, len(known), FEWEST_RIGHT)
    yield _rate("all topics that a reader gave", sum(every), len(every), FEWEST_RIGHT)


def of_abstracts(corpus: Recorded) -> Iterator[Line]:
    """Yield how many texts flagged as no abstract are none, and how many of these are flagged."""
    records = read_corpus(corpus.folder).records
    labels = _labels("abstract_labels.json")
    none = {i for i, label in labels.items() if i in records and label != "abstract"}
    flagged = {arxiv_id for arxiv_id, record in records.items() if fault_of(record.abstract)}
    right = len(flagged & none)
    yield _rate("texts flagged as no abstract that are none", right, len(flagged), FLOOR_OF_RATES)
    yield _rate("labelled texts that are none, flagged", right, len(none), FLOOR_OF_RATES)


def _labels(name: str) -> dict[str, Any]:
    labels: dict[str, Any] = json.loads((LABELS / name).read_text(encoding="utf-8"))["labels"]
    return labels


def _rate(what: str, part: int, whole: int, least: float = 0.0) -> Line:
    if not whole:
        return Line(f"{what}: nothing to measure")
    target = f" (at least {least:.0%})" if least else ""
    text = f"{what}: {part} of {whole}, {part / whole:.1%}{target}"
    return Line(text, text if part / whole < least else "")


def report(corpus: Recorded, writer: Writer, only: Sequence[str]) -> Iterator[Line]:
    """Yield everything that was asked for, section by section."""
    sections: dict[str, Callable[[], Iterable[Line]]] = {
        "weeks": lambda: of_posts(corpus.collections, writer),
        "checks": lambda: of_checks(corpus),
        "chance": lambda: of_chance(corpus),
        "topics": lambda: of_topics(corpus),
        "abstracts": lambda: of_abstracts(corpus),
    }
    for name in only or sections:
        begun = time.process_time()
        yield Line(f"# {name}")
        yield from sections[name]()
        yield Line(f"({time.process_time() - begun:.1f} s of CPU)")
        yield Line("")


SECTIONS = ("weeks", "checks", "chance", "topics", "abstracts")


def main(arguments: list[str] | None = None) -> int:
    """Print the figures and return 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.figures", description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--writer", choices=sorted(WRITERS), default="extractive")
    parser.add_argument("--only", choices=SECTIONS, nargs="+", default=())
    options = parser.parse_args(arguments)
    if not (options.corpus / "weeks").is_dir():
        parser.error(f"{options.corpus} holds no weeks/: give a corpus folder, CORPUS=...")
    missed: list[str] = []
    for line in report(Recorded(options.corpus), WRITERS[options.writer](), options.only):
        sys.stdout.write(f"{line.text}\n")
        sys.stdout.flush()
        missed += [line.missed] * bool(line.missed)
    last = "Targets missed: " + "; ".join(missed) if missed else "No target is missed."
    sys.stdout.write(f"{last}\n")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
