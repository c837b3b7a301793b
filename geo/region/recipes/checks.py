"""What contradicts itself in a recipe, found without opening any file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import Any

from geo.findings import Finding, error
from geo.patterns import PatternError, pattern
from geo.region.disclosure import undeclared_siblings
from geo.region.recipes.recipe import Recipe
from geo.region.schema import LANDSCAPE_KINDS, SiteKind, ValueState

KINDS = ("city", "district", "state", "country", "other")
UNITS = ("people", "units", "percent", "per_1000", "count")
SUM_GROUPS = ("all", "district", "prefix")
KEY_MOST = 100
"""Longest key that zeros fill up."""
_MAY_BE_EMPTY = ("old", "file", "kind", "tables")
"""A wrong key may be none at all; an empty path or kind is reported with what it may be."""


def check_recipe(recipe: Recipe) -> list[Finding]:
    """Return what contradicts itself in a recipe, without looking at any file."""
    findings = [error("recipe_entry_empty", entry=entry) for entry in _empty_entries(recipe, "")]
    findings += [
        error("recipe_choice", entry=key, value=value, choices=", ".join(choices))
        for key, value, choices in _choices(recipe)
        if value not in choices
    ]
    findings += [
        error("recipe_path_outside", entry=key, value=path) for key, path in paths_of(recipe) if not is_inside(path)
    ]
    findings += [
        error("recipe_pattern_invalid", entry=key, value=text) for key, text in _patterns(recipe) if _is_broken(text)
    ]
    findings += [
        error("recipe_date_invalid", entry=key, value=text) for key, text in _dates(recipe) if not _is_date(text)
    ]
    findings += [error("recipe_limit_invalid", entry=f"disclosure.{name}") for name in recipe.disclosure.broken_limits]
    findings += [
        error("recipe_crs_unknown", entry=entry, value=text) for entry, text in _systems(recipe) if not _is_crs(text)
    ]
    findings += _check_measures(recipe)
    keys = {"boundaries": recipe.boundaries.keys}
    keys |= {f"tables[{number}]": table.keys for number, table in enumerate(recipe.tables, start=1)}
    findings += [
        error("recipe_choice", entry=f"{place}.keys.{name}", value=str(getattr(rule, name)), choices=f"0–{KEY_MOST}")
        for place, rule in keys.items()
        for name in ("pad", "complete", "part_lengths")
        if not all(0 <= length <= KEY_MOST for length in _several(getattr(rule, name)))
    ]
    for number, change in enumerate(recipe.changes, start=1):
        pairs = bool(change.old and change.new)
        if pairs + bool(change.file) + bool(change.boundaries) != 1:
            findings.append(error("recipe_change_unclear", entry=f"changes[{number}]"))
        elif pairs and len(change.new) > 1 and (len(change.old) > 1 or len(change.shares) != len(change.new)):
            old, new = ", ".join(change.old), ", ".join(change.new)
            findings.append(error("change_without_shares", entry=f"changes[{number}]", old=old, new=new))
    if not recipe.tables and (recipe.cells is None or not recipe.cells.date):
        findings.append(error("recipe_entry_empty", entry="tables"))
    for number, table in enumerate(recipe.tables, start=1):
        if not (table.date or table.date_column or all(column.date for column in table.columns)):
            findings.append(error("recipe_date_missing", entry=f"tables[{number}]"))
        if any(column.when for column in table.columns) and not table.measure_column:
            findings.append(error("recipe_entry_empty", entry=f"tables[{number}].measure_column"))
    return findings


def _several(lengths: int | tuple[int, ...]) -> tuple[int, ...]:
    return lengths if isinstance(lengths, tuple) else (lengths,)


def _empty_entries(value: Any, place: str) -> Iterator[str]:
    """Yield the entries that a recipe must have, and that are there with nothing in them."""
    for field in fields(value):
        one, where = getattr(value, field.name), f"{place}{field.name}"
        if is_dataclass(one):
            yield from _empty_entries(one, f"{where}.")
        elif isinstance(one, tuple) and one and is_dataclass(one[0]):
            for number, part in enumerate(one, start=1):
                yield from _empty_entries(part, f"{where}[{number}].")
        is_needed = field.default is MISSING and field.default_factory is MISSING
        is_empty = one in ("", ()) or (isinstance(one, tuple) and "" in one)
        if is_needed and is_empty and field.name not in _MAY_BE_EMPTY:
            yield where


def is_inside(path: str) -> bool:
    """Tell whether a relative path stays inside the folder it starts from."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith(("/", "~")) and not re.search(r"[\\:\x00]", path) and ".." not in parts


def _check_measures(recipe: Recipe) -> Iterator[Finding]:
    known = [measure.key for measure in recipe.all_measures]
    for number, table in enumerate(recipe.tables, start=1):
        for column in table.columns:
            if column.measure and column.measure not in known:
                nearest = get_close_matches(column.measure, known, n=1, cutoff=0.5)
                where = f"tables[{number}].columns"
                yield error(
                    "recipe_measure_unknown", entry=where, value=column.measure, nearest=nearest[0] if nearest else "–"
                )
    for measure in recipe.measures:
        if measure.part_of is not None and measure.part_of not in known:
            yield error(
                "recipe_measure_unknown", entry=f"measures.{measure.key}.part_of", value=measure.part_of, nearest="–"
            )

    used = {column.measure for table in recipe.tables for column in table.columns}
    for whole, parts in undeclared_siblings([one for one in recipe.all_measures if one.key in used]).items():
        yield error("recipe_siblings_undeclared", entry="measures", whole=whole, parts=", ".join(parts))


