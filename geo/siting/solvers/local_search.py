"""Good choices in milliseconds: greedy, swap descent, and restarts around the best choice.

All gains of opening a site are one sparse product, so a pass over all swaps of one chosen site costs
one product as well. A run depends on its seed only, never on the clock, unless time runs out.

Where sites have costs and a budget, or a row needs two open sites, the moves are the same: fill up, exchange, fill up
again. Money goes by gain per euro and by gain, whichever ends higher; a row that needs two sites counts half at the
first one while filling up, as otherwise nothing would seem to gain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.siting.solvers.effort import Halt, never
from geo.siting.solvers.presolve import Core

Floats = NDArray[np.float64]
Tell = Callable[["Choice", float], None]


@dataclass(frozen=True)
class Choice:
    """Sites of a core, by position among its candidates, and the weight they add."""

    sites: tuple[int, ...]
    value: float


@dataclass(frozen=True)
class Proof:
    """Best choice known, and a weight that no choice exceeds; both without the core's base."""

    choice: Choice
    bound: float


def silent(choice: Choice, bound: float) -> None:
    """Tell nobody that a choice or a bound got better."""


class Cover:
    """How often each row of a core is covered by a growing and shrinking choice.

    Once gains were asked for they are kept up to date: a site changes them through those of its rows alone that it
    covers first or last.
    """

    def __init__(self, core: Core, sites: Iterable[int] = ()) -> None:
        self.core = core
        self.counts = np.zeros(len(core.weights), dtype=np.int32)
        self.is_chosen = np.zeros(len(core.candidates), dtype=bool)
        self._gains: Floats | None = None
        for site in sites:
            self.add(site)

    def rows(self, site: int) -> NDArray[np.int32]:
        """Return the rows of one site."""
        starts = self.core.cover.indptr
        rows: NDArray[np.int32] = self.core.cover.indices[starts[site] : starts[site + 1]]
        return rows

    def add(self, site: int) -> None:
        """Choose a site."""
        rows = self.rows(site)
        if self._gains is not None:
            self._gains -= self._offered(rows[self.counts[rows] == 0])
        self.counts[rows] += 1
        self.is_chosen[site] = True

    def drop(self, site: int) -> float:
        """Unchoose a site and return the weight lost."""
        rows = self.rows(site)
        self.counts[rows] -= 1
        self.is_chosen[site] = False
        if self.core.need is not None:
            return float(self.core.weights[rows[self.counts[rows] == self.core.need[rows] - 1]].sum())
        freed = rows[self.counts[rows] == 0]
        if self._gains is not None:
            self._gains += self._offered(freed)
        return float(self.core.weights[freed].sum())

    def _offered(self, rows: NDArray[np.int32]) -> Floats:
        """Return the weight of rows at each site that covers them."""
        matrix, weights = self.core.rows_cover, self.core.weights[rows]
        starts = matrix.indptr[rows]
        lengths = matrix.indptr[rows + 1] - starts
        ends = np.cumsum(lengths)
        entries = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + lengths, lengths)
        offered: Floats = np.bincount(
            matrix.indices[entries], weights=np.repeat(weights, lengths), minlength=len(self.is_chosen)
        ).astype(np.float64, copy=False)
        return offered

    def gains(self) -> Floats:
        """Return the weight each site would add, -1 for chosen ones."""
        gains: Floats
        if self.core.need is not None:
            gains = self.core.cover @ np.where(self.counts == self.core.need - 1, self.core.weights, 0.0)
        else:
            if self._gains is None:
                self._gains = self.core.cover @ np.where(self.counts == 0, self.core.weights, 0.0)
            gains = self._gains.copy()
        gains[self.is_chosen] = -1.0
        return gains

    @property
    def chosen(self) -> list[int]:
        """Chosen sites in ascending order."""
        sites: list[int] = np.flatnonzero(self.is_chosen).tolist()
        return sites

    @property
    def value(self) -> float:
        """Weight of the rows that enough chosen sites cover."""
        return float(self.core.weights[self.counts >= (1 if self.core.need is None else self.core.need)].sum())

    def choice(self) -> Choice:
        """Return what is chosen now."""
        return Choice(tuple(self.chosen), self.value)


def greedy(core: Core, start: tuple[int, ...] = ()) -> Choice:
    """Add the site with the largest gain until the number is reached; ties by number."""
    if core.costs is not None or core.need is not None:
        return _filled(core, start)
    cover = Cover(core, start)
    for _ in range(min(core.new, len(core.candidates)) - len(start)):
        cover.add(int(np.argmax(cover.gains())))
    return cover.choice()


def descend(core: Core, start: Choice, halt: Halt = never) -> Choice:
    """Exchange one chosen site for the best other one as long as that gains; return where it ends."""
    if core.costs is not None:
        return _descend_costs(core, start, halt)
    queue = list(start.sites)
    cover = Cover(core, queue)
    unchanged = 0
    while unchanged < len(queue) and not halt():
        out = queue.pop(0)
        lost = cover.drop(out)
        gains = cover.gains()
        best = int(np.argmax(gains))
        if gains[best] > lost + 1e-9 * max(1.0, lost):
            unchanged = 0
        else:
            best, unchanged = out, unchanged + 1
        cover.add(best)
        queue.append(best)
    return cover.choice()


