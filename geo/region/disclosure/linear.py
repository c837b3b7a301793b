"""The attacker's linear programmes, solved by HiGHS.

:class:`Shifts` asks how far a count, or what is left of a whole, can shift while everything known stays as it is;
:class:`Ranges` asks what it can be when the true numbers are not at hand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array

from geo.region.disclosure.arrays import TOLERANCE, BoolArray, FloatArray, IntArray
from geo.region.disclosure.system import Block

if TYPE_CHECKING:
    import highspy

INTEGRALITY_SECONDS = 5.0

PRIMAL_SIMPLEX = 4
"""A new question changes the aim and not the shifts, so that the last answer is where to start from."""


@dataclass(frozen=True, eq=False)
class Target:
    """Something that has to stay unknown: ``effect`` over the columns of one ``row`` of a block, and its ``need``."""

    row: int
    effect: FloatArray
    need: float

    @property
    def cells(self) -> IntArray:
        """Columns that take part."""
        return np.flatnonzero(self.effect)


@dataclass(frozen=True, eq=False)
class Proof:
    """A width with what it rests on: for any pattern the width is at most ``constant + (shares * pattern).sum()``.

    ``is_whole`` tells whether the ends are reached by whole shifts; ``used`` are the cells that shift for them.
    """

    width: float
    shares: FloatArray
    constant: float
    is_whole: bool
    used: BoolArray


class Shifts:
    """The shifts of a block as one linear programme, kept warm between questions."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.system = block.system
        self.shape = block.system.up.shape
        self.is_open = np.zeros(self.shape, dtype=bool)
        self._numbers = np.arange(math.prod(self.shape), dtype=np.int32)
        self._solver = silent_solver()
        self._solver.setOptionValue("presolve", "off")
        self._solver.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
        self._solver.passModel(self._model())

    def open(self, is_open: BoolArray) -> None:
        """Let the cells of a pattern shift, and no others. Cells of the source shift for their own row only."""
        self.is_open = is_open & ~self.system.is_at_source
        self._set_bounds(self.is_open)

    def width(self, target: Target) -> Proof:
        """Return how far a target can shift up and down together, or one way where that is as far as it needs."""
        import highspy

        at_source = self.system.is_at_source[target.row]
        is_open = self.is_open
        if at_source.any():
            is_open = is_open.copy()
            is_open[target.row] |= at_source
            self._set_bounds(is_open)
        cost = np.zeros(self.shape)
        cost[target.row] = target.effect
        width, constant = 0.0, 0.0
        shares, is_whole = np.zeros(self.shape), True
        used = np.zeros(self.shape, dtype=bool)
        for sign in (-1.0, 1.0):
            self._solver.changeColsCost(len(self._numbers), self._numbers, sign * cost.ravel())
            self._solver.run()
            if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                raise RuntimeError(f"the shifts of a block could not be bounded: {self._solver.getModelStatus()}")
            solution = self._solver.getSolution()
            values = np.asarray(solution.col_value).reshape(self.shape)
            duals = np.asarray(solution.row_dual)
            reduced = sign * cost.ravel() - self._matrix.T @ duals
            reduced = reduced.reshape(self.shape)
            width -= sign * float((cost * values).sum())
            shares += np.where(reduced > 0, reduced * self.system.down, -reduced * self.system.up)
            constant += float(
                np.where(duals > 0, duals * -self._row_lower, -duals * self._row_upper)[np.abs(duals) > 1e-12].sum()
            )
            used |= np.abs(values) > TOLERANCE
            is_whole &= bool((np.abs(values - np.round(values)) < TOLERANCE).all())
            if width >= target.need:
                break
        if at_source.any():
            constant += float(shares[target.row, at_source].sum())
            self._set_bounds(self.is_open)
        shares[self.system.is_at_source] = 0.0
        return Proof(width, np.where(shares < 1e-9, 0.0, shares), max(constant, 0.0), is_whole, used)

    def whole_width(self, target: Target, is_open: BoolArray, enough: float) -> float:
        """Return the width in whole numbers, or a lower bound of it where that is enough or the time is up."""
        import highspy

        is_open = is_open & ~self.system.is_at_source
        is_open[target.row] |= self.system.is_at_source[target.row]
        model = self._model()
        model.integrality_ = [highspy.HighsVarType.kInteger] * len(self._numbers)
        width = 0.0
        for sign in (-1.0, 1.0):
            solver = silent_solver()
            solver.setOptionValue("time_limit", INTEGRALITY_SECONDS)
            solver.setOptionValue("objective_target", -enough)
            cost = np.zeros(self.shape)
            cost[target.row] = sign * target.effect
            model.col_cost_ = cost.ravel()
            model.col_lower_ = np.where(is_open, -np.floor(self.system.down + TOLERANCE), 0.0).ravel()
            model.col_upper_ = np.where(is_open, np.floor(self.system.up + TOLERANCE), 0.0).ravel()
            solver.passModel(model)
            solver.run()
            width -= min(float(solver.getInfo().objective_function_value), 0.0)
            if width >= enough:
                break
        return width

    def cheapest_support(self, target: Target, is_open: BoolArray, cost: FloatArray) -> BoolArray | None:
        """Return cells whose withholding gives a target its width at little cost, or None if nothing does.

        ``cost`` is ``(rows, columns)``, infinite for cells that may not be withheld. The cost of a cell is spread over
        the length of its shift, so that the answer is a good one but not the best.
        """
        import highspy

        cells = len(self._numbers)
        price = np.where(is_open, 1e-6, cost)
        can = np.isfinite(price) & ~self.system.is_at_source
        can[target.row] |= self.system.is_at_source[target.row]
        span = np.maximum(np.minimum(np.maximum(self.system.up, self.system.down), target.need), 1e-3)
        each = np.where(can, np.where(np.isfinite(price), price, 0.0) / span, 0.0).ravel()
        effect = np.zeros(self.shape)
        effect[target.row] = target.effect
        flat = csr_array(effect.reshape(1, -1))
        # Two shifts at once, one for each end of the interval, each split into its rise and its fall.
        block = self._matrix
        zero = csr_array(block.shape)
        rows = [
            _beside([block, -block, zero, zero]),
            _beside([zero, zero, block, -block]),
            _beside([flat, -flat, -flat, flat]),
        ]
        matrix = _below(rows)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = 4 * cells, matrix.shape[0]
        model.col_cost_ = np.tile(each, 4)
        up = np.where(can, self.system.up, 0.0).ravel()
        down = np.where(can, self.system.down, 0.0).ravel()
        model.col_lower_ = np.zeros(4 * cells)
        model.col_upper_ = np.concatenate([up, down, up, down])
        model.row_lower_ = np.concatenate([self._row_lower, self._row_lower, [target.need]])
        model.row_upper_ = np.concatenate([self._row_upper, self._row_upper, [np.inf]])
        enter_matrix(model, matrix)
        solver = silent_solver()
        solver.passModel(model)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        values = np.asarray(solver.getSolution().col_value).reshape(4, *self.shape)
        return np.asarray((values > TOLERANCE).any(axis=0), dtype=np.bool_)

    def _model(self) -> highspy.HighsLp:
        import highspy

        rows, columns = self.shape
        parts: list[tuple[IntArray, IntArray, FloatArray]] = []
        number = 0
        cell = np.arange(rows * columns).reshape(self.shape)
        for groups in self.block.groupings:
            count = int(groups.max(initial=-1)) + 1
            parts.extend(
                (number + column * count + groups, cell[:, column], np.ones(rows)) for column in range(columns)
            )
            number += count * columns
        sums = number
        lower, upper = [np.zeros(sums)], [np.zeros(sums)]
        for relation, effect in enumerate(self.system.coefficients):
            parts.extend(
                (number + np.arange(rows), cell[:, column], np.full(rows, effect[column]))
                for column in np.flatnonzero(effect)
            )
            number += rows
            lower.append(-self.system.rest_down[:, relation])
            upper.append(self.system.rest_up[:, relation])
        at, to, value = (np.concatenate(one) for one in zip(*parts, strict=True))
        self._matrix = csr_array(coo_array((value, (at, to)), shape=(number, rows * columns)))
        self._row_lower, self._row_upper = np.concatenate(lower), np.concatenate(upper)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = rows * columns, number
        model.col_cost_ = np.zeros(rows * columns)
        model.col_lower_, model.col_upper_ = np.zeros(rows * columns), np.zeros(rows * columns)
        model.row_lower_, model.row_upper_ = self._row_lower, self._row_upper
        enter_matrix(model, self._matrix)
        return model

    def _set_bounds(self, is_open: BoolArray) -> None:
        lower = np.where(is_open, -self.system.down, 0.0).ravel()
        upper = np.where(is_open, self.system.up, 0.0).ravel()
        self._solver.changeColsBounds(len(self._numbers), self._numbers, lower, upper)


