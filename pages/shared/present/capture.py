"""Taking what a page shows into the presentation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from geo.output.need import Picture
from geo.output.sites import question_title
from geo.output.values import indicator_label
from geo.region.model import Region
from geo.siting.ask import Question
from geo.siting.scenario import SCENES_MAX, Extent, Scenario, Scene, live_settings
from geo.text import Texts
from pages.shared.frontend import frontend_text
from pages.shared.present import state as present_state
from pages.shared.shell import paragraph

_RENDER = st.components.v2.component(
    "nahbar_add_scene",
    html='<div class="nahbar-start"></div>',
    css=frontend_text("present-start.css"),
    js=frontend_text("add-scene.js"),
)
_SAID = "present.said"
_LIVE_USUAL = 2


def add_scene_button(t: Texts, region: Region, scene: Scene) -> None:
    """Show the button that adds ``scene``, with the part of the map in sight, to the presentation in view."""
    key = f"add_scene_{scene.kind}"

    def add() -> None:
        told = st.session_state[key].add
        extent = read_sight(told.get("sight") if isinstance(told, Mapping) else None)
        live = live_settings(scene, region)[:_LIVE_USUAL]
        added = present_state.add_scene(t, region, replace(scene, extent=extent, live=live))
        if added is None:
            said = t("present.full", most=SCENES_MAX)
        else:
            presentation, number = added
            said = t("present.added", name=presentation.name, number=number)
        st.session_state[_SAID] = said

    _RENDER(key=key, data={"label": t("present.add")}, on_add_change=add)
    said = st.session_state.pop(_SAID, None)
    with st.container():
        if said is not None:
            paragraph(said)
            st.page_link("pages/present.py", label=t("present.open"), icon=":material/co_present:")


def scene_of_picture(t: Texts, picture: Picture, quarter: str | None = None) -> Scene:
    """Return the atlas as a scene: indicator, dates and class limits as they are on screen."""
    said = {"label": indicator_label(t, picture.indicator), "place": picture.region.name, "date": t.date(picture.date)}
    is_change = picture.compared_with is not None
    key = "present.figure_change" if is_change else "present.figure_level"
    before = {"before": t.date(picture.compared_with)} if picture.compared_with is not None else {}
    scene = Scene(
        "change" if is_change else "indicator",
        picture.region.id,
        indicator=picture.indicator.key,
        date=picture.date,
        compared_with=picture.compared_with or "",
        limits=picture.classes.limits,
        quarter=quarter or "",
    )
    return scene.worded(t(key, **said, **before), "")


def scene_of_question(t: Texts, region: Region, question: Question, background: Picture) -> Scene:
    """Return the sites page as a scene; ``background`` is what lies below the plan."""
    title = question_title(t, question)
    scenario = Scenario(title, region.id, question)
    scene = Scene("plan", region.id, limits=background.classes.limits, scenario=scenario)
    return scene.worded(title, "")


def scene_of_pair(t: Texts, region: Region, one: Scenario, other: Scenario, compared: str) -> Scene:
    """Return a comparison as a scene: ``one`` minus ``other`` in people or in minutes."""
    scene = Scene("compare", region.id, scenario=one, other=other, compared=compared)
    return scene.worded(t("present.pair_title", a=one.name, b=other.name), "")


def read_sight(plain: object) -> Extent | None:
    """Return the part of the map the browser names, None for the whole region or for anything unreadable."""
    if not isinstance(plain, list | tuple) or len(plain) != 4:
        return None
    if not all(isinstance(one, int | float) and math.isfinite(one) for one in plain):
        return None
    extent = Extent(*(float(one) for one in plain))
    return extent if extent.is_possible else None
