"""Timetables in GTFS, read for one day; faults are tolerated and reported.

Only what travel times need is read: stops, trips, times, service days, transfers. Fares, shapes and colours are not.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geo.defaults import ReadLimits, WalkAssumptions
from geo.errors import DataError
from geo.findings import Finding, error, has_errors, note, warning
from geo.reach.transit.gtfs_tables import ON_DEMAND_COLUMNS, Visits, on_demand_trips, read_feed_table, read_visits
from geo.reach.transit.service_days import choose_day, read_service_days, without_days_apart
from geo.region import extract_zip

if TYPE_CHECKING:
    import pandas as pd

_ALSO = {
    "stops.txt": ("stop_name", "stop_lat", "stop_lon", "parent_station"),
    "stop_times.txt": ("pickup_type", "drop_off_type", *ON_DEMAND_COLUMNS),
}
_LONGEST_CHANGE_SECONDS = 7 * 86_400
_RULES_FOR_SOME = ("from_route_id", "to_route_id", "from_trip_id", "to_trip_id")
_TRANSFER_COLUMNS = ("transfer_type", "min_transfer_time", *_RULES_FOR_SOME)
_FEED_LIMITS = ReadLimits(file_bytes=400 * 1024**2, unpacked_bytes=3 * 1024**3)
_SECONDS_PER_DAY = 86_400
_UNTIMED = -2
_METRES_PER_DEGREE = 111_195.0
_SHORT_METRES, _BRISK_METRES_PER_SECOND = 200.0, 2.0


@dataclass(frozen=True, eq=False)
class Timetable:
    """Rides of one day from stop to stop.

    Parameters
    ----------
    stop_ids, stop_names
        Stops and stations, text, shape (s,).
    stop_lonlat
        Longitude and latitude in degrees, not a number where unknown, shape (s, 2).
    station
        Position of the station each stop belongs to, its own where it has none, shape (s,).
    trip, from_stop, to_stop
        One row for each ride between neighbouring stops of a trip, shape (c,).
    departure, arrival
        Seconds after midnight of the day; may exceed 86,400.
    can_board, can_alight
        Whether people may get on at the start and off at the end of the ride.
    transfers
        Rows of from stop, to stop, seconds, shape (t, 3); -1 seconds where changing is ruled out, -2 where it is
        allowed and no time is given.
    day
        ISO date.
    period
        First and last ISO date of the feed's calendar, days far apart from all others left out.
    source
        Name of the feed.
    findings
        What was odd.
    """

    stop_ids: NDArray[np.object_]
    stop_names: NDArray[np.object_]
    stop_lonlat: NDArray[np.float64]
    station: NDArray[np.int64]
    trip: NDArray[np.int64]
    from_stop: NDArray[np.int64]
    to_stop: NDArray[np.int64]
    departure: NDArray[np.int64]
    arrival: NDArray[np.int64]
    can_board: NDArray[np.bool_]
    can_alight: NDArray[np.bool_]
    transfers: NDArray[np.int64]
    day: str
    period: tuple[str, str]
    source: str
    findings: tuple[Finding, ...]

    def __len__(self) -> int:
        return len(self.trip)

    def stop(self, stop_id: str) -> int:
        """Return the position of a stop; ``KeyError`` if there is none of that key."""
        found = np.flatnonzero(self.stop_ids == stop_id)
        if not len(found):
            raise KeyError(stop_id)
        return int(found[0])


def read_timetable(
    path: Path, *, day: str | None = None, today: str | None = None, limits: ReadLimits = _FEED_LIMITS
) -> Timetable:
    """Read a GTFS feed, a folder or a zip file, for one day.

    Trips of the day before that go on past midnight belong to the day as well.

    Parameters
    ----------
    path
        Folder with ``stops.txt`` and the rest, or a zip file that holds it.
    day
        ISO date. Default: the Tuesday, Wednesday or Thursday with most trips, the first of several.
    today
        ISO date; with it a feed that has ended is reported (``timetable_ended``).

    Raises
    ------
    DataError
        ``timetable_not_found``, ``timetable_file_missing``, ``timetable_column_missing``, ``timetable_file_broken``,
        ``timetable_no_calendar``, ``timetable_no_service``, ``timetable_no_rides``, or what
        :func:`geo.region.extract_zip` raises. Tolerated faults are in :attr:`Timetable.findings`.
    """
    if path.is_dir():
        return _read_folder(_feed_root(path), path.name, day, today)
    if not path.is_file():
        raise DataError((error("timetable_not_found", file=path.name),))
    if path.stat().st_size > limits.file_bytes:
        raise DataError((error("timetable_too_large", file=path.name, limit_megabytes=limits.file_bytes // 1024**2),))
    with tempfile.TemporaryDirectory() as scratch:
        extract_zip(path, Path(scratch), name=path.name, limits=limits)
        return _read_folder(_feed_root(Path(scratch)), path.name, day, today)


def _feed_root(folder: Path) -> Path:
    """Return the folder itself, or the one below it that holds the feed."""
    if (folder / "stops.txt").is_file() or (folder / "stop_times.txt").is_file():
        return folder
    below = sorted(found.parent for found in folder.glob("*/stops.txt"))
    return below[0] if below else folder


def _read_folder(folder: Path, source: str, day: str | None, today: str | None) -> Timetable:
    from geo.region.model import FEED_TABLES

    findings: list[Finding] = []
    tables = {
        name: read_feed_table(folder, name, columns, findings, also=_ALSO.get(name, ()))
        for name, columns in FEED_TABLES.items()
    }
    calendar = read_service_days(folder, findings)
    if not (folder / "agency.txt").is_file():
        findings.append(note("timetable_no_agency", file=source))
    if has_errors(findings):
        raise DataError(tuple(findings))
    stops, keys = _stops(tables["stops.txt"], findings)
    trips = tables["trips.txt"].drop_duplicates("trip_id").set_index("trip_id")["service_id"]
    called = on_demand_trips(tables["stop_times.txt"])
    if len(called):
        findings.append(note("timetable_on_demand", file=source, count=len(called)))
        trips = trips[~trips.index.isin(called)]
    calendar, apart = without_days_apart(calendar, trips, source)
    findings += apart
    chosen = choose_day(calendar, trips, day, source)
    findings += _told_of_day(calendar.period, chosen, source, was_asked=day is not None, today=today)
    frequencies = read_feed_table(
        folder, "frequencies.txt", ("trip_id", "start_time", "end_time", "headway_secs"), findings, is_optional=True
    )
    transfers = read_feed_table(
        folder, "transfers.txt", ("from_stop_id", "to_stop_id"), findings, also=_TRANSFER_COLUMNS, is_optional=True
    )
    if has_errors(findings):
        raise DataError(tuple(findings))
    rides = [
        _rides(read_visits(tables["stop_times.txt"], running, keys, frequencies, told), -shift * _SECONDS_PER_DAY)
        for shift, told in ((0, findings), (1, []))
        for running in [trips.index[trips.isin(calendar.services_on(_before(chosen, shift)))]]
    ]
    today_trips = int(rides[0]["trip"].max()) + 1 if len(rides[0]["trip"]) else 0
    rides[1]["trip"] = rides[1]["trip"] + today_trips
    is_late = rides[1]["departure"] >= 0
    columns = {name: np.concatenate([rides[0][name], rides[1][name][is_late]]) for name in rides[0]}
    if not len(columns["trip"]):
        raise DataError((error("timetable_no_rides", file=source, day=chosen), *findings))
    return Timetable(
        stop_ids=stops["stop_id"].to_numpy(dtype=object),
        stop_names=stops["stop_name"].to_numpy(dtype=object),
        stop_lonlat=stops[["lon", "lat"]].to_numpy(dtype=np.float64),
        station=stops["station"].to_numpy(dtype=np.int64),
        transfers=_on_foot_at_best(
            _transfers(transfers, keys, stops["station"].to_numpy(dtype=np.int64), findings),
            stops[["lon", "lat"]].to_numpy(dtype=np.float64),
            stops["stop_name"].to_numpy(dtype=object),
            findings,
        ),
        can_board=columns.pop("can_board").astype(bool),
        can_alight=columns.pop("can_alight").astype(bool),
        day=chosen,
        period=calendar.period,
        source=source,
        findings=tuple(findings),
        **columns,
    )


def _before(day: str, days: int) -> str:
    return (dt.date.fromisoformat(day) - dt.timedelta(days=days)).isoformat()


def _told_of_day(
    period: tuple[str, str], chosen: str, source: str, *, was_asked: bool, today: str | None
) -> list[Finding]:
    found = [] if was_asked else [note("timetable_day_chosen", file=source, day=chosen)]
    if today is not None and period[1] < today:
        found.append(warning("timetable_ended", file=source, first=period[0], last=period[1], day=chosen))
    return found


def _stops(table: pd.DataFrame, findings: list[Finding]) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the stops with numbers for their coordinates and stations, and the position of each key."""
    import pandas as pd

    doubled = table["stop_id"].duplicated()
    if doubled.any():
        findings.append(warning("timetable_stop_twice", file="stops.txt", count=int(doubled.sum())))
    stops = table[~doubled].reset_index(drop=True)
    for column, name in (("lon", "stop_lon"), ("lat", "stop_lat")):
        texts = stops[name] if name in stops else pd.Series("", index=stops.index)
        stops[column] = pd.to_numeric(texts.str.replace(",", "."), errors="coerce")
    is_off = ~(stops["lon"].abs().le(180) & stops["lat"].abs().le(90)) | (stops["lon"].eq(0) & stops["lat"].eq(0))
    stops.loc[is_off, ["lon", "lat"]] = np.nan
    if is_off.any():
        findings.append(warning("timetable_stop_nowhere", file="stops.txt", count=int(is_off.sum())))
    if "stop_name" not in stops:
        stops["stop_name"] = stops["stop_id"]
    keys = {str(key): place for place, key in enumerate(stops["stop_id"])}
    parents = stops["parent_station"] if "parent_station" in stops else pd.Series("", index=stops.index)
    own = np.arange(len(stops))
    # Stations that are named but not listed still hold their stops together: the first stop stands for them.
    named = dict.fromkeys(parents[parents != ""])
    first = {name: keys.get(str(name), int(np.flatnonzero(parents == name)[0])) for name in named}
    stops["station"] = [first.get(name, place) for name, place in zip(parents, own, strict=True)]
    return stops, keys


