"""People reached for 0, 1, 2, ... new offices or for growing budgets, each with what could be reached at most.

Numbers share their work: the greedy order holds a choice for each of them, a choice for one number starts the
next, and the multipliers of one number bound all others, as only the count of best scores changes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.errors import ContractError
from geo.reach import require_positive
from geo.siting.problem import Plan, SitingProblem, Status, infeasibility, make_plan, recompute
from geo.siting.solvers import (
    Choice,
    Core,
    Cover,
    Effort,
    Halt,
    deadline,
    descend,
    greedy,
    never,
    reduce_problem,
    solve_core,
)

SHARED_ITERATIONS = 80
FIRST_ITERATIONS = 200


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


@dataclass(frozen=True)
class Frontier:
    """Weight reached by the money spent.

    Parameters
    ----------
    budget
        Euro, ascending.
    cost
        What the plan for each budget costs.
    reached, bound, is_proven, selected, seconds
        As in :class:`Curve`.
    """

    budget: tuple[float, ...]
    cost: tuple[float, ...]
    reached: tuple[float, ...]
    bound: tuple[float, ...]
    is_proven: tuple[bool, ...]
    selected: tuple[tuple[int, ...], ...]
    seconds: float


def curve(
    problem: SitingProblem,
    up_to: int = 10,
    *,
    seconds: float = 30.0,
    seed: int = 0,
    stop: Halt = never,
    progress: Callable[[Curve], None] | None = None,
) -> Curve:
    """Solve a problem for every number of new sites from 0 to ``up_to``.

    The problem's own ``new`` is not used. Numbers below that of the forced sites choose among the forced
    ones only; numbers at the start that minimums leave without a choice are left out, and the curve ends before the
    next number that no choice can meet. Time is shared: what one number leaves is
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
    progress
        Told of the greedy curve, of the improved one, and of each number once its time is over. Its plans are named
        without the order of gain.
    """
    if up_to < 0:
        raise ContractError(f"up_to = {up_to}: give a whole number from 0")
    require_positive(seconds, "seconds")
    began = time.perf_counter()
    numbers = range(min(up_to, len(problem.candidates)) + 1)
    core = reduce_problem(problem)
    shared = _Shared(problem, core, numbers, began, progress) if core.rules is None and core.costs is None else None
    if shared is not None:
        shared.improve(deadline(0.5 * seconds, stop))
    plans: list[Plan] = []
    for number in numbers:
        share = max((began + seconds - time.perf_counter()) / (len(numbers) - number), 0.02)
        asked = _for_number(problem, number)
        if infeasibility(asked) is not None:
            break
        if shared is not None and number >= len(problem.forced):
            plan = shared.plan(number, share, seed, stop)
        else:
            plan = solve_core(asked, reduce_problem(asked), Effort(share, seed, stop=stop))
        if plan.status is Status.INFEASIBLE and not plans:
            continue
        if plan.status is Status.INFEASIBLE:
            break
        if plans and plan.value < plans[-1].value:
            plan = _one_more(asked, plans[-1], plan)
        plans.append(plan)
    return _curve(plans, time.perf_counter() - began)


def frontier(
    problem: SitingProblem, budgets: Iterable[float], *, seconds: float = 30.0, seed: int = 0, stop: Halt = never
) -> Frontier:
    """Solve a problem for several budgets: people against money.

    Parameters
    ----------
    problem
        With costs; its own budget and number are not used.
    budgets
        Euro. Budgets that no choice can meet are left out.
    seconds, seed, stop
        As in :func:`curve`.

    Raises
    ------
    ContractError
        Without costs or budgets.
    """
    require_positive(seconds, "seconds")
    amounts = sorted({float(amount) for amount in budgets})
    if problem.costs is None or not amounts:
        raise ContractError("a frontier needs the costs of each site and at least one budget; give both")
    began = time.perf_counter()
    plans: list[tuple[float, Plan]] = []
    start: Choice | None = None
    for place, amount in enumerate(amounts):
        share = max((began + seconds - time.perf_counter()) / (len(amounts) - place), 0.02)
        asked = problem.changed(budget=amount)
        reason = infeasibility(asked)
        if reason is not None and reason.code != "budget_below_costs":
            continue
        core = reduce_problem(asked)
        first = None if start is None or core.rules is not None else _better(greedy(core), start)
        plan = solve_core(asked, core, Effort(share, seed, stop=stop), start=first)
        if plan.status is Status.INFEASIBLE:
            continue
        places = np.flatnonzero(np.isin(core.candidates, [*plan.selected, *(set(problem.closable) - set(plan.closed))]))
        start = Choice(tuple(places.tolist()), plan.value - core.base)
        plans.append((amount, plan))
    told = _curve([plan for _, plan in plans], time.perf_counter() - began)
    return Frontier(
        budget=tuple(amount for amount, _ in plans),
        cost=tuple(float(plan.cost or 0.0) for _, plan in plans),
        reached=told.reached,
        bound=told.bound,
        is_proven=told.is_proven,
        selected=told.selected,
        seconds=told.seconds,
    )


class _Shared:
    """Choices and bounds of one core for every number, each of use to the others."""

    def __init__(
        self, problem: SitingProblem, core: Core, numbers: range, began: float, progress: Callable[[Curve], None] | None
    ) -> None:
        self.problem, self.core, self.numbers = problem, core, numbers
        self.began, self.progress = began, progress
        self.extra = len(problem.closable) - len(problem.forced)  # sites of the core beyond the number
        most = max(numbers, default=0) + self.extra
        self.choices = _grown(core, max(0, most))
        self.bounds = np.full(len(self.choices), core.reachable)
        self.bounds[0] = 0.0
        self.tell()

    def improve(self, halt: Halt) -> None:
        """Let each choice descend, the last one's best successor as a second start, and bound all numbers at once."""
        from geo.siting.solvers import relax

        last = len(self.core.candidates)
        multipliers: NDArray[np.float64] | None = None
        shares: NDArray[np.float64] | None = None
        for number in range(1, len(self.choices)):
            if halt() or number >= last:
                break
            sized = replace(self.core, new=number)
            self.choices[number] = _better(
                descend(sized, self.choices[number], halt),
                descend(sized, greedy(sized, self.choices[number - 1].sites), halt),
            )
            if self.choices[number].value >= self.core.reachable:
                continue
            told = relax(
                sized,
                target=self.choices[number].value,
                iterations=FIRST_ITERATIONS if multipliers is None else SHARED_ITERATIONS,
                multipliers=multipliers,
                shares=shares,
                halt=halt,
            )
            multipliers, shares = told.multipliers, told.shares
            rest = float((self.core.weights - told.multipliers).sum())
            most = rest + np.concatenate([[0.0], np.cumsum(np.sort(told.scores)[::-1])])
            self.bounds = np.minimum(self.bounds, most[np.minimum(np.arange(len(self.bounds)), last)])
        self.tell()

    def plan(self, number: int, seconds: float, seed: int, stop: Halt) -> Plan:
        """Return the plan of a number, proven as far as time allows."""
        place = number + self.extra
        asked = self.problem.with_new(number)
        sized = replace(self.core, new=place)
        choice = self.choices[place] if place < len(self.choices) else None
        plan = solve_core(asked, sized, Effort(seconds, seed, stop=stop), start=choice)
        if choice is not None:
            value = plan.value - self.core.base
            chosen = np.isin(self.core.candidates, [*plan.selected, *(set(self.problem.closable) - set(plan.closed))])
            self.choices[place] = _better(choice, Choice(tuple(np.flatnonzero(chosen).tolist()), value))
            self.bounds[place] = min(self.bounds[place], plan.bound - self.core.base)
            limit = self.core.base + max(self.bounds[place], value)
            is_proven = limit <= plan.value + self.core.margin(plan.value)
            limit = plan.value if is_proven else limit
            larger = max(limit, plan.value)
            plan = replace(
                plan,
                bound=limit,
                gap=(limit - plan.value) / larger if larger > 0 else 0.0,
                status=Status.OPTIMAL if is_proven else plan.status,
            )
            self.tell()
        return plan

    def tell(self) -> None:
        """Tell of the curve as it stands."""
        if self.progress is None:
            return
        numbers = [number for number in self.numbers if 0 <= number + self.extra < len(self.choices)]
        places = [number + self.extra for number in numbers]
        reached = np.maximum.accumulate([self.core.base + self.choices[place].value for place in places])
        bound = np.maximum(reached, np.minimum.accumulate(self.core.base + self.bounds[places][::-1])[::-1])
        taken = set(self.problem.closable)
        self.progress(
            Curve(
                new=tuple(numbers),
                reached=tuple(reached.tolist()),
                bound=tuple(bound.tolist()),
                is_proven=tuple((bound <= reached * (1 + 1e-12)).tolist()),
                selected=tuple(
                    self.problem.forced
                    + tuple(
                        site
                        for site in self.core.candidates[list(self.choices[place].sites)].tolist()
                        if site not in taken
                    )
                    for place in places
                ),
                seconds=time.perf_counter() - self.began,
            )
        )


