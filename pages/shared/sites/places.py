"""Places one by one: in view, required, excluded, closed, or set by the reader."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from geo.output.sites import place_lines, places_table, wish_of
from geo.region.model import Region
from geo.siting.ask import Answer, Question
from geo.text import Texts
from pages.shared import state
from pages.shared.sites import wishes
from pages.shared.widgets import show_table

_CANDIDATE = ("free", "forced", "forbidden")
_OFFICE = ("open", "closed")


def show_refusal() -> None:
    """Say why the last place was refused."""
    said = wishes.refusal()
    if said:
        st.warning(said, icon=":material/wrong_location:")


def on_choose(kind: str, key: str) -> None:
    """Bring the place that was clicked into view."""
    if kind == "site":
        state.remember("place", key)


def point_taker(t: Texts, region: Region, question: Question) -> Callable[[str, float, float], None]:
    """Return what to do when the map asks for a place, or one was dragged."""

    def take(key: str, lon: float, lat: float) -> None:
        wishes.place_own(t, region, question, (lon, lat), wishes.own_number(key))

    return take


def show_places(t: Texts, region: Region, answer: Answer) -> None:
    """Show the place in view with what may be wished for it, and the switch for a place of one's own."""
    places = answer.posed.places
    names = dict(zip(places["id"].astype(str), places["name"].astype(str), strict=True))
    look = {"help": t("siting.place_own_help"), "disabled": answer.posed.survey.mode == "table"}
    state.switch(st.toggle, t("siting.place_own"), "placing", default=False, **look)
    keys = tuple(sorted(names, key=lambda key: names[key].casefold()))
    label, none = t("siting.place"), t("siting.place_none")
    chosen = state.choose(st.selectbox, label, "place", keys, None, words=names.__getitem__, placeholder=none)
    if chosen is not None:
        _show_place(t, region, answer, chosen)
    if not wishes.wishes_of(region).is_empty:
        st.button(t("siting.forget"), on_click=wishes.forget, args=(region,), icon=":material/undo:", type="tertiary")


def show_all_places(t: Texts, region: Region, answer: Answer) -> None:
    """Show every place with its state, folded away."""
    with st.expander(t("siting.all_places", n=len(answer.posed.places))):
        show_table(
            places_table(t, region, answer),
            key="places_table",
            selected=state.recall("place"),
            on_choose=lambda key: state.remember("place", key),
            counted="table.count_sites",
        )


def _show_place(t: Texts, region: Region, answer: Answer, key: str) -> None:
    question = answer.posed.question
    wish = wish_of(question, key)
    st.caption(" · ".join(place_lines(t, region, answer, key)))
    if wish == "own":
        st.button(t("siting.own_remove"), on_click=wishes.remove_own, args=(region, key), icon=":material/delete:")
        return
    options = _OFFICE if key in region.offices.index else _CANDIDATE
    st.segmented_control(
        t("siting.wish"),
        options,
        format_func=lambda option: t(f"siting.wish_{option}"),
        required=True,
        label_visibility="collapsed",
        **state.bind(f"widget.wish.{region.id}.{key}", wish or options[0], partial(wishes.wish, region, key)),
    )
