"""The countryside of Musterkreis: ground, borders, towns and villages, roads between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import networkx as nx
import numpy as np
import shapely
from scipy.spatial import Delaunay
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from data.generator.district_plan import (
    FORESTS,
    LAKES,
    MOTORWAY,
    MUNICIPALITIES,
    OUTLINE,
    RAIL,
    RIVER,
    STREAM,
    Municipality,
    village_names,
)
from data.generator.names import StreetNames
from data.generator.quarters import divide
from data.generator.shapes import Floats, Warp, blob, coordinates, lines_of, polygons_of, spline
from data.generator.streets import Street, clipped, connected, cut, main_road, organic, without_stubs
from data.generator.terrain import Road, Terrain, led_onto

KM = 1000.0


@dataclass(frozen=True)
class Settlement:
    """A town or village: where it is, in which municipality, how many live there, what is built up."""

    name: str
    at: int
    middle: Floats
    residents: int
    built: BaseGeometry


def lay_countryside(rng: np.random.Generator) -> Terrain:
    """Return the ground of Musterkreis, its roads still missing."""
    bend = Warp(rng, [(6000, 160), (1800, 55)])
    rough = Warp(rng, [(7000, 480), (2200, 150), (700, 30)])
    outline = max(polygons_of(rough(Polygon(coordinates(OUTLINE, KM)), 120).buffer(0)), key=lambda part: part.area)
    wind = Warp(rng, [(2300, 130), (900, 45)])
    river, stream = (wind(bend(spline(line, 90, KM), 90), 60) for line in (RIVER, STREAM))
    stream = led_onto(stream, river, within=900, beyond=0)
    rail, motorway = (bend(spline(line, 90, KM), 90) for line in (RAIL, MOTORWAY))
    lakes = {
        name: rough(blob(rng, (x * KM, y * KM), radius, 0.2, squeeze), 60).buffer(0)
        for name, (x, y), radius, squeeze in LAKES
    }
    water = {"Lenze": river.buffer(17), "Ahrenbach": stream.buffer(4), **lakes}
    wet = shapely.union_all([river.buffer(60), *(lake.buffer(40) for lake in lakes.values())])
    forests = {
        name: rough(blob(rng, (x * KM, y * KM), radius, 0.2, squeeze), 80)
        .buffer(0)
        .intersection(outline)
        .difference(wet)
        for name, (x, y), radius, squeeze in FORESTS
    }
    return Terrain(outline, river, (("Lenzetalbahn", rail),), motorway, (), water, {}, forests, {}, "Lenze")


def draw_borders(terrain: Terrain, rng: np.random.Generator) -> list[Polygon]:
    """Return the municipalities; down the valley, away from the towns, the river is their border."""
    warp = Warp(rng, [(9000, 520), (2600, 210), (800, 60)])
    middles = coordinates([(place.x, place.y) for place in MUNICIPALITIES], KM)
    lower = terrain.river.intersection(shapely.box(-30e3, 4e3, 0, 30e3))
    upper = terrain.river.intersection(shapely.box(-30e3, -30e3, 30e3, -6.5e3))
    shapes, _ = divide(terrain.outline, middles, {"river": [*lines_of(lower), *lines_of(upper)]}, warp)
    return shapes


def found_settlements(terrain: Terrain, shapes: Sequence[Polygon], rng: np.random.Generator) -> list[Settlement]:
    """Return towns and villages, no two of them in each other's fields."""
    wet = shapely.union_all([terrain.open_water.buffer(25), terrain.rail_area, terrain.motorway_area.buffer(60)])
    woods = shapely.union_all(list(terrain.forests.values()))
    names = village_names(rng)
    taken: list[tuple[Floats, float]] = []
    settlements = []
    for at, (place, shape) in enumerate(zip(MUNICIPALITIES, shapes, strict=True)):
        middle = np.array([place.x, place.y]) * KM
        if not shape.contains(shapely.Point(middle)):
            middle = np.array(shapely.maximum_inscribed_circle(shape).coords[0])
        sizes = _sizes(place, rng)
        for number, residents in enumerate(sizes):
            density = 43 if residents > 25_000 else 30 if residents > 4_000 else 20 if residents > 800 else 13
            radius = float(np.sqrt(residents / density * 1e4 / np.pi))
            if number:
                middle = _free_spot(shape, radius, woods, wet, taken, rng)
            built = (
                blob(rng, tuple(middle), radius, 0.24, rng.uniform(1.0, 1.8))
                .intersection(shape.buffer(-80))
                .difference(wet)
            )
            taken.append((middle, radius))
            name = place.name if number == 0 else next(names)
            settlements.append(Settlement(name, at, middle, residents, built))
    return settlements


