"""What people upload, held for the server as a whole: bounded for a session and for all, and freed when a session goes.

Streamlit keeps the state of a session that lost its line for as long as a talk may need it. Files are too large for
that: they go :data:`FREED_AFTER_SECONDS` after the line was lost.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import streamlit as st
from streamlit.runtime import Runtime, get_instance
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from geo.defaults import ReadLimits

SESSION_BYTES = 2 * ReadLimits().file_bytes
SERVER_BYTES = 5 * SESSION_BYTES
MOST_FILES = 40
FREED_AFTER_SECONDS = 75.0
_LOOK_SECONDS = 5.0
Holder = tuple[str, str]


@dataclass(frozen=True)
class StoredFile:
    """An uploaded file; ``digest`` is the SHA-256 of its content."""

    name: str
    content: bytes
    digest: str


class Uploads:
    """Files of all sessions by holder and name; a holder is a session and what tells its state from another's.

    Parameters
    ----------
    is_active
        Whether a session has a line to its browser.
    """

    def __init__(self, is_active: Callable[[str], bool], clock: Callable[[], float] = time.monotonic) -> None:
        self._files: dict[Holder, dict[str, StoredFile]] = {}
        self._gone: dict[Holder, float] = {}
        self._freed: set[Holder] = set()
        self._is_active, self._clock = is_active, clock
        self._lock = threading.Lock()

    def of(self, holder: Holder) -> dict[str, StoredFile]:
        """Return the files of a holder; what is changed in it is kept."""
        with self._lock:
            return self._files.setdefault(holder, {})

    def held_bytes(self) -> int:
        """Return the bytes of all files."""
        with self._lock:
            return sum(len(file.content) for files in self._files.values() for file in list(files.values()))

    def was_freed(self, holder: Holder) -> bool:
        """Tell once whether files of a holder went while its line was lost."""
        with self._lock:
            was_freed = holder in self._freed
            self._freed.discard(holder)
            return was_freed

    def free(self) -> tuple[str, ...]:
        """Drop the files of sessions that have been gone long enough; return these sessions."""
        now = self._clock()
        with self._lock:
            for holder in self._files:
                if self._is_active(holder[0]):
                    self._gone.pop(holder, None)
                else:
                    self._gone.setdefault(holder, now)
            late = [one for one, since in self._gone.items() if now - since >= FREED_AFTER_SECONDS]
            for holder in late:
                if self._files.pop(holder, None):
                    self._freed.add(holder)
                del self._gone[holder]
        return tuple(session for session, _ in late)


@cache
def server_uploads() -> Uploads:
    """Return the uploads of this server; what Streamlit itself takes is bounded from then on."""
    if not Runtime.exists():  # a page without a server, as in tests
        return Uploads(lambda _: True)
    runtime = get_instance()
    uploads = Uploads(runtime.is_active_session)
    manager = runtime.uploaded_file_mgr
    if isinstance(manager, MemoryUploadedFileManager):
        _bound(manager, uploads)

    def watch() -> None:
        while True:
            time.sleep(_LOOK_SECONDS)
            for session in uploads.free():
                runtime.uploaded_file_mgr.remove_session_files(session)

    threading.Thread(target=watch, name="uploads", daemon=True).start()
    return uploads


def session_files() -> dict[str, StoredFile]:
    """Return the files of the session whose page runs."""
    return server_uploads().of(holder_here())


def holder_here() -> Holder:
    """Return who holds the files of the session whose page runs."""
    context = get_script_run_ctx()
    mark = st.session_state.setdefault("uploads", secrets.token_hex(8))
    return context.session_id if context is not None else "", mark


def _bound(manager: MemoryUploadedFileManager, uploads: Uploads) -> None:
    """Refuse what would pass the quota before it is kept: the address of uploads can be called without a page."""
    add = manager.add_file

    def add_within(session_id: str, file: UploadedFileRec) -> None:
        uploads.of((session_id, ""))  # so that it is watched
        held = manager.file_storage.get(session_id, {})
        own = sum(len(one.data) for one in list(held.values())) + len(file.data)
        everybody = sum(len(one.data) for files in list(manager.file_storage.values()) for one in list(files.values()))
        if own > SESSION_BYTES or len(held) >= MOST_FILES or everybody + len(file.data) > SERVER_BYTES:
            raise ValueError("the quota of uploads is used up")
        add(session_id, file)

    manager.add_file = add_within  # type: ignore[method-assign]
