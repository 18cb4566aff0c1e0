"""A git host on loopback: smart HTTP with basic authentication, by git's own http-backend."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from tests.world.loopback import LoopbackServer

_BACKEND = Path(
    subprocess.run(
        ["git", "--exec-path"], capture_output=True, text=True, check=True
    ).stdout.strip(),
    "git-http-backend",
)

MISSING = None if _BACKEND.exists() else "git has no http-backend here"
"""Why no git host can be played here; None where it can."""


class GitServer(LoopbackServer):
    """Serves the bare repositories below a folder, to whoever knows the token.

    `refuse_push` plays an account that may read and not write. `answers` are HTTP status codes
    for the next requests, before git is asked at all. `redirect_to` sends every request elsewhere.
    While `is_gone` says so, every answer is 502.
    """

    def __init__(self, root: Path, *, token: str = "", user: str = "x-access-token") -> None:
        super().__init__(_Handler)
        self.root, self.refuse_push = root, False
        self.answers: list[int] = []
        self.is_gone: Callable[[], bool] = bool
        self.redirect_to = ""
        self.requests: list[str] = []
        """Method and path of each request, in order."""
        self.credentials: list[str] = []
        """The `Authorization` of each request that had one."""
        self.moved: list[int] = []
        """Bytes of each body, asked or answered."""
        pair = base64.b64encode(f"{user}:{token}".encode()).decode()
        self.expected = f"Basic {pair}" if token else ""

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        """The address below which the repositories lie."""
        return self.address


class _Handler(BaseHTTPRequestHandler):
    world: GitServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        body, server = self._body(), self.world
        server.requests.append(f"{self.command} {self.path}")
        server.moved.append(len(body))
        given = self.headers.get("Authorization", "")
        if given:
            server.credentials.append(given)
        if server.redirect_to:
            self._answer(302, [("Location", server.redirect_to + self.path)])
        elif server.is_gone():
            self._answer(502)
        elif server.answers:
            self._answer(server.answers.pop(0))
        elif server.expected and given != server.expected:
            self._answer(401, [("WWW-Authenticate", 'Basic realm="a git host"')])
        elif server.refuse_push and "git-receive-pack" in self.path:
            self._answer(403)
        else:
            self._ask_git(body)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _ask_git(self, body: bytes) -> None:
        address = urlsplit(self.path)
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.world.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "REMOTE_USER": "paperweek",
            "REMOTE_ADDR": "127.0.0.1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": unquote(address.path),
            "QUERY_STRING": address.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        run = subprocess.run(
            [str(_BACKEND)], input=body, env=environment, capture_output=True, check=False
        )
        head, _, content = run.stdout.partition(b"\r\n\r\n")
        fields = [line.partition(": ")[::2] for line in head.decode().split("\r\n") if line]
        status = next((int(v.split()[0]) for k, v in fields if k == "Status"), 200)
        self._answer(status, [f for f in fields if f[0] != "Status"], content)

    def _answer(
        self, status: int, fields: list[tuple[str, str]] | None = None, content: bytes = b""
    ) -> None:
        self.send_response(status)
        for name, value in fields or []:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.world.moved.append(len(content))
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        return


def bare_repository(path: Path, branch: str = "main") -> Path:
    """Return a new empty bare repository at `path` that takes pushes and serves partial clones."""
    subprocess.run(
        ["git", "init", "--quiet", "--bare", f"--initial-branch={branch}", path], check=True
    )
    for key in ("http.receivepack", "uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        subprocess.run(["git", "-C", path, "config", key, "true"], check=True)
    return path


class SshServer:
    """A real sshd on loopback with its own keys, for the user who runs the tests."""

    PROGRAM = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
    MISSING = None if PROGRAM else "there is no sshd here: apt-get install openssh-server"

    def __init__(self, folder: Path, port: int) -> None:
        folder.mkdir(mode=0o700)
        self.port, self.key, self.known_hosts = port, folder / "key", folder / "known_hosts"
        for name in ("key", "host", "stranger"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
            subprocess.run(command, check=True)
        self.strange_key = folder / "stranger"
        shutil.copy(folder / "key.pub", folder / "authorized_keys")
        host_key = (folder / "host.pub").read_text().split()[:2]
        self.known_hosts.write_text(f"[127.0.0.1]:{port} {' '.join(host_key)}\n")
        config = folder / "sshd_config"
        config.write_text(
            f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder / 'host'}\n"
            f"AuthorizedKeysFile {folder / 'authorized_keys'}\nPidFile {folder / 'pid'}\n"
            "PasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\n"
            "StrictModes no\nPermitRootLogin prohibit-password\nKexAlgorithms curve25519-sha256\n"
        )
        self._command = [str(self.PROGRAM), "-D", "-e", "-f", str(config)]

    def __enter__(self) -> Self:
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        self._process = subprocess.Popen(
            self._command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
        )
        assert self._process.stderr
        for line in self._process.stderr:
            if "Server listening" in line:
                return self
        raise OSError("sshd did not start")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.communicate()
