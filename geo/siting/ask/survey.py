"""What all questions about a region stand on: people, places, and the ways between them.

Measured once, then asked many questions: another number of offices, other minutes, a place forced or forbidden need
no new ways. Places a reader sets are added without measuring the rest again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.bounded import call_bounded
from geo.defaults import TRAVEL_BOUNDS, WalkAssumptions
from geo.errors import DataError
from geo.findings import Finding, error, note
from geo.reach import Demand, TravelModel, TravelTimes, place_demand, region_crs, region_streets, travel_times
from geo.reach.streets import SNAP_LIMIT_METRES, StreetNetwork, snap_points
from geo.reach.transit import TransitAssumptions
from geo.region.model import zone_of
from geo.siting.ask.grid import snapped, spacing_of
from geo.siting.ask.places import barred, candidates, offices, plain_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.region.model import Region

MODES = ("walk", "wheelchair", "line", "table", "transit")
ON_STREETS = ("walk", "wheelchair")
LIMIT_MINUTES = 60.0
OWN_PLACES_MAX = 20
_MOST_NAMED = 12


@dataclass(frozen=True)
class OwnPlace:
    """A place a reader has set on the map, in degrees of longitude and latitude (WGS 84)."""

    id: str
    name: str
    lon: float
    lat: float


@dataclass(frozen=True)
class WayFiles:
    """Files that ways are read from in place of the region's own streets, timetable and table of minutes.

    Parameters
    ----------
    streets
        Street extract to walk on instead of the region's own.
    table
        Table of minutes for the mode ``table``; None takes the region's own.
    timetable
        GTFS feed for the mode ``transit``; None takes the region's own.
    day, transit
        Day of the timetable and window of departures.
    cache
        Folder in which streets are kept once they were read.
    """

    streets: Path | None = None
    table: Path | None = None
    timetable: Path | None = None
    day: str | None = None
    transit: TransitAssumptions = field(default_factory=TransitAssumptions)
    cache: Path | None = None


@dataclass(frozen=True, eq=False)
class Survey:
    """People, places and the minutes between them.

    Parameters
    ----------
    demand
        People on points.
    places
        One row per site, columns :data:`geo.siting.ask.places.PLACE_COLUMNS`: ``id``, ``name``, ``kind`` (``office``,
        ``candidate``, ``own``), ``is_office``, ``x``, ``y`` (metres) and what is known of it: ``carrier``,
        ``services``, ``opening_hours_per_week``, ``staff_full_time``, ``capacity_per_week``, ``cost_per_year_eur``,
        ``one_off_cost_eur`` and the like (text empty, numbers NaN where unknown).
    times
        Minutes from the points to the places, in their order.
    mode
        ``walk``, ``wheelchair``, ``line``, ``table`` or ``transit``.
    network
        Streets that are walked on, or None.
    findings
        Candidates in forbidden zones, points and places far from streets, faults of a timetable or table; no errors.
    """

    demand: Demand
    places: pd.DataFrame
    times: TravelTimes
    mode: str
    network: StreetNetwork | None
    findings: tuple[Finding, ...]


def modes_of(region: Region) -> tuple[str, ...]:
    """Return the modes a region has everything for, in the order of :data:`MODES`.

    ``walk`` and ``wheelchair`` with streets, ``line`` always, ``table`` with a table of minutes, ``transit`` with a
    timetable.
    """
    has = {
        "walk": region.streets is not None,
        "wheelchair": region.streets is not None,
        "line": True,
        "table": region.travel_table is not None,
        "transit": region.timetable is not None,
    }
    return tuple(mode for mode in MODES if has[mode])


def default_mode(region: Region) -> str:
    """Return how ways are measured unless somebody says otherwise: on streets where the region has any."""
    return "line" if region.streets is None else "walk"


def streets_of(region: Region, cache: Path | None = None) -> StreetNetwork:
    """Return the streets of a region as a network; see :func:`geo.reach.region_streets`."""
    return region_streets(region, TravelModel(mode="walk"), cache=cache)


def survey_region(
    region: Region,
    measure: str,
    date: str,
    *,
    candidate_kind: str = "hosts",
    mode: str | None = None,
    walk: WalkAssumptions | None = None,
    limit_minutes: float = LIMIT_MINUTES,
    files: WayFiles | None = None,
    network: StreetNetwork | None = None,
    demand: Demand | None = None,
) -> Survey:
    """Place people, list places and measure the ways between them.

    Parameters
    ----------
    region, measure, date
        Who counts, where and when.
    candidate_kind
        ``hosts``, ``quarters``, ``grid`` or ``grid-400``; see :func:`geo.siting.ask.candidates`. Points of a grid
        are moved to the nearest way on foot where the region has streets.
    mode
        See :data:`MODES`; None takes :func:`default_mode`.
    walk
        Walking speed, and the detour factor of the straight line.
    limit_minutes
        Longest way that is kept.
    files
        Files beside the region's own.
    network
        Streets already read.
    demand
        People placed already; None places the counts of the measure at the date.

    Raises
    ------
    DataError
        ``demand_none`` where nobody can be placed, ``table_none``, ``timetable_none``, ``grid_without_times`` (a grid
        and a table of minutes), or whatever keeps streets, table, timetable or grid from being used.
    """
    files = WayFiles() if files is None else files
    used = default_mode(region) if mode is None else mode
    demand = place_demand(region, measure, date) if demand is None else demand
    if demand.total <= 0:
        raise DataError((error("demand_none", measure=measure, date=date),))
    is_grid = spacing_of(candidate_kind) is not None
    if is_grid and used == "table":
        raise DataError((error("grid_without_times"),))
    free = candidates(region, candidate_kind)
    if is_grid and (network is not None or region.streets is not None or files.streets is not None):
        # In every mode, so that answers on streets and in a straight line are about the same places.
        walking = _model("walk", limit_minutes, WalkAssumptions(), files)
        network = network or region_streets(region, walking, cache=files.cache)
        free = snapped(region, free, network)
    left_out = _left_out(region, candidate_kind)
    places = pd.concat([offices(region), free], ignore_index=True)
    if used == "table":
        survey = _from_table(region, demand, places, limit_minutes, files)
        return replace(survey, findings=(*left_out, *survey.findings))
    if used == "transit" and files.timetable is None and region.timetable is None:
        raise DataError((error("timetable_none"),))
    ways = travel_times(
        region,
        _model(used, limit_minutes, WalkAssumptions() if walk is None else walk, files),
        demand.xy,
        _xy(places),
        demand_keys=demand.quarter_ids.tolist(),
        site_keys=places["id"].tolist(),
        network=network,
        cache=files.cache,
    )
    return Survey(demand, places, ways.times, used, ways.network, (*left_out, *ways.findings))


def with_own(region: Region, survey: Survey, own: Sequence[OwnPlace], files: WayFiles | None = None) -> Survey:
    """Return the survey with the places a reader has set, measured the same way.

    Raises
    ------
    DataError
        With every finding of :func:`check_own`.
    """
    from scipy.sparse import csr_array, hstack

    if not own:
        return survey
    files = WayFiles() if files is None else files
    faults = check_own(region, own, survey)
    if faults:
        raise DataError(faults)
    xy = own_xy(region, own)
    times = survey.times
    walk = WalkAssumptions(times.speed_metres_per_second, max(times.detour_factor, 1.0))
    ways = travel_times(
        region,
        _model(survey.mode, times.limit_minutes, walk, files),
        survey.demand.xy,
        xy,
        demand_keys=survey.demand.quarter_ids.tolist(),
        site_keys=[place.id for place in own],
        network=survey.network,
        cache=files.cache,
    )
    rows = plain_places([place.id for place in own], [place.name for place in own], xy, kind="own")
    both = csr_array(hstack([times.minutes, ways.times.minutes], format="csr"))
    return replace(
        survey, places=pd.concat([survey.places, rows], ignore_index=True), times=replace(times, minutes=both)
    )


def check_own(region: Region, own: Sequence[OwnPlace], survey: Survey) -> tuple[Finding, ...]:
    """Tell which own places cannot be used: outside, in a zone, too far from streets, too many, without times."""
    if len(own) > OWN_PLACES_MAX:
        return (error("own_too_many", count=len(own), most=OWN_PLACES_MAX),)
    if own and survey.mode == "table":
        return (error("own_without_times"),)
    return own_faults(region, own, survey.network if survey.mode in ON_STREETS else None)


def own_faults(region: Region, own: Sequence[OwnPlace], network: StreetNetwork | None) -> tuple[Finding, ...]:
    """Tell which own places lie outside the region, in a forbidden zone or too far from any street."""
    import shapely

    xy = own_xy(region, own)
    if not len(own):
        return ()
    points = shapely.points(xy)
    inside = np.zeros(len(own), dtype=bool)
    inside[shapely.STRtree(points).query(region.quarters.geometry.to_numpy(), predicate="intersects")[1]] = True
    found = [error("own_outside", site=place.name) for place, is_in in zip(own, inside, strict=True) if not is_in]
    zones = zone_of(region.zones, xy)
    found += [
        error("own_in_zone", site=place.name, zone=_zone_name(region, zone))
        for place, is_in, zone in zip(own, inside, zones.tolist(), strict=True)
        if is_in and zone >= 0
    ]
    if network is not None:
        on = snap_points(network, xy).is_on | (zones >= 0)
        found += [
            error("own_off_streets", site=place.name, limit_metres=round(SNAP_LIMIT_METRES))
            for place, is_in, is_on in zip(own, inside, on, strict=True)
            if is_in and not is_on
        ]
    return tuple(found)


def _zone_name(region: Region, zone: int) -> str:
    return "" if region.zones is None else str(region.zones["name"].iloc[zone])


def _left_out(region: Region, kind: str) -> tuple[Finding, ...]:
    """Return a note that names the candidates in forbidden zones, one for each zone."""
    places = barred(region, kind)
    return tuple(
        note("candidates_in_zone", zone=str(zone), count=len(group), sites=_listed(group["name"].tolist()))
        for zone, group in places.groupby("zone", sort=True)
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")


def own_xy(region: Region, own: Sequence[OwnPlace]) -> NDArray[np.float64]:
    """Return own places in metres in the region's system, shape (n, 2)."""
    from pyproj import Transformer

    transform = Transformer.from_crs("EPSG:4326", region_crs(region), always_xy=True).transform
    x, y = transform([place.lon for place in own], [place.lat for place in own])
    return np.column_stack([x, y]).astype(np.float64).reshape(-1, 2)


