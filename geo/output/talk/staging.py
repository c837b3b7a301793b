"""What stands on the screen for a scene: its map or chart, the big figures, a few lines, the source.

One description for the show and for the handout. Figures are made from an answer's rounded people and from disclosed
statistics only, like the pages a scene was taken from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from geo.errors import DataError
from geo.findings import Finding
from geo.need import Classification, Indicator, LastingRule, classify, classify_change, indicators_of, region_value
from geo.output.charts import Chart
from geo.output.need import Picture, atlas_view, because, group_lines, lasting_view, lead, main_indicator
from geo.output.sites import (
    SitesLook,
    difference_lines,
    difference_view,
    infeasible_text,
    mismatch_lines,
    proof_sentence,
    proof_text,
    question_lines,
    shown_curve,
    sites_view,
)
from geo.output.talk.workings import CLASSES, Workings
from geo.output.values import (
    Focus,
    MapView,
    change_text,
    indicator_label,
    measure_label,
    mode_label,
    people_text,
    share_text,
    source_text,
    value_text,
)
from geo.region.model import Region
from geo.siting.ask import Answer, Question, complete, known_costs
from geo.siting.problem import Status
from geo.siting.scenario import Compared, Scene, completed, outcome_of, scene_faults
from geo.text import Texts

SITES_NAMED = 5


@dataclass(frozen=True)
class BigFigure:
    """A number readable from the last row, and what it says."""

    number: str
    sentence: str


@dataclass(frozen=True, eq=False)
class Stage:
    """A scene as it is shown.

    Parameters
    ----------
    scene
        With its live settings applied.
    figures, lines, notes
        Big numbers, short sentences below them, and in smaller type what the figures rest on.
    view, chart, chart_says
        A map or a chart, or neither; what the chart shows, for who cannot see it.
    source
        Date and source of what is shown; empty for a scene of text.
    faults
        What keeps the picture from being shown; words stay.
    """

    scene: Scene
    figures: tuple[BigFigure, ...] = ()
    lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    view: MapView | None = None
    chart: Chart | None = None
    chart_says: str = ""
    source: str = ""
    faults: tuple[Finding, ...] = ()


def stage_of(t: Texts, region: Region | None, scene: Scene, workings: Workings, theme: str = "light") -> Stage:
    """Return a scene as it is shown; what it names and is not there becomes its ``faults``, never an error."""
    faults = scene_faults(scene, region)
    if faults or region is None:
        return Stage(scene, faults=faults)
    makers = {
        "indicator": _need,
        "change": _change,
        "lasting": _lasting,
        "plan": _plan,
        "curve": _curve,
        "compare": _compare,
    }
    if scene.kind not in makers:
        return Stage(scene)
    try:
        made = makers[scene.kind](t, region, scene, workings, theme)
    except DataError as fault:
        return Stage(scene, faults=fault.findings)
    if made.view is None:
        return made
    look = scene.extent
    focus = None if look is None else Focus(look.west, look.south, look.east, look.north)
    return replace(made, view=replace(made.view.with_selected(scene.quarter or None), focus=focus))


def _need(t: Texts, region: Region, scene: Scene, workings: Workings, theme: str) -> Stage:
    indicator = _indicator(region, scene.indicator)
    picture = need_picture(region, indicator, scene.date, limits=scene.limits, workings=workings, theme=theme)
    whole = region_value(region, indicator, scene.date).value
    said = {"label": indicator_label(t, indicator), "place": region.name, "date": t.date(scene.date)}
    figures = []
    if math.isfinite(whole):
        number = value_text(t, whole, indicator.unit)
        figures.append(BigFigure(number, t("present.figure_level", **said)))
    known = picture.values["value"].dropna()
    if len(known):
        low, high = (value_text(t, float(value), indicator.unit) for value in (known.min(), known.max()))
        figures.append(BigFigure(t("start.range_number", low=low, high=high), t("present.figure_range")))
    view = atlas_view(t, picture)
    return Stage(scene, tuple(figures), view=view, source=view.legend.source)


def _change(t: Texts, region: Region, scene: Scene, workings: Workings, theme: str) -> Stage:
    indicator = _indicator(region, scene.indicator)
    values = workings.changes(region, indicator, scene.compared_with, scene.date)
    classes = classify_change(values["value"].to_numpy(), CLASSES)
    if scene.limits:
        classes = Classification("change", scene.limits, classes.digits)
    picture = Picture(region, indicator, scene.date, scene.compared_with, values, classes, theme)
    now, past = (region_value(region, indicator, day).value for day in (scene.date, scene.compared_with))
    said = {"label": indicator_label(t, indicator), "place": region.name}
    said |= {"before": t.date(scene.compared_with), "date": t.date(scene.date)}
    figures = []
    if math.isfinite(now) and math.isfinite(past):
        number = change_text(t, now - past, "value", picture.unit)
        figures.append(BigFigure(number, t("present.figure_change", **said)))
    shown = np.round(values["value"].dropna().to_numpy(), classes.digits)
    up, down = int((shown > 0).sum()), int((shown < 0).sum())
    lines = (t("present.change_up", n=up), t("present.change_down", n=down)) if len(shown) else ()
    view = atlas_view(t, picture)
    return Stage(scene, tuple(figures), lines, view=view, source=view.legend.source)


def _lasting(t: Texts, region: Region, scene: Scene, workings: Workings, theme: str) -> Stage:
    indicator = _indicator(region, scene.indicator)
    dates = tuple(day for day in region.dates if day <= scene.date)
    found = workings.persistence(region, indicator, dates, scene.rule or LastingRule())
    if found.reason is not None:
        return Stage(scene, lines=(because(t, "persistence.cannot_be_said", found.reason, indicator),))
    view = lasting_view(t, region, indicator, found, "course", theme=theme)
    lasting = found.quarters["standing"].isin(["lasting", "lasting_single_cause", "lasting_to_check"])
    said, *others = lead(t, region, found)
    figure = BigFigure(t.number(int(lasting.sum())), said)
    lines = (*others, *group_lines(t, found, "course"))
    return Stage(scene, (figure,), lines[:3], view=view, source=view.legend.source)


def _plan(t: Texts, region: Region, scene: Scene, workings: Workings, theme: str) -> Stage:
    question = _question(region, scene)
    told = workings.answer(region, question)
    picture = need_picture(
        region, main_indicator(region), str(question.date), limits=scene.limits, workings=workings, theme=theme
    )
    view = sites_view(t, picture, told, SitesLook(workings.catchments(region, told)))
    figures = _reach_figures(t, region, told)
    is_asked = told.plan.status is not Status.INFEASIBLE
    lines = [*_lines_of(t, told)] if is_asked else [infeasible_text(t, told)]
    if is_asked and len(told.sites):
        lines += _named(t, told)
        cost = _yearly_cost(region, told)
        if cost is not None:
            said = "present.figure_cost" if question.costs is None else "present.figure_cost_planned"
            figures.append(BigFigure(t.euros(cost), t(said)))
    notes = [_reading(t, region, told)]
    if is_asked and len(told.sites):
        is_best = told.plan.status is Status.OPTIMAL
        notes.insert(0, proof_sentence(t, told.plan) if is_best else proof_text(t, told))
    return Stage(scene, tuple(figures), tuple(lines), tuple(notes), view=view, source=view.legend.source)


def _curve(t: Texts, region: Region, scene: Scene, workings: Workings, _theme: str) -> Stage:
    from geo.output.charts import curve_chart

    question = replace(_question(region, scene), objective="coverage", new=0)
    told = workings.answer(region, question)
    reached, bound = shown_curve(region, workings.curve(region, question))
    chart = curve_chart(
        t,
        reached,
        bound,
        demand=float(told.demand or 0),
        chosen=len(reached) + 1,
        people=lambda people: people_text(t, people, told.rounded_to),
    )
    chart = replace(chart, y=replace(chart.y, title=t("chart.people")))
    figures = _reach_figures(t, region, told)
    if reached and told.demand:
        best = share_text(t, reached[-1], told.demand)
        figures.append(
            BigFigure(best, t("present.figure_most", n=len(reached) - 1, minutes=t.number(question.minutes)))
        )
    source = t("map.source", date=t.date(str(question.date)), source=source_text(t, region.sources))
    return Stage(
        scene,
        tuple(figures),
        notes=(_reading(t, region, told),),
        chart=chart,
        chart_says=t("chart.curve_alt"),
        source=source,
    )


def _compare(t: Texts, region: Region, scene: Scene, workings: Workings, theme: str) -> Stage:
    pair = []
    for key, scenario in (("a", scene.scenario), ("b", scene.other)):
        if scenario is None:
            return Stage(scene)
        asked = completed(region, replace(scenario, region_id=region.id))
        told = workings.answer(region, asked.question)
        pair.append(Compared(key, asked.name, asked, outcome_of(region, asked, told)))
    one, other = pair
    figures = []
    for side, compared in zip(pair, reversed(pair), strict=True):
        outcome, beside = side.outcome, compared.outcome
        if outcome is not None and outcome.demand:
            said = people_text(t, outcome.people_after, outcome.rounded_to)
            is_same = beside is not None and beside.demand == outcome.demand
            share = share_text(
                t, outcome.people_after or 0, outcome.demand, (beside.people_after or 0) if beside and is_same else None
            )
            mark = side.key.upper()
            sentence = t(
                "present.figure_side", mark=mark, name=side.name, people=said, minutes=t.number(outcome.minutes)
            )
            figures.append(BigFigure(share, sentence))
    view = difference_view(t, region, (one, other), scene.compared, theme=theme)
    lines = difference_lines(t, one, other)
    notes = mismatch_lines(t, region, one, other)
    return Stage(scene, tuple(figures), lines, notes, view=view, source=view.legend.source)


def need_picture(
    region: Region, indicator: Indicator, date: str, *, limits: tuple[float, ...], workings: Workings, theme: str
) -> Picture:
    """Return an indicator at a date in kept class limits; the outer ones widen where values lie beyond."""
    values = workings.values(region, indicator, date)
    digits = 0 if indicator.unit == "count" else 1
    if limits:
        classes = classify(values["value"].to_numpy(), "own", len(limits) - 1, own_limits=limits, digits=digits)
    else:
        classes = workings.classes(region, indicator)
    return Picture(region, indicator, date, None, values, classes, theme)


def _reach_figures(t: Texts, region: Region, told: Answer) -> list[BigFigure]:
    """Return who is reached today and, where anything changes, with the plan; all of it rounded."""
    if not told.demand or told.plan.status is Status.INFEASIBLE:
        return []
    minutes = t.number(told.posed.question.minutes)

    demand = people_text(t, told.demand, told.rounded_to)

    def share(people: int | None, compared: int | None) -> str:
        return share_text(t, people or 0, told.demand or 0, compared or 0)

    def said(people: int | None) -> str:
        return people_text(t, people, told.rounded_to)

    today = {"minutes": minutes, "people": said(told.people_before), "demand": demand}
    has_offices = bool(told.posed.places["is_office"].any())
    if not len(told.sites) and not told.posed.question.closed:
        if not has_offices:  # nobody has said where today's offices are
            return []
        return [BigFigure(share_text(t, told.people_before or 0, told.demand), t("present.figure_today", **today))]
    then = {"minutes": minutes, "people": said(told.people_after), "demand": demand}
    then["today"] = share(told.people_before, told.people_after)
    added = (told.people_after or 0) - (told.people_before or 0)
    sign = "siting.plus" if added > 0 else "present.plain_number"
    gain = BigFigure(t(sign, people=t.number(added)), t("siting.gain"))
    key = "present.figure_then" if has_offices else "present.figure_new"
    number = share(told.people_after, told.people_before)
    return [BigFigure(number, t(key, **then)), *([gain] if has_offices else [])]


def _named(t: Texts, told: Answer) -> list[str]:
    """Return the first suggested places in order of gain, in one line each."""
    names = [f"{number}. {name}" for number, name in enumerate(told.sites["name"], 1)]
    rest = len(names) - SITES_NAMED
    return names[:SITES_NAMED] + ([t("present.more_sites", n=rest)] if rest > 0 else [])


def _lines_of(t: Texts, told: Answer) -> tuple[str, ...]:
    """Return what a plan is worth in the unit of its question; what places cost stands beside it as a figure."""
    if "budget" not in told.posed.question.kind.needs:
        return question_lines(t, told)
    budget = t.euros(told.posed.question.budget_eur)
    return (t("present.line_budget", n=len(told.plan.selected), budget=budget),)


def _yearly_cost(region: Region, told: Answer) -> float | None:
    """Return what the suggested places cost in a year as the question prices them, None where one has no known cost."""
    costs = known_costs(told.posed.survey, told.posed.question.costs, region)[list(told.plan.selected)]
    return float(costs.sum()) if len(costs) and np.isfinite(costs).all() else None


def _reading(t: Texts, region: Region, told: Answer) -> str:
    """Return who counts, how ways are measured, and that people are rounded."""
    asked = told.posed.question
    return t(
        "present.reading",
        measure=measure_label(t, region, asked.measure),
        date=t.date(str(asked.date)),
        ways=mode_label(t, told.posed.survey.mode),
        round=told.rounded_to,
    )


def _question(region: Region, scene: Scene) -> Question:
    return complete(region, scene.scenario.question if scene.scenario is not None else Question())


def _indicator(region: Region, key: str) -> Indicator:
    return next(one for one in indicators_of(region) if one.key == key)
