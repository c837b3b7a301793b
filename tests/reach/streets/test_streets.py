"""Streets: who may walk where, contraction, parts, snapping, files broken in one way each."""

from __future__ import annotations

import gzip
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from geo.errors import ContractError, DataError
from geo.reach.streets.extract import StreetRules, check_streets, load_network, read_streets, save_network
from geo.reach.streets.foot_access import blocks_on_foot, blocks_wheels, foot_way
from geo.reach.streets.network import Segments, build_network
from geo.reach.streets.snapping import snap_findings, snap_points
from tests.profiles import examples
from tests.reach.streets.small_streets import CRS, FOOTWAY, RIVER, RIVER_STREETS, at, write_streets

ALL_PARTS = StreetRules(min_part_metres=0)


@pytest.fixture
def river(tmp_path: Path) -> Path:
    return write_streets(tmp_path / "river.osm.pbf", RIVER, RIVER_STREETS)


@pytest.mark.parametrize(
    ("tags", "open_on_foot"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "path"}, True),
        ({"highway": "steps"}, True),
        ({"highway": "track", "access": "forestry"}, True),
        ({"highway": "residential", "access": "destination"}, True),
        ({"highway": "primary", "sidewalk": "separate"}, True),
        ({"highway": "primary", "motorroad": "yes"}, False),
        ({"highway": "primary", "foot": "use_sidepath"}, False),
        ({"highway": "trunk"}, False),
        ({"highway": "trunk", "sidewalk": "right"}, True),
        ({"highway": "trunk", "sidewalk:left": "yes"}, True),
        ({"highway": "motorway"}, False),
        ({"highway": "motorway_link"}, False),
        ({"highway": "cycleway"}, False),
        ({"highway": "cycleway", "foot": "designated"}, True),
        ({"highway": "cycleway", "segregated": "yes"}, True),
        ({"highway": "bridleway"}, False),
        ({"highway": "service", "access": "private"}, False),
        ({"highway": "service", "access": "private", "foot": "yes"}, True),
        ({"highway": "service", "access": "delivery"}, False),
        ({"highway": "footway", "foot": "no"}, False),
        ({"highway": "construction"}, False),
        ({"highway": "proposed", "foot": "yes"}, False),
        ({"railway": "platform"}, True),
        ({"railway": "rail"}, False),
        ({"waterway": "river"}, False),
        ({"route": "ferry"}, False),
    ],
)
def test_tags_decide_who_walks(tags: dict[str, str], open_on_foot: bool) -> None:
    assert (foot_way(tags) is not None) is open_on_foot


def test_steps_stop_wheelchairs_unless_there_is_a_ramp() -> None:
    assert not foot_way({"highway": "steps"}).is_wheelable
    assert foot_way({"highway": "steps", "ramp:wheelchair": "yes"}).is_wheelable
    assert not foot_way({"highway": "path", "wheelchair": "no"}).is_wheelable


@pytest.mark.parametrize(
    ("tags", "blocked"),
    [
        ({"barrier": "gate"}, False),
        ({"barrier": "gate", "access": "private"}, True),
        ({"barrier": "gate", "access": "private", "foot": "yes"}, False),
        ({"barrier": "gate", "foot": "no"}, True),
        ({"barrier": "gate", "locked": "yes"}, True),
        ({"barrier": "bollard", "access": "no"}, False),
        ({"barrier": "lift_gate", "access": "private"}, False),
        ({"barrier": "wall"}, True),
    ],
)
def test_barriers_stop_people_or_only_cars(tags: dict[str, str], blocked: bool) -> None:
    assert blocks_on_foot(tags) is blocked


def test_a_stile_stops_wheels() -> None:
    assert blocks_wheels({"barrier": "stile"})
    assert not blocks_wheels({"barrier": "bollard"})


def test_one_way_holds_on_foot_only_where_it_says_so() -> None:
    assert foot_way({"highway": "residential", "oneway": "yes"}).direction == 0
    assert foot_way({"highway": "footway", "oneway:foot": "yes"}).direction == 1
    assert foot_way({"highway": "steps", "conveying": "backward"}).direction == -1


def test_bends_are_contracted_and_kept_as_lines(river: Path) -> None:
    network = read_streets(river, CRS)
    assert (len(network), len(network.edge_effort), len(network.line_xy)) == (2, 1, 6)
    assert network.edge_effort[0] == pytest.approx(1300, abs=0.1)
    assert network.part_metres == pytest.approx([1300], abs=0.1)
    assert network.findings == ()


