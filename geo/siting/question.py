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
from numpy.typing import NDArray

from geo.errors import DataError
from geo.reach.demand import Demand
from geo.reach.model import region_crs
from geo.reach.travel import TravelTimes
from geo.region.region import Region
from geo.region.schema import DisclosureRule
from geo.settings import WalkAssumptions
from geo.siting.curves import Curve, curve
from geo.siting.ground import Ground, OwnPlace, WayFiles, default_mode, survey, with_own
from geo.siting.places import candidate_kind
from geo.siting.plan import Plan, Status
from geo.siting.problem import SitingProblem
from geo.siting.question_checks import check
from geo.siting.reached import added_in_order, people_reached
from geo.siting.search import Halt, never
from geo.siting.solver import solve

WAYS_LIMIT_MINUTES = 240.0
WEEKS_PER_YEAR = 52.0
BY_WAYS = ("median", "center")
UNITS = ("cover-all", *BY_WAYS)


@dataclass(frozen=True)
class Question:
    """Ask where ``new`` more offices reach most people within ``minutes``.

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
    mode
        How ways are measured: ``walk`` and ``wheelchair`` on streets, ``line`` (straight line times detour factor),
        ``table``, ``transit``; None takes streets where the region has any, else the line.
    closed
        Keys of today's offices that close.
    own
        Places a reader has set: new offices that are open in any case, counted in ``new``.
    objective
        What is asked: ``coverage``, ``backup``, ``fade``, ``cover-all``, ``median``, ``center``, ``budget`` or
        ``capacity``; see :func:`geo.siting.solve`.
    share
        ``cover-all``: percent of the people to be reached.
    budget_eur
        ``budget``: euro in a year for all new offices. Places without a known cost are left out; a place of the
        reader's costs as much as the median host place.
    visits_per_year
        ``capacity``: appointments a person needs in a year.
    """

    measure: str = "recipients"
    date: str | None = None
    minutes: float = 15.0
    new: int = 3
    assumptions: WalkAssumptions = field(default_factory=WalkAssumptions)
    candidates: str = "hosts"
    forced: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    mode: str | None = None
    closed: tuple[str, ...] = ()
    own: tuple[OwnPlace, ...] = ()
    objective: str = "coverage"
    share: float = 80.0
    budget_eur: float = 50_000.0
    visits_per_year: float = 6.0


@dataclass(frozen=True, eq=False)
class Posed:
    """A question as arrays, with the names behind the numbers.

    Parameters
    ----------
    question
        With the date filled in and the kind of candidates that was used.
    problem
        What is solved. Closed offices are sites of the problem that may not be chosen.
    ground
        What it was made from.
    crs
        System of the places' coordinates.
    """

    question: Question
    problem: SitingProblem
    ground: Ground
    crs: str

    @property
    def demand(self) -> Demand:
        """People on points."""
        return self.ground.demand

    @property
    def times(self) -> TravelTimes:
        """Minutes from the points to the places."""
        return self.ground.times

    @property
    def places(self) -> pd.DataFrame:
        """One row per site of the problem, in its order; see :attr:`geo.siting.ground.Ground.places`."""
        return self.ground.places

    @property
    def offices_today(self) -> list[int]:
        """Sites of the problem that are open today, those that close included."""
        return [int(site) for site in np.flatnonzero(self.places["is_office"])]


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

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready values; people rounded, ``gap`` a fraction."""
        question, demand = self.posed.question, self.posed.demand
        columns = ["id", "name", "gain", "cumulative", "lon", "lat"]
        return {
            "status": str(self.plan.status),
            "question": question.objective,
            "message": self.plan.message,
            "message_parameters": dict(self.plan.parameters),
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
            "mode": self.posed.ground.mode,
            "ways_source": self.posed.times.source,
            "mean_minutes": None if self.plan.mean_way is None else round(self.plan.mean_way, 2),
            "longest_minutes": None if self.plan.longest_way is None else round(self.plan.longest_way, 2),
            "cost_eur": self.plan.cost,
            "people_served": _shown(self.plan.served, self.rule),
            "people_waiting": _shown(self.plan.waiting, self.rule),
            "minutes": question.minutes,
            "share": question.share,
            "budget_eur": question.budget_eur,
            "visits_per_year": question.visits_per_year,
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
            "findings": [finding.as_dict() for finding in self.posed.ground.findings],
        }


def complete(region: Region, question: Question) -> Question:
    """Return the question with date, kind of candidates and mode filled in.

    Raises
    ------
    DataError
        With every finding of :func:`check`.
    """
    found = check(region, question)
    if found:
        raise DataError(found)
    return replace(
        question,
        date=question.date or _latest_date(region, question.measure),
        candidates=candidate_kind(region, question.candidates),
        mode=question.mode or default_mode(region),
    )


def ground_of(region: Region, question: Question, files: WayFiles | None = None) -> Ground:
    """Measure what a question stands on, without the reader's own places; see :func:`geo.siting.ground.survey`."""
    asked = complete(region, question)
    return survey(
        region,
        asked.measure,
        str(asked.date),
        candidate_kind=asked.candidates,
        mode=asked.mode,
        walk=asked.assumptions,
        limit_minutes=limit_of(asked),
        files=files,
    )


def limit_of(question: Question) -> float:
    """Return the longest way a question has to know."""
    return WAYS_LIMIT_MINUTES if question.objective in BY_WAYS else question.minutes


