"""One way to ask for travel times in a region, whatever the mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geo.bounded import call_bounded
from geo.defaults import TRAVEL_BOUNDS, WalkAssumptions
from geo.errors import ContractError, DataError
from geo.findings import Finding, error
from geo.reach.streets import StreetRules, check_streets, read_streets, snap_findings, snap_points, walk_times_between
from geo.reach.transit import MEDIAN, TransitAssumptions, read_timetable, stop_coordinates, transit_percentiles
from geo.reach.travel import TravelTimes, straight_line_times

if TYPE_CHECKING:
    from geo.reach.streets import StreetNetwork
    from geo.reach.transit import Timetable
    from geo.region.model import Region

MODES = ("line", "walk", "wheelchair", "transit")
_MARGIN_METRES = 5_000.0


@dataclass(frozen=True)
class TravelModel:
    """How people are taken to travel.

    Parameters
    ----------
    mode
        ``line``, ``walk``, ``wheelchair`` or ``transit``.
    limit_minutes
        Longest time kept.
    walk
        Walking speed, and the detour factor where no streets are used.
    streets
        Extract to walk on instead of the region's own.
    rules
        Assumptions with which streets are read.
    timetable
        GTFS feed, folder or zip, for ``transit``; None takes the region's own.
    transit
        Window, ways to stops, changes.
    percentile
        Transit: 50 the median, 100 the worst of the departures.
    day, today
        Transit: day of the timetable (default: a usual one); the current date, to report an ended timetable.
    """

    mode: str = "line"
    limit_minutes: float = 60.0
    walk: WalkAssumptions = field(default_factory=WalkAssumptions)
    streets: Path | None = None
    rules: StreetRules = field(default_factory=StreetRules)
    timetable: Path | None = None
    transit: TransitAssumptions = field(default_factory=TransitAssumptions)
    percentile: float = MEDIAN
    day: str | None = None
    today: str | None = None


@dataclass(frozen=True, eq=False)
class TravelResult:
    """Travel times and what was found on the way.

    Parameters
    ----------
    times
        Minutes from demand points to sites.
    network
        Streets that were walked on, or None.
    findings
        Streets that do not cover the region, points off the streets, faults of the timetable.
    """

    times: TravelTimes
    network: StreetNetwork | None
    findings: tuple[Finding, ...]


def region_streets(region: Region, model: TravelModel, *, cache: Path | None = None) -> StreetNetwork:
    """Return the streets of a region as a network.

    Raises
    ------
    DataError
        ``streets_none`` if there is no extract, or what :func:`geo.reach.streets.read_streets` raises.
    """
    path = region.streets if model.streets is None else model.streets
    if path is None:
        raise DataError((error("streets_none", region=region.name),))
    west, south, east, north = (float(value) for value in region.quarters.total_bounds)
    wide = (west - _MARGIN_METRES, south - _MARGIN_METRES, east + _MARGIN_METRES, north + _MARGIN_METRES)
    read = partial(read_streets, path, region_crs(region), rules=model.rules, bounds=wide, cache=cache)
    if cache is not None:
        cache.mkdir(parents=True, exist_ok=True)
    folders = [] if cache is None else [cache]
    return call_bounded(read, reads=[path], folders=folders, bounds=TRAVEL_BOUNDS, file=path.name)


def travel_times(
    region: Region,
    model: TravelModel,
    demand_xy: NDArray[np.float64],
    site_xy: NDArray[np.float64],
    *,
    demand_keys: Sequence[str],
    site_keys: Sequence[str],
    network: StreetNetwork | None = None,
    cache: Path | None = None,
) -> TravelResult:
    """Return travel times in a region by the mode of a model.

    Parameters
    ----------
    demand_xy, site_xy
        Coordinates in metres in the system of the region's quarters, shapes (n, 2) and (m, 2).
    demand_keys, site_keys
        Keys for findings: the quarter of each demand point, the key of each site.

    Raises
    ------
    ContractError
        The mode is unknown, ``transit`` has no timetable, or a value is out of range.
    DataError
        There are no streets or they lie elsewhere; the timetable cannot be used.
    """
    if model.mode not in MODES:
        raise ContractError(f"mode = {model.mode!r}: choose one of {', '.join(MODES)}")
    if model.mode == "line":
        times = straight_line_times(demand_xy, site_xy, limit_minutes=model.limit_minutes, assumptions=model.walk)
        return TravelResult(times, None, ())
    if network is None and not (model.mode == "transit" and region.streets is None and model.streets is None):
        network = region_streets(region, model, cache=cache)
    wheelchair = model.mode == "wheelchair"
    findings: list[Finding] = []
    if network is not None:
        findings += [*network.findings, *check_streets(network, region.quarters)]
        if any(finding.code == "streets_elsewhere" for finding in findings):
            raise DataError(tuple(findings))
        demand = snap_points(network, demand_xy, wheelchair=wheelchair)
        sites = snap_points(network, site_xy, wheelchair=wheelchair)
        findings += [*snap_findings(demand, demand_keys, "demand"), *snap_findings(sites, site_keys, "site")]
        if model.mode != "transit":
            times = walk_times_between(
                network, demand, sites, limit_minutes=model.limit_minutes, assumptions=model.walk, wheelchair=wheelchair
            )
            return TravelResult(times, network, tuple(findings))
    feed = region.timetable if model.timetable is None else model.timetable
    if feed is None:
        raise ContractError("mode = 'transit' without a timetable: name a GTFS feed")
    read = partial(read_timetable, feed, day=model.day, today=model.today)
    timetable = call_bounded(read, reads=[feed], bounds=TRAVEL_BOUNDS, file=feed.name)
    if not _has_stops_near(timetable, region):
        raise DataError((error("timetable_elsewhere", file=timetable.source), *timetable.findings))
    (times,) = transit_percentiles(
        timetable,
        demand_xy,
        site_xy,
        crs=region_crs(region),
        limit_minutes=model.limit_minutes,
        percentiles=(model.percentile,),
        network=network,
        assumptions=model.transit,
        walk=model.walk,
    )
    return TravelResult(times, network, (*findings, *timetable.findings))


def _has_stops_near(timetable: Timetable, region: Region) -> bool:
    west, south, east, north = region.quarters.total_bounds
    x, y = stop_coordinates(timetable, region_crs(region)).T
    is_near = (x >= west - _MARGIN_METRES) & (x <= east + _MARGIN_METRES)
    is_near &= (y >= south - _MARGIN_METRES) & (y <= north + _MARGIN_METRES)
    return bool(is_near.any())


def region_crs(region: Region) -> str:
    """Return the system of a region's coordinates as text."""
    return str(region.quarters.crs.to_string())
