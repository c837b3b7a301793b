"""Files of a region's parts: tables as CSV (comma, point, UTF-8, one fixed order of columns), shapes as GeoPackage.

Equal parts give equal bytes. Nothing in a file is executed and no path in it is followed.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
from pyarrow import csv as arrow_csv

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import error
from geo.region.model.contract import SITE_NUMBERS, SITE_TEXTS
from geo.region.schema import CELL_COLUMNS, GROUPING_COLUMNS, SITE_COLUMNS, SITE_COLUMNS_LATER, STATISTICS_COLUMNS
from geo.region.shapes import check_geopackage

_NO_DATE = "2000-01-01T00:00:00.000Z"
_GEOPACKAGE_MARK = b"SQLite format 3\x00", b"GPKG"


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def copy_file(path: Path, target: Path) -> None:
    """Copy a file that is a part as it is."""
    shutil.copyfile(path, target)


def write_quarters(quarters: gpd.GeoDataFrame, table: Path, shapes: Path) -> int:
    """Write key, name and district of every quarter, and its polygon; return the number of rows."""
    write_shapes(quarters.reset_index(), shapes)
    return _write(table, {"quarter_id": quarters.index, "name": quarters["name"], "district": quarters["district"]})


def write_statistics(statistics: pd.DataFrame, path: Path) -> int:
    """Write the tidy table; return the number of rows."""
    columns = {name: statistics[name] for name in STATISTICS_COLUMNS}
    return _write(path, columns | {"value": _plain_numbers(statistics["value"])})


def write_sites(sites: gpd.GeoDataFrame, path: Path) -> int:
    """Write sites with their place in metres; return the number of rows."""
    columns: dict[str, Iterable[Any]] = {"site_id": sites.index}
    columns |= {name: sites[name] for name in SITE_COLUMNS[:-1]}
    columns |= {name: _plain_numbers(sites[name]) for name in SITE_NUMBERS}
    columns["is_accessible"] = sites["is_accessible"].map({True: "true", False: "false"}).astype("object").fillna("")
    return _write(path, columns | {"x": _plain_numbers(sites.geometry.x), "y": _plain_numbers(sites.geometry.y)})


def write_cells(cells: pd.DataFrame, path: Path) -> int:
    """Write population cells; return the number of rows."""
    numbers = {name: _plain_numbers(cells[name]) for name in ("x", "y", "residents")}
    return _write(path, {**numbers, "quarter_id": cells["quarter_id"]})


def write_shapes(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write a GeoPackage without the time of writing."""
    pyogrio.write_dataframe(frame, path, driver="GPKG", layer=path.stem)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE gpkg_contents SET last_change = ?", (_NO_DATE,))


def read_quarters(shapes: Path, limits: ReadLimits) -> gpd.GeoDataFrame:
    """Return polygons, names and districts by ``quarter_id``; :func:`listed_quarters` has the keys of the table."""
    return read_shapes(shapes, {"quarter_id", "name"}, limits).set_index("quarter_id")


def listed_quarters(path: Path) -> set[str]:
    """Return the keys in the table of quarters."""
    return set(_read(path, {"quarter_id": pa.string()}, None)["quarter_id"])


def read_statistics(path: Path, limits: ReadLimits) -> pd.DataFrame:
    """Return the statistics; ``DataError`` if the file cannot be read as such."""
    return _read(path, {name: pa.float64() if name == "value" else pa.string() for name in STATISTICS_COLUMNS}, limits)


