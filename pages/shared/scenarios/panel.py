"""Keeping what the sites page shows as a scenario, and taking one up from a link."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from geo.errors import DataError
from geo.labels import clean_description, clean_name, description_faults, name_faults
from geo.region.model import Region
from geo.siting.ask import Answer
from geo.siting.scenario import Outcome, Scenario, outcome_of
from geo.text import Texts, finding_sentence
from pages.shared import state
from pages.shared.scenarios import opening as scenarios_open
from pages.shared.scenarios import state as scenarios_state
from pages.shared.scenarios.state import Saved
from pages.shared.shell import paragraph, store_fault
from pages.shared.sites import cost_settings as costs_state

IN_VIEW = "scenario"
_NAME = "scenario.form_name"
_DESCRIPTION = "scenario.form_description"
_SHOWN = "scenario.form_shows"


def save_panel(t: Texts, region: Region, answer: Answer) -> None:
    """Show the form that keeps the plan in view as a scenario, with what came of it."""
    now = in_view(region)
    _fill(region, now)
    with st.container():
        said = scenarios_state.said()
        if said is not None:
            paragraph(said)
        _show_clash(t, region)
    title = t("scenario.save_title") if now is None else t("scenario.save_changes")
    with st.expander(title, icon=":material/bookmark_add:"):
        st.text_input(t("scenario.name"), key=_NAME, placeholder=t("scenario.name_example"))
        st.text_area(t("scenario.description"), key=_DESCRIPTION, height=80)
        with st.container(horizontal=True):
            if now is not None:
                st.button(
                    t("scenario.save_again"), key="scenario_save", type="primary", on_click=_save_again,
                    args=(t, region, answer, now),
                )  # fmt: skip
            st.button(
                t("scenario.save_new"),
                key="scenario_new",
                type="primary" if now is None else "secondary",
                on_click=_save_new,
                args=(t, region, answer),
            )
        fault = store_fault()
        if fault is not None:
            paragraph(_sentences(t, fault))
            paragraph(t("scenario.session_only"))


def in_view(region: Region) -> Saved | None:
    """Return the scenario that was opened or saved last, if it is one of this region."""
    key = state.recall(IN_VIEW)
    return named(region, key) if isinstance(key, str) else None


def named(region: Region, key: str) -> Saved | None:
    """Return the scenario with a key of the store, None where the region has none."""
    return next((one for one in scenarios_state.saved(region) if one.record.id == key), None)


def scenario_of(region: Region, answer: Answer, name: str, description: str) -> Scenario:
    """Return what the sites page shows as a scenario."""
    question = answer.posed.question
    return Scenario(
        name=name,
        region_id=region.id,
        question=replace(question, costs=None),
        description=description,
        costs=question.costs or costs_state.plan_in_view(),
    )


def take_link(t: Texts, region: Region) -> None:
    """Open the scenario that a link names, with those settings that the link does not name itself.

    A scenario that is not there is said in a sentence; the page is shown with its other settings.
    """
    key = state.asked_by_link(IN_VIEW)
    if key is None:
        return
    found = named(region, key)
    if found is None:
        state.miss(IN_VIEW, key)
    else:
        open_saved(t, region, found, but=tuple(st.query_params))


def open_saved(t: Texts, region: Region, one: Saved, *, but: tuple[str, ...] = ()) -> None:
    """Bring a scenario into view; say what of it the page cannot be set to."""
    state.remember(IN_VIEW, one.record.id)
    unfit = scenarios_open.open_scenario(region, one.scenario, but=but)
    if unfit:
        what = ", ".join(dict.fromkeys(t(f"link.name_{name}") for name in unfit))
        scenarios_state.say(t("scenario.unfit", name=one.record.name, what=what))


def _fill(region: Region, now: Saved | None) -> None:
    """Put name and description of the scenario in view into the form, once."""
    shown = (region.id, now.record.id if now else None)
    if st.session_state.get(_SHOWN) == shown and _NAME in st.session_state:
        return
    st.session_state[_SHOWN] = shown
    st.session_state[_NAME] = now.record.name if now else ""
    st.session_state[_DESCRIPTION] = now.scenario.description if now else ""


def _written(t: Texts, region: Region, answer: Answer) -> tuple[Scenario, Outcome | None] | None:
    """Return what is to be kept; None after saying what is wrong with the name. The form keeps what was typed."""
    name, description = st.session_state[_NAME], st.session_state[_DESCRIPTION]
    faults = (*name_faults(name), *description_faults(description))
    if faults:
        scenarios_state.say(_sentences(t, DataError(faults)))
        return None
    made = scenario_of(region, answer, clean_name(name), clean_description(description))
    try:
        return made, outcome_of(region, made, answer)
    except DataError:  # the scenario is kept all the same; what came of it can be worked out later
        return made, None


def _save_new(t: Texts, region: Region, answer: Answer) -> None:
    written = _written(t, region, answer)
    key = None if written is None else scenarios_state.create(*written)
    if written is not None and key is not None:
        st.session_state[_SHOWN] = (region.id, key)
        scenarios_state.say(t("scenario.kept", name=written[0].name, version=1))


def _save_again(t: Texts, region: Region, answer: Answer, now: Saved) -> None:
    written = _written(t, region, answer)
    if written is None:
        return
    scenarios_state.save(now, *written)
    saved = named(region, now.record.id)
    if saved is not None and saved.record.version == now.record.version + 1 and scenarios_state.clash() is None:
        scenarios_state.say(t("scenario.kept", name=written[0].name, version=saved.record.version))


def _show_clash(t: Texts, region: Region) -> None:
    """Let a reader choose what becomes of two versions: nothing of either is lost."""
    clash = scenarios_state.clash()
    if clash is None:
        return
    current = clash.current

    def take_theirs() -> None:
        scenarios_state.drop_clash()
        found = named(region, current.id)
        if found is not None:
            open_saved(t, region, found)
            st.session_state.pop(_SHOWN, None)

    paragraph(t("scenario.clash", name=current.name, version=current.version))
    with st.container(horizontal=True):
        st.button(t("scenario.keep_copy"), key="scenario_copy", on_click=scenarios_state.keep_as_copy, type="primary")
        st.button(t("scenario.take_theirs"), key="scenario_theirs", on_click=take_theirs)


def _sentences(t: Texts, fault: DataError) -> str:
    return " ".join(part for finding in fault.findings[:3] for part in finding_sentence(t, finding)[1:] if part)
