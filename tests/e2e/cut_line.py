"""A line between browser and server that a test can cut and mend."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class CutLine:
    """Passes bytes on to a port of this machine; while it is cut, open connections are closed and new ones refused."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._is_whole = True
        self._open: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._receive, daemon=True).start()

    def cut(self) -> None:
        self._is_whole = False
        for end in self._open:
            _close(end)
        self._open.clear()

    def mend(self) -> None:
        self._is_whole = True

    def end(self) -> None:
        self.cut()
        _close(self._door)

    def _receive(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:
                return
            if not self._is_whole:
                _close(near)
                continue
            far = socket.create_connection(("127.0.0.1", self._to))
            self._open += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


@contextmanager
def cut_line(address: str) -> Iterator[CutLine]:
    """Give a line to the server at ``address``."""
    line = CutLine(int(address.rpartition(":")[2]))
    try:
        yield line
    finally:
        line.end()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := one.recv(65_536):
            other.sendall(data)
    _close(one)
    _close(other)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
