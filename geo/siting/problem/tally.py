"""What open sites are worth, one function for each objective, counted by code that never saw a solver.

Written without the structures the solvers use: marks per demand point, set site by site, and for capacities a linear
programme over plain pairs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from copy import copy

import numpy as np
from numpy.typing import NDArray

from geo.errors import ContractError
from geo.siting.problem.problem import SitingProblem
from geo.siting.problem.travel_costs import Fade, TravelCosts

Floats = NDArray[np.float64]


class Tally:
    """Marks per demand point for sites opened one after the other.

    ``counts`` says how many open sites are within reach of each point, shape (n,). Marks that need travel costs are
    made when they are asked for and kept up to date.
    """

    def __init__(self, problem: SitingProblem, sites: Iterable[int] = ()) -> None:
        self.problem = problem
        self.open: list[int] = []
        self.counts = np.zeros(problem.points, dtype=np.int64)
        self._nearest, self._measured = np.full(problem.points, np.inf), 0
        self._share, self._shared = np.zeros(problem.points), 0
        self._costs_in_reach: Floats | None = None
        for site in sites:
            self.add(site)

    def add(self, site: int) -> None:
        """Open a site."""
        self.open.append(site)
        self.counts[self.problem.cover.indices[self._pairs(site)]] += 1

    def plus(self, site: int) -> Tally:
        """Return a tally with one more open site."""
        other = copy(self)  # nearest and share are replaced, never written to
        other.open, other.counts = list(self.open), self.counts.copy()
        other.add(site)
        return other

    @property
    def nearest(self) -> Floats:
        """Travel cost to the nearest open site, shape (n,), infinite without one."""
        ways = travel_costs_of(self.problem)
        for site in self.open[self._measured :]:
            self._nearest = np.minimum(self._nearest, ways.rows([site])[0])
        self._measured = len(self.open)
        return self._nearest

    @property
    def share(self) -> Floats:
        """Largest share, from 0 to 1, that counts at an open site within reach, shape (n,)."""
        ways = travel_costs_of(self.problem)
        if self._costs_in_reach is None:
            self._costs_in_reach = ways.within(self.problem.cover)
        for site in self.open[self._shared :]:
            pairs = self._pairs(site)
            shares = (self.problem.fade or Fade()).shares(self._costs_in_reach[pairs], ways.reach)
            own = np.zeros(self.problem.points)
            own[self.problem.cover.indices[pairs]] = shares
            self._share = np.maximum(self._share, own)
        self._shared = len(self.open)
        return self._share

    def _pairs(self, site: int) -> slice:
        return slice(self.problem.cover.indptr[site], self.problem.cover.indptr[site + 1])


def travel_costs_of(problem: SitingProblem) -> TravelCosts:
    """Return the travel costs of a problem.

    Raises
    ------
    ContractError
        Where it was made without.
    """
    if problem.ways is None:
        raise ContractError("this objective needs travel costs: make the problem with from_points or from_travel")
    return problem.ways


def people_in_reach(tally: Tally) -> float:
    """Return the people within reach of an open site."""
    return math.fsum(tally.problem.weights[tally.counts >= 1])


def people_with_backup(tally: Tally) -> float:
    """Return the people within reach of two open sites or more."""
    return math.fsum(tally.problem.weights[tally.counts >= 2])


def people_by_share(tally: Tally) -> float:
    """Return the people, each by the share that counts at the nearest open site."""
    return math.fsum(tally.problem.weights * tally.share)


def people_served(tally: Tally) -> float:
    """Return the people who get their appointments at open sites at best."""
    return served(tally.problem, tally.open)[0]


def weighted_travel_cost(tally: Tally) -> float:
    """Return the sum over people of the travel cost to the nearest open site."""
    is_there, nearest = tally.problem.weights > 0, tally.nearest
    return math.fsum(tally.problem.weights[is_there] * nearest[is_there]) if is_there.any() else 0.0


def longest_travel_cost(tally: Tally) -> float:
    """Return the travel cost to the nearest open site of whoever has the longest."""
    is_there, nearest = tally.problem.weights > 0, tally.nearest
    return float(nearest[is_there].max()) if is_there.any() else 0.0


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
