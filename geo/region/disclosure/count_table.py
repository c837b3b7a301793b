"""Statistics as one table of counts: a row for each date and quarter, a column for each measure.

Disclosure control compares measures of the same quarter and sums over quarters, so it works on matrices. This module
turns the tidy statistics into them, with the totals and relations an attacker can use.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import ContractError
from geo.region.disclosure.arrays import BoolArray, FloatArray, IntArray
from geo.region.disclosure.relations import Relation, references_of, relations_between, undeclared_sums
from geo.region.schema import STATES_WITH_NUMBER, Measure, ValueState

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

MOST_DECIMALS = 4


@dataclass(frozen=True, eq=False)
class CountTable:
    """Statistics of a region as matrices ``(dates * quarters, measures)``.

    Parameters
    ----------
    measures
        What the columns are.
    counts
        Counts; a ready-made rate stands as the count it amounts to in its reference population. A population that is
        missing at one date is the quarter's at the nearest date. NaN where there is no number.
    is_shown
        Whether a cell carries a number.
    is_at_source
        Whether the source itself withheld the cell.
    groupings
        For each grouping the number of the group of each row; the totals of groups are taken as known. The first is
        the whole region at each date, the others are finer: districts, and what else totals are published of.
    dates, quarters
        For each row the number of its date, and of its quarter.
    rows, columns
        For each line of the statistics where it stands in the matrices.
    date_names, quarter_names
        What the numbers of dates and quarters stand for.
    relations
        Inequalities and equations between measures of the same row.
    found_sums
        ``(parts, whole)`` of the equations that nobody declared.
    twins
        Pairs ``(rate, count)`` of columns that say the same thing.
    filled
        Number of residents that stand for those of another date.
    """

    measures: tuple[Measure, ...]
    counts: FloatArray
    is_shown: BoolArray
    is_at_source: BoolArray
    groupings: tuple[IntArray, ...]
    dates: IntArray
    quarters: IntArray
    rows: IntArray
    columns: IntArray
    date_names: tuple[str, ...]
    quarter_names: tuple[str, ...]
    relations: tuple[Relation, ...] = ()
    found_sums: tuple[tuple[tuple[int, ...], int], ...] = ()
    twins: tuple[tuple[int, int], ...] = ()
    filled: int = 0

    @cached_property
    def column_of(self) -> dict[str, int]:
        """Number of the column of each measure key."""
        return {measure.key: number for number, measure in enumerate(self.measures)}

    @cached_property
    def is_protected(self) -> BoolArray:
        """Whether each column is under disclosure control."""
        return np.array([measure.is_protected for measure in self.measures], dtype=bool)

    @cached_property
    def is_rate(self) -> BoolArray:
        """Whether each column is a ready-made rate."""
        return np.array([measure.is_rate for measure in self.measures], dtype=bool)

    @property
    def strict_groupings(self) -> tuple[IntArray, ...]:
        """The finest totals taken as known: the groupings of the region, or its own total where it has none."""
        return self.groupings[1:] or self.groupings

    def references_of(self, column: int) -> tuple[int, ...]:
        """Return the columns of public populations a protected measure is a part of."""
        return references_of(self.measures, column)

    def population_of(self, column: int) -> int | None:
        """Return the column a ready-made rate refers to: the declared whole, else all residents, else none."""
        whole = self.column_of.get(self.measures[column].part_of or "", self.column_of.get("residents"))
        return None if whole is None or self.measures[whole].is_rate else whole

    @cached_property
    def columns_with_sums(self) -> IntArray:
        """Columns whose sums over quarters say something.

        They do for counts, and for a ready-made rate whose whole is declared and known; a rate of something unknown
        can be added by nobody. A rate that repeats a count goes with the count.
        """
        twins = {rate for rate, _ in self.twins}
        return np.array(
            [
                column
                for column, measure in enumerate(self.measures)
                if measure.is_protected
                and column not in twins
                and (not measure.is_rate or measure.part_of in self.column_of)
            ],
            dtype=np.int64,
        )


def count_table(
    statistics: pd.DataFrame,
    measures: tuple[Measure, ...],
    quarters: gpd.GeoDataFrame | None = None,
    groupings: pd.DataFrame | None = None,
) -> CountTable:
    """Return tidy statistics as matrices.

    Parameters
    ----------
    statistics
        Columns ``quarter_id, date, measure, value, state``; no combination twice.
    quarters
        Index ``quarter_id``, column ``district``; without it all quarters are one district.
    groupings
        Columns ``grouping, group, quarter_id``: further groups of quarters whose totals are public.

    Raises
    ------
    ContractError
        If a measure occurs that is not in ``measures``.
    """
    import pandas as pd

    number_of = {measure.key: number for number, measure in enumerate(measures)}
    date_number, dates = pd.factorize(statistics["date"], sort=True)
    quarter_number, names = pd.factorize(statistics["quarter_id"], sort=True)
    unlisted = set(statistics["measure"]) - set(number_of)
    if unlisted:
        raise ContractError(f"measures {sorted(unlisted)} stand in the statistics but are not described; describe them")
    columns: IntArray = np.asarray(statistics["measure"].map(number_of), dtype=np.int64)
    rows: IntArray = np.asarray(date_number * len(names) + quarter_number, dtype=np.int64)
    state = statistics["state"].to_numpy(dtype=object)
    value = statistics["value"].to_numpy(dtype=np.float64, na_value=np.nan)
    shape = (len(dates) * len(names), len(measures))
    counts = np.full(shape, np.nan)
    is_shown, is_at_source = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    has_number = np.isin(state, STATES_WITH_NUMBER) & ~np.isnan(value)
    counts[rows[has_number], columns[has_number]] = value[has_number]
    is_shown[rows, columns] = has_number
    is_at_source[rows, columns] = state == ValueState.SUPPRESSED.value
    numbers: IntArray = np.arange(shape[0], dtype=np.int64)
    per_date = max(len(names), 1)
    table = CountTable(
        measures=measures,
        counts=counts,
        is_shown=is_shown,
        is_at_source=is_at_source,
        groupings=tuple(
            numbers // per_date * (int(group.max(initial=0)) + 1) + group[numbers % per_date]
            for group in _groups(names, quarters, groupings)
        ),
        dates=numbers // per_date,
        quarters=numbers % per_date,
        rows=rows,
        columns=columns,
        date_names=tuple(dates),
        quarter_names=tuple(names),
    )
    filled = _fill_populations(table)
    rates = counts.copy()
    _rates_as_counts(table)
    twins = tuple(_twins(table, rates))
    _counts_from_twins(table, twins)
    declared = relations_between(measures)
    sums = undeclared_sums(measures, counts, declared)
    return replace(table, relations=relations_between(measures, sums), found_sums=sums, twins=twins, filled=filled)


def _groups(names: pd.Index, quarters: gpd.GeoDataFrame | None, groupings: pd.DataFrame | None) -> tuple[IntArray, ...]:
    """Return the number of the group of each quarter: the whole region, then each grouping that divides it.

    Quarters of no group of a grouping are the rest of the region, whose total follows from the others. A grouping that
    another one refines says nothing that the finer totals do not.
    """
    import pandas as pd

    whole = np.zeros(len(names), dtype=np.int64)
    finer: list[IntArray] = []

    def add(groups: pd.Series) -> None:
        number = pd.factorize(groups.reindex(names).fillna("").astype(str), sort=True)[0].astype(np.int64)
        if number.max(initial=0) > 0:
            finer.append(number)

    if quarters is not None and "district" in quarters:
        add(quarters["district"])
    if groupings is not None:
        for _, members in groupings.groupby("grouping", sort=True):
            for layer in _layers(members):
                add(layer)
    kept = [
        one
        for place, one in enumerate(finer)
        if not any(
            _refines(other, one) and (other_place < place or not _refines(one, other))
            for other_place, other in enumerate(finer)
            if other_place != place
        )
    ]
    return (whole, *kept)


def _layers(members: pd.DataFrame) -> list[pd.Series]:
    """Return a grouping as layers in each of which a quarter is in one group only."""
    place = members.groupby("quarter_id").cumcount()
    return [part.set_index("quarter_id")["group"].astype(str) for _, part in members.groupby(place)]


def _refines(fine: IntArray, coarse: IntArray) -> bool:
    """Tell whether each group of ``fine`` lies within one group of ``coarse``."""
    pairs = np.unique(np.stack([fine, coarse]), axis=1)
    return bool(pairs.shape[1] == len(np.unique(fine)))


def _fill_populations(table: CountTable) -> int:
    """Give each quarter without a public population at one date that of the nearest date, in place.

    A quarter that is too small stays too small when its residents are not told for once. The number of residents put in
    is returned.
    """
    number = 0
    if not table.counts.size:
        return number
    by_date = table.counts.reshape(len(table.date_names), -1, len(table.measures))
    days = np.array(table.date_names, dtype="datetime64[D]").astype(np.int64)
    for column, measure in enumerate(table.measures):
        if measure.is_protected or measure.is_rate or not np.isnan(by_date[:, :, column]).any():
            continue
        values = by_date[:, :, column].copy()
        is_known = ~np.isnan(values)
        for date in np.flatnonzero(~is_known.all(axis=1)):
            away = np.where(is_known, np.abs(days - days[date])[:, None], np.iinfo(np.int64).max)
            nearest = away.argmin(axis=0)
            filled = np.take_along_axis(values, nearest[None, :], axis=0)[0]
            by_date[date, :, column] = np.where(is_known[date], values[date], filled)
            if measure.key == "residents":
                number += int((~is_known[date] & ~np.isnan(filled)).sum())
    return number


def _per(measure: Measure) -> float:
    return 100.0 if measure.unit == "percent" else 1000.0


def _rates_as_counts(table: CountTable) -> None:
    """Turn each column of rates into the counts they stand for, in place.

    Without a declared whole all residents are taken, which can only be too many; without residents the column holds no
    count.
    """
    for column, measure in enumerate(table.measures):
        if measure.is_rate:
            whole = table.population_of(column)
            population = np.full(len(table.counts), np.nan) if whole is None else table.counts[:, whole]
            table.counts[:, column] *= population / _per(measure)


def _twins(table: CountTable, rates: FloatArray) -> list[tuple[int, int]]:
    """Return the pairs of a rate and the count it is made of: equal in every row as far as its decimals tell."""
    pairs = []
    for rate, measure in enumerate(table.measures):
        whole = table.population_of(rate) if measure.is_rate and measure.is_protected else None
        if whole is None:
            continue
        for count, other in enumerate(table.measures):
            if other.is_rate or not other.is_protected or count == whole:
                continue
            both = ~np.isnan(table.counts[:, rate]) & ~np.isnan(table.counts[:, count]) & (table.counts[:, whole] > 0)
            if not both.any():
                continue
            told = rates[both, rate]
            expected = table.counts[both, count] / table.counts[both, whole] * _per(measure)
            if (np.abs(told - expected) <= 0.5 * 10.0 ** -_decimals(told) + 1e-9).all():
                pairs.append((rate, count))
                break
    return pairs


def _decimals(numbers: FloatArray) -> int:
    """Return the fewest decimals that show all numbers, at most ``MOST_DECIMALS``."""
    for decimals in range(MOST_DECIMALS):
        if np.allclose(numbers, np.round(numbers, decimals), rtol=0, atol=1e-9):
            return decimals
    return MOST_DECIMALS


def _counts_from_twins(table: CountTable, twins: tuple[tuple[int, int], ...]) -> None:
    """Enter the count of a row that tells only the rate: whoever knows the population knows it."""
    for rate, count in twins:
        only_rate = table.is_shown[:, rate] & np.isnan(table.counts[:, count]) & ~np.isnan(table.counts[:, rate])
        table.counts[only_rate, count] = np.round(table.counts[only_rate, rate])
        table.is_shown[only_rate, count] = True
