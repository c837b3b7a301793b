"""The editor of a presentation: scenes in order, their words and live settings, files."""

from __future__ import annotations

import secrets
from dataclasses import replace
from functools import partial

import streamlit as st

from geo.bounded import call_bounded
from geo.errors import DataError
from geo.output.talk import ready_made
from geo.region.model import Region
from geo.siting.scenario import (
    LIVE_MAX,
    NAME_MAX,
    SCENES_MAX,
    TEXT_MAX,
    TITLE_MAX,
    Presentation,
    Scene,
    live_settings,
    read_presentation,
    scene_faults,
    write_presentation,
)
from geo.text import Texts
from pages.shared import state
from pages.shared.frontend import frontend_text
from pages.shared.present import cache as present_cache
from pages.shared.present import show_frame as present_show
from pages.shared.present import state as present_state
from pages.shared.shell import act_button, warn
from pages.shared.widgets import hand_out

_START = st.components.v2.component(
    "nahbar_present_start",
    html='<div class="nahbar-start"></div>',
    css=frontend_text("present-start.css"),
    js=frontend_text("present-start.js"),
)


def choose_talk(t: Texts, region: Region) -> tuple[str | None, Presentation]:
    """Show which presentation is in view, where there are several; return id and presentation."""
    names = {key: one.presentation.name for key, one in present_state.talks(region).items()}
    if len(names) > 1:
        keys = tuple(names)
        given = list(names.values())
        said = {
            key: f"{name} ({at})" if given.count(name) > 1 else name for at, (key, name) in enumerate(names.items(), 1)
        }
        state.choose(st.selectbox, t("present.which"), "talk", keys, keys[-1], words=said.__getitem__)
    return present_state.in_view(t, region)


def show_news() -> None:
    """Say what became of the last change, where that needs saying."""
    sentence = present_state.said()
    if sentence is not None:
        st.warning(sentence, icon=":material/info:")


def start_button(t: Texts, presentation: Presentation, at: int, *, is_main: bool = False) -> None:
    """Show the button that begins the show at a scene, in full screen where the browser allows it."""
    key = "start_show" if is_main else f"start_show_{at}"

    def start() -> None:
        told = st.session_state[key].start
        if isinstance(told, int) and 0 <= told < len(presentation.scenes):
            present_show.begin(told, secrets.token_hex(4))

    _START(
        key=key,
        data={
            "label": t("present.start" if is_main else "present.start_here"),
            "look": "primary" if is_main else "plain",
            "at": at,
            "is_disabled": not presentation.scenes,
        },
        on_start_change=start,
    )


def tools(t: Texts, region: Region, key: str | None, presentation: Presentation) -> None:
    """Show what can be done with the whole presentation."""

    def append(scenes: tuple[Scene, ...]) -> None:
        room = SCENES_MAX - len(presentation.scenes)
        longer = replace(presentation, scenes=(*presentation.scenes, *scenes[:room]))
        present_state.keep(key, longer, presentation)

    def add_ready_made() -> None:
        scenes = ready_made(t, region).scenes
        if scenes:
            append(scenes)
        else:
            present_state.say(t("present.ready_nothing"))

    is_full = len(presentation.scenes) >= SCENES_MAX
    label = "present.ready_made_again" if presentation.scenes else "present.ready_made"
    with st.container(horizontal=True):
        if presentation.scenes:
            start_button(t, presentation, 0, is_main=True)
        look = "secondary" if presentation.scenes else "primary"
        act_button(t(label), "auto_awesome", add_ready_made, disabled=is_full, type=look)
        empty = Scene("text", region.id, title=t("present.untitled"))
        st.button(t("present.add_text"), on_click=append, args=((empty,),), disabled=is_full, icon=":material/title:")
        if key is not None and present_state.can_undo(key):
            st.button(t("present.undo"), on_click=present_state.undo, args=(key,), icon=":material/undo:")
    if is_full:
        st.info(t("present.full", most=SCENES_MAX))


