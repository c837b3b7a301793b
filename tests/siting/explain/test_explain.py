"""Reasons: what each site is there for, why not another, near plans, tables, stability."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from geo.errors import ContractError
from geo.siting import (
    Minimum,
    SitingProblem,
    near_plans,
    reach_table,
    reasons,
    solve,
    stability_between,
    stability_over,
    why_not,
)
from geo.siting.problem.recount import recompute
from tests.profiles import seeds
from tests.siting.cases import case


@pytest.fixture(scope="module")
def problem() -> SitingProblem:
    random = np.random.default_rng(4)
    return SitingProblem.from_points(
        random.uniform(0, 4000, (150, 2)),
        random.integers(1, 30, 150),
        random.uniform(0, 4000, (14, 2)),
        reach=900.0,
        fixed=(3,),
        new=4,
    )


def test_reasons_add_up_to_the_plan(problem: SitingProblem) -> None:
    plan = solve(problem)
    told = reasons(problem, plan)
    assert [reason.site for reason in told] == [*plan.selected, 3]
    assert [reason.added for reason in told[:4]] == list(plan.gains)
    assert told[3].cumulative == plan.value
    assert told[4].added is None
    for reason in told:
        others = [other for other in (*plan.selected, 3) if other != reason.site]
        without = recompute(problem.changed(fixed=()), others).after
        assert reason.alone == plan.value - without
        assert reason.shared == reason.reached - reason.alone
    assert sum(reason.alone for reason in told) <= plan.value


def test_a_small_case_by_hand() -> None:
    asked = SitingProblem.from_points(
        [[0, 0], [10, 0], [20, 0]], [5, 3, 2], [[0, 0], [10, 0], [20, 0]], reach=10, new=2
    )
    plan = solve(asked)
    assert (plan.value, plan.selected) == (10, (1, 0))
    told = {reason.site: reason for reason in reasons(asked, plan)}
    assert (told[1].reached, told[1].alone, told[1].shared) == (10, 2, 8)
    assert (told[0].reached, told[0].alone, told[0].shared, told[0].added) == (8, 0, 8, 0)


@pytest.mark.parametrize("objective", ["coverage", "median", "fade", "backup", "center"])
def test_why_not_is_what_forcing_the_site_costs(problem: SitingProblem, objective: str) -> None:
    plan = solve(problem, objective=objective)
    for site in (0, 7):
        told = why_not(problem, plan, site, seconds=20)
        forced = solve(problem.changed(forced=(site,)), objective=objective).value
        assert told.loss == pytest.approx(abs(plan.value - forced))
        assert told.loss_least == pytest.approx(told.loss)
    chosen = why_not(problem, plan, plan.selected[0])
    assert (chosen.loss, chosen.plan) == (0, plan)


def test_why_not_says_where_no_plan_is_left(problem: SitingProblem) -> None:
    asked = problem.changed(forced=(0, 1, 2, 4))
    assert why_not(asked, solve(asked), 7).loss is None
    with pytest.raises(ContractError, match="open today"):
        why_not(problem, solve(problem), 3)


@pytest.mark.parametrize("objective", ["coverage", "backup", "fade", "median"])
def test_near_plans_are_all_exchanges_within_the_fraction(objective: str) -> None:
    for seed in seeds(40, 15):
        asked = case(seed, reach=500.0)
        plan = solve(asked, objective=objective)
        if plan.status == "infeasible" or plan.value == 0:
            continue
        expected = []
        for out, into in itertools.product(plan.selected, asked.candidates.tolist()):
            if into in plan.selected or out in asked.forced:
                continue
            swapped = [site for site in plan.selected if site != out] + [into]
            value = recompute(asked, swapped, objective=objective).after
            if abs(plan.value - value) <= 0.05 * plan.value + 1e-12:
                expected.append(value)
        told = near_plans(asked, plan, within=0.05, most=1000)
        assert sorted(near.value for near in told) == pytest.approx(sorted(expected)), seed
        assert len({frozenset(near.selected) for near in told}) == len(told)


def test_near_plans_keep_budget_and_minimums() -> None:
    for seed in seeds(40, 15):
        asked = case(seed, costs=True)
        plan = solve(asked, objective="budget")
        if plan.status == "optimal":
            for near in near_plans(asked, plan, within=1.0, most=100):
                assert asked.cost(near.selected) <= asked.budget + 1e-9
    row = SitingProblem.from_points(
        [[0, 0], [10, 0], [20, 0]], [5, 3, 2], [[0, 0], [10, 0], [20, 0]], reach=1, new=1,
        demand_groups=[0, 1, 1], minimums=(Minimum(1, people=2),),
    )  # fmt: skip
    assert [near.opened for near in near_plans(row, solve(row), within=1.0)] == [2]


def test_near_plans_are_refused_where_unknown(problem: SitingProblem) -> None:
    with pytest.raises(ContractError, match="near plans"):
        near_plans(problem, solve(problem, objective="center"))
    with pytest.raises(ContractError, match="within"):
        near_plans(problem, solve(problem), within=-1)


def test_the_table_holds_the_plan_for_each_reach_and_number(problem: SitingProblem) -> None:
    told = reach_table(problem, [900.0, 300.0, 600.0, 300.0], 4)
    assert told.reaches == (300, 600, 900)
    assert told.new == (0, 1, 2, 3, 4)
    assert all(map(all, told.is_proven))
    for reach, row in zip(told.reaches, told.reached, strict=True):
        for new, people in zip(told.new, row, strict=True):
            assert people == solve(problem.at_reach(reach).with_new(new)).value


def test_the_table_never_falls_even_without_time(problem: SitingProblem) -> None:
    told = reach_table(problem, [300.0, 600.0, 900.0], 6, seconds=0.001)
    for table in (np.array(told.reached), np.array(told.bound)):
        assert (np.diff(table, axis=0) >= 0).all()
        assert (np.diff(table, axis=1) >= 0).all()
    assert (np.array(told.bound) >= np.array(told.reached)).all()


def test_a_plan_stands_at_its_own_counts_and_falls_where_people_live_elsewhere() -> None:
    asked = SitingProblem.from_points([[0, 0], [10, 0]], [5, 4], [[0, 0], [10, 0]], reach=1, new=1)
    plan = solve(asked)
    told = stability_over(asked, plan, [[5, 4], [4, 5], [500, 499], [499, 500]])
    assert (told.best, told.near, told.near_sure) == (0.5, 0.75, 0.75)
    assert (told.values, told.best_values) == ((5, 4, 500, 499), (5, 5, 500, 500))
    assert (told.low, told.high) == (4, 500)


def test_intervals_bound_the_value_of_a_plan(problem: SitingProblem) -> None:
    plan = solve(problem)
    told = stability_between(problem, plan, problem.weights * 0.9, problem.weights * 1.1, draws=8)
    assert told.low == pytest.approx(plan.value * 0.9)
    assert told.high == pytest.approx(plan.value * 1.1)
    assert all(told.low <= value <= told.high for value in told.values)
    assert 0 <= told.best <= told.near <= 1
    same = stability_between(problem, plan, problem.weights, problem.weights, draws=2)
    assert (same.best, same.near, same.near_sure) == (1, 1, 1)
    again = stability_between(problem, plan, problem.weights * 0.9, problem.weights * 1.1, draws=8)
    assert again.values == told.values


@pytest.mark.parametrize(
    ("asked", "said"),
    [({"low": [1.0]}, "low and high"), ({"low": np.full(150, 99.0)}, "low <= high"), ({"draws": 0}, "draws")],
)
def test_intervals_that_make_no_sense_are_refused(problem: SitingProblem, asked: dict[str, object], said: str) -> None:
    with pytest.raises(ContractError, match=said):
        stability_between(problem, solve(problem), **{"low": problem.weights, "high": problem.weights, **asked})
    with pytest.raises(ContractError, match="empty"):
        stability_over(problem, solve(problem), [])
