"""A small timetable in GTFS, changed by one property at a time, and a plain search to compare with.

Line 1 runs A - B - C every 20 minutes from 8:00 (ten minutes a ride), line 2 runs B - D from 8:05 every 30 minutes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
from pyproj import Transformer

from geo.reach.transit.connections import NEVER, Footpaths
from geo.reach.transit.timetable import Timetable
from tests.reach.streets.small_streets import CRS, at

_TO_DEGREES = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
PLACES = {"A": (0, 0), "B": (4000, 0), "C": (8000, 0), "D": (4000, 5000)}


def clock(minutes: float) -> str:
    """Return minutes after midnight as ``HH:MM:SS``."""
    seconds = round(minutes * 60)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def feed() -> dict[str, str]:
    """Return the files of the feed."""
    stops = ["stop_id,stop_name,stop_lat,stop_lon"]
    for key, place in PLACES.items():
        longitude, latitude = _TO_DEGREES.transform(*at(*place))
        stops.append(f"{key},Halt {key},{latitude:.8f},{longitude:.8f}")
    trips, times = ["route_id,service_id,trip_id"], ["trip_id,arrival_time,departure_time,stop_id,stop_sequence"]
    for number in range(9):
        trips.append(f"1,werktags,l1_{number}")
        start = 480 + 20 * number
        times += [
            f"l1_{number},{clock(start + 10 * place)},{clock(start + 10 * place)},{stop},{place + 1}"
            for place, stop in enumerate("ABC")
        ]
    for number in range(6):
        trips.append(f"2,werktags,l2_{number}")
        start = 485 + 30 * number
        times += [
            f"l2_{number},{clock(start)},{clock(start)},B,1",
            f"l2_{number},{clock(start + 12)},{clock(start + 12)},D,2",
        ]
    return {
        "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\n1,Stadtbus,https://example.org,Europe/Berlin\n",
        "routes.txt": "route_id,agency_id,route_short_name,route_type\n1,1,1,3\n2,1,2,3\n",
        "stops.txt": "\n".join(stops) + "\n",
        "trips.txt": "\n".join(trips) + "\n",
        "stop_times.txt": "\n".join(times) + "\n",
        "calendar.txt": (
            "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
            "werktags,1,1,1,1,1,0,0,20260101,20261231\n"
        ),
    }


def write_feed(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a new folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def write_zip(path: Path, files: Mapping[str, str], prefix: str = "") -> Path:
    """Write files into a zip file, below a folder if ``prefix`` is given."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(prefix + name, content)
    return path


def time_expanded(timetable: Timetable, footpaths: Footpaths) -> nx.DiGraph:
    """Return the time-expanded graph: waiting, riding, alighting, changing; weights are seconds."""
    graph = nx.DiGraph()
    count = len(timetable)
    departure, arrival = timetable.departure.tolist(), timetable.arrival.tolist()
    by_stop: dict[int, list[int]] = {}
    for ride in sorted(range(count), key=lambda each: departure[each]):
        by_stop.setdefault(int(timetable.from_stop[ride]), []).append(ride)
    for rides in by_stop.values():
        for one, other in pairwise(rides):
            graph.add_edge(("wait", one), ("wait", other), weight=departure[other] - departure[one])
            if departure[one] == departure[other]:
                graph.add_edge(("wait", other), ("wait", one), weight=0)
    for ride in range(count):
        if timetable.can_board[ride]:
            graph.add_edge(("wait", ride), ("ride", ride), weight=0)
        if ride + 1 < count and timetable.trip[ride + 1] == timetable.trip[ride]:
            graph.add_edge(("ride", ride), ("ride", ride + 1), weight=departure[ride + 1] - departure[ride])
        if not timetable.can_alight[ride]:
            continue
        graph.add_edge(("ride", ride), ("off", ride), weight=arrival[ride] - departure[ride])
        stop = int(timetable.to_stop[ride])
        for path in range(footpaths.start[stop], footpaths.start[stop + 1]):
            ready = arrival[ride] + int(footpaths.seconds[path])
            later = next(
                (each for each in by_stop.get(int(footpaths.to_stop[path]), []) if departure[each] >= ready), None
            )
            if later is not None:
                graph.add_edge(("off", ride), ("wait", later), weight=departure[later] - arrival[ride])
    graph.graph["by_stop"] = by_stop
    return graph


def plain_arrivals(graph: nx.DiGraph, timetable: Timetable, start: int, moment: int) -> np.ndarray:
    """Return the earliest arrival at every stop by Dijkstra's algorithm on the time-expanded graph."""
    found = np.full(len(timetable.stop_ids), int(NEVER), dtype=np.int64)
    first = next((ride for ride in graph.graph["by_stop"].get(start, []) if timetable.departure[ride] >= moment), None)
    if first is None or ("wait", first) not in graph:
        return found
    begin = int(timetable.departure[first])
    for (kind, ride), seconds in nx.single_source_dijkstra_path_length(graph, ("wait", first)).items():
        if kind == "off":
            stop = int(timetable.to_stop[ride])
            found[stop] = min(found[stop], begin + seconds)
    return found
