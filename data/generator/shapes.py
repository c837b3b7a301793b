"""Lines, outlines and noise as nature and planners draw them: bent, never random dust.

All coordinates are metres in a local frame whose origin is the middle of the place; only the very
last step moves them to EPSG:25832.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
UNIT = 730.0  # metres: plans are drawn on squared paper, and this is one square
GRID = 0.1  # metres: everything is snapped to this grid, so that shared borders stay shared


class Noise:
    """A smooth random field on the plane: a sum of waves, so it has no seams and no grid."""

    def __init__(self, rng: np.random.Generator, octaves: Sequence[tuple[float, float]], waves: int = 9) -> None:
        self._parts = []
        for wavelength, amplitude in octaves:
            angle = rng.uniform(0, 2 * np.pi, waves)
            length = wavelength * rng.uniform(0.7, 1.4, waves)
            wave = 2 * np.pi / length * np.stack([np.cos(angle), np.sin(angle)])
            self._parts.append((wave, rng.uniform(0, 2 * np.pi, waves), amplitude * np.sqrt(2 / waves)))

    def __call__(self, points: Floats) -> Floats:
        """Return the value at each of ``points`` (n × 2); its standard deviation is the amplitude."""
        total = np.zeros(len(points))
        for wave, phase, amplitude in self._parts:
            total += amplitude * np.sin(points @ wave + phase).sum(axis=1)
        return total


class Warp:
    """Moves points by two noise fields: lines shared by two areas stay shared."""

    def __init__(self, rng: np.random.Generator, octaves: Sequence[tuple[float, float]]) -> None:
        self._east = Noise(rng, octaves)
        self._north = Noise(rng, octaves)

    def points(self, points: Floats) -> Floats:
        """Return the moved points."""
        return points + np.stack([self._east(points), self._north(points)], axis=1)

    def unbent(self, points: Floats) -> Floats:
        """Return the points that :meth:`points` moves to ``points``, by iteration."""
        origin = points.copy()
        for _ in range(6):
            origin += points - self.points(origin)
        return origin

    def __call__(self, geometry: BaseGeometry, step: float = 40.0) -> BaseGeometry:
        """Return the geometry with vertices every ``step`` metres, moved."""
        return shapely.transform(shapely.segmentize(geometry, step), self.points)


def spline(points: Sequence[tuple[float, float]], step: float = 40.0, unit: float = UNIT) -> LineString:
    """Return a smooth line through points given in plan units."""
    knots = coordinates(points, unit)
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(knots, axis=0).T) ** 0.7)])
    curve = CubicSpline(along, knots, bc_type="natural")
    fine = curve(np.linspace(0, along[-1], len(knots) * 60))
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(fine, axis=0).T))])
    even = np.linspace(0, length[-1], max(2, int(length[-1] / step)))
    return LineString(np.stack([np.interp(even, length, fine[:, 0]), np.interp(even, length, fine[:, 1])], axis=1))


def blob(
    rng: np.random.Generator, centre: tuple[float, float], radius: float, roughness: float = 0.18, squeeze: float = 1.0
) -> Polygon:
    """Return a rounded outline around ``centre`` (metres), like a village, a wood or a park."""
    angle = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    reach = np.ones_like(angle)
    for wave in range(2, 8):
        reach += roughness / wave**0.8 * rng.normal() * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    reach = np.clip(reach, 0.45, 1.7) * radius
    turn = rng.uniform(0, np.pi)
    long, short = reach * np.cos(angle) * np.sqrt(squeeze), reach * np.sin(angle) / np.sqrt(squeeze)
    x = centre[0] + long * np.cos(turn) - short * np.sin(turn)
    y = centre[1] + long * np.sin(turn) + short * np.cos(turn)
    return Polygon(np.stack([x, y], axis=1)).buffer(0)


def coordinates(points: Sequence[tuple[float, float]], unit: float = UNIT) -> Floats:
    """Return plan units as an array of metres."""
    return np.asarray(points, dtype=float) * unit


def polygons_of(geometry: BaseGeometry) -> list[Polygon]:
    """Return the polygons in a geometry of any kind."""
    return [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon" and part.area > 0]


def lines_of(geometry: BaseGeometry) -> list[LineString]:
    """Return the lines in a geometry of any kind, joined where they meet end to end."""
    parts = [
        part
        for part in shapely.get_parts(shapely.get_parts(geometry))
        if part.geom_type in ("LineString", "LinearRing") and part.length > 0
    ]
    merged = shapely.line_merge(shapely.MultiLineString(parts)) if parts else shapely.MultiLineString()
    return [part for part in shapely.get_parts(merged) if part.length > 0]


def node(lines: Sequence[BaseGeometry]) -> BaseGeometry:
    """Return all lines cut at each other, on the common grid."""
    return shapely.union_all(np.array(list(lines), dtype=object), grid_size=GRID)


def voronoi_edges(points: Floats, margin: float = 3000.0) -> BaseGeometry:
    """Return the borders halfway between points."""
    around = shapely.box(*(points.min(axis=0) - margin), *(points.max(axis=0) + margin))
    return shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=around, only_edges=True)
