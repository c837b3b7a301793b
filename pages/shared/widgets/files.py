"""Buttons that hand files over, and the look of fields that take them."""

from __future__ import annotations

import json
from functools import lru_cache

import streamlit as st

from geo.text import Texts
from pages.shared.frontend import frontend_text

_UPLOADER_WORDS = ("browse", "drop", "limit")


def csv_button(label: str, data: bytes, name: str) -> None:
    """Show the button; ``name`` is the file's name without its ending."""
    st.download_button(
        label, data, file_name=f"{name}.csv", mime="text/csv", icon=":material/download:", on_click="ignore"
    )


def apply_import_look(t: Texts, limit: str | None = None) -> None:
    """Put the style of this page on it, with the uploader's words in the reader's language.

    ``limit`` says how large a file may be; None says what holds for the files of a region.
    """
    said = {word: t(f"import.upload_{word}") for word in _UPLOADER_WORDS}
    said |= {} if limit is None else {"limit": limit}
    words = "".join(f"--nb-upload-{word}: {_css_text(text)};" for word, text in said.items())
    st.html(f"<style>:root {{ {words} }}\n{_style()}</style>")


def _css_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("<", "\\3c ")


@lru_cache(maxsize=1)
def _style() -> str:
    return frontend_text("import.css")
