"""Why these places, and what more offices or more money would bring, on the sites page."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from geo.output.charts import curves_chart, money_chart, money_texts, next_text, numbers_chart, numbers_text
from geo.output.sites import (
    CURVE_MINUTES,
    equity_table,
    equity_text,
    firmness_lines,
    firmness_table,
    minutes_table,
    near_text,
    open_sites,
    reasons_table,
    rounded_curve,
    why_not_text,
)
from geo.region.model import Region
from geo.siting.ask import Answer, Question, nearest_minutes, people_by_minutes
from geo.siting.explain import near_plans, reasons
from geo.siting.problem import OBJECTIVES, Status
from geo.text import Texts
from pages.shared import state
from pages.shared.shell import bullets
from pages.shared.sites import cache
from pages.shared.sites import cost_settings as costs_state
from pages.shared.sites.controls import budgets_for, questions_of
from pages.shared.widgets import Paper, show_chart, show_table


def show_reasons(t: Texts, region: Region, answer: Answer) -> None:
    """Show what each place is there for, what another would cost, and which plans are nearly as good."""
    if answer.plan.status is Status.INFEASIBLE or not answer.plan.selected:
        return
    st.header(t("siting.reasons"), anchor=False)
    problem = answer.posed.problem
    show_table(reasons_table(t, answer, reasons(problem, answer.plan)), key="reasons", counted="table.count_sites")
    why, near = st.columns(2, gap="medium")
    with why:
        _show_why_not(t, region, answer)
    if OBJECTIVES[answer.plan.objective].has_near_plans:
        with near:
            st.subheader(t("siting.near_title"), anchor=False)
            others = near_plans(problem, answer.plan, most=5)
            if others:
                bullets(near_text(t, answer, other) for other in others)
            else:
                st.markdown(t("siting.near_none"))


def show_effect(t: Texts, region: Region, answer: Answer) -> None:
    """Show how ways change: people by minutes before and after, the median, the farthest tenth, by district."""
    survey = answer.posed.survey
    st.header(t("siting.effect"), anchor=False)
    chart, text = st.columns([1, 1.2], gap="medium")
    curves = [
        (t(name), rounded_curve(region, people_by_minutes(minutes, survey.demand.people, CURVE_MINUTES).tolist()))
        for name, minutes in (
            ("reach.today", nearest_minutes(survey, answer.posed.offices_today)),
            ("siting.with_plan", nearest_minutes(survey, open_sites(answer))),
        )
    ]

    within = answer.posed.question.minutes
    drawn = curves_chart(t, curves, demand=float(answer.demand or 0), within=within)
    with chart:
        paper = Paper("effect_curve", f"{t('siting.effect')}, {region.name}", t("paper.stand"), survey.demand.date)
        show_chart(t, region, drawn, paper, key="effect_curve", alt=t("reach.curve_alt"))
    with text:
        for line in equity_text(t, answer):
            st.markdown(line)
        show_table(equity_table(t, region, answer), key="equity", counted="table.count_districts")


def show_firmness(t: Texts, region: Region, answer: Answer) -> None:
    """Show, when asked, whether the choice holds at withheld counts and at earlier dates."""
    if answer.plan.status is Status.INFEASIBLE or not answer.plan.selected:
        return
    st.header(t("siting.firm"), anchor=False)
    if not state.switch(st.toggle, t("siting.firm_show"), "firm_show", default=False):
        return
    with st.spinner(t("siting.solving")):
        told = cache.firm(region, answer)
    text, years = st.columns([1.2, 1], gap="medium")
    with text:
        bullets(firmness_lines(t, answer, told))
        st.caption(t("siting.firm_note"))
    table = firmness_table(t, answer, told)
    if table is not None:
        with years:
            show_table(table, key="firmness", counted="table.count_dates")


def show_minutes_table(t: Texts, region: Region, answer: Answer) -> None:
    """Show, when asked, the share of people reached by minutes and number of offices."""
    st.header(t("siting.minutes_title"), anchor=False)
    if state.switch(st.toggle, t("siting.minutes_show"), "minutes_table", default=False):
        with st.spinner(t("siting.solving")):
            told = cache.minutes_by_number(region, answer.posed.question)
        show_table(minutes_table(t, answer, told), key="minutes_by_number", counted="table.count_rows")
        st.caption(t("siting.minutes_note"))


def _show_why_not(t: Texts, region: Region, answer: Answer) -> None:
    st.subheader(t("siting.why_title"), anchor=False)
    places = answer.posed.places
    sites = [int(site) for site in answer.posed.problem.candidates if site not in answer.plan.selected]
    names = {str(places["id"].iloc[site]): str(places["name"].iloc[site]) for site in sites}
    keys = tuple(sorted(names, key=lambda key: names[key].casefold()))
    chosen = state.choose(
        st.selectbox, t("siting.why_site"), "why", keys, None, words=names.__getitem__, placeholder=t("siting.why_none")
    )
    if chosen is not None:
        site = next(site for site in sites if str(places["id"].iloc[site]) == chosen)
        with st.spinner(t("siting.solving")):
            told = cache.why_not_site(region, answer.posed, answer.plan, site)
        st.markdown(why_not_text(t, answer, told))


def show_curve(t: Texts, region: Region, answer: Answer) -> None:
    """Show what is asked for by number of new offices; people against money where a budget is asked for."""
    if "budget" in answer.posed.question.kind.needs:
        st.subheader(t("siting.frontier"), anchor=False)
        _show_money(t, region, answer)
        return
    st.subheader(t("siting.curve"), anchor=False)
    told = cache.number_values(region, _by_number(answer.posed.question), len(answer.plan.selected) > cache.CURVE_UP_TO)
    if not told.new:
        return
    is_feasible = answer.plan.status is not Status.INFEASIBLE
    chosen = len(answer.plan.selected) if is_feasible else None
    points = "; ".join(numbers_text(t, answer, told))
    says = t("siting.curve_alt", what=t(f"siting.axis_{told.objective}"), points=points)
    paper = Paper("sites_curve", f"{t('siting.curve')}, {region.name}", t("paper.stand"), answer.posed.demand.date)
    show_chart(t, region, numbers_chart(t, answer, told, chosen=chosen), paper, key="siting_curve", alt=says)
    if is_feasible and (more := next_text(t, answer, told)):
        st.markdown(more)


def show_money(t: Texts, region: Region, answer: Answer) -> None:
    """Offer people against money below the reasons, where costs are known and were not the question itself."""
    question = answer.posed.question
    if "budget" in question.kind.needs or "budget" not in questions_of(region):
        return
    st.header(t("siting.frontier"), anchor=False)
    if state.switch(st.toggle, t("siting.frontier_show"), "frontier_show", default=False):
        _show_money(t, region, answer)


def _show_money(t: Texts, region: Region, answer: Answer) -> None:
    asked = replace(_by_number(answer.posed.question), objective="budget", costs=costs_state.plan_in_view())
    with st.spinner(t("siting.solving"), show_time=False):
        told = cache.money_frontier(region, asked, budgets_for(region, asked.candidates))
    if not told.budget:
        return
    cost = answer.plan.cost
    if cost is None and answer.plan.status is not Status.INFEASIBLE:
        cost = cache.plan_cost(region, answer, costs_state.plan_in_view())
    says = t("siting.frontier_alt", points="; ".join(money_texts(t, answer, told)))
    paper = Paper("sites_money", f"{t('siting.frontier')}, {region.name}", t("paper.stand"), answer.posed.demand.date)
    show_chart(t, region, money_chart(t, answer, told, cost=cost), paper, key="siting_money", alt=says)
    st.caption(t("siting.frontier_note"))


def _by_number(question: Question) -> Question:
    """Return the question without what a curve varies, so that one curve serves every number."""
    usual = Question()
    objective = question.objective if "new" in question.kind.needs else "coverage"
    return replace(question, objective=objective, new=0, share=usual.share, budget_eur=usual.budget_eur)
