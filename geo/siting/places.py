"""Places of a region: offices of today, and where new ones may go."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.region.region import Region

CANDIDATE_KINDS = ("hosts", "quarters")
PLACE_TEXTS = ("carrier", "services")
PLACE_NUMBERS = (
    "rooms",
    "opening_days_per_week",
    "opening_hours_per_week",
    "staff_full_time",
    "capacity_per_week",
    "cost_per_year_eur",
    "one_off_cost_eur",
)
PLACE_COLUMNS = ("id", "name", "kind", "is_office", "x", "y", *PLACE_TEXTS, *PLACE_NUMBERS, "is_accessible")
"""Columns of every table of places: unknown texts are empty, unknown numbers NaN, unknown accessibility NA."""


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


def plain_places(keys: Any, names: Any, xy: NDArray[np.float64], *, kind: str) -> pd.DataFrame:
    """Return places of which nothing is known but key, name and coordinates in metres (shape (n, 2))."""
    rows: dict[str, Any] = {
        "id": keys,
        "name": names,
        "kind": kind,
        "is_office": np.full(len(xy), kind == "office"),
        "x": np.asarray(xy[:, 0], dtype=np.float64),
        "y": np.asarray(xy[:, 1], dtype=np.float64),
        **dict.fromkeys(PLACE_TEXTS, ""),
        **dict.fromkeys(PLACE_NUMBERS, np.nan),
        "is_accessible": pd.array([pd.NA] * len(xy), dtype="boolean"),
    }
    return pd.DataFrame(rows).astype(dict.fromkeys(PLACE_TEXTS, "str"))


def _from_sites(sites: Any, *, is_office: bool) -> pd.DataFrame:
    places = plain_places(
        sites.index.astype(str),
        sites["name"].to_numpy(),
        np.column_stack([sites.geometry.x, sites.geometry.y]),
        kind="office" if is_office else "candidate",
    )
    known = [name for name in (*PLACE_TEXTS, *PLACE_NUMBERS, "is_accessible") if name in sites.columns]
    return places.assign(**{name: sites[name].array for name in known})


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
    return plain_places(region.quarters.index.astype(str), region.quarters["name"].to_numpy(), xy, kind="candidate")


def _nearest_to_mean(xy: NDArray[np.float64], residents: NDArray[np.float64]) -> NDArray[np.float64]:
    mean = np.average(xy, axis=0, weights=residents)
    nearest: NDArray[np.float64] = xy[int(np.argmin(((xy - mean) ** 2).sum(axis=1)))]
    return nearest
