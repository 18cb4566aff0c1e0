"""What is seen on standard error while a run works: one line a step, and on a terminal a clock."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

OURS = ("paperweek", "tasks", "flows")


class Lines(logging.Handler):
    """Writes each record as `[ 12 s] words`; words pass through `redact` first."""

    def __init__(self, write: Callable[[str], None], *, debug: bool) -> None:
        super().__init__()
        self._write, self._debug, self._began = write, debug, time.monotonic()
        self.redact: Callable[[str], str] = str
        self.setFormatter(logging.Formatter("%(message)s"))
        self.addFilter(self._concerns_the_reader)

    def _concerns_the_reader(self, record: logging.LogRecord) -> bool:
        room = record.name.partition(".")[0]
        if room in OURS or self._debug:
            return True
        # Prefect tells its own failures at length; the program's last two lines say what matters.
        return room != "prefect" and record.levelno >= logging.WARNING

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record, and its traceback only where the run is being debugged."""
        if not self._debug:
            record.exc_info = record.exc_text = None
        level = "" if record.levelno == logging.INFO else f"{record.levelname.lower()}: "
        text = self.redact(f"{level}{self.format(record)}")
        with contextlib.suppress(OSError, ValueError):
            self._write(f"[{time.monotonic() - self._began:4.0f} s] {text}")


def open_streams() -> None:
    """Open standard output and error where the caller closed them: to nobody."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nobody = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 -- for good
            setattr(sys, name, nobody)


def say(line: str, *, to: TextIO | None = None) -> None:
    """Write the line to standard output, or `to` another stream.

    Where nobody listens any more, this and all that follows is dropped: it changes no outcome.
    """
    stream = to or sys.stdout
    try:
        stream.write(f"{line}\n")
        stream.flush()
    except OSError:
        # What is left in the buffer would fail once more at the program's end, and be its code.
        with Path(os.devnull).open("w", encoding="utf-8") as nobody:
            os.dup2(nobody.fileno(), stream.fileno())


@contextlib.contextmanager
def shown(*, debug: bool) -> Iterator[Lines]:
    """Show the log on standard error until the block ends; a terminal gets a moving clock too."""
    if sys.stderr.isatty() and not debug:
        from rich.console import Console

        console = Console(stderr=True, highlight=False, markup=False)
        write = functools.partial(console.print, soft_wrap=True)
        with console.status("working …"), _listening(write, debug=debug) as lines:
            yield lines
    else:
        with _listening(_plain, debug=debug) as lines:
            yield lines


@contextlib.contextmanager
def _listening(write: Callable[[str], None], *, debug: bool) -> Iterator[Lines]:
    root, lines = logging.getLogger(), Lines(write, debug=debug)
    root.addHandler(lines)
    levels = {name: logging.getLogger(name).level for name in OURS}
    for name in OURS:
        logging.getLogger(name).setLevel(logging.DEBUG if debug else logging.INFO)
    try:
        yield lines
    finally:
        root.removeHandler(lines)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def _plain(line: str) -> None:
    say(line, to=sys.stderr)
