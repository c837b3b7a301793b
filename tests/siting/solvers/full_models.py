"""The textbook integer programme of each question, a row and a column for everything, given to HiGHS as it stands.

Nothing is merged, nothing left out, nothing shared with the engine: coordinates in, the best value out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array
from scipy.spatial.distance import cdist

FADE_STEPS = 16


@dataclass(frozen=True, eq=False)
class Plain:
    """A siting problem as plain arrays."""

    demand: np.ndarray
    people: np.ndarray
    places: np.ndarray
    reach: float
    new: int
    fixed: tuple[int, ...] = ()
    costs: np.ndarray | None = None
    budget: float | None = None
    share: float = 1.0
    capacity: np.ndarray | None = None
    groups: np.ndarray | None = None
    minimum_shares: dict[int, float] = field(default_factory=dict)

    @property
    def ways(self) -> np.ndarray:
        """Metres from each point to each place."""
        return cdist(self.demand, self.places)

    def arguments(self) -> dict[str, Any]:
        """Return what the engine's ``from_points`` takes."""
        asked = {"reach": self.reach, "new": self.new, "fixed": self.fixed, "share": self.share}
        asked |= {"costs": self.costs, "budget": self.budget, "capacity": self.capacity}
        return {"demand_xy": self.demand, "weights": self.people, "site_xy": self.places} | {
            key: value for key, value in asked.items() if value is not None
        }


@dataclass(frozen=True)
class Told:
    """Value and bound; equal where the value is proven, None where there is none."""

    value: float | None
    bound: float | None


class Model:
    """Columns and rows, collected one by one."""

    def __init__(self) -> None:
        self.objective: list[float] = []
        self.whole: list[int] = []
        self.upper: list[float] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []

    def column(self, worth: float = 0.0, *, is_whole: bool = True, upper: float = 1.0) -> int:
        self.objective.append(worth)
        self.whole.append(int(is_whole))
        self.upper.append(upper)
        return len(self.objective) - 1

    def row(self, terms: dict[int, float], low: float, high: float) -> None:
        self.rows.append((terms, low, high))

    def least(self, seconds: float) -> Told:
        """Return the least value of the objective and its bound, None where there is no solution."""
        entries = [(at, column, value) for at, (terms, _, _) in enumerate(self.rows) for column, value in terms.items()]
        at, column, value = (np.array(part) for part in zip(*entries, strict=True))
        matrix = coo_array((value, (at, column)), shape=(len(self.rows), len(self.objective))).tocsr()
        limits = np.array([(low, high) for _, low, high in self.rows])
        told = milp(
            np.array(self.objective),
            constraints=LinearConstraint(matrix, limits[:, 0], limits[:, 1]),
            integrality=np.array(self.whole),
            bounds=Bounds(0.0, np.array(self.upper)),
            options={"mip_rel_gap": 0.0, "time_limit": seconds},
        )
        assert told.status in (0, 1, 2), told.message
        bound = getattr(told, "mip_dual_bound", None)
        return Told(None if told.fun is None else float(told.fun), None if bound is None else float(bound))


def best_value(plain: Plain, objective: str, *, seconds: float = 600.0) -> Told:
    """Return the best value of a question, no value where no choice meets the wishes."""
    model = Model()
    is_count = objective == "cover-all"
    sites = [model.column(1.0 if is_count and site not in plain.fixed else 0.0) for site in range(len(plain.places))]
    for site in plain.fixed:
        model.row({sites[site]: 1.0}, 1.0, 1.0)
    free = [site for site in range(len(plain.places)) if site not in plain.fixed]
    if plain.budget is not None and plain.costs is not None:
        model.row({sites[site]: float(plain.costs[site]) for site in free}, -math.inf, plain.budget)
    elif not is_count:
        model.row({sites[site]: 1.0 for site in free}, plain.new, plain.new)
    _WRITERS[objective](plain, model, sites)
    told = model.least(seconds)
    if objective in ("median", "center", "cover-all"):
        return told
    return Told(*(None if value is None else -value for value in (told.value, told.bound)))


