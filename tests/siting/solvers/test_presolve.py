"""Presolve: smaller, and never another answer."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from geo.siting import SitingProblem
from geo.siting.solvers.presolve import common_step, merge_rows, reduce_problem


def test_rows_with_equal_sets_are_merged_and_their_weights_added() -> None:
    matrix = csr_array(np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1], [1, 1, 1]], dtype=bool))
    merged, weights, group = merge_rows(matrix, np.array([1.0, 2.0, 4.0, 8.0]))
    assert merged.toarray().tolist() == [[1, 0, 1], [0, 1, 0], [1, 1, 1]]
    assert weights.tolist() == [5, 2, 8]
    assert group.tolist() == [0, 1, 0, 2]


@pytest.mark.parametrize("seed", range(20))
def test_merging_agrees_with_plain_dictionaries(seed: int) -> None:
    random = np.random.default_rng(seed)
    dense = random.random((60, 5)) < 0.4
    dense = dense[dense.any(axis=1)]
    weights = random.integers(1, 9, len(dense)).astype(float)
    expected: dict[tuple[bool, ...], float] = {}
    for row, weight in zip(dense.tolist(), weights, strict=True):
        expected[tuple(row)] = expected.get(tuple(row), 0.0) + weight
    merged, sums, _ = merge_rows(csr_array(dense), weights)
    got = {tuple(row): weight for row, weight in zip(merged.toarray().tolist(), sums.tolist(), strict=True)}
    assert got == expected


def test_what_is_covered_or_out_of_reach_is_dropped() -> None:
    demand = [[0, 0], [10, 0], [20, 0], [90, 0], [10, 0]]
    problem = SitingProblem.from_points(
        demand, [1, 2, 4, 8, 16], [[0, 0], [10, 0], [20, 0]], reach=1, new=1, fixed=(0,)
    )
    core = reduce_problem(problem)
    assert core.base == 1
    assert sorted(core.weights.tolist()) == [4, 18]
    assert core.candidates.tolist() == [1, 2]
    assert core.step == 2


def test_a_candidate_inside_another_is_dropped_and_of_twins_the_first_stays() -> None:
    cover = csr_array(np.array([[1, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1], [0, 0, 0]], dtype=bool))
    core = reduce_problem(SitingProblem([1, 1, 1], cover, new=2))
    assert core.candidates.tolist() == [0, 2]
    assert core.spare.tolist() == [1, 3, 4]


@pytest.mark.parametrize(
    ("weights", "step"), [([4, 6], 2), ([1, 0.5], 0.5), ([3 / 1024, 9 / 1024], 3 / 1024), ([0.1, 0.2], 0), ([], 1)]
)
def test_the_step_between_values_is_found(weights: list[float], step: float) -> None:
    assert common_step(np.array(weights)) == step
