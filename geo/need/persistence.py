"""Where need lasts: how often a quarter is among the highest, since when, in which direction, and why perhaps.

The rule "at least k of the latest n dates" is this product's own definition: there is no national threshold. It
is therefore a value that can be changed (:class:`LastingRule`) and says so itself. The formulas are in
:mod:`geo.need.courses`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from geo.errors import ContractError
from geo.findings import Finding, note
from geo.need.courses import (
    Numbers,
    Trends,
    course_of,
    date_findings,
    directions,
    lasting,
    sudden_rises,
    trend_lines,
    upper_limit_held,
    volatility,
)
from geo.need.indicators import SCALES, Indicator, indicator_values

if TYPE_CHECKING:
    import pandas as pd

    from geo.region.model import Region

Flags = npt.NDArray[np.int8]

STANDINGS = ("lasting", "lasting_single_cause", "lasting_to_check", "not_lasting", "unknown")
CAUSES = ("shelter", "student_residence", "other", "none")
"""Causes a user may mark; ``none`` says that the quarter was looked at and no single cause was found."""


@dataclass(frozen=True)
class LastingRule:
    """When need counts as lasting: a definition of this product, to be changed by who uses it.

    Parameters
    ----------
    dates_needed, dates_looked_at
        At least ``dates_needed`` (k) of the latest ``dates_looked_at`` (n) dates.
    upper_limit
        A quarter is among the highest above this value (indicator's unit); None: the limit of the upper
        ``upper_share`` of all values of all dates, one limit for all dates.
    upper_share
        Part of the values above the limit where ``upper_limit`` is None.
    needs_lower_bound
        Whether the lower Wilson bound must lie above the region's value as well.
    confidence
        Of Wilson bounds and trend intervals.
    least_trend
        A trend counts as rising or falling from this change per year, as a part of the region's value.
    least_jump
        A rise from one date to the next by this part of the region's value may have a single cause.
    is_own_definition
        Always true: no authority sets this rule.
    """

    dates_needed: int = 4
    dates_looked_at: int = 5
    upper_limit: float | None = None
    upper_share: float = 0.2
    needs_lower_bound: bool = True
    confidence: float = 0.95
    least_trend: float = 0.02
    least_jump: float = 0.5
    is_own_definition: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.dates_needed <= self.dates_looked_at:
            raise ContractError(
                f"dates_needed {self.dates_needed} is not within 1 and dates_looked_at {self.dates_looked_at}"
            )
        if not (0 < self.upper_share < 1 and 0 < self.confidence < 1):
            raise ContractError("upper_share and confidence must lie between 0 and 1")
        if not (self.least_trend >= 0 and self.least_jump > 0):
            raise ContractError("least_trend must not be below 0, least_jump must be above 0")


@dataclass(frozen=True, eq=False)
class Persistence:
    """Lasting need of one indicator.

    Parameters
    ----------
    region_id, indicator_key, rule, causes, is_without_marked
        What was asked; with ``is_without_marked`` the marked quarters take part in neither limit nor reference.
    dates, window
        Dates that counted, oldest first, and those the rule looks at.
    upper_limit
        Limit of the upper class, held over all dates, or None.
    reference, reference_kind
        Per date what quarters are compared with: ``region`` (sums over quarters with a number) or
        ``mean_of_quarters`` (ready-made rates, unweighted).
    met
        Quarters × dates: 1 the rule's condition is met, 0 not, -1 not known (withheld or missing).
    quarters
        Index ``quarter_id``; numbers that are not known are NA, texts None. ``value`` (latest date);
        ``dates_in_upper``, ``dates_above`` (lower bound above the reference); ``dates_met`` and ``dates_known`` in the
        window; ``lasting`` (yes, no, unknown); ``standing`` (:data:`STANDINGS`); ``course`` (:data:`COURSES`);
        ``slope``, ``slope_low``, ``slope_high`` (units a year); ``relative_slope`` with ``_low``, ``_high`` (the same,
        of the distance to the reference); ``direction`` (:data:`DIRECTIONS`, of the relative slope); ``volatility``;
        ``cause`` (marked); ``hint`` and ``hint_date`` (a single cause is possible).
    findings
        What was left out or shortened.
    reason
        Why nothing can be said, or None.
    """

    region_id: str
    indicator_key: str
    rule: LastingRule
    causes: Mapping[str, str]
    is_without_marked: bool
    dates: tuple[str, ...]
    window: tuple[str, ...]
    upper_limit: float | None
    reference: Mapping[str, float]
    reference_kind: str
    met: pd.DataFrame
    quarters: pd.DataFrame
    findings: tuple[Finding, ...]
    reason: Finding | None = None


def find_persistence(
    region: Region,
    indicator: Indicator,
    dates: Sequence[str] | None = None,
    *,
    rule: LastingRule | None = None,
    causes: Mapping[str, str] | None = None,
    without_marked: bool = False,
) -> Persistence:
    """Return where need lasts.

    Parameters
    ----------
    causes
        Quarters with a known single cause (:data:`CAUSES`), by key.
    without_marked
        Whether quarters with a cause other than ``none`` are left out of the limit and of the region's value.

    Codes of ``findings``: ``date_left_out``, ``indicator_stops``, ``window_shortened``, ``lower_bound_not_possible``;
    of ``reason``: ``nothing_published``, ``too_few_dates``, ``all_equal``.
    """
    chosen = rule or LastingRule()
    marked = dict(causes or {})
    wrong = sorted(set(marked.values()) - set(CAUSES)) + sorted(set(marked) - set(region.quarters.index))
    if wrong:
        raise ContractError(f"{wrong[0]!r} is no cause or no quarter; causes are {', '.join(CAUSES)}")
    table = _values_over(region, indicator, dates or region.dates)
    known = {date: int(np.isfinite(table.value[:, place]).sum()) for place, date in enumerate(table.dates)}
    ever = int(np.isfinite(table.value).any(axis=1).sum())
    used, findings, code = date_findings(table.dates, known, ever, chosen.dates_needed)
    table = table.at(used)
    counts = np.array(
        [not without_marked or marked.get(key, "none") == "none" for key in table.quarter_ids], dtype=bool
    )
    limit = chosen.upper_limit
    if limit is None and used:
        limit = upper_limit_held(table.value[counts], chosen.upper_share, 0 if indicator.unit == "count" else 1)
        code = code or ("all_equal" if limit is None else None)
    reference, kind = _reference(indicator, table, counts)
    window = used[-chosen.dates_looked_at :]
    if code is None and len(window) < chosen.dates_looked_at:
        findings += (note("window_shortened", dates=len(window), wanted=chosen.dates_looked_at),)
    if chosen.needs_lower_bound and used and not np.isfinite(table.low).any():
        findings += (note("lower_bound_not_possible", indicator=indicator.key),)
    flags = _flags(table, chosen, limit, reference)
    needed = max(chosen.dates_needed, 2)
    return Persistence(
        region_id=region.id,
        indicator_key=indicator.key,
        rule=chosen,
        causes=marked,
        is_without_marked=without_marked,
        dates=used,
        window=window,
        upper_limit=limit,
        reference={date: float(one) for date, one in zip(used, reference, strict=True)},
        reference_kind=kind,
        met=_frame(table.quarter_ids, dict(zip(used, flags.met.T, strict=True))),
        quarters=_quarters(
            indicator,
            table,
            chosen,
            reference,
            causes=marked,
            flags=flags,
            dates_in_window=len(window),
            is_said=code is None,
        ),
        findings=findings,
        reason=note(code, indicator=indicator.key, dates=len(used), needed=needed) if code else None,
    )


def as_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as dictionaries ready for JSON: NA becomes None, the key is ``quarter_id``."""
    import pandas as pd

    plain = table.reset_index().astype(object)
    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in plain.to_dict(orient="records")
    ]


