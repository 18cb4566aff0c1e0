"""Play every fault against the product and print what came of it: `python -m tests.faults`.

Each row must end in the full set or in a name for what is missing. One that does not makes the exit
code 1. `--only WORDS` plays the rows whose name holds the words. The tests play the same rows.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests import network
from tests.world.collecting_case import CollectingCase
from tests.world.corpus import read_corpus
from tests.world.faults import collecting_faults
from tests.world.synthetic import write_synthetic_week
from tests.world.table import Case, as_line, head

PAPERS, LISTED = 70, 45


def cases() -> Sequence[Case]:
    """Return every case that is played, in the order of the table."""
    with tempfile.TemporaryDirectory() as folder:
        write_synthetic_week(Path(folder), PAPERS, listed=LISTED)
        corpus = read_corpus(Path(folder))
    return [CollectingCase(fault, corpus) for fault in collecting_faults()]


def play(played: Sequence[Case]) -> int:
    """Print the table of these cases; return how many are neither complete nor named."""
    bad = 0
    for line in head():
        sys.stdout.write(f"{line}\n")
    for case in played:
        row = case.play()
        bad += not row.good
        sys.stdout.write(f"{as_line(row)}\n")
        sys.stdout.flush()
    sys.stdout.write(f"\n{len(played)} faults, {len(played) - bad} complete or named, {bad} not.\n")
    return bad


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and return 1 where a row is neither complete nor named."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--only", default="", metavar="WORDS", help="play rows that hold these")
    options = parser.parse_args(arguments)
    network.block()
    logging.disable()
    played = [case for case in cases() if options.only in case.name]
    return 1 if play(played) or not played else 0


if __name__ == "__main__":
    sys.exit(main())