def _covered(plain: Plain, model: Model, sites: list[int], *, times: int = 1, worth: bool = True) -> list[int]:
    near = plain.ways <= plain.reach
    reached = []
    for point, people in enumerate(plain.people):
        column = model.column(-float(people) if worth else 0.0)
        terms = {sites[site]: -1.0 for site in np.flatnonzero(near[point])}
        model.row({column: float(times), **terms}, -math.inf, 0.0)
        reached.append(column)
    for group, share in plain.minimum_shares.items():
        mine = np.flatnonzero(plain.groups == group)
        wanted = share * plain.people[mine].sum()
        model.row({reached[point]: float(plain.people[point]) for point in mine}, wanted, math.inf)
    return reached


def _coverage(plain: Plain, model: Model, sites: list[int]) -> None:
    _covered(plain, model, sites)


def _backup(plain: Plain, model: Model, sites: list[int]) -> None:
    _covered(plain, model, sites, times=2)


def _cover_all(plain: Plain, model: Model, sites: list[int]) -> None:
    reached = _covered(plain, model, sites, worth=False)
    wanted = plain.share * plain.people.sum()
    model.row({column: float(people) for column, people in zip(reached, plain.people, strict=True)}, wanted, math.inf)


def _fade(plain: Plain, model: Model, sites: list[int]) -> None:
    shares = np.clip((plain.reach - plain.ways) / plain.reach, 0.0, 1.0)
    shares = np.floor(shares * FADE_STEPS + 0.5) / FADE_STEPS
    for point, people in enumerate(plain.people):
        used = {}
        for site in np.flatnonzero(shares[point] > 0):
            column = model.column(-float(people) * shares[point, site], is_whole=False)
            model.row({column: 1.0, sites[site]: -1.0}, -math.inf, 0.0)
            used[column] = 1.0
        if used:
            model.row(used, -math.inf, 1.0)


def _assigned(plain: Plain, model: Model, sites: list[int], worth: np.ndarray) -> list[dict[int, int]]:
    """Add one column for each point and site; each point with people uses one open site."""
    pairs = []
    for point in np.flatnonzero(plain.people > 0):
        used = {}
        for site, column in enumerate(sites):
            used[site] = model.column(float(worth[point, site]), is_whole=False)
            model.row({used[site]: 1.0, column: -1.0}, -math.inf, 0.0)
        model.row(dict.fromkeys(used.values(), 1.0), 1.0, 1.0)
        pairs.append(used)
    return pairs


def _median(plain: Plain, model: Model, sites: list[int]) -> None:
    _assigned(plain, model, sites, plain.people[:, None] * plain.ways)


def _center(plain: Plain, model: Model, sites: list[int]) -> None:
    ways = plain.ways
    longest = model.column(1.0, is_whole=False, upper=float(ways.max()) + 1.0)
    for point, used in zip(
        np.flatnonzero(plain.people > 0), _assigned(plain, model, sites, np.zeros_like(ways)), strict=True
    ):
        terms = {column: float(ways[point, site]) for site, column in used.items()}
        model.row({**terms, longest: -1.0}, -math.inf, 0.0)


def _capacity(plain: Plain, model: Model, sites: list[int]) -> None:
    near = plain.ways <= plain.reach
    loads: dict[int, dict[int, float]] = {site: {} for site in range(len(sites))}
    for point, people in enumerate(plain.people):
        served = {}
        for site in np.flatnonzero(near[point]):
            column = model.column(-1.0, is_whole=False, upper=float(people))
            loads[int(site)][column] = 1.0
            served[column] = 1.0
        if served:
            model.row(served, -math.inf, float(people))
    for site, load in loads.items():
        model.row({**load, sites[site]: -float(plain.capacity[site])}, -math.inf, 0.0)


_WRITERS = {
    "coverage": _coverage,
    "budget": _coverage,
    "backup": _backup,
    "cover-all": _cover_all,
    "fade": _fade,
    "median": _median,
    "center": _center,
    "capacity": _capacity,
}
