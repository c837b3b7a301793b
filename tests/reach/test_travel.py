"""Travel times in a straight line: sparse, sharp at the limit, equal to the plain formula."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from geo.defaults import WalkAssumptions
from geo.errors import ContractError
from geo.reach.travel import neighbours, straight_line_times

PLAIN = WalkAssumptions(speed_metres_per_second=1.0, detour_factor=1.0)


def test_minutes_are_distance_times_detour_by_speed() -> None:
    times = straight_line_times([[0.0, 0.0]], [[300.0, 400.0]], limit_minutes=20)
    assert times.minutes[0, 0] == pytest.approx(500 * 1.3 / 1.1 / 60)
    assert (times.mode, times.speed_metres_per_second, times.detour_factor) == ("line", 1.1, 1.3)


def test_a_time_at_exactly_the_limit_is_within_and_beyond_it_is_not() -> None:
    times = straight_line_times([[600.0, 0], [600.01, 0]], [[0.0, 0]], limit_minutes=10, assumptions=PLAIN)
    assert times.within(10).toarray().tolist() == [[True, False]]


@pytest.mark.parametrize("minutes", [1, 7, 15, 22.5, 60])
def test_rounding_in_the_last_digit_puts_nobody_outside(minutes: float) -> None:
    metres = WalkAssumptions().straight_line_metres(minutes)
    for x in (0.0, 500_000.0):
        times = straight_line_times([[x + metres, 0.0]], [[x, 0.0]], limit_minutes=minutes)
        assert times.within(minutes).nnz == 1


def test_standing_on_the_spot_is_a_time_of_zero_not_an_absence() -> None:
    times = straight_line_times([[5.0, 5.0]], [[5.0, 5.0], [9999.0, 0]], limit_minutes=5)
    assert times.minutes.nnz == 1
    assert times.minutes.data.tolist() == [0]
    assert times.within(5).toarray().tolist() == [[True], [False]]


@pytest.mark.parametrize("wide", [10, 50, 300])
def test_pairs_equal_those_of_the_full_table(wide: int) -> None:
    random = np.random.default_rng(0)
    demand, sites = random.integers(0, [50, wide], (200, 2)) * 10.0, random.integers(0, 50, (40, 2)) * 10.0
    starts, points, metres = neighbours(demand, sites, 50.0)
    full = np.hypot(*(demand[None] - sites[:, None]).transpose(2, 0, 1))
    for site in range(len(sites)):
        mine = slice(starts[site], starts[site + 1])
        assert points[mine].tolist() == np.flatnonzero(full[site] <= 50.0).tolist()
        assert metres[mine] == pytest.approx(full[site][points[mine]])


def test_fewer_minutes_reach_a_part_of_what_more_reach() -> None:
    random = np.random.default_rng(1)
    times = straight_line_times(random.uniform(0, 3000, (90, 2)), random.uniform(0, 3000, (9, 2)), limit_minutes=30)
    covers = [times.within(minutes).toarray() for minutes in (5, 10, 20, 30)]
    for fewer, more in itertools.pairwise(covers):
        assert not (fewer & ~more).any()


def test_nobody_and_nothing_are_answers() -> None:
    assert straight_line_times(np.empty((0, 2)), [[0.0, 0]], limit_minutes=5).within(5).shape == (1, 0)
    assert straight_line_times([[0.0, 0]], np.empty((0, 2)), limit_minutes=5).within(5).shape == (0, 1)


def test_times_are_not_asked_for_beyond_their_limit() -> None:
    times = straight_line_times([[0.0, 0]], [[0.0, 0]], limit_minutes=10)
    with pytest.raises(ContractError, match="up to 10 minutes"):
        times.within(11)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"limit_minutes": 0}, "limit_minutes"),
        ({"limit_minutes": float("inf")}, "limit_minutes"),
        ({"assumptions": WalkAssumptions(speed_metres_per_second=0)}, "speed"),
        ({"assumptions": WalkAssumptions(detour_factor=0.9)}, "detour_factor = 0.9"),
        ({"demand_xy": [[float("nan"), 0.0]]}, r"demand_xy\[0\]"),
        ({"site_xy": [[0.0, 0.0, 0.0]]}, "site_xy has shape"),
    ],
)
def test_an_argument_broken_in_one_way_is_named(broken: dict[str, object], said: str) -> None:
    good = {"demand_xy": [[0.0, 0.0]], "site_xy": [[0.0, 0.0]], "limit_minutes": 5.0}
    straight_line_times(**good)
    with pytest.raises(ContractError, match=said):
        straight_line_times(**{**good, **broken})
