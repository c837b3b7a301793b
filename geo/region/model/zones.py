"""Forbidden zones: areas of a region where no new office may go, and why."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.findings import Finding, error, note
from geo.region.model.contract import canonical_shapes, need_columns, plain_text
from geo.region.schema import ZONE_COLUMNS


def tidy_zones(zones: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """Return zones with ``name, reason, geometry``, millimetre coordinates, sorted by name; None where there are none.

    Raises
    ------
    ContractError
        If a column is missing.
    """
    if zones is None or not len(zones):
        return None
    need_columns(zones, ZONE_COLUMNS, "zones")
    frame = gpd.GeoDataFrame(
        {
            "name": plain_text(zones["name"]),
            "reason": plain_text(zones["reason"]),
            "geometry": canonical_shapes(zones.geometry.to_numpy()),
        },
        geometry="geometry",
        crs=zones.crs,
    )
    return frame.sort_values(["name", "reason"], kind="stable", ignore_index=True)


def check_zones(zones: gpd.GeoDataFrame | None, quarters: gpd.GeoDataFrame) -> list[Finding]:
    """Return what keeps tidy zones from the contract, and a note for each one that lies outside the region."""
    if zones is None:
        return []
    if zones.crs != quarters.crs:
        return [error("zones_crs_differs")]
    shapes = zones.geometry.to_numpy()
    is_area = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    is_sound = shapely.is_valid(shapes)
    findings = [error("zone_not_an_area", zone=str(name)) for name in zones["name"][~is_area]]
    findings += [error("zone_invalid", zone=str(name)) for name in zones["name"][is_area & ~is_sound]]
    if findings or not len(quarters):
        return findings
    touched = np.unique(quarters.sindex.query(shapes, predicate="intersects")[0])
    is_outside = ~np.isin(np.arange(len(zones)), touched)
    return [note("zone_outside", zone=str(name)) for name in zones["name"][is_outside]]


def zone_of(zones: gpd.GeoDataFrame | None, xy: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return for each point (metres, shape (n, 2)) the first zone it lies in, as its row, or -1.

    A point on the border of a zone lies in it.
    """
    if zones is None or not len(xy):
        return np.full(len(xy), -1, dtype=np.int64)
    point, zone = zones.sindex.query(shapely.points(xy), predicate="intersects")
    first = np.full(len(xy), len(zones), dtype=np.int64)
    np.minimum.at(first, point, zone)
    return np.where(first < len(zones), first, -1)
