"""What more offices or more money would bring, on the sites page."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from geo.output.charts import money_chart, money_texts, next_text, numbers_chart, numbers_text
from geo.region.model import Region
from geo.siting.ask import Answer, Question
from geo.siting.problem import Status
from geo.text import Texts
from pages.shared import state
from pages.shared.sites import cache
from pages.shared.sites import cost_settings as costs_state
from pages.shared.sites.controls import budgets_for, questions_of
from pages.shared.widgets import Paper, on_date, show_chart


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
    paper = Paper("sites_curve", f"{t('siting.curve')}, {region.name}", on_date(t), answer.posed.demand.date)
    show_chart(t, region, numbers_chart(t, answer, told, chosen=chosen), paper, key="siting_curve", alt=says)
    if is_feasible and (more := next_text(t, answer, told)):
        st.markdown(more)


def show_money(t: Texts, region: Region, answer: Answer) -> None:
    """Offer people against money below the reasons, where costs are known and were not the question itself."""
    question = answer.posed.question
    if "budget" in question.kind.needs or "budget" not in questions_of(region):
        return
    st.header(t("siting.frontier"), anchor=False)
    state.switch(st.toggle, t("siting.frontier_show"), "frontier_show", default=False)
    if state.recall("frontier_show"):
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
    paper = Paper("sites_money", f"{t('siting.frontier')}, {region.name}", on_date(t), answer.posed.demand.date)
    show_chart(t, region, money_chart(t, answer, told, cost=cost), paper, key="siting_money", alt=says)
    st.caption(t("siting.frontier_note"))


def _by_number(question: Question) -> Question:
    """Return the question without what a curve varies, so that one curve serves every number."""
    usual = Question()
    objective = question.objective if "new" in question.kind.needs else "coverage"
    return replace(question, objective=objective, new=0, share=usual.share, budget_eur=usual.budget_eur)
