"""Coordinate reference systems: which one a file is in, whether that can be, which one to measure in."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from geo.errors import ContractError
from geo.findings import Finding, error, warning

Bounds = tuple[float, float, float, float]

WGS84 = CRS.from_epsg(4326)
# Bounding boxes in degrees (west, south, east, north) with a margin.
_GERMANY: Bounds = (5.0, 46.5, 16.0, 56.0)
_EUROPE: Bounds = (-25.0, 34.0, 45.0, 72.0)
_ETRS_UTM = frozenset(range(25828, 25839))
# Common in Germany, most frequent first: guessed for a finding, never applied without being asked.
_CANDIDATES = (25832, 25833, 4647, 5650, 31467, 31468, 31466, 31469, 3035, 3857, 4326)
_WIDE_DEGREES = 6.5


def parse_crs(text: str) -> CRS:
    """Return the system a text names (``EPSG:25832``, WKT, PROJ).

    Raises
    ------
    ContractError
        The text names none.
    """
    try:
        return CRS.from_user_input(text)
    except CRSError as fault:
        raise ContractError(f"{text!r} names no coordinate reference system: write for example EPSG:25832") from fault


def crs_label(crs: CRS) -> str:
    """Return ``EPSG:25832`` where there is such a code, else the name of the system."""
    code = crs.to_epsg(min_confidence=60)
    return f"EPSG:{code}" if code else str(crs.name)


def projected_crs(frame: gpd.GeoDataFrame) -> CRS:
    """Return the system in metres a region is measured in.

    ETRS89/UTM (EPSG:25828 to 25838) is kept. Everything else goes to ETRS89/UTM of the zone the centre
    lies in: EPSG:25832 or 25833 in Germany. That also ends the zone prefix of EPSG:4647, the DHDN datum and
    false eastings of one's own. A region wider than 6.5 degrees of longitude (all of Germany) goes to
    EPSG:3035 instead: areas are exact there and distances within Germany true to 0.1 percent, while one
    UTM zone would stretch its far side by 0.2 percent. Outside Europe: WGS84/UTM.

    Raises
    ------
    ContractError
        The frame has no system or no extent.
    """
    if frame.crs is None:
        raise ContractError("the frame has no coordinate reference system: set the one its coordinates are in")
    code = frame.crs.to_epsg(min_confidence=60)
    if code in _ETRS_UTM:
        return CRS.from_epsg(code)
    degrees = to_degrees(tuple(frame.total_bounds), CRS(frame.crs))
    if degrees is None:
        raise ContractError("the frame has no extent that can be placed on the earth: check its coordinates")
    west, south, east, north = degrees
    longitude, latitude = (west + east) / 2, (south + north) / 2
    if not _within(longitude, latitude, _EUROPE):
        return CRS(frame.estimate_utm_crs())
    if east - west > _WIDE_DEGREES:
        return CRS.from_epsg(3035)
    zone = int((longitude + 180) // 6) + 1
    return CRS.from_epsg(25800 + zone) if 28 <= zone <= 38 else CRS.from_epsg(32600 + zone)


def to_degrees(bounds: Sequence[float], crs: CRS) -> Bounds | None:
    """Return an extent (west, south, east, north) in degrees, or nothing where it has no place on earth."""
    if not np.all(np.isfinite(bounds)):
        return None
    if crs.is_geographic:
        west, south, east, north = (float(value) for value in bounds)
        return (
            (west, south, east, north)
            if abs(south) <= 90 and abs(north) <= 90 and max(abs(west), abs(east)) <= 180
            else None
        )
    try:
        moved = Transformer.from_crs(crs, WGS84, always_xy=True).transform_bounds(*bounds, errcheck=True)
    except ProjError:
        return None
    return (moved[0], moved[1], moved[2], moved[3]) if np.all(np.isfinite(moved)) else None


def guess_crs(bounds: Sequence[float]) -> str:
    """Return the systems in which an extent would lie in Germany, as text for a finding; empty if there is none."""
    fitting = [f"EPSG:{code}" for code in _CANDIDATES if _lies_in(bounds, CRS.from_epsg(code), _GERMANY)]
    return ", ".join(fitting[:3])


def check_place(bounds: Sequence[float], crs: CRS, *, file: str) -> list[Finding]:
    """Tell whether an extent can be in a system, for regions of Germany and its neighbours.

    Returns
    -------
    list of Finding
        ``axes_swapped`` or ``crs_implausible`` (errors), ``region_outside_germany`` (warning) or nothing.
        A neighbouring UTM zone cannot be distinguished from the right one by coordinates.
    """
    if _lies_in(bounds, crs, _GERMANY):
        return []
    label = crs_label(crs)
    west, south, east, north = bounds
    if _lies_in((south, west, north, east), crs, _GERMANY):
        return [error("axes_swapped", file=file, crs=label)]
    if _lies_in(bounds, crs, _EUROPE) and not guess_crs(bounds):
        return [warning("region_outside_germany", file=file, crs=label)]
    extent = {"x": _rounded(west), "y": _rounded(south), "guess": guess_crs(bounds) or "-"}
    return [error("crs_implausible", file=file, crs=label, **extent)]


def _rounded(value: float) -> float | str:
    return round(float(value), 3) if np.isfinite(value) else "-"


def _lies_in(bounds: Sequence[float], crs: CRS, box: Bounds) -> bool:
    degrees = to_degrees(bounds, crs)
    if degrees is None:
        return False
    west, south, east, north = degrees
    return box[0] <= west <= east <= box[2] and box[1] <= south <= north <= box[3]


def _within(longitude: float, latitude: float, box: Bounds) -> bool:
    return box[0] <= longitude <= box[2] and box[1] <= latitude <= box[3]
