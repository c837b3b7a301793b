"""Keeping what the sites page shows as a scenario, and opening one: its settings become those of the page."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import streamlit as st

from geo.errors import DataError
from geo.labels import clean_description, clean_name, description_faults, name_faults
from geo.output.need import latest_date, main_indicator
from geo.reach.streets import WALKING_SPEEDS
from geo.region.model import Region
from geo.siting.ask import Answer, services_of
from geo.siting.scenario import Outcome, Scenario, outcome_of
from geo.text import Texts
from pages.shared import state
from pages.shared.scenarios import state as scenarios_state
from pages.shared.scenarios.state import Saved
from pages.shared.shell import paragraph, sentences, store_fault
from pages.shared.sites import Wishes, wishes
from pages.shared.sites import cache as sites_cache
from pages.shared.sites import controls as siting_controls
from pages.shared.sites import cost_settings as costs_state

IN_VIEW = "scenario"
_NAME = "scenario.form_name"
_DESCRIPTION = "scenario.form_description"
_SHOWN = "scenario.form_shows"
_DEGREE_DECIMALS = 6


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
            paragraph(sentences(t, fault.findings[:3]))
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
    unfit = open_scenario(region, one.scenario, but=but)
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
        scenarios_state.say(sentences(t, faults[:3]))
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


def open_scenario(region: Region, scenario: Scenario, *, but: Iterable[str] = ()) -> tuple[str, ...]:
    """Write a scenario into the settings of the sites page.

    Parameters
    ----------
    region, scenario
        Where, and what is to be opened.
    but
        Settings that stay as they are, since a link names them.

    Returns
    -------
    tuple of str
        Settings that the page or the region has no such value for: they keep what they had.
    """
    unfit = []
    if "budget" not in but:  # budgets on offer depend on the plan
        costs_state.keep_plan(scenario.costs)
    for name, (value, options) in settings_of(region, scenario).items():
        if name in but:
            continue
        fitting = next((option for option in options if option == value), None)
        if fitting is None:
            unfit.append(name)
        else:
            state.remember(name, fitting)
    wanted, dropped = wishes_in(region, scenario)
    if not {"force", "forbid", "close", "own"} & set(but):
        wishes.take(region, wanted)
        unfit += dropped
    return tuple(unfit)


def settings_of(region: Region, scenario: Scenario) -> dict[str, tuple[Any, tuple[Any, ...]]]:
    """Return the settings of a scenario by name, each with the values the page has for it."""
    asked = scenario.question
    people = siting_controls.people_measures(region)
    modes = siting_controls.modes_for(region)
    date = asked.date or latest_date(region, main_indicator(region))
    areas = sites_cache.area_kinds(region, asked.measure, date) if asked.measure in people else ()
    found: dict[str, tuple[Any, tuple[Any, ...]]] = {
        "question": (asked.objective, siting_controls.questions_of(region)),
        "minutes": (asked.minutes, siting_controls.MINUTES),
        "who": (asked.measure, people),
        "date": (date, tuple(region.dates)),
        "mode": (asked.mode or modes[0], modes),
        "places": (asked.candidates, siting_controls.candidate_kinds(region)),
        "service": (asked.service, ("", *services_of(region))),
        "areas": (asked.minimum_of, ("", *areas)),
    }
    if asked.mode in ("walk", "wheelchair", "line", None):
        speeds = {key: WALKING_SPEEDS[key] for key in siting_controls.SPEEDS}
        meant = (key for key, speed in speeds.items() if math.isclose(speed, asked.assumptions.speed_metres_per_second))
        found["speed"] = (next(meant, None), siting_controls.SPEEDS)
    needs = asked.kind.needs
    if "new" in needs and not scenario.is_nothing_new:
        found["new"] = (asked.new, siting_controls.numbers_for(region, asked.candidates))
    if "share" in needs:
        found["share"] = (asked.share, siting_controls.SHARES)
    if "budget" in needs:
        found["budget"] = (asked.budget_eur, siting_controls.budgets_for(region, asked.candidates))
    if "capacity" in needs:
        found["visits"] = (asked.visits_per_year, siting_controls.VISITS)
    if asked.has_minimum:
        found["atleast"] = (asked.minimum_share, siting_controls.MINIMUM_SHARES)
    return found


def wishes_in(region: Region, scenario: Scenario) -> tuple[Wishes, list[str]]:
    """Return the wishes of a scenario, and which of them name places the region does not have."""
    asked = scenario.question
    candidates = sites_cache.candidate_keys(region, asked.candidates)
    offices = set(region.offices.index.astype(str))
    kept = Wishes(
        forced=tuple(key for key in asked.forced if key in candidates),
        forbidden=tuple(key for key in asked.forbidden if key in candidates),
        closed=tuple(key for key in asked.closed if key in offices),
        own=tuple(
            (number, round(place.lon, _DEGREE_DECIMALS), round(place.lat, _DEGREE_DECIMALS))
            for number, place in enumerate(asked.own, 1)
        ),
    )
    pairs = (
        ("force", kept.forced, asked.forced),
        ("forbid", kept.forbidden, asked.forbidden),
        ("close", kept.closed, asked.closed),
    )
    return kept, [name for name, has, wanted in pairs if len(has) < len(wanted)]
