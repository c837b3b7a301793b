"""Ways, plans and what follows from them, kept for all sessions; long searches go to processes beside the server."""

from __future__ import annotations

import math
from dataclasses import replace

import streamlit as st

from geo.defaults import WalkAssumptions
from geo.jobs import Workshop
from geo.reach.streets import walk_catchments
from geo.region.model import Region
from geo.siting.ask import (
    LIMIT_MINUTES,
    ON_STREETS,
    Answer,
    Firmness,
    Posed,
    Question,
    Survey,
    candidate_kind,
    candidates,
    complete,
    firmness,
    kinds_of,
    known_costs,
    limit_of,
    pose,
    spacing_of,
    survey_region,
)
from geo.siting.costs import CostPlan, parameters_at, site_costs
from geo.siting.explain import Curve, Frontier, NumberCurve, ReachTable, WhyNot, curve, frontier, reach_table, why_not
from geo.siting.explain import number_curve as solve_numbers
from geo.siting.problem import Plan
from geo.siting.solvers import solve
from pages.shared.kept import Keys, kept
from pages.shared.shell import network

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
_PLANS_KEPT = 256
_BY_QUESTION: Keys = {
    Posed: lambda posed: posed.question,
    Plan: lambda plan: (plan.objective, plan.selected, plan.value),
    Answer: lambda answer: (answer.posed.question, answer.plan.objective, answer.plan.selected),
}


@kept(16)
def survey(region: Region, who: tuple[str, str, str], mode: str, walk: WalkAssumptions, limit_minutes: float) -> Survey:
    """Return people, places and ways; ``who`` is measure, date and kind of candidates."""
    measure, date, kind = who
    # People walk to a stop, and points of a grid stand at streets whatever the mode.
    is_helped = region.streets is not None and (mode == "transit" or spacing_of(kind) is not None)
    streets = network(region) if mode in ON_STREETS or is_helped else None
    return survey_region(
        region, measure, date, candidate_kind=kind, mode=mode, walk=walk, limit_minutes=limit_minutes, network=streets
    )


def survey_for(region: Region, question: Question) -> Survey:
    """Return what a question stands on, without the reader's own places."""
    asked = complete(region, question)
    who = (asked.measure, str(asked.date), asked.candidates)
    return survey(region, who, str(asked.mode), asked.assumptions, max(limit_of(asked), LIMIT_MINUTES))


@kept(2_000)
def catchment(region: Region, xy: tuple[float, float], mode: str, speed: float, minutes: float):  # type: ignore[no-untyped-def]
    """Return the area in degrees from which a place (metres) is reached on streets."""
    import numpy as np

    walk = WalkAssumptions(speed_metres_per_second=speed)
    return walk_catchments(
        network(region), np.array([xy]), minutes=minutes, assumptions=walk, wheelchair=mode == "wheelchair"
    )[0]


@kept(64)
def area_kinds(region: Region, measure: str, date: str) -> tuple[str, ...]:
    """Return the kinds of areas of which each may be given its share; see :mod:`geo.siting.ask.area_shares`."""
    return kinds_of(region, measure, date)


@kept(64)
def candidate_keys(region: Region, kind: str) -> frozenset[str]:
    """Return the keys of the places where new offices may go."""
    return frozenset(candidates(region, candidate_kind(region, kind))["id"].astype(str))


@kept(64)
def first_plan(region: Region, question: Question) -> tuple[Posed, Plan]:
    """Return a question as a problem, and the plan found within a blink."""
    posed = pose(region, question, survey_for(region, question))
    return posed, solve(posed.problem, seconds=FIRST_SECONDS, objective=posed.question.objective)


@kept(64)
def number_curve(region: Region, question: Question) -> Curve:
    """Return people reached for none to ten new offices; ``question.new`` is not used, so give 0."""
    posed = pose(region, question, survey_for(region, question))
    return curve(posed.problem, CURVE_UP_TO, seconds=CURVE_SECONDS)


@kept(64)
def number_values(region: Region, question: Question, is_long: bool) -> NumberCurve:
    """Return what is asked for by number of new offices, up to 10 or 20; ``question.new`` is not used, so give 0."""
    posed = pose(region, question, survey_for(region, question))
    most = CURVE_UP_TO_MOST if is_long else CURVE_UP_TO
    return solve_numbers(posed.problem, question.objective, most, seconds=CURVE_SECONDS)


@kept(32)
def money_frontier(region: Region, question: Question, budgets: tuple[int, ...]) -> Frontier:
    """Return people against money for a question about a budget."""
    posed = pose(region, question, survey_for(region, question))
    return frontier(posed.problem, budgets, seconds=FRONTIER_SECONDS)


@kept(64)
def cost_range(region: Region, kind: str, plan: CostPlan) -> tuple[float, float] | None:
    """Return what the cheapest and the median place cost in a year; None where no cost is known."""
    costs = site_costs(candidates(region, kind), plan, parameters_at(plan.as_of, region))["cost_per_year_eur"].dropna()
    return None if costs.empty else (float(costs.min()), float(costs.median()))


def plan_cost(region: Region, answer: Answer, plan: CostPlan) -> float | None:
    """Return what the new offices of an answer cost in a year; None where one of them is not known."""
    costs = known_costs(answer.posed.survey, plan, region)[list(answer.plan.selected)]
    total = float(costs.sum())
    return total if math.isfinite(total) else None


@kept(128, _BY_QUESTION)
def why_not_site(region: Region, posed: Posed, plan: Plan, site: int) -> WhyNot:
    """Return what would be lost by opening a place that the plan leaves out."""
    return why_not(posed.problem, plan, site, seconds=WHY_SECONDS)


@kept(32, _BY_QUESTION)
def firm(region: Region, answer: Answer) -> Firmness:
    """Return how an answer's choice stands at other counts of people."""
    streets = network(region) if answer.posed.survey.mode in ON_STREETS else None
    return firmness(region, answer, seconds=FIRM_SECONDS, network=streets)


@kept(32)
def minutes_by_number(region: Region, question: Question) -> ReachTable:
    """Return people reached by minutes and number of new offices."""
    asked = replace(question, objective="coverage", new=0, minutes=LIMIT_MINUTES, minimum_of="", minimum_share=0.0)
    posed = pose(region, asked, survey_for(region, asked))
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
