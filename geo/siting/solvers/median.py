"""Shortest mean way (p-median): exchange and restarts, Lagrangian bound, HiGHS on what is left.

    min  sum_i w_i min_{j open} d_ij   s.t.   exactly p sites open

With a price u_i on each point the sum of ways is at least

    L(u) = sum_i u_i + sum of the p least rho_j(u),    rho_j(u) = sum_i min(0, w_i d_ij - u_i)

(Cornuejols, Fisher & Nemhauser 1977); u is raised by subgradient steps. Sites whose rho shows that
opening them, or leaving them out, is worse than the best choice known are fixed; the rest goes to HiGHS
in the form of Elloumi (2010), one variable for each distance of a point.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.siting.problem import Plan, SitingProblem
from geo.siting.solvers.effort import Effort, Halt, Teller
from geo.siting.solvers.interchange import Exchange, WayCore, descend_ways, greedy_sites, kick_ways
from geo.siting.solvers.models import Program
from geo.siting.solvers.presolve import common_step

Floats = NDArray[np.float64]

TellWays = Callable[[tuple[int, ...], float, float], None]

RESTARTS = 250
RESTARTS_FAILED_MOST = 90
STEPS_MOST = 1500
PROGRAM_COLUMNS_MAX = 400_000
SEARCH_SHARE = 0.3
QUICK_PAIRS = 2_000_000
"""Ways that one look at each of them takes a hundredth of a second; with more, stopping means doing less."""


@dataclass(frozen=True, eq=False)
class WayBound:
    """A bound from below with rho of each site at its prices."""

    bound: float
    rho: Floats


def solve_median(problem: SitingProblem, objective: str, effort: Effort) -> Plan:
    """Find the shortest mean way; parameters as :func:`geo.siting.solvers.covering.solve_covering`."""
    core, free = way_core(problem)
    teller = Teller(problem, effort, is_minimum=True)

    def tell(sites: tuple[int, ...], value: float, bound: float) -> None:
        teller.tell(value, bound, (*problem.forced, *free[list(sites)].tolist()))

    step = common_step(np.unique(core.ways)) if core.ways.size else 1.0
    sites, bound = prove_median(core, effort, step=step, tell=tell)
    value = core.value(sites)
    tell(sites, value, bound)
    chosen = (*problem.forced, *free[list(sites)].tolist())
    is_proven = bound >= value - median_margin(step, value)
    return effort.plan(problem, objective, chosen, value, bound, proven=is_proven)


def way_core(problem: SitingProblem) -> tuple[WayCore, NDArray[np.int64]]:
    """Return the ways of a problem that are still to be decided, and the sites behind their columns."""
    if problem.ways is None:  # pragma: no cover - refused before
        raise ValueError("no ways")
    free = np.setdiff1d(
        np.union1d(problem.candidates, np.array(problem.closable, dtype=np.int64)),
        np.array(problem.forced, dtype=np.int64),
    )
    points = np.flatnonzero(problem.weights > 0)
    dense = problem.ways.dense()
    weighted = np.ascontiguousarray(dense[free][:, points].T) * problem.weights[points, None]
    is_open = list(problem.fixed + problem.forced)
    if is_open:
        base = dense[is_open][:, points].min(axis=0) * problem.weights[points]
    else:
        base = np.full(len(points), float(weighted.max(initial=0.0)))
    np.minimum(weighted, base[:, None], out=weighted)
    number = problem.new - len(problem.forced) + len(problem.closable)
    kept = np.isin(free, np.array(problem.closable, dtype=np.int64))
    return WayCore(weighted, base, number, kept, len(problem.closable) - problem.moves_most), free


def median_margin(step: float, value: float) -> float:
    """Return how far below ``value`` a bound may lie and still prove that nothing is better."""
    return step * (1 - 1e-6) if step else 1e-8 * max(1.0, abs(value))


def prove_median(core: WayCore, effort: Effort, *, step: float, tell: TellWays) -> tuple[tuple[int, ...], float]:
    """Return the best choice found and a bound from below."""
    halt = effort.halt
    first = greedy_sites(core, halt=halt)
    value = core.value(first)
    tell(first, value, 0.0)
    if core.number == 0 or core.number >= core.ways.shape[1]:
        return first, value
    if halt() and core.ways.size > QUICK_PAIRS:  # nobody gets nearer than to the nearest of all sites
        return first, min(value, float(core.ways.min(axis=1).sum()))
    state = Exchange(core, first)
    descend_ways(state, halt)
    best, value = tuple(state.sites.tolist()), state.value
    tell(best, value, 0.0)
    if halt() and core.ways.size > QUICK_PAIRS:
        return best, min(value, float(core.ways.min(axis=1).sum()))
    rough = raise_bound(core, value, median_margin(step, value), halt, steps=120)
    tell(best, value, rough.bound)
    if rough.bound < value - median_margin(step, value):
        till = effort.part(SEARCH_SHARE)
        best = restarts(
            state, np.random.default_rng(effort.seed), till, lambda sites, now: tell(sites, now, rough.bound)
        )
        value = core.value(best)
        fine = raise_bound(core, value, median_margin(step, value), halt, steps=STEPS_MOST)
        rough = max(rough, fine, key=lambda bound: bound.bound)
        tell(best, value, rough.bound)
    is_enough = rough.bound >= value - max(median_margin(step, value), effort.mip_gap * value)
    if is_enough or halt():
        return best, min(rough.bound, value)
    return _prove_rest(core, best, value, rough, effort, step=step)


def restarts(
    state: Exchange, random: np.random.Generator, halt: Halt, tell: Callable[[tuple[int, ...], float], None]
) -> tuple[int, ...]:
    """Kick and descend again and again from the best choice; return the best sites."""
    best, value, failed = state.copy(), state.value, 0
    for turn in range(RESTARTS):
        if halt() or failed >= RESTARTS_FAILED_MOST:
            break
        trial = best.copy()
        kick_ways(trial, 1 + turn % min(4, max(1, len(trial.sites))), random)
        descend_ways(trial, halt)
        now = trial.value
        failed = failed + 1 if now >= value * (1 - 1e-12) else 0
        if now < value * (1 - 1e-12):
            tell(tuple(trial.sites.tolist()), now)
        if now <= value * (1 + 1e-12):
            best, value = trial, min(value, now)
    return tuple(best.sites.tolist())


def raise_bound(core: WayCore, value: float, margin: float, halt: Halt, *, steps: int) -> WayBound:
    """Raise L(u) by subgradient steps until it proves ``value``, no longer rises, or steps are used up.

    Each point's price ends at the way to a far site of its own, so only its nearer sites are looked at.
    """
    points, sites = core.ways.shape
    width = min(sites, max(40, 4 * sites // max(1, core.number)))
    near = np.argpartition(core.ways, width - 1, axis=1)[:, :width]
    ways = np.take_along_axis(core.ways, near, axis=1)
    top = core.base if width == sites else np.minimum(core.base, ways.max(axis=1))
    where = near.ravel()
    two = np.partition(ways, min(1, width - 1), axis=1)
    price = np.minimum(two[:, min(1, width - 1)] * 0.5 + two[:, 0] * 0.5 + value / points * 0.5, top)
    best, scale, unchanged = WayBound(0.0, np.zeros(sites)), 1.5, 0
    every = max(1, min(20, QUICK_PAIRS // max(1, ways.size)))
    for turn in range(steps):
        below = ways < price[:, None]
        rho = np.bincount(where, weights=np.where(below, ways - price[:, None], 0.0).ravel(), minlength=sites).astype(
            np.float64
        )
        chosen = np.argpartition(rho, core.number - 1)[: core.number]
        bound = float(price.sum() + rho[chosen].sum())
        if bound > best.bound + 1e-9 * abs(bound):
            unchanged = 0 if bound > best.bound + 1e-5 * abs(value) else unchanged + 1
            best = WayBound(bound, rho)
        else:
            unchanged += 1
        if best.bound >= value - margin or scale < 2e-4 or (turn % every == 0 and halt()):
            break
        if unchanged >= 12:
            scale, unchanged = scale * 0.6, 0
        is_chosen = np.zeros(sites, dtype=bool)
        is_chosen[chosen] = True
        slope = 1.0 - (below & is_chosen[near]).sum(axis=1)
        size = float(slope @ slope)
        if size == 0:
            break
        price = np.clip(price + slope * (scale * max(value - bound, 1e-9 * value) / size), 0.0, top)
    return best


def _prove_rest(
    core: WayCore, best: tuple[int, ...], value: float, bound: WayBound, effort: Effort, *, step: float
) -> tuple[tuple[int, ...], float]:
    """Fix sites by rho and give the rest to HiGHS, unless that is too much for it."""
    from geo.siting.solvers.exact import run

    target = value - median_margin(step, value)
    order = np.argsort(bound.rho, kind="stable")
    inside, outside = order[: core.number], order[core.number :]
    last, following = bound.rho[inside[-1]], bound.rho[outside[0]]
    is_out = np.zeros(len(order), dtype=bool)
    is_in = np.zeros(len(order), dtype=bool)
    is_out[outside] = bound.bound - last + bound.rho[outside] > target
    is_in[inside] = bound.bound - bound.rho[inside] + following > target
    is_out[list(best)] = False
    sites = np.flatnonzero(~is_out)
    program = way_program(core, sites, is_in[sites])
    if len(program.coefficients) > PROGRAM_COLUMNS_MAX:
        return best, bound.bound
    told = run(
        program,
        seconds=effort.left,
        seed=effort.seed,
        mip_gap=effort.mip_gap,
        margin=median_margin(step, value),
        halt=effort.halt,
    )
    if told.is_infeasible:  # nothing but worse choices was fixed away
        return best, value
    if told.values is not None:
        found = tuple(sites[np.flatnonzero(told.values[: len(sites)] > 0.5)].tolist())
        if len(found) == core.number and core.value(found) < value:
            best, value = found, core.value(found)
    # Whatever was fixed away is no better than the target; what is left is bounded by HiGHS.
    left = max(bound.bound, min(told.bound, value))
    return best, min(left, value)


def way_program(core: WayCore, sites: NDArray[np.int64], is_in: NDArray[np.bool_]) -> Program:
    """Return the p-median over some sites, after Elloumi (2010).

    z_ik = 1 where no site is open at one of the k least distances D_i1 < D_i2 < ... of point i:

        min  sum_i (D_i1 + sum_k (D_ik+1 - D_ik) z_ik)   s.t.   z_ik + sum_{j: d_ij = D_ik} y_j >= z_ik-1,  z_i0 = 1

    Distances beyond the nearest site that is open for sure, or at which so many sites are nearer that one
    must be open, are left out.
    """
    from scipy.sparse import coo_array

    ways = core.ways[:, sites]
    sure = np.minimum(core.base, ways[:, is_in].min(axis=1)) if is_in.any() else core.base
    spare = len(sites) - core.number  # of the spare + 1 nearest sites one is open
    if spare < len(sites):
        sure = np.minimum(sure, np.partition(ways, spare, axis=1)[:, spare])
    point, site = np.nonzero(ways < sure[:, None])
    length = ways[point, site]
    order = np.lexsort((length, point))
    point, site, length = point[order], site[order], length[order]
    is_new = np.ones(len(point), dtype=bool)
    is_new[1:] = (point[1:] != point[:-1]) | (length[1:] > length[:-1])
    level = np.cumsum(is_new) - 1
    owner, distance = point[is_new], length[is_new]
    is_last = np.ones(len(owner), dtype=bool)
    is_last[:-1] = owner[1:] != owner[:-1]
    following = np.append(distance[1:], 0.0)
    following[is_last] = sure[owner[is_last]]
    number, levels = len(sites), len(owner)
    is_first = np.ones(levels, dtype=bool)
    is_first[1:] = is_last[:-1]
    chained = np.flatnonzero(~is_first)
    every, each = np.arange(number), np.arange(levels)
    rows = [level, each, chained, *(np.full(number, levels + extra) for extra in range(3))]
    columns = [site, number + each, number + chained - 1, every, every, every]
    values = [np.ones(len(level)), np.ones(levels), -np.ones(len(chained)), np.ones(number), core.kept[sites], is_in]
    matrix = coo_array(
        (np.concatenate(values).astype(np.float64), (np.concatenate(rows), np.concatenate(columns))),
        shape=(levels + 3, number + levels),
    ).tocsr()
    return Program(
        coefficients=np.concatenate([np.zeros(number), following - distance]),
        upper=np.ones(number + levels),
        is_whole=np.concatenate([np.ones(number, dtype=bool), np.zeros(levels, dtype=bool)]),
        matrix=matrix,
        row_lower=np.concatenate([is_first.astype(np.float64), [core.number, core.kept_least, is_in.sum()]]),
        row_upper=np.concatenate([np.full(levels, np.inf), [core.number, np.inf, np.inf]]),
        is_maximum=False,
        constant=float(_least(owner, distance, is_first, sure)),
    )


def _least(owner: NDArray[np.int64], distance: Floats, is_first: NDArray[np.bool_], sure: Floats) -> float:
    """Return the sum of each point's least distance; the sure one where no other is less."""
    least = sure.copy()
    least[owner[is_first]] = distance[is_first]
    return float(least.sum())
