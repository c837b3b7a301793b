"""Who is within reach of which sites: plain sums over a cover, for telling a plan."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from geo.siting.problem.problem import SitingProblem


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
