"""Regions of any size for measuring: a warped grid with smooth shares; no real place."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.region import SITE_COLUMNS, STANDARD_MEASURES, Source
from geo.region.disclosure import DisclosureRule
from geo.region.model import Region, assemble_region

CELL_METRES = 600.0
POINTS_PER_SIDE = 8


def synthetic_region(quarters: int, dates: int, *, name: str = "Messgebiet", seed: int = 1) -> Region:
    """Return a region of about ``quarters`` quarters (a full rectangle) and ``dates`` years."""
    random = np.random.default_rng(seed)
    columns = int(np.ceil(np.sqrt(quarters)))
    rows = int(np.ceil(quarters / columns))
    keys = [f"{row:03d}{column:03d}" for row in range(rows) for column in range(columns)]
    shapes = [_cell(column, row) for row in range(rows) for column in range(columns)]
    frame = gpd.GeoDataFrame(
        {"name": [f"Quartier {key}" for key in keys], "district": [f"Bezirk {key[:2]}" for key in keys]},
        geometry=shapes,
        index=pd.Index(keys, name="quarter_id"),
        crs="EPSG:25832",
    )
    return assemble_region(
        id=f"synthetic_{len(keys)}_{dates}",
        name=name,
        is_fictional=True,
        quarters=frame,
        statistics=_statistics(keys, columns, dates, random),
        measures=tuple(
            measure for measure in STANDARD_MEASURES if measure.key in ("recipients", "employable", "residents")
        ),
        sites=gpd.GeoDataFrame(
            {column: [] for column in SITE_COLUMNS if column != "geometry"},
            geometry=gpd.GeoSeries([], crs="EPSG:25832"),
            index=pd.Index([], name="site_id", dtype=str),
        ),
        cells=None,
        landscape=None,
        streets=None,
        sources=(Source("Synthetische Messdaten", publisher="Nahbar", licence="CC0-1.0", is_fictional=True),),
        disclosure=DisclosureRule(),
        breaks=(),
        findings=(),
    )


def _cell(column: int, row: int) -> shapely.Polygon:
    step = np.linspace(0, 1, POINTS_PER_SIDE, endpoint=False)
    zero, one = np.zeros_like(step), np.ones_like(step)
    ring_x = np.concatenate([step, one, 1 - step, zero]) + column
    ring_y = np.concatenate([zero, step, one, 1 - step]) + row
    warp_x = 0.18 * np.sin(2.3 * ring_y) + 0.09 * np.sin(7.1 * ring_x + 1)
    warp_y = 0.18 * np.sin(2.1 * ring_x + 2) + 0.09 * np.sin(6.7 * ring_y)
    return shapely.Polygon(
        np.column_stack([560_000 + CELL_METRES * (ring_x + warp_x), 5_760_000 + CELL_METRES * (ring_y + warp_y)]).round(
            2
        )
    )


def _statistics(keys: list[str], columns: int, dates: int, random: np.random.Generator) -> pd.DataFrame:
    position = np.arange(len(keys))
    share = 0.12 + 0.08 * np.sin(position % columns / 4) * np.cos(position // columns / 5)
    residents = random.integers(1_200, 9_000, len(keys))
    tables = []
    for year in range(2026 - dates, 2026):
        recipients = random.binomial(residents, np.clip(share + 0.004 * np.sin(year), 0.01, 0.5))
        employable = random.binomial(recipients, 0.7)
        for measure, counts in (("residents", residents), ("recipients", recipients), ("employable", employable)):
            tables.append(
                pd.DataFrame(
                    {
                        "quarter_id": keys,
                        "date": f"{year}-12-31",
                        "measure": measure,
                        "value": counts.astype(float),
                        "state": "value",
                    }
                )
            )
    return pd.concat(tables, ignore_index=True)