def _rides(visits: Visits, shift_seconds: int) -> dict[str, NDArray[np.int64]]:
    """Return rides between neighbouring stops of the same trip."""
    first = np.flatnonzero(visits.trip[1:] == visits.trip[:-1])
    return {
        "trip": visits.trip[first],
        "from_stop": visits.stop[first],
        "to_stop": visits.stop[first + 1],
        "departure": visits.departure[first] + shift_seconds,
        "arrival": visits.arrival[first + 1] + shift_seconds,
        "can_board": visits.can_board[first].astype(np.int64),
        "can_alight": visits.can_alight[first + 1].astype(np.int64),
    }


def _transfers(
    table: pd.DataFrame, keys: dict[str, int], station: NDArray[np.int64], findings: list[Finding]
) -> NDArray[np.int64]:
    """Return from stop, to stop, seconds; a transfer between stations holds for all their stops."""
    import pandas as pd

    if table.empty:
        return np.empty((0, 3), dtype=np.int64)
    rules = [name for name in _RULES_FOR_SOME if name in table]
    table = table[(table[rules] == "").all(axis=1)] if rules else table
    start, end = table["from_stop_id"].map(keys), table["to_stop_id"].map(keys)
    is_known = start.notna() & end.notna()
    if not is_known.all():
        findings.append(note("timetable_transfer_unknown", file="transfers.txt", count=int((~is_known).sum())))
    empty = pd.Series("", index=table.index)
    kind = table.get("transfer_type", empty)
    seconds = pd.to_numeric(table.get("min_transfer_time", empty), errors="coerce").where(lambda told: told >= 0)
    seconds = seconds.clip(upper=_LONGEST_CHANGE_SECONDS)
    seconds = seconds.mask(kind == "1", 0).mask(kind.isin(("3", "5")), -1).fillna(_UNTIMED)
    rows = np.stack([start[is_known], end[is_known], seconds[is_known]], axis=1).astype(np.int64)
    members: dict[int, list[int]] = {}
    for stop, parent in enumerate(station.tolist()):
        if parent != stop:
            members.setdefault(parent, []).append(stop)
    wide = [
        (one, other, time)
        for begin, finish, time in rows.tolist()
        for one in [begin, *members.get(begin, [])]
        for other in [finish, *members.get(finish, [])]
        if begin != finish or one == other or begin in members
    ]
    return np.array(wide, dtype=np.int64).reshape(-1, 3)


