"""The controls of the atlas: what is shown, when, in which classes."""

from __future__ import annotations

import re
from dataclasses import dataclass

import streamlit as st

from geo.need import Classification, Indicator, can_be_limits, classify, classify_change, indicators_of
from geo.output.need import Picture, latest_date, main_indicator
from geo.output.values import MapView, Table, digits_of, indicator_label
from geo.region.model import Region
from geo.text import Texts
from pages.shared import state
from pages.shared.atlas import cache
from pages.shared.shell import theme

SCHEMES = ("natural", "quantiles", "equal", "standard_deviation", "own")
NO_DATE = "none"
LIMITS_MOST = 200
"""Longest text of own limits that a link may bring."""


@dataclass(frozen=True)
class _Wish:
    scheme: str
    classes: int
    is_held: bool


def choose_picture(t: Texts, region: Region) -> tuple[Picture, MapView, Table]:
    """Show the controls and return what they ask for: picture, its map and its table."""
    what, when, against = st.columns([1.5, 1.6, 1])
    indicator = _choose_indicator(t, region, what)
    date, before = _choose_dates(t, region, indicator, when, against)
    with st.expander(t("atlas.settings"), icon=":material/palette:"):
        wish = _choose_classes(t, before)
        if before is not None:
            values = cache.changes(region, indicator, before, date)
            classes = classify_change(values["value"].to_numpy(), wish.classes)
        else:
            classes = _classes(t, region, indicator, date, wish)
        key = f"indicator.{indicator.key}.definition"
        st.caption(f"**{t('atlas.definition')}** {t(key)}" if t.has(key) else "")
    return cache.atlas(region, indicator, (date, before), classes, (theme(), t.language))


def choose_quarter(region: Region) -> str | None:
    """Return the quarter in view, None where none was chosen."""
    keys: tuple[str | None, ...] = (None, *region.quarters.index)
    return state.setting("quarter", keys, None)


def _choose_indicator(t: Texts, region: Region, place: st.delta_generator.DeltaGenerator) -> Indicator:
    indicators = {indicator.key: indicator for indicator in indicators_of(region)}
    keys = tuple(indicators)
    first = main_indicator(region).key
    return indicators[
        state.choose(
            place.selectbox,
            t("atlas.indicator"),
            "indicator",
            keys,
            first,
            words=lambda key: indicator_label(t, indicators[key]),
        )
    ]


def _choose_dates(
    t: Texts,
    region: Region,
    indicator: Indicator,
    when: st.delta_generator.DeltaGenerator,
    against: st.delta_generator.DeltaGenerator,
) -> tuple[str, str | None]:
    dates = region.dates
    latest = latest_date(region, indicator)
    if len(dates) == 1:
        when.markdown(f"{t('atlas.date')}  \n**{t.date(dates[0])}**")
        return dates[0], None
    date = state.choose(when.select_slider, t("atlas.date"), "date", dates, latest, words=t.date)
    earlier = (NO_DATE, *(day for day in dates if day != date))
    before = state.choose(
        against.selectbox,
        t("atlas.compare"),
        "compare",
        earlier,
        NO_DATE,
        words=lambda day: t("atlas.no_compare") if day == NO_DATE else t.date(day),
    )
    return date, None if before == NO_DATE else before


def _choose_classes(t: Texts, before: str | None) -> _Wish:
    how, many, held = st.columns([1.4, 1, 1.4], vertical_alignment="bottom")
    counts = tuple(range(3, 10))
    count = state.choose(many.select_slider, t("atlas.classes"), "classes", counts, 5)
    if before is not None:
        return _Wish("equal", count, is_held=False)
    state.choose(
        how.selectbox, t("atlas.scheme"), "scheme", SCHEMES, "natural", words=lambda key: t(f"classes.{key}.label")
    )
    return _Wish(
        state.setting("scheme", SCHEMES, "natural"),
        count,
        state.switch(held.toggle, t("atlas.held"), "held", default=True, help=t("atlas.held_help")),
    )


def _classes(t: Texts, region: Region, indicator: Indicator, date: str, wish: _Wish) -> Classification:
    if wish.scheme == "own":
        return _own_classes(t, region, indicator, date, wish)
    if wish.is_held:
        return cache.held_classes(region, indicator, wish.scheme, wish.classes)
    return cache.dated_classes(region, indicator, date, wish.scheme, wish.classes)


def _own_classes(t: Texts, region: Region, indicator: Indicator, date: str, wish: _Wish) -> Classification:
    found = cache.held_classes(region, indicator, "quantiles", wish.classes)
    example = "; ".join(t.number(limit, 1) for limit in found.limits)
    key = "widget.own_limits"
    if state.recall("own_limits") is None and (linked := state.asked_by_link("limits")) is not None:
        state.remember("own_limits", linked[:LIMITS_MOST])
    st.session_state[key] = state.recall("own_limits") or example
    st.text_input(t("atlas.own_limits"), key=key, on_change=lambda: state.remember("own_limits", st.session_state[key]))
    text = st.session_state[key]
    limits = _limits(text)
    if limits is None:
        st.warning(t("atlas.own_limits_bad", text=text, example=example))
        return found
    values = cache.values(region, indicator, date)["value"].to_numpy()
    return classify(values, "own", len(limits) - 1, own_limits=limits, digits=digits_of(indicator.unit))


def _limits(text: str) -> tuple[float, ...] | None:
    """Return class limits from text; comma and point both read as decimals, since none of them separates here."""
    parts = [
        part.strip().replace("\u00a0", "").replace("%", "").replace(",", ".")
        for part in re.split(r"[;\s]+", text)
        if part.strip()
    ]
    try:
        limits = tuple(float(part) for part in parts)
    except ValueError:
        return None
    return limits if can_be_limits(limits) else None
