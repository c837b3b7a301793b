"""What lies on the map beside the quarters: sites, population cells, landscape, forbidden zones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import Finding, error, has_errors, note, warning
from geo.region.model import SITE_NUMBERS, tidy_services
from geo.region.recipes.heading_words import site_kind
from geo.region.recipes.keys import find_column
from geo.region.recipes.recipe import CellSource, LandscapeSource, SiteSource, ZoneSource
from geo.region.recipes.rules import ColumnName
from geo.region.schema import SERVICES, SITE_COLUMNS, SiteKind, ValueState
from geo.region.shapes import Reading, choose_layer, declares_crs, geometry_faults, mend, opened, places_of, read_layer
from geo.region.tables import MARKER_SETS, Thousands, parse_numbers, read_grid, read_table

_YES_NO = {"ja": True, "j": True, "yes": True, "true": True, "1": True, "nein": False, "n": False, "no": False}
_YES_NO |= {"false": False, "0": False}
_DRAWN_ENDINGS = (".geojson", ".json", ".gpkg")


def read_sites(
    source: SiteSource, files: Path, quarters: gpd.GeoDataFrame, limits: ReadLimits
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Read offices or host places and put them on the map of the quarters.

    Raises
    ------
    DataError
        If the table cannot be read, or lacks a column.
    """
    file = Path(source.file).name
    table = read_table(files / source.file, name=file, limits=limits)
    frame, findings = table.frame, [finding.within(file) for finding in table.findings]
    keys = _texts(frame, source.key, file)
    reading = Reading(source.crs, source.factor)
    # 9.913 is a degree and never nine thousand; metres may be grouped.
    thousands: Thousands = "" if reading.is_in_degrees else "auto"
    x, told_x = _numbers(_texts(frame, source.x, file), file, thousands=thousands)
    y, told_y = _numbers(_texts(frame, source.y, file), file, thousands=thousands)
    findings += [*told_x, *told_y]
    parts: dict[str, object] = {"name": _texts(frame, source.name, file), "carrier": source.carrier}
    parts["services"] = source.services
    parts["kind"] = source.kind
    if source.kind_column:
        parts["kind"], told = _kinds(_texts(frame, source.kind_column, file), file, keys)
        findings += told
    for target, heading in source.columns.items():
        if target not in SITE_COLUMNS[:-1]:
            raise DataError(
                (error("site_column_unknown", file=file, column=target, known=", ".join(SITE_COLUMNS[:-1])),)
            )
        parts[target], told = _site_column(target, _texts(frame, heading, file), file, keys)
        findings += told
    if source.address:
        written = [_texts(frame, heading, file) for heading in source.address]
        parts["address"] = [", ".join(part for part in row if part) for row in zip(*written, strict=True)]
    x, y, told = places_of(x, y, reading, quarters, file)
    findings += told
    sites = gpd.GeoDataFrame(parts, index=frame.index, geometry=gpd.points_from_xy(x, y), crs=quarters.crs)
    has_place = np.isfinite(x) & np.isfinite(y)
    if not has_errors(told):  # else every place is told of already
        findings += [
            error("site_without_place", file=file, row=int(row), site=str(keys[row])) for row in frame.index[~has_place]
        ]
    sites = sites[has_place]
    if source.outside == "leave_out":
        is_inside = sites.intersects(shapely.union_all(quarters.geometry.to_numpy()))
        findings += [
            note("site_left_out", file=file, row=int(row), site=str(keys[row])) for row in sites.index[~is_inside]
        ]
        sites = sites[is_inside]
    return sites.set_axis(keys.reindex(sites.index), axis=0), findings


