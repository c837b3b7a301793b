"""Best for the worst-off (p-center): bisection on set covering (Minieka 1970).

    min  max_{i: w_i > 0} min_{j open} d_ij   s.t.   exactly p sites open

The answer is one of the ways that occur; p sites do with the way r if they cover everybody within r.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.siting.problem import Plan, SitingProblem, travel_costs_of
from geo.siting.solvers.effort import Effort, Teller
from geo.siting.solvers.interchange import greedy_sites
from geo.siting.solvers.local_search import Choice, search
from geo.siting.solvers.median import way_core
from geo.siting.solvers.presolve import Core, reduce_problem
from geo.siting.solvers.reduction import reduced
from geo.siting.solvers.setcover import cover_program

Floats = NDArray[np.float64]

QUICK_ROUNDS = 3
ROUGHLY = 1.01


@dataclass
class _Hunt:
    """Sites that do with the way ``value``; nobody does with less than ``bound``."""

    sites: tuple[int, ...]
    value: float
    bound: float


def solve_center(problem: SitingProblem, objective: str, effort: Effort) -> Plan:
    """Find the shortest longest way; parameters as :func:`geo.siting.solvers.covering.solve_covering`."""
    teller = Teller(problem, effort, is_minimum=True)
    points = np.flatnonzero(problem.weights > 0)
    ways = travel_costs_of(problem).dense()[:, points]
    hunt = _first(problem, ways)

    def tell() -> None:
        teller.tell(hunt.value, hunt.bound, hunt.sites)

    tell()
    usable = sorted(set(hunt.sites) | set(problem.fixed) | set(problem.closable) | set(problem.candidates.tolist()))
    lengths = np.unique(ways[usable]) if len(points) else np.empty(0)
    for is_exact in (False, True):
        lengths = lengths[(lengths >= hunt.bound) & (lengths < hunt.value)]
        unsure = lengths
        while len(unsure) and not effort.halt() and (is_exact or unsure[-1] > unsure[0] * ROUGHLY):
            length = float(unsure[(len(unsure) - 1) // 2])
            sites = _sites_within(problem, ways, length, effort, is_exact=is_exact)
            if sites is not None and len(sites):
                hunt.sites, hunt.value = sites, _longest(problem, ways, sites)
                unsure = unsure[unsure < hunt.value]
            elif sites is not None:
                hunt.bound = float(lengths[lengths > length][0]) if (lengths > length).any() else hunt.value
                unsure = unsure[unsure > length]
            elif is_exact:
                break
            else:
                unsure = unsure[unsure > length]
            tell()
    is_proven = hunt.bound >= hunt.value
    return effort.plan(problem, objective, hunt.sites, hunt.value, hunt.bound, proven=is_proven)


def _first(problem: SitingProblem, ways: Floats) -> _Hunt:
    """Start from the greedy choice for the mean way; everybody's shortest way at all is a bound."""
    core, free = way_core(problem)
    sites = problem.forced + tuple(free[list(greedy_sites(core))].tolist())
    usable = list(problem.fixed + problem.closable + tuple(problem.candidates.tolist()))
    least = float(ways[usable].min(axis=0).max()) if ways.shape[1] else 0.0
    return _Hunt(sites, _longest(problem, ways, sites), least)


def _longest(problem: SitingProblem, ways: Floats, sites: tuple[int, ...]) -> float:
    return float(ways[list({*problem.fixed, *sites})].min(axis=0).max()) if ways.shape[1] else 0.0


def _sites_within(
    problem: SitingProblem, ways: Floats, length: float, effort: Effort, *, is_exact: bool
) -> tuple[int, ...] | None:
    """Return sites that do with a way; an empty tuple if there are none, None if that is not known.

    Without ``is_exact`` only a quick search is made.
    """
    from scipy.sparse import csr_array

    covering = SitingProblem(
        np.ones(ways.shape[1]), csr_array(ways <= length), problem.fixed, problem.forced, problem.forbidden,
        problem.new, closable=problem.closable, moves=problem.moves,
    )  # fmt: skip
    core = reduce_problem(covering)
    everyone = float(ways.shape[1])
    if core.base + core.reachable < everyone:
        return ()
    if len(core.weights) == 0 and core.rules is None:
        return _filled(problem, covering.forced)
    if core.rules is None:
        core = reduced(core)
        choice = search(core, seed=effort.seed, rounds=QUICK_ROUNDS, halt=effort.halt)
        if choice.value >= core.reachable:
            return _filled(problem, _named(covering, core, choice))
        if core.new == 0 or _is_too_few(core, effort):
            return ()
    if not is_exact:
        return None
    return _by_highs(problem, covering, core, effort)


def _is_too_few(core: Core, effort: Effort) -> bool:
    """Tell whether even parts of sites would have to be more than the number that may open."""
    from geo.siting.solvers.exact import run

    program = cover_program(core)
    parts = replace(program, is_whole=np.zeros_like(program.is_whole))
    told = run(parts, seconds=effort.left, halt=effort.halt)
    return told.is_infeasible or (math.isfinite(told.bound) and told.bound > core.new + 1e-6)


def _by_highs(problem: SitingProblem, covering: SitingProblem, core: Core, effort: Effort) -> tuple[int, ...] | None:
    from geo.siting.solvers.exact import choice_of, run

    most = core.new + 0.5
    told = run(
        cover_program(core),
        seconds=effort.left,
        seed=effort.seed,
        margin=0.999,
        halt=effort.halt,
        enough=lambda value, bound: value < most or bound > most,
    )
    if told.is_infeasible:
        return ()
    if told.values is not None:
        choice = choice_of(core, told.values)
        if len(choice.sites) < most and choice.value >= core.reachable:
            return _filled(problem, _named(covering, core, choice))
    return () if told.bound > core.new + 1e-6 else None


def _named(problem: SitingProblem, core: Core, choice: Choice) -> tuple[int, ...]:
    return problem.forced + tuple(core.candidates[list(choice.sites)].tolist())


def _filled(problem: SitingProblem, sites: tuple[int, ...]) -> tuple[int, ...]:
    """Return sites filled up to the number by those that shorten the mean way most."""
    core, free = way_core(problem)
    start = tuple(np.flatnonzero(np.isin(free, np.array(sites, dtype=np.int64))).tolist())
    return problem.forced + tuple(free[list(greedy_sites(core, start))].tolist())