class ContradictionError(ValueError):
    """What is known cannot all be true."""


class Ranges:
    """Least and greatest values of sums of unknowns under linear equations, kept warm between questions.

    Parameters
    ----------
    matrix, low, high
        Equations, one a row, and their bounds.
    least, most
        Bounds of each unknown.
    names
        What the rows are called in the answers.
    """

    def __init__(
        self,
        matrix: csr_array,
        low: FloatArray,
        high: FloatArray,
        *,
        least: FloatArray,
        most: FloatArray,
        names: IntArray,
    ) -> None:
        import highspy

        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(least), len(low)
        model.col_cost_ = np.zeros(len(least))
        model.col_lower_, model.col_upper_ = least, most
        model.row_lower_, model.row_upper_ = low, high
        enter_matrix(model, matrix)
        self._names = names
        self._numbers = np.arange(len(least), dtype=np.int32)
        self._solver = silent_solver()
        self._solver.passModel(model)

    def of(self, weights: FloatArray) -> tuple[float, float, tuple[int, ...]]:
        """Return the least and the greatest value of a weighted sum, and the rows that bound it.

        Raises
        ------
        ContradictionError
            If no values meet all equations: what is known contradicts itself.
        """
        import highspy

        ends, used = [], set()
        for sign in (1.0, -1.0):
            self._solver.changeColsCost(len(self._numbers), self._numbers, sign * weights)
            self._solver.run()
            status = self._solver.getModelStatus()
            if status == highspy.HighsModelStatus.kInfeasible:
                raise ContradictionError
            if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
                ends.append(sign * -np.inf)
                continue
            ends.append(sign * float(self._solver.getInfo().objective_function_value))
            duals = np.asarray(self._solver.getSolution().row_dual)
            used |= set(self._names[np.flatnonzero(np.abs(duals) > TOLERANCE)].tolist())
        return ends[0], ends[1], tuple(sorted(used))


def silent_solver() -> highspy.Highs:
    """Return a solver that prints nothing and gives the same answer every time."""
    import highspy

    solver = highspy.Highs()
    for option, value in {"output_flag": False, "threads": 1, "random_seed": 0}.items():
        solver.setOptionValue(option, value)
    return solver


def enter_matrix(model: highspy.HighsLp, matrix: csr_array) -> None:
    """Enter a matrix by rows into a programme, in place."""
    import highspy

    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    model.a_matrix_.index_ = matrix.indices.astype(np.int32)
    model.a_matrix_.value_ = matrix.data.astype(np.float64)


def _beside(parts: list[csr_array]) -> csr_array:
    from scipy.sparse import hstack

    return csr_array(hstack(parts, format="csr"))


def _below(parts: list[csr_array]) -> csr_array:
    from scipy.sparse import vstack

    return csr_array(vstack(parts, format="csr"))
