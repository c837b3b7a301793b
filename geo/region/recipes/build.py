"""From files to a region: what a recipe says is read, checked, joined and assembled.

Nothing stops at the first fault. Each step returns what it could make and what it found, and only at
the end an error among the findings means that there is no region.
"""

from __future__ import annotations

import datetime as dt
import shutil
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import Finding, error, note, warning
from geo.region.disclosure import Disclosed, Release
from geo.region.model import CORRECTED, Region, check_coverage, packed_feed, packed_streets, try_assemble
from geo.region.recipes.corrections import correct_cells
from geo.region.recipes.joins import JoinReport, combine, join_table
from geo.region.recipes.keys import QuarterNames
from geo.region.recipes.places import read_cells, read_landscape, read_sites, read_zones
from geo.region.recipes.quarters import Quarters, read_quarters
from geo.region.recipes.reading import TOTAL_COLUMNS, VALUE_COLUMNS, TableValues, read_source
from geo.region.recipes.recipe import Recipe, TableSource
from geo.region.recipes.totals import check_totals, groupings_of
from geo.region.reforms import carry_over, read_changes
from geo.region.schema import STATISTICS_COLUMNS, ValueState
from geo.temporary import new_folder

LATEST_DAYS_AHEAD = 400
"""A reporting date may lie this far ahead of today: figures of a year are sometimes dated at its end."""


@dataclass(frozen=True)
class BuildResult:
    """What came of a recipe.

    Parameters
    ----------
    region
        The region, or None if any finding is an error.
    findings
        Everything found, errors first; also with the region.
    joins
        For each table how it meets the quarters.
    disclosed
        What an audit has to know, where it was asked for: it holds totals of the true counts.
    """

    region: Region | None
    findings: tuple[Finding, ...]
    joins: tuple[JoinReport, ...]
    disclosed: Disclosed | None = None


