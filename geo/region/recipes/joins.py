"""Tables meet quarters: both sides of every join in full, nothing dropped unsaid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.findings import Finding, error, note, warning
from geo.region.recipes.reading import TableValues
from geo.region.recipes.recipe import BoundarySource, TableSource


@dataclass(frozen=True)
class JoinReport:
    """How one table meets the quarters.

    Parameters
    ----------
    file
        File of the table.
    matched
        Number of quarters the table has rows for.
    only_in_table, only_in_boundaries
        Keys without partner on the other side, sorted; those that the recipe explains are among them.
    """

    file: str
    matched: int
    only_in_table: tuple[str, ...]
    only_in_boundaries: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Tell whether every key has a partner on both sides."""
        return not (self.only_in_table or self.only_in_boundaries)


def join_table(
    table: TableValues, source: TableSource, quarters: gpd.GeoDataFrame, boundaries: BoundarySource
) -> tuple[JoinReport, list[Finding]]:
    """Compare the keys of a table with those of the quarters.

    Returns
    -------
    report, findings
        One finding for each key without partner (a warning, or a note if the recipe gives the reason), for
        each key that occurs twice for one date, and for each date at which a quarter is absent.
    """
    first_rows = table.keys.drop_duplicates("quarter_id").set_index("quarter_id")["row"]
    in_table, drawn = set(first_rows.index), set(quarters.index)
    only_table, only_drawn = tuple(sorted(in_table - drawn)), tuple(sorted(drawn - in_table))
    report = JoinReport(table.file, len(in_table & drawn), only_table, only_drawn)
    findings: list[Finding] = []
    if not report.matched:
        findings.append(error("join_empty", file=table.file, in_table=len(in_table), in_boundaries=len(drawn)))
    for key in only_table:
        where = {"file": table.file, "row": int(first_rows[key]), "unit": key}
        reason = source.ignore_unmatched.get(key)
        explained = reason is not None
        findings.append(
            note("join_only_in_table_explained", **where, reason=reason)
            if explained
            else warning("join_only_in_table", **where)
        )
    for key in only_drawn:
        where = {"file": table.file, "quarter": key, "name": str(quarters.loc[key, "name"])}
        reason = boundaries.ignore_absent.get(key)
        explained = reason is not None
        findings.append(
            note("join_only_in_boundaries_explained", **where, reason=reason)
            if explained
            else warning("join_only_in_boundaries", **where)
        )
    return report, findings + _twice(table, source) + _absent_at_dates(table, report, drawn)


def _twice(table: TableValues, source: TableSource) -> list[Finding]:
    cells = table.cells
    repeated = cells[cells.duplicated(["quarter_id", "date", "measure"], keep="first")]
    code = "date_twice" if source.date_column else "table_key_twice"
    return [error(code, **_where(row)) for row in repeated.itertuples()]


def _absent_at_dates(table: TableValues, report: JoinReport, drawn: set[str]) -> list[Finding]:
    cells = table.cells[table.cells["quarter_id"].isin(drawn)]
    dates = sorted(cells["date"].unique())
    if len(dates) < 2:
        return []
    usual = set(cells["quarter_id"])
    findings = []
    for date in dates:
        absent = usual - set(cells["quarter_id"][cells["date"] == date])
        findings += [
            note("join_absent_at_date", file=table.file, quarter=key, date=str(date)) for key in sorted(absent)
        ]
    return findings


def _where(row: Any) -> dict[str, Any]:
    return {
        "file": str(row.file),
        "row": int(row.row),
        "column": str(row.column),
        "quarter": str(row.quarter_id),
        "date": str(row.date),
    }


def combine(tables: Iterable[TableValues], quarters: gpd.GeoDataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the cells of all tables about the quarters, and an error for each cell that two tables hold.

    Of cells given twice the first stays.
    """
    parts = [table.cells.drop_duplicates(["quarter_id", "date", "measure"]) for table in tables]
    cells = pd.concat(parts, ignore_index=True)
    cells = cells[cells["quarter_id"].isin(quarters.index)]
    again = cells.duplicated(["quarter_id", "date", "measure"])
    findings = [
        error("cell_in_two_tables", **_where(row), measure=str(row.measure)) for row in cells[again].itertuples()
    ]
    return cells[~again].reset_index(drop=True), findings
