"""A series of maps that is drawn beside the page: how far it is, its file when it is done, and a way to stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from geo.errors import DataError
from geo.jobs import log_fault

MOST_AT_ONCE = 2
_ROOM = threading.BoundedSemaphore(MOST_AT_ONCE)

Draw = Callable[[Callable[[int, int], None], Callable[[], bool]], bytes | None]


class SeriesJob:
    """One series at work in a thread of its own; at most two are drawn at once on a server, others wait.

    Parameters
    ----------
    of
        What it is made of; an equal key means an equal file.
    count
        How many maps.
    draw
        Makes the file; is given what to tell progress to and what to ask whether to stop.
    """

    def __init__(self, of: object, count: int, draw: Draw) -> None:
        self.of = of
        self.count = count
        self.done = 0
        self.file: bytes | None = None
        self.fault: Exception | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, args=(draw,), name="export-series", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it waits or draws."""
        return self._thread.is_alive()

    @property
    def is_stopped(self) -> bool:
        """Whether it was told to stop."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """End it before the next map."""
        self._stopped.set()

    def _work(self, draw: Draw) -> None:
        while not _ROOM.acquire(timeout=0.2):
            if self.is_stopped:
                return
        try:
            self.file = draw(self._tell, self._stopped.is_set)
        except Exception as fault:  # noqa: BLE001  a thread has nobody to raise to: the page shows the fault
            self.fault = fault
            if not isinstance(fault, DataError):  # its findings are told on the page
                log_fault("a file was not made", fault)
        finally:
            _ROOM.release()

    def _tell(self, done: int, _: int) -> None:
        self.done = done
