"""Travel times from a table: by car, by a router of one's own, or any other way.

The table has one row for each pair: where from, where to, minutes. It is the way in for every mode this library
does not compute itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import Finding, error, has_errors, note, warning
from geo.reach.travel import TravelTimes, require_positive

if TYPE_CHECKING:
    import pandas as pd
    from scipy.sparse import csr_array

_DAY_MINUTES = 1440.0


@dataclass(frozen=True, eq=False)
class TravelTable:
    """Travel times read from a table.

    Parameters
    ----------
    times
        Minutes between demand points and sites.
    findings
        What was odd; no errors.
    """

    times: TravelTimes
    findings: tuple[Finding, ...]


def read_travel_table(
    source: Path | bytes,
    *,
    name: str,
    from_keys: Sequence[str],
    to_keys: Sequence[str],
    mode: str = "car",
    limit_minutes: float = _DAY_MINUTES,
    also_known: Collection[str] = (),
    limits: ReadLimits | None = None,
) -> TravelTable:
    """Read travel times from a CSV file or a workbook.

    Parameters
    ----------
    source
        Path or content. Columns ``from``, ``to``, ``minutes`` (``von``, ``nach``, ``minuten`` and the like); any
        delimiter; decimal point or comma.
    from_keys
        Key of each demand point as it stands in the column ``from``: its quarter, or a key of its own. May repeat.
    limit_minutes
        Longer times are left out.
    also_known
        Keys that may stand in the table although nobody asks for them now; they are no strangers.

    Returns
    -------
    TravelTable
        A pair without a time counts as out of reach and is reported (``travel_pairs_missing``).

    Raises
    ------
    DataError
        ``travel_column_missing``, ``travel_minutes_negative``, ``travel_no_key_known``, ``text_in_numbers``, or what
        :func:`geo.region.tables.read_table` raises.
    """
    import pandas as pd

    from geo.region.model import ROW_LIMITS, read_minutes, unknown_keys

    require_positive(limit_minutes, "limit_minutes")
    table = read_minutes(source, name=name, limits=limits or ROW_LIMITS)
    frame, minutes, findings = table.rows, table.rows["minutes"].to_numpy(), list(table.findings)
    origins, origin_of_point = np.unique(np.array([str(key) for key in from_keys], dtype=str), return_inverse=True)
    start = _places(frame["from"], origins.tolist())
    end = _places(frame["to"], [str(key) for key in to_keys])
    for side, places in (("from", start), ("to", end)):
        findings += unknown_keys(table, side, (places >= 0) | frame[side].isin(set(also_known)).to_numpy(), name)
    is_known = (start >= 0) & (end >= 0)
    if len(frame) and not is_known.any() and len(origins) and len(to_keys):
        findings.append(error("travel_no_key_known", file=name, key=str(frame["from"].iloc[0])))
    if has_errors(findings):
        raise DataError(tuple(finding.within(name) for finding in findings))
    pairs = pd.DataFrame({"start": start, "end": end, "minutes": minutes})[is_known & np.isfinite(minutes)]
    pairs = _single(pairs, name, findings)
    missing = len(origins) * len(to_keys) - len(pairs)
    if missing:
        findings.append(warning("travel_pairs_missing", file=name, count=missing, total=len(origins) * len(to_keys)))
    return TravelTable(
        times=TravelTimes(
            minutes=_table(pairs[pairs["minutes"] <= limit_minutes], origin_of_point, (len(origins), len(to_keys))),
            mode=mode,
            speed_metres_per_second=float("nan"),
            detour_factor=1.0,
            limit_minutes=limit_minutes,
            source=name,
        ),
        findings=tuple(finding.within(name) for finding in findings),
    )


def _places(keys: pd.Series[str], known: Sequence[str]) -> NDArray[np.int64]:
    """Return the position of each key, -1 where it is unknown."""
    position = {key: place for place, key in enumerate(known)}
    return np.array([position.get(key, -1) for key in keys], dtype=np.int64)


def _single(pairs: pd.DataFrame, name: str, findings: list[Finding]) -> pd.DataFrame:
    """Return one time for each pair: of several different ones the longest."""
    is_again = pairs.duplicated(["start", "end"], keep=False)
    if not is_again.any():
        return pairs
    spread = pairs[is_again].groupby(["start", "end"])["minutes"].agg(["min", "max"])
    different = int((spread["max"] > spread["min"]).sum())
    if different:
        findings.append(warning("travel_pair_differs", file=name, count=different))
    if len(spread) > different:
        findings.append(note("travel_pair_twice", file=name, count=len(spread) - different))
    return pairs.sort_values("minutes").drop_duplicates(["start", "end"], keep="last")


def _table(pairs: pd.DataFrame, origin_of_point: NDArray[np.int64], shape: tuple[int, int]) -> csr_array:
    """Return minutes by demand point and site; points of the same origin have the same row."""
    from scipy.sparse import csr_array

    by_origin = csr_array(
        (pairs["minutes"].to_numpy(dtype=np.float64), (pairs["start"].to_numpy(), pairs["end"].to_numpy())), shape=shape
    )
    return csr_array(by_origin[origin_of_point]) if len(origin_of_point) else csr_array((0, shape[1]))
