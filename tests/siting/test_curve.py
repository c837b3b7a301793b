"""The curve: values for 0, 1, 2, ... sites."""

from __future__ import annotations

import numpy as np
import pytest

from geo.errors import ContractError
from geo.siting import SitingProblem, curve, solve


@pytest.fixture
def problem() -> SitingProblem:
    random = np.random.default_rng(4)
    return SitingProblem.from_points(
        random.uniform(0, 5000, (200, 2)),
        random.integers(1, 30, 200),
        random.uniform(0, 5000, (20, 2)),
        fixed=(3,),
        new=1,
    )


def test_each_point_is_the_plan_for_its_number(problem: SitingProblem) -> None:
    told = curve(problem, 6)
    assert told.new == tuple(range(7))
    assert all(told.is_proven)
    for new, reached, selected in zip(told.new, told.reached, told.selected, strict=True):
        assert reached == solve(problem.with_new(new)).objective
        assert len(selected) == new


def test_it_never_falls_even_without_time_to_prove(problem: SitingProblem) -> None:
    told = curve(problem, 10, seconds=0.001)
    assert list(told.reached) == sorted(told.reached)
    assert list(told.bound) == sorted(told.bound)
    assert all(bound >= reached for bound, reached in zip(told.bound, told.reached, strict=True))


def test_a_stopped_curve_never_falls_either(problem: SitingProblem) -> None:
    told = curve(problem, 10, stop=lambda: True)
    assert list(told.reached) == sorted(told.reached)
    assert list(told.bound) == sorted(told.bound)


def test_it_ends_with_the_candidates() -> None:
    told = curve(SitingProblem.from_points([[0, 0]], [7], [[0, 0], [9, 9]], reach=1, new=1), 10)
    assert (told.new, told.reached) == ((0, 1, 2), (0, 7, 7))


def test_numbers_below_the_forced_sites_choose_among_these() -> None:
    places = [[0, 0], [10, 0], [20, 0]]
    asked = SitingProblem.from_points([[0, 0], [10, 0], [20, 0]], [1, 2, 9], places, reach=1, new=2, forced=(0, 1))
    assert curve(asked, 3).reached == (0, 2, 3, 12)


def test_a_negative_number_is_refused(problem: SitingProblem) -> None:
    with pytest.raises(ContractError, match="up_to"):
        curve(problem, -1)


def test_wishes_that_exclude_each_other_end_the_curve() -> None:
    places = [[0, 0], [10, 0], [20, 0]]
    asked = SitingProblem.from_points([[0, 0]], [7], places, reach=1, new=2, forced=(0, 1), forbidden=(1,))
    assert curve(asked, 3).reached == (0, 7)
