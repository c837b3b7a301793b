"""How far recipients are concentrated in few quarters: shares, Lorenz curve, Gini, dissimilarity, isolation.

The measures themselves are in :mod:`geo.need.evenness`; :func:`concentration` asks them of a region. Quarters that
are withheld or missing are left out and named, and where a measure cannot be said a finding says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from geo.findings import Finding, note
from geo.need.evenness import (
    Dissimilarity,
    Holding,
    Numbers,
    TopShare,
    dissimilarity_range,
    gini,
    gini_residents,
    holding,
    isolation,
    location_quotients,
    lorenz_points,
    top_share,
)
from geo.region import STATES_WITH_NUMBER

if TYPE_CHECKING:
    import pandas as pd

    from geo.need.indicators import Indicator
    from geo.region.model import Region

RESIDENT_SHARES = (0.1, 0.2, 0.5)
UNIT_SIZE_RATIO = 1.25
"""Regions whose quarters differ by more than this factor in mean residents are not compared."""


@dataclass(frozen=True)
class UnitSize:
    """Size of the quarters a value was computed on; every measure of concentration depends on it."""

    units: int
    mean_residents: float
    median_residents: float


@dataclass(frozen=True)
class LeftOut:
    """A quarter that is not part of a measure, and its cell state, ``no_population`` or ``part_larger_than_whole``."""

    quarter_id: str
    state: str


@dataclass(frozen=True, eq=False)
class Concentration:
    """Concentration of an indicator at one date. Measures are None where ``reason`` says why they cannot be said.

    Parameters
    ----------
    region_id, indicator_key, date
        What was asked.
    unit_size
        Number and size of the quarters that counted; compare only via :func:`comparable`.
    left_out
        Quarters that did not count: withheld, missing, without population.
    reason
        Finding with the code why nothing (or not everything) can be said.
    recipients, residents, rate
        Sums over the quarters that counted; ``rate`` is their quotient, 0 to 1.
    top, half
        Shares to say in a sentence.
    lorenz
        Cumulated shares of residents and of recipients, lowest share first, from (0, 0) to (1, 1).
    gini
        Recipients against all other residents (Massey and Denton 1988).
    gini_residents
        Recipients against all residents: twice the area between ``lorenz`` and the diagonal.
    dissimilarity, isolation
        See :func:`dissimilarity_range` and :func:`isolation`.
    quotients
        Location quotient per quarter that counted, index ``quarter_id``.
    """

    region_id: str
    indicator_key: str
    date: str
    unit_size: UnitSize | None
    left_out: tuple[LeftOut, ...]
    reason: Finding | None = None
    recipients: float | None = None
    residents: float | None = None
    rate: float | None = None
    top: tuple[TopShare, ...] = ()
    half: Holding | None = None
    lorenz: tuple[tuple[float, float], ...] = ()
    gini: float | None = None
    gini_residents: float | None = None
    dissimilarity: Dissimilarity | None = None
    isolation: float | None = None
    quotients: pd.Series[float] | None = None


def unit_size(totals: npt.ArrayLike) -> UnitSize:
    """Return number and size of the quarters with these populations."""
    whole = np.asarray(totals, dtype=np.float64)
    return UnitSize(len(whole), float(whole.mean()), float(np.median(whole)))


def counted_quarters(values: pd.DataFrame, *, needs_counts: bool) -> tuple[pd.DataFrame, tuple[LeftOut, ...]]:
    """Return the quarters whose numbers may be used, and the others with their state.

    Parameters
    ----------
    values
        As :func:`geo.need.indicator_values` returns them.
    needs_counts
        Whether numerator and denominator have to be there, with a denominator above zero.
    """
    usable = values["state"].isin(STATES_WITH_NUMBER) & values["value"].notna()
    state = values["state"].astype(str).to_dict()
    if needs_counts:
        has_people = values["numerator"].notna() & (values["denominator"] > 0)
        state |= dict.fromkeys(values.index[usable & ~has_people], "no_population")
        usable &= has_people
        too_many = values["numerator"] > values["denominator"]
        state |= dict.fromkeys(values.index[usable & too_many], "part_larger_than_whole")
        usable &= ~too_many
    others = tuple(LeftOut(str(key), state[key]) for key in values.index[~usable])
    return values[usable], others


def measure_concentration(
    region: Region,
    indicator: Indicator,
    date: str,
    *,
    resident_shares: Sequence[float] = RESIDENT_SHARES,
    draws: int | None = None,
    seed: int = 0,
) -> Concentration:
    """Return all measures of concentration of an indicator at one date.

    Codes of ``reason``: ``reference_needed`` (a count alone or a ready-made rate: no
    people to add up among others), ``nothing_published``,
    ``too_few_quarters`` (fewer than two), ``group_empty`` (no recipient at all), ``group_everybody``.
    """
    import pandas as pd

    from geo.need.indicators import indicator_values

    values = indicator_values(region, indicator, date)
    asked: dict[str, Any] = {"region_id": region.id, "indicator_key": indicator.key, "date": date}
    about = {"indicator": indicator.key, "date": date}
    if indicator.denominator is None:
        return Concentration(**asked, unit_size=None, left_out=(), reason=note("reference_needed", **about))
    used, left_out = counted_quarters(values, needs_counts=True)
    counts, totals = used["numerator"].to_numpy(np.float64), used["denominator"].to_numpy(np.float64)
    size = unit_size(totals) if len(used) else None
    code = _obstacle(counts, totals)
    if code is not None:
        return Concentration(**asked, unit_size=size, left_out=left_out, reason=note(code, **about))
    return Concentration(
        **asked,
        unit_size=size,
        left_out=left_out,
        recipients=float(counts.sum()),
        residents=float(totals.sum()),
        rate=float(counts.sum() / totals.sum()),
        top=tuple(top_share(counts, totals, share) for share in resident_shares),
        half=holding(counts, totals),
        lorenz=tuple((float(x), float(y)) for x, y in zip(*lorenz_points(counts, totals), strict=True)),
        gini=gini(counts, totals),
        gini_residents=gini_residents(counts, totals),
        dissimilarity=dissimilarity_range(counts, totals, draws=draws, seed=seed),
        isolation=isolation(counts, totals),
        quotients=pd.Series(location_quotients(counts, totals), index=used.index, name="location_quotient"),
    )


def comparable(one: Concentration, other: Concentration) -> Finding | None:
    """Return None if two values may be set side by side, else the finding that says why not.

    Codes: ``indicator_differs``; ``cannot_be_said`` (one of them has no value); ``unit_size_differs``: the mean
    number of residents per quarter differs by more than a factor of :data:`UNIT_SIZE_RATIO`. Smaller quarters
    give higher dissimilarity, Gini and isolation for the same town.
    """
    if one.indicator_key != other.indicator_key:
        return note("indicator_differs", one=one.indicator_key, other=other.indicator_key)
    if one.unit_size is None or other.unit_size is None or one.rate is None or other.rate is None:
        return note("cannot_be_said", one=one.region_id, other=other.region_id)
    sizes = one.unit_size.mean_residents, other.unit_size.mean_residents
    if max(sizes) > UNIT_SIZE_RATIO * min(sizes):
        return note(
            "unit_size_differs",
            one=one.region_id,
            other=other.region_id,
            one_size=round(sizes[0]),
            other_size=round(sizes[1]),
        )
    return None


def _obstacle(counts: Numbers, totals: Numbers) -> str | None:
    """Return the code why concentration cannot be said of these numbers, or None."""
    if not len(counts):
        return "nothing_published"
    if len(counts) < 2:
        return "too_few_quarters"
    if counts.sum() <= 0:
        return "group_empty"
    return "group_everybody" if counts.sum() >= totals.sum() else None
