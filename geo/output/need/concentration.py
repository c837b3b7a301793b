"""Concentration as it is shown: sentence, measures, map of clusters, table with rank ranges, years."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import ContractError
from geo.need import (
    ISLAND,
    MORAN_CLASSES,
    SIGNIFICANCE,
    SPOT_CLASSES,
    Clusters,
    Concentration,
    GlobalMoran,
    Indicator,
    Neighbourhood,
    distance_neighbours,
    indicator_values,
    measure_concentration,
    moran_value,
    nearest_neighbours,
    queen_neighbours,
)
from geo.output.need.atlas import category_view
from geo.output.values import (
    CLUSTER_COLOURS,
    NO_DATA,
    WITHHELD,
    Column,
    MapView,
    Row,
    Table,
    cell_text,
    indicator_label,
    interval_text,
    measure_label,
    number_or_none,
    quarter_heads,
    unit_text,
)
from geo.region import ValueState
from geo.region.model import Region
from geo.text import Texts

Method = Literal["moran", "spot"]
METHODS: tuple[Method, ...] = ("moran", "spot")
NEIGHBOURHOODS = ("queen", "nearest_4", "nearest_6", "nearest_8", "distance_2000", "distance_5000", "distance_10000")
YEARS_COLUMNS = ("gini", "dissimilarity", "low", "high", "isolation", "moran")

_PERMUTATIONS = (999, 1999, 3999, 9999)
_MANY_QUARTERS = 250
_MORE_THAN_HALF = 0.515


@dataclass(frozen=True)
class MeasureLine:
    """A measure: its value, one plain sentence of what it means, and its range or p-value."""

    key: str
    number: str
    meaning: str
    range: str


def neighbourhood_named(region: Region, key: str) -> Neighbourhood:
    """Return the neighbourhood of a region by its name in :data:`NEIGHBOURHOODS`."""
    if key not in NEIGHBOURHOODS:
        raise ContractError(f"{key} is no neighbourhood; use one of {', '.join(NEIGHBOURHOODS)}")
    kind, _, size = key.partition("_")
    if kind == "nearest":
        return nearest_neighbours(region.quarters, int(size))
    return (
        distance_neighbours(region.quarters, float(size)) if kind == "distance" else queen_neighbours(region.quarters)
    )


def neighbourhood_text(t: Texts, key: str) -> str:
    """Return the name of a neighbourhood for a list of choices."""
    kind, _, size = key.partition("_")
    if kind == "nearest":
        return t("clusters.choice.nearest", number=size)
    return (
        t("clusters.choice.distance", km=t.number(int(size) / 1000))
        if kind == "distance"
        else t(f"clusters.choice.{kind}")
    )


def permutations_for(quarters: int) -> int:
    """Return how many random orders are drawn.

    The smallest two-sided p-value is 2 / (orders + 1). So that a single quarter can pass the control of false
    discoveries it has to be at most 0.05 / quarters; beyond 250 quarters that takes too long, and clusters there
    are of several quarters.
    """
    if quarters > _MANY_QUARTERS:
        return _PERMUTATIONS[0]
    needed = 2 * quarters / SIGNIFICANCE
    return next((number for number in _PERMUTATIONS if number + 1 >= needed), _PERMUTATIONS[-1])


def half_sentence(t: Texts, region: Region, indicator: Indicator, found: Concentration) -> str:
    """Return in how few quarters half of all recipients live."""
    if found.half is None:
        raise ContractError("nothing can be said about concentration; look at its reason first")
    told = {
        "n": found.half.quarters,
        "quarters": t.number(found.half.quarters_counted),
        "residents": t.percent(100 * found.half.resident_share, 0),
        "counted": measure_label(t, region, indicator.numerator),
        "among": measure_label(t, region, str(indicator.denominator)),
    }
    is_plain = (indicator.numerator, indicator.denominator) == ("recipients", "residents")
    if found.half.recipient_share >= _MORE_THAN_HALF:
        # Few large quarters: to say half beside their residents would make the need look spread more evenly.
        told["share"] = t.percent(100 * found.half.recipient_share, 0)
        return t("concentration.more" if is_plain else "concentration.more.general", **told)
    return t("concentration.sentence" if is_plain else "concentration.sentence.general", **told)


def measures(t: Texts, found: Concentration, moran: GlobalMoran | None) -> tuple[MeasureLine, ...]:
    """Return the measures that can be said, each with its meaning and its range."""
    said = []
    if found.dissimilarity is not None and found.gini is not None and found.isolation is not None:
        apart = found.dissimilarity
        told = {
            "low": t.number(apart.low, 3),
            "high": t.number(apart.high, 3),
            "chance": t.number(apart.expected_even, 3),
        }
        said = [
            MeasureLine(
                "dissimilarity",
                t.number(apart.corrected, 2),
                t("concentration.meaning.dissimilarity", share=t.percent(100 * apart.corrected, 0)),
                t("concentration.range.dissimilarity", **told),
            ),
            MeasureLine(
                "gini", t.number(found.gini, 2), t("concentration.meaning.gini"), t("concentration.range.gini")
            ),
            MeasureLine(
                "isolation",
                t.percent(100 * found.isolation),
                t("concentration.meaning.isolation"),
                t("concentration.range.isolation", rate=t.percent(100 * (found.rate or 0.0))),
            ),
        ]
    if moran is not None:
        key = (
            "together"
            if moran.is_significant and moran.value > moran.expected
            else ("scattered" if moran.is_significant else "chance")
        )
        range_text = t("concentration.range.moran", p=p_text(t, moran.p), expected=t.number(moran.expected, 2))
        said.append(MeasureLine("moran", t.number(moran.value, 2), t(f"concentration.meaning.moran.{key}"), range_text))
    return tuple(said)


def p_text(t: Texts, p: float) -> str:
    """Return a p-value with three digits."""
    return f"< {t.number(0.001, 3)}" if p < 0.001 else f"= {t.number(p, 3)}"


def cluster_lines(t: Texts, found: Clusters, method: Method) -> tuple[str, ...]:
    """Return what the map of clusters shows and how it was decided."""
    column, p = ("moran_class", "moran_p") if method == "moran" else ("spot", "gi_p")
    table, rule = found.quarters, found.rule
    kinds = table[column]
    sure = int((~kinds.isin(["not_significant", ISLAND])).sum())
    counted = "clusters.count" if rule.correction == "false_discovery" else "clusters.count_hint"
    lines = [t(counted, n=sure, quarters=t.number(len(table))) if sure else t("clusters.count.none")]
    if not sure and found.moran is not None and found.moran.p <= rule.significance:
        lines[0] += f" {t('clusters.overall')}"
    if rule.correction == "false_discovery":
        without = int((table[p] <= rule.significance).sum())
        expected = max(1, round(rule.significance * len(table)))
        if without > sure:
            lines[0] += f" {t('clusters.without_control', n=without, expected=expected)}"
        told = {"permutations": t.number(rule.permutations), "level": t.percent(100 * rule.significance, 0)}
        lines.append(t("clusters.rule.false_discovery", **told))
    else:
        lines.append(
            t(
                "clusters.rule.none",
                permutations=t.number(rule.permutations),
                level=t.percent(100 * rule.significance, 0),
                quarters=t.number(len(table)),
                expected=max(1, round(rule.significance * len(table))),
            )
        )
    lines.append(_neighbours_text(t, found))
    if found.islands:
        lines.append(t("clusters.islands", n=len(found.islands)))
    return tuple(lines)


def cluster_view(
    t: Texts, region: Region, indicator: Indicator, found: Clusters, method: Method, *, theme: str
) -> MapView:
    """Return the map of local clusters; quarters that take no part are withheld or without data."""
    names = MORAN_CLASSES if method == "moran" else SPOT_CLASSES
    kinds = (found.quarters["moran_class"] if method == "moran" else found.quarters["spot"]).to_dict()
    shown = tuple(name for name in names if name != ISLAND or ISLAND in kinds.values())
    states = {one.quarter_id: one.state for one in found.left_out}
    keys = tuple(str(key) for key in region.quarters.index)
    classes = tuple(
        shown.index(kinds[key]) if key in kinds else WITHHELD if states.get(key) == ValueState.SUPPRESSED else NO_DATA
        for key in keys
    )
    values = indicator_values(region, indicator, found.date)
    rows = found.quarters.to_dict("index")
    tooltips = tuple(_tooltip(t, indicator, values.loc[key], rows.get(key), (method, kinds.get(key))) for key in keys)
    return category_view(
        t,
        region,
        (classes, tooltips),
        colours=tuple(CLUSTER_COLOURS[theme][name] for name in shown),
        labels=tuple(t(f"clusters.{method}.{name}.label") for name in shown),
        title=t(f"clusters.legend.{method}", indicator=indicator_label(t, indicator), date=t.date(found.date)),
        date=found.date,
        theme=theme,
    )


def rank_ranges(values: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return first and last rank each value could take, 1 highest; rows as values, two columns.

    A quarter ranks behind those whose range lies wholly above its own, and before those whose range lies wholly below.
    Values without a range (NaN) count as exact.
    """
    value = np.asarray(values, dtype=np.float64)
    lower = np.where(np.isfinite(np.asarray(low, dtype=np.float64)), low, value)
    upper = np.where(np.isfinite(np.asarray(high, dtype=np.float64)), high, value)
    ahead = len(value) - np.searchsorted(np.sort(lower), upper, side="right")
    behind = np.searchsorted(np.sort(upper), lower, side="left")
    return np.column_stack([ahead + 1, len(value) - behind]).astype(np.int64)


