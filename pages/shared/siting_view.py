"""The figures, the proof and the curve of the sites page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from geo.errors import DataError
from geo.need.indicators import indicators_of
from geo.output.atlas import Picture
from geo.output.charts import CONFIG, curve_chart
from geo.output.sites import catchment_places
from geo.output.sites_text import proof_text, question_lines, searching_text, shown_curve
from geo.output.summary import main_indicator
from geo.output.telling import measure_label, people_text, share_text
from geo.output.ways import ways_findings
from geo.region.region import Region
from geo.siting.answer import Answer
from geo.siting.ground import ON_STREETS
from geo.siting.plan import Status
from geo.siting.question import Question
from geo.siting.worker import Job
from geo.text import Texts, finding_sentence
from pages.shared import cache, solving, wishes
from pages.shared.look import Figure, bullets, theme
from pages.shared.wishes import NUMBERS

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


def catchments(region: Region, answer: Answer) -> dict[str, BaseGeometry]:
    """Return the areas from which offices and suggested places are reached; empty unless ways are on streets."""
    mode = answer.posed.ground.mode
    if mode not in ON_STREETS:
        return {}
    speed, minutes = answer.posed.times.speed_metres_per_second, answer.posed.question.minutes
    return {key: cache.catchment(region, xy, mode, speed, minutes) for key, xy in catchment_places(answer).items()}


def show_faults(t: Texts, region: Region, fault: DataError) -> None:
    """Say what keeps a question from being answered; wishes can be withdrawn, nothing is lost."""
    for finding in fault.findings:
        st.warning(" ".join(part for part in finding_sentence(t, finding)[1:] if part))
    if not wishes.wishes_of(region).is_empty:
        st.button(t("siting.forget"), on_click=wishes.forget, args=(region,), icon=":material/undo:")


def show_ways_notes(t: Texts, answer: Answer) -> None:
    """Show what was remarkable about streets and ways, folded away."""
    notes = ways_findings(t, answer.posed.ground.findings)
    if notes:
        with st.expander(t("siting.ways_notes", n=len(notes)), icon=":material/info:"):
            bullets(notes)


def background(region: Region, question: Question) -> Picture:
    """Return the choropleth below the plan: the region's main indicator at the question's date."""
    indicator = next(one for one in indicators_of(region) if one.key == main_indicator(region).key)
    date = str(question.date)
    values = cache.values(region, indicator, date)
    classes = cache.held_classes(region, indicator, "natural", 5)
    return Picture(region, indicator, date, None, values, classes, theme())


def answer_figures(t: Texts, region: Region, answer: Answer) -> list[Figure]:
    """Return people reached before, after and added."""
    demand = answer.demand or 0
    step = answer.rounded_to
    minutes = t.number(answer.posed.question.minutes)
    reading = t(
        "siting.reading",
        measure=measure_label(t, region, answer.posed.question.measure),
        date=t.date(str(answer.posed.question.date)),
    )

    def share(people: int | None) -> str:
        return share_text(t, people or 0, demand)

    def said(key: str, people: int | None) -> str:
        return t(key, minutes=minutes, people=people_text(t, people, step), demand=people_text(t, answer.demand, step))

    added = (answer.people_after or 0) - (answer.people_before or 0)
    return [
        Figure(share(answer.people_before), said("siting.before", answer.people_before) + _kept(t, answer), reading),
        Figure(share(answer.people_after), said("siting.after", answer.people_after), reading),
        Figure(t("siting.plus", people=t.number(added)), t("siting.gain"), reading),
    ]


def _kept(t: Texts, answer: Answer) -> str:
    if not answer.posed.question.closed:
        return ""
    return " " + t("siting.kept", people=people_text(t, answer.people_kept, answer.rounded_to))


def show_proof(t: Texts, answer: Answer) -> None:
    """Say whether the plan is proven best; while the search goes on, what it has found, with a way to stop it."""
    for line in question_lines(t, answer):
        st.markdown(f"**{line}**")
    job = solving.running()
    if job is not None:
        _watch(t, answer, job)
        return
    icons = {Status.OPTIMAL: ":material/verified:", Status.INFEASIBLE: ":material/block:"}
    st.markdown(f"{icons.get(answer.plan.status, ':material/hourglass_top:')} {proof_text(t, answer)}")
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


def show_curve(t: Texts, region: Region, answer: Answer) -> None:
    """Show people reached for none to ten new offices."""
    question = answer.posed.question
    new = len(answer.plan.selected) if question.objective in ("coverage", "cover-all") else len(NUMBERS) + 1
    reached, bound = shown_curve(region, cache.number_curve(region, replace(question, objective="coverage", new=0)))
    if not reached:
        return
    figure = curve_chart(
        t,
        reached,
        bound,
        demand=float(answer.demand or 0),
        chosen=new,
        theme=theme(),
        people=lambda people: people_text(t, people, answer.rounded_to),
    )
    st.plotly_chart(figure, key="siting_curve", config=CONFIG, alt=t("chart.curve_alt"))
    if new + 1 < len(reached):
        more = people_text(t, reached[new + 1] - reached[new], answer.rounded_to)
        st.markdown(t("siting.curve_lead", n=1, next=new + 1, people=more))
