"""Shortest ways: exchange of sites after Whitaker (1983) and Resende & Werneck (2007), and restarts.

For each chosen site r and each other site j the table

    profit(r, j) = gain(j) - loss(r) + extra(r, j)

says how much shorter all ways get when j opens and r closes. Each point adds to it by the ways to its
nearest and second-nearest open site alone, so after an exchange only points are taken out and put back
for which one of these has changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.siting.solvers.effort import Halt, never

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BLOCK = 2_000_000


@dataclass(frozen=True, eq=False)
class WayCore:
    """Ways from points to the sites that may be chosen, weighted by people.

    Parameters
    ----------
    ways
        People times way, shape (points, sites), never above ``base``.
    base
        People times way to the nearest site that is open anyway, shape (points,).
    number
        How many sites are chosen.
    kept
        Sites open today that may close, as a mask, and ``kept_least`` of them are chosen at least.
    """

    ways: Floats
    base: Floats
    number: int
    kept: NDArray[np.bool_]
    kept_least: int = 0

    def value(self, sites: tuple[int, ...]) -> float:
        """Return the sum of all ways."""
        if not sites:
            return float(self.base.sum())
        return float(self.ways[:, list(sites)].min(axis=1).sum())


class Exchange:
    """A choice and the table of what each exchange would save."""

    def __init__(self, core: WayCore, sites: tuple[int, ...]) -> None:
        self.core = core
        self.sites = np.array(sites, dtype=np.int64)
        points, number = core.ways.shape
        self.gain = np.zeros(number)
        self.loss = np.zeros(len(sites))
        self.extra = np.zeros((len(sites), number))
        self.nearest = np.full(points, -1, dtype=np.int64)
        self.first = core.base.copy()
        self.second = core.base.copy()
        everyone = np.arange(points)
        self._look(everyone)
        self._count(everyone, 1.0)

    def copy(self) -> Exchange:
        """Return a copy that may go its own way."""
        other = Exchange.__new__(Exchange)
        other.core = self.core
        for name in ("sites", "gain", "loss", "extra", "nearest", "first", "second"):
            setattr(other, name, getattr(self, name).copy())
        return other

    @property
    def value(self) -> float:
        """Sum of all ways."""
        return float(self.first.sum())

    def best(self) -> tuple[float, int, int]:
        """Return the exchange that saves most: what it saves, position of the site that closes, site that opens."""
        profit = self.extra + self.gain[None, :] - self.loss[:, None]
        profit[:, self.sites] = -np.inf
        if self.core.kept_least:
            mine = self.core.kept[self.sites]
            if int(mine.sum()) <= self.core.kept_least:
                profit[np.ix_(mine, ~self.core.kept)] = -np.inf
        place = int(np.argmax(profit))
        out, into = divmod(place, profit.shape[1])
        return float(profit[out, into]), out, into

    def swap(self, out: int, into: int) -> None:
        """Close the site at a position and open another in its place."""
        old = self.core.ways[:, self.sites[out]]
        new = self.core.ways[:, into]
        changed = np.flatnonzero((self.nearest == out) | (old <= self.second) | (new < self.second))
        self._count(changed, -1.0)
        self.sites[out] = into
        self._look(changed)
        self._count(changed, 1.0)

    def _look(self, points: Ints) -> None:
        """Find nearest and second-nearest open site of points anew."""
        near = np.empty((len(points), len(self.sites) + 2))
        near[:, :-2] = self.core.ways[np.ix_(points, self.sites)]
        near[:, -2:] = self.core.base[points][:, None]
        nearest = np.argmin(near, axis=1)
        rows = np.arange(len(points))
        self.first[points] = near[rows, nearest]
        near[rows, nearest] = np.inf
        self.second[points] = near.min(axis=1)
        self.nearest[points] = np.where(nearest < len(self.sites), nearest, -1)

    def _count(self, points: Ints, sign: float) -> None:
        """Put points into the table, or take them out."""
        block = max(1, BLOCK // max(1, self.core.ways.shape[1]))
        order = points[np.argsort(self.nearest[points], kind="stable")]
        for start in range(0, len(order), block):
            self._count_block(order[start : start + block], sign)

    def _count_block(self, points: Ints, sign: float) -> None:
        ways, nearest = self.core.ways[points], self.nearest[points]
        first, second = self.first[points], self.second[points]
        saved = first[:, None] - ways
        np.maximum(saved, 0.0, out=saved)
        self.gain += sign * saved.sum(axis=0)
        at = np.flatnonzero(nearest >= 0)
        if len(at) == 0:
            return
        rest = second[at, None] - np.maximum(ways[at], first[at, None])
        np.maximum(rest, 0.0, out=rest)
        owners = nearest[at]
        starts = np.flatnonzero(np.concatenate([[True], owners[1:] != owners[:-1]]))
        self.extra[owners[starts]] += sign * np.add.reduceat(rest, starts, axis=0)
        self.loss[owners[starts]] += sign * np.add.reduceat(second[at] - first[at], starts)


def greedy_sites(core: WayCore, start: tuple[int, ...] = (), halt: Halt = never) -> tuple[int, ...]:
    """Open the site that saves most until the number is reached; kept sites first where some must be.

    Once ``halt`` says so, what sites save is no longer brought up to date.
    """
    first = core.base.copy()
    chosen = list(start)
    for site in chosen:
        np.minimum(first, core.ways[:, site], out=first)
    gain = _gains(core.ways, first, halt)
    while len(chosen) < core.number:
        appeal = gain.copy()
        appeal[chosen] = -1.0
        must = core.kept_least - int(core.kept[chosen].sum())
        if must >= core.number - len(chosen):
            appeal[~core.kept] = -2.0
        site = int(np.argmax(appeal))
        chosen.append(site)
        if halt():
            continue
        changed = np.flatnonzero(core.ways[:, site] < first)
        gain -= _gains(core.ways[changed], first[changed])
        first[changed] = core.ways[changed, site]
        gain += _gains(core.ways[changed], first[changed])
    return tuple(chosen)


def _gains(ways: Floats, first: Floats, halt: Halt = never) -> Floats:
    """Return what each site would save; of the first points alone once ``halt`` says so."""
    gains = np.zeros(ways.shape[1])
    block = max(1, BLOCK // max(1, ways.shape[1]))
    for start in range(0, len(ways), block):
        part = first[start : start + block, None] - ways[start : start + block]
        gains += np.maximum(part, 0.0, out=part).sum(axis=0)
        if halt():
            break
    return gains


def descend_ways(state: Exchange, halt: Halt = never) -> None:
    """Make the exchange that saves most as long as one saves."""
    while len(state.sites) and len(state.sites) < state.core.ways.shape[1] and not halt():
        saved, out, into = state.best()
        if not saved > 1e-9 * max(1.0, state.value):
            return
        state.swap(out, into)


def kick_ways(state: Exchange, size: int, random: np.random.Generator) -> None:
    """Exchange ``size`` chosen sites by chance, within what may close."""
    number = state.core.ways.shape[1]
    for _ in range(size):
        out = int(random.integers(len(state.sites)))
        others = np.setdiff1d(np.arange(number), state.sites)
        is_bound = int(state.core.kept[state.sites].sum()) <= state.core.kept_least
        if state.core.kept_least and is_bound and state.core.kept[state.sites[out]]:
            others = others[state.core.kept[others]]
        if len(others):
            state.swap(out, int(random.choice(others)))
