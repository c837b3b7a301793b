"""Earliest arrivals by public transport: connection scan over all departures at once.

A timetable is a list of rides between neighbouring stops. Read from the last departure to the first, the earliest
arrival at a target after boarding a ride is the least of: walking from where the ride ends, staying on board, changing
there to a later ride. All three are known when a ride's turn comes, so one pass gives the
earliest arrival for **every** departure from **every** stop: the profile connection scan of Dibbelt, Pajor,
Strasser and Wagner (2013, 2018). Here each step is done for all targets at once.

Between two rides people walk one footpath: to another stop, or the change at the same stop. The number of
changes is not limited.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.reach.transit.timetable import Timetable

IntArray = NDArray[np.int64]
SecondArray = NDArray[np.int32]

NEVER = np.int32(2**30)
_DAYS = 2**22  # seconds; keeps the keys of different stops apart


@dataclass(frozen=True, eq=False)
class Footpaths:
    """Ways on foot between rides.

    Parameters
    ----------
    start
        Where the footpaths of each stop begin, shape (stops + 1,).
    to_stop, seconds
        Stop they lead to and how long they take, shape (f,). The change at the same stop is one of them.
    """

    start: IntArray
    to_stop: IntArray
    seconds: IntArray


@dataclass(frozen=True, eq=False)
class Profile:
    """Earliest arrivals at targets for every departure from every stop.

    Parameters
    ----------
    keys
        Stop and departure of each row as one number, rising, shape (rows,).
    arrivals
        Seconds after midnight at each target when waiting at that stop from that moment, shape (rows + 1, targets);
        :data:`NEVER` where none is reached. The last row is never.
    """

    keys: IntArray
    arrivals: SecondArray

    def rows(self, stops: IntArray, seconds: IntArray) -> IntArray:
        """Return the row of the first departure from each stop at or after a time, else the last row."""
        found = np.searchsorted(self.keys, _key(stops, seconds), side="left")
        is_same = np.zeros(len(found), dtype=bool)
        inside = found < len(self.keys)
        is_same[inside] = self.keys[found[inside]] // _DAYS == stops[inside]
        return np.where(is_same, found, len(self.keys)).astype(np.int64)

    def at(self, stops: IntArray, seconds: IntArray) -> SecondArray:
        """Return the earliest arrivals when at each stop at a time, shape (len(stops), targets)."""
        picked: SecondArray = self.arrivals[self.rows(stops, seconds)]
        return picked


def scan(timetable: Timetable, footpaths: Footpaths, egress: SecondArray, *, first: int, last: int) -> Profile:
    """Return the earliest arrivals at targets for every departure in a period.

    Parameters
    ----------
    egress
        Seconds on foot from each stop to each target, :data:`NEVER` where too far, shape (stops, targets).
    first, last
        Rides that depart in these seconds after midnight are used, both included.

    Returns
    -------
    Profile
    """
    used = np.flatnonzero((timetable.departure >= first) & (timetable.departure <= last))
    departure, arrival = timetable.departure[used], timetable.arrival[used]
    # Turn: latest departure first; of equal ones the latest arrival, then the later stop of a trip.
    turn = np.lexsort((-used, -arrival, -departure))
    used, departure, arrival = used[turn], departure[turn], arrival[turn]
    count = len(used)
    from_stop, to_stop = timetable.from_stop[used], timetable.to_stop[used]
    order = np.lexsort((-np.arange(count), from_stop))
    row = np.empty(count, dtype=np.int64)
    row[order] = np.arange(count)
    keys = _key(from_stop, departure)[order]
    following = np.full(count, count, dtype=np.int64)
    following[:-1] = np.where(from_stop[order][1:] == from_stop[order][:-1], np.arange(1, count), count)[: count - 1]
    profile = Profile(keys=keys, arrivals=np.full((count + 1, egress.shape[1]), NEVER, dtype=np.int32))
    start, targets = _changes(profile, footpaths, to_stop, arrival, timetable.can_alight[used])
    leads_on = np.asarray((egress < NEVER).any(axis=1), dtype=np.bool_)
    plan = _Plan(
        trip=np.unique(timetable.trip[used], return_inverse=True)[1],
        to_stop=to_stop,
        arrival=arrival.astype(np.int32),
        row=row,
        following=following[row],
        can_board=timetable.can_board[used],
        walks=leads_on[to_stop] & timetable.can_alight[used],
        start=start,
        targets=targets,
    )
    # Only rides and changes that take no time at all can depend on what comes later in the same second.
    turn_of_row = np.append(order, -1)
    is_late = bool((turn_of_row[targets] >= np.repeat(np.arange(count), np.diff(start))).any())
    while True:
        before = profile.arrivals.copy() if is_late else None
        _pass(plan, egress, profile.arrivals)
        if before is None or np.array_equal(before, profile.arrivals):
            return profile


@dataclass(frozen=True, eq=False)
class _Plan:
    trip: IntArray
    to_stop: IntArray
    arrival: SecondArray
    row: IntArray
    following: IntArray
    can_board: NDArray[np.bool_]
    walks: NDArray[np.bool_]
    start: IntArray
    targets: IntArray


def _pass(plan: _Plan, egress: SecondArray, best: SecondArray) -> None:
    """Take the rides in turn; ``best`` receives the earliest arrivals of each row."""
    if not len(plan.trip):
        return
    on_board = np.full((int(plan.trip.max()) + 1, best.shape[1]), NEVER, dtype=np.int32)
    minimum = np.minimum
    columns = (plan.trip, plan.to_stop, plan.arrival, plan.row, plan.following, plan.can_board, plan.walks)
    starts = plan.start.tolist()
    for turn, (trip, stop, arrival, row, following, can_board, walks) in enumerate(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        mine = on_board[trip]
        if walks:
            minimum(mine, minimum(egress[stop] + arrival, NEVER), out=mine)
        begin, end = starts[turn], starts[turn + 1]
        if end - begin == 1:
            minimum(mine, best[plan.targets[begin]], out=mine)
        elif end > begin:
            minimum(mine, best[plan.targets[begin:end]].min(axis=0), out=mine)
        if can_board:
            minimum(mine, best[following], out=best[row])
        else:
            best[row] = best[following]


def _changes(
    profile: Profile, footpaths: Footpaths, to_stop: IntArray, arrival: IntArray, can_alight: NDArray[np.bool_]
) -> tuple[IntArray, IntArray]:
    """Return for each ride the rows that can be changed to: where they begin, and the rows."""
    number = np.where(can_alight, footpaths.start[to_stop + 1] - footpaths.start[to_stop], 0)
    ride = np.repeat(np.arange(len(to_stop)), number)
    within = np.arange(len(ride)) - np.repeat(np.cumsum(number) - number, number)
    path = footpaths.start[to_stop[ride]] + within
    rows = profile.rows(footpaths.to_stop[path], arrival[ride] + footpaths.seconds[path])
    is_real = rows < len(profile.keys)
    start = np.concatenate([[0], np.cumsum(np.bincount(ride[is_real], minlength=len(to_stop)))])
    return start.astype(np.int64), rows[is_real]


def _key(stops: IntArray, seconds: IntArray) -> IntArray:
    return stops * _DAYS + np.clip(seconds, 0, _DAYS - 1)
