"""Solving saved scenarios beside the server: one after the other, with progress and Stop, never in the page's way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from geo.errors import DataError
from geo.jobs import Job
from geo.output.values import gap_text
from geo.region.model import Region
from geo.siting.ask import Posed, pose, tell
from geo.siting.scenario import Outcome, Scenario, completed, nothing_new, outcome_of
from geo.text import Texts
from pages.shared.scenarios import cache as scenarios_cache
from pages.shared.scenarios import state as scenarios_state
from pages.shared.scenarios.state import Saved
from pages.shared.shell import paragraph
from pages.shared.sites import LOOK_SECONDS
from pages.shared.sites import cache as sites_cache

SOLVE_SECONDS = 20.0
_RUNS = "scenarios.runs"


@dataclass(frozen=True, eq=False)
class Run:
    """A saved scenario that is being solved."""

    saved: Saved
    scenario: Scenario
    posed: Posed
    job: Job


def start(region: Region, several: Sequence[Saved]) -> None:
    """Have scenarios solved; say what keeps one from being asked."""
    runs = list(_runs())
    busy = {run.saved.record.id for run in runs}
    for one in several:
        if one.record.id in busy:
            continue
        try:
            asked = completed(region, one.scenario)
            posed = pose(region, asked.question, sites_cache.survey_for(region, asked.question))
        except DataError as fault:
            scenarios_state.tell(fault)
            continue
        job = sites_cache.workshop().submit(posed.problem, seconds=SOLVE_SECONDS, objective=asked.question.objective)
        if job is None:
            scenarios_state.say_key("compare.too_many")
            break
        runs.append(Run(one, asked, posed, job))
    st.session_state[_RUNS] = tuple(runs)


def show_runs(t: Texts, region: Region) -> None:
    """Show what is being solved, with Stop; keep what has come of it."""
    _collect(region)
    if _runs():
        _watch(t, region)


def today_outcome(region: Region, scenario: Scenario) -> Outcome | None:
    """Return today's state under the assumptions of a scenario, None where it cannot be told."""
    try:
        return scenarios_cache.today(region, nothing_new(scenario.question, region.id, "-"))
    except DataError:
        return None


@st.fragment(run_every=LOOK_SECONDS)
def _watch(t: Texts, region: Region) -> None:
    runs = _runs()
    if not runs or any(run.job.is_done for run in runs):
        st.rerun()
    for run in runs:
        said, stop = st.columns([5, 1], vertical_alignment="center")
        standing, name = run.job.standing, run.saved.scenario.name
        with said:
            if standing is None:
                paragraph(t("compare.solving", name=name))
            else:
                paragraph(t("compare.solving_value", name=name, gap=gap_text(t, standing.gap)))
        key = f"stop_{run.saved.record.id}"
        stop.button(t("compare.stop"), key=key, on_click=run.job.stop, icon=":material/stop_circle:")


def _collect(region: Region) -> None:
    """Keep the outcomes of what is solved; runs of another region are left alone."""
    left = []
    for run in _runs():
        if run.scenario.region_id != region.id or not run.job.is_done:
            left.append(run)
            continue
        plan = run.job.best()
        if plan is None:
            scenarios_state.say_key("compare.failed", name=run.saved.scenario.name)
            continue
        answer = tell(region, run.posed, plan, None, seconds=plan.seconds)
        try:
            outcome = outcome_of(region, run.scenario, answer)
        except DataError as fault:
            scenarios_state.tell(fault)
            continue
        scenarios_state.save(run.saved, run.scenario, outcome)
    st.session_state[_RUNS] = tuple(left)


def _runs() -> tuple[Run, ...]:
    runs: tuple[Run, ...] = st.session_state.get(_RUNS, ())
    return runs
