"""Fewest sites that reach a share of the people (set covering, Toregas et al. 1971, and its partial form).

    min  sum_j y_j   s.t.   sum_i w_i z_i >= share * total,   z_i <= sum_{j covers i} y_j,   y_j in {0, 1}

With p sites no more people are reached than the bound of maximal covering says, so a bound below the
share proves that p sites are too few.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from geo.siting.problem import Plan, Reason, SitingProblem
from geo.siting.solvers.covering import SMALL_CORE_PAIRS, prove, with_number
from geo.siting.solvers.effort import Effort, Halt, Teller
from geo.siting.solvers.local_search import Choice, Cover, search
from geo.siting.solvers.models import Program, coverage_program
from geo.siting.solvers.presolve import Core, reduce_problem
from geo.siting.solvers.reduction import reduced
from geo.siting.solvers.rules import is_kept

BOUND_ITERATIONS = 400
PROOF_SHARE = 0.5


def solve_cover_all(problem: SitingProblem, objective: str, effort: Effort) -> Plan:
    """Find the fewest sites; parameters as :func:`geo.siting.solvers.covering.solve_covering`."""
    asked = problem.changed(new=len(problem.forced)) if problem.new != len(problem.forced) else problem
    core = reduce_problem(asked)
    teller = Teller(problem, effort, is_minimum=True)
    forced = len(problem.forced)

    def sites_of(choice: Choice) -> tuple[int, ...]:
        return (*problem.forced, *core.candidates[list(choice.sites)].tolist())

    def tell(choice: Choice, bound: int) -> None:
        teller.tell(forced + len(choice.sites), forced + bound, sites_of(choice))

    target = problem.share * problem.total - core.base
    target -= 1e-9 * max(1.0, problem.total)
    choice, bound = fewest(core, target, effort, tell)
    if choice is None:
        return effort.no_plan(
            problem, objective, Reason("rules_exclude_each_other" if math.isinf(bound) else "none_found_in_time")
        )
    number = len(choice.sites)
    tell(choice, int(bound))
    return effort.plan(problem, objective, sites_of(choice), forced + number, forced + bound, proven=bound >= number)


def fewest(
    core: Core, target: float, effort: Effort, tell: Callable[[Choice, int], None]
) -> tuple[Choice | None, float]:
    """Return the fewest sites that reach ``target`` and keep the rules, and a bound on their number.

    No choice and an infinite bound say that there is none, proven.
    """
    if target <= 0 and core.rules is None:
        return Choice((), 0.0), 0
    choice: Choice | None = None
    if core.rules is None:
        choice = pruned(core, grown(core, target), target)
        choice = fewer(core, choice, target, effort)
        tell(choice, 0)
    bound = at_least(core, target, len(choice.sites) if choice else None)
    if choice is not None:
        tell(choice, bound)
        if bound >= len(choice.sites) or effort.halt():
            return choice, bound
        if core.cover.nnz > SMALL_CORE_PAIRS and target < core.reachable * (1 - 1e-9):
            choice, bound = _by_covering(core, choice, bound, target, effort)
            tell(choice, bound)
            if bound >= len(choice.sites) or effort.halt():
                return choice, bound
    return _by_highs(core, choice, bound, target, effort)


def grown(core: Core, target: float) -> Choice:
    """Open the site that adds most until the target is met."""
    cover = Cover(core)
    value = 0.0
    while value < target:
        gains = cover.gains()
        best = int(np.argmax(gains))
        value += float(gains[best])
        cover.add(best)
        if gains[best] <= 0:
            break
    return cover.choice()


def pruned(core: Core, choice: Choice, target: float) -> Choice:
    """Close sites, the one that loses least first, as long as the target is met."""
    cover = Cover(core, choice.sites)
    value = choice.value
    while True:
        losses = {}
        for site in cover.chosen:
            losses[site] = cover.drop(site)
            cover.add(site)
        least = min(losses, key=lambda site: (losses[site], site), default=None)
        if least is None or value - losses[least] < target:
            return cover.choice()
        value -= cover.drop(least)


def fewer(core: Core, choice: Choice, target: float, effort: Effort) -> Choice:
    """Ask the search for most people with one site less as long as it meets the target."""
    while len(choice.sites) > 1 and not effort.halt():
        trial = search(with_number(core, len(choice.sites) - 1), seed=effort.seed, rounds=8, halt=effort.halt)
        if trial.value < target:
            return choice
        choice = pruned(core, trial, target)
    return choice


def at_least(core: Core, target: float, found: int | None) -> int:
    """Return a number of sites below which the bound of maximal covering is under the target."""
    from geo.siting.solvers.bound import relax

    if len(core.weights) == 0 or target <= 0 or len(core.candidates) < 2:
        return 1 if target > 0 else 0
    number = min(max(1, (found or len(core.candidates) // 2) - 1), len(core.candidates) - 1)
    sized = replace(core, new=number, rules=None, costs=None)
    told = relax(sized, target=target * (1 - 1e-9), iterations=BOUND_ITERATIONS)
    rest = float((core.weights - told.multipliers).sum())
    reach = rest + np.cumsum(np.sort(told.scores)[::-1])
    return int(np.searchsorted(reach, target * (1 - 1e-12) - 1e-9)) + 1 if target > rest else 0


class _Watch:
    """Ends a search once it is settled whether the target can be met."""

    def __init__(self, target: float, till: float, halt: Halt) -> None:
        self.target, self.till, self.halt = target, till, halt
        self.is_settled = False

    def tell(self, choice: Choice, bound: float) -> None:
        """Note whether a choice meets the target or the bound falls short of it."""
        self.is_settled = choice.value >= self.target or bound < self.target

    def __call__(self) -> bool:
        return self.is_settled or time.perf_counter() >= self.till or self.halt()


def _by_covering(core: Core, choice: Choice, bound: int, target: float, effort: Effort) -> tuple[Choice, int]:
    """Ask for most people with one site less, until that is shown to be too little or time is short."""
    till = time.perf_counter() + PROOF_SHARE * effort.left
    while bound < len(choice.sites) and time.perf_counter() < till and not effort.halt():
        watch = _Watch(target, till, effort.halt)
        sized = with_number(core, len(choice.sites) - 1)
        part = Effort(till - time.perf_counter(), effort.seed, stop=watch)
        found = prove(sized, part, tell=watch.tell)
        if found.choice.value >= target:
            choice = pruned(core, found.choice, target)
        elif found.bound < target:
            bound = len(choice.sites)
        else:
            break
    return choice, bound


def _by_highs(
    core: Core, choice: Choice | None, bound: int, target: float, effort: Effort
) -> tuple[Choice | None, float]:
    from geo.siting.solvers.exact import choice_of, run

    is_whole = target >= core.reachable * (1 - 1e-9) - 1e-9
    if is_whole and core.rules is None:
        return _all_rows(core, choice, bound, effort)
    program = cover_program(core) if is_whole else coverage_program(replace(core, costs=None), share_of=target)
    told = run(program, seconds=effort.left, seed=effort.seed, mip_gap=effort.mip_gap, margin=0.999, halt=effort.halt)
    if told.is_infeasible and choice is None:
        return None, math.inf
    if told.values is not None:
        found = choice_of(core, told.values)
        is_fewer = choice is None or len(found.sites) < len(choice.sites)
        if is_fewer and found.value >= target * (1 - 1e-9) and is_kept(core, found):
            choice = found
    if math.isfinite(told.bound):
        bound = max(bound, math.ceil(told.bound - 1e-6))
    return choice, min(bound, len(choice.sites)) if choice is not None else bound


def _all_rows(core: Core, choice: Choice | None, bound: int, effort: Effort) -> tuple[Choice | None, float]:
    """Ask for the fewest sites that reach every row, on what is left once needless rows and sites are out."""
    from geo.siting.solvers.exact import choice_of, run

    small = reduced(core)
    told = run(cover_program(small), seconds=effort.left, seed=effort.seed, margin=0.999, halt=effort.halt)
    if told.values is not None:
        found = choice_of(small, told.values)
        if found.value >= small.reachable and (choice is None or len(found.sites) < len(choice.sites)):
            numbers = np.searchsorted(core.candidates, small.candidates[list(found.sites)])
            choice = Choice(tuple(numbers.tolist()), core.reachable)
    if math.isfinite(told.bound):
        bound = max(bound, math.ceil(told.bound - 1e-6))
    return choice, min(bound, len(choice.sites)) if choice is not None else bound


def cover_program(core: Core) -> Program:
    """Return the programme of reaching every row: fewest sites with one open for each row and the rules kept."""
    from scipy.sparse import csr_array, vstack

    blocks, lower = [core.rows_cover], [np.ones(len(core.weights))]
    for is_mine, number in core.rules.site_sums if core.rules else ():
        blocks.append(csr_array(is_mine.astype(np.float64)[None, :]))
        lower.append(np.array([float(number)]))
    sites = len(core.candidates)
    rows = np.concatenate(lower)
    return Program(
        coefficients=np.ones(sites),
        upper=np.ones(sites),
        is_whole=np.ones(sites, dtype=bool),
        matrix=vstack(blocks, format="csr"),
        row_lower=rows,
        row_upper=np.full(len(rows), np.inf),
        is_maximum=False,
    )
