"""What a reader has set, kept over page changes and written into the link.

Streamlit forgets a widget's value when its page is left, so each setting is copied into a key of its
own. The link carries settings by name from a fixed list; what comes from a link is only ever compared
with the options at hand, never evaluated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, cast

import streamlit as st

T = TypeVar("T")

_PREFIX = "setting."
_WIDGET = "widget."
LINKED = (
    "lang",
    "region",
    "indicator",
    "date",
    "scheme",
    "classes",
    "held",
    "compare",
    "quarter",
    "new",
    "minutes",
    "who",
    "mode",
    "speed",
    "force",
    "forbid",
    "close",
    "own",
    "show",
    "question",
    "share",
    "budget",
    "visits",
    "places",
    "service",
    "areas",
    "atleast",
    "talk",
    "scene",
)


def setting(name: str, options: Sequence[T], default: T) -> T:
    """Return the value of a setting: what was set here, else what the link says, else ``default``.

    A value that is not among ``options`` is passed over, so a link that names something absent does no harm.
    """
    if _PREFIX + name in st.session_state and (kept := st.session_state[_PREFIX + name]) in options:
        return cast("T", kept)
    if name in LINKED and _PREFIX + name not in st.session_state:
        asked = st.query_params.get(name)
        for option in options:
            if asked is not None and str(option) == asked:
                st.session_state[_PREFIX + name] = option
                return option
    return default


def remember(name: str, value: object) -> None:
    """Keep the value of a setting."""
    st.session_state[_PREFIX + name] = value


def recall(name: str) -> Any:
    """Return what was remembered under ``name``, or None."""
    return st.session_state.get(_PREFIX + name)


def bound(name: str, options: Sequence[T], default: T) -> dict[str, Any]:
    """Return ``key`` and ``on_change`` for a widget whose value is the setting ``name``."""
    key = _WIDGET + name
    st.session_state[key] = setting(name, options, default)

    def copy() -> None:
        remember(name, st.session_state[key])

    return {"key": key, "on_change": copy}


def write_link(**settings: object) -> None:
    """Put the settings of the page in view into the address, so that the address reproduces it."""
    wanted = {name: _said(value) for name, value in settings.items() if name in LINKED and value is not None}
    if dict(st.query_params) != wanted:
        st.query_params.from_dict(wanted)


def _said(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def picture_link(picture: Any) -> dict[str, object]:
    """Return what a link must carry to show the same picture again."""
    return {
        "indicator": picture.indicator.key,
        "date": picture.date,
        "compare": picture.compared_with,
        "scheme": recall("scheme"),
        "classes": recall("classes"),
        "held": recall("held"),
    }
