"""Workbooks (XLSX, XLSM, XLSB, XLS, ODS) to rows of text cells.

Files are checked here and read in a process of their own, see :mod:`geo.region.tables.workbook_reader`.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from xlsxwriter.utility import xl_col_to_name

from geo.bounded import is_child
from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import Finding, error, warning
from geo.region.archive import check_zip, is_zip
from geo.region.tables.workbook_look import SheetLook, look_of, sheet_member
from geo.region.tables.workbook_reader import read_workbook

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The reader lays a sheet out as one dense block: two lonely cells in far corners would claim all memory.
_MOST_CELLS = 6_000_000
_READER = Path(__file__).with_name("workbook_reader.py")
_READER_MEGABYTES = 3_000
_READER_SECONDS = 120
_MOST_SHARED_CHARACTERS = 1_000_000_000
_ROW = re.compile(rb'<row\s[^>]*?\br="(\d{1,7})"')
_COLUMN = re.compile(rb'<c\s[^>]*?\br="([A-Z]{1,3})')
_FILLED_CELL = re.compile(rb'<c\s(?:[^>/]*\s)?r="([A-Z]{1,3})(\d{1,7})"(?:[^>]*[^/])?>')
_CELL_BODY = re.compile(rb'<c\s(?:[^>/]*\s)?r="([A-Z]{1,3}\d{1,7})"([^>]*)(?<!/)>(.*?)</c>', re.DOTALL)
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_DATE_LENGTHS = {"month": len("2024-12"), "year": len("2024")}
_NUMBER_AS_TEXT = re.compile(r"^[-+−]?\d[\d.,]*[.,]\d[\d.,]*\s*%?$")
_ODS_NAMESPACES = {
    "table": "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}",
    "office": "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}",
    "text": "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}",
}


@dataclass(frozen=True)
class Sheet:
    """One sheet as text: rows of equal length from cell A1 on, merged areas, findings.

    ``merged``: (first row, first column, last row, last column), counted from 0, as ``hidden_columns``. Hidden rows are
    empty.
    """

    name: str
    rows: list[list[str]]
    merged: tuple[tuple[int, int, int, int], ...]
    findings: tuple[Finding, ...]
    hidden_columns: frozenset[int] = frozenset()


def is_workbook(content: bytes) -> bool:
    """Tell whether a file is to be read as a workbook; the content decides, not the name."""
    return is_zip(content[:4]) or content.startswith(_OLE)


def refuse_disguised(content: bytes, name: str) -> None:
    """Refuse files that carry a workbook's name but are web pages, XML or PDF.

    Raises
    ------
    DataError
        ``file_is_html``, ``file_is_xml`` or ``file_is_pdf``.
    """
    head = content[:2048].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\x00", b"").lower()
    kinds = {
        "file_is_html": (b"<html", b"<!doctype html", b"<table", b"<head", b"<body"),
        "file_is_xml": (b"<?xml", b"<!doctype"),
        "file_is_pdf": (b"%pdf",),
    }
    for code, starts in kinds.items():
        if head.startswith(starts):
            raise DataError((error(code, file=name),))


def workbook_sheets(content: bytes, *, name: str, limits: ReadLimits) -> tuple[str, ...]:
    """Return the names of the sheets a person sees, or of all if none is visible.

    Raises
    ------
    DataError
        As :func:`read_sheets`.
    """
    _check_file(content, name, limits)
    return tuple(_ask_reader(content, None, name, limits, names_only=True)["visible"])


def read_sheets(content: bytes, *, sheet: str | int | None, name: str, limits: ReadLimits) -> tuple[Sheet, ...]:
    """Read the sheet asked for by name or position, or all visible ones, as text cells.

    Numbers become the shortest text that gives the same number again, dates ISO text, text stays text.

    Raises
    ------
    DataError
        The codes of :func:`geo.region.archive.check_zip`, ``zip_not_workbook``, ``workbook_encrypted``,
        ``workbook_unreadable``, ``sheet_missing``, ``sheet_too_large``, ``table_too_many_rows``,
        ``table_too_many_columns``.
    """
    _check_file(content, name, limits)
    answer = _ask_reader(content, sheet, name, limits, names_only=False)
    return tuple(_sheet(raw, content, name) for raw in answer["sheets"])


def _check_file(content: bytes, name: str, limits: ReadLimits) -> None:
    if is_zip(content[:4]):
        members = check_zip(content, name=name, limits=limits, refuse_doctype=True)
        _check_members(content, members, name, limits)
    elif "EncryptedPackage".encode("utf-16-le") in content:
        raise DataError((error("workbook_encrypted", file=name),))


def _ask_reader(
    content: bytes, sheet: str | int | None, name: str, limits: ReadLimits, *, names_only: bool
) -> dict[str, Any]:
    request = {
        "sheet": sheet,
        "names_only": names_only,
        "rows": limits.table_rows,
        "columns": limits.table_columns,
        "cells": _MOST_CELLS,
        "megabytes": _READER_MEGABYTES,
    }
    answer = read_workbook(content, request) if is_child() else _answer_apart(content, request, name)
    code = answer.get("fault")
    if code == "sheet_missing":
        raise DataError((error(code, file=name, sheet=str(sheet), sheets=", ".join(answer["titles"])[:300]),))
    if code == "table_too_many_columns":
        told = {"sheet": answer["sheet"], "columns": answer["columns"], "limit": limits.table_columns}
        raise DataError((error(code, file=name, **told),))
    if code == "table_too_many_rows":
        raise DataError((error(code, file=name, sheet=answer["sheet"], limit=limits.table_rows),))
    if code:
        raise DataError((error(code, file=name),))
    return answer


def _answer_apart(content: bytes, request: dict[str, Any], name: str) -> dict[str, Any]:
    # Neither the folder of the reader nor PYTHONPATH gives modules; packages installed for one user alone do.
    command = [sys.executable, "-E", "-P", str(_READER), json.dumps(request)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=_READER_SECONDS, check=True)  # noqa: S603
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as fault:
        raise DataError((error("workbook_unreadable", file=name),)) from fault
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _sheet(answer: dict[str, Any], content: bytes, name: str) -> Sheet:
    title, raw = answer["name"], answer["rows"]
    merged = tuple((top, left, bottom, right) for top, left, bottom, right in answer["merged"])
    try:
        look = look_of(content, title)
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as fault:
        raise DataError((error("workbook_unreadable", file=name),)) from fault
    findings = [*_formula_findings(content, title, name), *_number_as_text(raw, name)]
    rows = [[_text(cell) for cell in row] for row in raw]
    findings += _as_shown(rows, raw, look, name)
    findings += _fill_merged_text(rows, raw, merged, name)
    findings += _without_hidden_rows(rows, look, name)
    return Sheet(title, rows, merged, tuple(findings), frozenset(look.hidden_columns))


def _as_shown(rows: list[list[str]], raw: list[list[Any]], look: SheetLook, name: str) -> list[Finding]:
    """Write percent, months, leading zeros and raised signs as a person sees them; numbers keep their digits."""
    for kind, places in look.kinds.items():
        for row, column in places:
            if _holds(raw, row, column):
                rows[row][column] = _shown(rows[row][column], raw[row][column], kind)
    for (row, column), text in look.texts.items():
        if _holds(raw, row, column):
            rows[row][column] = text.strip()
    scaled = sorted(place for place in look.kinds["thousands"] if _is_number(raw, *place) and raw[place[0]][place[1]])
    if not scaled:
        return []
    place = {"row": scaled[0][0] + 1, "column": xl_col_to_name(scaled[0][1]), "count": len(scaled)}
    return [warning("number_scaled", file=name, **place)]


def _shown(text: str, raw: Any, kind: str) -> str:
    if kind in _DATE_LENGTHS:
        return text[: _DATE_LENGTHS[kind]] if _DAY.match(text) else text
    if type(raw) not in (int, float):
        return text
    if kind == "percent":
        return _number_text(float(Decimal(repr(raw)) * 100)) + " %"
    return text.zfill(len(kind)) if kind.startswith("0") and text.isdigit() else text


def _holds(raw: list[list[Any]], row: int, column: int) -> bool:
    return row < len(raw) and column < len(raw[row])


def _is_number(raw: list[list[Any]], row: int, column: int) -> bool:
    return _holds(raw, row, column) and type(raw[row][column]) in (int, float)


def _without_hidden_rows(rows: list[list[str]], look: SheetLook, name: str) -> list[Finding]:
    """Empty the rows that nobody sees; say how many held something."""
    hidden = [row for row in sorted(look.hidden_rows) if row < len(rows) and any(rows[row])]
    for row in hidden:
        rows[row] = [""] * len(rows[row])
    return [warning("rows_hidden", file=name, row=hidden[0] + 1, count=len(hidden))] if hidden else []


def _text(cell: Any) -> str:
    """Return a cell as text without loss."""
    if isinstance(cell, str):
        return cell.replace("_x000D_", "").strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (int, float)):
        return _number_text(cell)
    return str(cell)


def _number_text(number: float) -> str:
    if float(number).is_integer() and abs(number) < 1e15:
        return str(int(number))
    text = repr(number)
    if "e" in text or text.endswith(".0"):
        text = np.format_float_positional(number, unique=True, trim="-")
    # "1.234" could later pass for a grouped thousand; "1.2340" is the same number and cannot.
    return text + "0" if len(text.partition(".")[2]) == 3 else text


def _number_as_text(raw: list[list[Any]], name: str) -> list[Finding]:
    """Report text cells that look like numbers with separators in columns of numeric cells."""
    findings = []
    for place in range(len(raw[0]) if raw else 0):
        suspects = [
            row
            for row, cells in enumerate(raw)
            if isinstance(cells[place], str) and _NUMBER_AS_TEXT.match(cells[place].strip())
        ]
        if not suspects:
            continue
        numeric = sum(isinstance(cells[place], float) and not cells[place].is_integer() for cells in raw)
        if numeric:
            where = {"row": suspects[0] + 1, "column": xl_col_to_name(place), "count": len(suspects)}
            findings.append(warning("number_as_text", file=name, **where))
    return findings


def _fill_merged_text(
    rows: list[list[str]], raw: list[list[Any]], merged: tuple[tuple[int, int, int, int], ...], name: str
) -> list[Finding]:
    """Write the text of a merged area into each of its cells; a number stays where it is.

    A heading or a district holds for all rows it spans. A number over two rows is one number for two
    quarters: written into both it would be counted twice.
    """
    findings = []
    for top, left, bottom, right in merged:
        if top >= len(rows) or left >= len(rows[top]) or not rows[top][left]:
            continue
        if not isinstance(raw[top][left], str):
            if bottom > top:
                findings.append(
                    warning("merged_number", file=name, row=top + 1, column=xl_col_to_name(left), last_row=bottom + 1)
                )
            continue
        for row in rows[top : bottom + 1]:
            for place in range(left, min(right + 1, len(row))):
                row[place] = row[place] or rows[top][left]
    return findings


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _check_members(content: bytes, members: tuple[str, ...], name: str, limits: ReadLimits) -> None:
    lower = {member.lower() for member in members}
    is_ods = "content.xml" in members
    if not is_ods and not any(member.startswith("xl/") for member in lower):
        raise DataError((error("zip_not_workbook", file=name),))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if is_ods:
            _check_ods(archive.read("content.xml"), name, limits)
            return
        text_cells = 0
        for member in members:
            if member.lower().startswith("xl/worksheets/") and member.lower().endswith(".xml"):
                data = archive.read(member)
                _check_extent(data, name)
                text_cells += data.count(b't="s"')
        shared = next((member for member in members if member.lower() == "xl/sharedstrings.xml"), None)
        if shared:
            longest = max((len(piece) for piece in archive.read(shared).split(b"</si>")), default=0)
            if longest > 64 * 1024 and longest * text_cells > _MOST_SHARED_CHARACTERS:
                raise DataError((error("sheet_too_large", file=name),))


def _check_extent(data: bytes, name: str) -> None:
    """Refuse a sheet whose filled cells span too large a block; cells that are only formatted do not count."""
    rows = max(map(int, _ROW.findall(data)), default=0)
    columns = max(map(_column_number, set(_COLUMN.findall(data))), default=0)
    if rows * columns <= _MOST_CELLS:
        return
    filled = [(int(match[2]), _column_number(match[1])) for match in _FILLED_CELL.finditer(data)]
    rows, columns = (max(places) for places in zip(*filled, strict=True)) if filled else (0, 0)
    if rows * columns > _MOST_CELLS:
        raise DataError((error("sheet_too_large", file=name, rows=rows, columns=columns),))


def _check_ods(data: bytes, name: str, limits: ReadLimits) -> None:
    """Refuse cells that say they are repeated beyond the limits: a few bytes would become gigabytes."""
    table, office = _ODS_NAMESPACES["table"], _ODS_NAMESPACES["office"]
    try:
        for _, element in ElementTree.iterparse(io.BytesIO(data)):  # noqa: S314 - entities were refused before
            if element.tag == f"{table}table-row":
                across = sum(
                    int(cell.get(f"{table}number-columns-repeated", "1"))
                    for cell in element
                    if cell.get(f"{office}value-type") or len(cell)
                )
                down = int(element.get(f"{table}number-rows-repeated", "1")) if across else 0
                if across > limits.table_columns or down > limits.table_rows:
                    raise DataError((error("sheet_too_large", file=name, rows=down, columns=across),))
                element.clear()
    except (ElementTree.ParseError, ValueError) as fault:
        if isinstance(fault, DataError):
            raise
        raise DataError((error("workbook_unreadable", file=name),)) from fault


def _formula_findings(content: bytes, sheet: str, name: str) -> list[Finding]:
    """Report formulas without a stored result and cells that hold an error: both read as empty."""
    if not is_zip(content[:4]):
        return []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        member = sheet_member(archive, sheet)
        data = archive.read(member) if member else None
    if data is None or not (b"<f" in data or b't="e"' in data):
        return []
    blank, wrong = [], []
    for match in _CELL_BODY.finditer(data):
        reference, attributes, body = match.groups()
        if b't="e"' in attributes or b't="e"' in match.group(0)[: match.start(3) - match.start(0)]:
            wrong.append(reference.decode())
        elif re.search(rb"<f[\s>/]", body) and not re.search(rb"<v>[^<]", body):
            blank.append(reference.decode())
    findings = []
    for code, make, cells in (("formula_without_value", error, blank), ("cell_error", warning, wrong)):
        if cells:
            letters, digits = re.fullmatch(r"([A-Z]+)(\d+)", cells[0]).groups()  # type: ignore[union-attr]
            findings.append(make(code, file=name, row=int(digits), column=letters, count=len(cells)))
    return findings
