"""Integer programmes solved by HiGHS. The only module that imports ``highspy``.

What is returned rests on the solution and the dual bound the solver holds, never on its word that it is
done: a run ended by time returns its best solution with the bound reached.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geo.siting.solvers.effort import Halt, never
from geo.siting.solvers.local_search import Choice, Cover, Proof, Tell, silent
from geo.siting.solvers.models import coverage_program, values_of

if TYPE_CHECKING:
    from geo.siting.solvers.models import Program
    from geo.siting.solvers.presolve import Core

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SolverResult:
    """What a run of the solver left.

    Parameters
    ----------
    values
        The best solution, shape (columns,); None where none is known.
    bound
        No solution is better; infinite where nothing is known.
    is_infeasible
        Whether it was shown that there is no solution.
    """

    values: Floats | None
    bound: float
    is_infeasible: bool


def run(
    program: Program,
    *,
    seconds: float,
    seed: int = 0,
    mip_gap: float = 0.0,
    margin: float = 0.0,
    start: Floats | None = None,
    halt: Halt = never,
    found: Callable[[Floats, float], None] | None = None,
    enough: Callable[[float, float], bool] | None = None,
) -> SolverResult:
    """Solve an integer programme, one thread.

    Parameters
    ----------
    program
        What to solve.
    seconds, seed
        Time limit and seed of the solver.
    mip_gap, margin
        Fraction, and difference in value, at which to end.
    start
        A solution to start from.
    halt
        Asked now and then; True ends with what is known.
    found
        Told of each better solution with the bound at that time.
    enough
        Asked with value and bound; True ends with what is known.
    """
    import highspy

    solver = highspy.Highs()
    for option, value in {
        "output_flag": False,
        "threads": 1,
        "random_seed": seed % 2**31,
        "time_limit": max(seconds, 0.01),
        "mip_rel_gap": mip_gap,
        "mip_abs_gap": margin,
    }.items():
        solver.setOptionValue(option, value)
    solver.passModel(_model(program, highspy))
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.astype(np.float64)
        solution.value_valid = True
        solver.setSolution(solution)
    if halt is not never or enough is not None:

        def interrupt(event: Any) -> None:
            told = event.data_out
            if halt() or (enough is not None and enough(told.mip_primal_bound, told.mip_dual_bound)):
                event.interrupt()

        solver.cbMipInterrupt += interrupt
        if not program.is_whole.any():
            solver.cbSimplexInterrupt += interrupt
    if found is not None:
        solver.cbMipImprovingSolution += lambda event: found(
            np.asarray(event.data_out.mip_solution), float(event.data_out.mip_dual_bound)
        )
    solver.run()
    info = solver.getInfo()
    is_feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.asarray(solver.getSolution().col_value) if is_feasible else None
    is_infeasible = solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible
    worst = math.inf if program.is_maximum else -math.inf
    bound = float(info.mip_dual_bound)
    if not program.is_whole.any():
        is_done = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        bound = float(info.objective_function_value) if is_done else worst
    return SolverResult(values, bound if math.isfinite(bound) and not is_infeasible else worst, is_infeasible)


def _model(program: Program, highspy: Any) -> Any:
    model = highspy.HighsLp()
    rows, columns = program.matrix.shape
    model.num_col_, model.num_row_ = columns, rows
    model.sense_ = highspy.ObjSense.kMaximize if program.is_maximum else highspy.ObjSense.kMinimize
    model.col_cost_, model.offset_ = program.coefficients, program.constant
    model.col_lower_, model.col_upper_ = np.zeros(columns), program.upper
    model.row_lower_, model.row_upper_ = program.row_lower, program.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = program.matrix.indptr.astype(np.int32)
    model.a_matrix_.index_ = program.matrix.indices.astype(np.int32)
    model.a_matrix_.value_ = program.matrix.data.astype(np.float64)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    model.integrality_ = [kinds[int(is_whole)] for is_whole in program.is_whole]
    return model


def solve_exactly(
    core: Core,
    start: Choice | None,
    *,
    seconds: float,
    seed: int = 0,
    mip_gap: float = 0.0,
    halt: Halt = never,
    tell: Tell = silent,
) -> Proof | None:
    """Solve a core with HiGHS, starting from a known choice.

    Parameters
    ----------
    core
        The reduced problem; ``core.new`` at most the number of its candidates.
    start
        A choice that meets number, budget and rules; None where none is known.
    seconds, seed, mip_gap, halt
        As in :func:`run`.
    tell
        Told of each better choice.

    Returns
    -------
    Proof or None
        None where no choice meets the rules, proven; an empty choice worth -1 where none was found in time.
    """
    best = start or Choice((), -1.0)

    def heard(values: Floats, bound: float) -> None:
        choice = choice_of(core, values)
        if choice.value > best.value:
            tell(choice, min(bound, core.reachable) if math.isfinite(bound) else core.reachable)

    result = run(
        coverage_program(core),
        seconds=seconds,
        seed=seed,
        mip_gap=mip_gap,
        margin=core.margin(core.base + max(best.value, 0.0)),
        start=None if start is None else values_of(core, start),
        halt=halt,
        found=None if tell is silent else heard,
    )
    if result.is_infeasible and start is None:
        return None
    if result.values is not None:
        found = choice_of(core, result.values)
        is_whole = core.costs is not None or len(found.sites) == core.new
        if is_whole and found.value > best.value:
            best = found
    return Proof(best, min(max(result.bound, best.value), core.reachable))


def choice_of(core: Core, values: Floats) -> Choice:
    """Return the choice meant by the values of y, its weight counted from the rows."""
    return Cover(core, np.flatnonzero(values[: len(core.candidates)] > 0.5).tolist()).choice()
