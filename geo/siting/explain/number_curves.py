"""What a question is worth for 0, 1, 2, ... new offices, in the unit of its objective, with a bound for each number."""

from __future__ import annotations

import time
from dataclasses import dataclass

from geo.errors import ContractError
from geo.reach import require_positive
from geo.siting.explain.curves import curve
from geo.siting.problem import OBJECTIVES, Plan, SitingProblem, Status
from geo.siting.solvers import Halt, never, solve


@dataclass(frozen=True)
class NumberCurve:
    """The best value known by number of new offices.

    Parameters
    ----------
    objective
        Its key; ``median`` and ``center`` are the better the less.
    new
        Numbers, one after the other; small ones are left out where no choice meets the wishes.
    value, bound
        Best known, and what no plan with that number beats. Neither gets worse with the number.
    is_proven
        Whether ``value`` is the best there is.
    seconds
        Time taken.
    """

    objective: str
    new: tuple[int, ...]
    value: tuple[float, ...]
    bound: tuple[float, ...]
    is_proven: tuple[bool, ...]
    seconds: float


def number_curve(
    problem: SitingProblem,
    objective: str = "coverage",
    up_to: int = 10,
    *,
    seconds: float = 10.0,
    seed: int = 0,
    stop: Halt = never,
) -> NumberCurve:
    """Solve a problem for every number of new offices up to ``up_to``.

    Parameters
    ----------
    problem
        What is asked; its own number is not used, nor has it a budget.
    objective
        An objective that asks for a number of new sites.
    up_to
        Largest number, not negative; not more than there are candidates.
    seconds
        Time limit for all numbers together; what one number leaves is for the next ones.
    seed, stop
        As in :func:`geo.siting.solve`.

    Raises
    ------
    ContractError
        For another objective, or a problem with a budget.
    """
    kind = OBJECTIVES.get(objective)
    if kind is None or "new" not in kind.needs or problem.budget is not None:
        known = ", ".join(one.key for one in OBJECTIVES.values() if "new" in one.needs)
        raise ContractError(f"{objective!r}: give one of {known}, and no budget")
    require_positive(seconds, "seconds")
    if kind.is_reach:
        told = curve(problem, up_to, seconds=seconds, seed=seed, stop=stop)
        return NumberCurve(objective, told.new, told.reached, told.bound, told.is_proven, told.seconds)
    began = time.perf_counter()
    numbers = range(len(problem.forced), min(up_to, len(problem.candidates)) + 1)
    plans: list[tuple[int, Plan]] = []
    for number in numbers:
        left = max(began + seconds - time.perf_counter(), 0.02) / (numbers[-1] - number + 1)
        plan = solve(problem.with_new(number), seconds=left, objective=objective, seed=seed, stop=stop)
        if plan.status is not Status.INFEASIBLE:
            plans.append((number, plan))
    return _mended(objective, plans, time.perf_counter() - began)


def _mended(objective: str, plans: list[tuple[int, Plan]], seconds: float) -> NumberCurve:
    """Mend values and bounds with their neighbours': one more office never makes it worse."""
    sign = OBJECTIVES[objective].sign
    value = [sign * plan.value for _, plan in plans]
    bound = [sign * plan.bound for _, plan in plans]
    for place in range(1, len(value)):
        value[place] = max(value[place], value[place - 1])
    for place in range(len(bound) - 2, -1, -1):
        bound[place] = min(bound[place], bound[place + 1])
    bound = [max(pair) for pair in zip(value, bound, strict=True)]
    return NumberCurve(
        objective=objective,
        new=tuple(number for number, _ in plans),
        value=tuple(sign * one for one in value),
        bound=tuple(sign * one for one in bound),
        is_proven=tuple(
            plan.status is Status.OPTIMAL or top - best <= 1e-12 * abs(best)
            for (_, plan), best, top in zip(plans, value, bound, strict=True)
        ),
        seconds=seconds,
    )
