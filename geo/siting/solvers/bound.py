"""How much any choice could reach: the Lagrangian dual of the covering rows.

With a multiplier 0 <= l_i <= w_i on each row "z_i <= sum of y_j that cover i", no choice of p sites
reaches more than

    f(l) = sum_i (w_i - l_i) + sum of the p largest scores s_j,    s_j = sum of l_i over the rows of j

so every l gives a bound. With costs and a budget the p best give way to the best fractional knapsack;
where a row needs k_i open sites, "k_i z_i <= sum of y_j", l_i ends at w_i / k_i and counts k_i times. The
least f is the value of the linear relaxation; it is approached by the
primal-dual hybrid gradient method with diagonal steps (Chambolle & Pock 2011, Pock & Chambolle
2011), whose other half is the fractional choice y. Both are averaged and restarted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.siting.solvers.effort import Halt, never
from geo.siting.solvers.presolve import Core

Floats = NDArray[np.float64]

CHECK_EVERY = 20
RESTART_EVERY = 100
STALL_CHECKS = 3


@dataclass(frozen=True, eq=False)
class Relaxation:
    """A bound with what it rests on.

    Parameters
    ----------
    bound
        No choice adds more weight.
    multipliers
        l, shape (rows,).
    scores
        s, shape (candidates,).
    shares
        y, the fractional choice, shape (candidates,): from 0 to 1, adds up to p (its costs to the budget).
    """

    bound: float
    multipliers: Floats
    scores: Floats
    shares: Floats


def relax(
    core: Core,
    *,
    target: float,
    iterations: int,
    multipliers: Floats | None = None,
    shares: Floats | None = None,
    stall: float = 0.04,
    halt: Halt = never,
) -> Relaxation:
    """Lower the bound of a core until it is at most ``target``, stalls, or iterations are used up.

    Parameters
    ----------
    core
        At least one row, and not trivial.
    target
        A bound at or below this is good enough.
    iterations
        Most steps of the method; each is two sparse products.
    multipliers, shares
        Where to start, e.g. from a similar core.
    stall
        Ends when three checks together close less than this fraction of the way to ``target``.
    halt
        Asked at every check.
    """
    cover, rows_cover, costs = core.cover, core.rows_cover, core.costs
    total = core.new if costs is None else core.limit
    need = 1.0 if core.need is None else core.need.astype(np.float64)
    highest = core.weights / need
    scale = step_scale(core)
    row_step = scale / np.diff(rows_cover.indptr)
    site_step = 1.0 / (scale * np.maximum(np.diff(cover.indptr), 1))
    current = highest * 0.5 if multipliers is None else np.clip(multipliers, 0.0, highest)
    even = total / (cover.shape[0] if costs is None else float(costs.sum()))
    wanted = np.full(cover.shape[0], even) if shares is None else shares
    share, shift = project(wanted, site_step, total, costs=costs)
    sum_current, sum_share, summed = np.zeros_like(current), np.zeros_like(share), 0
    best, reached = bound_at(core, current.copy(), share), []
    for step in range(1, iterations + 1):
        following = rows_cover @ share
        following -= need
        following *= -row_step
        following += current
        np.clip(following, 0.0, highest, out=following)
        current *= -1.0
        current += following
        current += following
        ascent = cover @ current
        ascent *= site_step
        ascent += share
        share, shift = project(ascent, site_step, total, shift, costs=costs)
        current = following
        sum_current += current
        sum_share += share
        summed += 1
        if step % CHECK_EVERY:
            continue
        mean_share = sum_share / summed
        for trial in (current.copy(), sum_current / summed):
            found = bound_at(core, trial, mean_share)
            best = found if found.bound < best.bound else best
        reached.append(best.bound)
        if best.bound <= target or halt() or _stalls(reached, target, stall):
            break
        if step % RESTART_EVERY == 0:
            sum_current, sum_share, summed = np.zeros_like(current), np.zeros_like(share), 0
    return best


def step_scale(core: Core) -> float:
    """Return the weight between row and site steps: people per unit of y, measured on instances of all sizes."""
    return 0.3 * float(np.sqrt((core.weights**2).mean()))


def project(
    point: Floats, metric: Floats, total: float, shift: float = 0.0, *, costs: Floats | None = None
) -> tuple[Floats, float]:
    """Return the nearest y with 0 <= y <= 1 and sum ``total``, distances weighted by 1 / ``metric``.

    y = clip(point - metric * t, 0, 1) for the t that meets the sum, found by Newton steps, kept inside a
    bracket once one fails. With costs c it is the sum of c y that is met, and y = clip(point - metric * c * t, 0, 1).

    Parameters
    ----------
    point, metric
        Shape (n,); ``metric`` above zero.
    total
        From 0 to n, or to the sum of costs.
    costs
        Not negative, shape (n,); None where each site counts one.
    shift
        Where to look for t first, e.g. the one of a similar point.

    Returns
    -------
    ndarray, shape (n,), and float
        y and t.
    """
    low, high = -np.inf, np.inf
    pull = metric if costs is None else metric * costs
    slopes = metric if costs is None else pull * costs
    enough = 1e-10 if costs is None else 1e-10 * max(1.0, total)
    for _ in range(80):
        free = point - pull * shift
        nearest = np.minimum(np.maximum(free, 0.0), 1.0)
        excess = float(nearest.sum() if costs is None else nearest @ costs) - total
        if abs(excess) < enough:
            break
        if excess > 0:
            low = shift
        else:
            high = shift
        slope = float(slopes[nearest == free].sum())
        shift = shift + excess / slope if slope > 0 else np.nan
        if not low < shift < high:
            counts = pull > 0
            low = max(low, float(((point[counts] - 1.0) / pull[counts]).min()))
            high = min(high, float((point[counts] / pull[counts]).max()))
            shift = 0.5 * (low + high)
    return nearest, shift


def top_sum(scores: Floats, number: int) -> float:
    """Return the sum of the ``number`` largest scores."""
    if number == 0:
        return 0.0
    return float(np.partition(scores, len(scores) - number)[len(scores) - number :].sum())


def knapsack(scores: Floats, costs: Floats, limit: float) -> tuple[float, float]:
    """Return the best sum of scores whose costs fit, one site in part, and its price per unit of cost.

    Parameters
    ----------
    scores, costs
        Not negative, shape (n,).
    limit
        What the sites may cost together.
    """
    is_free = costs <= 0
    value = float(scores[is_free].sum())
    rest = np.flatnonzero(~is_free)
    rates = scores[rest] / costs[rest]
    order = rest[np.argsort(-rates, kind="stable")]
    spent = np.cumsum(costs[order])
    whole = int(np.searchsorted(spent, limit, side="right"))
    value += float(scores[order[:whole]].sum())
    if whole == len(order):
        return value, 0.0
    price = float(scores[order[whole]] / costs[order[whole]])
    left = limit - (float(spent[whole - 1]) if whole else 0.0)
    return value + price * max(left, 0.0), price


def bound_at(core: Core, multipliers: Floats, shares: Floats) -> Relaxation:
    """Return the bound that multipliers give."""
    scores = core.cover @ multipliers
    counted = multipliers if core.need is None else multipliers * core.need
    best = top_sum(scores, core.new) if core.costs is None else knapsack(scores, core.costs, core.limit)[0]
    return Relaxation(float((core.weights - counted).sum()) + best, multipliers, scores, shares)


def _stalls(reached: list[float], target: float, stall: float) -> bool:
    if len(reached) <= STALL_CHECKS:
        return False
    return reached[-1 - STALL_CHECKS] - reached[-1] < stall * (reached[-1] - target)
