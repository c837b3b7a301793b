"""Names for what Streamlit itself puts on the page, in the reader's language."""

from __future__ import annotations

import streamlit as st

from pages.shared.frontend import frontend_text
from pages.shared.shell.reader_language import words

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
