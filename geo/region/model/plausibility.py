"""Whether numbers can be true: counts, parts and wholes, rates.

A finding names quarter, date and measure, never the number itself, so that it may be kept with a
region and shown to everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from geo.findings import Finding, error, note, warning
from geo.region.schema import STATES_WITH_NUMBER, Measure

if TYPE_CHECKING:
    import pandas as pd

LARGE_CHANGE = 3.0
"""A count that grows to more than three times itself, or falls below a third, is worth a note."""

LARGE_CHANGE_FROM = 100
"""Smaller counts jump too easily to be worth a note."""

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
    wide = shown.pivot_table(index=["quarter_id", "date"], columns="measure", values="value", aggfunc="first")
    for measure in measures:
        findings += _check_part(wide, measure)
    return findings


def check_changes(statistics: pd.DataFrame, measures: Sequence[Measure]) -> list[Finding]:
    """Return a note for every count that changes implausibly from one date to the next.

    To be asked of a table that has passed disclosure control: a jump narrows the number before it.
    """
    shown = statistics[statistics["state"].isin(STATES_WITH_NUMBER)].sort_values("date")
    findings: list[Finding] = []
    for measure in measures:
        if measure.is_rate:
            continue
        rows = shown[shown["measure"] == measure.key]
        before = rows.groupby("quarter_id")["value"].shift()
        larger = rows["value"].where(rows["value"] > before, before)
        smaller = rows["value"].where(rows["value"] < before, before)
        jumps = rows[(smaller >= LARGE_CHANGE_FROM / LARGE_CHANGE) & (larger > LARGE_CHANGE * smaller)]
        findings += [note("count_jumps", **_place(row, measure)) for row in jumps.itertuples()]
    return findings


def _check_count(rows: pd.DataFrame, measure: Measure) -> list[Finding]:
    negative = rows[rows["value"] < 0]
    broken = rows[(rows["value"] >= 0) & (rows["value"] % 1 != 0)] if measure.unit in ("people", "units") else rows[:0]
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
