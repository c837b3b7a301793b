"""The profile of a quarter, or of several taken as one: people, need, neighbours, ways, what is withheld."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.defaults import WalkAssumptions
from geo.errors import DataError
from geo.need import Indicator, Neighbourhood, Persistence, group_values, indicator_values, indicators_of, region_value
from geo.output.need.atlas import category_view
from geo.output.need.lasting import reason_text
from geo.output.need.profile import withheld_reason
from geo.output.values import (
    NEIGHBOUR_COLOURS,
    Column,
    MapView,
    Place,
    Row,
    Swatch,
    Table,
    cell_text,
    compared_texts,
    counts_text,
    indicator_label,
    interval_text,
    limit_text,
    number_or_none,
    source_text,
    value_text,
)
from geo.reach import Origins, TravelModel, place_origins, quarter_minutes, travel_times
from geo.region import ValueState
from geo.region.model import Region
from geo.text import Texts

if TYPE_CHECKING:
    from geo.reach.streets import StreetNetwork

OFFICES_SHOWN = 3
LIMIT_MINUTES = 120.0
_NAMES_SHOWN = 12
_OFFICE_KINDS = {"main", "branch", "outreach"}


@dataclass(frozen=True, eq=False)
class Chosen:
    """One quarter, or several taken as one, at a date."""

    region: Region
    quarter_ids: tuple[str, ...]
    date: str

    @property
    def is_group(self) -> bool:
        """Whether it is more than one quarter."""
        return len(self.quarter_ids) > 1

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the quarters."""
        return tuple(str(self.region.quarters["name"][key]) for key in self.quarter_ids)


@dataclass(frozen=True)
class OfficeWay:
    """An office and the median minutes of the residents to it."""

    site_id: str
    name: str
    address: str
    minutes: float


@dataclass(frozen=True)
class OfficeWays:
    """The nearest offices; ``mode`` is ``walk`` (on streets) or ``line`` (straight line with detour factor)."""

    nearest: tuple[OfficeWay, ...]
    mode: str
    offices: int


def title_of(t: Texts, chosen: Chosen) -> str:
    """Return the heading of a profile."""
    return t("quarter.group", n=len(chosen.quarter_ids)) if chosen.is_group else chosen.names[0]


def about_lines(t: Texts, chosen: Chosen) -> tuple[str, ...]:
    """Return where it is and how many people live there."""
    region, date = chosen.region, chosen.date
    lines = []
    if chosen.is_group:
        lines.append(_listed(t, chosen.names))
    districts = sorted({str(region.quarters["district"][key]) for key in chosen.quarter_ids} - {""})
    if districts:
        lines.append(t("quarter.districts", n=len(districts), districts=_listed(t, districts)))
    if "residents" in region.measure_keys:
        cells = region.values_of("residents", date).loc[list(chosen.quarter_ids), "value"]
        whole = region.values_of("residents", date)["value"]
        if cells.notna().all() and whole.notna().any() and float(whole.sum()) > 0:
            people = float(cells.sum())
            told = {"people": t.number(people), "date": t.date(date), "place": region.name}
            lines.append(t("quarter.residents", share=t.percent(100 * people / float(whole.sum())), **told))
    return tuple(lines)


def indicator_row(region: Region, indicator: Indicator, quarter_ids: Sequence[str], date: str) -> pd.Series[Any] | None:
    """Return an indicator of one quarter or of several as one; None for a ready-made rate of several."""
    if len(quarter_ids) == 1:
        row: Any = indicator_values(region, indicator, date).loc[quarter_ids[0]]
        return row  # type: ignore[no-any-return]
    return None if indicator.is_ready_made else group_values(region, indicator, quarter_ids, date)


