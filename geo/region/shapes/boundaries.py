"""Boundaries of quarters: read, placed on the earth, mended, checked; and thinned out for the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from geo.defaults import ReadLimits
from geo.errors import ContractError, DataError
from geo.findings import Finding, error, has_errors, note, warning
from geo.region.shapes.crs import WGS84, check_place, crs_label, guess_crs, parse_crs, projected_crs
from geo.region.shapes.layers import choose_layer, declares_crs, layer_info, opened, read_layer, read_sample
from geo.region.shapes.polygons import geometry_faults, mend, topology_findings, without_faults

_DEFAULT_LIMITS = ReadLimits()
# A map on a screen is some 2,500 dots across; finer detail cannot be seen in the first view.
_DOTS_ACROSS = 2_500


@dataclass(frozen=True)
class KeyCorrection:
    """A key that is wrong in the file.

    Parameters
    ----------
    old, new
        Key as in the file and as it should be.
    row
        Number of the record (from 1) to correct; None for any.
    at
        Longitude and latitude in degrees of a point within the polygon to correct; None for any. Tells two
        records with one key apart, also in next year's file.
    """

    old: str
    new: str
    row: int | None = None
    at: tuple[float, float] | None = None


@dataclass(frozen=True)
class Boundaries:
    """Polygons of quarters, ready to measure.

    Parameters
    ----------
    frame
        Columns as in the file, the key column text and unique, geometry valid (multi)polygons in a system in
        metres without height. The index is the number of the record in the file, from 1.
    findings
        Warnings and notes.
    crs_source
        Who said which system the file is in: ``file``, ``given``, or ``geojson`` (RFC 7946 says EPSG:4326).
    """

    frame: gpd.GeoDataFrame
    findings: tuple[Finding, ...]
    crs_source: str


@dataclass(frozen=True)
class LayerDescription:
    """What a layer holds, for choosing it: name, columns, first records as text, number of records, system."""

    name: str
    columns: tuple[str, ...]
    sample: tuple[dict[str, str], ...]
    count: int
    crs: str | None


def read_boundaries(
    source: Path,
    *,
    key: str,
    name: str | None = None,
    layer: str | None = None,
    crs: str | None = None,
    keep: Callable[[gpd.GeoDataFrame], npt.NDArray[np.bool_]] | None = None,
    corrections: Sequence[KeyCorrection] = (),
    dissolve: bool = False,
    swap_axes: bool = False,
    target_crs: str | None = None,
    encoding: str | None = None,
    more: Sequence[Path] = (),
    limits: ReadLimits = _DEFAULT_LIMITS,
) -> Boundaries:
    """Read the polygons of quarters from GeoJSON, GeoPackage, Shapefile (file, folder, zip) or GeoParquet.

    Parameters
    ----------
    crs
        System of the coordinates where the file names none, or names a wrong one.
    keep
        Tells which records are wanted, from the records with their keys as text; what is wrong with the others does
        not matter.
    corrections
        Keys to put right, before duplicates are looked for.
    dissolve
        Join records that share a key; otherwise they are an error.
    swap_axes
        Exchange the coordinates, for files with north before east.
    target_crs
        System in metres to return; :func:`projected_crs` if None.
    encoding
        Of the texts of a shapefile; found if None.
    more
        Further files of the same columns; records are counted through, and told of under the names of all files.

    Raises
    ------
    DataError
        With all findings, if any is an error.
    ContractError
        ``crs`` names no system, or ``target_crs`` none in metres.
    """
    given = parse_crs(crs) if crs is not None else None
    target = _target(target_crs)
    frames: list[gpd.GeoDataFrame] = []
    findings: list[Finding] = []
    wanted = (key, *((name,) if name else ()))
    for path in (source, *more):
        with opened(path, limits=limits, encoding=encoding) as layers:
            chosen = choose_layer(layers, layer, file=path.name)
            frame, told = read_layer(chosen, file=path.name, limits=limits)
            is_default = not declares_crs(chosen)
        if frame.empty:
            raise DataError((*findings, *told, error("layer_empty", file=path.name)))
        findings += [*told, *_column_faults(frame, wanted, path.name)]
        frames.append(_placed_as(frame, frames, given, path.name) if more else frame)
    _stop_at_errors(findings)
    file = ", ".join(path.name for path in (source, *more))
    frame = _with_plain_columns(pd.concat(frames, ignore_index=True) if more else frames[0])
    if swap_axes:
        frame = frame.set_geometry(shapely.transform(frame.geometry.to_numpy(), lambda xy: xy[:, ::-1]), crs=frame.crs)
    frame, told = _keyed(frame, key, file, keep)
    findings += told
    frame, source_name, told = _placed(frame, given, file, is_default=is_default)
    findings += told
    frame, told = _corrected(frame, key, corrections)
    findings += told
    frame, told = _shaped(frame, key, target)
    findings += told
    findings += _duplicate_keys(frame, key, dissolve=dissolve)
    _stop_at_errors(findings, file)
    if dissolve:
        frame = _dissolved(frame, key)
    findings += topology_findings(frame, key)
    _stop_at_errors(findings, file)
    return Boundaries(frame, tuple(finding.within(file) for finding in findings), source_name)


def describe_layers(
    source: Path, *, sample_rows: int = 5, limits: ReadLimits = _DEFAULT_LIMITS
) -> tuple[LayerDescription, ...]:
    """Describe the layers of a file, folder or zip, so that a person can choose layer, key and name.

    Raises
    ------
    DataError
        As :func:`read_boundaries`, as far as opening goes.
    """
    with opened(source, limits=limits) as layers:
        described = []
        for layer in layers:
            info = layer_info(layer)
            sample = read_sample(layer, sample_rows)
            described.append(LayerDescription(layer.label, info["columns"], sample, info["count"], info["crs"]))
        return tuple(described)


def simplify_for_screen(
    quarters: gpd.GeoDataFrame, *, tolerance_metres: float | None = None, decimals: int = 5
) -> gpd.GeoDataFrame:
    """Return quarters in EPSG:4326 with fewer points; borders that were shared stay shared.

    Parameters
    ----------
    tolerance_metres
        Square root of the area a corner must span to be kept; chosen from the extent if None.
    decimals
        Decimals of a degree; 5 are about a metre.

    Raises
    ------
    ContractError
        The quarters are not in a system in metres.
    """
    if quarters.crs is None or not _is_in_metres(CRS(quarters.crs)):
        raise ContractError("quarters to simplify are not in metres: project them first, see projected_crs")
    geometry = quarters.geometry.to_numpy()
    if tolerance_metres is None:
        west, south, east, north = quarters.total_bounds
        tolerance_metres = max(float(np.hypot(east - west, north - south)) / _DOTS_ACROSS, 1.0)
    thinned = shapely.coverage_simplify(geometry, tolerance_metres)
    lost = shapely.is_empty(thinned)
    thinned[lost] = geometry[lost]
    screen = quarters.set_geometry(thinned, crs=quarters.crs).to_crs(WGS84)
    # Rounding moves a shared corner the same way for both neighbours.
    rounded = shapely.transform(screen.geometry.to_numpy(), lambda xy: np.round(xy, decimals))
    # Rounding may let a narrow neck touch itself; a map library would fill that wrongly.
    return screen.set_geometry(without_faults(rounded), crs=WGS84)


def _target(text: str | None) -> CRS | None:
    if text is None:
        return None
    crs = parse_crs(text)
    if not _is_in_metres(crs):
        raise ContractError(f"target_crs {text!r} is not in metres: give one such as EPSG:25832")
    return crs


def _is_in_metres(crs: CRS) -> bool:
    return bool(crs.is_projected) and all(axis.unit_name == "metre" for axis in crs.axis_info[:2])


def _stop_at_errors(findings: Sequence[Finding], file: str | None = None) -> None:
    if has_errors(findings):
        raise DataError(tuple(finding.within(file) if file else finding for finding in findings))


def _column_faults(frame: gpd.GeoDataFrame, wanted: tuple[str, ...], file: str) -> list[Finding]:
    there = [str(column) for column in frame.columns if column != frame.geometry.name]
    told = ", ".join(there)[:300] or "-"
    return [error("column_missing", file=file, column=column, columns=told) for column in wanted if column not in there]


def _with_plain_columns(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Count the records from 1 and write lists in cells as text, so that every cell is one value."""
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")
    for column in frame.columns.drop(frame.geometry.name):
        if frame[column].map(lambda cell: isinstance(cell, (list, tuple, dict, np.ndarray))).any():
            frame[column] = frame[column].map(str)
    return frame


