"""Whether numbers can be true: counts, parts and wholes, rates, and one quarter beside all others.

A finding names quarter, date and measure, never the number itself, so that it may be kept with a
region and shown to everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from geo.findings import Finding, error, note, warning
from geo.region.schema import STATES_WITH_NUMBER, Measure

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

LARGE_CHANGE = 3.0
"""A count that grows to more than three times itself, or falls below a third, is worth a note."""

LARGE_CHANGE_FROM = 100
"""Smaller counts jump too easily to be worth a note."""

DENSEST = 50_000
"""More people per km² live in no quarter of a German city."""

_COMPARED_FROM = 4
"""Fewer quarters are not enough to say that one of them is out of line."""
_OUT_OF_LINE = 25.0
_EXPECTED_FROM = 200
_SHARE_OF_ALL_PEOPLE = (0.6, 6.0)
_RATE_AGREES, _RATE_CONTRADICTS = 0.05, 0.25
_RATE_PAIRS = (
    ("recipients", "residents"),
    ("recipients", "residents_under_pension_age"),
    ("employable", "residents_15_to_pension_age"),
    ("children", "residents_under_15"),
)
_PEOPLE = ("people", "units")
_RATE_LIMIT = {"percent": 100.0, "per_1000": 1000.0}


def check_values(statistics: pd.DataFrame, measures: Sequence[Measure]) -> list[Finding]:
    """Return what cannot be true, or is hard to believe, about the numbers of a tidy table."""
    is_shown = statistics["state"].isin(STATES_WITH_NUMBER).to_numpy()
    value = statistics["value"].to_numpy(dtype="float64")
    is_rate = statistics["measure"].isin([measure.key for measure in measures if measure.is_rate]).to_numpy()
    odd = statistics[is_shown & ((value < 0) | (value % 1 != 0) | is_rate)]
    findings: list[Finding] = []
    for measure in measures:
        rows = odd[odd["measure"] == measure.key]
        findings += _check_rate(rows, measure) if measure.is_rate else _check_count(rows, measure)
    shown = statistics[is_shown]
    findings += _check_scale(shown, measures)
    findings += _check_dates(shown, measures)
    wide = shown.pivot_table(index=["quarter_id", "date"], columns="measure", values="value", aggfunc="first")
    for measure in measures:
        findings += _check_part(wide, measure)
    return findings


def _check_scale(shown: pd.DataFrame, measures: Sequence[Measure]) -> list[Finding]:
    """Return a warning for each measure of which no rate is above 1 at a date: shares of one, not of a hundred."""
    findings = []
    for measure in measures:
        rates = shown[shown["measure"] == measure.key] if measure.is_rate else shown[:0]
        largest = rates.groupby("date")["value"].agg(["size", "max"])
        small = largest.index[(largest["size"] >= _COMPARED_FROM) & largest["max"].between(0, 1, inclusive="right")]
        if len(small):
            factor = int(_RATE_LIMIT[measure.unit])
            told = {"measure": measure.key, "date": str(max(small)), "count": len(small), "factor": factor}
            findings.append(warning("rates_below_one", **told))
    return findings


def _check_dates(shown: pd.DataFrame, measures: Sequence[Measure]) -> list[Finding]:
    """Return a warning where a part and its whole are there, but never at the same date."""
    dates = {str(key): set(rows["date"]) for key, rows in shown.groupby("measure")}
    pairs = [(one.key, one.part_of) for one in measures if one.key in dates and one.part_of in dates]
    return [
        warning("dates_apart", measure=part, whole=whole, date=max(dates[part]), other_date=max(dates[whole]))
        for part, whole in pairs
        if whole is not None and not dates[part] & dates[whole]
    ]


def check_shown(statistics: pd.DataFrame, quarters: gpd.GeoDataFrame, measures: Sequence[Measure]) -> list[Finding]:
    """Return what is hard to believe about one quarter beside all others, or beside itself at another date.

    To be asked of a table that has passed disclosure control: what is said of a number narrows it.

    Parameters
    ----------
    statistics
        Tidy table; only states with a number are looked at.
    quarters
        Their areas count, in a system in metres.
    """
    shown = statistics[statistics["state"].isin(STATES_WITH_NUMBER)].sort_values("date")
    wide = shown.pivot_table(index=["date", "quarter_id"], columns="measure", values="value", aggfunc="first")
    findings: list[Finding] = []
    for date, numbers in wide.groupby(level="date"):
        at_date = numbers.droplevel("date").dropna(axis="columns", how="all")
        findings += _check_beside_others(at_date, quarters, measures, str(date))
    for measure in measures:
        if not measure.is_rate:
            findings += _check_changes(shown[shown["measure"] == measure.key], measure)
    return findings


def _check_changes(rows: pd.DataFrame, measure: Measure) -> list[Finding]:
    """Return a note for every count that changes implausibly from one date to the next."""
    before = rows.groupby("quarter_id")["value"].shift()
    larger = rows["value"].where(rows["value"] > before, before)
    smaller = rows["value"].where(rows["value"] < before, before)
    jumps = rows[(smaller >= LARGE_CHANGE_FROM / LARGE_CHANGE) & (larger > LARGE_CHANGE * smaller)]
    return [note("count_jumps", **_place(row, measure)) for row in jumps.itertuples()]


def _check_beside_others(
    numbers: pd.DataFrame, quarters: gpd.GeoDataFrame, measures: Sequence[Measure], date: str
) -> list[Finding]:
    """Compare the quarters at one date; ``numbers`` has a row a quarter and a column a measure."""
    findings: list[Finding] = []
    dominant: dict[str, str] = {}
    for measure in sorted(measures, key=lambda one: one.part_of in numbers):  # wholes before their parts
        if measure.key not in numbers or measure.is_rate:
            continue
        count = numbers[measure.key].dropna()
        if len(count) < max(_COMPARED_FROM, len(quarters) / 2):
            continue
        largest = str(count.idxmax())
        whole = measure.part_of
        if whole not in numbers:
            # A part may well sit in one quarter; where its whole is known, the share tells more.
            if measure.unit in _PEOPLE and 2 * count[largest] > count.sum():
                dominant[measure.key] = largest
                findings.append(_odd("count_dominates", largest, date, measure))
        else:
            share = (count / numbers[whole]).dropna()
            usual = share.median()
            is_low = (usual > _OUT_OF_LINE * share) & (usual * numbers[whole] >= _EXPECTED_FROM)
            least, times = _SHARE_OF_ALL_PEOPLE
            is_high = (share > least) & (share > times * usual)
            odd = share.index[(is_low.reindex(share.index) | is_high) & (share.index != dominant.get(str(whole)))]
            findings += [_odd("share_out_of_line", str(quarter), date, measure, whole=str(whole)) for quarter in odd]
    if "residents" in numbers:
        density = numbers["residents"] / (quarters.geometry.area.reindex(numbers.index) / 1e6)
        measure = next(one for one in measures if one.key == "residents")
        dense = density.index[(density > DENSEST) & (numbers["residents"] >= 1000)]
        findings += [_odd("density_implausible", str(quarter), date, measure, limit=DENSEST) for quarter in dense]
    for measure in measures:
        if measure.is_rate and measure.key in numbers:
            findings += _check_published(numbers, measure, date)
    return findings


def _check_published(numbers: pd.DataFrame, measure: Measure, date: str) -> list[Finding]:
    """Compare a rate the office publishes with the one its counts give, where most quarters agree on which that is."""
    published = numbers[measure.key]
    for part, whole in _RATE_PAIRS:
        if part not in numbers or whole not in numbers:
            continue
        computed = numbers[part] / numbers[whole] * _RATE_LIMIT[measure.unit]
        off = (published / computed - 1).abs()[(published > 0) & (computed > 0)]
        if len(off) >= _COMPARED_FROM and off.median() <= _RATE_AGREES:
            odd = off.index[off > _RATE_CONTRADICTS]
            return [_odd("rate_contradicts", str(quarter), date, measure, part=part, whole=whole) for quarter in odd]
    return []


def _odd(code: str, quarter: str, date: str, measure: Measure, **more: str | int) -> Finding:
    return warning(code, quarter=quarter, date=date, measure=measure.key, **more)


def _check_count(rows: pd.DataFrame, measure: Measure) -> list[Finding]:
    negative = rows[rows["value"] < 0]
    broken = rows[(rows["value"] >= 0) & (rows["value"] % 1 != 0)] if measure.unit in _PEOPLE else rows[:0]
    findings = [error("count_negative", **_place(row, measure)) for row in negative.itertuples()]
    findings += [warning("count_not_whole", **_place(row, measure)) for row in broken.itertuples()]
    return findings


def _check_rate(rows: pd.DataFrame, measure: Measure) -> list[Finding]:
    limit = _RATE_LIMIT[measure.unit]
    strange = rows[(rows["value"] < 0) | (rows["value"] > limit)]
    return [warning("rate_implausible", **_place(row, measure)) for row in strange.itertuples()]


def _check_part(wide: pd.DataFrame, measure: Measure) -> list[Finding]:
    whole = measure.part_of
    if whole is None or measure.is_rate or measure.key not in wide or whole not in wide:
        return []
    too_large = wide.index[(wide[measure.key] > wide[whole]).to_numpy()]
    return [
        error("part_exceeds_whole", quarter=str(quarter), date=str(date), measure=measure.key, whole=whole)
        for quarter, date in too_large
    ]


def _place(row: object, measure: Measure) -> dict[str, str]:
    return {"quarter": str(row.quarter_id), "date": str(row.date), "measure": measure.key}  # type: ignore[attr-defined]
