"""A region's data and a scenario's plan as an Excel workbook.

Numbers are numbers with the format of their unit, dates are dates; where a number is withheld stands the text of the
marker. Every text is written as text: nothing in a name becomes a formula or a link.
"""

from __future__ import annotations

import datetime as dt
import io
import textwrap
from typing import TYPE_CHECKING, Any

from geo.output.sites import Solved, notes_table, parameters_data, plan_table, reach_table, settings_table
from geo.output.values import (
    DataTable,
    Kind,
    Marker,
    Quantity,
    Value,
    counts_table,
    indicators_table,
    sites_table,
    source_text,
    sources_table,
)
from geo.region.model import Region
from geo.siting.costs import parameters_at, with_own
from geo.text import Texts

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

TEXT_MAX = 32_767
"""Characters a cell may hold."""

_WIDTH_LEAST, _WIDTH_MOST = 9, 46
_A3, _A4 = 8, 9
_A4_WIDTH_MOST = 200
_LINE_POINTS = 15.0
_LINES_MAX = 20
_SAMPLE_ROWS = 200
_HEADER_MAX = 200
_NAME_MAX = 31
_FIRST_DAY = dt.date(1980, 1, 1)


def workbook(t: Texts, region: Region, solved: Solved | None = None, made_on: dt.date | None = None) -> bytes:
    """Return everything that may be shown of a region, and of a scenario if there is one, as XLSX.

    Parameters
    ----------
    solved
        Adds the sheets of the plan and of the quarters reached, and the scenario's settings.
    made_on
        Date of making kept in the file's properties; None takes today.
    """
    return tables_workbook(t, region, workbook_tables(t, region, solved), made_on)


def workbook_tables(t: Texts, region: Region, solved: Solved | None = None) -> tuple[DataTable, ...]:
    """Return the sheets of the workbook, in order."""
    plan: tuple[DataTable, ...] = ()
    prices: tuple[DataTable, ...] = ()
    if solved is not None:
        costs = solved.scenario.costs
        plan = (plan_table(t, region, solved), reach_table(t, region, solved))
        prices = (parameters_data(t, with_own(parameters_at(costs.as_of, region), costs.prices)),)
    return (
        *plan,
        indicators_table(t, region),
        counts_table(t, region),
        sites_table(t, region),
        settings_table(t, region, solved),
        *prices,
        sources_table(t, region),
        notes_table(t, region, solved),
    )


