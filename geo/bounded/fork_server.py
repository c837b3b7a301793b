"""A process with the libraries of reading loaded that forks one child for each call, and its use.

It knows nothing of the server: it starts with an environment of its own and one socket. A message is five bytes,
``kind`` and ``number`` of the call: ``r`` comes with the socket of a call to be read, ``k`` ends a call. When the
server's end of the socket closes, all calls end.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from itertools import count

from geo.bounded.child import answer, environment
from geo.defaults import ReadBounds

assert sys.platform != "win32"

MESSAGE = struct.Struct(">cI")
_GRACE_SECONDS = 3.0
_LOADED = (
    "geo.region.recipes",
    "geo.region.package",
    "geo.region.shapes",
    "pyarrow.csv",
    "pyogrio",
    "osmium",
    "scipy.sparse",
)


def serve(handle: int) -> None:
    """Fork a child for each call that comes by the socket ``handle``, until it closes."""
    for name in _LOADED:
        importlib.import_module(name)
    gc.freeze()
    running: dict[int, int] = {}
    with socket.socket(fileno=handle) as control:
        while True:
            ready = select.select([control], [], [], 0.5 if running else None)[0]
            _collect(running)
            if not ready:
                continue
            message, handles, *_ = socket.recv_fds(control, MESSAGE.size, 1)
            if len(message) < MESSAGE.size:
                break
            kind, number = MESSAGE.unpack(message)
            if kind == b"r":
                running[number] = _fork(control, handles[0])
                os.close(handles[0])
            elif number in running:
                _end(running[number])
    for process in running.values():
        _end(process)


def _fork(control: socket.socket, handle: int) -> int:
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        os.setsid()
        control.close()
        with socket.socket(fileno=handle) as connection, connection.makefile("rwb") as stream:
            answer(stream, stream)
        status = 0
    finally:
        os._exit(status)  # what the process before had open is not this one's to tidy


def _collect(running: dict[int, int]) -> None:
    for number, process in list(running.items()):
        if os.waitpid(process, os.WNOHANG)[0]:
            del running[number]


def _end(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


class ForkServer:
    """The process that forks readers; started when first asked for, and again where it has ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def start(self) -> None:
        """Start the process where there is none."""
        with self._lock:
            self._running()

    def ask(self, call: bytes, bounds: ReadBounds) -> bytes:
        """Return the answer to a call, empty where its process ended without one.

        Raises
        ------
        TimeoutError
            There was none in time.
        """
        ours, theirs = socket.socketpair()
        number = next(self._numbers) % 2**32
        with ours, theirs:
            self._send(b"r", number, [theirs.fileno()])
            theirs.close()
            try:
                return _exchange(ours, call, time.monotonic() + bounds.wall_seconds + _GRACE_SECONDS, bounds)
            except OSError as fault:
                self._send(b"k", number, [])
                if isinstance(fault, TimeoutError):
                    raise
                return b""

    def close(self) -> None:
        """End the process and all it forked."""
        with self._lock:
            if self._control is not None:
                self._control.close()
            if self._process is not None:
                self._process.wait(timeout=10)
            self._process = self._control = None

    def _send(self, kind: bytes, number: int, handles: list[int]) -> None:
        with self._lock:
            for _ in range(2):
                try:
                    socket.send_fds(self._running(), [MESSAGE.pack(kind, number)], handles)
                except OSError:  # it has just ended
                    self._control = None
                else:
                    return

    def _running(self) -> socket.socket:
        if self._process is None or self._process.poll() is not None or self._control is None:
            ours, theirs = socket.socketpair()
            with theirs:
                command = [sys.executable, "-P", "-m", "geo.bounded", "serve", str(theirs.fileno())]
                self._process = subprocess.Popen(command, env=environment(), pass_fds=[theirs.fileno()])  # noqa: S603
            self._control = ours
        return self._control


def _exchange(connection: socket.socket, call: bytes, until: float, bounds: ReadBounds) -> bytes:
    """Send a call and return what comes until the other end closes."""
    pieces: list[bytes] = []
    size = 0
    connection.settimeout(max(0.1, until - time.monotonic()))
    connection.sendall(call)
    connection.shutdown(socket.SHUT_WR)
    while True:
        connection.settimeout(max(0.1, until - time.monotonic()))
        piece = connection.recv(1024**2)
        if not piece:
            return b"".join(pieces)
        size += len(piece)
        if size > bounds.written_bytes:
            raise OSError("the answer is too long")
        pieces.append(piece)


SERVER = ForkServer()
atexit.register(SERVER.close)
