"""Bound and branch and bound: right on small cases, equal to HiGHS on larger ones."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.siting import SitingProblem, solve
from geo.siting.solvers import branch, covering
from geo.siting.solvers.bound import project, relax, top_sum
from geo.siting.solvers.branch import branch_and_bound, fixable
from geo.siting.solvers.exact import solve_exactly
from geo.siting.solvers.local_search import Choice, Cover, search
from geo.siting.solvers.presolve import Core, reduce_problem
from tests.profiles import seeds


def random_core(
    seed: int, *, points: int = 60, sites: int = 12, new: int | None = None, weights: str = "whole"
) -> Core:
    random = np.random.default_rng(seed)
    people = random.integers(1, 30, points).astype(float)
    if weights == "broken":
        people *= np.sqrt(2)
    return reduce_problem(
        SitingProblem.from_points(
            random.uniform(0, 3000, (points, 2)),
            people,
            random.uniform(0, 3000, (sites, 2)),
            reach=float(random.integers(500, 1100)),
            new=int(random.integers(1, 6)) if new is None else new,
        )
    )


def value(core: Core, sites: tuple[int, ...]) -> float:
    cover = Cover(core)
    for site in sites:
        cover.add(site)
    return cover.choice().value


def brute_force(core: Core) -> float:
    return max(value(core, sites) for sites in itertools.combinations(range(len(core.candidates)), core.new))


@pytest.mark.parametrize("weights", ["whole", "broken"])
@pytest.mark.parametrize("seed", seeds(40, 12))
def test_branch_and_bound_agrees_with_brute_force(seed: int, weights: str) -> None:
    core = random_core(seed, weights=weights)
    worst = tuple(range(core.new))
    found = branch_and_bound(core, Choice(worst, value(core, worst)), seed=seed)
    assert found.choice.value == pytest.approx(brute_force(core))
    assert found.choice.value == pytest.approx(value(core, found.choice.sites))
    assert len(set(found.choice.sites)) == core.new
    assert found.bound <= found.choice.value + core.margin(found.choice.value)


@pytest.mark.parametrize("seed", range(6))
def test_branch_and_bound_agrees_with_highs(seed: int) -> None:
    core = random_core(seed, points=400, sites=60, new=6)
    start = search(core, rounds=0)
    ours = branch_and_bound(core, start)
    theirs = solve_exactly(core, start, seconds=30)
    assert ours.choice.value == theirs.choice.value
    assert ours.bound == pytest.approx(ours.choice.value)
    assert theirs.bound < theirs.choice.value + 1


@pytest.mark.parametrize("seed", seeds(25, 8))
def test_loose_bounds_make_a_deep_tree_and_the_same_answer(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(branch, "ROOT_ITERATIONS", 20)
    monkeypatch.setattr(branch, "NODE_ITERATIONS", 20)
    monkeypatch.setattr(branch, "PAIR_SITES_MAX", 0)
    monkeypatch.setattr(branch, "RESTARTS", 0)
    core = random_core(seed, points=120, sites=25, new=5, weights="broken" if seed % 2 else "whole")
    worst = tuple(range(core.new))
    start = Choice(worst, value(core, worst))
    found = branch_and_bound(core, start)
    assert found.choice.value == pytest.approx(solve_exactly(core, start, seconds=30).choice.value)
    assert found.bound <= found.choice.value + core.margin(found.choice.value)


def test_both_ways_give_one_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(8)
    problem = SitingProblem.from_points(
        random.uniform(0, 5000, (300, 2)),
        random.integers(1, 30, 300),
        random.uniform(0, 5000, (40, 2)),
        new=5,
        fixed=(1,),
    )
    plans = []
    for limit in (0, 10**9):
        monkeypatch.setattr(covering, "SMALL_CORE_PAIRS", limit)
        plans.append(solve(problem))
    assert [plan.status for plan in plans] == ["optimal", "optimal"]
    assert plans[0].value == plans[1].value


@pytest.mark.parametrize("seed", seeds(20, 8))
def test_no_choice_exceeds_the_bound_whatever_the_multipliers(seed: int) -> None:
    core = random_core(seed)
    best = brute_force(core)
    random = np.random.default_rng(seed)
    start = random.uniform(0, 2, len(core.weights)) * core.weights
    for iterations in (20, 200):
        found = relax(core, target=0.0, iterations=iterations, multipliers=start, stall=0.0)
        assert found.bound >= best - 1e-9
        assert found.shares.sum() == pytest.approx(core.new)


def test_the_bound_approaches_the_linear_relaxation() -> None:
    from scipy.optimize import linprog
    from scipy.sparse import hstack, identity

    core = random_core(3, points=300, sites=40, new=5)
    rows, sites = core.rows_cover.shape
    told = linprog(
        np.concatenate([np.zeros(sites), -core.weights]),
        A_ub=hstack([-core.rows_cover, identity(rows)]),
        b_ub=np.zeros(rows),
        A_eq=[[1.0] * sites + [0.0] * rows],
        b_eq=[core.new],
        bounds=(0, 1),
    )
    found = relax(core, target=0.0, iterations=3000, stall=0.0)
    assert -told.fun <= found.bound + 1e-6
    assert found.bound <= -told.fun * 1.001


@given(st.integers(0, 10_000))
def test_projection_is_in_the_set_and_nearest(seed: int) -> None:
    random = np.random.default_rng(seed)
    number = int(random.integers(1, 30))
    total = int(random.integers(0, number + 1))
    point, metric = random.normal(0, 3, number), random.uniform(0.01, 5, number)
    nearest, shift = project(point, metric, total, float(random.normal()))
    assert nearest.min() >= 0
    assert nearest.max() <= 1
    assert nearest.sum() == pytest.approx(total, abs=1e-8)
    again, _ = project(point, metric, total, shift)
    assert again == pytest.approx(nearest, abs=1e-8)
    if 0 < total < number:
        other = random.uniform(0, 1, number)
        other, _ = project(other, np.ones(number), total)
        assert ((nearest - point) ** 2 / metric).sum() <= ((other - point) ** 2 / metric).sum() + 1e-6


@pytest.mark.parametrize("seed", seeds(20, 8))
def test_sites_are_fixed_only_where_no_better_choice_is_lost(seed: int) -> None:
    core = random_core(seed)
    best = brute_force(core)
    found = relax(core, target=0.0, iterations=400, stall=0.0)
    is_in, is_out = fixable(found.scores, core.new, found.bound - (best - 0.5))
    winners = [
        sites for sites in itertools.combinations(range(len(core.candidates)), core.new) if value(core, sites) == best
    ]
    for sites in winners:
        assert not is_out[list(sites)].any()
        assert set(np.flatnonzero(is_in)) <= set(sites)


def test_the_sum_of_the_largest_scores() -> None:
    scores = np.array([3.0, 1.0, 2.0])
    assert [top_sum(scores, number) for number in range(4)] == [0, 3, 5, 6]


def test_a_gap_is_enough_if_asked_for() -> None:
    random = np.random.default_rng(2)
    problem = SitingProblem.from_points(
        random.uniform(0, 9000, (1500, 2)), random.integers(1, 30, 1500), random.uniform(0, 9000, (150, 2)), new=8
    )
    plan = solve(problem, mip_gap=0.2)
    assert plan.gap <= 0.2
    assert plan.bound >= solve(problem, seconds=30).value


@pytest.mark.real
def test_instance_m_is_proven_at_its_known_optimum(real_data) -> None:
    data = np.load(real_data / "siting" / "M.npz")
    problem = SitingProblem.from_points(data["demand_xy"], data["weights"], data["site_xy"], reach=1000.0, new=10)
    plan = solve(problem, seconds=60)
    assert (plan.status, plan.value, plan.bound) == ("optimal", 25240, 25240)
