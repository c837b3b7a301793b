"""Make a covering in which every row must be reached small without changing its answer.

A row that is reached by every site that reaches another row needs no watching; a site that reaches no more than
another is not needed. Each rule makes room for the other, so they take turns (Toregas & ReVelle 1973). Not for
questions where rows count by weight: there a row left out is people left out.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo.siting.solvers.presolve import Core

ROUNDS_MAX = 20


def reduced(core: Core) -> Core:
    """Return a core without rules and costs, cut down to the rows and candidates that matter if all rows are wanted.

    Weights stay as they are, so a choice reaches every row of the core given if and only if its value is
    ``reachable`` of the one returned.
    """
    is_near = core.rows_cover.toarray() > 0
    rows, sites = essential(is_near)
    kept = core.rows_cover[rows][:, sites].tocsr()
    return replace(
        core, cover=kept.T.tocsr(), rows_cover=kept, weights=core.weights[rows], candidates=core.candidates[sites]
    )


def essential(is_near: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows and the sites that are left of a covering, both ascending.

    Parameters
    ----------
    is_near
        Whether a site (column) reaches a row, shape (rows, sites).
    """
    rows, sites = np.arange(is_near.shape[0]), np.arange(is_near.shape[1])
    for _ in range(ROUNDS_MAX):
        before = len(rows), len(sites)
        part = is_near[np.ix_(rows, sites)]
        rows = rows[least_sets(part)]
        part = is_near[np.ix_(rows, sites)]
        sites = sites[most_sets(part.T)]
        if (len(rows), len(sites)) == before:
            break
    return rows, sites


def least_sets(sets: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return, ascending, the rows that hold no other row's set; one of equal rows. Shape (rows, members)."""
    return _alone(sets, np.argsort(sets.sum(axis=1), kind="stable"), is_least=True)


def most_sets(sets: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return, ascending, the rows whose set no other row holds; one of equal rows. Shape (rows, members)."""
    return _alone(sets, np.argsort(-sets.sum(axis=1), kind="stable"), is_least=False)


def _alone(sets: NDArray[np.bool_], order: NDArray[np.int64], *, is_least: bool) -> NDArray[np.int64]:
    """Go through sets in order of size; each one that is left strikes out all that it makes needless."""
    words = _packed(sets)[order]
    kept: list[int] = []
    while len(order):
        kept.append(int(order[0]))
        first = words[0]
        is_needless = ((words & first) == (first if is_least else words)).all(axis=1)
        order, words = order[~is_needless], words[~is_needless]
    return np.array(sorted(kept), dtype=np.int64)


def _packed(sets: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Return each row as 64-bit words, shape (rows, words)."""
    width = -(-max(sets.shape[1], 1) // 64) * 64
    padded = np.zeros((sets.shape[0], width), dtype=bool)
    padded[:, : sets.shape[1]] = sets
    return np.packbits(padded, axis=1).view(np.uint64)
