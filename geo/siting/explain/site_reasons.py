"""Why these sites: what each is there for, what another one would cost, and how firm the plan stands."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import ContractError
from geo.reach import require_positive
from geo.siting.explain.curves import Curve, curve
from geo.siting.problem import OBJECTIVES, Plan, SitingProblem, Status, as_indices, as_weights, recompute
from geo.siting.solvers import Halt, never, solve

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SiteReason:
    """What an open site is there for, in people.

    Parameters
    ----------
    site
        Its number.
    reached
        People within its reach.
    alone
        Those within reach of no other open site: lost if it closed.
    shared
        Those within reach of another open site too.
    added, cumulative
        For new sites: what the plan gains by it at its place in the order, and its value once it is open, in the unit
        of the plan's objective; None for sites open today.
    """

    site: int
    reached: float
    alone: float
    shared: float
    added: float | None
    cumulative: float | None


@dataclass(frozen=True)
class WhyNot:
    """What would be lost by opening a site that the plan leaves out.

    Parameters
    ----------
    site
        Its number.
    loss
        How much worse the best plan found with it is, in the unit of the objective, never below 0 where the plan is
        optimal; None where no plan with it meets the wishes.
    loss_least
        The loss is at least this, proven.
    plan
        The plan with it.
    """

    site: int
    loss: float | None
    loss_least: float
    plan: Plan


@dataclass(frozen=True)
class ReachTable:
    """People within reach by reach and number of new sites.

    Parameters
    ----------
    reaches
        In the unit of the ways, ascending.
    new
        0, 1, 2, ...
    reached, bound
        Best known and at most, a row for each reach; neither falls with reach or number.
    is_proven
        Whether ``reached`` is the best there is.
    """

    reaches: tuple[float, ...]
    new: tuple[int, ...]
    reached: tuple[tuple[float, ...], ...]
    bound: tuple[tuple[float, ...], ...]
    is_proven: tuple[tuple[bool, ...], ...]


@dataclass(frozen=True)
class Stability:
    """How a plan stands where people are counted otherwise.

    Parameters
    ----------
    best
        Share of the counts at which no better plan was found.
    near
        Share of the counts at which the plan is within ``within`` of the best found.
    near_sure
        The same, but against the bound: proven.
    within
        The fraction meant by near.
    values, best_values
        Value of the plan, and of the best one found, for each count.
    low, high
        Least and largest value of the plan.
    """

    best: float
    near: float
    near_sure: float
    within: float
    values: tuple[float, ...]
    best_values: tuple[float, ...]
    low: float
    high: float


def reasons(problem: SitingProblem, plan: Plan) -> tuple[SiteReason, ...]:
    """Return what each open site is there for: new ones in the order of the plan, then those of today."""
    kept = [site for site in sorted(problem.fixed + problem.closable) if site not in set(plan.closed)]
    sites = [*plan.selected, *kept]
    counts = np.zeros(problem.points, dtype=np.int64)
    mine = {site: problem.cover.indices[problem.cover.indptr[site] : problem.cover.indptr[site + 1]] for site in sites}
    for site in sites:
        counts[mine[site]] += 1
    found = []
    for place, site in enumerate(sites):
        people = problem.weights[mine[site]]
        alone = math.fsum(people[counts[mine[site]] == 1])
        reached = math.fsum(people)
        is_new = place < len(plan.selected)
        found.append(
            SiteReason(
                site, reached, alone, reached - alone,
                plan.gains[place] if is_new else None, plan.cumulative[place] if is_new else None,
            )
        )  # fmt: skip
    return tuple(found)


def why_not(
    problem: SitingProblem, plan: Plan, site: int, *, seconds: float = 5.0, seed: int = 0, stop: Halt = never
) -> WhyNot:
    """Return what would be lost by forcing a site into a plan.

    Parameters
    ----------
    problem, plan
        What was asked and answered.
    site
        A candidate that is not forbidden.

    Raises
    ------
    ContractError
        If the site is no candidate: it is open today, forbidden, or not there.
    """
    wanted = as_indices([site], "site", problem.sites)[0]
    if wanted not in set(problem.candidates.tolist()):
        raise ContractError(f"site {site} is open today or forbidden; ask for one of the candidates")
    if wanted in plan.selected:
        return WhyNot(wanted, 0.0, 0.0, plan)
    asked = problem.changed(forced=(*problem.forced, wanted))
    other = solve(asked, seconds=seconds, objective=plan.objective, seed=seed, stop=stop)
    if other.status is Status.INFEASIBLE:
        return WhyNot(wanted, None, 0.0, other)
    sign = OBJECTIVES[plan.objective].sign
    least = max(0.0, sign * (plan.value - other.bound))
    return WhyNot(wanted, sign * (plan.value - other.value), least, other)


def reach_table(
    problem: SitingProblem,
    reaches: Iterable[float],
    up_to: int,
    *,
    seconds: float = 20.0,
    seed: int = 0,
    stop: Halt = never,
) -> ReachTable:
    """Return the people within reach for several reaches and each number of new sites, at once.

    Parameters
    ----------
    problem
        With ways; its own reach and number are not used.
    reaches
        In the unit of its ways: metres or minutes.
    up_to
        Largest number of new sites.
    seconds, seed, stop
        As in :func:`geo.siting.solve`, for all together.
    """
    require_positive(seconds, "seconds")
    if problem.minimums:
        raise ContractError("a table of reach and number takes no minimum per group; leave the minimums out")
    began = time.perf_counter()
    ordered = sorted({float(reach) for reach in reaches})
    curves: list[Curve] = []
    problems = [problem.at_reach(reach) for reach in ordered]
    for place, asked in enumerate(problems):
        left = max(began + seconds - time.perf_counter(), 0.01) / (len(ordered) - place)
        curves.append(curve(asked, up_to, seconds=left, seed=seed, stop=stop))
    reached = [list(told.reached) for told in curves]
    bound = [list(told.bound) for told in curves]
    proven = [list(told.is_proven) for told in curves]
    for row in range(1, len(curves)):
        for new, selected in enumerate(curves[row - 1].selected):
            if reached[row][new] < reached[row - 1][new]:  # the plan of the shorter reach holds here as well
                reached[row][new] = max(recompute(problems[row], selected).after, reached[row - 1][new])
    for row in range(len(curves) - 2, -1, -1):
        for new in range(len(bound[row])):
            bound[row][new] = max(reached[row][new], min(bound[row][new], bound[row + 1][new]))
            proven[row][new] = proven[row][new] or bound[row][new] <= reached[row][new] * (1 + 1e-12)
    return ReachTable(
        reaches=tuple(ordered),
        new=curves[0].new if curves else (),
        reached=tuple(map(tuple, reached)),
        bound=tuple(map(tuple, bound)),
        is_proven=tuple(map(tuple, proven)),
    )


def stability_between(
    problem: SitingProblem,
    plan: Plan,
    low: ArrayLike,
    high: ArrayLike,
    *,
    draws: int = 50,
    within: float = 0.01,
    seconds: float = 20.0,
    seed: int = 0,
    stop: Halt = never,
) -> Stability:
    """Return how a plan stands while each count may lie anywhere between two limits.

    Counts are drawn evenly and apart from each other between ``low`` and ``high``, shape (n,) each, e.g. the interval
    that a rounded or withheld count stands for.
    """
    least, most = as_weights(low), as_weights(high)
    if least.shape != (problem.points,) or most.shape != (problem.points,) or (least > most).any():
        raise ContractError(f"low and high hold one number for each of the {problem.points} points, low <= high")
    if draws < 1:
        raise ContractError(f"draws = {draws}: give at least 1")
    random = np.random.default_rng(seed)
    counts = [least + (most - least) * random.random(problem.points) for _ in range(draws)]
    told = stability_over(problem, plan, counts, within=within, seconds=seconds, seed=seed, stop=stop)
    ends = [_value(problem.changed(weights=weights), plan) for weights in (least, most)]
    if OBJECTIVES[plan.objective].unit == "travel cost":  # does not grow with people
        return told
    return Stability(
        told.best, told.near, told.near_sure, within, told.values, told.best_values, min(ends), max(ends)
    )  # fmt: skip


def stability_over(
    problem: SitingProblem,
    plan: Plan,
    counts: Sequence[ArrayLike],
    *,
    within: float = 0.01,
    seconds: float = 20.0,
    seed: int = 0,
    stop: Halt = never,
) -> Stability:
    """Return how a plan stands at several counts of people, e.g. of the last years, each of shape (n,).

    Raises
    ------
    ContractError
        Without counts, for the wrong shape, or for the question for fewest sites, where there is no value to compare.
    """
    if not counts:
        raise ContractError("counts is empty; give at least one vector of people")
    if OBJECTIVES[plan.objective].counts_sites:
        raise ContractError(f"{plan.objective} has no value that changes with the people; ask for coverage")
    began = time.perf_counter()
    sign = OBJECTIVES[plan.objective].sign
    values, best_values, sure = [], [], 0
    for turn, weights in enumerate(counts):
        asked = problem.changed(weights=weights)
        value = _value(asked, plan)
        left = max(began + seconds - time.perf_counter(), 0.01) / (len(counts) - turn)
        other = solve(asked, seconds=left, objective=plan.objective, seed=seed, stop=stop)
        is_there = other.status is not Status.INFEASIBLE
        best = (max if sign > 0 else min)(value, other.value) if is_there else value
        values.append(value)
        best_values.append(best)
        limit = other.bound if is_there else value
        sure += is_near(value, limit, within, sign) or (is_near(value, best, 0.0, sign) and other.status == "optimal")
    pairs = list(zip(values, best_values, strict=True))
    number = len(pairs)
    return Stability(
        best=sum(is_near(value, best, 1e-12, sign) for value, best in pairs) / number,
        near=sum(is_near(value, best, within, sign) for value, best in pairs) / number,
        near_sure=sure / number,
        within=within,
        values=tuple(values),
        best_values=tuple(best_values),
        low=min(values),
        high=max(values),
    )


def is_near(value: float, best: float, within: float, sign: float) -> bool:
    """Tell whether a value is within a fraction of the best; ``sign`` is -1 where less is better."""
    return sign * (best - value) <= within * abs(best) + 1e-9


def _value(problem: SitingProblem, plan: Plan) -> float:
    return recompute(problem, plan.selected, closed=plan.closed, objective=plan.objective).after
