"""The ground Musterstadt stands on: outline, river, railway, roads, parks, works and woods."""

# ruff: noqa: E501 - the tables of coordinates are a drawing, one line a road

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from data.generator.shapes import UNIT, Warp, blob, coordinates, polygons_of, spline

RIVER_WIDTH = 76.0
RAIL_WIDTH = 32.0
MOTORWAY_WIDTH = 56.0

# The Orme comes from the south-east, bends around the old town and leaves to the north-west.
RIVER = (
    (10.5, -3.6), (8.8, -2.0), (7.5, -2.95), (6.4, -2.2), (5.75, -0.95), (4.75, -0.85), (4.2, -1.7), (3.3, -1.0), (2.75, -0.05),
    (1.95, -0.15), (1.4, 0.55), (0.6, 0.98), (-0.35, 0.78), (-1.15, 0.95), (-1.75, 1.75), (-2.75, 1.75), (-3.3, 2.65), (-4.5, 2.6),
    (-4.95, 3.75), (-6.2, 3.75), (-7.3, 5.3), (-9.5, 6.0),
)  # fmt: skip
OUTLINE = (
    (0.2, 7.1), (1.6, 6.5), (2.9, 6.7), (4.2, 6.1), (5.7, 6.3), (6.7, 5.2), (6.3, 3.7), (6.9, 2.2), (6.4, 0.8), (7.0, -0.6), (6.7, -2.2),
    (7.1, -3.6), (6.2, -5.1), (4.6, -5.8), (3.2, -6.7), (1.5, -6.3), (0.2, -7.0), (-1.6, -6.6), (-2.9, -7.1), (-4.5, -6.2), (-6.0, -5.8),
    (-6.1, -4.2), (-6.8, -2.8), (-6.6, -1.0), (-7.2, 0.4), (-6.7, 1.9), (-6.9, 3.3), (-5.7, 4.7), (-4.8, 5.8), (-3.1, 5.9), (-2.0, 7.0),
)  # fmt: skip
BROOK_NORTH = ((2.6, 8.2), (2.3, 6.2), (2.75, 4.7), (2.35, 3.3), (2.75, 2.0), (2.45, 0.9), (2.55, -0.3))
BROOK_SOUTH = ((-2.2, -8.0), (-1.9, -5.6), (-2.6, -3.9), (-2.95, -2.3), (-3.9, -0.7), (-4.35, 1.0), (-4.4, 2.7))

RAIL = (
    (-9.5, -0.2),
    (-6.5, -0.75),
    (-4.2, -0.45),
    (-2.1, -0.78),
    (0.0, -0.92),
    (2.0, -1.45),
    (4.0, -2.85),
    (6.3, -3.7),
    (9.5, -5.4),
)
RAIL_HARBOUR = ((-2.5, -0.66), (-3.35, -0.2), (-3.7, 0.7), (-3.75, 1.4), (-3.88, 2.0))
MOTORWAY = ((-9.5, -3.3), (-6.0, -3.15), (-3.2, -4.05), (0.2, -3.95), (3.2, -4.9), (5.6, -6.4), (7.5, -9.0))

