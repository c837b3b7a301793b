"""The one store of this server, and a store of the session's own where that cannot be used.

What was kept for the session alone goes over to the server's store as soon as that can be written again.
"""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

import streamlit as st

from geo.store import IN_MEMORY, StoreError, database_address, open_store
from pages.shared import state

if TYPE_CHECKING:
    from geo.store import Store

TRY_AGAIN_SECONDS = 15
_IN_VIEW = ("scenario", "talk")
_OWN = "store.own"
_TRIED = "store.tried"
_SESSION = "store.session"


def store() -> Store:
    """Return the server's store; one that lasts as long as this session where the server's cannot be opened."""
    shared, _ = _opened(database_address())
    own: Store | None = st.session_state.get(_OWN)
    if shared is not None:
        if own is not None:
            _hand_over(own, shared)
        return shared
    if own is None:
        own = st.session_state[_OWN] = open_store(IN_MEMORY)
    return own


def store_fault() -> StoreError | None:
    """Return why things are kept for this session only, None where the server's store is in use."""
    return _opened(database_address())[1]


def _hand_over(own: Store, shared: Store) -> None:
    """Bring what only this session has into the server's store; nothing goes over twice."""
    if time.monotonic() - st.session_state.get(_TRIED, 0.0) < TRY_AGAIN_SECONDS:
        return
    st.session_state[_TRIED] = time.monotonic()
    session = st.session_state.setdefault(_SESSION, secrets.token_hex(6))
    try:
        for record in own.everything():
            said = f"{session}-{record.id}"
            moved = shared.create(record.kind, record.region_id, record.name, record.body, operation=said)
            own.archive(record.id, record.version)
            for name in _IN_VIEW:
                if state.recall(name) == record.id:
                    state.remember(name, moved.id)
    except StoreError:
        return
    st.session_state.pop(_OWN)


def _opened(url: str) -> tuple[Store | None, StoreError | None]:
    """Return the server's store, or why it cannot be opened; that is tried again after a while."""
    failed = _failed(url)
    if failed:
        return None, failed[0]
    try:
        return _shared(url), None
    except StoreError as fault:
        failed.append(fault)
        return None, fault


@st.cache_resource(max_entries=2, show_spinner=False)
def _shared(url: str) -> Store:
    return open_store(url)


@st.cache_resource(max_entries=2, ttl=TRY_AGAIN_SECONDS, show_spinner=False)
def _failed(url: str) -> list[StoreError]:
    """Return the fault of the last attempt, for a while, so that no page has to wait for the next one."""
    return []
