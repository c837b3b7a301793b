"""The network people walk on: junctions, the ways between them, their shape.

A street map has a node at every bend. Only junctions and dead ends matter for the length of a way, so chains of
nodes with two neighbours are contracted into one edge each; the bends are kept as the edge's line, on
which points are snapped and catchments drawn. Contraction changes no distance between junctions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import ContractError
from geo.findings import Finding

if TYPE_CHECKING:
    from scipy.sparse import csr_array

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

SHORTEST_METRES = 1e-6


@dataclass(frozen=True, eq=False)
class Segments:
    """Straight pieces of ways between neighbouring nodes, before contraction.

    Parameters
    ----------
    xy
        Nodes in metres, shape (n, 2).
    ends
        Node at the start and at the end of each piece, shape (s, 2).
    effort
        Metres on level ground that take as long as the piece, shape (s,).
    direction
        0 both ways, 1 only from start to end, -1 only back, shape (s,).
    is_wheelable
        Whether a wheelchair passes, shape (s,).
    """

    xy: FloatArray
    ends: IntArray
    effort: FloatArray
    direction: IntArray
    is_wheelable: BoolArray


@dataclass(frozen=True, eq=False)
class StreetNetwork:
    """A pedestrian network with its chains contracted.

    Parameters
    ----------
    crs
        Coordinate reference system in metres, e.g. ``EPSG:25832``.
    node_xy
        Junctions and dead ends in metres, shape (n, 2).
    edge_nodes
        Start and end node of each edge, shape (e, 2). Several edges may join the same two nodes.
    edge_effort
        Effort of each edge: metres on level ground that take as long, shape (e,). Equal to its length but for stairs
        and ferries.
    edge_direction, edge_is_wheelable
        As in :class:`Segments`, shape (e,).
    line_start
        Where the line of each edge begins in ``line_xy``, shape (e + 1,).
    line_xy, line_effort
        Points of all lines one after the other, and the effort from the start of their edge, shapes (k, 2) and (k,).
    part
        Connected part each node belongs to, shape (n,): 0 is the largest by effort.
    part_nodes, part_metres
        Size of each part: junctions and effort of its ways, shape (parts,).
    digest
        Digest of the file and the rules it was read with; equal digests mean equal networks.
    source
        Name of the file.
    findings
        What was remarkable when the file was read.
    """

    crs: str
    node_xy: FloatArray
    edge_nodes: IntArray
    edge_effort: FloatArray
    edge_direction: IntArray
    edge_is_wheelable: BoolArray
    line_start: IntArray
    line_xy: FloatArray
    line_effort: FloatArray
    part: IntArray
    part_nodes: IntArray
    part_metres: FloatArray
    digest: str
    source: str
    findings: tuple[Finding, ...] = ()

    def __len__(self) -> int:
        return len(self.node_xy)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north end in metres."""
        west, south = self.line_xy.min(axis=0).tolist()
        east, north = self.line_xy.max(axis=0).tolist()
        return west, south, east, north

    @cached_property
    def backward(self) -> csr_array:
        """Effort of walking **to** the row's node from the column's, shape (n, n)."""
        return self._backward(np.ones(len(self.edge_effort), dtype=bool))

    @cached_property
    def backward_wheelable(self) -> csr_array:
        """The same without stairs and other ways a wheelchair cannot pass."""
        return self._backward(self.edge_is_wheelable)

    @cached_property
    def segment_tree(self) -> tuple[Any, IntArray]:
        """Spatial index of the straight pieces of all edges, and the index of each piece's first point."""
        return self._segment_tree(np.ones(len(self.edge_effort), dtype=bool))

    @cached_property
    def segment_tree_wheelable(self) -> tuple[Any, IntArray]:
        """The same of the edges a wheelchair can pass."""
        return self._segment_tree(self.edge_is_wheelable)

    @cached_property
    def edge_of_point(self) -> IntArray:
        """Edge each point of ``line_xy`` belongs to, shape (k,)."""
        return np.repeat(np.arange(len(self.edge_effort)), np.diff(self.line_start))

    def _backward(self, chosen: BoolArray) -> csr_array:
        start, end = self.edge_nodes[chosen].T
        effort, direction = self.edge_effort[chosen], self.edge_direction[chosen]
        forth, back = direction >= 0, direction <= 0
        rows = np.concatenate([end[forth], start[back]])
        columns = np.concatenate([start[forth], end[back]])
        return least_csr(rows, columns, np.concatenate([effort[forth], effort[back]]), len(self))

    def _segment_tree(self, chosen: BoolArray) -> tuple[Any, IntArray]:
        import shapely

        is_first = np.ones(len(self.line_xy), dtype=bool)
        is_first[self.line_start[1:] - 1] = False
        first = np.flatnonzero(is_first & chosen[self.edge_of_point])
        pieces = np.stack([self.line_xy[first], self.line_xy[first + 1]], axis=1)
        return shapely.STRtree(shapely.linestrings(pieces)), first


