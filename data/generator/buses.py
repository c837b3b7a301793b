"""The buses of Musterstadt: lines along its streets and a made-up timetable for them, as a GTFS feed."""

# ruff: noqa: E501 - the plan of lines is a drawing, one line a line

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import shapely
from pyproj import Transformer
from scipy.spatial import cKDTree
from shapely.geometry import LineString

from data.generator.plan import PLOTS
from data.generator.shapes import Floats
from data.generator.streets import Key, Street, ends

FIRST_DAY, LAST_DAY = "20260101", "20261231"
HOLIDAYS = ("20260101", "20260403", "20260406", "20260501", "20260514", "20260525", "20261225")
STOP_EVERY_M = 430.0
STOP_SHARED_M = 170.0
METRES_PER_SECOND = 20.0 / 3.6
DWELL_SECONDS = 18
DAY_FROM, DAY_TO, EVENING_TO = 5 * 60 + 10, 20 * 60, 23 * 60
EVENING_EVERY = 30
# How willingly a bus takes a street, as a factor on its length; what is not here it cannot take.
WILLING = {"primary": 0.75, "secondary": 0.75, "tertiary": 0.85, "unclassified": 1.2, "residential": 1.35}
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)

# Line, minutes between buses by day, quarters it calls at. Most lines meet at the station.
_PLAN = """
1 10 Heidehof-Nord, Heidehof-Süd, Nordfeld, Nordvorstadt, Brückenvorstadt, Altstadt, Bahnhofsviertel, Südvorstadt, Am Südring, Am Volkspark, Gartenfeld
2 10 Neuland, Am Hüttenpark, Werksiedlung, Eisenbrink, Gerbervorstadt, Altstadt, Bahnhofsviertel, Theaterviertel, Bleiche, Ostend, Flussfeld, Sandkamp
3 15 Hallau, Lindenhof, Stadtparkviertel, Turmviertel, Brückenvorstadt, Altstadt, Bahnhofsviertel, Lokviertel, Ringgarten, Südfeld, Kranichsiedlung-West, Kranichsiedlung-Ost
4 15 Ahlrade, Westfeld, Abendfrieden, Rosenhöhe, Pauluskamp, Bahnhofsviertel, Obertor, Ostvorstadt, Ufervorstadt, Wiesenau, Jakobsfeld, Eschenholz
5 20 Kaltenborn, Margaretenhof, Kastanienhof, Pauluskamp, Bahnhofsviertel, Altstadt, Neustadt, Apostelviertel, Am Hang, Vorwerk
6 20 Schmiedeviertel, Kohlenhof, Weberviertel, Rosenhöhe, Am Südring, Ringgarten, Ziegelei, Ostend, Ormebogen, Wiesenau, Apostelviertel, Gärtnerviertel, Nordvorstadt, Stadtparkviertel
7 30 Steinbruch, Steinbrucher Feld, Kranichsiedlung-Ost, Fuchsbreite, Gartenfeld, Margaretenhof, Kaltenbachviertel, Abendfrieden, Schmiedeviertel, Werksiedlung
8 60 Altenrode, Süderholz, Lerchenau, Gartenfeld, Am Volkspark, Am Südring, Bahnhofsviertel
"""


def _planned(line: str) -> tuple[str, int, tuple[str, ...]]:
    name, every, quarters = line.split(" ", 2)
    return name, int(every), tuple(quarters.split(", "))


LINES = tuple(_planned(line) for line in _PLAN.strip().splitlines())


@dataclass(frozen=True)
class Line:
    """A bus line: stops by their number, and seconds from the first stop to each."""

    name: str
    every_minutes: int
    stops: tuple[int, ...]
    seconds: tuple[int, ...]


def write_buses(path: Path, streets: Sequence[Street], middles: Floats, origin: tuple[float, float]) -> None:
    """Write the feed; nothing in it is left to chance.

    Parameters
    ----------
    streets
        The streets of the town, cut at their crossings, in the local frame.
    middles
        Middle of each quarter in the order of the plan, shape (n, 2).
    origin
        Easting and northing (EPSG:25832) of the local frame.
    """
    spots, names, lines = _lay_lines(streets, middles)
    lon, lat = Transformer.from_crs(25832, 4326, always_xy=True).transform(*(np.array(spots) + origin).T)
    trips, times = _runs(lines)
    tables: dict[str, list[Sequence[Any]]] = {
        "agency.txt": [
            ("agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang"),
            ("mv", "Musterstädter Verkehrsbetriebe (fiktiv)", "https://example.org/", "Europe/Berlin", "de"),
        ],
        "feed_info.txt": [
            ("feed_publisher_name", "feed_publisher_url", "feed_lang", "feed_start_date", "feed_end_date"),
            ("Nahbar, fiktive Daten", "https://example.org/", "de", FIRST_DAY, LAST_DAY),
        ],
        "stops.txt": [
            ("stop_id", "stop_name", "stop_lat", "stop_lon"),
            *((f"h{n:03d}", names[n], f"{lat[n]:.6f}", f"{lon[n]:.6f}") for n in range(len(spots))),
        ],
        "routes.txt": [
            ("route_id", "agency_id", "route_short_name", "route_long_name", "route_type"),
            *((name, "mv", name, f"{called[0]} - {called[-1]}", "3") for name, _, called in LINES),
        ],
        "calendar.txt": [
            ("service_id", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "start_date", "end_date"),
            ("werktag", 1, 1, 1, 1, 1, 0, 0, FIRST_DAY, LAST_DAY),
        ],
        "calendar_dates.txt": [("service_id", "date", "exception_type"), *(("werktag", day, 2) for day in HOLIDAYS)],
        "trips.txt": [("route_id", "service_id", "trip_id", "trip_headsign", "direction_id"), *trips],
        "stop_times.txt": [("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"), *times],
    }  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, rows in sorted(tables.items()):
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(rows)
            archive.writestr(zipfile.ZipInfo(name, _ZIP_DATE), text.getvalue(), zipfile.ZIP_DEFLATED)


