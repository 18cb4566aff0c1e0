"""What passes between a client and the played world: requests and answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

ATOM = "application/atom+xml; charset=utf-8"
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


class Api(Enum):
    """The two services that are played, and whatever else is asked for."""

    ARXIV = "arxiv"
    HUGGING_FACE = "huggingface"
    ELSEWHERE = "elsewhere"


class Manner(Enum):
    """How an answer goes over the wire."""

    WHOLE = "whole"
    CUT = "cut"
    """The headers promise the whole body, half of it comes, and the connection ends."""
    DROP = "drop"
    """The connection ends before a byte is sent."""
    HANG = "hang"
    """Nothing comes, and the connection stays open."""
    DRIP = "drip"
    """The body comes a few bytes at a time, without end in sight."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived. `begun` is monotonic seconds."""

    api: Api
    method: str
    path: str
    query: Mapping[str, str]
    """Decoded, the last value of each parameter."""
    headers: Mapping[str, str]
    """Names in lower case."""
    begun: float
    nth: int
    """How many requests this API had before this one."""
    again: int
    """How many of those asked for exactly the same."""
    target: str
    """Path and query as they were sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer before it is sent."""

    body: bytes = b""
    status: int = 200
    content_type: str = TEXT
    headers: Mapping[str, str] = field(default_factory=dict)
    manner: Manner = Manner.WHOLE


def json_answer(value: object, status: int = 200) -> Answer:
    """Return `value` as a JSON answer."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Answer(body=body, status=status, content_type=JSON)
