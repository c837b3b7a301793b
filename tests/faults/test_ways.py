"""Streets as people have them: of any packing, converted once; what is none is refused when the region is built."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pyproj import Transformer

from geo.__main__ import main
from geo.reach import TravelModel, region_streets
from geo.region.package import load_region
from geo.region.recipes import build_region, draft, read_recipe
from geo.region.recipes.build import BuildResult
from tests.region import nine_quarters

Fault = Callable[[str], Path]


def codes(result: BuildResult) -> list[str]:
    return [finding.code for finding in result.findings]


def extract(*, quarters: int = 9, away: float = 0.0) -> bytes:
    """Return an extract in OSM XML with one street through each of some quarters."""
    degrees = Transformer.from_crs("EPSG:25832", "EPSG:4326", always_xy=True).transform
    nodes, ways = [], []
    for place, square in enumerate(nine_quarters.squares()[:quarters]):
        west, south, east, north = square.bounds
        for end, (x, y) in enumerate(((west + 50, south + 50), (east - 50, north - 50))):
            lon, lat = degrees(x + away, y)
            nodes.append(f'<node id="{2 * place + end + 1}" lat="{lat:.7f}" lon="{lon:.7f}" version="1"/>')
        refs = f'<nd ref="{2 * place + 1}"/><nd ref="{2 * place + 2}"/>'
        ways.append(f'<way id="{place + 1}" version="1">{refs}<tag k="highway" v="residential"/></way>')
    return f'<osm version="0.6">{"".join(nodes)}{"".join(ways)}</osm>'.encode()


def built(folder: Path, name: str, content: bytes) -> BuildResult:
    recipe = read_recipe(nine_quarters.write_files(folder))
    (folder / name).write_bytes(content)
    return build_region(replace(recipe, streets=name), folder)


def test_streets_packed_as_gz(fault: Fault) -> None:
    folder = fault("streets_osm_gz")
    result = build_region(read_recipe(folder / "recipe.toml"), folder)
    assert result.region is not None, codes(result)
    assert result.region.streets is not None
    assert result.region.streets.name.endswith(".osm.pbf")
    assert region_streets(result.region, TravelModel(mode="walk")).bounds


def test_streets_in_xml(fault: Fault) -> None:
    folder = fault("streets_not_pbf")
    result = build_region(read_recipe(folder / "open.toml"), folder)
    assert result.region is not None, codes(result)
    assert region_streets(result.region, TravelModel(mode="walk")).bounds


def test_junk_is_refused_when_the_region_is_built(fault: Fault) -> None:
    folder = fault("streets_not_pbf")
    result = build_region(read_recipe(folder / "junk.toml"), folder)
    assert result.region is None
    assert {"streets_broken", "streets_format"} & set(codes(result))


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("w.osm", bytes),
        ("w.osm.gz", gzip.compress),
        ("w.osm.bz2", bz2.compress),
        ("W.OSM", bytes),
        ("renamed.osm.pbf", bytes),
    ],
)
def test_every_packing_is_converted_once(tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    result = built(tmp_path, name, pack(extract()))
    assert result.region is not None, codes(result)
    assert result.region.streets is not None
    assert result.region.streets.is_file()
    assert not [code for code in codes(result) if code.startswith("streets")]
    assert region_streets(result.region, TravelModel(mode="walk")).bounds
    assert {one.name for one in tmp_path.glob("*.pbf")} <= {name}, "nothing beside the user's files"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("w.osm.pbf", b"no streets", "streets_broken"), ("w.osm", b"<osm>", "streets_broken"),
        ("w.osm.gz", b"\x1f\x8b\x00", "streets_broken"),
        ("w.csv", b"a;b\n", "streets_format"), ("w.osm", b'<osm version="0.6"></osm>', "streets_empty"),
        ("w.osm", extract(away=90_000), "streets_elsewhere"),
    ],
    ids=["pbf", "xml", "gz", "csv", "empty", "elsewhere"],
)  # fmt: skip
def test_what_is_no_extract_of_the_region_is_an_error(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    result = built(tmp_path, name, content)
    assert result.region is None
    assert code in codes(result)


def test_quarters_without_a_street_are_told(tmp_path: Path) -> None:
    result = built(tmp_path, "w.osm", extract(quarters=7))
    assert result.region is not None
    told = [one.quarter for one in result.findings if one.code == "streets_missing_in_quarter"]
    assert told == ["08", "09"]


def test_the_command_writes_converted_streets_into_the_package(tmp_path: Path) -> None:
    recipe = nine_quarters.write_files(tmp_path)
    (tmp_path / "w.osm.gz").write_bytes(gzip.compress(extract()))
    text = recipe.read_text(encoding="utf-8").replace(
        'name = "Neun Felder"', 'name = "Neun Felder"\nstreets = "w.osm.gz"', 1
    )
    recipe.write_text(text, encoding="utf-8")
    assert main(["build", str(recipe), "--out", str(tmp_path / "out")]) == 0
    assert load_region(tmp_path / "out").streets is not None


@pytest.mark.parametrize("name", ["w.osm.pbf", "w.pbf", "w.osm", "w.osm.gz", "w.osm.bz2", "W.OSM.GZ"])
def test_uploads_of_streets_are_known_as_such(name: str) -> None:
    assert draft.role_of(name, b"whatever") == "streets"
