"""The tables of a region on disk: comma, point, UTF-8, one fixed order of columns."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import error
from geo.region.model.contract import SITE_NUMBERS, SITE_TEXTS, tidy_cells, tidy_sites, tidy_statistics
from geo.region.schema import CELL_COLUMNS, SITE_COLUMNS, SITE_COLUMNS_LATER, STATISTICS_COLUMNS

_SITE_FILE_COLUMNS = ("site_id", *SITE_COLUMNS[:-1], "x", "y")


def write_quarter_list(quarters: gpd.GeoDataFrame, path: Path) -> int:
    """Write key, name and district of every quarter; return the number of rows."""
    rows = zip(quarters.index, quarters["name"], quarters["district"], strict=True)
    return _write(path, ("quarter_id", "name", "district"), rows)


def write_statistics(statistics: pd.DataFrame, path: Path) -> int:
    """Write the tidy table; return the number of rows."""
    columns = [statistics[name] for name in STATISTICS_COLUMNS]
    columns[3] = _plain_numbers(statistics["value"])  # type: ignore[call-overload]
    return _write(path, STATISTICS_COLUMNS, zip(*columns, strict=True))


def write_sites(sites: gpd.GeoDataFrame, path: Path) -> int:
    """Write sites with their place in metres; return the number of rows."""
    columns: list[Iterable[Any]] = [sites.index]
    for name in SITE_COLUMNS[:-1]:
        column = sites[name]
        if name == "is_accessible":
            columns.append(column.map({True: "true", False: "false"}).astype("object").fillna(""))
        else:
            columns.append(_plain_numbers(column) if name in SITE_NUMBERS else column)
    columns += [_plain_numbers(sites.geometry.x), _plain_numbers(sites.geometry.y)]
    return _write(path, _SITE_FILE_COLUMNS, zip(*columns, strict=True))


def write_cells(cells: pd.DataFrame, path: Path) -> int:
    """Write population cells; return the number of rows."""
    numbers = [_plain_numbers(cells[name]) for name in ("x", "y", "residents")]
    return _write(path, CELL_COLUMNS, zip(*numbers, cells["quarter_id"], strict=True))


def read_quarter_list(path: Path) -> list[str]:
    """Return the keys in the list of quarters."""
    keys: list[str] = _read(path, {"quarter_id": pa.string()}, None)["quarter_id"].tolist()
    return keys


def read_statistics(path: Path, limits: ReadLimits) -> pd.DataFrame:
    """Return the tidy table; ``DataError`` if it cannot be read as one."""
    types = {name: pa.float64() if name == "value" else pa.string() for name in STATISTICS_COLUMNS}
    return tidy_statistics(_read(path, types, limits))


def read_sites(path: Path, crs: Any, limits: ReadLimits) -> gpd.GeoDataFrame:
    """Return tidy sites; ``DataError`` if the file cannot be read as such.

    Columns of ``SITE_COLUMNS_LATER`` may be absent: what older packages do not say is unknown.
    """
    header = _header(path)
    types = dict.fromkeys(("site_id", *SITE_TEXTS), pa.string())
    types |= dict.fromkeys((*SITE_NUMBERS, "x", "y"), pa.float64()) | {"is_accessible": pa.bool_()}
    wanted = [name for name in _SITE_FILE_COLUMNS if name in header or name not in SITE_COLUMNS_LATER]
    frame = _read(path, {name: types[name] for name in wanted}, limits).set_index("site_id")
    points = gpd.points_from_xy(frame.pop("x"), frame.pop("y"), crs=crs)
    return tidy_sites(gpd.GeoDataFrame(frame, geometry=points), crs)


def read_cells(path: Path, limits: ReadLimits) -> pd.DataFrame | None:
    """Return tidy population cells; ``DataError`` if the file cannot be read as such."""
    types = {name: pa.string() if name == "quarter_id" else pa.float64() for name in CELL_COLUMNS}
    return tidy_cells(_read(path, types, limits))


def _header(path: Path) -> list[str]:
    """Return the headings of a table of a package, which were written without line breaks."""
    with path.open(encoding="utf-8-sig", errors="replace") as stream:
        return stream.readline(10_000).strip().split(",")


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


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