def _better(one: Choice, other: Choice) -> Choice:
    return one if one.value >= other.value else other


def _grown(core: Core, most: int) -> list[Choice]:
    """Return the greedy choice of each number from 0 to ``most``; numbers beyond the candidates take all of them."""
    cover = Cover(core)
    choices = [cover.choice()]
    for _ in range(min(most, len(core.candidates))):
        cover.add(int(np.argmax(cover.gains())))
        choices.append(cover.choice())
    return choices


def _for_number(problem: SitingProblem, number: int) -> SitingProblem:
    if number >= len(problem.forced):
        return problem.with_new(number)
    others = set(problem.candidates.tolist()) - set(problem.forced)
    return problem.changed(new=number, forced=(), forbidden=(*problem.forbidden, *others))


def _one_more(problem: SitingProblem, fewer: Plan, plan: Plan) -> Plan:
    """Return the plan with one site less, grown by the site that adds most, under the bound of ``plan``."""
    others = sorted(set(problem.candidates.tolist()) - set(fewer.selected))
    best = max(others, key=lambda site: recompute(problem, (*fewer.selected, site), closed=fewer.closed).after)
    selected = (*fewer.selected, best)
    kept = tuple(sorted(set(problem.closable) - set(fewer.closed)))
    return make_plan(
        problem,
        (*selected, *kept),
        recompute(problem, selected, closed=fewer.closed).after,
        plan.bound,
        is_proven=False,
        is_stopped=plan.status is Status.STOPPED,
        seconds=plan.seconds,
        seed=plan.seed,
    )


def _curve(plans: list[Plan], seconds: float) -> Curve:
    """Mend values and bounds with their neighbours': more sites never reach less."""
    reached = [plan.value for plan in plans]
    bound = [plan.bound for plan in plans]
    for number in range(len(plans) - 2, -1, -1):
        bound[number] = min(bound[number], bound[number + 1])
    proven = [
        plan.status is Status.OPTIMAL or top <= value * (1 + 1e-12)
        for plan, value, top in zip(plans, reached, bound, strict=True)
    ]
    return Curve(
        new=tuple(len(plan.selected) - len(plan.closed) for plan in plans),
        reached=tuple(reached),
        bound=tuple(bound),
        is_proven=tuple(proven),
        selected=tuple(plan.selected for plan in plans),
        seconds=seconds,
    )
