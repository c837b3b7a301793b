"""Atlas: where an indicator is high or low, at one date or as a change."""

from __future__ import annotations

import streamlit as st

from geo.output.files import table_csv
from geo.output.need import atlas_data
from pages.shared import state
from pages.shared.atlas import choose_picture, choose_quarter, show_profile
from pages.shared.present import add_scene_button, scene_of_picture
from pages.shared.scenarios import region_buttons
from pages.shared.shell import heading, language, paragraph, scope_bar, words
from pages.shared.sites import export_picture
from pages.shared.widgets import hand_out, show_map, show_table, take_quarter

t = words()
region = scope_bar()
if region is not None:
    heading(t("atlas.title"))
    picture, plain_view, table = choose_picture(t, region)
    quarter = choose_quarter(region)
    view = plain_view.with_selected(quarter)
    state.write_link(lang=language(), region=region.id, quarter=quarter, **state.picture_link(picture))

    map_side, profile_side = st.columns([1.65, 1], gap="medium")
    with map_side:
        show_map(region, view, key="atlas_map", height=620, on_choose=take_quarter)
        add_scene_button(t, region, scene_of_picture(t, picture, quarter))
        export_picture(t, picture, quarter)
    with profile_side:
        show_profile(t, picture, quarter)

    dates = picture.date if picture.compared_with is None else f"{picture.compared_with}_{picture.date}"
    st.header(t("atlas.table"), anchor=False)
    show_table(table, key="atlas_table", selected=quarter, on_choose=lambda key: state.remember("quarter", key))
    data = table_csv(t, region, atlas_data(t, picture))
    hand_out(t("table.download"), data, f"{region.id}_{picture.indicator.key}_{dates}.csv")
    st.subheader(t("dataout.take_region"), anchor=False)
    region_buttons(t, region)
    paragraph(t("atlas.link"))
