"""What lies on the map beside the quarters: sites, population cells, landscape, streets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import Finding, error, note
from geo.region.model import SITE_NUMBERS, tidy_services
from geo.region.recipes.keys import fold_name
from geo.region.recipes.recipe import CellSource, ColumnName, LandscapeSource, SiteSource
from geo.region.schema import SERVICES, SITE_COLUMNS
from geo.region.tables import MARKER_SETS, parse_numbers, read_table

_YES_NO = {"ja": True, "j": True, "yes": True, "true": True, "1": True, "nein": False, "n": False, "no": False}
_YES_NO |= {"false": False, "0": False}
_DRAWN_ENDINGS = (".geojson", ".json", ".gpkg")
_DRAWN_HEADS = (b"{", b"SQLite format 3\x00")


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
    keys = _cells(frame, source.key, file)
    x, told_x = _numbers(_cells(frame, source.x, file), file)
    y, told_y = _numbers(_cells(frame, source.y, file), file)
    findings += [*told_x, *told_y]
    parts: dict[str, object] = {"name": _cells(frame, source.name, file), "carrier": source.carrier}
    parts["services"] = source.services
    parts["kind"] = _cells(frame, source.kind_column, file) if source.kind_column else source.kind
    for target, heading in source.columns.items():
        if target not in SITE_COLUMNS[:-1]:
            raise DataError(
                (error("site_column_unknown", file=file, column=target, known=", ".join(SITE_COLUMNS[:-1])),)
            )
        parts[target], told = _site_column(target, _cells(frame, heading, file), file, keys)
        findings += told
    if source.address:
        written = [_cells(frame, heading, file) for heading in source.address]
        parts["address"] = [", ".join(part for part in row if part) for row in zip(*written, strict=True)]
    points = gpd.GeoSeries(gpd.points_from_xy(x, y), index=frame.index, crs=source.crs).to_crs(quarters.crs)
    sites = gpd.GeoDataFrame(parts, index=frame.index, geometry=points)
    # Metres taken for degrees are finite numbers that lie nowhere.
    has_place = np.isfinite(points.x.to_numpy()) & np.isfinite(points.y.to_numpy())
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
    table = read_table(files / source.file, name=file, limits=limits)
    findings = [finding.within(file) for finding in table.findings]
    values = []
    for name in (source.x, source.y, source.residents):
        numbers, told = _numbers(_cells(table.frame, name, file), file, markers="zensus")
        values.append(numbers)
        findings += told
    used = np.isfinite(np.stack(values)).all(axis=0) & (values[2] > 0)
    x, y, residents = (column[used] for column in values)
    points = gpd.GeoSeries(gpd.points_from_xy(x, y), crs=source.crs).to_crs(quarters.crs)
    cell, quarter = quarters.sindex.query(points.to_numpy(), predicate="intersects")
    first = np.unique(cell, return_index=True)[1]
    cell, quarter = cell[first], quarter[first]
    frame = pd.DataFrame({"x": points.x.to_numpy()[cell], "y": points.y.to_numpy()[cell], "residents": residents[cell]})
    frame["quarter_id"] = quarters.index.to_numpy()[quarter]
    if len(points) > len(cell):
        findings.append(note("cells_outside", file=file, count=len(points) - len(cell)))
    return frame, findings


def read_landscape(
    sources: tuple[LandscapeSource, ...], files: Path, quarters: gpd.GeoDataFrame, limits: ReadLimits
) -> gpd.GeoDataFrame | None:
    """Read the layers to draw under the quarters (GeoJSON or GeoPackage), one after the other.

    Raises
    ------
    DataError
        If a layer is of another kind, too large, or has no reference system.
    """
    import pyogrio

    parts = []
    for source in sources:
        path = files / source.file
        _check_drawn(path, limits)
        layer = pyogrio.read_dataframe(path, layer=source.layer or None)
        if layer.crs is None:
            raise DataError((error("landscape_crs_missing", file=path.name),))
        names = layer[source.name] if source.name else ""
        part = gpd.GeoDataFrame({"kind": source.kind, "name": names, "geometry": layer.geometry}, crs=layer.crs)
        parts.append(part.to_crs(quarters.crs))
    return pd.concat(parts, ignore_index=True) if parts else None


def _check_drawn(path: Path, limits: ReadLimits) -> None:
    if not path.is_file():
        raise DataError((error("file_missing", file=path.name),))
    with path.open("rb") as stream:
        head = stream.read(16).lstrip()
    if path.suffix.lower() not in _DRAWN_ENDINGS or not head.startswith(_DRAWN_HEADS):
        raise DataError((error("landscape_format", file=path.name),))
    if path.stat().st_size > limits.file_bytes:
        raise DataError(
            (
                error(
                    "file_too_large",
                    file=path.name,
                    megabytes=path.stat().st_size // 1024**2,
                    limit_megabytes=limits.file_bytes // 1024**2,
                ),
            )
        )


def _cells(frame: pd.DataFrame, name: ColumnName, file: str) -> pd.Series[str]:
    if isinstance(name, int) and 0 < name <= frame.shape[1]:
        return frame.iloc[:, name - 1]
    for heading in frame.columns:
        if fold_name(str(heading)) == fold_name(str(name)):
            return frame[heading]
    raise DataError((error("table_column_missing", file=file, column=str(name), nearest="–"),))


def _numbers(
    cells: pd.Series[str], file: str, markers: str = "default"
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], list[Finding]]:
    parsed = parse_numbers(cells, markers=MARKER_SETS[markers])
    return np.asarray(parsed.values), [finding.within(file) for finding in parsed.findings]


def _site_column(target: str, cells: pd.Series[str], file: str, keys: pd.Series[str]) -> tuple[object, list[Finding]]:
    if target in SITE_NUMBERS:
        return _numbers(cells, file)
    if target == "services":
        return _services(cells, file, keys)
    if target != "is_accessible":
        return cells, []
    findings = [
        replace(error("yes_no_unclear", text=cell[:40]), file=file, row=int(row), column=str(cells.name))  # type: ignore[call-overload]
        for row, cell in cells.items()
        if cell and cell.casefold() not in _YES_NO
    ]
    return cells.map(lambda cell: _YES_NO.get(cell.casefold())).astype("boolean"), findings


def _services(cells: pd.Series[str], file: str, keys: pd.Series[str]) -> tuple[object, list[Finding]]:
    """Return known service keys; each unknown one is told with its row and left out."""
    findings, kept = [], []
    for row, key, text in zip(cells.index, keys, cells, strict=True):
        given = tidy_services(text).split()
        kept.append(" ".join(service for service in given if service in SERVICES))
        findings += [
            error(
                "site_service_unknown",
                file=file,
                row=int(row),
                column=str(cells.name),
                site=key,
                service=service[:40],
                known=", ".join(SERVICES),
            )
            for service in given
            if service not in SERVICES
        ]
    return kept, findings
