"""A question's worth by number of offices, and people against money, as charts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from geo.output.charts.look import BAND, GREY, MARK, dress, plain
from geo.output.values import people_text, share_text
from geo.region.disclosure import round_people
from geo.siting.ask import Answer
from geo.siting.explain import Frontier, NumberCurve
from geo.siting.problem import OBJECTIVES
from geo.text import Texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import plotly.graph_objects as go

_MAIN = {"light": "#0b5c63", "dark": "#5cc2c0"}
_HEIGHT = 320


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


def numbers_chart(t: Texts, answer: Answer, told: NumberCurve, *, chosen: int | None, theme: str) -> go.Figure:
    """Return the curve by number of new offices, with a band up to the bound and the chosen number marked."""
    import plotly.graph_objects as go

    values, bounds = shown_numbers(answer, told)
    texts = [plain(text) for text in numbers_text(t, answer, told)]
    figure = go.Figure()
    if values != bounds:
        _add_bound(t, figure, told.new, bounds, theme)
    figure.add_scatter(
        x=list(told.new),
        y=list(values),
        name=t(f"siting.axis_{told.objective}"),
        mode="lines+markers",
        line={"color": _MAIN[theme], "width": 3},
        marker={"size": 8},
        text=texts,
        fill="tonexty" if values != bounds else None,
        fillcolor=BAND[theme],
        hovertemplate="%{text}<extra></extra>",
    )
    if chosen in told.new:
        at = told.new.index(chosen)
        _add_mark(figure, (told.new[at], values[at]), t("chart.chosen"), texts[at], theme)
    dress(t, figure, theme)
    figure.update_xaxes(title=t("chart.new_offices"), dtick=1 if len(told.new) < 13 else 2)
    axis = {"text": t(f"siting.axis_{told.objective}"), "font": {"size": 12}}
    figure.update_yaxes(rangemode="tozero", tickformat=",.0f", title=axis)
    figure.update_layout(height=_HEIGHT)
    return figure


def money_texts(t: Texts, answer: Answer, told: Frontier) -> tuple[str, ...]:
    """Return one phrase for each budget: cost, number of offices, people."""
    return tuple(
        _money_text(t, answer, cost, len(selected), people)
        for cost, selected, people in zip(told.cost, told.selected, told.reached, strict=True)
    )


def money_chart(t: Texts, answer: Answer, told: Frontier, *, cost: float | None, theme: str) -> go.Figure:
    """Return people reached against money; the present plan is marked where its cost is known."""
    import plotly.graph_objects as go

    people = [float(round_people(one, answer.rule) or 0) for one in told.reached]
    figure = go.Figure()
    figure.add_scatter(
        x=list(told.cost),
        y=people,
        name=t("siting.frontier_best"),
        mode="lines+markers",
        line={"color": _MAIN[theme], "width": 3, "shape": "hv"},
        marker={"size": 7},
        text=[plain(text) for text in money_texts(t, answer, told)],
        hovertemplate="%{text}<extra></extra>",
    )
    if cost is not None:
        said = _money_text(t, answer, cost, len(answer.plan.selected), answer.plan.reached)
        _add_mark(figure, (cost, float(answer.people_after or 0)), t("siting.frontier_here"), plain(said), theme)
    dress(t, figure, theme)
    figure.update_xaxes(title=t("siting.axis_budget"), tickformat=",.0f", rangemode="tozero")
    axis = {"text": t("siting.axis_coverage"), "font": {"size": 12}}
    figure.update_yaxes(rangemode="tozero", tickformat=",.0f", title=axis)
    figure.update_layout(height=_HEIGHT)
    return figure


def _add_bound(t: Texts, figure: go.Figure, numbers: Sequence[int], bounds: Sequence[float], theme: str) -> None:
    figure.add_scatter(
        x=list(numbers),
        y=list(bounds),
        name=t("siting.curve_bound"),
        mode="lines",
        line={"color": GREY[theme], "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
    )


def _add_mark(figure: go.Figure, spot: tuple[float, float], name: str, text: str, theme: str) -> None:
    figure.add_scatter(
        x=[spot[0]],
        y=[spot[1]],
        name=name,
        mode="markers",
        text=[text],
        marker={"size": 15, "color": MARK[theme], "line": {"color": "#ffffff", "width": 2}},
        hovertemplate="%{text}<extra></extra>",
    )


def _value_text(t: Texts, answer: Answer, objective: str, value: float) -> str:
    if OBJECTIVES[objective].counts_travel:
        return t("siting.curve_minutes", minutes=t.number(value, 1)) if math.isfinite(value) else t("value.none")
    share = share_text(t, value, answer.demand or 0)
    return t("siting.curve_people", people=people_text(t, value, answer.rounded_to), share=share)


def _money_text(t: Texts, answer: Answer, cost: float, offices: int, people: float) -> str:
    shown = round_people(people, answer.rule)
    said = {"people": people_text(t, shown, answer.rounded_to), "share": share_text(t, shown or 0, answer.demand or 0)}
    return t("siting.frontier_point", n=offices, cost=t.euros(cost), **said)
