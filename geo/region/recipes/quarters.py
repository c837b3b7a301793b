"""Boundaries of a recipe to quarters: keys mapped, units chosen and merged, districts named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from geo.defaults import ReadLimits
from geo.errors import ContractError, DataError
from geo.findings import Finding, error, note
from geo.patterns import pattern
from geo.region.recipes.keys import map_keys
from geo.region.recipes.recipe import BoundarySource, MergedUnit
from geo.region.shapes import KeyCorrection, read_boundaries


def read_quarters(source: BoundarySource, files: Path, limits: ReadLimits) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Return quarters with index ``quarter_id`` and columns ``name, district, geometry``, in metres.

    Raises
    ------
    DataError
        If the polygons cannot be read, or nothing is left of them.
    """
    file = Path(source.file).name
    try:
        read = read_boundaries(
            files / source.file,
            key=source.key,
            name=source.name,
            layer=source.layer or None,
            crs=source.crs or None,
            target_crs=source.target_crs or None,
            dissolve=source.dissolve,
            corrections=[
                KeyCorrection(one.old, one.new, one.row or None, (one.lon, one.lat) if one.lon or one.lat else None)
                for one in source.corrections
            ],
            limits=limits,
        )
    except ContractError as fault:
        raise DataError((error("crs_unknown", file=file, detail=str(fault)),)) from None
    frame = read.frame
    raw = pd.Series(map_keys(frame[source.key], source.keys), index=frame.index, dtype="str")
    quarters = gpd.GeoDataFrame(
        {"name": frame[source.name].fillna("").astype(str), "district": _districts(frame, raw, source, file)},
        geometry=frame.geometry.to_numpy(),
        crs=frame.crs,
    ).set_axis(pd.Index(raw, dtype="str", name="quarter_id"), axis=0)
    quarters["name"] = quarters["name"].where(quarters["name"] != "", quarters.index.to_series())
    if source.keep:
        kept = quarters.index.map(pattern(source.keep).fits).to_numpy(dtype=bool)
        quarters = quarters[kept]
    if quarters.empty:
        raise DataError((error("boundaries_nothing_kept", file=file, pattern=source.keep),))
    findings = [told for told in read.findings if told.quarter is None or told.quarter in quarters.index]
    quarters, told = _merge(quarters, source.merged, file)
    return quarters, findings + told


def _districts(frame: gpd.GeoDataFrame, keys: pd.Series[str], source: BoundarySource, file: str) -> pd.Series[str]:
    if source.district:
        if source.district not in frame:
            columns = ", ".join(str(column) for column in frame.columns)[:300]
            raise DataError((error("column_missing", file=file, column=source.district, columns=columns),))
        codes = frame[source.district].fillna("").astype("str")
    elif source.district_from_key:
        codes = keys.str[: source.district_from_key]
    else:
        return pd.Series("", index=frame.index, dtype="str")
    names: Mapping[str, str] = source.district_names
    return pd.Series([names.get(code, code) for code in codes], index=frame.index, dtype="str")


def _merge(
    quarters: gpd.GeoDataFrame, merged: tuple[MergedUnit, ...], file: str
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Draw together what the tables count as one."""
    findings: list[Finding] = []
    for unit in merged:
        absent = [key for key in unit.parts if key not in quarters.index]
        findings += [error("merged_part_missing", file=file, quarter=unit.key, part=key) for key in absent]
        if absent:
            continue
        parts = quarters.loc[list(unit.parts)]
        whole = gpd.GeoDataFrame(
            {"name": [unit.name], "district": [parts["district"].iloc[0]]},
            geometry=[shapely.union_all(parts.geometry.to_numpy())],
            index=pd.Index([unit.key], name="quarter_id"),
            crs=quarters.crs,
        )
        quarters = pd.concat([quarters.drop(index=list(unit.parts)), whole])
        findings.append(note("quarters_merged", file=file, quarter=unit.key, parts=", ".join(unit.parts)))
    return quarters, findings