# Main roads: (name, road class, points in plan units). Four of them cross the river, and no other does.
ROADS: tuple[tuple[str, str, tuple[tuple[float, float], ...]], ...] = (
    ("Wallring", "secondary", ((-0.62, 0.62), (-0.83, 0.2), (-0.72, -0.32), (-0.25, -0.55), (0.35, -0.5), (0.78, -0.12), (0.8, 0.42), (0.55, 0.7))),
    ("Uferstraße", "tertiary", ((-2.31, 0.85), (-1.3, 0.62), (-0.62, 0.62), (-0.1, 0.6), (0.55, 0.7), (1.05, 0.4), (1.55, -0.15), (2.15, -0.62))),
    ("Nordring", "primary", ((-2.3, 1.0), (-2.3, 2.35), (-1.5, 2.75), (-0.2, 2.65), (1.1, 2.55), (2.0, 1.95), (2.2, 0.8), (2.15, -0.62))),
    ("Südring", "primary", ((2.15, -0.62), (2.0, -1.9), (1.1, -2.35), (-0.3, -2.3), (-1.7, -1.95), (-2.35, -1.0), (-2.3, 1.0))),
    ("Nordstraße", "secondary", ((0.0, -0.53), (0.05, 0.1), (0.1, 0.6), (0.12, 1.3), (0.3, 2.6), (0.75, 4.2), (0.6, 5.6), (1.1, 7.6))),
    ("Hallauer Straße", "secondary", ((0.12, 1.3), (-0.9, 2.1), (-1.5, 2.75), (-2.6, 3.9), (-3.6, 5.1), (-5.4, 7.4))),
    ("Eschenholzer Allee", "secondary", ((0.12, 1.3), (1.0, 1.5), (2.0, 1.95), (3.6, 2.5), (5.2, 3.7), (8.4, 4.6))),
    ("Wiesenstraße", "secondary", ((2.2, 0.8), (3.4, 0.85), (4.9, 0.5), (6.4, 0.1), (9.0, 0.4))),
    ("Hafenstraße", "secondary", ((-0.83, 0.2), (-1.6, 0.25), (-2.3, 0.32), (-3.6, 0.35), (-5.1, 0.95), (-6.3, 1.9), (-9.0, 2.7))),
    ("Ahlrader Straße", "secondary", ((-0.72, -0.32), (-1.4, -1.1), (-2.35, -1.55), (-4.2, -1.9), (-6.2, -1.95), (-9.0, -1.6))),
    ("Kaltenborner Straße", "secondary", ((-0.25, -0.55), (-0.45, -1.3), (-0.95, -2.2), (-1.5, -3.5), (-3.0, -5.2), (-4.2, -7.5))),
    ("Südstraße", "secondary", ((0.35, -0.5), (0.55, -1.3), (0.65, -2.35), (1.15, -3.6), (1.0, -5.2), (1.6, -8.0))),
    ("Bleichstraße", "secondary", ((0.78, -0.12), (1.5, -0.62), (2.15, -0.62))),
    ("Steinbrucher Straße", "secondary", ((0.62, -0.36), (1.1, -0.95), (1.75, -1.62), (3.1, -3.0), (4.2, -4.2), (6.0, -5.0), (8.0, -6.4))),
    ("Ostendstraße", "secondary", ((2.15, -0.62), (2.9, -1.45), (4.2, -2.15), (5.6, -2.5), (6.6, -3.05), (9.0, -3.9))),
    ("Altenroder Straße", "tertiary", ((1.05, -4.6), (1.9, -5.2), (3.4, -5.8), (4.5, -5.5), (6.0, -5.0))),
    ("Kleinborner Straße", "tertiary", ((-2.35, -4.4), (-1.5, -4.9), (-0.8, -6.2), (0.3, -6.35), (1.1, -5.9))),
    ("Westtangente", "primary", ((-3.6, 0.35), (-4.5, -0.75), (-4.2, -1.9), (-3.9, -2.9), (-3.55, -3.9), (-3.0, -5.2))),
    ("Südtangente", "primary", ((-3.9, -2.9), (-1.35, -3.05), (1.0, -3.15), (3.1, -3.0), (4.2, -2.15), (5.2, -1.3), (5.0, 0.5), (4.6, 2.1), (3.6, 2.5))),
    ("Nordtangente", "primary", ((3.6, 2.5), (2.6, 3.9), (0.75, 4.2), (-1.2, 4.15), (-2.6, 3.9))),
)  # fmt: skip

