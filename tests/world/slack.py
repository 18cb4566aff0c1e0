"""Slack's incoming webhook on loopback: takes what Slack documents, answers what it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "/services/T000/B000/geheimnis"


@dataclass
class FakeSlack:
    """What was posted, and the answers still to give; then it says `200 ok` as Slack does."""

    posted: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)
    url: str = ""

    def answer(self, body: bytes) -> tuple[int, str]:
        """Take one post; an odd one is refused in Slack's words."""
        if self.answers:
            return self.answers.pop(0)
        message = json.loads(body)
        if not message.get("text") and not message.get("blocks"):
            return 400, "no_text"
        if len(message.get("blocks", [])) > 50:
            return 400, "invalid_blocks"
        for block in message.get("blocks", []):
            limit = 150 if block["type"] == "header" else 3000
            if not 0 < len(block["text"]["text"]) <= limit:
                return 400, "invalid_blocks"
        self.posted.append(message)
        return 200, "ok"


@contextmanager
def slack(*answers: tuple[int, str]) -> Iterator[FakeSlack]:
    """Run the webhook until the block ends."""
    fake = FakeSlack(answers=list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, said = fake.answer(body) if self.path == SECRET else (404, "no_service")
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "1")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}{SECRET}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
