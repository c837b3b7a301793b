"""Good choices in milliseconds: greedy, swap descent, and restarts around the best choice.

All gains of opening a site are one sparse product, so a pass over all swaps of one chosen site costs
one product as well. A run depends on its seed only, never on the clock, unless time runs out.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.siting.solvers import costly
from geo.siting.solvers.presolve import Core

Halt = Callable[[], bool]
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


def never() -> bool:
    """Return False: the halt of a search that nobody ends."""
    return False


def silent(choice: Choice, bound: float) -> None:
    """Tell nobody that a choice or a bound got better."""


def deadline(seconds: float, stop: Halt = never) -> Halt:
    """Return a halt that says True once ``seconds`` have passed or ``stop`` says so."""
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() >= end or stop()


class Cover:
    """How often each row of a core is covered by a growing and shrinking choice.

    Once gains were asked for they are kept up to date: a site changes them through those of its rows alone that it
    covers first or last.
    """

    def __init__(self, core: Core) -> None:
        self.core = core
        self.counts = np.zeros(len(core.weights), dtype=np.int32)
        self.is_chosen = np.zeros(len(core.candidates), dtype=bool)
        self._gains: NDArray[np.float64] | None = None

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

    def _offered(self, rows: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the weight of rows at each site that covers them."""
        matrix, weights = self.core.rows_cover, self.core.weights[rows]
        starts = matrix.indptr[rows]
        lengths = matrix.indptr[rows + 1] - starts
        ends = np.cumsum(lengths)
        entries = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + lengths, lengths)
        offered: NDArray[np.float64] = np.bincount(
            matrix.indices[entries], weights=np.repeat(weights, lengths), minlength=len(self.is_chosen)
        ).astype(np.float64, copy=False)
        return offered

    def gains(self) -> NDArray[np.float64]:
        """Return the weight each site would add, -1 for chosen ones."""
        gains: NDArray[np.float64]
        if self.core.need is not None:
            gains = self.core.cover @ np.where(self.counts == self.core.need - 1, self.core.weights, 0.0)
        else:
            if self._gains is None:
                self._gains = self.core.cover @ np.where(self.counts == 0, self.core.weights, 0.0)
            gains = self._gains.copy()
        gains[self.is_chosen] = -1.0
        return gains

    def choice(self) -> Choice:
        """Return what is chosen now."""
        enough = 1 if self.core.need is None else self.core.need
        value = float(self.core.weights[self.counts >= enough].sum())
        return Choice(tuple(np.flatnonzero(self.is_chosen).tolist()), value)


def greedy(core: Core, start: tuple[int, ...] = ()) -> Choice:
    """Add the site with the largest gain until the number is reached; ties by number."""
    if core.costs is not None or core.need is not None:
        return costly.greedy(core, start)
    cover = Cover(core)
    for site in start:
        cover.add(site)
    for _ in range(min(core.new, len(core.candidates)) - len(start)):
        cover.add(int(np.argmax(cover.gains())))
    return cover.choice()


def descend(core: Core, start: Choice, halt: Halt = never) -> Choice:
    """Exchange one chosen site for the best other one as long as that gains; return where it ends."""
    if core.costs is not None:
        return costly.descend(core, start, halt)
    cover = Cover(core)
    queue = list(start.sites)
    for site in queue:
        cover.add(site)
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
    preference: NDArray[np.float64] | None = None,
    heat: float = 0.5,
) -> Choice:
    """Fill up a choice like greedy, but by chance: gain times preference times a random factor.

    ``heat`` is the scale of the factor's logarithm (Gumbel); 0 is greedy.
    """
    if core.costs is not None or core.need is not None:
        return costly.greedy(core, start, preference=preference, random=random, heat=heat)
    cover = Cover(core)
    for site in start:
        cover.add(site)
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
