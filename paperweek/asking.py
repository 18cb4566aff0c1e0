"""Asking a web source politely, without ever taking half an answer for a whole one.

Both HTTP sources speak through a `Conversation`. It bounds every request and the whole of a
source's trouble in time, tries again what is worth trying again, honours `Retry-After`, keeps the
pauses that a host asks for, counts what it sends, and names in plain words what came instead of an
answer. What an answer must hold is the caller's knowledge: it passes a check that raises `Fault`.
"""

from __future__ import annotations

import email.utils
import io
import logging
import math
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
from filelock import FileLock, Timeout
from requests.adapters import HTTPAdapter
from tenacity import RetryCallState, Retrying, retry_if_exception, wait_exponential_jitter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError
from urllib3.response import HTTPResponse

from paperweek import __version__
from paperweek.errors import ConfigurationError, SourceUnavailable, SourceUnreadable

T = TypeVar("T")

MOST_REDIRECTS = 3
MOST_BYTES = 64 * 2**20
"""An answer beyond this is no list of papers: 2,000 arXiv records are about 6 MB."""

_COME_AGAIN = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
}
_MARGIN = 1.05
"""A host's clock sees our requests a little later or earlier than we send them."""

_logger = logging.getLogger(__name__)


class Clock:
    """The time, as far as asking needs it: tests bring one of their own."""

    def now(self) -> datetime:
        """Return the present instant (UTC)."""
        return datetime.now(UTC)

    def ticks(self) -> float:
        """Return seconds that never run backwards, from an arbitrary start."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for so many seconds."""
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Manners:
    """How long and how often a source is asked. All times in seconds."""

    contact: str = ""
    """How the source's operator can reach the user, such as a mail address."""
    tries: int = 5
    """Most requests for the same thing."""
    request_seconds: float = 30.0
    """When a request is given up, however busily its answer drips."""
    source_seconds: float = 120.0
    """When a source is given up; pauses that its host asks for between good answers don't count."""
    first_wait: float = 2.0
    """Before the second try; doubles with each, plus up to half of itself by chance."""
    longest_wait: float = 30.0
    """Most that doubling leads to; a `Retry-After` may ask for more."""

    @property
    def user_agent(self) -> str:
        """The tool's name and version, and the contact where there is one.

        >>> Manners(contact="me@example.org").user_agent.partition("; ")[2]
        'contact: me@example.org)'
        """
        contact = "".join(c for c in self.contact if c.isascii() and c.isprintable())
        rest = f"; contact: {contact}" if contact else ""
        return f"paperweek/{__version__} (weekly report on papers{rest})"


class Fault(Exception):
    """What came is not the answer that was asked for; `what_came` says it in plain words."""

    def __init__(
        self,
        what_came: str,
        *,
        tries: float = math.inf,
        wait: float = 0.0,
        no_answer: bool = False,
    ) -> None:
        """Describe the fault: how many `tries` it is worth, and the pause that the host wants."""
        super().__init__(what_came, tries, wait, no_answer)
        self.what_came, self.tries, self.wait, self.no_answer = what_came, tries, wait, no_answer


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole answer, redirects followed."""

    status_code: int
    content: bytes
    content_type: str

    def need_ok(self) -> None:
        """Raise Fault unless the status is 200. A refusal is worth one more try."""
        if self.status_code != HTTPStatus.OK:
            raise Fault(_status(self.status_code), tries=2)

    @property
    def opening(self) -> str:
        """The kind of the body and its first words, for a message: `text/html, "<html>…"`."""
        words = " ".join(self.content[:200].decode("utf-8", "replace").split())
        kind = self.content_type.partition(";")[0].strip() or "no content type"
        shown = "".join(c for c in words if c.isprintable())[:60]
        return f"{kind}, {len(self.content)} bytes, beginning with {shown!r}"


class Turns:
    """The pauses between requests to a host, kept by all processes that share a folder.

    A turn is one connection at a time and lasts until its answer is there; the next may begin when
    `gap(host)` seconds have passed since this one began.
    """

    def __init__(self, folder: Path, gap: Callable[[str], float], clock: Clock) -> None:
        self._folder, self._gap, self._clock = folder, gap, clock

    @contextmanager
    def turn(self, host: str, patience: float) -> Iterator[None]:
        """Wait for the host's next turn and hold it. Raises Fault after `patience` seconds."""
        gap = self._gap(host) * _MARGIN
        if not gap:
            yield
            return
        name = "".join(c if c.isalnum() or c in ".-" else "_" for c in host)
        stamp = self._folder / f"turn-{name}.txt"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(stamp.with_suffix(".lock"))
            lock.acquire(timeout=max(patience, 0.0))
        except Timeout:
            raise Fault(
                f"another run has been asking {host} all the time", no_answer=True
            ) from None
        except OSError as error:
            raise ConfigurationError(
                "the cache folder", str(self._folder), f"it cannot be written ({error.strerror})"
            ) from error
        try:
            self._clock.sleep(self._left(stamp, gap))
            stamp.write_text(repr(self._clock.now().timestamp()), encoding="ascii")
            yield
        finally:
            lock.release()

    def _left(self, stamp: Path, gap: float) -> float:
        try:
            last = float(stamp.read_text(encoding="ascii"))
        except FileNotFoundError:
            return 0.0
        except ValueError:
            return gap
        # A clock that was set back must not make us wait for the old time to come round.
        return min(max(last + gap - self._clock.now().timestamp(), 0.0), gap)


