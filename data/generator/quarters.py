"""Quarters: every plot grows to the lines that part a town (river, tracks, main roads, outline).

A plane is cut by these lines and by softly bent lines halfway between plots; the pieces that a
strong line has cut off from their plot go to the neighbour on their own side. So borders follow
what is there, and where nothing is there they run as a lane or a brook would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from data.generator.shapes import GRID, Floats, Warp, node, polygons_of, voronoi_edges

# How well a line parts two quarters: the river always, a lane hardly.
STRENGTH = {"lane": 1.0, "road": 0.25, "rail": 0.02, "motorway": 0.02, "river": 0.0}
SMALL_PIECE_M2 = 9_000.0


@dataclass
class _Piece:
    shape: Polygon
    owner: int


def divide(
    outline: Polygon, middles: Floats, strong: dict[str, list[BaseGeometry]], warp: Warp, straddle: float = 0.4
) -> tuple[list[Polygon], BaseGeometry]:
    """Divide ``outline`` into one polygon for each of ``middles``.

    Parameters
    ----------
    strong
        Lines that part quarters, by kind (``road``, ``rail``, ``motorway``, ``river``).
    warp
        Bends the lanes between plots.
    straddle
        Share of a plot's ground that must lie beyond a main road for it to stay with the plot.

    Returns
    -------
    tuple
        The polygons, a valid coverage of the outline, and the bent lanes halfway between plots.
    """
    lanes = warp(voronoi_edges(middles))
    lines = [outline.exterior, lanes, *(line for group in strong.values() for line in group)]
    faces = [
        face
        for face in polygons_of(shapely.polygonize(_segments(node(lines))))
        if outline.contains(face.representative_point())
    ]
    pieces = _owned(faces, middles, warp)
    _hand_over(pieces, _neighbours(pieces, strong), len(middles), straddle)
    shapes = [
        shapely.union_all([p.shape for p in pieces if p.owner == index], grid_size=GRID)
        for index in range(len(middles))
    ]
    return _whole(shapes), lanes


def _segments(lines: BaseGeometry) -> Sequence[BaseGeometry]:
    return list(shapely.get_parts(lines))


def _owned(faces: list[Polygon], middles: Floats, warp: Warp) -> list[_Piece]:
    """Give each face to the plot whose bent Voronoi cell it lies in."""
    inside = np.array([face.representative_point().coords[0] for face in faces])
    _, owners = cKDTree(middles).query(warp.unbent(inside))
    return [_Piece(face, int(owner)) for face, owner in zip(faces, owners, strict=True)]


def _neighbours(pieces: list[_Piece], strong: dict[str, list[BaseGeometry]]) -> list[dict[int, float]]:
    """Return for each piece its neighbours with the length of border, weakened by what runs there."""
    tree = shapely.STRtree([p.shape for p in pieces])
    barriers = {kind: shapely.union_all(lines).buffer(1.5) for kind, lines in strong.items() if lines}
    near: list[dict[int, float]] = [{} for _ in pieces]
    for one, other in tree.query([p.shape for p in pieces], predicate="intersects").T:
        if one >= other:
            continue
        border = pieces[one].shape.intersection(pieces[other].shape)
        if border.length < 1:
            continue
        weight, left = 0.0, border
        for kind, barrier in barriers.items():
            weight += STRENGTH[kind] * left.intersection(barrier).length
            left = left.difference(barrier)
        weight += STRENGTH["lane"] * left.length
        near[one][int(other)] = near[other][int(one)] = weight + 1e-6 * border.length
    return near


def _hand_over(pieces: list[_Piece], near: list[dict[int, float]], count: int, straddle: float) -> None:
    """Give pieces cut off from their plot to the neighbour they belong with (in place)."""
    pending = {i for owner in range(count) for i in _cut_off(pieces, near, owner, straddle)}
    while pending:
        offers = [
            (weight, index, pieces[other].owner)
            for index in pending
            for other, weight in near[index].items()
            if other not in pending
            and (pieces[other].owner != pieces[index].owner or pieces[index].shape.area < SMALL_PIECE_M2)
        ]
        if not offers:
            break
        _, index, owner = max(offers)
        pieces[index].owner = owner
        pending.discard(index)


def _cut_off(pieces: list[_Piece], near: list[dict[int, float]], owner: int, straddle: float) -> list[int]:
    """Return the pieces of a plot that a strong line parts from its main part."""
    mine = [i for i, piece in enumerate(pieces) if piece.owner == owner]
    home = max(mine, key=lambda i: pieces[i].shape.area)
    ground = sum(pieces[i].shape.area for i in mine)
    kept, todo = {home}, [home]
    while todo:
        here = todo.pop()
        for other, weight in near[here].items():
            if pieces[other].owner != owner or other in kept or pieces[other].shape.area < SMALL_PIECE_M2:
                continue
            is_open = weight > 0.6 * _border(pieces[here].shape, pieces[other].shape)
            is_large = weight > 30 and pieces[other].shape.area > straddle * ground
            if is_open or is_large:
                kept.add(other)
                todo.append(other)
    return [i for i in mine if i not in kept]


def _border(one: Polygon, other: Polygon) -> float:
    return float(one.intersection(other).length)


def _whole(shapes: list[BaseGeometry]) -> list[Polygon]:
    """Return one polygon a plot: loose parts and holes go to the neighbour that surrounds them."""
    shapes = [shapely.make_valid(shape) for shape in shapes]
    for index, shape in enumerate(shapes):
        parts = sorted(polygons_of(shape), key=lambda part: part.area)
        shapes[index] = parts[-1]
        for loose in parts[:-1]:
            borders = [other.intersection(loose).length if i != index else -1.0 for i, other in enumerate(shapes)]
            taker = int(np.argmax(borders))
            shapes[taker] = shapely.union_all([shapes[taker], loose], grid_size=GRID)
    return shapes  # type: ignore[return-value]
