"""A region and a plan for geographic information systems: GeoPackage and GeoJSON with disclosed values only.

Where a value is withheld it is null, and the column of its state says so. Names of layers and columns are ASCII and
stay the same in every language.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.need import indicator_values, indicators_of
from geo.output.sites import Solved, catchment_places, plan_table, reach_table, settings_table
from geo.output.values import (
    DataTable,
    Field,
    Marker,
    Quantity,
    Value,
    disclosure_text,
    indicator_label,
    indicators_table,
    sites_table,
    source_text,
    sources_table,
    unit_text,
)
from geo.region.model import Region
from geo.text import Texts

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

Layers = dict[str, "gpd.GeoDataFrame"]
Catchments = Mapping[str, "BaseGeometry"]

DEGREES = "EPSG:4326"
DEGREE_DECIMALS = 6
GEOPACKAGE_VERSION = "1.3"
"""Older than the newest, so that programs of the last years open it without a warning."""

_CIRCLE_SEGMENTS = 32
_STILL = "1980-01-01T00:00:00Z"


def geopackage(t: Texts, region: Region, solved: Solved | None = None, catchments: Catchments | None = None) -> bytes:
    """Return quarters, places, plan and catchments as a GeoPackage in the region's own system.

    Parameters
    ----------
    solved
        Adds reach to the quarters, and the layers ``plan`` and ``catchments``.
    catchments
        Areas in degrees by place where ways follow streets; see :func:`geo.output.sites.catchments_of`. None takes
        straight-line circles where the plan measures so.
    """
    import pyogrio

    layers = spatial_layers(t, region, solved, catchments)
    tables = [*_explaining_tables(t, region, solved)]
    about = {key: str(value) for key, value in about_data(t, region, solved).items()}
    # GDAL writes the time of making into the file; a fixed one makes equal data equal files.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _STILL})
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "data.gpkg"
            for number, (name, layer) in enumerate(layers.items()):
                pyogrio.write_dataframe(
                    layer,
                    path,
                    layer=name,
                    driver="GPKG",
                    append=number > 0,
                    promote_to_multi=name in ("quarters", "catchments"),
                    dataset_metadata=about if number == 0 else None,
                    dataset_options={"VERSION": GEOPACKAGE_VERSION} if number == 0 else None,
                )
            for table in tables:
                pyogrio.write_dataframe(_frame(table), path, layer=table.key, driver="GPKG", append=True)
            return path.read_bytes()
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def geojson_files(
    t: Texts, region: Region, solved: Solved | None = None, catchments: Catchments | None = None
) -> dict[str, bytes]:
    """Return each layer as GeoJSON (RFC 7946, degrees of WGS 84), by name of the layer.

    Every file says in the member ``about`` where its data come from and under which licence.
    """
    about = about_data(t, region, solved)
    layers = spatial_layers(t, region, solved, catchments)
    return {name: feature_collection(layer, about) for name, layer in layers.items()}


def feature_collection(layer: gpd.GeoDataFrame, about: Mapping[str, Any]) -> bytes:
    """Return a layer as GeoJSON after RFC 7946: WGS 84, outer rings counterclockwise, no ``crs``."""
    import shapely

    shapes = shapely.orient_polygons(layer.geometry.to_crs(DEGREES).to_numpy())
    shapes = shapely.transform(shapes, lambda points: np.round(points, DEGREE_DECIMALS) + 0.0)
    fields = layer.drop(columns=layer.geometry.name)
    records = fields.astype(object).where(fields.notna(), None).to_dict("records")
    features = [
        f'{{"type":"Feature","properties":{json.dumps(record, ensure_ascii=False, allow_nan=False)},'
        f'"geometry":{shape}}}'
        for record, shape in zip(records, shapely.to_geojson(shapes), strict=True)
    ]
    head = json.dumps({"about": about}, ensure_ascii=False)[1:-1]
    return f'{{"type":"FeatureCollection",{head},"features":[{",".join(features)}]}}\n'.encode()


def spatial_layers(
    t: Texts, region: Region, solved: Solved | None = None, catchments: Catchments | None = None
) -> Layers:
    """Return the layers in the region's system: quarters, sites and, for a plan, plan and catchments."""
    import geopandas as gpd

    quarters = region.quarters.reset_index(names="quarter_id")
    parts = [quarters.drop(columns="geometry"), *_indicators_wide(region)]
    if solved is not None:
        reach = _frame(reach_table(t, region, solved))
        parts.append(reach.drop(columns=[name for name in ("quarter_id", "name", "district") if name in reach]))
    wide = pd.concat(parts, axis=1)
    layers: Layers = {"quarters": gpd.GeoDataFrame(wide, geometry=quarters.geometry, crs=region.quarters.crs)}
    if len(region.sites):
        places = _frame(sites_table(t, region)).drop(columns=["lon", "lat"])
        places["kind"] = region.sites["kind"].astype(str).to_numpy()
        points = region.sites.geometry.reset_index(drop=True)
        layers["sites"] = gpd.GeoDataFrame(places, geometry=points, crs=region.quarters.crs)
    if solved is not None and solved.outcome.sites:
        layers["plan"] = _plan_layer(t, region, solved)
    areas = _catchment_layer(region, solved, catchments) if solved is not None else None
    if areas is not None:
        layers["catchments"] = areas
    return layers


