"""From old quarters to new ones: a table of weights, and figures carried over with it.

A crosswalk says which part of each old quarter lies in which new one. It is made from population cells, else by
area, or supplied as a table. Figures that went through it are estimates: counts keep their totals, ready-made
rates become means weighted by population, and what was withheld before stays withheld after, in every new quarter
it contributes to. ``convert`` marks every row with ``converted``; a region made from it names the dates in
``breaks`` with the key :data:`CONVERTED`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import ContractError, DataError
from geo.findings import Finding, error, has_errors, note, warning

if TYPE_CHECKING:
    import geopandas as gpd

Method = Literal["cells", "area", "table"]
Numbers = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]

CONVERTED = "converted_boundaries"
"""Key of a region's ``breaks`` at dates whose figures were carried over from other quarters."""


SLIVER_SHARE = 0.01
"""An overlap smaller than this part of both quarters is a border drawn twice, not a move of people."""

WEIGHT_TOLERANCE = 1e-6
TABLE_TOLERANCE = 0.005
"""Published shares are rounded; off by less than this from 1 they are stretched."""

_WEIGHT = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True, eq=False)
class Crosswalk:
    """Which part of each old quarter lies in which new one.

    Parameters
    ----------
    old_ids, new_ids
        All quarters of both kinds. New quarters that nothing goes to have no figures after a conversion.
    old, new
        Positions in ``old_ids`` and ``new_ids``, one pair a row.
    weight
        Part of the old quarter in the new one, above 0; sums to 1 for every old quarter that occurs.
    mass
        Size of each pair (people or square metres; the weight where nothing else is known), which says how much
        of a new quarter comes from an old one.
    method
        ``cells``, ``area`` or ``table``.
    findings
        What was remarkable when it was made.
    """

    old_ids: tuple[str, ...]
    new_ids: tuple[str, ...]
    old: Positions
    new: Positions
    weight: Numbers
    mass: Numbers
    method: Method
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        if not len(self.old) == len(self.new) == len(self.weight) == len(self.mass):
            raise ContractError("old, new, weight and mass differ in length; give one row per pair")
        if (self.weight <= 0).any() or not np.isfinite(self.weight).all():
            raise ContractError("weights must be above 0; leave pairs without overlap out")
        sums = np.bincount(self.old, weights=self.weight, minlength=len(self.old_ids))
        wrong = np.flatnonzero((np.abs(sums - 1) > WEIGHT_TOLERANCE) & (sums > 0))
        if len(wrong):
            raise ContractError(f"weights of {self.old_ids[wrong[0]]} sum to {sums[wrong[0]]:g}; they must sum to 1")

    def of_changed(self) -> Crosswalk:
        """Return the crosswalk without quarters that nothing happened to: all of one goes to its own key alone."""
        olds, news = np.array(self.old_ids, dtype=object)[self.old], np.array(self.new_ids, dtype=object)[self.new]
        stays = (olds == news) & (np.bincount(self.old)[self.old] == 1) & (np.bincount(self.new)[self.new] == 1)
        old_ids, old = np.unique(olds[~stays].astype("str"), return_inverse=True)
        new_ids, new = np.unique(news[~stays].astype("str"), return_inverse=True)
        return replace(
            self,
            old_ids=tuple(map(str, old_ids)),
            new_ids=tuple(map(str, new_ids)),
            old=old.astype(np.intp),
            new=new.astype(np.intp),
            weight=self.weight[~stays],
            mass=self.mass[~stays],
        )

    def as_frame(self) -> pd.DataFrame:
        """Return the pairs as a table ``old, new, weight``."""
        keys = np.array(self.old_ids, dtype=object)[self.old], np.array(self.new_ids, dtype=object)[self.new]
        return pd.DataFrame({"old": keys[0], "new": keys[1], "weight": self.weight})


def crosswalk_by_area(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, *, sliver_share: float = SLIVER_SHARE) -> Crosswalk:
    """Return a crosswalk by area of overlap, as if people lived evenly over each old quarter.

    Both are quarters of a region (index ``quarter_id``, system in metres); ``new`` is projected to the system of
    ``old`` where it differs. Findings: ``crosswalk_old_without_new``, ``crosswalk_new_without_old``.
    """
    import geopandas as gpd

    _refuse_degrees(old)
    target = new if new.crs == old.crs else new.to_crs(old.crs)
    left = gpd.GeoDataFrame({"old": np.arange(len(old))}, geometry=old.geometry.to_numpy(), crs=old.crs)
    right = gpd.GeoDataFrame({"new": np.arange(len(new))}, geometry=target.geometry.to_numpy(), crs=old.crs)
    parts = gpd.overlay(left, right, how="intersection", keep_geom_type=True)
    area = parts.geometry.area.to_numpy(np.float64)
    one, other = parts["old"].to_numpy(np.intp), parts["new"].to_numpy(np.intp)
    share = np.maximum(area / left.area.to_numpy()[one], area / right.area.to_numpy()[other])
    kept = (area > 0) & (share >= sliver_share)
    return _crosswalk(_keys(old), _keys(new), (one[kept], other[kept], area[kept]), "area")