def files(t: Texts, region: Region, key: str | None, presentation: Presentation) -> None:
    """Show name, export and import, folded away."""
    with st.expander(t("present.more"), icon=":material/folder_open:"):
        if key is not None:
            _name_and_more(t, region, key, presentation)
        saving, opening = st.columns([1, 2], gap="medium")
        data, name = write_presentation(presentation), f"{region.id}_presentation.json"
        hand_out(t("present.export"), data, name, place=saving, disabled=not presentation.scenes)
        serial = int(state.recall("present.uploads") or 0)
        file = opening.file_uploader(t("present.import"), type="json", key=f"talk_file_{serial}")
        if file is not None:
            _open_file(t, region, file.getvalue(), serial)


def _name_and_more(t: Texts, region: Region, key: str, presentation: Presentation) -> None:
    naming, new, aside = st.columns([2, 1, 1], gap="medium", vertical_alignment="bottom")
    named = state.bind("talk_name", presentation.name, partial(present_state.rename, key, presentation))
    naming.text_input(t("present.name"), max_chars=NAME_MAX, **named)
    another = present_state.new_presentation(t, region)
    act_button(t("present.new"), "add", present_state.keep, None, another, place=new)
    act_button(t("present.archive"), "archive", present_state.archive, key, presentation.name, place=aside)


def _open_file(t: Texts, region: Region, data: bytes, serial: int) -> None:
    try:
        read = call_bounded(read_presentation, data)
    except DataError as fault:
        warn(t, fault.findings[:5])
        return
    present_state.keep(None, replace(read, region_id=region.id))
    state.remember("present.uploads", serial + 1)
    st.toast(t("present.imported", name=read.name))
    st.rerun()


def scene_editor(t: Texts, key: str | None, presentation: Presentation, at: int) -> None:
    """Show one scene: number, words, live settings, what can be done with it."""
    scene = presentation.scenes[at]
    region = present_cache.region_of(scene)

    def change(changed: Scene) -> None:
        present_state.keep(key, presentation.changed(at, changed), presentation)

    def reword() -> None:
        change(scene.worded(st.session_state[f"scene_title_{at}"], st.session_state[f"scene_text_{at}"]))

    with st.container(border=True):
        numbered, words, doing = st.columns([0.8, 3.2, 1.5], gap="medium")
        with numbered:
            st.markdown(f"**{t('present.scene_of', number=at + 1, count=len(presentation.scenes))}**")
            st.caption(t(f"present.kind_{scene.kind}"))
            start_button(t, presentation, at)
        with words:
            st.session_state[f"scene_title_{at}"] = scene.title
            st.text_input(t("present.scene_title"), key=f"scene_title_{at}", max_chars=TITLE_MAX, on_change=reword)
            said, live = st.columns([1.5, 1], gap="small")
            st.session_state[f"scene_text_{at}"] = scene.text
            said.text_area(
                t("present.scene_text"), key=f"scene_text_{at}", max_chars=TEXT_MAX, height=80, on_change=reword
            )
            faults = scene_faults(scene, region)
            possible = () if region is None or faults else live_settings(scene, region)
            if possible:
                chosen = [name for name in scene.live if name in possible]
                live.multiselect(
                    t("present.scene_live"),
                    possible,
                    format_func=lambda name: t(f"present.live_{name}"),
                    max_selections=LIVE_MAX,
                    placeholder=t("present.live_none"),
                    **state.bind(f"scene_live_{at}", chosen, lambda names: change(replace(scene, live=tuple(names)))),
                )
            warn(t, faults)
        with doing:
            _moves(t, key, presentation, at)


def _moves(t: Texts, key: str | None, presentation: Presentation, at: int) -> None:
    last = len(presentation.scenes) - 1
    steps = {
        "up": (presentation.moved(at, max(at - 1, 0)), "arrow_upward", at == 0),
        "down": (presentation.moved(at, min(at + 1, last)), "arrow_downward", at == last),
        "duplicate": (presentation.with_scene(presentation.scenes[at], at + 1), "content_copy", last + 1 >= SCENES_MAX),
        "delete": (presentation.without(at), "delete", False),
    }
    left, right = st.columns(2, gap="small")
    for place, (name, (changed, icon, is_disabled)) in zip((left, left, right, right), steps.items(), strict=True):
        look = {"key": f"scene_{name}_{at}", "disabled": is_disabled, "type": "tertiary", "place": place}
        act_button(t(f"present.{name}"), icon, present_state.keep, key, changed, presentation, **look)