def need_table(t: Texts, chosen: Chosen) -> Table:
    """Return all indicators of the region: value, stability range, counts, the region's value, and how they compare."""
    region = chosen.region
    columns = (
        Column(t("quarter.column.indicator"), "left"),
        Column(t("quarter.column.here")),
        Column(t("table.interval")),
        Column(t("quarter.column.counts")),
        Column(region.name),
        Column(t("quarter.column.compared"), "left"),
    )
    rows = []
    for place, indicator in enumerate(indicators_of(region)):
        found = indicator_row(region, indicator, chosen.quarter_ids, chosen.date)
        whole = region_value(region, indicator, chosen.date)
        label, unit = indicator_label(t, indicator), indicator.unit
        if found is None:
            rows.append(
                Row(indicator.key, (label, t("quarter.not_added"), "", "", "", ""), (float(place), *[None] * 5))
            )
            continue
        row: Any = found
        cells = (
            label,
            cell_text(t, row["value"], row["state"], unit),
            interval_text(t, row["low"], row["high"], unit),
            counts_text(t, row, indicator),
            value_text(t, whole.value, unit) if math.isfinite(whole.value) else "",
            _compared(t, row, whole.value),
        )
        sort = (
            float(place),
            number_or_none(row["value"]),
            number_or_none(row["low"]),
            number_or_none(row["numerator"]),
            None,
            cells[-1],
        )
        rows.append(Row(indicator.key, cells, sort))
    caption = t("quarter.need_caption", what=title_of(t, chosen), date=t.date(chosen.date))
    return Table(caption, columns, tuple(rows))


def need_sentence(t: Texts, chosen: Chosen, indicator: Indicator) -> str:
    """Return the value of an indicator and how it compares, in one sentence."""
    found = indicator_row(chosen.region, indicator, chosen.quarter_ids, chosen.date)
    label = indicator_label(t, indicator)
    if found is None:
        return t("quarter.lead_not_added", label=label)
    row: Any = found
    if not math.isfinite(row["value"]):
        return t("quarter.lead_none", label=label, reason=cell_text(t, row["value"], row["state"], indicator.unit))
    whole = region_value(chosen.region, indicator, chosen.date)
    value, place = value_text(t, row["value"], indicator.unit), chosen.region.name
    if not (math.isfinite(whole.value) and math.isfinite(row["low"])):
        return t("quarter.lead_plain", label=label, value=value, date=t.date(chosen.date))
    key = "higher" if row["low"] > whole.value else "lower" if row["high"] < whole.value else "similar"
    value, other = compared_texts(t, row["value"], whole.value, indicator.unit)
    return t(f"quarter.lead_{key}", label=label, value=value, other=other, place=place)


def trend_of(region: Region, indicator: Indicator, quarter_ids: Sequence[str]) -> pd.DataFrame | None:
    """Return the columns of :func:`geo.need.trend` for one quarter or several as one."""
    rows = []
    for date in region.dates:
        found = indicator_row(region, indicator, quarter_ids, date)
        if found is None:
            return None
        numbers = {name: float(found[name]) for name in ("value", "low", "high")}
        rows.append({**numbers, "state": found["state"], "region_value": region_value(region, indicator, date).value})
    return pd.DataFrame(rows, index=pd.Index(region.dates, name="date"))


def neighbours_of(chosen: Chosen, neighbourhood: Neighbourhood) -> tuple[str, ...]:
    """Return the quarters around, by name."""
    around = {other for key in chosen.quarter_ids for other in neighbourhood.neighbours_of(key)}
    names = chosen.region.quarters["name"]
    return tuple(sorted(around - set(chosen.quarter_ids), key=lambda key: str(names[key])))


def neighbours_table(t: Texts, chosen: Chosen, indicator: Indicator, around: Sequence[str]) -> Table:
    """Return the neighbours with their values."""
    values = indicator_values(chosen.region, indicator, chosen.date)
    rows = []
    for key in around:
        row: Any = values.loc[key]
        name = str(chosen.region.quarters["name"][key])
        cells = (
            name,
            cell_text(t, row["value"], row["state"], indicator.unit),
            interval_text(t, row["low"], row["high"], indicator.unit),
        )
        rows.append(Row(key, cells, (name, number_or_none(row["value"]), number_or_none(row["low"]))))
    columns = (Column(t("table.quarter"), "left"), Column(indicator_label(t, indicator)), Column(t("table.interval")))
    return Table(t("quarter.neighbours_caption", what=title_of(t, chosen)), columns, tuple(rows))