class Conversation:
    """All that one source is asked for one week: counted, paced and bounded in time."""

    def __init__(
        self, source: str, manners: Manners, clock: Clock, turns: Turns | None = None
    ) -> None:
        """Open a conversation with `source` (its name in messages); nothing is sent yet."""
        self.requests = 0
        """Requests sent so far, retries and redirects included."""
        self._source, self._manners, self._clock, self._turns = source, manners, clock, turns
        self._begun = clock.ticks()
        self._excused = 0.0
        self._answered = self._is_throttled = False
        self._backoff = wait_exponential_jitter(
            initial=manners.first_wait, max=manners.longest_wait, jitter=manners.first_wait / 2
        )
        self._session = requests.Session()
        self._session.headers.update(
            {"User-Agent": manners.user_agent, "Accept-Encoding": "gzip, deflate"}
        )
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _WholeAnswers(pool_connections=1, pool_maxsize=1))

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    @property
    def is_hopeless(self) -> bool:
        """Whether asking for anything else is in vain, or rude.

        So it is when its time is used up, when it never answered, and while its last word was
        that it gets too many requests.
        """
        return self.seconds_left <= 0 or not self._answered or self._is_throttled

    @property
    def seconds_left(self) -> float:
        """How long the source may still be asked."""
        spent = self._clock.ticks() - self._begun - self._excused
        return self._manners.source_seconds - spent

    def ask(self, address: str, check: Callable[[Answer], T], what: str) -> T:
        """Return what `check` makes of the answer, after as many tries as it needs and may take.

        `check` gets every answer but 429 and server errors, and raises Fault where it is not what
        was asked for. `what` names that in messages. Raises SourceUnavailable or SourceUnreadable
        that says what came last and how often it was tried.
        """
        retrying = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, Fault)),
            wait=self._wait,
            stop=self._is_enough,
            sleep=self._clock.sleep,
            before_sleep=lambda state: self._tell(state, what),
            reraise=True,
        )
        try:
            answer: T = retrying(self._ask_once, address, check, retrying)
        except Fault as fault:
            tries = int(min(retrying.statistics["attempt_number"], fault.tries))
            came = f"for {what} came {fault.what_came}{self._why_no_more(fault, tries)}"
            kind = SourceUnavailable if fault.no_answer else SourceUnreadable
            raise kind(self._source, came, tries) from fault
        return answer

    def _ask_once(self, address: str, check: Callable[[Answer], T], retrying: Retrying) -> T:
        is_again = int(retrying.statistics.get("attempt_number", 1)) > 1
        answer = self._follow(address, excuse_pause=not is_again)
        return check(answer)

    def _wait(self, state: RetryCallState) -> float:
        fault = _fault_of(state)
        return max(self._backoff(state), fault.wait)

    def _is_enough(self, state: RetryCallState) -> bool:
        tries = min(self._manners.tries, _fault_of(state).tries)
        return state.attempt_number >= tries or state.upcoming_sleep >= self.seconds_left

    def _why_no_more(self, fault: Fault, tries: int) -> str:
        if tries >= min(self._manners.tries, fault.tries):
            return ""
        if fault.wait >= self.seconds_left:
            return f", and it asks to wait {fault.wait:.0f} s, which is longer than it may take"
        return f"; after {self._manners.source_seconds:g} s in all it was given up"

    def _tell(self, state: RetryCallState, what: str) -> None:
        _logger.info(
            "%s: for %s came %s; trying again in %.1f s (%d of %d)",
            self._source,
            what,
            _fault_of(state).what_came,
            state.upcoming_sleep,
            state.attempt_number + 1,
            self._manners.tries,
        )

    def _follow(self, address: str, *, excuse_pause: bool) -> Answer:
        for _ in range(MOST_REDIRECTS + 1):
            answer, target = self._send(address, excuse_pause=excuse_pause)
            if target is None:
                return answer
            address = _redirected(address, target)
        raise Fault(f"more than {MOST_REDIRECTS} redirects", tries=2)

    def _send(self, address: str, *, excuse_pause: bool) -> tuple[Answer, str | None]:
        host = urlsplit(address).netloc.rpartition("@")[2]
        if self.seconds_left <= 0:
            spent = self._manners.source_seconds
            raise Fault(f"nothing, because its {spent:g} s were used up", tries=0, no_answer=True)
        before = self._clock.ticks()
        with self._turns.turn(host, self.seconds_left) if self._turns else nullcontext():
            if excuse_pause:
                self._excused += self._clock.ticks() - before
            self.requests += 1
            seconds = min(self._manners.request_seconds, max(self.seconds_left, 0.1))
            try:
                return self._get(address, seconds)
            except (requests.RequestException, OSError) as error:
                raise Fault(_trouble(error, host, seconds), no_answer=True) from error
            except ValueError as error:  # requests reads where a redirect leads, and stumbles
                raise Fault("a redirect to no address", tries=2) from error

    def _get(self, address: str, seconds: float) -> tuple[Answer, str | None]:
        # A sixth for the connection: the rest bounds the answer from its first byte to its last.
        limits = (seconds / 6, seconds * 5 / 6)
        with self._session.get(
            address, timeout=limits, allow_redirects=False, stream=True
        ) as response:
            status = response.status_code
            self._answered = True
            self._is_throttled = status == HTTPStatus.TOO_MANY_REQUESTS
            if status in _COME_AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                wait = _retry_after(response.headers, self._clock.now())
                raise Fault(_status(status), wait=wait, no_answer=True)
            if response.is_redirect:
                return Answer(status, b"", ""), response.headers["location"]
            body = bytearray()
            for chunk in response.iter_content(2**16):
                body += chunk
                if len(body) > MOST_BYTES:
                    raise Fault(f"an answer of more than {MOST_BYTES >> 20} MB", tries=1)
            kind = response.headers.get("Content-Type", "")
            return Answer(status, bytes(body), kind), None


