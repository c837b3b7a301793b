"""Complementary suppression: which further cells to withhold so that the small ones stay unknown.

The attacker knows every shown number, the true total of each measure for each date and district, and
every inequality between measures. Cells are added until the interval about each withheld count, proven by
:mod:`geo.region.disclosure.intervals`, is at least ``interval_min`` wide. Each step takes one count that is too
well known and looks for the move that frees it at least cost: which of its own quarter's other numbers, and which
numbers of one more quarter of the district, have to go. Cost is the people withheld, averaged over the years
so that the same quarter serves all of them; quarters with gaps already cost less.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geo.region.disclosure.count_table import BoolArray, CountTable, FloatArray, IntArray
from geo.region.disclosure.intervals import (
    TOLERANCE,
    Structure,
    Widths,
    interval_widths,
    source_room,
    structure_of,
    width_against,
)
from geo.region.disclosure.rule import DisclosureRule

DISCOUNT_WITH_GAPS = 0.25


@dataclass(frozen=True, eq=False)
class Task:
    """Something too well known: its row, how much each move changes it, the width it needs and has."""

    row: int
    effects: IntArray
    need: float
    has: float


@dataclass(frozen=True)
class Step:
    """What to withhold next: some measures of the count's own quarter and of a partner's, and what it brings."""

    width: float
    cost: float
    partner: int
    support: tuple[int, ...]

    def is_better_than(self, other: Step | None, need: float) -> bool:
        """Tell whether this step is cheaper among those that suffice, or else brings more."""
        if other is None:
            return True
        mine, theirs = min(self.width, need), min(other.width, need)
        return mine > theirs + TOLERANCE or (mine > theirs - TOLERANCE and self.cost < other.cost)


def protect(table: CountTable, hidden: BoolArray, rule: DisclosureRule) -> tuple[BoolArray, int]:
    """Withhold further cells until no withheld count can be placed within ``rule.interval_min``.

    Parameters
    ----------
    table
        Counts ``(rows, measures)``.
    hidden
        What is withheld already, same shape; not changed.

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
    return search.hidden, int(search.given_up.sum())


def rates_beside_withheld_counts(table: CountTable, hidden: BoolArray) -> BoolArray:
    """Tell which ready-made rates stand where a count is withheld: rate times population could return it."""
    is_rate = np.array([measure.is_rate and measure.is_protected for measure in table.measures], dtype=bool)
    is_count = np.array([measure.unit == "people" and measure.is_protected for measure in table.measures], dtype=bool)
    has_gaps = np.any(hidden[:, is_count], axis=1, keepdims=True)
    beside: BoolArray = has_gaps & is_rate & table.is_shown
    return beside


@dataclass(frozen=True, eq=False)
class Totals:
    """Which totals are taken as known, and what is asked under that knowledge.

    Parameters
    ----------
    blocks
        For each row the number of the known sum it is part of, in every measure.
    need
        ``(rows, measures)``: width to reach; nothing where a cell does not matter.
    rest_need
        ``(rows, rests)``: width to reach for what is left of a whole.
    """

    blocks: IntArray
    need: FloatArray
    rest_need: FloatArray

    def rows_of(self, block: int) -> IntArray:
        """Return the rows of a block."""
        return self._rows_by_block[block]

    @cached_property
    def _rows_by_block(self) -> dict[int, IntArray]:
        order = np.argsort(self.blocks, kind="stable")
        numbers, first = np.unique(self.blocks[order], return_index=True)
        return dict(zip(numbers.tolist(), np.split(order, first[1:]), strict=True))


