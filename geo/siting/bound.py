"""How much any choice could reach: the Lagrangian dual of the covering rows.

With a multiplier 0 <= l_i <= w_i on each row "z_i <= sum of y_j that cover i", no choice of p sites
reaches more than

    f(l) = sum_i (w_i - l_i) + sum of the p largest scores s_j,    s_j = sum of l_i over the rows of j

so every l gives a bound. The least f is the value of the linear relaxation; it is approached by the
primal-dual hybrid gradient method with diagonal steps (Chambolle & Pock 2011, Pock & Chambolle
2011), whose other half is the fractional choice y. Both are averaged and restarted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.siting.presolve import Core
from geo.siting.search import Halt, never

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
        y, the fractional choice, shape (candidates,): from 0 to 1, adds up to p.
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
        At least one row, and ``0 < core.new < candidates``.
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
    cover, rows_cover, weights, new = core.cover, core.rows_cover, core.weights, core.new
    scale = step_scale(core)
    row_step = scale / np.diff(rows_cover.indptr)
    site_step = 1.0 / (scale * np.maximum(np.diff(cover.indptr), 1))
    current = weights * 0.5 if multipliers is None else np.clip(multipliers, 0.0, weights)
    wanted = np.full(cover.shape[0], new / cover.shape[0]) if shares is None else shares
    share, shift = project(wanted, site_step, new)
    sum_current, sum_share, summed = np.zeros_like(current), np.zeros_like(share), 0
    best, reached = _bound(core, current.copy(), share), []
    for step in range(1, iterations + 1):
        following = rows_cover @ share
        following -= 1.0
        following *= -row_step
        following += current
        np.clip(following, 0.0, weights, out=following)
        current *= -1.0
        current += following
        current += following
        ascent = cover @ current
        ascent *= site_step
        ascent += share
        share, shift = project(ascent, site_step, new, shift)
        current = following
        sum_current += current
        sum_share += share
        summed += 1
        if step % CHECK_EVERY:
            continue
        mean_share = sum_share / summed
        for trial in (current.copy(), sum_current / summed):
            found = _bound(core, trial, mean_share)
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


def project(point: Floats, metric: Floats, total: int, shift: float = 0.0) -> tuple[Floats, float]:
    """Return the nearest y with 0 <= y <= 1 and sum ``total``, distances weighted by 1 / ``metric``.

    y = clip(point - metric * t, 0, 1) for the t that meets the sum, found by Newton steps, kept inside a
    bracket once one fails.

    Parameters
    ----------
    point, metric
        Shape (n,); ``metric`` above zero.
    total
        From 0 to n.
    shift
        Where to look for t first, e.g. the one of a similar point.

    Returns
    -------
    ndarray, shape (n,), and float
        y and t.
    """
    low, high = -np.inf, np.inf
    for _ in range(80):
        free = point - metric * shift
        nearest = np.minimum(np.maximum(free, 0.0), 1.0)
        excess = float(nearest.sum()) - total
        if abs(excess) < 1e-10:
            break
        if excess > 0:
            low = shift
        else:
            high = shift
        slope = float(metric[nearest == free].sum())
        shift = shift + excess / slope if slope > 0 else np.nan
        if not low < shift < high:
            low = max(low, float(((point - 1.0) / metric).min()))
            high = min(high, float((point / metric).max()))
            shift = 0.5 * (low + high)
    return nearest, shift


def top_sum(scores: Floats, number: int) -> float:
    """Return the sum of the ``number`` largest scores."""
    if number == 0:
        return 0.0
    return float(np.partition(scores, len(scores) - number)[len(scores) - number :].sum())


def _bound(core: Core, multipliers: Floats, shares: Floats) -> Relaxation:
    scores = core.cover @ multipliers
    bound = float((core.weights - multipliers).sum()) + top_sum(scores, core.new)
    return Relaxation(bound, multipliers, scores, shares)


def _stalls(reached: list[float], target: float, stall: float) -> bool:
    if len(reached) <= STALL_CHECKS:
        return False
    return reached[-1 - STALL_CHECKS] - reached[-1] < stall * (reached[-1] - target)
