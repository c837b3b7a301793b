"""Make a problem small without changing its answer.

1. Demand within reach of fixed or forced sites is counted and dropped; so is demand nobody can reach.
2. Demand points with the same set of covering sites become one row with their weights added. What
   counts afterwards is the number of distinct sets, not of people (Cordeau, Furini & Ljubić 2019).
3. A candidate whose rows are all covered by another candidate that costs no more is dropped, unless rules
   say which sites are to be open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.siting.problem import OBJECTIVES, Rows, SitingProblem, covered_rows, wanted_people

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
        Sites still to choose, forced ones not counted. Not used where there are costs.
    base
        Weight within reach of fixed and forced sites.
    step
        Every choice reaches a multiple of this; 0 where no such step exists.
    costs, limit
        Cost of each candidate and what they may cost together; None where a number is asked for.
    need
        Open sites each row needs, shape (rows,); None where one is enough.
    rules
        Wishes beyond number and budget; None where there are none.
    """

    cover: Any
    rows_cover: Any
    weights: NDArray[np.float64]
    candidates: NDArray[np.int64]
    spare: NDArray[np.int64]
    new: int
    base: float
    step: float
    costs: NDArray[np.float64] | None = None
    limit: float = 0.0
    need: NDArray[np.int32] | None = None
    rules: Rules | None = None

    @property
    def reachable(self) -> float:
        """Weight that all candidates together could add."""
        return float(self.weights.sum())

    @property
    def is_trivial(self) -> bool:
        """Whether every candidate, or none, can be chosen."""
        if self.costs is None:
            return self.new == 0 or self.new >= len(self.candidates)
        affordable = self.costs <= self.limit
        return not affordable.any() or bool(self.costs.sum() <= self.limit)

    def margin(self, value: float) -> float:
        """Return how far above ``value`` a bound may lie and still prove that nothing is better.

        Just below one step, as the next better value is a whole step away; without a step, what
        floating point leaves open.
        """
        return self.step * (1 - 1e-6) if self.step else 1e-8 * max(1.0, abs(value))


@dataclass(frozen=True, eq=False)
class Rules:
    """Wishes on a core beyond number and budget.

    Parameters
    ----------
    site_sums
        Pairs of a mask over candidates and how many of them are chosen at least.
    row_sums
        Pairs of row numbers and the weight that is reached of them at least.
    """

    site_sums: tuple[tuple[NDArray[np.bool_], int], ...] = ()
    row_sums: tuple[tuple[NDArray[np.int64], float], ...] = ()


def reduce_problem(problem: SitingProblem, objective: str = "coverage") -> Core:
    """Return the core of a problem whose wishes can be met.

    Sites open today that may close are candidates like others, and as many more sites are chosen; what they
    cost is added to the budget.
    """
    rows = (OBJECTIVES[objective].rows or covered_rows)(problem)
    open_sites = np.array(problem.fixed + problem.forced, dtype=np.int64)
    counts = np.bincount(rows.cover[open_sites].indices, minlength=len(rows.weights))
    need = rows.need - counts
    choosable = np.union1d(problem.candidates, np.array(problem.closable, dtype=np.int64))
    free = np.setdiff1d(choosable, np.array(problem.forced, dtype=np.int64))
    costs, limit = None, 0.0
    if problem.budget is not None and problem.costs is not None:
        limit = problem.budget + problem.cost(problem.closable) - problem.cost(problem.forced)
        costs = problem.costs[free]
    keep = np.flatnonzero((need > 0) & (rows.weights > 0))
    by_row = rows.cover[free].T.tocsr()[keep]
    reached = np.diff(by_row.indptr) >= need[keep]
    keep, by_row = keep[reached], by_row[reached]
    labels = _labels(problem, rows, keep, need)
    merged, weights, group = merge_rows(by_row, rows.weights[keep], labels)
    kept, spare = np.arange(len(free)), np.empty(0, dtype=np.int64)
    if rows.need == 1 and not _has_site_rules(problem):
        kept, spare = undominated(merged, costs)
    if len(spare):
        first = first_of(group, len(weights))
        merged, weights, again = merge_rows(merged[:, kept], weights, None if labels is None else labels[first])
        group = again[group]
    merged = merged.astype(np.float64)
    core_need = np.zeros(len(weights), dtype=np.int32)
    core_need[group] = need[keep]
    candidates = free[kept]
    return Core(
        cover=merged.T.tocsr(),
        rows_cover=merged,
        weights=weights,
        candidates=candidates,
        spare=free[spare],
        new=problem.new - len(problem.forced) + len(problem.closable),
        base=float(rows.weights[need <= 0].sum()),
        step=common_step(weights),
        costs=None if costs is None else costs[kept],
        limit=limit,
        need=core_need if rows.need > 1 else None,
        rules=_rules(problem, candidates, need <= 0, keep, group),
    )


