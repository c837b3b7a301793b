"""Who reaches an office today, as map, tables, curve and sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from geo.output.sites.plan_map import site_places
from geo.output.values import (
    MAP_COLOURS,
    NO_DATA,
    WITHHELD,
    Area,
    Circle,
    Column,
    Legend,
    MapView,
    Row,
    Swatch,
    Table,
    lacking,
    measure_label,
    paler,
    palette,
    people_text,
    quarter_heads,
    shown_share,
    shown_share_text,
    source_text,
)
from geo.region import ValueState
from geo.region.disclosure import round_people
from geo.region.model import Region
from geo.siting.ask import Spread, Survey, nearest_minutes, offices_open, weighted_quantile
from geo.text import Texts

Shown = Literal["median", "share"]
LIMITS: dict[Shown, tuple[float, ...]] = {
    "share": (0.0, 20.0, 40.0, 60.0, 80.0, 100.0),
    "median": (0.0, 10.0, 20.0, 30.0, 45.0, 60.0),
}
CURVE_MINUTES = 60


@dataclass(frozen=True, eq=False)
class Access:
    """Who reaches an office, as it is told.

    Parameters
    ----------
    region, survey
        Where, and whose ways.
    within
        Minutes asked for.
    quarters, districts
        From :mod:`geo.siting.ask.access`.
    spread
        Of all people placed.
    """

    region: Region
    survey: Survey
    within: float
    quarters: pd.DataFrame
    districts: pd.DataFrame
    spread: Spread


def access_view(t: Texts, access: Access, shown: Shown, theme: str, areas: Sequence[Any] = ()) -> MapView:
    """Return the map: share beyond the minutes, or median minutes, by quarter; offices and their reach."""
    limits = LIMITS[shown]
    shares = [_share(access, row) for row in access.quarters.to_dict("records")]
    values = np.array(shares) if shown == "share" else access.quarters["median"].to_numpy(dtype=float)
    kinds = np.digitize(np.where(np.isnan(values), 0, values), limits[1:-1], right=True)
    states = access.quarters["state"].to_numpy()
    classes = np.where(np.isnan(values), np.where(states == ValueState.SUPPRESSED.value, WITHHELD, NO_DATA), kinds)
    return MapView(
        quarter_ids=tuple(access.quarters.index),
        classes=tuple(int(kind) for kind in classes),
        positions=tuple(_position(limits, value) for value in values),
        tooltips=tuple(_tooltip(t, access, row) for row in access.quarters.to_dict("records")),
        legend=_legend(t, access, shown, classes, theme),
        places=tuple(place for place in site_places(t, access.region) if place.kind != "host"),
        areas=tuple(Area(rings, MAP_COLOURS[theme]["ink"], is_dashed=True) for rings in areas),
        circles=_circles(access, theme),
        theme=theme,
    )


def quarters_table(t: Texts, access: Access, view: MapView) -> Table:
    """Return who is beyond the minutes, by quarter, most people first."""
    columns, names = quarter_heads(t, access.region)
    rows = []
    for at, (key, row) in enumerate(zip(view.quarter_ids, access.quarters.to_dict("records"), strict=True)):
        cells, sort = _figures(t, access, row)
        rows.append(Row(key, (*names[key], *cells), (*names[key], *sort), view.table_colour(at)))
    caption = t("reach.table_caption", minutes=t.shortest(access.within))
    return Table(caption, (*columns, *_columns(t, access)), tuple(rows), sort=len(columns) + 1, is_descending=True)


def districts_table(t: Texts, access: Access) -> Table:
    """Return who is beyond the minutes, by district."""
    rows = []
    for name, row in zip(access.districts.index, access.districts.to_dict("records"), strict=True):
        cells, sort = _figures(t, access, {**row, "state": ValueState.VALUE.value})
        rows.append(Row(str(name), (str(name), *cells), (str(name), *sort)))
    caption = t("reach.table_caption", minutes=t.shortest(access.within))
    columns = (Column(t("table.district"), "left"), *_columns(t, access))
    return Table(caption, columns, tuple(rows), sort=2, is_descending=True)


def access_lead(t: Texts, access: Access) -> str:
    """Return the page's answer in a sentence."""
    rule, step = access.region.disclosure, access.region.disclosure.reached_round_to
    people, demand = (round_people(each, rule) for each in (access.spread.reached, access.spread.people))
    return t(
        "reach.lead",
        minutes=t.shortest(access.within),
        share=shown_share_text(t, people, demand, step),
        people=people_text(t, people, step),
        demand=people_text(t, demand, step),
        measure=measure_label(t, access.region, access.survey.demand.measure),
    )


def equity_lines(t: Texts, told: Spread, limit: float) -> tuple[str, str]:
    """Return how long half of the people and the farthest tenth need."""
    lines = []
    for key, minutes in (("median", told.median), ("worst", told.worst)):
        if math.isinf(minutes):
            lines.append(t(f"reach.{key}_beyond", minutes=t.number(limit)))
        else:
            lines.append(t(f"reach.{key}", minutes=minutes_text(t, minutes, limit)))
    return lines[0], lines[1]


def share_line(t: Texts, access: Access, percent: float) -> str:
    """Return within how many minutes a share of the people reaches an office."""
    survey = access.survey
    nearest = nearest_minutes(survey, offices_open(survey))
    minutes = weighted_quantile(nearest, survey.demand.people, percent / 100)
    limit = survey.times.limit_minutes
    said = {"share": t.percent(percent, 0), "measure": measure_label(t, access.region, survey.demand.measure)}
    if math.isinf(minutes):
        return t("reach.share_beyond", minutes=t.number(limit), **said)
    return t("reach.share_line", minutes=minutes_text(t, minutes, limit), **said)


