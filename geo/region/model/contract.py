"""The contract every region meets: tidy parts and what is wrong with them.

``tidy_*`` bring a part into its one canonical form (column order, types, sorting), ``check_*`` say
what keeps it from being part of a region. Both leave their input alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import ContractError
from geo.findings import Finding, error, warning
from geo.region.schema import (
    CELL_COLUMNS,
    LANDSCAPE_KINDS,
    QUARTER_COLUMNS,
    SERVICES,
    SITE_COLUMNS,
    STATES_WITH_NUMBER,
    STATISTICS_COLUMNS,
    Measure,
    SiteKind,
    ValueState,
)

COORDINATE_DECIMALS = 3
"""Coordinates are kept to the millimetre, so that digests agree between machines."""

SITE_NUMBERS = (
    "rooms",
    "opening_days_per_week",
    "opening_hours_per_week",
    "staff_full_time",
    "capacity_per_week",
    "cost_per_year_eur",
    "one_off_cost_eur",
)
SITE_TEXTS = ("name", "kind", "carrier", "services", "address", "note")
SITE_MOST = {"opening_days_per_week": 7.0, "opening_hours_per_week": 168.0}
"""What a week has room for."""

_FIRST_COLLECTION = 4
_ID = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")
_ISO_DATE = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"


def tidy_quarters(quarters: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return quarters with text index, the contract's columns, millimetre coordinates, sorted by key."""
    need_columns(quarters, ("name", "geometry"), "quarters")
    frame = gpd.GeoDataFrame(
        {
            "name": plain_text(quarters["name"]),
            "district": plain_text(quarters["district"]) if "district" in quarters else "",
            "geometry": canonical_shapes(quarters.geometry.to_numpy()),
        },
        index=pd.Index(plain_text(quarters.index), dtype="str", name="quarter_id"),
        geometry="geometry",
        crs=quarters.crs,
    )
    return frame[list(QUARTER_COLUMNS)].sort_index(kind="stable")


def tidy_statistics(statistics: pd.DataFrame) -> pd.DataFrame:
    """Return statistics with the contract's columns and types, sorted by quarter, date and measure."""
    need_columns(statistics, STATISTICS_COLUMNS, "statistics")
    texts = {name: plain_text(statistics[name]) for name in ("quarter_id", "date", "measure", "state")}
    frame = pd.DataFrame({**texts, "value": pd.to_numeric(statistics["value"]).to_numpy(dtype="float64")})
    frame = frame[list(STATISTICS_COLUMNS)]
    rank = np.zeros(len(frame), dtype=np.int64)
    for name in ("quarter_id", "date", "measure"):
        codes, values = pd.factorize(frame[name], sort=True)
        rank = rank * len(values) + codes
    if (np.diff(rank) >= 0).all():
        return frame
    return frame.iloc[np.argsort(rank, kind="stable")].reset_index(drop=True)


def tidy_sites(sites: gpd.GeoDataFrame | None, crs: Any) -> gpd.GeoDataFrame:
    """Return sites with every column of the contract, empty where nothing is known, sorted by key."""
    if sites is None:
        sites = gpd.GeoDataFrame({"name": [], "kind": []}, geometry=gpd.GeoSeries([], crs=crs))
    need_columns(sites, ("name", "kind", "geometry"), "sites")
    parts: dict[str, Any] = {name: plain_text(sites[name]) if name in sites else "" for name in SITE_TEXTS}
    if "services" in sites:
        parts["services"] = [tidy_services(text) for text in parts["services"]]
    for name in SITE_NUMBERS:
        parts[name] = pd.to_numeric(sites[name]).to_numpy(dtype="float64") if name in sites else np.nan
    given = sites["is_accessible"] if "is_accessible" in sites else pd.Series(pd.NA, index=sites.index)
    parts["is_accessible"] = given.astype("boolean").array
    parts["geometry"] = canonical_shapes(sites.geometry.to_numpy())
    index = pd.Index(plain_text(sites.index), dtype="str", name="site_id")
    frame = gpd.GeoDataFrame(parts, index=index, geometry="geometry", crs=sites.crs or crs)
    return frame[list(SITE_COLUMNS)].sort_index(kind="stable")


def tidy_services(text: str) -> str:
    """Return service keys in the order of the catalogue, each once; unknown ones stay and come last.

    Keys may be parted by blanks, commas, semicolons or plus signs, in any case.
    """
    given = list(dict.fromkeys(key for key in re.split(r"[\s,;+|]+", text.casefold()) if key))
    known = [key for key in SERVICES if key in given]
    return " ".join([*known, *(key for key in given if key not in SERVICES)])


