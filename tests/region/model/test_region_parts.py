"""Timetable, table of minutes and forbidden zones of a region: read, kept, fingerprinted, refused with a sentence."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.defaults import ReadLimits
from geo.errors import ContractError, DataError
from geo.region.model.assemble import assemble_region
from geo.region.model.feed import check_feed, feed_digest
from geo.region.model.minutes import plain_minutes
from geo.region.model.region import Region
from geo.region.model.zones import zone_of
from geo.region.package.bundle import load_region, write_region
from geo.region.recipes.build import build_region
from geo.region.recipes.places import read_zones
from geo.region.recipes.recipe import ZoneSource
from geo.region.recipes.toml_text import parse_recipe, recipe_text
from tests.region.nine_quarters import RECIPE, parts, write_files

FEED = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\nb,Bus,https://example.org,Europe/Berlin\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\na,A,50.56,9.01\nb,B,50.57,9.01\n",
    "routes.txt": "route_id,route_short_name,route_type\n1,1,3\n",
    "trips.txt": "route_id,service_id,trip_id\n1,wk,t1\n",
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nt1,08:00:00,08:00:00,a,1\nt1,08:05:00,08:05:00,b,2\n"
    ),
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "wk,1,1,1,1,1,0,0,20260101,20261231\n"
    ),
}
MINUTES = "from,to,minutes\n01,s1,5\n02,s1,7.5\n02,09,11\n"
BOW_TIE = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])


def feed(folder: Path, **changes: str | None) -> Path:
    folder.mkdir(parents=True)
    for name, text in {**FEED, **{f"{key}.txt": value for key, value in changes.items()}}.items():
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def packed(folder: Path, inside: str = "") -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.iterdir(), reverse=True):
            archive.write(file, f"{inside}{file.name}")
    return path


def zones(*shapes: shapely.Geometry, crs: int = 25832) -> gpd.GeoDataFrame:
    names = [f"Zone {number}" for number in range(1, len(shapes) + 1)]
    return gpd.GeoDataFrame({"name": names, "reason": "nature"}, geometry=list(shapes), crs=crs)


def made(**more: object) -> Region:
    sites = gpd.GeoDataFrame(
        {"name": ["Jobcenter"], "kind": ["main"]}, index=["s1"], geometry=[shapely.Point(500_700, 5_600_700)], crs=25832
    )
    return assemble_region(**parts() | {"sites": sites} | more)


def test_every_field_of_a_region_is_given_or_has_a_default_and_none_is_misspelt() -> None:
    with pytest.raises(ContractError, match="statistic is unknown"):
        made(statistic=None)
    with pytest.raises(ContractError, match="quarters is unknown or absent"):
        assemble_region(**{name: part for name, part in parts().items() if name != "quarters"})


def codes(caught: pytest.ExceptionInfo[DataError]) -> list[str]:
    return [finding.code for finding in caught.value.findings]


@pytest.fixture
def whole(tmp_path: Path) -> Region:
    table = tmp_path / "auto.csv"
    table.write_text(MINUTES, encoding="utf-8")
    return made(
        timetable=feed(tmp_path / "gtfs"),
        travel_table=table,
        zones=zones(shapely.box(500_000, 5_600_000, 500_400, 5_600_400)),
    )


@pytest.mark.parametrize("name", ["neun", "neun.zip"])
def test_parts_survive_the_package(whole: Region, tmp_path: Path, name: str) -> None:
    write_region(whole, tmp_path / name)
    loaded = load_region(tmp_path / name)
    assert loaded.fingerprint == whole.fingerprint
    assert loaded.findings == whole.findings
    assert loaded.zones is not None
    assert loaded.timetable is not None
    assert loaded.travel_table is not None
    assert loaded.zones["name"].tolist() == ["Zone 1"]
    assert loaded.zones.crs == whole.quarters.crs
    assert loaded.travel_mode == "car"
    assert check_feed(loaded.timetable) == []
    assert loaded.travel_table.read_text(encoding="utf-8") == MINUTES


def test_equal_parts_give_equal_packages(whole: Region, tmp_path: Path) -> None:
    write_region(whole, tmp_path / "one.zip")
    write_region(whole, tmp_path / "two.zip")
    write_region(load_region(tmp_path / "one.zip"), tmp_path / "three.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "three.zip").read_bytes()


def test_the_parts_are_described_for_strangers(whole: Region, tmp_path: Path) -> None:
    write_region(whole, tmp_path / "neun")
    descriptor = json.loads((tmp_path / "neun" / "datapackage.json").read_text(encoding="utf-8"))
    resources = {one["path"]: one for one in descriptor["resources"]}
    assert {"zones.gpkg", "timetable.zip", "minutes.csv"} <= set(resources)
    assert resources["timetable.zip"]["mediatype"] == "application/zip"
    assert [field["name"] for field in resources["minutes.csv"]["schema"]["fields"]] == ["from", "to", "minutes"]
    assert descriptor["nahbar"]["rows"]["minutes.csv"] == 3


def test_each_part_changes_the_fingerprint(whole: Region, tmp_path: Path) -> None:
    table = tmp_path / "bahn.csv"
    table.write_text(MINUTES.replace("7.5", "7.6"), encoding="utf-8")
    same = {"timetable": whole.timetable, "travel_table": whole.travel_table, "zones": whole.zones}
    other_feed = feed(tmp_path / "other", trips=FEED["trips.txt"].replace("t1", "t2"))
    prints = {
        whole.fingerprint,
        made().fingerprint,
        made(**same | {"timetable": other_feed}).fingerprint,
        made(**same | {"travel_table": table}).fingerprint,
        made(**same | {"travel_mode": "bicycle"}).fingerprint,
        made(**same | {"zones": None}).fingerprint,
        made(**same | {"zones": zones(shapely.box(500_000, 5_600_000, 500_400, 5_600_401))}).fingerprint,
    }
    assert len(prints) == 7
    assert made(**same).fingerprint == whole.fingerprint


def test_a_feed_is_the_same_in_a_folder_and_in_a_zip(tmp_path: Path) -> None:
    folder = feed(tmp_path / "gtfs")
    digest = feed_digest(folder)
    assert feed_digest(packed(folder)) == digest
    assert feed_digest(packed(folder, "stadt/")) == digest
    (folder / "stops.txt").write_text(FEED["stops.txt"].replace("50.57", "50.58"), encoding="utf-8")
    assert feed_digest(folder) != digest


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"stop_times": None}, "timetable_file_missing"),
        ({"stops": None}, "timetable_file_missing"),
        ({"calendar": None}, "timetable_no_calendar"),
        ({"trips": "route_id,trip_id\n1,t1\n"}, "timetable_column_missing"),
        ({"trips": ""}, "timetable_column_missing"),
        ({"stop_times": "\x00\x01"}, "timetable_column_missing"),
    ],
)
def test_a_partial_feed_is_a_finding(tmp_path: Path, changes: dict[str, str | None], code: str) -> None:
    folder = feed(tmp_path / "gtfs", **changes)
    for path in (folder, packed(folder)):
        with pytest.raises(DataError) as caught:
            made(timetable=path)
        assert set(codes(caught)) == {code}


def test_what_is_no_feed_at_all_is_a_finding(tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 and then nothing")
    text = tmp_path / "text.zip"
    text.write_text("no zip", encoding="utf-8")
    for path, code in (
        (broken, "archive_broken"),
        (text, "archive_broken"),
        (tmp_path / "none.zip", "timetable_not_found"),
    ):
        with pytest.raises(DataError) as caught:
            made(timetable=path)
        assert codes(caught) == [code]
    large = check_feed(packed(feed(tmp_path / "gtfs")), replace(ReadLimits(), file_bytes=10))
    assert [finding.code for finding in large] == ["timetable_too_large"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("from,to,minutes\n01,s1,-5\n", "travel_minutes_negative"),
        ("from,to,minutes\n01,s1,bald\n", "text_in_numbers"),
        ("from,to\n01,s1\n", "travel_column_missing"),
        ("from,to,minutes\n77,s1,5\n", "travel_no_key_known"),
        ("", "file_empty"),
    ],
)
def test_a_table_that_cannot_be_used_is_a_finding(tmp_path: Path, text: str, code: str) -> None:
    table = tmp_path / "auto.csv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        made(travel_table=table)
    assert code in codes(caught)
    assert {finding.file for finding in caught.value.findings} == {"auto.csv"}


def test_an_absent_table_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="travel_table_missing"):
        made(travel_table=tmp_path / "none.csv")


def test_unknown_keys_of_a_table_are_told_once_for_each_end(tmp_path: Path) -> None:
    table = tmp_path / "auto.csv"
    table.write_text(MINUTES + "77,s1,5\n78,s1,5\n01,s9,4\n", encoding="utf-8")
    found = {finding.code: finding for finding in made(travel_table=table).findings}
    assert found["travel_from_unknown"].parameters == {"key": "77", "count": 2}
    assert (found["travel_from_unknown"].row, found["travel_from_unknown"].column) == (5, "from")
    assert found["travel_to_unknown"].parameters == {"key": "s9", "count": 1}


def test_a_german_table_is_kept_in_plain_form(tmp_path: Path) -> None:
    table = tmp_path / "auto.csv"
    table.write_text("Von;Nach;Fahrzeit\n01;s1;5,5\n02;s1;-\n09;s1;12\n", encoding="cp1252")
    assert plain_minutes(table).decode() == "from,to,minutes\n01,s1,5.5\n09,s1,12\n"
    region = made(travel_table=table)
    write_region(region, tmp_path / "neun")
    loaded = load_region(tmp_path / "neun")
    assert loaded.fingerprint == region.fingerprint
    assert "package_edited" not in {finding.code for finding in loaded.findings}


def test_an_edited_part_is_checked_again(whole: Region, tmp_path: Path) -> None:
    write_region(whole, tmp_path / "neun")
    table = tmp_path / "neun" / "minutes.csv"
    table.write_text(MINUTES.replace("7.5", "8.5"), encoding="utf-8")
    edited = load_region(tmp_path / "neun")
    assert edited.fingerprint != whole.fingerprint
    assert "package_edited" in {finding.code for finding in edited.findings}
    table.write_text(MINUTES.replace("7.5", "-8"), encoding="utf-8")
    with pytest.raises(DataError, match="travel_minutes_negative"):
        load_region(tmp_path / "neun")
    table.write_text(MINUTES, encoding="utf-8")
    feed(tmp_path / "bad", stop_times=None)
    shutil.copyfile(packed(tmp_path / "bad"), tmp_path / "neun" / "timetable.zip")
    with pytest.raises(DataError, match="timetable_file_missing"):
        load_region(tmp_path / "neun")
    (tmp_path / "neun" / "timetable.zip").write_bytes(b"PK\x03\x04")
    with pytest.raises(DataError, match="archive_broken"):
        load_region(tmp_path / "neun")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (zones(shapely.Point(500_100, 5_600_100)), "zone_not_an_area"),
        (zones(shapely.Polygon()), "zone_not_an_area"),
        (zones(BOW_TIE), "zone_invalid"),
        (zones(shapely.box(9, 50, 10, 51), crs=4326), "zones_crs_differs"),
    ],
)
def test_zones_that_are_no_areas_are_findings(given: gpd.GeoDataFrame, code: str) -> None:
    with pytest.raises(DataError) as caught:
        made(zones=given)
    assert codes(caught) == [code]


def test_a_zone_outside_is_a_note() -> None:
    region = made(zones=zones(shapely.box(0, 0, 10, 10)))
    told = [finding.brief() for finding in region.findings if finding.code == "zone_outside"]
    assert told == ["note: zone_outside (zone=Zone 1)"]


def test_points_lie_in_the_first_zone_that_holds_them() -> None:
    areas = zones(shapely.box(0, 0, 10, 10), shapely.box(5, 5, 20, 20))
    points = np.array([[1.0, 1.0], [7.0, 7.0], [10.0, 20.0], [30.0, 1.0], [0.0, 5.0]])
    assert zone_of(areas, points).tolist() == [0, 0, 1, -1, 0]
    assert zone_of(None, points).tolist() == [-1] * 5
    assert zone_of(areas, np.empty((0, 2))).tolist() == []


def geojson(*polygons: shapely.Geometry | None, **properties: str) -> str:
    features = [
        {"type": "Feature", "properties": properties, "geometry": one and shapely.geometry.mapping(one)}
        for one in polygons
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def read(folder: Path, text: str, **options: str) -> tuple[gpd.GeoDataFrame, list[str]]:
    (folder / "zonen.geojson").write_text(text, encoding="utf-8")
    source = ZoneSource("zonen.geojson", **options)
    found, findings = read_zones((source,), folder, parts()["quarters"], ReadLimits())
    assert found is not None
    return found, [finding.code for finding in findings]


def test_zones_are_read_from_a_file(tmp_path: Path) -> None:
    square = shapely.box(9.0, 50.55, 9.001, 50.56)
    found, told = read(tmp_path, geojson(square, titel="Moor", grund="nature"), name="titel", reason_column="grund")
    assert (found["name"].tolist(), found["reason"].tolist(), told) == (["Moor"], ["nature"], [])
    assert found.crs.to_epsg() == 25832
    found, _ = read(tmp_path, geojson(square), reason="Gewerbe")
    assert (found["name"].tolist(), found["reason"].tolist()) == (["zonen 1"], ["Gewerbe"])


def test_a_zone_that_crosses_itself_is_mended(tmp_path: Path) -> None:
    bow = shapely.Polygon([(9, 50.55), (9.001, 50.56), (9.001, 50.55), (9, 50.5501)])
    found, told = read(tmp_path, geojson(bow, titel="Schleife"), name="titel")
    assert told == ["zone_repaired"]
    assert found.geometry.is_valid.all()
    assert made(zones=found).zones is not None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "json_broken"),
        ("nonsense", "json_broken"),
        (geojson(None, titel="leer"), "zone_not_an_area"),
        (geojson(shapely.Point(9, 50.55), titel="Punkt"), "zone_not_an_area"),
        (geojson(shapely.Polygon([(9, 50), (9, 50), (9, 50)]), titel="Strich"), "zone_not_an_area"),
        (geojson(shapely.box(9, 50.55, 9.1, 50.6), name="x"), "table_column_missing"),
    ],
)
def test_a_file_of_zones_that_cannot_be_used_is_a_finding(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, text, name="titel")
    assert codes(caught) == [code]


HEAD = 'timetable = "gtfs"\ntravel_table = "auto.csv"\ntravel_mode = "bicycle"\n'
TAIL = '\n[[zones]]\nfile = "zonen.geojson"\nreason = "port"\n'


def test_a_recipe_names_all_three() -> None:
    recipe = parse_recipe(HEAD + RECIPE + TAIL)
    assert parse_recipe(recipe_text(recipe)) == recipe
    for wrong in ('timetable = "../gtfs"', 'travel_table = "/etc/passwd"'):
        with pytest.raises(DataError, match="recipe_path_outside"):
            parse_recipe(wrong + "\n" + RECIPE)


def test_a_recipe_with_all_three_is_built(tmp_path: Path) -> None:
    write_files(tmp_path)
    feed(tmp_path / "gtfs")
    (tmp_path / "auto.csv").write_text("from,to,minutes\n01,02,5\n", encoding="utf-8")
    (tmp_path / "zonen.geojson").write_text(geojson(shapely.box(9.0, 50.55, 9.001, 50.56)), encoding="utf-8")
    recipe = parse_recipe(HEAD + RECIPE + TAIL)
    result = build_region(recipe, tmp_path)
    assert result.region is not None, result.findings
    assert result.region.timetable == tmp_path / "gtfs"
    assert result.region.travel_mode == "bicycle"
    assert result.region.zones is not None
    assert result.region.zones["reason"].tolist() == ["port"]
    (tmp_path / "gtfs" / "stops.txt").unlink()
    (tmp_path / "zonen.geojson").write_text("{", encoding="utf-8")
    (tmp_path / "auto.csv").write_text("from,to,minutes\n01,02,-5\n", encoding="utf-8")
    result = build_region(recipe, tmp_path)
    assert result.region is None
    assert {"timetable_file_missing", "json_broken", "travel_minutes_negative"} <= {one.code for one in result.findings}
