"""GeoPackage and GeoParquet looked through before the reader behind opens them.

A GeoPackage is a database: a view, a trigger or a virtual table in it is a program that runs when it is read. What the
standard itself makes is known by its name; everything else is refused.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import error, megabytes

_TRIGGERS = re.compile(r"(?i)(rtree|gpkg|trigger_(insert|delete|update)_feature_count|feature_count|fgti|fgtu|ogr)_.*")
_VIRTUAL = re.compile(r"(?is)\s*create\s+virtual\s+table\s+\S+\s+using\s+rtree\b")
_GEOPACKAGE_MARKS = (b"GPKG", b"GP10", b"GP11")


def check_geopackage(path: Path, name: str) -> None:
    """Refuse a GeoPackage that is none or holds a program.

    Raises
    ------
    DataError
        ``layer_unreadable``, ``geopackage_program``.
    """
    with path.open("rb") as stream:
        head = stream.read(72)
    if head[68:72] not in (*_GEOPACKAGE_MARKS, b"\x00\x00\x00\x00"):
        raise DataError((error("layer_unreadable", file=name),))
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA cell_size_check = ON")
            made = database.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
            tables = {str(row[1]).casefold() for row in made if row[0] == "table"}
    except (sqlite3.Error, UnicodeError, OverflowError) as fault:
        raise DataError((error("layer_unreadable", file=name),)) from fault
    if not {"gpkg_contents", "gpkg_geometry_columns"} <= tables:
        raise DataError((error("layer_unreadable", file=name),))
    programs = [str(title) for kind, title, sql in made if _is_program(str(kind), str(title), str(sql or ""))]
    if programs:
        raise DataError(tuple(error("geopackage_program", file=name, name=title[:80]) for title in programs[:10]))


def _is_program(kind: str, title: str, sql: str) -> bool:
    if kind == "view":
        return True
    if kind == "trigger":
        return _TRIGGERS.fullmatch(title) is None
    if kind == "table" and re.match(r"(?is)\s*create\s+virtual", sql):
        return _VIRTUAL.match(sql) is None
    return bool(re.search(r"(?is)\b(generated\s+always|recursive)\b", sql)) or (kind == "index" and _calls(sql))


def _calls(sql: str) -> bool:
    """Tell an index over an expression or a part of its rows: it is worked out when it is read."""
    inside = sql.partition("(")[2]
    return "(" in inside or bool(re.search(r"(?is)\)\s*where\b", sql))


def check_parquet(path: Path, name: str, limits: ReadLimits) -> None:
    """Refuse a GeoParquet that says in its footer that it holds more than may be read.

    Raises
    ------
    DataError
        ``layer_unreadable``, ``too_many_polygons``, ``table_too_many_columns``, ``file_too_large``.
    """
    try:
        with pq.ParquetFile(path, thrift_string_size_limit=10**7, thrift_container_size_limit=10**6) as opened:
            footer = opened.metadata
            size = sum(footer.row_group(place).total_byte_size for place in range(footer.num_row_groups))
            rows, columns = footer.num_rows, footer.num_columns
    except (pa.ArrowException, OSError, ValueError) as fault:
        raise DataError((error("layer_unreadable", file=name),)) from fault
    if rows > limits.polygons:
        raise DataError((error("too_many_polygons", file=name, count=rows, limit=limits.polygons),))
    if columns > limits.table_columns:
        raise DataError((error("table_too_many_columns", file=name, columns=columns, limit=limits.table_columns),))
    if size > limits.unpacked_bytes:
        raise DataError((error("file_too_large", file=name, **megabytes(size, limits.unpacked_bytes)),))
