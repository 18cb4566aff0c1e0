"""Gates before servers on loopback, which shut at one request until somebody opens them."""

from __future__ import annotations

import contextlib
import re
import select
import socket
import threading
from dataclasses import dataclass
from enum import Enum, auto
from types import TracebackType
from typing import Self

_AT_ONCE = 1 << 16
_LOOK_SECONDS = 0.05


class Side(Enum):
    """Where a gate shuts."""

    ASKED = auto()
    """Before the server: it has not seen the request."""
    ANSWERED = auto()
    """Behind it: it has done what it was asked, and nobody has its answer."""


@dataclass(frozen=True, slots=True)
class Lock:
    """At which request a gate shuts."""

    words: bytes
    """A pattern that the request begins with, such as `GET /api/query`."""
    nth: int = 1
    """Which of these requests."""
    side: Side = Side.ASKED


class Trap:
    """Watches for requests, one after the other, at as many gates as share it.

    The last of them is held at its gate until `open`.
    """

    def __init__(self) -> None:
        self.reached, self._opened = threading.Event(), threading.Event()
        self._locks: tuple[Lock, ...] = ()
        self._met, self._one_at_a_time = 0, threading.Lock()

    def set(self, *locks: Lock) -> None:
        """Watch for these; all but the last are let pass."""
        with self._one_at_a_time:
            self._locks, self._met = locks, 0
            self.reached.clear()
            self._opened.clear()

    def open(self) -> None:
        """Let everything pass from now on, what is held first."""
        with self._one_at_a_time:
            self._locks = ()
        self._opened.set()

    def side_of(self, said: bytes) -> Side | None:
        """Return where this request is to be held; None where it passes."""
        with self._one_at_a_time:
            if not self._locks or not re.match(self._locks[0].words, said):
                return None
            self._met += 1
            if self._met < self._locks[0].nth:
                return None
            lock, *later = self._locks
            self._locks, self._met = tuple(later), 0
            return None if later else lock.side

    def hold(self) -> None:
        """Return once it is opened."""
        self.reached.set()
        self._opened.wait()


class Gate:
    """Passes bytes to and from a server on loopback, but for what its trap holds.

    Who dies leaves what they asked to the server: it is passed on when the trap opens.
    """

    def __init__(self, port: int, trap: Trap) -> None:
        self._server, self._trap = port, trap
        self._ended, self._threads = threading.Event(), list[threading.Thread]()

    def __enter__(self) -> Self:
        self._door = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._door.settimeout(_LOOK_SECONDS)
        self._keeper = threading.Thread(target=self._let_in, daemon=True)
        self._keeper.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._trap.open()
        self._keeper.join()
        for thread in self._threads:
            thread.join()
        self._door.close()

    @property
    def port(self) -> int:
        """Where it stands."""
        return int(self._door.getsockname()[1])

    @property
    def is_quiet(self) -> bool:
        """Whether the server is done with all that anybody asked, dead or alive."""
        return not any(thread.is_alive() for thread in self._threads)

    def _let_in(self) -> None:
        while not self._ended.is_set():
            with contextlib.suppress(TimeoutError):
                near, _ = self._door.accept()
                thread = threading.Thread(target=self._pass, args=(near,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _pass(self, near: socket.socket) -> None:
        with (
            contextlib.suppress(OSError),
            near,
            socket.create_connection(("127.0.0.1", self._server)) as far,
        ):
            is_held, asking = False, [near, far]
            while not self._ended.is_set():
                for ready in select.select(asking, [], [], _LOOK_SECONDS)[0]:
                    said = _read(ready)
                    if ready is far:
                        if is_held:
                            self._trap.hold()
                        if not said:
                            return
                        with contextlib.suppress(OSError):
                            near.sendall(said)
                    elif said:
                        side = self._trap.side_of(said)
                        is_held = is_held or side is Side.ANSWERED
                        if side is Side.ASKED:
                            self._trap.hold()
                        far.sendall(said)
                    else:
                        # The server finishes what the dead one asked, and then hangs up.
                        asking = [far]
                        far.shutdown(socket.SHUT_WR)


def _read(from_: socket.socket) -> bytes:
    try:
        return from_.recv(_AT_ONCE)
    except ConnectionError:
        return b""
