"""Travel times for a region in any mode, by quarter, and as a table on the command line."""

from __future__ import annotations

import argparse
import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from geo.commands import travel
from geo.errors import ContractError, DataError
from geo.reach.model import TravelModel, region_streets, travel_times
from geo.reach.origins import Origins, place_origins, quarter_minutes
from geo.reach.table import read_travel_table
from geo.reach.travel import TravelTimes
from geo.region.model.region import Region
from geo.region.package.bundle import load_region
from geo.text import texts
from tests.conftest import ROOT
from tests.reach.streets.small_streets import FOOTWAY, write_streets
from tests.reach.transit.small_feed import feed, write_feed
from tests.siting.small_region import ORIGIN, make_region

DEMO = ROOT / "data" / "musterstadt"


@pytest.fixture(scope="module")
def region() -> Region:
    return make_region()


@pytest.fixture
def streets(tmp_path: Path) -> Path:
    """A grid of footways over the region of 3 x 3 quarters, 250 m wide."""
    names = {f"{x}/{y}": (x * 250.0, y * 250.0) for x in range(13) for y in range(13)}
    ways = [[f"{x}/{y}" for x in range(13)] for y in range(13)] + [[f"{x}/{y}" for y in range(13)] for x in range(13)]
    return write_streets(tmp_path / "grid.osm.pbf", names, [(way, FOOTWAY) for way in ways])


def ways(region: Region, model: TravelModel, **options):
    origins = place_origins(region)
    return travel_times(
        region,
        model,
        origins.xy,
        region.sites.get_coordinates().to_numpy(),
        demand_keys=origins.quarter_ids.tolist(),
        site_keys=region.sites.index.astype(str).tolist(),
        **options,
    )


def test_each_mode_gives_its_own_times(region: Region, streets: Path, tmp_path: Path) -> None:
    model = TravelModel(limit_minutes=30, streets=streets, timetable=write_feed(tmp_path / "feed", feed()))
    line, walk, transit = (
        ways(region, replace(model, mode=mode)).times.minutes.toarray() for mode in ("line", "walk", "transit")
    )
    both = (line > 0) & (walk > 0)
    # A grid is at most 2 ** 0.5 longer than the line, plus the way to it; the detour factor lies between.
    assert (walk[both] >= line[both] / 1.3 - 1e-9).all()
    assert (transit[walk > 0] <= walk[walk > 0] + 1 / 60).all()
    assert ways(region, replace(model, mode="wheelchair")).times.mode == "wheelchair"


def test_without_streets_transit_walks_in_straight_lines_and_walking_is_refused(region: Region, tmp_path: Path) -> None:
    model = TravelModel(mode="transit", limit_minutes=30, timetable=write_feed(tmp_path / "feed", feed()))
    found = ways(region, model)
    assert (found.network, found.times.detour_factor) == (None, 1.3)
    with pytest.raises(DataError, match="streets_none"):
        ways(region, replace(model, mode="walk"))


def test_what_does_not_belong_to_the_region_is_refused(region: Region, tmp_path: Path, streets: Path) -> None:
    far = write_streets(tmp_path / "far.osm.pbf", {"a": (50_000, 0), "b": (51_000, 0)}, [("ab", FOOTWAY)])
    with pytest.raises(DataError, match="streets_elsewhere"):
        ways(region, TravelModel(mode="walk", streets=far))
    beside = write_streets(tmp_path / "beside.osm.pbf", {"a": (3_500, 0), "b": (4_500, 0)}, [("ab", FOOTWAY)])
    with pytest.raises(DataError, match="streets_elsewhere"):
        ways(region, TravelModel(mode="walk", streets=beside))
    files = feed()
    files["stops.txt"] = files["stops.txt"].replace(",51.", ",48.")
    model = TravelModel(mode="transit", streets=streets, timetable=write_feed(tmp_path / "south", files))
    with pytest.raises(DataError, match="timetable_elsewhere"):
        ways(region, model)


def test_streets_of_a_part_are_told_by_quarter(region: Region, tmp_path: Path) -> None:
    one = write_streets(
        tmp_path / "one.osm.pbf", {"a": (100, 100), "b": (900, 100), "c": (900, 900)}, [("abc", FOOTWAY)]
    )
    found = ways(region, TravelModel(mode="walk", streets=one)).findings
    assert {each.quarter for each in found if each.code == "streets_missing_in_quarter"} == {
        f"q{n}" for n in range(2, 10)
    }
    assert {each.quarter for each in found if each.code == "demand_off_streets"} >= {"q3", "q9"}
    # The office at (500, 500) lies 400 m from the nearest way, h1 and h3 715 and 721 m.
    assert {each.parameters["key"] for each in found if each.code == "site_off_streets"} == {
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
    }


def test_unknown_modes_and_missing_timetables_are_refused(region: Region, streets: Path) -> None:
    with pytest.raises(ContractError, match="mode = 'fly'"):
        ways(region, TravelModel(mode="fly"))
    with pytest.raises(ContractError, match="without a timetable"):
        ways(region, TravelModel(mode="transit", streets=streets))


