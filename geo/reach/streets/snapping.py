"""Where points join the streets: the nearest spot on the nearest way.

A point is put on the nearest way, wherever along it that is, not on the nearest junction: the way is divided there
without changing the network. The straight line to that spot is walked at the walking speed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.errors import ContractError
from geo.findings import Finding, warning
from geo.reach.streets.network import BoolArray, FloatArray, IntArray, StreetNetwork
from geo.reach.travel import checked_points, require_positive

SNAP_LIMIT_METRES = 500.0
_MOST_NAMED = 20


@dataclass(frozen=True, eq=False)
class Snap:
    """Spots on streets, one for each point.

    Parameters
    ----------
    edge
        Edge of the network, shape (n,); -1 where no street is near enough.
    along
        Effort in metres from the start of the edge, shape (n,).
    metres
        Straight line from the point to the spot, shape (n,); infinite where no street is near enough.
    xy
        The spot, shape (n, 2).
    part
        Connected part of the network, shape (n,); -1 where no street is near enough.
    limit_metres
        Longest way to a street that was allowed.
    """

    edge: IntArray
    along: FloatArray
    metres: FloatArray
    xy: FloatArray
    part: IntArray
    limit_metres: float

    @property
    def is_on(self) -> BoolArray:
        """Whether each point found a street."""
        found: BoolArray = self.edge >= 0
        return found


def snap_points(
    network: StreetNetwork,
    xy: NDArray[np.float64],
    *,
    limit_metres: float = SNAP_LIMIT_METRES,
    wheelchair: bool = False,
) -> Snap:
    """Put points on the nearest way.

    Parameters
    ----------
    xy
        Points in metres in the network's system, shape (n, 2).
    limit_metres
        Points farther than this from every way are left off the network.
    wheelchair
        Whether only ways count that a wheelchair passes.

    Raises
    ------
    ContractError
        Coordinates are no numbers, or the limit is not above zero.
    """
    import shapely

    points = checked_points(xy, "xy")
    require_positive(limit_metres, "limit_metres")
    snap = Snap(
        edge=np.full(len(points), -1, dtype=np.int64),
        along=np.zeros(len(points)),
        metres=np.full(len(points), np.inf),
        xy=points.copy(),
        part=np.full(len(points), -1, dtype=np.int64),
        limit_metres=limit_metres,
    )
    tree, first = network.segment_tree_wheelable if wheelchair else network.segment_tree
    if not len(points) or not len(first):
        return snap
    found, piece = tree.query_nearest(shapely.points(points), max_distance=limit_metres, all_matches=False)
    start = first[piece]
    low, high = network.line_xy[start], network.line_xy[start + 1]
    along = high - low
    square = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((points[found] - low) * along).sum(axis=1) / square, 0.0, 1.0)
    snap.edge[found] = network.edge_of_point[start]
    snap.along[found] = network.line_effort[start] + share * (
        network.line_effort[start + 1] - network.line_effort[start]
    )
    snap.xy[found] = low + share[:, None] * along
    snap.metres[found] = np.hypot(*(snap.xy[found] - points[found]).T)
    snap.part[found] = network.part[network.edge_nodes[snap.edge[found], 0]]
    return snap


def snap_findings(snap: Snap, keys: Sequence[str], what: str) -> tuple[Finding, ...]:
    """Tell which points are off the streets or on a part that is not connected with the rest.

    Parameters
    ----------
    keys
        Key of each point; points with the same key (those of one quarter) are reported together.

    Returns
    -------
    tuple of Finding
        Warnings ``demand_off_streets`` (quarter, number of points) or ``site_off_streets`` (site), and
        ``demand_on_other_part`` or ``site_on_other_part``; at most 20 of each and one with the number of the rest.
    """
    if len(keys) != len(snap.edge):
        raise ContractError(f"{len(keys)} keys for {len(snap.edge)} points: give one key for each point")
    labels = np.array(keys, dtype=object)
    found: list[Finding] = []
    for code, chosen in ((f"{what}_off_streets", ~snap.is_on), (f"{what}_on_other_part", snap.part > 0)):
        counts = Counter(str(key) for key in labels[chosen])
        named = list(counts.items())[:_MOST_NAMED]
        limit = round(snap.limit_metres)
        place = "quarter" if what == "demand" else "key"
        found += [warning(code, **{place: key}, count=count, limit_metres=limit) for key, count in named]
        if len(counts) > _MOST_NAMED:
            found.append(warning(f"{code}_more", count=len(counts) - _MOST_NAMED))
    return tuple(found)
