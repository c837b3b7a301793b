"""Ways against peers in the same run: reading streets, walking, transit, catchments; seconds and memory.

``python -m benchmarks.reach`` prints a markdown table; ``--write`` keeps it in ``RESULTS_reach.md``. The large city
is the extract of Lauf a. d. Pegnitz laid side by side 24 times and linked, about 360,000 street nodes. Peers: scipy's
Dijkstra on the street graph as it is in the file (not contracted), networkx on the same graph, and a time-expanded
Dijkstra for transit; slow peers are run on a part and the rest is calculated. Results are compared.
"""

from __future__ import annotations

import argparse
import itertools
import os
import platform
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from scipy.sparse.csgraph import dijkstra

from geo.defaults import WalkAssumptions
from geo.reach.streets import StreetNetwork, StreetRules, foot_way, least_csr, read_streets, walk_catchments, walk_times
from geo.reach.transit import (
    NEVER,
    Timetable,
    TransitAssumptions,
    earliest_arrivals,
    footpaths_between,
    read_timetable,
    stop_coordinates,
    transit_percentiles,
)

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
RESULTS = Path(__file__).with_name("RESULTS_reach.md")
LAUF = DATA / "osm" / "lauf-200115.osm.pbf"
TILES = (6, 4)
STEP_DEGREES = (0.0610, 0.0312)
SITES, POINTS, MINUTES = 200, 2_000, 30.0
CRS = "EPSG:25832"

Row = tuple[str, str, str, str, str]


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return the result with wall and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - cpu


def write_city(path: Path) -> None:
    """Write the extract side by side, linked by ten ways to each neighbour."""
    import osmium
    from osmium.osm.mutable import Node, Way

    ways: list[tuple[list[int], dict[str, str]]] = []
    places: dict[int, tuple[float, float]] = {}
    for way in osmium.FileProcessor(str(LAUF)).with_locations().with_filter(osmium.filter.KeyFilter("highway")):
        if way.is_way() and foot_way(dict(way.tags)) is not None:
            known = [node for node in way.nodes if node.location.valid()]
            places |= {node.ref: (node.lon, node.lat) for node in known}
            ways.append(([node.ref for node in known], dict(way.tags)))
    number = {ref: position for position, ref in enumerate(places, start=1)}
    xy = np.array(list(places.values()))
    refs = np.array(list(places))
    ends = {
        "east": np.argsort(-xy[:, 0]),
        "west": np.argsort(xy[:, 0]),
        "north": np.argsort(-xy[:, 1]),
        "south": np.argsort(xy[:, 1]),
    }
    size = len(places)
    path.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(path)) as writer:
        tiles = list(itertools.product(range(TILES[0]), range(TILES[1])))
        for tile, (column, line) in enumerate(tiles):
            for ref, (longitude, latitude) in places.items():
                place = (longitude + column * STEP_DEGREES[0], latitude + line * STEP_DEGREES[1])
                writer.add_node(Node(id=tile * size + number[ref], location=place))
        position = itertools.count(1)
        for tile in range(len(tiles)):
            for nodes, tags in ways:
                writer.add_way(Way(id=next(position), nodes=[tile * size + number[ref] for ref in nodes], tags=tags))
        for (tile, (column, line)), (leave, enter, shift) in itertools.product(
            enumerate(tiles), (("east", "west", (1, 0)), ("north", "south", (0, 1)))
        ):
            other = (column + shift[0], line + shift[1])
            if other not in tiles:
                continue
            far = tiles.index(other)
            for one, two in zip(refs[ends[leave][:10]].tolist(), refs[ends[enter][:10]].tolist(), strict=True):
                nodes = [tile * size + number[one], far * size + number[two]]
                writer.add_way(Way(id=next(position), nodes=nodes, tags={"highway": "footway"}))


def whole_graph(network: StreetNetwork) -> tuple[Any, np.ndarray]:
    """Return the graph before contraction and the position of each junction in it."""
    key = np.arange(len(network.line_xy)) + len(network)
    first, last = network.line_start[:-1], network.line_start[1:] - 1
    key[first], key[last] = network.edge_nodes[:, 0], network.edge_nodes[:, 1]
    inner = np.ones(len(key), dtype=bool)
    inner[last] = False
    start = np.flatnonzero(inner)
    rows, columns = key[start], key[start + 1]
    metres = network.line_effort[start + 1] - network.line_effort[start]
    size = len(network) + len(network.line_xy)
    graph = least_csr(
        np.concatenate([rows, columns]), np.concatenate([columns, rows]), np.concatenate([metres, metres]), size
    )
    return graph, np.arange(len(network))


