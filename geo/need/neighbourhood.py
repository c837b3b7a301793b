"""Which quarters are neighbours: by borders, by number or by distance, stated and reproducible.

A neighbourhood is a list of directed pairs of quarters. Quarters without any neighbour are islands: they are
named, and statistics of clusters say nothing about them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from geo.errors import ContractError

if TYPE_CHECKING:
    import geopandas as gpd
    from scipy.sparse import csr_array

Kind = Literal["queen", "nearest", "distance"]

TOLERANCE_METRES = 1.0
"""Borders of two quarters closer than this count as one: files of official borders do not always coincide."""


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """Pairs of neighbouring quarters.

    Parameters
    ----------
    kind
        ``queen``: borders or corners touch within a tolerance; ``nearest``: the k nearest centroids (not
        symmetric); ``distance``: centroids within a distance.
    parameter
        Tolerance in metres, number of neighbours, or distance in metres.
    quarter_ids
        All quarters, in the order the pairs count.
    focal, neighbour
        Positions in ``quarter_ids``, sorted by focal, then neighbour; a quarter is not its own neighbour.
    """

    kind: Kind
    parameter: float
    quarter_ids: tuple[str, ...]
    focal: npt.NDArray[np.intp]
    neighbour: npt.NDArray[np.intp]

    @property
    def numbers(self) -> npt.NDArray[np.intp]:
        """Number of neighbours of each quarter."""
        return np.bincount(self.focal, minlength=len(self.quarter_ids)).astype(np.intp)

    @property
    def islands(self) -> tuple[str, ...]:
        """Quarters without a neighbour."""
        return tuple(key for key, number in zip(self.quarter_ids, self.numbers, strict=True) if not number)

    def neighbours_of(self, quarter_id: str) -> tuple[str, ...]:
        """Return the neighbours of one quarter; ``ContractError`` if there is no such quarter."""
        if quarter_id not in self.quarter_ids:
            raise ContractError(f"{quarter_id!r} is no quarter of this neighbourhood; use one of quarter_ids")
        place = self.quarter_ids.index(quarter_id)
        return tuple(self.quarter_ids[other] for other in self.neighbour[self.focal == place])

    def among(self, quarter_ids: Iterable[str]) -> Neighbourhood:
        """Return the pairs of which both quarters are in ``quarter_ids``; others may become islands by that."""
        wanted = set(quarter_ids)
        kept = tuple(key for key in self.quarter_ids if key in wanted)
        place = np.full(len(self.quarter_ids), -1, dtype=np.intp)
        place[[key in wanted for key in self.quarter_ids]] = np.arange(len(kept))
        focal, neighbour = place[self.focal], place[self.neighbour]
        both = (focal >= 0) & (neighbour >= 0)
        return Neighbourhood(self.kind, self.parameter, kept, focal[both], neighbour[both])

    def row_weights(self) -> csr_array:
        """Return weights of pairs that sum to 1 for every quarter with a neighbour (scipy, quarters × quarters)."""
        from scipy.sparse import csr_array

        size = len(self.quarter_ids)
        return csr_array((1.0 / self.numbers[self.focal], (self.focal, self.neighbour)), shape=(size, size))

    def graph(self) -> Any:
        """Return a binary ``libpysal.graph.Graph`` on positions 0, 1, …; islands are isolates."""
        from libpysal.graph import Graph

        alone = np.flatnonzero(self.numbers == 0)
        focal = np.concatenate([self.focal, alone])
        neighbour = np.concatenate([self.neighbour, alone])
        weight = np.concatenate([np.ones(len(self.focal)), np.zeros(len(alone))])
        order = np.lexsort((neighbour, focal))
        return Graph.from_arrays(focal[order], neighbour[order], weight[order])


def queen_neighbours(quarters: gpd.GeoDataFrame, tolerance_metres: float = TOLERANCE_METRES) -> Neighbourhood:
    """Return pairs of quarters whose borders come closer than ``tolerance_metres``.

    ``quarters`` has polygons in a projected system in metres and the index ``quarter_id``.
    """
    from shapely import STRtree

    if tolerance_metres < 0:
        raise ContractError(f"tolerance_metres {tolerance_metres} is below 0; give 0 or more")
    _refuse_degrees(quarters)
    shapes = quarters.geometry.to_numpy()
    focal, neighbour = STRtree(shapes).query(shapes, predicate="dwithin", distance=tolerance_metres)
    return _neighbourhood("queen", tolerance_metres, quarters, focal, neighbour)


def nearest_neighbours(quarters: gpd.GeoDataFrame, number: int = 6) -> Neighbourhood:
    """Return each quarter with the ``number`` quarters of nearest centroid; fewer if there are not so many."""
    from scipy.spatial import cKDTree

    if number < 1:
        raise ContractError(f"number {number} is below 1; give e.g. 6")
    points = _centroids(quarters)
    most = min(number, len(points) - 1)
    if most < 1:
        nobody = np.empty(0, dtype=np.intp)
        return _neighbourhood("nearest", number, quarters, nobody, nobody)
    _, found = cKDTree(points).query(points, k=most + 1)
    focal = np.repeat(np.arange(len(points)), most + 1)
    is_other = found.ravel() != focal
    # Of points on the same spot the quarter itself may not be among the nearest: the last one is one too many then.
    rank = np.cumsum(is_other.reshape(found.shape), axis=1).ravel()
    kept = is_other & (rank <= most)
    return _neighbourhood("nearest", number, quarters, focal[kept], found.ravel()[kept])


def distance_neighbours(quarters: gpd.GeoDataFrame, metres: float) -> Neighbourhood:
    """Return pairs of quarters whose centroids are at most ``metres`` apart."""
    from scipy.spatial import cKDTree

    if not metres > 0:
        raise ContractError(f"metres {metres} is not above 0; give a distance such as 2000")
    pairs = cKDTree(_centroids(quarters)).query_pairs(metres, output_type="ndarray")
    focal, neighbour = np.concatenate([pairs, pairs[:, ::-1]]).T
    return _neighbourhood("distance", metres, quarters, focal, neighbour)


def _neighbourhood(
    kind: Kind,
    parameter: float,
    quarters: gpd.GeoDataFrame,
    focal: npt.NDArray[np.intp],
    neighbour: npt.NDArray[np.intp],
) -> Neighbourhood:
    other = focal != neighbour
    focal, neighbour = focal[other], neighbour[other]
    order = np.lexsort((neighbour, focal))
    keys = tuple(str(key) for key in quarters.index)
    return Neighbourhood(kind, float(parameter), keys, focal[order], neighbour[order])


def _centroids(quarters: gpd.GeoDataFrame) -> npt.NDArray[np.float64]:
    _refuse_degrees(quarters)
    middle = quarters.geometry.centroid
    return np.column_stack([middle.x.to_numpy(), middle.y.to_numpy()])


def _refuse_degrees(quarters: gpd.GeoDataFrame) -> None:
    if quarters.crs is not None and quarters.crs.is_geographic:
        raise ContractError("quarters are in degrees; project them to a system in metres first")
