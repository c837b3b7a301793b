"""The map of a plan: offices, possible places, numbered suggestions, and from where they are reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from geo.output.need import Picture, atlas_view
from geo.output.sites.question_text import about_place, counts_today, service_label, wish_of
from geo.output.values import (
    MAP_COLOURS,
    PLACE_COLOURS,
    Area,
    Circle,
    MapView,
    Place,
    Swatch,
    number_or_none,
    paler,
    people_text,
)
from geo.region import SiteKind
from geo.region.model import Region
from geo.siting.ask import ON_STREETS, Answer, streets_of
from geo.text import Texts

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry


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
    colours = tuple(paler(colour, MAP_COLOURS[picture.theme]["ground"]) for colour in base.legend.colours)
    circles, areas = _catchments(picture.theme, answer, look)
    return replace(
        base,
        places=_places(t, picture.region, answer, look),
        circles=circles,
        areas=areas,
        takes_points=look.takes_points,
        legend=replace(base.legend, colours=colours, extras=_extras(t, base.legend.extras, answer)),
    )


def catchment_places(answer: Answer) -> dict[str, tuple[float, float]]:
    """Return the places whose catchments are drawn, in metres: offices that stay open and suggested sites."""
    places = answer.posed.places.set_index("id")
    today = answer.posed.places["id"].iloc[answer.posed.offices_today]
    shown = [key for key in today if key not in answer.posed.question.closed]
    shown += list(answer.sites["id"])
    xy = places.loc[shown, ["x", "y"]].to_numpy(dtype=float).tolist()
    return {str(key): (x, y) for key, (x, y) in zip(shown, xy, strict=True)}


def catchments_of(region: Region, answer: Answer, cache: Path | None = None) -> dict[str, BaseGeometry]:
    """Return the areas in degrees from which offices that stay and suggested sites are reached on streets, by site.

    Empty where ways do not follow streets. ``cache`` is a folder in which streets are kept once they were read.
    """
    import numpy as np

    from geo.reach.streets import walk_catchments

    question, survey = answer.posed.question, answer.posed.survey
    places = catchment_places(answer)
    if survey.mode not in ON_STREETS or not places:
        return {}
    areas = walk_catchments(
        survey.network or streets_of(region, cache),
        np.array(list(places.values()), dtype=np.float64),
        minutes=question.minutes,
        assumptions=question.assumptions,
        wheelchair=survey.mode == "wheelchair",
    )
    return dict(zip(places, areas, strict=True))


def _catchments(theme: str, answer: Answer, look: SitesLook) -> tuple[tuple[Circle, ...], tuple[Area, ...]]:
    posed = answer.posed
    today = set(posed.places["id"][posed.places["is_office"]])

    def style(key: str) -> tuple[str, bool]:
        return (MAP_COLOURS[theme]["ink"], True) if key in today else (PLACE_COLOURS["plan"], False)

    if posed.survey.mode != "line":
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
        if row["is_office"] and not counts_today(answer, key):
            without = t("siting.place_without", service=service_label(t, posed.question.service))
            place = replace(place, lines=(*place.lines, without))
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
    has_areas = posed.survey.mode in ("line", "walk", "wheelchair")
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


def site_places(t: Texts, region: Region) -> tuple[Place, ...]:
    """Return every site of a region for a map: offices, and places that could take one."""
    sites = region.sites
    points = sites.geometry.to_crs(4326)
    rows = [
        {"id": key, "name": row["name"], "is_office": SiteKind(row["kind"]).is_office} for key, row in sites.iterrows()
    ]
    return tuple(
        _place(t, row, (round(float(point.x), 6), round(float(point.y), 6)), sites)
        for row, point in zip(rows, points, strict=True)
    )


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


def _suggestion(t: Texts, region: Region, answer: Answer, row: Any, number: int) -> Place:
    gain = t("siting.place_gain", people=people_text(t, number_or_none(row["gain"]), answer.rounded_to))
    about = about_place(t, region.sites.loc[row["id"]]) if row["id"] in region.sites.index else ()
    lines = (f"{number}. {row['name']}", gain, *about)
    return Place(str(row["id"]), round(row["lon"], 6), round(row["lat"], 6), "plan", str(number), lines)


def _place(t: Texts, row: Mapping[Any, Any], degrees: tuple[float, float], known: pd.DataFrame) -> Place:
    key = str(row["id"])
    if row["is_office"]:
        return Place(key, *degrees, str(known.loc[key, "kind"]), "JC", (str(row["name"]), t("siting.place_office")))
    about = about_place(t, known.loc[key]) if key in known.index else ()
    return Place(key, *degrees, "host", "", (str(row["name"]), t("siting.place_host"), *about))
