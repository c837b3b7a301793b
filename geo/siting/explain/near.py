"""Plans that are nearly as good: one site exchanged for another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.errors import ContractError
from geo.siting.problem import OBJECTIVES, Plan, Rows, SitingProblem, by_group, recompute, wanted_people
from geo.siting.solvers import Exchange, way_core

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class NearPlan:
    """A plan with one site exchanged.

    Parameters
    ----------
    selected
        New sites, the exchanged one last.
    closed, opened
        The site of the plan that is left out, and the one in its place.
    value
        Recomputed.
    loss
        How much worse than the plan, as a fraction of its value; below 0 where it is better.
    """

    selected: tuple[int, ...]
    closed: int
    opened: int
    value: float
    loss: float


def near_plans(problem: SitingProblem, plan: Plan, *, within: float = 0.01, most: int = 10) -> tuple[NearPlan, ...]:
    """Return plans within a fraction of a plan that differ in one site, the best first.

    Parameters
    ----------
    problem, plan
        What was asked and answered, by an objective that ``has_near_plans``.
    within
        Fraction of the value that may be lost.
    most
        How many plans at most.

    Raises
    ------
    ContractError
        For another question, or a fraction below 0.
    """
    kind = OBJECTIVES[plan.objective]
    if not kind.has_near_plans:
        near = ", ".join(one.key for one in OBJECTIVES.values() if one.has_near_plans)
        raise ContractError(f"near plans are known for {near}; {plan.objective} is not one of them")
    if within < 0:
        raise ContractError(f"within = {within}: give a fraction from 0")
    values, opened = _median_swaps(problem, plan) if kind.rows is None else _swaps(plan, problem, kind.rows(problem))
    losses = kind.sign * (plan.value - values) / max(abs(plan.value), 1e-12)
    found: list[NearPlan] = []
    for place in np.argsort(losses, axis=None, kind="stable").tolist():
        out, into = divmod(place, losses.shape[1])
        if len(found) >= most or not losses[out, into] <= within + 1e-12:
            break
        selected = (*plan.selected[:out], *plan.selected[out + 1 :], int(opened[into]))
        if not _keeps_wishes(problem, plan, selected):
            continue
        told = recompute(problem, selected, closed=plan.closed, objective=plan.objective).after
        loss = kind.sign * (plan.value - told) / max(abs(plan.value), 1e-12)
        found.append(NearPlan(selected, plan.selected[out], int(opened[into]), told, loss))
    return tuple(found)


def _swaps(plan: Plan, problem: SitingProblem, rows: Rows) -> tuple[Floats, NDArray[np.int64]]:
    """Return the value of each exchange, shape (chosen, candidates), -infinite where it is none."""
    cover = rows.cover.astype(np.float64).tocsr()
    open_sites = [*plan.selected, *(set(problem.fixed + problem.closable) - set(plan.closed))]
    counts = np.bincount(cover[open_sites].indices, minlength=len(rows.weights))
    candidates = problem.candidates
    part = cover[candidates]
    values = np.full((len(plan.selected), len(candidates)), -np.inf)
    for out, site in enumerate(plan.selected):
        left = counts.copy()
        left[cover.indices[cover.indptr[site] : cover.indptr[site + 1]]] -= 1
        if site not in problem.forced:
            values[out] = float(rows.weights[left >= rows.need].sum())
            values[out] += part @ np.where(left == rows.need - 1, rows.weights, 0.0)
    values[:, np.isin(candidates, plan.selected)] = -np.inf
    return values, candidates


def _median_swaps(problem: SitingProblem, plan: Plan) -> tuple[Floats, NDArray[np.int64]]:
    core, free = way_core(problem)
    kept = [site for site in problem.closable if site not in plan.closed]
    chosen = [site for site in plan.selected if site not in problem.forced]
    state = Exchange(core, tuple(np.searchsorted(free, [*chosen, *kept]).tolist()))
    table = state.value - (state.extra + state.gain[None, :] - state.loss[:, None])
    values = np.full((len(plan.selected), len(free)), np.inf)
    for row, site in enumerate(chosen):
        values[plan.selected.index(site)] = table[row]
    values[:, np.isin(free, [*plan.selected, *problem.closable])] = np.inf
    return values, free


def _keeps_wishes(problem: SitingProblem, plan: Plan, selected: tuple[int, ...]) -> bool:
    if problem.budget is not None:
        spent = problem.cost(selected) - problem.cost(plan.closed)
        if spent > problem.budget * (1 + 1e-9) + 1e-9:
            return False
    groups = by_group(problem, selected, plan.closed)
    return all(
        group.reached >= wanted_people(problem, minimum) - 1e-9 and group.sites >= minimum.sites
        for minimum, group in zip(problem.minimums, groups, strict=True)
    )
