"""From a problem to a plan: presolve, search, proof, recomputation."""

from __future__ import annotations

import time

from geo.errors import ContractError
from geo.reach.travel import require_positive
from geo.siting.plan import Plan, infeasible_plan, make_plan
from geo.siting.presolve import Core, presolve
from geo.siting.problem import SitingProblem
from geo.siting.search import Choice, Halt, Proof, deadline, never, search

OBJECTIVES = ("coverage",)
SMALL_CORE_PAIRS = 4_000
SEARCH_SHARE = 0.25
QUICK_ITERATIONS = 40


def solve(
    problem: SitingProblem,
    *,
    seconds: float = 60.0,
    objective: str = "coverage",
    seed: int = 0,
    mip_gap: float = 0.0,
    stop: Halt = never,
) -> Plan:
    """Choose new sites so that most people are within reach, and prove it as far as time allows.

    Parameters
    ----------
    problem
        What is asked.
    seconds
        Time limit. The first good plan takes milliseconds; the rest is for improving and proving.
    objective
        ``coverage``: most weight within reach (maximal covering, Church & ReVelle 1974).
    seed
        Equal seeds give equal plans unless time runs out.
    mip_gap
        Fraction at which to end before the proof; 0 proves.
    stop
        Asked now and then; once it says True, the best plan so far is returned as ``stopped``.

    Returns
    -------
    Plan
        Optimal, feasible with its gap, infeasible with a reason, or stopped. Its figures are recomputed
        from the problem's cover.

    Raises
    ------
    ContractError
        For an unknown objective or a time or gap out of range.
    """
    if objective not in OBJECTIVES:
        raise ContractError(f"objective {objective!r} is not known; choose one of {', '.join(OBJECTIVES)}")
    require_positive(seconds, "seconds")
    if not 0 <= mip_gap < 1:
        raise ContractError(f"mip_gap = {mip_gap}: give a fraction from 0 to below 1")
    began = time.perf_counter()
    reason = infeasibility(problem)
    if reason is not None:
        return infeasible_plan(problem, reason, seconds=time.perf_counter() - began, seed=seed)
    return solve_core(problem, presolve(problem), began=began, seconds=seconds, seed=seed, mip_gap=mip_gap, stop=stop)


def solve_core(
    problem: SitingProblem,
    core: Core,
    *,
    began: float,
    seconds: float,
    seed: int = 0,
    mip_gap: float = 0.0,
    stop: Halt = never,
) -> Plan:
    """Solve a problem whose core is known already.

    Parameters
    ----------
    problem
        Feasible.
    core
        What :func:`geo.siting.presolve.presolve` made of it; only ``new`` may have been replaced since.
    began
        When the ``seconds`` began, as a time of ``time.perf_counter``.
    seconds, seed, mip_gap, stop
        As in :func:`solve`.
    """
    halt = deadline(began + seconds - time.perf_counter(), stop)
    found = prove(core, halt, began + seconds, seed=seed, mip_gap=mip_gap)
    return make_plan(
        problem,
        chosen_sites(problem, core, found.choice),
        core.base + found.choice.value,
        core.base + found.bound,
        is_proven=found.bound <= found.choice.value + core.margin(core.base + found.choice.value),
        is_stopped=stop(),
        seconds=time.perf_counter() - began,
        seed=seed,
    )


def infeasibility(problem: SitingProblem) -> str | None:
    """Return the code of the reason why no choice meets the wishes, or None."""
    if set(problem.forced) & set(problem.forbidden):
        return "forced_and_forbidden"
    if len(problem.forced) > problem.new:
        return "forced_exceed_new"
    if problem.new > len(problem.candidates):
        return "new_exceed_candidates"
    return None


def chosen_sites(problem: SitingProblem, core: Core, choice: Choice) -> tuple[int, ...]:
    """Return a core's choice as numbers of the problem, forced sites included, filled up to ``new``."""
    chosen = list(problem.forced) + core.candidates[list(choice.sites)].tolist()
    return tuple(chosen + core.spare[: problem.new - len(chosen)].tolist())


def prove(core: Core, halt: Halt, end: float, *, seed: int = 0, mip_gap: float = 0.0) -> Proof:
    """Return the best choice of a core and its bound.

    Search first, a quarter of the time at most; what that leaves open goes to HiGHS where the core is
    small, else to branch and bound.

    Parameters
    ----------
    core
        The reduced problem.
    halt, end
        When to end, as a question and as a time of ``time.perf_counter``.
    seed, mip_gap
        As in :func:`solve`.
    """
    from geo.siting.bound import relax

    left = end - time.perf_counter()
    choice = search(core, seed=seed, halt=deadline(left * SEARCH_SHARE, halt))
    if core.new == 0 or core.new >= len(core.candidates):
        return Proof(choice, choice.value)
    if choice.value + core.margin(core.base + choice.value) >= core.reachable:
        return Proof(choice, core.reachable)
    if halt():
        quick = relax(core, target=choice.value, iterations=QUICK_ITERATIONS)
        return Proof(choice, min(quick.bound, core.reachable))
    if core.cover.nnz <= SMALL_CORE_PAIRS:
        from geo.siting.exact import solve_exactly

        return solve_exactly(core, choice, seconds=end - time.perf_counter(), seed=seed, mip_gap=mip_gap)
    from geo.siting.branch import branch_and_bound

    return branch_and_bound(core, choice, seed=seed, mip_gap=mip_gap, halt=halt)
