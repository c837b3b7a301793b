"""One question, one answer: from a problem and an objective to a plan."""

from __future__ import annotations

from collections.abc import Callable
from pkgutil import resolve_name

from geo.defaults import SEARCH_SECONDS
from geo.errors import ContractError
from geo.reach import require_positive
from geo.siting.problem import OBJECTIVES, Plan, SitingProblem, check_objective, infeasibility
from geo.siting.solvers.effort import Effort, Halt, Progress, never


def solve(
    problem: SitingProblem,
    *,
    seconds: float = SEARCH_SECONDS,
    objective: str = "coverage",
    seed: int = 0,
    mip_gap: float = 0.0,
    stop: Halt = never,
    progress: Progress | None = None,
) -> Plan:
    """Choose new sites, and prove the choice as far as time allows.

    Parameters
    ----------
    problem
        What is asked.
    seconds
        Time limit. The first good plan takes milliseconds; the rest is for improving and proving.
    objective
        A key of :data:`geo.siting.OBJECTIVES`, which says what each one is. With ``new`` sites, or, as ``budget``, with
        sites that fit a budget: ``coverage`` (most people within reach), ``backup`` (of two sites), ``fade`` (by the
        share that counts at their way), ``capacity`` (served within the appointments sites have), ``median`` (shortest
        mean way), ``center`` (best for the worst-off). ``cover-all``: fewest sites for a share of the people.
    seed
        Equal seeds give equal plans unless time runs out.
    mip_gap
        Fraction at which to end before the proof; 0 proves.
    stop
        Asked now and then; once it says True, the best plan so far is returned as ``stopped``.
    progress
        Told of value, bound, gap, seconds and new sites whenever value or bound get better.

    Returns
    -------
    Plan
        Optimal, feasible with its gap, infeasible with a reason, or stopped. Its figures are recomputed
        from the problem.

    Raises
    ------
    ContractError
        For an unknown objective, wishes that make no sense with it, or a time or gap out of range.
    """
    check_objective(problem, objective)
    require_positive(seconds, "seconds")
    if not 0 <= mip_gap < 1:
        raise ContractError(f"mip_gap = {mip_gap}: give a fraction from 0 to below 1")
    effort = Effort(seconds, seed, mip_gap, stop, progress)
    reason = infeasibility(problem, objective)
    if reason is not None:
        return effort.no_plan(problem, objective, reason)
    solver: Callable[[SitingProblem, str, Effort], Plan] = resolve_name(OBJECTIVES[objective].solver)
    return solver(problem, objective, effort)
