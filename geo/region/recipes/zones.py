"""Forbidden zones as a recipe names them, read and mended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import Finding, error, has_errors, warning
from geo.region.recipes.recipe import ZoneSource
from geo.region.shapes import choose_layer, declares_crs, geometry_faults, mend, opened, read_layer


def read_zones(
    sources: tuple[ZoneSource, ...], files: Path, quarters: gpd.GeoDataFrame, limits: ReadLimits
) -> tuple[gpd.GeoDataFrame | None, list[Finding]]:
    """Read the zones of a recipe, one file after the other, in the system of the quarters.

    Returns
    -------
    zones
        Columns ``name, reason, geometry``; None where the recipe names none.
    findings
        Shapes that are no polygons (error), that were mended (warning), that lie outside (note).

    Raises
    ------
    DataError
        If a file cannot be read, has no reference system, or lacks a column.
    """
    parts, findings = [], []
    for source in sources:
        part, told = _read_one(source, files / source.file, quarters.crs, limits)
        parts.append(part)
        findings += told
    if not parts:
        return None, findings
    names = np.concatenate([part["name"].to_numpy(dtype=object) for part in parts])
    reasons = np.concatenate([part["reason"].to_numpy(dtype=object) for part in parts])
    shapes = np.concatenate([part.geometry.to_numpy() for part in parts])
    zones = gpd.GeoDataFrame({"name": names, "reason": reasons}, geometry=shapes, crs=quarters.crs)
    return zones, findings


def _read_one(source: ZoneSource, path: Path, crs: Any, limits: ReadLimits) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    file = Path(source.file).name
    with opened(path, limits=limits) as layers:
        layer = choose_layer(layers, source.layer or None, file=file)
        frame, findings = read_layer(layer, file=file, limits=limits)
        given = frame.crs if declares_crs(layer) or not source.crs else None
    try:
        frame = frame.set_crs(source.crs, allow_override=True) if given is None and source.crs else frame
        if frame.crs is None:
            raise DataError((error("zones_crs_missing", file=file),))
        frame = frame.to_crs(CRS.from_user_input(crs))
    except CRSError as fault:
        raise DataError((error("crs_unknown", file=file, detail=str(fault)[:200]),)) from None
    numbered = [f"{Path(file).stem} {number}" for number in range(1, len(frame) + 1)]
    names = _texts(frame, source.name, file) if source.name else numbered
    reasons = _texts(frame, source.reason_column, file) if source.reason_column else [source.reason] * len(frame)
    shapes = frame.geometry.to_numpy()
    rows = np.arange(1, len(frame) + 1)
    keys = np.array(names, dtype=object)
    faults = geometry_faults(shapes, keys, rows)
    if faults:
        raise DataError(tuple(_about_zone(one).within(file) for one in faults))
    shapes, told = mend(shapes, keys, rows)
    if has_errors(told):
        raise DataError(tuple(_about_zone(one).within(file) for one in told))
    out = gpd.GeoDataFrame({"name": names, "reason": reasons}, geometry=shapes, crs=frame.crs)
    return out, [one.within(file) for one in (*findings, *(_about_zone(one) for one in told))]


def _about_zone(finding: Finding) -> Finding:
    """Say of a zone what was found as if it were a quarter."""
    name = finding.quarter or ""
    if finding.code == "geometry_repaired":
        return warning("zone_repaired", row=finding.row, zone=name, **finding.parameters)
    return error("zone_not_an_area", row=finding.row, zone=name)


def _texts(frame: gpd.GeoDataFrame, column: str, file: str) -> list[str]:
    if column not in frame.columns or column == frame.geometry.name:
        raise DataError((error("table_column_missing", file=file, column=column, nearest="–"),))
    values: list[str] = frame[column].fillna("").astype(str).str.strip().tolist()
    return values
