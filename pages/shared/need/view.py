"""What the pages on need have in common: choosing indicator and date, saying what cannot be said."""

from __future__ import annotations

import html
from collections.abc import Iterable
from functools import lru_cache

import streamlit as st

from geo.findings import Finding
from geo.need import Indicator, indicators_of
from geo.output.need import because, latest_date, main_indicator
from geo.output.values import indicator_label
from geo.region.model import Region
from geo.text import Texts
from pages.shared import state
from pages.shared.frontend import FOLDER

_STYLE = FOLDER / "need.css"


def apply_need_look() -> None:
    """Put the style of the pages on need on the page."""
    st.html(f"<style>{_style()}</style>")


def choose_indicator(t: Texts, region: Region) -> tuple[Indicator, str] | None:
    """Show the controls of the atlas for indicator and date; None after saying that there is nothing to choose."""
    indicators = {indicator.key: indicator for indicator in indicators_of(region)}
    if not indicators or not region.dates:
        st.info(t("need.nothing"))
        return None
    what, when = st.columns([1.5, 1.6])
    keys, first = tuple(indicators), main_indicator(region).key
    indicator = indicators[
        state.choose(
            what.selectbox,
            t("atlas.indicator"),
            "indicator",
            keys,
            first,
            words=lambda key: indicator_label(t, indicators[key]),
        )
    ]
    dates = region.dates
    if len(dates) == 1:
        when.markdown(f"{t('atlas.date')}  \n**{t.date(dates[0])}**")
        return indicator, dates[0]
    latest = latest_date(region, indicator)
    return (indicator, state.choose(when.select_slider, t("atlas.date"), "date", dates, latest, words=t.date))


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
