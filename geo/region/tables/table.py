"""Tables as they are sent: CSV and workbooks to frames of text, with what was found on the way.

Nothing is turned into numbers here, so no key loses its zeros and no sign its meaning. That is the
next step and happens per column: ``parse_numbers``, ``parse_dates``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import Finding, error, megabytes, note, warning
from geo.region.tables.delimited import read_delimited
from geo.region.tables.headings import column_names, find_layout, is_number_like, lasting_footer_mark
from geo.region.tables.workbook import Sheet, is_workbook, read_sheets, refuse_disguised, workbook_sheets

_DEFAULT_LIMITS = ReadLimits()
_MOST_ROWS_NAMED = 10


@dataclass(frozen=True)
class TableSpec:
    """How a table lies in its file; what is None is found.

    Parameters
    ----------
    sheet
        Name or position (from 0) of the sheet.
    encoding, delimiter
        Of delimited text. A byte order mark outweighs the encoding.
    header_rows
        Number of heading rows to combine.
    skip_rows
        Rows above the headings.
    columns
        Own names in place of the headings, as many as there are columns.
    footer
        Text, or a regular expression, that the first row of the notes below begins with.
    """

    sheet: str | int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_rows: int | None = None
    skip_rows: int | None = None
    columns: tuple[str, ...] | None = None
    footer: str | None = None


_FIND_ALL = TableSpec()


@dataclass(frozen=True)
class Table:
    """A table read as text.

    Parameters
    ----------
    name
        File name.
    frame
        Every cell is text, stripped, empty where the file has nothing. Unique column names. The index is the row
        number as a spreadsheet counts (first row of the file is 1).
    spec
        How the table was read: given and found, so that it can be written into a recipe. ``columns`` only if given.
    header
        Heading rows as in the file.
    above, footer
        Notes above the headings and below the table, one text per row.
    findings
        What was odd. Errors among them mean that cells cannot be trusted.
    """

    name: str
    frame: pd.DataFrame
    spec: TableSpec
    header: tuple[tuple[str, ...], ...]
    above: tuple[str, ...]
    footer: tuple[str, ...]
    findings: tuple[Finding, ...]


def read_table(
    source: Path | bytes, *, name: str, spec: TableSpec = _FIND_ALL, limits: ReadLimits = _DEFAULT_LIMITS
) -> Table:
    """Read a CSV or a workbook (XLSX, XLSM, XLSB, XLS, ODS) as text.

    Parameters
    ----------
    source
        Path or content. What the file is, its content decides.

    Raises
    ------
    DataError
        The file cannot be read at all: empty, header only, binary, too large, broken, encrypted, disguised.
    """
    content = _content(source, name, limits)
    if is_workbook(content):
        return _from_workbook(content, name, spec, limits)
    refuse_disguised(content, name)
    text = read_delimited(content, name=name, encoding=spec.encoding, delimiter=spec.delimiter, limits=limits)
    found = replace(spec, sheet=None, encoding=text.encoding, delimiter=text.delimiter)
    rows = [[field.strip() for field in row] for row in text.rows]
    return _table(rows, name, found, text.findings, has_merged=False)


def sheet_names(source: Path | bytes, name: str, limits: ReadLimits = _DEFAULT_LIMITS) -> tuple[str, ...]:
    """Return the names of a workbook's visible sheets; none for delimited text.

    Raises
    ------
    DataError
        As :func:`read_table`.
    """
    content = _content(source, name, limits)
    if not is_workbook(content):
        refuse_disguised(content, name)
        return ()
    return workbook_sheets(content, name=name, limits=limits)


def _content(source: Path | bytes, name: str, limits: ReadLimits) -> bytes:
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size > limits.file_bytes:
            raise DataError((error("file_too_large", file=name, **megabytes(size, limits.file_bytes)),))
        if size == 0:
            raise DataError((error("file_empty", file=name),))
        return source if isinstance(source, bytes) else source.read_bytes()
    except OSError as fault:
        raise DataError((error("file_missing", file=name),)) from fault


def _from_workbook(content: bytes, name: str, spec: TableSpec, limits: ReadLimits) -> Table:
    sheets = read_sheets(content, sheet=spec.sheet, name=name, limits=limits)
    sheet, findings = _fullest(sheets, name)
    if not any(cell for row in sheet.rows for cell in row):
        raise DataError((*sheet.findings, error("sheet_empty", file=name, sheet=sheet.name)))
    found = replace(spec, sheet=sheet.name, encoding=None, delimiter=None)
    told = (*findings, *sheet.findings)
    return _table(sheet.rows, name, found, told, has_merged=bool(sheet.merged), hidden=sheet.hidden_columns)


def _fullest(sheets: Sequence[Sheet], name: str) -> tuple[Sheet, list[Finding]]:
    """Return the sheet with most rows of numbers; a cover or a legend has few."""
    if not sheets:
        raise DataError((error("sheet_empty", file=name, sheet="-"),))
    if len(sheets) == 1:
        return sheets[0], []
    weights = [sum(sum(map(is_number_like, row)) for row in sheet.rows if sum(map(bool, row)) > 1) for sheet in sheets]
    best = max(range(len(sheets)), key=lambda place: (weights[place], -place))
    rivals = [place for place, weight in enumerate(weights) if place != best and weight > 0.5 * weights[best]]
    if rivals:
        others = ", ".join(sheets[place].name for place in rivals)[:300]
        return sheets[best], [warning("sheet_ambiguous", file=name, sheet=sheets[best].name, others=others)]
    return sheets[best], [note("sheet_chosen", file=name, sheet=sheets[best].name)]


def _table(
    rows: list[list[str]],
    name: str,
    spec: TableSpec,
    told: Sequence[Finding],
    *,
    has_merged: bool,
    hidden: frozenset[int] = frozenset(),
) -> Table:
    layout = find_layout(rows, header_rows=spec.header_rows, skip_rows=spec.skip_rows, footer=spec.footer)
    header, body = rows[layout.header : layout.data], rows[layout.data : layout.footer]
    numbered = [(layout.data + place + 1, row) for place, row in enumerate(body) if _is_body(row)]
    if not numbered:
        raise DataError((*told, error("table_without_rows", file=name)))
    findings = list(told)
    width, uneven = _even(numbered, header, name)
    findings += uneven
    if not any(cell for row in header for cell in row) and spec.columns is None:
        findings.append(warning("header_missing", file=name, row=layout.data + 1))
    frame = pd.DataFrame(
        [(row + [""] * width)[:width] for _, row in numbered],
        index=pd.Index([number for number, _ in numbered], name="row"),
        dtype=str,
    )
    frame, named = _named(frame, header, spec, name, has_merged=has_merged, hidden=hidden)
    above, footer = (
        tuple(" ".join(cell for cell in row if cell) for row in part if any(row))
        for part in (rows[: layout.header], rows[layout.footer :])
    )
    found = replace(
        spec,
        header_rows=layout.data - layout.header,
        skip_rows=layout.header,
        footer=spec.footer if spec.footer is not None else lasting_footer_mark(rows, layout),
    )
    return Table(name, frame, found, tuple(tuple(row) for row in header), above, footer, tuple(findings + named))


def _is_body(row: Sequence[str]) -> bool:
    return any(row) and not (row[0].startswith("#") and sum(map(bool, row)) == 1)


def _even(numbered: list[tuple[int, list[str]]], header: list[list[str]], name: str) -> tuple[int, list[Finding]]:
    """Return the usual width and report rows of another: too long ones have cells in wrong columns."""
    lengths = Counter(len(row) for _, row in numbered)
    usual = max(lengths, key=lambda length: (lengths[length], length))
    headed = max((length for length in map(_last_filled, header)), default=0)
    width = max(usual, headed) if headed <= usual or lengths[headed] else usual
    findings = []
    for code, make, concerned in (
        ("row_long", error, [number for number, row in numbered if len(row) > width < _last_filled(row)]),
        ("row_short", warning, [number for number, row in numbered if len(row) < usual]),
    ):
        if concerned:
            told = ", ".join(map(str, concerned[:_MOST_ROWS_NAMED])) + (
                " …" if len(concerned) > _MOST_ROWS_NAMED else ""
            )
            findings.append(make(code, file=name, row=concerned[0], count=len(concerned), rows=told, cells=width))
    return width, findings


def _last_filled(row: Sequence[str]) -> int:
    return max((place + 1 for place, cell in enumerate(row) if cell), default=0)


def _named(
    frame: pd.DataFrame,
    header: list[list[str]],
    spec: TableSpec,
    name: str,
    *,
    has_merged: bool,
    hidden: frozenset[int],
) -> tuple[pd.DataFrame, list[Finding]]:
    """Drop columns that are empty from top to bottom, or hidden beside a visible one of their name; name the rest."""
    width = frame.shape[1]
    headed = [any(place < len(row) and row[place] for row in header) for place in range(width)]
    kept = [place for place in range(width) if headed[place] or bool((frame[place] != "").any())]
    if spec.columns is not None:
        if len(spec.columns) != len(kept) or len(set(spec.columns)) != len(spec.columns):
            faults = {"expected": len(kept), "given": len(spec.columns)}
            raise DataError((error("columns_do_not_fit", file=name, **faults),))
        return frame[kept].set_axis(list(spec.columns), axis=1), []
    over = [" ".join(row[place] for row in header if place < len(row) and row[place]) for place in range(width)]
    folded = [re.sub(r"[\W_]+", "", heading).casefold() for heading in over]
    seen = {folded[place] for place in kept if place not in hidden} - {""}
    dropped = [place for place in kept if place in hidden and folded[place] in seen]
    blank = [["" if place in dropped else cell for place, cell in enumerate(row)] for row in header]
    names, repeated = column_names(blank, width, has_merged=has_merged)
    findings = [note("heading_repeated", file=name, column=heading) for heading in repeated]
    kept = [place for place in kept if place not in dropped]
    findings += [warning("column_hidden_twice", file=name, column=over[place]) for place in dropped]
    unseen = [names[place] for place in kept if place in hidden]
    findings += [note("columns_hidden", file=name, columns=", ".join(unseen)[:300])] if unseen else []
    return frame[kept].set_axis([names[place] for place in kept], axis=1), findings
