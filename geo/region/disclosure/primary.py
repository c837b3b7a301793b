"""The primary rule: which counts are too small to be shown by themselves, and which differences are."""

from __future__ import annotations

import numpy as np

from geo.region.disclosure.arrays import BoolArray, FloatArray
from geo.region.disclosure.count_table import CountTable
from geo.region.disclosure.relations import Relation
from geo.region.disclosure.rule import DisclosureRule


def small_cells(table: CountTable, rule: DisclosureRule) -> BoolArray:
    """Tell which shown cells may not be shown by themselves.

    A protected count is too small if it is above zero and below ``numerator_min``, if its reference population is
    below ``denominator_min`` or the quarter has fewer than ``residents_min`` residents (then zeros as well), if fewer
    than ``numerator_min`` of the whole are left (of a population also when nobody is left), if everybody of a
    protected whole is counted, or if fewer than ``numerator_min`` benefit units stand behind the persons.
    """
    small = np.zeros_like(table.is_shown)
    for column, measure in enumerate(table.measures):
        if measure.is_protected:
            small[:, column] = _small_column(table, column, rule)
    small |= has_few_residents(table, rule)[:, None]
    if "residents" in table.column_of:  # the source withheld the residents themselves: too few to be counted at all
        small |= table.is_at_source[:, [table.column_of["residents"]]]
    small |= _few_units_behind(table, rule)
    return small & table.is_shown & table.is_protected


def rest_of(table: CountTable, relation: Relation) -> FloatArray:
    """Return what is left of the whole in each row, NaN where a number is missing."""
    rest: FloatArray = table.counts[:, relation.whole] - table.counts[:, list(relation.parts)].sum(axis=1)
    return rest


def small_rests(table: CountTable, rule: DisclosureRule) -> BoolArray:
    """Tell for each row and relation whether so few are left of the whole that the difference must stay unknown."""
    small = np.zeros((len(table.counts), len(table.relations)), dtype=bool)
    for number, relation in enumerate(table.relations):
        if relation.has_secret_rest and table.is_protected[relation.whole]:
            rest = rest_of(table, relation)
            small[:, number] = (rest > 0) & (rest < rule.numerator_min)
    return small


def has_few_residents(table: CountTable, rule: DisclosureRule) -> BoolArray:
    """Tell which rows have fewer residents than the rule asks for; false where nobody counted them."""
    residents = table.column_of.get("residents")
    few = table.counts[:, residents] < rule.residents_min if residents is not None else np.zeros(len(table.counts))
    return np.asarray(few, dtype=np.bool_)


def least_values(table: CountTable, rule: DisclosureRule) -> FloatArray:
    """Return 1 where a zero would have been shown, so that whoever sees a gap knows better than zero; else 0.

    A rate may be as near to zero as it likes.
    """
    least = np.zeros_like(table.counts)
    few = has_few_residents(table, rule)
    for column, measure in enumerate(table.measures):
        if not measure.is_protected or measure.is_rate:
            continue
        shows_zero = ~few
        for reference in table.references_of(column):
            shows_zero &= ~(table.counts[:, reference] < max(rule.denominator_min, rule.numerator_min))
        least[:, column] = shows_zero
    return least


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
    if whole is not None and table.is_protected[whole]:
        rest = table.counts[:, whole] - count
        small |= (count > 0) & (rest < rule.numerator_min) & (rest >= 0)
    return small


def _few_units_behind(table: CountTable, rule: DisclosureRule) -> BoolArray:
    units = table.column_of.get("units")
    if units is None:
        return np.zeros_like(table.is_shown)
    behind = table.counts[:, units]
    few = (behind > 0) & (behind < rule.numerator_min)
    is_people = np.array([measure.unit == "people" for measure in table.measures], dtype=bool)
    behind_persons: BoolArray = few[:, None] & is_people & (table.counts > 0)
    return behind_persons