def _lay_lines(streets: Sequence[Street], middles: Floats) -> tuple[list[Floats], list[str], list[Line]]:
    """Return places and names of the stops, and the lines that call at them."""
    graph = _drivable(streets)
    nodes = sorted(graph)
    near = cKDTree(np.array(nodes))
    at = {plot.name: nodes[int(near.query(middles[number])[1])] for number, plot in enumerate(PLOTS)}
    called = [street for street in streets if street.name and street.kind in WILLING]
    tree = shapely.STRtree([street.line for street in called])
    spots: list[Floats] = []
    lines = []
    for name, every, quarters in LINES:
        way = _way(graph, [at[quarter] for quarter in quarters])
        number = max(2, round(way.length / STOP_EVERY_M) + 1)
        stops: list[int] = []
        run: list[float] = []
        for along in np.linspace(0, way.length, number):
            stop = _stop_near(np.array(way.interpolate(along).coords[0]), spots)
            if stop not in stops[-1:]:
                stops.append(stop)
                run.append(float(along))
        pauses = DWELL_SECONDS * np.arange(len(run))
        seconds = np.round((np.array(run) - run[0]) / METRES_PER_SECOND + pauses, -1).astype(int)
        lines.append(Line(name, every, tuple(stops), tuple(int(one) for one in seconds)))
    names = [_stop_name(spot, middles, called, tree) for spot in spots]
    return spots, names, lines


def _drivable(streets: Sequence[Street]) -> nx.Graph:
    """Return the largest connected part of the streets a bus can take."""
    taken = [street for street in streets if street.kind in WILLING]
    graph = nx.Graph()
    for street, (one, other) in zip(taken, ends(taken), strict=True):
        weight = street.line.length * WILLING[street.kind]
        if one != other and weight < graph.get_edge_data(one, other, {"weight": np.inf})["weight"]:
            graph.add_edge(one, other, weight=weight, line=street.line)
    part = max(nx.connected_components(graph), key=lambda nodes: (len(nodes), min(nodes)))
    return graph.subgraph(part)


def _way(graph: nx.Graph, points: Sequence[Key]) -> LineString:
    """Return the way of a bus from point to point along streets."""
    steps = [node for pair in pairwise(points) for node in nx.shortest_path(graph, *pair, weight="weight")[:-1]]
    coordinates: list[tuple[float, float]] = []
    for one, other in pairwise([*steps, points[-1]]):
        line = list(graph[one][other]["line"].coords)
        is_forward = np.hypot(*np.subtract(line[0], one)) <= np.hypot(*np.subtract(line[-1], one))
        coordinates += line if is_forward else line[::-1]
    return LineString(coordinates)


def _stop_near(spot: Floats, spots: list[Floats]) -> int:
    """Return the number of a stop that is there already or near by, or of a new one."""
    away = [float(np.hypot(*(spot - other))) for other in spots]
    if away and min(away) < STOP_SHARED_M:
        return int(np.argmin(away))
    spots.append(np.round(spot, 1))
    return len(spots) - 1


def _stop_name(spot: Floats, middles: Floats, streets: Sequence[Street], tree: shapely.STRtree) -> str:
    quarter = PLOTS[int(np.argmin(np.hypot(*(middles - spot).T)))].name
    return f"{quarter}, {streets[int(tree.nearest(shapely.Point(spot)))].name}"


def _runs(lines: Sequence[Line]) -> tuple[list[Sequence[Any]], list[Sequence[Any]]]:
    """Return the rows of ``trips.txt`` and ``stop_times.txt``: every line there and back, all day."""
    trips: list[Sequence[Any]] = []
    times: list[Sequence[Any]] = []
    for line, (_, _, called) in zip(lines, LINES, strict=True):
        for direction in (0, 1):
            stops = line.stops if direction == 0 else line.stops[::-1]
            total = line.seconds[-1]
            after = line.seconds if direction == 0 else tuple(total - one for one in line.seconds[::-1])
            # Lines and directions set out at different minutes, as they do in life.
            shift = (3 * int(line.name) + 4 * direction) % line.every_minutes
            evening = range(DAY_TO, EVENING_TO, max(EVENING_EVERY, line.every_minutes))
            for number, minute in enumerate([*range(DAY_FROM, DAY_TO, line.every_minutes), *evening]):
                trip = f"{line.name}-{direction}-{number:03d}"
                trips.append((line.name, "werktag", trip, called[-1] if direction == 0 else called[0], direction))
                start = 60 * (minute + shift)
                times += [
                    (trip, _clock(start + late), _clock(start + late), f"h{stop:03d}", order)
                    for order, (stop, late) in enumerate(zip(stops, after, strict=True), start=1)
                ]
    return trips, times


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