def drawn(
    core: Core,
    start: tuple[int, ...],
    random: np.random.Generator,
    *,
    preference: Floats | None = None,
    heat: float = 0.5,
) -> Choice:
    """Fill up a choice like greedy, but by chance: gain times preference times a random factor.

    ``heat`` is the scale of the factor's logarithm (Gumbel); 0 is greedy.
    """
    if core.costs is not None or core.need is not None:
        return _filled(core, start, preference=preference, random=random, heat=heat)
    cover = Cover(core, start)
    liking = 1.0 if preference is None else preference + 1e-4
    for _ in range(min(core.new, len(core.candidates)) - len(start)):
        appeal = cover.gains() * liking
        luck = np.exp(heat * random.gumbel(size=len(appeal)))
        cover.add(int(np.argmax(np.where(appeal > 0, appeal * luck, appeal))))
    return cover.choice()


def kicked(core: Core, start: Choice, size: int, random: np.random.Generator) -> Choice:
    """Return a choice with ``size`` random sites taken out and others drawn in their place."""
    kept = list(start.sites)
    for _ in range(min(size, len(kept))):
        kept.pop(int(random.integers(len(kept))))
    return drawn(core, tuple(kept), random)


def search(
    core: Core, *, seed: int = 0, rounds: int = 20, halt: Halt = never, start: Choice | None = None, tell: Tell = silent
) -> Choice:
    """Return the best of greedy, swap descent and ``rounds`` restarts around the best choice so far."""
    first = greedy(core) if start is None else start
    tell(first, core.reachable)
    best = descend(core, first, halt)
    tell(best, core.reachable)
    if core.is_trivial:
        return best
    random = np.random.default_rng(seed)
    for turn in range(rounds):
        if halt() or best.value >= core.reachable:
            break
        size = 2 + turn % max(1, min(4, len(best.sites) - 1))
        trial = descend(core, kicked(core, best, size, random), halt)
        if trial.value > best.value:
            best = trial
            tell(best, core.reachable)
    return best


def _filled(
    core: Core,
    start: tuple[int, ...] = (),
    *,
    preference: Floats | None = None,
    random: np.random.Generator | None = None,
    heat: float = 0.5,
) -> Choice:
    """Fill up a choice within number or budget, by chance where ``random`` is given."""
    rates = (True, False) if core.costs is not None else (False,)
    found = []
    for is_by_rate in rates[:1] if random is not None else rates:
        cover = Cover(core, start)
        _fill(cover, is_by_rate=is_by_rate, preference=preference, random=random, heat=heat)
        found.append(cover.choice())
    return max(found, key=lambda choice: choice.value)


def _fill(
    cover: Cover,
    *,
    is_by_rate: bool,
    preference: Floats | None = None,
    random: np.random.Generator | None = None,
    heat: float = 0.5,
    without: int = -1,
) -> None:
    """Open sites as long as number or budget allow and, with a budget, as long as one gains."""
    core = cover.core
    while len(core.candidates):
        appeal = _appeal(cover)
        room = _room(cover)
        if core.costs is None:
            if room < 1:
                return
        else:
            appeal = np.where(core.costs <= room + 1e-9, appeal, -1.0)
            if is_by_rate:
                appeal = np.where(appeal > 0, appeal / np.maximum(core.costs, 1e-9), appeal)
        appeal[cover.is_chosen] = -2.0
        if without >= 0:
            appeal[without] = -2.0
        if preference is not None:
            appeal = np.where(appeal > 0, appeal * (preference + 1e-4), appeal)
        if random is not None:
            luck = np.exp(heat * random.gumbel(size=len(appeal)))
            appeal = np.where(appeal > 0, appeal * luck, appeal)
        best = int(np.argmax(appeal))
        if appeal[best] < -1.5 or (core.costs is not None and appeal[best] <= 0):
            return
        cover.add(best)


def _descend_costs(core: Core, start: Choice, halt: Halt) -> Choice:
    """Take one site out and fill up anew, as long as that gains; return where it ends."""
    cover = Cover(core, start.sites)
    _fill(cover, is_by_rate=False)
    value = cover.value
    queue = cover.chosen
    unchanged = 0
    while queue and unchanged < len(queue) and not halt():
        out = queue.pop(0)
        now = _exchange(cover, out, value)
        if now > value:
            value, unchanged = now, 0
            chosen = cover.chosen
            queue = [site for site in queue if site in chosen] + [site for site in chosen if site not in queue]
        else:
            queue.append(out)
            unchanged += 1
    return cover.choice()


def _exchange(cover: Cover, out: int, value: float) -> float:
    """Take a site out and fill up, by gain or by gain per euro; undo it unless that gains. Return the value then."""
    cover.drop(out)
    for is_by_rate in (False, True):
        before = cover.is_chosen.copy()
        _fill(cover, is_by_rate=is_by_rate, without=out)
        now = cover.value
        if now > value + 1e-9 * max(1.0, value):
            return now
        for site in np.flatnonzero(cover.is_chosen & ~before).tolist():
            cover.drop(site)
    cover.add(out)
    return value


def _room(cover: Cover) -> float:
    core = cover.core
    if core.costs is None:
        return core.new - int(cover.is_chosen.sum())
    return core.limit - float(core.costs[cover.is_chosen].sum())


def _appeal(cover: Cover) -> Floats:
    """Return the weight each site would add; where rows need more than one site, each step counts its part."""
    core = cover.core
    if core.need is None:
        return cover.gains()
    part = np.where(cover.counts < core.need, core.weights / np.maximum(core.need - cover.counts, 1), 0.0)
    appeal: Floats = core.cover @ part
    return appeal
