"""What the two shipped demo regions promise, tested on what is in their files."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import osmium
import pandas as pd
import pytest
import shapely

from data.generator.__main__ import MAKERS, SEED
from geo.errors import DataError
from geo.reach.transit.timetable import read_timetable
from geo.region.model.region import Region
from geo.region.model.zones import zone_of
from geo.region.package.bundle import load_region
from tests.conftest import ROOT

DATA = ROOT / "data"
NAMES = ("musterstadt", "musterkreis")
CARRIAGEWAYS = ("motorway", "motorway_link")


@pytest.fixture(scope="module")
def regions() -> dict[str, Region]:
    return {name: load_region(DATA / name) for name in NAMES}


@pytest.fixture(scope="module")
def city(regions: dict[str, Region]) -> Region:
    return regions["musterstadt"]


@pytest.fixture(params=NAMES)
def region(request: pytest.FixtureRequest, regions: dict[str, Region]) -> Region:
    return regions[request.param]


@pytest.fixture(scope="module")
def ways(regions: dict[str, Region]) -> dict[str, gpd.GeoDataFrame]:
    return {name: read_ways(region) for name, region in regions.items()}


def read_ways(region: Region) -> gpd.GeoDataFrame:
    rows = []
    for item in osmium.FileProcessor(str(region.streets)).with_locations():
        if item.is_way():
            line = shapely.LineString([(node.lon, node.lat) for node in item.nodes])
            rows.append({**dict(item.tags), "refs": [node.ref for node in item.nodes], "geometry": line})
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=4326).to_crs(region.quarters.crs)


def walkable(ways: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return ways[ways["highway"].notna() & ~ways["highway"].isin(CARRIAGEWAYS) & (ways["foot"] != "no")]


def values(region: Region, measure: str) -> pd.DataFrame:
    rows = region.statistics[region.statistics["measure"] == measure]
    return rows.set_index(["quarter_id", "date"])["value"].unstack("date")


def by_name(region: Region, measure: str) -> pd.DataFrame:
    return values(region, measure).rename(index=region.quarters["name"])


def share(region: Region) -> pd.DataFrame:
    return by_name(region, "recipients") / by_name(region, "residents") * 100


def water(region: Region, name: str) -> shapely.Geometry:
    return region.landscape.query("kind == 'water' and name == @name").geometry.union_all()


def test_musterstadt_is_as_large_as_promised(city: Region) -> None:
    assert 80 <= len(city.quarters) <= 100
    assert city.quarters["district"].nunique() == 8
    assert values(city, "residents")["2025-12-31"].sum() == 240_000
    kinds = city.sites["kind"].value_counts()
    assert kinds.to_dict() == {"host": 45, "main": 1, "branch": 1}


def test_musterkreis_is_as_large_as_promised(regions: dict[str, Region]) -> None:
    district = regions["musterkreis"]
    assert len(district.quarters) == 18
    assert 3 <= district.quarters["district"].nunique() <= 4
    residents = values(district, "residents")["2025-12-31"]
    assert residents.sum() == 260_000
    assert (residents > 50_000).sum() == 2
    assert 1_000 < district.quarters.area.sum() / 1e6 < 1_200
    assert district.sites["kind"].value_counts().to_dict() == {"host": 30, "main": 1, "branch": 1}


def test_every_december_from_2014_to_2025(region: Region) -> None:
    assert region.dates == tuple(f"{year}-12-31" for year in range(2014, 2026))
    assert ("2022-06-30", "ukraine_2022") in region.breaks


def test_everything_says_that_it_is_fictional(region: Region) -> None:
    assert region.is_fictional
    assert region.sources
    assert all(source.is_fictional and source.licence == "CC0-1.0" for source in region.sources)


def test_keys_have_eight_digits_and_lose_a_zero_as_numbers(region: Region) -> None:
    keys = region.quarters.index
    assert keys.str.fullmatch(r"0\d{7}").all()
    assert keys.is_unique
    assert region.quarters["name"].is_unique


def test_quarters_cover_the_region_without_gaps_and_overlaps(region: Region) -> None:
    shapes = region.quarters.geometry
    assert shapely.coverage_is_valid(shapes.to_numpy())
    assert set(shapes.geom_type) == {"Polygon"}
    whole = shapes.union_all()
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert str(region.quarters.crs) == "EPSG:25832"


def test_borders_are_drawn_lightly(city: Region) -> None:
    assert np.median(shapely.get_num_coordinates(city.quarters.geometry.to_numpy())) <= 60
    assert (DATA / "musterstadt" / "quarters.gpkg").stat().st_size < 500_000


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("recipients", "residents_under_pension_age"),
        ("employable", "recipients"),
        ("children", "recipients"),
        ("children", "residents_under_15"),
        ("units", "employable"),
        ("single_parent_units", "units"),
        ("residents_under_pension_age", "residents"),
        ("residents_15_to_pension_age", "residents_under_pension_age"),
    ],
)
def test_a_part_is_no_larger_than_its_whole(region: Region, part: str, whole: str) -> None:
    parts, wholes = values(region, part), values(region, whole)
    both = parts.notna() & wholes.notna()
    assert both.to_numpy().mean() > 0.6
    assert (parts <= wholes).to_numpy()[both.to_numpy()].all()


def test_ages_add_up(region: Region) -> None:
    young, middle = values(region, "residents_under_15"), values(region, "residents_15_to_pension_age")
    assert (young + middle).equals(values(region, "residents_under_pension_age"))


def test_counts_are_whole_people(region: Region) -> None:
    shown = region.statistics["value"].dropna()
    assert (shown == shown.round()).all()
    assert (shown >= 0).all()


def test_ratios_are_those_of_a_german_town(region: Region) -> None:
    def ratio(part: str, whole: str) -> float:
        parts, wholes = values(region, part), values(region, whole)
        return float(parts.where(wholes.notna()).sum().sum() / wholes.where(parts.notna()).sum().sum())

    assert 0.66 < ratio("employable", "recipients") < 0.74
    assert 0.24 < ratio("children", "recipients") < 0.31
    assert 1.75 < 1 / ratio("units", "recipients") < 2.1
    assert 0.15 < ratio("single_parent_units", "units") < 0.22


def test_share_lies_about_ten_per_cent_and_between_one_and_thirty_two(city: Region) -> None:
    last = share(city)["2025-12-31"]
    people = by_name(city, "residents")["2025-12-31"]
    mean = float((last * people).sum() / people[last.notna()].sum())
    assert 10 < mean < 11.5
    assert last.min() > 0.8
    assert last.max() < 33


def test_musterstadt_fell_until_2019_and_jumped_in_2022(city: Region) -> None:
    shown = values(city, "recipients").dropna()
    total = shown.sum()
    assert total["2014-12-31"] > total["2018-12-31"] > total["2019-12-31"]
    assert total["2020-12-31"] > total["2019-12-31"]
    assert 1.08 < total["2022-12-31"] / total["2021-12-31"] < 1.25


def test_three_quarters_have_fewer_than_300_residents(city: Region) -> None:
    small = by_name(city, "residents")["2025-12-31"].loc[lambda people: people < 300]
    assert sorted(small.index) == ["Am Güterbahnhof", "Hafeninsel", "Stadtwald"]
    assert by_name(city, "recipients").loc[small.index].isna().all(axis=None)


def test_lasting_need_shows_in_every_year(city: Region) -> None:
    rates = share(city)
    people = by_name(city, "residents").where(rates.notna())
    mean = (rates * people).sum() / people.sum()
    lasting = set(rates.index[(rates > 1.6 * mean).all(axis=1)])
    estates = {"Kranichsiedlung-West", "Kranichsiedlung-Ost", "Heidehof-Süd", "Heidehof-Nord"}
    assert estates | {"Eisenbrink", "Kohlenhof"} <= lasting
    assert not lasting & {"Gerbervorstadt", "Tannenkamp", "Schleusenwiese"}
    assert len(lasting) <= 10


def test_one_quarter_falls_one_rises_one_jumps(city: Region) -> None:
    rates = share(city)
    change = (rates["2025-12-31"] - rates["2014-12-31"]).dropna()
    assert change.idxmin() == "Gerbervorstadt"
    assert change["Gerbervorstadt"] < -7
    assert change.drop("Schleusenwiese").idxmax() == "Tannenkamp"
    assert change["Tannenkamp"] > 4
    shelter = rates.loc["Schleusenwiese"].ffill()
    assert shelter["2021-12-31":].iloc[0] < 6 or np.isnan(shelter["2021-12-31"])
    assert shelter["2022-12-31"] > 20


def test_nothing_in_the_files_names_lasting_need() -> None:
    texts = [
        path.read_text("utf-8").lower() for path in (DATA / "musterstadt").iterdir() if path.suffix in (".csv", ".json")
    ]
    assert texts
    for word in ("lasting", "persist", "dauerhaft", "verfestigt", "brennpunkt"):
        assert not any(word in text for text in texts)


def test_cells_sum_to_the_residents_of_their_quarter(region: Region) -> None:
    sums = region.cells.groupby("quarter_id")["residents"].sum()
    residents = values(region, "residents")["2025-12-31"]
    pd.testing.assert_series_equal(sums, residents, check_names=False, check_dtype=False, check_index_type=False)


def test_cells_lie_on_the_grid_in_their_quarter_and_on_land(region: Region) -> None:
    size = 100 if region.id == "musterstadt" else 250
    cells = region.cells
    assert not cells.duplicated(["x", "y"]).any()
    assert ((cells[["x", "y"]] - size / 2) % size == 0).all(axis=None)
    points = gpd.GeoSeries(gpd.points_from_xy(cells["x"], cells["y"]), crs=region.quarters.crs)
    own = region.quarters.geometry.reindex(cells["quarter_id"]).reset_index(drop=True)
    assert points.intersects(own.set_crs(points.crs)).mean() > 0.999
    river = water(region, "Orme" if region.id == "musterstadt" else "Lenze")
    assert not points.intersects(river.buffer(-2)).any()


def test_density_is_that_of_a_town(city: Region) -> None:
    dense = city.cells.groupby("quarter_id")["residents"].mean().rename(index=city.quarters["name"])
    assert 60 < dense["Nordvorstadt"] < 150
    assert 120 < dense["Heidehof-Süd"] < 250
    assert 10 < dense["Sonnenberg"] < 40
    assert city.cells["residents"].max() <= 260


def test_four_bridges_and_nothing_else_crosses_the_river(city: Region, ways: dict[str, gpd.GeoDataFrame]) -> None:
    river = city.landscape.query("name == 'Orme'").geometry.union_all()
    roads = ways["musterstadt"].dropna(subset="highway")
    line = ways["musterstadt"].query("waterway == 'river'").geometry.union_all()
    crossing = roads[roads.intersects(line)]
    assert len(crossing) == 4
    assert (crossing["bridge"] == "yes").all()
    others = roads.drop(crossing.index)
    assert not others.intersects(river.buffer(-6)).any()


def test_few_streets_cross_the_railway(ways: dict[str, gpd.GeoDataFrame]) -> None:
    tracks = ways["musterstadt"].query("railway == 'rail'").geometry.union_all()
    streets = walkable(ways["musterstadt"])
    crossing = streets[streets.intersects(tracks)]
    assert 5 <= crossing["name"].nunique() <= 14
    assert set(crossing["highway"]) <= {"primary", "secondary", "tertiary"}


def test_level_crossings_are_nodes_of_track_and_street(region: Region, ways: dict[str, gpd.GeoDataFrame]) -> None:
    nodes = osmium.FileProcessor(str(region.streets), osmium.osm.NODE)
    level = {node.id for node in nodes if node.tags.get("railway") == "level_crossing"}
    assert level
    frame = ways[region.id]
    for group in (walkable(frame), frame.query("railway == 'rail'")):
        assert level <= {ref for refs in group["refs"] for ref in refs}


def test_the_city_has_streets_of_every_kind(ways: dict[str, gpd.GeoDataFrame]) -> None:
    kinds = set(ways["musterstadt"]["highway"].dropna())
    assert {
        "primary",
        "secondary",
        "residential",
        "living_street",
        "footway",
        "path",
        "steps",
        "track",
        "motorway",
    } <= kinds


def test_nobody_walks_on_the_motorway(region: Region, ways: dict[str, gpd.GeoDataFrame]) -> None:
    motorway = ways[region.id].query("highway == 'motorway'")
    assert len(motorway) > 0
    assert (motorway["foot"] == "no").all()
    assert (motorway["oneway"] == "yes").all()


def test_the_street_network_is_connected(region: Region, ways: dict[str, gpd.GeoDataFrame]) -> None:
    graph = nx.Graph()
    for refs in walkable(ways[region.id])["refs"]:
        nx.add_path(graph, refs)
    assert nx.number_connected_components(graph) == 1
    assert 5_000 < len(graph) < 40_000


def test_streets_are_where_people_live(region: Region, ways: dict[str, gpd.GeoDataFrame]) -> None:
    streets = walkable(ways[region.id]).geometry.to_numpy()
    cells = region.cells
    _, gaps = shapely.STRtree(streets).query_nearest(
        shapely.points(cells["x"], cells["y"]), return_distance=True, all_matches=False
    )
    near = 150 if region.id == "musterstadt" else 350
    assert cells["residents"].to_numpy()[gaps < near].sum() / cells["residents"].sum() > 0.99


def test_sites_stand_on_land_at_a_street_among_people(region: Region, ways: dict[str, gpd.GeoDataFrame]) -> None:
    sites = region.sites
    wet = region.landscape.query("kind == 'water'").geometry.union_all()
    assert not sites.intersects(wet).any()
    streets = walkable(ways[region.id]).geometry.union_all()
    assert (sites.distance(streets) < 30).all()
    people = values(region, "residents")["2025-12-31"]
    joined = sites.sjoin(region.quarters[["geometry"]], predicate="within")
    assert len(joined) == len(sites)
    assert (people[joined.iloc[:, -1]] > 500).all()


def test_sites_tell_what_a_planner_asks(region: Region) -> None:
    sites = region.sites
    assert sites["name"].is_unique
    for column in ("rooms", "opening_days_per_week", "capacity_per_week", "cost_per_year_eur", "is_accessible"):
        assert sites[column].notna().all()
    for column in ("carrier", "address", "note"):
        assert (sites[column].str.len() > 0).all()
    assert sites["opening_days_per_week"].between(1, 5).all()
    assert not sites["is_accessible"].all()


def test_landscape_has_what_makes_a_map(region: Region) -> None:
    kinds = set(region.landscape["kind"])
    assert {"water", "green", "rail", "road"} <= kinds
    assert region.landscape.is_valid.all()


@pytest.mark.parametrize("name", NAMES)
def test_the_generator_makes_the_committed_region_again(name: str, regions: dict[str, Region], tmp_path: Path) -> None:
    again = MAKERS[name](SEED, tmp_path)
    assert again.streets.read_bytes() == regions[name].streets.read_bytes()
    pd.testing.assert_frame_equal(again.cells, regions[name].cells, check_dtype=False)
    assert again.fingerprint == regions[name].fingerprint, "run `python -m data.generator` and commit its output"


def test_all_of_it_is_small() -> None:
    total = sum(path.stat().st_size for name in NAMES for path in (DATA / name).rglob("*") if path.is_file())
    assert total < 12e6


def test_sites_say_what_they_offer(region: Region) -> None:
    sites = region.sites
    assert (sites["services"] != "").all()
    offices = region.offices
    assert (offices["opening_hours_per_week"] == 36).all()
    assert "benefits" in offices["services"].iloc[0].split()
    hosts = region.hosts
    assert hosts["opening_hours_per_week"].between(3, 40).all()
    assert (hosts["opening_hours_per_week"] <= 8 * hosts["opening_days_per_week"]).all()
    assert hosts["staff_full_time"].dropna().between(0.1, 8).all()
    steps = hosts[~hosts["is_accessible"].astype(bool)]["one_off_cost_eur"] / hosts["rooms"]
    level = hosts[hosts["is_accessible"].astype(bool)]["one_off_cost_eur"] / hosts["rooms"]
    assert steps.mean() > level.mean() > 1_000


def test_the_buses_of_musterstadt_run_in_2026(city: Region) -> None:
    timetable = read_timetable(city.timetable)
    assert timetable.period == ("2026-01-01", "2026-12-31")
    assert {finding.code for finding in timetable.findings} == {"timetable_day_chosen"}
    assert 150 < len(timetable.stop_ids) < 300
    stops = gpd.GeoSeries(gpd.points_from_xy(*timetable.stop_lonlat.T), crs=4326).to_crs(city.quarters.crs)
    assert stops.within(city.quarters.geometry.union_all()).all()
    people = city.cells.assign(geometry=gpd.points_from_xy(city.cells["x"], city.cells["y"]))
    homes = gpd.GeoDataFrame(people, geometry="geometry", crs=city.quarters.crs)
    near = homes.sjoin_nearest(stops.to_frame("geometry"), distance_col="metres").drop_duplicates(["x", "y"])
    assert 0.7 < near.loc[near["metres"] <= 400, "residents"].sum() / homes["residents"].sum() < 0.98
    with pytest.raises(DataError, match="timetable_no_service"):
        read_timetable(city.timetable, day="2026-01-01")


def test_no_bus_is_faster_than_a_bus(city: Region) -> None:
    timetable = read_timetable(city.timetable)
    stops = gpd.GeoSeries(gpd.points_from_xy(*timetable.stop_lonlat.T), crs=4326).to_crs(city.quarters.crs)
    xy = np.column_stack([stops.x, stops.y])
    metres = np.hypot(*(xy[timetable.to_stop] - xy[timetable.from_stop]).T)
    speed = metres / (timetable.arrival - timetable.departure) * 3.6
    assert (timetable.arrival > timetable.departure).all()
    assert speed.max() < 40
    assert 9 < np.median(speed) < 22


def test_the_feed_says_that_it_is_made_up(city: Region) -> None:
    with zipfile.ZipFile(city.timetable) as archive:
        assert "fiktiv" in archive.read("agency.txt").decode()
    assert any("Fahrplan" in source.title and source.is_fictional for source in city.sources)
    assert city.timetable.stat().st_size < 400_000


def test_musterkreis_drives_from_everywhere_to_everywhere(regions: dict[str, Region]) -> None:
    district = regions["musterkreis"]
    minutes = pd.read_csv(district.travel_table, dtype={"from": str, "to": str})
    ends = [*district.sites.index, *district.quarters.index]
    assert len(minutes) == len(district.quarters) * len(ends)
    assert set(minutes["from"]) == set(district.quarters.index)
    assert set(minutes["to"]) == set(ends)
    assert minutes["minutes"].between(3, 75).all()
    assert district.travel_mode == "car"
    between = minutes[minutes["to"].isin(district.quarters.index)].pivot(index="from", columns="to", values="minutes")
    names = district.quarters["name"]
    town = names.index[names == "Hohenmark"][0]
    others = names.index[~names.isin(["Hohenmark", "Brückstedt"])]
    assert (between.loc[others, town] - between.loc[town, others]).mean() > 1
    assert between.to_numpy().diagonal().mean() < np.median(between.to_numpy()) / 2


def test_no_office_may_go_into_port_works_and_meadows(city: Region) -> None:
    assert city.zones["reason"].tolist() == ["industry", "nature", "nature", "port"]
    inside = zone_of(city.zones, city.cells[["x", "y"]].to_numpy())
    assert city.cells["residents"][inside >= 0].sum() > 50
    assert (zone_of(city.zones, city.sites.get_coordinates().to_numpy()) == -1).all()
