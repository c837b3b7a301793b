"""Travel times by public transport over a window of departures.

From the door to a stop on foot, rides and changes, from a stop to the site on foot, or all the way on foot where that
is faster. One departure tells little: the bus may just have left. So people set out every few minutes
within a window, and the times are told as a percentile of these departures: the median, or the worst.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geo.defaults import WalkAssumptions
from geo.errors import ContractError
from geo.reach.streets import FloatArray, StreetNetwork, walk_times
from geo.reach.transit.connections import NEVER, Footpaths, IntArray, Profile, SecondArray, scan
from geo.reach.transit.timetable import Timetable
from geo.reach.travel import MINUTES_TOLERANCE, TravelTimes, checked_points, require_positive, straight_line_times

if TYPE_CHECKING:
    from scipy.sparse import csr_array

MEDIAN, WORST = 50.0, 100.0
_CELLS_AT_ONCE = 12_000_000
_CLOCK = re.compile(r"^(\d{1,2}):([0-5]\d)$")


@dataclass(frozen=True)
class TransitAssumptions:
    """How people are taken to use public transport.

    Parameters
    ----------
    first, last, step_minutes
        People set out at ``first`` and then every ``step_minutes`` until ``last``, written ``HH:MM``.
    stop_minutes
        Longest way on foot between a door and a stop.
    change_seconds
        Least time for a change, where the timetable has none.
    change_minutes
        Longest way on foot between two stops for a change that the timetable does not list.
    """

    first: str = "08:00"
    last: str = "10:00"
    step_minutes: float = 10.0
    stop_minutes: float = 15.0
    change_seconds: int = 120
    change_minutes: float = 5.0

    @property
    def departures(self) -> IntArray:
        """Moments at which people set out, in seconds after midnight."""
        first, last = _clock(self.first), _clock(self.last)
        if last < first:
            raise ContractError(f"window {self.first} to {self.last}: the end lies before the beginning")
        require_positive(self.step_minutes, "step_minutes")
        return np.arange(first, last + 1, max(1, round(self.step_minutes * 60)), dtype=np.int64)

    @property
    def window(self) -> str:
        """The window as text, e.g. ``08:00-10:00/10``."""
        return f"{self.first}-{self.last}/{self.step_minutes:g}"


def transit_percentiles(
    timetable: Timetable,
    demand_xy: NDArray[np.float64],
    site_xy: NDArray[np.float64],
    *,
    crs: str,
    limit_minutes: float,
    percentiles: Sequence[float] = (MEDIAN, WORST),
    network: StreetNetwork | None = None,
    assumptions: TransitAssumptions | None = None,
    walk: WalkAssumptions | None = None,
) -> tuple[TravelTimes, ...]:
    """Return travel times by public transport, one table for each percentile.

    For each departure: minutes = earliest arrival at the site - moment of setting out, waiting included, never more
    than walking all the way. The percentile p of D departures is the time that ranks ceil(p D / 100)-th, so it is
    a time that occurs; a departure without arrival counts as never.

    Parameters
    ----------
    demand_xy, site_xy
        Coordinates in metres, shapes (n, 2) and (m, 2).
    limit_minutes
        Longest time kept.
    percentiles
        Above 0, up to 100: 50 the median, 100 the worst.
    network
        Streets for the ways on foot; without them straight line times detour factor.

    Raises
    ------
    ContractError
        A limit, percentile, speed or window is out of range, or coordinates are no numbers.
    """
    from scipy.sparse import csr_array, hstack

    assumptions = TransitAssumptions() if assumptions is None else assumptions
    walk = WalkAssumptions() if walk is None else walk
    require_positive(limit_minutes, "limit_minutes")
    for percentile in percentiles:
        if not 0 < percentile <= 100:
            raise ContractError(f"percentile = {percentile}: must be above 0 and at most 100")
    demand, sites = checked_points(demand_xy, "demand_xy"), checked_points(site_xy, "site_xy")
    on_foot = _OnFoot(network, walk)
    stop_xy = stop_coordinates(timetable, crs)
    departures = assumptions.departures
    access = on_foot.seconds(demand, stop_xy, assumptions.stop_minutes)
    direct = on_foot.seconds(demand, sites, limit_minutes)
    egress = on_foot.seconds(stop_xy, sites, assumptions.stop_minutes)
    footpaths = footpaths_between(timetable, stop_xy, assumptions, network=network, walk=walk)
    horizon = (int(departures[0]), int(departures[-1]) + math.ceil(limit_minutes * 60))
    rides = int(((timetable.departure >= horizon[0]) & (timetable.departure <= horizon[1])).sum())
    size = max(1, _CELLS_AT_ONCE // max(rides, len(departures) * max(len(demand), 1), 1))
    parts: list[list[csr_array]] = [[] for _ in percentiles]
    for start in range(0, max(len(sites), 1), size):
        columns = slice(start, start + size)
        profile = scan(timetable, footpaths, _dense(egress[:, columns]), first=horizon[0], last=horizon[1])
        seconds = _seconds_by_departure(profile, access, _dense(direct[:, columns]), departures)
        for part, percentile in zip(parts, percentiles, strict=True):
            part.append(_ranked(seconds, percentile, limit_minutes))
    return tuple(
        TravelTimes(
            minutes=csr_array(hstack(part, format="csr")),
            mode="transit",
            speed_metres_per_second=walk.speed_metres_per_second,
            detour_factor=walk.detour_factor if network is None else 1.0,
            limit_minutes=limit_minutes,
            source=timetable.source if network is None else f"{timetable.source}, {network.source}",
            window=assumptions.window,
            percentile=float(percentile),
            day=timetable.day,
        )
        for part, percentile in zip(parts, percentiles, strict=True)
    )


def earliest_arrivals(
    timetable: Timetable, footpaths: Footpaths, from_stops: IntArray, to_stops: IntArray, departures: IntArray
) -> SecondArray:
    """Return the earliest arrivals from stops at stops, without ways on foot before or after.

    Parameters
    ----------
    from_stops, to_stops
        Positions of stops, shapes (a,) and (b,).
    departures
        Seconds after midnight at which people stand at the first stop, shape (d,).

    Returns
    -------
    ndarray, shape (d, a, b)
        Seconds after midnight; :data:`geo.reach.transit.NEVER` where there is no ride.
    """
    egress = np.full((len(timetable.stop_ids), len(to_stops)), NEVER, dtype=np.int32)
    egress[to_stops, np.arange(len(to_stops))] = 0
    last = int(timetable.departure.max())
    profile = scan(timetable, footpaths, egress, first=int(departures.min()), last=last)
    return np.stack([profile.at(from_stops, np.full(len(from_stops), moment)) for moment in departures.tolist()])


def stop_coordinates(timetable: Timetable, crs: str) -> FloatArray:
    """Return the stops in metres in a system, infinitely far away where unknown, shape (stops, 2)."""
    from pyproj import Transformer

    xy = np.full((len(timetable.stop_ids), 2), np.inf)
    known = np.isfinite(timetable.stop_lonlat).all(axis=1)
    transformer = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    xy[known] = np.stack(transformer.transform(*timetable.stop_lonlat[known].T), axis=1)
    return xy


def footpaths_between(
    timetable: Timetable,
    stop_xy: FloatArray,
    assumptions: TransitAssumptions,
    *,
    network: StreetNetwork | None = None,
    walk: WalkAssumptions | None = None,
) -> Footpaths:
    """Return the ways on foot for changing.

    What the timetable says holds: a time, a timed connection (0 seconds), no change (no way). Else a change takes
    ``change_seconds`` at the same stop, and the walk but at least ``change_seconds`` between stops that share a
    station or are within ``change_minutes``.
    """
    count = len(timetable.stop_ids)
    on_foot = _OnFoot(network, WalkAssumptions() if walk is None else walk)
    near = on_foot.seconds(stop_xy, stop_xy, assumptions.change_minutes).tocoo()
    same = np.arange(count)
    mates = _station_mates(timetable.station)
    line = np.hypot(*(stop_xy[mates[:, 0]] - stop_xy[mates[:, 1]]).T) if len(mates) else np.empty(0)
    strolled = np.where(np.isfinite(line), np.ceil(line * on_foot.seconds_per_metre), 0)
    told = timetable.transfers
    start = np.concatenate([told[:, 0], same, near.row, mates[:, 0]]).astype(np.int64)
    end = np.concatenate([told[:, 1], same, near.col, mates[:, 1]]).astype(np.int64)
    least = assumptions.change_seconds
    own = np.concatenate([np.zeros(count), near.data, strolled])
    seconds = np.concatenate([np.where(told[:, 2] == -2, least, told[:, 2]), np.maximum(own, least)]).astype(np.int64)
    rank = np.concatenate([np.zeros(len(told)), np.ones(count + len(near.data)), np.full(len(mates), 2)])
    order = np.lexsort((seconds, rank, end, start))
    start, end, seconds = start[order], end[order], seconds[order]
    is_first = np.ones(len(start), dtype=bool)
    is_first[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    is_first &= seconds >= 0
    begin = np.concatenate([[0], np.cumsum(np.bincount(start[is_first], minlength=count))])
    return Footpaths(start=begin.astype(np.int64), to_stop=end[is_first], seconds=seconds[is_first])


@dataclass(frozen=True, eq=False)
class _OnFoot:
    """Ways on foot, on streets or in straight lines, in whole seconds, rounded up from a tenth of a second on."""

    network: StreetNetwork | None
    walk: WalkAssumptions

    @property
    def seconds_per_metre(self) -> float:
        """Seconds for a metre of straight line without streets."""
        return self.walk.detour_factor / self.walk.speed_metres_per_second

    def seconds(self, start_xy: FloatArray, end_xy: FloatArray, minutes: float) -> csr_array:
        """Return seconds on foot within a limit; stored zeros are real."""
        from scipy.sparse import csr_array

        starts, ends = (np.flatnonzero(np.isfinite(xy).all(axis=1)) for xy in (start_xy, end_xy))
        if self.network is None:
            times = straight_line_times(start_xy[starts], end_xy[ends], limit_minutes=minutes, assumptions=self.walk)
        else:
            times = walk_times(
                self.network, start_xy[starts], end_xy[ends], limit_minutes=minutes, assumptions=self.walk
            )
        found = times.minutes.tocoo()
        seconds = np.maximum(np.ceil(found.data * 60.0 - 0.1), 0).astype(np.int32)
        return csr_array((seconds, (starts[found.row], ends[found.col])), shape=(len(start_xy), len(end_xy)))


def _seconds_by_departure(
    profile: Profile, access: csr_array, direct: SecondArray, departures: IntArray
) -> SecondArray:
    """Return seconds from setting out to arriving, shape (departures, demand points, sites)."""
    whole = np.empty((len(departures), *direct.shape), dtype=np.int32)
    point = np.repeat(np.arange(access.shape[0]), np.diff(access.indptr))
    has_stop = np.flatnonzero(np.diff(access.indptr))
    ends = [*access.indptr[has_stop].tolist(), len(point)]
    for number, moment in enumerate(departures.tolist()):
        whole[number] = direct
        if not len(point):
            continue
        rows = profile.rows(access.indices.astype(np.int64), moment + access.data.astype(np.int64))
        for begin, end in _spans(access.indptr[has_stop], len(point), profile.arrivals.shape[1]):
            best = np.minimum.reduceat(
                profile.arrivals[rows[access.indptr[has_stop[begin]] : ends[end]]],
                access.indptr[has_stop[begin:end]] - access.indptr[has_stop[begin]],
                axis=0,
            )
            mine = has_stop[begin:end]
            whole[number, mine] = np.minimum(whole[number, mine], np.where(best < NEVER, best - moment, NEVER))
    return whole


def _spans(starts: IntArray, pairs: int, columns: int) -> list[tuple[int, int]]:
    """Return ranges of points whose pairs of point and stop fit into memory at once."""
    most = max(1, _CELLS_AT_ONCE // max(columns, 1))
    number = max(1, math.ceil(pairs / most))
    edges = np.unique(np.linspace(0, len(starts), number + 1).astype(int)).tolist()
    return list(pairwise(edges))


def _ranked(seconds: SecondArray, percentile: float, limit_minutes: float) -> csr_array:
    from scipy.sparse import csr_array

    rank = max(math.ceil(percentile / 100.0 * len(seconds) - 1e-9) - 1, 0)
    chosen = np.partition(seconds, rank, axis=0)[rank]
    rows, columns = np.nonzero(chosen <= (limit_minutes + MINUTES_TOLERANCE) * 60.0)
    return csr_array((chosen[rows, columns] / 60.0, (rows, columns)), shape=chosen.shape)


def _dense(table: csr_array) -> SecondArray:
    """Return a sparse table of seconds as an array with NEVER where nothing is stored."""
    found = table.tocoo()
    whole = np.full(table.shape, NEVER, dtype=np.int32)
    whole[found.row, found.col] = found.data
    return whole


def _station_mates(station: IntArray) -> IntArray:
    """Return all ordered pairs of different stops that share a station, shape (p, 2)."""
    order = np.argsort(station, kind="stable")
    _, size = np.unique(station[order], return_counts=True)
    groups = np.split(order, np.cumsum(size)[:-1])
    pairs = [
        np.stack(np.meshgrid(group, group, indexing="ij"), axis=-1).reshape(-1, 2) for group in groups if len(group) > 1
    ]
    if not pairs:
        return np.empty((0, 2), dtype=np.int64)
    both: IntArray = np.concatenate(pairs).astype(np.int64)
    mates: IntArray = both[both[:, 0] != both[:, 1]]
    return mates


def _clock(text: str) -> int:
    match = _CLOCK.match(text)
    if match is None:
        raise ContractError(f"time {text!r}: write hours and minutes as 08:30")
    return int(match[1]) * 3600 + int(match[2]) * 60
