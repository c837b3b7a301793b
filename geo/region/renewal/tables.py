"""Files of this year beside last year's: what a recipe says of the old columns, said of the new ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from geo.findings import Finding, error, warning
from geo.region.model import Region
from geo.region.recipes import (
    BoundarySource,
    Break,
    ColumnName,
    ColumnNames,
    ColumnRule,
    Columns,
    FileView,
    Recipe,
    TableSource,
    compose_keys,
    draft_table,
    fold_name,
    guess_date,
    map_keys,
    parts_of,
    without_dates,
)
from geo.region.renewal.columns import FOUND_BY, Chosen, FoundColumn, find_columns, heading_of, is_by_text, names_of
from geo.region.schema import STANDARD_MEASURES
from geo.region.tables import parse_date

_NONE: Mapping[str, Columns] = {}
_CHOSEN: Chosen = {}


@dataclass(frozen=True)
class RenewedTable:
    """How this year's file is read.

    Parameters
    ----------
    last
        File of the table it continues, empty where it was drafted.
    met, keys
        Number of different keys that are quarters, and of all.
    """

    source: TableSource
    last: str
    columns: tuple[FoundColumn, ...]
    met: int = 0
    keys: int = 0


@dataclass(frozen=True)
class NewYear:
    """A recipe with this year's tables beside the others.

    Parameters
    ----------
    findings
        What keeps it from being complete, or is to be known.
    """

    recipe: Recipe
    tables: tuple[RenewedTable, ...]
    findings: tuple[Finding, ...]


def recipe_of_region(region: Region, file: str, kind: str = "city") -> Recipe:
    """Return a recipe on the quarters and dates of a region package, as yet without tables; ``file`` is the package."""
    standard = {measure.key: measure for measure in STANDARD_MEASURES}
    return Recipe(
        region.id,
        region.name,
        BoundarySource(file, "quarter_id", "name", district="district"),
        (),
        kind=kind,
        is_fictional=region.is_fictional,
        measures=tuple(measure for measure in region.measures if measure != standard.get(measure.key)),
        breaks=tuple(Break(date, key) for date, key in region.breaks),
        disclosure=region.disclosure,
        sources=region.sources,
    )


def dates_of(recipe: Recipe, old: Mapping[str, Columns]) -> tuple[str, ...]:
    """Return the dates of a recipe's tables, oldest first; of a column of dates those in the files that are there."""
    dates = {table.date for table in recipe.tables} | {rule.date for table in recipe.tables for rule in table.columns}
    for table in recipe.tables:
        if table.date_column and table.file in old:
            dates |= set(_dates_in(table, old[table.file]).values())
    return tuple(sorted(dates - {""}))


def new_year(
    recipe: Recipe,
    views: Sequence[FileView],
    *,
    date: str,
    dates: Sequence[str],
    like: Sequence[TableSource] = (),
    old: Mapping[str, Columns] = _NONE,
    drawn: Columns | None = None,
    chosen: Chosen = _CHOSEN,
) -> NewYear:
    """Return a recipe with tables for this year's files beside those it has.

    Parameters
    ----------
    views
        This year's files.
    date, dates
        Date (ISO) of the files, for tables that have no dates of their own, and those that are there already.
    like
        Last year's tables. Without any, files are drafted as for a new region.
    old
        Last year's files by path, those that are there.
    drawn
        Attributes of the boundaries, None where they are not there: keys are then taken as they were.
    chosen
        Columns somebody has chosen: heading in the new file by that file and the old heading.
    """
    findings: list[Finding] = []
    renewed: list[RenewedTable] = []
    covered: set[str] = set()
    for table in sorted(like, key=lambda table: max(_own_dates(table), default="9"), reverse=True):
        measures = {rule.measure for rule in table.columns}
        if measures <= covered:
            continue
        before = old.get(table.file)
        tried = [_renew(table, view, before, date, chosen) for view in views if view.columns is not None]
        best = max((one for one in tried if one is not None), key=lambda one: _score(one[0]), default=None)
        if best is None:
            findings.append(warning("new_year_table_ended", file=table.file, measures=", ".join(sorted(measures))))
            continue
        renewed.append(best[0])
        findings += best[1]
        covered |= measures
    used = {made.source.file for made in renewed}
    for view in views:
        if view.columns is None or view.name in used:
            continue
        if like or drawn is None:
            findings.append(warning("new_year_file_unused", file=view.name))
        else:
            renewed.append(_drafted(view.columns, view, recipe, drawn, date))
            findings += [error("new_year_no_measure", file=view.name)] if not renewed[-1].source.columns else []
    for place, made in enumerate(renewed):
        columns = next(view.columns for view in views if view.name == made.source.file)
        assert columns is not None
        source, told = _only_new(_keyed(made.source, columns, drawn, recipe.boundaries), columns, dates)
        findings += told
        met, keys = _met(source, columns, drawn, recipe.boundaries)
        renewed[place] = replace(made, source=source, met=met, keys=keys)
    new = tuple(made.source for made in renewed)
    given = {made for table in new for made in (table.date, *(rule.date for rule in table.columns))} - {""}
    findings += [error("new_year_date_there", date=one) for one in sorted(given & set(dates))]
    return NewYear(replace(recipe, tables=(*recipe.tables, *new)), tuple(renewed), tuple(findings))


