"""Coordinates as people write them: in which system, and what is likely meant where they lie elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from geo.errors import DataError
from geo.findings import Finding, error

if TYPE_CHECKING:
    import geopandas as gpd

Numbers = NDArray[np.float64]
SYSTEMS = tuple(f"EPSG:{code}" for code in (25832, 25833, 4326, 3035, 4647, 31466, 31467, 31468))
"""Systems that German offices give places in."""
_NEAR_METRES = 20_000.0
_MOSTLY = 0.8
_FACTORS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7)


@dataclass(frozen=True)
class Reading:
    """One way to read two columns of numbers as places: system, factor, whether the columns are exchanged."""

    crs: str
    factor: float = 1.0
    is_swapped: bool = False

    @property
    def is_in_degrees(self) -> bool:
        """Whether the system has degrees; an unknown one has not."""
        try:
            return bool(CRS.from_user_input(self.crs).is_geographic)
        except CRSError:
            return False


def guess_reading(x: Numbers, y: Numbers) -> Reading | None:
    """Return how places in Germany are probably written, from their numbers alone; nothing where no way fits.

    UTM of zone 32 and 33 share their numbers; zone 32 is taken, as most of the country is.
    """
    known = np.isfinite(x) & np.isfinite(y) & ~((x == 0) & (y == 0))
    if not known.any():
        return None
    for reading in _all_readings():
        lon, lat = _placed(x[known], y[known], reading, "EPSG:4326")
        if np.mean((lon > 5.5) & (lon < 15.5) & (lat > 47.0) & (lat < 55.2)) >= _MOSTLY:
            return reading
    return None


def likely_reading(x: Numbers, y: Numbers, quarters: gpd.GeoDataFrame) -> Reading | None:
    """Return the reading that puts most places in or near the quarters, or nothing."""
    for reading in _all_readings():
        if _share_near(*_placed(x, y, reading, quarters.crs), quarters) >= _MOSTLY:
            return reading
    return None


def places_of(
    x: Numbers, y: Numbers, reading: Reading, quarters: gpd.GeoDataFrame, file: str
) -> tuple[Numbers, Numbers, list[Finding]]:
    """Return places in the system of the quarters, and what is wrong with them as a whole.

    Parameters
    ----------
    x, y
        Numbers as in the file, shape (n,); not a number where there is none.
    reading
        What the recipe says of them.

    Returns
    -------
    x, y
        In metres; not a number where there is no place, or a place at (0, 0).
    findings
        Errors with the likely reading where the given one puts the places out of the world or out of the region:
        ``coordinates_swapped``, ``coordinates_scaled``, ``coordinates_other_system``, ``coordinates_no_degrees``.

    Raises
    ------
    DataError
        ``crs_unknown``.
    """
    try:
        system = CRS.from_user_input(reading.crs)
    except CRSError as fault:
        raise DataError((error("crs_unknown", file=file, detail=str(fault)[:200]),)) from None
    x, y = np.where((x == 0) & (y == 0), np.nan, x), np.where((x == 0) & (y == 0), np.nan, y)
    known = np.isfinite(x) & np.isfinite(y)
    east, north = _placed(x, y, reading, quarters.crs)
    if not known.any() or _share_near(east[known], north[known], quarters) >= 1 - _MOSTLY:
        return east, north, []
    likely = likely_reading(x[known], y[known], quarters)
    facts: dict[str, Any] = {"file": file, "count": int(known.sum()), "crs": reading.crs}
    if likely is None:
        is_out = system.is_geographic and bool((np.abs(x[known]) > 180).any() or (np.abs(y[known]) > 90).any())
        return east, north, [error("coordinates_no_degrees", **facts)] if is_out else []
    if likely.is_swapped:
        return east, north, [error("coordinates_swapped", **facts, likely=likely.crs)]
    if likely.factor != reading.factor:
        return east, north, [error("coordinates_scaled", **facts, likely=likely.crs, factor=f"{likely.factor:g}")]
    return east, north, [error("coordinates_other_system", **facts, likely=likely.crs)]


def _all_readings() -> Iterator[Reading]:
    for is_swapped in (False, True):
        yield from (Reading(crs, 1.0, is_swapped) for crs in SYSTEMS)
        yield from (Reading("EPSG:4326", factor, is_swapped) for factor in _FACTORS)


def _placed(x: Numbers, y: Numbers, reading: Reading, target: Any) -> tuple[Numbers, Numbers]:
    """Return places in another system; not a number where the system knows no such place."""
    first, second = (y, x) if reading.is_swapped else (x, y)
    try:
        east, north = Transformer.from_crs(reading.crs, target, always_xy=True).transform(
            first * reading.factor, second * reading.factor
        )
    except ProjError:
        return np.full(len(x), np.nan), np.full(len(x), np.nan)
    is_placed = np.isfinite(east) & np.isfinite(north)
    return np.where(is_placed, east, np.nan), np.where(is_placed, north, np.nan)


def _share_near(east: Numbers, north: Numbers, quarters: gpd.GeoDataFrame) -> float:
    """Return the share of places in the rectangle about the quarters, widened by the way people go."""
    west, south, right, top = quarters.total_bounds
    near = (east >= west - _NEAR_METRES) & (east <= right + _NEAR_METRES)
    near &= (north >= south - _NEAR_METRES) & (north <= top + _NEAR_METRES)
    return float(near.mean()) if len(near) else 0.0
