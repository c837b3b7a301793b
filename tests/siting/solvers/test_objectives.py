"""Every question: brute force on many small cases, contracts, reasons, invariants, published optima."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array
from scipy.sparse.csgraph import floyd_warshall

from geo.errors import ContractError
from geo.reach.travel import straight_line_times
from geo.siting import Fade, Minimum, SitingProblem, Status, solve
from geo.siting.problem.recount import recompute, served
from geo.siting.problem.travel_costs import TravelCosts
from geo.siting.solvers import capacity, covering, median, setcover
from tests.profiles import seeds
from tests.siting.cases import best, case, fewest, keeps_minimums, plain_value, with_minimums

LEAST = ("median", "center")


def check(problem: SitingProblem, objective: str, expected: float | None, seed: int) -> None:
    plan = solve(problem, seconds=30, objective=objective)
    if expected is None or plan.message == "budget_below_costs":
        assert plan.status == "infeasible", seed
        return
    assert plan.status == "optimal", (seed, plan)
    assert plan.value == pytest.approx(expected, rel=1e-6, abs=1e-7), seed
    assert plan.gap == 0
    assert keeps_minimums(problem, (plan.selected, plan.closed))
    assert len(plan.closed) <= problem.moves_most
    if problem.budget is not None:
        assert plan.cost <= problem.budget + 1e-9
    else:
        assert len(plan.selected) == problem.new + len(plan.closed)


@pytest.mark.parametrize("kind", ["plain", "may_close", "costs"])
@pytest.mark.parametrize("objective", ["coverage", "backup", "fade", "median", "center"])
def test_it_agrees_with_brute_force(objective: str, kind: str) -> None:
    if kind == "costs" and objective in LEAST:
        pytest.skip("these take no budget")
    for seed in seeds(200, 40) if kind == "plain" else seeds(100, 25):
        problem = case(seed, may_close=kind == "may_close", costs=kind == "costs")
        check(problem, objective, best(problem, plain_value(objective), least=objective in LEAST), seed)


@pytest.mark.parametrize("fade", [Fade(100.0, None, 0), Fade(50.0, None, 5)])
def test_a_reach_that_fades_agrees_with_brute_force_for_any_steps(fade: Fade) -> None:
    for seed in seeds(60, 20):
        problem = case(seed, fade=fade)
        check(problem, "fade", best(problem, plain_value("fade"), least=False), seed)


@pytest.mark.parametrize("kind", ["plain", "may_close", "costs"])
def test_minimums_by_group_agree_with_brute_force(kind: str) -> None:
    for seed in seeds(200, 40) if kind == "plain" else seeds(100, 25):
        problem = with_minimums(case(seed, may_close=kind == "may_close", costs=kind == "costs"), seed)
        check(problem, "coverage", best(problem, plain_value("coverage"), least=False), seed)


@pytest.mark.parametrize("kind", ["plain", "may_close", "minimums"])
def test_fewest_sites_agree_with_brute_force(kind: str) -> None:
    for seed in seeds(200, 40) if kind == "plain" else seeds(80, 25):
        problem = case(seed, may_close=kind == "may_close", moves=None)
        if kind == "minimums":
            problem = with_minimums(problem, seed)
        most = recompute(problem, problem.candidates.tolist()).after / max(problem.total, 1e-9)
        if most <= 0:
            continue
        problem = problem.changed(share=float(min(1.0, most * (1.0, 0.9, 0.7, 0.4)[seed % 4])))
        plan = solve(problem, seconds=30, objective="cover-all")
        expected = fewest(problem)
        if expected is None:
            assert plan.status == "infeasible", seed
            continue
        assert (plan.status, plan.value) == ("optimal", expected), seed
        assert plan.reached >= problem.share * problem.total * (1 - 1e-9)


def people_served(problem: SitingProblem, chosen: tuple[tuple[int, ...], tuple[int, ...]]) -> float:
    """Return people served by a linear programme over every pair of point and open site."""
    sites = [site for site in (*problem.fixed, *problem.closable, *chosen[0]) if site not in chosen[1]]
    inside = problem.cover.toarray()[sites]
    if not inside.any():
        return 0.0
    number, points = inside.shape
    by_point = np.kron(np.ones((1, number)), np.eye(points))
    by_site = np.kron(np.eye(number), np.ones((1, points)))
    limits = np.concatenate([problem.weights, problem.capacity[sites] / problem.appointments])
    bounds = [(0, None if is_near else 0) for is_near in inside.ravel()]
    return -linprog(-np.ones(number * points), A_ub=np.vstack([by_point, by_site]), b_ub=limits, bounds=bounds).fun


@pytest.mark.parametrize("kind", ["plain", "may_close", "costs"])
def test_people_served_agree_with_brute_force(kind: str) -> None:
    for seed in seeds(200, 25) if kind == "plain" else seeds(50, 12):
        random = np.random.default_rng(seed)
        problem = case(seed, may_close=kind == "may_close", costs=kind == "costs")
        problem = problem.changed(
            capacity=random.integers(0, 60, problem.sites) * (1.0, 1 / 1024, 2.0)[seed % 3],
            appointments=float(random.choice([1.0, 0.5, 0.3])),
        )
        check(problem, "capacity", best(problem, people_served, least=False), seed)


def test_larger_cases_agree_whichever_way_they_are_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(8)
    asked = {
        "demand_xy": random.uniform(0, 5000, (300, 2)),
        "weights": random.integers(1, 30, 300),
        "site_xy": random.uniform(0, 5000, (40, 2)),
    }
    budget = SitingProblem.from_points(**asked, costs=random.integers(5, 20, 40).astype(float), budget=60.0)
    number = SitingProblem.from_points(**asked, new=5, fixed=(1,), share=0.7)
    values: dict[str, set[float]] = {"budget": set(), "fade": set(), "cover-all": set()}
    for limit in (0, 10**9):
        monkeypatch.setattr(covering, "SMALL_CORE_PAIRS", limit)
        monkeypatch.setattr(setcover, "SMALL_CORE_PAIRS", limit)
        for objective, found in values.items():
            plan = solve(budget if objective == "budget" else number, objective=objective, seconds=60)
            assert plan.status == "optimal"
            found.add(plan.value)
    assert all(len(found) == 1 for found in values.values())


@pytest.mark.parametrize("seed", seeds(6, 2))
def test_no_bound_is_wrong_where_time_is_short(seed: int) -> None:
    random = np.random.default_rng(seed)
    problem = SitingProblem.from_points(
        random.uniform(0, 5000, (200, 2)),
        random.integers(1, 30, 200),
        random.uniform(0, 5000, (30, 2)),
        new=4,
        share=0.6,
        capacity=random.integers(50, 400, 30).astype(float),
    )
    for objective in ("backup", "fade", "median", "center", "capacity", "cover-all"):
        rough = solve(problem, objective=objective, seconds=0.02)
        fine = solve(problem, objective=objective, seconds=60)
        assert fine.status == "optimal"
        sign = -1 if objective in ("median", "center", "cover-all") else 1
        assert sign * rough.bound >= sign * fine.value - 1e-6
        assert sign * rough.value <= sign * fine.value + 1e-6


def test_several_services_are_reached_where_they_are_offered() -> None:
    for seed in seeds(200, 40):
        random = np.random.default_rng(seed)
        base = case(seed)
        needs = random.integers(0, 9, (2, base.points)).astype(float)
        offers = random.random((base.sites, 2)) < 0.6
        problem = base.by_service(needs, offers)
        plan = solve(problem, seconds=20)
        cover = base.cover.toarray()
        values = []
        for chosen in itertools.combinations(base.candidates.tolist(), base.new):
            if set(base.forced) <= set(chosen):
                sites = list(base.fixed + chosen)
                reached = [needs[s][(cover[sites] & offers[sites, s][:, None]).any(axis=0)].sum() for s in (0, 1)]
                values.append(sum(reached))
        assert plan.value == max(values)
        assert sum(plan.by_service) == plan.value


def test_more_never_does_worse() -> None:
    random = np.random.default_rng(1)
    demand, places = random.uniform(0, 3000, (60, 2)), random.uniform(0, 3000, (12, 2))
    people, costs = random.integers(1, 9, 60), random.integers(1, 9, 12).astype(float)

    def value(objective: str, **asked: object) -> float:
        problem = SitingProblem.from_points(demand, people, places, **{"reach": 700.0, "new": 3, **asked})
        return solve(problem, objective=objective).value

    room = np.full(12, 40.0)
    for objective in ("backup", "fade"):
        assert sorted(values := [value(objective, new=new) for new in range(1, 6)]) == values
        assert sorted(values := [value(objective, reach=reach) for reach in (300.0, 600.0, 1200.0)]) == values
    for objective in ("median", "center"):
        values = [value(objective, new=new) for new in range(1, 6)]
        assert sorted(values, reverse=True) == values
    values = [value("budget", costs=costs, budget=budget) for budget in (9.0, 14.0, 20.0, 60.0)]
    assert sorted(values) == values
    values = [value("capacity", capacity=room * more) for more in (0.5, 1.0, 2.0, 9.0)]
    assert sorted(values) == values
    assert values[-1] == pytest.approx(value("coverage"))
    values = [value("cover-all", share=share, reach=1500.0) for share in (0.3, 0.6, 0.9)]
    assert sorted(values) == values


def test_people_served_wait_or_are_beyond() -> None:
    problem = SitingProblem.from_points(
        [[0, 0], [1, 0], [90, 0]], [10, 6, 5], [[0, 0], [1, 0]], reach=5, new=1, fixed=(0,),
        capacity=[4.0, 7.0], appointments=0.5,
    )  # fmt: skip
    plan = solve(problem, objective="capacity")
    assert (plan.served, plan.waiting, plan.beyond) == (16, 0, 5)
    plan = solve(problem.changed(appointments=1.0), objective="capacity")
    assert (plan.served, plan.waiting, plan.beyond, plan.value) == (11, 5, 5, 11)
    assert dict(plan.load) == {0: 4.0, 1: 7.0}
    assert served(problem, [0, 1])[0] == 16


def test_load_never_exceeds_capacity_and_infinite_capacity_is_coverage() -> None:
    for seed in seeds(20, 6):
        problem = case(seed)
        random = np.random.default_rng(seed)
        room = random.integers(0, 50, problem.sites).astype(float)
        plan = solve(problem.changed(capacity=room, appointments=0.7), objective="capacity")
        assert all(load <= room[site] + 1e-6 for site, load in plan.load)
        assert plan.served <= plan.reached + 1e-9
        endless = solve(problem.changed(capacity=np.full(problem.sites, np.inf)), objective="capacity")
        assert endless.value == pytest.approx(solve(problem).value)


@pytest.mark.parametrize("objective", ["coverage", "backup", "fade", "median", "center", "capacity", "cover-all"])
def test_plans_are_recomputed_repeatable_and_leave_inputs_alone(objective: str) -> None:
    for seed in seeds(12, 6):
        problem = case(seed, reach=900.0, share=0.5)
        problem = problem.changed(capacity=np.full(problem.sites, 20.0))
        before = (problem.weights.copy(), problem.cover.toarray())
        first, second = (solve(problem, objective=objective, seed=5) for _ in range(2))
        assert first.selected == second.selected
        if first.status is not Status.INFEASIBLE:
            told = recompute(problem, first.selected, objective=objective)
            assert (first.gains, first.cumulative, first.before) == (told.gains, told.cumulative, told.before)
            assert (told.after if objective != "cover-all" else len(first.selected)) == first.value
        assert (problem.weights == before[0]).all()
        assert (problem.cover.toarray() == before[1]).all()


@pytest.mark.parametrize("objective", ["coverage", "backup", "fade", "median", "center", "capacity", "cover-all"])
def test_progress_only_gets_better_and_stop_keeps_the_best(objective: str) -> None:
    random = np.random.default_rng(3)
    problem = SitingProblem.from_points(
        random.uniform(0, 5000, (300, 2)), random.integers(1, 30, 300), random.uniform(0, 5000, (40, 2)),
        new=5, share=0.5, capacity=np.full(40, 300.0),
    )  # fmt: skip
    told: list[tuple[float, float, float, float, tuple[int, ...]]] = []
    plan = solve(problem, objective=objective, seconds=20, progress=lambda *figures: told.append(figures))
    sign = -1 if objective in ("median", "center", "cover-all") else 1
    values, bounds = [sign * value for value, *_ in told], [sign * bound for _, bound, *_ in told]
    assert told
    assert sorted(values) == values
    assert sorted(bounds, reverse=True) == bounds
    assert all(bound >= value for value, bound in zip(values, bounds, strict=True))
    value, _, _, _, selected = told[-1]
    assert value == pytest.approx(plan.value)
    assert set(selected) == set(plan.selected)
    again = recompute(problem, selected, objective=objective).after if objective != "cover-all" else len(selected)
    assert again == pytest.approx(value)
    stopped = solve(problem, objective=objective, stop=lambda: True)
    assert stopped.status in ("stopped", "optimal")
    assert sign * stopped.bound >= sign * stopped.value


ROW = {"demand_xy": [[0, 0], [10, 0], [20, 0]], "weights": [5, 3, 2], "site_xy": [[0, 0], [10, 0], [20, 0]], "reach": 1}


@pytest.mark.parametrize(
    ("wishes", "objective", "code", "parameters"),
    [
        ({"costs": [4, 5, 6], "budget": 3.0}, "budget", "budget_below_costs", {"budget": 3, "budget_least": 4}),
        (
            {"costs": [4, 5, 6], "budget": 8.0, "forced": (0, 1)},
            "coverage",
            "forced_exceed_budget",
            {"budget": 8, "budget_least": 9},
        ),
        ({"forbidden": (0,), "share": 0.6}, "cover-all", "share_out_of_reach", {"share": 0.6, "share_most": 0.5}),
        ({"new": 0}, "median", "no_office", {"new_least": 1}),
        ({"new": 0}, "center", "no_office", {"new_least": 1}),
        (
            {"new": 1, "forbidden": (2,), "demand_groups": [0, 0, 1], "minimums": (Minimum(1, share=0.5),)},
            "coverage",
            "minimum_out_of_reach",
            {"group": 1, "people": 1, "people_most": 0, "share": 0.5, "share_most": 0},
        ),
        (
            {"new": 1, "site_groups": [0, 0, 1], "minimums": (Minimum(1, sites=2),)},
            "coverage",
            "minimum_sites_too_few",
            {"group": 1, "sites": 2, "sites_most": 1},
        ),
        (
            {"new": 1, "demand_groups": [0, 1, 2], "minimums": (Minimum(1, share=1), Minimum(2, people=2))},
            "coverage",
            "rules_exceed_new",
            {"new": 1, "new_least": 2},
        ),
        (
            {"costs": [1, 5, 6], "budget": 9.0, "demand_groups": [0, 1, 2], "minimums": (Minimum(1, 3), Minimum(2, 2))},
            "budget",
            "rules_exceed_budget",
            {"budget": 9, "budget_least": 11},
        ),
    ],
)
def test_wishes_that_cannot_be_met_say_what_would_do(
    wishes: dict[str, object], objective: str, code: str, parameters: dict[str, float]
) -> None:
    plan = solve(SitingProblem.from_points(**ROW, **wishes), objective=objective)
    assert (plan.status, plan.message, plan.selected) == ("infeasible", code, ())
    assert dict(plan.parameters) == pytest.approx(parameters)


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"costs": [1, 2]}, "costs has shape"),
        ({"costs": [1, -2, 3]}, r"costs\[1\]"),
        ({"costs": [1, np.inf, 3]}, r"costs\[1\]"),
        ({"budget": 3.0}, "without costs"),
        ({"costs": [1, 2, 3], "budget": -1.0}, "budget"),
        ({"capacity": [1, np.nan, 3]}, r"capacity\[1\]"),
        ({"appointments": 0.0}, "appointments"),
        ({"share": 0.0}, "share"),
        ({"share": 1.2}, "share"),
        ({"share": 80}, "share"),
        ({"closable": (5,)}, "closable holds 5"),
        ({"closable": (0,), "fixed": (0,)}, "name each once"),
        ({"moves": -1}, "moves"),
        ({"demand_groups": [0, 1]}, "demand_groups"),
        ({"demand_groups": [0.5, 1, 2]}, "demand_groups"),
        ({"minimums": (Minimum(0, people=1),)}, "not in demand_groups"),
        ({"minimums": (Minimum(0, sites=1),)}, "not in site_groups"),
        ({"demand_groups": [0, 1, 2], "minimums": (Minimum(0, share=1.5),)}, "share is from 0 to 1"),
        ({"demand_groups": [0, 1, 2], "minimums": (Minimum(0, 1), Minimum(0, 2))}, "twice"),
    ],
)
def test_a_wish_broken_by_one_property_is_refused_by_name(wishes: dict[str, object], said: str) -> None:
    assert SitingProblem.from_points(**ROW).sites == 3
    with pytest.raises(ContractError, match=said):
        SitingProblem.from_points(**{**ROW, **wishes})


@pytest.mark.parametrize(
    ("wishes", "objective", "said"),
    [
        ({}, "budget", "needs costs and a budget"),
        ({}, "capacity", "needs the appointments"),
        ({"costs": [1, 2, 3], "budget": 3.0}, "median", "takes no budget"),
        ({"costs": [1, 2, 3], "budget": 3.0}, "cover-all", "takes no budget"),
        ({"demand_groups": [0, 1, 2], "minimums": (Minimum(0, 1),)}, "fade", "takes no minimum"),
        ({"closable": (0,), "moves": 1}, "cover-all", "leave moves out"),
        ({"fade": Fade(2.0), "new": 1}, "fade", "shorten the fade"),
    ],
)
def test_wishes_that_make_no_sense_together_are_refused(wishes: dict[str, object], objective: str, said: str) -> None:
    with pytest.raises(ContractError, match=said):
        solve(SitingProblem.from_points(**ROW, **wishes), objective=objective)


def test_ways_are_asked_for_where_they_are_needed() -> None:
    with pytest.raises(ContractError, match="needs the ways"):
        solve(SitingProblem([1, 2], csr_array(np.eye(2, dtype=bool))), objective="median")


def test_supplied_times_answer_like_coordinates() -> None:
    random = np.random.default_rng(4)
    demand, places = random.uniform(0, 3000, (50, 2)), random.uniform(0, 3000, (9, 2))
    times = straight_line_times(demand, places, limit_minutes=240.0)
    metres = SitingProblem.from_points(demand, np.ones(50), places, new=3, reach=762.0)
    minutes = SitingProblem.from_travel(times, np.ones(50), new=3, minutes=762.0 * 1.3 / 66)
    for objective in ("median", "center", "coverage", "backup"):
        assert solve(metres, objective=objective).selected == solve(minutes, objective=objective).selected
    assert solve(minutes, objective="median").mean_way == pytest.approx(
        solve(metres, objective="median").mean_way * 1.3 / 66
    )


def test_the_bounds_of_ways_and_places_hold_for_any_choice() -> None:
    for seed in seeds(30, 10):
        problem = case(seed, reach=600.0)
        core, _ = median.way_core(problem)
        if 0 < core.number < core.ways.shape[1]:
            least = min(core.value(sites) for sites in itertools.combinations(range(core.ways.shape[1]), core.number))
            found = median.raise_bound(core, least * 1.1, 0.0, lambda: False, steps=300)
            assert found.bound <= least * (1 + 1e-9) + 1e-9
        problem = problem.changed(capacity=np.full(problem.sites, 25.0))
        seats, _ = capacity.seats_of(problem)
        expected = best(problem, people_served, least=False)
        assert capacity.seat_bound(seats, expected * 0.9, lambda: False) >= expected - 1e-6


def pmed(folder, number: int) -> SitingProblem:
    """Return an instance of the OR-Library; an edge listed twice counts as listed last."""
    vertices, edges, new, *rest = map(int, (folder / f"pmed{number}.txt").read_text().split())
    costs = np.zeros((vertices, vertices))
    for one, other, cost in np.array(rest[: 3 * edges]).reshape(-1, 3):
        costs[one - 1, other - 1] = costs[other - 1, one - 1] = cost
    ways = floyd_warshall(costs)
    starts = np.arange(0, vertices**2 + 1, vertices)
    table = csr_array((ways.ravel(), np.tile(np.arange(vertices), vertices), starts), shape=ways.shape)
    known = TravelCosts(vertices, vertices, float(ways.max()), table=table, far=float(ways.max()))
    return SitingProblem(np.ones(vertices), csr_array(np.ones(ways.shape, dtype=bool)), new=new, ways=known)


def optima(path) -> dict[str, int]:
    lines = [line.split() for line in path.read_text().splitlines() if line.startswith("pmed")]
    return {name: int(value) for name, value in lines}


@pytest.mark.real
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 8, 9, 10])
def test_mean_ways_of_the_or_library_are_proven(real_data, number: int) -> None:
    folder = real_data / "orlib" / "pmed"
    plan = solve(pmed(folder, number), objective="median", seconds=30)
    assert (plan.status, plan.value) == ("optimal", optima(folder / "pmedopt.txt")[f"pmed{number}"])


@pytest.mark.real
def test_mean_ways_of_the_or_library_are_near_the_optimum_within_a_second(real_data) -> None:
    folder = real_data / "orlib" / "pmed"
    known = optima(folder / "pmedopt.txt")
    gaps = [
        solve(pmed(folder, number), objective="median", seconds=1.0).value / known[f"pmed{number}"] - 1
        for number in (7, 12, 14, 17, 20)
    ]
    assert min(gaps) >= 0
    assert np.mean(gaps) <= 0.003


@pytest.mark.real
@pytest.mark.parametrize("number", [1, 2, 5, 6, 10, 15, 20])
def test_longest_ways_of_the_or_library_are_proven(real_data, number: int) -> None:
    folder = real_data / "orlib" / "pmed"
    plan = solve(pmed(folder, number), objective="center", seconds=60)
    assert (plan.status, plan.value) == ("optimal", optima(folder / "kcenteropt.txt")[f"pmed{number}"])
