"""The siting problem as arrays: who is reached from where, and what may be chosen."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import ContractError
from geo.reach.travel import neighbours, require_positive

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from geo.reach.travel import TravelTimes


@dataclass(frozen=True, eq=False)
class SitingProblem:
    """Choose ``new`` sites so that most weight is within reach of a chosen or fixed site.

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
        How many new sites are chosen: exactly so many, the forced ones among them.

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

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", _weights(self.weights))
        object.__setattr__(self, "cover", _cover(self.cover, len(self.weights)))
        for name in ("fixed", "forced", "forbidden"):
            object.__setattr__(self, name, _indices(getattr(self, name), name, self.sites))
        object.__setattr__(self, "new", _number(self.new))
        both = sorted(set(self.fixed) & set(self.forced))
        if both:
            raise ContractError(
                f"sites {both} are fixed and forced: a site open today cannot be a new one; name it once"
            )

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
        taken[list(self.fixed + self.forbidden)] = True
        return np.flatnonzero(~taken)

    def with_new(self, new: int) -> SitingProblem:
        """Return the same problem with another number of new sites."""
        other = copy(self)  # the arrays are read-only and checked already
        object.__setattr__(other, "new", _number(new))
        return other

    @classmethod
    def from_points(
        cls,
        demand_xy: ArrayLike,
        weights: ArrayLike,
        site_xy: ArrayLike,
        *,
        reach: float = 1000.0,
        new: int = 15,
        fixed: Iterable[int] = (),
        forced: Iterable[int] = (),
        forbidden: Iterable[int] = (),
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
        new, fixed, forced, forbidden
            As in the class.
        """
        from scipy.sparse import csr_array

        require_positive(reach, "reach")
        demand, sites = _array(demand_xy, "demand_xy"), _array(site_xy, "site_xy")
        starts, points, _ = neighbours(demand, sites, reach)
        cover = csr_array((np.ones(len(points), dtype=bool), points, starts), shape=(len(sites), len(demand)))
        return cls(_array(weights, "weights"), cover, tuple(fixed), tuple(forced), tuple(forbidden), new)

    @classmethod
    def from_travel(
        cls,
        times: TravelTimes,
        weights: ArrayLike,
        *,
        minutes: float = 15.0,
        new: int = 15,
        fixed: Iterable[int] = (),
        forced: Iterable[int] = (),
        forbidden: Iterable[int] = (),
    ) -> SitingProblem:
        """Make a problem from travel times: a point within ``minutes`` of a site (limit included) is covered."""
        return cls(
            _array(weights, "weights"), times.within(minutes), tuple(fixed), tuple(forced), tuple(forbidden), new
        )


def _array(values: ArrayLike, name: str) -> NDArray[np.float64]:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as fault:
        raise ContractError(f"{name} holds something that is no number ({fault}); give numbers only") from fault


def _weights(values: ArrayLike) -> NDArray[np.float64]:
    weights = _array(values, "weights").copy()
    if weights.ndim != 1:
        raise ContractError(f"weights has shape {weights.shape}: give one number per demand point")
    faulty = ~(np.isfinite(weights) & (weights >= 0))
    if faulty.any():
        first = int(np.flatnonzero(faulty)[0])
        raise ContractError(
            f"weights[{first}] = {weights[first]} ({int(faulty.sum())} such): people are finite and not negative; "
            "leave points without a disclosed count out"
        )
    weights.setflags(write=False)
    return weights


def _cover(cover: Any, points: int) -> csr_array:
    from scipy.sparse import csr_array

    matrix = csr_array(cover, dtype=bool, copy=True)
    if matrix.shape[1] != points:
        raise ContractError(
            f"cover has {matrix.shape[1]} columns and weights {points} entries: give one column per demand point"
        )
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    for part in (matrix.data, matrix.indices, matrix.indptr):
        part.setflags(write=False)
    return matrix


def _indices(values: Iterable[int], name: str, sites: int) -> tuple[int, ...]:
    out: set[int] = set()
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | np.integer):
            raise ContractError(f"{name} holds {value!r}: give site numbers from 0 to {sites - 1}")
        if not 0 <= value < sites:
            raise ContractError(f"{name} holds {value}, but sites are numbered 0 to {sites - 1}")
        out.add(int(value))
    return tuple(sorted(out))


def _number(new: int) -> int:
    if isinstance(new, bool) or not isinstance(new, int | np.integer) or new < 0:
        raise ContractError(f"new = {new!r}: give how many sites are chosen, a whole number from 0")
    return int(new)
