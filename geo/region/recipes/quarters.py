"""Boundaries of a recipe to quarters: keys mapped, units chosen and merged, districts named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.defaults import ReadLimits
from geo.errors import ContractError, DataError
from geo.findings import Finding, error, note
from geo.patterns import pattern
from geo.region.recipes.keys import QuarterNames, map_keys
from geo.region.recipes.recipe import BoundarySource, MergedUnit
from geo.region.shapes import KeyCorrection, cell_text, read_boundaries

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Quarters:
    """Quarters of a recipe, and what their file holds beside them.

    Parameters
    ----------
    frame
        Index ``quarter_id``, columns ``name, district, geometry``, in metres.
    columns
        Text of further columns of the boundaries, by quarter; empty for merged quarters whose parts differ.
    names
        What tables may call the quarters, and the units of the file that do not belong to the region.
    """

    frame: gpd.GeoDataFrame
    names: QuarterNames
    columns: Mapping[str, pd.Series[str]] = field(default_factory=dict)

    def find(self, text: str) -> tuple[str, ...]:
        """Return the keys a text may mean; a quarter comes before a unit outside that is called the same."""
        found = self.names.find(text)
        return tuple(key for key in found if key in self.frame.index) or found

    def is_outside(self, key: str) -> bool:
        """Tell whether a key is that of a unit that does not belong to the region."""
        return key in self.names.names and key not in self.frame.index


def read_quarters(
    source: BoundarySource, files: Path, limits: ReadLimits, *, columns: Sequence[str] = ()
) -> tuple[Quarters, list[Finding]]:
    """Return the quarters of a recipe, and the texts of further ``columns``.

    Raises
    ------
    DataError
        If the polygons cannot be read, or nothing is left of them.
    """
    file = Path(source.file).name
    outside: dict[str, str] = {}

    def is_kept(frame: gpd.GeoDataFrame) -> Mask:
        # A wrong key is put right later; until then nobody knows whether it belongs to the region.
        return _is_kept(frame, source, file, outside) | np.isin(
            frame[source.key].to_numpy(dtype=object), [one.old for one in source.corrections]
        )

    try:
        read = read_boundaries(
            files / source.file,
            key=source.key,
            name=source.name or None,
            layer=source.layer or None,
            crs=source.crs or None,
            target_crs=source.target_crs or None,
            keep=is_kept,
            dissolve=source.dissolve,
            encoding=source.encoding or None,
            more=[files / path for path in source.more_files],
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
        {"name": _names(frame, source), "district": _districts(frame, raw, source, file)},
        geometry=frame.geometry.to_numpy(),
        crs=frame.crs,
    ).set_axis(pd.Index(raw, dtype="str", name="quarter_id"), axis=0)
    more = {column: _texts(frame, column, file).set_axis(quarters.index) for column in columns}
    quarters["name"] = quarters["name"].where(quarters["name"] != "", quarters.index.to_series())
    quarters = quarters[_is_kept(frame, source, file, outside)]
    findings = [told for told in read.findings if told.quarter is None or told.quarter in quarters.index]
    quarters, told = _merge(quarters, source.merged, file)
    more = {
        column: _of_merged(texts, source.merged).reindex(quarters.index).fillna("") for column, texts in more.items()
    }
    return Quarters(quarters, QuarterNames(outside | quarters["name"].to_dict()), more), findings + told


def _texts(frame: gpd.GeoDataFrame, column: str, file: str) -> pd.Series[str]:
    if column not in frame:
        columns = ", ".join(str(one) for one in frame.columns)[:300]
        raise DataError((error("column_missing", file=file, column=column, columns=columns),))
    return pd.Series([cell_text(cell) for cell in frame[column]], dtype="str")


def _of_merged(texts: pd.Series[str], merged: tuple[MergedUnit, ...]) -> pd.Series[str]:
    """Return texts with those of merged quarters, which are empty where the parts disagree."""
    for unit in merged:
        parts = texts[texts.index.isin(unit.parts)]
        one = parts.iloc[0] if len(parts) and (parts == parts.iloc[0]).all() else ""
        texts = pd.concat([texts.drop(index=parts.index), pd.Series([one], index=[unit.key])])
    return texts


def _is_kept(frame: gpd.GeoDataFrame, source: BoundarySource, file: str, outside: dict[str, str]) -> Mask:
    """Tell which records belong to the region, and write down the names of the others by key."""
    absent = [column for column in source.keep_where if column not in frame]
    if absent:
        columns = ", ".join(str(column) for column in frame.columns)[:300]
        raise DataError(tuple(error("column_missing", file=file, column=one, columns=columns) for one in absent))
    keys = pd.Series(map_keys(frame[source.key], source.keys), index=frame.index, dtype="str")
    tested = [(source.keep, keys)] if source.keep else []
    tested += [(wanted, frame[column].map(cell_text)) for column, wanted in source.keep_where.items()]
    kept = np.ones(len(frame), dtype=bool)
    for wanted, texts in tested:
        fits = pattern(wanted).fits
        kept &= np.array([fits(text) for text in texts], dtype=bool)
    if not kept.any():
        told = ", ".join(wanted for wanted, _ in tested)
        raise DataError((error("boundaries_nothing_kept", file=file, pattern=told),))
    outside.update(zip(keys[~kept], _names(frame[~kept], source), strict=True))
    return kept


def _names(frame: gpd.GeoDataFrame, source: BoundarySource) -> list[str]:
    return [cell_text(cell) for cell in frame[source.name]] if source.name else [""] * len(frame)


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
