"""What ties the measures of one quarter and date: sums of parts, wholes, populations.

Whoever knows that two numbers are parts of a third can compute one from the others. Relations come from three places:
the measures say ``part_of`` and ``partition``; some are known to everybody in the field; and some nobody declared but
the numbers obey them in every row, which an attacker sees as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from geo.region.disclosure.arrays import FloatArray
from geo.region.schema import Measure

KNOWN_REFERENCES: dict[str, tuple[str, ...]] = {
    "recipients": ("residents", "residents_under_pension_age"),
    "employable": ("residents_15_to_pension_age",),
    "children": ("residents_under_15",),
}
"""Populations a measure is a part of beside the whole it names."""

KNOWN_ORDER: tuple[tuple[tuple[str, ...], str], ...] = (
    (("employable", "children"), "recipients"),
    (("units",), "employable"),
    (("units",), "recipients"),
)
"""What anybody in the field knows: children under 15 and employable persons are different people, and a benefit unit
has at least one employable person."""

LARGEST_SUM = 6
"""Sums of more parts than this are not looked for in the numbers."""

FEWEST_ROWS = 3
"""A sum that holds in fewer rows than this, not counting those of zeros, may be chance."""


@dataclass(frozen=True, order=True)
class Relation:
    """Within one quarter and date the ``parts`` add up to at most the ``whole``; exactly if it ``is_equal``.

    Parts and whole are numbers of columns. ``has_secret_rest`` says that what is left of the whole is a number of
    protected people itself.
    """

    parts: tuple[int, ...]
    whole: int
    is_equal: bool = False
    has_secret_rest: bool = False


def references_of(measures: Sequence[Measure], column: int) -> tuple[int, ...]:
    """Return the columns of public populations that a protected measure is a part of."""
    column_of = {measure.key: number for number, measure in enumerate(measures)}
    measure = measures[column]
    keys = ((measure.part_of,) if measure.part_of else ()) + KNOWN_REFERENCES.get(measure.key, ())
    found = (column_of[key] for key in dict.fromkeys(keys) if key in column_of)
    return tuple(number for number in found if not measures[number].is_protected)


def partitions_of(measures: Sequence[Measure]) -> Iterator[tuple[tuple[int, ...], int, bool]]:
    """Yield ``(parts, whole, is_complete)`` of each declared partition, as numbers of columns."""
    column_of = {measure.key: number for number, measure in enumerate(measures)}
    members: dict[tuple[str, str], list[int]] = {}
    for column, measure in enumerate(measures):
        if measure.partition and measure.part_of in column_of and measure.is_protected and not measure.is_rate:
            members.setdefault((measure.part_of, measure.partition), []).append(column)
    for (whole, _), parts in members.items():
        if measures[column_of[whole]].is_protected:
            yield tuple(parts), column_of[whole], all(measures[part].is_complete for part in parts)


def relations_between(
    measures: Sequence[Measure], found: Sequence[tuple[tuple[int, ...], int]] = ()
) -> tuple[Relation, ...]:
    """Return every relation between the columns; ``found`` are sums that the numbers obey without a declaration."""
    column_of = {measure.key: number for number, measure in enumerate(measures)}
    made: dict[tuple[tuple[int, ...], int], Relation] = {}

    def add(parts: tuple[int, ...], whole: int, *, is_equal: bool = False, has_secret_rest: bool = False) -> None:
        key = (tuple(sorted(parts)), whole)
        before = made.get(key, Relation(*key))
        made[key] = Relation(*key, before.is_equal or is_equal, before.has_secret_rest or has_secret_rest)

    for parts, whole, is_complete in partitions_of(measures):
        add(parts, whole, is_equal=is_complete, has_secret_rest=not is_complete)
    for parts, whole in found:
        add(parts, whole, is_equal=True)
    for names, name in KNOWN_ORDER:
        if {*names, name} <= column_of.keys():
            add(tuple(column_of[part] for part in names), column_of[name])
    for column, measure in enumerate(measures):
        if not measure.is_protected:
            continue
        whole_column = column_of.get(measure.part_of or "")
        if whole_column is not None and measures[whole_column].is_protected:
            add((column,), whole_column, has_secret_rest=not measure.is_rate)
        for reference in references_of(measures, column):
            add((column,), reference)
    return tuple(sorted(made.values()))


def undeclared_sums(
    measures: Sequence[Measure], counts: FloatArray, known: Sequence[Relation]
) -> tuple[tuple[tuple[int, ...], int], ...]:
    """Return ``(parts, whole)`` of protected counts that add up in every row although nobody said so.

    All candidate sums are compared along one random direction of the rows first; those that agree there are compared
    row by row.
    """
    columns = [
        number
        for number, measure in enumerate(measures)
        if measure.is_protected and measure.unit in ("people", "units")
    ]
    if len(columns) < 3:
        return ()
    rows = ~np.isnan(counts[:, columns]).any(axis=1)
    values = counts[rows][:, columns]
    filled = np.count_nonzero(values, axis=0)
    used = [number for number in range(len(columns)) if filled[number]]
    weights = np.random.default_rng(0).uniform(1, 2, len(values))
    along = weights @ values
    declared = {(relation.parts, relation.whole) for relation in known if relation.is_equal}
    found = []
    for size in range(2, min(LARGEST_SUM, len(used) - 1) + 1):
        for parts in combinations(used, size):
            together = along[list(parts)].sum()
            for whole in used:
                is_near = (
                    whole not in parts
                    and filled[whole] >= FEWEST_ROWS
                    and abs(along[whole] - together) <= 1e-9 * max(together, 1.0)
                )
                if is_near and (values[:, list(parts)].sum(axis=1) == values[:, whole]).all():
                    sums = (tuple(sorted(columns[part] for part in parts)), columns[whole])
                    if sums not in declared:
                        found.append(sums)
    return tuple(found)


def undeclared_siblings(measures: Sequence[Measure]) -> Mapping[str, tuple[str, ...]]:
    """Return for each protected whole its parts of which nobody said whether they overlap.

    A whole with one part leaves no question; with several, each needs a partition. A characteristic that overlaps the
    others is a partition of its own.
    """
    by_key = {measure.key: measure for measure in measures}
    parts: dict[str, list[Measure]] = {}
    for measure in measures:
        whole = by_key.get(measure.part_of or "")
        if whole is not None and whole.is_protected and measure.is_protected and not measure.is_rate:
            parts.setdefault(whole.key, []).append(measure)
    return {
        whole: tuple(part.key for part in members if not part.partition)
        for whole, members in parts.items()
        if len(members) > 1 and any(not part.partition for part in members)
    }
