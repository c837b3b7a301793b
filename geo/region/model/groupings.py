"""Groups of quarters, beside districts, whose totals are published."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geo.findings import Finding, error
from geo.region.model.contract import need_columns, plain_text
from geo.region.schema import GROUPING_COLUMNS


def tidy_groupings(groupings: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return groups as text, each line once and sorted; None where there are none."""
    if groupings is None or not len(groupings):
        return None
    need_columns(groupings, GROUPING_COLUMNS, "groupings")
    frame = pd.DataFrame({name: plain_text(groupings[name]) for name in GROUPING_COLUMNS})
    return frame.drop_duplicates().sort_values(list(GROUPING_COLUMNS), ignore_index=True)


def check_groupings(groupings: pd.DataFrame | None, quarters: gpd.GeoDataFrame) -> list[Finding]:
    """Return an error for each group that names a quarter the region has not."""
    if groupings is None:
        return []
    foreign = groupings[~groupings["quarter_id"].isin(quarters.index)]
    return [
        error("grouping_quarter_unknown", grouping=str(row.grouping), group=str(row.group), quarter=str(row.quarter_id))
        for row in foreign.itertuples()
    ]
