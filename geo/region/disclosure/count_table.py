"""Statistics as one table of counts: a row for each date and quarter, a column for each measure.

Disclosure control compares measures of the same quarter and sums over quarters, so it works on
matrices. This module turns the tidy statistics into them and says which inequalities hold between
measures, since whoever knows those can use them to narrow a withheld count.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.errors import ContractError
from geo.region.schema import STATES_WITH_NUMBER, Measure, ValueState

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

REFERENCES: dict[str, tuple[str, ...]] = {
    "recipients": ("residents", "residents_under_pension_age"),
    "employable": ("residents_15_to_pension_age",),
    "children": ("residents_under_15",),
}
"""Reference populations beside the whole a measure is part of."""

KNOWN_ORDER: tuple[tuple[tuple[str, ...], str], ...] = (
    (("employable", "children"), "recipients"),
    (("units",), "employable"),
    (("units",), "recipients"),
)
"""What anybody in the field knows: children under 15 and employable persons are different people, and a
benefit unit has at least one employable person."""


@dataclass(frozen=True)
class Link:
    """An inequality within one quarter and date: the sum of ``parts`` is at most ``whole`` (column numbers)."""

    parts: tuple[int, ...]
    whole: int


@dataclass(frozen=True, eq=False)
class CountTable:
    """Statistics of a region as matrices ``(dates * quarters, measures)``.

    Parameters
    ----------
    measures
        What the columns are.
    counts
        Counts; a ready-made rate stands as the count it amounts to in its reference population. NaN where
        there is no number or no reference population.
    is_shown
        Whether a cell carries a number.
    is_at_source
        Whether the source itself withheld the cell.
    groups
        For each row the number of its date and district: the totals of these are taken as known.
    dates, quarters
        For each row the number of its date, and of its quarter.
    rows, columns
        For each line of the statistics where it stands in the matrices.
    """

    measures: tuple[Measure, ...]
    counts: FloatArray
    is_shown: BoolArray
    is_at_source: BoolArray
    groups: IntArray
    dates: IntArray
    quarters: IntArray
    rows: IntArray
    columns: IntArray

    @cached_property
    def column_of(self) -> dict[str, int]:
        """Number of the column of each measure key."""
        return {measure.key: number for number, measure in enumerate(self.measures)}

    @property
    def is_protected(self) -> BoolArray:
        """Whether each column is under disclosure control."""
        return np.array([measure.is_protected for measure in self.measures], dtype=bool)

    def references_of(self, column: int) -> tuple[int, ...]:
        """Return the columns of unprotected populations a protected measure is a part of."""
        measure = self.measures[column]
        keys = ((measure.part_of,) if measure.part_of else ()) + REFERENCES.get(measure.key, ())
        found = (self.column_of[key] for key in dict.fromkeys(keys) if key in self.column_of)
        return tuple(number for number in found if not self.measures[number].is_protected)

    def population_of(self, column: int) -> int | None:
        """Return the column a ready-made rate refers to: the declared whole, else all residents, else none."""
        whole = self.column_of.get(self.measures[column].part_of or "", self.column_of.get("residents"))
        return None if whole is None or self.measures[whole].is_rate else whole

    def has_equations(self, column: int) -> bool:
        """Tell whether sums over quarters say anything about a measure.

        They do for counts, and for a ready-made rate whose whole is declared and known; a rate of
        something unknown can be added by nobody.
        """
        measure = self.measures[column]
        return measure.is_protected and (not measure.is_rate or measure.part_of in self.column_of)

    def links(self) -> tuple[Link, ...]:
        """Return the inequalities between the measures of this table."""
        named: list[tuple[tuple[str, ...], str]] = list(KNOWN_ORDER)
        for column, measure in enumerate(self.measures):
            if self.has_equations(column):
                wholes = {self.measures[number].key for number in self.references_of(column)}
                wholes |= {measure.part_of} if measure.part_of else set()
                named += [((measure.key,), whole) for whole in sorted(wholes)]
        known = self.column_of
        return tuple(
            Link(tuple(known[part] for part in parts), known[whole])
            for parts, whole in dict.fromkeys(named)
            if whole in known and all(part in known for part in parts)
        )


def count_table(
    statistics: pd.DataFrame, measures: tuple[Measure, ...], quarters: gpd.GeoDataFrame | None = None
) -> CountTable:
    """Return tidy statistics as matrices.

    Parameters
    ----------
    statistics
        Columns ``quarter_id, date, measure, value, state``; no combination twice.
    quarters
        Index ``quarter_id``, column ``district``; without it all quarters are one district.

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
    district = np.zeros(len(names), dtype=np.int64)
    if quarters is not None and "district" in quarters:
        district = pd.factorize(quarters["district"].reindex(names).fillna("").astype(str), sort=True)[0]
    numbers: IntArray = np.arange(shape[0], dtype=np.int64)
    date_of_row, quarter_of_row = numbers // max(len(names), 1), numbers % max(len(names), 1)
    groups = date_of_row * (int(district.max(initial=0)) + 1) + district[quarter_of_row]
    table = CountTable(measures, counts, is_shown, is_at_source, groups, date_of_row, quarter_of_row, rows, columns)
    _rates_as_counts(table)
    return table


def _rates_as_counts(table: CountTable) -> None:
    """Turn each column of rates into the counts they stand for, in place.

    Without a declared whole all residents are taken, which can only be too many; without residents
    the column holds no count.
    """
    for column, measure in enumerate(table.measures):
        if measure.is_rate:
            whole = table.population_of(column)
            per = 100.0 if measure.unit == "percent" else 1000.0
            population = np.full(len(table.counts), np.nan) if whole is None else table.counts[:, whole]
            table.counts[:, column] *= population / per
