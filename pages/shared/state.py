"""What a reader has set, kept over page changes and written into the link.

Streamlit forgets a widget's value when its page is left, so each setting is copied into a key of its
own. The link carries settings by name from a fixed list; what comes from a link is only ever compared
with the options at hand, never evaluated. What a link names that is not there is remembered and said (:func:`misses`).

Going back in the browser is a link too: the settings that page had then are forgotten here, so that the address holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

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
    "people",
    "talk",
    "scene",
    "scenario",
    "with",
    "limits",
    "beside",
    "control",
    "cluster_method",
    "lasting_needed",
    "lasting_dates",
    "lasting_sure",
    "lasting_map",
)
_KEPT_AS = {**dict.fromkeys(("force", "forbid", "close", "own"), "wishes@"), "with": "profile@", "limits": "own_limits"}
"""Settings of the link that are kept under another name, or under one for each region."""
_PAGE = "link.page"
_WRITTEN = "link.written"
_ALWAYS = "link.always"
_ABSENT = "link.absent"
_SAID_MOST = 60


def setting(name: str, options: Sequence[T], default: T) -> T:
    """Return the value of a setting: what was set here, else what the link says, else ``default``.

    A value of the link that is not among ``options`` is passed over and remembered as absent (:func:`misses`).
    """
    if _PREFIX + name in st.session_state and (kept := st.session_state[_PREFIX + name]) in options:
        return cast("T", kept)
    if name in LINKED and _PREFIX + name not in st.session_state:
        asked = st.query_params.get(name)
        for option in options:
            if asked is not None and str(option) == asked:
                st.session_state[_PREFIX + name] = option
                _absent().pop(name, None)
                return option
        if asked:
            miss(name, asked)
    return default


def remember(name: str, value: object) -> None:
    """Keep the value of a setting."""
    st.session_state[_PREFIX + name] = value
    _absent().pop(name, None)


def recall(name: str) -> Any:
    """Return what was remembered under ``name``, or None."""
    return st.session_state.get(_PREFIX + name)


def recalled(*names: str) -> dict[str, object]:
    """Return settings by name as a link carries them; None where the usual holds."""
    return {name: recall(name) for name in names}


def choose(
    widget: Callable[..., object],
    label: str,
    name: str,
    options: Sequence[T],
    usual: T,
    *,
    words: Callable[[Any], str] = str,
    **more: Any,
) -> T:
    """Show a choice whose value is the setting ``name``, and return that.

    Parameters
    ----------
    widget
        ``selectbox``, ``select_slider``, ``segmented_control`` or ``radio`` of Streamlit or of one of its containers.
    options, usual
        What may be chosen; what holds until something is.
    words
        The text of an option.
    """
    chosen = setting(name, options, usual)
    widget(label, options, format_func=words, **bind(_WIDGET + name, chosen, partial(remember, name)), **more)
    return chosen


def switch(widget: Callable[..., object], label: str, name: str, *, default: bool, **more: Any) -> bool:
    """Show a toggle or box whose value is the setting ``name``, and return that."""
    is_on = setting(name, (True, False), default)
    widget(label, **bind(_WIDGET + name, is_on, partial(remember, name)), **more)
    return is_on


def bind(key: str, value: object, keep: Callable[[Any], object]) -> dict[str, Any]:
    """Return ``key`` and ``on_change`` of a widget that shows ``value`` and hands what is set to ``keep``."""
    st.session_state[key] = value
    return {"key": key, "on_change": lambda: keep(st.session_state[key])}


def begin(page: str) -> None:
    """Take note of the page in view, before it runs.

    After a step back or forward in the browser the address holds: settings that it names, or that this page has
    written into it before, are read anew. Another page chosen from the menu comes without settings. Under load a run
    may come with another page's address: one that this page cannot have written, since it names more or lacks what
    the page has always named, is passed over.
    """
    last = st.session_state.get(_PAGE)
    st.session_state[_PAGE] = page
    if page != last:
        _absent().clear()
    written, named = _written().get(page), set(st.query_params) - {"view"}
    is_entered = _is_step_in_history() or (page != last and written is not None)
    is_own = written is None or _always().get(page, set()) <= named <= set(written)
    if last is not None and named and is_entered and is_own:
        _forget({*named, *(written or ())} - {"lang"})


def asked_by_link(name: str) -> str | None:
    """Return what the link says of a setting that was not set here yet."""
    return None if _PREFIX + name in st.session_state else st.query_params.get(name) or None


def miss(name: str, value: str) -> None:
    """Remember that the link names something that is not there."""
    _absent()[name] = value[:_SAID_MOST]


def misses() -> dict[str, str]:
    """Return what the link named that is not there, by name of the setting, until the page is left."""
    return dict(_absent())


def write_link(**settings: object) -> None:
    """Put the settings of the page in view into the address, so that the address reproduces it.

    At the first run of a session the browser does so itself (``link`` of the shell): Streamlit would add a step to its
    history. The part of the map in sight is the browser's own to write.
    """
    wanted = {name: _said(value) for name, value in settings.items() if name in LINKED and value is not None}
    page = str(st.session_state.get(_PAGE, ""))
    is_first = not _written()
    before = _written().get(page, ())
    _written()[page] = tuple(dict.fromkeys((*before, *(name for name in settings if name in LINKED))))
    _always()[page] = _always().get(page, set(wanted)) & set(wanted)
    st.session_state["link.wanted"] = urlencode(wanted)
    if not is_first and {name: value for name, value in st.query_params.items() if name != "view"} != wanted:
        st.query_params.from_dict(wanted)


def wanted_link() -> str:
    """Return the query of the page in view, as it was written last."""
    return str(st.session_state.get("link.wanted", ""))


def _is_step_in_history() -> bool:
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    return bool(getattr(get_script_run_ctx(suppress_warning=True), "is_history_navigation", False))


def _forget(names: set[str]) -> None:
    for name in names & set(LINKED):
        st.session_state.pop(_PREFIX + name, None)
    beginnings = tuple(_PREFIX + kept for name, kept in _KEPT_AS.items() if name in names)
    for key in [key for key in st.session_state if beginnings and str(key).startswith(beginnings)]:
        st.session_state.pop(key)


def _written() -> dict[str, tuple[str, ...]]:
    """Return the names that each page has written into its link."""
    return st.session_state.setdefault(_WRITTEN, {})  # type: ignore[no-any-return]


def _always() -> dict[str, set[str]]:
    """Return the names that stood in every link of a page."""
    return st.session_state.setdefault(_ALWAYS, {})  # type: ignore[no-any-return]


def _absent() -> dict[str, str]:
    return st.session_state.setdefault(_ABSENT, {})  # type: ignore[no-any-return]


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
        "limits": recall("own_limits") if recall("scheme") == "own" else None,
    }
