"""Square quarters in rows, with the shares a test wants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.need.indicators import Indicator, indicator_named
from geo.region.disclosure.rule import DisclosureRule
from geo.region.model.assemble import assemble_region
from geo.region.model.region import Region
from geo.region.schema import STANDARD_MEASURES

SHOWS_ALL = DisclosureRule(numerator_min=0, denominator_min=0, residents_min=0, interval_min=0)
SIDE = 500


def squares(columns: int, rows: int, *, gap: float = 0.0) -> gpd.GeoDataFrame:
    """Return quarters 001, 002, ... from the south-west, row by row, ``gap`` metres apart."""
    left, low, step = 500_000, 5_600_000, SIDE + gap
    shapes = [
        shapely.box(left + x * step, low + y * step, left + x * step + SIDE, low + y * step + SIDE)
        for y in range(rows)
        for x in range(columns)
    ]
    keys = [f"{number:03d}" for number in range(1, len(shapes) + 1)]
    names = {"name": [f"Feld {key}" for key in keys], "district": ""}
    return gpd.GeoDataFrame(names, geometry=shapes, index=pd.Index(keys, name="quarter_id"), crs=25832)


def table(counts: Mapping[str, Sequence[float]], totals: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """Return recipients and residents by date; NaN is withheld, -1 missing."""
    rows = []
    for measure, of_dates in (("recipients", counts), ("residents", totals)):
        for date, numbers in of_dates.items():
            for place, number in enumerate(numbers, start=1):
                state = "suppressed" if np.isnan(number) else "missing" if number < 0 else "value"
                rows.append((f"{place:03d}", date, measure, number if state == "value" else np.nan, state))
    return pd.DataFrame(rows, columns=["quarter_id", "date", "measure", "value", "state"])


def region_of(
    counts: Mapping[str, Sequence[float]],
    totals: Mapping[str, Sequence[float]],
    *,
    columns: int = 3,
    quarters: gpd.GeoDataFrame | None = None,
) -> Region:
    """Return a region that withholds nothing but what is given as NaN."""
    number = len(next(iter(counts.values())))
    shapes = quarters if quarters is not None else squares(columns, -(-number // columns)).iloc[:number]
    return assemble_region(
        id="felder",
        name="Felder",
        is_fictional=True,
        quarters=shapes,
        statistics=table(counts, totals),
        measures=STANDARD_MEASURES,
        disclosure=SHOWS_ALL,
    )


def share(region: Region) -> Indicator:
    """Return recipients among residents."""
    return indicator_named(region, "share_of_residents")
