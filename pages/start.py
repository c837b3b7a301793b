"""Start: the region in a few sentences, and what to do next."""

from __future__ import annotations

import streamlit as st

from geo.output.need import region_lines
from pages.shared import state
from pages.shared.shell import bullets, figures, heading, language, scope_bar, words
from pages.shared.start import key_figures

t = words()
region = scope_bar()
if region is not None:
    state.write_link(lang=language(), region=region.id)
    heading(t("start.title", place=region.name), t("start.lead"))
    figures(key_figures(t, region))

    st.header(t("start.next"), anchor=False)
    for column, (page, key) in zip(
        st.columns(3),
        (("pages/atlas.py", "atlas"), ("pages/siting.py", "siting"), ("pages/data.py", "data")),
        strict=True,
    ):
        with column, st.container(border=True, height="stretch"):
            st.page_link(page, label=f"**{t(f'start.next_{key}')}**", icon=":material/arrow_forward:")
            st.caption(t(f"start.next_{key}_text"))

    st.header(t("start.about"), anchor=False)
    bullets(region_lines(t, region))
