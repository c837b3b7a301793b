"""The bar at the top of every page: region in view and language."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from geo.errors import GeoError
from geo.region.model import Region
from pages.shared import state
from pages.shared.shell import regions
from pages.shared.shell.language import language_switch, words
from pages.shared.shell.look import fiction_banner


def scope_bar() -> Region | None:
    """Show the bar and return the region in view, or None after saying why there is none."""
    _run_the_app_first()
    t = words()
    left, _, right = st.columns([1.2, 1.3, 0.9], vertical_alignment="bottom", gap="small")
    ids = regions.region_ids()
    if not ids:
        with right:
            language_switch()
        st.info(t("shell.no_regions"))
        return None
    with right.container(horizontal=True, horizontal_alignment="right"):
        language_switch()
    try:
        names = regions.region_names()
        with left:
            label, say = t("shell.region"), names.__getitem__
            state.choose(st.selectbox, label, "region", ids, ids[0], words=say, label_visibility="collapsed")
        region = regions.current_region()
    except (GeoError, OSError):
        st.error(t("shell.unreadable"))
        return None
    fiction_banner(region)
    lacking = [key for key in ("recipients", "residents") if key not in region.measure_keys]
    if lacking:
        st.caption(t(f"shell.without_{'_and_'.join(lacking)}"))
    return region


def _run_the_app_first() -> None:
    """Leave it to ``app.py`` to compose the page.

    Streamlit takes a folder named ``pages`` for its own kind of navigation until ``st.navigation`` was called once.
    A link to a page that is the first thing a fresh server sees would then show the page without its frame.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()
