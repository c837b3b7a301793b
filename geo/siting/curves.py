"""People reached for 0, 1, 2, ... new offices, each with what could be reached at most."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from geo.errors import ContractError
from geo.reach.travel import require_positive
from geo.siting.covering import solve_core
from geo.siting.plan import Plan, Status, make_plan, recompute
from geo.siting.presolve import presolve
from geo.siting.problem import SitingProblem
from geo.siting.search import Halt, never
from geo.siting.wishes import infeasibility


@dataclass(frozen=True)
class Curve:
    """Weight reached by the number of new sites.

    Parameters
    ----------
    new
        0, 1, 2, ...
    reached
        Weight within reach of the best plan known for each number; never falls.
    bound
        What no plan with that number exceeds; never falls.
    is_proven
        Whether ``reached`` is the best there is.
    selected
        Sites of each plan in order of gain.
    seconds
        Time taken.
    """

    new: tuple[int, ...]
    reached: tuple[float, ...]
    bound: tuple[float, ...]
    is_proven: tuple[bool, ...]
    selected: tuple[tuple[int, ...], ...]
    seconds: float


def curve(
    problem: SitingProblem, up_to: int = 10, *, seconds: float = 30.0, seed: int = 0, stop: Halt = never
) -> Curve:
    """Solve a problem for every number of new sites from 0 to ``up_to``.

    The problem's own ``new`` is not used. Numbers below that of the forced sites choose among the forced
    ones only; the curve ends before the first number that no choice can meet. Time is shared: what one number leaves is
    for the next ones.

    Parameters
    ----------
    problem
        What is asked.
    up_to
        Largest number, not negative.
    seconds
        Time limit for all numbers together.
    seed, stop
        As in :func:`geo.siting.solve`.
    """
    if up_to < 0:
        raise ContractError(f"up_to = {up_to}: give a whole number from 0")
    require_positive(seconds, "seconds")
    began = time.perf_counter()
    numbers = range(min(up_to, len(problem.candidates)) + 1)
    core = presolve(problem)
    plans: list[Plan] = []
    for number in numbers:
        turn = time.perf_counter()
        share = max((began + seconds - turn) / (len(numbers) - number), 0.02)
        asked = _for_number(problem, number)
        if infeasibility(asked) is not None:
            break
        sized = replace(core, new=number - len(problem.forced)) if asked.forced == problem.forced else presolve(asked)
        plan = solve_core(asked, sized, began=turn, seconds=share, seed=seed, stop=stop)
        if plans and plan.objective < plans[-1].objective:
            plan = _one_more(asked, plans[-1], plan)
        plans.append(plan)
    return _curve(plans, time.perf_counter() - began)


def _for_number(problem: SitingProblem, number: int) -> SitingProblem:
    if number >= len(problem.forced):
        return problem.with_new(number)
    others = set(problem.candidates.tolist()) - set(problem.forced)
    return replace(problem, new=number, forced=(), forbidden=(*problem.forbidden, *others))


def _one_more(problem: SitingProblem, fewer: Plan, plan: Plan) -> Plan:
    """Return the plan with one site less, grown by the site that adds most, under the bound of ``plan``."""
    others = sorted(set(problem.candidates.tolist()) - set(fewer.selected))
    best = max(others, key=lambda site: recompute(problem, (*fewer.selected, site)).after)
    selected = (*fewer.selected, best)
    return make_plan(
        problem,
        selected,
        recompute(problem, selected).after,
        plan.bound,
        is_proven=False,
        is_stopped=plan.status is Status.STOPPED,
        seconds=plan.seconds,
        seed=plan.seed,
    )


def _curve(plans: list[Plan], seconds: float) -> Curve:
    """Mend values and bounds with their neighbours': more sites never reach less."""
    reached = [plan.objective for plan in plans]
    bound = [plan.bound for plan in plans]
    for number in range(len(plans) - 2, -1, -1):
        bound[number] = min(bound[number], bound[number + 1])
    proven = [
        plan.status is Status.OPTIMAL or top <= value * (1 + 1e-12)
        for plan, value, top in zip(plans, reached, bound, strict=True)
    ]
    return Curve(
        new=tuple(range(len(plans))),
        reached=tuple(reached),
        bound=tuple(bound),
        is_proven=tuple(proven),
        selected=tuple(plan.selected for plan in plans),
        seconds=seconds,
    )
