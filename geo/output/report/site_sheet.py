"""One page for each new site: who is reached, from where, what it costs, and what is still to be settled.

A :class:`SiteSheet` holds finished sentences; :func:`sheets_pdf` sets them. All people are rounded as they may be
shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.output.sites import Solved
from geo.output.values import (
    file_key,
    number_or_none,
    one_line,
    people_text,
    services_text,
    source_text,
    ways_sentence,
    yes_no,
)
from geo.region.disclosure import round_people
from geo.region.model import Region
from geo.siting.ask import nearest_minutes, weighted_quantile
from geo.siting.costs import COMPONENTS, ONCE, parameters_at, site_costs
from geo.siting.explain import reasons
from geo.text import Texts

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.output.values import MapView

QUARTERS_MOST = 8
HOSTS_MOST = 4
QUESTIONS_MOST = 8
NEAR_METRES = 2_000.0
NAME_LENGTH = 70
WINDOW_METRES_LEAST = 700.0

_TEMPLATE = Path(__file__).with_name("site_sheet.typ")
_MAP_MM = (100.0, 108.0)


@dataclass(frozen=True)
class Figure:
    """A big number and the sentence that says what it is."""

    number: str
    sentence: str


@dataclass(frozen=True, eq=False)
class SiteSheet:
    """What is said of one new site.

    Parameters
    ----------
    number, of
        Place in the order of gain, and how many there are.
    site_id, name
        Key, and name cut to one line.
    lead
        Scenario, region and date in one line.
    figures
        Three big numbers: in reach, only here, added.
    about
        What is known of the place, as (label, text).
    ways
        How ways were measured, and what changes for the people in reach.
    quarters
        Rows of quarter, people in reach, people newly in reach, mean way; and what is said below them.
    quarters_note
        How many more quarters there are, and what does not count.
    hosts
        Other possible places nearby, as (name, distance).
    costs
        Rows of component and euro, the sums last.
    costs_note
        Where the prices come from.
    questions
        What is to be settled before a decision.
    place
        Name of the region.
    svg
        The map of the surroundings, SVG.
    source, disclosure, fictional
        For the foot; the mark of made-up data is empty for real ones.
    """

    number: int
    of: int
    site_id: str
    name: str
    lead: str
    figures: tuple[Figure, ...]
    about: tuple[tuple[str, str], ...]
    ways: tuple[str, ...]
    quarters: tuple[tuple[str, ...], ...]
    quarters_note: str
    hosts: tuple[tuple[str, str], ...]
    costs: tuple[tuple[str, str], ...]
    costs_note: str
    questions: tuple[str, ...]
    place: str
    svg: str
    source: str
    disclosure: str
    fictional: str


def site_sheets(
    t: Texts, region: Region, solved: Solved, catchments: Mapping[str, BaseGeometry] | None = None
) -> tuple[SiteSheet, ...]:
    """Return a sheet for each site that opens, in order of gain; none where nothing opens.

    Parameters
    ----------
    catchments
        Areas in degrees by place, as :func:`geo.output.sites.catchments_of` gives them.
    """
    from geo.output.need import latest_date, main_indicator
    from geo.output.report.dossier_need import picture_of
    from geo.output.sites import SitesLook, sites_view

    answer = solved.answer
    indicator = main_indicator(region)
    picture = picture_of(region, indicator, latest_date(region, indicator))
    told = {reason.site: reason for reason in reasons(answer.posed.problem, answer.plan)}
    parts = (one_line(region.name, 60), one_line(solved.scenario.name, 60), t.date(solved.outcome.date))
    made = []
    for number, site in enumerate(answer.plan.selected, 1):
        key = str(answer.posed.places["id"].iloc[site])
        areas = {key: catchments[key]} if catchments and key in catchments else {}
        view = sites_view(t, picture, answer, SitesLook(catchments=areas, place=key))
        near = _Near(region, solved, site)
        made.append(
            SiteSheet(
                number=number,
                of=len(answer.plan.selected),
                site_id=key,
                name=one_line(str(answer.posed.places["name"].iloc[site]), NAME_LENGTH) or key,
                lead=" · ".join(part for part in parts if part),
                figures=_figures(t, solved, told[site], number),
                about=_about(t, region, solved, site),
                ways=_ways(t, solved, near),
                quarters=_quarters(t, region, solved, near),
                quarters_note=_quarters_note(t, solved, near),
                hosts=_hosts(t, solved, site),
                costs=_costs(t, region, solved, site),
                costs_note=_costs_note(t, region, solved),
                questions=open_questions(t, region, solved, site),
                place=one_line(region.name, NAME_LENGTH),
                svg=_drawn(t, region, view, _window(solved, site, near)),
                source=view.legend.source or source_text(t, region.sources),
                disclosure=t("sheet.disclosure", step=t.number(solved.outcome.rounded_to)),
                fictional=t("shell.fictional", place=one_line(region.name, 40)) if region.is_fictional else "",
            )
        )
    return tuple(made)


def sheets_pdf(t: Texts, sheets: tuple[SiteSheet, ...]) -> bytes:
    """Return sheets as one tagged PDF (PDF/UA-1), an A4 page each.

    Raises
    ------
    DataError
        ``sheets_none`` where there is no sheet: nothing opens.
    """
    from geo.errors import DataError
    from geo.findings import error
    from geo.output.paper import COUNTRIES, typeset

    if not sheets:
        raise DataError((error("sheets_none"),))
    return typeset(
        _TEMPLATE,
        {
            "language": t.language,
            "country": COUNTRIES[t.language],
            "title": t("sheet.title", place=sheets[0].place),
            "labels": {
                name: t(f"sheet.{name}")
                for name in ("quarters", "ways", "hosts", "costs", "questions", "about", "none_near", "page")
            },
            "columns": [t("table.quarter"), t("sheet.in_reach"), t("sheet.newly"), t("sheet.mean_way")],
            "sheets": [_values(t, sheet) for sheet in sheets],
        },
    )


def sheet_files(t: Texts, sheets: tuple[SiteSheet, ...]) -> dict[str, bytes]:
    """Return each sheet as a PDF of its own, by file name."""
    return {f"{sheet.number:02d}_{file_key(sheet.site_id)}.pdf": sheets_pdf(t, (sheet,)) for sheet in sheets}


def _drawn(t: Texts, region: Region, view: MapView, window: tuple[float, float, float, float]) -> str:
    from geo.output.paper import Sheet, map_file

    paper = Sheet(width_mm=_MAP_MM[0], height_mm=_MAP_MM[1], legend="below", text_scale=0.75, window=window)
    return map_file(t, region, view, paper, "svg").decode("utf-8")


def _values(t: Texts, sheet: SiteSheet) -> dict[str, Any]:
    """Return what the template is filled with."""
    sums = (t("sheet.cost_year"), t("sheet.cost_once"))
    return {
        **asdict(sheet),
        "badge": t("sheet.badge", number=sheet.number, of=sheet.of),
        "costs_strong": [at for at, (label, _) in enumerate(sheet.costs) if label in sums],
        "map_alt": t("sheet.map_alt", site=sheet.name),
    }


class _Near:
    """People within reach of one site: by point, for sums by quarter."""

    def __init__(self, region: Region, solved: Solved, site: int) -> None:
        posed = solved.answer.posed
        survey, within = posed.survey, posed.question.minutes
        here = nearest_minutes(survey, [site])
        today = nearest_minutes(survey, posed.offices_today)
        is_near = here <= within + 1e-9
        self.frame = pd.DataFrame(
            {
                "quarter_id": survey.demand.quarter_ids[is_near],
                "people": survey.demand.people[is_near],
                "here": here[is_near],
                "today": today[is_near],
                "x": survey.demand.xy[is_near, 0],
                "y": survey.demand.xy[is_near, 1],
            }
        )
        self.frame["new"] = np.where(self.frame["today"] > within + 1e-9, self.frame["people"], 0.0)
        self.frame["weighted"] = self.frame["people"] * self.frame["here"]
        self.quarters = self.frame.groupby("quarter_id")[["people", "new", "weighted"]].sum()
        self.quarters["mean"] = self.quarters["weighted"] / self.quarters["people"]
        self.quarters["name"] = region.quarters["name"].reindex(self.quarters.index)
        self.quarters = self.quarters.sort_values(["people", "name"], ascending=[False, True], kind="stable")


def _figures(t: Texts, solved: Solved, reason: Any, number: int) -> tuple[Figure, ...]:
    answer = solved.answer
    minutes = t.shortest(solved.outcome.minutes)

    def said(people: float) -> str:
        return people_text(t, round_people(people, answer.rule), answer.rounded_to)

    site = solved.outcome.sites[number - 1]
    added = people_text(t, site.gain, answer.rounded_to)
    return (
        Figure(said(reason.reached), t("sheet.figure_reached", minutes=minutes)),
        Figure(said(reason.alone), t("sheet.figure_alone")),
        Figure(added, t("sheet.figure_added", number=number)),
    )


def _about(t: Texts, region: Region, solved: Solved, site: int) -> tuple[tuple[str, str], ...]:
    place = solved.answer.posed.places.iloc[site]
    known = region.sites.loc[place["id"]] if place["id"] in region.sites.index else None
    costs = solved.scenario.costs
    rows = []
    if known is not None:
        rows += [(t("dataout.address"), one_line(str(known["address"]), 80))] if known["address"] else []
        rows += [(t("dataout.carrier"), one_line(str(known["carrier"]), 80))] if known["carrier"] else []
        rooms = number_or_none(known["rooms"])
        rows += [(t("dataout.rooms"), t.number(rooms))] if rooms is not None else []
        services = services_text(t, known.get("services", ""))
        rows += [(t("dataout.services"), services)] if services else []
        rows.append((t("siting.column_access"), yes_no(t, known["is_accessible"], t("siting.unknown"))))
    else:
        kind = "sheet.place_own" if place["kind"] == "own" else "sheet.place_quarter"
        rows.append((t("dataout.kind"), t(kind)))
    hours = t.shortest(costs.hours_per_week)
    staff = t.shortest(costs.staff_at_once)
    rows.append((t("sheet.operation"), t("sheet.operation_told", hours=hours, staff=staff)))
    return tuple(rows)


def _ways(t: Texts, solved: Solved, near: _Near) -> tuple[str, ...]:
    posed = solved.answer.posed
    lines = []
    frame = near.frame
    if round_people(float(frame["people"].sum()), solved.answer.rule):
        weights = frame["people"].to_numpy()
        here = weighted_quantile(frame["here"].to_numpy(), weights, 0.5)
        today = weighted_quantile(frame["today"].to_numpy(), weights, 0.5)
        limit = posed.times.limit_minutes
        before = t.number(today, 0) if math.isfinite(today) else t("sheet.beyond", minutes=t.number(limit))
        if posed.offices_today:
            lines.append(t("sheet.ways_change", before=before, after=t.number(here, 0)))
        else:
            lines += [t("sheet.ways_here", after=t.number(here, 0)), t("siting.assumption_none_fixed")]
    return (*lines, ways_sentence(t, posed.survey.mode, posed.times, posed.question.minutes))


def _quarters(t: Texts, region: Region, solved: Solved, near: _Near) -> tuple[tuple[str, ...], ...]:
    rule, step = solved.answer.rule, solved.answer.rounded_to
    knows_today = bool(solved.answer.posed.offices_today)
    rows = []
    for row in near.quarters.head(QUARTERS_MOST).to_dict("records"):
        people = round_people(float(row["people"]), rule)
        if people is None:
            continue
        newly = people_text(t, round_people(float(row["new"]), rule), step) if knows_today else t("value.none")
        way = t("sheet.minutes", minutes=t.number(float(row["mean"]), 0))
        rows.append((one_line(str(row["name"]), 40), people_text(t, people, step), newly, way))
    return tuple(rows)


def _quarters_note(t: Texts, solved: Solved, near: _Near) -> str:
    shown = sum(
        round_people(float(people), solved.answer.rule) is not None
        for people in near.quarters["people"].head(QUARTERS_MOST)
    )
    more = len(near.quarters) - shown
    parts = [t("sheet.quarters_more", n=more)] if more > 0 else []
    withheld = solved.answer.posed.demand.withheld_quarters
    parts += [t("siting.assumption_withheld", n=withheld)] if withheld else []
    return " ".join(parts)


def _hosts(t: Texts, solved: Solved, site: int) -> tuple[tuple[str, str], ...]:
    """Return other possible places nearby that the plan leaves out, the nearest first."""
    posed = solved.answer.posed
    places = posed.places
    xy = places[["x", "y"]].to_numpy(dtype=float)
    metres = np.hypot(*(xy - xy[site]).T)
    taken = {*solved.answer.plan.selected}
    free = [
        int(at)
        for at in np.argsort(metres, kind="stable")
        if places["kind"].iloc[at] == "candidate" and at not in taken and metres[at] <= NEAR_METRES
    ]
    return tuple(
        (one_line(str(places["name"].iloc[at]), 60), t("sheet.distance", metres=t.number(round(metres[at], -1))))
        for at in free[:HOSTS_MOST]
    )


def _costs(t: Texts, region: Region, solved: Solved, site: int) -> tuple[tuple[str, str], ...]:
    plan = solved.scenario.costs
    places = solved.answer.posed.places.iloc[[site]]
    row = site_costs(places, plan, parameters_at(plan.as_of, region)).iloc[0]

    def said(name: str) -> str:
        value = number_or_none(row[name])
        return t("value.none") if value is None else t.euros(value)

    rows = [(t(f"costs.column_{name}"), said(f"{name}_eur")) for name in COMPONENTS if row[f"{name}_eur"] != 0]
    rows.append((t("sheet.cost_year"), said("cost_per_year_eur")))
    rows += [(t(f"costs.column_{name}"), said(f"{name}_eur")) for name in ONCE if row[f"{name}_eur"] != 0]
    rows.append((t("sheet.cost_once"), said("one_off_cost_eur")))
    staff = number_or_none(row["staff_full_time"])
    rows.append((t("dataout.staff"), t("value.none") if staff is None else t.number(staff, 2)))
    return tuple(rows)


def _costs_note(t: Texts, region: Region, solved: Solved) -> str:
    prices = parameters_at(solved.scenario.costs.as_of, region)
    if any(one.is_fictional for one in prices.values()):
        return t("sheet.costs_fictional")
    doubtful = sum(not one.is_verified for one in prices.values())
    return t("sheet.costs_unverified", n=doubtful) if doubtful else t("sheet.costs_verified")


def open_questions(t: Texts, region: Region, solved: Solved, site: int) -> tuple[str, ...]:
    """Return what is to be settled before a site can open, from what the data leave open."""
    place = solved.answer.posed.places.iloc[site]
    known = region.sites.loc[place["id"]] if place["id"] in region.sites.index else None
    keys = ["sheet.ask_building" if known is None else "sheet.ask_host"]
    if known is not None:
        keys += ["sheet.ask_address"] if not known["address"] else []
        keys += ["sheet.ask_rooms"] if pd.isna(known["rooms"]) else []
    accessible = None if known is None or pd.isna(known["is_accessible"]) else bool(known["is_accessible"])
    keys += ["sheet.ask_access"] if accessible is None else [] if accessible else ["sheet.ask_rebuild"]
    keys += ["sheet.ask_privacy", "sheet.ask_safety", "sheet.ask_services", "sheet.ask_network"]
    keys += ["sheet.ask_costs"] if solved.outcome.cost_per_year_eur is None else []
    return tuple(t(key) for key in keys[:QUESTIONS_MOST])


def _window(solved: Solved, site: int, near: _Near) -> tuple[float, float, float, float]:
    """Return the part of the map that holds the people in reach, at least some hundred metres to each side."""
    place = solved.answer.posed.places.iloc[site]
    x, y = float(place["x"]), float(place["y"])
    half = WINDOW_METRES_LEAST
    if len(near.frame):
        half = max(half, float(np.abs(near.frame["x"] - x).max()), float(np.abs(near.frame["y"] - y).max()))
    half *= 1.15
    return (x - half, y - half, x + half, y + half)
