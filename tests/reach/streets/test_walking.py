"""Walking times on streets: hand-computed, against an independent library, and what must hold for any map."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from geo.defaults import WalkAssumptions
from geo.errors import ContractError
from geo.reach.streets.extract import StreetRules, read_streets
from geo.reach.streets.network import Segments, build_network
from geo.reach.streets.snapping import snap_points
from geo.reach.streets.walking import WALKING_SPEEDS, walk_times
from tests.conftest import ROOT, demo_region
from tests.reach.streets.small_streets import CRS, FOOTWAY, RIVER, RIVER_STREETS, at, write_streets

METRE_A_SECOND = WalkAssumptions(speed_metres_per_second=1.0)
DEMO = ROOT / "data" / "musterstadt"


def minutes(network, demand, sites, limit=120.0, **options) -> np.ndarray:
    table = walk_times(network, demand, sites, limit_minutes=limit, assumptions=METRE_A_SECOND, **options).minutes
    whole = np.full(table.shape, np.inf)
    found = table.tocoo()
    whole[found.row, found.col] = found.data
    return whole


def read(tmp_path: Path, places, streets, tagged=None, **rules):
    path = write_streets(tmp_path / "map.osm.pbf", places, streets, tagged)
    return read_streets(path, CRS, rules=StreetRules(min_part_metres=0, **rules))


def test_the_way_over_the_only_bridge_is_walked(tmp_path: Path) -> None:
    network = read(tmp_path, RIVER, RIVER_STREETS)
    across = minutes(network, [at(0, 0)], [at(0, 100)])
    assert across[0, 0] * 60 == pytest.approx(600 + 100 + 600, abs=0.1)


def test_without_the_bridge_nobody_gets_across(tmp_path: Path) -> None:
    network = read(tmp_path, RIVER, [RIVER_STREETS[0], RIVER_STREETS[2]])
    assert np.isinf(minutes(network, [at(0, 0)], [at(0, 100)])).all()


def test_the_way_to_the_street_counts_at_both_ends_and_ways_are_entered_in_the_middle(tmp_path: Path) -> None:
    network = read(tmp_path, RIVER, RIVER_STREETS)
    times = minutes(network, [at(100, -40)], [at(250, 30)])
    assert times[0, 0] * 60 == pytest.approx(40 + 150 + 30, abs=0.1)


def test_standing_on_the_spot_is_a_stored_zero(tmp_path: Path) -> None:
    network = read(tmp_path, RIVER, RIVER_STREETS)
    times = walk_times(network, network.node_xy[:1], network.node_xy[:1], limit_minutes=5)
    assert times.minutes.nnz == 1
    assert times.minutes.data == pytest.approx([0], abs=1e-6)


@pytest.mark.parametrize(
    ("tags", "seconds"),
    [
        (FOOTWAY, 600),
        ({"highway": "steps"}, 1200 - 300),
        ({"highway": "motorway"}, 1000 + 400),
        ({"highway": "footway", "foot": "no"}, 1400),
    ],
)
def test_the_short_cut_counts_as_far_as_it_may_be_walked(tmp_path: Path, tags, seconds: float) -> None:
    # a - b 200 m, short cut b - c 150 m (450 as stairs), c - d 250 m; round about a - u - v - d is 1400 m.
    places = {"a": (0, 0), "b": (200, 0), "c": (350, 0), "d": (600, 0), "u": (0, 400), "v": (600, 400)}
    network = read(tmp_path, places, [("ab", FOOTWAY), ("bc", tags), ("cd", FOOTWAY), ("auvd", FOOTWAY)])
    assert minutes(network, [at(0, 0)], [at(600, 0)])[0, 0] * 60 == pytest.approx(seconds, abs=0.1)


def test_wheelchairs_go_round_the_stairs_and_the_stile(tmp_path: Path) -> None:
    places = {"a": (0, 0), "b": (300, 0), "c": (310, 0), "d": (600, 0), "u": (0, 400), "v": (600, 400)}
    round_about = ("auvd", FOOTWAY)
    stairs = read(tmp_path, places, [("ab", FOOTWAY), ("bc", {"highway": "steps"}), ("cd", FOOTWAY), round_about])
    stile = read(tmp_path, places, [("abcd", FOOTWAY), round_about], {"b": {"barrier": "stile"}})
    for network, on_foot in ((stairs, 620), (stile, 600)):
        assert minutes(network, [at(0, 0)], [at(600, 0)])[0, 0] * 60 == pytest.approx(on_foot, abs=0.1)
        rolling = walk_times(
            network, [at(0, 0)], [at(600, 0)], limit_minutes=60, assumptions=METRE_A_SECOND, wheelchair=True
        )
        assert rolling.mode == "wheelchair"
        assert rolling.minutes[0, 0] * 60 == pytest.approx(1400, abs=0.1)


def test_a_locked_gate_makes_the_way_long(tmp_path: Path) -> None:
    places = {"a": (0, 0), "g": (300, 0), "d": (600, 0), "u": (0, 400), "v": (600, 400)}
    streets = [("agd", FOOTWAY), ("auvd", FOOTWAY)]
    shut = read(tmp_path, places, streets, {"g": {"barrier": "gate", "locked": "yes"}})
    assert minutes(shut, [at(0, 0)], [at(600, 0)])[0, 0] * 60 == pytest.approx(1400, abs=0.1)
    # 10 m apart on both sides of the gate.
    assert minutes(shut, [at(295, 0)], [at(305, 0)])[0, 0] * 60 == pytest.approx(295 + 1400 + 295, abs=0.1)


def test_a_one_way_path_is_walked_one_way(tmp_path: Path) -> None:
    one_way = {**FOOTWAY, "oneway:foot": "yes"}
    places = {"a": (0, 0), "d": (600, 0), "u": (0, 400), "v": (600, 400)}
    network = read(tmp_path, places, [("ad", one_way), ("auvd", FOOTWAY)])
    times = minutes(network, [at(100, 0), at(500, 0), at(0, 0)], [at(100, 0), at(500, 0), at(600, 0)])
    expected = [[0, 400, 500], [100 + 1400 + 100, 0, 100], [100, 500, 600]]
    assert times * 60 == pytest.approx(np.array(expected), abs=0.1)


def test_a_site_on_a_ring_is_reached_the_short_way_round(tmp_path: Path) -> None:
    places = {"a": (0, 0), "b": (200, 0), "c": (200, 200), "d": (0, 200), "x": (-300, 0)}
    network = read(tmp_path, places, [("abcda", FOOTWAY), ("xa", FOOTWAY)])
    times = minutes(network, [at(-300, 0)], [at(150, 0), at(0, 150), at(200, 200)])
    assert times[0] * 60 == pytest.approx([450, 450, 700], abs=0.1)


def test_a_time_at_exactly_the_limit_is_kept(tmp_path: Path) -> None:
    segments = Segments(
        np.array([[0.0, 0], [1200, 0]]), np.array([[0, 1]]), np.array([1200.0]), np.array([0]), np.array([True])
    )
    network = build_network(segments, crs=CRS)
    for limit, kept in ((20.0, 1), (19.999, 0)):
        times = walk_times(network, [[0.0, 0]], [[1200.0, 0]], limit_minutes=limit, assumptions=METRE_A_SECOND)
        assert times.minutes.nnz == kept


def random_network(seed: int):
    """A grid of 12 x 12 with pieces taken out, lengths changed, and a bend in each."""
    random = np.random.default_rng(seed)
    graph = nx.grid_2d_graph(12, 12)
    graph.remove_edges_from([edge for edge in list(graph.edges) if random.random() < 0.25])
    graph = graph.subgraph(max(nx.connected_components(graph), key=len)).copy()
    names = {node: number for number, node in enumerate(graph)}
    xy = np.array([[100.0 * x + random.uniform(-30, 30), 100.0 * y + random.uniform(-30, 30)] for x, y in names])
    ends = np.array([[names[a], names[b]] for a, b in graph.edges])
    metres = np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T)
    plain = nx.Graph()
    plain.add_weighted_edges_from((a, b, length) for (a, b), length in zip(ends.tolist(), metres.tolist(), strict=True))
    segments = Segments(xy, ends, metres, np.zeros(len(ends), dtype=np.int64), np.ones(len(ends), dtype=bool))
    return xy, plain, build_network(segments, crs=CRS)


@pytest.mark.parametrize("seed", range(5))
def test_times_between_nodes_equal_those_of_networkx_on_the_whole_graph(seed: int) -> None:
    xy, plain, network = random_network(seed)
    assert len(network) < len(xy)
    expected = np.array([[nx.dijkstra_path_length(plain, a, b) for b in range(0, len(xy), 9)] for a in range(len(xy))])
    found = minutes(network, xy, xy[::9]) * 60
    assert found == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_walking_there_takes_as_long_as_back_and_longer_when_slower(seed: int) -> None:
    _, _, network = random_network(seed)
    random = np.random.default_rng(seed)
    one, other = random.uniform(0, 1100, (40, 2)), random.uniform(0, 1100, (25, 2))
    there, back = minutes(network, one, other), minutes(network, other, one)
    assert there == pytest.approx(back.T)
    slow, usual = (
        walk_times(
            network,
            one,
            other,
            limit_minutes=90,
            assumptions=WalkAssumptions(speed_metres_per_second=WALKING_SPEEDS[key]),
        )
        for key in ("slow", "usual")
    )
    assert slow.minutes.toarray() == pytest.approx(usual.minutes.toarray() * 1.1 / 0.8)
    line = np.hypot(*(one[:, None] - other[None]).transpose(2, 0, 1)) / 60
    assert (there >= line - 1e-9).all()


def test_many_sites_in_chunks_equal_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, network = random_network(7)
    random = np.random.default_rng(7)
    demand, sites = random.uniform(0, 1100, (30, 2)), random.uniform(0, 1100, (17, 2))
    whole = minutes(network, demand, sites)
    monkeypatch.setattr("geo.reach.streets.walking._CELLS_AT_ONCE", 400)
    assert minutes(network, demand, sites) == pytest.approx(whole)


def test_who_is_off_the_streets_reaches_nothing_and_the_table_says_what_it_is(tmp_path: Path) -> None:
    network = read(tmp_path, RIVER, RIVER_STREETS)
    times = walk_times(network, [at(0, -600), at(0, 0)], [at(300, 0), at(0, 5000)], limit_minutes=30)
    assert times.minutes.tocoo().coords[0].tolist() == [1]
    assert (times.mode, times.source, times.speed_metres_per_second, times.detour_factor, times.limit_minutes) == (
        "walk",
        "map.osm.pbf",
        1.1,
        1.0,
        30,
    )
    assert walk_times(network, np.empty((0, 2)), [at(0, 0)], limit_minutes=5).minutes.shape == (0, 1)
    assert walk_times(network, [at(0, 0)], np.empty((0, 2)), limit_minutes=5).minutes.shape == (1, 0)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"limit_minutes": 0}, "limit_minutes"),
        ({"assumptions": WalkAssumptions(speed_metres_per_second=-1)}, "speed"),
        ({"demand_xy": [[float("nan"), 0.0]]}, r"xy\[0\]"),
        ({"site_xy": [[0.0, 0.0, 0.0]]}, "shape"),
        ({"snap_limit_metres": 0}, "limit_metres"),
    ],
)
def test_an_argument_broken_in_one_way_is_named(broken: dict[str, object], said: str) -> None:
    _, _, network = random_network(1)
    good = {"demand_xy": [[0.0, 0.0]], "site_xy": [[0.0, 0.0]], "limit_minutes": 5.0}
    walk_times(network, **good)
    with pytest.raises(ContractError, match=said):
        walk_times(network, **{**good, **broken})


@pytest.mark.real
def test_lauf_agrees_with_networkx_for_a_thousand_pairs(real_data: Path) -> None:
    network = read_streets(real_data / "osm" / "lauf-200115.osm.pbf", "EPSG:25832")
    plain = nx.Graph()
    for number in range(len(network.edge_effort)):
        points = range(network.line_start[number], network.line_start[number + 1])
        ids = [f"n{network.edge_nodes[number, 0]}", *(f"p{point}" for point in points[1:-1])]
        ids.append(f"n{network.edge_nodes[number, 1]}")
        for a, b, one, other in zip(ids, ids[1:], points, points[1:], strict=False):
            length = network.line_effort[other] - network.line_effort[one]
            if length < plain.get_edge_data(a, b, {"weight": np.inf})["weight"]:
                plain.add_edge(a, b, weight=length)
    random = np.random.default_rng(3)
    sites, homes = random.integers(0, len(network), 20), random.integers(0, len(network), 60)
    found = minutes(network, network.node_xy[homes], network.node_xy[sites], limit=600.0) * 60
    expected = np.array(
        [
            [reached.get(f"n{home}", np.inf) for home in homes]
            for reached in (nx.single_source_dijkstra_path_length(plain, f"n{site}") for site in sites)
        ]
    ).T
    assert found.size == 1200
    assert np.isfinite(found).all()
    assert found == pytest.approx(expected, rel=0.01, abs=0.5)


def test_musterstadt_has_neighbours_across_the_river_who_walk_twenty_minutes() -> None:

    if not (DEMO / "streets.osm.pbf").is_file():
        pytest.skip("the demo city has no streets yet")
    region = demo_region("musterstadt")
    network = read_streets(region.streets, region.quarters.crs.to_string())
    assert network.part_metres[0] / network.part_metres.sum() > 0.95
    homes = region.cells[["x", "y"]].to_numpy(dtype=float)
    snap = snap_points(network, homes)
    assert snap.is_on.mean() > 0.99
    random = np.random.default_rng(0)
    near = snap.xy[snap.metres < 60]
    near = near[random.choice(len(near), min(1500, len(near)), replace=False)]
    places = near[random.choice(len(near), min(600, len(near)), replace=False)]
    times = walk_times(network, near, places, limit_minutes=60)
    found = times.minutes.tocoo()
    metres = np.hypot(*(near[found.row] - places[found.col]).T)
    assert ((metres <= 200) & (found.data >= 20)).any()
