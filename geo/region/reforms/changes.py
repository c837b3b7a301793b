"""Boundary reforms as a recipe gives them, and the numbers of a region's tables carried over one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import Finding, error, has_errors, note
from geo.region.reforms.conversion import SMALL_SHARE, convert
from geo.region.reforms.crosswalk import (
    TABLE_TOLERANCE,
    Crosswalk,
    crosswalk_by_area,
    crosswalk_from_cells,
    crosswalk_from_table,
)
from geo.region.schema import Measure

if TYPE_CHECKING:
    import geopandas as gpd

_TOLD_MOST = 12


@dataclass(frozen=True)
class OldBoundaries:
    """Quarters as they were before a reform; ``key``, ``layer`` and ``crs`` as for the quarters of today."""

    file: str
    key: str
    layer: str = ""
    crs: str = ""


@dataclass(frozen=True)
class Change:
    """A boundary reform: numbers of dates before it are carried over to the units that hold from it on.

    Which old unit goes where is said in one of three ways: by ``old`` and ``new``, by a table, or by old boundaries.

    Parameters
    ----------
    date
        First day (ISO) of the new units.
    old, new
        Keys: one or several old ones that become one, or one that becomes several.
    shares
        For each of several new units its part of the old one: fractions, per cent, or residents.
    file, old_column, new_column, share_column
        A published table with a row per pair, and its columns; without ``share_column`` each old unit goes whole.
        Units of elsewhere may stand in it.
    boundaries
        Polygons of the old units; parts go by residents of the region's cells, else by area.
    """

    date: str
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()
    file: str = ""
    old_column: str = "old"
    new_column: str = "new"
    share_column: str = ""
    boundaries: OldBoundaries | None = None


@dataclass(frozen=True)
class Reforms:
    """Reforms in the order of their dates, each with its crosswalk.

    Parameters
    ----------
    steps
        First day of the new units, and the crosswalk.
    """

    steps: tuple[tuple[str, Crosswalk], ...]

    @property
    def former(self) -> Mapping[str, tuple[str, ...]]:
        """The units of today that each old unit went to in the end."""
        out: dict[str, tuple[str, ...]] = {}
        for _, crosswalk in reversed(self.steps):
            pairs = crosswalk.as_frame()
            ends = {str(old): [out.get(new, (new,)) for new in part] for old, part in pairs.groupby("old")["new"]}
            out |= {old: tuple(sorted({key for keys in news for key in keys})) for old, news in ends.items()}
        return out


def read_changes(
    changes: Sequence[Change],
    files: Path,
    quarters: gpd.GeoDataFrame,
    *,
    elsewhere: Iterable[str],
    held: pd.DataFrame,
    cells: pd.DataFrame | None,
    limits: ReadLimits,
) -> tuple[Reforms, list[Finding]]:
    """Return the reforms of a recipe as far as tables have numbers of dates before them.

    Parameters
    ----------
    quarters
        Those of today.
    elsewhere
        Units of today beside the region: a part that goes there leaves it.
    held
        ``quarter_id, date`` of all numbers of the tables.
    cells
        Residents on a grid, ``x, y, residents`` in the system of the quarters, if there are any.

    Returns
    -------
    Reforms, list of Finding
        Findings are those of :func:`geo.region.reforms.crosswalk.crosswalk_from_table` and of the files,
        ``crosswalk_weights_off``, ``crosswalk_pair_twice``.
    """
    findings: list[Finding] = []
    read: list[tuple[str, str, pd.DataFrame | Crosswalk]] = []
    dates = sorted({change.date for change in changes})
    for date in dates:
        there = set(held["quarter_id"][held["date"] < date])
        rows: dict[str, list[pd.DataFrame]] = {}
        for change in changes:
            if change.date != date or not there:
                continue
            try:
                if change.boundaries:
                    read.append(
                        (
                            date,
                            "",
                            _by_boundaries(change.boundaries, files, quarters, there=there, cells=cells, limits=limits),
                        )
                    )
                else:
                    file = Path(change.file).name
                    rows[file] = [*rows.get(file, ()), _rows(change, files, limits)]
            except DataError as fault:
                findings += fault.findings
        read += [(date, file, pd.concat(parts, ignore_index=len(parts) > 1)) for file, parts in rows.items()]
    tables = [(date, one) for date, _, one in read if isinstance(one, pd.DataFrame)]
    steps = []
    for date, file, one in read:
        if isinstance(one, Crosswalk):
            crosswalk = one
        else:
            # An earlier reform makes the units that a later one changes.
            come = {key for when, rows_of in tables if when < date for key in rows_of["new"]}
            go = {key for when, rows_of in tables if when > date for key in rows_of["old"]}
            olds = {*held["quarter_id"][held["date"] < date], *come}
            try:
                crosswalk = _by_table(one, olds, {*map(str, quarters.index), *elsewhere, *go}, file)
            except DataError as fault:
                findings += fault.findings
                continue
        findings += crosswalk.findings
        steps.append((date, crosswalk.of_changed()))
    return Reforms(tuple(step for step in steps if len(step[1].old))), findings


def carry_over(
    values: pd.DataFrame, reforms: Reforms, measures: Sequence[Measure], quarters: gpd.GeoDataFrame
) -> tuple[pd.DataFrame, tuple[tuple[str, str], ...], list[Finding]]:
    """Return values on the quarters of today, the dates that were converted as breaks, and what was found.

    It works on raw values: disclosure control comes after it, over the whole. What goes into a quarter and was
    withheld by its publisher withholds the quarter, and so does what is missing. Counts stay whole and keep their sum.

    Parameters
    ----------
    values
        ``quarter_id, date, measure, value, state, file, row, column``. A converted value names the place of the first
        that went into it.

    Returns
    -------
    DataFrame, tuple, list of Finding
        ``change_new_before`` and ``change_old_after`` (errors), ``figures_converted`` and the findings of
        :func:`geo.region.reforms.conversion.convert`.
    """
    findings: list[Finding] = []
    breaks: set[tuple[str, str]] = set()
    cell = ["date", "measure"]
    for date, crosswalk in reforms.steps:
        is_before = values["date"] < date
        gone = set(crosswalk.old_ids)
        is_old = is_before & values["quarter_id"].isin(gone)
        is_gone = ~is_before & values["quarter_id"].isin(gone - {*crosswalk.new_ids, *map(str, quarters.index)})
        is_new = is_before & values["quarter_id"].isin(set(crosswalk.new_ids) - gone)
        is_new &= pd.MultiIndex.from_frame(values[cell]).isin(pd.MultiIndex.from_frame(values.loc[is_old, cell]))
        for code, wrong in (("change_old_after", is_gone), ("change_new_before", is_new)):
            for row in values[wrong].drop_duplicates(["quarter_id", "date"]).itertuples():
                place = {"file": str(row.file), "row": int(str(row.row)), "quarter": str(row.quarter_id)}
                findings.append(error(code, **place, date=str(row.date), since=date))
        if not is_old.any() or has_errors(findings):
            continue
        small = 0.0 if crosswalk.method == "table" else SMALL_SHARE
        carried = convert(values[is_old], crosswalk, measures, small_share=small, whole_numbers=True)
        findings += carried.findings
        breaks |= set(carried.breaks)
        first = crosswalk.as_frame().drop_duplicates("new").set_index("new")["old"]
        places = values[is_old].drop_duplicates([*cell, "quarter_id"]).set_index([*cell, "quarter_id"])
        new = carried.statistics.drop(columns="converted")
        at = pd.MultiIndex.from_arrays([new["date"], new["measure"], new["quarter_id"].map(first)])
        beside = places[["file", "row", "column"]].reindex(at).reset_index(drop=True)
        beside = beside.fillna({"file": values["file"].iloc[0], "row": 0, "column": ""}).astype({"row": int})
        values = pd.concat([values[~is_old], pd.concat([new, beside], axis=1)], ignore_index=True)
        for when, _ in carried.breaks:
            told = {"old": _told(crosswalk.old_ids), "new": _told(crosswalk.new_ids)}
            findings.append(note("figures_converted", date=when, since=date, **told))
    return values, tuple(sorted(breaks)), findings


def _told(keys: Sequence[str]) -> str:
    return ", ".join(keys[:_TOLD_MOST]) + (f" … ({len(keys)})" if len(keys) > _TOLD_MOST else "")


def _rows(change: Change, files: Path, limits: ReadLimits) -> pd.DataFrame:
    """Return the pairs of a change as text ``old, new, weight``; shares become fractions."""
    from geo.region.tables import MARKER_SETS, parse_numbers, read_table

    if not change.file:
        pairs = [(old, new) for old in change.old for new in change.new]
        rows = pd.DataFrame(pairs, columns=["old", "new"])
        share = pd.Series(change.shares if len(change.new) > 1 else [1.0] * len(rows), dtype="float64")
    else:
        file = Path(change.file).name
        table = read_table(files / change.file, name=file, limits=limits)
        if has_errors(table.findings):
            raise DataError(tuple(one.within(file) for one in table.findings))
        wanted = [one for one in (change.old_column, change.new_column, change.share_column) if one]
        lacking = [one for one in wanted if one not in table.frame]
        if lacking:
            columns = ", ".join(map(str, table.frame.columns))[:300]
            raise DataError(tuple(error("column_missing", file=file, column=one, columns=columns) for one in lacking))
        rows = table.frame[[change.old_column, change.new_column]].set_axis(["old", "new"], axis=1)
        rows = rows.apply(lambda column: column.str.strip())
        share = pd.Series(1.0, index=rows.index)
        if change.share_column:
            numbers = parse_numbers(table.frame[change.share_column], markers=MARKER_SETS["default"])
            if has_errors(numbers.findings):
                raise DataError(tuple(one.within(file) for one in numbers.findings))
            share = pd.Series(numbers.values, index=rows.index, dtype="float64")
        kept = (rows["old"] != "") & (rows["new"] != "")
        rows, share = rows[kept], share[kept]
    return rows.assign(weight=_fractions(share, rows["old"]).map("{:.12f}".format))


def _fractions(share: pd.Series[float], old: pd.Series[str]) -> pd.Series[float]:
    """Return shares as parts of 1: they are that, or per cent of 100, or whole numbers of people."""
    sums = share.groupby(old).transform("sum")
    if ((sums - 1).abs() <= TABLE_TOLERANCE).any() and not (sums > 1 + TABLE_TOLERANCE).any():
        return share
    if ((sums - 100).abs() <= 100 * TABLE_TOLERANCE).all():
        return share / sums
    is_people = bool((share == np.round(share)).all()) and bool((sums > 100).any())
    return share / sums.where(sums > 0, 1.0) if is_people else share


def _by_table(rows: pd.DataFrame, olds: set[str], news: set[str], file: str) -> Crosswalk:
    if file:  # a published table knows more than the region
        here = rows["old"].isin(olds) | (rows["new"].isin(news) & (rows["old"] != rows["new"]))
        rows = rows[rows["old"].isin(set(rows["old"][here]))]
    keys = sorted(olds & set(rows["old"])), sorted(news & set(rows["new"]))
    return crosswalk_from_table(rows, *keys, file=file or None)


def _by_boundaries(
    source: OldBoundaries,
    files: Path,
    quarters: gpd.GeoDataFrame,
    *,
    there: set[str],
    cells: pd.DataFrame | None,
    limits: ReadLimits,
) -> Crosswalk:
    from geo.region.shapes import read_boundaries

    drawn = read_boundaries(
        files / source.file,
        key=source.key,
        layer=source.layer or None,
        crs=source.crs or None,
        target_crs=str(quarters.crs),
        keep=lambda frame: frame[source.key].isin(there).to_numpy(),
        limits=limits,
    )
    old = drawn.frame.set_index(source.key)
    if old.empty:
        raise DataError((error("boundaries_nothing_kept", file=Path(source.file).name, pattern=source.key),))
    out = crosswalk_by_area(old, quarters) if cells is None else crosswalk_from_cells(old, quarters, cells)
    return replace(out, findings=tuple(one for one in out.findings if one.quarter not in there - {*old.index}))
