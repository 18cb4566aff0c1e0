"""Tests reach this machine and nothing else: whoever tries gets an error that names the address."""

from __future__ import annotations

import socket
from typing import Any

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


class NetworkUsedError(RuntimeError):
    """A test, or the code under test, reached for the network."""


def is_loopback(host: object) -> bool:
    """Return whether `host` is this machine."""
    name = host.decode() if isinstance(host, bytes) else host
    return name in {None, ""} or (isinstance(name, str) and name.startswith(LOOPBACK))


def block() -> None:
    """Let sockets of this process reach loopback addresses and local sockets only."""
    really_connect, really_look_up = socket.socket.connect, socket.getaddrinfo

    def connect(self: socket.socket, address: Any) -> None:  # noqa: ANN401 -- as in the library
        if self.family in {socket.AF_INET, socket.AF_INET6} and not is_loopback(address[0]):
            raise NetworkUsedError(f"connect to {address}")
        really_connect(self, address)

    def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:  # noqa: ANN401
        # RFC 2606 keeps .invalid for names that can't exist: looking one up asks for an error.
        if str(host).endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if not is_loopback(host):
            raise NetworkUsedError(f"look up {host}")
        return really_look_up(host, *rest, **named)

    socket.socket.connect = connect  # type: ignore[method-assign,assignment]
    socket.getaddrinfo = getaddrinfo