def tidy_cells(cells: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return population cells with the contract's columns, sorted from south to north, or None."""
    if cells is None:
        return None
    need_columns(cells, CELL_COLUMNS, "cells")
    frame = pd.DataFrame(
        {name: pd.to_numeric(cells[name]).to_numpy(dtype="float64") for name in ("x", "y", "residents")}
        | {"quarter_id": plain_text(cells["quarter_id"])}
    )
    return frame.sort_values(["y", "x"], kind="stable", ignore_index=True)


def tidy_landscape(landscape: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """Return the landscape with ``kind, name, geometry`` in its given order, or None."""
    if landscape is None:
        return None
    need_columns(landscape, ("kind", "geometry"), "landscape")
    return gpd.GeoDataFrame(
        {
            "kind": plain_text(landscape["kind"]),
            "name": plain_text(landscape["name"]) if "name" in landscape else "",
            "geometry": canonical_shapes(landscape.geometry.to_numpy()),
        },
        geometry="geometry",
        crs=landscape.crs,
    )


def canonical_shapes(geometries: Any) -> Any:
    """Return geometries rounded to the millimetre, collections of one part as that part.

    Files know layers of multipolygons only, so both say the same. Polygons that rounding breaks are repaired.
    """
    points = shapely.get_coordinates(geometries)
    rounded = geometries.copy()
    if not np.array_equal(points, np.round(points, COORDINATE_DECIMALS)):
        rounded = shapely.transform(geometries, lambda points: np.round(points, COORDINATE_DECIMALS) + 0.0)
        broken = ~shapely.is_valid(rounded) & shapely.is_valid(geometries)
        if broken.any():
            rounded[broken] = shapely.set_precision(geometries[broken], 10.0**-COORDINATE_DECIMALS)
    is_single = (shapely.get_type_id(rounded) >= _FIRST_COLLECTION) & (shapely.get_num_geometries(rounded) == 1)
    rounded[is_single] = shapely.get_geometry(rounded[is_single], 0)
    return rounded


def check_id(region_id: str) -> list[Finding]:
    """Return an error unless the region's key is lower case without blanks."""
    return [] if _ID.fullmatch(region_id) else [error("region_id_invalid", value=region_id)]


def check_quarters(quarters: gpd.GeoDataFrame) -> list[Finding]:
    """Return what keeps tidy quarters from the contract."""
    if quarters.empty:
        return [error("quarters_empty")]
    findings = _check_crs(quarters.crs)
    repeated = quarters.index.value_counts(sort=False)
    findings += [error("quarter_key_duplicate", quarter=str(key), count=int(n)) for key, n in repeated.items() if n > 1]
    findings += [error("quarter_key_empty") for key in quarters.index if not key.strip()]
    shapes = quarters.geometry.to_numpy()
    kinds = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    valid = shapely.is_valid(shapes)
    findings += [error("quarter_not_a_polygon", quarter=key) for key in quarters.index[~kinds]]
    findings += [error("quarter_polygon_invalid", quarter=key) for key in quarters.index[kinds & ~valid]]
    return findings


def check_statistics(
    statistics: pd.DataFrame, quarters: gpd.GeoDataFrame, measures: Sequence[Measure]
) -> list[Finding]:
    """Return what keeps tidy statistics from the contract; the numbers themselves are checked elsewhere."""
    findings = _unknown(statistics["quarter_id"], quarters.index, "statistics_quarter_unknown", "quarter")
    findings += _unknown(statistics["measure"], [m.key for m in measures], "statistics_measure_unknown", "measure")
    findings += _unknown(
        statistics["state"], [state.value for state in ValueState], "statistics_state_unknown", "state"
    )
    dates = pd.Series(statistics["date"].unique(), dtype="str")
    wrong_dates = dates[~dates.str.fullmatch(_ISO_DATE)]
    findings += [error("statistics_date_invalid", value=str(date)) for date in wrong_dates]
    keys = [measure.key for measure in measures]
    findings += [error("measure_twice", measure=key) for key in sorted(set(keys)) if keys.count(key) > 1]
    has_number = statistics["state"].isin(STATES_WITH_NUMBER)
    is_zero = (statistics["state"] == ValueState.TRUE_ZERO.value) & statistics["value"].notna()
    finite = np.isfinite(statistics["value"])
    for code, wrong in (
        ("cell_twice", statistics.duplicated(["quarter_id", "date", "measure"])),
        ("cell_number_absent", has_number & ~finite),
        ("cell_number_not_allowed", ~has_number & statistics["value"].notna()),
        ("cell_zero_is_not_zero", is_zero & (statistics["value"] != 0)),
    ):
        findings += [
            error(code, quarter=str(row.quarter_id), date=str(row.date), measure=str(row.measure))
            for row in statistics[wrong].itertuples()
        ]
    return findings


def check_sites(sites: gpd.GeoDataFrame, quarters: gpd.GeoDataFrame) -> list[Finding]:
    """Return what keeps tidy sites from the contract, and a warning for each one outside the region."""
    findings = [error("site_key_twice", site=str(key)) for key in sites.index[sites.index.duplicated()].unique()]
    findings += _unknown(sites["kind"], [kind.value for kind in SiteKind], "site_kind_unknown", "kind")
    findings += [
        error("site_service_unknown", site=str(site), service=service, known=", ".join(SERVICES))
        for site, services in sites["services"].items()
        for service in services.split()
        if service not in SERVICES
    ]
    findings += _check_site_numbers(sites)
    if len(sites) and sites.crs != quarters.crs:
        return [*findings, error("site_crs_differs")]
    points = sites.geometry.to_numpy()
    is_point = (shapely.get_type_id(points) == 0) & np.isfinite(shapely.get_x(points) + shapely.get_y(points))
    findings += [error("site_without_place", site=str(key)) for key in sites.index[~is_point]]
    usable = sites.geometry[is_point]
    if len(usable) and len(quarters) and not findings:
        nearest, _ = quarters.sindex.query(usable.to_numpy(), predicate="intersects")
        outside = ~np.isin(np.arange(len(usable)), nearest)
        findings += [warning("site_outside", site=str(key)) for key in usable.index[outside]]
    return findings


def _check_site_numbers(sites: gpd.GeoDataFrame) -> list[Finding]:
    findings = []
    for name in SITE_NUMBERS:
        numbers, most = sites[name], SITE_MOST.get(name, np.inf)
        for site, number in numbers[(numbers < 0) | (numbers > most) | np.isinf(numbers)].items():
            where = {"site": str(site), "entry": name, "number": float(number)}
            is_large = number >= 0 and np.isfinite(number)
            findings.append(
                error("site_number_too_large", **where, most=most)
                if is_large
                else error("site_number_below_zero", **where)
            )
    return findings


def check_cells(cells: pd.DataFrame | None, quarters: gpd.GeoDataFrame) -> list[Finding]:
    """Return what keeps tidy population cells from the contract."""
    if cells is None:
        return []
    named = cells["quarter_id"][cells["quarter_id"] != ""]
    findings = _unknown(named, quarters.index, "cells_quarter_unknown", "quarter")
    numbers = cells[["x", "y", "residents"]].to_numpy(dtype="float64")
    wrong = int(np.count_nonzero(~np.isfinite(numbers).all(axis=1) | (numbers[:, 2] < 0)))
    if wrong:
        findings.append(error("cells_number_invalid", count=wrong))
    return findings


def check_landscape(landscape: gpd.GeoDataFrame | None, quarters: gpd.GeoDataFrame) -> list[Finding]:
    """Return what keeps a tidy landscape from the contract."""
    if landscape is None:
        return []
    findings = _unknown(landscape["kind"], LANDSCAPE_KINDS, "landscape_kind_unknown", "kind")
    if len(landscape) and landscape.crs != quarters.crs:
        findings.append(error("landscape_crs_differs"))
    return findings


def _check_crs(crs: Any) -> list[Finding]:
    if crs is None:
        return [error("region_crs_missing")]
    units = {axis.unit_name for axis in crs.axis_info}
    if not crs.is_projected or units - {"metre", "meter"} or crs.to_authority() is None:
        return [error("region_crs_not_metric", crs=str(crs.name))]
    return []


def _unknown(values: Any, known: Any, code: str, name: str) -> list[Finding]:
    unique = pd.Index(values.unique())
    return [error(code, **{name: str(value)}) for value in sorted(unique[~unique.isin(list(known))])]


def need_columns(frame: Any, columns: Sequence[str], table: str) -> None:
    """Raise a ContractError naming the columns that a table lacks."""
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise ContractError(f"{table} lack the columns {', '.join(missing)}; add them, empty if nothing is known")


def plain_text(values: Any) -> Any:
    """Return values as text, empty where there is none."""
    if getattr(values, "dtype", None) == "str" and not values.hasnans:
        return values.array
    return pd.Series(values, dtype="object").fillna("").astype("str").to_numpy()