def least_csr(rows: IntArray, columns: IntArray, values: FloatArray, size: int) -> csr_array:
    """Return a square CSR matrix that keeps the least of several values for the same cell."""
    from scipy.sparse import csr_array

    order = np.lexsort((values, columns, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    is_first = np.ones(len(rows), dtype=bool)
    is_first[1:] = (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])
    kept = np.maximum(values[is_first], SHORTEST_METRES)
    return csr_array((kept, (rows[is_first], columns[is_first])), shape=(size, size))


def build_network(
    segments: Segments,
    *,
    crs: str,
    digest: str = "",
    source: str = "",
    min_part_metres: float = 0.0,
    findings: tuple[Finding, ...] = (),
) -> StreetNetwork:
    """Contract chains and return the network.

    Parameters
    ----------
    crs, digest, source, findings
        As in :class:`StreetNetwork`.
    min_part_metres
        Connected parts with less effort than this are left out, unless it is the largest part.

    Raises
    ------
    ContractError
        There is no piece with two different ends.
    """
    segments = _drop_small_parts(without_doubles(segments), min_part_metres)
    if not len(segments.ends):
        raise ContractError("a network without a single way cannot be walked on: give at least one piece")
    half_edges, starts = _chains(segments)
    count = len(segments.ends)
    piece, is_reversed = half_edges % count, half_edges >= count
    tails = np.where(is_reversed, segments.ends[piece, 1], segments.ends[piece, 0])
    heads = np.where(is_reversed, segments.ends[piece, 0], segments.ends[piece, 1])
    chain = np.repeat(np.arange(len(starts) - 1), np.diff(starts))

    effort = segments.effort[piece]
    total = np.concatenate([[0.0], np.cumsum(effort)])
    line_start = starts + np.arange(len(starts))
    place = np.arange(len(piece)) + chain
    line_xy = np.empty((int(line_start[-1]), 2))
    line_effort = np.empty(len(line_xy))
    line_xy[place], line_effort[place] = segments.xy[tails], total[:-1] - total[starts[:-1]][chain]
    last = line_start[1:] - 1
    line_xy[last], line_effort[last] = segments.xy[heads[starts[1:] - 1]], total[starts[1:]] - total[starts[:-1]]

    kept, numbered = np.unique(np.stack([tails[starts[:-1]], heads[starts[1:] - 1]], axis=1), return_inverse=True)
    edge_nodes = numbered.reshape(-1, 2).astype(np.int64)
    part, part_nodes, part_metres = _parts(edge_nodes, line_effort[last], len(kept))
    first = piece[starts[:-1]]
    return StreetNetwork(
        crs=crs,
        node_xy=segments.xy[kept],
        edge_nodes=edge_nodes,
        edge_effort=line_effort[last],
        edge_direction=segments.direction[first] * np.where(is_reversed[starts[:-1]], -1, 1),
        edge_is_wheelable=segments.is_wheelable[first],
        line_start=line_start,
        line_xy=line_xy,
        line_effort=line_effort,
        part=part,
        part_nodes=part_nodes,
        part_metres=part_metres,
        digest=digest,
        source=source,
        findings=findings,
    )


def without_doubles(segments: Segments) -> Segments:
    """Leave out pieces that go nowhere, and all but the shortest of equal pieces."""
    low, high = segments.ends.min(axis=1), segments.ends.max(axis=1)
    same = segments.ends[:, 0] == low
    direction = np.where(same, segments.direction, -segments.direction)
    columns = (segments.effort, segments.is_wheelable, direction, high, low)
    order = np.lexsort(columns)
    keys = np.stack([column[order] for column in columns[1:]], axis=1)
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    kept = np.sort(order[is_new & (low != high)[order]])
    return _chosen(segments, kept)


def _drop_small_parts(segments: Segments, min_metres: float) -> Segments:
    if min_metres <= 0 or not len(segments.ends):
        return segments
    part, _, metres = _parts(segments.ends, segments.effort, len(segments.xy))
    is_large = metres >= min_metres
    is_large[0] = True
    return _chosen(segments, np.flatnonzero(is_large[part[segments.ends[:, 0]]]))


def _chosen(segments: Segments, kept: IntArray) -> Segments:
    return Segments(
        xy=segments.xy,
        ends=segments.ends[kept],
        effort=np.maximum(segments.effort[kept], SHORTEST_METRES),
        direction=segments.direction[kept],
        is_wheelable=segments.is_wheelable[kept],
    )


def _parts(ends: IntArray, effort: FloatArray, nodes: int) -> tuple[IntArray, IntArray, FloatArray]:
    """Return the connected part of each node, and nodes and effort of each part, the longest first."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    links = csr_array((np.ones(len(ends), dtype=np.int8), (ends[:, 0], ends[:, 1])), shape=(nodes, nodes))
    count, label = connected_components(links, directed=False)
    metres = np.bincount(label[ends[:, 0]], weights=effort, minlength=count)
    order = np.argsort(-metres, kind="stable")
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count)
    part = rank[label]
    return part, np.bincount(part, minlength=count).astype(np.int64), metres[order].astype(np.float64)


def _chains(segments: Segments) -> tuple[IntArray, IntArray]:
    """Return the pieces in the order of the chains they form, and where each chain starts.

    Each piece has two half-edges: ``i`` along it and ``i + count`` against it. A half-edge that arrives at an inner
    node of a chain has one successor. Pointer doubling finds the end of every chain and the distance to it
    in a few sweeps over whole arrays, without walking any chain.

    Returns
    -------
    half_edges, shape (s,)
        One half-edge of every piece; those of one chain follow each other.
    starts, shape (chains + 1,)
    """
    count = len(segments.ends)
    tail = np.concatenate([segments.ends[:, 0], segments.ends[:, 1]])
    twin = np.concatenate([np.arange(count, 2 * count), np.arange(count)])
    leaving = np.argsort(tail, kind="stable")
    inner, first = _inner_nodes(segments, tail)
    one, other = leaving[first[inner]], leaving[first[inner] + 1]
    following = np.arange(2 * count)
    following[twin[one]], following[twin[other]] = other, one
    steps = (following != np.arange(2 * count)).astype(np.int64)
    while True:
        further = following[following]
        if np.array_equal(further, following):
            break
        steps += steps[following]
        following = further
    chosen = np.flatnonzero(following < following[twin])
    chosen = chosen[np.lexsort((-steps[chosen], following[chosen]))]
    chain_end = following[chosen]
    starts = np.flatnonzero(np.concatenate([[True], chain_end[1:] != chain_end[:-1], [True]]))
    return chosen, starts


def _inner_nodes(segments: Segments, tail: IntArray) -> tuple[IntArray, IntArray]:
    """Return the nodes to contract, and for every node where its half-edges begin when sorted by node.

    Contracted are nodes with two pieces that are alike for wheelchairs and open both ways. In a ring without
    any junction one node is kept.
    """
    nodes = len(segments.xy)
    degree = np.bincount(tail, minlength=nodes)
    first = np.concatenate([[0], np.cumsum(degree)])
    wheelable = np.bincount(tail, weights=np.tile(segments.is_wheelable, 2), minlength=nodes)
    one_way = np.bincount(tail, weights=np.tile(segments.direction != 0, 2), minlength=nodes)
    is_inner = (degree == 2) & (wheelable != 1) & (one_way == 0)
    part, _, _ = _parts(segments.ends, segments.effort, nodes)
    has_end = np.zeros(int(part.max()) + 1, dtype=bool)
    has_end[part[(degree > 0) & ~is_inner]] = True
    in_ring = np.flatnonzero(is_inner & ~has_end[part])
    _, one_of_each = np.unique(part[in_ring], return_index=True)
    is_inner[in_ring[one_of_each]] = False
    return np.flatnonzero(is_inner), first
