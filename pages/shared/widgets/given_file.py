"""A small file of a reader's own, such as a logo: read once in a bounded process and kept from page to page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from geo.bounded import call_bounded
from geo.errors import DataError
from geo.findings import Finding
from geo.text import Texts
from pages.shared.shell import warn


def given_file(
    t: Texts, key: str, upload: Any, read: Callable[[bytes], tuple[bytes, tuple[Finding, ...]]]
) -> bytes | None:
    """Return what ``read`` made of the file that is given, or was before; say what it found or what kept it from that.

    Parameters
    ----------
    key
        Where it is kept in the session.
    upload
        The uploaded file, or None.
    """
    before: tuple[str, bytes | None, tuple[Finding, ...]] = st.session_state.get(key, ("", None, ()))
    if upload is not None and upload.file_id != before[0]:
        try:
            content, found = call_bounded(read, upload.getvalue(), file=upload.name)
            before = (upload.file_id, content, found)
        except DataError as fault:
            before = (upload.file_id, before[1], fault.findings)
        st.session_state[key] = before
    if upload is not None:
        warn(t, before[2])
    return before[1]
