"""Branch and bound for large cores: the Lagrangian bound at every node, on rows merged anew.

At each node sites are open, out, or free. Rows of open sites are dropped, rows alike in their free
sites merged, and the bound is lowered from the parent's multipliers. Sites
whose scores show that opening them (or leaving them out) cannot beat the best choice known are fixed.
The open list holds fixings and multipliers, never a sub-problem.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.siting.solvers.bound import Relaxation, knapsack, relax
from geo.siting.solvers.effort import Halt, never
from geo.siting.solvers.local_search import Choice, Cover, Proof, Tell, descend, drawn, greedy, kicked, silent
from geo.siting.solvers.presolve import Core, merge_rows

ROOT_ITERATIONS = 1000
NODE_ITERATIONS = 120
RESTARTS = 80
PAIR_SITES_MAX = 400
SEARCHED_FIRST = 30
SEARCHED_EVERY = 4


@dataclass(frozen=True, eq=False)
class Node:
    """Fixings and where to start bounding: all that waits on the open list.

    ``bound`` holds for every choice under the node; ``opened`` and ``free`` are candidates of the root;
    ``fractions`` are multipliers by weight of the root's rows; ``shares`` belong to ``free``.
    """

    bound: float
    opened: tuple[int, ...]
    free: NDArray[np.int64]
    fractions: NDArray[np.float32]
    shares: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Part:
    """A node as a core of its own: what is left of the root once fixings are applied.

    ``core.candidates`` are candidates of the root; ``rows`` are the root's rows in it and ``group`` their
    merged row; ``opened_weight`` is what open sites add.
    """

    core: Core
    rows: NDArray[np.int64]
    group: NDArray[np.int64]
    opened_weight: float


def branch_and_bound(
    core: Core, start: Choice, *, seed: int = 0, mip_gap: float = 0.0, halt: Halt = never, tell: Tell = silent
) -> Proof:
    """Improve a choice and prove it, best node first, until nothing is open or ``halt`` says so.

    Parameters
    ----------
    core
        Not trivial, with at least one row, each of which needs one site; without rules.
    start
        A choice that keeps number or budget.
    seed
        Seed of the restarts.
    mip_gap
        Fraction at which to end early; 0 proves.
    halt
        Asked between steps; True ends with what is known.
    tell
        Told whenever choice or bound get better.
    """
    tree = _Tree(core, start, np.random.default_rng(seed), halt, tell)
    root = relax(core, target=tree.target(), iterations=ROOT_ITERATIONS, stall=0.02, halt=halt)
    tree.lower(root.bound)
    tree.restart(root.shares, RESTARTS)
    number = len(core.candidates)
    fractions = (root.multipliers / core.weights).astype(np.float32)
    tree.push(Node(root.bound, (), np.arange(number), fractions, root.shares))
    while tree.heap and not halt():
        bound = tree.bound()
        tree.lower(bound)
        if bound <= tree.target() or bound - tree.best.value <= mip_gap * (core.base + bound):
            break
        tree.expand(tree.pop())
    return Proof(tree.best, min(tree.bound(), core.reachable))


class _Tree:
    """The open list and the best choice known."""

    def __init__(self, core: Core, start: Choice, random: np.random.Generator, halt: Halt, tell: Tell) -> None:
        self.core = core
        self.best = start
        self.random = random
        self.halt = halt
        self.tell = tell
        self.lowest = core.reachable
        self.expanded = 0
        self.heap: list[tuple[float, int, Node]] = []
        self.order: Iterator[int] = itertools.count()

    def target(self) -> float:
        """Return the bound at or below which a node holds nothing better."""
        return self.best.value + self.core.margin(self.core.base + self.best.value)

    def bound(self) -> float:
        """Return what no choice exceeds, as far as is known."""
        return max(self.best.value, self.heap[0][2].bound) if self.heap else self.best.value

    def push(self, node: Node) -> None:
        if node.bound > self.target():
            heapq.heappush(self.heap, (-node.bound, next(self.order), node))

    def pop(self) -> Node:
        return heapq.heappop(self.heap)[2]

    def offer(self, choice: Choice) -> None:
        if choice.value > self.best.value:
            self.best = choice
            self.tell(choice, self.lowest)

    def lower(self, bound: float) -> None:
        if bound < self.lowest - 1e-4 * abs(self.lowest):
            self.lowest = bound
            self.tell(self.best, bound)

    def restart(self, preference: NDArray[np.float64], times: int) -> None:
        """Search anew ``times`` times, in turn from the fractional choice and around the best one."""
        for turn in range(times):
            if self.halt():
                return
            if turn % 2:
                size = 2 + turn // 2 % max(1, min(4, len(self.best.sites) - 1))
                trial = kicked(self.core, self.best, size, self.random)
            else:
                trial = drawn(self.core, (), self.random, preference=preference)
            self.offer(descend(self.core, trial, self.halt))

    def expand(self, node: Node) -> None:
        """Bound a node; put its children on the list unless it holds nothing better."""
        if self.core.costs is not None and float(self.core.costs[list(node.opened)].sum()) > self.core.limit + 1e-9:
            return  # what is open here costs too much
        part = part_of(self.core, node)
        chosen = _outright(part.core)
        if chosen is not None:
            self.finish(node, part, chosen)
            return
        multipliers = node.fractions[part.rows] * self.core.weights[part.rows]
        found = relax(
            part.core,
            target=self.target() - part.opened_weight,
            iterations=NODE_ITERATIONS,
            multipliers=np.bincount(part.group, weights=multipliers).astype(np.float64),
            shares=node.shares[np.isin(node.free, part.core.candidates)],
            halt=self.halt,
        )
        bound = min(node.bound, part.opened_weight + found.bound)
        if self.halt():
            self.push(Node(bound, node.opened, node.free, node.fractions, node.shares))
        elif bound > self.target():
            self.expanded += 1
            if self.expanded <= SEARCHED_FIRST or self.expanded % SEARCHED_EVERY == 0:
                self.search_below(node, part, found)
            self.split(node, part, found, bound)

    def finish(self, node: Node, part: Part, chosen: tuple[int, ...]) -> None:
        """Take the best choice of a node that is solved outright, filled up to the number of sites."""
        opened = list(node.opened) + part.core.candidates[list(chosen)].tolist()
        if self.core.costs is None:
            missing = self.core.new - len(opened)
            opened += np.setdiff1d(np.arange(len(self.core.candidates)), opened)[:missing].tolist()
        self.offer(Cover(self.core, opened).choice())

    def search_below(self, node: Node, part: Part, found: Relaxation) -> None:
        """Draw one choice by the node's fractional choice and let it descend."""
        preference = np.zeros(len(self.core.candidates))
        preference[part.core.candidates] = found.shares
        trial = drawn(self.core, node.opened, self.random, preference=preference)
        self.offer(descend(self.core, trial, self.halt))

    def split(self, node: Node, part: Part, found: Relaxation, bound: float) -> None:
        """Fix what scores allow, then branch, open or out, on the free site with most gain times root of share."""
        slack = part.opened_weight + found.bound - self.target()  # of the bound these scores belong to
        if part.core.costs is None:
            is_in, is_out = fixable(found.scores, part.core.new, slack)
        else:
            is_in, is_out = fixable_by_price(found.scores, part.core.costs, part.core.limit, slack)
        opened = node.opened + tuple(part.core.candidates[is_in].tolist())
        free = ~(is_in | is_out)
        sites, shares = part.core.candidates[free], found.shares[free]
        fractions = node.fractions.copy()
        fractions[part.rows] = (found.multipliers / part.core.weights)[part.group]
        if len(sites) == 0 or (self.core.costs is None and len(opened) >= self.core.new):
            kept = opened if self.core.costs is not None else opened[: self.core.new]
            self.push(Node(bound, kept, sites, fractions, shares))
            return
        gains = part.core.cover @ part.core.weights
        branch = int(np.argmax(gains[free] * np.sqrt(shares)))
        others = np.arange(len(sites)) != branch
        for more in ((int(sites[branch]),), ()):
            self.push(Node(bound, opened + more, sites[others], fractions, shares[others]))


