"""Which cells are withheld beside those that are too small: the pattern of a whole region.

The system falls apart into blocks that no total ties together, usually one for each date and district. Blocks are taken
date by date, and a cell that was withheld at an earlier date is a little cheaper at later ones, so that the same
quarters serve at all dates unless that costs more than ``CONSISTENCY`` allows. A block too large for one programme is
taken in parts; its rows outside a part are held at their true values, which can only make an attacker stronger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from geo.region.disclosure.arrays import TOLERANCE, BoolArray, FloatArray, IntArray
from geo.region.disclosure.block_pattern import BlockPattern, Choice
from geo.region.disclosure.costs import cell_costs
from geo.region.disclosure.count_table import CountTable
from geo.region.disclosure.linear import Target
from geo.region.disclosure.rule import DisclosureRule
from geo.region.disclosure.system import Block, System, blocks_of, system_of

CONSISTENCY = 1.05
"""The pattern of a block costs at most this many times its minimum so that partners stay the same over the dates."""

LARGEST_BLOCK = 480
"""Candidates up to which a block is solved as a whole."""

ROWS_AT_ONCE = 6
CHEAPEST_ROWS = 10
ROOMIEST_ROWS = 4
BLOCK_SECONDS = 60.0
"""A last resort: rounds and nodes end a search first, so that a pattern does not depend on how busy a machine is."""

MOST_PASSES = 6


@dataclass(frozen=True, eq=False)
class Pattern:
    """What is withheld, and how good the choice is.

    Parameters
    ----------
    hidden
        ``(rows, columns)``: withheld cells, those of the source included.
    lost
        ``(rows, columns)``: cells that public totals give away whatever is withheld here, e.g. where a region has one
        quarter only.
    lost_to_groups
        ``(rows, columns)``: the same for the totals of all groups; such cells are hidden in the region's total only.
    cost, bound
        Price of the partners over all blocks, and the least price that any pattern has.
    """

    hidden: BoolArray
    lost: BoolArray
    lost_to_groups: BoolArray
    cost: float
    bound: float

    @property
    def exposed(self) -> int:
        """Number of withheld cells that public totals give away whatever is withheld."""
        return int((self.hidden & self.lost).sum())


def protect(
    table: CountTable,
    hidden: BoolArray,
    rule: DisclosureRule,
    *,
    is_fixed: BoolArray | None = None,
    progress: Callable[[float], None] | None = None,
) -> Pattern:
    """Withhold further cells until no withheld count can be placed within ``rule.interval_min``.

    Parameters
    ----------
    table
        Counts ``(rows, columns)``.
    hidden
        What is withheld already, same shape; not changed.
    is_fixed
        Cells that are shown in any case, because they were published before.
    progress
        Told the share of blocks that are done.
    """
    search = _Search(table, hidden, rule, is_fixed)
    return search.run(progress or (lambda share: None))


def beside_withheld_counts(table: CountTable, hidden: BoolArray) -> BoolArray:
    """Tell which ready-made rates go because a count of the quarter is withheld, or their own count is.

    A rate that repeats a count goes with that count, and with its whole, which the two would return; of any other
    nobody knows which count it is made of, so it goes with all of them.
    """
    beside = np.zeros_like(hidden)
    twin_of = dict(table.twins)
    counts = table.is_protected & ~table.is_rate
    has_gaps = hidden[:, counts].any(axis=1)
    for column, measure in enumerate(table.measures):
        if measure.is_rate and measure.is_protected:
            whole = table.population_of(column)
            ties = [twin_of[column], *([] if whole is None else [whole])] if column in twin_of else []
            goes = (hidden & table.is_protected)[:, ties].any(axis=1) if ties else has_gaps
            beside[:, column] = goes & table.is_shown[:, column]
    return beside


class _Search:
    def __init__(self, table: CountTable, hidden: BoolArray, rule: DisclosureRule, is_fixed: BoolArray | None) -> None:
        self.table = table
        self.rule = rule
        self.hidden = hidden.copy()
        self.system: System = system_of(table, rule)
        self.is_fixed = np.zeros_like(hidden) if is_fixed is None else is_fixed
        self.system.can_hide[self.is_fixed] = False
        self.price = cell_costs(table)
        self.is_whole = ~table.is_rate
        self.cost = 0.0
        self.bound = 0.0
        self.lost: BoolArray = np.zeros_like(hidden)
        self.lost_to_groups: BoolArray = np.zeros_like(hidden)
        self.unmet: BoolArray = np.zeros_like(hidden)

    def run(self, progress: Callable[[float], None]) -> Pattern:
        """Withhold what the finest totals ask for, then what the region's own total asks for, until both are met."""
        counts = self.table.columns_with_sums[~self.table.is_rate[self.table.columns_with_sums]]
        rates = self.table.columns_with_sums[self.table.is_rate[self.table.columns_with_sums]]
        self._all_views(counts, progress)
        self.hidden |= beside_withheld_counts(self.table, self.hidden)
        if len(rates):
            self._all_views(rates, progress)
        if self.system.is_at_source.any():
            # What stands in a cell of the source is unknown here: what may help if it is large is withheld as well.
            self.system = system_of(self.table, self.rule, is_source_large=True)
            self.system.can_hide[self.is_fixed] = False
            self._all_views(counts, progress)
            self.hidden |= beside_withheld_counts(self.table, self.hidden)
        return Pattern(self.hidden, self.lost | self.unmet, self.lost_to_groups, self.cost, self.bound)

    def _all_views(self, columns: IntArray, progress: Callable[[float], None]) -> None:
        """Ask under the finest totals; of what these give away in any case, under fewer, and last under none.

        Nobody can publish a total that gives a cell away without doing so himself.
        """
        totals = [self.table.strict_groupings]
        totals += [self.table.groupings[:1]] if len(self.table.groupings) > 1 else []
        for _ in range(MOST_PASSES):
            before = int(self.hidden.sum())
            asked: BoolArray | None = None
            for view in totals:
                given_away, with_rests = self._add_cells(view, columns, asked, progress)
                if asked is None:
                    self.lost_to_groups[:, columns] = given_away[:, columns]
                if not with_rests.any():
                    break
                asked = with_rests
            self.lost[:, columns] = given_away[:, columns]
            if with_rests.any():
                self._add_cells((), columns, with_rests, progress)
            if asked is None or int(self.hidden.sum()) == before:
                return

    def _add_cells(
        self,
        groupings: tuple[IntArray, ...],
        columns: IntArray,
        asked: BoolArray | None,
        progress: Callable[[float], None],
    ) -> tuple[BoolArray, BoolArray]:
        """Withhold further cells in every block.

        Returned are the cells that the totals give away in any case, and these with the cells of rests that they do.
        """
        in_play = np.zeros_like(self.hidden)
        in_play[:, columns] = True
        wanted = self.hidden & in_play if asked is None else asked & in_play
        if asked is None:
            for relation, effect in enumerate(self.system.coefficients):
                wanted |= in_play & self.system.is_small_rest[:, [relation]] & (effect != 0)[None, :]
        given_away, with_rests = np.zeros_like(self.hidden), np.zeros_like(self.hidden)
        blocks = list(blocks_of(self.table, self.system, groupings, wanted))
        for number, block in enumerate(blocks):
            pattern, hidden = self._add_in_block(block, asked)
            place = np.ix_(block.rows, block.columns)
            given_away[place] |= self._given_away(pattern, hidden)
            with_rests[place] |= given_away[place] | self._given_away_rests(pattern)
            progress((number + 1) / len(blocks))
        return given_away, with_rests

    def _add_in_block(self, block: Block, asked: BoolArray | None) -> tuple[BlockPattern, BoolArray]:
        price = self._price_of(block)
        block_asked = None if asked is None else block.of(asked)
        pattern = self._pattern(block, block.of(self.hidden), price, block_asked)
        if int(pattern.candidates.sum()) <= LARGEST_BLOCK or len(block.groupings) > 1:
            # Crossing totals tie every part to the others: such a block is not taken in parts.
            choice = pattern.solve(BLOCK_SECONDS)
        else:
            choice = self._solve_in_parts(block, price, block_asked)
        place = np.ix_(block.rows, block.columns)
        self.hidden[place] |= choice.hidden
        self.cost += choice.cost
        self.bound += min(choice.bound, choice.cost)
        for target in choice.unmet:
            self.unmet[block.rows[target.row], block.columns[target.cells]] = True
        return pattern, choice.hidden | block.system.is_at_source

    def _given_away(self, pattern: BlockPattern, hidden: BoolArray) -> BoolArray:
        lost = np.zeros_like(hidden)
        cells, _ = pattern._ideal
        own = hidden & ~pattern.block.system.is_at_source & pattern.asked
        for row, column in np.argwhere(own & (cells < pattern.block.system.need)):
            target = pattern.cell(row, column)
            lost[row, column] = pattern.need_of(target) < target.need - TOLERANCE
        return lost

    def _given_away_rests(self, pattern: BlockPattern) -> BoolArray:
        """Return the cells of small rests that cannot be as uncertain as asked, whatever is withheld."""
        system = pattern.block.system
        cells = np.zeros_like(pattern.forced)
        for row, relation in np.argwhere(system.is_small_rest):
            effect = system.coefficients[relation]
            members = np.flatnonzero(effect)
            target = Target(int(row), effect, float(self.rule.interval_min))
            if pattern.asked[row, members].any() and pattern.need_of(target) < self.rule.interval_min - TOLERANCE:
                cells[row, members] = True
        return cells

    def _pattern(self, block: Block, forced: BoolArray, price: FloatArray, asked: BoolArray | None) -> BlockPattern:
        return BlockPattern(
            block, forced, price, float(self.rule.interval_min), self.is_whole[block.columns], asked=asked
        )

    def _price_of(self, block: Block) -> FloatArray:
        """Return prices in which a cell that an earlier or later date withholds already is a little cheaper."""
        names = len(self.table.quarter_names)
        served: BoolArray = np.asarray(self.hidden.reshape(-1, names, self.hidden.shape[1]).any(axis=0))
        is_served = served[self.table.quarters[block.rows]][:, block.columns]
        price: FloatArray = block.of(self.price) / np.where(is_served, CONSISTENCY, 1.0)
        return price

    def _solve_in_parts(self, block: Block, price: FloatArray, asked: BoolArray | None) -> Choice:
        """Return a good pattern of a large block, a few rows at a time."""
        hidden = block.of(self.hidden) & ~block.system.is_at_source
        start = hidden.copy()
        whole = self._pattern(block, hidden, price, asked)
        hopeless: set[tuple[int, bytes]] = set()
        for _ in range(len(block.rows)):
            broken = [
                target for target in whole.unclear(hidden) if (target.row, target.effect.tobytes()) not in hopeless
            ]
            if not broken:
                break
            taken: set[int] = set()
            for batch in _batches(broken):
                kept = _part(block, batch, hidden, price, taken)
                part = self._pattern(block.cut(kept), hidden[kept], price[kept], None if asked is None else asked[kept])
                found = part.solve(BLOCK_SECONDS).hidden
                if (found & ~hidden[kept]).any():
                    hidden[kept] |= found
                    taken |= set(kept[(found & ~start[kept]).any(axis=1)].tolist())
                else:
                    hopeless |= {(target.row, target.effect.tobytes()) for target in batch}
        cost = float(price[hidden & ~start].sum())
        return Choice(hidden, cost, 0.0)


