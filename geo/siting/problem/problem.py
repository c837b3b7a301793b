"""The siting problem as arrays: who is reached from where, and what may be chosen."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.defaults import SERVICE_RADIUS_MINUTES
from geo.errors import ContractError
from geo.reach import neighbours, require_positive
from geo.siting.problem.contract import (
    Minimum,
    as_array,
    as_indices,
    as_labels,
    as_minimums,
    as_number,
    as_per_site,
    as_share,
    as_weights,
    check_once,
)
from geo.siting.problem.travel_costs import Fade, TravelCosts

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from geo.reach import TravelTimes


@dataclass(frozen=True, eq=False)
class SitingProblem:
    """Which sites to open: who lives where, who reaches what, what may be chosen and under which rules.

    Parameters
    ----------
    weights
        People at each demand point, shape (n,): finite, not negative. Kept as a read-only copy.
    cover
        Sparse (CSR) bool, shape (sites, n): true where the demand point is within reach of the site.
    fixed
        Sites that are open today and stay open; they do not count among ``new``.
    forced
        Sites that must be among the new ones.
    forbidden
        Sites that must not be among the new ones.
    new
        How many new sites are chosen: exactly so many, the forced ones among them. Not used with a budget,
        nor where the fewest sites are asked for.
    ways
        How far it is, for the questions that ask for it; :meth:`from_points` and :meth:`from_travel` set it.
    costs, budget
        Euro for each site, shape (sites,), and in all: with a budget, any number of new sites whose costs
        fit is chosen in place of ``new``. A site that closes gives its cost back.
    closable, moves
        Sites that are open today and may close, and how many of them at most (None: all). With a number, each
        site that closes lets one more new site open: it moves.
    capacity, appointments
        Appointments per week at each site, shape (sites,), infinite where there is no limit; and how many a person
        needs per week.
    share
        For the fewest sites: share of all people to be reached, above 0 up to 1.
    demand_groups, site_groups, minimums
        Group (district, quarter) of each demand point and site, whole numbers, negative for none; and what
        each group is to have at least.
    fade
        How reach fades with distance.
    services
        Number of services the demand points are stacked by: point s * n + i is person i's need of service s.

    Raises
    ------
    ContractError
        If an array or index breaks what is said above. Wishes that cannot be met together (more forced
        sites than new ones, more new sites than candidates) are no error: their plan is infeasible.
    """

    weights: NDArray[np.float64]
    cover: csr_array
    fixed: tuple[int, ...] = ()
    forced: tuple[int, ...] = ()
    forbidden: tuple[int, ...] = ()
    new: int = 1
    ways: TravelCosts | None = None
    costs: NDArray[np.float64] | None = None
    budget: float | None = None
    closable: tuple[int, ...] = ()
    moves: int | None = None
    capacity: NDArray[np.float64] | None = None
    appointments: float = 1.0
    share: float = 1.0
    demand_groups: NDArray[np.int64] | None = None
    site_groups: NDArray[np.int64] | None = None
    minimums: tuple[Minimum, ...] = ()
    fade: Fade | None = None
    services: int = 1

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "weights", as_weights(self.weights))
        put(self, "cover", _cover(self.cover, len(self.weights)))
        for name in ("fixed", "forced", "forbidden", "closable"):
            put(self, name, as_indices(getattr(self, name), name, self.sites))
        put(self, "new", as_number(self.new, "new"))
        put(self, "moves", None if self.moves is None else as_number(self.moves, "moves"))
        put(self, "costs", as_per_site(self.costs, "costs", self.sites))
        put(self, "capacity", as_per_site(self.capacity, "capacity", self.sites, is_infinite_allowed=True))
        put(self, "demand_groups", as_labels(self.demand_groups, "demand_groups", self.points))
        put(self, "site_groups", as_labels(self.site_groups, "site_groups", self.sites))
        put(self, "minimums", as_minimums(self.minimums, self.demand_groups, self.site_groups))
        put(self, "share", as_share(self.share))
        require_positive(self.appointments, "appointments")
        check_once(self.fixed, self.forced, self.closable)
        self._check_budget()

    def _check_budget(self) -> None:
        if self.budget is None:
            return
        if self.costs is None:
            raise ContractError("budget is given without costs; say what each site costs")
        if not (np.isfinite(self.budget) and self.budget >= 0):
            raise ContractError(f"budget = {self.budget}: give euro, finite and not negative")

    @property
    def points(self) -> int:
        """Number of demand points."""
        return len(self.weights)

    @property
    def sites(self) -> int:
        """Number of sites, fixed ones included."""
        return int(self.cover.shape[0])

    @property
    def total(self) -> float:
        """Weight of all demand points."""
        return float(self.weights.sum())

    @property
    def candidates(self) -> NDArray[np.int64]:
        """Sites that may become new ones, the forced ones included, in ascending order."""
        taken = np.zeros(self.sites, dtype=bool)
        taken[list(self.fixed + self.forbidden + self.closable)] = True
        return np.flatnonzero(~taken)

    @property
    def moves_most(self) -> int:
        """How many sites open today may close."""
        return len(self.closable) if self.moves is None else min(self.moves, len(self.closable))

    def cost(self, sites: Iterable[int]) -> float:
        """Return what sites cost together in euro, 0 where no costs are known."""
        return 0.0 if self.costs is None else float(self.costs[sorted(sites)].sum())

    def with_new(self, new: int) -> SitingProblem:
        """Return the same problem with another number of new sites."""
        return self.changed(new=as_number(new, "new"))

    def changed(self, **wishes: Any) -> SitingProblem:
        """Return the same demand and sites with other wishes, quickly.

        ``new``, ``forced``, ``forbidden``, ``fixed``, ``closable``, ``moves``, ``budget``, ``share``,
        ``minimums`` and ``weights`` may be changed; everything that is given is checked as in the class.
        """
        if set(wishes) == {"new"}:
            other = copy(self)  # the arrays are read-only and checked already
            object.__setattr__(other, "new", wishes["new"])
            return other
        return SitingProblem(**{**{field.name: getattr(self, field.name) for field in fields(self)}, **wishes})

    def at_reach(self, reach: float) -> SitingProblem:
        """Return the same problem with another reach, in the unit of its ways.

        Raises
        ------
        ContractError
            Without ways, or beyond what they know.
        """
        if self.ways is None:
            raise ContractError("another reach needs ways: make the problem with from_points or from_travel")
        return self.changed(cover=self.ways.cover(reach), ways=replace(self.ways, reach=reach))

    @classmethod
    def from_points(
        cls,
        demand_xy: ArrayLike,
        weights: ArrayLike,
        site_xy: ArrayLike,
        *,
        reach: float = 1000.0,
        new: int = 15,
        **wishes: Any,
    ) -> SitingProblem:
        """Make a problem from coordinates and a straight-line reach.

        Parameters
        ----------
        demand_xy, site_xy
            Coordinates in metres in one projected CRS, shapes (n, 2) and (m, 2).
        weights
            People at each demand point, shape (n,).
        reach
            Metres; a point at distance <= reach is covered.
        new, wishes
            Fields of the class.
        """
        from scipy.sparse import csr_array

        require_positive(reach, "reach")
        demand, sites = as_array(demand_xy, "demand_xy"), as_array(site_xy, "site_xy")
        starts, points, _ = neighbours(demand, sites, reach)
        cover = csr_array((np.ones(len(points), dtype=bool), points, starts), shape=(len(sites), len(demand)))
        ways = TravelCosts(
            len(sites), len(demand), reach, demand_xy=demand.reshape(-1, 2).copy(), site_xy=sites.reshape(-1, 2).copy()
        )
        return cls(as_array(weights, "weights"), cover, new=new, ways=ways, **wishes)

    @classmethod
    def from_travel(
        cls,
        times: TravelTimes,
        weights: ArrayLike,
        *,
        minutes: float = SERVICE_RADIUS_MINUTES,
        new: int = 15,
        **wishes: Any,
    ) -> SitingProblem:
        """Make a problem from travel times: a point within ``minutes`` of a site (limit included) is covered.

        Pairs beyond the limit of the table count as long as the limit, where travel costs are asked for.
        """
        cover = times.within(minutes)
        table = times.minutes.T.tocsr()
        ways = TravelCosts(cover.shape[0], cover.shape[1], minutes, table=table, far=times.limit_minutes)
        return cls(as_array(weights, "weights"), cover, new=new, ways=ways, **wishes)

    def by_service(self, weights: ArrayLike, offers: ArrayLike) -> SitingProblem:
        """Return the problem for several services: who needs what, and which site offers it.

        A person's need of service s is met by a site that is within reach and offers s.

        Parameters
        ----------
        weights
            People who need each service at each demand point, shape (services, n).
        offers
            Bool, shape (sites, services).
        """
        from scipy.sparse import csr_array, hstack

        needs, offered = as_array(weights, "weights"), np.asarray(offers, dtype=bool)
        if needs.ndim != 2 or needs.shape[1] != self.points:
            raise ContractError(f"weights has shape {needs.shape}: give one row per service and {self.points} columns")
        if offered.shape != (self.sites, len(needs)):
            raise ContractError(f"offers has shape {offered.shape}: give {self.sites} rows and {len(needs)} columns")
        blocks = [csr_array(self.cover.multiply(offered[:, [service]])) for service in range(len(needs))]
        groups = None if self.demand_groups is None else np.tile(self.demand_groups, len(needs))
        return self.changed(
            weights=needs.ravel(),
            cover=hstack(blocks, format="csr"),
            demand_groups=groups,
            ways=None,
            services=len(needs),
        )


def _cover(cover: Any, points: int) -> csr_array:
    from scipy.sparse import csr_array

    matrix = csr_array(cover, dtype=bool, copy=True)
    if matrix.shape[1] != points:
        raise ContractError(
            f"cover has {matrix.shape[1]} columns and weights {points} entries: give one column per demand point"
        )
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    if matrix.nnz < 2**31 and matrix.indices.dtype != np.int32:
        parts = (matrix.data, matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32))
        matrix = csr_array(parts, shape=matrix.shape)
    for part in (matrix.data, matrix.indices, matrix.indptr):
        part.setflags(write=False)
    return matrix
