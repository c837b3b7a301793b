"""What a stranger's GeoPackage or GeoParquet may not bring with it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.region.shapes import opened

LIMITS = ReadLimits()
FRAME = gpd.GeoDataFrame({"key": ["1", "2"]}, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)], crs="EPSG:25832")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "q.gpkg"
    FRAME.to_file(path, driver="GPKG", layer="q")
    return path


def codes(path: Path, limits: ReadLimits = LIMITS) -> list[str]:
    try:
        with opened(path, limits=limits) as layers:
            assert layers
    except DataError as fault:
        return [finding.code for finding in fault.findings]
    return []


def test_a_plain_package_is_read(package: Path) -> None:
    assert codes(package) == []


@pytest.mark.parametrize(
    "program",
    [
        "CREATE VIEW v AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n",
        "CREATE VIEW v AS SELECT * FROM q",
        "CREATE TRIGGER mine AFTER INSERT ON q BEGIN DELETE FROM q; END",
        "CREATE VIRTUAL TABLE f USING fts5(body)",
        "CREATE TABLE g (a INTEGER, b TEXT GENERATED ALWAYS AS (zeroblob(a)) VIRTUAL)",
        "CREATE INDEX i ON q (lower(key))",
        "CREATE INDEX i ON q (key) WHERE key > '1'",
    ],
)
def test_a_package_with_a_program_is_refused(package: Path, program: str) -> None:
    with closing(sqlite3.connect(package)) as database, database:
        database.execute(program)
    assert codes(package)
    assert set(codes(package)) == {"geopackage_program"}


def test_a_package_is_not_written_to(package: Path) -> None:
    before = package.read_bytes()
    codes(package)
    assert package.read_bytes() == before
    assert sorted(one.name for one in package.parent.iterdir()) == [package.name]


@pytest.mark.parametrize("size", [0, 16, 72, 100, 512, 4096])
def test_a_cut_package_is_a_finding(package: Path, size: int) -> None:
    package.write_bytes(package.read_bytes()[:size])
    assert codes(package)


def test_another_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "q.gpkg"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE q (a)")
    assert codes(path) == ["layer_unreadable"]


def test_a_parquet_is_counted_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "q.parquet"
    FRAME.to_parquet(path)
    assert codes(path) == []
    assert codes(path, replace(LIMITS, polygons=1)) == ["too_many_polygons"]
    assert codes(path, replace(LIMITS, table_columns=1)) == ["table_too_many_columns"]
    assert codes(path, replace(LIMITS, unpacked_bytes=10)) == ["file_too_large"]
    for size in (4, 8, 100, path.stat().st_size - 3):
        (tmp_path / "cut.parquet").write_bytes(path.read_bytes()[:size])
        assert codes(tmp_path / "cut.parquet") == ["layer_unreadable"]


def test_a_json_of_very_many_columns_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "q.geojson"
    feature = json.loads(FRAME.to_json())["features"][0]
    feature["properties"] = {f"k{number}": 1 for number in range(400_000)}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert codes(path) == ["table_too_many_columns"]
