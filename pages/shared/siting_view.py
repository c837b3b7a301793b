"""The controls and figures of the sites page."""

from __future__ import annotations

import streamlit as st

from geo.need.indicators import indicators_of
from geo.output.atlas import Picture
from geo.output.charts import CONFIG, curve_chart
from geo.output.sites import people_text, proof_text, shown_curve
from geo.output.summary import latest_date, main_indicator
from geo.output.telling import measure_label
from geo.region.region import Region
from geo.siting.plan import Status
from geo.siting.question import Answer, Question
from geo.text import Texts
from pages.shared import cache, state
from pages.shared.look import Figure, theme

MINUTES = (5, 10, 15, 20, 25, 30, 45, 60)
NUMBERS = tuple(range(1, 11))


def choose_question(t: Texts, region: Region) -> Question | None:
    """Show the controls and return the question; None where the region counts no people."""
    people = tuple(
        key for key in region.measure_keys if region.measure(key).is_protected and not region.measure(key).is_rate
    )
    if not people:
        return None
    many, far, who, when = st.columns([1.2, 1.2, 1, 1], gap="medium")
    many.select_slider(t("siting.new"), NUMBERS, **state.bound("new", NUMBERS, 3))
    far.select_slider(t("siting.minutes"), MINUTES, **state.bound("minutes", MINUTES, 15))
    who.selectbox(
        t("siting.who"),
        people,
        format_func=lambda key: measure_label(t, region, key),
        **state.bound("who", people, people[0]),
    )
    latest = latest_date(region, main_indicator(region))
    when.selectbox(
        t("siting.date"), region.dates[::-1], format_func=t.date, **state.bound("date", region.dates, latest)
    )
    return Question(
        measure=state.setting("who", people, people[0]),
        date=state.setting("date", region.dates, latest),
        minutes=float(state.setting("minutes", MINUTES, 15)),
        new=state.setting("new", NUMBERS, 3),
    )


def siting_title(t: Texts, question: Question) -> str:
    """Return the question as a sentence."""
    minutes = t.number(question.minutes)
    return (
        t("siting.lead_one", minutes=minutes)
        if question.new == 1
        else t("siting.lead", n=question.new, minutes=minutes)
    )


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
        return t.percent(100 * (people or 0) / demand, 0) if demand else t("value.none")

    def said(key: str, people: int | None) -> str:
        return t(key, minutes=minutes, people=people_text(t, people, step), demand=people_text(t, answer.demand, step))

    added = (answer.people_after or 0) - (answer.people_before or 0)
    return [
        Figure(share(answer.people_before), said("siting.before", answer.people_before), reading),
        Figure(share(answer.people_after), said("siting.after", answer.people_after), reading),
        Figure(t("siting.plus", people=t.number(added)), t("siting.gain"), reading),
    ]


def show_proof(t: Texts, answer: Answer) -> None:
    """Say whether the plan is proven best."""
    icons = {Status.OPTIMAL: ":material/verified:", Status.INFEASIBLE: ":material/block:"}
    st.markdown(f"{icons.get(answer.plan.status, ':material/hourglass_top:')} {proof_text(t, answer)}")


def show_curve(t: Texts, region: Region, answer: Answer) -> None:
    """Show people reached for none to ten new offices."""
    reached, bound = shown_curve(region, answer)
    if not reached:
        return
    new = answer.posed.question.new
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
