"""Streets as people have them: of any packing, converted once; what is none is refused when the region is built."""

from __future__ import annotations

import bz2
import gzip
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pyproj import Transformer

from geo.__main__ import main
from geo.errors import DataError
from geo.reach import TravelModel, region_streets, travel_times
from geo.reach.transit import read_timetable
from geo.region.model.feed import check_feed, packed_feed
from geo.region.package import load_region
from geo.region.recipes import build_region, read_recipe, role_of
from geo.region.recipes.build import BuildResult
from tests.reach.transit.small_feed import feed, write_feed, write_zip
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
    assert role_of(name, b"whatever") == "streets"


# Timetables


def test_transfers_faster_than_a_walk_are_walked(fault: Fault) -> None:
    folder = fault("transfers_too_fast")
    region = build_region(read_recipe(folder / "r.toml"), folder).region
    assert region is not None
    minutes = {}
    for name in ("ok", "bad"):
        model = TravelModel(mode="transit", timetable=folder / name, limit_minutes=120)
        xy = np.column_stack([region.sites.geometry.x, region.sites.geometry.y])
        result = travel_times(region, model, xy[:1], xy[1:], demand_keys=["h1"], site_keys=["j1"])
        minutes[name] = float(result.times.minutes.toarray()[0, 0])
        assert ("timetable_transfer_too_fast" in [one.code for one in result.findings]) == (name == "bad")
    assert minutes["bad"] == pytest.approx(minutes["ok"], rel=0.05)
    assert minutes["bad"] > 35


def with_transfers(folder: Path, lines: str) -> Path:
    text = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\n" + lines
    return write_feed(folder, feed() | {"transfers.txt": text})


@pytest.mark.parametrize(
    ("line", "is_told"),
    [
        ("A,B,2,180", True),
        ("A,B,1,", True),
        ("A,B,2,7200", False),
        ("A,A,2,0", False),
        ("A,B,3,", False),
        ("A,B,0,", False),
    ],
)
def test_which_transfers_nobody_can_walk(tmp_path: Path, line: str, is_told: bool) -> None:
    read = read_timetable(with_transfers(tmp_path, line + "\n"))
    assert ("timetable_transfer_too_fast" in [one.code for one in read.findings]) == is_told
    if is_told:
        assert read.transfers[0, 2] > 3000, "four kilometres on foot"


def test_trips_on_demand_are_told_apart(tmp_path: Path) -> None:
    files = feed()
    head, *lines = files["stop_times.txt"].splitlines()
    called = [line + (",2" if line.startswith("l2_") else ",") for line in lines]
    files["stop_times.txt"] = "\n".join([head + ",pickup_type", *called]) + "\n"
    read, plain = read_timetable(write_feed(tmp_path / "a", files)), read_timetable(write_feed(tmp_path / "b", feed()))
    assert [one.parameters["count"] for one in read.findings if one.code == "timetable_on_demand"] == [6]
    assert len(read.departure) == len(plain.departure) - 6


def test_trips_in_a_window_are_told_apart(tmp_path: Path) -> None:
    files = feed()
    head, *lines = files["stop_times.txt"].splitlines()
    windows = [line + (",08:00:00" if line.startswith("l1_0,") else ",") for line in lines]
    files["stop_times.txt"] = "\n".join([head + ",start_pickup_drop_off_window", *windows]) + "\n"
    read = read_timetable(write_feed(tmp_path, files))
    assert [one.parameters["count"] for one in read.findings if one.code == "timetable_on_demand"] == [1]


def test_a_zip_in_a_zip_is_opened(tmp_path: Path) -> None:
    inner = write_zip(tmp_path / "gtfs.zip", feed())
    outer = tmp_path / "download.zip"
    with zipfile.ZipFile(outer, "w") as archive:
        archive.write(inner, "gtfs.zip")
    (tmp_path / "work").mkdir()
    assert read_timetable(packed_feed(outer, tmp_path / "work")).stop_ids.tolist() == ["A", "B", "C", "D"]
    assert packed_feed(inner, tmp_path / "work") == inner
    with zipfile.ZipFile(outer, "a") as archive:
        archive.write(inner, "other.zip")
    with pytest.raises(DataError, match="timetable_several"):
        packed_feed(outer, tmp_path / "work")


def test_a_feed_in_a_folder_of_a_zip_is_read(tmp_path: Path) -> None:
    assert len(read_timetable(write_zip(tmp_path / "a.zip", feed(), "feed/")).stop_ids) == 4


def test_a_feed_without_stop_times_says_so(fault: Fault) -> None:
    path = fault("gtfs_without_stop_times") / "fahrplan_ohne_halte.zip"
    assert role_of(path.name, path.read_bytes()) == "timetable"
    assert ("timetable_file_missing", "stop_times.txt") in [(one.code, one.file) for one in check_feed(path)]


def test_the_usual_day_is_a_school_day(tmp_path: Path) -> None:
    files = feed()
    head, *_ = files["calendar.txt"].splitlines()
    files["calendar.txt"] = (
        f"{head}\nwerktags,1,1,1,1,1,0,0,20260601,20260930\nschule,1,1,1,1,1,0,0,20260601,20260715\n"
        "schule,1,1,1,1,1,0,0,20260901,20260930\n"
    )
    files["trips.txt"] = files["trips.txt"].replace("2,werktags,", "2,schule,")
    files["trips.txt"] += "".join(f"1,messe,m{number}\n" for number in range(40))
    times = "".join(f"m{number},09:00:00,09:00:00,A,1\nm{number},09:10:00,09:10:00,B,2\n" for number in range(40))
    files["stop_times.txt"] += times
    files["calendar_dates.txt"] = "service_id,date,exception_type\nmesse,20260804,1\n"
    assert read_timetable(write_feed(tmp_path, files)).day == "2026-06-02"
