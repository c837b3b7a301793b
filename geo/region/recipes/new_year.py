"""A recipe of last year and a file of this year: columns are found again, whatever the file is called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from geo.region.recipes.draft import Columns
from geo.region.recipes.heading_words import guess_date
from geo.region.recipes.keys import fold_name
from geo.region.recipes.recipe import TableSource
from geo.region.recipes.rules import ColumnName, ColumnNames, parts_of

_TIME = re.compile(r"(?:\d{1,2}\.\s?\d{1,2}\.\s?)?(?:19|20)\d{2}(?:[-/]\d{2}){0,2}")


def found_again(source: TableSource, columns: Columns) -> tuple[TableSource, tuple[str, ...]]:
    """Return a table's source for a new file, and the columns that are not in it.

    Headings are compared without dates: ``Einwohner 31.12.2024`` is found as ``Einwohner 31.12.2025``. How the old
    file lay is forgotten; a date of its own is the one that the new file names, or none.
    """
    absent: list[str] = []

    def again(name: ColumnName) -> ColumnName:
        heading = _again(name, columns.headings)
        if heading is None:
            absent.append(str(name))
        return name if heading is None else heading

    def all_again(names: ColumnNames) -> ColumnNames:
        return tuple(again(name) for name in names) if isinstance(names, tuple) else again(names)

    rules = []
    for rule in source.columns:
        column = all_again(rule.column)
        date = rule.date and guess_date(" ".join(str(part) for part in parts_of(column)))
        rules.append(replace(rule, column=column, date=date))
    source = replace(
        source,
        file=columns.file,
        key=all_again(source.key),
        columns=tuple(rules),
        # A name is only read for rows that are sums.
        name=again(source.name) if source.name != "" else "",
        date_column=again(source.date_column) if source.date_column != "" else "",
        measure_column=again(source.measure_column) if source.measure_column != "" else "",
        date="" if source.date_column != "" else guess_date(columns.about) or guess_date(columns.file),
        encoding="",
        delimiter="",
        header_rows=None,
        skip_rows=None,
        headings=(),
    )
    return source, tuple(dict.fromkeys(absent))


def _again(name: ColumnName, headings: Sequence[str]) -> ColumnName | None:
    if isinstance(name, int):
        return name if 0 < name <= len(headings) else None
    if name in headings:
        return name
    for compared in (fold_name, _timeless):
        found = [heading for heading in headings if compared(heading) == compared(name)]
        if len(found) == 1:
            return found[0]
    return None


def _timeless(heading: str) -> str:
    return fold_name(_TIME.sub("", heading))