def walking(name: str, network: StreetNetwork) -> list[Row]:
    random = np.random.default_rng(0)
    # Two nodes share a place at a closed gate: a point there could be on either side.
    _, only, count = np.unique(network.node_xy.round(2), axis=0, return_index=True, return_counts=True)
    alone = np.sort(only[count == 1])
    sites = random.choice(alone, SITES, replace=False)
    homes = random.choice(alone, POINTS, replace=False)
    speed = WalkAssumptions()
    limit = MINUTES * 60 * speed.speed_metres_per_second
    first = walk_times(network, network.node_xy[homes[:1]], network.node_xy[sites[:1]], limit_minutes=1)
    del first
    times, wall, cpu = timed(
        lambda: walk_times(network, network.node_xy[homes], network.node_xy[sites], limit_minutes=MINUTES)
    )
    graph, _ = whole_graph(network)
    peer, peer_wall, peer_cpu = timed(
        lambda: np.concatenate(
            [dijkstra(graph, indices=sites[at : at + 10], limit=limit)[:, homes] for at in range(0, SITES, 10)]
        )
    )
    found = times.minutes.toarray().T
    expected = np.where(peer <= limit, peer / 60 / speed.speed_metres_per_second, 0)
    gap = float(np.abs(found - expected).max())
    plain = nx.from_scipy_sparse_array(graph, edge_attribute="weight")
    some = sites[:5].tolist()
    _, nx_wall, nx_cpu = timed(
        lambda: [nx.single_source_dijkstra_path_length(plain, each, cutoff=limit) for each in some]
    )
    nodes = f"{len(np.unique(graph.nonzero()[0])):,}"
    what = (
        f"{name}: {SITES} × {len(homes):,} within {MINUTES:g} min ({nodes} nodes, {len(network):,} after contraction)"
    )
    return [
        (what, "nahbar", f"{wall:.2f}", f"{cpu:.2f}", f"{times.minutes.nnz:,} pairs"),
        ("", "scipy, not contracted", f"{peer_wall:.2f}", f"{peer_cpu:.2f}", f"largest difference {gap:.1e} min"),
        (
            "",
            "networkx, not contracted",
            *(f"{seconds * SITES / len(some):.1f}" for seconds in (nx_wall, nx_cpu)),
            f"calculated from {len(some)} sites",
        ),
    ]


def streets(name: str, path: Path, cache: Path) -> tuple[list[Row], StreetNetwork]:
    network, wall, cpu = timed(lambda: read_streets(path, CRS))
    read_streets(path, CRS, cache=cache)
    _, again, again_cpu = timed(lambda: read_streets(path, CRS, cache=cache))
    _, tree, tree_cpu = timed(lambda: network.segment_tree)
    size = f"{len(network.line_xy):,} line points, {len(network.edge_effort):,} edges, {len(network):,} nodes"
    return [
        (f"{name}: parsed and contracted", "nahbar", f"{wall:.2f}", f"{cpu:.2f}", size),
        (f"{name}: from the cache", "nahbar", f"{again:.2f}", f"{again_cpu:.2f}", ""),
        (f"{name}: spatial index of the pieces", "nahbar", f"{tree:.2f}", f"{tree_cpu:.2f}", "once for a network"),
    ], network


def catchments(name: str, network: StreetNetwork) -> list[Row]:
    random = np.random.default_rng(1)
    sites = network.node_xy[random.choice(len(network), 20, replace=False)]
    rows: list[Row] = []
    for minutes in (15.0, 30.0):
        _, wall, cpu = timed(lambda minutes=minutes: walk_catchments(network, sites, minutes=minutes))
        rows.append(
            (
                f"{name}: catchment of {minutes:g} min",
                "nahbar",
                f"{wall / 20:.3f}",
                f"{cpu / 20:.3f}",
                "mean of 20 sites",
            )
        )
    return rows


def longer(timetable: Timetable, hours: int) -> Timetable:
    """Return the hour of the timetable repeated."""
    trips = int(timetable.trip.max()) + 1
    names = ("from_stop", "to_stop", "can_board", "can_alight")
    return replace(
        timetable,
        trip=np.concatenate([timetable.trip + hour * trips for hour in range(hours)]),
        departure=np.concatenate([timetable.departure + hour * 3600 for hour in range(hours)]),
        arrival=np.concatenate([timetable.arrival + hour * 3600 for hour in range(hours)]),
        **{name: np.tile(getattr(timetable, name), hours) for name in names},
    )


