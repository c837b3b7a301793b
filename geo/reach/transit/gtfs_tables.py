"""Tables of a GTFS feed: files as text, and who calls where and when in seconds after midnight."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geo.findings import Finding, error, note, warning

if TYPE_CHECKING:
    import pandas as pd

ON_DEMAND_COLUMNS = ("start_pickup_drop_off_window", "location_group_id", "location_id")
_TIME = re.compile(r"^(\d{1,3}):([0-5]?\d)(?::([0-5]?\d))?$")
_FILE = "stop_times.txt"
_MOST_RUNS = 2_000


@dataclass(frozen=True, eq=False)
class Visits:
    """Calls of trips at stops, in the order of trips and of stops within a trip; all arrays of shape (v,).

    Parameters
    ----------
    trip, stop
        Number of the trip and position of the stop.
    arrival, departure
        Seconds after midnight.
    can_board, can_alight
        Whether people may get on and off.
    """

    trip: NDArray[np.int64]
    stop: NDArray[np.int64]
    arrival: NDArray[np.int64]
    departure: NDArray[np.int64]
    can_board: NDArray[np.bool_]
    can_alight: NDArray[np.bool_]


def read_feed_table(
    folder: Path,
    name: str,
    required: Sequence[str],
    findings: list[Finding],
    *,
    also: Sequence[str] = (),
    is_optional: bool = False,
) -> pd.DataFrame:
    """Read columns of one file of a feed as text, every cell stripped.

    Parameters
    ----------
    findings
        Is added to: ``timetable_file_missing``, ``timetable_file_broken``, ``timetable_column_missing``,
        ``timetable_file_empty`` (errors), ``timetable_old_encoding`` (note).

    Returns
    -------
    DataFrame
        Empty, with the required columns, where the file cannot be used.
    """
    import pandas as pd

    nothing = pd.DataFrame({column: pd.Series(dtype=str) for column in required})
    path = folder / name
    if not path.is_file():
        if not is_optional:
            findings.append(error("timetable_file_missing", file=name))
        return nothing
    table = _read_text(path, {*required, *also}, findings)
    if table is None:
        return nothing
    table.columns = [str(column).strip() for column in table.columns]
    missing = [column for column in required if column not in table]
    findings += [error("timetable_column_missing", file=name, column=column) for column in missing]
    if missing:
        return nothing
    if table.empty and not is_optional:
        findings.append(error("timetable_file_empty", file=name))
    for column in table:
        table[column] = table[column].str.strip()
    return table


def _read_text(path: Path, wanted: set[str], findings: list[Finding]) -> pd.DataFrame | None:
    import pandas as pd

    for encoding in ("utf-8-sig", "cp1252"):
        try:
            table: pd.DataFrame = pd.read_csv(
                path,
                dtype=str,
                keep_default_na=False,
                encoding=encoding,
                usecols=lambda column: str(column).strip() in wanted,
            )
        except UnicodeDecodeError:
            continue
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as fault:
            findings.append(error("timetable_file_broken", file=path.name, reason=str(fault).strip()[:200]))
            return None
        if encoding != "utf-8-sig":
            findings.append(note("timetable_old_encoding", file=path.name))
        return table
    findings.append(error("timetable_file_broken", file=path.name, reason="encoding"))
    return None


def seconds_of(text: str) -> float:
    """Return ``25:10:00`` as seconds after midnight; not a number where the text is no time."""
    match = _TIME.match(text)
    if match is None:
        return float("nan")
    return int(match[1]) * 3600.0 + int(match[2]) * 60.0 + int(match[3] or 0)


def read_visits(
    table: pd.DataFrame, running: pd.Index, stops: Mapping[str, int], frequencies: pd.DataFrame, findings: list[Finding]
) -> Visits:
    """Return the calls of the trips that run.

    Missing times between two known ones are spread evenly over the stops. A trip whose times go backwards is left out.

    Parameters
    ----------
    table
        ``stop_times.txt`` as text.
    frequencies
        ``frequencies.txt`` as text: such trips are run at every headway.
    findings
        Is added to: ``timetable_time_wrong``, ``timetable_stop_unknown``, ``timetable_times_backwards`` (warnings),
        ``timetable_times_filled`` (note).
    """
    import pandas as pd

    rows = table[table["trip_id"].isin(running)]
    frame = pd.DataFrame(
        {
            "trip": rows["trip_id"],
            "order": pd.to_numeric(rows["stop_sequence"], errors="coerce"),
            "stop": rows["stop_id"].map(stops),
            "arrival": _seconds(rows["arrival_time"]),
            "departure": _seconds(rows["departure_time"]),
            "can_board": _allowed(rows, "pickup_type"),
            "can_alight": _allowed(rows, "drop_off_type"),
        }
    )
    findings += _wrong_times(rows, frame)
    is_known = frame["stop"].notna() & frame["order"].notna()
    if not is_known.all():
        first = str(rows.loc[~is_known, "stop_id"].iloc[0])
        findings.append(warning("timetable_stop_unknown", file=_FILE, count=int((~is_known).sum()), key=first))
    frame = frame[is_known].sort_values(["trip", "order"], kind="stable")
    frame = _with_frequencies(_sound(_filled(frame, findings), findings), frequencies)
    number, _ = frame["trip"].factorize()
    return Visits(
        trip=number.astype(np.int64),
        stop=frame["stop"].to_numpy(dtype=np.int64),
        arrival=frame["arrival"].to_numpy(dtype=np.int64),
        departure=frame["departure"].to_numpy(dtype=np.int64),
        can_board=frame["can_board"].to_numpy(dtype=bool),
        can_alight=frame["can_alight"].to_numpy(dtype=bool),
    )


def on_demand_trips(table: pd.DataFrame) -> list[str]:
    """Return the trips that run only when somebody calls for them.

    Those with a window, a zone or a group of stops in place of a time and a stop, and those that must be booked by
    phone (``pickup_type`` 2) wherever one may board.
    """
    found: set[str] = set()
    for column in ON_DEMAND_COLUMNS:
        if column in table:
            found |= set(table.loc[table[column] != "", "trip_id"])
    if "pickup_type" in table:
        boarded = table[table["pickup_type"] != "1"]
        must_call = (boarded["pickup_type"] == "2").groupby(boarded["trip_id"]).all()
        found |= set(must_call.index[must_call])
    return sorted(found)


def _seconds(texts: pd.Series[str]) -> NDArray[np.float64]:
    codes, distinct = texts.factorize()
    seconds = np.array([seconds_of(str(text)) for text in distinct] or [np.nan])[codes]
    return np.asarray(seconds, dtype=np.float64)


def _wrong_times(rows: pd.DataFrame, frame: pd.DataFrame) -> list[Finding]:
    """Tell the calls whose arrival or departure is no time."""
    is_wrong = np.zeros(len(rows), dtype=bool)
    for name in ("arrival", "departure"):
        is_wrong |= (frame[name].isna() & (rows[f"{name}_time"] != "")).to_numpy()
    if not is_wrong.any():
        return []
    row = int(rows.index[np.flatnonzero(is_wrong)[0]]) + 2
    return [warning("timetable_time_wrong", file=_FILE, row=row, count=int(is_wrong.sum()))]


def _allowed(rows: pd.DataFrame, column: str) -> Any:
    return rows[column] != "1" if column in rows else True


def _filled(frame: pd.DataFrame, findings: list[Finding]) -> pd.DataFrame:
    """Take arrival for departure and the reverse, spread missing times evenly, drop what stays unknown."""
    frame = frame.assign(
        arrival=frame["arrival"].fillna(frame["departure"]), departure=frame["departure"].fillna(frame["arrival"])
    )
    is_open = frame["arrival"].isna()
    if not is_open.any():
        return frame
    spread = _spread_evenly(frame["arrival"].to_numpy(), frame["trip"].to_numpy())
    frame = frame.assign(
        arrival=frame["arrival"].where(~is_open, spread), departure=frame["departure"].where(~is_open, spread)
    )
    findings.append(note("timetable_times_filled", file=_FILE, count=int(is_open.sum())))
    return frame[frame["arrival"].notna()]


def _spread_evenly(times: NDArray[np.float64], trips: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return times with gaps filled in even steps, where the same trip has a time before and after."""
    place = np.arange(len(times))
    known = np.flatnonzero(np.isfinite(times))
    if not len(known):
        return times
    later = np.searchsorted(known, place)
    before, after = known[np.maximum(later - 1, 0)], known[np.minimum(later, len(known) - 1)]
    is_between = (before <= place) & (place <= after) & (trips[before] == trips) & (trips[after] == trips)
    spread = np.round(np.interp(place, known, times[known]))
    return np.where(is_between, spread, np.where(np.isfinite(times), times, np.nan))


