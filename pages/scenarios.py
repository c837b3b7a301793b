"""Scenarios: all of them side by side, the difference of two, and what could be reached at most."""

from __future__ import annotations

import streamlit as st

from pages.shared import state
from pages.shared.scenarios import frontier as scenarios_frontier
from pages.shared.scenarios import solve as scenarios_solve
from pages.shared.scenarios import state as scenarios_state
from pages.shared.scenarios import view as scenarios_view
from pages.shared.shell import heading, language, scope_bar, words

t = words()
region = scope_bar()
if region is not None:
    heading(t("compare.title"), t("compare.lead"))
    state.write_link(lang=language(), region=region.id)
    scenarios_solve.show_runs(t, region)
    saved = scenarios_state.saved(region)
    compared = scenarios_view.compared_of(t, region, saved)
    with st.container():
        scenarios_view.show_news(t)
    if not saved:
        st.info(t("compare.none"))
    scenarios_view.show_making(t, region, is_open=not saved)
    if compared:
        scenarios_view.show_scenarios(t, region, saved, compared)
    if saved:
        scenarios_view.show_one(t, region, saved)
        st.header(t("compare.difference"), anchor=False)
        scenarios_view.show_difference(t, region, compared)
        st.header(t("compare.curves"), anchor=False)
        scenarios_view.show_curves(t, region, compared)
        st.header(t("compare.frontiers"), anchor=False)
        scenarios_frontier.show_frontiers(t, region, compared)