def read_sites(path: Path, crs: Any, limits: ReadLimits) -> gpd.GeoDataFrame:
    """Return sites; ``DataError`` if the file cannot be read as such.

    Columns of ``SITE_COLUMNS_LATER`` may be absent: what older packages do not say is unknown.
    """
    with path.open(encoding="utf-8-sig", errors="replace") as stream:
        header = stream.readline(10_000).strip().split(",")  # packages have no line breaks in headings
    types = dict.fromkeys(("site_id", *SITE_TEXTS), pa.string())
    types |= dict.fromkeys((*SITE_NUMBERS, "x", "y"), pa.float64()) | {"is_accessible": pa.bool_()}
    wanted = {name: kind for name, kind in types.items() if name in header or name not in SITE_COLUMNS_LATER}
    frame = _read(path, wanted, limits).set_index("site_id")
    points = gpd.points_from_xy(frame.pop("x"), frame.pop("y"), crs=crs)
    return gpd.GeoDataFrame(frame, geometry=points)


def write_groupings(groupings: pd.DataFrame, path: Path) -> int:
    """Write groups of quarters; return the number of rows."""
    return _write(path, {name: groupings[name] for name in GROUPING_COLUMNS})


def read_groupings(path: Path, limits: ReadLimits) -> pd.DataFrame:
    """Return groups of quarters; ``DataError`` if the file cannot be read as such."""
    return _read(path, dict.fromkeys(GROUPING_COLUMNS, pa.string()), limits)


def read_cells(path: Path, limits: ReadLimits) -> pd.DataFrame:
    """Return population cells; ``DataError`` if the file cannot be read as such."""
    types = {name: pa.string() if name == "quarter_id" else pa.float64() for name in CELL_COLUMNS}
    return _read(path, types, limits)


def read_shapes(path: Path, columns: set[str], limits: ReadLimits) -> gpd.GeoDataFrame:
    """Return a GeoPackage that has at least some columns and a geometry; ``DataError`` if it cannot be read as one."""
    with path.open("rb") as stream:
        head = stream.read(72)
    if not (head.startswith(_GEOPACKAGE_MARK[0]) and head[68:72] == _GEOPACKAGE_MARK[1]):
        raise DataError((error("package_not_a_geopackage", file=path.name),))
    try:
        check_geopackage(path, path.name)
        frame = pyogrio.read_dataframe(path, use_arrow=True, max_features=limits.polygons + 1)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  a damaged file brings up errors of many kinds in the libraries behind
        raise DataError((error("package_not_a_geopackage", file=path.name),)) from None
    if "geometry" not in frame or not columns <= set(frame.columns):
        raise DataError((error("package_columns_missing", file=path.name, columns=", ".join(sorted(columns))),))
    if len(frame) > limits.polygons:
        raise DataError((error("package_file_too_large", file=path.name),))
    return frame


def _write(path: Path, columns: Mapping[str, Iterable[Any]]) -> int:
    rows = list(zip(*columns.values(), strict=True))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    return len(rows)


def _read(path: Path, types: dict[str, Any], limits: ReadLimits | None) -> pd.DataFrame:
    options = arrow_csv.ConvertOptions(
        column_types=types,
        include_columns=list(types),
        null_values=[""],
        strings_can_be_null=False,
        true_values=["true"],
        false_values=["false"],
    )
    try:
        table = arrow_csv.read_csv(
            path, convert_options=options, parse_options=arrow_csv.ParseOptions(newlines_in_values=True)
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError) as fault:
        raise DataError(
            (error("package_table_unreadable", file=path.name, detail=str(fault).partition("\n")[0]),)
        ) from None
    if limits is not None and table.num_rows > 10 * limits.table_rows:
        raise DataError((error("package_file_too_large", file=path.name),))
    frame: pd.DataFrame = table.to_pandas()
    return frame


def _plain_numbers(numbers: Any) -> list[str]:
    """Return numbers as text that reads back to the same number, whole ones without a point."""
    values = np.asarray(numbers, dtype="float64")
    whole = np.isfinite(values) & (values == np.round(values)) & (np.abs(values) < 1e15)
    return [
        "" if value != value else str(int(value)) if is_whole else repr(float(value))  # noqa: PLR0124 - NaN
        for value, is_whole in zip(values, whole, strict=True)
    ]
