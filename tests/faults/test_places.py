"""Places as people list them: headings, kinds, coordinates of another system; one page of a web service."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyproj import Transformer

from geo.region.model import Region
from geo.region.recipes import Columns, build_region, draft_sites, read_recipe
from geo.region.recipes.build import BuildResult
from geo.region.recipes.draft import is_site_table
from geo.region.recipes.heading_words import coordinate_columns, site_kind
from geo.region.recipes.recipe import SiteSource
from geo.region.shapes import guess_reading
from geo.region.tables import read_table
from geo.siting.ask import Question, pose
from tests.region import nine_quarters

Fault = Callable[[str], Path]
LON_LAT = [(8.99, 50.56), (9.0, 50.555), (9.01, 50.56)]


def built(folder: Path, recipe: str) -> BuildResult:
    return build_region(read_recipe(folder / recipe), folder)


def codes(result: BuildResult) -> list[str]:
    return [finding.code for finding in result.findings]


def test_x_and_y_are_headings(fault: Fault) -> None:
    result = built(fault("heading_x_y"), "r.toml")
    assert result.region is not None
    assert result.region.sites.loc["h1", ["name", "kind"]].tolist() == ["Treffpunkt Löwitz", "host"]
    assert (result.region.sites.geometry.x["h1"], result.region.sites.geometry.y["h1"]) == (562500, 5932500)


def test_kinds_of_sites_in_german(fault: Fault) -> None:
    content = (fault("site_kinds_in_german") / "orte.csv").read_bytes()
    table = read_table(content, name="orte.csv").frame
    draft = draft_sites(Columns("orte.csv", {str(one): table[one].tolist() for one in table}))
    assert (draft.x, draft.y, draft.kind_column) == ("Lon", "Lat", "Typ")
    assert [site_kind(text) for text in table["Typ"]] == ["main", "host"]


def test_coordinates_that_are_no_degrees(fault: Fault) -> None:
    result = built(fault("utm_given_as_degrees"), "recipe.toml")
    assert result.region is None
    told = [finding for finding in result.findings if finding.code == "coordinates_other_system"]
    assert [finding.parameters["likely"] for finding in told] == ["EPSG:25832"]


def test_degrees_with_three_decimals_are_no_thousands(fault: Fault) -> None:
    result = built(fault("degrees_times_thousand"), "three.toml")
    assert result.region is not None, codes(result)
    lon_lat = result.region.sites.to_crs("EPSG:4326").geometry
    assert (round(lon_lat.x["h1"], 6), round(lon_lat.y["h1"], 6)) == (9.913, 53.52)


@pytest.mark.parametrize(
    ("east", "north"),
    [
        ("x", "y"), ("X (ETRS89/UTM32)", "Y (ETRS89/UTM32)"), ("Rechtswert", "Hochwert"), ("Ostwert", "Nordwert"),
        ("UTM_X", "UTM_Y"), ("E", "N"), ("geogr. Länge", "geogr. Breite"), ("Längengrad", "Breitengrad"),
        ("lon", "lat"),
        ("x-Koordinate", "y-Koordinate"), ("X [EPSG:25832]", "Y [EPSG:25832]"),
    ],
)  # fmt: skip
def test_headings_of_coordinates(east: str, north: str) -> None:
    assert coordinate_columns(["Name", "Art", north, east]) == (east, north)
    table = read_table(f"Name;{east};{north}\nA;9.01;50.1\nB;9.02;50.2\n".encode(), name="s.csv").frame
    assert list(table.columns) == ["Name", east, north]
    assert is_site_table(Columns("s.csv", {str(one): table[one].tolist() for one in table}))


def test_a_first_place_without_coordinates_is_no_heading() -> None:
    table = read_table(b"id;name;x;y\ns0;A;;\ns1;B;9.0;50.1\ns2;C;9.1;50.2\n", name="s.csv").frame
    assert list(table["id"]) == ["s0", "s1", "s2"]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Hauptstelle", "main"), ("JOBCENTER", "main"), ("Nebenstelle ", "branch"), ("Geschäftsstelle", "branch"),
        ("aufsuchende Anlaufstelle", "outreach"), ("Sprechstunde", "outreach"), ("Möglicher Ort", "host"),
        ("möglicher Standort", "host"), ("geplant", "host"), ("host", "host"), ("Turm", None), ("", None),
    ],
)  # fmt: skip
def test_words_for_kinds(word: str, kind: str | None) -> None:
    assert site_kind(word) == kind


def places(folder: Path, rows: list[tuple[Any, Any]], crs: str = "EPSG:4326", **more: Any) -> BuildResult:
    """Build nine quarters with a list of places."""
    recipe = nine_quarters.write_files(folder)
    lines = [f"s{number};Ort {number};{x};{y}" for number, (x, y) in enumerate(rows)]
    (folder / "orte.csv").write_text("\n".join(["id;name;x;y", *lines]), encoding="utf-8")
    source = SiteSource("orte.csv", "id", "name", "x", "y", kind="host", crs=crs, **more)
    return build_region(replace(read_recipe(recipe), sites=(source,)), folder)


def as_given(crs: str) -> list[tuple[float, float]]:
    transform = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform
    return [transform(*place) for place in LON_LAT]


def test_places_in_degrees_are_where_they_are(tmp_path: Path) -> None:
    result = places(tmp_path, LON_LAT)
    assert result.region is not None, codes(result)
    assert len(result.region.sites) == 3


@pytest.mark.parametrize(
    ("rows", "crs", "code", "likely"),
    [
        (as_given("EPSG:25832"), "EPSG:4326", "coordinates_other_system", "EPSG:25832"),
        (as_given("EPSG:31467"), "EPSG:25832", "coordinates_other_system", "EPSG:31467"),
        (as_given("EPSG:25833"), "EPSG:25832", "coordinates_other_system", "EPSG:25833"),
        (as_given("EPSG:4647"), "EPSG:25832", "coordinates_other_system", "EPSG:4647"),
        (LON_LAT, "EPSG:25832", "coordinates_other_system", "EPSG:4326"),
        ([(y, x) for x, y in LON_LAT], "EPSG:4326", "coordinates_swapped", "EPSG:4326"),
        ([(y, x) for x, y in as_given("EPSG:25832")], "EPSG:25832", "coordinates_swapped", "EPSG:25832"),
        ([(round(1e6 * x), round(1e6 * y)) for x, y in LON_LAT], "EPSG:4326", "coordinates_scaled", "EPSG:4326"),
        ([(1e3 * x, 1e3 * y) for x, y in LON_LAT], "EPSG:4326", "coordinates_scaled", "EPSG:4326"),
    ],
)
def test_the_likely_reading_is_offered(
    tmp_path: Path, rows: list[tuple[float, float]], crs: str, code: str, likely: str
) -> None:
    result = places(tmp_path, rows, crs)
    assert result.region is None
    assert [one.parameters["likely"] for one in result.findings if one.code == code] == [likely], codes(result)


def test_the_factor_that_was_offered_mends_it(tmp_path: Path) -> None:
    rows = [(round(1e6 * x), round(1e6 * y)) for x, y in LON_LAT]
    result = places(tmp_path, rows, factor=1e-6)
    assert result.region is not None, codes(result)


@pytest.mark.parametrize("wrong", [(0, 0), ("", ""), ("1e400", 50.1), ("inf", 50.1)])
def test_a_place_that_is_none_is_told_with_its_row(tmp_path: Path, wrong: tuple[Any, Any]) -> None:
    result = places(tmp_path, [*LON_LAT, wrong])
    assert ("site_without_place", 5) in [(one.code, one.row) for one in result.findings]


def test_numbers_that_fit_no_system_are_no_degrees(tmp_path: Path) -> None:
    assert "coordinates_no_degrees" in codes(places(tmp_path, [(500, 900), (501, 901)]))


def test_a_reading_is_guessed_from_numbers_alone() -> None:
    x, y = np.array(as_given("EPSG:25832")).T
    guess = guess_reading(x, y)
    assert guess is not None
    assert guess.crs == "EPSG:25832"
    assert guess_reading(np.array([np.nan]), np.array([np.nan])) is None


# One page of a web service


def test_one_page_of_a_service_is_an_error(fault: Fault) -> None:
    result = built(fault("one_page_of_service"), "page5.toml")
    assert result.region is None
    assert "one_page_only" in codes(result)


@pytest.mark.parametrize(
    ("beside", "is_whole"),
    [
        ({"numberMatched": 20, "numberReturned": 9}, False), ({"numberMatched": "20"}, False),
        ({"totalFeatures": 20}, False),
        ({"exceededTransferLimit": True}, False), ({"properties": {"exceededTransferLimit": True}}, False),
        ({"links": [{"rel": "next", "href": "x"}]}, False),
        ({"numberMatched": 9, "numberReturned": 9}, True), ({"numberMatched": "unknown"}, True), ({}, True),
        ({"links": [{"rel": "self", "href": "x"}]}, True), ({"exceededTransferLimit": False}, True),
        ({"links": "x"}, True),
    ],
)  # fmt: skip
def test_pages_of_services(tmp_path: Path, beside: dict[str, Any], is_whole: bool) -> None:
    recipe = nine_quarters.write_files(tmp_path)
    path = tmp_path / "quarters.geojson"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | beside), encoding="utf-8")
    assert ("one_page_only" not in codes(build_region(read_recipe(recipe), tmp_path))) == is_whole


# Places without a price or a capacity


@pytest.mark.parametrize(
    ("objective", "code"), [("budget", "candidates_without_price"), ("capacity", "candidates_without_capacity")]
)
def test_places_that_cannot_be_weighed_are_named(fault: Fault, objective: str, code: str) -> None:
    region = built(fault("sites_without_cost"), "r.toml").region
    assert region is not None
    posed = pose(region, Question(objective=objective, minutes=30.0, mode="line"))
    (told,) = [one for one in posed.survey.findings if one.code == code]
    assert (told.parameters["count"], told.parameters["names"]) == (1, "Treff B (best)")


def test_offices_without_a_limit_are_named(fault: Fault) -> None:
    region = built(fault("sites_without_cost"), "r.toml").region
    assert region is not None
    posed = pose(region, Question(objective="capacity", minutes=30.0, mode="line"))
    assert [one.parameters["names"] for one in posed.survey.findings if one.code == "offices_without_capacity"] == [
        "Jobcenter"
    ]


@pytest.mark.parametrize("objective", ["coverage", "median"])
def test_nothing_is_said_where_nothing_is_needed(fault: Fault, objective: str) -> None:
    region = built(fault("sites_without_cost"), "r.toml").region
    assert region is not None
    posed = pose(region, Question(objective=objective, minutes=30.0, mode="line"))
    assert not [one for one in posed.survey.findings if "without" in one.code]


def test_nothing_is_said_where_all_is_known(region: Region) -> None:
    named = replace_sites(region)
    posed = pose(named, Question(objective="budget", minutes=30.0, mode="line"))
    assert not [one for one in posed.survey.findings if "without" in one.code]


def replace_sites(region: Region) -> Region:
    sites = region.sites.copy()
    sites["cost_per_year_eur"] = 10_000.0
    return replace(region, sites=sites)


@pytest.mark.parametrize(("away", "is_told"), [(60_000, True), (12_000, True), (2_000, False)])
def test_parts_far_apart_are_said(tmp_path: Path, away: float, is_told: bool) -> None:
    recipe = nine_quarters.write_files(tmp_path)
    path = tmp_path / "quarters.geojson"
    whole = json.loads(path.read_text(encoding="utf-8"))
    first = whole["features"][0]
    ring = first["geometry"]["coordinates"][0]
    moved = [[x + away, y] for x, y in ring]
    first["geometry"] = {"type": "MultiPolygon", "coordinates": [[ring], [moved]]}
    path.write_text(json.dumps(whole), encoding="utf-8")
    told = [one for one in build_region(read_recipe(recipe), tmp_path).findings if one.code == "parts_far_apart"]
    assert [one.quarter for one in told] == (["01"] if is_told else [])
