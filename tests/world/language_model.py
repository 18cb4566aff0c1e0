"""Language models behind one loopback address: chat completions, responses and messages.

    with ModelServer() as world:
        world.base_url  # what OPENAI_BASE_URL takes

By itself it answers honestly, see `tests.world.honest_author`. `author` writes something else,
`spoil` puts a fault between the answer and the wire. Tokens are counted by characters, over the
whole body of a request, schema included.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from paperweek.ports import Writer
from paperweek.writers.extractive import ExtractiveWriter
from paperweek.writers.language_model import LanguageModelWriter
from tests.world import honest_author
from tests.world.loopback import LoopbackServer
from tests.world.traffic import Answer, Manner, json_answer

KEY = "sk-geheim-0123456789"
DRIP_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    length: int
    nth: int
    """How many requests came before it."""

    @property
    def form(self) -> str:
        """In which form an answer is wanted: `native`, `tool` or `text`."""
        shape = self.body.get("response_format") or self.body.get("text", {}).get("format")
        shape = shape or self.body.get("output_config", {}).get("format")
        if shape and shape.get("type") == "json_schema":
            return "native"
        return "tool" if self.body.get("tools") else "text"

    @property
    def instructions(self) -> str:
        """What the model is told before the request."""
        told = self.body.get("instructions") or self.body.get("system") or ""
        turns = self.body.get("messages") or self.body.get("input") or []
        roles = {"system", "developer"}
        return "\n".join(
            [_text(told), *(_text(t.get("content")) for t in turns if t.get("role") in roles)]
        ).strip()

    @property
    def request(self) -> str:
        """The user's turn."""
        turns = self.body.get("messages") or self.body.get("input") or []
        return next(_text(turn["content"]) for turn in turns if turn.get("role") == "user")

    @property
    def section(self) -> str:
        """The heading that is asked for."""
        return self.request.splitlines()[0].removeprefix("Section: ")

    @property
    def data(self) -> dict[str, Any]:
        """The evidence."""
        found: dict[str, Any] = json.loads(self.request.partition("\nDATA:\n")[2])
        return found

    @property
    def mends(self) -> bool:
        """Whether it asks for sentences in the place of rejected ones."""
        return "\nREJECTED:\n" in self.request


Author = Callable[[Asked], str]
"""Who answers: the request in, the text of the answer out."""
Spoil = Callable[[Asked, Answer], Answer]


def honest(asked: Asked) -> str:
    """Return what an honest model would answer."""
    said = honest_author.write(asked.instructions, asked.request)
    return json.dumps({"sentences": said}, ensure_ascii=False)


def _unspoilt(_: Asked, answer: Answer) -> Answer:
    return answer


class ModelServer(LoopbackServer):
    """Three APIs on one port of 127.0.0.1, from entering the context to leaving it."""

    def __init__(
        self, author: Author = honest, spoil: Spoil = _unspoilt, *, usage: bool = True
    ) -> None:
        super().__init__(_Handler)
        self.author, self.spoil, self.usage = author, spoil, usage
        self.log: list[Asked] = []
        self.tokens: list[tuple[int, int]] = []
        self._lock = threading.Lock()

    @property
    def base_url(self) -> str:
        """The address that OPENAI_BASE_URL takes."""
        return f"{self.address}/v1"

    @property
    def environment(self) -> dict[str, str]:
        """The provider's variables that lead here."""
        return {
            "OPENAI_BASE_URL": self.base_url,
            "OPENAI_API_KEY": KEY,
            "ANTHROPIC_BASE_URL": self.base_url.removesuffix("/v1"),
            "ANTHROPIC_API_KEY": KEY,
        }

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Return the answer to one request, and note it in the log."""
        with self._lock:
            asked = Asked(path, headers, json.loads(body), len(body.decode()), len(self.log))
            self.log.append(asked)
        if not (wrap := _WRAPS.get(path)):
            return json_answer({"error": {"message": "no such path"}}, 404)
        text = self.author(asked)
        counts = (-(-asked.length // 4), -(-len(text) // 4))
        with self._lock:
            self.tokens.append(counts)
        return self.spoil(asked, json_answer(wrap(asked, text, counts if self.usage else None)))


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(part.get("text", "") for part in parts)


Counts = tuple[int, int] | None


def chat_completion(asked: Asked, text: str, counts: Counts, finish: str = "stop") -> Any:  # noqa: ANN401
    """Return the text as OpenAI's chat completions give it."""
    message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
    if asked.form == "tool":
        call = {"name": asked.body["tools"][0]["function"]["name"], "arguments": text}
        message |= {"content": None}
        message["tool_calls"] = [{"id": "call_1", "type": "function", "function": call}]
    answer: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_760_000_000,
        "model": asked.body.get("model"),
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
    }
    if counts:
        answer["usage"] = {
            "prompt_tokens": counts[0],
            "completion_tokens": counts[1],
            "total_tokens": sum(counts),
        }
    return answer


