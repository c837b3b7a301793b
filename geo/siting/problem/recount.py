"""What a choice of sites is worth, counted afresh by code that never saw a solver."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.siting.problem.contract import Minimum
from geo.siting.problem.objectives import OBJECTIVES
from geo.siting.problem.problem import SitingProblem
from geo.siting.problem.tally import Tally, people_in_reach, served, travel_costs_of, weighted_travel_cost

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Recomputed:
    """What a choice of sites is worth, in the unit of its objective.

    Parameters
    ----------
    before
        Value with the sites open today, those that may close included.
    after
        Value with fixed, kept and new sites.
    gains
        What each new site adds (for ways: takes off) to the value with fixed, kept and earlier new ones;
        0 for the first office at all where ways are counted.
    cumulative
        Value once each new site is open; the last one equals ``after``.
    points
        Demand points (not people) within reach of open sites.
    reached
        People within reach of an open site.
    twice
        People within reach of two open sites or more.
    served
        People that get their appointments; None without capacities.
    load
        Appointments per week at each open site, in the order fixed, kept, new; empty without capacities.
    """

    before: float
    after: float
    gains: tuple[float, ...]
    cumulative: tuple[float, ...]
    points: int
    reached: float = 0.0
    twice: float = 0.0
    served: float | None = None
    load: tuple[float, ...] = ()


def recompute(
    problem: SitingProblem, selected: Sequence[int], *, closed: Sequence[int] = (), objective: str = "coverage"
) -> Recomputed:
    """Count what open sites are worth, new ones in the order given.

    Parameters
    ----------
    problem
        The problem; number, budget and rules are not read.
    selected
        New sites in order.
    closed
        Sites open today that close.
    objective
        As in :func:`geo.siting.solve`; ``cover-all`` counts people within reach.
    """
    kind = OBJECTIVES[objective]
    sign = -1.0 if kind.counts_travel else 1.0
    tally = Tally(problem, sorted(problem.fixed + problem.closable))
    before = kind.recount(tally)
    if closed:
        tally = Tally(problem, problem.fixed + tuple(site for site in problem.closable if site not in set(closed)))
    after = kind.recount(tally)
    gains, cumulative = [], []
    for site in selected:
        earlier = after
        tally.add(site)
        after = kind.recount(tally)
        gains.append(0.0 if math.isinf(earlier) else sign * (after - earlier))
        cumulative.append(after)
    people, load = served(problem, tally.open) if "capacity" in kind.needs else (None, ())
    reached = tally.counts >= 1
    return Recomputed(
        before=before,
        after=after,
        gains=tuple(gains),
        cumulative=tuple(cumulative),
        points=int(reached.sum()),
        reached=math.fsum(problem.weights[reached]),
        twice=math.fsum(problem.weights[tally.counts >= 2]),
        served=people,
        load=load,
    )


def order_by_gain(
    problem: SitingProblem, selected: Sequence[int], *, closed: Sequence[int] = (), objective: str = "coverage"
) -> tuple[int, ...]:
    """Return the same sites, each time the one that adds most to those before it; ties by number."""
    kind = OBJECTIVES[objective]
    kept = sorted(set(problem.fixed + problem.closable) - set(closed))
    by = kind.ordered_by or kind.recount
    if by is people_in_reach:
        worth, take = _people_added(problem, kept)
    elif by is weighted_travel_cost:
        worth, take = _travel_saved(problem, kept, sorted(selected))
    else:
        tally = Tally(problem, kept)
        worth, take = lambda site: kind.sign * by(tally.plus(site)), tally.add
    ordered: list[int] = []
    waiting = sorted(selected)
    while waiting:
        ordered.append(waiting.pop(int(np.argmax([worth(site) for site in waiting]))))
        take(ordered[-1])
    return tuple(ordered)


Order = tuple[Callable[[int], float], Callable[[int], None]]
"""What a site would be worth beside those taken, and the function that takes it."""


def _people_added(problem: SitingProblem, kept: Sequence[int]) -> Order:
    left = np.where(is_reached(problem, kept), 0.0, problem.weights)
    starts, points = problem.cover.indptr, problem.cover.indices

    def take(site: int) -> None:
        left[points[starts[site] : starts[site + 1]]] = 0.0

    return lambda site: float(left[points[starts[site] : starts[site + 1]]].sum()), take


def _travel_saved(problem: SitingProblem, kept: Sequence[int], selected: Sequence[int]) -> Order:
    costs = travel_costs_of(problem)
    nearest = costs.rows(kept).min(axis=0) if kept else np.full(problem.points, np.inf)
    rows = dict(zip(selected, costs.rows(selected), strict=True))

    def take(site: int) -> None:
        np.minimum(nearest, rows[site], out=nearest)

    return lambda site: -float(problem.weights @ np.minimum(nearest, rows[site])), take


def wanted_people(problem: SitingProblem, minimum: Minimum) -> float:
    """Return how many people of its group a minimum wants within reach."""
    if problem.demand_groups is None:
        return 0.0
    return max(minimum.people, minimum.share * float(problem.weights[problem.demand_groups == minimum.group].sum()))


def is_reached(problem: SitingProblem, sites: Iterable[int]) -> NDArray[np.bool_]:
    """Return which demand points are within reach of any of the sites."""
    starts, points = problem.cover.indptr, problem.cover.indices
    reached = np.zeros(problem.points, dtype=bool)
    for site in sites:
        reached[points[starts[site] : starts[site + 1]]] = True
    return reached


def people_reached(problem: SitingProblem, sites: Iterable[int]) -> float:
    """Return the weight within reach of any of the sites."""
    return float(problem.weights[is_reached(problem, sites)].sum())


def added_alone(problem: SitingProblem) -> NDArray[np.float64]:
    """Return for each site the weight it alone would add to what the fixed sites reach, shape (sites,)."""
    left = np.where(is_reached(problem, problem.fixed), 0.0, problem.weights)
    return np.asarray(problem.cover.astype(np.float64) @ left, dtype=np.float64)


def added_in_order(problem: SitingProblem, sites: Iterable[int]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the weight each site adds to fixed sites and those before it, and the weight reached with it."""
    starts, points = problem.cover.indptr, problem.cover.indices
    reached = is_reached(problem, problem.fixed)
    before = float(problem.weights[reached].sum())
    added, cumulative = [], []
    for site in sites:
        reached[points[starts[site] : starts[site + 1]]] = True
        after = float(problem.weights[reached].sum())
        added.append(after - before)
        cumulative.append(after)
        before = after
    return tuple(added), tuple(cumulative)
