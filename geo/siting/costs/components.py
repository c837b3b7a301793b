"""What new offices cost in a year and once, from components with dated prices; formulas in ``docs/methods.md``.

A figure that needs something unknown is unknown (NaN), never zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import ContractError
from geo.findings import Finding, error
from geo.siting.costs.parameters import VALUE_MOST, Parameters, least_value, value_of, with_own

Floats = NDArray[np.float64]

GRADES = ("e8", "e9c", "e11")
OVERHEADS = ("kgst", "bmf_low", "bmf_high", "none")
ROOMS = ("host", "area")
HOURS_MAX = 80.0
STAFF_MAX = 100.0

COMPONENTS = ("staff", "workplace", "it", "rooms", "security", "interpreter", "overhead")
ONCE = ("equipment", "fitting")


@dataclass(frozen=True)
class CostPlan:
    """How new offices are run, and the prices that differ from the dated parameters.

    Parameters
    ----------
    hours_per_week
        Opening hours of each new office in a week: two mornings are eight.
    staff_at_once
        People of the Jobcenter present while it is open.
    as_of
        Date (ISO) at which parameters are read; None takes the newest.
    prices
        Own values instead of parameters, as (key, value).
    preparation_share
        Working time for preparation and travel on top of opening hours, as a fraction of them.
    grades
        How the working time divides among the grades of :data:`GRADES`; scaled to add up to one.
    rooms
        ``host``: the yearly cost a place names, by area where it names none. ``area``: always by area.
    square_metres
        Area of an office; None takes the area of a workplace times ``staff_at_once``.
    is_shared
        Whether rooms by area are paid only for the share of the week in which the office is open.
    security_staff
        People of a security service present while it is open.
    interpreter_hours_per_week
        Hours of interpreters in a week.
    video_counters
        Counters with video in each office.
    overhead
        Rate of overhead on staff costs: one of :data:`OVERHEADS`.
    years_of_use
        Years over which one-off costs are spread where they are told by year.
    """

    hours_per_week: float = 8.0
    staff_at_once: float = 2.0
    as_of: str | None = None
    prices: tuple[tuple[str, float], ...] = ()
    preparation_share: float = 0.3
    grades: tuple[tuple[str, float], ...] = (("e8", 0.25), ("e9c", 0.75))
    rooms: str = "host"
    square_metres: float | None = None
    is_shared: bool = True
    security_staff: float = 0.0
    interpreter_hours_per_week: float = 2.0
    video_counters: float = 0.0
    overhead: str = "kgst"
    years_of_use: float = 8.0


PRESETS = MappingProxyType(
    {
        "mornings": CostPlan(),
        "days": CostPlan(
            hours_per_week=24.0,
            staff_at_once=3.0,
            preparation_share=0.25,
            interpreter_hours_per_week=4.0,
            video_counters=1.0,
        ),
        "branch": CostPlan(
            hours_per_week=39.0,
            staff_at_once=6.0,
            preparation_share=0.2,
            grades=(("e8", 0.2), ("e9c", 0.6), ("e11", 0.2)),
            is_shared=False,
            security_staff=1.0,
            interpreter_hours_per_week=10.0,
            video_counters=1.0,
        ),
    }
)
"""Ways to run an office: two mornings in a host's rooms, three days, a branch of one's own."""


def preset_of(plan: CostPlan) -> str | None:
    """Return the preset that a plan is, own prices and date aside, or None."""
    plain = replace(plan, as_of=None, prices=())
    return next((name for name, preset in PRESETS.items() if preset == plain), None)


def plan_faults(plan: CostPlan) -> tuple[str, ...]:
    """Return the fields of a plan that make no sense: negative, too large, 0 as a divisor, an unknown word."""
    limits = {
        "hours_per_week": HOURS_MAX,
        "staff_at_once": STAFF_MAX,
        "preparation_share": 10.0,
        "security_staff": STAFF_MAX,
        "interpreter_hours_per_week": 7 * 24.0,
        "video_counters": STAFF_MAX,
    }
    found = [name for name, most in limits.items() if not 0 <= getattr(plan, name) <= most]
    found += [] if 0 < plan.years_of_use <= 100 else ["years_of_use"]
    found += [] if plan.square_metres is None or 0 <= plan.square_metres <= 100_000 else ["square_metres"]
    shares = [share for _, share in plan.grades]
    is_mix = bool(shares) and all(0 <= share <= VALUE_MOST for share in shares) and math.fsum(shares) > 0
    found += [] if is_mix and {grade for grade, _ in plan.grades} <= set(GRADES) else ["grades"]
    found += [] if plan.overhead in OVERHEADS else ["overhead"]
    found += [] if plan.rooms in ROOMS else ["rooms"]
    found += [] if all(least_value(key) <= value <= VALUE_MOST for key, value in plan.prices) else ["prices"]
    return tuple(found)


def check_plan(plan: CostPlan) -> tuple[Finding, ...]:
    """Return a finding for each field of a plan that makes no sense."""
    return tuple(error("cost_plan_faulty", field=name) for name in plan_faults(plan))


def site_costs(places: pd.DataFrame, plan: CostPlan, parameters: Parameters) -> pd.DataFrame:
    """Return what each place costs as a new office run by a plan.

    Parameters
    ----------
    places
        Rows of ``Survey.places`` (:mod:`geo.siting.ask`). Of it are read, where known, ``cost_per_year_eur`` (what the
        host asks for rooms) and ``one_off_cost_eur`` (what the place needs once).
    plan, parameters
        How offices are run; prices, as :func:`geo.siting.costs.parameters_at` gives them. The plan's own prices
        go before.

    Returns
    -------
    DataFrame
        Index as ``places``. Euro in a year by component, ``<component>_eur`` for :data:`COMPONENTS`, and their sum
        ``cost_per_year_eur``; euro once, ``<part>_eur`` for :data:`ONCE`, and their sum ``one_off_cost_eur``;
        ``spread_per_year_eur``: yearly cost with the one-off one spread over the years of use; ``staff_full_time``.
        NaN where unknown.

    Raises
    ------
    ContractError
        If the plan has fields that make no sense (:func:`plan_faults`).
    """
    faults = plan_faults(plan)
    if faults:
        raise ContractError(f"the cost plan has no sense in {', '.join(faults)}; see CostPlan for what is allowed")
    prices = with_own(parameters, plan.prices)
    full_time = staff_full_time(plan, prices)
    costs = pd.DataFrame(index=places.index)
    for name, value in _running(plan, prices, full_time).items():
        costs[f"{name}_eur"] = value
    costs["rooms_eur"] = _rooms(places, plan, prices)
    costs["overhead_eur"] = costs["staff_eur"] * overhead_rate(plan, prices)
    costs["cost_per_year_eur"] = costs[[f"{name}_eur" for name in COMPONENTS]].sum(axis=1, skipna=False)
    costs["equipment_eur"] = _equipment(plan, prices)
    costs["fitting_eur"] = _or_else(_column(places, "one_off_cost_eur"), value_of(prices, "fitting_site"))
    costs["one_off_cost_eur"] = costs[[f"{name}_eur" for name in ONCE]].sum(axis=1, skipna=False)
    costs["spread_per_year_eur"] = costs["cost_per_year_eur"] + costs["one_off_cost_eur"] / plan.years_of_use
    costs["staff_full_time"] = full_time
    return costs


def staff_full_time(plan: CostPlan, parameters: Parameters) -> float:
    """Return how many full-time posts an office takes, NaN where that is unknown."""
    hours = plan.hours_per_week * plan.staff_at_once * (1 + plan.preparation_share)
    return _times(hours, value_of(parameters, "weeks_open")) / value_of(parameters, "hours_full_time")


def overhead_rate(plan: CostPlan, parameters: Parameters) -> float:
    """Return overhead as a fraction of staff costs."""
    return 0.0 if plan.overhead == "none" else value_of(parameters, f"overhead_{plan.overhead}") / 100


def appointments_per_week(plan: CostPlan, parameters: Parameters) -> float:
    """Return how many appointments an office has in a week: opening hours times staff times appointments per hour."""
    rate = value_of(with_own(parameters, plan.prices), "appointments_hour")
    return _times(plan.hours_per_week * plan.staff_at_once, rate)


def _running(plan: CostPlan, prices: Parameters, full_time: float) -> dict[str, float]:
    """Return the yearly components that are the same at every place."""
    shares = math.fsum(share for _, share in plan.grades)
    grade = math.fsum(_times(share / shares, value_of(prices, f"staff_{name}")) for name, share in plan.grades)
    weeks = value_of(prices, "weeks_open")
    guarded = _times(plan.security_staff * plan.hours_per_week, weeks)
    translated = _times(plan.interpreter_hours_per_week, weeks)
    return {
        "staff": _times(full_time, grade),
        "workplace": _times(full_time, value_of(prices, "workplace_full_time")),
        "it": _times(full_time, value_of(prices, "it_full_time"))
        + _times(plan.video_counters, value_of(prices, "video_counter")),
        "security": _times(guarded, value_of(prices, "security_hour")),
        "interpreter": _times(translated, value_of(prices, "interpreter_hour")),
    }


def _rooms(places: pd.DataFrame, plan: CostPlan, prices: Parameters) -> Floats:
    area = plan.square_metres
    if area is None:
        area = _times(plan.staff_at_once, value_of(prices, "square_metres_workplace"))
    share = 1.0
    if plan.is_shared:
        share = min(1.0, plan.hours_per_week / value_of(prices, "room_hours_week")) if plan.hours_per_week else 0.0
    rent = _times(area * share, value_of(prices, "rent_square_metre"))
    asked = _column(places, "cost_per_year_eur")
    return np.full(len(places), rent) if plan.rooms == "area" else _or_else(asked, rent)


def _equipment(plan: CostPlan, prices: Parameters) -> float:
    return _times(plan.staff_at_once, value_of(prices, "equipment_workplace")) + _times(
        plan.video_counters, value_of(prices, "video_counter_once")
    )


def _times(number: float, price: float) -> float:
    """Return number times price: nothing costs nothing, even at an unknown price."""
    return 0.0 if number == 0 else number * price


def _or_else(values: Floats, other: float) -> Floats:
    return np.where(np.isnan(values), other, values)


def _column(places: pd.DataFrame, name: str) -> Floats:
    if name not in places:
        return np.full(len(places), math.nan)
    return np.asarray(pd.to_numeric(places[name], errors="coerce"), dtype=np.float64)
