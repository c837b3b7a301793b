"""The curve: values for 0, 1, 2, ... sites."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from geo.errors import ContractError
from geo.siting import Curve, SitingProblem, curve, frontier, solve
from geo.siting.problem.recount import recompute
from tests.profiles import seeds
from tests.siting.cases import case, with_minimums


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
        assert reached == solve(problem.with_new(new)).value
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


def test_what_it_tells_on_the_way_is_true_and_gets_better(problem: SitingProblem) -> None:
    told: list[Curve] = []
    last = curve(problem, 6, progress=told.append)
    assert len(told) > 2
    for earlier, later in itertools.pairwise([*told, last]):
        assert earlier.new == later.new
        assert all(one <= two for one, two in zip(earlier.reached, later.reached, strict=True))
        assert all(one >= two for one, two in zip(earlier.bound, later.bound, strict=True))
    for number, reached, bound, selected in zip(
        told[0].new, told[0].reached, told[0].bound, told[0].selected, strict=True
    ):
        assert recompute(problem, selected).after == reached
        assert len(selected) == number
        assert bound >= last.reached[number]


@pytest.mark.parametrize("seed", seeds(20, 6))
def test_it_agrees_with_single_plans_where_offices_may_close_and_minimums_hold(seed: int) -> None:
    asked = case(seed, may_close=True)
    asked = with_minimums(asked, seed) if seed % 2 else asked
    told = curve(asked, 4)
    numbers = [new for new in range(5) if new >= len(asked.forced)]
    plans = {new: solve(asked.with_new(new)) for new in numbers}
    for new, reached, is_proven in zip(told.new, told.reached, told.is_proven, strict=True):
        if new in plans and plans[new].status == "optimal":
            assert is_proven
            assert reached == pytest.approx(plans[new].value)


@pytest.mark.parametrize("may_close", [False, True])
def test_the_frontier_holds_the_plan_of_each_budget(may_close: bool) -> None:
    for seed in seeds(25, 8):
        asked = case(seed, costs=True, may_close=may_close)
        told = frontier(asked, [0.0, 4.0, 9.0, 15.0, 30.0])
        assert list(told.reached) == sorted(told.reached)
        assert all(told.is_proven)
        for budget, cost, reached in zip(told.budget, told.cost, told.reached, strict=True):
            assert cost <= budget + 1e-9
            plan = solve(asked.changed(budget=budget))
            if plan.status == "optimal":
                assert reached == pytest.approx(plan.value)


def test_a_frontier_needs_costs_and_budgets(problem: SitingProblem) -> None:
    with pytest.raises(ContractError, match="frontier needs"):
        frontier(problem, [1.0])
    with pytest.raises(ContractError, match="frontier needs"):
        frontier(problem.changed(costs=np.ones(20)), [])
