"""A planner's question about a region, and its answer: the chain from statistics to numbered sites.

:func:`pose` turns a region and a question into a problem, :func:`answer` solves it. People are shown
rounded as the region's disclosure rule says; the exact figures are in the plan.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from geo.errors import DataError
from geo.findings import Finding, error
from geo.reach.demand import Demand, place_demand
from geo.reach.travel import TravelTimes, straight_line_times
from geo.region.region import Region
from geo.region.schema import DisclosureRule
from geo.settings import WalkAssumptions
from geo.siting.curves import Curve, curve
from geo.siting.places import CANDIDATE_KINDS, candidate_kind, candidates, offices
from geo.siting.plan import Plan, Status
from geo.siting.problem import SitingProblem
from geo.siting.search import Halt, never
from geo.siting.solver import solve

MINUTES_MAX = 240.0


@dataclass(frozen=True)
class Question:
    """Ask where ``new`` more offices reach most people within ``minutes`` on foot.

    Parameters
    ----------
    measure
        Who counts, e.g. ``recipients``.
    date
        Reporting date (ISO); None takes the latest date of the measure.
    minutes
        Longest way to an office.
    new
        Number of new offices.
    assumptions
        Walking speed and detour factor.
    candidates
        ``hosts``: the region's host places; ``quarters``: one place per quarter, where its residents are.
        A region without host places is asked by quarters either way.
    forced, forbidden
        Keys of candidates that must, or must not, be chosen.
    """

    measure: str = "recipients"
    date: str | None = None
    minutes: float = 15.0
    new: int = 3
    assumptions: WalkAssumptions = field(default_factory=WalkAssumptions)
    candidates: str = "hosts"
    forced: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Posed:
    """A question as arrays, with the names behind the numbers.

    Parameters
    ----------
    question
        With the date filled in and the kind of candidates that was used.
    problem, demand, times
        What is solved, and what it was made from.
    places
        One row per site of the problem, in its order: ``id``, ``name``, ``is_office``, ``x``, ``y`` (metres).
    """

    question: Question
    problem: SitingProblem
    demand: Demand
    times: TravelTimes
    places: pd.DataFrame


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
        open, by today's offices too), ``lon``, ``lat`` (degrees), ``x``, ``y`` (metres). People are
        rounded; missing where they are fewer than may be shown.
    people_before, people_after
        People within reach of today's offices, and of these with the new ones: rounded, 0 for nobody,
        None for fewer than may be shown.
    demand
        People that could be placed, rounded.
    bound
        No choice reaches more: rounded up, and ``people_after`` where that is proven best.
    rounded_to
        The step of rounding.
    curve
        Exact people reached by number of offices, if asked for.
    seconds
        Time for placing, measuring and solving.
    """

    posed: Posed
    plan: Plan
    sites: pd.DataFrame
    people_before: int | None
    people_after: int | None
    demand: int | None
    bound: int
    rounded_to: int
    curve: Curve | None
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready values; people rounded, ``gap`` a fraction."""
        question, demand = self.posed.question, self.posed.demand
        columns = ["id", "name", "gain", "cumulative", "lon", "lat"]
        return {
            "status": str(self.plan.status),
            "message": self.plan.message,
            "people_before": self.people_before,
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
            "mode": self.posed.times.mode,
            "minutes": question.minutes,
            "new": question.new,
            "candidates": question.candidates,
            "forced": list(question.forced),
            "forbidden": list(question.forbidden),
            "rounded_to": self.rounded_to,
            "withheld_quarters": demand.withheld_quarters,
            "missing_quarters": demand.missing_quarters,
            "placed_on": demand.source,
            "assumptions": {
                "speed_metres_per_second": question.assumptions.speed_metres_per_second,
                "detour_factor": question.assumptions.detour_factor,
            },
        }


def check(region: Region, question: Question) -> tuple[Finding, ...]:
    """Return everything that keeps a question from being asked of a region; empty if nothing does."""
    return (*_check_numbers(question), *_check_measure(region, question), *_check_sites(region, question))


def pose(region: Region, question: Question) -> Posed:
    """Place demand and candidates and measure the ways between them.

    Raises
    ------
    DataError
        With every finding of :func:`check`, or ``demand_none`` where nobody can be placed.
    """
    found = check(region, question)
    if found:
        raise DataError(found)
    asked = replace(
        question,
        date=question.date or _latest_date(region, question.measure),
        candidates=candidate_kind(region, question.candidates),
    )
    demand = place_demand(region, asked.measure, str(asked.date))
    if demand.total <= 0:
        raise DataError((error("demand_none", measure=asked.measure, date=str(asked.date)),))
    places = pd.concat([offices(region), candidates(region, asked.candidates)], ignore_index=True)
    number = {str(key): position for position, key in zip(places.index, places["id"], strict=True)}
    times = straight_line_times(
        demand.xy,
        places[["x", "y"]].to_numpy(dtype=np.float64),
        limit_minutes=asked.minutes,
        assumptions=asked.assumptions,
    )
    problem = SitingProblem.from_travel(
        times,
        demand.people,
        minutes=asked.minutes,
        new=asked.new,
        fixed=np.flatnonzero(places["is_office"]).tolist(),
        forced=[number[key] for key in asked.forced],
        forbidden=[number[key] for key in asked.forbidden],
    )
    return Posed(asked, problem, demand, times, places)


def answer(
    region: Region,
    question: Question,
    seconds: float = 60.0,
    *,
    seed: int = 0,
    curve_up_to: int | None = None,
    stop: Halt = never,
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

    Raises
    ------
    DataError
        As :func:`pose`.
    """
    began = time.perf_counter()
    posed = pose(region, question)
    plan = solve(posed.problem, seconds=seconds, seed=seed, stop=stop)
    told = None if curve_up_to is None else curve(posed.problem, curve_up_to, seconds=seconds, seed=seed, stop=stop)
    rule = region.disclosure
    after = shown_people(plan.objective, rule)
    return Answer(
        posed=posed,
        plan=plan,
        sites=_chosen(region, posed, plan),
        people_before=shown_people(plan.before, rule),
        people_after=after,
        demand=shown_people(plan.total, rule),
        bound=shown_bound(plan, rule),
        rounded_to=rule.reached_round_to,
        curve=told,
        seconds=time.perf_counter() - began,
    )


