"""Budgets that are tried, and a frontier as it may be shown."""

from __future__ import annotations

from geo.region.disclosure.rule import DisclosureRule
from geo.siting import SitingProblem
from geo.siting.explain.curves import Curve, curve
from geo.siting.scenario.frontiers import NUMBER_MOST, budgets_to_try, shown_line


def problem(**wishes: object) -> SitingProblem:
    """Return three places of 4, 13 and 27 people, 1 km apart."""
    return SitingProblem.from_points(
        [[0, 0], [1000, 0], [2000, 0]], [4, 13, 27], [[0, 0], [1000, 0], [2000, 0]], reach=10.0, new=1, **wishes
    )


def test_budgets_begin_with_nothing_and_hold_what_scenarios_spend() -> None:
    costs = [100.0, 200.0, 400.0]
    tried = budgets_to_try(problem(costs=costs, budget=0.0), [250.0, 20.0])
    assert tried == tuple(sorted(tried))
    assert tried[0] == 0.0
    assert 250.01 in tried
    assert 20.01 not in tried
    assert tried[-1] == 200.0 * NUMBER_MOST
    assert budgets_to_try(problem(), [250.0]) == ()


def test_people_are_rounded_and_bounds_round_up() -> None:
    told: Curve = curve(problem(), 3, seconds=5.0)
    line = shown_line(told, DisclosureRule())
    assert [row[0] for row in line] == [0, 1, 2, 3]
    assert [row[1] for row in line] == [0, 30, 40, 40]
    for (_, reached, bound), exact in zip(line, told.bound, strict=True):
        assert bound is not None
        assert bound % 10 == 0
        assert bound >= max(exact, reached or 0)