def nearest_offices(region: Region, quarter_ids: Sequence[str], network: StreetNetwork | None) -> OfficeWays:
    """Return the offices with the shortest ways for half of the residents.

    On foot along streets where ``network`` is given and covers the region, else in a straight line with a detour
    factor. Minutes are the median over the residents of the quarters taken together.
    """
    offices = region.offices
    everyone = place_origins(region)
    mine = np.isin(everyone.quarter_ids, list(quarter_ids))
    together = np.full(int(mine.sum()), quarter_ids[0], dtype=object)
    origins = Origins(everyone.keys[mine], together, everyone.xy[mine], everyone.residents[mine])
    if offices.empty or not len(origins):
        return OfficeWays((), "line", len(offices))
    sites = np.column_stack([offices.geometry.x.to_numpy(np.float64), offices.geometry.y.to_numpy(np.float64)])
    keys = [str(key) for key in offices.index]
    asked: dict[str, Any] = {"demand_keys": list(origins.keys), "site_keys": keys}
    mode = "line" if network is None else "walk"
    try:
        model = TravelModel(mode=mode, limit_minutes=LIMIT_MINUTES)
        ways = travel_times(region, model, origins.xy, sites, network=network, **asked)
    except DataError:  # the streets lie elsewhere; a straight line can still be said
        mode = "line"
        ways = travel_times(region, TravelModel(limit_minutes=LIMIT_MINUTES), origins.xy, sites, **asked)
    _, minutes = quarter_minutes(ways.times, origins)
    found = minutes.tocoo()
    order = sorted(zip(found.data.tolist(), found.col.tolist(), strict=True))[:OFFICES_SHOWN]
    nearest = tuple(
        OfficeWay(keys[at], str(offices["name"].iloc[at]), str(offices["address"].fillna("").iloc[at]), float(time))
        for time, at in order
    )
    return OfficeWays(nearest, mode, len(offices))


def offices_table(t: Texts, chosen: Chosen, ways: OfficeWays) -> Table:
    """Return the nearest offices with minutes, rounded up."""
    rows = [
        Row(
            one.site_id,
            (one.name, one.address, t("quarter.minutes", minutes=t.number(math.ceil(one.minutes - 1e-9)))),
            (one.name, one.address, one.minutes),
        )
        for one in ways.nearest
    ]
    columns = (Column(t("quarter.column.office"), "left"), Column(t("quarter.column.address"), "left"))
    return Table(
        t("quarter.offices_caption", what=title_of(t, chosen)),
        (*columns, Column(t("quarter.column.way"))),
        tuple(rows),
        2,
    )


def offices_text(t: Texts, ways: OfficeWays) -> str:
    """Return how the ways were measured, or why none is named."""
    if not ways.offices:
        return t("quarter.no_offices")
    if not ways.nearest:
        return t("quarter.offices_far", minutes=t.number(LIMIT_MINUTES))
    walk = WalkAssumptions()
    speed, detour = t.number(3.6 * walk.speed_metres_per_second, 1), t.number(walk.detour_factor, 1)
    return t(f"quarter.ways.{ways.mode}", speed=speed, detour=detour)


def hosts_text(t: Texts, chosen: Chosen) -> str:
    """Return the places in the quarters that could take an outreach office."""
    hosts = chosen.region.hosts
    if hosts.empty:
        return ""
    area = chosen.region.quarters.geometry.loc[list(chosen.quarter_ids)].union_all()
    inside = sorted(str(name) for name in hosts["name"][hosts.geometry.intersects(area)])
    return t("quarter.hosts", n=len(inside), hosts=_listed(t, inside)) if inside else t("quarter.no_hosts")


def lasting_text(t: Texts, chosen: Chosen, indicator: Indicator, found: Persistence) -> str:
    """Return whether need lasts in a single quarter, by the product's rule; empty for several."""
    if chosen.is_group or found.reason is not None:
        return ""
    row: Any = found.quarters.loc[chosen.quarter_ids[0]]
    told = {"standing": t(f"standing.{row['standing']}.label"), "course": t(f"course.{row['course']}.label")}
    told |= {"needed": t.number(found.rule.dates_needed), "looked_at": t.number(len(found.window))}
    limit = limit_text(t, found.upper_limit, indicator.unit)
    return t("quarter.lasting", reason=reason_text(t, indicator, found, row), limit=limit, **told)


