"""A week's set as a file: read back, it is the set that was written.

The file is JSON: `schema`, and under `collection` the fields of `paperweek.model.Collection` by
their names, one paper a line. Fields at their default are left out, unknown ones passed over.
"""

from __future__ import annotations

import json
import os
import uuid
from functools import cache
from pathlib import Path
from typing import Any

from paperweek.errors import ConfigurationError
from paperweek.model import ARXIV_ID, Collection

SCHEMA = 1


def keep_snapshot(collection: Collection, folder: Path) -> Path:
    """Write the set into the cache `folder` and return the file: one a week, the newest stays."""
    path = folder / "snapshots" / f"{collection.week.label}.json"
    write_snapshot(collection, path)
    return path


def write_snapshot(collection: Collection, path: Path) -> None:
    """Write the set to `path`, whole or not at all; the same set makes the same bytes.

    Raises ConfigurationError where the file can't be written.
    """
    content = _adapter().dump_python(collection, mode="json", exclude_defaults=True)
    papers = content.pop("papers")
    for paper in (*papers, *content.get("withdrawn", ())):
        paper.get("seen_in", []).sort()
    frame = _json({"schema": SCHEMA, "collection": {**content, "papers": []}})
    lines = ",\n".join(map(_json, papers))
    text = f"{frame.removesuffix(']}}')}\n{lines}\n]}}}}\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Not `tempfile`: whoever may read the folder may read a snapshot, as the umask says.
        new = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
        try:
            new.write_text(text, encoding="utf-8")
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(
            "snapshot", str(path), f"it cannot be written ({os.strerror(error.errno or 0)})"
        ) from error


def read_snapshot(path: Path) -> Collection:
    """Return the set that the file holds.

    Raises ConfigurationError where there is no such file, or where it holds something else: another
    schema, a paper twice, or an id that is none.
    """
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise _unusable(path, f"it cannot be read ({os.strerror(error.errno or 0)})") from error
    except (ValueError, RecursionError) as error:
        raise _unusable(path, "it is not JSON") from error
    if not isinstance(content, dict) or "collection" not in content:
        raise _unusable(path, "it is no snapshot of a week")
    if content.get("schema") != SCHEMA:
        raise _unusable(path, f"its schema is {content.get('schema')!r}, not {SCHEMA}")
    collection = _validated(path, content["collection"])
    ids = [paper.arxiv_id for paper in (*collection.papers, *collection.withdrawn)]
    for arxiv_id in ids:
        if not ARXIV_ID.fullmatch(arxiv_id):
            raise _unusable(path, f"{arxiv_id!r} is no arXiv id")
    if len(ids) != len(set(ids)):
        raise _unusable(path, "it holds a paper twice")
    return collection


def _validated(path: Path, content: object) -> Collection:
    from pydantic import ValidationError  # noqa: PLC0415 - see _adapter

    try:
        collection: Collection = _adapter().validate_json(json.dumps(content))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _unusable(path, f"at {where or 'its top'}: {first['msg'].lower()}") from None
    return collection


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _unusable(path: Path, problem: str) -> ConfigurationError:
    return ConfigurationError(
        "snapshot", str(path), problem, "Use a file that an earlier run wrote, unchanged."
    )


@cache
def _adapter() -> Any:  # noqa: ANN401 - pydantic's type, known only below
    # Imported late: it costs more than all else that collecting imports.
    from pydantic import TypeAdapter  # noqa: PLC0415

    return TypeAdapter(Collection)
