"""The siting problem as an integer programme, solved by HiGHS. The only module that imports ``highspy``.

Maximal covering (Church & ReVelle 1974) on merged rows i and candidates j:

    max  sum_i w_i z_i   s.t.   z_i <= sum_{j covers i} y_j,   sum_j y_j = p,   y_j in {0, 1},   0 <= z_i <= 1

z needs no integrality: it is whole wherever y is.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from geo.siting.presolve import Core
from geo.siting.search import Choice, Cover, Proof


def solve_exactly(core: Core, start: Choice, *, seconds: float, seed: int = 0, mip_gap: float = 0.0) -> Proof:
    """Solve a core with HiGHS, one thread, starting from a known choice.

    What is returned rests on the solution and the dual bound the solver holds, never on its word that it
    is done: a run ended by time returns its best choice with the bound reached.

    Parameters
    ----------
    core
        The reduced problem; ``core.new`` at most the number of its candidates.
    start
        A choice of exactly ``core.new`` sites.
    seconds
        Time limit.
    seed
        Seed of the solver.
    mip_gap
        Fraction at which to end early; 0 proves.
    """
    import highspy

    solver = highspy.Highs()
    for option, value in {
        "output_flag": False,
        "threads": 1,
        "random_seed": seed % 2**31,
        "time_limit": max(seconds, 0.01),
        "mip_rel_gap": mip_gap,
        "mip_abs_gap": core.margin(core.base + start.value),
    }.items():
        solver.setOptionValue(option, value)
    solver.passModel(integer_programme(core, highspy))
    solver.setSolution(_solution(core, start, highspy))
    solver.run()
    info = solver.getInfo()
    best = start
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        found = _choice(core, np.asarray(solver.getSolution().col_value[: len(core.candidates)]))
        if len(found.sites) == core.new and found.value > best.value:
            best = found
    bound = float(info.mip_dual_bound)
    if not math.isfinite(bound):
        bound = core.reachable
    return Proof(best, min(max(bound, best.value), core.reachable))


def integer_programme(core: Core, highspy: Any) -> Any:
    """Return the integer programme: candidates first, then rows; the last constraint is the number of sites."""
    sites, rows = len(core.candidates), len(core.weights)
    pattern = core.rows_cover
    lengths = np.diff(pattern.indptr)
    starts = np.concatenate([[0], np.cumsum(lengths + 1), [int(lengths.sum()) + rows + sites]])
    # Row i holds -1 for each covering site and +1 for its own z, which comes last.
    own = starts[1 : rows + 1] - 1
    index = np.empty(starts[-1], dtype=np.int32)
    value = np.full(starts[-1], -1.0)
    is_own = np.zeros(starts[-1], dtype=bool)
    is_own[own] = True
    is_own[starts[rows] :] = True
    index[~is_own] = pattern.indices
    index[own] = sites + np.arange(rows)
    index[starts[rows] :] = np.arange(sites)
    value[is_own] = 1.0

    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = sites + rows, rows + 1
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = np.concatenate([np.zeros(sites), core.weights])
    model.col_lower_ = np.zeros(sites + rows)
    model.col_upper_ = np.ones(sites + rows)
    model.row_lower_ = np.concatenate([np.full(rows, -highspy.kHighsInf), [core.new]])
    model.row_upper_ = np.concatenate([np.zeros(rows), [core.new]])
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = starts.astype(np.int32)
    model.a_matrix_.index_ = index
    model.a_matrix_.value_ = value
    whole, real = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    model.integrality_ = [whole] * sites + [real] * rows
    return model


def _solution(core: Core, start: Choice, highspy: Any) -> Any:
    cover = _cover_of(core, start.sites)
    solution = highspy.HighsSolution()
    solution.col_value = np.concatenate([cover.is_chosen, cover.counts > 0]).astype(np.float64)
    solution.value_valid = True
    return solution


def _choice(core: Core, open_sites: np.ndarray[Any, np.dtype[np.float64]]) -> Choice:
    """Return the choice meant by the values of y, its weight counted from the rows."""
    return _cover_of(core, tuple(np.flatnonzero(open_sites > 0.5).tolist())).choice()


def _cover_of(core: Core, sites: tuple[int, ...]) -> Cover:
    cover = Cover(core)
    for site in sites:
        cover.add(site)
    return cover