def _renew(
    table: TableSource, view: FileView, old: Columns | None, date: str, chosen: Chosen
) -> tuple[RenewedTable, list[Finding]] | None:
    """Return a table for this year's file and what is wanting; None where it has no measure of last year's."""
    columns = view.columns
    assert columns is not None
    if table.headings and len(table.headings) == len(columns.headings):
        columns = replace(columns, texts=dict(zip(table.headings, columns.texts.values(), strict=True)))
    latest = _latest(table)
    found = find_columns(latest, columns, old, date, chosen)
    heading = {name: one.new for name, one in zip(names_of(latest), found, strict=True)}
    # A name is only read for rows that are sums.
    if not heading.get(latest.name, "-") and not any(rule.name for rule in (*latest.totals, *latest.left_out)):
        found = tuple(one for one in found if one.old != heading_of(latest.name, old))
        latest = replace(latest, name="")
    findings = [
        error("new_year_column_missing", file=view.name, column=one.old, last=table.file)
        for one in found
        if not one.new
    ]
    if not any(heading[part] for rule in latest.columns for part in parts_of(rule.column)):
        return None

    def now(names: ColumnNames) -> ColumnNames:
        new = tuple(heading.get(name, name) or name for name in parts_of(names))
        return new if isinstance(names, tuple) else new[0]

    def one(name: ColumnName) -> ColumnName:
        return heading.get(name, name) or name

    year = max(_own_dates(latest), default="")[:4]

    def this_year(text: str) -> str:
        return text.replace(year, date[:4]) if year and date else text

    has_own_dates = any(rule.date for rule in latest.columns)
    kept = {str(one(name)): this_year(text) for name, text in latest.keep_where.items()}
    made = replace(
        latest,
        file=view.name,
        key=now(latest.key),
        name=one(latest.name),
        columns=tuple(
            replace(
                rule,
                column=now(rule.column),
                date=(guess_date(str(now(rule.column))) or date) if has_own_dates else "",
                when=this_year(rule.when),
            )
            for rule in latest.columns
        ),
        date=date if latest.date else "",
        date_column=one(latest.date_column),
        measure_column=one(latest.measure_column),
        keep_where=kept,
        left_out=tuple(replace(rule, column=one(rule.column)) for rule in latest.left_out if is_by_text(rule)),
        totals=tuple(replace(rule, column=one(rule.column)) for rule in latest.totals if is_by_text(rule)),
        validity=latest.validity and replace(latest.validity, column=one(latest.validity.column)),
        **_layout(view, latest),
    )
    if len(made.left_out) + len(made.totals) < len(table.left_out) + len(table.totals):
        findings.append(warning("new_year_rows_dropped", file=view.name, last=table.file))
    return RenewedTable(made, table.file, found), findings


def _only_new(table: TableSource, columns: Columns, dates: Sequence[str]) -> tuple[TableSource, list[Finding]]:
    """Leave the dates aside that are there already, where a table holds several; an error where no other is left."""
    several = {rule.date for rule in table.columns} - {""}
    rules = tuple(rule for rule in table.columns if rule.date not in dates)
    if len(several) > 1 and rules:
        return replace(table, columns=rules), []
    if table.date_column not in columns.texts:
        return table, []
    texts = [text for text, day in _dates_in(table, columns).items() if day not in dates]
    findings = [] if texts else [error("new_year_no_new_date", file=table.file, dates=", ".join(dates))]
    kept = {**table.keep_where, str(table.date_column): "|".join(map(re.escape, texts)) or "-"}
    return replace(table, keep_where=kept), findings


