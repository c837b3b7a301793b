"""The only caches: bounded, and keyed by a region's fingerprint, never by its contents.

Regions and geometry are shared between sessions as they are; nothing changes them after they were made.
"""

from __future__ import annotations

import gc
import math
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from geo.jobs import Workshop
from geo.need import (
    Classification,
    Indicator,
    RegionValue,
    change_values,
    classify,
    classify_over,
    indicator_values,
    region_value,
    trend,
)
from geo.output.need import Picture, atlas_table, atlas_view, latest_date, main_indicator
from geo.output.screen import screen_geometry
from geo.output.sites import Access
from geo.output.values import MapView, Table
from geo.reach.streets import StreetNetwork, walk_catchments
from geo.region.model import Region
from geo.region.package import load_region
from geo.settings import WalkAssumptions
from geo.siting.ask import (
    LIMIT_MINUTES,
    ON_STREETS,
    Answer,
    Firmness,
    Ground,
    Posed,
    Question,
    by_district,
    by_quarter,
    candidate_kind,
    candidates,
    complete,
    firmness,
    kinds_of,
    known_costs,
    limit_of,
    nearest_minutes,
    offices_open,
    pose,
    spacing_of,
    spread,
    streets_of,
    survey,
)
from geo.siting.costs import CostPlan, parameters_at, site_costs
from geo.siting.explain import Curve, Frontier, NumberCurve, ReachTable, WhyNot, curve, frontier, reach_table, why_not
from geo.siting.explain import number_curve as solve_numbers
from geo.siting.problem import Plan
from geo.siting.solvers import solve
from geo.text import texts

FIRST_SECONDS = 0.35
CURVE_SECONDS = 2.0
CURVE_UP_TO = 10
CURVE_UP_TO_MOST = 20
FRONTIER_SECONDS = 3.0
FIRM_SECONDS = 6.0
WHY_SECONDS = 2.0
TABLE_MINUTES = (5, 10, 15, 20, 25, 30, 45)
TABLE_UP_TO = 8
TABLE_SECONDS = 8.0
_STREETS_KEPT = 12
_PLANS_KEPT = 256
_BY_FINGERPRINT: dict[str | type[Any], Any] = {Region: lambda region: region.fingerprint}


_BY_QUESTION: dict[str | type[Any], Any] = {
    Posed: lambda posed: posed.question,
    Plan: lambda plan: (plan.question, plan.selected, plan.objective),
    Answer: lambda answer: (answer.posed.question, answer.plan.question, answer.plan.selected),
}


def load(folder: Path) -> Region:
    """Return the region in a package folder, read again when its files have changed."""
    return _load(str(folder), max(file.stat().st_mtime_ns for file in folder.iterdir()))


@st.cache_resource(max_entries=12, show_spinner=False)
def _load(folder: str, changed: int) -> Region:
    region = load_region(Path(folder))
    # A region lives as long as the server; taken out of the collector's sight it costs no rerun any time.
    gc.collect()
    gc.freeze()
    return region


