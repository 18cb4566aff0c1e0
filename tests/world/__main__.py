"""Play both paper sources until interrupted: `python -m tests.world CORPUS [--port N]`.

The first lines of standard output are shell commands that point the product at them.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from datetime import date
from pathlib import Path

from tests.world.corpus import read_corpus
from tests.world.papers_server import PapersServer


def main(arguments: list[str] | None = None) -> int:
    """Serve the corpus folder until the process is stopped; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.world", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--today", type=date.fromisoformat, help="the last day Hugging Face knows")
    parser.add_argument("--legacy-atom", action="store_true", help="arXiv's envelope of 2019")
    options = parser.parse_args(arguments)
    world = PapersServer(
        read_corpus(options.corpus),
        today=options.today,
        legacy_atom=options.legacy_atom,
        port=options.port,
    )
    with world, contextlib.suppress(KeyboardInterrupt):
        for name, value in world.environment.items():
            sys.stdout.write(f"export {name}={value}\n")
        sys.stdout.flush()
        world.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
