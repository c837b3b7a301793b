"""Catchments: the area from which a site is reached in time, as polygons for the map.

On streets the reached stretches of all ways are widened to both sides, as far as houses usually stand from the street;
islands of unreached land that are too small to see are filled. A catchment is a picture: who is
counted as reached is decided by the travel times, never by this polygon.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geo.defaults import WalkAssumptions
from geo.reach.streets.network import FloatArray, StreetNetwork
from geo.reach.streets.snapping import SNAP_LIMIT_METRES, Snap, snap_points
from geo.reach.streets.walking import efforts_from
from geo.reach.travel import require_positive

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

WIDTH_METRES = 50.0
SMALLEST_HOLE_METRES = 150.0


def walk_catchments(
    network: StreetNetwork,
    site_xy: NDArray[np.float64],
    *,
    minutes: float,
    assumptions: WalkAssumptions | None = None,
    wheelchair: bool = False,
    width_metres: float = WIDTH_METRES,
) -> tuple[BaseGeometry, ...]:
    """Return the area from which each site is reached on foot on streets.

    Parameters
    ----------
    site_xy
        Sites in metres in the network's system, shape (m, 2).
    wheelchair
        Leave out stairs and what else a wheelchair cannot pass.
    width_metres
        How far the area extends to both sides of a reached way.

    Returns
    -------
    tuple of shapely polygons or multipolygons
        In degrees of longitude and latitude (WGS 84), one for each site; empty where a site is off the streets.

    Raises
    ------
    ContractError
        Minutes, speed or width are not above zero, or coordinates are no numbers.
    """
    assumptions = WalkAssumptions() if assumptions is None else assumptions
    require_positive(minutes, "minutes")
    require_positive(width_metres, "width_metres")
    require_positive(assumptions.speed_metres_per_second, "speed_metres_per_second")
    limit = minutes * 60.0 * assumptions.speed_metres_per_second
    sites = snap_points(network, site_xy, limit_metres=SNAP_LIMIT_METRES, wheelchair=wheelchair)
    import shapely
    from pyproj import Transformer

    areas: list[Any] = [shapely.Polygon()] * len(sites.edge)
    for chunk, efforts in efforts_from(network, sites, limit, wheelchair=wheelchair):
        for site, effort in zip(chunk.tolist(), efforts, strict=True):
            left = limit - float(sites.metres[site])
            pieces = _reached_pieces(network, sites, site, effort, left, wheelchair=wheelchair)
            areas[site] = widened(pieces, width_metres) if len(pieces) else shapely.Polygon()
    transformer = Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
    moved = shapely.transform(np.array(areas, dtype=object), transformer.transform, interleaved=False)
    return tuple(moved.tolist())


def widened(pieces: FloatArray, width_metres: float) -> BaseGeometry:
    """Return the area within ``width_metres`` of any piece, drawn on a grid and smoothed.

    A grid keeps the effort in proportion to the area: uniting thousands of outlines would take seconds. The
    outline is true to about half the width.

    Parameters
    ----------
    pieces
        Straight pieces, shape (p, 2, 2).
    """
    import shapely
    from scipy.ndimage import distance_transform_edt

    cell = width_metres / 2.5
    margin = 2 * width_metres
    low = np.floor((pieces.reshape(-1, 2).min(axis=0) - margin) / cell) * cell
    size = np.ceil((pieces.reshape(-1, 2).max(axis=0) + margin - low) / cell).astype(int)
    is_far = np.ones((size[1], size[0]), dtype=bool)
    points = np.concatenate(list(_spots(pieces, cell / 2)))
    place = ((points - low) / cell).astype(int)
    is_far[place[:, 1], place[:, 0]] = False
    is_near = distance_transform_edt(is_far) * cell <= width_metres
    area = shapely.union_all(_runs(is_near, low, cell))
    whole = _without_small_holes(area.simplify(cell * 0.75))
    smooth = shapely.buffer(shapely.buffer(whole, cell, quad_segs=2), -cell, quad_segs=2)
    return shapely.make_valid(shapely.simplify(smooth, cell / 3))


def _reached_pieces(
    network: StreetNetwork, sites: Snap, site: int, effort: FloatArray, limit: float, *, wheelchair: bool
) -> FloatArray:
    """Return the straight pieces of ways from which a site is reached, cut where time runs out, shape (p, 2, 2)."""
    _, first = network.segment_tree_wheelable if wheelchair else network.segment_tree
    edge = network.edge_of_point
    start, end = network.edge_nodes[edge].T
    direction = network.edge_direction[edge]
    left = np.where(direction <= 0, effort[start] + network.line_effort, np.inf)
    right = np.where(direction >= 0, effort[end] + network.edge_effort[edge] - network.line_effort, np.inf)
    cost = np.minimum(left, right)
    own = slice(*network.line_start[sites.edge[site] : sites.edge[site] + 2].tolist())
    cost[own] = np.minimum(cost[own], np.abs(network.line_effort[own] - sites.along[site]))
    near, far = first, first + 1
    is_swapped = cost[near] > cost[far]
    near, far = np.where(is_swapped, far, near), np.where(is_swapped, near, far)
    is_reached = cost[near] <= limit
    near, far = near[is_reached], far[is_reached]
    length = np.maximum(np.abs(network.line_effort[far] - network.line_effort[near]), 1e-9)
    share = np.clip((limit - cost[near]) / length, 0.0, 1.0)
    begin = network.line_xy[near]
    pieces = np.stack([begin, begin + share[:, None] * (network.line_xy[far] - begin)], axis=1)
    spot = np.repeat(sites.xy[site][None, None, :], 2, axis=1)
    return np.concatenate([pieces, spot]) if limit >= 0 else np.empty((0, 2, 2))


def _spots(pieces: FloatArray, spacing: float) -> Iterator[FloatArray]:
    """Yield points along pieces, no farther apart than a spacing; pieces of like length together."""
    length = np.hypot(*(pieces[:, 1] - pieces[:, 0]).T)
    power = np.ceil(np.log2(np.maximum(length / spacing, 1.0))).astype(int)
    for each in np.unique(power).tolist():
        chosen = pieces[power == each]
        share = np.linspace(0.0, 1.0, 2**each + 1)[None, :, None]
        yield (chosen[:, :1] + share * (chosen[:, 1:] - chosen[:, :1])).reshape(-1, 2)


def _runs(is_near: NDArray[np.bool_], low: FloatArray, cell: float) -> Any:
    """Return the cells of a grid as boxes, one for each run of cells in a row."""
    import shapely

    padded = np.pad(is_near, ((0, 0), (1, 1))).astype(np.int8)
    change = np.diff(padded, axis=1)
    row, begin = np.nonzero(change == 1)
    _, end = np.nonzero(change == -1)
    south = low[1] + row * cell
    return shapely.box(low[0] + begin * cell, south, low[0] + end * cell, south + cell)


def _without_small_holes(area: Any) -> Any:
    import shapely

    parts = shapely.get_parts(area)
    kept = []
    for part in parts:
        holes = [ring for ring in part.interiors if shapely.Polygon(ring).area >= SMALLEST_HOLE_METRES**2]
        kept.append(shapely.Polygon(part.exterior, holes))
    return shapely.union_all(kept)
