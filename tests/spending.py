"""Run a command to its end and note what it took: `python tests/spending.py FILE COMMAND …`.

A process of its own, and a small one: Linux counts the memory of whoever starts a program among
the program's own.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path


def main() -> int:
    """Write CPU and wall seconds and peak memory in MB into the file; return the exit code."""
    note, *command = sys.argv[1:]
    begun = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    taken = {
        "wall": time.perf_counter() - begun,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss * 1024 / 1e6,
    }
    Path(note).write_text(json.dumps(taken), encoding="utf-8")
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