@st.cache_resource(max_entries=12, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def geometry(region: Region) -> bytes:
    """Return the geometry of a region for the browser."""
    return screen_geometry(region)


@st.cache_resource(max_entries=256, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def values(region: Region, indicator: Indicator, date: str):  # type: ignore[no-untyped-def]
    """Return the values of an indicator at a date; see :func:`geo.need.indicator_values`."""
    return indicator_values(region, indicator, date)


@st.cache_resource(max_entries=128, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def changes(region: Region, indicator: Indicator, date_from: str, date_to: str):  # type: ignore[no-untyped-def]
    """Return the change of an indicator between two dates; see :func:`geo.need.change_values`."""
    return change_values(region, indicator, date_from, date_to)


@st.cache_resource(max_entries=256, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def whole(region: Region, indicator: Indicator, date: str) -> RegionValue:
    """Return the value of the whole region over its disclosed quarters."""
    return region_value(region, indicator, date)


@st.cache_resource(max_entries=256, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def quarter_trend(region: Region, indicator: Indicator, quarter_id: str):  # type: ignore[no-untyped-def]
    """Return an indicator of one quarter over all dates, beside the region's."""
    return trend(region, indicator, quarter_id)


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def held_classes(region: Region, indicator: Indicator, scheme: str, classes: int) -> Classification:
    """Return classes that hold over all dates of a region."""
    return classify_over(region, indicator, region.dates, scheme, classes)


@st.cache_resource(max_entries=128, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def dated_classes(region: Region, indicator: Indicator, date: str, scheme: str, classes: int) -> Classification:
    """Return classes of one date."""
    return classify(values(region, indicator, date)["value"].to_numpy(), scheme, classes)


@st.cache_resource(max_entries=24, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def atlas(
    region: Region, indicator: Indicator, when: tuple[str, str | None], classes: Classification, look: tuple[str, str]
) -> tuple[Picture, MapView, Table]:
    """Return picture, map and table of the atlas; ``when`` is date and earlier date, ``look`` theme and language."""
    date, before = when
    theme, language = look
    t = texts(language)
    shown = values(region, indicator, date) if before is None else changes(region, indicator, before, date)
    picture = Picture(region, indicator, date, before, shown, classes, theme)
    view = atlas_view(t, picture)
    return picture, view, atlas_table(t, picture, view)


@st.cache_resource(max_entries=6, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def network(region: Region) -> StreetNetwork:
    """Return the streets of a region; kept on disk too, since reading them takes a second."""
    return streets_of(region, cache=_streets_folder())


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def ground(region: Region, who: tuple[str, str, str], mode: str, walk: WalkAssumptions, limit_minutes: float) -> Ground:
    """Return people, places and ways; ``who`` is measure, date and kind of candidates."""
    measure, date, kind = who
    # People walk to a stop, and points of a grid stand at streets whatever the mode.
    is_helped = region.streets is not None and (mode == "transit" or spacing_of(kind) is not None)
    streets = network(region) if mode in ON_STREETS or is_helped else None
    return survey(
        region, measure, date, candidate_kind=kind, mode=mode, walk=walk, limit_minutes=limit_minutes, network=streets
    )


def ground_for(region: Region, question: Question) -> Ground:
    """Return what a question stands on, without the reader's own places."""
    asked = complete(region, question)
    who = (asked.measure, str(asked.date), asked.candidates)
    return ground(region, who, str(asked.mode), asked.assumptions, max(limit_of(asked), LIMIT_MINUTES))


@st.cache_resource(max_entries=2_000, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def catchment(region: Region, xy: tuple[float, float], mode: str, speed: float, minutes: float):  # type: ignore[no-untyped-def]
    """Return the area in degrees from which a place (metres) is reached on streets."""
    import numpy as np

    walk = WalkAssumptions(speed_metres_per_second=speed)
    return walk_catchments(
        network(region), np.array([xy]), minutes=minutes, assumptions=walk, wheelchair=mode == "wheelchair"
    )[0]


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def access(region: Region, question: Question, within: float) -> Access:
    """Return who reaches one of today's offices within so many minutes."""
    base = ground_for(region, question)
    minutes = nearest_minutes(base, offices_open(base))
    return Access(
        region=region,
        ground=base,
        within=within,
        quarters=by_quarter(region, base, minutes, within),
        districts=by_district(region, base, minutes, within),
        spread=spread(minutes, base.demand.people, within),
    )


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def usual_date(region: Region) -> str:
    """Return the latest date at which the main indicator of a region is told."""
    return latest_date(region, main_indicator(region))


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def area_kinds(region: Region, measure: str, date: str) -> tuple[str, ...]:
    """Return the kinds of areas of which each may be given its share; see :mod:`geo.siting.ask.area_shares`."""
    return kinds_of(region, measure, date)


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def candidate_keys(region: Region, kind: str) -> frozenset[str]:
    """Return the keys of the places where new offices may go."""
    return frozenset(candidates(region, candidate_kind(region, kind))["id"].astype(str))


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def first_plan(region: Region, question: Question) -> tuple[Posed, Plan]:
    """Return a question as a problem, and the plan found within a blink."""
    posed = pose(region, question, ground_for(region, question))
    return posed, solve(posed.problem, seconds=FIRST_SECONDS, objective=posed.question.objective)


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def number_curve(region: Region, question: Question) -> Curve:
    """Return people reached for none to ten new offices; ``question.new`` is not used, so give 0."""
    posed = pose(region, question, ground_for(region, question))
    return curve(posed.problem, CURVE_UP_TO, seconds=CURVE_SECONDS)


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def number_values(region: Region, question: Question, is_long: bool) -> NumberCurve:
    """Return what is asked for by number of new offices, up to 10 or 20; ``question.new`` is not used, so give 0."""
    posed = pose(region, question, ground_for(region, question))
    most = CURVE_UP_TO_MOST if is_long else CURVE_UP_TO
    return solve_numbers(posed.problem, question.objective, most, seconds=CURVE_SECONDS)


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def money_frontier(region: Region, question: Question, budgets: tuple[int, ...]) -> Frontier:
    """Return people against money for a question about a budget."""
    posed = pose(region, question, ground_for(region, question))
    return frontier(posed.problem, budgets, seconds=FRONTIER_SECONDS)


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def cost_range(region: Region, kind: str, plan: CostPlan) -> tuple[float, float] | None:
    """Return what the cheapest and the median place cost in a year; None where no cost is known."""
    costs = site_costs(candidates(region, kind), plan, parameters_at(plan.as_of, region))["cost_per_year_eur"].dropna()
    return None if costs.empty else (float(costs.min()), float(costs.median()))


def plan_cost(region: Region, answer: Answer, plan: CostPlan) -> float | None:
    """Return what the new offices of an answer cost in a year; None where one of them is not known."""
    costs = known_costs(answer.posed.ground, plan, region)[list(answer.plan.selected)]
    total = float(costs.sum())
    return total if math.isfinite(total) else None


@st.cache_resource(max_entries=128, show_spinner=False, hash_funcs=_BY_FINGERPRINT | _BY_QUESTION)
def why_not_site(region: Region, posed: Posed, plan: Plan, site: int) -> WhyNot:
    """Return what would be lost by opening a place that the plan leaves out."""
    return why_not(posed.problem, plan, site, seconds=WHY_SECONDS)


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=_BY_FINGERPRINT | _BY_QUESTION)
def firm(region: Region, answer: Answer) -> Firmness:
    """Return how an answer's choice stands at other counts of people."""
    streets = network(region) if answer.posed.ground.mode in ON_STREETS else None
    return firmness(region, answer, seconds=FIRM_SECONDS, network=streets)


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=_BY_FINGERPRINT)
def minutes_by_number(region: Region, question: Question) -> ReachTable:
    """Return people reached by minutes and number of new offices."""
    asked = replace(question, objective="coverage", new=0, minutes=LIMIT_MINUTES, minimum_of="", minimum_share=0.0)
    posed = pose(region, asked, ground_for(region, asked))
    return reach_table(posed.problem, TABLE_MINUTES, TABLE_UP_TO, seconds=TABLE_SECONDS)


@st.cache_resource(show_spinner=False)
def workshop() -> Workshop:
    """Return the processes that search beside the server."""
    return Workshop()


@st.cache_resource(show_spinner=False)
def better_plans() -> BoundedPlans:
    """Return the plans that came of long searches, by fingerprint and question."""
    return BoundedPlans()


class BoundedPlans(dict[tuple[str, Question], Plan]):
    """Plans by question; the oldest make room."""

    def __setitem__(self, key: tuple[str, Question], plan: Plan) -> None:
        """Keep a plan."""
        super().__setitem__(key, plan)
        while len(self) > _PLANS_KEPT:
            del self[next(iter(self))]


def _streets_folder() -> Path | None:
    """Return the folder in which streets are kept, or None where there is no place to write."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path("~").expanduser() / ".cache")
    folder = Path(home) / "nahbar" / "streets"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = sorted(folder.glob("streets-*.npz"), key=lambda file: file.stat().st_mtime)
        for old in files[:-_STREETS_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None
