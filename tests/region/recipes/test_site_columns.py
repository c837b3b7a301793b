"""What is known of a site: services, hours, staff, cost; unknown and impossible entries are told."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.region.model.assemble import assemble_region
from geo.region.model.contract import tidy_services
from geo.region.model.describe import describe_region
from geo.region.model.region import Region
from geo.region.package.bundle import load_region, write_region
from geo.region.recipes.places import read_sites
from geo.region.recipes.recipe import SiteSource
from geo.region.schema import SITE_COLUMNS_LATER
from geo.siting.ask.places import PLACE_COLUMNS, candidates, offices
from geo.siting.ask.survey import OwnPlace, survey_region, with_own
from tests.region.nine_quarters import parts


def with_sites(**columns: object) -> Region:
    sites = gpd.GeoDataFrame(
        {"name": ["Jobcenter", "Treff"], "kind": ["main", "host"], **columns},
        index=["s1", "s2"],
        geometry=[shapely.Point(500_700, 5_600_700), shapely.Point(501_200, 5_601_300)],
        crs=25832,
    )
    return assemble_region(**parts() | {"sites": sites})


def read(folder: Path, text: str, **columns: str) -> tuple[gpd.GeoDataFrame, list[str]]:
    (folder / "orte.csv").write_text(text, encoding="utf-8")
    source = SiteSource("orte.csv", "id", "name", "x", "y", kind="host", crs="EPSG:25832", columns=columns)
    quarters = parts()["quarters"]
    sites, findings = read_sites(source, folder, quarters, ReadLimits())
    return sites, [finding.brief() for finding in findings]


@pytest.mark.parametrize(
    ("given", "tidy"),
    [
        ("", ""),
        ("video applications", "applications video"),
        ("Benefits, benefits;  coaching\n", "benefits coaching"),
        ("dancing casework", "casework dancing"),
    ],
)
def test_services_are_put_in_order(given: str, tidy: str) -> None:
    assert tidy_services(given) == tidy


def test_a_table_of_sites_says_what_is_offered(tmp_path: Path) -> None:
    text = "id;name;x;y;Dienste;Stunden;Stellen;Einmal\n1;Haus;500700;5600700;video,applications;12,5;1,3;4500\n"
    sites, told = read(
        tmp_path,
        text,
        services="Dienste",
        opening_hours_per_week="Stunden",
        staff_full_time="Stellen",
        one_off_cost_eur="Einmal",
    )
    assert told == []
    row = sites.loc["1"]
    assert row["services"] == "applications video"
    assert (row["opening_hours_per_week"], row["staff_full_time"], row["one_off_cost_eur"]) == (12.5, 1.3, 4500.0)


def test_an_unknown_service_is_told_with_its_row(tmp_path: Path) -> None:
    text = "id;name;x;y;Dienste\n1;Haus;500700;5600700;applications\n2;Hof;500800;5600700;dancing video\n"
    sites, told = read(tmp_path, text, services="Dienste")
    assert len(told) == 1
    assert "site_service_unknown (file orte.csv, row 3, column Dienste, site=2, service=dancing" in told[0]
    assert sites.loc["2", "services"] == "video"


def test_a_text_among_hours_is_told(tmp_path: Path) -> None:
    text = "id;name;x;y;Stunden\n1;Haus;500700;5600700;nach Vereinbarung\n"
    _, told = read(tmp_path, text, opening_hours_per_week="Stunden")
    assert any("text_in_numbers" in one and "row 2" in one for one in told)


@pytest.mark.parametrize(
    ("x", "crs", "told"),
    [("1e999", 25832, ("site_without_place", 2)), ("500700", 4326, ("coordinates_other_system", None))],
)
def test_coordinates_that_are_nowhere_are_told(tmp_path: Path, x: str, crs: int, told: tuple[str, int | None]) -> None:
    (tmp_path / "orte.csv").write_text(f"id;name;x;y\n1;Haus;{x};5600700\n", encoding="utf-8")
    source = SiteSource("orte.csv", "id", "name", "x", "y", kind="host", crs=f"EPSG:{crs}")
    sites, findings = read_sites(source, tmp_path, parts()["quarters"], ReadLimits())
    assert sites.empty
    assert told in [(finding.code, finding.row) for finding in findings]


def test_a_region_has_no_site_that_is_nowhere() -> None:
    sites = with_sites().sites
    sites.geometry = [sites.geometry.iloc[0], shapely.Point(np.inf, 5_600_700)]
    with pytest.raises(DataError, match="site_without_place"):
        assemble_region(**parts() | {"sites": sites})


@pytest.mark.parametrize(
    ("column", "values", "code"),
    [
        ("services", ["", "applications knitting"], "site_service_unknown"),
        ("opening_hours_per_week", [36, -1], "site_number_below_zero"),
        ("opening_hours_per_week", [36, 169], "site_number_too_large"),
        ("opening_days_per_week", [8, 5], "site_number_too_large"),
        ("staff_full_time", [36, -0.5], "site_number_below_zero"),
        ("one_off_cost_eur", [np.inf, 5], "site_number_below_zero"),
    ],
)
def test_impossible_entries_keep_a_region_from_being_made(column: str, values: list[object], code: str) -> None:
    with pytest.raises(DataError) as caught:
        with_sites(**{column: values})
    assert [finding.code for finding in caught.value.findings] == [code]


def test_what_is_known_survives_the_package(tmp_path: Path) -> None:
    region = with_sites(
        services=["benefits video", ""],
        opening_hours_per_week=[36, np.nan],
        staff_full_time=[np.nan, 1.5],
        one_off_cost_eur=[np.nan, 12_345.0],
    )
    write_region(region, tmp_path / "neun")
    loaded = load_region(tmp_path / "neun")
    assert loaded.fingerprint == region.fingerprint
    assert loaded.sites["services"].tolist() == ["benefits video", ""]
    assert loaded.sites.loc["s2", "staff_full_time"] == 1.5
    assert np.isnan(loaded.sites.loc["s2", "opening_hours_per_week"])
    known = describe_region(loaded)["sites_known"]
    assert (known["name"], known["services"], known["carrier"], known["one_off_cost_eur"]) == (2, 1, 0, 1)


def test_a_package_without_the_later_columns_is_read_as_it_was(tmp_path: Path) -> None:
    region = with_sites(rooms=[4, 2])
    folder = tmp_path / "alt"
    write_region(region, folder)
    with (folder / "sites.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    kept = [number for number, name in enumerate(rows[0]) if name not in SITE_COLUMNS_LATER]
    assert len(kept) == len(rows[0]) - len(SITE_COLUMNS_LATER)
    with (folder / "sites.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([[row[number] for number in kept] for row in rows])
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    content = (folder / "sites.csv").read_bytes()
    for resource in descriptor["resources"]:
        if resource["path"] == "sites.csv":
            resource |= {"bytes": len(content), "hash": "sha256:" + hashlib.sha256(content).hexdigest()}
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    loaded = load_region(folder)
    assert loaded.findings == region.findings
    assert loaded.fingerprint == region.fingerprint
    assert loaded.sites["services"].tolist() == ["", ""]


def test_a_package_without_an_older_column_is_still_refused(tmp_path: Path) -> None:
    folder = tmp_path / "neun"
    write_region(with_sites(), folder)
    sites = folder / "sites.csv"
    sites.write_text(sites.read_text(encoding="utf-8").replace(",rooms,", ",chambers,"), encoding="utf-8")
    with pytest.raises(DataError, match="package_table_unreadable"):
        load_region(folder)


def test_places_carry_what_is_known() -> None:
    region = with_sites(carrier=["Jobcenter", "Verein"], services=["benefits", "video"], staff_full_time=[9, np.nan])
    today, hosts = offices(region), candidates(region, "hosts")
    assert tuple(today.columns) == tuple(hosts.columns) == PLACE_COLUMNS
    assert (today.loc[0, "services"], today.loc[0, "staff_full_time"]) == ("benefits", 9.0)
    assert (hosts.loc[0, "carrier"], hosts.loc[0, "services"]) == ("Verein", "video")
    assert np.isnan(hosts.loc[0, "staff_full_time"])
    quarters = candidates(region, "quarters")
    assert tuple(quarters.columns) == PLACE_COLUMNS
    assert set(quarters["services"]) == {""}


def test_own_places_have_the_same_columns() -> None:
    region = with_sites(services=["benefits", "video"], is_accessible=[True, False])
    survey = survey_region(region, "residents", region.dates[-1], mode="line")
    lon, lat = region.sites.to_crs(4326).geometry["s2"].coords[0]
    own = with_own(region, survey, [OwnPlace("own-1", "Neu", lon, lat)])
    assert tuple(own.places.columns) == PLACE_COLUMNS
    assert own.places["services"].tolist() == ["benefits", "video", ""]
    assert own.places["is_accessible"].dtype == "boolean"
    assert own.places.loc[2, ["carrier", "services"]].tolist() == ["", ""]
