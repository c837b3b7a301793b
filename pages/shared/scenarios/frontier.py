"""People against number of sites and against money: worked out on request beside the server, then kept."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from geo.errors import DataError
from geo.jobs import Job
from geo.output.charts import frontier_chart
from geo.region.model import Region
from geo.siting.ask import Question, pose
from geo.siting.scenario import (
    NUMBER_MOST,
    TODAY,
    Compared,
    Line,
    budgets_to_try,
    mismatches,
    shown_line,
    without_wishes,
)
from geo.text import Texts
from pages.shared import state
from pages.shared.scenarios import state as scenarios_state
from pages.shared.shell import act_button, paragraph
from pages.shared.sites import LOOK_SECONDS
from pages.shared.sites import cache as sites_cache
from pages.shared.widgets import Paper, show_chart

SECONDS = 8.0
AGAINST = ("sites", "cost")
_JOBS = "frontier.jobs"
_LINES = "frontier.lines"
_KEPT = 12


@dataclass(frozen=True, eq=False)
class Search:
    """Frontiers that are being worked out for one set of assumptions."""

    key: tuple[str, str]
    jobs: dict[str, Job]
    began: float


def show_frontiers(t: Texts, region: Region, compared: Sequence[Compared]) -> None:
    """Show both frontiers with the scenarios on them, or the button that works them out."""
    solved = {one.key: one for one in compared if one.outcome is not None and one.key != TODAY and not one.is_old}
    if not solved:
        st.info(t("compare.frontier_none"))
        return
    keys = tuple(solved)
    base = solved[
        state.choose(
            st.selectbox, t("compare.frontier_for"), "frontier_of", keys, keys[0], words=lambda key: solved[key].name
        )
    ]
    fitting = [one for one in compared if one.key == base.key or not _differ(one, base)]
    key = (region.fingerprint, without_wishes(base.scenario).key)
    _collect(region)
    lines: dict[str, Line] = _lines().get(key, {})
    search: Search | None = st.session_state.get(_JOBS)
    if not lines and (search is None or search.key != key):
        act_button(t("compare.frontier_solve"), "show_chart", _start, region, base, fitting)
    elif not lines:
        _watch(t)
    for column, against in zip(st.columns(2, gap="large"), AGAINST, strict=True):
        with column:
            chart = frontier_chart(t, lines.get(against, ()), fitting, against)
            paper = Paper(f"frontier_{against}", f"{t('compare.frontier')}, {region.name}", base.name)
            show_chart(t, region, chart, paper, key=f"frontier_{against}")
            if lines and not lines.get(against):
                paragraph(t("compare.frontier_no_costs" if against == "cost" else "compare.frontier_failed"))
    if lines:
        paragraph(t("compare.frontier_note"))
    left_out = sum(one.outcome is not None and one not in fitting for one in compared)
    if left_out:
        paragraph(t("compare.frontier_unfit", n=left_out))


def _differ(one: Compared, base: Compared) -> bool:
    return one.outcome is None or any(found.assumption not in ("prices",) for found in mismatches(one, base))


def _start(region: Region, base: Compared, fitting: Sequence[Compared]) -> None:
    plain = without_wishes(base.scenario)
    spent = [one.outcome.cost_per_year_eur for one in fitting if one.outcome is not None]
    asked: dict[str, Question] = {
        "sites": plain.question,
        "cost": replace(plain.question, objective="budget", budget_eur=0.0, costs=plain.costs),
    }
    jobs = {}
    try:
        survey = sites_cache.survey_for(region, plain.question)
        for against, question in asked.items():
            problem = pose(region, question, survey).problem
            options: dict[str, object] = {"up_to": min(NUMBER_MOST, len(problem.candidates))}
            if against == "cost":
                options = {"budgets": budgets_to_try(problem, [euro for euro in spent if euro])}
                if not options["budgets"]:
                    continue
            job = sites_cache.workshop().submit(problem, seconds=SECONDS, **options)
            if job is None:
                scenarios_state.say_key("compare.too_many")
                return
            jobs[against] = job
    except DataError as fault:
        scenarios_state.tell(fault)
        return
    st.session_state[_JOBS] = Search((region.fingerprint, plain.key), jobs, time.monotonic())


@st.fragment(run_every=LOOK_SECONDS)
def _watch(t: Texts) -> None:
    search: Search | None = st.session_state.get(_JOBS)
    if search is None or all(job.is_done for job in search.jobs.values()):
        st.rerun()
    said, stop = st.columns([5, 1], vertical_alignment="center")
    with said:
        paragraph(t("compare.frontier_running", seconds=t.number(time.monotonic() - search.began)))
    stop.button(t("compare.stop"), key="stop_frontier", on_click=_stop, args=(search,), icon=":material/stop_circle:")


def _stop(search: Search) -> None:
    for job in search.jobs.values():
        job.stop()


def _collect(region: Region) -> None:
    """Keep frontiers that are done."""
    search: Search | None = st.session_state.get(_JOBS)
    if search is None or not all(job.is_done for job in search.jobs.values()):
        return
    st.session_state.pop(_JOBS, None)
    lines = {
        against: shown_line(job.line, region.disclosure) if job.line is not None else ()
        for against, job in search.jobs.items()
    }
    kept = _lines()
    kept[search.key] = {"sites": (), "cost": (), **lines}
    while len(kept) > _KEPT:
        del kept[next(iter(kept))]


def _lines() -> dict[tuple[str, str], dict[str, Line]]:
    return st.session_state.setdefault(_LINES, {})  # type: ignore[no-any-return]
