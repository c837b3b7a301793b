"""The answer to a siting problem, and its check by code that never saw a solver."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from geo.errors import GeoError
from geo.siting.problem import SitingProblem


class Status(StrEnum):
    """What is known about a plan.

    ``OPTIMAL``: no plan is better, proven. ``FEASIBLE``: the plan holds, time ended before the proof;
    ``gap`` says how much better one could be at most. ``INFEASIBLE``: no plan meets the wishes;
    ``message`` says why. ``STOPPED``: as feasible, but the caller ended the search.
    """

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Recomputed:
    """What a choice of new sites reaches, counted afresh from the cover.

    Parameters
    ----------
    before
        Weight within reach of the fixed sites.
    after
        Weight within reach of fixed and new sites.
    gains
        Weight each new site adds to what fixed sites and those before it reach.
    cumulative
        Weight reached once each new site is open; the last one equals ``after``.
    points
        Demand points (not people) within reach of fixed and new sites.
    """

    before: float
    after: float
    gains: tuple[float, ...]
    cumulative: tuple[float, ...]
    points: int


@dataclass(frozen=True)
class Plan:
    """Which sites to open, what they reach, and how sure that is.

    Parameters
    ----------
    status
        See :class:`Status`; compares equal to its text, ``plan.status == "optimal"``.
    selected
        New sites as numbers of the problem, the one that adds most first.
    objective
        Weight (people) within reach, that of fixed sites included.
    before
        Weight within reach of the fixed sites alone.
    gains, cumulative
        For each of ``selected``: weight added, and weight reached once it is open.
    bound
        No plan reaches more than this.
    gap
        ``(bound - objective) / bound``, a fraction; 0 where the plan is optimal.
    points
        Demand points within reach: a count of points, never of people.
    total
        Weight of all demand.
    seconds, seed
        Time taken, and the seed that makes the run repeatable.
    message
        Code of the reason where the status is infeasible, else None: ``forced_exceed_new``,
        ``new_exceed_candidates``, ``forced_and_forbidden``.
    """

    status: Status
    selected: tuple[int, ...]
    objective: float
    before: float
    gains: tuple[float, ...]
    cumulative: tuple[float, ...]
    bound: float
    gap: float
    points: int
    total: float
    seconds: float
    seed: int
    message: str | None = None


def recompute(problem: SitingProblem, selected: Sequence[int]) -> Recomputed:
    """Count what fixed sites and ``selected`` reach, in the order given.

    Written without the structures the solvers use: one mark per demand point, set site by site.

    Parameters
    ----------
    problem
        The problem; only weights, cover and fixed sites are read.
    selected
        New sites in order.
    """
    reached = np.zeros(problem.points, dtype=bool)
    starts, points = problem.cover.indptr, problem.cover.indices
    for site in problem.fixed:
        reached[points[starts[site] : starts[site + 1]]] = True
    before = math.fsum(problem.weights[reached])
    gains, cumulative = [], []
    after = before
    for site in selected:
        mine = np.zeros(problem.points, dtype=bool)
        mine[points[starts[site] : starts[site + 1]]] = True
        gains.append(math.fsum(problem.weights[mine & ~reached]))
        reached |= mine
        after = math.fsum(problem.weights[reached])
        cumulative.append(after)
    return Recomputed(before, after, tuple(gains), tuple(cumulative), int(reached.sum()))


def order_by_gain(problem: SitingProblem, selected: Sequence[int]) -> tuple[int, ...]:
    """Return the same sites, each time the one that adds most to those before it; ties by number."""
    rows = {
        site: problem.cover.indices[problem.cover.indptr[site] : problem.cover.indptr[site + 1]] for site in selected
    }
    left = np.array(problem.weights)
    for site in problem.fixed:
        left[problem.cover.indices[problem.cover.indptr[site] : problem.cover.indptr[site + 1]]] = 0
    ordered: list[int] = []
    waiting = sorted(rows)
    while waiting:
        best = max(waiting, key=lambda site: (float(left[rows[site]].sum()), -site))
        ordered.append(best)
        waiting.remove(best)
        left[rows[best]] = 0
    return tuple(ordered)


def make_plan(
    problem: SitingProblem,
    selected: Sequence[int],
    claimed: float,
    bound: float,
    *,
    is_proven: bool,
    is_stopped: bool,
    seconds: float,
    seed: int,
) -> Plan:
    """Return the plan for a choice, with every figure recomputed from the cover.

    Raises
    ------
    GeoError
        If the solver claimed another weight than is recomputed, or the choice breaks a wish: a fault
        of this library that must never reach a reader as a number.
    """
    ordered = order_by_gain(problem, selected)
    told = recompute(problem, ordered)
    if not math.isclose(told.after, claimed, rel_tol=1e-9, abs_tol=1e-6):
        raise GeoError(f"solver claims {claimed} people, recomputed are {told.after}; report this as a fault")
    allowed = set(problem.candidates.tolist())
    if not (len(set(ordered)) == problem.new and set(problem.forced) <= set(ordered) <= allowed):
        raise GeoError(
            f"solver chose {ordered}, which breaks number, forced or forbidden sites; report this as a fault"
        )
    bound = told.after if is_proven else max(bound, told.after)
    status = Status.OPTIMAL if is_proven else Status.STOPPED if is_stopped else Status.FEASIBLE
    return Plan(
        status=status,
        selected=ordered,
        objective=told.after,
        before=told.before,
        gains=told.gains,
        cumulative=told.cumulative,
        bound=bound,
        gap=(bound - told.after) / bound if bound > 0 else 0.0,
        points=told.points,
        total=problem.total,
        seconds=seconds,
        seed=seed,
    )


def infeasible_plan(problem: SitingProblem, message: str, *, seconds: float, seed: int) -> Plan:
    """Return the plan that says no choice meets the wishes; it tells what fixed sites reach."""
    told = recompute(problem, ())
    return Plan(
        status=Status.INFEASIBLE,
        selected=(),
        objective=told.before,
        before=told.before,
        gains=(),
        cumulative=(),
        bound=told.before,
        gap=0.0,
        points=told.points,
        total=problem.total,
        seconds=seconds,
        seed=seed,
        message=message,
    )
