"""What a choice of sites is worth, counted afresh by code that never saw a solver.

Written without the structures the solvers use: marks per demand point, set site by site, and for
capacities a linear programme over plain pairs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.errors import ContractError
from geo.siting.problem.contract import Minimum
from geo.siting.problem.problem import SitingProblem
from geo.siting.problem.travel_costs import Fade

Floats = NDArray[np.float64]

MINIMISED = ("median", "center", "cover-all")


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


class Tally:
    """Marks per demand point for sites opened one after the other."""

    def __init__(self, problem: SitingProblem, objective: str = "coverage") -> None:
        self.problem = problem
        self.objective = "coverage" if objective == "cover-all" else objective
        self.open: list[int] = []
        self.counts = np.zeros(problem.points, dtype=np.int64)
        self.share = np.zeros(problem.points)
        self.nearest = np.full(problem.points, np.inf)
        self._ways = self._known_ways()

    def _known_ways(self) -> Floats | None:
        if self.objective not in ("median", "center", "fade"):
            return None
        if self.problem.ways is None:
            raise ContractError("this question needs ways: make the problem with from_points or from_travel")
        return self.problem.ways.within(self.problem.cover) if self.objective == "fade" else None

    def add(self, site: int) -> None:
        """Open a site."""
        starts = self.problem.cover.indptr
        here = slice(starts[site], starts[site + 1])
        mine = self.problem.cover.indices[here]
        self.open.append(site)
        self.counts[mine] += 1
        if self.problem.ways is None:
            return
        if self._ways is not None:
            shares = (self.problem.fade or Fade()).shares(self._ways[here], self.problem.ways.reach)
            self.share[mine] = np.maximum(self.share[mine], shares)
        elif self.objective in ("median", "center"):
            self.nearest = np.minimum(self.nearest, self.problem.ways.rows([site])[0])

    def value(self) -> float:
        """Return what the open sites are worth."""
        weights = self.problem.weights
        if self.objective == "fade":
            return math.fsum(weights * self.share)
        if self.objective == "backup":
            return math.fsum(weights[self.counts >= 2])
        if self.objective == "capacity":
            return served(self.problem, self.open)[0]
        if self.objective in ("median", "center"):
            return self._ways_value()
        return math.fsum(weights[self.counts >= 1])

    def _ways_value(self) -> float:
        is_there = self.problem.weights > 0
        if not is_there.any():
            return 0.0
        if self.objective == "center":
            return float(self.nearest[is_there].max())
        return math.fsum(self.problem.weights[is_there] * self.nearest[is_there])


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
    today = Tally(problem, objective)
    for site in sorted(problem.fixed + problem.closable):
        today.add(site)
    before = today.value()
    tally = today
    if closed:
        tally = Tally(problem, objective)
        for site in problem.fixed + tuple(site for site in problem.closable if site not in set(closed)):
            tally.add(site)
    after = tally.value()
    gains, cumulative = [], []
    for site in selected:
        earlier = after
        tally.add(site)
        after = tally.value()
        gains.append(0.0 if math.isinf(earlier) else earlier - after if objective in MINIMISED[:2] else after - earlier)
        cumulative.append(after)
    people, load = (None, ()) if objective != "capacity" else served(problem, tally.open)
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


def served(problem: SitingProblem, sites: Sequence[int]) -> tuple[float, tuple[float, ...]]:
    """Return how many people get their appointments at open sites at best, and the load of each site.

    max sum x_gj  s.t.  sum_j x_gj <= people of g,  appointments * sum_g x_gj <= capacity_j, where g are groups of
    points with the same open sites in reach.

    Raises
    ------
    ContractError
        Without capacities.
    """
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    if problem.capacity is None:
        raise ContractError("capacity is asked for, but the problem has none; give appointments per week of each site")
    if len(sites) == 0:
        return 0.0, ()
    inside = problem.cover[list(sites)].T.toarray()
    patterns, group = np.unique(inside, axis=0, return_inverse=True)
    people = np.bincount(group.ravel(), weights=problem.weights, minlength=len(patterns))
    rows, columns = np.nonzero(patterns)
    capacity = problem.capacity[list(sites)] / problem.appointments
    if len(rows) == 0:
        return 0.0, (0.0,) * len(sites)
    pairs = np.arange(len(rows))
    limits = np.concatenate([people, np.minimum(capacity, problem.total + 1.0)])
    ones = np.ones(2 * len(rows))
    matrix = coo_array(
        (ones, (np.concatenate([rows, len(patterns) + columns]), np.concatenate([pairs, pairs]))),
        shape=(len(limits), len(rows)),
    )
    told = linprog(-np.ones(len(rows)), A_ub=matrix.tocsr(), b_ub=limits, bounds=(0, None), method="highs")
    load = np.bincount(columns, weights=told.x, minlength=len(sites)) * problem.appointments
    return float(told.x.sum()), tuple(load.tolist())


def order_by_gain(
    problem: SitingProblem, selected: Sequence[int], *, closed: Sequence[int] = (), objective: str = "coverage"
) -> tuple[int, ...]:
    """Return the same sites, each time the one that adds most to those before it; ties by number."""
    if objective in ("median", "center"):
        return _order_by_way(problem, selected, closed)
    if objective in ("backup", "fade"):
        return _order_by_value(problem, selected, closed, objective)
    rows = {
        site: problem.cover.indices[problem.cover.indptr[site] : problem.cover.indptr[site + 1]] for site in selected
    }
    left = np.array(problem.weights)
    for site in set(problem.fixed + problem.closable) - set(closed):
        left[problem.cover.indices[problem.cover.indptr[site] : problem.cover.indptr[site + 1]]] = 0
    ordered: list[int] = []
    waiting = sorted(rows)
    while waiting:
        best = max(waiting, key=lambda site: (float(left[rows[site]].sum()), -site))
        ordered.append(best)
        waiting.remove(best)
        left[rows[best]] = 0
    return tuple(ordered)


def _order_by_value(
    problem: SitingProblem, selected: Sequence[int], closed: Sequence[int], objective: str
) -> tuple[int, ...]:
    tally = Tally(problem, objective)
    for site in sorted(set(problem.fixed + problem.closable) - set(closed)):
        tally.add(site)
    ordered: list[int] = []
    waiting = sorted(selected)
    while waiting:
        values = []
        counts, share = tally.counts.copy(), tally.share.copy()
        for site in waiting:
            tally.add(site)
            values.append(tally.value())
            tally.counts, tally.share = counts.copy(), share.copy()
            tally.open.pop()
        best = waiting.pop(int(np.argmax(values)))
        ordered.append(best)
        tally.add(best)
    return tuple(ordered)


def _order_by_way(problem: SitingProblem, selected: Sequence[int], closed: Sequence[int]) -> tuple[int, ...]:
    if problem.ways is None:
        return tuple(sorted(selected))
    weights = problem.weights
    kept = sorted(set(problem.fixed + problem.closable) - set(closed))
    nearest = problem.ways.rows(kept).min(axis=0) if kept else np.full(problem.points, np.inf)
    ordered: list[int] = []
    waiting = sorted(selected)
    ways = dict(zip(waiting, problem.ways.rows(waiting), strict=True))
    while waiting:
        sums = [float(weights @ np.minimum(nearest, ways[site])) for site in waiting]
        best = waiting.pop(int(np.argmin(sums)))
        ordered.append(best)
        nearest = np.minimum(nearest, ways[best])
    return tuple(ordered)


def wanted_people(problem: SitingProblem, minimum: Minimum) -> float:
    """Return how many people of its group a minimum wants within reach."""
    if problem.demand_groups is None:
        return 0.0
    return max(minimum.people, minimum.share * float(problem.weights[problem.demand_groups == minimum.group].sum()))