def _choices(recipe: Recipe) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    from geo.region.tables import MARKER_SETS

    states = tuple(state.value for state in ValueState)
    yield "kind", recipe.kind, KINDS
    for measure in recipe.measures:
        yield f"measures.{measure.key}.unit", measure.unit, UNITS
    for number, table in enumerate(recipe.tables, start=1):
        yield f"tables[{number}].decimal", table.decimal, ("auto", ",", ".")
        for sign, state in table.extra_markers.items():
            yield f"tables[{number}].extra_markers.{sign}", state, states
        for total in table.totals:
            yield f"tables[{number}].totals.sums", total.sums, SUM_GROUPS
        if table.validity:
            yield f"tables[{number}].validity.state", table.validity.state, ("missing", "suppressed", "not_applicable")
        yield f"tables[{number}].markers", table.markers, tuple(MARKER_SETS)
    for number, layer in enumerate(recipe.landscape, start=1):
        yield f"landscape[{number}].kind", layer.kind, LANDSCAPE_KINDS
    for number, site in enumerate(recipe.sites, start=1):
        yield f"sites[{number}].outside", site.outside, ("warn", "leave_out")
        if not site.kind_column:
            yield f"sites[{number}].kind", site.kind, tuple(kind.value for kind in SiteKind)


def paths_of(recipe: Recipe) -> Iterator[tuple[str, str]]:
    """Yield the entries of a recipe that name files, and the paths."""
    yield "boundaries.file", recipe.boundaries.file
    yield from (("boundaries.more_files", path) for path in recipe.boundaries.more_files)
    yield from (("earlier_packages", path) for path in recipe.earlier_packages)
    for name in ("streets", "timetable", "travel_table"):
        if getattr(recipe, name):
            yield name, getattr(recipe, name)
    if recipe.cells:
        yield "cells.file", recipe.cells.file
    files = {
        "tables": [source.file for source in recipe.tables],
        "sites": [source.file for source in recipe.sites],
        "landscape": [source.file for source in recipe.landscape],
        "zones": [source.file for source in recipe.zones],
    }
    for number, change in enumerate(recipe.changes, start=1):
        if change.file:
            yield f"changes[{number}].file", change.file
        if change.boundaries:
            yield f"changes[{number}].boundaries.file", change.boundaries.file
    for name, paths in files.items():
        for number, path in enumerate(paths, start=1):
            yield f"{name}[{number}].file", path


def _systems(recipe: Recipe) -> Iterator[tuple[str, str]]:
    yield "boundaries.crs", recipe.boundaries.crs
    yield "boundaries.target_crs", recipe.boundaries.target_crs
    for number, site in enumerate(recipe.sites, start=1):
        yield f"sites[{number}].crs", site.crs
    if recipe.cells:
        yield "cells.crs", recipe.cells.crs
    for number, zone in enumerate(recipe.zones, start=1):
        yield f"zones[{number}].crs", zone.crs
    for number, change in enumerate(recipe.changes, start=1):
        if change.boundaries:
            yield f"changes[{number}].boundaries.crs", change.boundaries.crs


def _is_crs(text: str) -> bool:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return not text or bool(CRS.from_user_input(text))
    except CRSError:
        return False


def _dates(recipe: Recipe) -> Iterator[tuple[str, str]]:
    for number, table in enumerate(recipe.tables, start=1):
        if table.date:
            yield f"tables[{number}].date", table.date
        for text, date in table.dates.items():
            yield f"tables[{number}].dates.{text}", date
        for column in table.columns:
            if column.date:
                yield f"tables[{number}].columns.date", column.date
    if recipe.cells is not None and recipe.cells.date:
        yield "cells.date", recipe.cells.date
    for one in recipe.breaks:
        yield "breaks.date", one.date
    for change in recipe.changes:
        yield "changes.date", change.date
    for cell in recipe.corrections:
        yield "corrections.date", cell.date


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _patterns(recipe: Recipe) -> Iterator[tuple[str, str]]:
    yield "boundaries.keep", recipe.boundaries.keep
    for column, text in recipe.boundaries.keep_where.items():
        yield f"boundaries.keep_where.{column}", text
    yield "boundaries.keys.extract", recipe.boundaries.keys.extract
    for number, table in enumerate(recipe.tables, start=1):
        yield f"tables[{number}].keys.extract", table.keys.extract
        for column, text in table.keep_where.items():
            yield f"tables[{number}].keep_where.{column}", text
        for rule in (*table.left_out, *table.totals):
            for name in ("key", "name", "matches"):
                yield f"tables[{number}].{name}", getattr(rule, name)


def _is_broken(text: str) -> bool:
    try:
        pattern(text)
    except PatternError:
        return True
    return False