def transit() -> list[Row]:
    from tests.reach.transit.small_feed import plain_arrivals, time_expanded

    timetable, wall, cpu = timed(lambda: read_timetable(DATA / "gtfs_berlin"))
    rows: list[Row] = [("Berlin hour: GTFS read", "nahbar", f"{wall:.2f}", f"{cpu:.2f}", f"{len(timetable):,} rides")]
    crs = "EPSG:25833"
    stop_xy = stop_coordinates(timetable, crs)
    paths, wall, _ = timed(lambda: footpaths_between(timetable, stop_xy, TransitAssumptions()))
    stops = np.unique(timetable.from_stop)
    moments = np.array([12 * 3600 + 300 * number for number in range(7)])
    found, wall, cpu = timed(lambda: earliest_arrivals(timetable, paths, stops, stops, moments))
    rows.append(
        (
            f"Berlin hour: earliest arrivals, {len(stops)} × {len(stops)} stops, {len(moments)} departures",
            "nahbar",
            f"{wall:.2f}",
            f"{cpu:.2f}",
            "",
        )
    )
    graph = time_expanded(timetable, paths)
    places = np.random.default_rng(3).choice(len(stops), 10, replace=False)
    expected, wall, cpu = timed(
        lambda: [plain_arrivals(graph, timetable, each, int(moments[1]))[stops] for each in stops[places].tolist()]
    )
    same = sum(int((found[1, row] == other).sum()) for row, other in zip(places.tolist(), expected, strict=True))
    reached = sum(int((other < NEVER).sum()) for other in expected)
    searches = len(stops) * len(moments) / len(places)
    told = (
        f"calculated from {len(places)} searches; {same:,} of {len(places) * len(stops):,} equal, {reached:,} reached"
    )
    rows.append(("", "time-expanded Dijkstra (networkx)", f"{wall * searches:.0f}", f"{cpu * searches:.0f}", told))
    random = np.random.default_rng(2)
    near = stop_xy[stops]
    homes = near[random.integers(0, len(near), POINTS)] + random.normal(0, 500, (POINTS, 2))
    sites = near[random.integers(0, len(near), SITES)] + random.normal(0, 300, (SITES, 2))
    for hours, window in ((1, ("12:00", "12:30", 5.0)), (8, ("12:00", "14:00", 10.0))):
        day = longer(timetable, hours)
        chosen = TransitAssumptions(first=window[0], last=window[1], step_minutes=window[2])
        times, wall, cpu = timed(
            lambda day=day, chosen=chosen: transit_percentiles(
                day, homes, sites, crs=crs, limit_minutes=60, assumptions=chosen
            )
        )
        what = f"Berlin, {len(day):,} rides: {SITES} × {POINTS:,}, {len(chosen.departures)} departures, two percentiles"
        rows.append((what, "nahbar", f"{wall:.2f}", f"{cpu:.2f}", f"{times[0].minutes.nnz:,} pairs within 60 min"))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"keep the table in {RESULTS.name}")
    write = parser.parse_args().write
    if not DATA.is_dir():
        raise SystemExit(f"the data to measure on are not at {DATA}")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as scratch:
        city = Path(scratch) / "city.osm.pbf"
        write_city(city)
        read_streets(DATA / "osm" / "berlin-siegessaeule.osm.gz", CRS, rules=StreetRules())  # imports come first
        for name, path in (
            ("Lauf", LAUF),
            ("Musterstadt", ROOT / "data" / "musterstadt" / "streets.osm.pbf"),
            ("Large city", city),
        ):
            if not path.is_file():
                continue
            told, network = streets(name, path, Path(scratch) / "cache")
            rows += [*told, *walking(name, network), *catchments(name, network)]
    rows += transit()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = [
        "# Ways: measured",
        "",
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}; seconds, wall clock (on a",
        f"shared machine) and CPU. Largest memory of the whole run, peers included: {peak:,.0f} MB.",
        "Made by `python -m benchmarks.reach --write`.",
        "",
        "| what | by | wall s | CPU s | |",
        "| --- | --- | --- | --- | --- |",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    print("\n".join(lines))
    if write:
        RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