def _sizes(place: Municipality, rng: np.random.Generator) -> list[int]:
    """Return residents of the main place and of the villages, the largest first."""
    share = rng.uniform(0.84, 0.9) if place.residents > 25_000 else rng.uniform(0.5, 0.66)
    weight = 1 / np.arange(1, place.villages + 1) ** 0.75 * rng.uniform(0.8, 1.2, place.villages)
    villages = np.sort(np.rint((1 - share) * place.residents * weight / weight.sum()).astype(int))[::-1]
    return [int(place.residents - villages.sum()), *map(int, villages)]


def _free_spot(
    shape: Polygon,
    radius: float,
    woods: BaseGeometry,
    wet: BaseGeometry,
    taken: list[tuple[Floats, float]],
    rng: np.random.Generator,
) -> Floats:
    """Return a place for a village: inside, in the open, away from the others; the roomiest of many tries."""
    inner = shape.buffer(-radius - 250)
    inner = inner if not inner.is_empty else shape.buffer(-150)
    west, south, east, north = inner.bounds
    others, reaches = np.array([other for other, _ in taken]), np.array([reach for _, reach in taken])
    best, best_room = np.array(inner.representative_point().coords[0]), -np.inf
    for _ in range(60):
        spot = rng.uniform((west, south), (east, north))
        point = shapely.Point(spot)
        if not inner.contains(point) or woods.contains(point) or wet.distance(point) < radius * 0.5:
            continue
        room = float((np.hypot(*(spot - others).T) - reaches).min()) - radius + rng.uniform(0, 1500)
        if room > best_room:
            best, best_room = spot, room
    return best


def with_roads(
    terrain: Terrain, forests: dict[str, BaseGeometry], settlements: list[Settlement], rng: np.random.Generator
) -> Terrain:
    """Return the terrain with roads between neighbouring places, where no third place lies between them."""
    middles = np.array([s.middle for s in settlements])
    bend = Warp(rng, [(4200, 150), (1500, 70), (600, 18)])
    lake = terrain.water["Ahrensee"].buffer(60)
    lines = {}
    for one, other in sorted(_gabriel(middles)):
        line = bend(LineString([middles[one], middles[other]]), 110)
        if not line.intersects(lake) and shapely.intersection(line, terrain.river).geom_type != "MultiPoint":
            lines[one, other] = line
    trunk = _between_main_places(settlements, middles, lines)
    roads = [
        Road(_road_name(settlements[other].name), "secondary" if (one, other) in trunk else "tertiary", line)
        for (one, other), line in lines.items()
    ]
    return replace(terrain, forests=forests, roads=tuple(roads))


def _between_main_places(
    settlements: list[Settlement], middles: Floats, lines: dict[tuple[int, int], LineString]
) -> set[tuple[int, int]]:
    """Return the roads on the shortest ways between main places of neighbouring municipalities."""
    graph = nx.Graph()
    graph.add_weighted_edges_from((one, other, line.length) for (one, other), line in lines.items())
    main = [number for number, place in enumerate(settlements) if place.name == MUNICIPALITIES[place.at].name]
    trunk = set()
    for one, other in _gabriel(middles[main]):
        way = nx.shortest_path(graph, main[one], main[other], weight="weight")
        trunk |= {(min(pair), max(pair)) for pair in pairwise(way)}
    return trunk


def _road_name(place: str) -> str:
    """Return the name of the road to a place."""
    if place.endswith("en"):
        return f"{place}er Straße" if place.endswith("hausen") else f"{place[:-1]}er Straße".replace("eer", "er")
    return f"{place}r Straße" if place.endswith("e") else f"{place}er Straße"


def _gabriel(points: Floats) -> set[tuple[int, int]]:
    """Return pairs of points with no third point in the circle over their connection (Gabriel graph)."""
    pairs = set()
    for triangle in Delaunay(points).simplices:
        for one, other in ((0, 1), (1, 2), (0, 2)):
            a, b = sorted((int(triangle[one]), int(triangle[other])))
            half = np.hypot(*(points[a] - points[b])) / 2
            away = np.hypot(*(points - (points[a] + points[b]) / 2).T)
            away[[a, b]] = np.inf
            if away.min() > half:
                pairs.add((a, b))
    return pairs


def lay_country_streets(terrain: Terrain, settlements: list[Settlement], rng: np.random.Generator) -> list[Street]:
    """Return roads between the places and the streets within them, as one network."""
    names = StreetNames(rng)
    ways = [piece for road in terrain.roads for piece in main_road(road, terrain, level_beyond=0.0)]
    barrier = shapely.union_all(
        [area.buffer(8) for name, area in terrain.water.items() if name != "Ahrenbach"]
        + [terrain.rail_area, terrain.motorway_area]
    )
    local = []
    for place in settlements:
        width = 190 if place.residents > 4000 else 165
        lines = lines_of(organic(place.built, width, rng, 0.85).intersection(place.built))
        local += [Street(line, "residential", names.next()) for line in lines]
    return connected(without_stubs(cut([*ways, *clipped(local, terrain.outline, barrier)])), barrier)
