"""Landscape under the quarters: read by the same door as boundaries, so that no file makes a reader do more."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import LineString, box

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.region.recipes.places import read_landscape
from geo.region.recipes.recipe import LandscapeSource

QUARTERS = gpd.GeoDataFrame(geometry=[box(600_000, 5_700_000, 601_000, 5_701_000)], crs="EPSG:25832")
SECRET = "type,name\n1,secret\n"


def landscape(folder: Path, file: str, **source: str) -> gpd.GeoDataFrame | None:
    """Read one layer of the folder."""
    return read_landscape((LandscapeSource(file, "water", **source),), folder, QUARTERS, ReadLimits())


def codes(folder: Path, file: str, **source: str) -> list[str]:
    """Return the codes of what is wrong with a layer."""
    with pytest.raises(DataError) as fault:
        landscape(folder, file, **source)
    return [finding.code for finding in fault.value.findings]


def test_geojson_and_geopackage_are_read(tmp_path: Path) -> None:
    """Both give the same lines, in the system of the quarters."""
    lines = gpd.GeoDataFrame({"n": ["Fluss"]}, geometry=[LineString([(10.4, 51.4), (10.5, 51.5)])], crs="EPSG:4326")
    lines.to_file(tmp_path / "a.geojson", driver="GeoJSON")
    lines.to_file(tmp_path / "a.gpkg", driver="GPKG")
    one, other = landscape(tmp_path, "a.geojson", name="n"), landscape(tmp_path, "a.gpkg", name="n")
    assert one is not None
    assert other is not None
    assert one.crs == QUARTERS.crs == other.crs
    assert list(one["name"]) == ["Fluss"] == list(other["name"])
    assert one.geometry.geom_equals_exact(other.geometry, 0.01).all()


@pytest.mark.parametrize(
    "content",
    [
        {"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read secret.csv ! write out.gpkg"},
        {"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read /vsicurl/http://127.0.0.1:1/x"},
        {"type": "gdal_virtual_alg", "command_line": "gdal raster hillshade secret.tif"},
        {"gdal_version": "3.11", "command_line": "gdal vector pipeline ! read secret.csv"},
        {"type": "Topology", "objects": {}, "arcs": []},
        {"displayFieldName": "", "fieldAliases": {}, "features": []},
        {"asset": {"version": "1.0"}, "stac_version": "1.0.0", "type": "Catalog", "links": [{"href": "secret.csv"}]},
    ],
)
@pytest.mark.parametrize("name", ["l.geojson", "l.json"])
def test_json_that_tells_the_reader_to_do_more_is_refused(tmp_path: Path, content: object, name: str) -> None:
    """Only a feature collection reaches the reader: no algorithm, catalogue or service runs or opens another file."""
    (tmp_path / "secret.csv").write_text(SECRET, encoding="utf-8")
    (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
    assert codes(tmp_path, name)[0] in ("json_not_geo", "format_topojson")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted((name, "secret.csv"))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("l.gpkg", b"{}", "json_not_geo"),
        ("l.geojson", b"SQLite format 3\x00" + bytes(100), "json_broken"),
        ("l.geojson", b"<OGRVRTDataSource/>", "json_broken"),
        ("l.gpkg", b"<OGRVRTDataSource/>", "format_unknown"),
        ("l.vrt", b"<OGRVRTDataSource/>", "landscape_format"),
        ("l.gml", b"{}", "landscape_format"),
    ],
)
def test_signature_and_ending_must_agree(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    """What a file is called and what it holds lead to one kind, or it is refused."""
    (tmp_path / name).write_bytes(content)
    assert codes(tmp_path, name) == [code]


def test_absent_file_and_column_are_told(tmp_path: Path) -> None:
    """Both name what is missing."""
    assert codes(tmp_path, "none.geojson") == ["file_missing"]
    gpd.GeoDataFrame({"n": [1]}, geometry=[LineString([(10, 51), (11, 52)])], crs="EPSG:4326").to_file(
        tmp_path / "b.geojson", driver="GeoJSON"
    )
    assert codes(tmp_path, "b.geojson", name="label") == ["table_column_missing"]
