"""Where a table begins and ends within its rows, and what its columns are called.

Official tables carry titles above, one to eight rows of headings, rows of units and of column
numbers, and long notes below. The body is found first, by the columns that hold numbers in the
middle of the file; headings are what stands directly above it.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from geo.patterns import PatternError, pattern
from geo.region.tables.markers import MARKER_SETS

Row = Sequence[str]

_MOST_HEADER_ROWS = 8
_SAMPLE_ROWS = 200
_NUMBER = re.compile(r"^\(?[-+−–]?\s*\d[\d.,\s'’]*(?:[eE][-+]?\d+)?\s*%?(?:\s+\d\)|\s*[⁰¹²³⁴-⁹⁾]+)?-?\)?$")
_YEAR_OR_DATE = re.compile(r"^(?:(?:\d{1,2}\.\s*){0,2}(?:19|20)\d{2}(?:[-/.]?\d{1,2}){0,2}|(?:19|20)\d{2}/\d{2,4})$")
_COLUMN_NUMBER = re.compile(r"^\(?([1-9]\d{0,2})\)?$")
_FOOTER_MARKS = (
    *(r"_{3,}", r"-{5,}", r"={5,}", r"©", r"\(c\)\s", r"Copyright", r"Datenlizenz"),
    *(r"(?:Daten)?[Ss]tand\s*:", r"Stand\s+\d", r"Erstellt\b", r"Erstellungsdatum", r"Quellen?\s*:", r"Source\s*:"),
    *(r"Anmerkung(?:en)?\s*:", r"Hinweise?\s*:", r"Notes?\s*:", r"Zeichenerkl", r"Legende\s*:?", r"Fußnoten?\b"),
    *(r"\*\)?\s+\S{3,}", r"\d{1,2}\)\s+\S"),
)
_FOOTER = re.compile("|".join(f"(?:{mark})" for mark in _FOOTER_MARKS))
_LASTING_MARKS = ("__________", "___", "©", "Stand:", "Quelle:", "-----")
_UNIT_WORDS = (
    "anzahl prozent % in% v.h. promille ‰ qkm km² km2 ha m² personen einwohner ew ewproqkm ewjekm² ewproqkm² eur euro "
    "€ tsd. 1000 in1000 mill. mio. mio.eur teur jahre number percent people count"
)
_UNITS = frozenset(_UNIT_WORDS.split())
_MARKERS = MARKER_SETS["default"]


@dataclass(frozen=True)
class Layout:
    """Row positions counted from 0: headings ``[header, data)``, body ``[data, footer)``, notes from ``footer`` on."""

    header: int
    data: int
    footer: int


def find_layout(rows: Sequence[Row], *, header_rows: int | None, skip_rows: int | None, footer: str | None) -> Layout:
    """Find headings, body and notes in rows of text cells.

    Parameters
    ----------
    rows
        Stripped cells; rows may differ in length.
    header_rows, skip_rows, footer
        What is already known: number of heading rows, rows above them, text or pattern the notes begin with.
    """
    numeric = _numeric_columns(rows)
    data = _first_data_row(rows, numeric)
    if skip_rows is not None and header_rows is not None:
        header, data = skip_rows, skip_rows + header_rows
    elif header_rows is not None:
        header, data = _given_height(rows, data, header_rows, numeric)
    else:
        header, data = _headings_above(rows, data, numeric)
        if skip_rows is not None:
            header, data = skip_rows, max(data, skip_rows + 1)
    header, data = min(header, len(rows)), min(data, len(rows))
    return Layout(header, data, _footer_row(rows, data, numeric, footer))


def lasting_footer_mark(rows: Sequence[Row], layout: Layout) -> str | None:
    """Return the mark the notes begin with if next year's file will have it too, else nothing."""
    for row in rows[layout.footer : layout.footer + 1]:
        return next((mark for mark in _LASTING_MARKS if _first_text(row).startswith(mark)), None)
    return None


