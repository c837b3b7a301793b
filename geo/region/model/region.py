"""The region: quarters, their statistics, places and where all of it comes from.

To hold a :class:`Region` is to know that the contract below is met: only
:func:`geo.region.recipes.build_region` and :func:`geo.region.package.load_region` make one, and
statistics have passed disclosure control. A withheld number is in no region, so no page, chart or
export can leak it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geo.findings import Finding
from geo.region.disclosure import DisclosureRule
from geo.region.schema import Measure, SiteKind, Source

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


CORRECTED = "cell_corrected"
"""Code of the finding about a number that a recipe has put right."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Region:
    """A city or district as everything later needs it.

    Parameters
    ----------
    id
        Short key, lower case: ``musterstadt``.
    name
        As shown: ``Musterstadt``.
    is_fictional
        Whether data are made up; the screen then says so everywhere.
    quarters
        One row a quarter, index ``quarter_id`` (text), columns ``name``, ``district`` (text, empty
        where there is none) and ``geometry``: valid polygons in a projected CRS in metres.
    statistics
        Tidy table ``quarter_id, date, measure, value, state``: date an ISO text (``2025-12-31``),
        value NaN unless the state carries a number, one row for every combination that occurs.
    measures
        The measures that occur in the statistics.
    sites
        Offices and host places, index ``site_id`` (text), columns as ``SITE_COLUMNS``: geometry are
        points in the CRS of the quarters.
    groupings
        Groups of quarters, beside districts, whose totals are published (``grouping, group, quarter_id``), or None:
        disclosure control takes these totals as known.
    cells
        Residents on a grid (``x, y`` in metres in the CRS of the quarters, ``residents``,
        ``quarter_id``), or None.
    landscape
        Water, green, industry, rail and roads to draw under the quarters (``kind, name, geometry``),
        or None.
    streets
        Path of an ``.osm.pbf`` extract, or None.
    zones
        Areas where no new office may go (``name``, ``reason``, ``geometry`` in the CRS of the quarters), or None.
        ``reason`` is one of :data:`geo.region.ZONE_REASONS` or a text of its own.
    timetable
        Path of a GTFS feed, folder or zip, or None.
    travel_table
        Path of a table of minutes (from, to, minutes) between quarters and sites, or None.
    travel_mode
        What the minutes of that table are for, e.g. ``car``; empty without a table.
    sources
        Origin and licence of every file.
    disclosure
        The rule that was applied.
    breaks
        Dates (ISO) with the key of what changed, e.g. ``("2022-06-30", "ukraine_2022")``.
    findings
        What was remarkable when the region was built; carries no statistical value.
    fingerprint
        Digest of everything else; equal fingerprints mean equal regions.
    """

    id: str
    name: str
    is_fictional: bool
    quarters: gpd.GeoDataFrame
    statistics: pd.DataFrame
    measures: tuple[Measure, ...]
    sites: gpd.GeoDataFrame
    groupings: pd.DataFrame | None = None
    cells: pd.DataFrame | None = None
    landscape: gpd.GeoDataFrame | None = None
    streets: Path | None = None
    zones: gpd.GeoDataFrame | None = None
    timetable: Path | None = None
    travel_table: Path | None = None
    travel_mode: str = ""
    sources: tuple[Source, ...] = ()
    disclosure: DisclosureRule = field(default_factory=DisclosureRule)
    breaks: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    fingerprint: str

    @property
    def dates(self) -> tuple[str, ...]:
        """Reporting dates as ISO text, oldest first."""
        return tuple(sorted(self.statistics["date"].unique()))

    @property
    def measure_keys(self) -> tuple[str, ...]:
        """Keys of the measures, in the order of the catalogue."""
        return tuple(measure.key for measure in self.measures)

    @property
    def offices(self) -> gpd.GeoDataFrame:
        """Sites where an office works today."""
        return self.sites[self._are_offices]

    @property
    def hosts(self) -> gpd.GeoDataFrame:
        """Sites that could take an outreach office."""
        return self.sites[~self._are_offices]

    @property
    def _are_offices(self) -> NDArray[np.bool_]:
        # An array, not a list: an empty list would choose columns instead of rows.
        return np.array([SiteKind(kind).is_office for kind in self.sites["kind"]], dtype=bool)

    def measure(self, key: str) -> Measure:
        """Return the measure named ``key``; ``KeyError`` if the region has none."""
        for measure in self.measures:
            if measure.key == key:
                return measure
        raise KeyError(key)

    def values_of(self, measure: str, date: str) -> pd.DataFrame:
        """Return ``value`` and ``state`` of one measure at one date, one row per quarter.

        Quarters without a row in the statistics come back as ``missing``.
        """
        rows = self.statistics
        part = rows[(rows["measure"] == measure) & (rows["date"] == date)].set_index("quarter_id")
        out = part[["value", "state"]].reindex(self.quarters.index)
        out["state"] = out["state"].fillna("missing")
        return out
