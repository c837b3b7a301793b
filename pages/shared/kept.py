"""How results are kept between reruns: bounded, and keyed by a region's fingerprint, never by its contents.

Regions, plans and pictures are shared between sessions as they are; nothing changes them after they were made. Each
wing keeps what it makes in its own ``cache``; this is the one way to do so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import streamlit as st

from geo.region.model import Region

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")
Keys = dict[str | type[Any], Callable[[Any], Any]]
"""How values that cannot be hashed are told apart: by their type, a value that can."""


def kept(
    most: int, keys: Keys | None = None
) -> Callable[[Callable[_Parameters, _Result]], Callable[_Parameters, _Result]]:
    """Keep the results of a function for all sessions.

    Parameters
    ----------
    most
        How many results; the oldest make room.
    keys
        Types of arguments beside ``Region`` that have a key of their own.
    """
    by_key = {Region: lambda region: region.fingerprint, **(keys or {})}
    return st.cache_resource(max_entries=most, show_spinner=False, hash_funcs=by_key)
