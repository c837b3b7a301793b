"""The reader's language (from the link, else chosen, else the browser's), and Streamlit's own controls named in it."""

from __future__ import annotations

import streamlit as st

from geo.text import LANGUAGES, Texts, texts
from pages.shared import state
from pages.shared.frontend import frontend_text

_KEY = "language"
_RENDER = st.components.v2.component("nahbar_shell_words", js=frontend_text("shell-words.js"))
_NAMES = {
    "App pages": "shell.aria_pages",
    "Navigate to home page": "shell.aria_home",
    "Sidebar": "shell.aria_sidebar",
    "Expand sidebar": "shell.aria_expand",
    "Collapse sidebar": "shell.aria_collapse",
    "Skip to main content": "shell.aria_skip",
    "Open": "shell.aria_open",
    "Increment": "shell.aria_more",
    "Decrement": "shell.aria_less",
    "Clear value": "shell.aria_clear",
    "Clear all": "shell.aria_clear",
    "Close": "shell.aria_close",
    "file upload": "shell.aria_upload",
    "Link to heading": "shell.aria_link",
    "verified icon": "proof.icon",
    "hourglass_top icon": "proof.icon_waiting",
    "block icon": "shell.aria_stopped",
}
_PREFIXES = {"Help for ": "shell.aria_help", "Remove ": "shell.aria_remove"}


def language() -> str:
    """Return ``de`` or ``en``; German where the browser asks for neither."""
    chosen = st.session_state.get(_KEY)
    if chosen not in LANGUAGES:
        asked = st.query_params.get("lang", "")
        browser = (st.context.locale or "").split("-")[0].lower()
        chosen = asked if asked in LANGUAGES else browser if browser in LANGUAGES else "de"
        st.session_state[_KEY] = chosen
    return str(chosen)


def words() -> Texts:
    """Return the texts of the reader's language."""
    return texts(language())


def language_switch() -> None:
    """Show the switch between the languages."""
    names, current = {"de": "Deutsch", "en": "English"}, language()
    st.segmented_control(
        words()("shell.language"),
        LANGUAGES,
        format_func=names.__getitem__,
        label_visibility="collapsed",
        required=True,
        **state.bind("language_switch", current, lambda asked: st.session_state.update({_KEY: asked or current})),
    )


def name_controls() -> None:
    """Name Streamlit's own controls, and tell the browser the language of the page."""
    t = words()
    is_english = t.language == "en"
    _RENDER(
        key="shell_words",
        data={
            "language": t.language,
            "map": t("shell.aria_map"),
            "names": {} if is_english else {english: t(key) for english, key in _NAMES.items()},
            "prefixes": {} if is_english else {english: t(key) + " " for english, key in _PREFIXES.items()},
        },
    )
