"""Demand: where the people live who should reach an office.

Statistics count people per quarter; offices are reached from front doors. Between the two stands
this module. It puts the disclosed count of each quarter on the region's population cells in
proportion to their residents (dasymetric mapping, Wright 1936) and, where a quarter has no cells, on
a regular lattice over its area, so that a large quarter is never reached or missed as one point.

People are dealt out in steps of 1/1024 person by largest remainder. Such numbers are exact in binary
floating point, so the points of a quarter add up to its count exactly, in any order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import ContractError, DataError
from geo.findings import error

if TYPE_CHECKING:
    import pandas as pd

    from geo.region.model import Region

PARTS_PER_PERSON = 1024
LATTICE_SPACING_METRES = 150.0
LATTICE_POINTS_MIN = 9
LATTICE_POINTS_MAX = 400


@dataclass(frozen=True, eq=False)
class Demand:
    """People on points.

    Parameters
    ----------
    xy
        Coordinates in metres, in the CRS of the region's quarters, shape (n, 2).
    people
        People at each point, shape (n,), all above zero.
    quarter_ids
        Quarter of each point, shape (n,), text.
    measure, date
        What is counted, and when (ISO date).
    source
        How people were placed: ``cells``, ``lattice``, ``cells_and_lattice`` or ``none``.
    withheld_quarters, missing_quarters
        Quarters whose count is withheld for protection, or is not known. Neither contributes people.
    spacing_metres
        Largest distance between neighbouring lattice points; None where only cells were used.
    total
        Sum of the disclosed counts, equal to ``people.sum()``.
    factors
        How much a person at each point counts when places are chosen, shape (n,), none below zero; None where
        everybody counts the same. Only the choice is weighted: ``people`` and ``total`` stay people, and nothing
        else is ever shown.
    """

    xy: NDArray[np.float64]
    people: NDArray[np.float64]
    quarter_ids: NDArray[np.object_]
    measure: str
    date: str
    source: str
    withheld_quarters: int
    missing_quarters: int
    spacing_metres: float | None
    total: float
    factors: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.people)

    @property
    def is_weighted(self) -> bool:
        """Whether some people count more than others when places are chosen."""
        return self.factors is not None

    @property
    def weights(self) -> NDArray[np.float64]:
        """What each point counts when places are chosen: people times factor, shape (n,). No number of people."""
        return self.people if self.factors is None else self.people * self.factors

    @property
    def weighted_total(self) -> float:
        """Sum of the weights; equal to ``total`` where everybody counts the same. No number of people."""
        return self.total if self.factors is None else float(self.weights.sum())


def place_demand(region: Region, measure: str, date: str) -> Demand:
    """Place the disclosed counts of one measure at one date on points.

    Parameters
    ----------
    measure
        Key of a count, e.g. ``recipients``; a ready-made rate cannot be placed.

    Returns
    -------
    Demand
        Points with people; ``sum`` over a quarter's points is its count exactly.

    Raises
    ------
    ContractError
        If the region has no such measure or date, or the measure is a rate.
    """
    _require_count(region, measure, date)
    table = region.values_of(measure, date)
    has_number = table["state"].isin(("value", "true_zero", "perturbed")) & table["value"].notna()
    is_withheld = table["state"] == "suppressed"
    counts = table.loc[has_number & (table["value"] > 0), "value"].astype(float)
    return replace(
        place_counts(region, measure, date, counts),
        withheld_quarters=int(is_withheld.sum()),
        missing_quarters=int((~has_number & ~is_withheld).sum()),
    )


def place_counts(region: Region, measure: str, date: str, counts: pd.Series[float]) -> Demand:
    """Place counts by quarter, above zero, as :func:`place_demand` places those of the statistics."""
    homes = homes_by_quarter(region)
    parts: list[tuple[str, NDArray[np.float64], NDArray[np.float64]]] = []
    spacing: float | None = None
    for quarter_id, count in counts.items():
        key = str(quarter_id)
        if key in homes:
            xy, residents = homes[key]
        else:
            xy, step = lattice(region.quarters.geometry.loc[key])
            residents = np.ones(len(xy))
            spacing = step if spacing is None else max(spacing, step)
        people = deal_out(float(count), residents)
        parts.append((key, xy[people > 0], people[people > 0]))
    return Demand(
        xy=np.concatenate([xy for _, xy, _ in parts]) if parts else np.empty((0, 2)),
        people=np.concatenate([people for _, _, people in parts]) if parts else np.empty(0),
        quarter_ids=np.repeat(
            np.array([key for key, _, _ in parts], dtype=object), [len(people) for _, _, people in parts]
        ),
        measure=measure,
        date=date,
        source="_and_".join(sorted({"cells" if key in homes else "lattice" for key, _, _ in parts})) or "none",
        withheld_quarters=0,
        missing_quarters=0,
        spacing_metres=spacing,
        total=float(counts.sum()),
    )


def weigh(demand: Demand, factors: pd.Series[float]) -> Demand:
    """Return the same people, counting more or less by their quarter when places are chosen.

    Parameters
    ----------
    demand
        People on points; factors it has already are replaced.
    factors
        Factor by key of the quarter, from zero; quarters that are not named keep the factor 1. A factor of 2 makes
        one person count as two, 0 leaves the quarter out of the choice. Keys without people are passed over, so that
        factors may name every quarter of a region.

    Returns
    -------
    Demand
        With ``people``, ``total`` and points as before, and ``weights`` to choose by. Without factors other than 1
        it is as if nobody had been weighted.

    Raises
    ------
    ContractError
        A factor is no number or below zero, or a key occurs twice.
    DataError
        ``weights_none``: nobody is left that counts.
    """
    numbers = np.asarray(factors, dtype=np.float64)
    keys = factors.index.astype(str)
    wrong = ~(np.isfinite(numbers) & (numbers >= 0))
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise ContractError(f"factor of quarter {keys[at]!r} is {numbers[at]:g}: it must be a number from zero")
    if not keys.is_unique:
        raise ContractError(f"quarter {keys[keys.duplicated()][0]!r} has several factors; give it one")
    by_key = dict(zip(keys.tolist(), numbers.tolist(), strict=True))
    given = np.array([by_key.get(str(key), 1.0) for key in demand.quarter_ids], dtype=np.float64)
    weighted = replace(demand, factors=None if (given == 1).all() else given)
    if len(demand) and weighted.weighted_total <= 0:
        raise DataError((error("weights_none"),))
    return weighted


def deal_out(count: float, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Split a count in proportion to shares, in steps of 1/1024, by largest remainder.

    Parameters
    ----------
    shares
        Non-negative, at least one above zero, shape (n,).

    Returns
    -------
    ndarray, shape (n,)
        Adds up to ``count``: exactly, if ``count`` is a whole number.
    """
    whole = round(count * PARTS_PER_PERSON)
    quota = whole * (shares / shares.sum())
    parts = np.floor(quota)
    rest = whole - int(parts.sum())
    if rest > 0:
        parts[np.argsort(-(quota - parts), kind="stable")[:rest]] += 1
    elif rest < 0:  # floating point put a quota just above a whole number
        parts[np.argsort(-parts, kind="stable")[:-rest]] -= 1
    people = np.asarray(parts / PARTS_PER_PERSON, dtype=np.float64)
    people[int(np.argmax(people))] += count - whole / PARTS_PER_PERSON
    return people


