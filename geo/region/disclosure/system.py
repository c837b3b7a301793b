"""The linear system an attacker solves, written for the distance between what is true and what could be.

Every count that is not shown may differ from its true value by a shift. The shifts add up to zero in each public total,
keep each equation between measures, and stay within boxes: a count does not fall below what everybody knows it to be
at least, and what is left of a whole does not become negative. The interval an attacker finds about a count is as wide
as the range of its shift. A shown count does not shift.

A cell withheld by the source has a number that is unknown here as well. It can give way to the numbers of its own
quarter, but is no partner in the sum of another. Where it is the only such cell in a sum, it is asked to shift by
``interval_min`` both ways, which holds for every number it may have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.region.disclosure.arrays import TOLERANCE, BoolArray, FloatArray, IntArray
from geo.region.disclosure.count_table import CountTable
from geo.region.disclosure.primary import least_values, rest_of, small_rests
from geo.region.disclosure.rule import DisclosureRule

REACH = 16.0
"""A shift of this many times ``interval_min`` is as good as any: boxes end there, so that numbers stay small."""


@dataclass(frozen=True, eq=False)
class System:
    """Boxes and relations of all rows.

    Parameters
    ----------
    up, down
        ``(rows, columns)``: how far each count can rise and fall by itself.
    coefficients
        ``(relations, columns)``: +1 for the whole, -1 for its parts, as far as they are under control.
    rest_down, rest_up
        ``(rows, relations)``: how far what is left of the whole can fall and rise.
    is_small_rest
        ``(rows, relations)``: where the rest itself has to stay unknown.
    is_at_source
        ``(rows, columns)``: withheld by the source.
    can_hide
        ``(rows, columns)``: cells that may be withheld for another's sake.
    need
        ``(rows, columns)``: the width that is asked of each count.
    """

    up: FloatArray
    down: FloatArray
    coefficients: FloatArray
    rest_down: FloatArray
    rest_up: FloatArray
    is_small_rest: BoolArray
    is_at_source: BoolArray
    can_hide: BoolArray
    need: FloatArray


@dataclass(frozen=True, eq=False)
class Block:
    """A part of the system that no total ties to the rest.

    ``rows`` and ``columns`` say where it stands in the table; ``groupings`` hold for each row of the block the number
    of its group. The other matrices are those of :class:`System`, cut out.
    """

    rows: IntArray
    columns: IntArray
    groupings: tuple[IntArray, ...]
    system: System

    def cut(self, kept: IntArray) -> Block:
        """Return the block of some of its rows: the others keep their true values."""
        return Block(
            self.rows[kept],
            self.columns,
            tuple(np.unique(groups[kept], return_inverse=True)[1] for groups in self.groupings),
            cut_system(self.system, kept, np.arange(len(self.columns))),
        )

    def of(self, matrix: BoolArray | FloatArray) -> np.ndarray:
        """Return the part of a matrix of the whole table that belongs to this block."""
        return matrix[np.ix_(self.rows, self.columns)]


def system_of(table: CountTable, rule: DisclosureRule, *, is_source_large: bool = False) -> System:
    """Return the system of a table.

    ``is_source_large`` says what is taken of a whole that the source withholds: that it is as small as its parts allow,
    or that it leaves them all the room they want.
    """
    least = least_values(table, rule)
    counts = np.nan_to_num(table.counts)
    need = np.maximum(float(rule.interval_min), np.ceil(rule.interval_share * counts))
    reach = max(REACH * max(rule.interval_min, 1), 2.0 * float(need.max(initial=0.0)))
    is_own = table.is_shown & table.is_protected
    up = np.where(is_own, reach, 0.0)
    down = np.where(is_own, np.clip(counts - least, 0.0, reach), 0.0)
    with_sums = np.zeros(len(table.measures), dtype=bool)
    with_sums[table.columns_with_sums] = True
    at_source = table.is_at_source & table.is_protected
    own_reach = float(max(rule.interval_min, 1))
    up[at_source], down[at_source] = own_reach, own_reach
    coefficients, rest_down, rest_up, is_small = [], [], [], []
    small = small_rests(table, rule)
    for number, relation in enumerate(table.relations):
        members = [*relation.parts, relation.whole]
        controlled = [column for column in members if with_sums[column]]
        if not controlled or any(table.is_protected[c] and not with_sums[c] for c in members):
            continue
        rest = rest_of(table, relation)
        beside_source = at_source[:, members].any(axis=1)
        room = np.where(np.isnan(rest) | (rest < 0), reach, np.clip(rest, 0.0, reach))
        room[beside_source & table.is_protected[relation.whole]] = reach if is_source_large else 0.0
        is_unknown = np.isnan(rest) & ~beside_source
        room[is_unknown] = reach
        if controlled == [*relation.parts] and len(relation.parts) == 1 and not relation.is_equal:
            up[:, controlled[0]] = np.minimum(up[:, controlled[0]], np.where(beside_source, reach, room))
            continue
        row = np.zeros(len(table.measures))
        row[[c for c in relation.parts if with_sums[c]]] = -1.0
        if with_sums[relation.whole]:
            row[relation.whole] = 1.0
        coefficients.append(row)
        binds = relation.is_equal & ~is_unknown & ~(np.abs(rest) > TOLERANCE)
        rest_down.append(np.where(binds | (relation.is_equal & beside_source), 0.0, room))
        rest_up.append(np.where(binds | (relation.is_equal & beside_source), 0.0, reach))
        is_small.append(small[:, number])
    rows = len(table.counts)
    return System(
        up=up,
        down=down,
        coefficients=np.array(coefficients).reshape(-1, len(table.measures)),
        rest_down=np.array(rest_down).reshape(len(rest_down), rows).T,
        rest_up=np.array(rest_up).reshape(len(rest_up), rows).T,
        is_small_rest=np.array(is_small, dtype=bool).reshape(len(is_small), rows).T,
        is_at_source=at_source,
        can_hide=is_own & with_sums & ~((counts == 0) & (least > 0)),
        need=need,
    )


def cut_system(system: System, rows: IntArray, columns: IntArray) -> System:
    """Return the system of some rows and columns; relations without these columns fall away."""
    kept = np.flatnonzero(np.abs(system.coefficients[:, columns]).sum(axis=1) > 0)
    cells, rests = np.ix_(rows, columns), np.ix_(rows, kept)
    return System(
        system.up[cells],
        system.down[cells],
        system.coefficients[np.ix_(kept, columns)],
        system.rest_down[rests],
        system.rest_up[rests],
        system.is_small_rest[rests],
        system.is_at_source[cells],
        system.can_hide[cells],
        system.need[cells],
    )


def blocks_of(table: CountTable, system: System, groupings: tuple[IntArray, ...], asked: BoolArray) -> Iterator[Block]:
    """Yield the blocks in which something is asked, those of early dates first.

    ``asked`` is ``(rows, columns)``: cells that have to stay unknown, or take part in a rest that has to.
    """
    row_part = _row_parts(groupings, len(table.counts))
    for columns in _column_parts(table, system):
        wanted = np.unique(row_part[asked[:, columns].any(axis=1)])
        order = np.argsort(row_part, kind="stable")
        first = np.searchsorted(row_part[order], wanted)
        last = np.searchsorted(row_part[order], wanted, side="right")
        found = sorted((order[a:b] for a, b in zip(first, last, strict=True)), key=lambda rows: int(rows[0]))
        for rows in found:
            yield Block(
                rows,
                columns,
                tuple(np.unique(groups[rows], return_inverse=True)[1] for groups in groupings),
                cut_system(system, rows, columns),
            )


def _row_parts(groupings: tuple[IntArray, ...], number: int) -> IntArray:
    """Return for each row the number of its part: rows that share a group, or are tied through others that do."""
    if not groupings:
        return np.arange(number, dtype=np.int64)
    offset, at, to = number, [], []
    for groups in groupings:
        at.append(np.arange(number))
        to.append(groups + offset)
        offset += int(groups.max(initial=-1)) + 1
    start, end = np.concatenate(at), np.concatenate(to)
    graph = coo_array((np.ones(len(start)), (start, end)), shape=(offset, offset))
    part: IntArray = connected_components(graph, directed=False)[1][:number].astype(np.int64)
    return part


def _column_parts(table: CountTable, system: System) -> list[IntArray]:
    """Return the columns in parts that no relation ties to each other."""
    columns = table.columns_with_sums
    if not len(columns):
        return []
    tied = (np.abs(system.coefficients[:, columns]) > 0).astype(int)
    number, part = connected_components(tied.T @ tied, directed=False)
    return [columns[part == one] for one in range(number)]
