"""The answer to a siting question, as map, table and sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.output.atlas import Picture, atlas_view
from geo.output.mapview import Circle, MapView, Place, Swatch, paler
from geo.output.tables import Column, Row, Table
from geo.region.region import Region
from geo.siting.plan import Status
from geo.siting.question import Answer, shown_people
from geo.text import Texts

PLAN_COLOUR = "#b4460f"
OFFICE_COLOURS = {"light": "#17262b", "dark": "#e8efee"}


def people_text(t: Texts, people: float | None, rounded_to: int) -> str:
    """Return a number of people as it may be shown; ``weniger als 10`` where it is too small."""
    return t("siting.fewer_than", n=rounded_to) if people is None else t.number(people)


def sites_view(t: Texts, picture: Picture, answer: Answer) -> MapView:
    """Return the map of a plan over the choropleth of ``picture``: offices, possible places, numbered suggestions."""
    region, question = picture.region, answer.posed.question
    metres = question.assumptions.straight_line_metres(question.minutes)
    base = atlas_view(t, picture)
    ground = "#ffffff" if picture.theme == "light" else "#12191b"
    colours = tuple(paler(colour, ground) for colour in base.legend.colours)
    chosen = dict(zip(answer.sites["id"], range(1, len(answer.sites) + 1), strict=True))
    offices = _degrees(region.offices)
    hosts = _degrees(region.hosts)
    places = [_place(t, key, row, "host") for key, row in hosts.iterrows() if key not in chosen]
    places += [_place(t, key, row, str(row["kind"])) for key, row in offices.iterrows()]
    places += [
        _suggestion(t, region, answer, row, number) for number, row in enumerate(answer.sites.to_dict("records"), 1)
    ]
    today = OFFICE_COLOURS[picture.theme]
    circles = [Circle(row["lon"], row["lat"], metres, today, is_dashed=True) for _, row in offices.iterrows()]
    circles += [Circle(row["lon"], row["lat"], metres, PLAN_COLOUR) for row in answer.sites.to_dict("records")]
    minutes = t.number(question.minutes)
    extras = list(base.legend.extras)
    if len(offices):
        extras += [Swatch("office", t("map.office")), Swatch("reach-today", t("map.reach_today", minutes=minutes))]
    if len(hosts):
        extras.append(Swatch("host", t("map.host")))
    if chosen:
        extras += [Swatch("plan", t("map.plan"), "1"), Swatch("reach", t("map.reach", minutes=minutes))]
    return replace(
        base,
        places=tuple(places),
        circles=tuple(circles),
        legend=replace(base.legend, colours=colours, extras=tuple(extras)),
    )


def sites_table(t: Texts, region: Region, answer: Answer) -> Table:
    """Return the suggested places in order of gain."""
    columns = (
        Column(t("siting.column_number")),
        Column(t("siting.column_site"), "left"),
        Column(t("siting.column_gain")),
        Column(t("siting.column_cumulative")),
        Column(t("siting.column_share")),
        Column(t("siting.column_cost")),
        Column(t("siting.column_access"), "left"),
    )
    rows = []
    for number, site in enumerate(answer.sites.to_dict("records"), 1):
        gain, cumulative = _number(site["gain"]), _number(site["cumulative"])
        share = 100 * cumulative / answer.demand if cumulative is not None and answer.demand else None
        known = region.sites.loc[site["id"]] if site["id"] in region.sites.index else None
        cost = _number(known["cost_per_year_eur"]) if known is not None else None
        cells = (
            str(number),
            str(site["name"]),
            people_text(t, gain, answer.rounded_to),
            people_text(t, cumulative, answer.rounded_to),
            t("value.none") if share is None else t.percent(share, 0),
            t("value.none") if cost is None else t.euros(cost),
            _yes_no(t, known["is_accessible"] if known is not None else None),
        )
        sort = (number, str(site["name"]), gain, cumulative, share, cost, cells[-1])
        rows.append(Row(str(site["id"]), cells, sort))
    return Table(t("siting.table_caption"), columns, tuple(rows))


def assumptions(t: Texts, region: Region, answer: Answer) -> tuple[str, ...]:
    """Return what the answer rests on, one sentence each."""
    question, demand = answer.posed.question, answer.posed.demand
    walk = question.assumptions
    fixed = len(region.offices)
    candidates = len(answer.posed.places) - int(answer.posed.places["is_office"].sum())
    placed = "siting.assumption_demand" if region.cells is not None else "siting.assumption_area"
    lines = [
        t(
            "siting.assumption_walk",
            detour=t.number(walk.detour_factor, 1),
            speed=t.number(walk.speed_metres_per_second, 1),
            minutes=t.number(question.minutes),
            metres=t.number(walk.straight_line_metres(question.minutes)),
        ),
        t(placed, round=answer.rounded_to),
        t("siting.assumption_fixed", n=fixed) if fixed else t("siting.assumption_none_fixed"),
        t(f"siting.assumption_{question.candidates}", n=t.number(candidates)),
    ]
    if demand.withheld_quarters:
        lines.append(t("siting.assumption_withheld", n=demand.withheld_quarters))
    return tuple(lines)


def proof_text(t: Texts, answer: Answer) -> str:
    """Return whether the plan is proven best, else by how much it could be better, and the time taken."""
    plan = answer.plan
    if plan.status is Status.OPTIMAL:
        said = t("siting.proven")
    elif plan.status is Status.INFEASIBLE:
        candidates = len(answer.posed.places) - int(answer.posed.places["is_office"].sum())
        return t("siting.infeasible", candidates=candidates, new=answer.posed.question.new)
    else:
        said = t("siting.gap", gap=t.percent(100 * plan.gap, 2))
    return f"{said} {t('siting.seconds', seconds=t.number(answer.seconds, 2))}"


def shown_curve(region: Region, answer: Answer) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return people reached and the bound for 0, 1, 2, ... new offices, rounded as people are shown."""
    if answer.curve is None:
        return (), ()
    step = region.disclosure.reached_round_to
    reached = tuple(float(shown_people(value, region.disclosure) or 0) for value in answer.curve.reached)
    bound = tuple(max(low, round(high / step) * step) for low, high in zip(reached, answer.curve.bound, strict=True))
    return reached, bound


