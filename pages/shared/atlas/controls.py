"""The controls of the atlas (what is shown, when, in which classes), and the profile of a quarter beside its map."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from geo.need import Classification, Indicator, can_be_limits, classify, classify_change, indicators_of
from geo.output.charts import region_chart, trend_chart
from geo.output.need import Picture, latest_date, main_indicator, profile_lines
from geo.output.values import MapView, Table, cell_text, change_text, digits_of, indicator_label
from geo.region.model import Region
from geo.text import Texts
from pages.shared import state
from pages.shared.atlas import cache
from pages.shared.shell import paragraph, theme
from pages.shared.widgets import Paper, show_chart

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
    indicator, date = choose_indicator_and_date(t, region, what, when)
    before = _choose_before(t, region, date, against) if len(region.dates) > 1 else None
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


def choose_indicator_and_date(
    t: Texts, region: Region, what: st.delta_generator.DeltaGenerator, when: st.delta_generator.DeltaGenerator
) -> tuple[Indicator, str]:
    """Show the choice of an indicator in ``what`` and of a date in ``when``; return both."""
    indicators = {indicator.key: indicator for indicator in indicators_of(region)}
    keys, first = tuple(indicators), main_indicator(region).key
    label, words = t("atlas.indicator"), lambda key: indicator_label(t, indicators[key])
    indicator = indicators[state.choose(what.selectbox, label, "indicator", keys, first, words=words)]
    dates, latest = region.dates, latest_date(region, indicator)
    if len(dates) == 1:
        when.markdown(f"{t('atlas.date')}  \n**{t.date(dates[0])}**")
        return indicator, dates[0]
    return indicator, state.choose(when.select_slider, t("atlas.date"), "date", dates, latest, words=t.date)


def _choose_before(t: Texts, region: Region, date: str, place: st.delta_generator.DeltaGenerator) -> str | None:
    earlier = (NO_DATE, *(day for day in region.dates if day != date))
    label, words = t("atlas.compare"), lambda day: t("atlas.no_compare") if day == NO_DATE else t.date(day)
    before = state.choose(place.selectbox, label, "compare", earlier, NO_DATE, words=words)
    return None if before == NO_DATE else before


def _choose_classes(t: Texts, before: str | None) -> _Wish:
    how, many, held = st.columns([1.4, 1, 1.4], vertical_alignment="bottom")
    counts = tuple(range(3, 10))
    count = state.choose(many.select_slider, t("atlas.classes"), "classes", counts, 5)
    if before is not None:
        return _Wish("equal", count, is_held=False)
    label, say = t("atlas.scheme"), lambda key: t(f"classes.{key}.label")
    scheme = state.choose(how.selectbox, label, "scheme", SCHEMES, "natural", words=say)
    is_held = state.switch(held.toggle, t("atlas.held"), "held", default=True, help=t("atlas.held_help"))
    return _Wish(scheme, count, is_held)


def _classes(t: Texts, region: Region, indicator: Indicator, date: str, wish: _Wish) -> Classification:
    if wish.scheme == "own":
        return _own_classes(t, region, indicator, date, wish)
    if wish.is_held:
        return cache.held_classes(region, indicator, wish.scheme, wish.classes)
    return cache.dated_classes(region, indicator, date, wish.scheme, wish.classes)


def _own_classes(t: Texts, region: Region, indicator: Indicator, date: str, wish: _Wish) -> Classification:
    found = cache.held_classes(region, indicator, "quantiles", wish.classes)
    example = "; ".join(t.number(limit, 1) for limit in found.limits)
    if state.recall("own_limits") is None and (linked := state.asked_by_link("limits")) is not None:
        state.remember("own_limits", linked[:LIMITS_MOST])
    text = state.recall("own_limits") or example
    st.text_input(t("atlas.own_limits"), **state.bind("widget.own_limits", text, partial(state.remember, "own_limits")))
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


def show_profile(t: Texts, picture: Picture, quarter_id: str | None) -> None:
    """Show value, comparison and trend of a quarter, or how to choose one."""
    region = picture.region
    names = region.quarters["name"]
    options = ("", *names.sort_values().index)

    st.selectbox(
        t("atlas.choose_quarter"),
        options,
        format_func=lambda key: str(names[key]) if key else t("atlas.no_quarter"),
        **state.bind("widget.profile_quarter", quarter_id or "", lambda key: state.remember("quarter", key or None)),
    )
    if quarter_id is None:
        whole = cache.whole(region, picture.indicator, picture.date)
        if math.isfinite(whole.value):
            value = cell_text(t, whole.value, "value", picture.indicator.unit)
            label = indicator_label(t, picture.indicator)
            paragraph(
                t("atlas.sentence", place=region.name, value=value, label=label, date=t.date(picture.date)), "nb-lead"
            )
            if picture.compared_with is not None:
                past = cache.whole(region, picture.indicator, picture.compared_with)
                change = change_text(t, whole.value - past.value, "value", picture.unit)
                before = t.date(picture.compared_with)
                paragraph(t("profile.region_change", place=region.name, change=change, before=before), "nb-lead")
            _show_region_trend(t, picture)
        return
    row = cache.values(region, picture.indicator, picture.date).loc[quarter_id]
    st.metric(
        indicator_label(t, picture.indicator),
        cell_text(t, row["value"], row["state"], picture.indicator.unit),
        delta=_change_since(t, picture, quarter_id),
        delta_color="off",
        delta_arrow="off",
    )
    for line in profile_lines(t, picture, quarter_id, row, cache.whole(region, picture.indicator, picture.date)):
        paragraph(line)
    st.page_link("pages/quarter.py", label=t("profile.whole"), icon=":material/location_city:")
    trend = cache.quarter_trend(region, picture.indicator, quarter_id)
    if len(region.dates) > 1 and trend["value"].notna().any():
        paragraph(t("profile.trend"), "nb-chart")
        label, name = indicator_label(t, picture.indicator), str(names[quarter_id])
        chart = trend_chart(t, region, picture.indicator, trend, name)
        paper = Paper(f"{picture.indicator.key}_{quarter_id}", f"{label}, {name}", region.name, picture.date)
        alt = t("chart.trend_alt", indicator=label, quarter=name, place=region.name)
        show_chart(t, region, chart, paper, key="profile_trend", alt=alt)


def _change_since(t: Texts, picture: Picture, quarter_id: str) -> str | None:
    if picture.compared_with is None:
        return None
    row: Any = picture.values.loc[quarter_id]
    change = change_text(t, row["value"], row["state"], picture.unit)
    return t("profile.change", change=change, before=t.date(picture.compared_with))


def _show_region_trend(t: Texts, picture: Picture) -> None:
    region, indicator = picture.region, picture.indicator
    if len(region.dates) < 2:
        return
    values = pd.Series({date: cache.whole(region, indicator, date).value for date in region.dates})
    if values.notna().any():
        title = t("profile.region_trend", place=region.name)
        paragraph(title, "nb-chart")
        paper = Paper(f"{indicator.key}_region", f"{indicator_label(t, indicator)}, {region.name}", "", picture.date)
        show_chart(t, region, region_chart(t, region, indicator, values), paper, key="region_trend", alt=title)
