"""A grid of candidates, and places that forbidden zones rule out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.__main__ import main
from geo.errors import DataError
from geo.reach.model import TravelModel, region_streets
from geo.reach.streets.snapping import snap_points
from geo.region.model.region import Region
from geo.region.model.zones import zone_of
from geo.siting.ask.answers import answer
from geo.siting.ask.grid import grid_kind, grid_points, spacing_of
from geo.siting.ask.places import CANDIDATE_KINDS, barred, candidate_base, candidate_kind, candidates, is_candidate_kind
from geo.siting.ask.question import Question
from geo.siting.ask.question_checks import check
from geo.siting.ask.survey import OwnPlace, own_faults, survey_region
from tests.conftest import ROOT, demo_region

DEMO = ROOT / "data" / "musterstadt"


@pytest.fixture(scope="module")
def city() -> Region:
    return demo_region("musterstadt")


def with_zone(region: Region, *shapes: shapely.Geometry) -> Region:
    names = [f"Gebiet {number}" for number in range(1, len(shapes) + 1)]
    zones = gpd.GeoDataFrame({"name": names, "reason": "nature"}, geometry=list(shapes), crs=region.quarters.crs)
    return replace(region, zones=zones, fingerprint=f"{region.fingerprint}-zones")


def with_water(region: Region, shape: shapely.Geometry) -> Region:
    water = gpd.GeoDataFrame({"kind": ["water"], "name": [""]}, geometry=[shape], crs=region.quarters.crs)
    return replace(region, landscape=water)


def codes(found: object) -> list[str]:
    return [finding.code for finding in found]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "spacing"), [("grid", 500.0), ("grid-400", 400.0), ("grid-62.5", 62.5), ("hosts", None), ("grid-", None)]
)
def test_a_kind_says_its_spacing(kind: str, spacing: float | None) -> None:
    assert spacing_of(kind) == spacing
    if spacing is not None:
        assert grid_kind(spacing) == kind
        assert candidate_base(kind) == "grid"
    assert is_candidate_kind(kind) == (spacing is not None or kind in CANDIDATE_KINDS)


def test_the_usual_spacing_has_one_name(region: Region) -> None:
    assert candidate_kind(region, "grid-500") == candidate_kind(region, "grid") == "grid"
    assert candidate_kind(region, "grid-400.0") == "grid-400"


def test_every_inhabited_square_has_one_point_in_it(city: Region) -> None:
    for spacing in (300.0, 500.0, 1000.0):
        points = grid_points(city, spacing)
        homes = city.cells[city.cells["residents"] > 0]
        squares = set(zip(homes["x"] // spacing, homes["y"] // spacing, strict=True))
        own = list(zip(points["x"] // spacing, points["y"] // spacing, strict=True))
        assert len(own) == len(set(own))
        assert set(own) <= squares
        lost = squares - set(own)
        barred_homes = zone_of(city.zones, homes[["x", "y"]].to_numpy()) >= 0
        left = homes[[(x // spacing, y // spacing) in lost for x, y in zip(homes["x"], homes["y"], strict=True)]]
        assert set(left.index) <= set(homes.index[barred_homes])


def test_keys_are_the_middles_of_squares_and_do_not_change(city: Region) -> None:
    points = grid_points(city, 400.0)
    assert points["id"].is_unique
    named = points["id"].str.extract(r"^grid-(\d+)-(\d+)$").astype(float).to_numpy()
    assert ((named - 200) % 400 == 0).all()
    assert (np.abs(named - points[["x", "y"]].to_numpy()) <= 200).all()
    pd.testing.assert_frame_equal(points, grid_points(city, 400.0))
    assert points["name"].is_unique
    fewer = replace(city, cells=city.cells[city.cells["quarter_id"].str.startswith("01")])
    assert set(grid_points(fewer, 400.0)["id"]) <= set(points["id"])


def test_points_lie_neither_in_water_nor_in_zones_nor_outside(city: Region) -> None:
    points = grid_points(city, 250.0)
    spots = gpd.GeoSeries(gpd.points_from_xy(points["x"], points["y"]), crs=city.quarters.crs)
    water = city.landscape.query("kind == 'water'").union_all()
    assert not spots.intersects(water).any()
    assert not spots.intersects(city.zones.union_all()).any()
    assert spots.within(city.quarters.union_all().buffer(1)).all()


def test_a_middle_in_water_moves_to_the_nearest_home(region: Region) -> None:
    plain = grid_points(region, 500.0)
    first = plain.iloc[0]
    pond = shapely.Point(first["x"], first["y"]).buffer(120)
    moved = grid_points(with_water(region, pond), 500.0).set_index("id").loc[first["id"]]
    assert not pond.intersects(shapely.Point(moved["x"], moved["y"]))
    homes = region.cells[region.cells["residents"] > 0][["x", "y"]].to_numpy()
    away = np.hypot(*(homes - [first["x"], first["y"]]).T)
    dry = homes[~shapely.intersects(pond, shapely.points(homes))]
    assert np.hypot(moved["x"] - first["x"], moved["y"] - first["y"]) == pytest.approx(
        np.hypot(*(dry - [first["x"], first["y"]]).T).min()
    )
    assert away.min() < 120


def test_a_square_in_a_zone_has_no_point(region: Region) -> None:
    plain = grid_points(region, 500.0)
    x, y = plain.loc[0, ["x", "y"]].astype(float)
    zone = shapely.box(x - 250, y - 250, x + 250, y + 250)
    assert set(plain["id"]) - set(grid_points(with_zone(region, zone), 500.0)["id"]) == {plain.loc[0, "id"]}


def test_without_cells_the_whole_region_is_covered(region: Region) -> None:
    bare = replace(region, cells=None)
    points = grid_points(bare, 500.0)
    area = region.quarters.union_all().area
    assert len(points) == pytest.approx(area / 500**2, rel=0.25)


@pytest.mark.parametrize("spacing", [50.0, 20_000.0])
def test_a_spacing_out_of_range_is_a_finding(region: Region, spacing: float) -> None:
    assert codes(check(region, Question(candidates=grid_kind(spacing)))) == ["grid_spacing_out_of_range"]
    with pytest.raises(DataError, match="grid_spacing_out_of_range"):
        candidates(region, grid_kind(spacing))
    assert codes(check(region, Question(candidates="grid-fine"))) == ["candidates_unknown"]


def test_a_grid_that_is_too_fine_is_a_finding(region: Region) -> None:
    rng = np.random.default_rng(3)
    west, south, east, north = region.quarters.total_bounds
    wide = region.quarters.scale(40, 40, origin=(west, south))
    homes = rng.uniform((west, south), (west + 40 * (east - west), south + 40 * (north - south)), (40_000, 2))
    cells = pd.DataFrame({"x": homes[:, 0], "y": homes[:, 1], "residents": 1.0, "quarter_id": "q1"})
    large = replace(region, quarters=region.quarters.set_geometry(wide), cells=cells)
    with pytest.raises(DataError, match="grid_too_fine"):
        candidates(large, "grid-100")
    with pytest.raises(DataError, match="grid_too_fine"):
        candidates(replace(large, cells=None), "grid-100")


def test_points_are_moved_to_a_street_in_every_mode(city: Region, tmp_path: Path) -> None:
    network = region_streets(city, TravelModel(mode="walk"), cache=tmp_path)
    grounds = [
        survey_region(city, "recipients", city.dates[-1], mode=mode, candidate_kind="grid-800", network=network)
        for mode in ("line", "walk")
    ]
    one, other = (survey.places for survey in grounds)
    pd.testing.assert_frame_equal(one, other)
    free = one[one["kind"] == "candidate"]
    assert set(free["id"]) == set(candidates(city, "grid-800")["id"])
    snap = snap_points(network, free[["x", "y"]].to_numpy())
    assert np.median(snap.metres) < 0.01
    assert (zone_of(city.zones, free[["x", "y"]].to_numpy()) < 0).all()


def test_a_grid_gives_the_same_plan_twice(region: Region) -> None:
    told = answer(region, Question(candidates="grid-250", mode="line", minutes=10, new=2))
    again = answer(region, Question(candidates="grid-250", mode="line", minutes=10, new=2))
    assert told.plan.status == "optimal"
    assert list(told.sites["id"]) == list(again.sites["id"])
    assert all(str(key).startswith("grid-") for key in told.sites["id"])


def test_a_grid_of_all_homes_reaches_at_least_as_many_as_one_point_for_each_quarter(region: Region) -> None:
    fine, coarse = (
        answer(region, Question(candidates=kind, mode="line", minutes=10, new=2)) for kind in ("grid-100", "quarters")
    )
    assert fine.plan.value >= coarse.plan.value > 0


def test_a_table_knows_no_grid(region: Region) -> None:
    with pytest.raises(DataError) as caught:
        survey_region(region, "recipients", region.dates[-1], mode="table", candidate_kind="grid")
    assert codes(caught.value.findings) == ["grid_without_times"]


def host(region: Region, number: int = 0) -> tuple[str, shapely.Point]:
    return str(region.hosts.index[number]), region.hosts.geometry.iloc[number]


def test_host_places_in_a_zone_are_left_out_and_named(region: Region) -> None:
    key, point = host(region)
    zoned = with_zone(region, point.buffer(30))
    assert key in set(candidates(region, "hosts")["id"])
    assert key not in set(candidates(zoned, "hosts")["id"])
    assert barred(zoned, "hosts")[["id", "zone"]].values.tolist() == [[key, "Gebiet 1"]]
    assert barred(region, "hosts").empty
    survey = survey_region(zoned, "recipients", zoned.dates[-1], mode="line")
    told = [finding for finding in survey.findings if finding.code == "candidates_in_zone"]
    assert [finding.level for finding in told] == ["note"]
    assert told[0].parameters == {"zone": "Gebiet 1", "count": 1, "sites": region.hosts.loc[key, "name"]}
    assert key not in set(survey.places["id"])
    assert len(survey.places) == survey.times.minutes.shape[1]


def test_offices_of_today_stay_where_they_are(region: Region) -> None:
    zoned = with_zone(region, shapely.union_all(region.quarters.geometry.to_numpy()))
    survey = survey_region(zoned, "recipients", zoned.dates[-1], mode="line")
    assert survey.places["is_office"].all()
    assert len(survey.places) == len(region.offices)


def test_points_of_quarters_in_a_zone_are_left_out(region: Region) -> None:
    places = candidates(region, "quarters")
    zoned = with_zone(region, shapely.Point(places.loc[0, "x"], places.loc[0, "y"]).buffer(5))
    assert set(places["id"]) - set(candidates(zoned, "quarters")["id"]) == {places.loc[0, "id"]}


def test_a_wish_for_a_place_in_a_zone_says_why_not(region: Region) -> None:
    key, point = host(region)
    zoned = with_zone(region, point.buffer(30))
    for wish in ({"forced": (key,)}, {"forbidden": (key,)}):
        found = check(zoned, Question(**wish))  # type: ignore[arg-type]
        assert codes(found) == ["site_in_zone"]
        assert found[0].parameters == {"site": key, "zone": "Gebiet 1"}
    assert codes(check(zoned, Question(forced=("nowhere",)))) == ["site_unknown"]


def test_an_own_place_in_a_zone_is_refused(region: Region) -> None:
    _, point = host(region)
    zoned = with_zone(region, point.buffer(30))
    lon, lat = gpd.GeoSeries([point], crs=region.quarters.crs).to_crs(4326).iloc[0].coords[0]
    own = (OwnPlace("own-1", "Neu", lon, lat),)
    assert own_faults(region, own, None) == ()
    assert codes(own_faults(zoned, own, None)) == ["own_in_zone"]
    with pytest.raises(DataError, match="own_in_zone"):
        answer(zoned, Question(own=own, mode="line"))


@pytest.mark.skipif(not DEMO.is_dir(), reason="the demo region is not here")
def test_the_command_line_asks_a_grid(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    arguments = ("--mode", "line", "--json", "--cache", str(tmp_path), "--new", "2")
    assert main(["site", str(DEMO), "--spacing", "800", *arguments]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["candidates"] == "grid-800"
    assert all(site["id"].startswith("grid-") for site in told["sites"])
    assert main(["site", str(DEMO), "--candidates", "grid", "--spacing", "20", *arguments]) == 1
    assert "20" in capsys.readouterr().err
    assert (
        main(["site", str(DEMO), "--candidates", "grid", "--lang", "en", "--mode", "line", "--cache", str(tmp_path)])
        == 0
    )
    assert "Traceback" not in capsys.readouterr().err
