"""Calls of the git program that always end, never ask, and never show a secret.

GitPython starts the program; this module gives it a deadline, a closed set of transports, the
credentials, and turns what it says into the product's errors.
"""

from __future__ import annotations

import base64
import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from git import Git
from git.exc import GitCommandNotFound

from paperweek.errors import (
    BlogForbidden,
    BlogUnreachable,
    BlogUnusable,
    ConfigurationError,
    PublishingError,
)

_HIDDEN = "***"
_STALL_SECONDS = 30
_LONGEST_DETAIL = 300

_TELLING = re.compile(r"(remote|fatal|error|ERROR|ssh|\S+@\S+):")

_PLAIN = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.autocrlf": "false",
    "core.excludesFile": os.devnull,
    "core.attributesFile": os.devnull,
    "commit.gpgSign": "false",
    "push.gpgSign": "false",
    "push.followTags": "false",
    "push.recurseSubmodules": "no",
    "fetch.recurseSubmodules": "no",
    "fetch.writeCommitGraph": "false",
    "log.showSignature": "false",
    # A collection in the background would outlive the run and hold locks.
    "gc.auto": "0",
    "maintenance.auto": "false",
    "advice.detachedHead": "false",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": str(_STALL_SECONDS),
    # Only local blogs read these two: a folder serves no partial clone by itself, and refuses a
    # push into its checked-out branch.
    "remote.origin.uploadpack": "git -c uploadpack.allowFilter=true "
    "-c uploadpack.allowAnySHA1InWant=true upload-pack",
    "remote.origin.receivepack": "git -c receive.denyCurrentBranch=updateInstead receive-pack",
}
_LOCAL_ONLY = ("remote.origin.uploadpack", "remote.origin.receivepack")

_HELPER = (
    '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" '
    '"$PAPERWEEK_GIT_USER" "$PAPERWEEK_GIT_SECRET"; }; f'
)
"""A credential helper without a file: it answers from the environment of the git process alone."""

