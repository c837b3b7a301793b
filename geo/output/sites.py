"""The answer to a siting question, as map, table and sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from geo.output.atlas import Picture, atlas_view
from geo.output.mapview import Area, Circle, MapView, Place, Swatch, paler
from geo.output.tables import Column, Row, Table
from geo.output.ways import ways_sentence
from geo.region.region import Region
from geo.siting.curves import Curve
from geo.siting.plan import Plan, Status
from geo.siting.question import BY_WAYS, Answer, Question, shown_people
from geo.siting.reached import added_alone
from geo.siting.worker import Standing
from geo.text import Texts

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

PLAN_COLOUR = "#b4460f"
OFFICE_COLOURS = {"light": "#17262b", "dark": "#e8efee"}


def people_text(t: Texts, people: float | None, rounded_to: int) -> str:
    """Return a number of people as it may be shown; ``weniger als 10`` where it is too small."""
    return t("siting.fewer_than", n=rounded_to) if people is None else t.number(people)


@dataclass(frozen=True)
class SitesLook:
    """What the map of a plan shows beside the plan.

    ``catchments`` are areas in degrees by site, as far as they are known; ``place`` is the key of the place in view;
    ``takes_points`` whether a click asks for a place of one's own.
    """

    catchments: Mapping[str, BaseGeometry] = field(default_factory=dict)
    place: str | None = None
    takes_points: bool = False


def sites_view(t: Texts, picture: Picture, answer: Answer, look: SitesLook | None = None) -> MapView:
    """Return the map of a plan over the choropleth of ``picture``: offices, possible places, numbered suggestions."""
    look = SitesLook() if look is None else look
    base = atlas_view(t, picture)
    ground = "#ffffff" if picture.theme == "light" else "#12191b"
    colours = tuple(paler(colour, ground) for colour in base.legend.colours)
    circles, areas = _catchments(picture.theme, answer, look)
    return replace(
        base,
        places=_places(t, picture.region, answer, look),
        circles=circles,
        areas=areas,
        takes_points=look.takes_points,
        legend=replace(base.legend, colours=colours, extras=_extras(t, base.legend.extras, answer)),
    )


def wish_of(question: Question, key: str) -> str:
    """Return what a reader wishes for a place: ``forced``, ``forbidden``, ``closed``, ``own`` or nothing."""
    wishes = {"forced": question.forced, "forbidden": question.forbidden, "closed": question.closed}
    wishes["own"] = tuple(place.id for place in question.own)
    return next((wish for wish, keys in wishes.items() if key in keys), "")


def catchment_places(answer: Answer) -> dict[str, tuple[float, float]]:
    """Return the places whose catchments are drawn, in metres: offices that stay open and suggested sites."""
    places = answer.posed.places.set_index("id")
    shown = [*(key for key in places.index[places["is_office"]] if key not in answer.posed.question.closed)]
    shown += list(answer.sites["id"])
    xy = places.loc[shown, ["x", "y"]].to_numpy(dtype=float).tolist()
    return {str(key): (x, y) for key, (x, y) in zip(shown, xy, strict=True)}


def _catchments(theme: str, answer: Answer, look: SitesLook) -> tuple[tuple[Circle, ...], tuple[Area, ...]]:
    posed = answer.posed
    today = set(posed.places["id"][posed.places["is_office"]])

    def style(key: str) -> tuple[str, bool]:
        return (OFFICE_COLOURS[theme], True) if key in today else (PLAN_COLOUR, False)

    if posed.ground.mode != "line":
        shown = [key for key in catchment_places(answer) if key in look.catchments]
        return (), tuple(Area(rings(look.catchments[key]), *style(key)) for key in shown)
    metres = posed.question.assumptions.straight_line_metres(posed.question.minutes)
    degrees = _place_degrees(answer)
    return tuple(Circle(*degrees[key], metres, *style(key)) for key in catchment_places(answer) if key in degrees), ()


def rings(area: BaseGeometry) -> tuple[tuple[tuple[tuple[float, float], ...], ...], ...]:
    """Return polygons as rings of (latitude, longitude) with 5 decimals, about a metre."""
    import shapely

    polygons = [part for part in shapely.get_parts(area) if part.geom_type == "Polygon"]
    return tuple(
        tuple(
            tuple((round(lat, 5), round(lon, 5)) for lon, lat in ring.coords)
            for ring in (part.exterior, *part.interiors)
        )
        for part in polygons
    )


def _places(t: Texts, region: Region, answer: Answer, look: SitesLook) -> tuple[Place, ...]:
    posed, degrees = answer.posed, _place_degrees(answer)
    numbers = dict(zip(answer.sites["id"], range(1, len(answer.sites) + 1), strict=True))
    known = region.sites
    hosts: list[Place] = []
    offices: list[Place] = []
    for row in posed.places.to_dict("records"):
        key = str(row["id"])
        if key in numbers or (row["kind"] == "candidate" and key not in known.index):
            continue
        place = _place(t, row, degrees[key], known)
        place = replace(place, state=wish_of(posed.question, key), is_chosen=key == look.place)
        (offices if row["is_office"] else hosts).append(place)
    suggested = []
    for row in answer.sites.to_dict("records"):
        key = str(row["id"])
        wish = wish_of(posed.question, key)
        place = _suggestion(t, region, answer, row, numbers[key])
        suggested.append(replace(place, state=wish, is_chosen=key == look.place, is_movable=wish == "own"))
    return (*hosts, *offices, *suggested)


def _extras(t: Texts, extras: tuple[Swatch, ...], answer: Answer) -> tuple[Swatch, ...]:
    posed = answer.posed
    minutes = t.number(posed.question.minutes)
    has_areas = posed.ground.mode in ("line", "walk", "wheelchair")
    out = list(extras)
    if posed.places["is_office"].any():
        out.append(Swatch("office", t("map.office")))
        out += [Swatch("reach-today", t("map.reach_today", minutes=minutes))] if has_areas else []
    if posed.question.candidates == "hosts" and (posed.places["kind"] == "candidate").any():
        out.append(Swatch("host", t("map.host")))
    if len(answer.sites):
        out.append(Swatch("plan", t("map.plan"), "1"))
        out += [Swatch("reach", t("map.reach", minutes=minutes))] if has_areas else []
    wishes = {wish_of(posed.question, str(key)) for key in posed.places["id"]} - {"", "own"}
    return (*out, *(Swatch(wish, t(f"map.{wish}")) for wish in sorted(wishes)))


def _place_degrees(answer: Answer) -> dict[str, tuple[float, float]]:
    """Return longitude and latitude of every place."""
    from pyproj import Transformer

    places, crs = answer.posed.places, answer.posed.crs
    to_degrees = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(places["x"].to_numpy(), places["y"].to_numpy())
    return {
        str(key): (round(float(east), 6), round(float(north), 6))
        for key, east, north in zip(places["id"], lon, lat, strict=True)
    }


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


def places_table(t: Texts, region: Region, answer: Answer) -> Table:
    """Return every place with its state and the people it would add on its own."""
    posed = answer.posed
    columns = (
        Column(t("siting.column_site"), "left"),
        Column(t("siting.column_state"), "left"),
        Column(t("siting.column_alone")),
        Column(t("siting.column_cost")),
        Column(t("siting.column_access"), "left"),
    )
    alone = added_alone(posed.problem)
    rows = []
    for at, place in enumerate(posed.places.to_dict("records")):
        key = str(place["id"])
        people = shown_people(float(alone[at]), region.disclosure)
        cost = _number(place["cost_per_year_eur"])
        known = region.sites.loc[key] if key in region.sites.index else None
        cells = (
            str(place["name"]),
            state_text(t, answer, key),
            t("value.none") if place["is_office"] else people_text(t, people, answer.rounded_to),
            t("value.none") if cost is None else t.euros(cost),
            _yes_no(t, known["is_accessible"] if known is not None else None),
        )
        sort = (cells[0], cells[1], None if place["is_office"] else float(people or 0), cost, cells[4])
        rows.append(Row(key, cells, sort))
    return Table(t("siting.places_caption"), columns, tuple(rows), sort=2, is_descending=True)


def state_text(t: Texts, answer: Answer, key: str) -> str:
    """Return the state of a place: office today, suggested, required and so on."""
    wish = wish_of(answer.posed.question, key)
    if wish:
        return t(f"siting.state_{wish}")
    numbers = {str(site): number for number, site in enumerate(answer.sites["id"], 1)}
    if key in numbers:
        return t("siting.state_suggested", number=numbers[key])
    places = answer.posed.places
    is_office = bool(places.loc[places["id"] == key, "is_office"].any())
    return t("siting.state_office") if is_office else t("siting.state_free")


def place_lines(t: Texts, region: Region, answer: Answer, key: str) -> tuple[str, ...]:
    """Return the state of a place and what is known of it, in short lines."""
    about = _about(t, region.sites.loc[key]) if key in region.hosts.index else ()
    return (state_text(t, answer, key), *about)


def assumptions(t: Texts, region: Region, answer: Answer) -> tuple[str, ...]:
    """Return what the answer rests on, one sentence each."""
    question, demand = answer.posed.question, answer.posed.demand
    places = answer.posed.places
    closed = len(question.closed)
    fixed = int(places["is_office"].sum()) - closed
    candidates = int((places["kind"] == "candidate").sum())
    placed = "siting.assumption_demand" if region.cells is not None else "siting.assumption_area"
    lines = [
        ways_sentence(t, answer.posed.ground.mode, answer.posed.times, question.minutes),
        t(placed, round=answer.rounded_to),
        t("siting.assumption_fixed", n=fixed) if fixed else t("siting.assumption_none_fixed"),
        t(f"siting.assumption_{question.candidates}", n=t.number(candidates)),
    ]
    if question.objective == "budget":
        lines.append(t("siting.assumption_budget"))
    if question.objective == "capacity":
        lines.append(t("siting.assumption_capacity", visits=t.number(question.visits_per_year)))
    if question.objective in BY_WAYS:
        lines.append(t("siting.assumption_far", minutes=t.number(answer.posed.times.limit_minutes)))
    if closed:
        lines.append(t("siting.assumption_closed", n=closed))
    if question.own:
        lines.append(t("siting.assumption_own", n=len(question.own)))
    if demand.withheld_quarters:
        lines.append(t("siting.assumption_withheld", n=demand.withheld_quarters))
    return tuple(lines)


def infeasible_text(t: Texts, plan: Plan) -> str:
    """Return why no choice meets the wishes, with the nearest change that would do."""

    def said(name: str, value: float) -> str:
        if name.startswith("share"):
            return t.percent(100 * value, 0)
        return t.euros(value) if name.startswith("budget") else t.number(value)

    return t(f"site.infeasible.{plan.message}", **{name: said(name, value) for name, value in plan.parameters.items()})


def question_lines(t: Texts, answer: Answer) -> tuple[str, ...]:
    """Return what a plan is worth in the unit of its question, beside the people it reaches."""
    plan = answer.plan
    if plan.status is Status.INFEASIBLE:
        return ()
    tellers = {
        "cover-all": _told_number,
        "budget": _told_cost,
        "median": _told_ways,
        "center": _told_ways,
        "capacity": _told_states,
    }
    teller = tellers.get(plan.question)
    return () if teller is None else (teller(t, answer),)


def _told_number(t: Texts, answer: Answer) -> str:
    return t("siting.told_cover-all", n=len(answer.plan.selected))


def _told_cost(t: Texts, answer: Answer) -> str:
    cost, budget = t.euros(answer.plan.cost or 0.0), t.euros(answer.posed.question.budget_eur)
    return t("siting.told_budget", n=len(answer.plan.selected), cost=cost, budget=budget)


def _told_ways(t: Texts, answer: Answer) -> str:
    plan = answer.plan
    people = max(plan.total, 1e-9) if plan.question == "median" else 1.0
    before = t.number(plan.before / people, 1) if math.isfinite(plan.before) else t("value.none")
    return t(f"siting.told_{plan.question}", minutes=t.number(plan.objective / people, 1), before=before)


def _told_states(t: Texts, answer: Answer) -> str:
    plan = answer.plan
    states = {"served": plan.served, "waiting": plan.waiting, "beyond": plan.beyond}
    shown = {name: shown_people(people or 0.0, answer.rule) for name, people in states.items()}
    return t("siting.told_capacity", **{name: people_text(t, n, answer.rounded_to) for name, n in shown.items()})


def question_title(t: Texts, question: Question) -> str:
    """Return the question as a sentence."""
    minutes = t.number(question.minutes, 0 if float(question.minutes).is_integer() else 1)
    if question.objective == "coverage":
        return (
            t("siting.lead_one", minutes=minutes)
            if question.new == 1
            else t("siting.lead", n=question.new, minutes=minutes)
        )
    return t(
        f"siting.lead_{question.objective}",
        n=question.new,
        minutes=minutes,
        share=t.percent(question.share, 0),
        budget=t.euros(question.budget_eur),
    )


def proof_text(t: Texts, answer: Answer) -> str:
    """Return whether the plan is proven best, else by how much it could be better, and the time taken."""
    plan = answer.plan
    other = "" if plan.question in ("coverage", "budget") else "_other"
    if plan.status is Status.OPTIMAL:
        said = t(f"siting.proven{other}")
    elif plan.status is Status.INFEASIBLE:
        return infeasible_text(t, plan)
    elif plan.status is Status.STOPPED:
        said = t(f"siting.stopped{other}", gap=t.percent(100 * plan.gap, 2))
    else:
        said = t(f"siting.gap{other}", gap=t.percent(100 * plan.gap, 2))
    return f"{said} {t('siting.seconds', seconds=t.number(answer.seconds, 2))}"


def searching_text(t: Texts, answer: Answer, standing: Standing | None) -> str:
    """Return what a search has found so far: people, what is possible at most, and the gap between."""
    value, bound, gap = (answer.plan.objective, answer.plan.bound, answer.plan.gap)
    if standing is not None:
        value, bound, gap = standing.value, standing.bound, min(gap, standing.gap)
    if answer.plan.question not in ("coverage", "budget"):
        return t("siting.searching_other", gap=t.percent(100 * gap, 2))
    step = answer.rounded_to
    return t(
        "siting.searching",
        people=t.number(round(value / step) * step),
        bound=t.number(math.ceil(bound / step) * step),
        gap=t.percent(100 * gap, 2),
    )


def shown_curve(region: Region, told: Curve) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return people reached and the bound for 0, 1, 2, ... new offices, rounded as people are shown."""
    step = region.disclosure.reached_round_to
    reached = tuple(float(shown_people(value, region.disclosure) or 0) for value in told.reached)
    bound = tuple(max(low, round(high / step) * step) for low, high in zip(reached, told.bound, strict=True))
    return reached, bound


