"""Whether a finished table keeps the rule it claims to keep: the check at the door of a package.

It looks for numbers that the primary rule withholds, without knowing how they were withheld. That no
hidden number follows from the shown ones is the work of :mod:`geo.region.disclosure`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geo.region.schema import CellState, DisclosureRule, Measure


def shown_against_rule(
    statistics: pd.DataFrame, measures: Sequence[Measure], rule: DisclosureRule
) -> list[tuple[str, str, str]]:
    """Return quarter, date and measure of every number above zero that the rule withholds.

    Perturbed numbers are left alone: they are not the counts the rule is about.
    """
    shown = statistics[statistics["state"].isin((CellState.VALUE.value, CellState.TRUE_ZERO.value))]
    wide = shown.pivot_table(index=["quarter_id", "date"], columns="measure", values="value", aggfunc="first")
    residents = wide["residents"] if "residents" in wide else pd.Series(np.inf, index=wide.index)
    few_residents = (residents < rule.residents_min).to_numpy()
    found: list[tuple[str, str, str]] = []
    for measure in measures:
        if not measure.is_protected or measure.key not in wide:
            continue
        number = wide[measure.key].to_numpy(dtype="float64")
        wrong = few_residents.copy()
        if not measure.is_rate:
            whole = (
                wide[measure.part_of].to_numpy(dtype="float64")
                if measure.part_of in wide
                else np.full(len(wide), np.nan)
            )
            wrong |= _count_breaks_rule(number, whole, rule)
        found += [(str(quarter), str(date), measure.key) for quarter, date in wide.index[wrong & (number > 0)]]
    return found


def _count_breaks_rule(number: np.ndarray, whole: np.ndarray, rule: DisclosureRule) -> np.ndarray:
    rest = whole - number
    too_small = number < rule.numerator_min
    too_few = whole < rule.denominator_min
    rest_too_small = (rest > 0) & (rest < rule.numerator_min)
    not_rounded = (number % rule.round_to != 0) if rule.round_to > 1 else np.zeros(len(number), dtype=bool)
    wrong: np.ndarray = too_small | too_few | rest_too_small | not_rounded
    return wrong