def _sound(frame: pd.DataFrame, findings: list[Finding]) -> pd.DataFrame:
    """Leave out trips whose times go backwards."""
    if frame.empty:
        return frame
    same = frame["trip"].to_numpy()[1:] == frame["trip"].to_numpy()[:-1]
    arrival, departure = frame["arrival"].to_numpy(), frame["departure"].to_numpy()
    is_wrong = departure < arrival
    is_wrong[1:] |= same & (arrival[1:] < departure[:-1])
    if not is_wrong.any():
        return frame
    trips = frame["trip"][is_wrong].unique()
    findings.append(warning("timetable_times_backwards", file=_FILE, count=len(trips), key=str(trips[0])))
    return frame[~frame["trip"].isin(trips)]


def _with_frequencies(frame: pd.DataFrame, frequencies: pd.DataFrame) -> pd.DataFrame:
    """Replace trips given by headway with one trip for each start."""
    import pandas as pd

    if frequencies.empty or frame.empty:
        return frame
    runs = []
    for row in frequencies.to_dict("records"):
        pattern = frame[frame["trip"] == row["trip_id"]]
        start, end = seconds_of(row["start_time"]), seconds_of(row["end_time"])
        headway = pd.to_numeric(row["headway_secs"], errors="coerce")
        if pattern.empty or not (start < end and headway >= 1):
            continue
        base = pattern["departure"].iloc[0]
        for number, begin in enumerate(np.arange(start, end, headway)[:_MOST_RUNS]):
            moved = {name: pattern[name] - base + begin for name in ("arrival", "departure")}
            runs.append(pattern.assign(trip=f"{row['trip_id']}\x1f{row['start_time']}\x1f{number}", **moved))
    rest = frame[~frame["trip"].isin(frequencies["trip_id"])]
    return pd.concat([rest, *runs]) if runs else rest