def _suggestion(t: Texts, region: Region, answer: Answer, row: Any, number: int) -> Place:
    gain = t("siting.place_gain", people=people_text(t, _number(row["gain"]), answer.rounded_to))
    about = _about(t, region.sites.loc[row["id"]]) if row["id"] in region.sites.index else ()
    lines = (f"{number}. {row['name']}", gain, *about)
    return Place(str(row["id"]), round(row["lon"], 6), round(row["lat"], 6), "plan", str(number), lines)


def _place(t: Texts, row: Mapping[Any, Any], degrees: tuple[float, float], known: pd.DataFrame) -> Place:
    key = str(row["id"])
    if row["is_office"]:
        return Place(key, *degrees, str(known.loc[key, "kind"]), "JC", (str(row["name"]), t("siting.place_office")))
    about = _about(t, known.loc[key]) if key in known.index else ()
    return Place(key, *degrees, "host", "", (str(row["name"]), t("siting.place_host"), *about))


def _about(t: Texts, row: Any) -> tuple[str, ...]:
    lines = []
    if (rooms := _number(row["rooms"])) is not None:
        lines.append(t("siting.place_rooms", rooms=t.number(rooms)))
    lines.append(t("siting.place_access", answer=_yes_no(t, row["is_accessible"])))
    if (cost := _number(row["cost_per_year_eur"])) is not None:
        lines.append(t("siting.place_cost", cost=t.euros(cost)))
    return tuple(lines)


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _yes_no(t: Texts, value: Any) -> str:
    if value is None or pd.isna(value):
        return t("siting.unknown")
    return t("siting.yes") if bool(value) else t("siting.no")
