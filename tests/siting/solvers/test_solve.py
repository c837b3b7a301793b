"""solve: brute force on many small cases, invariants, limits, the published instance."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import ContractError
from geo.siting import SitingProblem, solve
from geo.siting.problem.plan import recompute
from tests.profiles import examples, seeds


def random_problem(seed: int, **wishes: object) -> SitingProblem:
    """A small problem of a random kind: clumped or spread, whole or broken weights, with duplicates."""
    random = np.random.default_rng(seed)
    points, sites = int(random.integers(1, 30)), int(random.integers(2, 9))
    demand = random.integers(0, 12, (points, 2)) * 100.0
    places = random.integers(0, 12, (sites, 2)) * 100.0
    weights = random.integers(0, 20, points).astype(float)
    if seed % 3 == 1:
        weights = weights / 1024
    if seed % 3 == 2:
        weights = weights * math.pi
    fixed = tuple(random.choice(sites, size=int(random.integers(0, 2)), replace=False).tolist())
    asked: dict[str, object] = {
        "new": int(random.integers(0, min(5, sites - len(fixed)) + 1)),
        "fixed": fixed,
        **wishes,
    }
    return SitingProblem.from_points(demand, weights, places, reach=float(random.choice([100, 200, 300])), **asked)


def brute_force(problem: SitingProblem) -> float:
    cover = problem.cover.toarray()
    best = -1.0
    for chosen in itertools.combinations(problem.candidates.tolist(), problem.new):
        if not set(problem.forced) <= set(chosen):
            continue
        open_sites = list(chosen) + list(problem.fixed)
        best = max(best, float(problem.weights[cover[open_sites].any(axis=0)].sum()) if open_sites else 0.0)
    return best


@pytest.mark.parametrize("block", seeds(10, 3))
def test_it_agrees_with_brute_force(block: int) -> None:
    for seed in range(block * 30, block * 30 + 30):
        problem = random_problem(seed)
        plan = solve(problem, seconds=20)
        assert plan.status == "optimal", seed
        assert plan.value == pytest.approx(brute_force(problem), abs=1e-9), seed
        assert len(plan.selected) == problem.new
        assert plan.gap == 0
        assert plan.bound == plan.value


@pytest.mark.parametrize("seed", seeds(60, 20))
def test_it_agrees_with_brute_force_where_sites_are_forced_and_forbidden(seed: int) -> None:
    base = random_problem(seed)
    random = np.random.default_rng(seed + 1000)
    order = random.permutation(base.candidates).tolist()
    forced, forbidden = tuple(order[:1]), tuple(order[1:2])
    new = min(max(base.new, 1), len(order) - len(forbidden))
    problem = SitingProblem(base.weights, base.cover, base.fixed, forced, forbidden, new)
    plan = solve(problem, seconds=20)
    assert plan.status == "optimal"
    assert set(forced) <= set(plan.selected)
    assert not set(forbidden) & set(plan.selected)
    assert plan.value == pytest.approx(brute_force(problem), abs=1e-9)


def test_every_figure_is_recomputed_from_the_cover() -> None:
    for seed in range(40):
        problem = random_problem(seed)
        plan = solve(problem, seconds=20)
        told = recompute(problem, plan.selected)
        assert (plan.before, plan.value, plan.gains, plan.cumulative, plan.points) == (
            told.before,
            told.after,
            told.gains,
            told.cumulative,
            told.points,
        )
        assert list(plan.gains) == sorted(plan.gains, reverse=True)
        if plan.selected:
            assert plan.cumulative[-1] == plan.value
            assert sum(plan.gains) + plan.before == pytest.approx(plan.value)


@settings(max_examples=examples(40))
@given(st.integers(0, 10_000))
def test_more_sites_and_more_reach_never_cover_less(seed: int) -> None:
    random = np.random.default_rng(seed)
    demand, places = random.uniform(0, 3000, (25, 2)), random.uniform(0, 3000, (7, 2))
    weights = random.integers(0, 9, 25)

    def reached(new: int, reach: float) -> float:
        return solve(SitingProblem.from_points(demand, weights, places, reach=reach, new=new)).value

    values = [reached(new, 600.0) for new in range(5)]
    assert values == sorted(values)
    values = [reached(3, reach) for reach in (200.0, 500.0, 900.0, 2000.0)]
    assert values == sorted(values)


def test_inputs_are_left_as_they_were() -> None:
    demand, places = np.array([[0.0, 0], [1, 1]]), np.array([[0.0, 0], [9, 9]])
    weights = np.array([3.0, 4.0])
    problem = SitingProblem.from_points(demand, weights, places, reach=5, new=1)
    before = (problem.cover.toarray(), problem.weights.copy())
    solve(problem)
    assert demand.tolist() == [[0, 0], [1, 1]]
    assert places.tolist() == [[0, 0], [9, 9]]
    assert weights.tolist() == [3, 4]
    assert weights.flags.writeable
    assert (problem.cover.toarray() == before[0]).all()
    assert (problem.weights == before[1]).all()


def test_equal_seeds_give_equal_plans() -> None:
    random = np.random.default_rng(5)
    problem = SitingProblem.from_points(
        random.uniform(0, 8000, (800, 2)), random.integers(1, 30, 800), random.uniform(0, 8000, (60, 2)), new=6
    )
    plans = [solve(problem, seed=3) for _ in range(2)]
    assert plans[0].selected == plans[1].selected
    assert plans[0].value == plans[1].value


def test_a_point_at_exactly_the_reach_is_covered() -> None:
    problem = SitingProblem.from_points([[300.0, 400.0], [300.0, 400.001]], [1, 10], [[0.0, 0.0]], reach=500, new=1)
    assert solve(problem).value == 1


def test_points_and_people_are_counted_apart() -> None:
    plan = solve(SitingProblem.from_points([[0, 0], [0, 0], [9, 9]], [40, 2, 8], [[0, 0]], reach=1, new=1))
    assert (plan.value, plan.points, plan.total) == (42, 2, 50)


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ({"new": 1, "forced": (0, 1)}, "forced_exceed_new"),
        ({"new": 5}, "new_exceed_candidates"),
        ({"new": 2, "fixed": (0,), "forbidden": (1,)}, "new_exceed_candidates"),
        ({"new": 2, "forced": (1,), "forbidden": (1,)}, "forced_and_forbidden"),
    ],
)
def test_wishes_that_cannot_be_met_are_a_status_with_a_reason(wishes: dict[str, object], code: str) -> None:
    places = [[0, 0], [5, 5], [9, 9]]
    plan = solve(SitingProblem.from_points([[0, 0]], [7], places, reach=1, **wishes))
    assert (plan.status, plan.message, plan.selected) == ("infeasible", code, ())


def test_no_demand_at_all_is_an_optimal_plan_that_reaches_nobody() -> None:
    plan = solve(SitingProblem.from_points(np.empty((0, 2)), [], [[0, 0], [5, 5]], new=1))
    assert (plan.status, plan.value, plan.bound, plan.gap) == ("optimal", 0, 0, 0)
    assert len(plan.selected) == 1


def test_more_sites_than_useful_ones_are_filled_up() -> None:
    plan = solve(SitingProblem.from_points([[0, 0]], [7], [[0, 0], [0, 0], [50, 50]], reach=1, new=3))
    assert sorted(plan.selected) == [0, 1, 2]
    assert (plan.status, plan.gains) == ("optimal", (7, 0, 0))


def test_fixed_sites_count_before_and_stay() -> None:
    plan = solve(SitingProblem.from_points([[0, 0], [50, 0]], [7, 5], [[0, 0], [50, 0]], reach=1, new=1, fixed=(0,)))
    assert (plan.before, plan.value, plan.selected, plan.gains) == (7, 12, (1,), (5,))


def test_a_search_that_is_stopped_keeps_its_best_plan() -> None:
    random = np.random.default_rng(1)
    problem = SitingProblem.from_points(
        random.uniform(0, 9000, (600, 2)), random.integers(1, 9, 600), random.uniform(0, 9000, (80, 2)), new=7
    )
    plan = solve(problem, stop=lambda: True)
    assert plan.status == "stopped"
    assert len(plan.selected) == 7
    assert plan.bound >= plan.value > 0
    assert plan.gap == pytest.approx((plan.bound - plan.value) / plan.bound)


@pytest.mark.parametrize(
    ("asked", "said"), [({"objective": "fame"}, "fame"), ({"seconds": 0}, "seconds"), ({"mip_gap": 1.5}, "mip_gap")]
)
def test_a_wrong_argument_is_named(asked: dict[str, object], said: str) -> None:
    problem = SitingProblem.from_points([[0, 0]], [7], [[0, 0]], new=1)
    with pytest.raises(ContractError, match=said):
        solve(problem, **asked)


@pytest.mark.real
def test_instance_s_is_proven_at_its_known_optimum(real_data) -> None:
    data = np.load(real_data / "siting" / "S.npz")
    problem = SitingProblem.from_points(data["demand_xy"], data["weights"], data["site_xy"], reach=1000.0, new=5)
    plan = solve(problem, seconds=20)
    assert (plan.status, plan.value, plan.bound, plan.total) == ("optimal", 2059, 2059, 3224)
