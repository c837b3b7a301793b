"""The controls, figures and tables of the costs page."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from geo.errors import DataError
from geo.output.charts import tornado_chart
from geo.output.files import table_csv
from geo.output.sites import (
    CostPicture,
    cost_picture,
    costs_data,
    euros_or_unknown,
    freed_lines,
    parameter_label,
    parameters_data,
    parameters_table,
    plan_text,
    posts_text,
    sites_cost_table,
    standing_short,
)
from geo.region.model import Region
from geo.siting.ask import Question
from geo.siting.costs import (
    GRADES,
    OVERHEADS,
    PRESETS,
    ROOMS,
    SWING,
    CostPlan,
    appointments_per_week,
    least_value,
    parameters_at,
    preset_of,
    sensitivity,
    with_own,
)
from geo.siting.problem import Status
from geo.text import Texts
from pages.shared import state
from pages.shared.scenarios import state as scenarios_state
from pages.shared.shell import Figure, bullets, paragraph
from pages.shared.sites import cost_settings as costs_state
from pages.shared.sites import current_answer, question_in_view, question_link, show_faults
from pages.shared.widgets import Paper, export_chart, hand_out, show_chart, show_table

CURRENT = "current"
NUMBERS = (
    ("hours_per_week", 80.0, 1.0, 1.0),
    ("staff_at_once", 30.0, 0.5, 1.0),
    ("interpreter_hours_per_week", 60.0, 1.0, 1.0),
    ("security_staff", 10.0, 0.5, 1.0),
    ("video_counters", 10.0, 1.0, 1.0),
    ("years_of_use", 30.0, 1.0, 1.0),
    ("preparation_share", 200.0, 5.0, 100.0),
    ("square_metres", 5_000.0, 5.0, 1.0),
)
"""Numbers of a plan that are set on the page: largest value, step, and what the page shows for a 1 of the plan."""


@dataclass(frozen=True)
class Chosen:
    """What costs are told for: a question, or a saved scenario."""

    question: Question
    plan: CostPlan
    saved: scenarios_state.Saved | None = None

    @property
    def budget_eur(self) -> float | None:
        """Euro in a year that were asked for, None where the question is another one."""
        return self.question.budget_eur if "budget" in self.question.kind.needs else None


def choose_what(t: Texts, region: Region) -> Chosen | None:
    """Show what costs are told for and how offices are run; None where nothing can be asked of the region."""
    question = question_in_view(t, region)
    if question is None:
        return None
    saved = {one.record.id: one for one in scenarios_state.saved(region) if one.outcome is not None}
    which, how = st.columns([1.4, 1], gap="medium", vertical_alignment="bottom")
    keys = (CURRENT, *saved)
    label, say = t("costs.which"), lambda key: t("costs.which_current") if key == CURRENT else saved[key].scenario.name
    key = state.choose(which.selectbox, label, "costs_of", keys, CURRENT, words=say)
    if key != CURRENT:
        scenario = saved[key].scenario
        how.markdown(f"{plan_text(t, scenario.costs)}")
        return Chosen(scenario.question, scenario.costs, saved[key])
    with how:
        _choose_preset(t)
    _choose_details(t, region)
    return Chosen(question, costs_state.plan_in_view())


def link_of(t: Texts, region: Region) -> dict[str, object]:
    """Return what a link must carry to ask the same question again."""
    question = question_in_view(t, region)
    return {} if question is None else question_link(region, question)


def _choose_preset(t: Texts) -> None:
    now = preset_of(costs_state.plan_in_view())
    names = (*PRESETS, *(() if now else ("own",)))
    shown = state.bind("widget.preset", now or "own", costs_state.take_preset)
    st.selectbox(t("costs.preset"), names, format_func=lambda name: t(f"costs.preset_{name}"), **shown)


def _choose_date(t: Texts, region: Region, plan: CostPlan) -> None:
    """Show the day at which prices are read; at an earlier one some are not known."""
    days = (None, *region.dates[::-1])
    options = days if plan.as_of in days else (*days, plan.as_of)
    st.selectbox(
        t("costs.as_of"),
        options,
        format_func=lambda day: t("costs.as_of_newest") if day is None else t.date(day),
        **state.bind("widget.cost.as_of", plan.as_of, lambda day: costs_state.change(as_of=day)),
    )


def _choose_details(t: Texts, region: Region) -> None:
    """Show every setting of the plan, folded under a line that says how offices are run."""
    plan = costs_state.plan_in_view()
    with st.expander(f"{t('costs.settings')}: {plan_text(t, plan)}"):
        columns = st.columns(3, gap="medium")
        for number, (name, most, step, scale) in enumerate(NUMBERS):
            with columns[number % 3]:
                _number(t, plan, name, most, step=step, scale=scale)
        with columns[2]:
            _choice(t("costs.overhead"), "overhead", OVERHEADS, plan.overhead, t)
        with columns[0]:
            _choice(t("costs.rooms"), "rooms", ROOMS, plan.rooms, t)
            _choose_date(t, region, plan)
        shares = dict(plan.grades)
        whole = sum(shares.values())
        for number, grade in enumerate(GRADES, 1):
            with columns[number % 3]:
                _grade(t(f"costs.grade_{grade}"), grade, 100 * shares.get(grade, 0.0) / whole)
        shown = state.bind("widget.cost.is_shared", plan.is_shared, lambda is_on: costs_state.change(is_shared=is_on))
        st.checkbox(t("costs.is_shared"), **shown)
        appointments = appointments_per_week(plan, parameters_at(plan.as_of, region))
        if not math.isnan(appointments):
            paragraph(t("costs.capacity", appointments=t.number(appointments)))


def _number(t: Texts, plan: CostPlan, name: str, most: float, *, step: float, scale: float) -> None:
    """Show a number of the plan; an area of 0 stands for none given."""
    least = 1.0 if name == "years_of_use" else 0.0

    def keep(given: float) -> None:
        costs_state.change(**{name: None if name == "square_metres" and not given else given / scale})

    value = scale * float(getattr(plan, name) or 0)
    shown = state.bind(f"widget.cost.{name}", min(max(value, least), most), keep)
    st.number_input(t(f"costs.{name}"), least, most, step=step, format="%g", **shown)


def _choice(label: str, name: str, options: tuple[str, ...], value: str, t: Texts) -> None:
    shown = state.bind(f"widget.cost.{name}", value, lambda option: costs_state.change(**{name: option}))
    st.selectbox(label, options, format_func=lambda option: t(f"costs.{name}_{option}"), **shown)


def _grade(label: str, grade: str, percent: float) -> None:
    shown = state.bind(f"widget.cost.grade.{grade}", round(percent, 1), partial(costs_state.set_grade, grade))
    st.number_input(label, 0.0, 100.0, step=5.0, format="%g", **shown)


def picture_of(t: Texts, region: Region, chosen: Chosen) -> CostPicture | None:
    """Return the costs of what was chosen; None after saying why there are none."""
    if chosen.saved is not None and chosen.saved.outcome is not None:
        outcome = chosen.saved.outcome
        if outcome.region_fingerprint != region.fingerprint:
            st.warning(t("compare.old_data"))
        opened = [(site.id, site.name) for site in outcome.sites]
        return cost_picture(region, opened, outcome.closed, chosen.plan, added=outcome.added)
    try:
        with st.spinner(t("siting.solving"), show_time=False):
            answer = current_answer(region, replace(chosen.question))
    except DataError as fault:
        show_faults(t, region, fault)
        return None
    if answer.plan.status is Status.INFEASIBLE:
        st.info(t("costs.infeasible"))
        return None
    opened = list(zip(answer.sites["id"].astype(str), answer.sites["name"].astype(str), strict=True))
    added = None
    if answer.people_after is not None and answer.people_before is not None:
        added = answer.people_after - answer.people_before
    return cost_picture(region, opened, chosen.question.closed, chosen.plan, added=added)


def cost_figures(t: Texts, picture: CostPicture) -> list[Figure]:
    """Return cost by year, once, for each person newly reached, and posts."""
    plan, sums = picture.plan, picture.sums
    date = t("costs.newest") if plan.as_of is None else t.date(plan.as_of)
    source = t("costs.figure_source", date=date, standing=standing_short(t, picture))
    number = len(picture.names)
    posts = t("costs.unknown") if sums.staff_full_time is None else t.number(sums.staff_full_time, 1)
    said = [
        Figure(
            euros_or_unknown(t, sums.cost_per_year_eur),
            t("costs.figure_year", n=t.number(number), plan=plan_text(t, plan)),
            source,
        ),
        Figure(
            euros_or_unknown(t, sums.one_off_cost_eur),
            t(
                "costs.figure_once",
                years=t.number(plan.years_of_use),
                spread=euros_or_unknown(t, sums.spread_per_year_eur),
            ),
            source,
        ),
        Figure(posts, t("costs.figure_staff", each=posts_text(t, plan, picture.parameters)), source),
    ]
    if picture.added and sums.cost_per_year_eur is not None:
        said.insert(2, Figure(t.euros(sums.cost_per_year_eur / picture.added), t("costs.figure_person"), source))
    return said


def show_costs(t: Texts, region: Region, picture: CostPicture) -> None:
    """Show the costs of each place, what closing saves, and the download."""
    if not picture.names:
        st.info(t("costs.nothing_opens"))
    else:
        show_table(sites_cost_table(t, picture), key="costs_table", counted="table.count_sites", height=460)
    bullets(freed_lines(t, picture))
    hand_out(t("costs.download"), table_csv(t, region, costs_data(t, region, picture)), f"{region.id}-costs.csv")


def show_swings(t: Texts, region: Region, picture: CostPicture) -> None:
    """Show what follows when one component costs less or more."""
    effects = sensitivity(picture.sums, picture.plan, picture.parameters)
    if not effects or picture.sums.cost_per_year_eur is None:
        st.info(t("costs.swing_unknown") if picture.names else t("costs.nothing_opens"))
        return
    whole = picture.sums.cost_per_year_eur
    chart = tornado_chart(t, effects, whole, swing=SWING)
    show_chart(t, region, chart, None, key="costs_swings")
    paragraph(t("costs.swing_note"))
    paper = Paper("costs_swings", f"{t('costs.swing')}, {region.name}", notes=(t("costs.swing_note"),))
    export_chart(t, region, paper, chart)


def show_parameters(t: Texts, region: Region, plan: CostPlan) -> None:
    """Show all prices and legal bases, the reader's own among them, with a way to enter them."""
    parameters = with_own(parameters_at(plan.as_of, region), plan.prices)
    st.header(t("costs.parameters"), anchor=False)
    show_table(parameters_table(t, parameters), key="parameters_table", counted="costs.count", height=520)
    data = table_csv(t, region, parameters_data(t, parameters))
    hand_out(t("costs.parameters_download"), data, f"{region.id}-parameters.csv")
    if plan == costs_state.plan_in_view():
        _enter_own(t, region)


def _enter_own(t: Texts, region: Region) -> None:
    now = costs_state.plan_in_view()
    known = parameters_at(now.as_of, region)
    keys = tuple(known)
    with st.expander(t("costs.own_values"), expanded=bool(now.prices)):
        which, value, act = st.columns([1.6, 1, 0.8], gap="medium", vertical_alignment="bottom")
        key = which.selectbox(
            t("costs.own_which"), keys, format_func=lambda one: parameter_label(t, one), key="widget.own_which"
        )
        mine = dict(now.prices).get(key, known[key].value)
        given = value.number_input(
            t("costs.own_value", unit=t(f"costs.unit_{known[key].unit}")),
            least_value(key),
            float(max(1e7, mine)),
            value=float(mine),
            format="%g",
            key=f"widget.own_value.{key}",
        )
        act.button(t("costs.own_set"), on_click=costs_state.set_price, args=(key, given), icon=":material/check:")
        if now.prices:
            st.button(
                t("costs.own_clear", n=len(now.prices)), on_click=costs_state.forget_prices, icon=":material/undo:"
            )
