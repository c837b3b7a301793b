"""Indicators: what is divided by what, in which unit, and what must be said of it.

The catalogue is data. Values carry the state of their cells: a rate whose numerator or denominator is
withheld is withheld, and nothing missing becomes zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import ContractError
from geo.need.stability import difference_interval, wilson_interval
from geo.region import STATES_WITH_NUMBER, ValueState

if TYPE_CHECKING:
    from geo.region.model import Region

UNCERTAIN_WIDTH = 0.5
"""An interval wider than this part of the value marks the value as uncertain."""

SCALES = {"percent": 100.0, "per_1000": 1000.0, "count": 1.0}
_VALUE_COLUMNS = ["numerator", "denominator", "value", "state", "low", "high", "is_uncertain"]


@dataclass(frozen=True)
class Indicator:
    """One way to look at need.

    Parameters
    ----------
    key
        Name in code, links and catalogues; labels are under ``indicator.<key>.label``.
    numerator
        Measure that is counted, or a ready-made rate if ``denominator`` is None.
    denominator
        Measure it is counted among, or None.
    unit
        ``percent``, ``per_1000`` or ``count``.
    reference
        Population that the value speaks of, a measure key; empty where unknown.
    caveat
        Catalogue key of what must be said beside the value, or None.
    label
        Names by language, for a region's own indicators.
    """

    key: str
    numerator: str
    denominator: str | None = None
    unit: str = "percent"
    reference: str = ""
    caveat: str | None = None
    label: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def is_ready_made(self) -> bool:
        """Tell whether the region brings the rate itself, without counts."""
        return self.denominator is None and self.unit != "count"


CATALOGUE: tuple[Indicator, ...] = (
    Indicator("share_of_residents", "recipients", "residents", reference="residents"),
    Indicator(
        "sgb2_rate",
        "recipients",
        "residents_under_pension_age",
        reference="residents_under_pension_age",
        caveat="indicator.sgb2_rate.caveat",
    ),
    Indicator(
        "employable_rate",
        "employable",
        "residents_15_to_pension_age",
        reference="residents_15_to_pension_age",
        caveat="indicator.employable_rate.caveat",
    ),
    Indicator(
        "child_rate",
        "children",
        "residents_under_15",
        reference="residents_under_15",
        caveat="indicator.child_rate.caveat",
    ),
    Indicator(
        "single_parent_share",
        "single_parent_units",
        "units",
        reference="units",
        caveat="indicator.single_parent_share.caveat",
    ),
    Indicator("recipients", "recipients", unit="count", reference="recipients"),
)


@dataclass(frozen=True)
class RegionValue:
    """An indicator over a whole region: quarters with a number only, and how many were left out and why.

    ``value``, ``numerator`` and ``denominator`` are NaN where no quarter has a number, and for ready-made
    rates, which cannot be added.
    """

    value: float
    numerator: float
    denominator: float
    quarters_counted: int
    quarters_withheld: int
    quarters_missing: int


def indicators_of(region: Region) -> tuple[Indicator, ...]:
    """Return the indicators that a region has the measures for, then its ready-made rates.

    Where there are none its counts stand for them, e.g. residents alone.
    """
    have = set(region.measure_keys)
    computed = [
        indicator
        for indicator in CATALOGUE
        if indicator.numerator in have and (indicator.denominator is None or indicator.denominator in have)
    ]
    ready = [
        Indicator(measure.key, measure.key, unit=measure.unit, reference=measure.part_of or "", label=measure.label)
        for measure in region.measures
        if measure.is_rate
    ]
    return (*computed, *ready) or tuple(
        Indicator(one.key, one.key, unit="count", reference=one.key, label=one.label) for one in region.measures
    )


def indicator_named(region: Region, key: str) -> Indicator:
    """Return an indicator of a region by key.

    Raises
    ------
    ContractError
        If the region has no such indicator; the message names those it has.
    """
    found = {indicator.key: indicator for indicator in indicators_of(region)}
    if key not in found:
        raise ContractError(f"{region.id} has no indicator {key}; it has {', '.join(found) or 'none'}")
    return found[key]


def indicator_values(region: Region, indicator: Indicator, date: str) -> pd.DataFrame:
    """Return an indicator for every quarter at one date.

    Returns
    -------
    DataFrame
        Index ``quarter_id`` in the order of the region. ``numerator``, ``denominator``: counts or NaN.
        ``value``, ``low``, ``high``: in the indicator's unit or NaN; the Wilson range at 95 % where there
        are counts. ``state``: a :class:`ValueState`. ``is_uncertain``: the range is wider than half the value.
    """
    counted = region.values_of(indicator.numerator, date)
    out = pd.DataFrame({"numerator": counted["value"], "state": counted["state"]}, index=region.quarters.index)
    if indicator.denominator is None:
        out["denominator"] = np.nan
        out["value"], out["low"], out["high"] = out["numerator"], np.nan, np.nan
        if indicator.is_ready_made:
            out["numerator"] = np.nan
    else:
        among = region.values_of(indicator.denominator, date)
        out["denominator"] = among["value"]
        out["state"] = _combined(counted["state"], among["state"], among["value"])
        scale = SCALES[indicator.unit]
        low, high = wilson_interval(out["numerator"], out["denominator"])
        with np.errstate(divide="ignore", invalid="ignore"):
            out["value"] = scale * out["numerator"] / out["denominator"].where(out["denominator"] > 0)
        out["low"], out["high"] = scale * low, scale * high
    has_number = out["state"].isin(STATES_WITH_NUMBER)
    out.loc[~has_number, ["value", "low", "high"]] = np.nan
    out.loc[out["state"] == ValueState.SUPPRESSED.value, "numerator"] = np.nan
    width = out["high"] - out["low"]
    out["is_uncertain"] = (width > UNCERTAIN_WIDTH * out["value"]).fillna(value=False).astype(bool)
    return out[_VALUE_COLUMNS]


def region_value(region: Region, indicator: Indicator, date: str) -> RegionValue:
    """Return an indicator over the quarters that may be shown.

    Quarters without a number count neither above nor below the line, so the value is that of the rest:
    nothing of a withheld quarter can be had from it.
    """
    values = indicator_values(region, indicator, date)
    shown = values["value"].notna()
    withheld = int((values["state"] == ValueState.SUPPRESSED.value).sum())
    counted = int(shown.sum())
    missing = len(values) - counted - withheld
    if not counted or indicator.is_ready_made:
        return RegionValue(math.nan, math.nan, math.nan, counted, withheld, missing)
    above = float(values.loc[shown, "numerator"].sum())
    if indicator.denominator is None:
        return RegionValue(above, above, math.nan, counted, withheld, missing)
    below = float(values.loc[shown, "denominator"].sum())
    value = SCALES[indicator.unit] * above / below if below > 0 else math.nan
    return RegionValue(value, above, below, counted, withheld, missing)


def group_values(region: Region, indicator: Indicator, quarter_ids: Iterable[str], date: str) -> pd.Series[Any]:
    """Return an indicator for several quarters taken as one.

    Returns
    -------
    Series
        The columns of :func:`indicator_values`. Withheld if any quarter is withheld: a sum with one hidden
        part, less the parts that are shown, would give it away. Missing if any is missing.

    Raises
    ------
    ContractError
        If no quarter is named, one is unknown, or the indicator is a ready-made rate.
    """
    keys = list(dict.fromkeys(quarter_ids))
    unknown = [key for key in keys if key not in region.quarters.index]
    if not keys or unknown:
        raise ContractError(f"quarters {unknown or keys} are not in {region.id}; name at least one that is")
    if indicator.is_ready_made:
        raise ContractError(f"{indicator.key} is a ready-made rate and cannot be added up over quarters")
    part = indicator_values(region, indicator, date).loc[keys]
    states = set(part["state"])
    lacking = next((state for state in _NO_NUMBER if state.value in states), None)
    out: dict[str, Any] = dict.fromkeys(_VALUE_COLUMNS, np.nan)
    out["is_uncertain"] = False
    if lacking is not None:
        out["state"] = lacking.value
        return pd.Series(out)
    above = float(part["numerator"].sum())
    below = float(part["denominator"].sum()) if indicator.denominator else math.nan
    out["numerator"], out["denominator"] = above, below
    out["state"] = ValueState.PERTURBED.value if ValueState.PERTURBED.value in states else ValueState.VALUE.value
    if indicator.denominator is None:
        out["value"] = above
        return pd.Series(out)
    scale = SCALES[indicator.unit]
    low, high = wilson_interval(above, below)
    out["value"], out["low"], out["high"] = scale * above / below, scale * float(low), scale * float(high)
    out["is_uncertain"] = bool(out["high"] - out["low"] > UNCERTAIN_WIDTH * out["value"])
    return pd.Series(out)


def change_values(region: Region, indicator: Indicator, date_from: str, date_to: str) -> pd.DataFrame:
    """Return the change of an indicator between two dates for every quarter.

    Returns
    -------
    DataFrame
        Index ``quarter_id``; ``value``: later minus earlier, percentage points for percent, else the
        indicator's unit; ``low``, ``high``: Newcombe's interval where both ends have one; ``state``: withheld
        or missing if either end is; ``numerator``, ``denominator`` NaN; ``is_uncertain``: the interval holds zero.
    """
    before = indicator_values(region, indicator, date_from)
    after = indicator_values(region, indicator, date_to)
    out = pd.DataFrame(index=after.index)
    out["value"] = after["value"] - before["value"]
    out["low"], out["high"] = difference_interval(
        (before["low"], before["value"], before["high"]), (after["low"], after["value"], after["high"])
    )
    out["state"] = _worse(before["state"], after["state"])
    out["numerator"], out["denominator"] = np.nan, np.nan
    out["is_uncertain"] = ((out["low"] <= 0) & (out["high"] >= 0)).astype(bool)
    return out[_VALUE_COLUMNS]


def trend(region: Region, indicator: Indicator, quarter_id: str) -> pd.DataFrame:
    """Return an indicator of one quarter at every date, beside that of the region.

    Returns
    -------
    DataFrame
        Index date (ISO, oldest first); ``value``, ``low``, ``high``, ``state`` of the quarter, ``region_value``.
    """
    if quarter_id not in region.quarters.index:
        raise ContractError(f"quarter {quarter_id} is not in {region.id}")
    rows = []
    for date in region.dates:
        row = indicator_values(region, indicator, date).loc[quarter_id, ["value", "low", "high", "state"]].to_dict()
        rows.append({**row, "region_value": region_value(region, indicator, date).value})
    return pd.DataFrame(rows, index=pd.Index(region.dates, name="date"))


_NO_NUMBER = (ValueState.SUPPRESSED, ValueState.MISSING, ValueState.NOT_APPLICABLE)


def _worse(first: pd.Series, second: pd.Series) -> NDArray[np.str_]:
    """Return the state of what is made from two values: withheld before missing before a number."""
    order = [state.value for state in (*_NO_NUMBER, ValueState.PERTURBED)]
    return np.select([(first == state) | (second == state) for state in order], order, ValueState.VALUE.value)


def _combined(counted: pd.Series, among: pd.Series, total: pd.Series) -> NDArray[np.str_]:
    state = _worse(counted, among)
    is_zero = (state == ValueState.VALUE.value) & (counted == ValueState.TRUE_ZERO.value)
    state = np.where(is_zero, ValueState.TRUE_ZERO.value, state)
    # Nobody to count among: the share does not exist, which is something else than zero.
    return np.where((total == 0) & np.isin(state, STATES_WITH_NUMBER), ValueState.NOT_APPLICABLE.value, state)