def read_cells(
    source: CellSource, files: Path, quarters: gpd.GeoDataFrame, limits: ReadLimits
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read residents on a grid and keep the cells whose centre lies in a quarter.

    Raises
    ------
    DataError
        If the table cannot be read, or lacks a column.
    """
    file = Path(source.file).name
    rows, elsewhere, findings = _squares(source, files / source.file, quarters, limits)
    parsed = parse_numbers(rows["residents"], markers=MARKER_SETS["zensus"])
    findings += [finding.within(file) for finding in parsed.findings]
    people, is_withheld = np.asarray(parsed.values), np.asarray(parsed.states) == ValueState.SUPPRESSED
    used = np.isfinite(rows[["x", "y"]].to_numpy(dtype=float)).all(axis=1) & ((people > 0) | is_withheld)
    people, is_withheld = people[used], is_withheld[used]
    x, y = rows.loc[used, ["x", "y"]].to_numpy(dtype=float).T
    x, y, told = places_of(x, y, Reading(source.crs), quarters, file)
    findings += told
    cell, quarter = quarters.sindex.query(gpd.points_from_xy(x, y), predicate="intersects")
    cell, first = np.unique(cell, return_index=True)
    quarter, is_known = quarter[first], ~is_withheld[cell]
    outside, withheld = elsewhere + len(x) - len(cell), len(cell) - int(is_known.sum())
    cell, quarter = cell[is_known], quarter[is_known]
    frame = pd.DataFrame({"x": x[cell], "y": y[cell], "residents": people[cell]})
    frame["quarter_id"] = quarters.index.to_numpy()[quarter]
    findings += [note("cells_outside", file=file, count=outside)] if outside else []
    findings += [note("cells_withheld", file=file, count=withheld)] if withheld else []
    findings += [warning("cells_none", file=file)] if frame.empty and not told else []
    return frame, findings


def _squares(
    source: CellSource, path: Path, quarters: gpd.GeoDataFrame, limits: ReadLimits
) -> tuple[pd.DataFrame, int, list[Finding]]:
    """Return ``x``, ``y``, ``residents`` as text, of large files near the quarters only, and how many are elsewhere."""
    columns = (source.x, source.y, source.residents)
    if path.is_file() and all(isinstance(one, str) for one in columns):
        try:
            to_file = Transformer.from_crs(quarters.crs, source.crs, always_xy=True)
        except CRSError as fault:
            raise DataError((error("crs_unknown", file=path.name, detail=str(fault)[:200]),)) from None
        rectangle = to_file.transform_bounds(*quarters.total_bounds)
        grid = read_grid(path, [str(one) for one in columns], rectangle, name=path.name, limits=limits)
        if grid is not None:
            unplaced = [warning("cells_without_place", file=path.name, count=grid.unplaced)] if grid.unplaced else []
            return grid.squares, grid.elsewhere, list(unplaced)
    table = read_table(path, name=path.name, limits=limits)
    findings = [finding.within(path.name) for finding in table.findings]
    rows = pd.DataFrame({"residents": _texts(table.frame, source.residents, path.name)})
    for target, column in (("x", source.x), ("y", source.y)):
        rows[target], told = _numbers(_texts(table.frame, column, path.name), path.name)
        findings += told
    return rows, 0, findings


def read_landscape(
    sources: tuple[LandscapeSource, ...], files: Path, quarters: gpd.GeoDataFrame, limits: ReadLimits
) -> gpd.GeoDataFrame | None:
    """Read the layers to draw under the quarters (GeoJSON or GeoPackage), one after the other.

    Raises
    ------
    DataError
        If a layer is of another kind, too large, or has no reference system.
    """
    parts = []
    for source in sources:
        path = files / source.file
        if path.suffix.lower() not in _DRAWN_ENDINGS and path.is_file():
            raise DataError((error("landscape_format", file=path.name),))
        with opened(path, limits=limits) as layers:
            wanted = choose_layer(layers, source.layer or layers[0].label, file=path.name)
            layer, _ = read_layer(wanted, file=path.name, limits=limits)
        if layer.crs is None:
            raise DataError((error("landscape_crs_missing", file=path.name),))
        names = _column(layer, source.name, path.name) if source.name else ""
        part = gpd.GeoDataFrame({"kind": source.kind, "name": names, "geometry": layer.geometry}, crs=layer.crs)
        parts.append(part.to_crs(quarters.crs))
    return pd.concat(parts, ignore_index=True) if parts else None


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
        part, told = _read_zones(source, files / source.file, quarters.crs, limits)
        parts.append(part)
        findings += told
    if not parts:
        return None, findings
    names = np.concatenate([part["name"].to_numpy(dtype=object) for part in parts])
    reasons = np.concatenate([part["reason"].to_numpy(dtype=object) for part in parts])
    shapes = np.concatenate([part.geometry.to_numpy() for part in parts])
    zones = gpd.GeoDataFrame({"name": names, "reason": reasons}, geometry=shapes, crs=quarters.crs)
    return zones, findings


def _read_zones(source: ZoneSource, path: Path, crs: Any, limits: ReadLimits) -> tuple[gpd.GeoDataFrame, list[Finding]]:
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
    names = _column(frame, source.name, file) if source.name else numbered
    reasons = _column(frame, source.reason_column, file) if source.reason_column else [source.reason] * len(frame)
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


def _texts(frame: pd.DataFrame, name: ColumnName, file: str) -> pd.Series[str]:
    heading = find_column(frame, name)
    if heading is None:
        raise DataError((error("table_column_missing", file=file, column=str(name), nearest="–"),))
    return frame[heading]


def _numbers(
    texts: pd.Series[str], file: str, thousands: Thousands = "auto"
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], list[Finding]]:
    parsed = parse_numbers(texts, markers=MARKER_SETS["default"], thousands=thousands)
    return np.asarray(parsed.values), [finding.within(file) for finding in parsed.findings]


def _site_column(target: str, texts: pd.Series[str], file: str, keys: pd.Series[str]) -> tuple[object, list[Finding]]:
    if target in SITE_NUMBERS:
        return _numbers(texts, file)
    if target == "services":
        return _services(texts, file, keys)
    if target != "is_accessible":
        return texts, []
    findings = [
        error("yes_no_unclear", text=text[:40], file=file, row=int(row), column=str(texts.name))
        for row, text in zip(texts.index, texts, strict=True)
        if text and text.casefold() not in _YES_NO
    ]
    return texts.map(lambda text: _YES_NO.get(text.casefold())).astype("boolean"), findings


def _kinds(texts: pd.Series[str], file: str, keys: pd.Series[str]) -> tuple[object, list[Finding]]:
    """Return what stands at each site; a word nobody knows is an error with its row."""
    kinds = texts.map(site_kind)
    findings = [
        error("site_kind_unclear", file=file, row=int(row), column=str(texts.name), text=str(texts[row])[:40],
              site=str(keys[row]))
        for row in texts.index[kinds.isna()]
    ]  # fmt: skip
    return kinds.fillna(SiteKind.HOST.value), findings


def _services(texts: pd.Series[str], file: str, keys: pd.Series[str]) -> tuple[object, list[Finding]]:
    """Return known service keys; each unknown one is left out and becomes an error with its row."""
    findings, kept = [], []
    for row, key, text in zip(texts.index, keys, texts, strict=True):
        given = tidy_services(text).split()
        kept.append(" ".join(service for service in given if service in SERVICES))
        where = {"file": file, "row": int(row), "column": str(texts.name), "site": key}
        unknown = [service[:40] for service in given if service not in SERVICES]
        findings += [error("site_service_unknown", **where, service=one, known=", ".join(SERVICES)) for one in unknown]
    return kept, findings


def _column(frame: gpd.GeoDataFrame, column: str, file: str) -> list[str]:
    if column not in frame.columns or column == frame.geometry.name:
        raise DataError((error("table_column_missing", file=file, column=column, nearest="–"),))
    values: list[str] = frame[column].fillna("").astype(str).str.strip().tolist()
    return values
