"""The pattern of a region of which something was published before.

Together the packages may not give away what each withholds.

The pattern is made with what earlier packages show taken as shown and what they withhold taken as withheld. Then
somebody who has all packages, and all totals, is asked for what he can work out; as long as he finds something, the
cheapest number that stands in the way is withheld too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geo.region.disclosure.arrays import BoolArray
from geo.region.disclosure.attack import Attack, attack_on, totals_of
from geo.region.disclosure.costs import cell_costs
from geo.region.disclosure.count_table import CountTable
from geo.region.disclosure.pattern import Pattern, protect
from geo.region.disclosure.releases import Overlap, Release, Sum, cheapest, is_told, knowledge_of, published_before
from geo.region.disclosure.rule import DisclosureRule
from geo.region.disclosure.system import system_of

MOST_PASSES = 40


@dataclass(frozen=True, eq=False)
class Republished:
    """A pattern beside earlier packages.

    Parameters
    ----------
    unprotected
        Withheld cells that can no longer be protected because of what is published already.
    shown_small
        Cells that an earlier package shows and the rule withholds.
    revised
        Number of cells that earlier packages show with another number.
    """

    pattern: Pattern
    unprotected: BoolArray
    shown_small: BoolArray
    revised: int


def protect_beside(
    table: CountTable,
    hidden: BoolArray,
    rule: DisclosureRule,
    releases: Sequence[tuple[Release, Overlap]],
    *,
    progress: Callable[[float], None] | None = None,
) -> Republished:
    """Return the pattern of a table beside earlier packages; ``hidden`` are the cells that are too small."""
    fixed, withheld, revised = published_before(table, releases)
    shown_small = fixed & hidden & ~table.is_at_source
    forced = hidden | withheld
    fixed &= ~forced
    alone = protect(table, forced, rule, progress=progress)
    pattern = protect(table, forced, rule, is_fixed=fixed, progress=progress) if fixed.any() else alone
    unprotected = pattern.lost_to_groups & ~alone.lost_to_groups
    knowledge, sums = knowledge_of(table, releases)
    if not knowledge.unknowns:
        return Republished(pattern, unprotected, shown_small, revised)
    price, totals = cell_costs(table), totals_of(table)
    able = system_of(table, rule).can_hide & ~fixed
    for _ in range(MOST_PASSES):
        attack = attack_on(as_published(table, pattern.hidden), rule, totals, knowledge)
        free = able & ~pattern.hidden
        more = {cheapest(one.component, free, price) for one in _told_sums(attack, sums, rule)}
        more |= {cheapest(_company(table, cell), free, price) for cell in _told_cells(attack, pattern, rule)}
        cells = [cell for cell in more if cell is not None]
        if not cells:
            unprotected |= _as_mask(table, _told_cells(attack, pattern, rule))
            break
        forced = forced.copy()
        forced[tuple(np.array(cells).T)] = True
        pattern = protect(table, forced, rule, is_fixed=fixed)
    return Republished(pattern, unprotected, shown_small, revised)


def as_published(table: CountTable, hidden: BoolArray) -> CountTable:
    """Return a table as a reader has it: withheld counts have no number."""
    return replace(
        table,
        counts=np.where(hidden, np.nan, table.counts),
        is_shown=table.is_shown & ~hidden,
        is_at_source=table.is_at_source | hidden,
    )


def _told_sums(attack: Attack, sums: Sequence[Sum], rule: DisclosureRule) -> list[Sum]:
    first = len(attack.cells)
    asked = []
    for one in sums:
        weights = np.zeros(len(attack.least))
        weights[first + np.array(one.unknowns)] = 1.0
        asked.append(weights)
    found = attack.intervals(asked)
    return [
        one for one, (low, high, _) in zip(sums, found, strict=True) if is_told(low, high, rule, is_part=one.is_part)
    ]


def _told_cells(attack: Attack, pattern: Pattern, rule: DisclosureRule) -> list[tuple[int, int]]:
    """Return withheld cells that are told although totals alone do not give them away."""
    cells = [
        (number, (int(row), int(column)))
        for number, (row, column) in enumerate(attack.cells)
        if not pattern.lost_to_groups[row, column]
    ]
    found = attack.intervals([number for number, _ in cells])
    return [
        cell for (_, cell), (low, high, _) in zip(cells, found, strict=True) if is_told(low, high, rule, is_part=False)
    ]


def _company(table: CountTable, cell: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    """Return the cells of the same measure that share a total with a cell."""
    row, column = cell
    together = np.zeros(len(table.counts), dtype=bool)
    for groups in table.strict_groupings:
        together |= groups == groups[row]
    return tuple((int(one), column) for one in np.flatnonzero(together) if one != row)


def _as_mask(table: CountTable, cells: Sequence[tuple[int, int]]) -> BoolArray:
    mask = np.zeros_like(table.is_shown)
    for cell in cells:
        mask[cell] = True
    return mask
