"""Disclosure control: what is withheld so that nobody can be recognised in a number.

Applied once, when a region is built; afterwards a withheld number is nowhere. First cells that are
too small themselves are withheld (:func:`small_cells`), then as few further cells as are needed so that
no sum, sub-group or rate gives them away (:mod:`geo.region.disclosure.complementary`). Both end in the same state.
``docs/decisions/0001-disclosure.md`` says what an attacker is taken to know.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from geo.findings import Finding, note, warning
from geo.region.disclosure.complementary import protect
from geo.region.disclosure.count_table import BoolArray, CountTable, count_table
from geo.region.disclosure.rounding import round_counts
from geo.region.disclosure.rule import DisclosureRule
from geo.region.schema import Measure, ValueState

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


def apply_disclosure(
    statistics: pd.DataFrame, quarters: gpd.GeoDataFrame, measures: tuple[Measure, ...], rule: DisclosureRule
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Withhold what must not be shown and round what is to be rounded.

    Parameters
    ----------
    statistics
        Tidy table ``quarter_id, date, measure, value, state``.
    quarters
        Index ``quarter_id``, column ``district`` (empty text where there is none).
    rule
        What is too small, and how wide the interval about a withheld count has to be.

    Returns
    -------
    statistics
        The same lines in the same order; withheld cells are NaN with state ``suppressed``, whether
        they were too small or protect others.
    findings
        How many cells are withheld. They do not say how many were too small themselves: together with the
        map that would narrow single cells.
    """
    table = count_table(statistics, measures, quarters)
    small = small_cells(table, rule)
    hidden, exposed = protect(table, small | table.is_at_source & table.is_protected, rule)
    out = statistics.copy()
    is_withheld = hidden[table.rows, table.columns] | (statistics["state"] == ValueState.SUPPRESSED.value).to_numpy()
    value = out["value"].to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
    state = out["state"].to_numpy(dtype=object, copy=True)
    is_count = np.array([measure.is_protected and not measure.is_rate for measure in measures], dtype=bool)
    rounded = np.where(is_count[table.columns] & ~is_withheld, round_counts(value, rule), value)
    is_changed = ~is_withheld & ~np.isnan(value) & (rounded != value)
    out["value"] = np.where(is_withheld, np.nan, rounded)
    state[is_changed] = ValueState.PERTURBED.value
    state[is_withheld] = ValueState.SUPPRESSED.value
    out["state"] = state
    return out, _findings(table, hidden, exposed, int(is_changed.sum()), rule)


def small_cells(table: CountTable, rule: DisclosureRule) -> BoolArray:
    """Tell which shown cells may not be shown by themselves (primary rule).

    A protected count is too small if it is above zero and below ``numerator_min``, if its reference
    population is below ``denominator_min`` or the quarter has fewer than ``residents_min`` residents
    (then zeros as well), if fewer than ``numerator_min`` are left of the whole (of a population also when
    nobody is left), or if fewer than ``numerator_min`` benefit units stand behind the persons.
    """
    small = np.zeros_like(table.is_shown)
    for column, measure in enumerate(table.measures):
        if measure.is_protected:
            small[:, column] = _small_column(table, column, rule)
    small |= _has_few_residents(table, rule)[:, None]
    if "residents" in table.column_of:  # the source withheld the residents themselves: too few to be counted at all
        small |= table.is_at_source[:, [table.column_of["residents"]]]
    small |= _few_units_behind(table, rule)
    return small & table.is_shown & table.is_protected


def violates(statistics: pd.DataFrame, measures: tuple[Measure, ...], rule: DisclosureRule) -> BoolArray:
    """Tell for each line whether it shows a number that the primary rule withholds.

    Used when a region is read from disk, which may have been made elsewhere. Rounded cells are judged
    by their own size only, since what is left of a rounded whole is not known exactly.
    """
    table = count_table(statistics, measures)
    broken = small_cells(table, rule)[table.rows, table.columns]
    is_rounded = (statistics["state"] == ValueState.PERTURBED.value).to_numpy()
    value = statistics["value"].to_numpy(dtype=np.float64, na_value=np.nan)
    too_few = (value > 0) & (value < rule.numerator_min)
    return np.asarray(broken & (too_few | ~is_rounded), dtype=np.bool_)


def is_publicly_small(residents: float | None, rule: DisclosureRule) -> bool:
    """Tell whether a quarter is withheld for its number of residents, which is public and may be said."""
    return residents is not None and not math.isnan(residents) and residents < rule.residents_min


def _small_column(table: CountTable, column: int, rule: DisclosureRule) -> BoolArray:
    measure, count = table.measures[column], table.counts[:, column]
    small: BoolArray = (count > 0) & (count < rule.numerator_min)
    for reference in table.references_of(column):
        people = table.counts[:, reference]
        small |= (people < rule.denominator_min) | (people - count < rule.numerator_min)
    population = table.population_of(column) if measure.is_rate else None
    if population is not None:
        small |= table.counts[:, population] < rule.denominator_min
    whole = table.column_of.get(measure.part_of or "")
    if whole is not None and table.measures[whole].is_protected:
        rest = table.counts[:, whole] - count
        small |= (rest > 0) & (rest < rule.numerator_min)
    return small


def _has_few_residents(table: CountTable, rule: DisclosureRule) -> BoolArray:
    residents = table.column_of.get("residents")
    few = table.counts[:, residents] < rule.residents_min if residents is not None else np.zeros(len(table.counts))
    return np.asarray(few, dtype=np.bool_)


def _few_units_behind(table: CountTable, rule: DisclosureRule) -> BoolArray:
    units = table.column_of.get("units")
    if units is None:
        return np.zeros_like(table.is_shown)
    behind = table.counts[:, units]
    few = (behind > 0) & (behind < rule.numerator_min)
    is_people = np.array([measure.unit == "people" for measure in table.measures], dtype=bool)
    behind_persons: BoolArray = few[:, None] & is_people & (table.counts > 0)
    return behind_persons


def _findings(
    table: CountTable, hidden: BoolArray, exposed: int, changed: int, rule: DisclosureRule
) -> tuple[Finding, ...]:
    """Say how much is withheld, split only by what is public: the source's own gaps and few residents."""
    findings: list[Finding] = []
    protected_cells = hidden & table.is_protected
    if protected_cells.any():
        at_source = protected_cells & table.is_at_source
        few = protected_cells & ~at_source & _has_few_residents(table, rule)[:, None]
        total, sourced, sparse = (int(part.sum()) for part in (protected_cells, at_source, few))
        findings.append(
            note(
                "disclosure_applied",
                cells=total,
                at_source=sourced,
                few_residents=sparse,
                other=total - sourced - sparse,
            )
        )
    if exposed:
        findings.append(warning("disclosure_exposed", cells=exposed))
    if changed:
        findings.append(note("disclosure_rounded", cells=changed, round_to=rule.round_to))
    if table.is_protected.any() and "residents" not in table.column_of:
        findings.append(warning("disclosure_without_residents", residents_min=rule.residents_min))
    return tuple(findings)