def _on_foot_at_best(
    transfers: NDArray[np.int64], lonlat: NDArray[np.float64], names: NDArray[np.object_], findings: list[Finding]
) -> NDArray[np.int64]:
    """Return transfers, those that nobody can walk in time, and far ones without a time, as long as the walk takes.

    Within :data:`_SHORT_METRES` and at :data:`_BRISK_METRES_PER_SECOND` a told time is believed: platforms lie close,
    and stops stand for whole stations.
    """
    start, end = lonlat[transfers[:, 0]], lonlat[transfers[:, 1]]
    metres = np.hypot((end[:, 0] - start[:, 0]) * np.cos(np.radians(start[:, 1])), end[:, 1] - start[:, 1])
    metres = np.nan_to_num(metres * _METRES_PER_DEGREE)
    seconds = transfers[:, 2]
    is_far = metres > _SHORT_METRES
    is_fast = (seconds >= 0) & is_far & (metres > _BRISK_METRES_PER_SECOND * seconds)
    walk = WalkAssumptions()
    walked = np.ceil(metres * walk.detour_factor / walk.speed_metres_per_second).astype(np.int64)
    is_walked = is_fast | ((seconds == _UNTIMED) & is_far)
    transfers = np.column_stack(
        [transfers[:, :2], np.where(is_walked, np.minimum(walked, _LONGEST_CHANGE_SECONDS), seconds)]
    )
    if not is_fast.any():
        return transfers
    at = int(np.flatnonzero(is_fast)[0])
    place = {"start": str(names[transfers[at, 0]]), "end": str(names[transfers[at, 1]]), "metres": round(metres[at])}
    count = int(is_fast.sum())
    findings.append(
        warning("timetable_transfer_too_fast", file="transfers.txt", count=count, seconds=int(seconds[at]), **place)
    )
    return transfers