def lattice(polygon: Any, spacing_metres: float = LATTICE_SPACING_METRES) -> tuple[NDArray[np.float64], float]:
    """Return points spread regularly inside a polygon, and their spacing.

    The spacing is ``spacing_metres``, wider where more than 400 points would result, narrower until at
    least 9 lie inside. The lattice is square and centred on the polygon's bounding box, so the
    same polygon always gives the same points.

    Returns
    -------
    ndarray, shape (n, 2), and float
        Coordinates in metres and the spacing used.
    """
    import shapely

    area = float(polygon.area)
    step = max(spacing_metres, (area / LATTICE_POINTS_MAX) ** 0.5)
    step = min(step, (area / LATTICE_POINTS_MIN) ** 0.5) if area > 0 else step
    shapely.prepare(polygon)
    for _ in range(12):
        if step <= 0:
            break
        xy = _square_lattice(polygon.bounds, step)
        inside = xy[shapely.contains_xy(polygon, xy)]
        if len(inside) >= LATTICE_POINTS_MIN:
            return inside, step
        step *= 0.8
    point = polygon.representative_point()  # a sliver: one point inside is all it can hold
    return np.array([[point.x, point.y]]), step


def _square_lattice(bounds: tuple[float, float, float, float], step: float) -> NDArray[np.float64]:
    axes = []
    for low, high in ((bounds[0], bounds[2]), (bounds[1], bounds[3])):
        number = max(1, int((high - low) / step))
        axes.append((low + high) / 2 + (np.arange(number) - (number - 1) / 2) * step)
    return np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)


def homes_by_quarter(region: Region) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return coordinates and residents of the inhabited cells of each quarter that has any."""
    if region.cells is None or region.cells.empty:
        return {}
    cells = region.cells[region.cells["residents"] > 0].sort_values(["quarter_id", "x", "y"])
    xy = cells[["x", "y"]].to_numpy(dtype=np.float64)
    residents = cells["residents"].to_numpy(dtype=np.float64)
    keys, starts = np.unique(cells["quarter_id"].to_numpy(dtype=str), return_index=True)
    ends = np.append(starts[1:], len(cells))
    return {str(key): (xy[start:end], residents[start:end]) for key, start, end in zip(keys, starts, ends, strict=True)}


def _require_count(region: Region, measure: str, date: str) -> None:
    if measure not in region.measure_keys:
        raise ContractError(
            f"measure {measure!r} is not in region {region.id!r}; choose one of {', '.join(region.measure_keys)}"
        )
    if region.measure(measure).is_rate:
        raise ContractError(f"measure {measure!r} is a rate and cannot be placed on points; choose a count of people")
    if date not in region.dates:
        raise ContractError(f"date {date!r} is not in region {region.id!r}; choose one of {', '.join(region.dates)}")