def test_a_ring_without_a_junction_stays_walkable(tmp_path: Path) -> None:
    ring = {"a": (0, 0), "b": (200, 0), "c": (200, 200), "d": (0, 200)}
    network = read_streets(write_streets(tmp_path / "ring.osm.pbf", ring, [("abcda", FOOTWAY)]), CRS)
    assert network.edge_effort == pytest.approx([800], abs=0.1)
    assert network.edge_nodes[0, 0] == network.edge_nodes[0, 1]


def test_a_bridge_over_a_street_is_no_junction(tmp_path: Path) -> None:
    cross = {"w": (-300, 0), "e": (300, 0), "s": (0, -300), "n": (0, 300)}
    path = write_streets(tmp_path / "x.osm.pbf", cross, [("we", FOOTWAY), ("sn", {**FOOTWAY, "bridge": "yes"})])
    assert len(read_streets(path, CRS, rules=ALL_PARTS).part_metres) == 2


def test_a_closed_gate_cuts_the_way_and_both_sides_stay(tmp_path: Path) -> None:
    line = {"a": (0, 0), "g": (300, 0), "b": (600, 0)}
    shut = {"g": {"barrier": "gate", "access": "private"}}
    for tagged, parts in (({}, 1), (shut, 2), ({"g": {"barrier": "gate"}}, 1)):
        path = write_streets(tmp_path / "gate.osm.pbf", line, [("agb", FOOTWAY)], tagged)
        network = read_streets(path, CRS, rules=ALL_PARTS)
        assert len(network.part_metres) == parts
        assert network.part_metres.sum() == pytest.approx(600, abs=0.1)


def test_stairs_take_three_times_as_long_and_stay_apart(tmp_path: Path) -> None:
    line = {"a": (0, 0), "b": (500, 0), "c": (520, 0), "d": (1000, 0)}
    streets = [("ab", FOOTWAY), ("bc", {"highway": "steps"}), ("cd", FOOTWAY)]
    network = read_streets(write_streets(tmp_path / "s.osm.pbf", line, streets), CRS)
    assert sorted(network.edge_effort) == pytest.approx([60, 480, 500], abs=0.1)
    assert network.edge_is_wheelable.sum() == 2


def test_ferries_only_if_asked_and_by_their_duration(tmp_path: Path) -> None:
    banks = {"a": (0, 0), "b": (600, 0), "c": (900, 0), "d": (1500, 0)}
    streets = [("ab", FOOTWAY), ("bc", {"route": "ferry", "duration": "00:10"}), ("cd", FOOTWAY)]
    path = write_streets(tmp_path / "f.osm.pbf", banks, streets)
    assert len(read_streets(path, CRS).part_metres) == 2
    with_ferry = read_streets(path, CRS, rules=StreetRules(ferries=True))
    assert with_ferry.part_metres == pytest.approx([1200 + 600 * 1.1], abs=0.5)
    for odd in ("1²:00", "9" * 1_000):  # told by nobody, so the ferry takes what its length says
        streets[1] = ("bc", {"route": "ferry", "duration": odd})
        path = write_streets(tmp_path / "odd.osm.pbf", banks, streets)
        assert len(read_streets(path, CRS, rules=StreetRules(ferries=True)).part_metres) == 1


def test_fragments_are_left_out_and_told(tmp_path: Path) -> None:
    places = {**RIVER, "x": (2000, 0), "y": (2050, 0)}
    path = write_streets(tmp_path / "f.osm.pbf", places, [*RIVER_STREETS, ("xy", FOOTWAY)])
    network = read_streets(path, CRS)
    assert len(network.part_metres) == 1
    (finding,) = network.findings
    assert (finding.code, finding.parameters["metres"]) == ("streets_fragments", 50)
    whole = read_streets(path, CRS, rules=ALL_PARTS)
    assert whole.part_metres == pytest.approx([1300, 50], abs=0.1)
    assert [finding.code for finding in whole.findings] == ["streets_parts"]


def test_nodes_missing_at_the_edge_of_an_extract_are_told(tmp_path: Path) -> None:
    places = {name: place for name, place in RIVER.items() if name != "s"}
    streets = [*RIVER_STREETS[:2], (("b", "t"), FOOTWAY)]
    path = write_streets(tmp_path / "cut.osm", places, streets)
    text = path.read_text().replace('<nd ref="5"/>', '<nd ref="5"/><nd ref="99"/>')
    path.write_text(text)
    network = read_streets(path, CRS)
    assert [(finding.code, finding.parameters["count"]) for finding in network.findings] == [
        ("streets_nodes_missing", 1)
    ]


