"""Every question beside HiGHS on its full textbook model, on cases too large for brute force."""

from __future__ import annotations

import numpy as np
import pytest

from geo.siting import Minimum, SitingProblem, solve
from tests.profiles import seeds
from tests.siting.solvers.full_models import Plain, best_value

CASES = seeds(25, 8)
OBJECTIVES = ("coverage", "budget", "backup", "cover-all", "fade", "median", "center", "capacity")


def plain_case(seed: int, objective: str) -> Plain:
    """Return 40 to 90 points and 12 to 20 places in a town of 4 km, some offices open today."""
    random = np.random.default_rng([seed, OBJECTIVES.index(objective)])
    points, sites = int(random.integers(40, 90)), int(random.integers(12, 21))
    people = random.integers(0, 40, points).astype(float)
    return Plain(
        demand=random.integers(0, 41, (points, 2)) * 100.0,
        people=people,
        places=random.integers(0, 41, (sites, 2)) * 100.0,
        reach=float(random.choice([600.0, 900.0, 1400.0])),
        new=int(random.integers(1, 6)),
        fixed=tuple(random.choice(sites, int(random.integers(0, 3)), replace=False).tolist()),
        costs=random.integers(5, 30, sites).astype(float) if objective == "budget" else None,
        budget=float(random.integers(20, 90)) if objective == "budget" else None,
        share=float(random.choice([0.2, 0.4, 0.6, 0.8])) if objective == "cover-all" else 1.0,
        capacity=random.integers(20, 300, sites).astype(float) if objective == "capacity" else None,
    )


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_it_agrees_with_highs_on_the_full_model(objective: str) -> None:
    solved = 0
    for seed in CASES:
        plain = plain_case(seed, objective)
        expected = best_value(plain, objective).value
        plan = solve(SitingProblem.from_points(**plain.arguments()), objective=objective, seconds=60)
        if plan.message in ("budget_below_costs", "share_out_of_reach"):
            assert expected is None or plan.message == "budget_below_costs", seed
            continue
        assert plan.status == "optimal", (seed, plan.status)
        assert plan.value == pytest.approx(expected, rel=1e-6, abs=1e-6), seed
        solved += 1
    assert solved >= len(CASES) // 2


def test_minimums_by_group_agree_with_highs_on_the_full_model() -> None:
    statuses = set()
    for seed in CASES:
        random = np.random.default_rng([seed, 99])
        plain = plain_case(seed, "coverage")
        groups = random.integers(0, 3, len(plain.people))
        shares = {0: 0.3, 1: float(random.choice([0.4, 0.6]))}
        plain = Plain(**{**vars(plain), "groups": groups, "minimum_shares": shares})
        problem = SitingProblem.from_points(
            **plain.arguments(),
            demand_groups=groups,
            minimums=tuple(Minimum(group, share=share) for group, share in shares.items()),
        )
        expected = best_value(plain, "coverage").value
        plan = solve(problem, seconds=60)
        statuses.add(str(plan.status))
        if expected is None:
            assert plan.status == "infeasible", seed
        else:
            assert plan.status == "optimal", seed
            assert plan.value == pytest.approx(expected), seed
    assert statuses == {"optimal", "infeasible"}