def shown_people(people: float, rule: DisclosureRule) -> int | None:
    """Return people reached as they may be shown: 0 for nobody, None for fewer than the rule's minimum."""
    from geo.region.disclosure import round_people

    return 0 if people == 0 else round_people(people, rule)


def shown_bound(plan: Plan, rule: DisclosureRule) -> int:
    """Return the bound as it may be shown: the plan's own rounded figure if proven, else rounded up."""
    shown = shown_people(plan.objective, rule)
    if plan.status is Status.OPTIMAL and shown is not None:
        return shown
    step = rule.reached_round_to
    return max(math.ceil(plan.bound / step) * step, shown or 0)


def _chosen(region: Region, posed: Posed, plan: Plan) -> pd.DataFrame:
    from pyproj import Transformer

    rows = posed.places.loc[list(plan.selected)].reset_index(drop=True)
    rule = region.disclosure
    to_degrees = Transformer.from_crs(region.quarters.crs, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(rows["x"].to_numpy(), rows["y"].to_numpy())
    return pd.DataFrame(
        {
            "id": rows["id"],
            "name": rows["name"],
            "gain": pd.array([shown_people(people, rule) for people in plan.gains], dtype="Int64"),
            "cumulative": pd.array([shown_people(people, rule) for people in plan.cumulative], dtype="Int64"),
            "lon": np.round(lon, 6),
            "lat": np.round(lat, 6),
            "x": rows["x"],
            "y": rows["y"],
        }
    )


def _latest_date(region: Region, measure: str) -> str:
    """Return the latest date at which the measure has a number, else the latest at which it occurs."""
    rows = region.statistics[region.statistics["measure"] == measure]
    with_number = rows[rows["value"].notna()]
    return str((with_number if len(with_number) else rows)["date"].max())


def _check_numbers(question: Question) -> list[Finding]:
    found = []
    if not 0 < question.minutes <= MINUTES_MAX:
        found.append(error("minutes_out_of_range", minutes=question.minutes, most=MINUTES_MAX))
    if question.new < 0:
        found.append(error("new_out_of_range", new=question.new))
    if question.candidates not in CANDIDATE_KINDS:
        found.append(error("candidates_unknown", given=question.candidates, known=", ".join(CANDIDATE_KINDS)))
    return found


def _check_measure(region: Region, question: Question) -> list[Finding]:
    counts = [measure.key for measure in region.measures if not measure.is_rate]
    if question.measure not in counts:
        return [error("measure_not_countable", measure=question.measure, known=", ".join(counts))]
    rows = region.statistics[region.statistics["measure"] == question.measure]
    dates = sorted(rows["date"].unique())
    if not dates or (question.date is not None and question.date not in dates):
        return [error("date_unknown", date=question.date or "", known=", ".join(map(str, dates)))]
    return []


def _check_sites(region: Region, question: Question) -> list[Finding]:
    if question.candidates not in CANDIDATE_KINDS:
        return []
    named = tuple(dict.fromkeys((*question.forced, *question.forbidden)))
    if not named:
        return []
    possible = set(candidates(region, candidate_kind(region, question.candidates))["id"])
    open_today = set(offices(region)["id"])
    return [
        error("site_is_office" if site in open_today else "site_unknown", site=site)
        for site in named
        if site not in possible
    ]
