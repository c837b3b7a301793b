"""The profile of a quarter beside the map."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import streamlit as st

from geo.output.charts import region_chart, trend_chart
from geo.output.need import Picture, profile_lines
from geo.output.values import cell_text, change_text, indicator_label
from geo.text import Texts
from pages.shared import state
from pages.shared.atlas import cache
from pages.shared.shell import paragraph
from pages.shared.widgets import Paper, show_chart


def show_profile(t: Texts, picture: Picture, quarter_id: str | None) -> None:
    """Show value, comparison and trend of a quarter, or how to choose one."""
    region = picture.region
    names = region.quarters["name"]
    options = ("", *names.sort_values().index)

    def say(key: str) -> str:
        return str(names[key]) if key else t("atlas.no_quarter")

    key = "widget.profile_quarter"
    st.session_state[key] = quarter_id or ""
    st.selectbox(
        t("atlas.choose_quarter"),
        options,
        format_func=say,
        key=key,
        on_change=lambda: state.remember("quarter", st.session_state[key] or None),
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
