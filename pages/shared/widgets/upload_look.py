"""The look of upload fields, in the reader's language: their words come from Streamlit's own style sheet otherwise."""

from __future__ import annotations

import json
from functools import lru_cache

import streamlit as st

from geo.text import Texts
from pages.shared.frontend import frontend_text

_UPLOADER_WORDS = ("browse", "drop", "limit")


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
