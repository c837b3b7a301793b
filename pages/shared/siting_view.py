"""The controls and figures of the sites page."""

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
from geo.output.summary import latest_date, main_indicator
from geo.output.telling import measure_label, people_text, share_text
from geo.output.ways import mode_label, ways_findings
from geo.reach.walking import WALKING_SPEEDS
from geo.region.region import Region
from geo.settings import WalkAssumptions
from geo.siting.answer import Answer
from geo.siting.ground import ON_STREETS
from geo.siting.plan import Status
from geo.siting.question import Question
from geo.siting.worker import Job
from geo.text import Texts, finding_sentence
from pages.shared import cache, solving, state, wishes
from pages.shared.look import Figure, bullets, theme
from pages.shared.wishes import NUMBER_USUAL, NUMBERS

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MODES = ("walk", "wheelchair", "line")
SPEEDS = ("usual", "with_pram", "slow")
QUESTIONS = ("coverage", "cover-all", "median", "center", "budget", "capacity")
SHARES = tuple(range(5, 101, 5))
SHARE_USUAL = 40
BUDGETS = (5_000, 10_000, 20_000, 30_000, 40_000, 50_000, 75_000, 100_000, 150_000, 200_000, 300_000, 500_000)
BUDGET_USUAL = 50_000
VISITS = (2, 4, 6, 12, 24, 52)
VISITS_USUAL = 6
MINUTES = (5, 10, 15, 20, 25, 30, 45, 60)


def choose_question(t: Texts, region: Region) -> Question | None:
    """Show the controls and return the question; None where the region counts no people."""
    people = people_measures(region)
    if not people:
        return None
    which, many, far = st.columns(3, gap="medium", vertical_alignment="bottom")
    asked = questions_of(region)
    which.selectbox(
        t("siting.question"),
        asked,
        format_func=lambda key: t(f"siting.question_{key}"),
        **state.bound("question", asked, asked[0]),
    )
    objective = state.setting("question", asked, asked[0])
    with many:
        _choose_size(t, objective)
    far.select_slider(t("siting.minutes"), MINUTES, **state.bound("minutes", MINUTES, 15))
    question = replace(
        choose_ways(t, region, people),
        objective=objective,
        minutes=float(state.setting("minutes", MINUTES, 15)),
        new=state.setting("new", NUMBERS, NUMBER_USUAL),
        share=float(state.setting("share", SHARES, SHARE_USUAL)),
        budget_eur=float(state.setting("budget", BUDGETS, BUDGET_USUAL)),
        visits_per_year=float(state.setting("visits", VISITS, VISITS_USUAL)),
    )
    return wishes.with_wishes(t, region, question)


def questions_of(region: Region) -> tuple[str, ...]:
    """Return the questions a region can be asked: no budget without costs, no capacities without appointments."""
    known = {"budget": "cost_per_year_eur", "capacity": "capacity_per_week"}
    return tuple(key for key in QUESTIONS if key not in known or bool(region.hosts[known[key]].notna().any()))


def _choose_size(t: Texts, objective: str) -> None:
    """Show the number of offices, or what stands in its place."""
    if objective == "cover-all":
        st.select_slider(t("siting.share"), SHARES, **state.bound("share", SHARES, SHARE_USUAL))
    elif objective == "budget":
        st.select_slider(
            t("siting.budget"), BUDGETS, format_func=t.euros, **state.bound("budget", BUDGETS, BUDGET_USUAL)
        )
    else:
        st.select_slider(t("siting.new"), NUMBERS, **state.bound("new", NUMBERS, NUMBER_USUAL))
    if objective == "capacity":
        st.select_slider(t("siting.visits"), VISITS, **state.bound("visits", VISITS, VISITS_USUAL))


def people_measures(region: Region) -> tuple[str, ...]:
    """Return the measures that count people an office is there for; residents where a region counts nobody else."""
    counted = tuple(measure for measure in region.measures if not measure.is_rate)
    wanted = tuple(measure.key for measure in counted if measure.is_protected)
    return wanted or tuple(measure.key for measure in counted if measure.unit == "people")


def choose_ways(t: Texts, region: Region, people: tuple[str, ...]) -> Question:
    """Show who counts, when, and how ways are measured, folded under a line that says so; return the question."""
    modes = MODES if region.streets is not None else ("line",)
    latest = latest_date(region, main_indicator(region))
    mode = state.setting("mode", modes, modes[0])
    speed = state.setting("speed", SPEEDS, SPEEDS[0])
    measure = state.setting("who", people, people[0])
    date = state.setting("date", region.dates, latest)
    said = (mode_label(t, mode), speed_label(t, speed), measure_label(t, region, measure), t.date(str(date)))
    with st.expander(t("siting.settings", said=" · ".join(said))):
        how, fast, who, when = st.columns(4, gap="medium")
        how.selectbox(
            t("siting.mode"),
            modes,
            format_func=lambda key: mode_label(t, key),
            **state.bound("mode", modes, modes[0]),
        )
        fast.selectbox(
            t("siting.speed"),
            SPEEDS,
            format_func=lambda key: speed_label(t, key),
            **state.bound("speed", SPEEDS, SPEEDS[0]),
        )
        who.selectbox(
            t("siting.who"),
            people,
            format_func=lambda key: measure_label(t, region, key),
            **state.bound("who", people, people[0]),
        )
        when.selectbox(
            t("siting.date"), region.dates[::-1], format_func=t.date, **state.bound("date", region.dates, latest)
        )
    return Question(
        measure=measure,
        date=date,
        mode=mode,
        assumptions=WalkAssumptions(speed_metres_per_second=WALKING_SPEEDS[speed]),
    )


def speed_label(t: Texts, key: str) -> str:
    """Return the name of a walking speed with its value."""
    return t(f"siting.speed_{key}", speed=t.number(WALKING_SPEEDS[key], 1))


def catchments(region: Region, answer: Answer) -> dict[str, BaseGeometry]:
    """Return the areas from which offices and suggested places are reached; empty unless ways are on streets."""
    mode = answer.posed.ground.mode
    if mode not in ON_STREETS:
        return {}
    speed, minutes = answer.posed.times.speed_metres_per_second, answer.posed.question.minutes
    return {key: cache.catchment(region, xy, mode, speed, minutes) for key, xy in catchment_places(answer).items()}


def question_link(region: Region, question: Question) -> dict[str, object]:
    """Return what a link must carry to ask the same question again."""
    sizes = {
        "cover-all": {"share": question.share},
        "budget": {"budget": question.budget_eur},
        "capacity": {"new": question.new, "visits": question.visits_per_year},
    }
    return {
        "question": question.objective,
        **sizes.get(question.objective, {"new": question.new}),
        "minutes": question.minutes,
        "who": question.measure,
        "date": question.date,
        "mode": question.mode,
        "speed": state.recall("speed"),
        **wishes.link_of(wishes.wishes_of(region)),
    }


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
