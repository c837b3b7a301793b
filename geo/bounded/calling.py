"""Calls of functions on strangers' files, from the server's side."""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from geo.bounded.answers import open_answer
from geo.bounded.child import environment, is_child
from geo.defaults import READER_PATIENCE_SECONDS, READERS_AT_ONCE, ReadBounds
from geo.errors import ContractError, DataError
from geo.findings import Finding, error
from geo.temporary import own_folder

T = TypeVar("T")
_LOG = logging.getLogger("nahbar.bounded")
_BOUNDS = ReadBounds()
_LIBRARY_MEGABYTES = 300
CAN_FORK = sys.platform != "win32"
_SLOTS = threading.BoundedSemaphore(READERS_AT_ONCE)


def call_bounded(
    function: Callable[..., T],
    *arguments: Any,
    reads: Iterable[Path] = (),
    folders: Iterable[Path] = (),
    bounds: ReadBounds = _BOUNDS,
    file: str | None = None,
) -> T:
    """Return ``function(*arguments)``, carried out in a process of its own that can harm nothing else.

    Parameters
    ----------
    function
        A function of a module, of this library. What it returns is data: frames, arrays, dataclasses of the library.
    reads, folders
        Files and folders it may read, folders it may write to, beside one of its own for the time of the call.
    file
        Name of the file, for findings.

    Raises
    ------
    DataError
        What the function raises; ``reading_too_long``, ``reading_too_large``, ``reading_died`` where the process came
        to its end; ``reading_failed`` where the function has a fault of its own (logged); ``reading_busy`` where
        others read.
    ContractError
        What the function raises.
    """
    if is_child():
        return function(*arguments)
    if not _SLOTS.acquire(timeout=READER_PATIENCE_SECONDS):
        raise DataError((error("reading_busy", file=file),))
    started = time.monotonic()
    try:
        with own_folder("read") as scratch:
            call = pickle.dumps(
                (function, arguments, tuple(reads), (scratch, *folders), bounds), protocol=pickle.HIGHEST_PROTOCOL
            )
            content = _ask(call, bounds)
    except TimeoutError:
        content = b""
    finally:
        _SLOTS.release()
    if not content:
        has_ended = time.monotonic() - started >= min(bounds.wall_seconds, bounds.cpu_seconds) - 1
        raise DataError((error("reading_too_long" if has_ended else "reading_died", file=file),))
    return _value(content, file)  # type: ignore[no-any-return]


def _ask(call: bytes, bounds: ReadBounds) -> bytes:
    if CAN_FORK and sys.platform != "win32":
        from geo.bounded.fork_server import SERVER

        return SERVER.ask(call, bounds)
    return ask_fresh(call, bounds)


def _value(content: bytes, file: str | None) -> Any:
    try:
        kind, said = open_answer(content)
    except pickle.UnpicklingError as fault:
        _LOG.error("an answer cannot be read: %s", fault)
        raise DataError((error("reading_died", file=file),)) from None
    if kind == "value":
        return said
    if kind == "findings":
        raise DataError(tuple(_of_file(one, file) for one in said))
    if kind == "contract":
        raise ContractError(str(said))
    _LOG.error("a reader failed: %s", said)
    raise DataError((error("reading_failed", file=file),))


def _of_file(finding: Finding, file: str | None) -> Finding:
    return finding.within(file) if file else finding


def prepare() -> None:
    """Start what forks the readers, without waiting for it."""
    if sys.platform != "win32" and not is_child():
        from geo.bounded.fork_server import SERVER

        SERVER.start()


def ask_fresh(call: bytes, bounds: ReadBounds) -> bytes:
    """Return the answer to a call from a process started for it: the way of systems that cannot fork.

    Memory is watched from outside, since such systems hold no limit that a process sets for itself.

    Raises
    ------
    TimeoutError
        There was none in time.
    """
    import psutil

    command = [sys.executable, "-P", "-m", "geo.bounded", "once"]
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()
    ) as process:
        watched = psutil.Process(process.pid)
        done = threading.Event()

        def watch() -> None:
            most = (bounds.megabytes + _LIBRARY_MEGABYTES) * 1024**2
            while not done.wait(0.05):
                try:
                    if watched.memory_info().rss > most:
                        process.kill()
                except psutil.Error:
                    return

        threading.Thread(target=watch, daemon=True).start()
        try:
            return process.communicate(call, timeout=bounds.wall_seconds)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            raise TimeoutError from None
        finally:
            done.set()


_LIBRARY_MEGABYTES = 300
