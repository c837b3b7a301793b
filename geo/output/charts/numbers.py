"""A question's worth by number of offices, and people against money, as charts."""

from __future__ import annotations

import math

from geo.output.charts.chart import MAIN, Axis, Band, Chart, Line
from geo.output.charts.trend import bound_line, spot_mark
from geo.output.values import people_text, share_text
from geo.region.disclosure import round_people
from geo.siting.ask import Answer
from geo.siting.explain import Frontier, NumberCurve
from geo.siting.problem import OBJECTIVES
from geo.text import Texts


def shown_numbers(answer: Answer, told: NumberCurve) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return values and bounds as they may be shown: people rounded, ways in minutes."""
    kind = OBJECTIVES[told.objective]
    if kind.counts_travel:
        total = answer.plan.total
        value, bound = ([round(kind.per_person(one, total), 1) for one in part] for part in (told.value, told.bound))
        return tuple(value), tuple(bound)
    step = answer.rounded_to
    value = [float(round_people(one, answer.rule) or 0) for one in told.value]
    return tuple(value), tuple(
        max(low, math.ceil(high / step - 1e-9) * step) if not sure else low
        for low, high, sure in zip(value, told.bound, told.is_proven, strict=True)
    )


def numbers_text(t: Texts, answer: Answer, told: NumberCurve) -> tuple[str, ...]:
    """Return one phrase for each number of new offices."""
    values, _ = shown_numbers(answer, told)
    return tuple(
        t("siting.curve_number", n=number, value=_value_text(t, answer, told.objective, value))
        for number, value in zip(told.new, values, strict=True)
    )


def next_text(t: Texts, answer: Answer, told: NumberCurve) -> str:
    """Return what one more office than the plan has would bring; empty beyond the curve."""
    values, _ = shown_numbers(answer, told)
    number = len(answer.plan.selected) + 1
    if number not in told.new or number - 1 not in told.new:
        return ""
    more = values[told.new.index(number)] - values[told.new.index(number - 1)]
    if more == 0:
        return t("siting.curve_next_none", next=number)
    if OBJECTIVES[told.objective].counts_travel:
        return t("siting.curve_next_minutes", next=number, minutes=t.number(-more, 1))
    return t("siting.curve_lead", n=1, next=number, people=people_text(t, more, answer.rounded_to))


def numbers_chart(t: Texts, answer: Answer, told: NumberCurve, *, chosen: int | None) -> Chart:
    """Return the curve by number of new offices, with a band up to the bound and the chosen number marked."""
    values, bounds = shown_numbers(answer, told)
    says, what = numbers_text(t, answer, told), t(f"siting.axis_{told.objective}")
    parts: list[Line | Band] = [Line(what, told.new, values, MAIN, says, mark="circle")]
    if values != bounds:
        parts = [bound_line(t("siting.curve_bound"), told.new, bounds), Band("", told.new, values, bounds), *parts]
    if chosen in told.new:
        at = told.new.index(chosen)
        parts.append(spot_mark(t("chart.chosen"), told.new[at], values[at], says[at]))
    x = Axis(t("chart.new_offices"), step=1 if len(told.new) < 13 else 2)
    return Chart(tuple(parts), x, Axis(what, low=0))


def money_texts(t: Texts, answer: Answer, told: Frontier) -> tuple[str, ...]:
    """Return one phrase for each budget: cost, number of offices, people."""
    return tuple(
        _money_text(t, answer, cost, len(selected), people)
        for cost, selected, people in zip(told.cost, told.selected, told.reached, strict=True)
    )


def money_chart(t: Texts, answer: Answer, told: Frontier, *, cost: float | None) -> Chart:
    """Return people reached against money; the present plan is marked where its cost is known."""
    people = tuple(float(round_people(one, answer.rule) or 0) for one in told.reached)
    says = money_texts(t, answer, told)
    name = t("siting.frontier_best")
    parts = [Line(name, tuple(told.cost), people, MAIN, says, is_stepped=True, mark="circle", size=7)]
    if cost is not None:
        said = _money_text(t, answer, cost, len(answer.plan.selected), answer.plan.reached)
        parts.append(spot_mark(t("siting.frontier_here"), cost, float(answer.people_after or 0), said))
    return Chart(tuple(parts), Axis(t("siting.axis_budget"), low=0), Axis(t("siting.axis_coverage"), low=0))


def _value_text(t: Texts, answer: Answer, objective: str, value: float) -> str:
    if OBJECTIVES[objective].counts_travel:
        return t("siting.curve_minutes", minutes=t.number(value, 1)) if math.isfinite(value) else t("value.none")
    share = share_text(t, value, answer.demand or 0)
    return t("siting.curve_people", people=people_text(t, value, answer.rounded_to), share=share)


def _money_text(t: Texts, answer: Answer, cost: float, offices: int, people: float) -> str:
    shown = round_people(people, answer.rule)
    said = {"people": people_text(t, shown, answer.rounded_to), "share": share_text(t, shown or 0, answer.demand or 0)}
    return t("siting.frontier_point", n=offices, cost=t.euros(cost), **said)