def test_streets_are_kept_in_a_folder(region: Region, streets: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = region_streets(region, TravelModel(streets=streets), cache=cache)
    assert [path.name for path in cache.iterdir()] == [f"streets-{first.digest}.npz"]
    assert region_streets(region, TravelModel(streets=streets), cache=cache).digest == first.digest


def test_origins_are_inhabited_cells_and_a_lattice_elsewhere(region: Region) -> None:
    origins = place_origins(region)
    cells = region.cells[region.cells["residents"] > 0]
    assert sorted(set(origins.quarter_ids)) == [f"q{number}" for number in range(1, 10)]
    assert (origins.quarter_ids == "q1").sum() == (cells["quarter_id"] == "q1").sum()
    assert (origins.residents[origins.quarter_ids == "q5"] == 1).all()
    assert len(set(origins.keys)) == len(origins)
    first = origins.keys[0].partition("/")
    assert first[0] == "q1"
    assert first[2].startswith(str(int(ORIGIN[0] + 50)))


def test_the_time_of_a_quarter_is_the_median_over_its_residents() -> None:
    origins = Origins(
        keys=np.array(["a/1", "a/2", "a/3", "b/1", "b/2"], dtype=object),
        quarter_ids=np.array(["a", "a", "a", "b", "b"], dtype=object),
        xy=np.zeros((5, 2)),
        residents=np.array([10.0, 30.0, 20.0, 5.0, 6.0]),
    )
    # Site 0: a has 4, 8, 6 minutes for 10, 30, 20 people: half of 60 are reached at 6. Of b only 5 of 11 get there.
    # Site 1: a only through its first two cells (40 of 60); b through the larger cell, on the spot.
    minutes = csr_array(([4.0, 8, 6, 3, 9, 7, 0], ([0, 1, 2, 3, 0, 1, 4], [0, 0, 0, 0, 1, 1, 1])), shape=(5, 2))
    times = TravelTimes(minutes, "walk", 1.1, 1.0, 30, "streets")
    keys, table = quarter_minutes(times, origins)
    assert keys.tolist() == ["a", "b"]
    found = table.tocoo()
    assert dict(zip(zip(found.row.tolist(), found.col.tolist(), strict=True), found.data, strict=True)) == {
        (0, 0): 6,
        (0, 1): 7,
        (1, 1): 0,
    }


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    travel.register(parser.add_subparsers(required=True))
    chosen = parser.parse_args(["travel", *arguments])
    return chosen.run(chosen)


@pytest.fixture
def demo() -> Path:
    if not (DEMO / "streets.osm.pbf").is_file():
        pytest.skip("the demo city has no streets")
    if not texts("de").has("travel.heading"):
        pytest.skip("the catalogues have no sentences for travel times")
    return DEMO


@pytest.mark.parametrize(("mode", "rows"), [("line", "quarters"), ("walk", "quarters"), ("walk", "points")])
def test_a_table_is_written_that_can_be_read_again(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], mode: str, rows: str
) -> None:
    out = tmp_path / "new" / "times.csv"
    status = run(str(demo), "--mode", mode, "--minutes", "20", "--out", str(out), "--from", rows, "--speed", "0,9")
    assert status == 0
    with out.open(encoding="utf-8") as stream:
        table = list(csv.reader(stream))
    assert table[0] == ["from", "to", "minutes"]
    assert all(0 <= float(row[2]) <= 20 for row in table[1:])
    told = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    assert (told["mode"], told["speed_metres_per_second"], told["limit_minutes"]) == (mode, 0.9, 20)
    region = load_region(demo)
    again = read_travel_table(
        out,
        name=out.name,
        from_keys=sorted({row[0] for row in table[1:]}),
        to_keys=region.sites.index.astype(str).tolist(),
    )
    assert again.times.minutes.nnz == len(table) - 1
    assert {finding.code for finding in again.findings} == {"travel_pairs_missing"}
    assert "Gehgeschwindigkeit: 0,9 m/s" in capsys.readouterr().out


def test_faults_end_with_a_sentence_and_write_nothing(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], streets: Path
) -> None:
    out = tmp_path / "times.csv"
    base = [str(demo), "--out", str(out)]
    assert run(*base, "--streets", str(streets)) == 1
    assert "liegen nicht in der Region" in capsys.readouterr().err
    assert run(*base, "--mode", "transit", "--gtfs", str(tmp_path / "absent")) == 1
    assert run(str(demo.parent / "musterkreis"), "--out", str(out), "--mode", "transit") == 2
    assert run(*base, "--window", "8") == 2
    assert run(str(tmp_path / "absent"), "--out", str(out)) == 1
    assert not out.exists()


@pytest.mark.parametrize("language", ["de", "en"])
def test_transit_says_its_window(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str) -> None:
    region = load_region(demo)
    west, south, east, north = region.quarters.to_crs(4326).total_bounds
    files = feed()
    files["stops.txt"] = "stop_id,stop_name,stop_lat,stop_lon\n" + "".join(
        f"{key},{key},{south + (north - south) * share},{west + (east - west) * share}\n"
        for key, share in zip("ABCD", (0.4, 0.5, 0.6, 0.7), strict=True)
    )
    folder = write_feed(tmp_path / "feed", files)
    out = tmp_path / "times.csv"
    arguments = (
        "--mode",
        "transit",
        "--gtfs",
        str(folder),
        "--day",
        "2026-03-17",
        "--minutes",
        "30",
        "--lang",
        language,
    )
    assert run(str(demo), "--out", str(out), *arguments) == 0
    assert "08:00-10:00" in capsys.readouterr().out
    told = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    assert (told["window"], told["percentile"], told["day"]) == ("08:00-10:00/10", 50, "2026-03-17")
