"""The answer to a planner's question: numbered sites, and people rounded as they may be shown.

:func:`answer` solves a question, :func:`tell` names and rounds what a plan says. The exact figures are in the plan.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo.defaults import SEARCH_SECONDS
from geo.region.disclosure import DisclosureRule, round_bound, round_people
from geo.region.model import Region
from geo.siting.ask.formulation import Posed, pose
from geo.siting.ask.question import Question
from geo.siting.ask.survey import Survey, WayFiles
from geo.siting.explain import Curve, curve
from geo.siting.problem import OBJECTIVES, Plan, Status, added_in_order, people_reached
from geo.siting.solvers import Halt, never, solve

SHARE_STEP = 0.05
"""Steps in which the share that could be reached at most is told, a fraction."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What a question found.

    Parameters
    ----------
    posed
        The question as it was solved.
    plan
        Exact figures; not for showing.
    sites
        Chosen sites in order of gain: ``id``, ``name``, ``gain``, ``cumulative`` (people reached once it is
        open, by today's offices too; for ``backup`` those with two offices in reach, for ``capacity`` those served),
        ``lon``, ``lat`` (degrees), ``x``, ``y`` (metres). People are rounded; missing where they are fewer than may be
        shown.
    people_before, people_kept, people_after
        People within reach of today's offices, of those that stay open, and of these with the new ones: rounded, 0
        for nobody, None for fewer than may be shown.
    demand
        People that could be placed, rounded.
    bound
        No choice reaches more: rounded up, and the plan's own figure where that is proven best. Offices for
        ``cover-all``, mean and longest minutes for ``median`` and ``center``.
    rounded_to, rule
        The step of rounding, and the rule it comes from.
    curve
        Exact people reached by number of offices, if asked for.
    seconds
        Time for placing, measuring and solving.
    """

    posed: Posed
    plan: Plan
    sites: pd.DataFrame
    people_before: int | None
    people_kept: int | None
    people_after: int | None
    demand: int | None
    bound: float
    rounded_to: int
    rule: DisclosureRule
    curve: Curve | None
    seconds: float

    @property
    def message_parameters(self) -> dict[str, float | str]:
        """Figures of the sentence why no choice meets the wishes: areas by name, shares as they may be shown."""
        told: dict[str, float | str] = {}
        for name, value in self.plan.parameters.items():
            if name == "group" and self.posed.groups.names:
                told["area"] = self.posed.groups.names[int(value)]
            elif name == "share_most":
                told[name] = self._share_as_shown(value)
            elif not name.startswith("people"):
                told[name] = value
        return told

    def _share_as_shown(self, share: float) -> float:
        """Return a share of people in whole steps, made of people rounded down, so that no single one is told apart."""
        people = self.plan.parameters.get("people_most", share * self.plan.total)
        whole = people / share if share > 0 else 0.0
        rounded = math.floor(people / self.rounded_to + 1e-9) * self.rounded_to
        return math.floor(rounded / whole / SHARE_STEP + 1e-9) * SHARE_STEP if whole > 0 else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready values; people rounded, ``gap`` a fraction."""
        question, demand = self.posed.question, self.posed.demand
        columns = ["id", "name", "gain", "cumulative", "lon", "lat"]
        return {
            "status": str(self.plan.status),
            "question": question.objective,
            "message": self.plan.message,
            "message_parameters": self.message_parameters,
            "people_before": self.people_before,
            "people_kept": self.people_kept,
            "people_after": self.people_after,
            "demand": self.demand,
            "bound": self.bound,
            "gap": round(self.plan.gap, 6),
            "seconds": round(self.seconds, 3),
            "sites": [
                {key: None if value is pd.NA else value for key, value in row.items()}
                for row in self.sites[columns].to_dict("records")
            ],
            "measure": question.measure,
            "date": question.date,
            "mode": self.posed.survey.mode,
            "ways_source": self.posed.times.source,
            "mean_minutes": None if self.plan.mean_way is None else round(self.plan.mean_way, 2),
            "longest_minutes": None if self.plan.longest_way is None else round(self.plan.longest_way, 2),
            "cost_eur": self.plan.cost,
            "people_served": round_people(self.plan.served, self.rule),
            "people_waiting": round_people(self.plan.waiting, self.rule),
            "minutes": question.minutes,
            "share": question.share,
            "budget_eur": question.budget_eur,
            "visits_per_year": question.visits_per_year,
            "minimum_share": question.minimum_share,
            "minimum_of": question.minimum_of,
            "service": question.service,
            "new": question.new,
            "candidates": question.candidates,
            "forced": list(question.forced),
            "forbidden": list(question.forbidden),
            "closed": list(question.closed),
            "own": [{"id": place.id, "lon": place.lon, "lat": place.lat} for place in question.own],
            "rounded_to": self.rounded_to,
            "withheld_quarters": demand.withheld_quarters,
            "missing_quarters": demand.missing_quarters,
            "placed_on": demand.source,
            "assumptions": {
                "speed_metres_per_second": _finite(self.posed.times.speed_metres_per_second),
                "detour_factor": self.posed.times.detour_factor,
            },
            "findings": [finding.as_dict() for finding in self.posed.survey.findings],
        }


def answer(
    region: Region,
    question: Question,
    seconds: float = SEARCH_SECONDS,
    *,
    seed: int = 0,
    curve_up_to: int | None = None,
    stop: Halt = never,
    survey: Survey | None = None,
    files: WayFiles | None = None,
) -> Answer:
    """Answer a question about a region.

    Parameters
    ----------
    region, question
        What is asked of what.
    seconds
        Time limit of the solver.
    seed, stop
        As in :func:`geo.siting.solve`.
    curve_up_to
        Also solve for 0, 1, ... so many new offices.
    survey, files
        As in :func:`pose`.

    Raises
    ------
    DataError
        As :func:`pose`.
    """
    began = time.perf_counter()
    posed = pose(region, question, survey, files)
    plan = solve(posed.problem, seconds=seconds, objective=posed.question.objective, seed=seed, stop=stop)
    told = None if curve_up_to is None else curve(posed.problem, curve_up_to, seconds=seconds, seed=seed, stop=stop)
    return tell(region, posed, plan, told, seconds=time.perf_counter() - began)


def tell(region: Region, posed: Posed, plan: Plan, told: Curve | None, *, seconds: float) -> Answer:
    """Return a plan with names and with people rounded as they may be shown."""
    rule = region.disclosure
    return Answer(
        posed=posed,
        plan=plan,
        sites=_chosen(region, posed, plan),
        people_before=round_people(people_reached(posed.problem, posed.offices_today), rule),
        people_kept=round_people(people_reached(posed.problem, posed.problem.fixed), rule),
        people_after=round_people(plan.reached, rule),
        demand=round_people(plan.total, rule),
        bound=shown_bound(plan, rule),
        rounded_to=rule.reached_round_to,
        rule=rule,
        curve=told,
        seconds=seconds,
    )


def shown_bound(plan: Plan, rule: DisclosureRule) -> float:
    """Return the bound as it may be shown: the plan's own rounded figure if proven, else rounded up.

    Where no people are counted, the bound is told as it is: offices, or minutes.
    """
    kind = OBJECTIVES[plan.objective]
    if not kind.counts_people:
        return round(kind.per_person(plan.bound, plan.total), 1)
    shown = round_people(plan.value, rule)
    if plan.status is Status.OPTIMAL and shown is not None:
        return shown
    return round_bound(plan.bound, shown, rule)


def _chosen(region: Region, posed: Posed, plan: Plan) -> pd.DataFrame:
    from pyproj import Transformer

    rows = posed.places.loc[list(plan.selected)].reset_index(drop=True)
    rule = region.disclosure
    is_own = OBJECTIVES[plan.objective].has_own_people
    gains, cumulative = (plan.gains, plan.cumulative) if is_own else added_in_order(posed.problem, plan.selected)
    to_degrees = Transformer.from_crs(region.quarters.crs, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(rows["x"].to_numpy(), rows["y"].to_numpy())
    return pd.DataFrame(
        {
            "id": rows["id"],
            "name": rows["name"],
            "gain": pd.array([round_people(people, rule) for people in gains], dtype="Int64"),
            "cumulative": pd.array([round_people(people, rule) for people in cumulative], dtype="Int64"),
            "lon": np.round(lon, 6),
            "lat": np.round(lat, 6),
            "x": rows["x"],
            "y": rows["y"],
        }
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
