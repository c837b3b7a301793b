"""What counts as reached, as rows: one row for each thing that is reached or not.

Covering, two offices in reach, and a reach that fades are one problem with different rows. A row has a
weight, the sites that serve it, and how many of these must be open. For a reach that fades, with
shares v1 > v2 > ... that count at the sites of a point, the point becomes a row for each share:

    w * max_{open j} v_j  =  sum_k  w * (v_k - v_{k+1}) * [a site with v_j >= v_k is open]

so what is exact for covering is exact here too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import ContractError
from geo.siting.problem.problem import SitingProblem
from geo.siting.problem.travel_costs import Fade


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows before presolve.

    Parameters
    ----------
    cover
        CSR, shape (sites, rows).
    weights
        Shape (rows,).
    point
        Demand point of each row, shape (rows,).
    need
        Open sites that a row needs.
    """

    cover: Any
    weights: NDArray[np.float64]
    point: NDArray[np.int64]
    need: int = 1


def covered_rows(problem: SitingProblem) -> Rows:
    """Return a row for each demand point, served by one open site within reach."""
    return Rows(problem.cover, problem.weights, np.arange(problem.points))


def backed_up_rows(problem: SitingProblem) -> Rows:
    """Return a row for each demand point, served by two open sites within reach."""
    return Rows(problem.cover, problem.weights, np.arange(problem.points), need=2)


def fading_shares(problem: SitingProblem) -> Any:
    """Return the share that counts for each pair within reach, as CSR, shape (sites, points)."""
    from scipy.sparse import csr_array

    if problem.ways is None:
        raise ContractError("a reach that fades needs ways: make the problem with from_points or from_travel")
    fade = problem.fade or Fade()
    end = problem.ways.reach if fade.none is None else fade.none
    if not 0 <= fade.full < end <= problem.ways.reach or fade.steps < 0:
        raise ContractError(
            f"{fade}: it must hold 0 <= full < none <= reach ({problem.ways.reach:g}) and steps >= 0; shorten the fade"
        )
    shares = fade.shares(problem.ways.within(problem.cover), problem.ways.reach)
    table = csr_array((shares, problem.cover.indices, problem.cover.indptr), shape=problem.cover.shape, copy=True)
    table.eliminate_zeros()
    return table


def fading_rows(problem: SitingProblem) -> Rows:
    """Return a row for each demand point and share that counts, highest share first."""
    from scipy.sparse import csr_array

    entries = fading_shares(problem).tocoo()
    sites, points, shares = entries.coords[0], entries.coords[1], entries.data
    order = np.lexsort((-shares, points))
    sites, points, shares = sites[order], points[order], shares[order]
    if len(shares) == 0:
        return Rows(csr_array((problem.sites, 0)), np.empty(0), np.empty(0, dtype=np.int64))
    is_first = np.concatenate([[True], (points[1:] != points[:-1]) | (shares[1:] != shares[:-1])])
    row = np.cumsum(is_first) - 1
    level, owner = shares[is_first], points[is_first]
    is_last = np.concatenate([owner[1:] != owner[:-1], [True]])
    below = np.where(is_last, 0.0, np.concatenate([level[1:], [0.0]]))
    weights = problem.weights[owner] * (level - below)
    # A site serves its own row and every later row of the same point.
    end_of_owner = np.concatenate([np.flatnonzero(is_last)])[np.searchsorted(np.flatnonzero(is_last), row)]
    lengths = end_of_owner - row + 1
    starts = np.repeat(row - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    columns = np.arange(int(lengths.sum())) + starts
    ones = np.ones(len(columns), dtype=bool)
    cover = csr_array((ones, (np.repeat(sites, lengths), columns)), shape=(problem.sites, len(owner)))
    return Rows(cover, weights, owner)
