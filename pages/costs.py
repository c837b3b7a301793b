"""Costs: what new offices cost by year and once, who pays, and what follows from other prices."""

from __future__ import annotations

import streamlit as st

from geo.output.sites import assumed_text, break_even_lines, funding_lines
from pages.shared import state
from pages.shared.costs import view as costs_view
from pages.shared.shell import bullets, figures, heading, language, paragraph, scope_bar, words

t = words()
region = scope_bar()
if region is not None:
    heading(t("costs.title"), t("costs.lead"))
    chosen = costs_view.choose_what(t, region)
    state.write_link(lang=language(), region=region.id, **costs_view.link_of(t, region))
    if chosen is not None:
        picture = costs_view.picture_of(t, region, chosen)
        if picture is not None:
            figures(costs_view.cost_figures(t, picture))
            paragraph(assumed_text(t, picture))
            st.header(t("costs.table"), anchor=False)
            costs_view.show_costs(t, region, picture)
            st.header(t("costs.funding"), anchor=False)
            bullets(funding_lines(t, picture.funding, picture.parameters))
            st.header(t("costs.swing"), anchor=False)
            costs_view.show_swings(t, region, picture)
            lines = break_even_lines(t, picture, chosen.budget_eur)
            if lines:
                st.header(t("costs.break_even"), anchor=False)
                bullets(lines)
        costs_view.show_parameters(t, region, chosen.plan)
    else:
        st.info(t("siting.no_demand"))