@dataclass(frozen=True, eq=False)
class _Values:
    """Values, counts and lower bounds of an indicator, quarters × dates, NaN where not published."""

    quarter_ids: tuple[str, ...]
    dates: tuple[str, ...]
    value: Numbers
    numerator: Numbers
    denominator: Numbers
    low: Numbers

    def at(self, dates: tuple[str, ...]) -> _Values:
        """Return the same for some of the dates."""
        places = [self.dates.index(date) for date in dates]
        parts = (part[:, places] for part in (self.value, self.numerator, self.denominator, self.low))
        return _Values(self.quarter_ids, dates, *parts)


@dataclass(frozen=True, eq=False)
class _Flags:
    """Quarters × dates, 1 yes, 0 no, -1 not known: in the upper class, above the reference, meeting the rule."""

    in_upper: Flags
    above: Flags
    met: Flags


def _values_over(region: Region, indicator: Indicator, dates: Sequence[str]) -> _Values:
    """Return an indicator over dates, oldest first."""
    ordered = tuple(sorted(set(dates)))
    tables = [indicator_values(region, indicator, date) for date in ordered]
    shape = len(region.quarters), len(ordered)
    value, *counts = (
        np.array([table[name].to_numpy(np.float64) for table in tables], dtype=np.float64).reshape(shape[::-1]).T
        for name in ("value", "numerator", "denominator", "low")
    )
    keys = tuple(str(key) for key in region.quarters.index)
    return _Values(keys, ordered, value, *(np.where(np.isfinite(value), count, np.nan) for count in counts))


