"""Lasting need as it is shown: sentence, rule, heat table, maps of courses and of status, list with reasons."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import pandas as pd

from geo.need import COURSES, DIRECTIONS, Classification, Indicator, Persistence, indicator_values
from geo.output.charts import HeatTable
from geo.output.need.atlas import category_view
from geo.output.need.findings_text import finding_text
from geo.output.values import (
    COURSE_COLOURS,
    NO_DATA,
    WITHHELD,
    Column,
    MapView,
    Row,
    Table,
    cell_text,
    indicator_label,
    limit_text,
    number_or_none,
    quarter_heads,
    unit_text,
)
from geo.region import ValueState
from geo.region.model import Region
from geo.text import Texts, digits_apart

Shown = Literal["course", "direction", "status"]
SHOWN: tuple[Shown, ...] = ("course", "direction", "status")
GROUPS = ("staying", "entering", "changing", "leaving", "never", "unknown", "rising", "falling")
"""Groups to filter by: courses, then directions of the trend against the region."""

HEAT_ROWS = 60
_MET = "●"
_DAYS_A_YEAR = 365.25


@dataclass(frozen=True, eq=False)
class Figures:
    """Values and states of an indicator, quarters × dates; NaN where nothing is published."""

    values: pd.DataFrame
    states: pd.DataFrame


def figures_over(region: Region, indicator: Indicator, dates: Sequence[str]) -> Figures:
    """Return an indicator over dates."""
    tables = {date: indicator_values(region, indicator, date) for date in dates}
    index = region.quarters.index
    return Figures(
        pd.DataFrame({date: table["value"] for date, table in tables.items()}, index=index),
        pd.DataFrame({date: table["state"].astype(str) for date, table in tables.items()}, index=index),
    )


def are_yearly(dates: Sequence[str]) -> bool:
    """Tell whether dates lie one year apart, so that they may be called years."""
    days = [dt.date.fromisoformat(date) for date in dates]
    return len(days) > 1 and all(abs((later - day).days - _DAYS_A_YEAR) < 20 for day, later in pairwise(days))


def lead(t: Texts, region: Region, found: Persistence) -> tuple[str, ...]:
    """Return in how many quarters need lasts, then what is to be checked or not known."""
    standing = found.quarters["standing"]
    lasting = int(standing.isin(["lasting", "lasting_single_cause", "lasting_to_check"]).sum())
    kind = "years" if are_yearly(found.window) else "dates"
    told = {
        "quarters": t.number(len(region.quarters)),
        "needed": found.rule.dates_needed,
        "looked_at": len(found.window),
    }
    lines = [
        t(f"persistence.lead.{kind}", n=lasting, **told) if lasting else t(f"persistence.lead.{kind}.none", **told)
    ]
    for name in ("lasting_to_check", "lasting_single_cause"):
        number = int((standing == name).sum())
        lines += [t(f"persistence.lead.{name}", n=number)] if number else []
    unknown = int((found.quarters["lasting"] == "unknown").sum())
    lines += [t("persistence.lead.unknown", n=unknown)] if unknown else []
    return tuple(lines)


def rule_text(t: Texts, indicator: Indicator, found: Persistence) -> str:
    """Return the rule that was applied, in words."""
    has_bounds = found.rule.needs_lower_bound and all(one.code != "lower_bound_not_possible" for one in found.findings)
    return t(
        "persistence.rule" if has_bounds else "persistence.rule.without_lower_bound",
        needed=found.rule.dates_needed,
        looked_at=len(found.window),
        limit=limit_text(t, found.upper_limit, indicator.unit),
    )


def remarks(t: Texts, indicator: Indicator, found: Persistence) -> tuple[str, ...]:
    """Return what was left out or shortened."""
    return tuple(finding_text(t, one, indicator) for one in found.findings)


def variant_text(t: Texts, with_all: Persistence, without: Persistence) -> str:
    """Return both counts side by side: with the quarters of a known single cause, and without them."""
    marked = {key for key, cause in with_all.causes.items() if cause != "none"}
    first = int((with_all.quarters["lasting"] == "yes").sum())
    rest = without.quarters[~without.quarters.index.isin(marked)]
    second = int((rest["lasting"] == "yes").sum())
    return t("persistence.with_and_without", n=len(marked), all=t.number(first), rest=t.number(second))


def limit_of(text: str) -> float | None:
    """Return a number from text with decimal comma or point; None for an empty or unreadable text."""
    plain = text.replace("\u00a0", "").replace("%", "").strip()
    if not re.fullmatch(r"\d{1,7}(?:[.,]\d{1,4})?", plain):
        return None
    return float(plain.replace(",", "."))


def group_sizes(found: Persistence) -> dict[str, int]:
    """Return how many quarters belong to each group, groups without any left out."""
    courses, directions = found.quarters["course"], found.quarters["direction"]
    sizes = {group: int(((courses == group) | (directions == group)).sum()) for group in GROUPS if group != "unknown"}
    sizes["unknown"] = int((courses == "unknown").sum())
    return {group: sizes[group] for group in GROUPS if sizes[group]}


def group_label(t: Texts, group: str) -> str:
    """Return the name of a group."""
    return t(f"{'course' if group in COURSES else 'direction'}.{group}.label")


def group_lines(t: Texts, found: Persistence, shown: Shown) -> tuple[str, ...]:
    """Return what each course or trend means and how many quarters take it."""
    kinds = found.quarters[shown].value_counts()
    return tuple(
        t(
            f"{shown}.{name}.means",
            label=t(f"{shown}.{name}.label"),
            number=t.number(kinds[name]),
            percent=t.number(100 * found.rule.least_trend, 0),
        )
        for name in (COURSES if shown == "course" else DIRECTIONS)
        if name in kinds
    )


def members(found: Persistence, groups: Collection[str]) -> tuple[str, ...]:
    """Return the quarters of any of the groups; without groups those that were ever in the upper class or move."""
    table = found.quarters
    if groups:
        chosen = table["course"].isin(groups) | table["direction"].isin([one for one in groups if one != "unknown"])
    else:
        ever = (found.met == 1).any(axis=1).reindex(table.index, fill_value=False)
        chosen = ever | table["direction"].isin(["rising", "falling"]) | table["hint"].notna() | table["cause"].notna()
    order = table[chosen].sort_values(["dates_met", "value"], ascending=False, na_position="last")
    return tuple(str(key) for key in order.index)


def heat_table(
    t: Texts,
    region: Region,
    indicator: Indicator,
    found: Persistence,
    told: tuple[Figures, Classification, Sequence[str]],
) -> HeatTable:
    """Return quarters × dates; ``told`` is figures, held classes and the quarters to show.

    A dot after the value says that the rule's condition is met, so that colour is not alone.
    """
    figures, classes, keys = told
    shown = tuple(keys)[:HEAT_ROWS]
    names = region.quarters["name"]
    texts, hovers, kinds = [], [], []
    for key in shown:
        values: Any = figures.values.loc[key]
        states: Any = figures.states.loc[key]
        flags: Any = found.met.loc[key]
        row = [(date, float(values[date]), str(states[date])) for date in found.dates]
        met = [int(flags[date]) == 1 for date in found.dates]
        texts.append(
            tuple(
                _heat_text(t, value, state, is_met, found.upper_limit)
                for (_, value, state), is_met in zip(row, met, strict=True)
            )
        )
        hovers.append(
            tuple(
                f"{names[key]}, {t.date(date)}: {cell_text(t, value, state, indicator.unit)}"
                + (f" · {t('persistence.met_here')}" if is_met else "")
                for (date, value, state), is_met in zip(row, met, strict=True)
            )
        )
        kinds.append(tuple(int(kind) for kind in classes.index_of([value for _, value, _ in row])))
    return HeatTable(
        shown, tuple(str(names[key]) for key in shown), found.dates, tuple(kinds), tuple(texts), tuple(hovers)
    )


def lasting_view(
    t: Texts, region: Region, indicator: Indicator, found: Persistence, shown: Shown, *, theme: str
) -> MapView:
    """Return the map of courses or of trends against the region."""
    kinds = found.quarters[shown].to_dict()
    states = indicator_values(region, indicator, found.dates[-1])
    has_value = states["value"].notna()
    is_unsure = any(kinds.get(key) == "unknown" for key in states.index[has_value])
    names = [name for name in (COURSES if shown == "course" else DIRECTIONS) if name != "unknown" or is_unsure]
    rows: dict[Any, Any] = found.quarters.to_dict("index")
    classes, tooltips = [], []
    for key in region.quarters.index.astype(str):
        kind = kinds.get(key, "unknown")
        state = str(states.loc[key, "state"])
        lacks = WITHHELD if state == ValueState.SUPPRESSED else NO_DATA
        is_class = kind in names and (kind != "unknown" or bool(has_value[key]))
        classes.append(names.index(kind) if is_class else lacks)
        value = cell_text(t, states.loc[key, "value"], state, indicator.unit)
        lines = [t("map.tooltip_value", label=indicator_label(t, indicator), value=value)]
        lines += [
            f"{t(f'persistence.column.{name}')}: {t(f'{name}.{rows[key][name]}.label')}"
            for name in ("course", "direction")
        ]
        lines.append(_met_text(t, rows[key], len(found.window)))
        tooltips.append(tuple(lines))
    return category_view(
        t,
        region,
        (tuple(classes), tuple(tooltips)),
        colours=tuple(COURSE_COLOURS[theme][name] for name in names),
        labels=tuple(t(f"{shown}.{name}.label") for name in names),
        title=t(f"persistence.legend.{shown}", indicator=indicator_label(t, indicator), date=t.date(found.dates[-1])),
        date=found.dates[-1],
        theme=theme,
    )


def lasting_table(
    t: Texts, region: Region, indicator: Indicator, found: Persistence, told: tuple[Sequence[str], MapView | None]
) -> Table:
    """Return the list with reasons; ``told`` is the quarters and the map whose colours it bears."""
    keys, view = told
    states = indicator_values(region, indicator, found.dates[-1])["state"]
    columns, names = quarter_heads(t, region)
    places = {} if view is None else {key: at for at, key in enumerate(view.quarter_ids)}
    columns += [Column(f"{t('persistence.column.value')} ({unit_text(t, indicator.unit)}), {t.date(found.dates[-1])}")]
    columns += [Column(t("persistence.column.dates_met"))]
    columns += [Column(t(f"persistence.column.{name}"), "left") for name in ("standing", "course", "direction")]
    columns += [Column(t("persistence.column.reason"), "left")]
    rows = []
    for key in keys:
        row: Any = found.quarters.loc[key]
        value = number_or_none(row["value"])
        said = [t(f"{name}.{row[name]}.label") for name in ("standing", "course", "direction")]
        cells = [cell_text(t, float("nan") if value is None else value, str(states[key]), indicator.unit)]
        cells += [t("persistence.met", met=int(row["dates_met"]), known=int(row["dates_known"])), *said]
        cells.append(reason_text(t, indicator, found, row))
        sort: list[str | float | None] = [*names[key], value, float(row["dates_met"]), *said, cells[-1]]
        rows.append(
            Row(key, (*names[key], *cells), tuple(sort), None if view is None else view.table_colour(places[key]))
        )
    caption = t("persistence.caption", indicator=indicator_label(t, indicator), place=region.name)
    return Table(caption, tuple(columns), tuple(rows), sort=len(columns) - 5, is_descending=True)


def reason_text(t: Texts, indicator: Indicator, found: Persistence, row: Mapping[str, Any]) -> str:
    """Return why a quarter is where it is: dates above the limit, trend against the region, hints and marks."""
    parts = [_met_text(t, row, len(found.window))]
    slope = number_or_none(row["relative_slope"])
    if slope is not None and row["direction"] in ("rising", "falling"):
        low, high = number_or_none(row["relative_slope_low"]), number_or_none(row["relative_slope_high"])
        key = "persistence.reason.trend" if indicator.unit == "percent" else "persistence.reason.trend_plain"
        parts.append(t(key, slope=_signed(t, slope), low=_signed(t, low), high=_signed(t, high)))
    if isinstance(row["hint"], str):
        parts.append(t(f"hint.{row['hint']}.label", date=t.date(str(row["hint_date"]))))
    if isinstance(row["cause"], str):
        parts.append(t("persistence.reason.cause", cause=t(f"cause.{row['cause']}.label")))
    return "; ".join(parts)


def _met_text(t: Texts, row: Mapping[str, Any], window: int) -> str:
    known = int(row["dates_known"])
    if not known:
        return t("persistence.reason.nothing")
    told = {"met": int(row["dates_met"]), "known": known, "window": window}
    return t("persistence.reason.met" if known == window else "persistence.reason.met_partly", **told)


def _heat_text(t: Texts, value: float, state: str, is_met: bool, limit: float | None) -> str:
    if not ValueState(state).has_number or math.isnan(value):
        return "✕" if state == ValueState.SUPPRESSED else "–"
    digits = digits_apart((value, value if limit is None else limit), 0 if value >= 1000 else 1, 4)
    return t.number(value, digits) + (_MET if is_met else "")


def _signed(t: Texts, value: float | None) -> str:
    if value is None:
        return t("value.none")
    return ("+" if round(value, 1) > 0 else "") + t.number(value, 1)
