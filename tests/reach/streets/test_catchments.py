"""Catchments: what they hold and leave out, and that they agree with the travel times."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from geo.defaults import WalkAssumptions
from geo.errors import ContractError
from geo.reach.streets.catchments import WIDTH_METRES, walk_catchments
from geo.reach.streets.extract import StreetRules, read_streets
from geo.reach.streets.walking import walk_times
from tests.reach.streets.small_streets import CRS, FOOTWAY, RIVER, RIVER_STREETS, at, write_streets

METRE_A_SECOND = WalkAssumptions(speed_metres_per_second=1.0, detour_factor=1.25)
_TO_METRES = Transformer.from_crs("EPSG:4326", CRS, always_xy=True)


def in_metres(area, crs: str = CRS):
    transformer = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    return shapely.transform(area, transformer.transform, interleaved=False)


def read(tmp_path: Path, places, streets):
    return read_streets(
        write_streets(tmp_path / "m.osm.pbf", places, streets), CRS, rules=StreetRules(min_part_metres=0)
    )


def holds(area, *places: tuple[float, float]) -> list[bool]:
    return [bool(area.contains(shapely.Point(at(*place)))) for place in places]


def test_the_other_bank_is_reached_over_the_bridge_only(tmp_path: Path) -> None:
    network = read(tmp_path, RIVER, RIVER_STREETS)
    near, far = (
        in_metres(walk_catchments(network, [at(0, 0)], minutes=minutes, assumptions=METRE_A_SECOND)[0])
        for minutes in (10, 20)
    )
    # 600 m lead to the bridge head, 1200 m to 500 m before the far end of the other bank.
    assert holds(near, (0, 0), (580, 0), (300, 100), (0, 100), (600, 95)) == [True, True, False, False, False]
    assert holds(far, (600, 50), (150, 100), (50, 100), (0, 100)) == [True, True, False, False]
    assert near.area == pytest.approx(600 * 2 * WIDTH_METRES + np.pi * WIDTH_METRES**2, rel=0.15)


def test_more_minutes_hold_all_of_fewer_and_slower_walkers_reach_less(tmp_path: Path) -> None:
    network = read(tmp_path, RIVER, RIVER_STREETS)
    areas = [in_metres(walk_catchments(network, [at(150, 0)], minutes=minutes)[0]) for minutes in (2, 5, 10, 20)]
    for fewer, more in pairwise(areas):
        assert fewer.difference(more.buffer(WIDTH_METRES / 2)).is_empty
        assert more.area > fewer.area
    slow = WalkAssumptions(speed_metres_per_second=0.8)
    assert in_metres(walk_catchments(network, [at(150, 0)], minutes=5, assumptions=slow)[0]).area < areas[1].area


def test_the_way_to_the_street_is_taken_off_and_no_street_means_no_area(tmp_path: Path) -> None:
    network = read(tmp_path, RIVER, RIVER_STREETS)
    beside, gone, off = (
        walk_catchments(network, [place], minutes=2, assumptions=METRE_A_SECOND)[0]
        for place in (at(300, -60), at(300, -130), at(300, -900))
    )
    assert in_metres(beside).area == pytest.approx(120 * 2 * WIDTH_METRES + np.pi * WIDTH_METRES**2, rel=0.15)
    assert gone.is_empty
    assert off.is_empty
    assert walk_catchments(network, np.empty((0, 2)), minutes=5) == ()


def test_wheelchairs_stay_below_the_stairs(tmp_path: Path) -> None:
    places = {"a": (0, 0), "b": (200, 0), "c": (210, 0), "d": (500, 0)}
    network = read(tmp_path, places, [("ab", FOOTWAY), ("bc", {"highway": "steps"}), ("cd", FOOTWAY)])
    walking, rolling = (
        in_metres(
            walk_catchments(network, [at(0, 0)], minutes=20, assumptions=METRE_A_SECOND, wheelchair=wheelchair)[0]
        )
        for wheelchair in (False, True)
    )
    assert holds(walking, (100, 0), (400, 0)) == [True, True]
    assert holds(rolling, (100, 0), (400, 0)) == [True, False]


@pytest.mark.parametrize("broken", [{"minutes": 0}, {"minutes": 5, "width_metres": 0}])
def test_an_argument_broken_in_one_way_is_named(tmp_path: Path, broken: dict[str, float]) -> None:
    network = read(tmp_path, RIVER, RIVER_STREETS)
    with pytest.raises(ContractError, match="above zero"):
        walk_catchments(network, [at(0, 0)], **broken)


@pytest.mark.real
def test_in_lauf_who_is_reached_lies_within_and_who_is_not_lies_outside(real_data: Path) -> None:
    crs = "EPSG:25832"
    network = read_streets(real_data / "osm" / "lauf-200115.osm.pbf", crs)
    middle = network.node_xy[np.argsort(np.hypot(*(network.node_xy - np.median(network.node_xy, axis=0)).T))[:2]]
    areas = walk_catchments(network, middle, minutes=15)
    nodes = network.node_xy
    for area, site in zip(areas, middle, strict=True):
        metres = in_metres(area, crs)
        assert metres.is_valid
        assert shapely.get_num_coordinates(metres) < 600
        times = walk_times(network, nodes, site[None], limit_minutes=60).minutes.toarray()[:, 0]
        inside = shapely.contains_xy(metres, nodes)
        is_near = (times > 0) & (times <= 15)
        assert inside[is_near].mean() > 0.995
        # Beyond the edge by more than the width of the band nothing is held but filled yards.
        assert inside[times > 20].mean() < 0.02