def _suggestion(t: Texts, region: Region, answer: Answer, row: Any, number: int) -> Place:
    gain = t("siting.place_gain", people=people_text(t, _number(row["gain"]), answer.rounded_to))
    about = _about(t, region.sites.loc[row["id"]]) if row["id"] in region.sites.index else ()
    lines = (f"{number}. {row['name']}", gain, *about)
    return Place(str(row["id"]), round(row["lon"], 6), round(row["lat"], 6), "plan", str(number), lines)


def _place(t: Texts, key: Any, row: Any, kind: str) -> Place:
    what = t("siting.place_host") if kind == "host" else t("siting.place_office")
    about = _about(t, row) if kind == "host" else ()
    mark = "" if kind == "host" else "JC"
    return Place(str(key), row["lon"], row["lat"], kind, mark, (str(row["name"]), what, *about))


def _about(t: Texts, row: Any) -> tuple[str, ...]:
    lines = []
    if (rooms := _number(row["rooms"])) is not None:
        lines.append(t("siting.place_rooms", rooms=t.number(rooms)))
    lines.append(t("siting.place_access", answer=_yes_no(t, row["is_accessible"])))
    if (cost := _number(row["cost_per_year_eur"])) is not None:
        lines.append(t("siting.place_cost", cost=t.euros(cost)))
    return tuple(lines)


def _degrees(sites: gpd.GeoDataFrame) -> pd.DataFrame:
    points = sites.geometry.to_crs(4326)
    return pd.DataFrame(sites.drop(columns="geometry")).assign(lon=points.x.round(6), lat=points.y.round(6))


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _yes_no(t: Texts, value: Any) -> str:
    if value is None or pd.isna(value):
        return t("siting.unknown")
    return t("siting.yes") if bool(value) else t("siting.no")
