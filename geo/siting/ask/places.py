"""Places of a region: offices of today, and where new ones may go."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.region.model import SITE_NUMBERS, Region, zone_of
from geo.siting.ask.grid import grid_kind, grid_points, spacing_of

CANDIDATE_KINDS = ("hosts", "quarters", "grid")
PLACE_TEXTS = ("carrier", "services")
PLACE_COLUMNS = ("id", "name", "kind", "is_office", "x", "y", *PLACE_TEXTS, *SITE_NUMBERS, "is_accessible")
"""Columns of every table of places: unknown texts are empty, unknown numbers NaN, unknown accessibility NA."""


def offices(region: Region) -> pd.DataFrame:
    """Return today's offices: the columns of :attr:`geo.siting.ask.survey.Survey.places`."""
    return _from_sites(region.offices, is_office=True)


def candidates(region: Region, kind: str) -> pd.DataFrame:
    """Return where new offices may go, with the columns of :func:`offices`; no place in a forbidden zone is among them.

    Parameters
    ----------
    kind
        ``hosts``: the region's host places. ``quarters``: one place per quarter, named like it: the
        inhabited cell nearest to the mean of its residents, or a point inside where it has no cells. ``grid``: a point
        in every inhabited square of 500 m, ``grid-400`` of 400 m; see :func:`geo.siting.ask.grid.grid_points`.

    Raises
    ------
    DataError
        What :func:`geo.siting.ask.grid.grid_points` raises.
    """
    places = all_candidates(region, kind)
    zone = zone_of(region.zones, places[["x", "y"]].to_numpy(dtype=np.float64))
    return places.loc[zone < 0].reset_index(drop=True)


def barred(region: Region, kind: str) -> pd.DataFrame:
    """Return the candidates that a forbidden zone rules out: the columns of :func:`offices`, and ``zone``, its name."""
    places = all_candidates(region, kind)
    if region.zones is None:
        return places.iloc[:0].assign(zone=pd.Series(dtype="str"))
    zone = zone_of(region.zones, places[["x", "y"]].to_numpy(dtype=np.float64))
    named = region.zones["name"].to_numpy()[np.maximum(zone, 0)]
    return places.assign(zone=named)[zone >= 0].reset_index(drop=True)


def all_candidates(region: Region, kind: str) -> pd.DataFrame:
    """Return the candidates of a kind wherever they lie, those in forbidden zones included (a grid has none there)."""
    spacing = spacing_of(kind)
    if spacing is not None:
        points = grid_points(region, spacing)
        xy = points[["x", "y"]].to_numpy(dtype=np.float64)
        return plain_places(points["id"].to_numpy(), points["name"].to_numpy(), xy, kind="candidate")
    return _from_sites(region.hosts, is_office=False) if kind == "hosts" else _from_quarters(region)


def candidate_kind(region: Region, wanted: str) -> str:
    """Return the kind of candidates that can be used: quarters where there are no host places."""
    spacing = spacing_of(wanted)
    if spacing is not None:
        return grid_kind(spacing)
    return "hosts" if wanted == "hosts" and len(region.hosts) else "quarters"


def candidate_base(kind: str) -> str:
    """Return the kind of candidates without its spacing: one of :data:`CANDIDATE_KINDS`, or the kind as it is."""
    return "grid" if spacing_of(kind) is not None else kind


def is_candidate_kind(kind: str) -> bool:
    """Tell whether a kind of candidates is known: one of :data:`CANDIDATE_KINDS`, or a grid with a spacing."""
    return candidate_base(kind) in CANDIDATE_KINDS


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
        **dict.fromkeys(SITE_NUMBERS, np.nan),
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
    known = [name for name in (*PLACE_TEXTS, *SITE_NUMBERS, "is_accessible") if name in sites.columns]
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


def services_of(region: Region) -> tuple[str, ...]:
    """Return the services that some office or host place of a region is known to offer, in the order of the table."""
    if "services" not in region.sites.columns:
        return ()
    named = (key for text in region.sites["services"] if isinstance(text, str) for key in text.split())
    return tuple(dict.fromkeys(named))


def offering(places: pd.DataFrame, service: str) -> NDArray[np.bool_]:
    """Return which places offer a service, all for the empty one; what is not said of a place it does not offer."""
    if not service:
        return np.ones(len(places), dtype=bool)
    if "services" not in places.columns:
        return np.zeros(len(places), dtype=bool)
    return np.array([isinstance(text, str) and service in text.split() for text in places["services"]], dtype=bool)
