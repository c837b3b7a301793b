"""The cheapest pattern of one block: cutting planes over which cells to withhold.

A master programme chooses cells at least cost under the conditions known so far. For each cell it withholds, and each
small rest, the attacker's programme says how wide the interval is; where it is too narrow, its dual prices give a
condition that every good pattern meets and this one does not (Fischetti and Salazar, Management Science 47(7), 2001).
When no condition is broken any more, the choice is the cheapest there is. Moves settle most questions without a
linear programme.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geo.region.disclosure.arrays import TOLERANCE, BoolArray, FloatArray, IntArray
from geo.region.disclosure.linear import Proof, Shifts, Target
from geo.region.disclosure.master import Conditions, cheapest_cover
from geo.region.disclosure.moves import Moves, moves_of
from geo.region.disclosure.system import Block

MASTER_GAP = 1e-6
MOST_ROUNDS = 60
MOST_RAISED = 3.0
LOOKED_AT_FIRST = 6


@dataclass(frozen=True, eq=False)
class Choice:
    """What to withhold in a block, ``(rows, columns)``, its cost beyond the primary cells, and what any choice costs.

    ``bound`` is a proven minimum; it equals ``cost`` where the choice is the cheapest for sure. For ``unmet`` targets
    no way was found.
    """

    hidden: BoolArray
    cost: float
    bound: float
    unmet: tuple[Target, ...] = ()


@dataclass(frozen=True, eq=False)
class Examined:
    """What is too well known under a pattern.

    Parameters
    ----------
    broken
        Targets whose interval is too narrow, with the proof.
    halves
        Targets whose interval is wide enough, but proven only with fractions of people.
    """

    broken: tuple[tuple[Target, Proof], ...]
    halves: tuple[Target, ...]


def _spot(target: Target) -> tuple[int, bytes]:
    return target.row, target.effect.tobytes()


class BlockPattern:
    """The search for the pattern of one block.

    Parameters
    ----------
    block
        The rows and columns, with their boxes.
    forced
        ``(rows, columns)``: withheld in any case.
    cost
        ``(rows, columns)``: price of withholding each further cell.
    least
        Width that is asked of every interval.
    is_whole
        ``(columns,)``: whether counts are whole numbers, so that an interval has to hold in whole numbers too.
    asked
        ``(rows, columns)``: the withheld cells whose width is asked; all where None.
    """

    def __init__(
        self,
        block: Block,
        forced: BoolArray,
        cost: FloatArray,
        least: float,
        is_whole: BoolArray,
        *,
        asked: BoolArray | None = None,
    ) -> None:
        self.block = block
        self.forced = forced & ~block.system.is_at_source
        self.cost = cost
        self.least = least
        self.is_whole = is_whole
        self.asked = np.ones(forced.shape, dtype=bool) if asked is None else asked
        self.candidates = block.system.can_hide & ~self.forced
        self._needs: dict[tuple[int, bytes], float] = {}
        self._raised: dict[tuple[int, bytes], float] = {}
        self._examined: dict[bytes, Examined] = {}
        self._seen: dict[tuple[int, bytes], BoolArray] = {}

    @cached_property
    def moves(self) -> Moves:
        """Moves of the block."""
        return moves_of(self.block)

    @cached_property
    def shifts(self) -> Shifts:
        """The attacker's programme of the block."""
        return Shifts(self.block)

    @cached_property
    def _ideal(self) -> tuple[FloatArray, FloatArray]:
        """Widths for sure with everything withheld that may be."""
        return self.moves.widths(self.forced | self.candidates | self.block.system.is_at_source)

    @cached_property
    def single_sources(self) -> BoolArray:
        """Cells that are the only ones withheld by the source in one of their sums."""
        at_source = self.block.system.is_at_source
        single = np.zeros(at_source.shape, dtype=bool)
        for groups in self.block.groupings:
            for column in np.flatnonzero(at_source.any(axis=0)):
                number = np.bincount(groups[at_source[:, column]], minlength=int(groups.max()) + 1)
                single[:, column] |= at_source[:, column] & (number[groups] == 1)
        return single

    @cached_property
    def _beside_source(self) -> BoolArray:
        """Cells that hide behind a cell of the source in their sum.

        They can shift as far as asked both ways by themselves, so that they are uncertain whatever number it has.
        """
        at_source = self.block.system.is_at_source
        beside = np.zeros(at_source.shape, dtype=bool)
        if len(self.block.groupings) != 1 or not at_source.any():
            return beside
        groups, half = self.block.groupings[0], len(self.moves.vectors) // 2
        for column in np.flatnonzero(at_source.any(axis=0)):
            has_source = np.bincount(groups[at_source[:, column]], minlength=int(groups.max()) + 1) > 0
            move = int(np.flatnonzero((self.moves.vectors == np.eye(len(self.block.columns))[column]).all(axis=1))[0])
            both = np.minimum(self.moves.rooms[move], self.moves.rooms[move + half])
            beside[:, column] = has_source[groups] & (both >= self.block.system.need[:, column])
        return beside

    def need_of(self, target: Target) -> float:
        """Return the width a target needs: as much as is asked, or as it can have with everything withheld."""
        key = _spot(target)
        if key not in self._needs:
            self._needs[key] = self._ideal_need(target)
        raised = self._raised.get(key, 0.0)
        return self._needs[key] + raised if raised and self._needs[key] >= target.need else self._needs[key]

    def _ideal_need(self, target: Target) -> float:
        lower = self._lower(target, self._ideal)
        if lower >= target.need:
            return target.need
        is_open = self.shifts.is_open
        self.shifts.open(self.forced | self.candidates)
        width = self.shifts.width(target).width
        self.shifts.open(is_open)
        if self.is_whole[target.cells].all():
            width = np.floor(width + TOLERANCE)
        return float(min(target.need, width))

    def _lower(self, target: Target, widths: tuple[FloatArray, FloatArray]) -> float:
        cells, rests = widths
        if len(target.cells) == 1:
            return float(cells[target.row, target.cells[0]])
        same = np.flatnonzero((self.block.system.coefficients == target.effect).all(axis=1))
        return float(rests[target.row, same[0]]) if len(same) else 0.0

    def targets(self, hidden: BoolArray) -> list[Target]:
        """Return everything that has to stay unknown if ``hidden`` is withheld."""
        own = hidden & self.asked & ~self._beside_source
        found = [self.cell(row, column) for row, column in np.argwhere(own)]
        found += [
            self.cell(row, column, 2.0 * self.least) for row, column in np.argwhere(self.single_sources & self.asked)
        ]
        small = self.block.system.is_small_rest
        for row, relation in np.argwhere(small):
            effect = self.block.system.coefficients[relation]
            if self.asked[row, np.flatnonzero(effect)].any():
                found.append(Target(int(row), effect, self.least))
        return found

    def cell(self, row: int, column: int, need: float | None = None) -> Target:
        """Return a withheld count as something that has to stay unknown."""
        effect = np.zeros(len(self.block.columns))
        effect[column] = 1.0
        return Target(int(row), effect, float(self.block.system.need[row, column]) if need is None else need)

    def examine(self, hidden: BoolArray) -> Examined:
        """Return which targets are too well known if ``hidden`` is withheld, and which are only in whole numbers."""
        key = hidden.tobytes()
        if key not in self._examined:
            self._examined[key] = self._examine(hidden)
        return self._examined[key]

    def _examine(self, hidden: BoolArray) -> Examined:
        widths = self.moves.widths(hidden | self.block.system.is_at_source)
        doubtful = [
            target
            for target in self.targets(hidden)
            if self._lower(target, widths) < target.need + self._raised.get(_spot(target), 0.0)
            and not (_spot(target) in self._seen and hidden[self._seen[_spot(target)]].all())
        ]
        if not doubtful:
            return Examined((), ())
        self.shifts.open(hidden)
        proofs = [self.shifts.width(target) for target in doubtful]
        broken, halves = [], []
        for target, proof in zip(doubtful, proofs, strict=True):
            need = target.need + self._raised.get(_spot(target), 0.0)
            if proof.width < need - TOLERANCE:
                need = self.need_of(target)
            asked = Target(target.row, target.effect, need)
            if proof.width < need - TOLERANCE:
                broken.append((asked, proof))
            elif not proof.is_whole and self.is_whole[target.cells].all() and need > TOLERANCE:
                halves.append(asked)
            else:
                self._seen[_spot(target)] = proof.used & ~self.block.system.is_at_source
        return Examined(tuple(broken), tuple(halves))

    def unclear(self, hidden: BoolArray) -> list[Target]:
        """Return the targets that moves do not prove."""
        widths = self.moves.widths(hidden | self.block.system.is_at_source)
        return [
            target
            for target in self.targets(hidden)
            if self._lower(target, widths) < target.need - TOLERANCE or self._is_bare(target, hidden)
        ]

    def solve(self, seconds: float) -> Choice:
        """Return the cheapest pattern, or a good one where the time is up.

        The result never shows less than what is asked: what cannot be settled in time is mended cell by cell.
        """
        end = time.monotonic() + seconds
        bound, hidden = 0.0, self.forced
        if self._holds_by_moves(hidden):
            return Choice(hidden, 0.0, 0.0)
        spots: IntArray = np.argwhere(self.candidates)
        number = np.full(self.forced.shape, -1)
        number[self.candidates] = np.arange(len(spots))
        conditions = Conditions(len(spots))
        self._first_conditions(conditions, number)
        cost = self.cost[self.candidates]
        allowed = self._cheap()[self.candidates]
        for _ in range(MOST_ROUNDS):
            cover = cheapest_cover(
                cost, *conditions.matrix(), allowed=allowed, seconds=max(end - time.monotonic(), 0.1), gap=MASTER_GAP
            )
            if cover is None:
                if allowed.all():
                    break
                allowed = np.ones(len(spots), dtype=bool)
                continue
            if allowed.all():
                bound = max(bound, cover.bound)
            hidden = self.forced.copy()
            hidden[tuple(spots[cover.chosen].T)] = True
            if self._holds(hidden):
                # A cell dearer than a whole pattern is in no cheaper one.
                useful = cost < cover.cost - TOLERANCE
                if not (useful & ~allowed).any():
                    return Choice(hidden, cover.cost, cover.cost - max(cover.cost - cover.bound, 0.0))
                allowed |= useful
            elif time.monotonic() > end:
                break
            else:
                self._add_conditions(hidden, conditions, number)
        hidden = self._mended(hidden)
        unmet = tuple(target for target, _ in self.examine(hidden).broken)
        return Choice(hidden, float(self.cost[hidden & self.candidates].sum()), bound, unmet)

    def _cheap(self) -> BoolArray:
        """Return where to look first: the quarters that withhold something already, and the cheapest others."""
        cheap = np.zeros(self.forced.shape, dtype=bool)
        cheap[self.forced.any(axis=1) | self.block.system.is_small_rest.any(axis=1)] = True
        price = np.where(self.candidates, self.cost, np.inf)
        for groups in self.block.groupings:
            for group in range(int(groups.max(initial=-1)) + 1):
                rows = np.flatnonzero(groups == group)
                first = np.argsort(price[rows], axis=0, kind="stable")[:LOOKED_AT_FIRST]
                np.put_along_axis(cheap, rows[first], values=True, axis=0)
        return cheap

    def _holds_by_moves(self, hidden: BoolArray) -> bool:
        widths = self.moves.widths(hidden | self.block.system.is_at_source)
        return all(
            self._lower(target, widths) >= target.need and not self._is_bare(target, hidden)
            for target in self.targets(hidden)
        )

    def _is_bare(self, target: Target, hidden: BoolArray) -> bool:
        """Tell whether all numbers of a target are shown, so that even its exact value is told."""
        return not (hidden | self.block.system.is_at_source)[target.row, target.cells].any()

    def _holds(self, hidden: BoolArray) -> bool:
        """Tell whether nothing is too well known; where it is in whole numbers only, more is asked from now on."""
        examined = self.examine(hidden)
        if examined.broken:
            return False
        holds = True
        for target in examined.halves:
            cells = target.cells
            rule = self.least if len(cells) > 1 else float(self.block.system.need[target.row, cells[0]])
            asked = min(target.need, rule)
            if self._raised.get(_spot(target), 0.0) < MOST_RAISED and (
                self.shifts.whole_width(target, hidden, asked) < asked - TOLERANCE
            ):
                self._raised[_spot(target)] = self._raised.get(_spot(target), 0.0) + 1.0
                self._examined.clear()
                holds = False
        return holds

    def _mended(self, hidden: BoolArray) -> BoolArray:
        """Return the pattern with further cells, so that nothing is too well known, and without those it can spare."""
        hidden = hidden.copy()
        tried: set[tuple[int, bytes]] = set()
        while not self._holds(hidden):
            broken = [target for target, _ in self.examine(hidden).broken if _spot(target) not in tried]
            if not broken:
                if self.examine(hidden).broken:
                    break
                continue
            for target in broken:
                tried.add(_spot(target))
                price = np.where(self.candidates & ~hidden, self.cost, np.inf)
                used = self.shifts.cheapest_support(target, hidden, price)
                if used is not None and (used & self.candidates & ~hidden).any():
                    hidden |= used & self.candidates
                    tried.clear()
        return self._without_spare(hidden)

    def _without_spare(self, hidden: BoolArray) -> BoolArray:
        """Return a pattern without the cells it can spare: nothing is too well known that was not before."""
        chosen = np.argwhere(hidden & self.candidates)
        order = np.argsort(-self.cost[tuple(chosen.T)], kind="stable")
        before = len(self.examine(hidden).broken)
        for row, column in chosen[order]:
            fewer = hidden.copy()
            fewer[row, column] = False
            examined = self.examine(fewer)
            bare = any(self._is_bare(target, fewer) for target in self.targets(fewer))
            if len(examined.broken) <= before and not examined.halves and not bare:
                hidden = fewer
        return hidden

    def _first_conditions(self, conditions: Conditions, number: IntArray) -> None:
        """Enter what follows from each total alone: who is withheld needs company that can shift far enough."""
        system = self.block.system
        span = system.up + system.down
        own = self.forced | self.candidates
        is_asked = (own & ~self._beside_source | self.single_sources) & self.asked
        for groups in self.block.groupings:
            for group in range(int(groups.max(initial=-1)) + 1):
                rows = np.flatnonzero(groups == group)
                for column in range(len(self.block.columns)):
                    members = rows[own[rows, column]]
                    given = float(span[members[self.forced[members, column]], column].sum())
                    for row in rows[is_asked[rows, column]]:
                        is_source = bool(system.is_at_source[row, column])
                        need = 2.0 * self.least if is_source else float(system.need[row, column])
                        is_forced = bool(self.forced[row, column]) or is_source
                        there = given - (span[row, column] if self.forced[row, column] else 0.0)
                        if there >= need - TOLERANCE:
                            continue
                        others = members[(members != row) & self.candidates[members, column]]
                        need = min(self.need_of(self.cell(row, column, need)), need) - there
                        if need <= TOLERANCE:
                            continue
                        shares = np.minimum(span[others, column], need)
                        conditions.add(
                            number[others, column], shares, need, None if is_forced else int(number[row, column])
                        )
        for row, relation in np.argwhere(system.is_small_rest):
            cells = np.flatnonzero(system.coefficients[relation])
            if not (self.forced | system.is_at_source)[row, cells].any():
                free = cells[self.candidates[row, cells]]
                conditions.add(number[row, free], np.ones(len(free)), 1.0, None)

    def _add_conditions(self, hidden: BoolArray, conditions: Conditions, number: IntArray) -> None:
        """Enter a condition for each target that is too well known."""
        for target, proof in self.examine(hidden).broken:
            constant = proof.constant + float(proof.shares[self.forced].sum())
            guard = None
            useful = self.candidates & (proof.shares > 0)
            spot = (target.row, int(target.cells[0]))
            if len(target.cells) == 1 and self.candidates[spot]:
                guard = int(number[spot])
                constant += float(proof.shares[spot])
                useful[spot] = False
            need = target.need - constant
            conditions.add(number[useful], np.minimum(proof.shares[useful], need), need, guard)
