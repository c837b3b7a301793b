"""Residents and recipients: how many live where, how they are doing, and how that moves over twelve years.

Everything is whole people. Rates move slowly and with some luck: what is drawn for one December is
mostly the same people a year later, so the noise has a memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from data.generator.shapes import Floats, Noise

DATES = tuple(f"{year}-12-31" for year in range(2014, 2026))
MEMORY = 0.82  # how much of a year's luck is left in the next

# The town as a whole against its long-run level: a slow fall, the pandemic, the jump of June 2022.
TIDE = np.array([1.015, 1.035, 1.035, 1.015, 0.975, 0.93, 0.96, 0.92, 0.965, 0.98, 0.975, 0.95])
# Ukrainian families came everywhere, and more so where flats were free.
NEWCOMERS = np.array([0, 0, 0, 0, 0, 0, 0, 0, 0.009, 0.0095, 0.009, 0.008])

CROWDED_MOST = 1.5  # no block is denser than this against the average of its quarter

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Folk:
    """What is known about the people of one quarter before they are counted.

    Parameters
    ----------
    residents
        At the latest date.
    growth
        Change of residents in a year.
    under_15, over_limit
        Shares of residents under 15 and at or over pension age.
    share
        Long-run share of recipients of those under pension age.
    path
        Factor on the share at each date, for quarters that go their own way.
    newcomers
        How strongly the jump of 2022 shows here.
    """

    residents: int
    growth: float
    under_15: float
    over_limit: float
    share: float
    path: tuple[float, ...] = (1.0,) * len(DATES)
    newcomers: float = 1.0


def count_people(folk: Mapping[str, Folk], rng: np.random.Generator) -> pd.DataFrame:
    """Return the tidy statistics of all quarters: ``quarter_id, date, measure, value, state``."""
    tables = [_tidy(quarter_id, _counts(person, rng)) for quarter_id, person in folk.items()]
    return pd.concat(tables, ignore_index=True)


def _tidy(quarter_id: str, counts: Mapping[str, Whole]) -> pd.DataFrame:
    wide = pd.DataFrame({"date": DATES, **counts})
    tidy = wide.melt(id_vars="date", var_name="measure", value_name="value")
    tidy.insert(0, "quarter_id", quarter_id)
    tidy["state"] = np.where(tidy["value"] == 0, "true_zero", "value")
    return tidy


def _counts(folk: Folk, rng: np.random.Generator) -> dict[str, Whole]:
    """Return whole numbers of all measures, each a true part of the one it is part of."""
    residents = _residents(folk, rng)
    over = _part(residents, folk.over_limit + np.linspace(-0.006, 0.006, len(DATES)), rng, 0.5)
    under_pension_age = residents - over
    under_15 = np.minimum(_part(residents, folk.under_15, rng, 0.5), under_pension_age)
    rate = np.clip(folk.share * TIDE * np.array(folk.path) + NEWCOMERS * folk.newcomers, 0.002, 0.6)
    recipients = _part(under_pension_age, rate, rng, 0.75)
    age_lean = np.clip((folk.under_15 - 0.135) * 1.1, -0.05, 0.06)
    children = np.minimum(_part(recipients, 0.268 + age_lean, rng, 0.8), under_15)
    others = _part(recipients, 0.028, rng, 0.8)
    employable = np.maximum(recipients - children - others, 0)
    units = np.minimum(_part(recipients, (0.513 - age_lean) * np.ones(len(DATES)), rng, 0.5), employable)
    single = np.minimum(_part(units, 0.18 + age_lean * 0.6, rng, 0.8), np.minimum(children, units))
    return {
        "recipients": recipients,
        "employable": employable,
        "children": children,
        "units": units,
        "single_parent_units": single,
        "residents": residents,
        "residents_under_pension_age": under_pension_age,
        "residents_15_to_pension_age": under_pension_age - under_15,
        "residents_under_15": under_15,
    }


def _residents(folk: Folk, rng: np.random.Generator) -> Whole:
    """Return residents at all dates; the latest is given, the years before lead up to it."""
    years = np.arange(len(DATES)) - (len(DATES) - 1)
    arrivals = np.where(np.arange(len(DATES)) >= 8, 0.0, -0.008 * folk.newcomers)
    luck = _luck(rng) * 0.35 / np.sqrt(max(folk.residents, 1))
    luck -= luck[-1]
    return np.maximum(np.rint(folk.residents * np.exp(folk.growth * years + arrivals + luck)), 1).astype(np.int64)


def _part(whole: Whole, rate: float | Floats, rng: np.random.Generator, spread: float) -> Whole:
    """Return how many of ``whole`` are in the part: the expected number and some luck with a memory."""
    expected = whole * np.asarray(rate)
    deviation = np.sqrt(np.maximum(expected * (1 - np.clip(rate, 0, 1)), 0)) * spread
    return np.clip(np.rint(expected + _luck(rng) * deviation), 0, whole).astype(np.int64)


def _luck(rng: np.random.Generator) -> Floats:
    """Return standard normal noise over the dates in which each year remembers the one before."""
    luck = rng.normal(size=len(DATES))
    for year in range(1, len(DATES)):
        luck[year] = MEMORY * luck[year - 1] + np.sqrt(1 - MEMORY**2) * luck[year]
    return luck


def settle(
    quarter_ids: list[str], shapes: list[BaseGeometry], homes: list[BaseGeometry], residents: list[int], size: float,
    rng: np.random.Generator, origin: tuple[float, float], pull: Noise | None = None, spread: float = 0.3,
) -> pd.DataFrame:  # fmt: skip
    """Spread the residents of each quarter over the grid cells on which its homes stand.

    Parameters
    ----------
    homes
        Built-up ground of each quarter.
    size
        Edge of a cell in metres; cells lie on the national grid, ``x`` and ``y`` are their middles.
    pull
        Noise that makes some blocks denser than others; ``spread`` says how much.

    Returns
    -------
    pandas.DataFrame
        ``x, y, residents, quarter_id``; cells sum to ``residents`` of their quarter.
    """
    tables = []
    for quarter_id, shape, home, people in zip(quarter_ids, shapes, homes, residents, strict=True):
        middles, filled = _home_cells(home, shape, size, origin)
        crowded = np.exp(spread * rng.normal(size=len(filled)) + (pull(middles) if pull else 0.0))
        counts = whole_shares(filled * np.minimum(crowded, CROWDED_MOST), people)
        lived_in = counts > 0
        x, y = middles[lived_in].T + np.array(origin)[:, None]
        tables.append(
            pd.DataFrame({"x": np.rint(x), "y": np.rint(y), "residents": counts[lived_in], "quarter_id": quarter_id})
        )
    return pd.concat(tables, ignore_index=True)


def _home_cells(
    home: BaseGeometry, shape: BaseGeometry, size: float, origin: tuple[float, float]
) -> tuple[Floats, Floats]:
    """Return middles of the cells in a quarter that have homes, and the share of each that is built up."""
    west, south, east, north = home.bounds
    first = [np.floor((low + start) / size) * size - start for low, start in zip((west, south), origin, strict=True)]
    x, y = np.meshgrid(np.arange(first[0], east, size) + size / 2, np.arange(first[1], north, size) + size / 2)
    middles = np.stack([x.ravel(), y.ravel()], axis=1)
    shapely.prepare(home)
    middles = middles[shapely.contains_xy(shape, *middles.T)]
    steps = (np.arange(5) - 2) / 5 * size
    offsets = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    probes = (middles[:, None, :] + offsets[None, :, :]).reshape(-1, 2)
    filled = shapely.contains_xy(home, *probes.T).reshape(len(middles), -1).mean(axis=1)
    has_homes = (filled > 0.2) & shapely.contains_xy(home, *middles.T)
    if not has_homes.any():  # a hamlet between the middles: it goes to the cell that holds most of it
        has_homes[int(np.argmax(filled))] = True
        filled = np.ones(len(filled))
    return middles[has_homes], filled[has_homes]


def whole_shares(weight: Floats, people: int) -> Whole:
    """Share out whole people by weight so that the sum is exact (largest remainders)."""
    exact = weight / weight.sum() * people
    counts = np.floor(exact).astype(np.int64)
    rest = int(people - counts.sum())
    counts[np.argsort(exact - counts)[::-1][:rest]] += 1
    return counts
