"""Residents on a grid, as the census publishes them: millions of rows, read in blocks and cut to a rectangle.

Zensus 2022: ``GITTER_ID_100m;x_mp_100m;y_mp_100m;Einwohner`` (or ``1km``), semicolon, decimal comma, middles of squares
in EPSG:3035, a dash where a number is withheld; alone or in a zip. Other tables with coordinates and a count are read
alike.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import error
from geo.region.archive import check_zip, is_zip

Floats = NDArray[np.float64]
_HEAD_BYTES = 64 * 1024
_BLOCK_BYTES = 8 * 1024**2
_SAMPLE = 1_000
_MIDDLE = re.compile(r"^(x|y)_mp_\d+k?m$", re.IGNORECASE)
_RESIDENTS = re.compile(r"^(insgesamt_)?(einwohner|bevoelkerung(szahl)?|population|residents)$", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class GridRows:
    """Squares within a rectangle.

    Parameters
    ----------
    squares
        ``x``, ``y``: middles in the system of the file; ``residents``: text as in the file. The index is the row. Where
        no square lies within, the first ones of the file, so that what is wrong with their places can be told.
    elsewhere, unplaced
        How many other rows lie outside the rectangle; how many have no numbers for a place.
    """

    squares: pd.DataFrame
    elsewhere: int
    unplaced: int


def grid_columns(content: bytes) -> tuple[str, str, str] | None:
    """Return the headings of x, y and residents of a census grid (CSV or zip), or nothing for other files."""
    try:
        with _opened(io.BytesIO(content)) as stream:
            headings, _ = _headings(stream.read(_HEAD_BYTES))
    except (OSError, zipfile.BadZipFile, DataError, NotImplementedError, RuntimeError, EOFError, ValueError):
        return None
    middles = {found.group(1).lower(): heading for heading in headings if (found := _MIDDLE.match(heading))}
    residents = next((heading for heading in headings if _RESIDENTS.match(heading)), None)
    if residents is None or set(middles) != {"x", "y"}:
        return None
    return middles["x"], middles["y"], residents


def read_grid(
    path: Path, columns: Sequence[str], rectangle: tuple[float, float, float, float], *, name: str, limits: ReadLimits
) -> GridRows | None:
    """Return the squares of a CSV, or of the CSV in a zip, whose middle lies in a rectangle.

    Parameters
    ----------
    columns
        Headings of x, y and residents.
    rectangle
        West, south, east, north in the system of the file.

    Returns
    -------
    GridRows or None
        None where the file is no delimited text with these very headings in its first row.

    Raises
    ------
    DataError
        ``file_too_large``, ``grid_broken``, or what :func:`geo.region.check_zip` raises.
    """
    with path.open("rb") as stream:
        is_packed = is_zip(stream.read(4))
    if is_packed:
        check_zip(path, name=name, limits=limits)
    elif path.stat().st_size > limits.unpacked_bytes:
        size = {"megabytes": path.stat().st_size // 1024**2, "limit_megabytes": limits.unpacked_bytes // 1024**2}
        raise DataError((error("file_too_large", file=name, **size),))
    try:
        with path.open("rb") as packed, _opened(packed, columns) as stream:
            headings, delimiter = _headings(stream.read(_HEAD_BYTES))
        if not set(columns) <= set(headings):
            return None
        with path.open("rb") as packed, _opened(packed, columns) as stream:
            return _rows(stream, columns, delimiter, rectangle)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        return None
    except pa.ArrowException as fault:
        raise DataError((error("grid_broken", file=name, reason=str(fault)[:200]),)) from fault


def _rows(
    stream: IO[bytes], columns: Sequence[str], delimiter: str, rectangle: tuple[float, float, float, float]
) -> GridRows:
    west, south, east, north = rectangle
    parts: list[pd.DataFrame] = []
    first = pd.DataFrame({"x": [], "y": [], "residents": []})
    count, unplaced = 0, 0
    reader = arrow_csv.open_csv(
        stream,
        read_options=arrow_csv.ReadOptions(block_size=_BLOCK_BYTES, use_threads=False),
        parse_options=arrow_csv.ParseOptions(delimiter=delimiter),
        convert_options=arrow_csv.ConvertOptions(
            include_columns=list(columns), column_types=dict.fromkeys(columns, pa.binary())
        ),
    )
    with reader:
        for block in reader:
            x, y = (_numbers(block.column(place)) for place in (0, 1))
            unplaced += int((~np.isfinite(x + y)).sum())
            inside = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
            if not count:
                first = _squares(block, x, y, np.flatnonzero(np.isfinite(x + y))[:_SAMPLE], 2)
            parts.append(_squares(block, x, y, inside, count + 2))
            count += block.num_rows
    squares = pd.concat(parts) if any(map(len, parts)) else first
    return GridRows(squares, count - unplaced - len(squares), unplaced)


def _squares(block: pa.RecordBatch, x: Floats, y: Floats, places: NDArray[np.int64], first_row: int) -> pd.DataFrame:
    texts = [_text(cell or b"") for cell in block.column(2).take(pa.array(places)).to_pylist()]
    rows = pd.Index(places + first_row, name="row")
    return pd.DataFrame({"x": x[places], "y": y[places], "residents": pd.Series(texts, rows, dtype=str)}, index=rows)


def _text(cell: bytes) -> str:
    """Return a cell as text; what is not UTF-8 was saved by an older program on Windows."""
    try:
        return cell.decode("utf-8").strip()
    except UnicodeDecodeError:
        return cell.decode("cp1252", errors="replace").strip()


def _numbers(cells: pa.Array) -> Floats:
    """Return cells as numbers, decimal comma or point; not a number where the text is none."""
    is_number = pc.match_substring_regex(cells, r"^\s*[+-]?\d+([.,]\d+)?\s*$").fill_null(fill_value=False)
    numbers = np.full(len(cells), np.nan)
    plain = pc.replace_substring(cells.filter(is_number).cast(pa.string()), ",", ".")
    numbers[is_number.to_numpy(zero_copy_only=False)] = pc.utf8_trim_whitespace(plain).cast(pa.float64())
    return numbers


@contextmanager
def _opened(source: IO[bytes], columns: Sequence[str] = ()) -> Iterator[IO[bytes]]:
    """Give the text itself, or the CSV in a zip with these headings, else the first that looks like a grid."""
    head = source.read(4)
    source.seek(0)
    if not is_zip(head):
        yield source
        return
    with zipfile.ZipFile(source) as archive:
        members = [one for one in archive.namelist() if one.lower().endswith(".csv")]
        if not members:
            raise DataError((error("layer_missing", file="", layer="-", layers="-"),))
        chosen = next((one for one in members if "100m" in one.lower()), members[0])
        for member in members if columns else ():
            with archive.open(member) as stream:
                if set(columns) <= set(_headings(stream.read(_HEAD_BYTES))[0]):
                    chosen = member
                    break
        with archive.open(chosen) as stream:
            yield stream


def _headings(head: bytes) -> tuple[list[str], str]:
    """Return the headings in the first line, and what parts them."""
    first = head.decode("utf-8-sig", errors="replace").partition("\n")[0].strip("\r")
    delimiter = max(";,\t", key=first.count)
    return [part.strip().strip('"') for part in first.split(delimiter)], delimiter