def withheld_lines(t: Texts, chosen: Chosen) -> tuple[str, ...]:
    """Return what is not shown at the date, and why; of several quarters, because of which."""
    region, date = chosen.region, chosen.date
    hidden: dict[tuple[str, ...], list[str]] = {}
    absent: list[str] = []
    for indicator in indicators_of(region):
        states = indicator_values(region, indicator, date).loc[list(chosen.quarter_ids), "state"]
        label = indicator_label(t, indicator)
        because_of = tuple(str(key) for key in states.index[states == ValueState.SUPPRESSED.value])
        if because_of:
            hidden.setdefault(because_of, []).append(label)
        elif states.isin([ValueState.MISSING.value, ValueState.NOT_APPLICABLE.value]).any():
            absent.append(label)
    lines = []
    for keys, labels in hidden.items():
        names = [str(region.quarters["name"][key]) for key in keys]
        if chosen.is_group:
            lines.append(t("quarter.withheld_group", labels=_listed(t, labels), names=_listed(t, names)))
        else:
            lines.append(
                t("quarter.withheld", labels=_listed(t, labels), reason=withheld_reason(t, region, keys[0], date))
            )
    if absent:
        lines.append(t("quarter.absent", labels=_listed(t, absent), date=t.date(date)))
    return tuple(lines) or (t("quarter.nothing_withheld", date=t.date(date)),)


def source_line(t: Texts, chosen: Chosen) -> str:
    """Return date and source of the figures."""
    return t("map.source", date=t.date(chosen.date), source=source_text(t, chosen.region.sources))


def place_view(t: Texts, chosen: Chosen, around: Sequence[str], ways: OfficeWays, *, theme: str) -> MapView:
    """Return the map that shows where it is: the quarters, their neighbours, the nearest offices."""
    region = chosen.region
    keys = tuple(str(key) for key in region.quarters.index)
    near, mine = set(around), set(chosen.quarter_ids)
    values = tuple(0 if key in mine else 1 if key in near else 2 for key in keys)
    labels = (title_of(t, chosen), t("quarter.legend.neighbours"), t("quarter.legend.others"))
    places = _office_places(t, region, ways)
    extras = (Swatch("office", t("quarter.legend.office")),) if places else ()
    view = category_view(
        t,
        region,
        (values, ((),) * len(keys)),
        colours=NEIGHBOUR_COLOURS[theme],
        labels=labels,
        title=t("quarter.legend"),
        date=chosen.date,
        theme=theme,
    )
    selected = None if chosen.is_group else chosen.quarter_ids[0]
    return replace(view, legend=replace(view.legend, extras=extras), places=places, selected=selected)


def _office_places(t: Texts, region: Region, ways: OfficeWays) -> tuple[Place, ...]:
    if not ways.nearest:
        return ()
    degrees = region.offices.geometry.to_crs(4326)
    kinds = region.offices["kind"]
    return tuple(
        Place(
            one.site_id,
            round(float(degrees[one.site_id].x), 5),
            round(float(degrees[one.site_id].y), 5),
            str(kinds[one.site_id]) if str(kinds[one.site_id]) in _OFFICE_KINDS else "branch",
            "JC",
            (one.name, t("quarter.minutes", minutes=t.number(math.ceil(one.minutes - 1e-9)))),
        )
        for one in ways.nearest
    )


def _compared(t: Texts, row: Any, whole: float) -> str:
    if not (math.isfinite(whole) and math.isfinite(row["low"]) and math.isfinite(row["value"])):
        return ""
    return t("quarter.higher" if row["low"] > whole else "quarter.lower" if row["high"] < whole else "quarter.similar")


def _listed(t: Texts, names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMES_SHOWN])
    return shown if len(names) <= _NAMES_SHOWN else t("quarter.and_more", names=shown, more=len(names) - _NAMES_SHOWN)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
