"""Tables of minutes: from where, to where, how long. Read and checked before a region carries one."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import Finding, error, has_errors, warning
from geo.region.tables import MARKER_SETS, parse_numbers, read_table

HEADINGS = {
    "from": ("from", "von", "start", "origin", "from_id", "quelle"),
    "to": ("to", "nach", "ziel", "destination", "to_id"),
    "minutes": ("minutes", "minuten", "min", "zeit", "fahrzeit", "time", "travel_time"),
}
ROW_LIMITS = ReadLimits(table_rows=5_000_000)
PLAIN_HEADER = "from,to,minutes"
_NO_TIME = ("", "-", "–", ".", "x", "na", "n/a", "nan", "none", "null", "k.a.", "k. a.", "inf")
_LONG_MINUTES = 300.0


@dataclass(frozen=True, eq=False)
class MinutesTable:
    """A table of minutes as it was read.

    Parameters
    ----------
    rows
        Columns ``from`` and ``to`` (text) and ``minutes`` (NaN where there is no time), index the rows of the file.
    headings
        What the three columns are called in the file.
    findings
        What was odd; errors among them mean that the table must not be used: ``travel_minutes_negative``,
        ``text_in_numbers``.
    """

    rows: pd.DataFrame
    headings: Mapping[str, str]
    findings: tuple[Finding, ...]


def read_minutes(source: Path | bytes, *, name: str, limits: ReadLimits = ROW_LIMITS) -> MinutesTable:
    """Read a table of minutes from a CSV file or a workbook.

    Parameters
    ----------
    source
        Path or content. Columns ``from``, ``to``, ``minutes`` (``von``, ``nach``, ``minuten`` and the like); any
        delimiter; decimal point or comma.

    Raises
    ------
    DataError
        ``travel_column_missing``, or what :func:`geo.region.tables.read_table` raises.
    """
    table = read_table(source, name=name, limits=limits)
    frame = table.frame
    columns, faults = _columns(frame, name)
    findings = [*table.findings, *faults]
    if has_errors(findings):
        raise DataError(tuple(finding.within(name) for finding in findings))
    minutes = _minutes(frame[columns["minutes"]], name, findings)
    plain = {role: frame[columns[role]].str.strip() for role in ("from", "to")}
    out = pd.DataFrame({**plain, "minutes": minutes}, index=frame.index)
    return MinutesTable(out, columns, tuple(finding.within(name) for finding in findings))


def says_minutes(headings: Iterable[str]) -> bool:
    """Tell whether a table with these headings says from where to where and how many minutes."""
    folded = {heading.strip().casefold() for heading in headings}
    return all(not folded.isdisjoint(words) for words in HEADINGS.values())


def check_minutes(path: Path, quarters: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> list[Finding]:
    """Return what is wrong with a region's table of minutes: nothing is left of it, keys nobody knows, bad times."""
    if not path.is_file():
        return [error("travel_table_missing", file=path.name)]
    try:
        table = read_minutes(path, name=path.name)
    except DataError as fault:
        return [finding.within(path.name) for finding in fault.findings]
    frame, findings = table.rows, list(table.findings)
    known = set(quarters.index.astype(str))
    ends = known | set(sites.index.astype(str))
    is_from, is_to = frame["from"].isin(known), frame["to"].isin(ends)
    if len(frame) and not (is_from & is_to).any():
        findings.append(error("travel_no_key_known", file=path.name, key=str(frame["from"].iloc[0])))
    else:
        findings += unknown_keys(table, "from", is_from.to_numpy(), path.name)
        findings += unknown_keys(table, "to", is_to.to_numpy(), path.name)
    return findings


def unknown_keys(table: MinutesTable, end: str, is_known: NDArray[np.bool_], name: str) -> list[Finding]:
    """Return one warning about all keys of an end (``from``, ``to``) that are not known, naming the first."""
    strangers = table.rows[end][~is_known]
    if strangers.empty:
        return []
    row, column = int(strangers.index[0]), table.headings[end]
    key, count = str(strangers.iloc[0])[:80], int(strangers.nunique())
    code = "travel_from_unknown" if end == "from" else "travel_to_unknown"
    return [warning(code, file=name, row=row, column=column, key=key, count=count)]


def plain_minutes(path: Path) -> bytes:
    """Return a table of minutes in the one form packages hold: ``from,to,minutes``, comma, point, UTF-8.

    A file that begins so is returned as it is; any other is read and written anew, pairs without a time left out.

    Raises
    ------
    DataError
        If the table cannot be read.
    """
    content = path.read_bytes()
    if content.startswith(f"{PLAIN_HEADER}\n".encode()):
        return content
    rows = read_minutes(content, name=path.name).rows
    known = rows[np.isfinite(rows["minutes"])]
    return minutes_text(known.itertuples(index=False, name=None)).encode()


def write_minutes(path: Path, target: Path) -> int:
    """Write a table of minutes in the form packages hold; return the number of rows."""
    content = plain_minutes(path)
    target.write_bytes(content)
    return content.count(b"\n") - 1


def minutes_text(rows: Iterable[tuple[str, str, float]]) -> str:
    """Return rows of from, to and minutes as the text of a table in the form packages hold."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(PLAIN_HEADER.split(","))
    writer.writerows((start, end, repr(round(float(minutes), 4)).removesuffix(".0")) for start, end, minutes in rows)
    return out.getvalue()


def minutes_digest(path: Path) -> str:
    """Return the SHA-256 of a table of minutes in the form packages hold."""
    return hashlib.sha256(plain_minutes(path)).hexdigest()


def _columns(frame: pd.DataFrame, name: str) -> tuple[dict[str, str], list[Finding]]:
    """Return the column that holds each of from, to and minutes."""
    folded = {str(column).strip().casefold(): str(column) for column in frame.columns}
    found = {role: next((folded[one] for one in words if one in folded), "") for role, words in HEADINGS.items()}
    faults = [
        error("travel_column_missing", file=name, column=role, known=", ".join(HEADINGS[role]))
        for role, column in found.items()
        if not column
    ]
    return found, faults


def _minutes(cells: pd.Series[str], name: str, findings: list[Finding]) -> NDArray[np.float64]:
    texts = cells.where(~cells.str.strip().str.casefold().isin(_NO_TIME), "")
    parsed = parse_numbers(texts, markers=MARKER_SETS["none"], thousands="")
    findings += [finding for finding in parsed.findings if finding.code != "separator_ambiguous"]
    minutes = np.asarray(parsed.values, dtype=np.float64)
    is_negative = minutes < 0
    if is_negative.any():
        row = int(cells.index[int(np.flatnonzero(is_negative)[0])])
        findings.append(
            error("travel_minutes_negative", file=name, row=row, column=str(cells.name), count=int(is_negative.sum()))
        )
    known = minutes[np.isfinite(minutes)]
    if len(known) and float(np.median(known)) > _LONG_MINUTES:
        findings.append(warning("travel_minutes_long", file=name, median=round(float(np.median(known)))))
    return minutes
