"""Coverage, budget, two offices in reach, reach that fades: presolve, search, proof, recomputation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geo.siting.problem import Plan, Reason, SitingProblem
from geo.siting.solvers.effort import Effort, Teller
from geo.siting.solvers.local_search import Choice, Proof, Tell, search, silent
from geo.siting.solvers.presolve import Core, reduce_problem
from geo.siting.solvers.rules import is_kept, search_by_rules, without_rules

SMALL_CORE_PAIRS = 4_000
SEARCH_SHARE = 0.25
QUICK_ITERATIONS = 40
NEED_ITERATIONS = 600


def solve_covering(problem: SitingProblem, objective: str, effort: Effort) -> Plan:
    """Solve one of the objectives whose value is a sum over covered rows.

    Parameters
    ----------
    problem
        Without an obvious contradiction among its wishes.
    objective
        Key of the objective.
    effort
        What the search may take.
    """
    return solve_core(problem, reduce_problem(problem, objective), effort, objective)


def solve_core(
    problem: SitingProblem, core: Core, effort: Effort, objective: str = "coverage", *, start: Choice | None = None
) -> Plan:
    """Solve a problem whose core is known already.

    Parameters
    ----------
    problem, effort, objective
        As in :func:`solve_covering`.
    core
        What :func:`~geo.siting.solvers.reduce_problem` made of the problem; only ``new`` may have been replaced since.
    start
        A choice to start from in place of greedy.
    """
    tell = _tell_of(problem, core, effort)
    if core.rules is not None:
        found = prove_by_rules(core, effort, tell=tell)
    else:
        found = prove(core, effort, tell=tell, start=start)
    if found is None or found.choice.value < 0:
        reason = Reason("none_found_in_time") if found is not None else _nearest(problem, core, effort)
        return effort.no_plan(problem, objective, reason)
    value = core.base + found.choice.value
    tell(found.choice, found.bound)
    is_proven = found.bound <= found.choice.value + core.margin(value)
    sites = chosen_sites(problem, core, found.choice)
    return effort.plan(problem, objective, sites, value, core.base + found.bound, proven=is_proven)


def _tell_of(problem: SitingProblem, core: Core, effort: Effort) -> Tell:
    """Return what tells of choices of a core."""
    if effort.progress is None:
        return silent
    teller = Teller(problem, effort)

    def tell(choice: Choice, bound: float) -> None:
        teller.tell(core.base + choice.value, core.base + bound, chosen_sites(problem, core, choice))

    return tell


def chosen_sites(problem: SitingProblem, core: Core, choice: Choice) -> tuple[int, ...]:
    """Return a core's choice as numbers of the problem, forced and kept sites included, filled up to the number."""
    chosen = list(problem.forced) + core.candidates[list(choice.sites)].tolist()
    if core.costs is not None:
        return tuple(chosen)
    number = len(problem.forced) + core.new
    return tuple(chosen + core.spare[: max(0, number - len(chosen))].tolist())


def prove(core: Core, effort: Effort, *, tell: Tell = silent, start: Choice | None = None) -> Proof:
    """Return the best choice of a core without rules, and its bound.

    Search first, a quarter of the time at most; what that leaves open goes to HiGHS where the core is
    small or rows need two sites, else to branch and bound.

    Parameters
    ----------
    core
        The reduced problem.
    effort, start
        As in :func:`solve_core`.
    tell
        Told of what got better.
    """
    from geo.siting.solvers.bound import relax

    choice = search(core, seed=effort.seed, halt=effort.part(SEARCH_SHARE), start=start, tell=tell)
    if core.is_trivial:
        return Proof(choice, choice.value)
    if choice.value + core.margin(core.base + choice.value) >= core.reachable:
        return Proof(choice, core.reachable)
    if effort.halt():
        quick = relax(core, target=choice.value, iterations=QUICK_ITERATIONS)
        return Proof(choice, min(quick.bound, core.reachable))
    if core.need is not None:
        relaxed = relax(core, target=choice.value, iterations=NEED_ITERATIONS, halt=effort.halt)
        return _by_highs(core, choice, relaxed.bound, effort, tell) or Proof(choice, relaxed.bound)
    if core.cover.nnz <= SMALL_CORE_PAIRS:
        return _by_highs(core, choice, core.reachable, effort, tell) or Proof(choice, core.reachable)
    from geo.siting.solvers.branch import branch_and_bound

    return branch_and_bound(core, choice, seed=effort.seed, mip_gap=effort.mip_gap, halt=effort.halt, tell=tell)


def _by_highs(core: Core, choice: Choice | None, bound: float, effort: Effort, tell: Tell) -> Proof | None:
    from geo.siting.solvers.exact import solve_exactly

    found = solve_exactly(
        core, choice, seconds=effort.left, seed=effort.seed, mip_gap=effort.mip_gap, halt=effort.halt, tell=tell
    )
    return None if found is None else Proof(found.choice, max(found.choice.value, min(bound, found.bound)))


def prove_by_rules(core: Core, effort: Effort, *, tell: Tell = silent) -> Proof | None:
    """Return the best choice that meets the rules, and its bound; None where there is none, proven.

    A choice worth -1 says that none was found in time.
    """
    from geo.siting.solvers.bound import relax

    free = without_rules(core)
    first = search(free, seed=effort.seed, rounds=4, halt=effort.part(0.1))
    is_met = is_kept(core, first)
    choice = first if is_met else search_by_rules(core, first, seed=effort.seed, halt=effort.part(0.3))
    bound = core.reachable
    if len(core.weights) and not core.is_trivial:
        iterations = QUICK_ITERATIONS if effort.halt() else NEED_ITERATIONS
        bound = min(bound, relax(free, target=choice.value if choice else 0.0, iterations=iterations).bound)
    if choice is not None:
        tell(choice, bound)
        if bound <= choice.value + core.margin(core.base + choice.value):
            return Proof(choice, bound)
    if effort.halt():
        return Proof(choice or Choice((), -1.0), bound)
    return _by_highs(core, choice, bound, effort, tell)


def _nearest(problem: SitingProblem, core: Core, effort: Effort) -> Reason:
    """Return the least number or budget that meets the minimums together, or that none does."""
    from geo.siting.solvers.exact import run
    from geo.siting.solvers.models import coverage_program

    told = run(coverage_program(core, share_of=0.0), seconds=max(1.0, effort.left))
    if told.values is None:
        return Reason("rules_exclude_each_other")
    least = float(coverage_program(core, share_of=0.0).coefficients @ np.round(told.values))
    if core.costs is not None:
        spent = problem.cost(problem.forced) - problem.cost(problem.closable)
        return Reason("rules_exceed_budget", {"budget": float(problem.budget or 0), "budget_least": least + spent})
    needed = round(least) + len(problem.forced) - len(problem.closable)
    return Reason("rules_exceed_new", {"new": problem.new, "new_least": needed})


def with_number(core: Core, new: int) -> Core:
    """Return the core for another number of sites still to choose."""
    return replace(core, new=new)
