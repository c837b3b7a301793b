"""Siting problems as integer programmes, for any solver.

Maximal covering (Church & ReVelle 1974) on merged rows i and candidates j, where row i needs k_i sites:

    max  sum_i w_i z_i   s.t.   k_i z_i <= sum_{j covers i} y_j,   sum_j y_j = p  (or sum_j c_j y_j <= B),
                                rules:  sum_{j in S} y_j >= m,  sum_{i in G} w_i z_i >= v,
                                y_j in {0, 1},   0 <= z_i <= 1

z needs no integrality where one site is enough: it is whole wherever y is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from geo.siting.solvers.local_search import Choice
    from geo.siting.solvers.presolve import Core

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Program:
    """An integer programme: the best of coefficients x with row_lower <= matrix x <= row_upper, 0 <= x <= upper.

    Parameters
    ----------
    coefficients, upper, is_whole
        Shape (columns,).
    matrix
        CSR, shape (rows, columns).
    row_lower, row_upper
        Shape (rows,), infinite where there is no limit.
    is_maximum
        Whether the sum is to be large.
    constant
        Added to the sum.
    """

    coefficients: Floats
    upper: Floats
    is_whole: NDArray[np.bool_]
    matrix: Any
    row_lower: Floats
    row_upper: Floats
    is_maximum: bool
    constant: float = 0.0


def coverage_program(core: Core, *, share_of: float | None = None) -> Program:
    """Return the programme of a core: candidates first, then rows.

    Parameters
    ----------
    core
        The core.
    share_of
        Instead of most weight: the fewest sites (or, with costs, the cheapest) that reach at least so much
        weight and meet the rules. Number and budget are not used then.
    """
    from scipy.sparse import csr_array, diags_array, hstack, vstack

    sites, rows = len(core.candidates), len(core.weights)
    need = np.ones(rows) if core.need is None else core.need.astype(np.float64)
    blocks = [hstack([-core.rows_cover, diags_array(need)], format="csr")] if rows else []
    lower, upper = [np.full(rows, -np.inf)], [np.zeros(rows)]

    def add(left: Floats, right: Floats, low: float, high: float) -> None:
        blocks.append(csr_array(np.concatenate([left, right])[None, :]))
        lower.append(np.array([low]))
        upper.append(np.array([high]))

    if share_of is not None:
        add(np.zeros(sites), core.weights, share_of, np.inf)
    elif core.costs is None:
        add(np.ones(sites), np.zeros(rows), core.new, core.new)
    else:
        add(core.costs, np.zeros(rows), -np.inf, core.limit)
    if core.rules is not None:
        for is_mine, number in core.rules.site_sums:
            add(is_mine.astype(np.float64), np.zeros(rows), number, np.inf)
        for mine, people in core.rules.row_sums:
            weights = np.zeros(rows)
            weights[mine] = core.weights[mine]
            add(np.zeros(sites), weights, people, np.inf)
    is_count = share_of is not None
    costs = np.ones(sites) if core.costs is None else core.costs
    return Program(
        coefficients=np.concatenate(
            [costs if is_count else np.zeros(sites), np.zeros(rows) if is_count else core.weights]
        ),
        upper=np.ones(sites + rows),
        is_whole=np.concatenate([np.ones(sites, dtype=bool), np.full(rows, core.need is not None)]),
        matrix=vstack(blocks, format="csr"),
        row_lower=np.concatenate(lower),
        row_upper=np.concatenate(upper),
        is_maximum=not is_count,
    )


def values_of(core: Core, choice: Choice) -> Floats:
    """Return a choice as a solution of the programme."""
    is_open = np.zeros(len(core.candidates))
    is_open[list(choice.sites)] = 1.0
    enough = 1 if core.need is None else core.need
    return np.concatenate([is_open, (core.rows_cover @ is_open >= enough).astype(np.float64)])