def build_region(
    recipe: Recipe,
    files: Path,
    *,
    earlier: Region | None = None,
    releases: Sequence[Region] = (),
    for_audit: bool = False,
    limits: ReadLimits | None = None,
    work: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> BuildResult:
    """Build a region from files.

    Parameters
    ----------
    earlier
        Region of earlier dates: its quarters stand for the boundaries of the recipe, its figures stay as they are
        disclosed in it, and what lies beside its quarters stays where the recipe names no other.
    releases
        Packages of this region, or of one that overlaps it, that were published before.
    for_audit
        Whether the result holds what an audit has to know.
    work
        Folder for files that had to be converted, which is the caller's and must outlive the region; where left out,
        one is made that lives as long as the region.
    progress
        Told the share of disclosure control that is done.

    Returns
    -------
    BuildResult
        Faults of the data are findings, not exceptions: all of them at once.
    """
    if work is None:
        work = new_folder("build")
        result = build_region(
            recipe,
            files,
            earlier=earlier,
            releases=releases,
            for_audit=for_audit,
            limits=limits,
            work=work,
            progress=progress,
        )
        if result.region is not None and any(work.iterdir()):
            weakref.finalize(result.region, shutil.rmtree, work, ignore_errors=True)
        else:
            shutil.rmtree(work, ignore_errors=True)
        return result
    limits, findings, kept = limits or ReadLimits(), list[Finding](), list[Disclosed]()
    try:
        drawn, told = _quarters(recipe, files, earlier, limits)
        findings += told
    except DataError as fault:
        findings += fault.findings
        drawn = None
    tables = _read_tables(recipe, files, drawn, limits, findings)
    if drawn is None or (recipe.tables and not tables):
        return BuildResult(None, _sorted(findings), ())
    quarters = drawn.frame
    if not recipe.boundaries.name and tables:
        quarters["name"] = _names_in_tables(tables).reindex(quarters.index).fillna(quarters["name"])
    beside = _beside_quarters(recipe, files, quarters, limits, findings)
    if not recipe.tables:
        tables = _counted_in_cells(recipe, quarters, beside.get("cells"), findings)
        if not tables:
            return BuildResult(None, _sorted(findings), ())
    held = pd.concat([table.values[["quarter_id", "date"]] for table, _ in tables]).drop_duplicates()
    reforms, told = read_changes(
        recipe.changes,
        files,
        quarters,
        elsewhere=drawn.names.names,
        held=held,
        cells=beside.get("cells"),
        limits=limits,
    )
    findings += told
    joins = []
    for table, source in tables:
        report, told = join_table(table, source, quarters, recipe.boundaries, reforms.former)
        joins.append(report)
        findings += told
    values, told = combine([table for table, _ in tables], {*quarters.index, *reforms.former})
    findings += told
    values, told = correct_cells(values, recipe.corrections)
    findings += [*told, *_dates_ahead(values)]
    values, converted, told = carry_over(values, reforms, recipe.all_measures, quarters)
    findings += told
    values = values[values["quarter_id"].isin(quarters.index)]
    totals = pd.concat([table.totals for table, _ in tables], ignore_index=True)
    findings += check_totals(totals, values, quarters, recipe.all_measures)
    given: dict[str, Any] = {
        **{name: getattr(recipe, name) for name in ("id", "name", "is_fictional", "sources", "disclosure")},
        **beside,
        "streets": _streets(recipe, files, work, quarters, findings),
        "timetable": _timetable(recipe, files, work, findings),
        "travel_table": files / recipe.travel_table if recipe.travel_table else None,
        "quarters": quarters,
        "groupings": groupings_of(recipe.public_totals, drawn, totals),
        "statistics": pd.concat([*([] if earlier is None else [earlier.statistics]), values[list(STATISTICS_COLUMNS)]]),
        "measures": recipe.all_measures,
        "travel_mode": recipe.travel_mode,
        "breaks": tuple(dict.fromkeys((*((one.date, one.key) for one in recipe.breaks), *converted))),
        "findings": findings,
    }
    disclosed: frozenset[str] = frozenset()
    if earlier is not None:
        findings += _about_earlier(earlier, recipe, sorted(values["date"].unique()))
        disclosed = frozenset(earlier.dates)
        beside_it = ("groupings", "sites", "landscape", "cells", "zones", "streets", "timetable", "travel_table")
        given |= {name: getattr(earlier, name) for name in beside_it if given.get(name) is None}
        given["travel_mode"] = recipe.travel_mode if recipe.travel_table else earlier.travel_mode
    region, found = try_assemble(
        given,
        arrange=lambda found: _sorted(_located(found, values)),
        disclosed=disclosed,
        releases=[Release(one.statistics, one.measures, one.quarters) for one in releases],
        tell=kept.append,
        progress=progress,
    )
    return BuildResult(region, found, tuple(joins), kept[0] if kept and for_audit else None)


def _dates_ahead(values: pd.DataFrame) -> list[Finding]:
    """Warn of dates that are further ahead than any count can be: most likely a digit is wrong."""
    latest = f"{dt.date.today() + dt.timedelta(days=LATEST_DAYS_AHEAD):%Y-%m-%d}"
    ahead = values[values["date"] > latest].drop_duplicates(["file", "date"])
    return [
        warning("date_ahead", file=str(line.file), row=int(line.row), date=str(line.date))  # type: ignore[arg-type]
        for line in ahead.itertuples()
    ]


def _streets(
    recipe: Recipe, files: Path, work: Path, quarters: gpd.GeoDataFrame, findings: list[Finding]
) -> Path | None:
    """Return the streets as packages hold them, looked through; None where there are none or they cannot be read."""
    if not recipe.streets:
        return None
    path = files / recipe.streets
    try:
        packed = packed_streets(path, work)
        findings += check_coverage(packed, quarters, path.name)
    except DataError as fault:
        findings += fault.findings
        return None
    return packed


def _quarters(
    recipe: Recipe, files: Path, earlier: Region | None, limits: ReadLimits
) -> tuple[Quarters, list[Finding]]:
    if earlier is None:
        columns = [one.column for one in recipe.public_totals if one.column]
        return read_quarters(recipe.boundaries, files, limits, columns=columns)
    return Quarters(earlier.quarters.copy(), QuarterNames(earlier.quarters["name"].to_dict())), []


def _about_earlier(earlier: Region, recipe: Recipe, dates: list[str]) -> list[Finding]:
    """Say which dates are taken as they are; an error where they would not stand beside the new ones."""
    file = Path(recipe.boundaries.file).name
    again = [date for date in dates if date in earlier.dates]
    findings = [error("earlier_date_again", file=file, date=date) for date in again]
    if recipe.disclosure != earlier.disclosure:
        findings.append(error("earlier_rule_differs", file=file))
    kept = [finding for finding in earlier.findings if finding.code == CORRECTED]
    return [*kept, *findings, note("earlier_dates_kept", file=file, dates=", ".join(earlier.dates))]


def _timetable(recipe: Recipe, files: Path, work: Path, findings: list[Finding]) -> Path | None:
    """Return the timetable, taken out of a zip around its zip; None where there is none or it cannot be told which."""
    try:
        return packed_feed(files / recipe.timetable, work) if recipe.timetable else None
    except DataError as fault:
        findings += fault.findings
        return None


def _read_tables(
    recipe: Recipe, files: Path, drawn: Quarters | None, limits: ReadLimits, findings: list[Finding]
) -> list[tuple[TableValues, TableSource]]:
    tables = []
    counts = frozenset(measure.key for measure in recipe.all_measures if measure.unit in ("people", "units"))
    for source in recipe.tables:
        try:
            own = recipe.boundaries.keep_where if source.file == recipe.boundaries.file else {}
            chosen = replace(source, keep_where={**own, **source.keep_where})
            table = read_source(chosen, files, drawn, limits, counts=counts, keep=recipe.boundaries.keep)
        except DataError as fault:
            findings += fault.findings
            continue
        findings += table.findings
        tables.append((table, source))
    return tables


def _counted_in_cells(
    recipe: Recipe, quarters: gpd.GeoDataFrame, cells: pd.DataFrame | None, findings: list[Finding]
) -> list[tuple[TableValues, TableSource]]:
    """Return residents as the sums of the cells in each quarter: what stands in for a table where there is none."""
    if cells is None or recipe.cells is None:
        return []
    file = Path(recipe.cells.file).name
    findings.append(note("residents_from_cells", file=file, date=recipe.cells.date))
    sums = cells.groupby("quarter_id")["residents"].sum().reindex(quarters.index, fill_value=0.0).round()
    values = pd.DataFrame(
        {"quarter_id": sums.index, "date": recipe.cells.date, "measure": "residents", "value": sums.to_numpy()}
    )
    values["state"] = np.where(sums > 0, ValueState.VALUE.value, ValueState.TRUE_ZERO.value)
    values = values.assign(file=file, row=0, column=str(recipe.cells.residents))
    keys = pd.DataFrame({"raw": sums.index, "name": "", "quarter_id": sums.index, "row": 0})
    table = TableValues(file, keys, values[list(VALUE_COLUMNS)], pd.DataFrame(columns=list(TOTAL_COLUMNS)), ())
    return [(table, TableSource(file, "", ()))]


def _names_in_tables(tables: list[tuple[TableValues, TableSource]]) -> pd.Series[str]:
    """Return the name of each key as the first table with names has it."""
    keys = next((table.keys for table, source in tables if source.name), pd.DataFrame(columns=["quarter_id", "name"]))
    return keys[keys["name"] != ""].drop_duplicates("quarter_id").set_index("quarter_id")["name"]


def _beside_quarters(
    recipe: Recipe, files: Path, quarters: gpd.GeoDataFrame, limits: ReadLimits, findings: list[Finding]
) -> dict[str, Any]:
    """Return what lies on the map beside the quarters; a file that cannot be read keeps no other from being read."""

    def read(reader: Callable[..., Any], source: Any) -> Any:
        try:
            part, told = reader(source, files, quarters, limits)
        except DataError as fault:
            part, told = None, fault.findings
        findings.extend(told)
        return part

    sites = [part for source in recipe.sites if (part := read(read_sites, source)) is not None]
    return {
        "sites": pd.concat(sites) if sites else None,
        "landscape": read(lambda *given: (read_landscape(*given), ()), recipe.landscape),
        "cells": read(read_cells, recipe.cells) if recipe.cells else None,
        "zones": read(read_zones, recipe.zones),
    }


def _located(findings: list[Finding], values: pd.DataFrame) -> list[Finding]:
    """Add file, row and column to findings about one value of the tables."""
    wanted = {_value_of(finding) for finding in findings} - {None}
    if not wanted:
        return findings
    near = values[values["quarter_id"].isin({value[0] for value in wanted if value})]
    places: dict[tuple[str, str, str] | None, tuple[str, int, str]] = {
        (row.quarter_id, row.date, row.measure): (row.file, row.row, row.column)  # type: ignore[misc]
        for row in near.itertuples()
    }
    out = []
    for finding in findings:
        place = places.get(_value_of(finding))
        out.append(replace(finding, file=place[0], row=int(place[1]), column=place[2]) if place else finding)
    return out


def _value_of(finding: Finding) -> tuple[str, str, str] | None:
    date, measure = finding.parameters.get("date"), finding.parameters.get("measure")
    if finding.file or finding.quarter is None or date is None or measure is None:
        return None
    return finding.quarter, str(date), str(measure)


def _sorted(findings: list[Finding]) -> tuple[Finding, ...]:
    """Return findings without repeats, errors first, otherwise as they were found."""
    unique = {finding.brief(): finding for finding in findings}.values()
    order = ("error", "warning", "note")
    return tuple(sorted(unique, key=lambda finding: order.index(finding.level)))
