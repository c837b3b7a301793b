"""Tables as CSV: semicolons and decimal comma as German offices read them, or commas and points.

UTF-8 with BOM, lines end in CR LF, the source stands in the last line. A text that a spreadsheet would take for a
formula is led by an apostrophe.
"""

from __future__ import annotations

import csv
import io
import math
from typing import Literal

from geo.output.values import DataTable, Field, Marker, Quantity, Value, region_source
from geo.region.model import Region
from geo.text import Texts

Style = Literal["german", "international"]

_DIGITS = 6
_UNITS = {"percent": "%", "euros": "€"}
"""Said behind a value of its own kind, in a column of mixed ones."""


def style_of(t: Texts) -> Style:
    """Return the style that fits a language."""
    return "german" if t.language == "de" else "international"


def table_csv(t: Texts, region: Region, table: DataTable, style: Style | None = None) -> bytes:
    """Return a table as CSV.

    Parameters
    ----------
    t
        Language, which decides the style unless one is given.
    region
        Its sources stand in the last line, after ``#``, unless the table names its own.
    table
        What is written. Where a number is withheld and a column tells its state, the cell is empty.
    style
        ``german``: semicolons, decimal comma; ``international``: commas, decimal point; None as the language has it.
    """
    style = style_of(t) if style is None else style
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if style == "german" else ",", lineterminator="\r\n")
    writer.writerow([harmless(_heading(field)) for field in table.fields])
    stated = [f"{field.name}_state" in {other.name for other in table.fields} for field in table.fields]
    writer.writerows(
        [_cell(value, style, has_state=has_state) for value, has_state in zip(row, stated, strict=True)]
        for row in table.rows
    )
    writer.writerow([f"# {table.source or region_source(t, region)}"])
    return ("\ufeff" + out.getvalue()).encode()


def _heading(field: Field) -> str:
    """Return a heading with the unit, which no cell of a CSV file bears."""
    unit = _UNITS.get(field.kind)
    return field.label if unit is None or unit in field.label else f"{field.label} (in {unit})"


def harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula.

    Blanks before the sign are no protection, since some programs strip them.
    """
    return f"'{text}" if text.lstrip(" \u00a0")[:1] in tuple("=+-@\t\r\n|") and text.strip() else text


def _cell(value: Value, style: Style, *, has_state: bool) -> str:
    if isinstance(value, Quantity):
        said = _cell(value.value, style, has_state=has_state)
        return f"{said} {_UNITS[value.kind]}" if said and value.kind in _UNITS else said
    if isinstance(value, Marker):
        return "" if has_state else harmless(value.text)
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value)
    return number_text(float(value), style)


def number_text(value: float, style: Style) -> str:
    """Return a number with at most six decimals, without thousands separators, empty where there is none."""
    if not math.isfinite(value):
        return ""
    plain = f"{value:.{_DIGITS}f}".rstrip("0").rstrip(".")
    plain = "0" if plain == "-0" else plain
    return plain.replace(".", ",") if style == "german" else plain
