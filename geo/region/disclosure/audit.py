"""The audit of a region: what follows of each withheld count, for whom, and what the protection costs.

Everybody can run it on a package. Somebody who knows totals, or has other packages of the place, gives them along; what
is not given is not known. A number in an audit is a bound that any reader could work out, never the count itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import DataError
from geo.findings import Finding, error
from geo.region.disclosure.arrays import TOLERANCE, BoolArray, FloatArray
from geo.region.disclosure.attack import attack_on, intervals_of
from geo.region.disclosure.costs import cell_costs
from geo.region.disclosure.count_table import CountTable, count_table
from geo.region.disclosure.releases import (
    Overlap,
    Release,
    knowledge_of,
    overlap_of,
    told_before,
    with_earlier_measures,
)
from geo.region.disclosure.rule import DisclosureRule
from geo.region.schema import Measure, ValueState

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

TOTAL_COLUMNS = ("group", "date", "measure", "value")
"""A table of totals: the district, another group, or empty for the region; date; key of the measure; number."""


@dataclass(frozen=True, eq=False)
class Audit:
    """What somebody can work out of a region.

    Parameters
    ----------
    intervals
        A line for each withheld count, the narrowest first: ``quarter_id, date, measure, low, high, used``.
        ``used`` are the kinds of equations the bounds rest on, parted by commas: ``region`` and ``groups`` (totals),
        ``whole``, ``population``, ``withheld_before`` (other packages).
    rule
        The rule that was applied.
    told
        Number of withheld counts that another package shows.
    totals, packages
        How many totals and other packages were taken into account.
    people
        People expected in all withheld counts by public figures, and in all counts.
    """

    intervals: pd.DataFrame
    rule: DisclosureRule
    told: int
    totals: int
    packages: int
    people: tuple[float, float]

    @property
    def narrow(self) -> pd.DataFrame:
        """Return the lines whose interval is narrower than the rule allows."""
        width = self.intervals["high"] - self.intervals["low"]
        return self.intervals[width < self.rule.interval_min - TOLERANCE]

    @property
    def holds(self) -> bool:
        """Tell whether nothing is narrower than the rule allows."""
        return not self.told and self.narrow.empty


def audit(
    statistics: pd.DataFrame,
    quarters: gpd.GeoDataFrame,
    measures: tuple[Measure, ...],
    rule: DisclosureRule,
    *,
    groupings: pd.DataFrame | None = None,
    totals: pd.DataFrame | None = None,
    packages: Sequence[Release] = (),
) -> Audit:
    """Work out what follows of each withheld count.

    Parameters
    ----------
    statistics
        As published: withheld counts are ``suppressed``.
    totals
        Columns as ``TOTAL_COLUMNS``, or None.
    packages
        Other packages of the place.

    Raises
    ------
    DataError
        ``audit_total_unknown`` for totals of groups, dates or measures the region does not have.
    """
    met = [(release, overlap_of(quarters, release.quarters)) for release in packages]
    lines, known, _ = with_earlier_measures(statistics, measures, met)
    alone = count_table(lines, known, quarters, groupings)
    table = _with_other_packages(alone, met)
    told = int((alone.is_at_source & ~table.is_at_source).sum())
    knowledge, _ = knowledge_of(table, met)
    attack = attack_on(table, rule, _totals(totals, table, quarters, groupings), knowledge)
    own = np.isin([measure.key for measure in table.measures], [measure.key for measure in measures])
    asked = np.broadcast_to(own[None, :], table.is_shown.shape)
    intervals = intervals_of(table, attack, asked)
    order = (intervals["high"] - intervals["low"]).sort_values(kind="stable").index
    hidden = table.is_at_source & table.is_protected
    return Audit(
        intervals.loc[order].reset_index(drop=True),
        rule,
        told,
        0 if totals is None else len(totals),
        len(packages),
        _people(table, hidden),
    )


def _with_other_packages(table: CountTable, met: Sequence[tuple[Release, Overlap]]) -> CountTable:
    """Return the table with the counts that another package shows where this one withholds them."""
    counts, at_source, shown = table.counts.copy(), table.is_at_source.copy(), table.is_shown.copy()
    for row, column, value in told_before(table, met):
        if at_source[row, column]:
            counts[row, column], at_source[row, column], shown[row, column] = value, False, True
    return replace(table, counts=counts, is_at_source=at_source, is_shown=shown)


def _people(table: CountTable, hidden: BoolArray) -> tuple[float, float]:
    price = cell_costs(table)
    counted = table.is_protected[None, :] & ~table.is_rate[None, :] & (table.is_shown | table.is_at_source)
    return float(price[hidden & counted].sum()), float(price[counted].sum())


def _totals(
    totals: pd.DataFrame | None, table: CountTable, quarters: gpd.GeoDataFrame, groupings: pd.DataFrame | None
) -> list[FloatArray]:
    """Return for each grouping of the table the totals somebody gave, NaN where none is known."""
    sizes = [int(groups.max(initial=-1)) + 1 for groups in table.groupings]
    known = [np.full((size, len(table.measures)), np.nan) for size in sizes]
    if totals is None:
        return known
    members = _members(quarters, groupings)
    date_of = {date: number for number, date in enumerate(table.date_names)}
    quarter_of = {quarter: number for number, quarter in enumerate(table.quarter_names)}
    faults: list[Finding] = []
    for number, line in enumerate(totals.itertuples(), start=2):
        group, date, measure = str(line.group or ""), str(line.date), str(line.measure)
        if group not in members or date not in date_of or measure not in table.column_of:
            faults.append(error("audit_total_unknown", row=number, group=group, date=date, measure=measure))
            continue
        rows = [date_of[date] * len(quarter_of) + quarter_of[one] for one in members[group] if one in quarter_of]
        for place, groups in enumerate(table.groupings):
            held = np.unique(groups[rows])
            if len(held) == 1 and (groups == held[0]).sum() == len(rows):
                known[place][held[0], table.column_of[measure]] = float(line.value)  # type: ignore[arg-type]
    if faults:
        raise DataError(tuple(faults))
    return known


def totals_of_groups(
    statistics: pd.DataFrame, quarters: gpd.GeoDataFrame, groupings: pd.DataFrame | None, without: set[str]
) -> pd.DataFrame:
    """Return the totals of the region, its districts and groups as a table (``TOTAL_COLUMNS``).

    Parameters
    ----------
    statistics
        True counts.
    without
        Quarters with a count that a total of theirs gives away: nobody can publish the totals of their groups.
    """
    import pandas as pd

    frames = []
    for group, members in _members(quarters, groupings).items():
        if without & set(members):
            continue
        lines = statistics[statistics["quarter_id"].isin(members)]
        by = lines.assign(gap=lines["state"] == ValueState.SUPPRESSED.value).groupby(["date", "measure"])
        sums = by["value"].sum(min_count=1)[~by["gap"].any()]
        frames.append(sums.reset_index().assign(group=group))
    table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(TOTAL_COLUMNS))
    return table[list(TOTAL_COLUMNS)].dropna(subset=["value"])


def _members(quarters: gpd.GeoDataFrame, groupings: pd.DataFrame | None) -> dict[str, list[str]]:
    found = {"": [str(one) for one in quarters.index]}
    districts = quarters["district"].astype(str) if "district" in quarters else []
    for district, part in quarters.groupby(districts) if len(districts) else ():
        if district:
            found[str(district)] = [str(one) for one in part.index]
    if groupings is not None:
        for group, part in groupings.groupby("group"):
            found.setdefault(str(group), [str(one) for one in part["quarter_id"]])
    return found
