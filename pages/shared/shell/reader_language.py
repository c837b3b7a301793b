"""The reader's language: from the link, else chosen, else the browser's."""

from __future__ import annotations

import streamlit as st

from geo.text import LANGUAGES, Texts, texts

_KEY = "language"


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
    names = {"de": "Deutsch", "en": "English"}
    current = language()

    def switch() -> None:
        st.session_state[_KEY] = st.session_state["language_switch"] or current

    st.session_state["language_switch"] = current
    st.segmented_control(
        words()("shell.language"),
        LANGUAGES,
        format_func=names.__getitem__,
        key="language_switch",
        on_change=switch,
        label_visibility="collapsed",
        required=True,
    )