def _batches(targets: list[Target]) -> Iterator[list[Target]]:
    rows = sorted({target.row for target in targets})
    for first in range(0, len(rows), ROWS_AT_ONCE):
        members = set(rows[first : first + ROWS_AT_ONCE])
        yield [target for target in targets if target.row in members]


def _part(block: Block, batch: list[Target], hidden: BoolArray, price: FloatArray, taken: set[int]) -> IntArray:
    """Return the rows to look at for some targets: their own, the cheapest others, and some that shift far already."""
    kept = {target.row for target in batch}
    columns = sorted({int(column) for target in batch for column in target.cells})
    rooms = np.minimum(block.system.up, block.system.down)
    for groups in block.groupings:
        for group in sorted({int(groups[target.row]) for target in batch}):
            rows = np.flatnonzero(groups == group)
            for column in columns:
                free = rows[block.system.can_hide[rows, column] & ~hidden[rows, column]]
                kept |= set(free[np.argsort(price[free, column], kind="stable")[:CHEAPEST_ROWS]].tolist())
                there = rows[hidden[rows, column]]
                kept |= set(there[np.argsort(-rooms[there, column], kind="stable")[:ROOMIEST_ROWS]].tolist())
    kept |= set(sorted(taken)[-ROOMIEST_ROWS:])
    return np.array(sorted(kept), dtype=np.int64)
