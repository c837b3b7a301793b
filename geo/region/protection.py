"""Complementary suppression: which further cells to withhold so that the small ones stay unknown.

The attacker knows every shown number, the true total of each measure for each date and district, and
every inequality between measures. Cells are added until the interval about each withheld count, proven by
:mod:`geo.region.moves`, is at least ``interval_min`` wide: first within the quarter where its own other
numbers are too telling, then in other quarters of the district, the smallest first, quarters with gaps
already before others, and the same quarter in all years where it serves.
"""

from __future__ import annotations

import numpy as np

from geo.region.counts import BoolArray, CountTable, FloatArray, IntArray
from geo.region.moves import TOLERANCE, Widths, interval_widths, structure_of
from geo.region.schema import DisclosureRule


def protect(table: CountTable, hidden: BoolArray, rule: DisclosureRule) -> tuple[BoolArray, int]:
    """Withhold further cells until no withheld count can be placed within ``rule.interval_min``.

    Parameters
    ----------
    table
        Counts ``(rows, measures)``.
    hidden
        What is withheld already, same shape; not changed.
    rule
        The width to reach.

    Returns
    -------
    hidden
        What is to be withheld in all.
    exposed
        Number of withheld cells that public totals give away whatever is withheld here, e.g. where a
        region has one quarter only.
    """
    search = _Search(table, hidden.copy(), rule)
    search.run()
    return search.hidden, int((search.given_up & search.hidden).sum())


def rates_beside_withheld_counts(table: CountTable, hidden: BoolArray) -> BoolArray:
    """Tell which ready-made rates stand where a count is withheld: rate times population could return it."""
    is_rate = np.array([measure.is_rate and measure.is_protected for measure in table.measures], dtype=bool)
    is_count = np.array([measure.unit == "people" and measure.is_protected for measure in table.measures], dtype=bool)
    beside: BoolArray = hidden[:, is_count].any(axis=1)[:, None] & is_rate & table.is_shown
    return beside


class _Search:
    """The cells withheld so far and what is asked of each; every step withholds more and never less."""

    def __init__(self, table: CountTable, hidden: BoolArray, rule: DisclosureRule) -> None:
        self.table = table
        self.hidden = hidden
        self.rule = rule
        self.structure = structure_of(table, rule)
        self.groups: IntArray = np.repeat(table.groups[:, None], len(table.measures), axis=1)
        self.need: FloatArray = np.full(hidden.shape, float(rule.interval_min))
        self.given_up: BoolArray = np.zeros(hidden.shape, dtype=bool)
        self.in_play: BoolArray = np.isin(np.arange(len(table.measures)), self.structure.columns)
        self.cost = _mean_over_dates(table, self.structure.counts)
        ties = np.abs(self.structure.coefficients)
        self.is_tied: BoolArray = (ties.T @ ties).astype(bool)

    def run(self) -> None:
        """Add cells until nothing is needy any more."""
        while True:
            self.hidden |= rates_beside_withheld_counts(self.table, self.hidden)
            widths = interval_widths(self.structure, self.hidden, self.groups)
            needy = self.hidden & ~self.given_up & self.in_play & (widths.proven < self.need - TOLERANCE)
            if not needy.any():
                return
            if not (self._widen_within_quarters(needy, widths) or self._add_partners(needy)):
                self._pool_districts(needy)

    def _widen_within_quarters(self, needy: BoolArray, widths: Widths) -> bool:
        """Withhold, beside each cell that its own quarter gives away, the smallest count tied to it.

        Where none is left the cell is as uncertain as public populations allow, and no more is asked for it.
        """
        tight = np.argwhere(needy & (widths.alone < self.need - TOLERANCE))
        for row, column in tight:
            related = np.flatnonzero(self.is_tied[column] & self.in_play & self.table.is_shown[row] & ~self.hidden[row])
            if len(related):
                counts = self.structure.counts[row, related]
                self.hidden[row, related[int(np.argmin(np.where(counts > 0, counts, np.inf)))]] = True
            else:
                self.need[row, column] = widths.alone[row, column]
        return len(tight) > 0

    def _add_partners(self, needy: BoolArray) -> bool:
        """Withhold one more cell in each sum that lacks room; tell whether there was any left."""
        has_added = False
        for column in self.structure.columns.tolist():
            sums = self.groups[:, column]
            lacking = np.unique(sums[needy[:, column]])
            shown = self.table.is_shown[:, column] & ~self.hidden[:, column]
            rows = np.flatnonzero(shown & np.isin(sums, lacking))
            if not len(rows):
                continue
            order = np.lexsort(
                (self.table.quarters[rows], self.cost[rows, column], self._rank(rows, column), sums[rows])
            )
            first = np.unique(sums[rows[order]], return_index=True)[1]
            self.hidden[rows[order][first], column] = True
            has_added = True
        return has_added

    def _rank(self, rows: IntArray, column: int) -> IntArray:
        """Rank candidates: quarters with gaps already, then those with room of their own, then large ones."""
        move = self.structure.single(column)
        room = np.minimum(self.structure.room(rows, move), self.structure.room(rows, -move))
        is_large = self.structure.counts[rows, column] >= self.rule.interval_min
        has_gaps = self.hidden[rows].any(axis=1)
        return np.select([is_large & has_gaps, room >= self.rule.interval_min, is_large], [0, 1, 2], default=3)

    def _pool_districts(self, needy: BoolArray) -> None:
        """Deal with a district whose total gives a cell away although all its cells are withheld.

        Nobody can publish that total without giving the cell away himself, so it is taken as known only
        together with the total of another district of that date, one with cells left to withhold if there is
        any. Where there is no other district nothing that is withheld here can help.
        """
        for column in np.flatnonzero(needy.any(axis=0)).tolist():
            for number in np.unique(self.groups[needy[:, column], column]):
                rows = np.flatnonzero(self.groups[:, column] == number)
                if not len(rows):
                    continue
                date = self.table.dates[rows[0]]
                others = np.flatnonzero((self.table.dates == date) & (self.groups[:, column] != number))
                shown = others[self.table.is_shown[others, column] & ~self.hidden[others, column]]
                pool = shown if len(shown) else others[self.hidden[others, column]]
                if len(pool):
                    self.groups[rows, column] = self.groups[pool[0], column]
                else:
                    self.given_up[rows, column] |= needy[rows, column]


def _mean_over_dates(table: CountTable, counts: FloatArray) -> FloatArray:
    """Return the mean count of each quarter over all dates, one row for each row of the table."""
    number = int(table.quarters.max(initial=-1)) + 1
    times = np.bincount(table.quarters, minlength=number).clip(min=1)
    mean = np.zeros_like(counts)
    for column in range(counts.shape[1]):
        mean[:, column] = (np.bincount(table.quarters, counts[:, column], number) / times)[table.quarters]
    return mean