def concentration_table(
    t: Texts, region: Region, indicator: Indicator, found: Concentration, view: MapView | None
) -> Table:
    """Return all quarters in alphabetical order: value, range, possible ranks, location quotient and cluster."""
    values = indicator_values(region, indicator, found.date)
    columns, names = quarter_heads(t, region)
    ranks = _ranks(values)
    quotients = {} if found.quotients is None else found.quotients.to_dict()
    columns += [
        Column(f"{indicator_label(t, indicator)} ({unit_text(t, indicator.unit)})"),
        Column(t("table.interval")),
    ]
    columns += [Column(t("concentration.column.ranks")), Column(t("concentration.column.quotient"))]
    columns += [Column(t("concentration.column.cluster"), "left")] if view is not None else []
    rows = []
    for place, (key, row) in enumerate(zip(values.index.astype(str), values.to_dict("records"), strict=True)):
        head = names[key]
        cells = [cell_text(t, row["value"], row["state"], indicator.unit)]
        cells += [interval_text(t, row["low"], row["high"], indicator.unit), _rank_text(t, ranks.get(key))]
        cells.append(t("concentration.times", value=t.number(quotients[key], 1)) if key in quotients else "")
        sort: list[str | float | None] = [*head, number_or_none(row["value"]), number_or_none(row["low"])]
        sort += [float(ranks[key][0]) if key in ranks else None, quotients.get(key)]
        colour = None
        if view is not None:
            kind = view.classes[place]
            cells.append(view.legend.labels[kind] if kind >= 0 else "")
            sort.append(cells[-1] or None)
            colour = view.table_colour(place)
        rows.append(Row(key, (*head, *cells), tuple(sort), colour))
    caption = t("table.caption", indicator=indicator_label(t, indicator), place=region.name, date=t.date(found.date))
    return Table(caption, tuple(columns), tuple(rows))


