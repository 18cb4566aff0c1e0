from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given

from paperweek.errors import ConfigurationError
from paperweek.model import Collection, Paper, SourceAccount, Week
from paperweek.snapshots import keep_snapshot, read_snapshot, write_snapshot
from paperweek.sources.sample import SampleSource
from paperweek.sources.snapshot import SnapshotSource
from tests.paperweek.strategies import collections

WEEK = Week(2025, 5)
SET = Collection(
    WEEK,
    (
        Paper("2501.00001", "One", seen_in=frozenset({"huggingface", "arxiv"})),
        Paper("x/0101001", "B"),
    ),
    accounts=(SourceAccount("arxiv", failure="It was silent."),),
    withdrawn=(Paper("2501.00003", "Gone"),),
)


@given(collections())
def test_a_snapshot_read_back_is_the_set_that_was_written(collection: Collection) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "week.json"

        write_snapshot(collection, path)

        assert read_snapshot(path) == collection


def test_the_same_set_makes_the_same_bytes_and_leaves_no_other_file(tmp_path: Path) -> None:
    first = keep_snapshot(SET, tmp_path).read_bytes()
    path = keep_snapshot(SET, tmp_path)

    assert path.read_bytes() == first
    assert [file.name for file in path.parent.iterdir()] == ["2025-W05.json"]


def test_others_may_read_a_snapshot_as_far_as_the_umask_lets_them(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        path = keep_snapshot(SET, tmp_path)
    finally:
        os.umask(before)

    assert path.stat().st_mode & 0o777 == 0o640


def test_fields_of_a_later_version_are_passed_over(tmp_path: Path) -> None:
    path = spoilt(tmp_path, lambda content: content["collection"].update(mood="good"))

    assert read_snapshot(path) == SET


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda file: file.update(schema=2), "its schema is 2, not 1"),
        (lambda file: file.pop("collection"), "no snapshot"),
        (lambda file: file["collection"].pop("week"), "at week: field required"),
        (lambda file: file["collection"]["papers"][0].update(votes="many"), "papers.0.votes"),
        (lambda file: file["collection"]["papers"][0].update(arxiv_id="../x"), "no arXiv id"),
        (lambda file: file["collection"].update(withdrawn=file["collection"]["papers"]), "twice"),
    ],
)
def test_a_file_that_is_no_snapshot_is_refused_with_the_reason(
    tmp_path: Path, spoil: object, problem: str
) -> None:
    path = spoilt(tmp_path, spoil)

    with pytest.raises(ConfigurationError, match="snapshot") as refusal:
        read_snapshot(path)

    assert problem in str(refusal.value)


@pytest.mark.parametrize("content", [b"", b"[1]", b"{", b"\xff\xfe\x00", b"[" * 10**5])
def test_a_file_of_anything_else_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "week.json"
    path.write_bytes(content)

    with pytest.raises(ConfigurationError, match="snapshot"):
        read_snapshot(path)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.json"):
        SnapshotSource(tmp_path / "gone.json")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "snapshots").write_text("a file where the folder should be")

    with pytest.raises(ConfigurationError, match="cannot be written"):
        keep_snapshot(SET, tmp_path)


def test_a_kept_week_is_a_source_of_that_week_alone(tmp_path: Path) -> None:
    source = SnapshotSource(keep_snapshot(SET, tmp_path))

    assert source.week == WEEK
    assert source.collect(WEEK, frozenset()).kept == SET
    with pytest.raises(ConfigurationError, match="holds 2025-W05, not 2025-W06"):
        source.collect(WEEK.plus(1), frozenset())


def test_the_sample_knows_its_weeks_and_no_other(tmp_path: Path) -> None:
    for week in (WEEK, WEEK.plus(1)):
        write_snapshot(Collection(week, SET.papers, invented=True), tmp_path / f"{week}.json")
    sample = SampleSource(tmp_path)

    assert sample.weeks == (WEEK, WEEK.plus(1))
    kept = sample.collect(WEEK, frozenset()).kept
    assert kept is not None
    assert kept.invented
    with pytest.raises(ConfigurationError, match="holds only 2025-W05, 2025-W06"):
        sample.collect(WEEK.plus(2), frozenset())


def spoilt(folder: Path, spoil: object) -> Path:
    assert callable(spoil)
    path = folder / "week.json"
    write_snapshot(SET, path)
    content = json.loads(path.read_bytes())
    spoil(content)
    path.write_text(json.dumps(content))
    return path
