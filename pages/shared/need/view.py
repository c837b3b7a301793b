"""What the pages on need have in common: choosing indicator and date, saying what cannot be said."""

from __future__ import annotations

import html
from collections.abc import Iterable
from functools import lru_cache

import streamlit as st

from geo.findings import Finding
from geo.need import Indicator, indicators_of
from geo.output.need import because
from geo.region.model import Region
from geo.text import Texts
from pages.shared.atlas import choose_indicator_and_date
from pages.shared.frontend import FOLDER

_STYLE = FOLDER / "need.css"


def apply_need_look() -> None:
    """Put the style of the pages on need on the page."""
    st.html(f"<style>{_style()}</style>")


def choose_indicator(t: Texts, region: Region) -> tuple[Indicator, str] | None:
    """Show the controls of the atlas for indicator and date; None after saying that there is nothing to choose."""
    if not indicators_of(region) or not region.dates:
        st.info(t("need.nothing"))
        return None
    what, when = st.columns([1.5, 1.6])
    return choose_indicator_and_date(t, region, what, when)


def cannot_be_said(t: Texts, key: str, reason: Finding, indicator: Indicator) -> None:
    """Show that something cannot be said, and why."""
    st.info(because(t, key, reason, indicator), icon=":material/info:")


def notes(lines: Iterable[str]) -> None:
    """Show short remarks below a figure."""
    said = "".join(f'<p class="nb-note">{html.escape(line)}</p>' for line in lines if line)
    if said:
        st.html(said)


def profile_link(t: Texts, region: Region, quarter: str | None) -> None:
    """Show the way to the profile of the quarter in view."""
    if quarter is not None:
        name = str(region.quarters["name"][quarter])
        st.page_link("pages/quarter.py", label=t("profile.whole_of", quarter=name), icon=":material/location_city:")


@lru_cache(maxsize=1)
def _style() -> str:
    return _STYLE.read_text(encoding="utf-8")
