"""How far it is from each site to each demand point, kept small until somebody needs all of it.

Covering needs only pairs within reach; the mean way, the longest way and a reach that fades need the
ways themselves. They are held as coordinates or as a sparse table and made dense only on request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import ContractError
from geo.reach import MINUTES_TOLERANCE, neighbours, require_positive

Floats = NDArray[np.float64]

DENSE_PAIRS_MAX = 60_000_000


@dataclass(frozen=True, eq=False)
class TravelCosts:
    """TravelCosts between sites and demand points, in metres or minutes.

    Parameters
    ----------
    sites, points
        How many there are.
    demand_xy, site_xy
        Coordinates in metres, where ways are straight lines.
    table
        CSR, shape (sites, points), where ways come from a table; a stored zero is a way of zero.
    far
        What a pair that is not stored counts: the longest way known, hence an estimate from below.
    reach
        The reach of the problem, in the same unit.
    """

    sites: int
    points: int
    reach: float
    demand_xy: Floats | None = None
    site_xy: Floats | None = None
    table: Any = None
    far: float = float("inf")

    def dense(self) -> Floats:
        """Return all ways, shape (sites, points); pairs that are not stored count ``far``.

        Raises
        ------
        ContractError
            If that would take more than half a gigabyte.
        """
        if self.sites * self.points > DENSE_PAIRS_MAX:
            raise ContractError(
                f"{self.sites} sites x {self.points} demand points are more than {DENSE_PAIRS_MAX} ways; "
                "merge demand points or ask with fewer candidates"
            )
        if self.table is None and self.demand_xy is not None and self.site_xy is not None:
            ahead = self.site_xy[:, :1] - self.demand_xy[None, :, 0]
            aside = self.site_xy[:, 1:] - self.demand_xy[None, :, 1]
            lines: Floats = np.hypot(ahead, aside, out=ahead)
            return lines
        dense = np.full((self.sites, self.points), self.far)
        entries = self.table.tocoo()
        dense[entries.coords[0], entries.coords[1]] = entries.data
        return dense

    def rows(self, sites: Sequence[int]) -> Floats:
        """Return the ways of some sites, shape (len(sites), points); pairs that are not stored count ``far``."""
        chosen = np.asarray(sites, dtype=np.int64)
        if self.table is None and self.demand_xy is not None and self.site_xy is not None:
            ahead = self.site_xy[chosen, :1] - self.demand_xy[None, :, 0]
            aside = self.site_xy[chosen, 1:] - self.demand_xy[None, :, 1]
            lines: Floats = np.hypot(ahead, aside, out=ahead)
            return lines
        rows = np.full((len(chosen), self.points), self.far)
        entries = self.table.tocsr()[chosen].tocoo()
        rows[entries.coords[0], entries.coords[1]] = entries.data
        return rows

    def cover(self, reach: float) -> Any:
        """Return who is within reach of which site, as CSR of bool, shape (sites, points); the limit counts.

        Raises
        ------
        ContractError
            If the reach is not above zero or beyond what a table knows.
        """
        from scipy.sparse import csr_array

        require_positive(reach, "reach")
        if self.table is None and self.demand_xy is not None and self.site_xy is not None:
            starts, points, _ = neighbours(self.demand_xy, self.site_xy, reach)
            ones = np.ones(len(points), dtype=bool)
            return csr_array((ones, points, starts), shape=(self.sites, self.points))
        if reach > self.far + MINUTES_TOLERANCE:
            raise ContractError(f"reach = {reach:g}, but ways are known up to {self.far:g} only; ask for less")
        entries = self.table.tocoo()
        near = entries.data <= reach + MINUTES_TOLERANCE
        pairs = (entries.coords[0][near], entries.coords[1][near])
        return csr_array((np.ones(len(pairs[0]), dtype=bool), pairs), shape=(self.sites, self.points))

    def within(self, cover: Any) -> Floats:
        """Return the way of each stored pair of a cover, in its order (CSR, sites x points)."""
        sites = np.repeat(np.arange(self.sites), np.diff(cover.indptr))
        if self.table is None and self.demand_xy is not None and self.site_xy is not None:
            legs = self.site_xy[sites] - self.demand_xy[cover.indices]
            lines: Floats = np.hypot(legs[:, 0], legs[:, 1])
            return lines
        # The table holds every pair of the cover; number pairs in one key and look them up.
        table = self.table.tocsr()
        table.sort_indices()
        keys = np.repeat(np.arange(self.sites), np.diff(table.indptr)) * self.points + table.indices
        found = np.searchsorted(keys, sites * self.points + cover.indices)
        values: Floats = np.asarray(table.data, dtype=np.float64)[found]
        return values


@dataclass(frozen=True)
class Fade:
    """How reach fades: in full up to ``full``, then in a straight line down to nothing at ``none``.

    Parameters
    ----------
    full
        Way up to which a person counts in full, in the unit of the reach.
    none
        Way from which a person does not count; None takes the reach of the problem.
    steps
        The share counted is rounded to multiples of 1 / steps; 0 keeps every share as it is.
    """

    full: float = 0.0
    none: float | None = None
    steps: int = 16

    def shares(self, ways: Floats, reach: float) -> Floats:
        """Return the share, from 0 to 1, that counts at each way.

        share(way) = min(1, max(0, (none - way) / (none - full))), rounded to the nearest step.
        """
        end = reach if self.none is None else self.none
        shares: Floats = np.clip((end - ways) / (end - self.full), 0.0, 1.0)
        return np.floor(shares * self.steps + 0.5) / self.steps if self.steps else shares
