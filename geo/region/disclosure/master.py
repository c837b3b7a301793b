"""The master programme of a pattern, solved by HiGHS: which cells to withhold at least cost under given conditions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from geo.region.disclosure.arrays import BoolArray, FloatArray, IntArray
from geo.region.disclosure.linear import enter_matrix, silent_solver

SMALL_PROGRAMME = {
    "mip_detect_symmetry": False,
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_feasibility_jump": False,
    "mip_allow_restart": False,
    "mip_max_nodes": 20_000,
}
"""A master programme has some dozen cells and is solved anew after each round: preparing costs more than searching."""


class Conditions:
    """Linear conditions on which candidates to choose."""

    def __init__(self, candidates: int) -> None:
        self.candidates = candidates
        self._columns: list[IntArray] = []
        self._shares: list[FloatArray] = []
        self._least: list[float] = []

    def add(self, columns: IntArray, shares: FloatArray, need: float, guard: int | None) -> None:
        """Ask that ``shares`` of the chosen ``columns`` reach ``need``, of a guard only if it is chosen itself."""
        if guard is None:
            self._columns.append(columns)
            self._shares.append(shares / need)
            self._least.append(1.0)
        else:
            self._columns.append(np.append(columns, guard))
            self._shares.append(np.append(shares / need, -1.0))
            self._least.append(0.0)

    def matrix(self) -> tuple[csr_array, FloatArray]:
        """Return the conditions as ``shares @ chosen >= least``."""
        lengths = np.cumsum([0, *(len(one) for one in self._columns)])
        columns = np.concatenate([np.zeros(0, dtype=np.int64), *self._columns])
        shares = np.concatenate([np.zeros(0), *self._shares])
        shape = (len(self._least), self.candidates)
        return csr_array((shares, columns, lengths), shape=shape), np.array(self._least)


@dataclass(frozen=True, eq=False)
class Cover:
    """A cheapest choice: which cells, what they cost, and what any choice costs at least."""

    chosen: BoolArray
    cost: float
    bound: float


def cheapest_cover(
    cost: FloatArray, shares: csr_array, least: FloatArray, *, allowed: BoolArray, seconds: float, gap: float
) -> Cover | None:
    """Return which of the candidates to choose at least cost so that ``shares @ chosen >= least``.

    Parameters
    ----------
    cost
        ``(candidates,)``.
    shares, least
        Conditions, one a row.
    allowed
        ``(candidates,)``: which may be chosen.
    seconds, gap
        Time limit; relative gap at which to end.

    Returns
    -------
    None if no choice meets the conditions, or none was found in time.
    """
    import highspy

    shares = csr_array(shares[:, allowed])
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = shares.shape[1], len(least)
    model.col_cost_ = cost[allowed]
    model.col_lower_, model.col_upper_ = np.zeros(shares.shape[1]), np.ones(shares.shape[1])
    model.row_lower_, model.row_upper_ = least, np.full(len(least), np.inf)
    model.integrality_ = [highspy.HighsVarType.kInteger] * shares.shape[1]
    enter_matrix(model, shares)
    solver = silent_solver()
    for option, value in SMALL_PROGRAMME.items():
        solver.setOptionValue(option, value)
    solver.setOptionValue("time_limit", max(seconds, 0.05))
    solver.setOptionValue("mip_rel_gap", gap)
    solver.passModel(model)
    solver.run()
    info = solver.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    chosen = np.zeros(len(cost), dtype=bool)
    chosen[allowed] = np.asarray(solver.getSolution().col_value) > 0.5
    bound = float(info.mip_dual_bound)
    return Cover(chosen, float(cost[chosen].sum()), bound if math.isfinite(bound) else 0.0)