@st.composite
def _street_maps(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    count = draw(st.integers(2, 14))
    place = st.tuples(st.integers(0, 99), st.integers(0, 99))
    xy = np.array(draw(st.lists(place, min_size=count, max_size=count, unique=True)))
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    ends = np.array(draw(st.lists(pairs, min_size=1, max_size=22)), dtype=np.int64)
    wheelable = np.array(draw(st.lists(st.booleans(), min_size=len(ends), max_size=len(ends))))
    return xy.astype(float), ends, wheelable


def _distances(ends: list[list[int]], metres: list[float]) -> dict[int, dict[int, float]]:
    """Return all shortest distances by an independent library, doubled ways and rings included."""
    graph = nx.MultiGraph()
    for (start, end), length in zip(ends, metres, strict=True):
        graph.add_edge(start, end, weight=length)
    return dict(nx.all_pairs_dijkstra_path_length(graph))


@settings(max_examples=examples(200))
@given(_street_maps())
def test_contraction_changes_no_distance(streets: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    xy, ends, wheelable = streets
    metres = np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T) + 1.0
    segments = Segments(xy, ends, metres, np.zeros(len(ends), dtype=np.int64), wheelable)
    if (ends[:, 0] == ends[:, 1]).all():
        with pytest.raises(ContractError, match="without a single way"):
            build_network(segments, crs=CRS)
        return
    network = build_network(segments, crs=CRS)
    number = {tuple(place): position for position, place in enumerate(xy.tolist())}
    kept = [number[tuple(place)] for place in network.node_xy.tolist()]
    expected = _distances(ends.tolist(), metres.tolist())
    found = _distances([[kept[a], kept[b]] for a, b in network.edge_nodes.tolist()], network.edge_effort.tolist())
    assert found.keys() == set(kept)
    for one, reached in found.items():
        assert reached == pytest.approx({other: expected[one][other] for other in reached})
        assert reached.keys() == expected[one].keys() & set(kept)
    # Nothing is lost: every piece that leads somewhere is in exactly one line, equal pieces once.
    distinct = {(*sorted(pair), wheel): np.inf for pair, wheel in zip(ends.tolist(), wheelable.tolist(), strict=True)}
    for pair, wheel, length in zip(ends.tolist(), wheelable.tolist(), metres.tolist(), strict=True):
        key = (*sorted(pair), wheel)
        distinct[key] = min(distinct[key], length)
    assert network.edge_effort.sum() == pytest.approx(sum(length for (a, b, _), length in distinct.items() if a != b))
    assert len(network.line_xy) - len(network.edge_effort) == sum(a != b for a, b, _ in distinct)


def test_points_snap_to_the_middle_of_a_way(river: Path) -> None:
    network = read_streets(river, CRS)
    snap = snap_points(network, [at(150, 130), at(600, 40), at(3000, 100)])
    assert snap.metres == pytest.approx([30, 0, np.inf], abs=0.02)
    assert snap.xy[0] == pytest.approx(at(150, 100), abs=0.02)
    assert snap.is_on.tolist() == [True, True, False]
    assert snap.part.tolist() == [0, 0, -1]


def test_points_off_the_streets_and_on_islands_are_named(tmp_path: Path) -> None:
    places = {**RIVER, "x": (5000, 0), "y": (5050, 0)}
    path = write_streets(tmp_path / "f.osm.pbf", places, [*RIVER_STREETS, ("xy", FOOTWAY)])
    network = read_streets(path, CRS, rules=ALL_PARTS)
    snap = snap_points(network, [at(0, 0), at(5010, 10), at(2500, 0), at(2510, 0)])
    found = snap_findings(snap, ["q1", "q2", "q3", "q3"], "demand")
    assert [(each.code, each.quarter, each.parameters["count"]) for each in found] == [
        ("demand_off_streets", "q3", 2),
        ("demand_on_other_part", "q2", 1),
    ]
    with pytest.raises(ContractError, match="one key for each point"):
        snap_findings(snap, ["q1"], "demand")


def test_many_points_off_the_streets_are_counted_beyond_twenty(river: Path) -> None:
    network = read_streets(river, CRS)
    snap = snap_points(network, [at(9000, 9000)] * 50)
    found = snap_findings(snap, [f"s{number}" for number in range(50)], "site")
    assert len(found) == 21
    assert (found[-1].code, found[-1].parameters["count"]) == ("site_off_streets_more", 30)


def test_streets_elsewhere_and_in_part_are_told(river: Path) -> None:
    network = read_streets(river, CRS)
    boxes = {"near": (0, 0, 600, 100), "empty": (100, 30, 500, 70), "beyond": (500, 0, 1500, 100)}
    quarters = gpd.GeoDataFrame(
        index=list(boxes), geometry=[box(*at(*edge[:2]), *at(*edge[2:])) for edge in boxes.values()], crs=CRS
    )
    found = check_streets(network, quarters)
    assert [(each.code, each.quarter) for each in found] == [
        ("streets_missing_in_quarter", "empty"),
        ("streets_end_in_quarter", "beyond"),
    ]
    far = quarters.translate(50_000, 0).to_frame("geometry")
    assert [each.brief() for each in check_streets(network, far)] == ["error: streets_elsewhere (file river.osm.pbf)"]


def test_a_network_comes_back_from_its_folder_as_it_was(river: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = read_streets(river, CRS, cache=cache)
    river.touch()
    again = read_streets(river, CRS, cache=cache)
    for name in ("node_xy", "edge_nodes", "edge_effort", "line_xy", "line_effort", "part"):
        assert (getattr(first, name) == getattr(again, name)).all()
    assert (again.crs, again.source, again.digest, again.findings) == (CRS, "river.osm.pbf", first.digest, ())
    assert read_streets(river, CRS, rules=ALL_PARTS).digest != first.digest
    path = save_network(first, cache)
    path.write_bytes(path.read_bytes()[:200])
    assert load_network(cache, first.digest) is None
    assert len(read_streets(river, CRS, cache=cache)) == len(first)


def _empty(path: Path) -> Path:
    return write_streets(path.with_name("empty.osm.pbf"), {"a": (0, 0)}, [])


def _cars_only(path: Path) -> Path:
    return write_streets(path.with_name("cars.osm.pbf"), RIVER, [("we", {"highway": "motorway"})])


def _truncated(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[:-20])
    return path


def _garbage(path: Path) -> Path:
    path.write_bytes(b"not a map")
    return path


def _nothing(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def _absent(path: Path) -> Path:
    return path.with_name("absent.osm.pbf")


def _table(path: Path) -> Path:
    return path.rename(path.with_name("streets.csv"))


def _broken_xml(path: Path) -> Path:
    target = path.with_name("x.osm.gz")
    target.write_bytes(gzip.compress(b"<osm version='0.6'><node id='1'"))
    return target


def _entities(path: Path) -> Path:
    target = path.with_name("x.osm")
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "x" * 10}">' for n in range(9))
    target.write_text(f'<?xml version="1.0"?><!DOCTYPE osm [{lines}]><osm version="0.6">&a8;</osm>')
    return target


def _wrong_number(path: Path) -> Path:
    target = write_streets(path.with_name("x.osm"), RIVER, RIVER_STREETS)
    target.write_text(target.read_text().replace('<node id="3"', '<node id="three"'))
    return target


def _wrong_place(path: Path) -> Path:
    target = write_streets(path.with_name("x.osm"), RIVER, RIVER_STREETS)
    target.write_text(target.read_text().replace('lat="51.', 'lat="fifty'))
    return target


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_wrong_number, "streets_broken"),
        (_wrong_place, "streets_broken"),
        (_entities, "streets_broken"),
        (_empty, "streets_empty"),
        (_cars_only, "streets_empty"),
        (_truncated, "streets_broken"),
        (_garbage, "streets_broken"),
        (_nothing, "streets_broken"),
        (_broken_xml, "streets_broken"),
        (_absent, "streets_not_found"),
        (_table, "streets_format"),
    ],
)
def test_a_file_broken_in_one_way_is_named(river: Path, spoil, code: str) -> None:
    with pytest.raises(DataError) as caught:
        read_streets(spoil(river), CRS)
    assert [finding.code for finding in caught.value.findings] == [code]


def test_a_file_too_large_is_refused(river: Path) -> None:
    with pytest.raises(DataError, match="streets_too_large"):
        read_streets(river, CRS, rules=StreetRules(file_bytes=10))


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "crs", "kilometres"),
    [("lauf-200115.osm.pbf", "EPSG:25832", (200, 300)), ("berlin-siegessaeule.osm.gz", "EPSG:25833", (10, 25))],
)
def test_real_extracts_give_one_large_connected_network(
    real_data: Path, name: str, crs: str, kilometres: tuple[int, int]
) -> None:
    network = read_streets(real_data / "osm" / name, crs)
    assert kilometres[0] < network.part_metres[0] / 1000 < kilometres[1]
    assert network.part_metres[0] / network.part_metres.sum() > 0.9
    assert "streets_fragments" in {finding.code for finding in network.findings}
