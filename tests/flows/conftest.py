"""What most tests of the flows need around them: the sources, played, and a channel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.world.corpus import read_corpus
from tests.world.papers_server import PapersServer
from tests.world.slack import FakeSlack, slack
from tests.world.synthetic import write_synthetic_week


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PapersServer]:
    """Play both sources; of all the weeks, only one has papers."""
    folder = tmp_path_factory.mktemp("corpus")
    write_synthetic_week(folder, 60)
    with PapersServer(read_corpus(folder)) as server:
        yield server


@pytest.fixture(scope="module")
def channel() -> Iterator[FakeSlack]:
    """Play Slack."""
    with slack() as fake:
        yield fake
