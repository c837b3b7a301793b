"""Coverage, budget, two offices in reach, reach that fades: presolve, search, proof, recomputation."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from geo.siting.problem import Plan, Reason, SitingProblem, infeasible_plan, make_plan
from geo.siting.solvers.local_search import Choice, Halt, Proof, Tell, deadline, never, search, silent
from geo.siting.solvers.presolve import Core, reduce_problem
from geo.siting.solvers.rules import is_kept, search_by_rules, without_rules

Progress = Callable[[float, float, float, float, tuple[int, ...]], None]

SMALL_CORE_PAIRS = 4_000
SEARCH_SHARE = 0.25
QUICK_ITERATIONS = 40
NEED_ITERATIONS = 600


class Teller:
    """Passes on what got better: value, bound, gap, seconds, new sites."""

    def __init__(self, progress: Progress | None, began: float, *, is_minimum: bool = False) -> None:
        self.progress = progress
        self.began = began
        self.sign = -1.0 if is_minimum else 1.0
        self.value, self.bound = -math.inf, math.inf
        self.selected: tuple[int, ...] = ()

    def tell(self, value: float, bound: float, selected: tuple[int, ...]) -> None:
        """Tell of a choice and a bound, if one of them is better than before."""
        if self.progress is None:
            return
        is_better = self.sign * value > self.value + 1e-9 * abs(value)
        is_closer = self.sign * bound < self.bound - 1e-9 * abs(bound)
        if not (is_better or is_closer):
            return
        if is_better:
            self.value, self.selected = self.sign * value, selected
        self.bound = max(min(self.bound, self.sign * bound), self.value)
        best, limit = self.sign * self.value, self.sign * self.bound
        larger = max(abs(best), abs(limit))
        gap = abs(limit - best) / larger if larger > 0 and math.isfinite(limit) else 0.0
        self.progress(best, limit, gap, time.perf_counter() - self.began, self.selected)

    def of_core(self, problem: SitingProblem, core: Core) -> Tell:
        """Return what tells of choices of a core."""
        if self.progress is None:
            return silent

        def tell(choice: Choice, bound: float) -> None:
            sites = chosen_sites(problem, core, choice)
            new = tuple(sorted(set(sites) - set(problem.closable)))
            self.tell(core.base + choice.value, core.base + bound, new)

        return tell


def solve_core(
    problem: SitingProblem,
    core: Core,
    *,
    began: float,
    seconds: float,
    seed: int = 0,
    mip_gap: float = 0.0,
    stop: Halt = never,
    objective: str = "coverage",
    progress: Progress | None = None,
    start: Choice | None = None,
) -> Plan:
    """Solve a problem whose core is known already.

    Parameters
    ----------
    problem
        Without an obvious contradiction among its wishes.
    core
        What :func:`~geo.siting.solvers.reduce_problem` made of it; only ``new`` may have been replaced since.
    began
        When the ``seconds`` began, as a time of ``time.perf_counter``.
    seconds, seed, mip_gap, stop, objective, progress
        As in :func:`geo.siting.solve`.
    start
        A choice to start from in place of greedy.
    """
    halt = deadline(began + seconds - time.perf_counter(), stop)
    tell = Teller(progress, began).of_core(problem, core)
    end = began + seconds
    if core.rules is not None:
        found = prove_by_rules(core, halt, end, seed=seed, mip_gap=mip_gap, tell=tell)
    else:
        found = prove(core, halt, end, seed=seed, mip_gap=mip_gap, tell=tell, start=start)
    if found is None or found.choice.value < 0:
        reason = Reason("none_found_in_time") if found is not None else _nearest(problem, core, end)
        return infeasible_plan(
            problem, reason.code, parameters=reason.parameters, seconds=time.perf_counter() - began, seed=seed,
            objective=objective,
        )  # fmt: skip
    value = core.base + found.choice.value
    tell(found.choice, found.bound)
    return make_plan(
        problem,
        chosen_sites(problem, core, found.choice),
        value,
        core.base + found.bound,
        is_proven=found.bound <= found.choice.value + core.margin(value),
        is_stopped=stop(),
        seconds=time.perf_counter() - began,
        seed=seed,
        objective=objective,
    )


def chosen_sites(problem: SitingProblem, core: Core, choice: Choice) -> tuple[int, ...]:
    """Return a core's choice as numbers of the problem, forced and kept sites included, filled up to the number."""
    chosen = list(problem.forced) + core.candidates[list(choice.sites)].tolist()
    if core.costs is not None:
        return tuple(chosen)
    number = len(problem.forced) + core.new
    return tuple(chosen + core.spare[: max(0, number - len(chosen))].tolist())