def _response(asked: Asked, text: str, counts: Counts) -> Any:  # noqa: ANN401
    if asked.form == "tool":
        output: dict[str, Any] = {
            "type": "function_call",
            "id": "fc_1",
            "call_id": "call_1",
            "name": asked.body["tools"][0]["name"],
            "arguments": text,
            "status": "completed",
        }
    else:
        content = {"type": "output_text", "text": text, "annotations": []}
        output = {
            "type": "message",
            "id": "msg_1",
            "role": "assistant",
            "status": "completed",
            "content": [content],
        }
    answer: dict[str, Any] = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_760_000_000,
        "status": "completed",
        "model": asked.body.get("model"),
        "output": [output],
        "parallel_tool_calls": False,
        "tool_choice": "auto",
        "tools": [],
    }
    if counts:
        answer["usage"] = {
            "input_tokens": counts[0],
            "output_tokens": counts[1],
            "total_tokens": sum(counts),
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens_details": {"reasoning_tokens": 0},
        }
    return answer


def _message(asked: Asked, text: str, counts: Counts) -> Any:  # noqa: ANN401
    content: dict[str, Any] = {"type": "text", "text": text}
    if asked.form == "tool":
        name = asked.body["tools"][0]["name"]
        content = {"type": "tool_use", "id": "toolu_1", "name": name, "input": json.loads(text)}
    counted = counts or (0, 0)
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": asked.body.get("model"),
        "content": [content],
        "stop_reason": "tool_use" if asked.form == "tool" else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": counted[0], "output_tokens": counted[1]},
    }


_WRAPS = {
    "/v1/chat/completions": chat_completion,
    "/v1/responses": _response,
    "/v1/messages": _message,
}


class _Handler(BaseHTTPRequestHandler):
    world: ModelServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", "0")))
        answer = self.world.answer(self.path.partition("?")[0], headers, body)
        if answer.manner is Manner.HANG:
            self.world.stopping.wait()
        if answer.manner in {Manner.HANG, Manner.DROP}:
            self.close_connection = True
            return
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        length = len(answer.body) * (1_000 if answer.manner is Manner.DRIP else 1)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(length))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if answer.manner is Manner.DRIP:
            while not self.world.stopping.wait(DRIP_SECONDS):
                self.wfile.write(b" ")
                self.wfile.flush()
        half = len(answer.body) // 2 if answer.manner is Manner.CUT else None
        self.wfile.write(answer.body[:half])
        self.close_connection = answer.manner is not Manner.WHOLE

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def with_manner(manner: Manner) -> Spoil:
    """Return the fault that sends each answer in that manner."""
    return lambda _, answer: replace(answer, manner=manner)


def played_writer() -> Writer:
    """Return the language-model writer with an honest model, played until the process ends."""
    world = ModelServer().__enter__()
    os.environ.update(world.environment)
    cache = Path(tempfile.mkdtemp(prefix="paperweek-"))
    return LanguageModelWriter("openai:gpt-4o-mini", ExtractiveWriter(), cache)
