"""The link in the browser: one step of its history for each page, and a word on what a link names that is not there."""

from __future__ import annotations

import streamlit as st

from geo.text import Texts
from pages.shared import state
from pages.shared.frontend import frontend_text
from pages.shared.shell.look import paragraph

_RENDER = st.components.v2.component("nahbar_link", js=frontend_text("link.js"))


def keep_address() -> None:
    """Have the browser write the settings of a page over those before, instead of adding a step to its history."""
    named = st.query_params.get("region")
    keeps_view = named is None or f"region={named}" in state.wanted_link().split("&")
    _RENDER(key="nahbar_link", data={"query": state.wanted_link(), "keepsView": keeps_view})


def say_absent(t: Texts) -> None:
    """Say what the link names that is not there; what is shown instead is the usual."""
    for name, value in state.misses().items():
        paragraph(t("link.absent", what=t(f"link.name_{name}"), value=value))
