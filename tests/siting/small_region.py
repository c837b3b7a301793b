"""A region of 3 x 3 square quarters, 1 km wide, small enough to check by hand."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import Point, box

from geo.region.disclosure.rule import DisclosureRule
from geo.region.model.contract import tidy_sites
from geo.region.model.region import Region
from geo.region.schema import Measure

ORIGIN = (500_000.0, 5_700_000.0)
COUNTS = {"q1": 120, "q2": 85, "q3": 301, "q4": 50, "q5": 77, "q6": 12, "q7": 0, "q8": None, "q9": "missing"}
SITES = {
    "office": ("main", 500, 500),
    "h1": ("host", 1500, 500),
    "h2": ("host", 2500, 500),
    "h3": ("host", 500, 1500),
    "h4": ("host", 1500, 1500),
    "h5": ("host", 2500, 2500),
}


def make_region(
    counts: Mapping[str, object] = COUNTS,
    *,
    sites: Mapping[str, tuple[str, float, float]] = SITES,
    with_cells: bool = True,
) -> Region:
    """Return the region; a count of None is withheld, ``missing`` is unknown. q1 to q4 have cells."""
    west, south = ORIGIN
    corners = {
        f"q{row * 3 + column + 1}": (west + column * 1000, south + row * 1000)
        for row in range(3)
        for column in range(3)
    }
    quarters = gpd.GeoDataFrame(
        {"name": [f"Quartier {key}" for key in corners], "district": ""},
        index=pd.Index(list(corners), name="quarter_id"),
        geometry=[box(x, y, x + 1000, y + 1000) for x, y in corners.values()],
        crs="EPSG:25832",
    )
    rows = []
    for date in ("2024-12-31", "2025-12-31"):
        for key, count in counts.items():
            state = {None: "suppressed", 0: "true_zero", "missing": "missing"}.get(count, "value")
            value = float(count) if isinstance(count, int) else np.nan
            rows.append((key, date, "recipients", value, state))
            rows.append((key, date, "share", 10.0, "value"))
    random = np.random.default_rng(7)
    cells = pd.concat(
        pd.DataFrame(
            {
                "x": corners[key][0] + 50 + 100 * np.tile(np.arange(10), 10),
                "y": corners[key][1] + 50 + 100 * np.repeat(np.arange(10), 10),
                "residents": random.integers(0, 40, 100),
                "quarter_id": key,
            }
        )
        for key in ("q1", "q2", "q3", "q4")
    )
    places = gpd.GeoDataFrame(
        {"name": [f"Ort {key}" for key in sites], "kind": [kind for kind, _, _ in sites.values()]},
        columns=["name", "kind"],
        index=pd.Index(list(sites), name="site_id", dtype=object),
        geometry=[Point(west + x, south + y) for _, x, y in sites.values()],
        crs="EPSG:25832",
    )
    return Region(
        id="klein",
        name="Klein",
        is_fictional=True,
        quarters=quarters,
        statistics=pd.DataFrame(rows, columns=["quarter_id", "date", "measure", "value", "state"]),
        measures=(Measure("recipients"), Measure("share", unit="percent")),
        sites=tidy_sites(places, places.crs),
        cells=cells if with_cells else None,
        landscape=None,
        streets=None,
        sources=(),
        disclosure=DisclosureRule(),
        breaks=(),
        findings=(),
        fingerprint="klein",
    )