def first_of(group: NDArray[np.int64], number: int) -> NDArray[np.int64]:
    """Return a member of each of ``number`` groups."""
    first = np.zeros(number, dtype=np.int64)
    first[group[::-1]] = np.arange(len(group))[::-1]
    return first


def _has_site_rules(problem: SitingProblem) -> bool:
    return problem.moves_most < len(problem.closable) or any(minimum.sites for minimum in problem.minimums)


def _labels(
    problem: SitingProblem, rows: Rows, keep: NDArray[np.int64], need: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """Return what keeps rows apart besides their sites: how many they need, and their group."""
    if rows.need > 1:
        return np.asarray(need[keep], dtype=np.int64)
    if problem.demand_groups is None or not any(minimum.people or minimum.share for minimum in problem.minimums):
        return None
    named = np.array([minimum.group for minimum in problem.minimums])
    groups = problem.demand_groups[rows.point[keep]]
    return np.where(np.isin(groups, named), groups - groups.min() + 1 if len(groups) else groups, 0)


def _rules(
    problem: SitingProblem,
    candidates: NDArray[np.int64],
    is_reached: NDArray[np.bool_],
    keep: NDArray[np.int64],
    group: NDArray[np.int64],
) -> Rules | None:
    site_sums: list[tuple[NDArray[np.bool_], int]] = []
    row_sums: list[tuple[NDArray[np.int64], float]] = []
    may_close = np.isin(candidates, np.array(problem.closable, dtype=np.int64))
    if problem.moves_most < len(problem.closable):
        site_sums.append((may_close, len(problem.closable) - problem.moves_most))
    open_sites = np.array(problem.fixed + problem.forced, dtype=np.int64)
    for minimum in problem.minimums:
        if minimum.sites and problem.site_groups is not None:
            missing = minimum.sites - int((problem.site_groups[open_sites] == minimum.group).sum())
            if missing > 0:
                site_sums.append((problem.site_groups[candidates] == minimum.group, missing))
        if (minimum.people or minimum.share) and problem.demand_groups is not None:
            is_mine = problem.demand_groups == minimum.group
            missing_people = wanted_people(problem, minimum) - float(problem.weights[is_mine & is_reached].sum())
            if missing_people > 1e-9:
                row_sums.append((np.unique(group[is_mine[keep]]), missing_people))
    return Rules(tuple(site_sums), tuple(row_sums)) if site_sums or row_sums else None


def merge_rows(
    matrix: Any, weights: NDArray[np.float64], labels: NDArray[np.int64] | None = None
) -> tuple[Any, NDArray[np.float64], NDArray[np.int64]]:
    """Merge rows with identical column sets and add their weights.

    Each column gets a random 64-bit number, each row the sum of its columns' numbers; rows with
    equal sums are then compared column by column, so the result is exact, not probable.

    Parameters
    ----------
    matrix
        CSR, shape (n, m); only the pattern counts. Rows must not be empty.
    weights
        Shape (n,).
    labels
        Shape (n,): rows with different labels stay apart.

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
        if labels is not None:
            sums += labels.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15 + 2 * attempt)
        _, first, group = np.unique(sums, return_index=True, return_inverse=True)
        if _same_rows(matrix, first[group]) and (labels is None or (labels == labels[first[group]]).all()):
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


def undominated(
    rows_cover: Any, costs: NDArray[np.float64] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the candidates to keep and those whose rows another kept one covers at no higher cost."""
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
    is_first = (size[large] > size[small]) | (large < small)
    if costs is None:
        inside &= is_first
    else:
        inside &= (costs[large] < costs[small]) | ((costs[large] == costs[small]) & is_first)
    is_dominated = size == 0
    is_dominated[small[inside]] = True
    if is_dominated.all():
        return sites[:0], sites
    return sites[~is_dominated], sites[is_dominated]
