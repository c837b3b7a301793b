"""Places of a region: offices of today, and where new ones may go."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.region.region import Region

CANDIDATE_KINDS = ("hosts", "quarters")


def offices(region: Region) -> pd.DataFrame:
    """Return today's offices: the columns of :attr:`geo.siting.ground.Ground.places`."""
    return _from_sites(region.offices, is_office=True)


def candidates(region: Region, kind: str) -> pd.DataFrame:
    """Return where new offices may go, with the columns of :func:`offices`.

    Parameters
    ----------
    kind
        ``hosts``: the region's host places. ``quarters``: one place per quarter, named like it: the
        inhabited cell nearest to the mean of its residents, or a point inside where it has no cells.
    """
    return _from_sites(region.hosts, is_office=False) if kind == "hosts" else _from_quarters(region)


def candidate_kind(region: Region, wanted: str) -> str:
    """Return the kind of candidates that can be used: quarters where there are no host places."""
    return "hosts" if wanted == "hosts" and len(region.hosts) else "quarters"


def _from_sites(sites: Any, *, is_office: bool) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": sites.index.astype(str),
            "name": sites["name"].to_numpy(),
            "kind": "office" if is_office else "candidate",
            "is_office": np.full(len(sites), is_office),
            "x": sites.geometry.x.to_numpy(dtype=np.float64),
            "y": sites.geometry.y.to_numpy(dtype=np.float64),
            "cost_per_year_eur": _numbers(sites, "cost_per_year_eur"),
            "capacity_per_week": _numbers(sites, "capacity_per_week"),
        }
    )


def _numbers(sites: Any, column: str) -> NDArray[np.float64]:
    if column not in sites.columns:
        return np.full(len(sites), np.nan)
    return np.asarray(pd.to_numeric(sites[column], errors="coerce"), dtype=np.float64)


def _from_quarters(region: Region) -> pd.DataFrame:
    inside = region.quarters.geometry.representative_point()
    xy = np.column_stack([inside.x, inside.y])
    if region.cells is not None:
        cells = region.cells[region.cells["residents"] > 0]
        position = {str(key): row for row, key in enumerate(region.quarters.index)}
        for key, group in cells.groupby("quarter_id"):
            if str(key) in position:
                xy[position[str(key)]] = _nearest_to_mean(
                    group[["x", "y"]].to_numpy(dtype=np.float64), group["residents"].to_numpy(dtype=np.float64)
                )
    return pd.DataFrame(
        {
            "id": region.quarters.index.astype(str),
            "name": region.quarters["name"].to_numpy(),
            "kind": "candidate",
            "is_office": np.zeros(len(xy), dtype=bool),
            "x": xy[:, 0],
            "y": xy[:, 1],
            "cost_per_year_eur": np.nan,
            "capacity_per_week": np.nan,
        }
    )


def _nearest_to_mean(xy: NDArray[np.float64], residents: NDArray[np.float64]) -> NDArray[np.float64]:
    mean = np.average(xy, axis=0, weights=residents)
    nearest: NDArray[np.float64] = xy[int(np.argmin(((xy - mean) ** 2).sum(axis=1)))]
    return nearest