def _placed_as(
    frame: gpd.GeoDataFrame, before: Sequence[gpd.GeoDataFrame], given: CRS | None, file: str
) -> gpd.GeoDataFrame:
    """Bring a further file into the system of the first, unless one system is given for all."""
    if given is not None:
        frame = frame.set_crs(given, allow_override=True)
    if not before:
        return frame
    if frame.crs is None or before[0].crs is None:
        raise DataError((error("crs_missing", file=file, guess=guess_crs(frame.total_bounds) or "-"),))
    moved = frame.to_crs(before[0].crs)
    name = before[0].geometry.name
    return moved if moved.geometry.name == name else moved.rename_geometry(name)


def _placed(
    frame: gpd.GeoDataFrame, given: CRS | None, file: str, *, is_default: bool
) -> tuple[gpd.GeoDataFrame, str, list[Finding]]:
    """Settle which system the coordinates are in and refuse one that cannot be."""
    bounds = frame.total_bounds
    findings: list[Finding] = []
    declared = None if frame.crs is None else CRS(frame.crs)
    if given is not None:
        if declared is not None and not is_default and declared != given and crs_label(declared) != crs_label(given):
            told = {"declared": crs_label(declared), "given": crs_label(given)}
            findings.append(warning("crs_overridden", file=file, **told))
        frame, origin = frame.set_crs(given, allow_override=True), "given"
    elif declared is None:
        raise DataError((error("crs_missing", file=file, guess=guess_crs(bounds) or "-"),))
    else:
        origin = "geojson" if is_default else "file"
    if np.all(np.isfinite(bounds)):
        findings += check_place(bounds, CRS(frame.crs), file=file)
        _stop_at_errors(findings)
    return frame, origin, findings