def is_number_like(cell: str) -> bool:
    """Tell whether a cell holds digits as numbers have them, or a sign that stands for a number."""
    return bool(_NUMBER.match(cell)) or (bool(cell) and len(cell) <= 8 and _MARKERS.state_of(cell) is not None)


def column_names(header: Sequence[Row], width: int, *, has_merged: bool) -> tuple[list[str], list[str]]:
    """Make one name per column from its heading cells, top to bottom.

    Cells are joined with `` | ``. Column numbers are left out; units come in only where names would
    else be the same. Names still the same get `` (2)``, `` (3)``.

    Returns
    -------
    (names, repeated)
        ``repeated``: the names that needed a number.
    """
    padded = [[clean_heading(cell) for cell in row] + [""] * (width - len(row)) for row in header]
    padded = [row[:width] for row in padded if not _is_column_numbers(row)]
    units = [row for row in padded if _is_units(row)]
    naming = [row for row in padded if not _is_units(row)] or units
    if not has_merged:
        naming = _spread(naming)
    names = [_joined([row[place] for row in naming]) for place in range(width)]
    if units and naming is not units:
        names = _told_apart(names, [_joined([row[place] for row in units]) for place in range(width)])
    names = [name or f"column_{place + 1}" for place, name in enumerate(names)]
    return _unique(names)


def clean_heading(cell: str) -> str:
    """Return a heading in one line, without the hyphens that only broke it."""
    joined = re.sub(r"\u00ad\s*", "", cell)
    joined = re.sub(r"(?<=[a-zäöüß])-[\r\n]+\s*(?=[a-zäöüß])", "", joined)
    return " ".join(joined.split())


def _told_apart(names: list[str], units: list[str]) -> list[str]:
    """Add the unit to names that are the same and differ by it."""
    members: dict[str, set[str]] = {}
    for name, unit in zip(names, units, strict=True):
        members.setdefault(name, set()).add(unit)
    return [_joined([name, unit]) if len(members[name]) > 1 else name for name, unit in zip(names, units, strict=True)]


def _joined(parts: list[str]) -> str:
    kept: list[str] = []
    for part in parts:
        if part and part not in kept:
            kept.append(part)
    return " | ".join(kept)


def _unique(names: list[str]) -> tuple[list[str], list[str]]:
    taken: set[str] = set()
    result, repeated = [], []
    for name in names:
        unique, count = name, 1
        while unique in taken:
            count += 1
            unique = f"{name} ({count})"
        if count > 1 and name not in repeated:
            repeated.append(name)
        taken.add(unique)
        result.append(unique)
    return result, repeated


def _spread(naming: list[list[str]]) -> list[list[str]]:
    """Let an upper heading hold for the empty cells to its right, as merged cells in a CSV are left."""
    spread = []
    for level, row in enumerate(naming):
        below = naming[level + 1 :]
        filled, current = list(row), ""
        for place, cell in enumerate(row):
            if cell:
                current = cell
            elif current and below and any(lower[place] for lower in below):
                filled[place] = current
            else:
                current = current if below else ""
        spread.append(filled)
    return spread


def _filled(row: Row) -> list[int]:
    return [place for place, cell in enumerate(row) if cell]


def _first_text(row: Row) -> str:
    return next((cell for cell in row if cell), "")


def _is_units(row: Row) -> bool:
    cells = ["".join(cell.split()).casefold().strip("()") for cell in row if cell]
    return bool(cells) and all(cell in _UNITS for cell in cells)


def _is_column_numbers(row: Row) -> bool:
    """Tell a row that counts its columns (1 2 3 4), maybe after a label, from a row of data."""
    cells = [cell for cell in row if cell]
    numbers = [int(m.group(1)) for m in map(_COLUMN_NUMBER.match, cells) if m]
    if len(numbers) < 3 or len(cells) - len(numbers) > 1:
        return False
    return numbers[0] in (0, 1, 2) and all(b - a == 1 for a, b in itertools.pairwise(numbers))


