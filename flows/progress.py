"""What is seen on standard error while a run works: one line a step, and on a terminal a clock."""

from __future__ import annotations

import contextlib
import functools
import logging
import sys
import time
from collections.abc import Callable, Iterator

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
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
