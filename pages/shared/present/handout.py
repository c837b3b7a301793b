"""The handout's button: made on demand with a bar that says how far it is, and a way to stop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal

import streamlit as st

from geo.output.talk import handout_pdf
from geo.region.model import Region
from geo.siting.scenario import Presentation
from geo.text import Texts
from pages.shared import state
from pages.shared.present import cache as present_cache
from pages.shared.shell import act_button
from pages.shared.widgets import hand_out

_MADE = "present.handout"
_WANTED = "present.handout_wanted"
_PER_PAGE: tuple[Literal[1, 2], ...] = (1, 2)


@dataclass(frozen=True)
class _Made:
    """A handout, and what it was made of."""

    of: object
    data: bytes


def handout_button(t: Texts, region: Region, presentation: Presentation) -> None:
    """Show the button that makes the handout; while it is made, how far it is and how to stop; then the file."""
    choosing, beside = st.columns([1, 2], gap="medium", vertical_alignment="bottom")
    making = beside.empty()
    per_page = state.choose(choosing.segmented_control, t("present.per_page"), "per_page", _PER_PAGE, 1, required=True)
    regions = {one.id: one for one in map(present_cache.region_of, presentation.scenes) if one is not None}
    of = (presentation, t.language, per_page, tuple(one.fingerprint for one in regions.values()))
    made = st.session_state.get(_MADE)
    if isinstance(made, _Made) and made.of == of:
        hand_out(t("present.handout"), made.data, f"{region.id}_handout.pdf", place=making, type="primary")
        return
    if st.session_state.get(_WANTED) != of:
        ask, look = partial(st.session_state.__setitem__, _WANTED, of), {"disabled": not presentation.scenes}
        act_button(t("present.handout_make"), "picture_as_pdf", ask, place=making, **look)
        return
    # A click on Stop ends this run at the next sign of progress; the run that follows no longer wants a handout.
    forget = partial(st.session_state.pop, _WANTED, None)
    making.button(t("present.cancel"), on_click=forget, key="handout_stop", icon=":material/stop_circle:")
    bar = st.progress(0.0)

    def on_scene(number: int, count: int) -> None:
        bar.progress((number - 1) / count, t("present.handout_at", number=number, count=count))

    data = handout_pdf(
        t, regions, presentation, per_page=per_page, workings=present_cache.KeptWorkings(), on_scene=on_scene
    )
    st.session_state[_MADE] = _Made(of, data)
    forget()
    st.rerun()