def _flags(table: _Values, rule: LastingRule, limit: float | None, reference: Numbers) -> _Flags:
    is_known, has_low = np.isfinite(table.value), np.isfinite(table.low)
    in_upper = table.value > (np.inf if limit is None else limit)
    above = table.low > reference
    met = in_upper & (above | ~has_low) if rule.needs_lower_bound else in_upper
    return _Flags(
        in_upper=np.where(is_known, in_upper, -1).astype(np.int8),
        above=np.where(has_low, above, -1).astype(np.int8),
        met=np.where(is_known & (limit is not None), met, -1).astype(np.int8),
    )


def _reference(indicator: Indicator, table: _Values, counts: npt.NDArray[np.bool_]) -> tuple[Numbers, str]:
    value, above, below = (part[counts] for part in (table.value, table.numerator, table.denominator))
    if indicator.denominator is not None:
        return SCALES[indicator.unit] * np.nansum(above, axis=0) / np.nansum(below, axis=0), "region"
    number = np.isfinite(value).sum(axis=0)
    return np.nansum(value, axis=0) / np.maximum(number, 1), "mean_of_quarters"


def _quarters(
    indicator: Indicator,
    table: _Values,
    rule: LastingRule,
    reference: Numbers,
    *,
    causes: Mapping[str, str],
    flags: _Flags,
    dates_in_window: int,
    is_said: bool,
) -> pd.DataFrame:
    """Return the columns of :attr:`Persistence.quarters`."""
    own, relative = _trends(indicator, table, rule, reference)
    least = rule.least_trend * float(reference[-1]) if len(reference) else 0.0
    rises = _rises(indicator, table, rule, reference)
    hints = ["single_cause_possible" if place >= 0 else None for place in rises]
    marked = [causes.get(key) for key in table.quarter_ids]
    window = flags.met[:, flags.met.shape[1] - dates_in_window :]
    patterns = [tuple(int(one) for one in row) for row in window]
    says = [lasting(row, rule.dates_needed) if is_said else "unknown" for row in patterns]
    columns: dict[str, Any] = {
        "value": table.value[:, -1] if table.dates else np.full(len(table.quarter_ids), np.nan),
        "dates_in_upper": (flags.in_upper == 1).sum(axis=1),
        "dates_above": (flags.above == 1).sum(axis=1),
        "dates_met": (window == 1).sum(axis=1),
        "dates_known": (window >= 0).sum(axis=1),
        "lasting": says,
        "standing": [_standing(*one) for one in zip(says, marked, hints, strict=True)],
        "course": [course_of(row, rule.dates_needed) if is_said else "unknown" for row in patterns],
        "slope": own.slope,
        "slope_low": own.low,
        "slope_high": own.high,
        "relative_slope": relative.slope,
        "relative_slope_low": relative.low,
        "relative_slope_high": relative.high,
        "direction": directions(relative, least),
        "volatility": volatility(table.value - reference),
        "cause": marked,
        "hint": hints,
        "hint_date": [table.dates[place] if place >= 0 else None for place in rises],
    }
    return _frame(table.quarter_ids, columns)


def _trends(indicator: Indicator, table: _Values, rule: LastingRule, reference: Numbers) -> tuple[Trends, Trends]:
    years = np.array([dt.date.fromisoformat(date).toordinal() / 365.25 for date in table.dates], dtype=np.float64)
    weights = floor = None
    if indicator.denominator is not None:
        weights = table.denominator
        share = np.nansum(table.numerator, axis=1) / np.maximum(np.nansum(table.denominator, axis=1), 1e-300)
        floor = SCALES[indicator.unit] ** 2 * share * (1 - share)
    own, relative = (
        trend_lines(values, years, weights=weights, least_variance=floor, confidence=rule.confidence)
        for values in (table.value, table.value - reference)
    )
    return own, relative


def _rises(indicator: Indicator, table: _Values, rule: LastingRule, reference: Numbers) -> npt.NDArray[np.intp]:
    if indicator.denominator is None or len(table.dates) < 2:
        return np.full(len(table.quarter_ids), -1, dtype=np.intp)
    least = rule.least_jump * reference[1:] / SCALES[indicator.unit]
    return sudden_rises(table.numerator, table.denominator, np.maximum(least, 1e-9))


def _standing(says: str, cause: str | None, hint: str | None) -> str:
    if says != "yes":
        return "not_lasting" if says == "no" else "unknown"
    if cause is not None:
        return "lasting" if cause == "none" else "lasting_single_cause"
    return "lasting" if hint is None else "lasting_to_check"


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