def part_of(root: Core, node: Node) -> Part:
    """Apply a node's fixings to the root core."""
    covered = Cover(root, node.opened).counts > 0
    rows = np.flatnonzero(~covered)
    free, costs, limit = node.free, None, 0.0
    if root.costs is not None:
        limit = max(0.0, root.limit - float(root.costs[list(node.opened)].sum()))
        free = free[root.costs[free] <= limit]
        costs = root.costs[free]
    matrix = root.rows_cover[rows][:, free]
    reached = np.diff(matrix.indptr) > 0
    matrix, rows = matrix[reached], rows[reached]
    merged, weights, group = merge_rows(matrix, root.weights[rows])
    core = Core(
        cover=merged.T.tocsr(),
        rows_cover=merged,
        weights=weights,
        candidates=free,
        spare=np.empty(0, dtype=np.int64),
        new=root.new - len(node.opened),
        base=0.0,
        step=root.step,
        costs=costs,
        limit=limit,
    )
    return Part(core, rows, group, float(root.weights[covered].sum()))


def fixable(scores: NDArray[np.float64], number: int, slack: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which sites must be open, and which may be left out, in any better choice.

    Opening a site outside the ``number`` best lowers the bound by the difference of its score to the
    last of these; leaving out one of them by the difference to the first one after. Where that is
    ``slack`` or more, no better choice does so.
    """
    order = np.argsort(-scores, kind="stable")
    top, rest = order[:number], order[number:]
    is_in, is_out = np.zeros(len(scores), dtype=bool), np.zeros(len(scores), dtype=bool)
    is_in[top] = scores[top] - scores[rest[0]] >= slack
    is_out[rest] = scores[top[-1]] - scores[rest] >= slack
    return is_in, is_out


def fixable_by_price(
    scores: NDArray[np.float64], costs: NDArray[np.float64], limit: float, slack: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return as :func:`fixable` for a budget: by score less cost times the price of money in the bound."""
    _, price = knapsack(scores, costs, limit)
    reduced = scores - price * costs
    return reduced >= slack, -reduced >= slack


def _outright(core: Core) -> tuple[int, ...] | None:
    """Return the best choice of a core that needs no search, else None."""
    if core.costs is not None:
        if len(core.weights) == 0 or len(core.candidates) == 0:
            return ()
        return greedy(core).sites if core.is_trivial else None
    left = core.new
    if left == 0 or len(core.weights) == 0 or left >= len(core.candidates):
        return tuple(range(min(left, len(core.candidates))))
    if left == 1 or (left == 2 and len(core.candidates) <= PAIR_SITES_MAX):
        return _best_few(core)
    return None


def _best_few(core: Core) -> tuple[int, ...]:
    """Return the best one or two sites of a core by looking at all of them."""
    gains = core.cover @ core.weights
    if core.new == 1:
        return (int(np.argmax(gains)),)
    shared = (core.cover.multiply(core.weights[None, :]).tocsr() @ core.rows_cover).toarray()
    together = gains[:, None] + gains[None, :] - shared
    np.fill_diagonal(together, -1.0)
    first, second = divmod(int(np.argmax(together)), len(gains))
    return (first, second)