# Parks and other open green inside the town: (name, centre, radius in thousandths, squeeze).
PARKS = (
    ("Kleingärten am Bahndamm", (-1.78, -1.13), 170, 1.5), ("Stadtpark", (-1.45, 1.95), 330, 1.7), ("Volkspark Süd", (-0.15, -2.75), 300, 1.8), ("Ormewiesen", (3.45, 0.25), 430, 2.2),
    ("Friedhof am Hang", (1.65, 3.1), 260, 1.2), ("Kleingärten Abendfrieden", (-3.25, -1.1), 240, 1.6), ("Botanischer Garten", (0.62, 1.9), 150, 1.2),
    ("Bürgerpark", (-1.55, -0.15), 150, 1.5), ("Schlossgarten", (0.45, 0.28), 105, 1.3), ("Kranichwiesen", (3.15, -3.75), 240, 2.0),
    ("Lindenanger", (-0.9, 3.45), 190, 1.6), ("Kleingärten Sonnenschein", (2.75, -2.2), 200, 1.5), ("Westfriedhof", (-5.15, 0.1), 230, 1.3),
)  # fmt: skip
FORESTS = (
    ("Eschenholz", (5.7, 5.1), 1500, 1.2), ("Stadtwald", (-5.1, -4.5), 1500, 1.5), ("Hallauer Forst", (-1.3, 6.2), 900, 1.7),
    ("Kaltenborner Holz", (0.0, -5.7), 620, 1.6), ("Bruchwald", (6.6, -1.2), 520, 1.5),
)  # fmt: skip
WORKS = (
    ("Hafen", (-3.15, 1.25), 560, 1.4), ("Hüttenwerk Orme", (-4.75, 1.75), 620, 1.5), ("Gewerbegebiet Nord", (1.9, 4.55), 360, 1.5),
    ("Güterbahnhof Ost", (3.15, -1.95), 330, 1.9), ("Gewerbepark Süd", (1.9, -3.75), 420, 1.5),
)  # fmt: skip


@dataclass(frozen=True)
class Road:
    """A main road: its name, its class as OpenStreetMap says it, its line."""

    name: str
    kind: str
    line: LineString


@dataclass(frozen=True)
class Terrain:
    """Everything that was there before quarters were drawn; ``river_name`` is a key of ``water``."""

    outline: Polygon
    river: LineString
    rails: tuple[tuple[str, LineString], ...]
    motorway: LineString
    roads: tuple[Road, ...]
    water: dict[str, BaseGeometry]
    parks: dict[str, BaseGeometry]
    forests: dict[str, BaseGeometry]
    works: dict[str, BaseGeometry]
    river_name: str = "Orme"

    @cached_property
    def river_area(self) -> BaseGeometry:
        """Return the water of the river, which nobody crosses without a bridge."""
        return self.water[self.river_name]

    @cached_property
    def rail_area(self) -> BaseGeometry:
        """Return the ground of all tracks."""
        return shapely.union_all([line for _, line in self.rails]).buffer(RAIL_WIDTH / 2)

    @cached_property
    def motorway_area(self) -> BaseGeometry:
        """Return the ground of the motorway."""
        return self.motorway.buffer(MOTORWAY_WIDTH / 2)

    @cached_property
    def crossings(self) -> tuple[BaseGeometry, BaseGeometry, BaseGeometry]:
        """Return the strips in which a road is a bridge or a crossing: of river, tracks, motorway."""
        strips = self.river_area.buffer(10), self.rail_area.buffer(4), self.motorway_area.buffer(4)
        for strip in strips:
            shapely.prepare(strip)
        return strips

    @cached_property
    def open_water(self) -> BaseGeometry:
        """Return all water as one."""
        return shapely.union_all(list(self.water.values()))


