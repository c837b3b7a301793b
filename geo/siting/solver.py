"""From a problem to a plan: presolve, search, proof, recomputation."""

from __future__ import annotations

import time

from geo.errors import ContractError
from geo.reach.travel import require_positive
from geo.siting.plan import Plan, infeasible_plan, make_plan
from geo.siting.presolve import Core, presolve
from geo.siting.problem import SitingProblem
from geo.siting.search import Choice, Halt, deadline, never, search

OBJECTIVES = ("coverage",)


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
    halt = deadline(seconds, stop)
    core = presolve(problem)
    choice, bound = _best(core, began + seconds, halt, stop, seed=seed, mip_gap=mip_gap)
    return make_plan(
        problem,
        chosen_sites(problem, core, choice),
        core.base + choice.value,
        core.base + bound,
        is_proven=bound <= choice.value + core.margin(choice.value),
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


def _best(core: Core, end: float, halt: Halt, stop: Halt, *, seed: int, mip_gap: float) -> tuple[Choice, float]:
    choice = search(core, seed=seed, halt=halt)
    if core.new == 0 or core.new >= len(core.candidates):
        return choice, choice.value
    if choice.value + core.margin(choice.value) >= core.reachable or halt():
        return choice, core.reachable
    from geo.siting.exact import solve_exactly

    found = solve_exactly(core, choice, seconds=end - time.perf_counter(), seed=seed, mip_gap=mip_gap)
    return found.choice, found.bound