def _met(table: TableSource, columns: Columns, drawn: Columns | None, boundaries: BoundarySource) -> tuple[int, int]:
    """Return how many different keys of a table are quarters, and how many there are."""
    texts = [pd.Series(columns.texts.get(str(part), ()), dtype="str") for part in parts_of(table.key)]
    keys = set(map_keys(compose_keys(texts, table.keys), table.keys)) - {""}
    if drawn is None:
        return 0, len(keys)
    there = set(map_keys(drawn.texts.get(boundaries.key, ()), boundaries.keys))
    if table.keys.fold:
        keys = {fold_name(key) for key in keys}
        there = {fold_name(text) for text in (*there, *drawn.texts.get(boundaries.name, ()))}
    return len(keys & there), len(keys)


def _keyed(table: TableSource, columns: Columns, drawn: Columns | None, boundaries: BoundarySource) -> TableSource:
    """Return a table with the rule for keys that meets the boundaries, where last year's meets fewer."""
    if drawn is None or not isinstance(table.key, str) or table.keys.fold or table.key not in columns.texts:
        return table
    cells = columns.texts[table.key]
    there = set(map_keys(drawn.texts.get(boundaries.key, ()), boundaries.keys))
    draft, _ = draft_table(replace(columns, texts={table.key: cells}), drawn, boundaries)
    met, would = (len(there.intersection(map_keys(cells, rule))) for rule in (table.keys, draft.keys))
    return replace(table, keys=draft.keys) if would > met else table


def _drafted(columns: Columns, view: FileView, recipe: Recipe, drawn: Columns, date: str) -> RenewedTable:
    draft, units = draft_table(columns, drawn, recipe.boundaries)
    own = {without_dates(text): one.key for one in recipe.measures for text in (*one.label.values(), one.key)}
    rules = list(draft.columns)
    free = [one for one in columns.headings if one not in {part for rule in rules for part in parts_of(rule.column)}]
    rules += [ColumnRule(one, own[without_dates(one)]) for one in free if without_dates(one) in own]
    for unit in set(units.values()):  # one rate of a kind in the region and in the file is the same one
        alike = {one.key for one in recipe.measures if one.unit == unit} - {rule.measure for rule in rules}
        headings = [one for one in free if units.get(one) == unit and without_dates(one) not in own]
        if len(alike) == len(headings) == 1:
            rules.append(ColumnRule(headings[0], alike.pop()))
    has_dates = draft.date_column or any(rule.date for rule in rules)
    source = replace(draft, columns=tuple(rules), date="" if has_dates else date, **_layout(view, draft))
    named = [str(part) for one in (draft.key, *(rule.column for rule in rules)) for part in parts_of(one)]
    return RenewedTable(source, "", tuple(FoundColumn(one, one, "draft") for one in named))


def _layout(view: FileView, table: TableSource) -> dict[str, Any]:
    """Return how the new file lies, as it was found."""
    facts = view.facts
    return {
        "sheet": facts.get("sheet", "") if len(view.parts) > 1 else "",
        "encoding": facts.get("encoding", ""),
        "delimiter": facts.get("delimiter", ""),
        "header_rows": int(facts.get("header_rows", "0")),
        "skip_rows": int(facts.get("skip_rows", "0")),
        "footer": table.footer,
    }


def _latest(table: TableSource) -> TableSource:
    """Return a table with only the latest column of each measure, where columns have dates of their own."""
    last: dict[tuple[str, str], ColumnRule] = {}
    for rule in sorted(table.columns, key=lambda rule: rule.date):
        last[rule.measure, rule.when] = rule
    return replace(table, columns=tuple(last.values())) if any(rule.date for rule in table.columns) else table


def _own_dates(table: TableSource) -> set[str]:
    return {table.date, *(rule.date for rule in table.columns)} - {""}


def _score(made: RenewedTable) -> tuple[int, int]:
    ranks = [FOUND_BY.index(one.how) for one in made.columns if one.how]
    return len(ranks), -sum(ranks)


def _dates_in(table: TableSource, columns: Columns) -> dict[str, str]:
    """Return the dates (ISO) in a table's column of dates by their text."""
    texts = dict.fromkeys(columns.texts.get(str(table.date_column), ()))
    return {text: date for text in texts if (date := parse_date(table.dates.get(text, text)))}
