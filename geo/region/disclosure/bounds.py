"""Bounds of withheld counts from their own quarter alone: wholes, parts, populations.

What follows without any total, and so from a package on its own. The bounds are tightened relation by relation until
nothing changes, for all rows at once.
"""

from __future__ import annotations

import numpy as np

from geo.region.disclosure.arrays import TOLERANCE, BoolArray, FloatArray
from geo.region.disclosure.count_table import CountTable
from geo.region.disclosure.primary import least_values
from geo.region.disclosure.rule import DisclosureRule

MOST_ROUNDS = 12


def bounds_of(table: CountTable, hidden: BoolArray, rule: DisclosureRule) -> tuple[FloatArray, FloatArray]:
    """Return the least and the greatest value of each count, ``(rows, columns)`` each.

    A count that is shown is its own bound; one that nobody has lies anywhere from zero. Rounded counts are taken as
    shown, since the rounding is told beside them.
    """
    is_known = ~hidden & ~np.isnan(table.counts)
    low = np.where(is_known, np.nan_to_num(table.counts), np.where(hidden, least_values(table, rule), 0.0))
    high = np.where(is_known, np.nan_to_num(table.counts), np.inf)
    for _ in range(MOST_ROUNDS):
        before = high.copy(), low.copy()
        for relation in table.relations:
            parts, whole = list(relation.parts), relation.whole
            is_whole_known = ~np.isnan(table.counts[:, whole]) | hidden[:, whole]
            top = np.where(is_whole_known, high[:, whole], np.inf)
            others = low[:, parts].sum(axis=1)[:, None] - low[:, parts]
            room = np.maximum(top[:, None] - others, low[:, parts])
            high[:, parts] = np.where(hidden[:, parts], np.minimum(high[:, parts], room), high[:, parts])
            floor = np.minimum(low[:, parts].sum(axis=1), high[:, whole])
            low[:, whole] = np.where(hidden[:, whole], np.maximum(low[:, whole], floor), low[:, whole])
            if relation.is_equal:
                above = high[:, parts].sum(axis=1)
                high[:, whole] = np.where(
                    hidden[:, whole], np.maximum(np.minimum(high[:, whole], above), low[:, whole]), high[:, whole]
                )
                with np.errstate(invalid="ignore"):
                    rest = low[:, [whole]] - (above[:, None] - high[:, parts])
                rest = np.clip(np.nan_to_num(rest, nan=0.0, neginf=0.0), 0.0, high[:, parts])
                low[:, parts] = np.where(hidden[:, parts], np.maximum(low[:, parts], rest), low[:, parts])
        if np.array_equal(before[0], high) and np.array_equal(before[1], low):
            break
    return low, high


def given_away(table: CountTable, hidden: BoolArray, rule: DisclosureRule) -> BoolArray:
    """Tell which withheld counts the numbers beside them in their quarter place within less than ``interval_min``.

    A count that populations alone place as closely is not told: it would be so if nothing was shown.
    """
    in_sums = np.zeros_like(hidden)
    in_sums[:, table.columns_with_sums] = True
    asked = hidden & in_sums
    if not asked.any():
        return asked
    low, high = bounds_of(table, hidden, rule)
    everything = hidden | in_sums & ~((table.counts == 0) & (least_values(table, rule) > 0))
    ideal_low, ideal_high = bounds_of(table, everything, rule)
    need = np.minimum(ideal_high - ideal_low, float(rule.interval_min))
    return np.asarray(asked & (high - low < need - TOLERANCE), dtype=np.bool_)