def tables_workbook(t: Texts, region: Region, tables: tuple[DataTable, ...], made_on: dt.date | None = None) -> bytes:
    """Return tables as XLSX, a sheet each, with the region's sources at the foot of every printed page."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(out, options)
    day = dt.datetime.now(tz=dt.UTC).date() if made_on is None else made_on
    book.set_properties(
        {
            "title": _cut(t("dataout.file_title", place=region.name), 255),
            "subject": t("dataout.file_subject"),
            "author": "Nahbar",
            "comments": _cut(source_text(t, region.sources), 255),
            "created": dt.datetime.combine(max(day, _FIRST_DAY), dt.time(), tzinfo=dt.UTC).replace(tzinfo=None),
        }
    )
    formats = _formats(t, book)
    for table in tables:
        _write_sheet(t, region, book.add_worksheet(sheet_name(table.title)), table, formats)
    book.close()
    return out.getvalue()


def sheet_name(title: str) -> str:
    """Return a title as the name of a sheet: at most 31 characters, none that Excel forbids."""
    kept = "".join(" " if sign in "[]:*?/\\" else sign for sign in title).strip("' ")
    return kept[:_NAME_MAX] or "?"


def _formats(t: Texts, book: Workbook) -> dict[str, Any]:
    is_german = t.language == "de"
    codes: dict[str, str] = {
        "whole": "#,##0",
        "number": "#,##0.0##",
        "percent": '0.0"\u00a0"%' if is_german else "0.0%",
        "euros": '#,##0"\u00a0€"' if is_german else '"€"#,##0',
        "date": "dd.mm.yyyy" if is_german else "d mmm yyyy",
    }
    formats: dict[str, Any] = {
        kind: book.add_format({"num_format": code, "valign": "top"}) for kind, code in codes.items()
    }
    formats["text"] = book.add_format({"text_wrap": True, "align": "left", "valign": "top", "indent": 1})
    formats["key"] = book.add_format({"num_format": "@", "align": "left", "valign": "top", "indent": 1})
    formats["marker"] = book.add_format({"align": "right", "valign": "top", "italic": True, "font_color": "#5b6668"})
    formats["head"] = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#e6eeee"}
    )
    return formats


def _write_sheet(t: Texts, region: Region, sheet: Worksheet, table: DataTable, formats: dict[str, Any]) -> None:
    last_row, last_column = max(len(table.rows), 1), max(len(table.fields) - 1, 0)
    widths = [_width(t, table, at) for at in range(len(table.fields))]
    for at, (field, width) in enumerate(zip(table.fields, widths, strict=True)):
        sheet.write_string(0, at, _cut(field.label, TEXT_MAX), formats["head"])
        sheet.set_column(at, at, width)
    sheet.set_row(0, _LINE_POINTS * max(map(_lines, (field.label for field in table.fields), widths), default=1))
    has_keys = table.fields[0].kind == "key"
    has_marker = [False] * len(table.fields)
    for row, values in enumerate(table.rows, 1):
        for at, (field, value) in enumerate(zip(table.fields, values, strict=True)):
            has_marker[at] |= isinstance(value, Marker)
            _write_cell(sheet, (row, at), value, field.kind, formats)
        if not has_keys:  # sheets of sentences: programs that open the file do not fit the height themselves
            lines = max(
                (_lines(_shown(t, value), width) for value, width in zip(values, widths, strict=True)), default=1
            )
            sheet.set_row(row, _LINE_POINTS * lines)
    for at, is_marked in enumerate(has_marker):
        if is_marked:
            sheet.write_comment(0, at, t("dataout.marker_note"), {"author": "Nahbar", "x_scale": 2})
    sheet.freeze_panes(1, 2 if has_keys else 0)
    sheet.autofilter(0, 0, last_row, last_column)
    sheet.repeat_rows(0)
    _set_page(sheet, sum(widths))
    sheet.set_header(f"&L{_printed(table.title)}&R{_printed(region.name)}")
    sheet.set_footer(f"&L{_printed(source_text(t, region.sources))}&R&P / &N")
    if table.note:
        sheet.write_string(last_row + 2, 0, _cut(table.note, TEXT_MAX))


def _set_page(sheet: Worksheet, width: float) -> None:
    """Set landscape, as wide as the page: A4, or A3 where A4 could not be read."""
    sheet.set_landscape()
    sheet.set_paper(_A4 if width <= _A4_WIDTH_MOST else _A3)
    sheet.fit_to_pages(1, 0)


def _lines(text: str, width: float) -> int:
    """Return how many lines a text takes in a column, reckoned generously since letters differ in width."""
    return min(len(textwrap.wrap(text[: _LINES_MAX * 100], max(int(width * 0.85), 4))), _LINES_MAX) or 1


def _write_cell(sheet: Worksheet, at: tuple[int, int], value: Value, kind: Kind, formats: dict[str, Any]) -> None:
    if isinstance(value, Quantity):
        _write_cell(sheet, at, value.value, value.kind, formats)
    elif isinstance(value, Marker):
        sheet.write_string(*at, value.text, formats["marker"])
    elif value is None:
        sheet.write_blank(*at, None, formats["text"])
    elif kind == "date" and isinstance(value, str):
        sheet.write_datetime(*at, dt.datetime.fromisoformat(value), formats["date"])
    elif isinstance(value, str):
        sheet.write_string(*at, _cut(value, TEXT_MAX), formats["key" if kind == "key" else "text"])
    elif kind == "percent":
        sheet.write_number(*at, value / 100, formats["percent"])
    else:
        numeric = kind if kind in ("whole", "number", "euros") else "number"
        sheet.write_number(*at, value, formats[numeric])


def _width(t: Texts, table: DataTable, at: int) -> float:
    """Return a width that most values of a column fit in; headings wrap."""
    field = table.fields[at]
    longest = max((len(_shown(t, row[at])) for row in table.rows[:_SAMPLE_ROWS]), default=0)
    words = max((len(word) for word in field.label.split()), default=0)
    most = 100 if field.name == "note" else _WIDTH_MOST
    return float(min(max(longest + 2, words + 3, _WIDTH_LEAST), most))


def _shown(t: Texts, value: Value) -> str:
    if isinstance(value, Marker):
        return value.text
    if isinstance(value, Quantity):
        return _shown(t, value.value)
    return t.number(value, 1) if isinstance(value, float) else str("" if value is None else value)


def _printed(text: str) -> str:
    """Return text for the head or foot of a page, where ``&`` starts a command."""
    return _cut(" ".join(text.split()), _HEADER_MAX // 2).replace("&", "&&")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
