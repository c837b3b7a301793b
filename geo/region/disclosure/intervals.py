"""Moves: how far withheld counts can shift without anything that is known changing.

A move takes one quarter up and another down by the same number, in one measure or in several tied
ones together (recipients and employable persons, say), keeping all totals and inequalities. Two sets of
counts that differ by a move cannot be told apart from outside, so the distance proves a lower bound of
the interval an attacker finds by linear programming, at the price of plain arithmetic.

Where a source withheld a cell its number is unknown here as well; bounds of sums then hold for every number
it may have, while beside it, within the quarter, it is taken to give way. Two or more cells withheld by the source
in one sum are left to the source's care.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product

import numpy as np

from geo.region.disclosure.count_table import BoolArray, CountTable, FloatArray, IntArray, Link
from geo.region.disclosure.rule import DisclosureRule

UNLIMITED = 1e6
LARGEST_MOVE = 5
LARGEST_EXCHANGE = 3
TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Structure:
    """What stays the same while cells are withheld: inequalities, slack and the moves worth trying.

    Parameters
    ----------
    table
        The counts.
    columns
        Numbers of the measures whose sums are known.
    counts
        True counts, zero where nobody knows one.
    coefficients
        ``(links, measures)``: +1 for parts, -1 for the whole.
    slack
        ``(rows, links)``: what is left of the whole, infinite where the inequality says nothing.
    moves
        Vectors of -1, 0, 1 over the measures.
    rests
        Pairs ``(part, whole)`` of protected measures.
    is_small_rest
        ``(rows, rests)``: whether so few are left of the whole that the difference must stay unknown too.
    least
        ``(rows, measures)``: what everybody knows a withheld count to be at least. A zero is shown wherever the
        population is large enough, so a count that is withheld there is one or more.
    source_lower, source_upper
        Between what a cell withheld by the source lies for sure.
    """

    table: CountTable
    columns: IntArray
    counts: FloatArray
    coefficients: FloatArray
    slack: FloatArray
    moves: tuple[tuple[int, ...], ...]
    rests: tuple[tuple[int, int], ...]
    is_small_rest: BoolArray
    least: FloatArray
    source_lower: FloatArray
    source_upper: FloatArray

    @cached_property
    def can_hide(self) -> BoolArray:
        """Cells that may be withheld for another's sake.

        A zero may not where it would be shown: if some were hidden, nobody could rely on the others being one or more,
        and if none is, everybody does. The second is what widths are proven for.
        """
        can: BoolArray = self.table.is_shown & ~((self.counts == 0) & (self.least > 0))
        return can

    @cached_property
    def rooms(self) -> tuple[tuple[FloatArray, FloatArray], ...]:
        """For each move how far each row can go along it, and how far against it."""
        rows = np.arange(len(self.counts))
        vectors = [np.array(move, dtype=float) for move in self.moves]
        return tuple((self.room(rows, vector), self.room(rows, -vector)) for vector in vectors)

    def room(self, rows: IntArray, move: FloatArray) -> FloatArray:
        """Return how far each row can go along a move while everything else keeps its true value."""
        room = np.full(len(rows), UNLIMITED)
        for column in np.flatnonzero(move < 0):
            spare = self.counts[rows, column] - self.least[rows, column]
            room = np.minimum(room, np.maximum(spare, 0.0))
        growth = self.coefficients @ move
        for link in np.flatnonzero(growth > 0):
            room = np.minimum(room, self.slack[rows, link] / growth[link])
        return room

    def single(self, column: int) -> FloatArray:
        """Return the move of one measure alone."""
        move = np.zeros(self.counts.shape[1])
        move[column] = 1.0
        return move


@dataclass(frozen=True, eq=False)
class Widths:
    """Interval widths for sure.

    Parameters
    ----------
    proven
        ``(rows, measures)``: of each withheld count as things are.
    alone
        ``(rows, measures)``: the same with ideal partners.
    rests
        ``(rows, rests)``: of what is left of a whole, infinite where that need not be kept secret or one of the two
        numbers is shown, so that the other's width says it all.
    """

    proven: FloatArray
    alone: FloatArray
    rests: FloatArray


def structure_of(table: CountTable, rule: DisclosureRule) -> Structure:
    """Return what moves need to know about a table."""
    columns = np.array([c for c in range(len(table.measures)) if table.has_equations(c)], dtype=np.int64)
    links = table.links()
    least = _least(table, rule)
    lower, upper = _source_limits(table, links)
    coefficients = np.zeros((len(links), len(table.measures)))
    slack = np.zeros((len(table.counts), len(links)))
    for number, link in enumerate(links):
        coefficients[number, list(link.parts)] = 1.0
        coefficients[number, link.whole] = -1.0
        slack[:, number] = _slack(table, link, upper)
    rests = tuple(
        (part, table.column_of[measure.part_of])
        for part, measure in enumerate(table.measures)
        if measure.part_of in table.column_of and table.is_protected[table.column_of[measure.part_of]]
    )
    is_small_rest = np.zeros((len(table.counts), len(rests)), dtype=bool)
    for number, (part, whole) in enumerate(rests):
        rest = table.counts[:, whole] - table.counts[:, part]
        is_small_rest[:, number] = (rest > 0) & (rest < rule.numerator_min)
    return Structure(
        table=table,
        columns=columns,
        counts=np.nan_to_num(table.counts),
        coefficients=coefficients,
        slack=slack,
        moves=_moves(columns, coefficients),
        rests=rests,
        is_small_rest=is_small_rest,
        least=least,
        source_lower=np.minimum(np.maximum(lower, least), upper),
        source_upper=upper,
    )


def interval_widths(structure: Structure, hidden: BoolArray, groups: IntArray) -> Widths:
    """Return how wide the interval about each withheld count is for sure.

    Parameters
    ----------
    hidden
        ``(rows, measures)``: what is withheld.
    groups
        ``(rows,)``: number of the known sum each row is part of.
    """
    proven, alone = np.zeros(hidden.shape), np.zeros(hidden.shape)
    rest_proven = np.zeros(structure.is_small_rest.shape)
    ours = hidden & ~structure.table.is_at_source
    for signs, (all_up, all_down) in zip(structure.moves, structure.rooms, strict=True):
        move = np.array(signs, dtype=float)
        support = np.flatnonzero(move)
        rows = np.flatnonzero(ours[:, support].all(axis=1))
        if not len(rows):
            continue
        up, down = all_up[rows], all_down[rows]
        group = groups[rows]
        source = source_room(structure, groups, int(support[0])) if len(support) == 1 else np.zeros(0)
        width = _width_of_move(up, down, group, source)
        for column in support:
            proven[rows, column] = np.maximum(proven[rows, column], width)
            alone[rows, column] = np.maximum(alone[rows, column], up + down)
        for number, (part, whole) in enumerate(structure.rests):
            shift = abs(move[whole] - move[part]) * width
            rest_proven[rows, number] = np.maximum(rest_proven[rows, number], shift)
    for number, (part, whole) in enumerate(structure.rests):
        is_asked = structure.is_small_rest[:, number] & ours[:, part] & ours[:, whole]
        rest_proven[~is_asked, number] = np.inf
    widths = Widths(proven, alone, rest_proven)
    _judge_cells_at_source(structure, ours, groups, widths)
    return widths


def _least(table: CountTable, rule: DisclosureRule) -> FloatArray:
    """Return 1 where a zero would have been shown, else 0; a rate may be as near to zero as it likes."""
    least = np.zeros_like(table.counts)
    residents = table.column_of.get("residents")
    for column, measure in enumerate(table.measures):
        if not measure.is_protected or measure.is_rate:
            continue
        shows_zero = np.ones(len(least), dtype=bool)
        for reference in table.references_of(column):
            shows_zero &= ~(table.counts[:, reference] < max(rule.denominator_min, rule.numerator_min))
        if residents is not None:
            shows_zero &= ~(table.counts[:, residents] < rule.residents_min)
        least[:, column] = shows_zero
    return least


def _slack(table: CountTable, link: Link, upper: FloatArray) -> FloatArray:
    """Return what is left of the whole in each row.

    Beside a cell withheld by the source the most that may be left, since that cell can give way as well;
    infinite where nobody knows the whole, or where the numbers themselves break the inequality.
    """
    whole = np.where(table.is_at_source[:, link.whole], upper[:, link.whole], table.counts[:, link.whole])
    left = whole - np.nan_to_num(table.counts[:, list(link.parts)]).sum(axis=1)
    return np.where(np.isnan(left) | (left < 0), np.inf, left)


def _source_limits(table: CountTable, links: tuple[Link, ...]) -> tuple[FloatArray, FloatArray]:
    lower, upper = np.zeros_like(table.counts), np.full_like(table.counts, UNLIMITED)
    for link in links:
        whole, parts = table.counts[:, link.whole], np.nan_to_num(table.counts[:, list(link.parts)])
        lower[:, link.whole] = np.maximum(lower[:, link.whole], parts.sum(axis=1))
        limit = np.where(table.is_at_source[:, link.whole], np.nan, whole)
        for part in link.parts:
            upper[:, part] = np.fmin(upper[:, part], limit)
    return lower, np.maximum(upper, lower)


def _moves(columns: IntArray, coefficients: FloatArray) -> tuple[tuple[int, ...], ...]:
    """Return the moves worth trying, up to their sign and the small ones first.

    Several measures move together only where inequalities tie them; against each other only a few do.
    """
    tied = np.abs(coefficients)
    neighbours = (tied.T @ tied) > 0
    moves: list[tuple[int, ...]] = []
    for size in range(1, LARGEST_MOVE + 1):
        for support in combinations(columns.tolist(), size):
            if size > 1 and not _is_connected(neighbours[np.ix_(support, support)]):
                continue
            for signs in product((1, -1) if size <= LARGEST_EXCHANGE else (1,), repeat=size - 1):
                move = np.zeros(coefficients.shape[1], dtype=int)
                move[list(support)] = (1, *signs)
                moves.append(tuple(move.tolist()))
    return tuple(moves)


def _is_connected(neighbours: BoolArray) -> bool:
    steps = neighbours.astype(int) + np.eye(len(neighbours), dtype=int)
    return bool((np.linalg.matrix_power(steps, len(neighbours))[0] > 0).all())


def _width_of_move(up: FloatArray, down: FloatArray, group: IntArray, source: FloatArray) -> FloatArray:
    """Return how wide each row can move while the other rows of its sum move against it."""
    number = int(group.max()) + 1
    others_up = np.bincount(group, up, number)[group] - up
    others_down = np.bincount(group, down, number)[group] - down
    return width_against(up, down, others_up, others_down, source[group] if len(source) else np.zeros(len(group)))


def width_against(
    up: FloatArray | float,
    down: FloatArray | float,
    others_up: FloatArray,
    others_down: FloatArray,
    spare: FloatArray | float,
) -> FloatArray:
    """Return how wide a count can move up and down while others move against it.

    ``spare`` is how far the cells withheld by the source may go in the same sum, both ways taken together; how it is
    split is unknown, and the width is least at one of the two ends.
    """
    if_low = np.minimum(down, others_up + spare) + np.minimum(up, others_down)
    if_high = np.minimum(down, others_up) + np.minimum(up, others_down + spare)
    width: FloatArray = np.minimum(if_low, if_high)
    return width


def source_room(structure: Structure, groups: IntArray, column: int) -> FloatArray:
    """Return for each sum of a measure how far the cells withheld by the source may go in all."""
    at_source = np.flatnonzero(structure.table.is_at_source[:, column])
    if not len(at_source):
        return np.zeros(0)
    room = structure.source_upper[at_source, column] - structure.source_lower[at_source, column]
    return np.bincount(groups[at_source], room, int(groups.max()) + 1).astype(np.float64)


def _judge_cells_at_source(structure: Structure, ours: BoolArray, groups: IntArray, widths: Widths) -> None:
    """Write the widths of cells withheld by the source, which hold for every number they may have."""
    for column in structure.columns.tolist():
        rows = np.flatnonzero(structure.table.is_at_source[:, column])
        if not len(rows):
            continue
        number = int(groups.max()) + 1
        partners = np.flatnonzero(ours[:, column])
        group = groups[rows]
        against = np.full(len(rows), np.inf)
        for direction in (structure.single(column), -structure.single(column)):
            room = np.bincount(groups[partners], structure.room(partners, direction), number)
            against = np.minimum(against, room[group])
        own = structure.source_upper[rows, column] - structure.source_lower[rows, column]
        has_company = np.bincount(group, minlength=number)[group] > 1
        widths.proven[rows, column] = np.where(has_company | (against >= own - TOLERANCE), np.inf, against)
        widths.alone[rows, column] = np.inf
