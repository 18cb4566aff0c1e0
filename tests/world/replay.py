"""Run a week against a played corpus: `python -m tests.world.replay --corpus DIR --week 2026-W15`.

Arguments after `--` go to `paperweek run`. The flow runs as a process of its own with the caller's
environment; only the sources' addresses and arXiv's pause are set. The exit code is the flow's.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tests.world.corpus import read_corpus
from tests.world.papers_server import PapersServer
from tests.world.traffic import Api


def main(arguments: list[str] | None = None) -> int:
    """Serve the corpus, run the week against it, and return the flow's exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.world.replay", description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--week", required=True)
    parser.add_argument("rest", nargs="*", help="further arguments of `paperweek run`, after --")
    options = parser.parse_args(arguments)
    if not (options.corpus / "weeks").is_dir():
        parser.error(f"{options.corpus} holds no weeks/: give a corpus folder, CORPUS=...")
    with PapersServer(read_corpus(options.corpus)) as world:
        finished = subprocess.run(
            [sys.executable, "-m", "flows", "run", options.week, *options.rest],
            env={**os.environ, **world.environment},
            check=False,
        )
        counts = {api.value: len(world.requests_to(api)) for api in (Api.HUGGING_FACE, Api.ARXIV)}
        sys.stderr.write(f"The played sources were asked: {counts}\n")
    return finished.returncode


if __name__ == "__main__":
    sys.exit(main())
