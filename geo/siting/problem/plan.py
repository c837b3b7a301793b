"""The answer to a siting problem, every figure of it recomputed by code that never saw a solver."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from geo.errors import GeoError
from geo.siting.problem.objectives import OBJECTIVES
from geo.siting.problem.problem import SitingProblem
from geo.siting.problem.recount import Recomputed, is_reached, order_by_gain, recompute, wanted_people


class Status(StrEnum):
    """What is known about a plan.

    ``OPTIMAL``: no plan is better, proven. ``FEASIBLE``: the plan holds, time ended before the proof;
    ``gap`` says how much better one could be at most. ``INFEASIBLE``: no plan meets the wishes, or none
    was found in time; ``message`` says which. ``STOPPED``: as feasible, but the caller ended the search.
    """

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    STOPPED = "stopped"


@dataclass(frozen=True)
class GroupReach:
    """People of a group within reach, all its people, and open sites in it."""

    group: int
    reached: float
    people: float
    sites: int


@dataclass(frozen=True)
class Plan:
    """Which sites to open, what they are worth, and how sure that is.

    Parameters
    ----------
    status
        See :class:`Status`; compares equal to its text, ``plan.status == "optimal"``.
    selected
        New sites as numbers of the problem, the one that adds most first.
    value
        Value of the plan, fixed sites included: people within reach (coverage, budget), people within reach of two
        sites (backup), people by the share that counts (fade), people served (capacity), people times way
        (median), longest way (center), number of sites opened or kept (cover-all).
    before
        The same with the sites open today alone; for cover-all people within reach of them. Infinite where
        ways are counted and no site is open.
    gains, cumulative
        For each of ``selected``: what it adds, and the value once it is open; for cover-all in people.
    bound
        No plan is better than this: above the value where that is to be large, else below.
    gap
        ``|bound - value| / max(bound, value)``, a fraction; 0 where the plan is optimal.
    points
        Demand points within reach: a count of points, never of people.
    total
        Weight of all demand.
    seconds, seed
        Time taken, and the seed that makes the run repeatable.
    message, parameters
        Code of the reason where the status is infeasible, else None, and the figures its text needs, among
        them the nearest change that would do.
    objective
        Key of the objective asked for.
    closed
        Sites open today that close.
    reached, beyond
        People within reach of an open site, and the others.
    twice
        People within reach of two open sites or more.
    served, waiting
        With capacities: people served, and those in reach for whom no appointment is left.
    load
        With capacities: appointments per week at each open site, as (site, appointments).
    mean_way, longest_way
        Where ways are counted: mean way by people, and the longest.
    cost
        Cost of the new sites less that of closed ones, in euro; None where no costs are known.
    by_group
        What each group with a minimum has.
    by_service
        People within reach by service, where there are several.
    """

    status: Status
    selected: tuple[int, ...]
    value: float
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
    parameters: Mapping[str, float] = field(default_factory=dict)
    objective: str = "coverage"
    closed: tuple[int, ...] = ()
    reached: float = 0.0
    beyond: float = 0.0
    twice: float = 0.0
    served: float | None = None
    waiting: float | None = None
    load: tuple[tuple[int, float], ...] = ()
    mean_way: float | None = None
    longest_way: float | None = None
    cost: float | None = None
    by_group: tuple[GroupReach, ...] = ()
    by_service: tuple[float, ...] = ()


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
    objective: str = "coverage",
) -> Plan:
    """Return the plan for a choice, with every figure recomputed from the problem.

    Parameters
    ----------
    problem
        What was asked.
    selected
        Sites to open and, among those that may close, sites to keep.
    claimed, bound
        Value and bound as the solver has them.
    is_proven, is_stopped, seconds, seed
        For status and record.
    objective
        The objective asked for.

    Raises
    ------
    GeoError
        If the solver claimed another value than is recomputed, or the choice breaks a wish: a fault
        of this library that must never reach a reader as a number.
    """
    kept = set(problem.closable) & set(selected)
    closed = tuple(sorted(set(problem.closable) - kept))
    kind = OBJECTIVES[objective]
    ordered = order_by_gain(problem, sorted(set(selected) - kept), closed=closed, objective=objective)
    told = recompute(problem, ordered, closed=closed, objective=objective)
    value = float(len(ordered) + len(kept)) if kind.counts_sites else told.after
    if not math.isclose(value, claimed, rel_tol=kind.tolerance, abs_tol=1e-6):
        raise GeoError(f"solver claims {claimed}, recomputed is {value}; report this as a fault")
    groups = by_group(problem, ordered, closed)
    _check_wishes(problem, ordered, closed, told=told, groups=groups, objective=objective)
    bound = value if is_proven else min(bound, value) if kind.is_minimum else max(bound, value)
    status = Status.OPTIMAL if is_proven else Status.STOPPED if is_stopped else Status.FEASIBLE
    larger = max(abs(bound), abs(value))
    ways = _ways_of(problem, (*problem.fixed, *sorted(kept), *ordered), objective)
    sites = problem.fixed + tuple(site for site in problem.closable if site in kept) + ordered
    return Plan(
        status=status,
        selected=ordered,
        value=value,
        before=told.before,
        gains=told.gains,
        cumulative=told.cumulative,
        bound=bound,
        gap=abs(bound - value) / larger if larger > 0 else 0.0,
        points=told.points,
        total=problem.total,
        seconds=seconds,
        seed=seed,
        objective=objective,
        closed=closed,
        reached=told.reached,
        beyond=problem.total - told.reached,
        twice=told.twice,
        served=told.served,
        waiting=None if told.served is None else max(0.0, told.reached - told.served),
        load=tuple(zip(sites, told.load, strict=True)) if told.load else (),
        mean_way=ways[0],
        longest_way=ways[1],
        cost=None if problem.costs is None else problem.cost(ordered) - problem.cost(closed),
        by_group=groups,
        by_service=_by_service(problem, sites),
    )


def by_group(problem: SitingProblem, selected: Sequence[int], closed: Sequence[int] = ()) -> tuple[GroupReach, ...]:
    """Return what each group with a minimum has once ``selected`` are open and ``closed`` are not."""
    sites = sorted((set(problem.fixed + problem.closable) - set(closed)) | set(selected))
    is_in_reach = is_reached(problem, sites)
    found = []
    for minimum in problem.minimums:
        people, reached, here = 0.0, 0.0, 0
        if problem.demand_groups is not None:
            is_mine = problem.demand_groups == minimum.group
            people = math.fsum(problem.weights[is_mine])
            reached = math.fsum(problem.weights[is_mine & is_in_reach])
        if problem.site_groups is not None:
            here = int((problem.site_groups[sites] == minimum.group).sum())
        found.append(GroupReach(minimum.group, reached, people, here))
    return tuple(found)


def _by_service(problem: SitingProblem, sites: Sequence[int]) -> tuple[float, ...]:
    if problem.services == 1:
        return ()
    people = np.where(is_reached(problem, sites), problem.weights, 0.0).reshape(problem.services, -1)
    return tuple(math.fsum(row) for row in people)


def _ways_of(problem: SitingProblem, sites: Sequence[int], objective: str) -> tuple[float | None, float | None]:
    """Return the mean way by people and the longest one, where ways are counted."""
    if not OBJECTIVES[objective].counts_travel or problem.ways is None or not sites or problem.total <= 0:
        return None, None
    nearest = problem.ways.rows(sites).min(axis=0)
    is_there = problem.weights > 0
    mean = math.fsum(problem.weights[is_there] * nearest[is_there]) / problem.total
    return mean, float(nearest[is_there].max())


def _check_wishes(
    problem: SitingProblem,
    selected: tuple[int, ...],
    closed: tuple[int, ...],
    *,
    told: Recomputed,
    groups: tuple[GroupReach, ...],
    objective: str,
) -> None:
    allowed = set(problem.candidates.tolist())
    is_kept = set(problem.forced) <= set(selected) <= allowed and len(closed) <= problem.moves_most
    if OBJECTIVES[objective].counts_sites:
        is_kept &= told.after >= problem.share * problem.total * (1 - 1e-9)
    elif problem.budget is not None:
        is_kept &= problem.cost(selected) - problem.cost(closed) <= problem.budget * (1 + 1e-9) + 1e-6
    else:
        is_kept &= len(set(selected)) == problem.new + len(closed)
    for minimum, group in zip(problem.minimums, groups, strict=True):
        is_kept &= group.reached >= wanted_people(problem, minimum) * (1 - 1e-9) - 1e-6
        is_kept &= group.sites >= minimum.sites
    if not is_kept:
        raise GeoError(
            f"solver chose {selected} and closed {closed}, which breaks number, budget, forced or forbidden "
            "sites or a minimum; report this as a fault"
        )


def infeasible_plan(
    problem: SitingProblem,
    message: str,
    *,
    seconds: float,
    seed: int,
    parameters: Mapping[str, float] | None = None,
    objective: str = "coverage",
) -> Plan:
    """Return the plan that says no choice meets the wishes; it tells what today's sites are worth."""
    told = recompute(problem, (), objective=objective)
    return Plan(
        status=Status.INFEASIBLE,
        selected=(),
        value=told.after,
        before=told.before,
        gains=(),
        cumulative=(),
        bound=told.after,
        gap=0.0,
        points=told.points,
        total=problem.total,
        seconds=seconds,
        seed=seed,
        message=message,
        parameters=dict(parameters or {}),
        objective=objective,
        reached=told.reached,
        beyond=problem.total - told.reached,
        twice=told.twice,
        served=told.served,
    )
