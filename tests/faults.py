"""Play every fault against the product and print what came of it: `python -m tests.faults`.

Each row must end in the full set, the one commit and the one notice, or in a name for what is
missing. One that does not makes the exit code 1. `--only WORDS` plays the rows whose name holds the
words. The tests play the same rows.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence

from paperweek.settings import PREFIX
from tests import network
from tests.world.collecting_case import collecting_cases
from tests.world.killing_case import killing_cases
from tests.world.publishing_case import publishing_cases
from tests.world.sundays_case import sundays_cases
from tests.world.table import Case, as_line, head


def cases() -> Sequence[Case]:
    """Return every case that is played, in the order of the table."""
    return [
        *collecting_cases(),
        *publishing_cases(),
        *killing_cases(),
        *sundays_cases(),
    ]


def play(played: Sequence[Case]) -> int:
    """Print the table of these cases; return how many are neither right nor named."""
    bad, skipped = 0, 0
    columns: tuple[str, ...] | None = None
    for case in played:
        row = case.play()
        if columns != tuple(row.cells):
            columns = tuple(row.cells)
            for line in ("", *head(columns)):
                sys.stdout.write(f"{line}\n")
        bad += not row.good and not row.skipped
        skipped += bool(row.skipped)
        sys.stdout.write(f"{as_line(row)}\n")
        sys.stdout.flush()
    right = len(played) - bad - skipped
    left_out = f", {skipped} skipped" if skipped else ""
    sys.stdout.write(f"\n{len(played)} faults, {right} right or named, {bad} not{left_out}.\n")
    return bad


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and return 1 where a row is neither right nor named."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--only", default="", metavar="WORDS", help="play rows that hold these")
    options = parser.parse_args(arguments)
    network.block()
    logging.disable()
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]  # whoever plays must not be told of it in their own channel
    played = [case for case in cases() if options.only in case.name]
    return 1 if play(played) or not played else 0


if __name__ == "__main__":
    sys.exit(main())
