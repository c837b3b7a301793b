"""Nine quarters in a square, with numbers that can be checked in the head."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from geo.region.disclosure.rule import DisclosureRule
from geo.region.model.region import Region
from geo.region.schema import SITE_COLUMNS, STANDARD_MEASURES, Measure

BEFORE, NOW = "2024-12-31", "2025-12-31"
QUARTERS = tuple(f"0{row}{column}" for row in (1, 2, 3) for column in (1, 2, 3))

# Residents 1,000 each; None is withheld, a quarter left out is missing.
NUMBERS: dict[str, dict[str, tuple[float | None, ...]]] = {
    NOW: {
        "recipients": (20, 40, 80, 120, None, 160, 240, 320, 0),
        "employable": (15, 30, 60, 90, None, 120, 180, 240, 0),
        "units": (10, 20, 40, 60, None, 80, 120, 160, 0),
        "single_parent_units": (3, 5, 10, None, None, 20, 30, 40, 0),
    },
    BEFORE: {
        "recipients": (30, 40, 60, 120, 50, None, 200, 300, 20),
        "employable": (20, 30, 50, 90, 40, None, 150, 220, 15),
        "units": (15, 20, 30, 60, 25, None, 100, 150, 10),
        "single_parent_units": (4, 5, 8, 15, 6, None, 25, 38, 4),
    },
}
RATE = Measure("health_rate", unit="per_1000", is_protected=False, label={"de": "Kranke", "en": "Ill people"})


def _state(value: float | None) -> str:
    return "suppressed" if value is None else "true_zero" if value == 0 else "value"


@pytest.fixture(scope="session")
def nine() -> Region:
    """Return the region; the last quarter has no residents under pension age, the third no such number now."""
    lines = []
    for date, measures in NUMBERS.items():
        for measure, values in measures.items():
            for quarter, value in zip(QUARTERS, values, strict=True):
                lines.append((quarter, date, measure, np.nan if value is None else value, _state(value)))
        for place, quarter in enumerate(QUARTERS):
            lines.append((quarter, date, "residents", 1000.0, "value"))
            under = 0.0 if place == 8 else 800.0
            if not (place == 2 and date == NOW):
                lines.append((quarter, date, "residents_under_pension_age", under, _state(under)))
            lines.append((quarter, date, "health_rate", 10.0 + place, "value"))
    statistics = pd.DataFrame(lines, columns=["quarter_id", "date", "measure", "value", "state"])
    squares = [
        box(1000 * column, -1000 * row, 1000 * column + 1000, -1000 * row + 1000)
        for row in range(3)
        for column in range(3)
    ]
    quarters = gpd.GeoDataFrame(
        {"name": [f"Quarter {key}" for key in QUARTERS], "district": ""},
        geometry=squares,
        crs=25832,
        index=pd.Index(QUARTERS, name="quarter_id"),
    )
    known = set(statistics["measure"])
    return Region(
        id="nine",
        name="Nine",
        is_fictional=True,
        quarters=quarters,
        statistics=statistics,
        measures=(*(measure for measure in STANDARD_MEASURES if measure.key in known), RATE),
        sites=gpd.GeoDataFrame(columns=list(SITE_COLUMNS), geometry="geometry", crs=25832),
        cells=None,
        landscape=None,
        streets=None,
        sources=(),
        disclosure=DisclosureRule(),
        breaks=(),
        findings=(),
        fingerprint="nine",
    )
