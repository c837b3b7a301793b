"""The figures and the proof of the sites page, and its maps and the atlas's as files."""

from __future__ import annotations

from dataclasses import replace
from functools import cache as once
from typing import TYPE_CHECKING

import streamlit as st

from geo.errors import DataError
from geo.jobs import Job
from geo.need import Classification, classify_over, indicator_values, indicators_of
from geo.output.need import Picture, atlas_table, atlas_view, main_indicator
from geo.output.sites import (
    SitesLook,
    assumptions,
    catchment_places,
    headlines,
    proof_text,
    question_title,
    searching_text,
    sites_view,
    state_bars,
)
from geo.output.values import MapView, Table, measure_label, ways_findings
from geo.region.model import Region
from geo.siting.ask import ON_STREETS, Answer, Question
from geo.siting.problem import Status
from geo.text import Texts
from pages.shared import state
from pages.shared.atlas import cache as atlas_cache
from pages.shared.shell import Figure, bullets, figures, stacked, theme, warn
from pages.shared.sites import cache, solving, wishes
from pages.shared.widgets import Paper, export_map

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


def catchments(region: Region, answer: Answer) -> dict[str, BaseGeometry]:
    """Return the areas from which offices and suggested places are reached; empty unless ways are on streets."""
    mode = answer.posed.survey.mode
    if mode not in ON_STREETS:
        return {}
    speed, minutes = answer.posed.times.speed_metres_per_second, answer.posed.question.minutes
    return {key: cache.catchment(region, xy, mode, speed, minutes) for key, xy in catchment_places(answer).items()}


def show_faults(t: Texts, region: Region, fault: DataError) -> None:
    """Say what keeps a question from being answered; wishes can be withdrawn, nothing is lost."""
    warn(t, fault.findings)
    if not wishes.wishes_of(region).is_empty:
        st.button(t("siting.forget"), on_click=wishes.forget, args=(region,), icon=":material/undo:")


def show_ways_notes(t: Texts, answer: Answer) -> None:
    """Show what was remarkable about streets and ways, folded away."""
    notes = ways_findings(t, answer.posed.survey.findings)
    if notes:
        with st.expander(t("siting.ways_notes", n=len(notes)), icon=":material/info:"):
            bullets(notes)


def background(region: Region, question: Question) -> Picture:
    """Return the choropleth below the plan: the region's main indicator at the question's date."""
    indicator = next(one for one in indicators_of(region) if one.key == main_indicator(region).key)
    date = str(question.date)
    values = atlas_cache.values(region, indicator, date)
    classes = atlas_cache.held_classes(region, indicator, "natural", 5)
    return Picture(region, indicator, date, None, values, classes, theme())


def show_figures(t: Texts, region: Region, answer: Answer) -> None:
    """Show the big figures of a plan, and the three states of people where capacity is asked for."""
    question = answer.posed.question
    reading = t("siting.reading", measure=measure_label(t, region, question.measure), date=t.date(str(question.date)))
    figures(Figure(told.number, told.sentence, reading) for told in headlines(t, answer))
    bars = state_bars(t, region, answer)
    if bars:
        names = [t(f"siting.bar_{name}") for name in ("served", "waiting", "beyond")]
        stacked([(t(f"siting.bar_{bar.label}"), list(zip(bar.people, bar.texts, strict=True))) for bar in bars], names)


def show_proof(t: Texts, answer: Answer) -> None:
    """Say whether the plan is proven best; while the search goes on, what it has found, with a way to stop it."""
    job = solving.running()
    if job is not None:
        _watch(t, answer, job)
        return
    icons = {Status.OPTIMAL: ":material/verified:", Status.INFEASIBLE: ":material/block:"}
    st.markdown(f"{icons.get(answer.plan.status, ':material/hourglass_top:')} {proof_text(t, answer)}")
    if solving.is_queue_full() or solving.has_failed():
        said = "siting.search_failed" if solving.has_failed() else "siting.queue_full"
        st.info(t(said), icon=":material/hourglass_disabled:")
        st.button(t("siting.try_again"), on_click=solving.go_on, icon=":material/refresh:", type="tertiary")
    if answer.plan.status is Status.STOPPED:
        st.button(t("siting.go_on"), on_click=solving.go_on, icon=":material/play_arrow:", type="tertiary")


@st.fragment(run_every=solving.LOOK_SECONDS)
def _watch(t: Texts, answer: Answer, job: Job) -> None:
    """Look in on a search twice a second; the page runs again once it has ended."""
    if job.is_done or solving.is_better(job, answer.plan):
        st.rerun()
    said, stop = st.columns([5, 1], vertical_alignment="center")
    said.markdown(f":material/hourglass_top: {searching_text(t, answer, job.standing)}")
    stop.button(t("siting.stop"), key="stop_search", on_click=job.stop, icon=":material/stop_circle:")


def export_picture(t: Texts, picture: Picture, quarter: str | None) -> None:
    """Show the button for the atlas; over the dates in classes that hold for all of them."""
    region, indicator, before = picture.region, picture.indicator, picture.compared_with
    subtitle = t("paper.stand") if before is None else f"{t.date(before)} – {t.date(picture.date)}"
    paper = Paper(f"{indicator.key}_map", f"{picture.label(t)}, {{region}}", subtitle, picture.date)

    def view() -> MapView:
        drawn = atlas_cache.atlas(region, indicator, (picture.date, before), picture.classes, (theme(), t.language))[1]
        return drawn.with_selected(quarter)

    def table(drawn: MapView) -> Table:
        return atlas_table(t, replace(picture, theme=drawn.theme), drawn)

    is_held = state.setting("held", (True, False), default=True) or state.recall("scheme") == "own"
    scheme, count = str(state.recall("scheme") or "natural"), picture.classes.count

    @once
    def classes() -> Classification:
        return picture.classes if is_held else classify_over(region, indicator, region.dates, scheme, count)

    def at(date: str) -> MapView:
        shown = indicator_values(region, indicator, date)
        return atlas_view(t, Picture(region, indicator, date, None, shown, classes(), "light"))

    series = (region.dates, at) if before is None and count else None
    export_map(t, region, paper, view, table=table, series=series)


def export_sites(t: Texts, region: Region, question: Question, answer: Answer) -> None:
    """Show the button for the map of a plan."""
    told = assumptions(t, region, answer)[:2]
    paper = Paper("sites_map", question_title(t, question), t("paper.where"), answer.posed.demand.date, told)

    def view() -> MapView:
        return sites_view(t, background(region, question), answer, SitesLook(catchments(region, answer)))

    export_map(t, region, paper, view)