def _keyed(
    frame: gpd.GeoDataFrame, key: str, file: str, keep: Callable[[gpd.GeoDataFrame], npt.NDArray[np.bool_]] | None
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Make the key column text, and choose; say so where it was a number and may have lost zeros."""
    values = frame[key]
    findings: list[Finding] = []
    if pd.api.types.is_numeric_dtype(values):
        findings.append(warning("key_numeric", file=file, column=key))
    frame = frame.assign(**{key: pd.Series(map(cell_text, values), index=frame.index, dtype="str")})
    if keep is not None:
        frame = frame[keep(frame)]
    empty = frame.index[frame[key] == ""]
    return frame, [*findings, *(error("key_empty", file=file, row=int(row), column=key) for row in empty)]


def cell_text(value: Any) -> str:
    """Return an attribute as text; a whole number without its decimals, nothing for no value."""
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _corrected(
    frame: gpd.GeoDataFrame, key: str, corrections: Sequence[KeyCorrection]
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Put keys right; a correction that fits no record is a finding, since the file may have been mended."""
    keys = frame[key].copy()
    findings = []
    for correction in corrections:
        hits = frame[key] == correction.old
        if correction.row is not None:
            hits &= frame.index == correction.row
        if correction.at is not None:
            longitude, latitude = correction.at
            point = gpd.GeoSeries.from_xy([longitude], [latitude], crs=WGS84).to_crs(frame.crs).iloc[0]
            hits &= frame.geometry.contains(point)
        if not hits.any():
            findings.append(warning("correction_unused", column=key, quarter=correction.old, new=correction.new))
        keys[hits] = correction.new
    return frame.assign(**{key: keys}), findings


def _shaped(frame: gpd.GeoDataFrame, key: str, target: CRS | None) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Drop heights, go to metres, mend polygons."""
    geometry, keys, rows = frame.geometry.to_numpy(), frame[key].to_numpy(), frame.index.to_numpy()
    findings = geometry_faults(geometry, keys, rows)
    if has_errors(findings):
        return frame, findings
    if bool(shapely.has_z(geometry).any()):
        findings.append(note("height_dropped", count=int(shapely.has_z(geometry).sum())))
        frame = frame.set_geometry(shapely.force_2d(geometry), crs=frame.crs)
    crs = target or projected_crs(frame)
    moved = frame if CRS(frame.crs) == crs else frame.to_crs(crs)
    mended, told = mend(moved.geometry.to_numpy(), keys, rows)
    shaped = moved.set_geometry(mended, crs=crs)
    if shaped.geometry.name != "geometry":
        shaped = shaped.rename_geometry("geometry")
    return shaped, findings + told


def _duplicate_keys(frame: gpd.GeoDataFrame, key: str, *, dissolve: bool) -> list[Finding]:
    findings = []
    for value, rows in frame.groupby(key, sort=True).groups.items():
        if len(rows) > 1:
            make = note if dissolve else error
            code = "key_dissolved" if dissolve else "key_duplicate"
            told = ", ".join(str(row) for row in rows[:10])
            findings.append(make(code, row=int(rows[0]), quarter=str(value), count=len(rows), rows=told))
    return findings


def _dissolved(frame: gpd.GeoDataFrame, key: str) -> gpd.GeoDataFrame:
    """Join polygons of one key; the other columns are those of its first record."""
    if frame[key].is_unique:
        return frame
    polygons = frame.geometry.to_numpy()
    places = frame.groupby(key, sort=False).indices
    kept = frame[~frame[key].duplicated()]
    whole = [shapely.union_all(polygons[places[value]]) for value in kept[key]]
    return kept.set_geometry(whole, crs=frame.crs)
