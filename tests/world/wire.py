"""A wire to a server on loopback that breaks in the middle of a chosen request."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
from dataclasses import dataclass, field
from enum import Enum, auto
from types import TracebackType
from typing import Self

_AT_ONCE = 65536
_LOOK_SECONDS = 0.05
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Break(Enum):
    """How the wire breaks."""

    BEFORE = auto()
    """The request never reaches the server; whoever asks sees the connection reset."""
    AFTER = auto()
    """The server does what it was asked; its answer is lost, the connection reset."""
    SILENT = auto()
    """The request never reaches the server, and nothing comes back."""


@dataclass
class Wire:
    """Passes bytes to and from a server, until a request holds the `words`.

    Then it breaks as `how` says, `times` times, and passes again; the first `passing` of such
    requests it lets through.
    """

    port: int
    """Of the server."""
    words: bytes = b""
    how: Break = Break.BEFORE
    times: int = 0
    passing: int = 0
    broken: int = 0
    """How often it broke."""
    _mended: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._door = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._door.settimeout(_LOOK_SECONDS)
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self._start(self._take_all)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._mended.set()
        for thread in self._threads:
            thread.join()
        self._door.close()

    def _start(self, work: object, *given: object) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _take_all(self) -> None:
        while not self._mended.is_set():
            with contextlib.suppress(TimeoutError):
                near, _ = self._door.accept()
                self._start(self._pass, near)

    def _pass(self, near: socket.socket) -> None:
        with (
            contextlib.suppress(OSError),
            near,
            socket.create_connection(("127.0.0.1", self.port)) as far,
        ):
            for end in (near, far):
                # Else each small answer waits for the other side's delayed acknowledgement.
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            is_lost = False
            while not self._mended.is_set():
                for ready in select.select([near, far], [], [], _LOOK_SECONDS)[0]:
                    said = ready.recv(_AT_ONCE)
                    if ready is near and self._breaks_at(said):
                        if self.how is Break.SILENT:
                            self._mended.wait()
                        is_lost = True
                    if not said:
                        return
                    if is_lost and (ready is far or self.how is not Break.AFTER):
                        near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                        return
                    (far if ready is near else near).sendall(said)

    def _breaks_at(self, said: bytes) -> bool:
        if not self.times or self.words not in said:
            return False
        if self.passing:
            self.passing -= 1
            return False
        self.times -= 1
        self.broken += 1
        return True