_SSH_OPTIONS = (
    "-oBatchMode=yes",
    "-oStrictHostKeyChecking=yes",
    "-oConnectTimeout=15",
    "-oServerAliveInterval=10",
    "-oServerAliveCountMax=3",
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the blog is, without any secret."""

    text: str
    """What git is given: an absolute path or an address without user info for HTTP."""
    is_local: bool
    token: str = field(default="", repr=False)
    """The password that stood in the address, which is the place where it must not stand."""

    @classmethod
    def parse(cls, repository: str) -> Address:
        """Return the address of a path or a git URL (https, http, ssh, file, or `host:path`).

        Raises ConfigurationError for an empty one and for other transports.
        """
        if not repository or repository.startswith("-") or not repository.isprintable():
            raise ConfigurationError(
                "PAPERWEEK_BLOG", "", "write a folder, a bare repository or a git address"
            )
        if "://" not in repository and not _is_scp_like(repository):
            return cls(str(Path(repository).expanduser().absolute()), is_local=True)
        if "::" in repository.split("/", 1)[0]:
            raise ConfigurationError("PAPERWEEK_BLOG", "", "this transport is not allowed")
        if "://" not in repository:
            return cls(repository, is_local=False)
        parts = urlsplit(repository)
        if parts.scheme not in {"https", "http", "ssh", "file"}:
            raise ConfigurationError(
                "PAPERWEEK_BLOG", "", f"{parts.scheme}:// is not https, ssh or a folder"
            )
        if parts.scheme == "file":
            return cls(repository, is_local=True)
        user, at, host = parts.netloc.rpartition("@")
        name, _, password = user.partition(":")
        if parts.scheme == "ssh":
            return cls(parts._replace(netloc=f"{name}{at}{host}").geturl(), is_local=False)
        # A long user name without a password is how some hosts take a bare token.
        token = password or (name if len(name) >= 20 else "")  # noqa: PLR2004
        return cls(parts._replace(netloc=host).geturl(), is_local=False, token=token)

    @property
    def host_root(self) -> str:
        """Scheme, host and port of an HTTP address: whom the token is meant for. Else empty."""
        parts = urlsplit(self.text)
        return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else ""


def _is_scp_like(repository: str) -> bool:
    head, colon, _ = repository.partition(":")
    return bool(colon) and "/" not in head and not Path(repository).exists()


class Clock:
    """The time that is left until a deadline, in seconds."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds until the deadline, never below zero."""
        return max(0.0, self._end - time.monotonic())


@dataclass(frozen=True, slots=True)
class Answer:
    """How a git process ended and what it said, word for word: `GitCalls.detail` may be shown."""

    status: int
    out: str
    err: str

    @property
    def is_good(self) -> bool:
        """Whether it exited with 0."""
        return self.status == 0


class BrokenCloneError(Exception):
    """Git failed in a way that points at our own working copy; the text says how."""


class GitCalls:
    """Git with one blog's address and credentials. Holds a secret: it has no telling repr."""

    def __init__(
        self,
        address: Address,
        *,
        branch: str = "",
        token: str = "",
        user: str = "",
        ssh_command: str = "ssh",
        ssh_key: Path | None = None,
        ssh_known_hosts: Path | None = None,
    ) -> None:
        self.address, self.branch = address, branch
        token = token or address.token
        self._secrets = _spellings(user, token)
        config = {k: v for k, v in _PLAIN.items() if address.is_local or k not in _LOCAL_ONLY}
        config["remote.origin.url"] = address.text
        ssh = [*_SSH_OPTIONS]
        if ssh_key:
            ssh += ["-i", str(ssh_key), "-oIdentitiesOnly=yes"]
        if ssh_known_hosts:
            ssh += [f"-oUserKnownHostsFile={ssh_known_hosts}"]
        self._environment = {
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "",
            "SSH_ASKPASS": "",
            "GCM_INTERACTIVE": "never",
            "GIT_ALLOW_PROTOCOL": "file:http:https:ssh",
            "GIT_SSH_COMMAND": f"{ssh_command} {shlex.join(ssh)}",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_LITERAL_PATHSPECS": "1",
            "GIT_TRACE_REDACT": "1",
            "LC_ALL": "C",
        }
        self._options: list[str] = []
        if token and address.host_root:
            # An empty helper forgets the user's own ones, so that only our answer counts; the
            # host in the key keeps the token from every other host, redirects included.
            self._options += ["-c", "credential.helper="]
            config[f"credential.{address.host_root}.helper"] = _HELPER
            self._environment |= {"PAPERWEEK_GIT_USER": user, "PAPERWEEK_GIT_SECRET": token}
        for key, value in config.items():
            self._options += ["-c", f"{key}={value}"]

    def run(
        self,
        folder: Path,
        *arguments: str,
        seconds: float,
        environment: Mapping[str, str] | None = None,
        given: str = "",
    ) -> Answer:
        """Return how `git <arguments>` ended in the repository `folder`; `given` is its input.

        Raises BlogUnreachable where it did not end within `seconds`: it and all that it started
        are killed, and what it has done at the other side is unknown.
        """
        command = [Git.GIT_PYTHON_GIT_EXECUTABLE or "git", *self._options, *arguments]
        # All of it explicitly: a run inside someone's git hook inherits these.
        where = {
            "GIT_DIR": str(folder),
            "GIT_OBJECT_DIRECTORY": str(folder / "objects"),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": "",
        }
        try:
            process = Git(str(folder)).execute(
                command,
                as_process=True,
                istream=subprocess.PIPE if given else None,
                env=self._environment | where | dict(environment or {}),
                start_new_session=True,
            )
        except GitCommandNotFound:
            raise BlogUnusable(
                self.address.text, self.branch, "git is not installed", "Install git and run again."
            ) from None
        try:
            data = given.encode("utf-8", "surrogateescape") if given else None
            out, err = process.communicate(data, timeout=seconds)
        except subprocess.TimeoutExpired:
            _kill(process.pid)
            process.communicate()
            raise BlogUnreachable(
                self.address.text,
                self.branch,
                f"git {arguments[0]} did not end within the time that was left",
            ) from None
        except BaseException:
            _kill(process.pid)
            raise
        return Answer(process.returncode, _text(out), _text(err))

    def redact(self, text: str) -> str:
        """Return `text` with every spelling of the secret, and any user info, as stars."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return re.sub(r"(?<=://)[^/\s@:]*:[^/\s@]+(?=@)", _HIDDEN, text)

    def detail(self, answer: Answer) -> str:
        """Return the most telling words of an answer on one line, its secrets as stars."""
        lines = [line.strip() for line in self.redact(answer.err).splitlines() if line.strip()]
        telling = [line for line in lines if _TELLING.match(line)]
        text = " ".join(line for line in telling or lines[-2:] if line != "remote:")
        text = " ".join(text.split()) or f"exit status {answer.status}"
        return text if len(text) <= _LONGEST_DETAIL else text[: _LONGEST_DETAIL - 1] + "…"

    def error(self, answer: Answer) -> PublishingError | None:
        """Return the error that git's words name, or None where they name none of the known."""
        said = f"{answer.err}\n{answer.out}"
        if answer.status < 0:
            said += f"\ngit died of signal {-answer.status}"
        for sign in _SIGNS:
            if sign.words.search(said):
                what = f"{sign.what} ({self.detail(answer)})"
                remedy = sign.remedy.format(blog=self.address.text)
                return sign.error(self.address.text, self.branch, what, remedy)
        return None


@dataclass(frozen=True, slots=True)
class _Sign:
    words: re.Pattern[str]
    error: type[PublishingError]
    what: str
    remedy: str = ""


def _sign(words: str, error: type[PublishingError], what: str, remedy: str = "") -> _Sign:
    return _Sign(re.compile(words), error, what, remedy)


_SIGNS = (
    _sign(
        r"No space left on device|[Dd]isk quota exceeded|[Oo]ut of disk ?space",
        BlogUnusable,
        "a disk is full",
        "Make room in the cache folder or where the blog lies, and run again.",
    ),
    _sign(
        r"could(n't| not) write|failed to write|[Uu]nable to write|write error|File too large|"
        rf"died of signal {signal.SIGXFSZ:d}\b",
        BlogUnusable,
        "git could not write, so perhaps a disk is full, or files may not grow that large",
        "Make room in the cache folder or where the blog lies (see also ulimit -f), and run again.",
    ),
    _sign(
        r"dubious ownership",
        BlogUnusable,
        "the folder belongs to another user, so git refuses to work in it",
        "Run as the folder's owner, or allow it: git config --global --add safe.directory {blog}",
    ),
    _sign(
        r"Host key verification failed|HOST IDENTIFICATION HAS CHANGED|host key is known",
        BlogForbidden,
        "its host key is unknown or has changed",
        "Compare the key with the one the host publishes, put it into known_hosts, and run again.",
    ),
    _sign(
        r"certificate problem|certificate verif|server certificate|SSL certificate",
        BlogUnusable,
        "its certificate is not trusted",
        "Check the address, and the certificates that this machine trusts.",
    ),
    _sign(
        r"Authentication failed|could not read (Username|Password)|[Aa]ccess denied|"
        r"Permission denied|[Pp]ermission to \S+ denied|insufficient permission|"
        r"Write access|requested URL returned error: 40[13]",
        BlogForbidden,
        "it refused access",
    ),
    _sign(
        r"does not appear to be a git repository|invalid gitfile|"
        r"[Rr]epository (\S+ )?not found|[Rr]epository '[^']*' (not found|does not exist)|"
        r"requested URL returned error: 404",
        BlogUnusable,
        "there is no git repository there, or these credentials may not see it",
        "Check PAPERWEEK_BLOG; a private repository also needs PAPERWEEK_BLOG_TOKEN or a key.",
    ),
    _sign(
        r"transport '[^']*' not allowed|redirection",
        BlogUnusable,
        "its address leads somewhere that is not allowed",
        "Write the repository's final https:// or ssh address into PAPERWEEK_BLOG.",
    ),
    _sign(
        r"[Cc]ould ?n[o']t resolve|Connection (refused|reset|timed out|closed)|[Tt]imed out|"
        r"[Ff]ailed to connect|Network is unreachable|No route to host|early EOF|hung up|"
        r"URL returned error: (429|5\d\d)|HTTP 5\d\d|Operation too slow|[Ee]mpty reply|"
        r"unexpected disconnect|RPC failed|kex_exchange|[Ss][Ss][Ll]_|gnutls|unable to access",
        BlogUnreachable,
        "it could not be reached",
    ),
)
"""In this order: a refused key also says that the connection was closed.

Source: git's own messages (2.39), and those of GitHub, GitLab and OpenSSH as git passes them on.
"""


def _spellings(user: str, token: str) -> tuple[str, ...]:
    if not token:
        return ()
    pair = base64.b64encode(f"{user}:{token}".encode()).decode()
    return tuple(sorted({token, quote(token, safe=""), quote(token), pair}, key=len, reverse=True))


def _text(said: bytes) -> str:
    return said.decode("utf-8", "surrogateescape")


def _kill(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def nul_separated(text: str) -> Iterable[str]:
    """Return the parts of an answer to `-z`."""
    return (part for part in text.split("\0") if part)
