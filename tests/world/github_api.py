"""GitHub's pull requests on loopback, as its REST documentation describes them.

Source: https://docs.github.com/en/rest/pulls/pulls
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.world.loopback import LoopbackServer

Reply = tuple[int, dict[str, str], Any]


@dataclass
class FakeGitHub:
    """One repository's pull requests. `answers` are given first, as status, headers and content."""

    bare: Path
    slug: str
    token: str
    pulls: list[dict[str, Any]] = field(default_factory=list)
    answers: list[Reply] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    """Method and path of each request."""
    url: str = ""

    def reply(self, method: str, target: str, token: str, body: bytes) -> Reply:
        """Answer one request."""
        self.requests.append(f"{method} {target}")
        if self.answers:
            return self.answers.pop(0)
        address = urlsplit(target)
        if token != f"Bearer {self.token}":
            return 401, {}, {"message": "Bad credentials"}
        if not address.path.startswith(f"/repos/{self.slug}/pulls"):
            return 404, {}, {"message": "Not Found"}
        if method == "GET":
            return 200, {}, self._listed(parse_qs(address.query))
        asked = json.loads(body)
        if method == "PATCH":
            number = int(address.path.rpartition("/")[2])
            (pull,) = (p for p in self.pulls if p["number"] == number)
            pull.update(asked)
            return 200, {}, pull
        return self._opened(asked)

    def close(self, *, merged: bool) -> None:
        """Let a person decide on the newest pull request."""
        self.pulls[-1].update(state="closed", merged_at="2025-02-03T10:00:00Z" if merged else None)

    def _listed(self, query: dict[str, list[str]]) -> list[dict[str, Any]]:
        state, head = query.get("state", ["open"])[0], query.get("head", [""])[0]
        owner, _, branch = head.partition(":")
        found = [p for p in self.pulls if state in {"all", p["state"]}]
        if head:
            found = [p for p in found if p["head"]["ref"] == branch and self._is_ours(owner)]
        return found[::-1]

    def _opened(self, asked: dict[str, Any]) -> Reply:
        head, base = asked["head"], asked["base"]
        missing = [name for name in (head, base) if not self._has_branch(name)]
        if missing:
            errors = [{"resource": "PullRequest", "field": "head", "code": "invalid"}]
            return 422, {}, {"message": "Validation Failed", "errors": errors}
        owner = self.slug.partition("/")[0]
        if any(p["state"] == "open" and p["head"]["ref"] == head for p in self.pulls):
            said = f"A pull request already exists for {owner}:{head}."
            errors = [{"resource": "PullRequest", "code": "custom", "message": said}]
            return 422, {}, {"message": "Validation Failed", "errors": errors}
        number = len(self.pulls) + 1
        pull = {
            "number": number,
            "html_url": f"https://github.example/{self.slug}/pull/{number}",
            "state": "open",
            "merged_at": None,
            "title": asked["title"],
            "body": asked["body"],
            "head": {"ref": head, "label": f"{owner}:{head}"},
            "base": {"ref": base},
        }
        self.pulls.append(pull)
        return 201, {}, pull

    def _is_ours(self, owner: str) -> bool:
        return self.slug.startswith(f"{owner}/")

    def _has_branch(self, name: str) -> bool:
        command = ["git", "-C", str(self.bare), "rev-parse", "--verify", f"refs/heads/{name}"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextmanager
def github(bare: Path, slug: str, token: str) -> Iterator[FakeGitHub]:
    """Run the interface until the block ends."""
    fake = FakeGitHub(bare, slug, token)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply()

        def do_POST(self) -> None:
            self._reply()

        def do_PATCH(self) -> None:
            self._reply()

        def _reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            token = self.headers.get("Authorization", "")
            status, headers, content = fake.reply(self.command, self.path, token, body)
            said = json.dumps(content).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with LoopbackServer(Handler) as server:
        fake.url = server.address
        yield fake
