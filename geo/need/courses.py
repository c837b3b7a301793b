"""Courses of quarters over dates: whether a rule is met, trends with intervals, volatility, sudden rises.

Formulas on arrays ``quarters × dates`` with NaN for what is not published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from geo.errors import ContractError
from geo.findings import Finding, warning
from geo.need.classes import classify

Numbers = npt.NDArray[np.float64]

COURSES = ("staying", "entering", "leaving", "changing", "never", "unknown")
DIRECTIONS = ("rising", "falling", "no_clear_trend", "unknown")

DATE_SHARE_MIN = 0.5
"""A date with a number for fewer than this part of the quarters does not count."""

Lasting = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, eq=False)
class Trends:
    """Straight lines through each row: change per year with interval; NaN below three known dates."""

    slope: Numbers
    low: Numbers
    high: Numbers


def lasting(met: Sequence[int], dates_needed: int) -> Lasting:
    """Return whether at least ``dates_needed`` entries are 1, where -1 could be either."""
    certain = sum(1 for one in met if one == 1)
    possible = certain + sum(1 for one in met if one < 0)
    return "yes" if certain >= dates_needed else "unknown" if possible >= dates_needed else "no"


@lru_cache(maxsize=4096)
def course_of(met: tuple[int, ...], dates_needed: int) -> str:
    """Return the course over the dates of the window, oldest first.

    ``staying``: the rule is met and so is the latest date. ``entering``: met without a break up to now, but for
    fewer dates. ``leaving``: not met at the latest date, after the rule was met or after an unbroken start.
    ``changing``: in and out. ``never``: at no known date. ``unknown``: withheld or missing dates decide.
    """
    known = [one for one in met if one >= 0]
    says = lasting(met, dates_needed)
    if not known or met[-1] < 0 or says == "unknown":
        return "unknown"
    if not any(known):
        return "never"
    switches = sum(1 for before, after in pairwise(known) if before != after)
    if known[-1]:
        return "staying" if says == "yes" else "entering" if switches == 1 else "changing"
    return "leaving" if says == "yes" or switches == 1 else "changing"


def upper_limit_held(values: npt.ArrayLike, upper_share: float, digits: int = 1) -> float | None:
    """Return the limit of the upper class from the values of all dates together, rounded to what is shown.

    None if there is no value, or none of them lies above the limit.
    """
    numbers = np.asarray(values, dtype=np.float64)
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return None
    classes = round(min(1 / upper_share, 100.0))  # the reciprocal of a tiny share is infinite
    if 2 <= classes <= 9 and abs(classes * upper_share - 1) < 1e-9:
        limits = classify(numbers, "quantiles", classes, digits=digits).limits
        limit = limits[-2]
    else:
        limit = round(float(np.quantile(numbers, 1 - upper_share)), digits)
    return float(limit) if (numbers > limit).any() and (numbers <= limit).any() else None


def trend_lines(
    values: npt.ArrayLike,
    years: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    least_variance: npt.ArrayLike | None = None,
    confidence: float = 0.95,
) -> Trends:
    """Return the slope of each row by weighted least squares, with its interval.

    Parameters
    ----------
    values
        Rows × dates, NaN where not known.
    weights
        Rows × dates, proportional to 1 / variance, e.g. the population; default equal.
    least_variance
        Per row, the variance of a value of weight 1 that chance alone gives (``p (1 - p)`` in the value's unit
        where weights are populations). The residual variance is not taken smaller: points that happen to lie on a
        line do not make a trend certain.

    Notes
    -----
    ``slope = sum w (t - t') (y - y') / sum w (t - t')^2``, its variance ``s^2 / sum w (t - t')^2`` with the residual
    variance ``s^2`` on ``m - 2`` degrees of freedom and Student's t (Draper and Smith 1998, ch. 1 and 9).
    """
    from scipy.special import stdtrit

    y, t = np.asarray(values, dtype=np.float64), np.asarray(years, dtype=np.float64)
    if y.ndim != 2 or t.shape != y.shape[1:]:
        raise ContractError(f"values {y.shape} and years {t.shape} do not match: give rows × dates and dates")
    w = np.ones_like(y) if weights is None else np.asarray(weights, dtype=np.float64)
    known = np.isfinite(y) & np.isfinite(w) & (w > 0)
    w, y = np.where(known, w, 0.0), np.where(known, y, 0.0)
    number = known.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = w.sum(axis=1)
        dt = t - (w @ t / whole)[:, None]
        dy = y - ((w * y).sum(axis=1) / whole)[:, None]
        across = (w * dt * dt).sum(axis=1)
        slope = (w * dt * dy).sum(axis=1) / across
        residual = (w * (dy - slope[:, None] * dt) ** 2).sum(axis=1) / (number - 2)
        floor = 0.0 if least_variance is None else np.asarray(least_variance, dtype=np.float64)
        half = stdtrit(np.maximum(number - 2, 1), 0.5 + confidence / 2) * np.sqrt(np.maximum(residual, floor) / across)
    enough = (number >= 3) & (across > 0)
    return Trends(*(np.where(enough, part, np.nan) for part in (slope, slope - half, slope + half)))


def volatility(distances: npt.ArrayLike) -> Numbers:
    """Return the root mean square change from one date to the next of each row; NaN below two changes.

    ``distances`` are values minus the region's value, rows × dates, so that what happens everywhere does not count.
    """
    steps = np.diff(np.asarray(distances, dtype=np.float64), axis=1)
    number = np.isfinite(steps).sum(axis=1)
    squares = np.nansum(steps**2, axis=1)
    return np.where(number >= 2, np.sqrt(squares / np.maximum(number, 1)), np.nan)


def sudden_rises(numerators: Numbers, denominators: Numbers, least_points: Numbers) -> npt.NDArray[np.intp]:
    """Return for each row the date at which one house may have made the rise, -1 where there is none.

    Parameters
    ----------
    numerators, denominators
        Recipients and residents, quarters × dates.
    least_points
        Smallest rise of the share (a fraction) from one date to the next, per step.

    Notes
    -----
    A shelter or residence shows in both counts at once: the share jumps, the population grows with the
    recipients (by at least half as many), and the jump is most of what the quarter's share ever rose. It is a
    hint to ask somebody who knows the quarter, no more.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = numerators / denominators
    rise, more, grown = np.diff(share, axis=1), np.diff(numerators, axis=1), np.diff(denominators, axis=1)
    whole = np.nanmax(share, axis=1, initial=-np.inf) - np.nanmin(share, axis=1, initial=np.inf)
    with np.errstate(invalid="ignore"):
        is_jump = (rise >= least_points) & (more > 0) & (grown >= 0.5 * more) & (rise >= 0.5 * whole[:, None])
    return np.where(is_jump.any(axis=1), is_jump.argmax(axis=1) + 1, -1)


def date_findings(
    dates: Sequence[str], known: Mapping[str, int], quarters: int, needed: int
) -> tuple[tuple[str, ...], tuple[Finding, ...], str | None]:
    """Return the dates that count, what to say of the others, and a code if too few are left.

    Parameters
    ----------
    known
        Number of quarters with a number, by date.
    quarters
        Number of quarters that have a number at any date.
    """
    used = tuple(date for date in dates if quarters and known[date] >= DATE_SHARE_MIN * quarters)
    if not used:
        return (), (), "nothing_published"
    found: list[Finding] = [
        warning("date_left_out", date=date, count=known[date], quarters=quarters)
        for date in dates
        if date not in used and known[date]
    ]
    if max(dates) > used[-1]:
        found.append(warning("indicator_stops", last=used[-1], latest=max(dates)))
    return used, tuple(found), "too_few_dates" if len(used) < max(needed, 2) else None


def directions(trends: Trends, least: float) -> list[str]:
    """Return one of :data:`DIRECTIONS` for each trend; a change below ``least`` a year is no clear trend."""
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
