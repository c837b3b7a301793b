"""Caches of concentration, lasting need and quarter profiles: bounded, keyed by a region's fingerprint."""

from __future__ import annotations

import pandas as pd

from geo.need import (
    ClusterRule,
    Clusters,
    Component,
    Concentration,
    Correction,
    Indicator,
    LastingRule,
    Neighbourhood,
    Persistence,
    StatusDynamics,
    find_clusters,
    find_persistence,
    measure_concentration,
)
from geo.need import status_dynamics as find_status
from geo.output.need import (
    Figures,
    OfficeWays,
    figures_over,
    nearest_offices,
    neighbourhood_named,
    over_years,
    permutations_for,
    trend_of,
)
from geo.region.model import Region
from pages.shared.kept import kept
from pages.shared.shell import network


@kept(64)
def concentration(region: Region, indicator: Indicator, date: str) -> Concentration:
    """Return the measures of concentration; see :func:`geo.need.concentration`."""
    return measure_concentration(region, indicator, date)


@kept(24)
def neighbourhood(region: Region, key: str) -> Neighbourhood:
    """Return a neighbourhood by name."""
    return neighbourhood_named(region, key)


@kept(48)
def clusters(region: Region, indicator: Indicator, date: str, beside: str, correction: Correction) -> Clusters:
    """Return local clusters; ``beside`` names the neighbourhood."""
    rule = ClusterRule(permutations=permutations_for(len(region.quarters)), correction=correction)
    return find_clusters(region, indicator, date, neighbourhood=neighbourhood(region, beside), rule=rule)


@kept(24)
def years(region: Region, indicator: Indicator, beside: str) -> pd.DataFrame:
    """Return the measures of concentration at every date of a region."""
    return over_years(region, indicator, region.dates, neighbourhood(region, beside))


@kept(64)
def persistence(
    region: Region, indicator: Indicator, dates: tuple[str, ...], rule: LastingRule, marked: tuple[tuple[str, str], ...]
) -> Persistence:
    """Return lasting need with the marks of a user on it; see :func:`geo.need.persistence`."""
    return find_persistence(region, indicator, dates, rule=rule, causes=dict(marked))


@kept(64)
def persistence_without(
    region: Region, indicator: Indicator, dates: tuple[str, ...], rule: LastingRule, marked: tuple[tuple[str, str], ...]
) -> Persistence:
    """Return the same without the marked quarters in limit and reference."""
    return find_persistence(region, indicator, dates, rule=rule, causes=dict(marked), without_marked=True)


@kept(32)
def figures(region: Region, indicator: Indicator) -> Figures:
    """Return an indicator over all dates of a region."""
    return figures_over(region, indicator, region.dates)


@kept(48)
def status(region: Region, components: tuple[Component, ...], date: str) -> StatusDynamics:
    """Return status and dynamics; see :func:`geo.need.status_dynamics`."""
    return find_status(region, components, date)


@kept(256)
def trend(region: Region, indicator: Indicator, quarter_ids: tuple[str, ...]) -> pd.DataFrame | None:
    """Return an indicator of quarters taken as one over all dates."""
    return trend_of(region, indicator, quarter_ids)


@kept(256)
def offices(region: Region, quarter_ids: tuple[str, ...], *, on_streets: bool) -> OfficeWays:
    """Return the nearest offices of quarters taken as one."""
    return nearest_offices(region, quarter_ids, network(region) if on_streets else None)
