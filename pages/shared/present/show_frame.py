"""The show: scenes over the whole window, sent ahead to the browser, live settings answered at once.

The browser keeps every scene that arrived and says where it stands, which settings it has and which scenes it lacks
(``ask``). A run of this fragment sends the scene in view if it is missing, else one of the others, so that a key press
needs no server and a cut connection takes nothing away.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from geo.decode import to_plain
from geo.output.values import indicator_label, measure_label
from geo.region.model import Region
from geo.siting.scenario import Presentation, Scene, live_settings, live_value, live_values, scene_faults, with_live
from geo.text import Texts
from pages.shared import state
from pages.shared.frontend import frontend_text
from pages.shared.present import cache as present_cache
from pages.shared.shell import language, theme, words
from pages.shared.widgets import bare_frame

_KEY = "present_show"
_ASKED = "present.asked"
_SENT = "present.sent"
_STYLE = json.dumps(frontend_text("show.css"))
_RENDER = st.components.v2.component(
    "nahbar_show", html="<div></div>", js=f"const STYLE = {_STYLE};\n" + frontend_text("show.js")
)
_STAGES_AT_ONCE = 1


@dataclass(frozen=True)
class Asked:
    """Where the browser stands: scene (from 0), live settings by scene as places on their sliders, scenes it holds.

    ``looks`` counts how often it has looked in on a search.
    """

    at: int = 0
    live: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    have: frozenset[str] = frozenset()
    is_showing: bool = True
    looks: int = 0


@dataclass(frozen=True)
class Slider:
    """A live setting: its name, what it can be, and the place of the scene's own value."""

    name: str
    values: tuple[Any, ...]
    labels: tuple[str, ...]
    at: int


def begin(at: int, run: str) -> None:
    """Begin the show at scene ``at``; ``run`` tells one show from the next."""
    st.session_state[_ASKED] = Asked(at=at)
    st.session_state[_SENT] = {}
    state.remember("present.run", run)


def begin_from_link() -> None:
    """Begin where the address says, once in a session: a page that was loaded anew comes back to its scene."""
    if state.recall("present.link_read"):
        return
    state.remember("present.link_read", value=True)
    number = st.query_params.get("scene", "")
    if number.isascii() and number.isdecimal() and len(number) < 4 and int(number) > 0:
        begin(int(number) - 1, secrets.token_hex(4))


def is_showing() -> bool:
    """Tell whether the show is on."""
    return isinstance(asked := st.session_state.get(_ASKED), Asked) and asked.is_showing


def end() -> None:
    """End the show."""
    st.session_state.pop(_ASKED, None)


def show(presentation: Presentation, talk: str, region: Region) -> None:
    """Show a presentation; the page runs again when the reader leaves it.

    The address is written here once; which scene is in view the browser writes into it, being ahead of the server.
    """
    asked: Asked = st.session_state.get(_ASKED) or Asked()
    at = min(max(asked.at, 0), len(presentation.scenes) - 1)
    state.write_link(lang=language(), region=region.id, talk=talk, scene=at + 1)
    _show(presentation, talk)


@st.fragment
def _show(presentation: Presentation, talk: str) -> None:
    t = words()
    asked: Asked = st.session_state.get(_ASKED) or Asked()
    if not asked.is_showing:
        end()
        st.rerun()
    look = theme()
    scenes = presentation.scenes
    sliders = [sliders_of(t, scene) for scene in scenes]
    names = [_name(scene, t.language, look) for scene in scenes]
    places = [_places(sliders[at], asked.live.get(names[at], {})) for at in range(len(scenes))]
    keys = [f"{name}|{','.join(map(str, chosen))}" for name, chosen in zip(names, places, strict=True)]
    at = min(max(asked.at, 0), len(scenes) - 1)
    order = sorted(range(len(scenes)), key=lambda place: (abs(place - at), place < at))
    missing = [place for place in order if keys[place] not in asked.have]
    in_view = _set(scenes[at], sliders[at], places[at])
    is_searching = at not in missing and present_cache.search_on(in_view)
    sent: dict[str, tuple[float, ...]] = st.session_state.setdefault(_SENT, {})
    if at not in missing and sent.get(keys[at]) != present_cache.plan_known(in_view):
        missing.insert(0, at)
    stages = []
    for place in missing[:_STAGES_AT_ONCE]:
        scene = _set(scenes[place], sliders[place], places[place])
        sent[keys[place]] = present_cache.plan_known(scene)
        stages.append(present_cache.stage_data(t, keys[place], present_cache.stage(t, scene, look)))
    at_hand = {scene.region_id: present_cache.region_of(scene) for scene in scenes}
    _RENDER(
        key=_KEY,
        data={
            "run": state.recall("present.run") or talk,
            "talk": talk,
            "name": presentation.name,
            "language": t.language,
            "theme": look,
            "at": at,
            "live": asked.live,
            "scenes": [
                {
                    "id": names[place],
                    "kind": scene.kind,
                    "region": scene.region_id,
                    "title": scene.title or t("present.untitled"),
                    "text": scene.text,
                    "live": [
                        {"name": one.name, "label": t(f"present.live_{one.name}"), "labels": one.labels, "at": one.at}
                        for one in sliders[place]
                    ],
                }
                for place, scene in enumerate(scenes)
            ],
            "stages": stages,
            "is_searching": is_searching,
            "looks": asked.looks,  # the script is called with news only
            "frames": {key: bare_frame(known) for key, known in at_hand.items() if known is not None},
            "words": _words(t),
        },
        on_ask_change=_take,
        default={"ask": None},
    )


