"""Tables meet quarters: both sides of every join in full, nothing dropped unsaid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


Former = Mapping[str, tuple[str, ...]]
"""Today's quarters that each old unit of a boundary reform went to."""


def join_table(
    table: TableValues, source: TableSource, quarters: gpd.GeoDataFrame, boundaries: BoundarySource, former: Former
) -> tuple[JoinReport, list[Finding]]:
    """Compare the keys of a table with those of the quarters; an old unit stands for those it went to.

    Returns
    -------
    report, findings
        One finding for each key without partner (a warning, or a note if the recipe gives the reason), for
        each key that occurs twice for one date, and for each date at which a quarter is absent.
    """
    first_rows = table.keys.drop_duplicates("quarter_id").set_index("quarter_id")["row"]
    in_table, drawn = set(first_rows.index), set(quarters.index)
    only_table = tuple(sorted(key for key in in_table if not _today([key], former) & drawn))
    only_drawn = tuple(sorted(drawn - _today(in_table, former)))
    report = JoinReport(table.file, len(drawn) - len(only_drawn), only_table, only_drawn)
    findings: list[Finding] = []
    if not report.matched:
        findings.append(error("join_empty", file=table.file, in_table=len(in_table), in_boundaries=len(drawn)))
    for key in only_table:
        reason = source.ignore_unmatched.get(key)
        findings.append(_unmatched("join_only_in_table", reason, file=table.file, row=int(first_rows[key]), unit=key))
    for key in only_drawn:
        name, reason = str(quarters.loc[key, "name"]), boundaries.ignore_absent.get(key)
        findings.append(_unmatched("join_only_in_boundaries", reason, file=table.file, quarter=key, name=name))
    return report, findings + _twice(table, source) + _absent_at_dates(table, drawn, former)


def _unmatched(code: str, reason: str | None, **where: Any) -> Finding:
    return warning(code, **where) if reason is None else note(f"{code}_explained", **where, reason=reason)


def _twice(table: TableValues, source: TableSource) -> list[Finding]:
    values = table.values
    repeated = values[values.duplicated(["quarter_id", "date", "measure"], keep="first")]
    code = "date_twice" if source.date_column else "table_key_twice"
    raw = table.keys[table.keys["quarter_id"].isin(set(repeated["quarter_id"]))].groupby("quarter_id")["raw"].unique()
    corrected = set(source.keys.corrections)
    joined = {
        str(quarter): sorted(map(str, keys)) for quarter, keys in raw.items() if len(keys) > 1 and corrected & {*keys}
    }
    first = repeated.drop_duplicates("quarter_id").set_index("quarter_id")["row"]
    findings = [
        error(
            "keys_joined",
            file=table.file,
            row=int(first[quarter]),
            quarter=quarter,
            keys=", ".join(keys),
            old=", ".join(f'"{key}"' for key in keys if key != quarter),
        )
        for quarter, keys in joined.items()
    ]
    return findings + [error(code, **_where(row)) for row in repeated.itertuples() if str(row.quarter_id) not in joined]


def _today(keys: Iterable[str], former: Former) -> set[str]:
    return {new for key in keys for new in former.get(key, (key,))}


def _absent_at_dates(table: TableValues, drawn: set[str], former: Former) -> list[Finding]:
    values = table.values
    by_date = {str(date): _today(set(keys), former) & drawn for date, keys in values.groupby("date")["quarter_id"]}
    usual: set[str] = set().union(*by_date.values())
    findings = []
    for date, there in by_date.items():
        if not there:
            continue
        findings += [
            note("join_absent_at_date", file=table.file, quarter=key, date=date) for key in sorted(usual - there)
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


def combine(tables: Iterable[TableValues], known: Iterable[str]) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the values of all tables about units that are known, and an error for each value that two tables hold.

    Of values given twice the first stays.
    """
    parts = [table.values.drop_duplicates(["quarter_id", "date", "measure"]) for table in tables]
    values = pd.concat(parts, ignore_index=True)
    values = values[values["quarter_id"].isin(list(known))]
    again = values.duplicated(["quarter_id", "date", "measure"])
    findings = [
        error("cell_in_two_tables", **_where(row), measure=str(row.measure)) for row in values[again].itertuples()
    ]
    return values[~again].reset_index(drop=True), findings
