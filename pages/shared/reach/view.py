"""The controls and figures of the reach page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.output.charts import curves_chart
from geo.output.sites import (
    CURVE_MINUTES,
    Access,
    Shown,
    access_lead,
    access_view,
    equity_lines,
    rings,
    rounded_curve,
    share_line,
    worst_off_line,
)
from geo.output.values import ways_findings, ways_sentence
from geo.region.model import Region
from geo.siting.ask import (
    ON_STREETS,
    Question,
    by_district,
    by_quarter,
    nearest_minutes,
    offices_open,
    people_by_minutes,
    spread,
)
from geo.text import Texts
from pages.shared import state
from pages.shared.kept import kept
from pages.shared.shell import bullets, theme
from pages.shared.sites import MINUTES, MINUTES_USUAL, choose_ways, minutes_label, people_measures
from pages.shared.sites import cache as sites_cache
from pages.shared.widgets import Paper, export_map, show_chart

if TYPE_CHECKING:
    from collections.abc import Sequence


SHARES = tuple(range(5, 100, 5))
SHOWN: tuple[Shown, ...] = ("median", "share")


def choose_reach(t: Texts, region: Region) -> tuple[Question, Shown] | None:
    """Show the controls; return whose ways are asked for and what the map shows, None where there is nothing."""
    people = people_measures(region)
    if not people or region.offices.empty:
        return None
    far, what = st.columns([1.4, 1], gap="medium", vertical_alignment="bottom")
    state.choose(far.select_slider, minutes_label(t, region), "minutes", MINUTES, MINUTES_USUAL)
    label, say = t("reach.show"), lambda key: t(f"reach.show_{key}")
    shown = state.choose(what.segmented_control, label, "show", SHOWN, SHOWN[0], words=say, required=True)
    return choose_ways(t, region, people), shown


def reach_link(question: Question, shown: Shown) -> dict[str, object]:
    """Return what a link must carry to show the same page again."""
    return {
        "minutes": state.setting("minutes", MINUTES, MINUTES_USUAL),
        "who": question.measure,
        "date": question.date,
        "mode": question.mode,
        "speed": state.recall("speed"),
        "show": shown,
        "people": state.recall("people"),
    }


def current_access(region: Region, question: Question) -> Access:
    """Return who reaches an office today.

    Raises
    ------
    DataError
        Where people or ways cannot be measured.
    """
    return _access(region, question, float(state.setting("minutes", MINUTES, MINUTES_USUAL)))


def office_areas(region: Region, access: Access) -> Sequence[object]:
    """Return the catchments of today's offices as rings; none where ways are straight lines."""
    mode, speed = access.survey.mode, access.survey.times.speed_metres_per_second
    if mode not in ON_STREETS:
        return ()
    points = region.offices.geometry
    return tuple(
        rings(sites_cache.catchment(region, (float(point.x), float(point.y)), mode, speed, access.within))
        for point in points
    )


def show_equity(t: Texts, access: Access) -> None:
    """Show how many reach an office by minutes, and how long half of them and the farthest tenth need."""
    st.subheader(t("reach.curve"), anchor=False)
    demand = access.survey.demand
    nearest = nearest_minutes(access.survey, offices_open(access.survey))
    people = rounded_curve(access.region, people_by_minutes(nearest, demand.people, CURVE_MINUTES).tolist())
    (whole,) = rounded_curve(access.region, (access.spread.people,))

    chart = curves_chart(t, [(t("reach.today"), people)], demand=whole, within=access.within)
    told = (ways_sentence(t, access.survey.mode, access.survey.times, access.within),)
    paper = Paper("reach_curve", f"{t('reach.curve')}, {access.region.name}", t("paper.stand"), demand.date, told)
    show_chart(t, access.region, chart, paper, key="reach_curve", alt=t("reach.curve_alt"))
    state.choose(st.select_slider, t("reach.share_slider"), "people", SHARES, 75, words=lambda part: t.percent(part, 0))
    st.markdown(share_line(t, access, state.setting("people", SHARES, 75)))
    for line in equity_lines(t, access.spread, access.survey.times.limit_minutes):
        st.markdown(line)
    if worst := worst_off_line(t, access):
        st.markdown(worst)


def export_reach(t: Texts, access: Access, shown: Shown) -> None:
    """Show the button for the map of today's reach."""
    region = access.region
    told = (ways_sentence(t, access.survey.mode, access.survey.times, access.within),)
    paper = Paper(f"reach_{shown}", access_lead(t, access), t("paper.where"), access.survey.demand.date, told)
    export_map(t, region, paper, lambda: access_view(t, access, shown, theme(), office_areas(region, access)))


def show_reach_assumptions(t: Texts, access: Access) -> None:
    """Say what the page rests on."""
    region, demand = access.region, access.survey.demand
    placed = "siting.assumption_demand" if region.cells is not None else "siting.assumption_area"
    lines = [
        ways_sentence(t, access.survey.mode, access.survey.times, access.within),
        t(placed, round=region.disclosure.reached_round_to),
        t("reach.assumption_limit", minutes=t.number(access.survey.times.limit_minutes)),
    ]
    if demand.withheld_quarters:
        lines.append(t("siting.assumption_withheld", n=demand.withheld_quarters))
    bullets([*lines, *ways_findings(t, access.survey.findings)])


@kept(64)
def _access(region: Region, question: Question, within: float) -> Access:
    """Return who reaches one of today's offices within so many minutes."""
    base = sites_cache.survey_for(region, question)
    minutes = nearest_minutes(base, offices_open(base))
    return Access(
        region=region,
        survey=base,
        within=within,
        quarters=by_quarter(region, base, minutes, within),
        districts=by_district(region, base, minutes, within),
        spread=spread(minutes, base.demand.people, within),
    )
