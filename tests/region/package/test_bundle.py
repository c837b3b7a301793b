"""Regions on disk: round trips, the public validator, and packages that are not what they say."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.region.disclosure.rule import DisclosureRule
from geo.region.model.assemble import assemble_region
from geo.region.model.region import Region
from geo.region.package.bundle import load_region, write_region
from geo.region.schema import STANDARD_MEASURES, Measure, Source
from tests.region.nine_quarters import numbers, parts, quarters


@pytest.fixture
def region(tmp_path: Path) -> Region:
    """Return a region with everything a region can have."""
    statistics = numbers()
    statistics.loc[0, ["value", "state"]] = [np.nan, "missing"]
    statistics.loc[4, ["value", "state"]] = [2.0, "value"]
    quote = (
        statistics.iloc[:18]
        .assign(measure="quote", value=12.3456789012345, state="value")
        .drop_duplicates(["quarter_id", "date"])
    )
    sites = gpd.GeoDataFrame(
        {
            "name": ["Jobcenter", 'Treff "Nord", Saal\nObergeschoss'],
            "kind": ["main", "host"],
            "rooms": [12, np.nan],
            "is_accessible": [True, None],
            "cost_per_year_eur": [np.nan, 4500.5],
        },
        index=["s1", "s2"],
        geometry=[shapely.Point(500_700.1234, 5_600_700), shapely.Point(501_200, 5_601_300)],
        crs=25832,
    )
    cells = pd.DataFrame(
        {"x": [500_050, 500_150.0], "y": [5_600_050.0] * 2, "residents": [20, 3], "quarter_id": ["01", ""]}
    )
    landscape = gpd.GeoDataFrame(
        {"kind": ["water", "rail"], "name": ["Bach", ""]},
        geometry=[
            shapely.box(500_000, 5_600_000, 500_100, 5_601_500),
            shapely.LineString([(500_000, 5_600_700), (501_500, 5_600_800)]),
        ],
        crs=25832,
    )
    streets = tmp_path / "somewhere.osm.pbf"
    streets.write_bytes(b"not really streets")
    return assemble_region(
        **parts()
        | {
            "statistics": pd.concat([statistics, quote]),
            "measures": (*STANDARD_MEASURES, Measure("quote", unit="percent", label={"de": "Quote", "en": "Rate"})),
            "sites": sites,
            "cells": cells,
            "landscape": landscape,
            "streets": streets,
            "sources": (
                Source("Von Hand", "Niemand", "CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
            ),
            "breaks": (("2024-01-01", "census_2022"),),
        }
    )


@pytest.fixture
def folder(region: Region, tmp_path: Path) -> Path:
    write_region(region, tmp_path / "neun")
    return tmp_path / "neun"


def validate(path: Path) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "frictionless", "validate", str(path), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    report: dict[str, object] = json.loads(done.stdout)
    return report


def assert_equal(one: Region, other: Region) -> None:
    assert one.fingerprint == other.fingerprint
    pd.testing.assert_frame_equal(one.statistics, other.statistics)
    pd.testing.assert_frame_equal(pd.DataFrame(one.sites), pd.DataFrame(other.sites))
    assert one.quarters.geometry.geom_equals_exact(other.quarters.geometry, 0).all()
    assert one.findings == other.findings
    assert (one.measures, one.sources, one.breaks, one.disclosure) == (
        other.measures,
        other.sources,
        other.breaks,
        other.disclosure,
    )


@pytest.mark.parametrize("name", ["neun", "neun.zip"])
def test_round_trip(region: Region, tmp_path: Path, name: str) -> None:
    write_region(region, tmp_path / name)
    loaded = load_region(tmp_path / name)
    assert_equal(region, loaded)
    assert loaded.streets is not None
    assert loaded.streets.read_bytes() == b"not really streets"


@pytest.mark.parametrize("name", ["neun", "neun.zip"])
def test_the_public_validator_accepts_it(region: Region, tmp_path: Path, name: str) -> None:
    write_region(region, tmp_path / name)
    report = validate(tmp_path / name if name.endswith("zip") else tmp_path / name / "datapackage.json")
    assert report["valid"] is True, report


def test_the_public_validator_sees_a_changed_number(folder: Path) -> None:
    path = folder / "statistics.csv"
    path.write_text(path.read_text().replace("09,2024-12-31,recipients,190", "0x,2024-12-31,recipients,190"))
    assert validate(folder / "datapackage.json")["valid"] is False


def test_withheld_numbers_are_in_no_file(folder: Path, region: Region) -> None:
    assert region.values_of("recipients", "2023-12-31").loc["02", "state"] == "suppressed"
    rows = (folder / "statistics.csv").read_text().splitlines()
    assert "02,2023-12-31,recipients,,suppressed" in rows


def test_a_path_may_be_text(folder: Path, region: Region) -> None:
    assert load_region(str(folder)).fingerprint == region.fingerprint


def test_equal_regions_give_equal_files(region: Region, tmp_path: Path) -> None:
    write_region(region, tmp_path / "a.zip")
    time.sleep(2.1)  # a zip tells times in steps of two seconds
    write_region(region, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_a_package_replaces_a_package_and_leaves_nothing_else(region: Region, folder: Path) -> None:
    write_region(replace(region, cells=None), folder)
    assert not (folder / "cells.csv").exists()
    assert sorted(path.name for path in folder.parent.iterdir()) == ["neun", "somewhere.osm.pbf"]


def test_other_folders_are_not_overwritten(region: Region, tmp_path: Path) -> None:
    (tmp_path / "brief.txt").write_text("wichtig")
    with pytest.raises(DataError, match="package_place_taken"):
        write_region(region, tmp_path)
    assert (tmp_path / "brief.txt").read_text() == "wichtig"


def test_a_failed_write_leaves_the_place_as_it_was(region: Region, folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(FileNotFoundError):
        write_region(replace(region, streets=Path("/nowhere/streets.osm.pbf")), folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert not [path for path in folder.parent.iterdir() if path.name.startswith(".")]


def swap(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return change


def cut(name: str, size: int) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:size]) and None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda folder: (folder / "datapackage.json").unlink(), "package_descriptor_missing"),
        (lambda folder: (folder / "datapackage.json").write_text("{"), "package_descriptor_unreadable"),
        (lambda folder: (folder / "datapackage.json").write_bytes(b"\xff\xfe\x00"), "package_descriptor_unreadable"),
        (lambda folder: (folder / "datapackage.json").write_text("[" * 100_000), "package_descriptor_unreadable"),
        (lambda folder: (folder / "datapackage.json").write_text("9" * 5_000), "package_descriptor_unreadable"),
        (lambda folder: (folder / "datapackage.json").write_text('{"name": "x"}'), "package_foreign"),
        (lambda folder: (folder / "datapackage.json").write_text("[]"), "package_foreign"),
        (swap("datapackage.json", '"format": 1', '"format": 2'), "package_format_unknown"),
        (swap("datapackage.json", '"is_fictional": true', '"is_fictional": "yes"'), "package_descriptor_invalid"),
        (swap("datapackage.json", '"numerator_min"', '"numerator_minimum"'), "package_descriptor_invalid"),
        (swap("datapackage.json", '"numerator_min": 3', '"numerator_min": "3"'), "package_descriptor_invalid"),
        (swap("datapackage.json", '"round_to": 1', '"round_to": 0'), "package_descriptor_invalid"),
        (swap("datapackage.json", '"level": "note"', '"level": "loud"'), "package_descriptor_invalid"),
        (lambda folder: (folder / "statistics.csv").unlink(), "package_file_missing"),
        (lambda folder: (folder / "cells.csv").unlink(), "package_file_missing"),
        (cut("statistics.csv", 700), "package_truncated"),
        (cut("sites.csv", 100), "package_truncated"),
        (cut("quarters.gpkg", 5000), "package_not_a_geopackage"),
        (lambda folder: (folder / "quarters.gpkg").write_text("<OGRVRTDataSource/>"), "package_not_a_geopackage"),
        (swap("statistics.csv", "190,value", "viele,value"), "package_table_unreadable"),
        (swap("statistics.csv", "quarter_id,date", "quarter,date"), "package_table_unreadable"),
        (swap("statistics.csv", "190,value", "1,value"), "package_not_disclosed"),
        (
            swap("statistics.csv", "02,2023-12-31,recipients,,suppressed", "02,2023-12-31,recipients,2,value"),
            "package_not_disclosed",
        ),
        (swap("statistics.csv", "190,value", "-3,value"), "count_negative"),
        (swap("statistics.csv", "190,value", ",value"), "cell_number_absent"),
        (swap("statistics.csv", "190,value", "190,secret"), "statistics_state_unknown"),
        (swap("quarters.csv", "09,Feld 09,Nord", "10,Feld 09,Nord"), "package_quarter_without_shape"),
        (swap("sites.csv", ",host,", ",circus,"), "site_kind_unknown"),
    ],
)
def test_broken_packages_are_refused_with_a_finding(folder: Path, change: Callable[[Path], None], code: str) -> None:
    change(folder)
    with pytest.raises(DataError) as caught:
        load_region(folder)
    assert code in {finding.code for finding in caught.value.findings}


def test_an_edited_package_says_so(folder: Path, region: Region) -> None:
    swap("statistics.csv", "150,value", "151,value")(folder)
    loaded = load_region(folder)
    assert [finding.file for finding in loaded.findings if finding.code == "package_edited"] == ["statistics.csv"]
    assert loaded.fingerprint != region.fingerprint


def test_an_edited_rule_says_so(folder: Path, region: Region) -> None:
    swap("datapackage.json", '"interval_min": 3', '"interval_min": 4')(folder)
    loaded = load_region(folder)
    assert [finding.file for finding in loaded.findings if finding.code == "package_edited"] == ["datapackage.json"]


def test_an_absent_package_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="package_absent"):
        load_region(tmp_path / "none.zip")


def test_a_zip_that_climbs_out_is_refused(folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
        archive.writestr("../evil.txt", "x")
    with pytest.raises(DataError):
        load_region(tmp_path / "evil.zip")
    assert not (tmp_path.parent / "evil.txt").exists()


def test_a_zip_with_one_folder_in_it_is_accepted(folder: Path, region: Region, tmp_path: Path) -> None:
    shutil.make_archive(str(tmp_path / "packed"), "zip", root_dir=folder.parent, base_dir=folder.name)
    assert load_region(tmp_path / "packed.zip").fingerprint == region.fingerprint


def test_files_beyond_the_limit_are_refused(folder: Path) -> None:
    with pytest.raises(DataError, match="package_file_too_large"):
        load_region(folder, limits=ReadLimits(file_bytes=1000))


def test_rules_of_the_region_are_kept(tmp_path: Path) -> None:
    region = assemble_region(**parts() | {"disclosure": DisclosureRule(residents_min=0, source="Satzung")})
    write_region(region, tmp_path / "r")
    assert load_region(tmp_path / "r").disclosure.source == "Satzung"


def test_a_large_region_loads_quickly(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    count = 600
    places = [
        shapely.Point(500_000 + i % 30 * 500, 5_600_000 + i // 30 * 500).buffer(240, quad_segs=40) for i in range(count)
    ]
    index = pd.Index([f"{i:08d}" for i in range(count)], name="quarter_id")
    large = gpd.GeoDataFrame({"name": index, "district": "x"}, index=index, geometry=places, crs=25832)
    sizes = {"recipients": 400, "employable": 250, "children": 100, "units": 200, "single_parent_units": 50}
    sizes |= {"residents": 4000, "residents_under_pension_age": 3000, "residents_15_to_pension_age": 2000}
    dates = [f"{year}-12-31" for year in range(2014, 2026)]
    cells = pd.MultiIndex.from_product([index, dates, list(sizes)], names=["quarter_id", "date", "measure"]).to_frame(
        index=False
    )
    cells["value"] = cells["measure"].map(sizes).astype(float) + rng.integers(0, 40, len(cells))
    region = assemble_region(
        id="gross",
        name="Groß",
        is_fictional=True,
        quarters=large,
        statistics=cells.assign(state="value"),
        measures=STANDARD_MEASURES,
    )
    write_region(region, tmp_path / "gross")
    seconds = []
    for _ in range(3):
        start = time.process_time()
        loaded = load_region(tmp_path / "gross")
        seconds.append(time.process_time() - start)
    assert loaded.fingerprint == region.fingerprint
    assert min(seconds) < 0.3 * 3, "three times the target, so that a busy machine does not fail it"


def test_quarters_come_back_in_the_same_system(folder: Path) -> None:
    assert load_region(folder).quarters.crs == quarters().crs
