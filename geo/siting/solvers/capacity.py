"""Most people served within the appointments that sites have (capacitated maximal covering, Current & Storbeck 1988).

    max  sum x_ij   s.t.   sum_j x_ij <= w_i,   a sum_i x_ij <= q_j y_j,   x_ij <= w_i y_j,   sum_j y_j = p,
                           x_ij >= 0 only where j is within reach of i,   y_j in {0, 1}

with a appointments per person and week and q_j appointments at site j. For given sites the best assignment is
a flow. With prices 0 <= m_i <= 1 on people no choice serves more than

    L(m) = sum_i m_i w_i + sum over open sites and the p best others of k_j(m)

where k_j is what site j earns with 1 - m_i for each person it serves, dearest first, until it is full.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.siting.problem import Plan, Reason, SitingProblem
from geo.siting.solvers.bound import knapsack, top_sum
from geo.siting.solvers.effort import Effort, Halt, Teller
from geo.siting.solvers.models import Program
from geo.siting.solvers.presolve import merge_rows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PROGRAM_PAIRS_MAX = 40_000
BOUND_STEPS = 150
BOUND_STEPS_LARGE = 400
TRIALS = 6
RESTARTS = 12
RESTARTS_MOST = 10_000
FLOW_UNITS = 2.0**30


@dataclass(frozen=True, eq=False)
class Seats:
    """People in merged rows, sites with places.

    Parameters
    ----------
    cover
        CSR of ones, shape (sites, rows); sites are open ones first, then those to choose from.
    rows_cover
        Its transpose as CSR.
    people
        Shape (rows,).
    places
        People each site can serve, shape (sites,), at most all people.
    anyway
        How many of the sites are open anyway.
    number
        How many more are chosen; not used with costs.
    costs, limit
        Costs of the sites, shape (sites,), and the budget; None for a number.
    kept, kept_least
        Mask of sites open today that may close, and how many of them stay at least.
    """

    cover: Any
    rows_cover: Any
    people: Floats
    places: Floats
    anyway: int
    number: int
    costs: Floats | None
    limit: float
    kept: NDArray[np.bool_]
    kept_least: int

    @property
    def is_small(self) -> bool:
        """Whether the integer programme is small enough to be solved; the search need not find everything then."""
        return bool(self.cover.nnz <= PROGRAM_PAIRS_MAX)

    def room(self, chosen: list[int]) -> Ints:
        """Return the sites that may still be added."""
        is_free = np.ones(len(self.places), dtype=bool)
        is_free[: self.anyway] = False
        is_free[chosen] = False
        if self.costs is not None:
            spent = float(self.costs[chosen].sum())
            is_free &= self.costs <= self.limit - spent + 1e-9
        elif len(chosen) >= self.number:
            is_free[:] = False
        must = self.kept_least - int(self.kept[chosen].sum())
        if must >= (self.number - len(chosen) if self.costs is None else 1):
            is_free &= self.kept
        return np.flatnonzero(is_free)

    def is_allowed(self, chosen: list[int]) -> bool:
        """Tell whether sites keep number or budget, and enough of those open today."""
        is_kept = int(self.kept[chosen].sum()) >= self.kept_least
        if self.costs is not None:
            return is_kept and float(self.costs[chosen].sum()) <= self.limit + 1e-9
        return is_kept and len(chosen) == self.number

    def flow(self, chosen: list[int]) -> tuple[float, Floats]:
        """Return how many people open and chosen sites serve at best, and how many of each row are left."""
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import maximum_flow

        sites = list(range(self.anyway)) + chosen
        part = self.cover[sites].tocsr()
        rows = np.unique(part.indices)
        if len(rows) == 0:
            return 0.0, self.people.copy()
        merged, people, group = merge_rows(part[:, rows].T.tocsr(), self.people[rows])
        scale = _scale(float(people.sum()))
        number, others = len(people), len(sites)
        pairs = merged.tocoo()
        # Source, rows, sites, sink; everything in whole units, rounded down.
        tail = np.concatenate([np.zeros(number), 1 + pairs.coords[0], 1 + number + np.arange(others)])
        head = np.concatenate(
            [1 + np.arange(number), 1 + number + pairs.coords[1], np.full(others, 1 + number + others)]
        )
        units = np.floor(np.concatenate([people, people[pairs.coords[0]], self.places[sites]]) * scale + 1e-6)
        units = np.minimum(units, FLOW_UNITS)
        size = 2 + number + others
        graph = csr_array((units.astype(np.int32), (tail.astype(np.int32), head.astype(np.int32))), shape=(size, size))
        told = maximum_flow(graph.tocsr(), 0, size - 1)
        used = told.flow[[0]].toarray()[0, 1 : 1 + number] / scale
        share = np.where(people > 0, 1.0 - used / people, 0.0)
        left = self.people.copy()
        left[rows] *= share[group]
        return told.flow_value / scale, left


def _scale(people: float) -> float:
    """Return units per person: a power of two, so that whole and dyadic people stay exact."""
    return float(2.0 ** math.floor(math.log2(FLOW_UNITS / max(people, 1e-9))))


def solve_capacity(problem: SitingProblem, objective: str, effort: Effort) -> Plan:
    """Find the most people served; parameters as :func:`geo.siting.solvers.covering.solve_covering`."""
    seats, sites = seats_of(problem)
    teller = Teller(problem, effort)

    def tell(chosen: list[int], value: float, bound: float) -> None:
        teller.tell(value, bound, (*problem.forced, *sites[chosen].tolist()))

    chosen, value, bound = best_seats(seats, effort, tell)
    if not seats.is_allowed(chosen):
        kept = np.sort(seats.costs[seats.kept])[: seats.kept_least] if seats.costs is not None else np.zeros(0)
        least = float(kept.sum()) + problem.cost(problem.forced) - problem.cost(problem.closable)
        figures = {"budget": float(problem.budget or 0.0), "budget_least": least}
        return effort.no_plan(problem, objective, Reason("rules_exceed_budget", figures))
    tell(chosen, value, bound)
    is_proven = bound <= value + 1e-6 * max(1.0, value)
    named = (*problem.forced, *sites[chosen].tolist())
    return effort.plan(problem, objective, named, value, bound, proven=is_proven)


def seats_of(problem: SitingProblem) -> tuple[Seats, Ints]:
    """Return the merged problem and the site behind each of its sites."""
    capacity = np.zeros(problem.sites) if problem.capacity is None else problem.capacity
    is_open = np.array(sorted(problem.fixed + problem.forced), dtype=np.int64)
    choosable = np.union1d(problem.candidates, np.array(problem.closable, dtype=np.int64))
    free = np.setdiff1d(choosable, is_open)
    sites = np.concatenate([is_open, free])
    by_point = problem.cover[sites].T.tocsr()
    points = np.flatnonzero((np.diff(by_point.indptr) > 0) & (problem.weights > 0))
    merged, people, _ = merge_rows(by_point[points], problem.weights[points])
    merged = merged.astype(np.float64)
    costs, limit = None, 0.0
    if problem.costs is not None and problem.budget is not None:
        costs = problem.costs[sites]
        limit = problem.budget + problem.cost(problem.closable) - problem.cost(problem.forced)
    places = np.minimum(capacity[sites] / problem.appointments, float(people.sum()))
    seats = Seats(
        cover=merged.T.tocsr(),
        rows_cover=merged,
        people=people,
        places=places,
        anyway=len(is_open),
        number=problem.new - len(problem.forced) + len(problem.closable),
        costs=costs,
        limit=limit,
        kept=np.isin(sites, np.array(problem.closable, dtype=np.int64)),
        kept_least=len(problem.closable) - problem.moves_most,
    )
    return seats, sites


def best_seats(
    seats: Seats, effort: Effort, tell: Callable[[list[int], float, float], None]
) -> tuple[list[int], float, float]:
    """Return the best sites found, the people they serve, and a bound."""
    most = float(seats.people.sum())
    chosen, value = fill_seats(seats, [])
    if not seats.is_allowed(chosen) and seats.costs is not None:
        today = np.flatnonzero(seats.kept)
        cheapest = today[np.argsort(seats.costs[today], kind="stable")][: seats.kept_least].tolist()
        chosen, value = fill_seats(seats, cheapest)
    if not seats.is_allowed(chosen):
        return chosen, value, most
    tell(chosen, value, most)
    chosen, value = swap_seats(seats, chosen, value, effort.halt)
    tell(chosen, value, most)
    bound = seat_bound(seats, value, effort.halt)
    tell(chosen, value, bound)
    random = np.random.default_rng(effort.seed)
    is_small = seats.is_small
    till = effort.part(0.3) if is_small else effort.halt
    for turn in range(RESTARTS if is_small else RESTARTS_MOST):
        if till() or bound <= value * (1 + 1e-9) or not chosen:
            break
        kept = list(chosen)
        for _ in range(min(len(kept), 2 + turn % 3)):
            kept.pop(int(random.integers(len(kept))))
        trial, now = swap_seats(seats, *fill_seats(seats, kept, random), till)
        if now > value * (1 + 1e-12) and seats.is_allowed(trial):
            chosen, value = trial, now
            tell(chosen, value, bound)
    if bound > value * (1 + 1e-9) and is_small and not effort.halt():
        return _by_highs(seats, chosen, value, bound, effort)
    return chosen, value, bound


def fill_seats(seats: Seats, start: list[int], random: np.random.Generator | None = None) -> tuple[list[int], float]:
    """Add the site that serves most more, seen by a flow for the most promising ones."""
    chosen = list(start)
    value, left = seats.flow(chosen)
    while True:
        room = seats.room(chosen)
        if len(room) == 0:
            return chosen, value
        promise = np.minimum(seats.places, seats.cover @ left)[room]
        if seats.costs is not None:
            promise = promise / np.maximum(seats.costs[room], 1e-9)
        if random is not None:
            promise = promise * np.exp(0.3 * random.gumbel(size=len(promise)))
        trials = room[np.argsort(-promise, kind="stable")[: 1 if random is not None else TRIALS]].tolist()
        found = [(*seats.flow([*chosen, site]), site) for site in trials]
        rates = [
            (now - value) / (max(seats.costs[site], 1e-9) if seats.costs is not None else 1.0) for now, _, site in found
        ]
        best = int(np.argmax(rates))
        if seats.costs is not None and rates[best] <= 0 and seats.kept[chosen].sum() >= seats.kept_least:
            return chosen, value
        value, left = found[best][:2]
        chosen.append(found[best][2])


def swap_seats(seats: Seats, chosen: list[int], value: float, halt: Halt) -> tuple[list[int], float]:
    """Take a site out and fill up again as long as that serves more."""
    queue = list(chosen)
    unchanged = 0
    while queue and unchanged < len(queue) and not halt():
        out = queue.pop(0)
        trial, now = fill_seats(seats, [site for site in chosen if site != out])
        if now > value * (1 + 1e-12) + 1e-9 and seats.is_allowed(trial):
            chosen, value, unchanged = trial, now, 0
            queue = [site for site in queue if site in chosen] + [site for site in chosen if site not in queue]
        else:
            queue.append(out)
            unchanged += 1
    return chosen, value


def seat_bound(seats: Seats, value: float, halt: Halt) -> float:
    """Lower L(m) by subgradient steps; return the least found."""
    people, places = seats.people, seats.places
    best = float(people.sum())
    if len(people) == 0:
        return 0.0
    price, scale, unchanged = np.full(len(people), 0.5), 1.0, 0
    for _ in range(BOUND_STEPS if seats.is_small else BOUND_STEPS_LARGE):
        order = np.argsort(price, kind="stable")
        by_site = seats.rows_cover[order].T.tocsr()
        rows = order[by_site.indices]
        wanted = people[rows]
        before = np.cumsum(wanted) - wanted
        lengths = np.diff(by_site.indptr)
        before -= np.repeat(np.append(before, 0.0)[by_site.indptr[:-1]], lengths)
        taken = np.clip(np.repeat(places, lengths) - before, 0.0, wanted)
        owner = np.repeat(np.arange(len(places)), lengths)
        earns = np.bincount(owner, weights=taken * (1.0 - price[rows]), minlength=len(places)).astype(np.float64)
        others = earns[seats.anyway :]
        if seats.costs is None:
            number = min(seats.number, len(others))
            extra, cut = top_sum(others, number), np.sort(others)[len(others) - number] if number else np.inf
            is_used = others >= cut
        else:
            costs = seats.costs[seats.anyway :]
            extra, rate = knapsack(others, costs, seats.limit)
            is_used = others > rate * costs
        bound = float(price @ people) + float(earns[: seats.anyway].sum()) + extra
        unchanged = 0 if bound < best * (1 - 1e-5) else unchanged + 1
        best = min(best, bound)
        if best <= value * (1 + 1e-9) or halt() or scale < 1e-3:
            break
        if unchanged >= 8:
            scale, unchanged = scale * 0.6, 0
        counts = np.concatenate([np.ones(seats.anyway, dtype=bool), is_used])
        slope = people - np.bincount(rows, weights=taken * counts[owner], minlength=len(people))
        size = float(slope @ slope)
        if size == 0:
            break
        price = np.clip(price - slope * (scale * (bound - value) / size), 0.0, 1.0)
    return best


def _by_highs(
    seats: Seats, chosen: list[int], value: float, bound: float, effort: Effort
) -> tuple[list[int], float, float]:
    from geo.siting.solvers.exact import run

    told = run(
        seat_program(seats), seconds=effort.left, seed=effort.seed, mip_gap=effort.mip_gap, margin=1e-7,
        halt=effort.halt,
    )  # fmt: skip
    if told.values is not None:
        sites = len(seats.places)
        found = [site for site in np.flatnonzero(told.values[:sites] > 0.5).tolist() if site >= seats.anyway]
        is_whole = seats.costs is not None or len(found) == seats.number
        now = seats.flow(found)[0]
        if is_whole and now > value:
            chosen, value = found, now
    return chosen, value, max(value, min(bound, told.bound))


def seat_program(seats: Seats) -> Program:
    """Return the integer programme: sites, then pairs of row and site in the order of ``cover``."""
    from scipy.sparse import coo_array

    sites, rows, pairs = len(seats.places), len(seats.people), seats.cover.nnz
    owner = np.repeat(np.arange(sites), np.diff(seats.cover.indptr))
    row, every = seats.cover.indices, np.arange(sites)
    column = sites + np.arange(pairs)
    top = np.minimum(seats.people[row], seats.places[owner])
    costs = np.ones(sites) if seats.costs is None else seats.costs.copy()
    costs[: seats.anyway] = 0.0
    last = rows + sites + pairs
    where = [
        (row, column, np.ones(pairs)),  # people of a row
        (rows + owner, column, np.ones(pairs)),  # places of a site
        (rows + every, every, -seats.places),
        (rows + sites + np.arange(pairs), column, np.ones(pairs)),  # only where open
        (rows + sites + np.arange(pairs), owner, -top),
        (np.full(sites, last), every, costs),
        (np.full(sites, last + 1), every, seats.kept.astype(np.float64)),
        (np.full(seats.anyway, last + 2), every[: seats.anyway], np.ones(seats.anyway)),
    ]
    matrix = coo_array(
        (np.concatenate([part[2] for part in where]),
         (np.concatenate([part[0] for part in where]), np.concatenate([part[1] for part in where]))),
        shape=(last + 3, sites + pairs),
    ).tocsr()  # fmt: skip
    number = seats.number if seats.costs is None else seats.limit
    return Program(
        coefficients=np.concatenate([np.zeros(sites), np.ones(pairs)]),
        upper=np.concatenate([np.ones(sites), top]),
        is_whole=np.concatenate([np.ones(sites, dtype=bool), np.zeros(pairs, dtype=bool)]),
        matrix=matrix,
        row_lower=np.concatenate([np.full(last, -np.inf), [number if seats.costs is None else -np.inf],
                                  [seats.kept_least], [seats.anyway]]),
        row_upper=np.concatenate([seats.people, np.zeros(sites + pairs), [number], [np.inf], [seats.anyway]]),
        is_maximum=True,
    )  # fmt: skip
