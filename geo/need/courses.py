"""The table behind lasting need: an indicator over all dates, judged by a rule.

Kept apart from :mod:`geo.need.persistence`, which holds the rule and the formulas.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from geo.findings import Finding, note
from geo.need.persistence import (
    Flags,
    LastingRule,
    Numbers,
    Persistence,
    Trends,
    course_of,
    date_findings,
    lasting,
    sudden_rises,
    trend_lines,
    upper_limit_held,
    volatility,
)

if TYPE_CHECKING:
    import pandas as pd

    from geo.need.indicators import Indicator
    from geo.region.model import Region

COLUMNS = (
    "value",
    "dates_in_upper",
    "dates_above",
    "dates_met",
    "dates_known",
    "lasting",
    "standing",
    "course",
    "slope",
    "slope_low",
    "slope_high",
    "relative_slope",
    "relative_slope_low",
    "relative_slope_high",
    "direction",
    "volatility",
    "cause",
    "hint",
    "hint_date",
)
_DAYS_A_YEAR = 365.25
_SCALES = {"percent": 100.0, "per_1000": 1000.0}


@dataclass(frozen=True, eq=False)
class Gathered:
    """Values, counts and lower bounds of an indicator, quarters × dates, NaN where not published."""

    quarter_ids: tuple[str, ...]
    dates: tuple[str, ...]
    value: Numbers
    numerator: Numbers
    denominator: Numbers
    low: Numbers

    def at(self, dates: tuple[str, ...]) -> Gathered:
        """Return the same for some of the dates."""
        places = [self.dates.index(date) for date in dates]
        parts = (part[:, places] for part in (self.value, self.numerator, self.denominator, self.low))
        return Gathered(self.quarter_ids, dates, *parts)


@dataclass(frozen=True, eq=False)
class _Flags:
    """Quarters × dates, 1 yes, 0 no, -1 not known: in the upper class, above the reference, meeting the rule."""

    in_upper: Flags
    above: Flags
    met: Flags


def gathered(region: Region, indicator: Indicator, dates: tuple[str, ...]) -> Gathered:
    """Return an indicator over dates, oldest first."""
    from geo.need.indicators import indicator_values

    ordered = tuple(sorted(set(dates)))
    tables = [indicator_values(region, indicator, date) for date in ordered]

    def column(name: str) -> Numbers:
        if not tables:
            return np.empty((len(region.quarters), 0))
        return np.column_stack([table[name].to_numpy(np.float64) for table in tables])

    keys = tuple(str(key) for key in region.quarters.index)
    value = column("value")
    is_shown = np.isfinite(value)
    counts = [np.where(is_shown, column(name), np.nan) for name in ("numerator", "denominator", "low")]
    return Gathered(keys, ordered, value, *counts)


def judged(
    region_id: str,
    indicator: Indicator,
    table: Gathered,
    rule: LastingRule,
    causes: Mapping[str, str],
    *,
    without_marked: bool,
) -> Persistence:
    """Return lasting need from a gathered table; see :func:`geo.need.persistence`."""
    known = {date: int(np.isfinite(table.value[:, place]).sum()) for place, date in enumerate(table.dates)}
    ever = int(np.isfinite(table.value).any(axis=1).sum())
    used, findings, code = date_findings(table.dates, known, ever, rule.dates_needed)
    table = table.at(used)
    is_marked = np.array([causes.get(key, "none") != "none" for key in table.quarter_ids], dtype=bool)
    counts = ~is_marked if without_marked else np.ones(len(is_marked), dtype=bool)
    limit = rule.upper_limit
    if limit is None and used:
        limit = upper_limit_held(table.value[counts], rule.upper_share, 0 if indicator.unit == "count" else 1)
        code = code or ("all_equal" if limit is None else None)
    reference, kind = _reference(indicator, table, counts)
    window = used[-rule.dates_looked_at :]
    if code is None and len(window) < rule.dates_looked_at:
        findings += (note("window_shortened", dates=len(window), wanted=rule.dates_looked_at),)
    if rule.needs_lower_bound and used and not np.isfinite(table.low).any():
        findings += (note("lower_bound_not_possible", indicator=indicator.key),)
    flags = _flags(table, rule, limit, reference)
    return Persistence(
        region_id=region_id,
        indicator_key=indicator.key,
        rule=rule,
        causes=causes,
        is_without_marked=without_marked,
        dates=used,
        window=window,
        upper_limit=limit,
        reference={date: float(one) for date, one in zip(used, reference, strict=True)},
        reference_kind=kind,
        met=_frame(table.quarter_ids, dict(zip(used, flags.met.T, strict=True))),
        quarters=_with_rule(_quarters(indicator, table, rule, reference, causes), flags, rule, len(window), code),
        findings=findings,
        reason=_reason(code, indicator, rule, len(used)),
    )


def _flags(table: Gathered, rule: LastingRule, limit: float | None, reference: Numbers) -> _Flags:
    is_known, has_low = np.isfinite(table.value), np.isfinite(table.low)
    in_upper = table.value > (np.inf if limit is None else limit)
    above = table.low > reference
    met = in_upper & (above | ~has_low) if rule.needs_lower_bound else in_upper
    return _Flags(
        in_upper=np.where(is_known, in_upper, -1).astype(np.int8),
        above=np.where(has_low, above, -1).astype(np.int8),
        met=np.where(is_known & (limit is not None), met, -1).astype(np.int8),
    )


def _reference(indicator: Indicator, table: Gathered, counts: npt.NDArray[np.bool_]) -> tuple[Numbers, str]:
    value, above, below = (part[counts] for part in (table.value, table.numerator, table.denominator))
    if indicator.denominator is not None:
        return _SCALES.get(indicator.unit, 1.0) * np.nansum(above, axis=0) / np.nansum(below, axis=0), "region"
    number = np.isfinite(value).sum(axis=0)
    return np.nansum(value, axis=0) / np.maximum(number, 1), "mean_of_quarters"


def _quarters(
    indicator: Indicator, table: Gathered, rule: LastingRule, reference: Numbers, causes: Mapping[str, str]
) -> pd.DataFrame:
    """Return the columns that stand on the numbers alone."""
    own, relative = _trends(indicator, table, rule, reference)
    hints = _hints(indicator, table, rule, reference)
    columns: dict[str, Any] = {
        "value": table.value[:, -1] if table.dates else np.full(len(table.quarter_ids), np.nan),
        "slope": own.slope,
        "slope_low": own.low,
        "slope_high": own.high,
        "relative_slope": relative.slope,
        "relative_slope_low": relative.low,
        "relative_slope_high": relative.high,
        "direction": _directions(relative, rule.least_trend * float(reference[-1]) if len(reference) else 0.0),
        "volatility": volatility(table.value - reference),
        "cause": [causes.get(key) for key in table.quarter_ids],
        "hint": ["single_cause_possible" if place >= 0 else None for place in hints],
        "hint_date": [table.dates[place] if place >= 0 else None for place in hints],
    }
    return _frame(table.quarter_ids, columns)


def _with_rule(
    quarters: pd.DataFrame, flags: _Flags, rule: LastingRule, dates_in_window: int, code: str | None
) -> pd.DataFrame:
    """Return the columns with those that the rule decides."""
    window = flags.met[:, flags.met.shape[1] - dates_in_window :]
    patterns = [tuple(int(one) for one in row) for row in window]
    says = ["unknown" if code else lasting(row, rule.dates_needed) for row in patterns]
    judged_by = zip(says, quarters["cause"], quarters["hint"], strict=True)
    out = quarters.assign(
        dates_in_upper=(flags.in_upper == 1).sum(axis=1),
        dates_above=(flags.above == 1).sum(axis=1),
        dates_met=(window == 1).sum(axis=1),
        dates_known=(window >= 0).sum(axis=1),
        lasting=says,
        standing=[_standing(*one) for one in judged_by],
        course=["unknown" if code else course_of(row, rule.dates_needed) for row in patterns],
    )
    return out[list(COLUMNS)]


def _trends(indicator: Indicator, table: Gathered, rule: LastingRule, reference: Numbers) -> tuple[Trends, Trends]:
    years = np.array([dt.date.fromisoformat(date).toordinal() / _DAYS_A_YEAR for date in table.dates], dtype=np.float64)
    weights = floor = None
    if indicator.denominator is not None:
        weights = table.denominator
        share = np.nansum(table.numerator, axis=1) / np.maximum(np.nansum(table.denominator, axis=1), 1e-300)
        floor = _SCALES.get(indicator.unit, 1.0) ** 2 * share * (1 - share)
    own, relative = (
        trend_lines(values, years, weights=weights, least_variance=floor, confidence=rule.confidence)
        for values in (table.value, table.value - reference)
    )
    return own, relative


def _hints(indicator: Indicator, table: Gathered, rule: LastingRule, reference: Numbers) -> npt.NDArray[np.intp]:
    if indicator.denominator is None or len(table.dates) < 2:
        return np.full(len(table.quarter_ids), -1, dtype=np.intp)
    least = rule.least_jump * reference[1:] / _SCALES.get(indicator.unit, 1.0)
    return sudden_rises(table.numerator, table.denominator, np.maximum(least, 1e-9))


def _directions(trends: Trends, least: float) -> list[str]:
    kinds = np.select(
        [
            ~np.isfinite(trends.slope),
            (trends.low > 0) & (trends.slope >= least),
            (trends.high < 0) & (trends.slope <= -least),
        ],
        ["unknown", "rising", "falling"],
        "no_clear_trend",
    )
    return [str(kind) for kind in kinds]


def _standing(says: str, cause: str | None, hint: str | None) -> str:
    if says != "yes":
        return "not_lasting" if says == "no" else "unknown"
    if isinstance(cause, str):
        return "lasting" if cause == "none" else "lasting_single_cause"
    return "lasting_to_check" if isinstance(hint, str) else "lasting"


def _reason(code: str | None, indicator: Indicator, rule: LastingRule, dates: int) -> Finding | None:
    if code is None:
        return None
    return note(code, indicator=indicator.key, dates=dates, needed=max(rule.dates_needed, 2))


def _frame(quarter_ids: tuple[str, ...], columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return a table by quarter: numbers that are not known are NA, texts None, and nothing is NaN."""
    import pandas as pd

    index = pd.Index(quarter_ids, name="quarter_id")
    told = {name: pd.Series(one, index, object) if isinstance(one, list) else one for name, one in columns.items()}
    out = pd.DataFrame(told, index=index)
    for name in out.columns[[kind.kind == "f" for kind in out.dtypes]]:
        numbers = out[name].to_numpy(np.float64)
        out[name] = pd.arrays.FloatingArray(np.where(np.isfinite(numbers), numbers, 0.0), ~np.isfinite(numbers))
    return out
