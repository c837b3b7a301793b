"""Minutes within which a share of people reach an office, by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.siting.ask.access import medians, people_by_minutes, spread, weighted_quantile

INF = float("inf")


@pytest.mark.parametrize(
    ("minutes", "people", "share", "expected"),
    [
        ([10, 20, 30], [1, 1, 1], 0.5, 20),
        ([30, 10, 20], [1, 5, 1], 0.5, 10),
        ([10, 20], [1, 1], 0.5, 10),  # exactly half within 10 minutes
        ([10, 20, 30], [0.1, 0.2, 0.3], 0.5, 20),  # 0.1 + 0.2 is a trifle more than 0.3
        ([10, 20], [0.7, 0.7 + 1e-16], 0.5, 10),
        ([10, INF, 20], [4, 5, 1], 0.5, 20),
        ([10, INF], [4, 6], 0.5, INF),
        ([10, 20], [0, 3], 0.9, 20),
    ],
)
def test_the_least_minutes_within_which_the_share_lives(
    minutes: list[float], people: list[float], share: float, expected: float
) -> None:
    assert weighted_quantile(np.array(minutes, dtype=float), np.array(people, dtype=float), share) == expected


def test_of_nobody_nothing_is_said() -> None:
    assert np.isnan(weighted_quantile(np.array([]), np.array([]), 0.5))
    assert np.isnan(weighted_quantile(np.array([5.0]), np.array([0.0]), 0.5))


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), min_size=1, max_size=12), st.sampled_from([0.5, 0.9]))
def test_it_is_the_definition_whatever_rounding_does(points: list[tuple[int, int]], share: float) -> None:
    """People in tenths, which no binary number holds exactly; the definition in fractions."""
    wanted = Fraction(str(share)) * sum(people for _, people in points)
    least = min(m for m, _ in points if sum(people for other, people in points if other <= m) >= wanted)
    minutes, people = np.array(points, dtype=float).T
    assert weighted_quantile(minutes, people * 0.1, share) == least


def test_a_spread_counts_people_not_points() -> None:
    found = spread(np.array([5.0, 15.0, 25.0, INF]), np.array([10.0, 60.0, 25.0, 5.0]), 15.0)
    assert (found.people, found.reached, found.median, found.worst) == (100.0, 70.0, 15.0, 25.0)
    curve = people_by_minutes(np.array([0.0, 1.2, 2.0, INF]), np.array([1.0, 2.0, 4.0, 8.0]), 3)
    assert curve.tolist() == [1, 1, 7, 7]


def test_medians_are_of_each_key() -> None:
    keys = np.array(["a", "b", "a", "b"], dtype=object)
    found = medians(keys, np.array([5.0, 7.0, 9.0, INF]), np.array([1.0, 1.0, 3.0, 2.0]))
    assert found.equals(pd.Series({"a": 9.0, "b": INF}))
