"""Who needs how long to the nearest office: by person, by quarter, by district, as a curve.

People stand on points (:mod:`geo.reach.demand`), so every figure here counts people, never points or area. Ways longer
than the limit of the travel times are known to be longer, not how long: they are infinite here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.reach import MINUTES_TOLERANCE
from geo.region.model import Region
from geo.siting.ask.survey import Survey

Floats = NDArray[np.float64]

WORST_SHARE = 0.9


@dataclass(frozen=True)
class Spread:
    """How long people need: infinite where that is beyond the limit of the ways.

    Parameters
    ----------
    people, reached
        All people, and those who need no more than the minutes asked for.
    median, worst
        Minutes within which half of the people, and nine in ten, reach an office.
    """

    people: float
    reached: float
    median: float
    worst: float


def nearest_minutes(survey: Survey, sites: Iterable[int]) -> Floats:
    """Return minutes from each demand point to the nearest of the sites, infinite beyond the limit."""
    times = survey.times.minutes.tocsc()
    nearest = np.full(times.shape[0], np.inf)
    for site in sites:
        span = slice(times.indptr[site], times.indptr[site + 1])
        rows = times.indices[span]
        nearest[rows] = np.minimum(nearest[rows], times.data[span])
    return nearest


def offices_open(survey: Survey) -> list[int]:
    """Return the sites at which an office works today."""
    return [int(site) for site in np.flatnonzero(survey.places["is_office"])]


def weighted_quantile(values: Floats, weights: Floats, share: float) -> float:
    """Return the least value within which at least ``share`` of the weight lies; NaN without weight."""
    if not weights.sum() > 0:
        return float("nan")
    # Weights that add up to exactly the share may fall short of it by rounding.
    return float(np.quantile(values, share * (1 - 1e-12), weights=weights, method="inverted_cdf"))


def spread(minutes: Floats, people: Floats, within: float) -> Spread:
    """Return how long people need, and how many no more than ``within`` minutes."""
    reached = float(people[minutes <= within + MINUTES_TOLERANCE].sum())
    return Spread(
        people=float(people.sum()),
        reached=reached,
        median=weighted_quantile(minutes, people, 0.5),
        worst=weighted_quantile(minutes, people, WORST_SHARE),
    )


def people_by_minutes(minutes: Floats, people: Floats, up_to: int) -> Floats:
    """Return people who need at most 0, 1, ... ``up_to`` minutes, shape (up_to + 1,)."""
    whole = np.ceil(np.clip(minutes, 0, up_to + 1) - MINUTES_TOLERANCE).astype(np.int64)
    counts = np.bincount(np.clip(whole, 0, up_to + 1), weights=people, minlength=up_to + 2)
    return np.asarray(np.cumsum(counts)[: up_to + 1], dtype=np.float64)


def by_quarter(region: Region, survey: Survey, minutes: Floats, within: float) -> pd.DataFrame:
    """Return who is beyond ``within`` minutes, one row per quarter of the region.

    Returns
    -------
    DataFrame
        Index ``quarter_id``; ``people``, ``beyond`` (exact, not for showing), ``share_beyond`` (percent), ``median``
        (minutes) and ``state`` of the count: figures are NaN where it is withheld, missing or zero.
    """
    demand = survey.demand
    points = pd.DataFrame(
        {
            "quarter_id": demand.quarter_ids,
            "people": demand.people,
            "beyond": np.where(minutes <= within + MINUTES_TOLERANCE, 0.0, demand.people),
        }
    )
    sums = points.groupby("quarter_id")[["people", "beyond"]].sum()
    table = sums.reindex(region.quarters.index.astype(str))
    table["share_beyond"] = 100 * table["beyond"] / table["people"]
    table["median"] = medians(demand.quarter_ids, minutes, demand.people).reindex(table.index)
    table["state"] = region.values_of(demand.measure, demand.date)["state"].to_numpy()
    return table


def by_district(region: Region, survey: Survey, minutes: Floats, within: float) -> pd.DataFrame:
    """Return the same by district; empty where quarters belong to none."""
    demand = survey.demand
    district = region.quarters["district"].astype(str)
    named = district.reindex(pd.Index(demand.quarter_ids)).to_numpy(dtype=object)
    is_named = np.array([bool(name) for name in named], dtype=bool)
    people = demand.people[is_named]
    beyond = np.where(minutes[is_named] <= within + MINUTES_TOLERANCE, 0.0, people)
    points = pd.DataFrame({"district": named[is_named], "people": people, "beyond": beyond})
    table = points.groupby("district")[["people", "beyond"]].sum()
    table["share_beyond"] = 100 * table["beyond"] / table["people"]
    table["median"] = medians(named[is_named], minutes[is_named], people).reindex(table.index)
    return table


def medians(keys: NDArray[np.object_], minutes: Floats, people: Floats) -> pd.Series[float]:
    """Return the median minutes of people by key."""
    groups = pd.Series(np.arange(len(keys))).groupby(pd.Series(keys, dtype=object)).indices
    return pd.Series(
        {str(key): weighted_quantile(minutes[rows], people[rows], 0.5) for key, rows in groups.items()}, dtype=float
    )
