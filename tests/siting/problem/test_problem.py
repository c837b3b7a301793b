"""SitingProblem: what it refuses and what it says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from geo.errors import ContractError
from geo.siting import SitingProblem

GOOD = {"demand_xy": [[0, 0], [1, 1]], "weights": [1, 2], "site_xy": [[0, 0], [5, 5]], "reach": 2.0, "new": 1}


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"weights": [1, np.nan]}, r"weights\[1\] = nan"),
        ({"weights": [1, -2]}, r"weights\[1\] = -2"),
        ({"weights": [1, np.inf]}, r"weights\[1\] = inf"),
        ({"weights": [1, 2, 3]}, "one column per demand point"),
        ({"weights": [[1, 2]]}, "shape"),
        ({"weights": ["many", 2]}, "no number"),
        ({"demand_xy": [[0, 0], [np.nan, 1]]}, r"demand_xy\[1\]"),
        ({"demand_xy": [0, 1]}, "demand_xy has shape"),
        ({"site_xy": [[0, 0], [np.inf, 5]]}, r"site_xy\[1\]"),
        ({"reach": 0}, "reach = 0"),
        ({"reach": -5.0}, "reach"),
        ({"reach": float("nan")}, "reach"),
        ({"new": -1}, "new = -1"),
        ({"new": 1.5}, "new = 1.5"),
        ({"new": True}, "new = True"),
        ({"fixed": (2,)}, "fixed holds 2"),
        ({"forced": (-1,)}, "forced holds -1"),
        ({"forbidden": ("a",)}, "forbidden holds 'a'"),
        ({"fixed": (0,), "forced": (0,)}, "fixed and forced"),
    ],
)
def test_a_problem_broken_by_one_property_is_refused_by_name(broken: dict[str, object], said: str) -> None:
    assert SitingProblem.from_points(**GOOD).points == 2
    with pytest.raises(ContractError, match=said):
        SitingProblem.from_points(**{**GOOD, **broken})


def test_cover_is_sparse_exact_and_read_only() -> None:
    problem = SitingProblem.from_points(**GOOD)
    assert problem.cover.toarray().tolist() == [[True, True], [False, False]]
    assert not problem.weights.flags.writeable
    assert not problem.cover.data.flags.writeable


def test_stored_falsehoods_and_duplicates_in_a_cover_are_cleaned() -> None:
    cover = csr_array(([True, False, True, True], ([0, 0, 1, 1], [0, 1, 1, 1])), shape=(2, 2))
    problem = SitingProblem([1, 2], cover)
    assert problem.cover.nnz == 2
    assert problem.cover.toarray().tolist() == [[True, False], [False, True]]


def test_candidates_are_neither_fixed_nor_forbidden() -> None:
    problem = SitingProblem(np.ones(1), csr_array((5, 1), dtype=bool), fixed=(1,), forced=(0,), forbidden=(4, 4))
    assert problem.candidates.tolist() == [0, 2, 3]
    assert problem.forbidden == (4,)
    assert problem.with_new(3).new == 3
