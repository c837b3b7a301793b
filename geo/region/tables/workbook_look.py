"""How a workbook shows its cells: percent, months, hidden rows and columns, raised signs.

The reader of workbooks gives stored values. What a person sees beside them stands in the styles: 0.131 shown as 13.1 %,
1 December 2024 shown as December 2024, a raised 1 behind a number.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

_PERCENT_IDS, _MONTH_IDS = (9, 10), (17,)
_RAISED = str.maketrans("0123456789()abcdeprs", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾ᵃᵇᶜᵈᵉᵖʳˢ")
_NO_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_HIDDEN = re.compile(rb'<(?:\w+:)?(row|col)\s([^>]*\bhidden="(?:1|true)"[^>]*)>')
_NUMBER_ATTRIBUTE = re.compile(rb'\b(r|min|max)="(\d{1,7})"')
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_INLINE = re.compile(rb'(<(?:\w+:)?c\s[^>]*?\bt="inlineStr"[^>]*>)\s*(<(?:\w+:)?is>.*?</(?:\w+:)?is>)', re.DOTALL)
_IS_RAISED = re.compile(r"super|[1-9]\d*(?:\.\d+)?%")  # of the height of the letters; below the line it is negative
_MOST_COLUMNS, _MOST_REPEATED, _MOST_ZEROS = 16_384, 100_000, 20
_TABLE, _OFFICE, _STYLE, _NUMBER, _TEXT = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}"
    for name in ("table", "office", "style", "datastyle", "text")
)


@dataclass
class SheetLook:
    """What the styles of one sheet say; rows and columns from 0.

    Parameters
    ----------
    kinds
        Cells by what their format means, as :func:`kind_of_format` says it.
    texts
        Cells whose text has raised signs, with these written as raised signs.
    hidden_rows, hidden_columns
        What a person does not see.
    """

    kinds: defaultdict[str, set[tuple[int, int]]] = field(default_factory=lambda: defaultdict(set))
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def look_of(content: bytes, title: str) -> SheetLook:
    """Return the look of a sheet of an XLSX or ODS file; an empty one for other kinds, whose styles are not read.

    Raises
    ------
    ValueError, KeyError, OSError, zipfile.BadZipFile
        The file is damaged.
    """
    if content[:2] != b"PK":
        return SheetLook()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        try:
            if "content.xml" in names:
                return _look_of_ods(archive, names, title)
            return _look_of_xlsx(archive, names, title) if "xl/workbook.xml" in names else SheetLook()
        except ElementTree.ParseError as fault:
            raise ValueError("the workbook's XML is broken") from fault


def sheet_member(archive: zipfile.ZipFile, title: str) -> str | None:
    """Return the member of an XLSX that holds a sheet, or nothing where it cannot be found."""
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - entities were refused before
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (KeyError, ElementTree.ParseError):
        return None
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for element in book.iter():
        if element.tag.endswith("}sheet") and element.get("name") == title:
            relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), None)
            target = targets.get(relation, "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return path if path in archive.namelist() and path.endswith(".xml") else None
    return None


def _look_of_xlsx(archive: zipfile.ZipFile, names: set[str], title: str) -> SheetLook:
    look = SheetLook()
    member = sheet_member(archive, title)
    if member is None:
        return look
    data = archive.read(member)
    for found in _HIDDEN.finditer(data):
        given = {key: int(value) for key, value in _NUMBER_ATTRIBUTE.findall(found.group(2))}
        if found.group(1) == b"row":
            look.hidden_rows.add(given.get(b"r", 0) - 1)
        else:
            look.hidden_columns |= set(range(given.get(b"min", 1) - 1, min(given.get(b"max", 0), _MOST_COLUMNS)))
    if "xl/styles.xml" in names:
        _add_kinds(look, data, _cell_kinds(archive.read("xl/styles.xml")))
    shared = next((name for name in names if name.lower() == "xl/sharedstrings.xml"), None)
    _add_texts(look, data, _raised_strings(archive.read(shared)) if shared else {})
    return look


def _add_kinds(look: SheetLook, data: bytes, kinds: dict[int, str]) -> None:
    if not kinds:
        return
    styles = b"|".join(str(number).encode() for number in kinds)
    for cell in re.finditer(rb'<(?:\w+:)?c\s[^>]*?\bs="(' + styles + rb')"[^>]*>', data):
        place = _place_of(cell.group(0))
        if place is not None:
            look.kinds[kinds[int(cell.group(1))]].add(place)


def _add_texts(look: SheetLook, data: bytes, raised: dict[int, str]) -> None:
    found = []
    if raised:
        cells = re.finditer(rb'(<(?:\w+:)?c\s[^>]*?\bt="s"[^>]*>)\s*<(?:\w+:)?v>(\d+)<', data)
        found += [(cell.group(1), raised.get(int(cell.group(2)))) for cell in cells]
    if b"superscript" in data:
        found += [(cell.group(1), _raised_text(_element(cell.group(2)))) for cell in _INLINE.finditer(data)]
    for cell, text in found:
        place = _place_of(cell)
        if place is not None and text is not None:
            look.texts[place] = text


def _place_of(cell: bytes) -> tuple[int, int] | None:
    found = _PLACE.search(cell)
    return (int(found.group(2)) - 1, _column(found.group(1))) if found else None


def _element(fragment: bytes) -> Any:
    plain = re.sub(rb"<(/?)\w+:", rb"<\1", fragment)
    return ElementTree.fromstring(plain)  # noqa: S314 - entities were refused before


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _cell_kinds(styles: bytes) -> dict[int, str]:
    """Return what the number format of each cell style means, where it means something."""
    root = ElementTree.fromstring(styles)  # noqa: S314 - entities were refused before
    codes = {one.get("numFmtId"): one.get("formatCode", "") for one in root.iter() if one.tag.endswith("}numFmt")}
    lists = (one for one in root if one.tag.endswith("}cellXfs"))
    found = {}
    for number, style in enumerate(next(lists, ())):
        kind = _kind_of(style.get("numFmtId"), codes)
        if kind:
            found[number] = kind
    return found


def _kind_of(number: str | None, codes: dict[str | None, str]) -> str | None:
    if number in codes:
        return kind_of_format(codes[number])
    if number is not None and number.isdigit():
        return "percent" if int(number) in _PERCENT_IDS else "month" if int(number) in _MONTH_IDS else None
    return None


def kind_of_format(code: str) -> str | None:
    """Return what is shown of a number: ``percent``, ``thousands``, zeros that fill it up, or nothing remarkable.

    Of a date: ``month`` or ``year``, where that is all that is shown.

    >>> kind_of_format('[Red]0.0" "%'), kind_of_format("MMMM YYYY"), kind_of_format("0,"), kind_of_format("00000")
    ('percent', 'month', 'thousands', '00000')
    """
    plain = _NO_FORMAT.sub("", code).partition(";")[0].lower()
    if "%" in plain:
        return "percent"
    if re.search(r"[yj]", plain):
        return None if re.search(r"[dths#0]", plain) else "month" if "m" in plain else "year"
    if re.fullmatch("0{2,}", plain):
        return plain
    return "thousands" if re.search(r"[0#],+(?![0#,])", plain) else None


def _raised_strings(shared: bytes) -> dict[int, str]:
    """Return the shared strings that have raised signs, by their number."""
    if b"superscript" not in shared:
        return {}
    found, number = {}, 0
    for _, element in ElementTree.iterparse(io.BytesIO(shared)):  # noqa: S314 - entities were refused before
        if not element.tag.endswith("}si"):
            continue
        text = _raised_text(element)
        if text is not None:
            found[number] = text
        number += 1
        element.clear()
    return found


def _raised_text(element: Any) -> str | None:
    """Return the text of a rich string with raised signs as such, or nothing where none is raised."""
    parts, has_raised = [], False
    for run in element:
        if run.tag.rpartition("}")[2] not in ("r", "t"):
            continue
        texts = [one.text or "" for one in run.iter() if one.tag.rpartition("}")[2] == "t"]
        is_raised = any(
            one.tag.rpartition("}")[2] == "vertAlign" and one.get("val") == "superscript" for one in run.iter()
        )
        has_raised = has_raised or is_raised
        parts.append("".join(texts).translate(_RAISED) if is_raised else "".join(texts))
    return "".join(parts) if has_raised else None


def _look_of_ods(archive: zipfile.ZipFile, names: set[str], title: str) -> SheetLook:
    styles = _OdsStyles()
    if "styles.xml" in names:
        styles.add(ElementTree.fromstring(archive.read("styles.xml")))  # noqa: S314 - entities were refused before
    look = SheetLook()
    reader: _OdsSheet | None = None
    with archive.open("content.xml") as stream:
        for event, element in ElementTree.iterparse(stream, ("start", "end")):  # noqa: S314
            if event == "start":
                if element.tag == f"{_TABLE}table" and element.get(f"{_TABLE}name") == title:
                    reader = _OdsSheet(look, styles)
                continue
            if element.tag == f"{_OFFICE}automatic-styles":
                styles.add(element)
            elif reader is not None and element.tag == f"{_TABLE}table-column":
                reader.add_column(element)
            elif element.tag == f"{_TABLE}table-row":
                if reader is not None:
                    reader.add_row(element)
                element.clear()
            elif element.tag == f"{_TABLE}table" and reader is not None:
                return look
    return look


@dataclass
class _OdsStyles:
    """What the formats of cell styles mean, by the names of the styles, and names of text styles that raise signs."""

    formats: dict[str | None, str] = field(default_factory=dict)
    kinds: dict[str | None, str] = field(default_factory=dict)
    raised: set[str | None] = field(default_factory=set)

    def add(self, root: Any) -> None:
        self.formats |= {
            one.get(f"{_STYLE}name"): "year" if one.find(f"{_NUMBER}month") is None else "month"
            for one in root.iter(f"{_NUMBER}date-style")
            if one.find(f"{_NUMBER}year") is not None and one.find(f"{_NUMBER}day") is None
        }
        for one in root.iter(f"{_NUMBER}number-style"):
            number = one.find(f"{_NUMBER}number")
            given = {} if number is None else number.attrib
            digits = given.get(f"{_NUMBER}min-integer-digits", "1")
            if float(given.get(f"{_NUMBER}display-factor", "1")) > 1:
                self.formats[one.get(f"{_STYLE}name")] = "thousands"
            elif digits.isdigit() and 1 < int(digits) < _MOST_ZEROS:
                self.formats[one.get(f"{_STYLE}name")] = "0" * int(digits)
        for one in root.iter(f"{_STYLE}style"):
            if one.get(f"{_STYLE}data-style-name") in self.formats:
                self.kinds[one.get(f"{_STYLE}name")] = self.formats[one.get(f"{_STYLE}data-style-name")]
            for properties in one.iter(f"{_STYLE}text-properties"):
                if _IS_RAISED.match(properties.get(f"{_STYLE}text-position") or ""):
                    self.raised.add(one.get(f"{_STYLE}name"))


class _OdsSheet:
    """One table of an ODS, row by row."""

    def __init__(self, look: SheetLook, styles: _OdsStyles) -> None:
        self.look, self.styles = look, styles
        self.row = self.column = 0
        self.usual: list[tuple[int, str | None]] = []

    def add_column(self, element: Any) -> None:
        count = int(element.get(f"{_TABLE}number-columns-repeated", "1"))
        if element.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            self.look.hidden_columns |= set(range(self.column, self.column + min(count, _MOST_COLUMNS)))
        self.column += count
        self.usual.append((self.column, element.get(f"{_TABLE}default-cell-style-name")))

    def add_row(self, row: Any) -> None:
        rows = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
        top, self.row = self.row, self.row + rows
        rows = min(rows, _MOST_REPEATED)
        if row.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            self.look.hidden_rows |= set(range(top, top + rows))
        left = 0
        for cell in row:
            if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                continue
            width = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
            kind = cell.get(f"{_OFFICE}value-type")
            if kind is not None:
                columns = range(left, left + min(width, _MOST_COLUMNS))
                self._add_cell(cell, kind, [(y, x) for y in range(top, top + rows) for x in columns])
            left += width

    def _add_cell(self, cell: Any, kind: str, places: list[tuple[int, int]]) -> None:
        if kind == "percentage":
            self.look.kinds["percent"].update(places)
        elif kind in ("date", "float"):
            usual = next((name for end, name in self.usual if places[0][1] < end), None)
            shown = self.styles.kinds.get(cell.get(f"{_TABLE}style-name") or usual)
            if shown:
                self.look.kinds[shown].update(places)
        elif any(one.get(f"{_TEXT}style-name") in self.styles.raised for one in cell.iter(f"{_TEXT}span")):
            self.look.texts |= dict.fromkeys(places, _ods_text(cell, self.styles.raised))


def _ods_text(cell: Any, raised: set[str | None]) -> str:
    def text(element: Any, say: Callable[[str], str]) -> str:
        is_raised = element.get(f"{_TEXT}style-name") in raised
        inner: Callable[[str], str] = (lambda said: said.translate(_RAISED)) if is_raised else say
        parts = [inner(element.text or "")]
        for child in element:
            parts += [text(child, inner), inner(child.tail or "")]
        return "".join(parts)

    return "\n".join(text(paragraph, str) for paragraph in cell.findall(f"{_TEXT}p"))
