"""Which presentation is in view, and keeping it: every change can be taken back."""

from __future__ import annotations

import secrets
from dataclasses import replace

import streamlit as st

from geo.region.region import Region
from geo.siting.scenes import SCENES_MAX, Presentation, Scene
from geo.text import Texts
from pages.shared import state

_KEPT = "presentations"
_EARLIER = "presentations.earlier"
_STEPS_BACK = 20


def talks(region: Region) -> dict[str, Presentation]:
    """Return the presentations made for a region, by id, in the order they were made."""
    kept: dict[str, Presentation] = st.session_state.setdefault(_KEPT, {})
    return {key: one for key, one in kept.items() if one.region_id == region.id}


def talk_in_view(region: Region) -> str | None:
    """Return the id of the presentation in view, None where the region has none yet."""
    at_hand = tuple(talks(region))
    return state.setting("talk", at_hand, at_hand[-1]) if at_hand else None


def presentation_in_view(t: Texts, region: Region) -> tuple[str | None, Presentation]:
    """Return id and presentation in view; a new one without id where the region has none yet."""
    key = talk_in_view(region)
    if key is None:
        return None, Presentation(t("present.name_usual", place=region.name), region.id)
    return key, talks(region)[key]


def keep(key: str | None, presentation: Presentation, *, is_step: bool = True) -> str:
    """Keep a presentation and return its id; a step can be taken back."""
    kept: dict[str, Presentation] = st.session_state.setdefault(_KEPT, {})
    if key is None:
        key = secrets.token_hex(6)
    elif is_step and key in kept:
        earlier = _earlier(key)
        st.session_state[_EARLIER] = {key: (*earlier, kept[key])[-_STEPS_BACK:]}
    kept[key] = presentation
    state.remember("talk", key)
    return key


def can_undo(key: str | None) -> bool:
    """Tell whether there is a step to take back."""
    return key is not None and bool(_earlier(key))


def undo(key: str) -> None:
    """Take the last step back."""
    *rest, last = _earlier(key)
    st.session_state[_EARLIER] = {key: tuple(rest)}
    keep(key, last, is_step=False)


def add_scene(t: Texts, region: Region, scene: Scene) -> tuple[Presentation, int] | None:
    """Add a scene to the presentation in view; return it with the scene's number, None where it is full."""
    key, presentation = presentation_in_view(t, region)
    if len(presentation.scenes) >= SCENES_MAX:
        return None
    presentation = presentation.with_scene(scene)
    keep(key, presentation)
    return presentation, len(presentation.scenes)


def rename(key: str | None, presentation: Presentation, name: str) -> None:
    """Give a presentation another name; an empty one changes nothing."""
    plain = Scene("text", "").worded(name, "").title
    if plain:
        keep(key, replace(presentation, name=plain))


def _earlier(key: str) -> tuple[Presentation, ...]:
    steps: dict[str, tuple[Presentation, ...]] = st.session_state.get(_EARLIER, {})
    return steps.get(key, ())
