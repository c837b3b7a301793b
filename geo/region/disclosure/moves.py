"""Moves: ways to shift counts that nobody can see from outside, found by plain arithmetic.

A move takes one quarter up and others of the same totals down by the same number, in one measure or in several tied
ones together (recipients and employable persons, say). Its length proves a lower bound of the width of an interval, in
whole numbers where the counts are whole, at a fraction of the price of a linear programme.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product

import numpy as np

from geo.region.disclosure.arrays import BoolArray, FloatArray, IntArray
from geo.region.disclosure.system import Block

LARGEST_MOVE = 5
LARGEST_EXCHANGE = 3
MOST_MOVES = 160


@dataclass(frozen=True, eq=False)
class Moves:
    """The moves of a block and how far each row can go along them.

    Parameters
    ----------
    vectors
        ``(moves, columns)`` of -1, 0, 1; the second half are the first ones reversed.
    rooms
        ``(moves, rows)``: how far a row can go with its cells all withheld.
    groups
        ``(rows,)``: rows of one number share every total, so they can stand in for each other.
    """

    vectors: FloatArray
    rooms: FloatArray
    groups: IntArray
    block: Block

    def widths(self, is_open: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Return widths for sure: ``(rows, columns)`` of each cell and ``(rows, relations)`` of each rest.

        ``is_open`` tells which cells are withheld, by us or by the source.
        """
        system = self.block.system
        closed = (~is_open).astype(float)
        is_possible = (np.abs(self.vectors) @ closed.T) == 0
        is_partner = is_possible & ((np.abs(self.vectors) @ system.is_at_source.T.astype(float)) == 0)
        own = np.where(is_possible, self.rooms, 0.0)
        others = np.where(is_partner, self.rooms, 0.0)
        half = len(self.vectors) // 2
        against = np.concatenate([others[half:], others[:half]])
        if not self.block.groupings:  # no total is known, so that nobody has to move against it
            return _best(own, self.vectors), _best(own, self.vectors @ system.coefficients.T)
        number = int(self.groups.max(initial=-1)) + 1
        share = np.zeros((len(self.vectors), number))
        for move in range(len(self.vectors)):
            share[move] = np.bincount(self.groups, against[move], number)
        length = np.minimum(own, share[:, self.groups] - against)
        cells = _best(length, self.vectors)
        rests = _best(length, self.vectors @ system.coefficients.T)
        return cells, rests


def _best(length: FloatArray, effects: FloatArray) -> FloatArray:
    """Return ``(rows, effects)``: the farthest way up and the farthest way down of each effect, added."""
    out = np.zeros((length.shape[1], effects.shape[1]))
    for place in range(effects.shape[1]):
        effect = effects[:, place]
        for sign in (1.0, -1.0):
            ways = np.flatnonzero(sign * effect > 0)
            if len(ways):
                out[:, place] += (length[ways] * np.abs(effect[ways])[:, None]).max(axis=0)
    return out


def moves_of(block: Block) -> Moves:
    """Return the moves of a block, the small ones first, at most ``MOST_MOVES`` and their reverses."""
    half = _vectors(np.ascontiguousarray(block.system.coefficients).tobytes(), len(block.columns))
    vectors = np.concatenate([half, -half])
    groups = np.zeros(len(block.rows), dtype=np.int64)
    for one in block.groupings:
        groups = np.unique(np.stack([groups, one]), axis=1, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return Moves(vectors, _rooms(block, vectors), groups, block)


def _rooms(block: Block, vectors: FloatArray) -> FloatArray:
    system = block.system
    rooms = np.full((len(vectors), len(block.rows)), np.inf)
    for column in range(len(block.columns)):
        way = vectors[:, column][:, None]
        rooms = np.minimum(
            rooms, np.where(way > 0, system.up[:, column], np.where(way < 0, system.down[:, column], np.inf))
        )
    growth = vectors @ system.coefficients.T
    for relation in range(growth.shape[1]):
        way = growth[:, relation][:, None]
        rest = np.where(way > 0, system.rest_up[:, relation], system.rest_down[:, relation])
        with np.errstate(divide="ignore", invalid="ignore"):
            rooms = np.where(way == 0, rooms, np.minimum(rooms, np.floor(rest / np.abs(way) + 1e-9)))
    return rooms


@lru_cache(maxsize=16)
def _vectors(coefficients: bytes, columns: int) -> FloatArray:
    """Return the moves worth trying, up to their sign: ``(moves, columns)``, at most ``MOST_MOVES``.

    Several measures move together only where relations tie them; against each other only a few do.
    """
    tied = np.abs(np.frombuffer(coefficients).reshape(-1, columns))
    neighbours = (tied.T @ tied) > 0
    found: list[list[int]] = []
    for size in range(1, min(LARGEST_MOVE, columns) + 1):
        for support in combinations(range(columns), size):
            if size > 1 and not _is_connected(neighbours[np.ix_(support, support)]):
                continue
            for signs in product((1, -1) if size <= LARGEST_EXCHANGE else (1,), repeat=size - 1):
                move = [0] * columns
                for place, sign in zip(support, (1, *signs), strict=True):
                    move[place] = sign
                found.append(move)
        if len(found) >= MOST_MOVES:
            break
    return np.array(found[:MOST_MOVES], dtype=float).reshape(-1, columns)


def _is_connected(neighbours: BoolArray) -> bool:
    steps = neighbours.astype(int) + np.eye(len(neighbours), dtype=int)
    return bool((np.linalg.matrix_power(steps, len(neighbours))[0] > 0).all())