def pose(region: Region, question: Question, ground: Ground | None = None, files: WayFiles | None = None) -> Posed:
    """Turn a question into a problem.

    Parameters
    ----------
    region, question
        What is asked of what.
    ground
        People, places and ways as far as they were measured before, without the reader's own places; measured here
        if None.
    files
        Files that ways are read from.

    Raises
    ------
    DataError
        With every finding of :func:`check`, or of what keeps people or ways from being measured.
    """
    asked = complete(region, question)
    ground = with_own(region, ground or ground_of(region, asked, files), asked.own, files)
    places = ground.places
    number = {str(key): position for position, key in zip(places.index, places["id"], strict=True)}
    closed = [number[key] for key in asked.closed]
    left_out, wishes, people = _wishes_of(asked, ground)
    problem = SitingProblem.from_travel(
        ground.times,
        people,
        minutes=asked.minutes,
        new=asked.new,
        fixed=sorted(set(np.flatnonzero(places["is_office"]).tolist()) - set(closed)),
        forced=[number[key] for key in (*asked.forced, *(place.id for place in asked.own))],
        forbidden=sorted({*(number[key] for key in asked.forbidden), *closed, *left_out}),
        **wishes,
    )
    return Posed(asked, problem, ground, region_crs(region))


def _wishes_of(question: Question, ground: Ground) -> tuple[list[int], dict[str, Any], NDArray[np.float64]]:
    """Return sites that cannot be chosen, what the objective needs beside number and reach, and who counts.

    Where ways are counted, people from whom no place can be reached at all do not count: no choice changes their way.
    """
    places, people = ground.places, ground.demand.people
    is_free = ~places["is_office"].to_numpy(dtype=bool)
    if question.objective == "cover-all":
        return [], {"share": question.share / 100}, people
    if question.objective == "budget":
        costs = known_costs(ground)
        costs[~is_free] = 0.0
        unknown = np.flatnonzero(np.isnan(costs)).tolist()
        return unknown, {"costs": np.nan_to_num(costs), "budget": question.budget_eur}, people
    if question.objective == "capacity":
        capacity = known_capacities(ground)
        unknown = np.flatnonzero(np.isnan(capacity) & is_free).tolist()
        wishes = {
            "capacity": np.where(np.isnan(capacity), np.inf, capacity),
            "appointments": question.visits_per_year / WEEKS_PER_YEAR,
        }
        return unknown, wishes, people
    if question.objective in BY_WAYS:
        return [], {}, np.where(np.diff(ground.times.minutes.tocsr().indptr) > 0, people, 0.0)
    return [], {}, people


def known_costs(ground: Ground) -> NDArray[np.float64]:
    """Return euro in a year for each place; the reader's own cost as much as the median candidate."""
    return _with_own_median(ground, "cost_per_year_eur")


def known_capacities(ground: Ground) -> NDArray[np.float64]:
    """Return appointments in a week for each place; the reader's own have as many as the median candidate."""
    return _with_own_median(ground, "capacity_per_week")


def _with_own_median(ground: Ground, column: str) -> NDArray[np.float64]:
    values = ground.places[column].to_numpy(dtype=np.float64).copy()
    kinds = ground.places["kind"].to_numpy()
    known = values[(kinds == "candidate") & np.isfinite(values)]
    values[kinds == "own"] = float(np.median(known)) if len(known) else 0.0
    return values


def answer(
    region: Region,
    question: Question,
    seconds: float = 60.0,
    *,
    seed: int = 0,
    curve_up_to: int | None = None,
    stop: Halt = never,
    ground: Ground | None = None,
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
    ground, files
        As in :func:`pose`.

    Raises
    ------
    DataError
        As :func:`pose`.
    """
    began = time.perf_counter()
    posed = pose(region, question, ground, files)
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
        people_before=shown_people(people_reached(posed.problem, posed.offices_today), rule),
        people_kept=shown_people(people_reached(posed.problem, posed.problem.fixed), rule),
        people_after=shown_people(plan.reached, rule),
        demand=shown_people(plan.total, rule),
        bound=shown_bound(plan, rule),
        rounded_to=rule.reached_round_to,
        rule=rule,
        curve=told,
        seconds=seconds,
    )


def _shown(people: float | None, rule: DisclosureRule) -> int | None:
    return None if people is None else shown_people(people, rule)


def shown_people(people: float, rule: DisclosureRule) -> int | None:
    """Return people reached as they may be shown: 0 for nobody, None for fewer than the rule's minimum."""
    from geo.region.disclosure import round_people

    return 0 if people == 0 else round_people(people, rule)


def shown_bound(plan: Plan, rule: DisclosureRule) -> float:
    """Return the bound as it may be shown: the plan's own rounded figure if proven, else rounded up.

    Where no people are counted, the bound is told as it is: offices, or minutes.
    """
    if plan.question in UNITS:
        return round(plan.bound / max(plan.total, 1e-9), 1) if plan.question == "median" else round(plan.bound, 1)
    shown = shown_people(plan.objective, rule)
    if plan.status is Status.OPTIMAL and shown is not None:
        return shown
    step = rule.reached_round_to
    return max(math.ceil(plan.bound / step) * step, shown or 0)


def _chosen(region: Region, posed: Posed, plan: Plan) -> pd.DataFrame:
    from pyproj import Transformer

    rows = posed.places.loc[list(plan.selected)].reset_index(drop=True)
    rule = region.disclosure
    gains, cumulative = added_in_order(posed.problem, plan.selected)
    to_degrees = Transformer.from_crs(region.quarters.crs, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(rows["x"].to_numpy(), rows["y"].to_numpy())
    return pd.DataFrame(
        {
            "id": rows["id"],
            "name": rows["name"],
            "gain": pd.array([shown_people(people, rule) for people in gains], dtype="Int64"),
            "cumulative": pd.array([shown_people(people, rule) for people in cumulative], dtype="Int64"),
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


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