class _Search:
    """The cells withheld so far and what is asked of each; every step withholds more and never less."""

    def __init__(self, table: CountTable, hidden: BoolArray, rule: DisclosureRule) -> None:
        self.table = table
        self.hidden = hidden
        self.rule = rule
        self.structure: Structure = structure_of(table, rule)
        self.given_up: BoolArray = np.zeros(hidden.shape, dtype=bool)
        self.cost = _mean_over_dates(table, self.structure.counts)

    def run(self) -> None:
        """Add cells until each withheld one is as uncertain as asked, under either view of the totals."""
        self.hidden |= rates_beside_withheld_counts(self.table, self.hidden)
        strict, regional = self._views()
        while True:
            self._add_cells(strict)
            if not (regional.need > 0).any() or not self._add_cells(regional):
                return

    def _add_cells(self, totals: Totals) -> bool:
        """Add cells as long as that helps; tell whether any was added."""
        self.totals = totals
        before = int(self.hidden.sum())
        active = np.ones(len(self.hidden), dtype=bool)
        while active.any():
            widths = interval_widths(self.structure, self.hidden & active[:, None], totals.blocks)
            active = self._step_in_each_block(widths, active)
        return int(self.hidden.sum()) > before

    def _step_in_each_block(self, widths: Widths, active: BoolArray) -> BoolArray:
        """Free one count in each block that needs it; return the rows of the blocks where something changed."""
        changed: set[int] = set()
        for task in self._tasks(widths, active):
            block = int(self.totals.blocks[task.row])
            if block not in changed and self._free(task):
                changed.add(block)
        self.hidden |= rates_beside_withheld_counts(self.table, self.hidden)
        return np.isin(self.totals.blocks, list(changed))

    def _tasks(self, widths: Widths, active: BoolArray) -> Iterator[Task]:
        """Return what is too well known: counts first, then what is left of wholes."""
        move_of = np.array(self.structure.moves, dtype=np.int64).reshape(-1, self.hidden.shape[1])
        open_cells = self.hidden & active[:, None]
        for column in self.structure.columns.tolist():
            needy = open_cells[:, column] & (widths.proven[:, column] < self.totals.need[:, column] - TOLERANCE)
            for row in np.flatnonzero(needy).tolist():
                need, has = float(self.totals.need[row, column]), float(widths.proven[row, column])
                yield Task(row, np.abs(move_of[:, column]), need, has)
        for rest, (part, whole) in enumerate(self.structure.rests):
            needy = open_cells[:, part] & (widths.rests[:, rest] < self.totals.rest_need[:, rest] - TOLERANCE)
            for row in np.flatnonzero(needy).tolist():
                need, has = float(self.totals.rest_need[row, rest]), float(widths.rests[row, rest])
                yield Task(row, np.abs(move_of[:, whole] - move_of[:, part]), need, has)

    def _free(self, task: Task) -> bool:
        """Withhold what makes one count uncertain at least cost; tell whether there is anything that helps."""
        best: Step | None = None
        size = 0
        for number in np.flatnonzero(task.effects).tolist():
            support = np.flatnonzero(self.structure.moves[number])
            if best is not None and best.width >= task.need - TOLERANCE and len(support) > size:
                break
            size = len(support)
            if self._is_open(task.row, support):
                step = self._cheapest(task, number, support)
                if step is not None and step.is_better_than(best, task.need):
                    best = step
        if best is None or best.width <= task.has + TOLERANCE:
            return False
        support = np.array(best.support)
        self.hidden[task.row, support] = True
        self.hidden[best.partner, support] = True
        return True

    def _is_open(self, row: int, support: IntArray) -> bool:
        """Tell whether all measures of a move have a number here; a cell withheld by the source moves alone."""
        if self.table.is_at_source[row, support].any():
            return len(support) == 1
        return bool((self.structure.can_hide[row, support] | self.hidden[row, support]).all())

    def _cheapest(self, task: Task, move: int, support: IntArray) -> Step | None:
        """Return the best partner for one count along one move, together with all partners it has already."""
        row = task.row
        rows = self.totals.rows_of(int(self.totals.blocks[row]))
        rows = rows[
            (rows != row) & (self.structure.can_hide | self.hidden & self.table.is_shown)[rows][:, support].all(axis=1)
        ]
        is_hidden = self.hidden[rows][:, support]
        is_there, is_new_here = is_hidden.all(axis=1), ~self.hidden[row, support]
        new = np.arange(len(rows)) if is_new_here.any() else np.flatnonzero(~is_there)
        if not len(new):
            return None
        up, down = (room[rows] for room in self.structure.rooms[move])
        others_up = up[is_there].sum() + np.where(is_there, 0.0, up)[new]
        others_down = down[is_there].sum() + np.where(is_there, 0.0, down)[new]
        width = task.effects[move] * self._width(row, move, support, others_up, others_down)
        cost = (self.cost[rows[new]][:, support] * ~is_hidden[new]).sum(axis=1)
        cost = np.where(self.hidden[rows[new]].any(axis=1), cost * DISCOUNT_WITH_GAPS, cost)
        cost = cost + (self.cost[row, support] * is_new_here).sum()
        first = int(np.lexsort((self.table.quarters[rows[new]], cost, -np.minimum(width, task.need)))[0])
        return Step(float(width[first]), float(cost[first]), int(rows[new[first]]), tuple(support.tolist()))

    def _width(
        self, row: int, move: int, support: IntArray, others_up: FloatArray, others_down: FloatArray
    ) -> FloatArray:
        """Return how wide a count moves against given room of others, whatever the source's cells hold."""
        column = int(support[0])
        if self.table.is_at_source[row, column]:
            return np.minimum(others_up, others_down)
        room = source_room(self.structure, self.totals.blocks, column) if len(support) == 1 else np.zeros(0)
        spare = room[self.totals.blocks[row]] if len(room) else 0.0
        up, down = (float(room[row]) for room in self.structure.rooms[move])
        return width_against(up, down, others_up, others_down, spare)

    def _views(self) -> tuple[Totals, Totals]:
        """Return what to ask if all districts' totals are known, and where these leave too little.

        No more is asked of a cell than it could have if everything were withheld. Where a cell is given
        away even then, nobody can publish that district's total without giving it away himself; such cells are
        protected from those who know the total of the region only. Where that is in vain too, the cell is
        given up: it stays withheld, but no others for its sake.
        """
        least = float(self.rule.interval_min)
        in_play = np.zeros(self.hidden.shape, dtype=bool)
        in_play[:, self.structure.columns] = True
        everything = self.hidden | (self.structure.can_hide & self.table.is_protected)

        def view(blocks: IntArray, asked: BoolArray) -> tuple[Totals, BoolArray]:
            ideal = interval_widths(self.structure, everything, blocks)
            need = np.where(asked, np.minimum(least, ideal.proven), 0.0)
            by_total = self.hidden & asked & (ideal.proven < np.minimum(least, ideal.alone) - TOLERANCE)
            return Totals(blocks, need, np.minimum(least, ideal.rests)), by_total

        strict, by_total = view(self.table.groups, in_play)
        regional, self.given_up = view(self.table.dates, by_total)
        regional.rest_need[:] = 0.0
        return strict, regional


def _mean_over_dates(table: CountTable, counts: FloatArray) -> FloatArray:
    """Return the mean count of each quarter over all dates, one row for each row of the table."""
    number = int(table.quarters.max(initial=-1)) + 1
    times = np.bincount(table.quarters, minlength=number).clip(min=1)
    mean = np.zeros_like(counts)
    for column in range(counts.shape[1]):
        mean[:, column] = (np.bincount(table.quarters, counts[:, column], number) / times)[table.quarters]
    return mean
