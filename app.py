"""The app: page settings, language, region in view, navigation."""

from __future__ import annotations

import logging
import os

import pyarrow as pa
import streamlit as st

from pages.shared import state
from pages.shared.shell import ICON, apply_look, link, name_controls, words
from pages.shared.starting import start_once

# The default pool keeps what it once had; the system's own saves some 40 MB of a small server.
pa.set_memory_pool(pa.system_memory_pool())
st.set_page_config(page_title="Nahbar", page_icon=ICON, layout="wide")
apply_look()
start_once()

t = words()
page = st.navigation(
    [
        st.Page("pages/start.py", title=t("nav.start"), icon=":material/home:", default=True),
        st.Page("pages/atlas.py", title=t("nav.atlas"), icon=":material/map:", url_path="atlas"),
        st.Page(
            "pages/concentration.py",
            title=t("nav.concentration"),
            icon=":material/donut_small:",
            url_path="concentration",
        ),
        st.Page("pages/persistence.py", title=t("nav.persistence"), icon=":material/history:", url_path="persistence"),
        st.Page("pages/quarter.py", title=t("nav.quarter"), icon=":material/location_city:", url_path="quarter"),
        st.Page("pages/reach.py", title=t("nav.reach"), icon=":material/directions_walk:", url_path="reach"),
        st.Page("pages/siting.py", title=t("nav.siting"), icon=":material/add_location_alt:", url_path="siting"),
        st.Page("pages/scenarios.py", title=t("nav.scenarios"), icon=":material/compare:", url_path="scenarios"),
        st.Page("pages/costs.py", title=t("nav.costs"), icon=":material/euro:", url_path="costs"),
        st.Page("pages/present.py", title=t("nav.present"), icon=":material/co_present:", url_path="present"),
        st.Page("pages/data.py", title=t("nav.data"), icon=":material/table_view:", url_path="data"),
    ],
    position="top",
)
state.begin(page.url_path or "start")
notes = st.container()
try:
    page.run()
except Exception:
    # The one place where everything is caught: a reader gets a sentence instead of Streamlit's English notice.
    if os.environ.get("NAHBAR_DEBUG"):
        raise
    logging.getLogger("nahbar").exception("page %s failed", page.url_path)
    st.error(t("shell.failed"))

with notes:
    link.say_absent(t)
st.divider()
st.caption(t("shell.foot"))
name_controls()
link.keep_address()