def make_terrain(rng: np.random.Generator) -> Terrain:
    """Return the ground of Musterstadt."""
    bend = Warp(rng, [(1900, 55), (700, 16)])
    rough = Warp(rng, [(1700, 130), (600, 38), (200, 7)])
    outline = max(polygons_of(rough(Polygon(coordinates(OUTLINE)), 50).buffer(0)), key=lambda part: part.area)
    river = _moved(bend, spline(RIVER))
    rails = tuple(
        (name, _moved(bend, spline(line))) for name, line in (("Hauptbahn", RAIL), ("Hafenbahn", RAIL_HARBOUR))
    )
    motorway = _moved(bend, spline(MOTORWAY))
    roads = _joined([Road(name, kind, _moved(bend, spline(points))) for name, kind, points in ROADS])
    water = _water(rng, bend, river)
    wet = shapely.union_all(list(water.values()))
    works = _areas(rng, WORKS, outline, wet.buffer(10))
    dry = shapely.union_all([wet.buffer(15), *works.values()])
    parks = _areas(rng, PARKS, outline, dry)
    forests = _areas(rng, FORESTS, outline, dry.union(motorway.buffer(60)))
    return Terrain(outline, river, rails, motorway, roads, water, parks, forests, works)


def _moved(warp: Warp, line: LineString) -> LineString:
    return warp(line)  # type: ignore[return-value]


def _joined(roads: list[Road]) -> tuple[Road, ...]:
    """Return the roads with ends that nearly meet another road led onto it."""
    joined = []
    for number, road in enumerate(roads):
        others = shapely.union_all([other.line for index, other in enumerate(roads) if index != number])
        joined.append(replace(road, line=led_onto(road.line, others)))
    return tuple(joined)


def led_onto(line: LineString, others: BaseGeometry, within: float = 60.0, beyond: float = 2.0) -> LineString:
    """Return the line with each end drawn ``beyond`` the other lines if these are close."""
    points = list(line.coords)
    for place in (0, -1):
        end = shapely.Point(points[place])
        target = shapely.ops.nearest_points(end, others)[1]
        distance = end.distance(target)
        if 0.05 < distance < within:
            stretch = (distance + beyond) / distance
            tip = (end.x + (target.x - end.x) * stretch, end.y + (target.y - end.y) * stretch)
            points.insert(0, tip) if place == 0 else points.append(tip)
    return LineString(points)


def _water(rng: np.random.Generator, bend: Warp, river: LineString) -> dict[str, BaseGeometry]:
    basin = shapely.union_all(
        [
            LineString(coordinates([(-3.56, 2.38), (-3.05, 1.48)])).buffer(48, cap_style="flat"),
            LineString(coordinates([(-3.3, 1.95), (-2.8, 2.03)])).buffer(38, cap_style="flat"),
        ]
    )
    lake = _blob(rng, (-5.15, -1.25), 300, 0.15, 1.5)
    pond = _blob(rng, (-1.45, 1.98), 85, 0.2, 1.6)
    brooks = {"Hallbach": bend(spline(BROOK_NORTH)).buffer(4), "Kaltenbach": bend(spline(BROOK_SOUTH)).buffer(4)}
    body = river.buffer(RIVER_WIDTH / 2)
    return {"Orme": body, "Hafenbecken": basin.difference(body), "Baggersee": lake, "Stadtparkteich": pond, **brooks}


def _blob(
    rng: np.random.Generator, centre: tuple[float, float], radius: float, roughness: float, squeeze: float
) -> Polygon:
    """Return a blob drawn in the plan: ``radius`` in thousandths of a plan unit."""
    return blob(rng, (centre[0] * UNIT, centre[1] * UNIT), radius * UNIT / 1000, roughness, squeeze)


def _areas(rng: np.random.Generator, plan: tuple, outline: Polygon, without: BaseGeometry) -> dict[str, BaseGeometry]:
    rough = Warp(rng, [(420, 24), (150, 7)])
    areas = {}
    for name, (x, y), radius, squeeze in plan:
        shape = rough(_blob(rng, (x, y), radius, 0.16, squeeze), 30)
        areas[name] = shape.buffer(0).intersection(outline).difference(without)
    return areas
