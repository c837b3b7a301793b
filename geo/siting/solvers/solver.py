"""One question, one answer: from a problem and an objective to a plan."""

from __future__ import annotations

import time

from geo.errors import ContractError
from geo.reach import require_positive
from geo.siting.problem import OBJECTIVES, Plan, SitingProblem, check_question, infeasibility, infeasible_plan
from geo.siting.solvers.covering import Progress, solve_covering
from geo.siting.solvers.local_search import Halt, never

__all__ = ["OBJECTIVES", "Progress", "solve"]


def solve(
    problem: SitingProblem,
    *,
    seconds: float = 60.0,
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
        ``coverage``: most people within reach (maximal covering, Church & ReVelle 1974), with ``new`` sites or, as
        ``budget``, with sites that fit a budget. ``backup``: most people within reach of two sites (Hogan &
        ReVelle 1986). ``fade``: most people by the share that counts at their way (gradual covering, Berman, Krass &
        Drezner 2003). ``capacity``: most people served within the appointments sites have (Current & Storbeck
        1988). ``cover-all``: fewest sites for a share of the people (Toregas et al. 1971). ``median``: shortest
        mean way (Hakimi 1964). ``center``: best for the worst-off (Hakimi 1964).
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
    check_question(problem, objective)
    require_positive(seconds, "seconds")
    if not 0 <= mip_gap < 1:
        raise ContractError(f"mip_gap = {mip_gap}: give a fraction from 0 to below 1")
    began = time.perf_counter()
    reason = infeasibility(problem, objective)
    if reason is not None:
        return infeasible_plan(
            problem, reason.code, parameters=reason.parameters, seconds=time.perf_counter() - began, seed=seed,
            objective=objective,
        )  # fmt: skip
    if objective == "cover-all":
        from geo.siting.solvers.setcover import solve_cover_all as answer
    elif objective == "median":
        from geo.siting.solvers.median import solve_median as answer
    elif objective == "center":
        from geo.siting.solvers.center import solve_center as answer
    elif objective == "capacity":
        from geo.siting.solvers.capacity import solve_capacity as answer
    else:
        return solve_covering(
            problem, objective, began=began, seconds=seconds, seed=seed, mip_gap=mip_gap, stop=stop, progress=progress
        )
    return answer(problem, began=began, seconds=seconds, seed=seed, mip_gap=mip_gap, stop=stop, progress=progress)