def prove(
    core: Core,
    halt: Halt,
    end: float,
    *,
    seed: int = 0,
    mip_gap: float = 0.0,
    tell: Tell = silent,
    start: Choice | None = None,
) -> Proof:
    """Return the best choice of a core without rules, and its bound.

    Search first, a quarter of the time at most; what that leaves open goes to HiGHS where the core is
    small or rows need two sites, else to branch and bound.

    Parameters
    ----------
    core
        The reduced problem.
    halt, end
        When to end, as a question and as a time of ``time.perf_counter``.
    seed, mip_gap, start
        As in :func:`solve_core`.
    tell
        Told of what got better.
    """
    from geo.siting.solvers.bound import relax

    left = end - time.perf_counter()
    choice = search(core, seed=seed, halt=deadline(left * SEARCH_SHARE, halt), start=start, tell=tell)
    if core.is_trivial:
        return Proof(choice, choice.value)
    if choice.value + core.margin(core.base + choice.value) >= core.reachable:
        return Proof(choice, core.reachable)
    if halt():
        quick = relax(core, target=choice.value, iterations=QUICK_ITERATIONS)
        return Proof(choice, min(quick.bound, core.reachable))
    if core.need is not None:
        relaxed = relax(core, target=choice.value, iterations=NEED_ITERATIONS, halt=halt)
        return _by_highs(core, choice, relaxed.bound, end, seed=seed, mip_gap=mip_gap, halt=halt, tell=tell)
    if core.cover.nnz <= SMALL_CORE_PAIRS:
        return _by_highs(core, choice, core.reachable, end, seed=seed, mip_gap=mip_gap, halt=halt, tell=tell)
    from geo.siting.solvers.branch import branch_and_bound

    return branch_and_bound(core, choice, seed=seed, mip_gap=mip_gap, halt=halt, tell=tell)


def _by_highs(
    core: Core, choice: Choice, bound: float, end: float, *, seed: int, mip_gap: float, halt: Halt, tell: Tell
) -> Proof:
    from geo.siting.solvers.exact import solve_exactly

    left = end - time.perf_counter()
    told = solve_exactly(core, choice, seconds=left, seed=seed, mip_gap=mip_gap, halt=halt, tell=tell)
    if told is None:  # pragma: no cover - a start was given, so there is a solution
        return Proof(choice, bound)
    return Proof(told.choice, max(told.choice.value, min(bound, told.bound)))


def prove_by_rules(
    core: Core, halt: Halt, end: float, *, seed: int = 0, mip_gap: float = 0.0, tell: Tell = silent
) -> Proof | None:
    """Return the best choice that meets the rules, and its bound; None where there is none, proven.

    A choice worth -1 says that none was found in time.
    """
    from geo.siting.solvers.bound import relax
    from geo.siting.solvers.exact import solve_exactly

    free = without_rules(core)
    first = search(free, seed=seed, rounds=4, halt=deadline(0.1 * (end - time.perf_counter()), halt))
    is_met = is_kept(core, first)
    choice = first if is_met else search_by_rules(
        core, first, seed=seed, halt=deadline(0.3 * (end - time.perf_counter()), halt)
    )  # fmt: skip
    bound = core.reachable
    if len(core.weights) and not core.is_trivial:
        iterations = QUICK_ITERATIONS if halt() else NEED_ITERATIONS
        bound = min(bound, relax(free, target=choice.value if choice else 0.0, iterations=iterations).bound)
    if choice is not None:
        tell(choice, bound)
        if bound <= choice.value + core.margin(core.base + choice.value):
            return Proof(choice, bound)
    if halt():
        return Proof(choice or Choice((), -1.0), bound)
    told = solve_exactly(
        core, choice, seconds=end - time.perf_counter(), seed=seed, mip_gap=mip_gap, halt=halt, tell=tell
    )
    return None if told is None else Proof(told.choice, max(told.choice.value, min(bound, told.bound)))


def _nearest(problem: SitingProblem, core: Core, end: float) -> Reason:
    """Return the least number or budget that meets the minimums together, or that none does."""
    from geo.siting.solvers.exact import run
    from geo.siting.solvers.models import coverage_program

    told = run(coverage_program(core, share_of=0.0), seconds=max(1.0, end - time.perf_counter()))
    if told.values is None:
        return Reason("rules_exclude_each_other")
    least = float(coverage_program(core, share_of=0.0).coefficients @ np.round(told.values))
    if core.costs is not None:
        spent = problem.cost(problem.forced) - problem.cost(problem.closable)
        return Reason("rules_exceed_budget", {"budget": float(problem.budget or 0), "budget_least": least + spent})
    needed = round(least) + len(problem.forced) - len(problem.closable)
    return Reason("rules_exceed_new", {"new": problem.new, "new_least": needed})


def solve_covering(
    problem: SitingProblem,
    objective: str,
    *,
    began: float,
    seconds: float,
    seed: int,
    mip_gap: float,
    stop: Halt,
    progress: Progress | None,
) -> Plan:
    """Answer one of the covering questions; see :func:`geo.siting.solve`."""
    counted = objective if objective in ("backup", "fade") else "coverage"
    core = reduce_problem(problem, counted)
    return solve_core(
        problem, core, began=began, seconds=seconds, seed=seed, mip_gap=mip_gap, stop=stop, objective=objective,
        progress=progress,
    )  # fmt: skip


def with_number(core: Core, new: int) -> Core:
    """Return the core for another number of sites still to choose."""
    return replace(core, new=new)