def sliders_of(t: Texts, scene: Scene) -> tuple[Slider, ...]:
    """Return the live settings a scene offers here, with names for what they can be."""
    region = present_cache.region_of(scene)
    if region is None or scene_faults(scene, region):
        return ()
    made = []
    possible = live_settings(scene, region)
    for name in scene.live:
        if name not in possible:
            continue
        values = live_values(scene, region, name)
        own = live_value(scene, name)
        labels = tuple(_said(t, region, name, value) for value in values)
        made.append(Slider(name, values, labels, values.index(own) if own in values else 0))
    return tuple(made)


def read_asked(plain: object) -> Asked | None:
    """Return what the browser says, None where it says nothing that can be read."""
    if not isinstance(plain, Mapping) or not isinstance(plain.get("at"), int):
        return None
    live = plain.get("live")
    have = plain.get("have")
    return Asked(
        at=int(plain["at"]),
        live={
            str(scene): {str(name): place for name, place in places.items() if isinstance(place, int)}
            for scene, places in (live.items() if isinstance(live, Mapping) else ())
            if isinstance(places, Mapping)
        },
        have=frozenset(str(key) for key in have) if isinstance(have, list) else frozenset(),
        is_showing=plain.get("showing") is not False,
        looks=looks if isinstance(looks := plain.get("looks"), int) else 0,
    )


def _take() -> None:
    asked = read_asked(st.session_state[_KEY].ask)
    if asked is not None and isinstance(st.session_state.get(_ASKED), Asked):
        st.session_state[_ASKED] = asked


def _places(sliders: tuple[Slider, ...], wanted: Mapping[str, int]) -> list[int]:
    """Return the place of each slider; the script does the same sum, so that both know a stage by one key."""
    return [min(max(wanted.get(one.name, one.at), 0), len(one.values) - 1) for one in sliders]


def _set(scene: Scene, sliders: tuple[Slider, ...], places: list[int]) -> Scene:
    region = present_cache.region_of(scene)
    if region is None:
        return scene
    return with_live(scene, region, {one.name: one.values[place] for one, place in zip(sliders, places, strict=True)})


def _name(scene: Scene, language: str, look: str) -> str:
    """Return what the script knows a scene by: another picture has another name."""
    region = present_cache.region_of(scene)
    deciding = [to_plain(scene), language, look, "" if region is None else region.fingerprint]
    return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()[:12]


def _said(t: Texts, region: Region, name: str, value: Any) -> str:
    from geo.need import indicators_of

    if name == "date":
        return t.date(value)
    if name == "budget":
        return t.euros(value)
    if name == "measure":
        return measure_label(t, region, value)
    if name == "indicator":
        return indicator_label(t, next(one for one in indicators_of(region) if one.key == value))
    return t.number(value)


def _words(t: Texts) -> dict[str, str]:
    return {
        "number": t("present.scene_of", number="#", count="#"),
        "map": t("shell.aria_map"),
        "working": t("present.working"),
        "cut": t("present.cut"),
        "cut_waiting": t("present.cut_waiting"),
        "next": t("present.next"),
        "back": t("present.previous"),
        "black": t("present.black"),
        "full": t("present.full_screen"),
        "leave": t("present.leave"),
    }
