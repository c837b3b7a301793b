"""A table's own sums: found below its rows, and compared with the quarters they sum up.

Where a quarter of the group is withheld the comparison is left out: the difference would be its number.
No finding here carries a number of the table, only how far off a sum is in percent.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.findings import Finding, note, warning
from geo.region.recipes.heading_words import without_total
from geo.region.recipes.keys import fold_name
from geo.region.recipes.quarters import Quarters
from geo.region.recipes.recipe import PublicTotals
from geo.region.recipes.rules import RowRule
from geo.region.schema import GROUPING_COLUMNS, STATES_WITH_NUMBER, Measure

_ROUNDING = 0.5


def sums_below(
    cells: Sequence[str], rows: Sequence[int], lost: Container[str], districts: Container[str]
) -> tuple[RowRule, ...]:
    """Return the rows at the end that sum up those above: districts, some of which are called like a quarter.

    Parameters
    ----------
    rows
        Number of each row as a spreadsheet counts them.
    lost
        Cells without quarter.
    districts
        What districts may be called. A quarter without partner may stand last above the sums.
    """
    first = {cell: place for place, cell in reversed(list(enumerate(cells)))}
    start = len(cells)
    while start and (cells[start - 1] in lost or first[cells[start - 1]] < start - 1):
        start -= 1
    above = cells[:start]
    repeated = set(above).intersection(cells[start:])
    while start < len(cells) and cells[start] not in districts and cells[start] not in repeated:
        start += 1
    if not repeated or not any(cell in lost for cell in cells[start:]) or len(set(above)) < len(above):
        return ()
    return (RowRule(from_row=rows[start], to_row=rows[-1]),) if rows else ()


def check_totals(
    totals: pd.DataFrame, values: pd.DataFrame, quarters: gpd.GeoDataFrame, measures: Sequence[Measure]
) -> list[Finding]:
    """Compare rows that are sums with the sums of their quarters; rates are left alone.

    Parameters
    ----------
    totals
        As :class:`geo.region.recipes.reading.TableValues`.
    """
    if totals.empty:
        return []
    is_rate = {measure.key: measure.is_rate for measure in measures}
    districts = quarters["district"].map(fold_name)
    findings: list[Finding] = []
    agreeing: dict[str, int] = {}
    unchecked: dict[tuple[str, int], str] = {}
    numbers = {key: part.set_index("quarter_id") for key, part in values.groupby(["measure", "date"])}
    for row in totals.itertuples():
        if is_rate[str(row.measure)] or row.state not in STATES_WITH_NUMBER:
            continue
        members = _members(str(row.sums), str(row.raw_key), str(row.name), quarters, districts)
        place = {"file": str(row.file), "row": int(row.row), "column": str(row.column)}  # type: ignore[arg-type]
        part = numbers.get((row.measure, row.date))
        total = float(row.value)  # type: ignore[arg-type]
        difference = _difference(total, members, part)
        if difference is None:
            unchecked[str(row.file), int(row.row)] = str(row.name)  # type: ignore[arg-type]
        elif abs(difference) > _ROUNDING:
            size = max(round(100 * abs(difference) / max(abs(total), 1.0), 1), 0.1)
            told = {"name": str(row.name), "date": str(row.date), "percent": size if difference > 0 else -size}
            findings.append(warning("total_differs", **place, **told))
        else:
            agreeing[str(row.file)] = agreeing.get(str(row.file), 0) + 1
    findings += [note("total_not_checked", file=file, row=row, name=name) for (file, row), name in unchecked.items()]
    return findings + [note("totals_agree", file=file, count=count) for file, count in agreeing.items()]


def groupings_of(declared: Sequence[PublicTotals], drawn: Quarters, totals: pd.DataFrame) -> pd.DataFrame | None:
    """Return the groups of quarters whose totals are public (``grouping, group, quarter_id``), or None.

    They are those the recipe names, and those a table tells itself: whoever has the table knows its sums.
    """
    lines: list[tuple[str, str, str]] = []
    for one in declared:
        if one.column in drawn.columns:
            lines += [(one.name, group, str(quarter)) for quarter, group in drawn.columns[one.column].items() if group]
        lines += [(one.name, group, quarter) for group, members in one.groups.items() for quarter in members]
    districts = drawn.frame["district"].map(fold_name)
    told = totals[["file", "sums", "raw_key", "name"]].drop_duplicates() if len(totals) else totals
    for row in told.itertuples():
        members = _members(str(row.sums), str(row.raw_key), str(row.name), drawn.frame, districts)
        if 0 < len(members) < len(drawn.frame):
            lines += [(f"{row.file} {row.sums}", str(row.raw_key) or str(row.name), quarter) for quarter in members]
    return pd.DataFrame(lines, columns=list(GROUPING_COLUMNS)) if lines else None


def _members(sums: str, raw_key: str, name: str, quarters: gpd.GeoDataFrame, districts: pd.Series[str]) -> list[str]:
    keys = pd.Index(quarters.index, dtype="str")
    if sums == "district":
        return list(keys[np.isin(districts, [fold_name(name), fold_name(raw_key), without_total(name)])])
    if sums == "prefix":
        return list(keys[keys.str.startswith(raw_key)])
    return list(keys) if sums == "all" else []


def _difference(total: float, members: list[str], part: pd.DataFrame | None) -> float | None:
    """Return by how much the sum of the quarters is above the total; None if a number is not known."""
    if part is None or not len(members):
        return None
    states = part["state"].reindex(members)
    if not states.isin(STATES_WITH_NUMBER).all():
        return None
    return float(part["value"].reindex(members).sum() - total)
