"""Buttons that hand files over, and the look of fields that take them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import streamlit as st

from geo.text import Texts
from pages.shared.frontend import frontend_text

_MIME = {
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "gpkg": "application/geopackage+sqlite3",
    "html": "text/html",
    "json": "application/json",
    "pdf": "application/pdf",
    "png": "image/png",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "svg": "image/svg+xml",
    "toml": "application/toml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
_UPLOADER_WORDS = ("browse", "drop", "limit")


def hand_out(label: str, data: bytes | str | Callable[[], bytes], name: str, *, place: Any = st, **more: Any) -> None:
    """Show the button that hands a file over; its kind is what its name ends on, and a call makes it when pressed."""
    usual = {"icon": ":material/download:", "on_click": "ignore"}
    place.download_button(label, data, name, _MIME[name.rpartition(".")[2]], **usual | more)


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
