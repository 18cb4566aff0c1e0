"""What every played server is: one port of 127.0.0.1, from entering a context to leaving it."""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

_LOOK_SECONDS = 0.02


class LoopbackServer:
    """Answers by a handler class, whose `world` is this object; ready when entered."""

    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int = 0) -> None:
        """Take the port; 0 takes a free one."""
        self.stopping = threading.Event()
        """Set at the end: an answer that hangs waits for it."""
        bound = type(handler.__name__, (handler,), {"world": self})
        self._http = _QuietServer(("127.0.0.1", port), bound)
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(_LOOK_SECONDS,), daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Let a client hang up without a traceback; show any other error."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)
