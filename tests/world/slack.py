"""Slack on loopback: an incoming webhook and `chat.postMessage`, each with all documented limits.

It takes what Slack documents, refuses the rest in Slack's words, and gives the answers it is told
to. Texts are counted in the way that gives the most: entities as they are stored, and two for a
character beyond the sixteen bits of JavaScript.
Limits: https://api.slack.com/reference/block-kit/blocks, near 13,000 characters in all
(undocumented: https://github.com/slackapi/bolt-js/issues/2509), and 40,000 in `text`
(https://api.slack.com/changelog/2018-04-truncating-really-long-messages).
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl

from tests.world.loopback import LoopbackServer

SECRET = "/services/T000/B000/geheimnis"
TOKEN = "xoxb-000000000000-geheimnis"
CHANNEL = "#papers"
CHANNEL_ID = "C0PAPERS00"
LOST = (0, "")
"""An answer that never comes: the message is taken, and the line goes dead."""

BLOCKS, TEXT, TOTAL = 50, 40_000, 13_000
HEADER, SECTION, FIELD, BUTTON, URL = 150, 3000, 2000, 75, 3000
_LINK = re.compile(r"<([^|>]*)")


@dataclass
class FakeSlack:
    """What was posted, and the answers still to give; then it says yes as Slack does."""

    posted: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)
    retry_after: str = "1"
    asked: int = 0
    """Requests that came, whatever became of them."""
    url: str = ""
    """The webhook."""
    api: str = ""
    """Where the methods are."""

    def webhook(self, body: bytes) -> tuple[int, str]:
        """Take one post; an odd one is refused in Slack's words."""
        if self.answers and self.answers[0] != LOST:
            return self.answers.pop(0)
        message = json.loads(body)
        if fault := fault_of(message):
            return 400, fault
        self.posted.append(message)
        return self.answers.pop(0) if self.answers else (200, "ok")

    def post_message(self, body: bytes, kind: str, authorization: str) -> tuple[int, str]:
        """Take one call of `chat.postMessage`, as JSON or as a form."""
        if self.answers and self.answers[0] != LOST:
            return self.answers.pop(0)
        if "json" in kind:
            message = json.loads(body)
        else:
            message = dict(parse_qsl(body.decode()))
            message["blocks"] = json.loads(message.get("blocks", "[]"))
        if fault := self._fault(message, authorization):
            return 200, json.dumps({"ok": False, "error": fault})
        message["ts"] = f"1700000000.{len(self.posted):06}"
        self.posted.append(message)
        if self.answers:
            return self.answers.pop(0)
        said = {"ok": True, "channel": CHANNEL_ID, "ts": message["ts"], "message": message}
        return 200, json.dumps(said)

    def _fault(self, message: dict[str, Any], authorization: str) -> str:
        if authorization != f"Bearer {TOKEN}":
            return "invalid_auth" if authorization else "not_authed"
        if message.get("channel") not in {CHANNEL, CHANNEL.lstrip("#"), CHANNEL_ID}:
            return "channel_not_found"
        roots = {one.get("ts") for one in self.posted if not one.get("thread_ts")}
        if message.get("thread_ts") and message["thread_ts"] not in roots:
            return "thread_not_found"
        return fault_of(message)


def fault_of(message: dict[str, Any]) -> str:
    """Return the word with which Slack refuses the message; empty where it takes it."""
    blocks, text = message.get("blocks", []), message.get("text", "")
    if not text and not blocks:
        return "no_text"
    if counted(text) > TEXT:
        return "msg_too_long"
    if len(blocks) > BLOCKS or not all(map(_is_well_formed, blocks)):
        return "invalid_blocks"
    if sum(_counted(one) for block in blocks for one in _texts(block)) > TOTAL:
        return "msg_blocks_too_long"
    return ""


def shown(message: dict[str, Any]) -> list[str]:
    """Return the lines that a person sees of a message, a link as its words and its address."""
    texts = [one for block in message["blocks"] for one in _texts(block)]
    seen = [
        re.sub(r"<([^|>]+)\|([^>]+)>", r"\2: \1", one["text"])
        if one["type"] == "mrkdwn"
        else one["text"]
        for one in texts
    ]
    return [html.unescape(line) for text in seen for line in text.splitlines()]


def counted(text: str) -> int:
    """Return how many characters that is to JavaScript."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _counted(text: dict[str, Any]) -> int:
    stored = html.escape(text["text"], quote=False)
    return counted(stored if text["type"] == "plain_text" else text["text"])


def _texts(block: dict[str, Any]) -> list[dict[str, Any]]:
    found = [block["text"]] if "text" in block else []
    return [*found, *block.get("fields", []), *block.get("elements", [])]


def _is_well_formed(block: dict[str, Any]) -> bool:
    if block["type"] == "header":
        return block["text"]["type"] == "plain_text" and _fits(block["text"], HEADER)
    if block["type"] == "section":
        fields = block.get("fields", [])
        has_text = "text" in block and _fits(block["text"], SECTION)
        return (has_text or (fields and "text" not in block)) and (
            len(fields) <= 10 and all(_fits(one, FIELD) for one in fields)
        )
    if block["type"] == "context":
        elements = block["elements"]
        return 0 < len(elements) <= 10 and all(_fits(one, SECTION) for one in elements)
    if block["type"] == "actions":
        return all(
            _fits(one["text"], BUTTON) and len(one.get("url", "")) <= URL
            for one in block["elements"]
        )
    return bool(block["type"] == "divider")


def _fits(text: dict[str, Any], limit: int) -> bool:
    if text["type"] not in {"plain_text", "mrkdwn"}:
        return False
    links = _LINK.findall(text["text"]) if text["type"] == "mrkdwn" else []
    return 0 < _counted(text) <= limit and all(len(link) <= URL for link in links)


@contextmanager
def slack(*answers: tuple[int, str]) -> Iterator[FakeSlack]:
    """Run both until the block ends."""
    fake = FakeSlack(answers=list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            fake.asked += 1
            status, said = self.answer(body)
            if (status, said) == LOST:
                self.close_connection = True
                return
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", fake.retry_after)
            content = said.encode()
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def answer(self, body: bytes) -> tuple[int, str]:
            if self.path == SECRET:
                return fake.webhook(body)
            if self.path == "/api/chat.postMessage":
                kind, who = self.headers["Content-Type"], self.headers.get("Authorization", "")
                return fake.post_message(body, kind, who)
            return 404, "no_service"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with LoopbackServer(Handler) as server:
        fake.url, fake.api = f"{server.address}{SECRET}", f"{server.address}/api"
        yield fake
