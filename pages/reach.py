"""Reach: who needs how long to today's offices, and who is beyond."""

from __future__ import annotations

import streamlit as st

from geo.errors import DataError
from geo.output.sites import access_lead, access_view, districts_table, quarters_table
from pages.shared import state
from pages.shared.reach import (
    choose_reach,
    current_access,
    export_reach,
    office_areas,
    reach_link,
    show_equity,
    show_reach_assumptions,
)
from pages.shared.shell import heading, language, scope_bar, theme, words
from pages.shared.sites import show_faults
from pages.shared.widgets import show_map, show_table, take_quarter

t = words()
region = scope_bar()
if region is not None:
    lead = st.empty()
    asked = choose_reach(t, region)
    if asked is None:
        with lead.container():
            heading(t("reach.title"))
        st.info(t("siting.no_demand") if len(region.offices) else t("reach.no_offices"))
    else:
        question, shown = asked
        state.write_link(lang=language(), region=region.id, **reach_link(question, shown))
        try:
            access = current_access(region, question)
        except DataError as fault:
            with lead.container():
                heading(t("reach.title"))
            show_faults(t, region, fault)
        else:
            with lead.container():
                heading(t("reach.title"), access_lead(t, access))
            quarter = state.recall("quarter")
            view = access_view(t, access, shown, theme(), office_areas(region, access))
            map_side, list_side = st.columns([1.5, 1], gap="medium")
            with map_side:
                show_map(region, view.with_selected(quarter), key="reach_map", height=620, on_choose=take_quarter)
                export_reach(t, access, shown)
            with list_side:
                show_equity(t, access)
            st.header(t("reach.by_quarter", minutes=t.number(access.within)), anchor=False)
            show_table(
                quarters_table(t, access, view),
                key="reach_table",
                selected=quarter,
                on_choose=lambda key: state.remember("quarter", key),
            )
            if len(access.districts) > 1:
                st.header(t("reach.by_district"), anchor=False)
                show_table(districts_table(t, access), key="reach_districts", counted="table.count_districts")
            st.header(t("siting.assumptions"), anchor=False)
            show_reach_assumptions(t, access)