def over_years(
    region: Region, indicator: Indicator, dates: Sequence[str], neighbourhood: Neighbourhood
) -> pd.DataFrame:
    """Return the measures at each date: index date, columns :data:`YEARS_COLUMNS`; NaN where one cannot be said."""
    rows = []
    for date in dates:
        row: dict[str, float] = dict.fromkeys(YEARS_COLUMNS, math.nan)
        found = measure_concentration(region, indicator, date)
        if found.dissimilarity is not None and found.gini is not None and found.isolation is not None:
            apart = found.dissimilarity
            row |= {"gini": found.gini, "isolation": found.isolation}
            row |= {"dissimilarity": apart.corrected, "low": apart.low, "high": apart.high}
        row["moran"] = moran_value(region, indicator, date, neighbourhood)
        rows.append(row)
    return pd.DataFrame(rows, index=pd.Index(dates, name="date"), columns=list(YEARS_COLUMNS))


def _neighbours_text(t: Texts, found: Clusters) -> str:
    if found.neighbourhood is None:
        return ""
    kind, size = found.neighbourhood.kind, found.neighbourhood.parameter
    if kind == "nearest":
        return t("clusters.neighbourhood.nearest", n=int(size))
    return t(f"clusters.neighbourhood.{kind}", metres=t.number(size))


def _tooltip(
    t: Texts, indicator: Indicator, row: Any, numbers: Any | None, told: tuple[Method, Any | None]
) -> tuple[str, ...]:
    method, kind = told
    value = cell_text(t, row["value"], row["state"], indicator.unit)
    lines = [t("map.tooltip_value", label=indicator_label(t, indicator), value=value)]
    if numbers is not None and isinstance(kind, str):
        lines.append(t(f"clusters.{method}.{kind}.label"))
        if kind != ISLAND:
            name = "moran" if method == "moran" else "gi"
            p, adjusted = (p_text(t, float(numbers[f"{name}_{part}"])) for part in ("p", "p_adjusted"))
            lines.append(t("clusters.tooltip_p", p=p, adjusted=adjusted))
    return tuple(lines)


def _ranks(values: pd.DataFrame) -> dict[str, tuple[int, int]]:
    known = values[values["value"].notna()]
    ranges = rank_ranges(known["value"], known["low"], known["high"])
    return {str(key): (int(first), int(last)) for key, (first, last) in zip(known.index, ranges, strict=True)}


def _rank_text(t: Texts, ranks: tuple[int, int] | None) -> str:
    if ranks is None:
        return ""
    first, last = (t.number(one) for one in ranks)
    return first if first == last else f"{first}–{last}"