def _from_table(region: Region, demand: Demand, places: pd.DataFrame, limit_minutes: float, files: WayFiles) -> Survey:
    """Read minutes from a table; quarters without people to place are known to it all the same."""
    from scipy.sparse import csr_array

    from geo.reach import read_travel_table

    path = region.travel_table if files.table is None else files.table
    if path is None:
        raise DataError((error("table_none"),))
    quarters, sites = region.quarters.index.astype(str), region.sites.index.astype(str)
    read = partial(
        read_travel_table,
        path,
        name=path.name,
        from_keys=[*demand.quarter_ids.tolist(), *quarters],
        to_keys=places["id"].tolist(),
        mode=region.travel_mode or "table" if files.table is None else "table",
        limit_minutes=limit_minutes,
        also_known={*quarters, *sites},
    )
    table = call_bounded(read, reads=[path], bounds=TRAVEL_BOUNDS, file=path.name)
    times = replace(table.times, minutes=csr_array(table.times.minutes[: len(demand)]))
    return Survey(demand, places, times, "table", None, table.findings)


def _model(mode: str, limit_minutes: float, walk: WalkAssumptions, files: WayFiles) -> TravelModel:
    return TravelModel(
        mode=mode,
        limit_minutes=limit_minutes,
        walk=walk,
        streets=files.streets,
        timetable=files.timetable,
        transit=files.transit,
        day=files.day,
    )


def _xy(places: pd.DataFrame) -> NDArray[np.float64]:
    return places[["x", "y"]].to_numpy(dtype=np.float64)