def crosswalk_from_cells(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, cells: pd.DataFrame) -> Crosswalk:
    """Return a crosswalk by the residents of population cells in both kinds of quarters.

    Parameters
    ----------
    cells
        ``x, y`` (middle of the cell, metres in the system of ``old``) and ``residents``. A cell belongs to the
        quarters its middle lies in.

    Old quarters without residents in any cell go by area; a finding ``crosswalk_area_used`` says how many.
    """
    import geopandas as gpd

    _refuse_degrees(old)
    people = cells["residents"].to_numpy(np.float64)
    points = gpd.points_from_xy(cells["x"], cells["y"])
    target = new if new.crs == old.crs else new.to_crs(old.crs)
    one, other = _quarter_at(old, points), _quarter_at(target, points)
    kept = (one >= 0) & (other >= 0) & (people > 0)
    pairs, place = np.unique(np.column_stack([one[kept], other[kept]]), axis=0, return_inverse=True)
    mass = np.bincount(place.ravel(), weights=people[kept], minlength=len(pairs)).astype(np.float64)
    first, second = pairs[:, 0].astype(np.intp), pairs[:, 1].astype(np.intp)
    without = np.setdiff1d(np.arange(len(old)), first)
    found: tuple[Finding, ...] = ()
    if len(without):
        by_area = crosswalk_by_area(old.iloc[without], target)
        found = (note("crosswalk_area_used", count=len(without), quarters=len(old)),)
        first = np.concatenate([first, without[by_area.old]])
        second = np.concatenate([second, by_area.new])
        # Nobody is known to live there, so these pairs weigh nothing within a new quarter.
        mass = np.concatenate([mass, by_area.weight * 1e-9])
    outside = float(people[(one < 0) | (other < 0)].sum())
    if outside > 0:
        found += (note("crosswalk_cells_outside", percent=round(100 * outside / people.sum(), 1)),)
    out = _crosswalk(_keys(old), _keys(new), (first, second, mass), "cells")
    return replace(out, findings=(*found, *out.findings))


def crosswalk_from_table(
    rows: pd.DataFrame, old_ids: Iterable[str], new_ids: Iterable[str], *, file: str | None = None
) -> Crosswalk:
    """Return a crosswalk from a table that was supplied.

    Parameters
    ----------
    rows
        Text columns ``old, new, weight``; the index is the row number in the file. Decimal comma or point.

    Raises
    ------
    DataError
        With everything found: ``crosswalk_weight_invalid``, ``crosswalk_old_unknown``,
        ``crosswalk_new_unknown``, ``crosswalk_pair_twice``, ``crosswalk_weights_off`` (of an old quarter, not 1).
    """
    olds, news = tuple(dict.fromkeys(old_ids)), tuple(dict.fromkeys(new_ids))
    text = rows[["old", "new", "weight"]].astype(str).apply(lambda column: column.str.strip())
    good = text["weight"].map(lambda cell: _WEIGHT.fullmatch(cell) is not None).astype(bool)
    found = [
        error("crosswalk_weight_invalid", file=file, row=int(row) if file else None, value=text.loc[row, "weight"])
        for row in text.index[~good]
    ]
    for column, keys in (("old", set(olds)), ("new", set(news))):
        unknown = text.index[~text[column].isin(keys)]
        found += [
            error(f"crosswalk_{column}_unknown", file=file, row=int(row) if file else None, value=text.loc[row, column])
            for row in unknown
        ]
    twice = text.index[text.duplicated(["old", "new"])]
    found += [
        error(
            "crosswalk_pair_twice",
            file=file,
            row=int(row) if file else None,
            old=text.loc[row, "old"],
            new=text.loc[row, "new"],
        )
        for row in twice
    ]
    weight = text["weight"].where(good, "0").str.replace(",", ".").astype("float64")
    sums = weight.groupby(text["old"]).sum()
    off = sums[(sums - 1).abs() > TABLE_TOLERANCE]
    found += [error("crosswalk_weights_off", file=file, old=str(key), sum=float(one)) for key, one in off.items()]
    if has_errors(found):
        raise DataError(tuple(found))
    kept = (weight > 0).to_numpy()
    one = pd.Index(olds).get_indexer(text["old"])[kept].astype(np.intp)
    other = pd.Index(news).get_indexer(text["new"])[kept].astype(np.intp)
    return _crosswalk(olds, news, (one, other, weight.to_numpy(np.float64)[kept]), "table")


def _crosswalk(
    old_ids: tuple[str, ...], new_ids: tuple[str, ...], pairs: tuple[Positions, Positions, Numbers], method: Method
) -> Crosswalk:
    old, new, mass = pairs
    sums = np.bincount(old, weights=mass, minlength=len(old_ids))
    found = [error("crosswalk_old_without_new", quarter=old_ids[place]) for place in np.flatnonzero(sums == 0)]
    lonely = np.setdiff1d(np.arange(len(new_ids)), new)
    found += [warning("crosswalk_new_without_old", quarter=new_ids[place]) for place in lonely]
    order = np.lexsort((new, old))
    old, new, mass = old[order], new[order], mass[order]
    return Crosswalk(old_ids, new_ids, old, new, mass / sums[old], mass, method, tuple(found))


def _quarter_at(quarters: gpd.GeoDataFrame, points: Any) -> Positions:
    """Return the position of the quarter each point lies in, the first of several, -1 for none."""
    from shapely import STRtree

    at, inside = STRtree(quarters.geometry.to_numpy()).query(points, predicate="intersects")
    out = np.full(len(points), len(quarters), dtype=np.intp)
    np.minimum.at(out, at, inside)
    return np.where(out == len(quarters), -1, out)


def _keys(quarters: gpd.GeoDataFrame) -> tuple[str, ...]:
    return tuple(str(key) for key in quarters.index)


def _refuse_degrees(quarters: gpd.GeoDataFrame) -> None:
    if quarters.crs is None or quarters.crs.is_geographic:
        raise ContractError("quarters have no system in metres; project them first")
