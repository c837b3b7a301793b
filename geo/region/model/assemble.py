"""From tidy parts to a region: contract, plausibility, disclosure control, fingerprint."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.errors import DataError
from geo.findings import Finding, error, has_errors
from geo.region.disclosure import DisclosureRule
from geo.region.model.contract import (
    check_cells,
    check_id,
    check_landscape,
    check_quarters,
    check_sites,
    check_statistics,
    tidy_cells,
    tidy_landscape,
    tidy_quarters,
    tidy_sites,
    tidy_statistics,
)
from geo.region.model.feed import check_feed
from geo.region.model.fingerprint import region_fingerprint
from geo.region.model.minutes import check_minutes
from geo.region.model.plausibility import check_changes, check_values
from geo.region.model.region import Region
from geo.region.model.zones import check_zones, tidy_zones
from geo.region.schema import STATES_WITH_NUMBER, Measure, Source


def assemble_region(
    *,
    id: str,  # noqa: A002 - the name of the field
    name: str,
    is_fictional: bool,
    quarters: gpd.GeoDataFrame,
    statistics: pd.DataFrame,
    measures: Iterable[Measure],
    sites: gpd.GeoDataFrame | None = None,
    cells: pd.DataFrame | None = None,
    landscape: gpd.GeoDataFrame | None = None,
    streets: Path | None = None,
    zones: gpd.GeoDataFrame | None = None,
    timetable: Path | None = None,
    travel_table: Path | None = None,
    travel_mode: str = "car",
    sources: Iterable[Source] = (),
    disclosure: DisclosureRule | None = None,
    breaks: Iterable[tuple[str, str]] = (),
    findings: Iterable[Finding] = (),
) -> Region:
    """Check the parts, withhold what must not be shown, and return the region.

    Parameters
    ----------
    quarters, statistics, sites, cells, landscape, streets, zones, timetable, travel_table, travel_mode
        As in :class:`geo.region.model.Region`, but not yet disclosure-controlled; ``values_of`` rows
        that are absent count as missing. Sites may lack columns of which nothing is known.
    findings
        What was found before; kept with the region together with what is found here.

    Raises
    ------
    DataError
        With every error found, if the parts do not meet the contract.
    """
    region, found = try_assemble(
        id=id,
        name=name,
        is_fictional=is_fictional,
        quarters=quarters,
        statistics=statistics,
        measures=tuple(measures),
        sites=sites,
        cells=cells,
        landscape=landscape,
        streets=streets,
        zones=zones,
        timetable=timetable,
        travel_table=travel_table,
        travel_mode=travel_mode,
        sources=tuple(sources),
        disclosure=disclosure or DisclosureRule(),
        breaks=tuple(breaks),
        findings=tuple(findings),
    )
    if region is None:
        raise DataError(found)
    return region


def try_assemble(
    *,
    id: str,  # noqa: A002 - the name of the field
    name: str,
    is_fictional: bool,
    quarters: gpd.GeoDataFrame,
    statistics: pd.DataFrame,
    measures: tuple[Measure, ...],
    sites: gpd.GeoDataFrame | None,
    cells: pd.DataFrame | None,
    landscape: gpd.GeoDataFrame | None,
    streets: Path | None,
    sources: tuple[Source, ...],
    disclosure: DisclosureRule,
    breaks: tuple[tuple[str, str], ...],
    findings: tuple[Finding, ...],
    zones: gpd.GeoDataFrame | None = None,
    timetable: Path | None = None,
    travel_table: Path | None = None,
    travel_mode: str = "car",
    arrange: Callable[[list[Finding]], tuple[Finding, ...]] = tuple,
) -> tuple[Region | None, tuple[Finding, ...]]:
    """Return the region and all findings, or None and the findings if any of them is an error.

    Parameters as in :func:`assemble_region`; ``arrange`` puts the findings into their final order and form.
    """
    from geo.region.disclosure import apply_disclosure

    quarters = tidy_quarters(quarters)
    statistics = tidy_statistics(statistics)
    sites = tidy_sites(sites, quarters.crs)
    cells = tidy_cells(cells)
    landscape = tidy_landscape(landscape)
    zones = tidy_zones(zones)
    measures = occurring(measures, statistics)
    found = [*findings, *check_id(id), *check_quarters(quarters)]
    found += check_parts(
        quarters=quarters,
        statistics=statistics,
        measures=measures,
        sites=sites,
        cells=cells,
        landscape=landscape,
        streets=streets,
        zones=zones,
    )
    found += [] if timetable is None else check_feed(timetable)
    found += [] if travel_table is None else check_minutes(travel_table, quarters, sites)
    if has_errors(found):
        return None, arrange(found)
    statistics, withheld = apply_disclosure(statistics, quarters, measures, disclosure)
    found = [*_about_shown(found, statistics), *check_changes(statistics, measures), *withheld]
    if has_errors(found):
        return None, arrange(found)
    kept = arrange(found)
    parts = {
        "id": id,
        "name": name,
        "is_fictional": is_fictional,
        "quarters": quarters,
        "statistics": tidy_statistics(statistics),
        "measures": measures,
        "sites": sites,
        "cells": cells,
        "landscape": landscape,
        "streets": streets,
        "zones": zones,
        "timetable": timetable,
        "travel_table": travel_table,
        "travel_mode": travel_mode if travel_table is not None else "",
        "sources": sources,
        "disclosure": disclosure,
        "breaks": breaks,
        "findings": kept,
    }
    return Region(**parts, fingerprint=region_fingerprint(parts)), kept


def check_parts(
    *,
    quarters: gpd.GeoDataFrame,
    statistics: pd.DataFrame,
    measures: tuple[Measure, ...],
    sites: gpd.GeoDataFrame,
    cells: pd.DataFrame | None,
    landscape: gpd.GeoDataFrame | None,
    streets: Path | None,
    zones: gpd.GeoDataFrame | None = None,
) -> list[Finding]:
    """Return what is wrong with the tidy parts of a region apart from its quarters."""
    found = check_statistics(statistics, quarters, measures)
    found += check_values(statistics, measures) if not has_errors(found) else []
    found += check_sites(sites, quarters)
    found += check_cells(cells, quarters)
    found += check_landscape(landscape, quarters)
    found += check_zones(zones, quarters)
    if streets is not None and not streets.is_file():
        found.append(error("streets_missing", file=streets.name))
    return found


def _about_shown(found: list[Finding], statistics: pd.DataFrame) -> list[Finding]:
    """Leave out what was said of single cells that are now withheld: even a hint narrows a hidden count."""
    hidden = statistics[~statistics["state"].isin(STATES_WITH_NUMBER)]
    cells = set(zip(hidden["quarter_id"], hidden["date"], hidden["measure"], strict=True))
    return [
        one for one in found if (one.quarter, one.parameters.get("date"), one.parameters.get("measure")) not in cells
    ]


def occurring(measures: Iterable[Measure], statistics: pd.DataFrame) -> tuple[Measure, ...]:
    """Return the measures that have rows in the statistics, in their given order."""
    present = set(statistics["measure"].unique())
    return tuple(measure for measure in measures if measure.key in present)
