"""A grid of candidates over a region: one point in every square in which people live.

Squares have a side of ``spacing`` metres and their corners at multiples of it in the system of the region, so that the
same region and spacing always give the same points under the same keys, whatever else changes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import DataError
from geo.findings import error
from geo.reach.streets import snap_points
from geo.region.model import zone_of

if TYPE_CHECKING:
    from geo.reach.streets import StreetNetwork
    from geo.region.model import Region

SPACING_METRES = 500.0
SPACING_LEAST, SPACING_MOST = 100.0, 10_000.0
POINTS_MOST = 6_000
_KIND = re.compile(r"grid(?:-(\d{1,6}(?:\.\d{1,2})?))?")

Floats = NDArray[np.float64]


def grid_kind(spacing_metres: float) -> str:
    """Return the kind of candidates that means a grid of this spacing: ``grid`` for the usual, else ``grid-400``."""
    return "grid" if spacing_metres == SPACING_METRES else f"grid-{spacing_metres:g}"


def spacing_of(kind: str) -> float | None:
    """Return the spacing in metres that a kind of candidates means, or None if it is no grid."""
    found = _KIND.fullmatch(kind)
    if found is None:
        return None
    return float(found[1]) if found[1] else SPACING_METRES


def grid_points(region: Region, spacing_metres: float) -> pd.DataFrame:
    """Return the points of a grid with the columns ``id``, ``name``, ``x``, ``y``.

    A square counts if somebody lives in it: a population cell with residents has its centre there. Where a region has
    no cells, squares whose middle lies in it count. The point is the middle of the square; where that lies outside
    the region, in water or in a forbidden zone, it is the inhabited cell nearest to it that does not. A square
    without such a cell has no point.

    Keys are ``grid-<easting>-<northing>`` of the middle of the square. Names are those of the quarters, numbered from
    north-west to south-east.

    Raises
    ------
    DataError
        ``grid_spacing_out_of_range``, or ``grid_too_fine`` if there would be more than 6,000 points.
    """
    if not SPACING_LEAST <= spacing_metres <= SPACING_MOST:
        raise DataError(
            (error("grid_spacing_out_of_range", spacing=spacing_metres, least=SPACING_LEAST, most=SPACING_MOST),)
        )
    inhabited = _inhabited(region, spacing_metres) if region.cells is not None else _all_squares(region, spacing_metres)
    if len(inhabited) > POINTS_MOST:
        raise DataError((error("grid_too_fine", spacing=spacing_metres, count=len(inhabited), most=POINTS_MOST),))
    middles: Floats = (inhabited.astype(np.float64) + 0.5) * spacing_metres
    xy = _usable(region, middles, spacing_metres)
    kept = np.isfinite(xy[:, 0])
    middles, xy = middles[kept], xy[kept]
    quarter = _quarter_of(region, xy)
    keys = [f"grid-{_plain(x)}-{_plain(y)}" for x, y in middles.tolist()]
    points = pd.DataFrame({"id": keys, "x": xy[:, 0], "y": xy[:, 1], "quarter": quarter})
    points = points.iloc[np.lexsort((middles[:, 0], -middles[:, 1]))].reset_index(drop=True)
    number = points.groupby("quarter").cumcount() + 1
    names = region.quarters["name"].to_numpy()[points["quarter"].to_numpy()]
    points["name"] = [f"{name} {count}" for name, count in zip(names, number, strict=True)]
    return points[["id", "name", "x", "y"]]


def snapped(region: Region, places: pd.DataFrame, network: StreetNetwork) -> pd.DataFrame:
    """Return places of a grid moved to the nearest way on foot, unless that is far or lies in a forbidden zone."""
    if not len(places):
        return places
    xy = places[["x", "y"]].to_numpy(dtype=np.float64)
    snap = snap_points(network, xy)
    is_free = snap.is_on & (zone_of(region.zones, snap.xy) < 0)
    moved = np.where(is_free[:, None], snap.xy, xy)
    return places.assign(x=moved[:, 0], y=moved[:, 1])


def _inhabited(region: Region, spacing: float) -> NDArray[np.int64]:
    """Return column and row of the squares in which somebody lives, shape (n, 2)."""
    xy = _homes(region)
    return np.unique(np.floor(xy / spacing).astype(np.int64), axis=0)


def _all_squares(region: Region, spacing: float) -> NDArray[np.int64]:
    """Return column and row of the squares whose middle lies in a quarter."""
    west, south, east, north = np.floor(region.quarters.total_bounds / spacing).astype(np.int64)
    if (east - west + 1) * (north - south + 1) > 400 * POINTS_MOST:
        raise DataError(
            (error("grid_too_fine", spacing=spacing, count=int((east - west) * (north - south)), most=POINTS_MOST),)
        )
    squares = np.stack(np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1)), axis=-1).reshape(-1, 2)
    inside: NDArray[np.int64] = squares[_quarter_of(region, (squares + 0.5) * spacing) >= 0]
    return inside


def _usable(region: Region, middles: Floats, spacing: float) -> Floats:
    """Return the point of each square, not a number where it has none."""
    xy = middles.copy()
    lost = np.flatnonzero(~_is_free(region, middles))
    xy[lost] = np.nan
    if region.cells is None or not len(lost):
        return xy
    homes = _homes(region)
    homes = homes[_is_free(region, homes)]
    square = np.floor(homes / spacing).astype(np.int64)
    for at in lost.tolist():
        here = homes[(square == np.floor(middles[at] / spacing)).all(axis=1)]
        if len(here):
            xy[at] = here[int(np.argmin(((here - middles[at]) ** 2).sum(axis=1)))]
    return xy


def _is_free(region: Region, xy: Floats) -> NDArray[np.bool_]:
    """Tell which points lie in the region, not in water and not in a forbidden zone."""
    free = (_quarter_of(region, xy) >= 0) & (zone_of(region.zones, xy) < 0)
    if region.landscape is not None:
        water = region.landscape.geometry[region.landscape["kind"] == "water"].to_numpy()
        wet = shapely.STRtree(shapely.points(xy)).query(water, predicate="intersects")[1]
        free[wet] = False
    return free


def _homes(region: Region) -> Floats:
    cells: Any = region.cells
    xy: Floats = cells.loc[cells["residents"] > 0, ["x", "y"]].to_numpy(dtype=np.float64)
    return xy


def _quarter_of(region: Region, xy: Floats) -> NDArray[np.int64]:
    """Return the row of the quarter of each point, -1 outside."""
    found = np.full(len(xy), -1, dtype=np.int64)
    if len(xy):
        point, quarter = region.quarters.sindex.query(shapely.points(xy), predicate="intersects")
        found[point[::-1]] = quarter[::-1]
    return found


def _plain(metres: float) -> str:
    return f"{metres:.2f}".rstrip("0").rstrip(".")
