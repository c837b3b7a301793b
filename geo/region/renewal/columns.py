"""Columns of last year found again in a file of this year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from geo.region.recipes import (
    ColumnName,
    Columns,
    RowRule,
    TableSource,
    fold_name,
    guess_date,
    guess_measure,
    parts_of,
    without_dates,
)

FOUND_BY = ("chosen", "same", "folded", "year", "position", "meaning")
"""How a column is found again, from sure to unsure."""
Chosen = Mapping[tuple[str, str], str]
"""Columns somebody has chosen: heading in the new file by that file and the old heading."""
_SHARE_OF_KIND = 0.8
_SHARE_OF_KEYS = 0.5


@dataclass(frozen=True)
class FoundColumn:
    """A column of last year's table and the one of this year's file that stands for it.

    Parameters
    ----------
    how
        One of :data:`FOUND_BY`; empty where none was found. ``draft`` without a table to compare with.
    """

    old: str
    new: str
    how: str


def find_columns(
    table: TableSource, new: Columns, old: Columns | None, date: str, chosen: Chosen
) -> tuple[FoundColumn, ...]:
    """Return for each column that a table's description names the one in a new file.

    By heading, by folded heading, with the dates in it replaced, by position with the same kind of cells, by
    meaning; each column stands for one old one. Of several that differ in the date, the one of ``date`` is taken.
    """
    wanted = {name: heading_of(name, old) for name in names_of(table)}
    found: dict[str, FoundColumn] = {}
    for name, heading in wanted.items():
        alike = [one for one in new.headings if without_dates(one) == without_dates(heading)]
        mine = chosen.get((new.file, heading), "")
        dated = [one for one in alike if guess_date(one) == date] or sorted(alike, key=guess_date)[-1:]
        if mine in new.headings:
            found[str(name)] = FoundColumn(str(name), mine, "chosen")
        elif guess_date(heading) and dated and dated[0] != heading:
            found[str(name)] = FoundColumn(str(name), dated[0], "year")
        elif heading in new.headings:
            found[str(name)] = FoundColumn(str(name), heading, "same")
        elif folded := [one for one in new.headings if fold_name(one) == fold_name(heading)]:
            found[str(name)] = FoundColumn(str(name), folded[0], "folded")
        elif dated:
            found[str(name)] = FoundColumn(str(name), dated[0], "year")
    meant = {str(part): rule.measure for rule in table.columns for part in parts_of(rule.column)}
    keys = {str(part) for part in parts_of(table.key)}
    for name, heading in wanted.items():
        if str(name) in found:
            continue
        free = [one for one in new.headings if one not in {one.new for one in found.values()}]
        place = _same_place(heading, new, old, free, is_key=str(name) in keys)
        if not place and isinstance(name, int) and old is None and name <= len(new.headings):
            place = new.headings[name - 1]
        same_meaning = [one for one in free if guess_measure(one) == meant.get(str(name), "-")]
        meaning = same_meaning[0] if len(same_meaning) == 1 else ""
        how = "position" if place else "meaning" if meaning else ""
        found[str(name)] = FoundColumn(heading, place or meaning, how)
    return tuple(replace(found[str(name)], old=heading) for name, heading in wanted.items())


def names_of(table: TableSource) -> tuple[ColumnName, ...]:
    """Return the columns a table's description names, each once."""
    rows = (*table.left_out, *table.totals)
    names = (
        *parts_of(table.key),
        *(part for rule in table.columns for part in parts_of(rule.column)),
        *(table.name, table.date_column, table.measure_column, *table.keep_where),
        *(rule.column for rule in rows if is_by_text(rule)),
        *((table.validity.column,) if table.validity else ()),
    )
    return tuple(dict.fromkeys(name for name in names if name != ""))


def heading_of(name: ColumnName, old: Columns | None) -> str:
    """Return the heading a name or a number of a column means in the old file, where that is there."""
    if old is None or name in old.headings:
        return str(name)
    if isinstance(name, int):
        return old.headings[name - 1] if 0 < name <= len(old.headings) else str(name)
    return next((one for one in old.headings if fold_name(one) == fold_name(name)), name)


def is_by_text(rule: RowRule) -> bool:
    """Tell whether a rule chooses rows by what stands in them, not by their number."""
    return any(getattr(rule, name) for name in ("key", "name", "column"))


def _same_place(heading: str, new: Columns, old: Columns | None, free: Sequence[str], *, is_key: bool) -> str:
    """Return the heading at the same place, if its cells are of the same kind; a key also has to share cells."""
    if old is None or heading not in old.headings or len(old.headings) != len(new.headings):
        return ""
    candidate = new.headings[old.headings.index(heading)]
    before, now = old.texts[heading], new.texts[candidate]
    if candidate not in free or _is_numeric(before) != _is_numeric(now):
        return ""
    shared = len(set(before) & set(now)) / max(len(set(now)), 1)
    return candidate if not is_key or shared >= _SHARE_OF_KEYS else ""


def _is_numeric(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return sum(not any(sign.isalpha() for sign in cell) for cell in filled) >= _SHARE_OF_KIND * len(filled)
