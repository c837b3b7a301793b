"""Walking times on streets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geo.defaults import WalkAssumptions
from geo.reach.streets.network import FloatArray, IntArray, StreetNetwork
from geo.reach.streets.snapping import SNAP_LIMIT_METRES, Snap, snap_points
from geo.reach.travel import MINUTES_TOLERANCE, TravelTimes, require_positive

if TYPE_CHECKING:
    from scipy.sparse import csr_array

WALKING_SPEEDS: Mapping[str, float] = MappingProxyType({"usual": 1.1, "slow": 0.8, "with_pram": 0.9, "brisk": 1.3})
"""Walking speeds in metres per second: 1.1 is the default; older people and parents with prams walk at 0.8 to 1.0."""

_CELLS_AT_ONCE = 1_500_000


def walk_times(
    network: StreetNetwork,
    demand_xy: NDArray[np.float64],
    site_xy: NDArray[np.float64],
    *,
    limit_minutes: float,
    assumptions: WalkAssumptions | None = None,
    wheelchair: bool = False,
    snap_limit_metres: float = SNAP_LIMIT_METRES,
) -> TravelTimes:
    """Return walking times on streets from demand points to sites.

    minutes = (metres to the street + shortest way on the network + metres from the street) / (speed x 60)

    The way runs along edges from spot to spot (:func:`geo.reach.streets.snap_points`), stairs count
    ``steps_factor`` times. Shortest ways are found by Dijkstra's algorithm from the sites backwards.

    Parameters
    ----------
    demand_xy, site_xy
        Coordinates in metres in the network's system, shapes (n, 2) and (m, 2).
    limit_minutes
        Longest time kept; a pair at exactly the limit is kept.
    assumptions
        The walking speed; the detour factor is not used on streets. Default 1.1 m/s.
    wheelchair
        Leave out stairs and what else a wheelchair cannot pass.
    snap_limit_metres
        Points farther than this from every way reach nothing.

    Returns
    -------
    TravelTimes
        Mode ``walk`` (or ``wheelchair``), source the name of the street file, detour factor 1.

    Raises
    ------
    ContractError
        For a limit or speed out of range, or coordinates that are no numbers.
    """
    demand = snap_points(network, demand_xy, limit_metres=snap_limit_metres, wheelchair=wheelchair)
    sites = snap_points(network, site_xy, limit_metres=snap_limit_metres, wheelchair=wheelchair)
    return walk_times_between(
        network, demand, sites, limit_minutes=limit_minutes, assumptions=assumptions, wheelchair=wheelchair
    )


def walk_times_between(
    network: StreetNetwork,
    demand: Snap,
    sites: Snap,
    *,
    limit_minutes: float,
    assumptions: WalkAssumptions | None = None,
    wheelchair: bool = False,
) -> TravelTimes:
    """Return walking times between points already put on the streets; see :func:`walk_times`."""
    from scipy.sparse import csr_array

    assumptions = WalkAssumptions() if assumptions is None else assumptions
    require_positive(limit_minutes, "limit_minutes")
    speed = assumptions.speed_metres_per_second
    require_positive(speed, "speed_metres_per_second")
    limit_metres = (limit_minutes + MINUTES_TOLERANCE) * 60.0 * speed
    rows, columns, metres = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0)]
    people = np.flatnonzero(demand.is_on)
    for chunk, reached in efforts_from(network, sites, limit_metres, wheelchair=wheelchair, columns=len(people)):
        whole = _efforts_of_points(network, _part_of(demand, people), _part_of(sites, chunk), reached)
        whole += demand.metres[people] + sites.metres[chunk][:, None]
        site, person = np.nonzero(whole <= limit_metres)
        rows.append(people[person])
        columns.append(chunk[site])
        metres.append(whole[site, person])
    minutes = np.concatenate(metres) / (speed * 60.0)
    table = csr_array(
        (minutes, (np.concatenate(rows), np.concatenate(columns))), shape=(len(demand.edge), len(sites.edge))
    )
    return TravelTimes(
        minutes=table,
        mode="wheelchair" if wheelchair else "walk",
        speed_metres_per_second=speed,
        detour_factor=1.0,
        limit_minutes=limit_minutes,
        source=network.source or "streets",
    )


def efforts_from(
    network: StreetNetwork, sites: Snap, limit_metres: float, *, wheelchair: bool = False, columns: int = 0
) -> Iterator[tuple[IntArray, FloatArray]]:
    """Yield sites in chunks with the effort from every node to them.

    A chunk is as large as the nodes, or the ``columns`` the caller makes of them, allow in memory.

    Yields
    ------
    sites, shape (c,)
        Positions of sites that are on the network.
    efforts, shape (c, nodes)
        Effort in metres of walking from the node to the site's spot, infinite beyond the limit.
    """
    from scipy.sparse.csgraph import dijkstra

    on = np.flatnonzero(sites.is_on)
    nodes = len(network)
    if not len(on):
        return
    graph = _with_sites(network, sites, on, wheelchair=wheelchair)
    size = max(1, _CELLS_AT_ONCE // max(graph.shape[0], columns))
    for start in range(0, len(on), size):
        numbers = np.arange(start, min(start + size, len(on)))
        efforts = dijkstra(graph, directed=True, indices=nodes + numbers, limit=limit_metres)
        yield on[numbers], efforts[:, :nodes]


def _with_sites(network: StreetNetwork, sites: Snap, on: IntArray, *, wheelchair: bool) -> csr_array:
    """Return the backward graph with a node of its own for each site on its edge."""
    from scipy.sparse import csr_array, vstack

    nodes, count = len(network), len(on)
    edge, along = sites.edge[on], sites.along[on]
    back, direction = network.edge_effort[edge] - along, network.edge_direction[edge]
    rows = np.arange(count)
    # In a ring both ends are one node; a matrix would add the two ways up.
    is_ring = network.edge_nodes[edge, 0] == network.edge_nodes[edge, 1]
    along = np.where(
        is_ring & (direction == 0), np.minimum(along, back), np.where(is_ring & (direction < 0), back, along)
    )
    from_start, from_end = (direction >= 0) | is_ring, (direction <= 0) & ~is_ring
    values = np.concatenate([along[from_start], back[from_end]])
    columns = np.concatenate([network.edge_nodes[edge[from_start], 0], network.edge_nodes[edge[from_end], 1]])
    # A site at a junction is a hair away from it: a stored zero would not count as a way.
    ways = csr_array(
        (np.maximum(values, 1e-9), (np.concatenate([rows[from_start], rows[from_end]]), columns)),
        shape=(count, nodes + count),
    )
    backward = network.backward_wheelable if wheelchair else network.backward
    wide = csr_array((backward.data, backward.indices, backward.indptr), shape=(nodes, nodes + count))
    return csr_array(vstack([wide, ways], format="csr"))


def _part_of(snap: Snap, chosen: IntArray) -> tuple[IntArray, FloatArray]:
    return snap.edge[chosen], snap.along[chosen]


def _efforts_of_points(
    network: StreetNetwork, people: tuple[IntArray, FloatArray], sites: tuple[IntArray, FloatArray], reached: FloatArray
) -> FloatArray:
    """Return the effort from the spots (edge, along) of people to those of sites, shape (sites, people)."""
    (edge, along), (site_edge, site_along) = people, sites
    start, end = network.edge_nodes[edge].T
    direction = network.edge_direction[edge]
    to_start = np.where(direction <= 0, along, np.inf)
    to_end = np.where(direction >= 0, network.edge_effort[edge] - along, np.inf)
    whole: FloatArray = np.minimum(reached[:, start] + to_start, reached[:, end] + to_end)
    site, person = np.nonzero(site_edge[:, None] == edge[None, :])
    if len(site):
        ahead = site_along[site] - along[person]
        way = direction[person]
        straight = np.where((way == 0) | (ahead * way >= 0), np.abs(ahead), np.inf)
        whole[site, person] = np.minimum(whole[site, person], straight)
    return whole
