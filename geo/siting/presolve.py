"""Make a problem small without changing its answer.

1. Demand within reach of fixed or forced sites is counted and dropped; so is demand nobody can reach.
2. Demand points with the same set of covering sites become one row with their weights added. What
   counts afterwards is the number of distinct sets, not of people (Cordeau, Furini & Ljubić 2019).
3. A candidate whose rows are all covered by another candidate is dropped: sites cost the same here, so
   the other one does as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.siting.problem import SitingProblem

DOMINANCE_WORK_MAX = 3e8
_FINEST_STEP_BITS = 20


@dataclass(frozen=True, eq=False)
class Core:
    """What is left to decide: rows of merged demand, candidates, and how many to choose.

    Parameters
    ----------
    cover
        CSR of ones (float64), shape (candidates, rows).
    rows_cover
        Its transpose as CSR, shape (rows, candidates).
    weights
        Weight of each row, shape (rows,), above zero.
    candidates
        Number of each candidate in the problem, ascending.
    spare
        Candidates left out as dominated, to fill up with where fewer candidates than ``new`` remain.
    new
        Sites still to choose, forced ones not counted.
    base
        Weight within reach of fixed and forced sites.
    step
        Every choice reaches a multiple of this; 0 where no such step exists.
    """

    cover: Any
    rows_cover: Any
    weights: NDArray[np.float64]
    candidates: NDArray[np.int64]
    spare: NDArray[np.int64]
    new: int
    base: float
    step: float

    @property
    def reachable(self) -> float:
        """Weight that all candidates together could add."""
        return float(self.weights.sum())

    def margin(self, value: float) -> float:
        """Return how far above ``value`` a bound may lie and still prove that nothing is better.

        Just below one step, as the next better value is a whole step away; without a step, what
        floating point leaves open.
        """
        return self.step * (1 - 1e-6) if self.step else 1e-8 * max(1.0, abs(value))


def presolve(problem: SitingProblem) -> Core:
    """Return the core of a problem whose wishes can be met."""
    open_sites = np.array(problem.fixed + problem.forced, dtype=np.int64)
    is_covered = np.zeros(problem.points, dtype=bool)
    is_covered[problem.cover[open_sites].indices] = True
    free = np.setdiff1d(problem.candidates, np.array(problem.forced, dtype=np.int64))
    keep = np.flatnonzero(~is_covered & (problem.weights > 0))
    by_point = problem.cover[free].T.tocsr()[keep]
    reached = np.diff(by_point.indptr) > 0
    rows_cover, weights, _ = merge_rows(by_point[reached], problem.weights[keep[reached]])
    kept, spare = undominated(rows_cover)
    if len(spare):
        rows_cover, weights, _ = merge_rows(rows_cover[:, kept], weights)
    rows_cover = rows_cover.astype(np.float64)
    return Core(
        cover=rows_cover.T.tocsr(),
        rows_cover=rows_cover,
        weights=weights,
        candidates=free[kept],
        spare=free[spare],
        new=problem.new - len(problem.forced),
        base=float(problem.weights[is_covered].sum()),
        step=common_step(weights),
    )


def merge_rows(matrix: Any, weights: NDArray[np.float64]) -> tuple[Any, NDArray[np.float64], NDArray[np.int64]]:
    """Merge rows with identical column sets and add their weights.

    Each column gets a random 64-bit number, each row the sum of its columns' numbers; rows with
    equal sums are then compared column by column, so the result is exact, not probable.

    Parameters
    ----------
    matrix
        CSR, shape (n, m); only the pattern counts. Rows must not be empty.
    weights
        Shape (n,).

    Returns
    -------
    csr_array, shape (r, m), ndarray, shape (r,), and ndarray, shape (n,)
        Merged rows in the order in which they first occur, their weights, and the merged row of each row.
    """
    matrix.sort_indices()
    if matrix.shape[0] == 0:
        return matrix, weights, np.empty(0, dtype=np.int64)
    for attempt in range(8):
        numbers = np.random.default_rng(attempt).integers(0, 2**63, matrix.shape[1], dtype=np.uint64)
        sums = np.add.reduceat(numbers[matrix.indices], matrix.indptr[:-1])
        _, first, group = np.unique(sums, return_index=True, return_inverse=True)
        if _same_rows(matrix, first[group]):
            break
    else:  # pragma: no cover - eight collisions of 64-bit sums in a row
        first = group = np.arange(matrix.shape[0])
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    group = rank[group]
    return matrix[first[order]], np.bincount(group, weights=weights, minlength=len(order)).astype(np.float64), group


def common_step(weights: NDArray[np.float64]) -> float:
    """Return the largest step of which all weights are multiples, at finest 2**-20, or 0 if there is none."""
    for bits in range(0, _FINEST_STEP_BITS + 1, 2):
        scaled = weights * 2.0**bits
        if scaled.sum() > 2.0**50:
            return 0.0
        if (scaled == np.floor(scaled)).all():
            return float(np.gcd.reduce(scaled.astype(np.int64))) / 2.0**bits if len(weights) else 1.0
    return 0.0


def _same_rows(matrix: Any, other: NDArray[np.int64]) -> bool:
    """Tell whether every row has the same sorted columns as row ``other`` of the same matrix."""
    lengths = np.diff(matrix.indptr)
    if (lengths != lengths[other]).any():
        return False
    shift = np.repeat(matrix.indptr[other] - matrix.indptr[:-1], lengths)
    return bool((matrix.indices == matrix.indices[np.arange(len(matrix.indices)) + shift]).all())


def undominated(rows_cover: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the candidates to keep and those whose rows another kept candidate covers."""
    number = rows_cover.shape[1]
    sites = np.arange(number)
    lengths = np.diff(rows_cover.indptr).astype(np.float64)
    if (lengths**2).sum() > DOMINANCE_WORK_MAX:
        return sites, sites[:0]
    pattern = rows_cover.astype(np.int32)
    shared = (pattern.T @ pattern).tocoo()
    size = np.bincount(rows_cover.indices, minlength=number)
    small, large = shared.coords
    inside = (shared.data == size[small]) & (small != large)
    # Of two candidates with the same rows the one with the lower number stays.
    inside &= (size[large] > size[small]) | (large < small)
    is_dominated = size == 0
    is_dominated[small[inside]] = True
    if is_dominated.all():
        return sites[:0], sites
    return sites[~is_dominated], sites[is_dominated]
