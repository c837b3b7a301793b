"""Where ways begin when they are computed for a whole region: homes, or quarters as a whole.

A quarter is no point. Its time to a site is the median over its residents: half of them need at most so long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geo.reach.demand import homes_by_quarter, lattice
from geo.reach.travel import TravelTimes

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from geo.region.model import Region


@dataclass(frozen=True, eq=False)
class Origins:
    """Points where people live.

    Parameters
    ----------
    keys
        Key of each point, ``<quarter>/<x>_<y>`` with coordinates in whole metres, shape (n,).
    quarter_ids
        Quarter of each point, shape (n,).
    xy
        Coordinates in metres in the region's system, shape (n, 2).
    residents
        Residents of population cells; equal weights in quarters without any cell, shape (n,).
    """

    keys: NDArray[np.object_]
    quarter_ids: NDArray[np.object_]
    xy: NDArray[np.float64]
    residents: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.keys)


def place_origins(region: Region) -> Origins:
    """Return the inhabited population cells of a region, and a lattice in quarters without any."""
    quarters: list[str] = []
    xy: list[NDArray[np.float64]] = []
    residents: list[NDArray[np.float64]] = []
    homes = homes_by_quarter(region)
    for key, polygon in zip(region.quarters.index.astype(str), region.quarters.geometry, strict=True):
        points, weights = homes[key] if key in homes else (lattice(polygon)[0], None)
        quarters += [key] * len(points)
        xy.append(points)
        residents.append(np.ones(len(points)) if weights is None else weights)
    places = np.concatenate(xy) if xy else np.empty((0, 2))
    keys = [f"{key}/{x:.0f}_{y:.0f}" for key, (x, y) in zip(quarters, places.tolist(), strict=True)]
    return Origins(
        keys=np.array(keys, dtype=object),
        quarter_ids=np.array(quarters, dtype=object),
        xy=places,
        residents=np.concatenate(residents) if residents else np.empty(0),
    )


def quarter_minutes(times: TravelTimes, origins: Origins) -> tuple[NDArray[np.object_], csr_array]:
    """Return the median minutes over the residents of each quarter.

    The median is the least time within which at least half of the residents reach the site. Residents beyond the
    limit of the times count as never: where they are the majority, no time is stored.

    Returns
    -------
    quarter_ids, shape (q,)
        In order of the origins.
    minutes
        Sparse (CSR), shape (q, sites).
    """
    from scipy.sparse import csr_array

    quarters = list(dict.fromkeys(origins.quarter_ids))
    rows, columns, values = [], [], []
    for number, quarter in enumerate(quarters):
        mine = np.flatnonzero(origins.quarter_ids == quarter)
        found = csr_array(times.minutes[mine]).tocoo()
        block = np.full(found.shape, np.inf)
        block[found.row, found.col] = found.data
        # Residents who make up exactly a half may fall short of it by rounding.
        half, residents = 0.5 * (1 - 1e-12), origins.residents[mine]
        median = np.quantile(block, half, axis=0, weights=residents, method="inverted_cdf")
        reached = np.flatnonzero(np.isfinite(median))
        rows.append(np.full(len(reached), number))
        columns.append(reached)
        values.append(median[reached])
    shape = (len(quarters), times.minutes.shape[1])
    if not quarters:
        return np.array([], dtype=object), csr_array(shape)
    table = csr_array((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)
    return np.array(quarters, dtype=object), table