def _rough_rows(rows: Sequence[Row]) -> list[int]:
    """Return rows that hold at least two cells, one of them a number."""
    return [
        place
        for place, row in enumerate(rows)
        if len(_filled(row)) >= 2 and any(_NUMBER.match(cell) for cell in row if cell) and not _is_column_numbers(row)
    ]


def _numeric_columns(rows: Sequence[Row]) -> frozenset[int]:
    """Return the columns that hold numbers, judged by rows from the middle of the file on."""
    step = max(1, len(rows) // 2000)
    rough = _rough_rows(rows[::step])
    picked = rough[len(rough) // 3 :]
    picked = picked[:: max(1, len(picked) // _SAMPLE_ROWS)]
    sample = [rows[place * step] for place in picked]
    width = max((len(row) for row in sample), default=0)
    numeric = set()
    for column in range(width):
        cells = [row[column] for row in sample if column < len(row) and row[column]]
        like = sum(is_number_like(cell) for cell in cells)
        if cells and like >= 0.6 * len(cells) and any(_NUMBER.match(cell) for cell in cells):
            numeric.add(column)
    return frozenset(numeric)


def _is_data_like(row: Row, numeric: frozenset[int]) -> bool:
    cells = [row[column] for column in numeric if column < len(row) and row[column]]
    if not cells or row[0].startswith("#"):
        return False
    # Headings of coordinates; x alone stands for what does not apply.
    if {"x", "y"} <= {cell.casefold() for cell in cells}:
        return False
    return sum(is_number_like(cell) for cell in cells) >= 0.5 * len(cells)


def _first_data_row(rows: Sequence[Row], numeric: frozenset[int]) -> int:
    if not numeric:
        return _first_full_row(rows) + 1
    for place, row in enumerate(rows):
        if not _is_data_like(row, numeric):
            continue
        follow = [other for other in rows[place + 1 : place + 8] if _filled(other)]
        if _is_counting_heading(row, follow) or _is_year_heading(row, follow, numeric):
            continue
        return place
    return _first_full_row(rows) + 1


def _first_full_row(rows: Sequence[Row]) -> int:
    """Return the first row as full as most rows are: the heading of a table without numbers."""
    counts = Counter(len(_filled(row)) for row in rows if _filled(row))
    if not counts:
        return len(rows)
    usual = max(counts, key=lambda count: (counts[count] if count > 1 else 0, count))
    return next((place for place, row in enumerate(rows) if len(_filled(row)) >= max(usual * 0.8, 1)), len(rows))


def _is_counting_heading(row: Row, follow: Sequence[Row]) -> bool:
    """Tell column numbers from a first row of data that happens to read 1, 2, 3.

    Column numbers stand where the body has text or above blanks of their own, or are many.
    """
    if not _is_column_numbers(row):
        return False
    if len(_filled(row)) >= 6 or not follow:
        return True
    for column in range(len(row)):
        below = [other[column] for other in follow if column < len(other) and other[column]]
        if below and row[column] != "" and all(not is_number_like(cell) for cell in below):
            return True
        if not row[column] and len(below) == len(follow):
            return True
    return False


def _is_year_heading(row: Row, follow: Sequence[Row], numeric: frozenset[int]) -> bool:
    """Tell headings that are years or dates from data: what follows in their columns is none."""
    years = [column for column in numeric if column < len(row) and _YEAR_OR_DATE.match(row[column])]
    others = [row[column] for column in numeric if column < len(row) and column not in years]
    if not years or any(is_number_like(cell) for cell in others):
        return False
    below = [other[column] for other in follow for column in years if column < len(other) and other[column]]
    return bool(below) and sum(bool(_YEAR_OR_DATE.match(cell)) for cell in below) < 0.5 * len(below)


def _is_heading(row: Row, first_column: int) -> bool:
    """Tell whether a row may belong to the headings: not empty, no comment, no lone title on the left."""
    filled = _filled(row)
    if not filled or row[filled[0]].startswith("#"):
        return False
    lone_title = len(filled) == 1 and filled[0] <= first_column and len(row) > 1
    # A merged title reads as the same text in many cells.
    spread_title = len(filled) > 1 and len({row[place] for place in filled}) == 1 and filled[0] <= first_column
    return not lone_title and not spread_title


def _headings_above(rows: Sequence[Row], data: int, numeric: frozenset[int]) -> tuple[int, int]:
    body = rows[data : data + 20]
    first_column = min((filled[0] for filled in map(_filled, body) if filled), default=0)
    width = max((len(_filled(row)) for row in body), default=1)
    if width == 1:
        return max(data - 1, 0), data
    lowest = next(
        (place for place in range(data - 1, max(-1, data - 12), -1) if _is_heading(rows[place], first_column)), None
    )
    if lowest is None:
        return data, data
    header = lowest
    while header > 0 and lowest - header < _MOST_HEADER_ROWS - 1 and _is_heading(rows[header - 1], first_column):
        header -= 1
    # A first row of the body may lack its numbers; headings above them are there.
    while lowest > header and _lacks_numbers(rows[lowest], numeric) and not _lacks_numbers(rows[lowest - 1], numeric):
        lowest -= 1
    return header, lowest + 1


def _lacks_numbers(row: Row, numeric: frozenset[int]) -> bool:
    """Tell whether a row is empty in all columns of numbers."""
    return bool(numeric) and not any(column < len(row) and row[column] for column in numeric)


def _given_height(rows: Sequence[Row], data: int, header_rows: int, numeric: frozenset[int]) -> tuple[int, int]:
    header, found = _headings_above(rows, data, numeric)
    if header_rows == 0:
        return found, found
    return (header, header + header_rows) if header == 0 else (max(found - header_rows, 0), found)


def _footer_row(rows: Sequence[Row], data: int, numeric: frozenset[int], footer: str | None) -> int:
    end = len(rows)
    if footer is not None:
        given = _given_footer(rows, data, footer)
        if given is not None:
            return given
    for place in range(data + 1, end):
        row = rows[place]
        if _FOOTER.match(_first_text(row)[:200]) and not _is_data_like(row, numeric):
            later = [
                _is_data_like(other, numeric) for other in rows[place + 1 : place + 200] if len(_filled(other)) > 1
            ]
            if sum(later) <= 0.2 * max(len(later), 1):
                end = place
                break
    return _without_trailing_notes(rows, data, end, numeric)


def _given_footer(rows: Sequence[Row], data: int, footer: str) -> int | None:
    try:
        mark = pattern(footer)
    except PatternError:
        mark = None
    for place in range(data, len(rows)):
        first = _first_text(rows[place])[:200]
        if first and (first.startswith(footer) or (mark is not None and mark.begins(first))):
            return place
    return None


def _without_trailing_notes(rows: Sequence[Row], data: int, end: int, numeric: frozenset[int]) -> int:
    """Take rows off the end that are empty or hold one lone cell that is no key of the body."""
    body = [row for row in rows[data : min(end, data + _SAMPLE_ROWS)] if len(_filled(row)) > 1]
    if not body:
        return end
    first = min(_filled(row)[0] for row in body)
    keys = [row[first] for row in body if len(row) > first and row[first]]
    has_digit_keys = sum(key.isdigit() for key in keys) > 0.8 * len(keys)
    longest = max((len(key) for key in keys), default=0)
    while end > data:
        row = rows[end - 1]
        filled = _filled(row)
        if not filled:
            end -= 1
            continue
        lone = len({row[place] for place in filled}) == 1 and not _is_data_like(row, numeric)
        looks_like_key = row[filled[0]].isdigit() if has_digit_keys else len(row[filled[0]]) <= longest
        is_padded = len(row) == len(body[0])
        if not lone or (looks_like_key and is_padded and filled[0] == first):
            return end
        end -= 1
    return end
