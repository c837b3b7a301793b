"""The product's look: style sheet, logo, and small pieces of text with a fixed form."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import streamlit as st

from geo.findings import Finding
from geo.region.model import Region
from geo.text import Texts, finding_sentence
from pages.shared.frontend import FOLDER, frontend_text
from pages.shared.shell.language import words

_IS_PAPER: ContextVar[bool] = ContextVar("is_paper", default=False)
ICON = str(FOLDER / "icon.svg")


@dataclass(frozen=True)
class Figure:
    """A big number, the sentence that says what it is, and its source."""

    number: str
    sentence: str
    source: str


def theme() -> str:
    """Return ``light`` or ``dark`` as the reader sees the page; paper is always light."""
    return "dark" if not _IS_PAPER.get() and st.context.theme.type == "dark" else "light"


@contextmanager
def on_paper() -> Iterator[None]:
    """Make maps and charts as for paper: whatever asks for the theme meanwhile is told ``light``."""
    before = _IS_PAPER.set(True)
    try:
        yield
    finally:
        _IS_PAPER.reset(before)


def apply_look() -> None:
    """Put the style sheet on the page and the logo in its corner."""
    st.html(f"<style>{_style()}</style>")
    st.logo(_logo(theme()), size="large")


def heading(title: str, lead: str | None = None) -> None:
    """Show the title of a page and one sentence that says what it answers."""
    st.title(title, anchor=False)
    if lead:
        paragraph(lead, "nb-lead")


def paragraph(text: str, look: str = "nb-note") -> None:
    """Show plain text in one of the product's forms; the text is escaped."""
    st.html(f'<p class="{look}">{html.escape(text)}</p>')


def sentences(t: Texts, findings: Iterable[Finding]) -> str:
    """Return what findings say and their remedies as running text."""
    return " ".join(part for finding in findings for part in finding_sentence(t, finding)[1:] if part)


def warn(t: Texts, findings: Iterable[Finding]) -> None:
    """Show each finding with its remedy as a warning."""
    for finding in findings:
        st.warning(sentences(t, [finding]))


def act_button(label: str, icon: str, act: Callable[..., object], *given: Any, place: Any = st, **more: Any) -> None:
    """Show a button with a Material icon that calls ``act(*given)`` before the page runs again."""
    place.button(label, on_click=act, args=given, icon=f":material/{icon}:", **more)


def bullets(lines: Iterable[str]) -> None:
    """Show plain sentences as a list; the text is escaped."""
    items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    st.html(f'<ul class="nb-list">{items}</ul>')


def figures(parts: Iterable[Figure]) -> None:
    """Show key figures side by side."""
    cells = "".join(
        f'<div class="nb-figure"><b>{html.escape(part.number)}</b><span>{html.escape(part.sentence)}</span>'
        f"<small>{html.escape(part.source)}</small></div>"
        for part in parts
    )
    st.html(f'<div class="nb-figures">{cells}</div>')


def stacked(bars: Sequence[tuple[str, Sequence[tuple[float, str]]]], names: Sequence[str]) -> None:
    """Show bars of parts, one below the other: label, then width and text of each part; ``names`` say what parts are.

    Parts differ by pattern as well as by colour; the text of each stands in the key, so nothing hangs on the picture.
    """
    key = "".join(
        f'<span><i class="nb-part nb-part-{at}"></i>{html.escape(name)}</span>' for at, name in enumerate(names)
    )
    rows = []
    for label, parts in bars:
        whole = sum(width for width, _ in parts) or 1.0
        cells = "".join(
            f'<i class="nb-part nb-part-{at}" style="width:{100 * width / whole:.2f}%"></i>'
            for at, (width, _) in enumerate(parts)
        )
        said = " · ".join(f"{name}: {text}" for name, (_, text) in zip(names, parts, strict=True))
        rows.append(
            f'<div class="nb-bar"><b>{html.escape(label)}</b><div aria-hidden="true">{cells}</div>'
            f"<small>{html.escape(said)}</small></div>"
        )
    st.html(f'<div class="nb-bars"><p aria-hidden="true">{key}</p>{"".join(rows)}</div>')


def fiction_banner(region: Region) -> None:
    """Say on every page that a region is made up."""
    if region.is_fictional:
        st.html(
            f'<div class="nb-banner" role="note">{html.escape(words()("shell.fictional", place=region.name))}</div>'
        )


@lru_cache(maxsize=2)
def _logo(shade: str) -> str:
    """Return the logo as SVG, lighter on a dark page."""
    drawing = frontend_text("logo.svg")
    return drawing.replace("#0f7c83", "#5cc2c0").replace("#ffffff", "#12191b") if shade == "dark" else drawing


@lru_cache(maxsize=1)
def _style() -> str:
    return frontend_text("nahbar.css")