def _fault_of(state: RetryCallState) -> Fault:
    fault = state.outcome.exception() if state.outcome else None
    if not isinstance(fault, Fault):
        raise TypeError("only faults are tried again")
    return fault


def _status(code: int) -> str:
    try:
        return f"HTTP {code} ({HTTPStatus(code).phrase})"
    except ValueError:
        return f"HTTP {code}"


def _retry_after(headers: Mapping[str, str], now: datetime) -> float:
    """Return the seconds that a Retry-After header asks for; 0 without a readable one.

    Source: RFC 9110, 10.2.3 (seconds or an HTTP date).
    """
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdecimal():
        return float(value)
    try:
        when = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max((when - now).total_seconds(), 0.0)


def _redirected(address: str, target: str) -> str:
    """Return where a redirect leads. Raises Fault unless it stays with the scheme, or gains TLS."""
    try:
        new = urljoin(address, target)
        scheme, host = urlsplit(new).scheme, urlsplit(new).hostname
    except ValueError:
        raise Fault("a redirect to no address", tries=2) from None
    if not host or scheme not in ("https", urlsplit(address).scheme):
        raise Fault(f"a redirect to {scheme or 'no'} address, which is not followed", tries=2)
    return new


def _trouble(error: BaseException, host: str, seconds: float) -> str:
    """Return in plain words why no whole answer came."""
    causes = list(_causes(error))
    if any(isinstance(cause, NameResolutionError | socket.gaierror) for cause in causes):
        return f"no answer, because the name {host} was not found (DNS)"
    if tls := next((c for c in causes if isinstance(c, ssl.SSLError)), None):
        reason = getattr(tls, "verify_message", "") or tls.reason or "handshake failed"
        return f"no trusted connection to {host} (TLS: {reason})"
    if any(isinstance(cause, requests.Timeout | TimeoutError) for cause in causes):
        return f"no whole answer within {seconds:g} s"
    if any(isinstance(cause, NewConnectionError | ConnectionRefusedError) for cause in causes):
        return f"no connection to {host}"
    if any(isinstance(cause, requests.exceptions.InvalidURL) for cause in causes):
        return "no answer, because the address is none"
    return "a connection that broke before the answer was whole"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error and what led to it; requests hides causes in arguments and `reason`."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        cause = waiting.pop()
        if not isinstance(cause, BaseException) or cause in seen:
            continue
        seen.append(cause)
        yield cause
        waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None)]
        waiting += [arg for arg in cause.args if isinstance(arg, BaseException)]


class _Deadline(io.RawIOBase):
    """A socket's bytes until an instant: the time-out of a socket begins anew with each byte."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self._sock, self._end = sock, end
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - the standard library's type
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _HurriedSocket:
    """A socket whose files end at a deadline."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._sock, self._end = sock, time.monotonic() + seconds

    def makefile(self, *_: object, **__: object) -> io.BufferedReader:
        return io.BufferedReader(_Deadline(self._sock, self._end))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the socket has
        return getattr(self._sock, name)


def _hurried(connection: Any, read: Callable[[], HTTPResponse]) -> HTTPResponse:  # noqa: ANN401 - its `sock` is swapped
    """Read an answer so that the connection's time-out covers all of it, headers included."""
    plain = connection.sock
    connection.sock = _HurriedSocket(plain, float(connection.timeout or 0))
    try:
        return read()
    finally:
        # The connection has let go of its socket where the host closes it after this answer.
        connection.sock = plain if connection.sock is not None else None


class _HurriedHTTP(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 does
        return _hurried(self, super().getresponse)


class _HurriedHTTPS(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 does
        return _hurried(self, super().getresponse)


class _WholeAnswers(HTTPAdapter):
    """Transport whose read time-out is a deadline: a dripping answer can't outlive it."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:  # noqa: ANN401 - passed on
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _HurriedHTTPS if pool.scheme == "https" else _HurriedHTTP
        whole: HTTPConnectionPool = pool
        return whole