def worst_off_line(t: Texts, access: Access) -> str:
    """Return the quarter with the longest median way, with most people where several lie beyond the limit."""
    told = access.quarters[access.quarters["people"] >= access.region.disclosure.reached_round_to]
    if told.empty:
        return ""
    worst = told[told["median"] == told["median"].max()]
    key = worst["people"].idxmax()
    name, minutes = str(access.region.quarters["name"][key]), float(worst["median"].max())
    limit = access.survey.times.limit_minutes
    if math.isinf(minutes):
        return t("reach.worst_off_beyond", n=len(worst), quarter=name, minutes=t.number(limit))
    return t("reach.worst_off", quarter=name, minutes=minutes_text(t, minutes, limit))


def minutes_text(t: Texts, minutes: float, limit: float) -> str:
    """Return minutes, or that it is more than the limit up to which ways are known."""
    if math.isnan(minutes):
        return t("value.none")
    if math.isinf(minutes):
        return t("reach.more_than", minutes=t.number(limit))
    return t("reach.minutes", minutes=t.number(minutes))


def rounded_curve(region: Region, people: Sequence[float]) -> tuple[float, ...]:
    """Return people by minutes as they may be shown; fewer than the minimum count as none."""
    return tuple(float(round_people(float(value), region.disclosure) or 0) for value in people)


def _columns(t: Texts, access: Access) -> tuple[Column, ...]:
    minutes = t.shortest(access.within)
    return (
        Column(t("reach.column_people")),
        Column(t("reach.column_beyond", minutes=minutes)),
        Column(t("reach.column_share")),
        Column(t("reach.column_median")),
    )


def _figures(t: Texts, access: Access, row: Any) -> tuple[tuple[str, ...], tuple[float | None, ...]]:
    if not math.isfinite(row["people"]):
        why = t("map.withheld") if row["state"] == ValueState.SUPPRESSED.value else t("value.none")
        return (why,) * 4, (None,) * 4
    rule, step = access.region.disclosure, access.region.disclosure.reached_round_to
    people, beyond = round_people(row["people"], rule), round_people(row["beyond"], rule)
    median = row["median"]
    cells = (
        people_text(t, people, step),
        people_text(t, beyond, step),
        shown_share_text(t, beyond, people, step),
        minutes_text(t, median, access.survey.times.limit_minutes),
    )
    far = access.survey.times.limit_minutes + 1
    share = _share(access, row)
    known = share if math.isfinite(share) else None
    return cells, (float(people or 0), float(beyond or 0), known, far if math.isinf(median) else median)


def _share(access: Access, row: Any) -> float:
    """Return the percent beyond the minutes as it may be shown; NaN where there is none, or too few people."""
    if not math.isfinite(row["people"]):
        return math.nan
    rule = access.region.disclosure
    people, beyond = round_people(row["people"], rule), round_people(row["beyond"], rule)
    return shown_share(beyond, people, rule.reached_round_to)


def _tooltip(t: Texts, access: Access, row: Any) -> tuple[str, ...]:
    if not math.isfinite(row["people"]):
        is_withheld = row["state"] == ValueState.SUPPRESSED.value
        return (t("map.withheld") if is_withheld else t("reach.nobody"),)
    cells, _ = _figures(t, access, row)
    minutes = t.shortest(access.within)
    is_shown = math.isfinite(_share(access, row))
    return (
        *([t("reach.tip_beyond", share=cells[2], minutes=minutes)] if is_shown else []),
        t("reach.tip_people", people=cells[0]),
        t("reach.tip_median", minutes=cells[3]),
    )


def _legend(t: Texts, access: Access, shown: Shown, classes: Any, theme: str) -> Legend:
    demand = access.survey.demand
    limits = LIMITS[shown]
    texts = [t.number(limit) for limit in limits]
    if shown == "median":
        texts[-1] = t("reach.and_more", minutes=texts[-1])
    today = Swatch("reach-today", t("map.reach_today", minutes=t.shortest(access.within)))
    return Legend(
        title=t(
            f"reach.legend_{shown}",
            measure=measure_label(t, access.region, demand.measure),
            minutes=t.shortest(access.within),
            place=access.region.name,
            date=t.date(demand.date),
        ),
        colours=tuple(
            paler(colour, MAP_COLOURS[theme]["ground"], 0.2) for colour in palette(len(limits) - 1, theme=theme)
        ),
        limits=tuple(texts),
        extras=(*lacking(t, classes, "reach.nobody"), Swatch("office", t("map.office")), today),
        no_data_colour=MAP_COLOURS[theme]["no_data"],
        source=t("map.source", date=t.date(demand.date), source=source_text(t, access.region.sources)),
    )


def _circles(access: Access, theme: str) -> tuple[Circle, ...]:
    if access.survey.mode != "line":
        return ()
    times = access.survey.times
    metres = access.within * 60 * times.speed_metres_per_second / times.detour_factor
    points = access.region.offices.geometry.to_crs(4326)
    return tuple(
        Circle(round(p.x, 6), round(p.y, 6), metres, MAP_COLOURS[theme]["ink"], is_dashed=True) for p in points
    )


def _position(limits: Sequence[float], value: float) -> float | None:
    if math.isnan(value):
        return None
    at = min(max(value, limits[0]), limits[-1])
    return float(np.interp(at, limits, np.linspace(0, 1, len(limits))))
