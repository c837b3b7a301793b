"""The street network: main roads, lanes between quarters, blocks within them, paths in the green.

Nothing but a bridge crosses the river, nothing but a main road crosses the tracks, and nobody walks
on the motorway. Everything is cut at its crossings, so lines that meet share a node.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import networkx as nx
import numpy as np
import shapely
import shapely.ops
from scipy.spatial import cKDTree
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from data.generator.ground import Ground
from data.generator.names import StreetNames
from data.generator.plan import FABRICS, PLOTS, Plot
from data.generator.shapes import Floats, Warp, lines_of, node, voronoi_edges
from data.generator.terrain import Road, Terrain

Key = tuple[float, float]

STRAIGHTEN_M = 1.5
STUB_M = 35.0
LINK_M = 450.0
OVERLAP_M = 4.0  # clipped lines reach over the edge, so that they meet what runs along it


@dataclass(frozen=True)
class Street:
    """A line to walk or drive along, tagged as in OpenStreetMap."""

    line: LineString
    kind: str
    name: str = ""
    tags: dict[str, str] = field(default_factory=dict)


def lay_streets(terrain: Terrain, ground: Ground, rng: np.random.Generator) -> list[Street]:
    """Return every street of Musterstadt, cut at its crossings and connected into one network."""
    names = StreetNames(rng)
    streets = [piece for road in terrain.roads for piece in main_road(road, terrain)]
    local = [*_between_quarters(ground, names), *_around_greens(terrain), *_paths(terrain, ground, rng)]
    for index, plot in enumerate(PLOTS):
        local += _blocks(plot, index, ground, terrain, rng, names)
    local += _banks(terrain, ground)
    ways = [*streets, *clipped(local, terrain.outline, ground.barrier)]
    return _with_steps(connected(without_stubs(cut(ways)), ground.barrier), rng)


def _with_steps(streets: list[Street], rng: np.random.Generator) -> list[Street]:
    """Return the streets with some short footways turned into steps, as down to the river."""
    steep = rng.random(len(streets)) < 0.15
    return [
        replace(street, kind="steps")
        if is_steep and street.kind == "footway" and 8 < street.line.length < 30
        else street
        for street, is_steep in zip(streets, steep, strict=True)
    ]


def main_road(road: Road, terrain: Terrain, level_beyond: float = 2600.0) -> Iterator[Street]:
    """Yield a main road in pieces: on the ground, on bridges, under the tracks (far out: across them)."""
    line = road.line.intersection(terrain.outline)
    river, rail, motorway = terrain.crossings
    if river.intersects(line):
        for part in lines_of(line.intersection(river)):
            crosses = part.intersects(terrain.river)
            yield Street(part, road.kind, road.name, {"bridge": "yes", "layer": "1"} if crosses else {})
        line = line.difference(river)
    if rail.intersects(line):
        tracks = shapely.union_all([track for _, track in terrain.rails])
        for part in lines_of(line.intersection(rail)):
            if abs(part.centroid.x) > level_beyond:
                yield from (Street(half, road.kind, road.name) for half in shapely.ops.split(part, tracks).geoms)
            else:
                yield Street(part, road.kind, road.name, {"tunnel": "yes", "layer": "-1"})
        line = line.difference(rail)
    if motorway.intersects(line):
        for part in lines_of(line.intersection(motorway)):
            yield Street(part, road.kind, road.name, {"bridge": "yes", "layer": "1"})
        line = line.difference(motorway)
    for part in lines_of(line):
        yield Street(part, road.kind, road.name)


def _between_quarters(ground: Ground, names: StreetNames) -> Iterator[Street]:
    """Yield the borders that run between quarters as collector streets, or as field tracks outside."""
    built = shapely.union_all(ground.built).buffer(30)
    borders = shapely.union_all([shape.exterior for shape in ground.shapes]).intersection(ground.lanes.buffer(1))
    for line in lines_of(borders.intersection(built)):
        yield Street(line, "residential", names.next())
    for line in lines_of(borders.difference(built)):
        yield Street(line, "track")


def _around_greens(terrain: Terrain) -> Iterator[Street]:
    for park in terrain.parks.values():
        yield from (Street(line, "footway") for line in lines_of(park.boundary))
    for works in terrain.works.values():
        yield from (Street(line, "unclassified") for line in lines_of(works.buffer(15).boundary))


def _banks(terrain: Terrain, ground: Ground) -> Iterator[Street]:
    """Yield the walks along the river; the works keep their bank to themselves."""
    works = shapely.union_all(list(terrain.works.values())).buffer(30)
    walks = terrain.river.buffer(58).boundary.intersection(terrain.outline).difference(works)
    walks = walks.difference(terrain.water["Hafenbecken"].buffer(60))
    for line in lines_of(walks):
        yield Street(line, "footway", "Ormeuferweg")


def _paths(terrain: Terrain, ground: Ground, rng: np.random.Generator) -> Iterator[Street]:
    """Yield footways in parks, paths in woods, tracks in fields and service roads in the works."""
    parks = shapely.union_all(list(terrain.parks.values()))
    forests = shapely.union_all(list(terrain.forests.values()))
    works = shapely.union_all(list(terrain.works.values()))
    built = shapely.union_all(ground.built)
    fields = terrain.outline.difference(shapely.union_all([parks, forests, works, built]))
    kinds = (
        (parks, "footway", 130, 0.8),
        (works, "service", 210, 0.8),
        (forests, "path", 380, 0.8),
        (fields, "track", 400, 0.7),
    )
    for area, kind, width, kept in kinds:
        for line in lines_of(organic(area, width, rng, kept).intersection(area.buffer(OVERLAP_M))):
            yield Street(line, kind)


def organic(area: BaseGeometry, width: float, rng: np.random.Generator, kept: float = 1.0) -> BaseGeometry:
    """Return a net of bent lines with meshes of about ``width`` metres, of which a share is ``kept``."""
    points = _jittered(area.bounds, width, rng)
    points = points[shapely.dwithin(area, shapely.points(points), 2 * width)]
    edges = shapely.get_parts(voronoi_edges(points, 4 * width))
    edges = shapely.MultiLineString(list(edges[rng.random(len(edges)) < kept]))
    return Warp(rng, [(width * 4, width * 0.16), (width * 1.3, width * 0.05)])(edges, width / 4)


def _jittered(bounds: tuple[float, float, float, float], width: float, rng: np.random.Generator) -> Floats:
    west, south, east, north = bounds
    x, y = np.meshgrid(
        np.arange(west - width, east + 2 * width, width), np.arange(south - width, north + 2 * width, width)
    )
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    return points + rng.uniform(-0.5, 0.5, points.shape) * width


def _blocks(
    plot: Plot, index: int, ground: Ground, terrain: Terrain, rng: np.random.Generator, names: StreetNames
) -> Iterator[Street]:
    """Yield the streets within a quarter: blocks in rows, or a grown net in old towns and villages."""
    built = ground.built[index]
    if built.is_empty or plot.fabric in ("ind", "wood"):
        return
    width = FABRICS[plot.fabric].block_m[0]
    kind = "living_street" if plot.fabric == "old" else "residential"
    room = built.buffer(OVERLAP_M)
    shapely.prepare(room)
    if plot.fabric in ("old", "vil"):
        net = organic(built, width, rng, 1.0 if plot.fabric == "old" else 0.84)
    else:
        bend = {"gz": 4.0, "work": 3.0, "new": 3.0, "mid": 9.0, "est": 12.0, "garden": 22.0}[plot.fabric]
        net = Warp(rng, [(420, bend), (1500, bend)])(_rows(plot, built, ground.middles[index], terrain, rng), 30)
    for line in lines_of(net.intersection(room)):
        yield Street(line, kind, names.next())
    if plot.fabric == "est":
        for line in lines_of(organic(built, 85, rng, 0.8).intersection(room)):
            yield Street(line, "footway")
    if FABRICS[plot.fabric].built_m < 5e3:
        inner = ground.shapes[index].buffer(-20)
        for line in lines_of(built.boundary.intersection(inner)):
            yield Street(line, "residential", names.next())


def _rows(
    plot: Plot, built: BaseGeometry, middle: Floats, terrain: Terrain, rng: np.random.Generator
) -> shapely.MultiLineString:
    """Return long streets side by side with cross streets between them, turned as the next main road runs."""
    width, length = FABRICS[plot.fabric].block_m
    turn = _direction(middle, terrain)
    reach = shapely.hausdorff_distance(shapely.Point(middle), built) + length
    rows: list[LineString] = []
    is_regular = plot.fabric in ("gz", "work", "new")
    shift = rng.uniform(0, length)
    for v in np.arange(-reach, reach, width):
        rows.append(LineString([(-reach, v), (reach, v)]))
        if not is_regular:
            shift = rng.uniform(0, length)
        along = np.arange(-reach + shift, reach, length)
        rows += [LineString([(u, v), (u, v + width)]) for u in along[rng.random(len(along)) > 0.12]]
    cos, sin = np.cos(turn), np.sin(turn)
    turned = np.array([[cos, sin], [-sin, cos]])
    return shapely.transform(shapely.MultiLineString(rows), lambda xy: xy @ turned + middle)


def _direction(middle: Floats, terrain: Terrain) -> float:
    point = shapely.Point(middle)
    line = min((road.line for road in terrain.roads), key=point.distance)
    at = line.project(point)
    one, other = line.interpolate(max(at - 60, 0)), line.interpolate(min(at + 60, line.length))
    return float(np.arctan2(other.y - one.y, other.x - one.x))


def clipped(streets: list[Street], outline: BaseGeometry, barrier: BaseGeometry) -> list[Street]:
    """Return the local streets as far as land goes."""
    land = outline.difference(barrier.buffer(4))
    shapely.prepare(land)
    is_dry = shapely.covers(land, [street.line for street in streets])
    dry = [street for street, is_inside in zip(streets, is_dry, strict=True) if is_inside]
    wet = [street for street, is_inside in zip(streets, is_dry, strict=True) if not is_inside]
    return dry + [
        replace(street, line=part)
        for street in wet
        for part in lines_of(street.line.intersection(land))
        if part.length > 8
    ]


def cut(streets: list[Street]) -> list[Street]:
    """Cut all streets at their crossings; each piece keeps what it was cut from."""
    lines = [street.line.simplify(STRAIGHTEN_M) for street in streets]
    pieces = [piece for piece in shapely.get_parts(node(lines)) if piece.length > 0]
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    piece_index, origin = shapely.STRtree(lines).query(middles, predicate="dwithin", distance=0.6)
    first = np.full(len(pieces), len(lines))
    np.minimum.at(first, piece_index, origin)
    return [replace(streets[at], line=piece) for piece, at in zip(pieces, first, strict=True) if at < len(lines)]


def ends(streets: list[Street]) -> list[tuple[Key, Key]]:
    """Return both ends of each street as keys on the common grid."""
    lines = [street.line for street in streets]
    first, last = (np.round(shapely.get_coordinates(shapely.get_point(lines, at)), 1).tolist() for at in (0, -1))
    return [((x0, y0), (x1, y1)) for (x0, y0), (x1, y1) in zip(first, last, strict=True)]


def without_stubs(streets: list[Street]) -> list[Street]:
    """Return the streets without short dead ends, which a survey would not draw."""
    for _ in range(2):
        pairs = ends(streets)
        count = Counter(end for pair in pairs for end in pair)
        streets = [
            street
            for street, (one, other) in zip(streets, pairs, strict=True)
            if street.tags or min(count[one], count[other]) > 1 or street.line.length > STUB_M
        ]
    return streets


def connected(streets: list[Street], barrier: BaseGeometry) -> list[Street]:
    """Return one network in which everything can be reached.

    Parts that hang loose are linked by a lane where one can be laid, and left out where not.
    """
    pairs = ends(streets)
    parts = sorted(nx.connected_components(nx.Graph(pairs)), key=lambda part: (-len(part), min(part)))
    main, points = set(parts[0]), np.array(sorted(parts[0]))
    links = []
    shapely.prepare(barrier)
    for part in parts[1:]:
        loose = np.array(sorted(part))
        link = _link(loose, points, barrier)
        if link is not None:
            links.append(Street(link, "residential" if len(part) > 12 else "path"))
            main |= part
            points = np.concatenate([points, loose])
    return [street for street, (one, _) in zip(streets, pairs, strict=True) if one in main] + links


def level_crossings(streets: list[Street], terrain: Terrain) -> list[Key]:
    """Return the nodes at which a street and the tracks meet on the level."""
    tracks = shapely.union_all([track for _, track in terrain.rails])
    keys = sorted({end for street, pair in zip(streets, ends(streets), strict=True) if not street.tags for end in pair})
    is_level = shapely.dwithin(tracks, shapely.points(keys), 0.3)
    return [key for key, is_on_tracks in zip(keys, is_level, strict=True) if is_on_tracks]


def untrodden(terrain: Terrain, ref: str, level: list[Key]) -> list[Street]:
    """Return what is on the map but not for walking: motorway ``ref``, tracks (with ``level`` crossings), river."""
    ways = []
    for side in (-9.0, 9.0):
        line = terrain.motorway.intersection(terrain.outline).offset_curve(side)
        tags = {"foot": "no", "oneway": "yes", "ref": ref}
        ways += [Street(part if side < 0 else part.reverse(), "motorway", "", tags) for part in lines_of(line)]
    for name, rail in terrain.rails:
        for part in lines_of(rail.intersection(terrain.outline)):
            track = shapely.snap(part, shapely.MultiPoint(level), 0.3) if level else part
            ways.append(Street(track, "rail", name, {"railway": "rail"}))
    river = terrain.river.intersection(terrain.outline)
    return ways + [Street(part, "river", terrain.river_name, {"waterway": "river"}) for part in lines_of(river)]


def _link(part: Floats, main: Floats, barrier: BaseGeometry) -> LineString | None:
    """Return the shortest line from a part to the main network that stays on land, if one is short enough."""
    reach, nearest = cKDTree(main).query(part, distance_upper_bound=LINK_M)
    for index in np.argsort(reach)[:25]:
        if np.isfinite(reach[index]):
            line = LineString([part[index], main[nearest[index]]])
            if not barrier.intersects(line):
                return line
    return None
