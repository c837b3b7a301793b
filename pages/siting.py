"""Sites: where new outreach offices reach most people."""

from __future__ import annotations

import streamlit as st

from geo.errors import DataError
from geo.output.sites import SitesLook, assumptions, question_title, sites_table, sites_view
from pages.shared import state
from pages.shared.present import add_scene_button, scene_of_question
from pages.shared.scenarios import IN_VIEW, data_buttons, report_buttons, save_panel, shown_scenario, take_link
from pages.shared.shell import bullets, heading, language, scope_bar, words
from pages.shared.sites import (
    background,
    catchments,
    choose_question,
    current_answer,
    export_sites,
    question_link,
    show_curve,
    show_faults,
    show_figures,
    show_money,
    show_proof,
    show_ways_notes,
)
from pages.shared.sites import places as siting_places
from pages.shared.sites import reasons as siting_reasons
from pages.shared.widgets import show_map, show_table

t = words()
region = scope_bar()
if region is not None:
    lead = st.empty()
    take_link(t, region)
    question = choose_question(t, region)
    if question is not None:
        with lead.container():
            heading(t("siting.title"), question_title(t, question))
        state.write_link(
            lang=language(), region=region.id, scenario=state.recall(IN_VIEW), **question_link(region, question)
        )
        with st.container():  # always there, so that what comes below keeps its place and the map its frame
            siting_places.show_refusal()
        try:
            with st.spinner(t("siting.solving"), show_time=False):
                answer = current_answer(region, question)
        except DataError as fault:
            show_faults(t, region, fault)
        else:
            show_figures(t, region, answer)
            with st.container():
                show_proof(t, answer)
            map_side, list_side = st.columns([1.5, 1], gap="medium")
            with map_side:
                look = SitesLook(catchments(region, answer), state.recall("place"), bool(state.recall("placing")))
                show_map(
                    region,
                    sites_view(t, background(region, question), answer, look),
                    key="siting_map",
                    height=640,
                    on_choose=siting_places.on_choose,
                    on_point=siting_places.point_taker(t, region, question),
                )
                export_sites(t, region, question, answer)
                add_scene_button(t, region, scene_of_question(t, region, question, background(region, question)))
            with list_side:
                siting_places.show_places(t, region, answer)
                show_curve(t, region, answer)
            st.header(t("siting.order"), anchor=False)
            show_table(
                sites_table(t, region, answer),
                key="siting_table",
                counted="table.count_sites",
                selected=state.recall("place"),
                on_choose=lambda key: state.remember("place", key),
            )
            siting_places.show_all_places(t, region, answer)
            save_panel(t, region, answer)
            siting_reasons.show_reasons(t, region, answer)
            siting_reasons.show_firmness(t, region, answer)
            siting_reasons.show_effect(t, region, answer)
            siting_reasons.show_minutes_table(t, region, answer)
            show_money(t, region, answer)
            st.header(t("siting.assumptions"), anchor=False)
            bullets(assumptions(t, region, answer))
            show_ways_notes(t, answer)
            report_buttons(t, region, shown_scenario(region, answer, question_title(t, question)), answer)
            data_buttons(t, region, shown_scenario(region, answer, question_title(t, question)), answer)
    else:
        with lead.container():
            heading(t("siting.title"))
        st.info(t("siting.no_demand"))