def about_data(t: Texts, region: Region, solved: Solved | None) -> dict[str, Any]:
    """Return what must travel with the data: region, sources with licences, rule, meaning of states."""
    rule = region.disclosure
    about: dict[str, Any] = {
        "region": f"{region.name} ({region.id})",
        "fingerprint": region.fingerprint,
        "is_fictional": region.is_fictional,
        "source": source_text(t, region.sources),
        "licences": "; ".join(
            dict.fromkeys(" ".join(part for part in (s.licence, s.licence_url) if part) for s in region.sources)
        ),
        "changes": "; ".join(dict.fromkeys(source.changes for source in region.sources if source.changes)),
        "disclosure": disclosure_text(t, rule),
        "withheld": t("dataout.withheld_null"),
    }
    if solved is not None:
        about["scenario"] = solved.scenario.name
        about["scenario_key"] = solved.scenario.key
        about["rounding"] = t("site.rounding", step=t.number(solved.outcome.rounded_to))
    return about


def _indicators_wide(region: Region) -> list[pd.DataFrame]:
    """Return value and state of each indicator at each date, in columns like ``share_of_residents_20241231``."""
    parts = []
    for date in region.dates:
        day = date.replace("-", "")
        for indicator in indicators_of(region):
            values = indicator_values(region, indicator, date)
            columns = {f"{indicator.key}_{day}": values["value"].to_numpy(dtype=float)}
            parts.append(
                pd.DataFrame(columns | {f"{indicator.key}_{day}_state": values["state"].astype(str).to_numpy()})
            )
    return parts


def _plan_layer(t: Texts, region: Region, solved: Solved) -> gpd.GeoDataFrame:
    import geopandas as gpd

    frame = _frame(plan_table(t, region, solved))
    points = gpd.points_from_xy(frame.pop("lon"), frame.pop("lat"), crs=DEGREES)
    return gpd.GeoDataFrame(frame, geometry=points).to_crs(region.quarters.crs)


def _catchment_layer(region: Region, solved: Solved, catchments: Catchments | None) -> gpd.GeoDataFrame | None:
    import geopandas as gpd
    import shapely

    posed = solved.answer.posed
    places = catchment_places(solved.answer)
    if posed.survey.mode == "line":
        metres = posed.question.assumptions.straight_line_metres(posed.question.minutes)
        points = shapely.points(np.array(list(places.values()), dtype=np.float64).reshape(-1, 2))
        shapes = dict(zip(places, shapely.buffer(points, metres, quad_segs=_CIRCLE_SEGMENTS), strict=True))
    else:
        keys = [key for key in places if key in (catchments or {})]
        drawn = gpd.GeoSeries([(catchments or {})[key] for key in keys], crs=DEGREES).to_crs(region.quarters.crs)
        shapes = {key: shape for key, shape in zip(keys, drawn, strict=True) if not shape.is_empty}
    if not shapes:
        return None
    named = posed.places.set_index("id")
    frame = pd.DataFrame(
        {
            "site_id": list(shapes),
            "name": [str(named.loc[key, "name"]) for key in shapes],
            "is_new": [not bool(named.loc[key, "is_office"]) for key in shapes],
            "minutes": posed.question.minutes,
            "mode": posed.survey.mode,
        }
    )
    return gpd.GeoDataFrame(frame, geometry=list(shapes.values()), crs=region.quarters.crs)


def _explaining_tables(t: Texts, region: Region, solved: Solved | None) -> tuple[DataTable, ...]:
    """Return the tables without geometry: long indicators, what columns mean, sources, settings."""
    fields = (Field("column", "column"), Field("label", "label"), Field("unit", "unit"))
    rows = tuple(
        (f"{one.key}_{date.replace('-', '')}", f"{indicator_label(t, one)}, {t.date(date)}", unit_text(t, one.unit))
        for date in region.dates
        for one in indicators_of(region)
    )
    return (
        DataTable("columns", "columns", fields, rows),
        indicators_table(t, region),
        sources_table(t, region),
        settings_table(t, region, solved),
    )


def _frame(table: DataTable) -> pd.DataFrame:
    """Return a table as a frame by the ASCII names: markers are null in columns of numbers, text elsewhere."""
    columns: dict[str, Any] = {}
    for at, field in enumerate(table.fields):
        is_number = field.kind in ("whole", "number", "percent", "euros")
        values = [_plain(row[at], is_number=is_number) for row in table.rows]
        series = pd.Series(np.array(values, dtype=np.float64) if is_number else np.array(values, dtype=object))
        columns[field.name] = series.astype("Int64") if field.kind == "whole" else series
    return pd.DataFrame(columns)


def _plain(value: Value, *, is_number: bool) -> Any:
    if isinstance(value, Quantity):
        value = value.value
    if is_number:
        is_known = isinstance(value, int | float) and math.isfinite(value)
        return float(value) if is_known else math.nan  # type: ignore[arg-type]
    if isinstance(value, Marker):
        return value.text
    return None if value is None else str(value)
