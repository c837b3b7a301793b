"""Choosing quarters for a profile, and the button that prints it."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from geo.errors import DataError
from geo.need import Indicator
from geo.output.charts import trend_chart
from geo.output.need import Chosen, OfficeWays, title_of
from geo.output.values import indicator_label
from geo.region.model import Region
from geo.text import Texts
from pages.shared import state
from pages.shared.frontend import frontend_text
from pages.shared.need import cache as need_cache
from pages.shared.shell import network, paragraph
from pages.shared.widgets import Paper, show_chart

_PRINT = st.components.v2.component(
    "nahbar_print",
    html='<button type="button" class="print"></button>',
    css=".print { font: inherit; color: var(--st-text-color); background: var(--st-background-color);"
    " border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius); padding: 0.4rem 0.9rem;"
    " cursor: pointer; } .print:hover, .print:focus-visible { border-color: var(--st-primary-color);"
    " color: var(--st-primary-color); }",
    js=frontend_text("print-button.js"),
)


def choose_quarters(t: Texts, region: Region, quarter: str | None) -> tuple[str, ...]:
    """Show which quarters the profile is of and return them; a quarter chosen elsewhere comes first."""
    names = region.quarters["name"]
    keys = tuple(str(key) for key in names.sort_values().index)
    if state.recall(f"profile@{region.id}") is None and quarter is not None:
        state.remember(f"profile@{region.id}", (quarter, *_linked(keys, quarter)))
    kept = tuple(key for key in state.recall(f"profile@{region.id}") or () if key in keys)
    if quarter is not None and quarter not in kept:
        kept = (quarter,)
    one, more = st.columns([1.5, 1.6])

    def say(key: str) -> str:
        return str(names[key]) if key else t("quarter.choose_none")

    one.selectbox(
        t("table.quarter"),
        ("", *keys),
        format_func=say,
        **state.bind("widget.profile_main", kept[0] if kept else "", lambda key: _keep(region, (key,))),
    )
    if not kept:
        return ()
    more.selectbox(
        t("quarter.more"),
        ("", *(key for key in keys if key not in kept)),
        format_func=lambda key: say(key) if key else t("quarter.more_none"),
        **state.bind("widget.profile_more", "", lambda key: _keep(region, (*kept, key))),
    )
    if len(kept) > 1:
        st.pills(
            t("quarter.members"),
            kept,
            selection_mode="multi",
            format_func=say,
            **state.bind(
                "widget.profile_members", list(kept), lambda now: _keep(region, [k for k in kept if k in now])
            ),
        )
    return kept


def _linked(keys: tuple[str, ...], first: str) -> tuple[str, ...]:
    """Return the quarters that the link names beside the first one."""
    asked = [key for key in dict.fromkeys((state.asked_by_link("with") or "").split(",")) if key and key != first]
    if absent := [key for key in asked if key not in keys]:
        state.miss("with", ", ".join(absent))
    return tuple(key for key in asked if key in keys)


def _keep(region: Region, chosen: Iterable[str]) -> None:
    known = tuple(key for key in chosen if key)
    state.remember(f"profile@{region.id}", known)
    state.remember("quarter", known[0] if known else None)


def open_quarter(region: Region, key: str) -> None:
    """Bring another quarter into view."""
    _keep(region, (key,))


def print_button(t: Texts) -> None:
    """Show the button that prints the page."""
    _PRINT(key="nb_print", data={"label": t("quarter.print")})


def ways_of(region: Region, quarter_ids: tuple[str, ...]) -> OfficeWays:
    """Return the nearest offices, on streets where the region has any that can be used."""
    has_streets = region.streets is not None
    try:
        if has_streets:
            network(region)
    except DataError:
        has_streets = False
    return need_cache.offices(region, quarter_ids, on_streets=has_streets)


def show_trend(t: Texts, chosen: Chosen, indicator: Indicator) -> None:
    """Show the indicator over the dates beside the region's."""
    region = chosen.region
    trend = need_cache.trend(region, indicator, chosen.quarter_ids)
    if trend is None or len(region.dates) < 2 or not trend["value"].notna().any():
        st.info(t("quarter.no_trend"), icon=":material/info:")
        return
    what = title_of(t, chosen)
    paragraph(t("profile.trend"), "nb-chart")
    alt = t("chart.trend_alt", indicator=indicator_label(t, indicator), quarter=what, place=region.name)
    paper = Paper(f"{indicator.key}_trend", f"{indicator_label(t, indicator)}, {what}", region.name, chosen.date)
    chart = trend_chart(t, region, indicator, trend, what)
    show_chart(t, region, chart, paper, key="quarter_trend", alt=alt, saves=True)
