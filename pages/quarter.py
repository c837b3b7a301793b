"""Quarter: everything known of a quarter, or of several as one, on one page that can be printed."""

from __future__ import annotations

import streamlit as st

from geo.need import LastingRule
from geo.output.need import (
    Chosen,
    about_lines,
    converted_lines,
    hosts_text,
    lasting_text,
    need_sentence,
    need_table,
    neighbours_of,
    neighbours_table,
    offices_table,
    offices_text,
    place_view,
    source_line,
    title_of,
    withheld_lines,
)
from geo.output.values import corrected_lines
from pages.shared import state
from pages.shared.atlas import choose_quarter
from pages.shared.need import (
    apply_need_look,
    choose_indicator,
    choose_quarters,
    notes,
    open_quarter,
    print_button,
    show_trend,
    ways_of,
)
from pages.shared.need import cache as need_cache
from pages.shared.shell import bullets, heading, language, paragraph, scope_bar, theme, words
from pages.shared.widgets import Paper, export_map, show_map, show_table

t = words()
region = scope_bar()
if region is not None:
    apply_need_look()
    with st.container(key="nb_controls"):
        quarters = choose_quarters(t, region, choose_quarter(region))
        picked = choose_indicator(t, region)
    if not quarters:
        state.write_link(lang=language(), region=region.id)
        heading(t("quarter.title"), t("quarter.lead"))
    elif picked is not None:
        indicator, date = picked
        chosen = Chosen(region, quarters, date)
        others = {"with": ",".join(quarters[1:]) or None}
        shown = {"quarter": quarters[0], "indicator": indicator.key, "date": date}
        state.write_link(lang=language(), region=region.id, **shown, **others)
        around = neighbours_of(chosen, need_cache.neighbourhood(region, "queen"))
        ways = ways_of(region, quarters)
        name_side, print_side = st.columns([4, 1], vertical_alignment="bottom")
        with name_side:
            heading(title_of(t, chosen), need_sentence(t, chosen, indicator))
        with print_side:
            print_button(t)
        lasts = need_cache.persistence(
            region, indicator, tuple(day for day in region.dates if day <= date), LastingRule(), ()
        )
        marked = (*converted_lines(t, region, [date]), *corrected_lines(t, region, chosen.quarter_ids))
        notes([*about_lines(t, chosen), lasting_text(t, chosen, indicator, lasts), *marked])

        st.header(t("quarter.need", date=t.date(date)), anchor=False)
        show_table(need_table(t, chosen), key="quarter_need", height=900, counted="quarter.count_indicators")
        trend_side, map_side = st.columns([1.2, 1], gap="medium")
        with trend_side:
            show_trend(t, chosen, indicator)
        with map_side:
            show_map(
                region,
                place_view(t, chosen, around, ways, theme=theme()),
                key="quarter_map",
                height=380,
                on_choose=lambda kind, key: open_quarter(region, key) if kind == "quarter" else None,
            )
            paper = Paper("quarter_map", title_of(t, chosen), t("paper.where"), date)
            export_map(t, region, paper, lambda: place_view(t, chosen, around, ways, theme=theme()))
        near_side, way_side = st.columns([1, 1.2], gap="medium")
        with near_side:
            st.header(t("quarter.neighbours"), anchor=False)
            if around:
                show_table(
                    neighbours_table(t, chosen, indicator, around),
                    key="quarter_neighbours",
                    height=900,
                    on_choose=lambda key: open_quarter(region, key),
                )
            else:
                paragraph(t("quarter.no_neighbours"))
        with way_side:
            st.header(t("quarter.offices"), anchor=False)
            if ways.nearest:
                table = offices_table(t, chosen, ways)
                show_table(table, key="quarter_offices", height=900, counted="table.count_sites")
            notes([offices_text(t, ways), hosts_text(t, chosen)])
            st.header(t("quarter.withheld_title"), anchor=False)
            bullets(withheld_lines(t, chosen))
        notes([source_line(t, chosen)])
