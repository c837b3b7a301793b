"""Sites: where new outreach offices reach most people."""

from __future__ import annotations

import streamlit as st

from geo.errors import DataError
from geo.output.sites import assumptions, sites_table, sites_view
from geo.text import finding_sentence
from pages.shared import cache, state
from pages.shared.language import language, words
from pages.shared.look import bullets, figures, heading
from pages.shared.maps import show_map
from pages.shared.quarter_table import show_table
from pages.shared.scope import scope_bar
from pages.shared.siting_view import (
    answer_figures,
    background,
    choose_question,
    show_curve,
    show_proof,
    siting_title,
)

t = words()
region = scope_bar()
if region is not None:
    lead = st.empty()
    question = choose_question(t, region)
    if question is not None:
        with lead.container():
            heading(t("siting.title"), siting_title(t, question))
        state.write_link(
            lang=language(),
            region=region.id,
            new=question.new,
            minutes=question.minutes,
            who=question.measure,
            date=question.date,
        )
        try:
            with st.spinner(t("siting.solving")):
                answer = cache.plan(region, question)
        except DataError as fault:
            for finding in fault.findings:
                st.warning(" ".join(part for part in finding_sentence(t, finding)[1:] if part))
        else:
            figures(answer_figures(t, region, answer))
            show_proof(t, answer)
            map_side, list_side = st.columns([1.5, 1], gap="medium")
            with map_side:
                show_map(
                    region,
                    sites_view(t, background(region, question), answer),
                    key="siting_map",
                    height=640,
                    on_choose=lambda _kind, _key: None,
                )
            with list_side:
                st.subheader(t("siting.curve"), anchor=False)
                show_curve(t, region, answer)
            st.header(t("siting.order"), anchor=False)
            show_table(sites_table(t, region, answer), key="siting_table", counted="table.count_sites")
            st.header(t("siting.assumptions"), anchor=False)
            bullets(assumptions(t, region, answer))
    else:
        with lead.container():
            heading(t("siting.title"))
        st.info(t("siting.no_demand"))
