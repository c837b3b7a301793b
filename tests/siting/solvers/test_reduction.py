"""Needless rows and sites are left out of a covering, and the fewest sites stay as few."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from geo.siting import SitingProblem, solve
from geo.siting.solvers.reduction import essential, least_sets, most_sets


def fewest(is_near: np.ndarray) -> int:
    """Return the fewest columns that reach every row, by looking at every choice."""
    for number in range(is_near.shape[1] + 1):
        for chosen in itertools.combinations(range(is_near.shape[1]), number):
            if is_near[:, list(chosen)].any(axis=1).all():
                return number
    raise AssertionError("some row cannot be reached")


def covering(seed: int) -> np.ndarray:
    """Return 1 to 25 rows over 1 to 8 sites; every row is reached by some site."""
    random = np.random.default_rng(seed)
    rows, sites = int(random.integers(1, 26)), int(random.integers(1, 9))
    is_near = random.random((rows, sites)) < random.choice([0.2, 0.4, 0.7])
    is_near[np.arange(rows), random.integers(0, sites, rows)] = True
    return is_near


def test_the_fewest_sites_stay_as_few() -> None:
    smaller = 0
    for seed in range(300):
        is_near = covering(seed)
        rows, sites = essential(is_near)
        left = is_near[np.ix_(rows, sites)]
        assert fewest(left) == fewest(is_near), seed
        chosen = [sites[at] for at in _a_cover(left)]
        assert is_near[:, chosen].any(axis=1).all(), seed
        smaller += left.size < is_near.size
    assert smaller > 250


def _a_cover(is_near: np.ndarray) -> tuple[int, ...]:
    for number in range(is_near.shape[1] + 1):
        for chosen in itertools.combinations(range(is_near.shape[1]), number):
            if is_near[:, list(chosen)].any(axis=1).all():
                return chosen
    raise AssertionError


def test_sets_that_hold_others_and_sets_that_others_hold() -> None:
    sets = np.array([[1, 1, 0], [1, 0, 0], [1, 0, 0], [0, 0, 1], [1, 1, 1]], dtype=bool)
    assert least_sets(sets).tolist() == [1, 3]
    assert most_sets(sets).tolist() == [4]
    wide = np.zeros((3, 130), dtype=bool)
    wide[0, 129] = wide[1, [0, 129]] = wide[2, 64] = True
    assert least_sets(wide).tolist() == [0, 2]
    assert most_sets(wide).tolist() == [1, 2]


@pytest.mark.parametrize("seed", range(8))
def test_everybody_is_reached_by_the_fewest_sites(seed: int) -> None:
    from tests.siting.solvers.full_models import Plain, best_value

    random = np.random.default_rng(seed)
    plain = Plain(
        demand=random.integers(0, 41, (150, 2)) * 100.0,
        people=random.integers(1, 40, 150).astype(float),
        places=random.integers(0, 41, (40, 2)) * 100.0,
        reach=float(random.choice([1200.0, 1600.0])),
        new=1,
        fixed=(3,),
    )
    most = (plain.ways <= plain.reach).any(axis=1)
    plain = Plain(**{**vars(plain), "demand": plain.demand[most], "people": plain.people[most]})
    plan = solve(SitingProblem.from_points(**plain.arguments()), objective="cover-all", seconds=60)
    assert plan.status == "optimal"
    assert plan.value == best_value(plain, "cover-all").value
    assert plan.reached == plan.total
