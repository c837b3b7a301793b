"""What somebody can work out of published numbers: the interval of each withheld count.

Unlike :mod:`geo.region.disclosure.pattern`, which knows the true numbers and asks how far they could shift, this knows
only what is published: the numbers shown, totals, the relations between measures, and packages published before. It is
the check of the one by the other, and the audit anybody can run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from geo.region.disclosure.arrays import BoolArray, FloatArray, IntArray
from geo.region.disclosure.count_table import CountTable
from geo.region.disclosure.linear import ContradictionError, Ranges
from geo.region.disclosure.primary import least_values
from geo.region.disclosure.rule import DisclosureRule

if TYPE_CHECKING:
    import pandas as pd

INTERVAL_COLUMNS = ("quarter_id", "date", "measure", "low", "high", "used")
"""Intervals: bounds of a count, and in words of the catalogue what they rest on."""


@dataclass(frozen=True, eq=False)
class Knowledge:
    """Equations over the counts of a region beside those in its own numbers.

    Parameters
    ----------
    terms
        Lines ``(equation, row, column, factor)``: a count of the table takes part in an equation. A column of -1
        stands for an unknown of its own, numbered by ``row``.
    low, high, labels
        For each equation its bounds and where it comes from.
    unknowns
        Number of unknowns beside the counts of the table; each is zero or more.
    """

    terms: list[tuple[int, int, int, float]] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    unknowns: int = 0

    def add(self, terms: Sequence[tuple[int, int, float]], low: float, high: float, label: str) -> None:
        """Add one equation over ``(row, column, factor)``."""
        number = len(self.low)
        self.terms.extend((number, row, column, factor) for row, column, factor in terms)
        self.low.append(low)
        self.high.append(high)
        self.labels.append(label)


@dataclass(frozen=True, eq=False)
class Attack:
    """The system of what is known, cut into parts that nothing ties together.

    Parameters
    ----------
    cells
        ``(unknown counts, 2)``: row and column of each; unknowns of :class:`Knowledge` follow them in ``matrix``.
    matrix, low, high
        The equations.
    least, most
        Bounds of each unknown by itself.
    labels
        Where each equation comes from.
    """

    cells: IntArray
    matrix: csr_array
    low: FloatArray
    high: FloatArray
    least: FloatArray
    most: FloatArray
    labels: list[str]

    def intervals(self, asked: Sequence[FloatArray | int]) -> list[tuple[float, float, tuple[str, ...]]]:
        """Return least and greatest value of unknowns (a number) or sums of them (weights), and what was used."""
        parts = self._parts()
        of_part: dict[int, Ranges] = {}
        found: list[tuple[float, float, tuple[str, ...]]] = []
        members = {part: np.flatnonzero(parts == part) for part in np.unique(parts)}
        for one in asked:
            weights = np.zeros(len(self.least))
            weights[one if isinstance(one, int) else slice(None)] = 1.0 if isinstance(one, int) else one
            low, high, labels = 0.0, 0.0, set()
            for part in np.unique(parts[weights != 0]).tolist():
                if part not in of_part:
                    of_part[part] = self._ranges(members[part])
                try:
                    bottom, top, rows = of_part[part].of(weights[members[part]])
                except ContradictionError:  # who believes things that cannot all be true has learnt nothing
                    bottom, top, rows = -np.inf, np.inf, ()
                low, high = low + bottom, high + top
                labels |= {self.labels[row] for row in rows}
            found.append((low, high, tuple(sorted(labels))))
        return found

    def _parts(self) -> IntArray:
        unknowns = len(self.least)
        if not self.matrix.nnz:
            return np.arange(unknowns, dtype=np.int64)
        entries = coo_array(self.matrix)
        at, to = entries.coords
        size = unknowns + self.matrix.shape[0]
        graph = coo_array((np.ones(len(at)), (at + unknowns, to)), shape=(size, size))
        return np.asarray(connected_components(graph, directed=False)[1][:unknowns], dtype=np.int64)

    def _ranges(self, members: IntArray) -> Ranges:
        columns = self.matrix[:, members]
        rows = np.flatnonzero(np.diff(columns.indptr))
        return Ranges(
            csr_array(columns[rows]),
            self.low[rows],
            self.high[rows],
            least=self.least[members],
            most=self.most[members],
            names=rows,
        )


def attack_on(
    table: CountTable, rule: DisclosureRule, totals: Sequence[FloatArray], knowledge: Knowledge | None = None
) -> Attack:
    """Return the system of somebody who sees a table in which withheld counts are marked as withheld by their source.

    Parameters
    ----------
    table
        Published counts.
    totals
        For each grouping of the table ``(groups, columns)`` the totals that are known, NaN where they are not.
    knowledge
        Further equations.
    """
    knowledge = knowledge or Knowledge()
    with_sums = np.zeros(len(table.measures), dtype=bool)
    with_sums[table.columns_with_sums] = True
    is_hidden: BoolArray = table.is_at_source & table.is_protected & with_sums
    number = np.full(is_hidden.shape, -1)
    number[is_hidden] = np.arange(int(is_hidden.sum()))
    counts = np.nan_to_num(table.counts)
    system = _Rows(number)
    _add_totals(system, table, totals, is_hidden)
    _add_relations(system, table, is_hidden)
    first = int(is_hidden.sum())
    start = len(system.low)
    for equation, row, column, factor in knowledge.terms:
        if column < 0:
            system.put(start + equation, first + row, factor)
        elif number[row, column] >= 0:
            system.put(start + equation, int(number[row, column]), factor)
    fixed = np.zeros(len(knowledge.low))
    for equation, row, column, factor in knowledge.terms:
        if column >= 0 and number[row, column] < 0:
            fixed[equation] += factor * counts[row, column]
    system.low += list(np.array(knowledge.low) - fixed)
    system.high += list(np.array(knowledge.high) - fixed)
    system.labels += knowledge.labels
    least = np.concatenate([least_values(table, rule)[is_hidden], np.zeros(knowledge.unknowns)])
    most = np.concatenate([_most(table)[is_hidden], np.full(knowledge.unknowns, np.inf)])
    return Attack(
        np.argwhere(is_hidden),
        system.matrix(len(least)),
        np.array(system.low),
        np.array(system.high),
        np.minimum(least, most),
        most,
        system.labels,
    )


def totals_of(table: CountTable) -> tuple[FloatArray, ...]:
    """Return the totals of every grouping, ``(groups, columns)`` each, of a table in which everything is known."""
    found = []
    for groups in table.groupings:
        number = int(groups.max(initial=-1)) + 1
        sums = np.zeros((number, len(table.measures)))
        for column in range(len(table.measures)):
            sums[:, column] = np.bincount(groups, np.nan_to_num(table.counts[:, column]), number)
        found.append(np.where(_has_gap(table, groups, number), np.nan, sums))
    return tuple(found)


def _has_gap(table: CountTable, groups: IntArray, number: int) -> BoolArray:
    gap = np.zeros((number, len(table.measures)), dtype=bool)
    for column in range(len(table.measures)):
        gap[:, column] = np.bincount(groups, table.is_at_source[:, column], number) > 0
    return gap


class _Rows:
    """Equations in the making."""

    def __init__(self, number: IntArray) -> None:
        self.number = number
        self.low: list[float] = []
        self.high: list[float] = []
        self.labels: list[str] = []
        self._entries: list[tuple[int, int, float]] = []

    def put(self, row: int, column: int, factor: float) -> None:
        self._entries.append((row, column, factor))

    def add(self, unknowns: IntArray, factors: FloatArray, low: float, high: float, label: str) -> None:
        row = len(self.low)
        self._entries.extend((row, int(one), float(factor)) for one, factor in zip(unknowns, factors, strict=True))
        self.low.append(low)
        self.high.append(high)
        self.labels.append(label)

    def matrix(self, unknowns: int) -> csr_array:
        if not self._entries:
            return csr_array((len(self.low), unknowns))
        at, to, value = zip(*self._entries, strict=True)
        return csr_array(coo_array((value, (at, to)), shape=(len(self.low), unknowns)))


def _add_totals(system: _Rows, table: CountTable, totals: Sequence[FloatArray], is_hidden: BoolArray) -> None:
    counts = np.nan_to_num(table.counts)
    for place, (groups, known) in enumerate(zip(table.groupings, totals, strict=True)):
        for column in np.flatnonzero(is_hidden.any(axis=0)):
            rows = np.flatnonzero(is_hidden[:, column])
            shown = np.bincount(groups, np.where(is_hidden[:, column], 0.0, counts[:, column]), len(known))
            order = rows[np.argsort(groups[rows], kind="stable")]
            for members in np.split(order, np.flatnonzero(np.diff(groups[order])) + 1):
                if not len(members):
                    continue
                group = int(groups[members[0]])
                if np.isnan(known[group, column]):
                    continue
                left = float(known[group, column] - shown[group])
                label = "region" if place == 0 else "groups"
                system.add(system.number[members, column], np.ones(len(members)), left, left, label)


def _add_relations(system: _Rows, table: CountTable, is_hidden: BoolArray) -> None:
    for relation in table.relations:
        columns = np.array([*relation.parts, relation.whole])
        factors = np.array([-1.0] * len(relation.parts) + [1.0])
        known = ~np.isnan(table.counts[:, columns]) | is_hidden[:, columns]
        label = "whole" if table.is_protected[relation.whole] else "population"
        for row in np.flatnonzero(known.all(axis=1) & is_hidden[:, columns].any(axis=1)):
            hidden = is_hidden[row, columns]
            shown = float((factors * np.where(hidden, 0.0, np.nan_to_num(table.counts[row, columns]))).sum())
            if shown < 0 and not hidden[-1] and not (factors[hidden] > 0).any() and not relation.is_equal:
                continue  # the numbers themselves break the relation, so that it tells nothing
            unknowns = system.number[row, columns[hidden]]
            system.add(unknowns, factors[hidden], -shown, -shown if relation.is_equal else np.inf, label)


def _most(table: CountTable) -> FloatArray:
    """Return the greatest value of each count by its public populations alone."""
    most = np.full(table.counts.shape, np.inf)
    for column in table.columns_with_sums:
        for reference in table.references_of(int(column)):
            people = table.counts[:, reference]
            most[:, column] = np.minimum(most[:, column], np.where(np.isnan(people), np.inf, people))
    return most


def intervals_of(table: CountTable, attack: Attack, asked: BoolArray | None = None) -> pd.DataFrame:
    """Return the intervals of withheld counts as a table, columns as ``INTERVAL_COLUMNS``; all of them by default."""
    import pandas as pd

    chosen = [number for number, (row, column) in enumerate(attack.cells) if asked is None or asked[row, column]]
    found = attack.intervals(chosen)
    lines = [
        (
            table.quarter_names[table.quarters[row]],
            table.date_names[table.dates[row]],
            table.measures[column].key,
            low,
            high,
            ",".join(used),
        )
        for (row, column), (low, high, used) in zip(attack.cells[chosen], found, strict=True)
    ]
    return pd.DataFrame(lines, columns=list(INTERVAL_COLUMNS))
