"""Workbooks (XLSX, XLSM, XLSB, XLS, ODS) to rows of text cells."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import numpy as np
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

from geo.errors import DataError
from geo.findings import Finding, error, warning
from geo.region.archive import check_zip, is_zip
from geo.settings import ReadLimits

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# calamine lays a sheet out as one dense block: two lonely cells in far corners would claim all memory.
_MOST_CELLS = 20_000_000
_MOST_SHARED_CHARACTERS = 1_000_000_000
_FILLED_CELL = re.compile(rb'<c\s(?:[^>/]*\s)?r="([A-Z]{1,3})(\d{1,7})"(?:[^>]*[^/])?>')
_CELL_BODY = re.compile(rb'<c\s(?:[^>/]*\s)?r="([A-Z]{1,3}\d{1,7})"([^>]*)>(.*?)</c>', re.DOTALL)
_NUMBER_AS_TEXT = re.compile(r"^[-+−]?\d[\d.,]*[.,]\d[\d.,]*\s*%?$")
_ODS_NAMESPACES = {
    "table": "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}",
    "office": "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}",
    "text": "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}",
}


@dataclass(frozen=True)
class Sheet:
    """One sheet as text: rows of equal length from cell A1 on, merged areas, findings.

    ``merged``: (first row, first column, last row, last column), counted from 0.
    """

    name: str
    rows: list[list[str]]
    merged: tuple[tuple[int, int, int, int], ...]
    findings: tuple[Finding, ...]


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


def open_workbook(content: bytes, *, name: str, limits: ReadLimits) -> CalamineWorkbook:
    """Check a workbook's file and open it.

    Raises
    ------
    DataError
        The codes of :func:`geo.region.archive.check_zip`, ``zip_not_workbook``, ``workbook_encrypted``,
        ``workbook_unreadable``, ``sheet_too_large``.
    """
    if is_zip(content[:4]):
        members = check_zip(content, name=name, limits=limits, refuse_doctype=True)
        _check_members(content, members, name, limits)
    elif b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e" in content:
        raise DataError((error("workbook_encrypted", file=name),))
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError as fault:
        raise DataError((error("workbook_encrypted", file=name),)) from fault
    except (CalamineError, XmlError, ZipError, OSError, ValueError) as fault:
        raise DataError((error("workbook_unreadable", file=name),)) from fault


def visible_sheets(workbook: CalamineWorkbook) -> tuple[str, ...]:
    """Return the names of the sheets a person sees, or of all if none is visible."""
    visible = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    return tuple(visible or workbook.sheet_names)


def read_sheet(workbook: CalamineWorkbook, content: bytes, *, sheet: str, name: str, limits: ReadLimits) -> Sheet:
    """Read one sheet as text cells.

    Numbers become the shortest text that gives the same number again, dates ISO text, text stays text.

    Raises
    ------
    DataError
        ``workbook_unreadable``, ``sheet_too_large``, ``table_too_many_rows``, ``table_too_many_columns``.
    """
    try:
        opened = workbook.get_sheet_by_name(sheet)
        height, width = (place + 1 for place in (opened.end or (-1, -1)))
        if width > limits.table_columns:
            found = {"columns": width, "limit": limits.table_columns}
            raise DataError((error("table_too_many_columns", file=name, sheet=sheet, **found),))
        if height > limits.table_rows:
            raise DataError((error("table_too_many_rows", file=name, sheet=sheet, limit=limits.table_rows),))
        raw = opened.to_python(skip_empty_area=False) if height else []
        merged = _merged(opened)
    except (CalamineError, XmlError, ZipError) as fault:
        raise DataError((error("workbook_unreadable", file=name),)) from fault
    findings = [*_formula_findings(content, sheet, name), *_number_as_text(raw, name)]
    rows = [[_text(cell) for cell in row] for row in raw]
    findings += _fill_merged_text(rows, raw, merged, name)
    return Sheet(sheet, rows, merged, tuple(findings))


def _merged(sheet: CalamineSheet) -> tuple[tuple[int, int, int, int], ...]:
    return tuple((a[0], a[1], b[0], b[1]) for a, b in (sheet.merged_cell_ranges or ()))


def _text(cell: Any) -> str:
    """Return a cell as text without loss."""
    if isinstance(cell, str):
        return cell.replace("_x000D_", "").strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (int, float)):
        return _number_text(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    return str(cell)


def _number_text(number: float) -> str:
    if float(number).is_integer() and abs(number) < 1e15:
        return str(int(number))
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
            where = {"row": suspects[0] + 1, "column": column_letters(place), "count": len(suspects)}
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
                    warning("merged_number", file=name, row=top + 1, column=column_letters(left), last_row=bottom + 1)
                )
            continue
        for row in rows[top : bottom + 1]:
            for place in range(left, min(right + 1, len(row))):
                row[place] = row[place] or rows[top][left]
    return findings


def column_letters(place: int) -> str:
    """Return the letters a spreadsheet heads a column with; ``place`` counts from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _check_members(content: bytes, members: tuple[str, ...], name: str, limits: ReadLimits) -> None:
    lower = {member.lower() for member in members}
    is_ods = "content.xml" in lower
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
    rows, columns = 0, 0
    for letters, digits in {(m.group(1), m.group(2)) for m in _FILLED_CELL.finditer(data)}:
        rows, columns = max(rows, int(digits)), max(columns, _column_number(letters))
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
        data = _sheet_xml(archive, sheet)
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


def _sheet_xml(archive: zipfile.ZipFile, sheet: str) -> bytes | None:
    """Return the XML of one sheet of an XLSX, or nothing if it cannot be told which it is."""
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - entities were refused before
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (KeyError, ElementTree.ParseError):
        return None
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for element in book.iter():
        if element.tag.endswith("}sheet") and element.get("name") == sheet:
            relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), None)
            target = targets.get(relation, "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return archive.read(path) if path in archive.namelist() and path.endswith(".xml") else None
    return None
