"""Chapters of a dossier on the plan: what is proposed, why, what changes, how size matters, what it costs."""

from __future__ import annotations

from dataclasses import replace

from geo.output.charts import bars_chart, curve_chart, curves_chart
from geo.output.report.dossier_parts import Brief, ChartItem, Item, MapItem, Section, TableItem, pick, unmarked
from geo.output.sites import (
    SitesLook,
    assumed_text,
    catchments_of,
    equity_table,
    equity_text,
    freed_lines,
    funding_lines,
    infeasible_text,
    minutes_table,
    near_text,
    parameters_table,
    proof_sentence,
    question_lines,
    reasons_table,
    shown_curve,
    sites_table,
    sites_view,
)
from geo.output.values import Column, Row, Table, one_line, people_text, share_text
from geo.siting.explain import curve, near_plans, reach_table, reasons
from geo.siting.problem import OBJECTIVES, Status
from geo.text import Texts

TABLE_MINUTES = (5, 10, 15, 20, 30, 45)
TABLE_UP_TO = 6
TABLE_SECONDS = 1.5
CURVE_UP_TO = 10
CURVE_SECONDS = 0.5
NEAR_MOST = 3
GAIN_ROWS = 12
NAMES_SAID = 6
FUNDING_SAID = 3


def listed(t: Texts, names: list[str]) -> str:
    """Return names as a reader lists them: ``A, B und C``; beyond six only how many more there are."""
    said = [one_line(name, 80) for name in names[:NAMES_SAID]]
    if len(names) > NAMES_SAID:
        return t("dossier.names_more", names=", ".join(said), n=len(names) - NAMES_SAID)
    return t("dossier.names", first=", ".join(said[:-1]), last=said[-1]) if len(said) > 1 else "".join(said)


def result_lines(brief: Brief) -> tuple[str, ...]:
    """Return the answer in sentences: what is proposed, who is reached, what it costs, how sure it is."""
    t, answer, outcome = brief.t, brief.answer, brief.outcome
    if answer.plan.status is Status.INFEASIBLE:
        return (t("dossier.infeasible"), infeasible_text(t, answer))
    told = _reach_figures(brief)
    if not answer.plan.selected:
        return (t("dossier.nothing_new", **told) if brief.has_offices else t("reach.no_offices"),)
    names = listed(t, [str(name) for name in answer.sites["name"]])
    lines = [
        t("dossier.proposed", n=len(answer.plan.selected), names=names),
        t("dossier.result" if brief.has_offices else "dossier.result_alone", **told),
    ]
    if outcome.closed:
        lines.append(t("dossier.closed", n=len(outcome.closed)))
    if brief.has_offices and outcome.lasting_quarters and outcome.lasting_reached is not None:
        lines.append(
            t(
                "dossier.lasting_reached",
                n=outcome.lasting_quarters,
                before=t.number(outcome.lasting_reached_before or 0),
                after=t.number(outcome.lasting_reached),
            )
        )
    return (*lines, *question_lines(t, answer), *cost_lines(brief)[:1], proof_sentence(brief.t, brief.answer.plan))


def _reach_figures(brief: Brief) -> dict[str, str]:
    t, outcome = brief.t, brief.outcome
    step, demand = outcome.rounded_to, float(outcome.demand or 0)
    before, after = float(outcome.people_before or 0), float(outcome.people_after or 0)
    return {
        "minutes": t.shortest(outcome.minutes),
        "before": people_text(t, outcome.people_before, step),
        "after": people_text(t, outcome.people_after, step),
        "demand": people_text(t, outcome.demand, step),
        "share_before": share_text(t, before, demand, after),
        "share_after": share_text(t, after, demand, before),
        "added": t.number(outcome.added or 0),
    }


def plan_section(brief: Brief) -> Section:
    """Return the chapter with the map of the plan and its places in order of gain."""
    t, region, answer = brief.t, brief.region, brief.answer
    heading = t("dossier.plan")
    if not brief.is_open:
        return Section("plan", heading, result_lines(brief))
    areas = catchments_of(region, answer) if brief.catchments is None else brief.catchments
    look = SitesLook(areas)
    view = sites_view(t, brief.picture, answer, look)
    told = _reach_figures(brief)
    names = listed(t, [str(name) for name in answer.sites["name"]])
    key = "dossier.plan_message" if brief.has_offices else "dossier.plan_message_alone"
    message = t(key, n=len(answer.plan.selected), **told)
    caption = t("dossier.plan_map", n=len(answer.plan.selected), place=region.name, minutes=told["minutes"])
    alternative = t("dossier.plan_map_alt", names=names, place=region.name, minutes=told["minutes"])
    table = sites_table(t, region, answer)
    chosen = pick(table, (0, 1, 2, 3, 4, 6))
    items: list[Item] = [MapItem(view, caption, alternative, message)]
    items.append(TableItem(chosen, table.caption, t("dossier.order_message")))
    items.append(_gains(brief))
    return Section("plan", heading, (t("dossier.plan_text"),), tuple(items))


def _gains(brief: Brief) -> ChartItem:
    """Return the people each place adds, in the order in which the places open."""
    t, sites = brief.t, brief.outcome.sites
    names = [f"{number} {one_line(site.name, 40)}" for number, site in enumerate(sites, 1)]
    chart = bars_chart(t, names, [float(site.gain or 0) for site in sites], title=t("dossier.gain_axis"))
    first = people_text(t, sites[0].gain, brief.outcome.rounded_to)
    message = t("dossier.gain_message", name=one_line(sites[0].name, 60), people=first)
    said = [f"{one_line(site.name, 60)}: {people_text(t, site.gain, brief.outcome.rounded_to)}" for site in sites]
    return ChartItem(chart, t("dossier.gain_chart"), t("dossier.gain_alt", figures="; ".join(said)), message)


def reasons_section(brief: Brief) -> Section | None:
    """Return the chapter on what each place is there for, and which exchange would be nearly as good."""
    if not brief.is_open:
        return None
    t, answer = brief.t, brief.answer
    table = reasons_table(t, answer, reasons(answer.posed.problem, answer.plan))
    paragraphs = [t("dossier.reasons_text")]
    if brief.has_offices:
        paragraphs[0] += " " + t("dossier.reasons_today")
    if OBJECTIVES[answer.plan.objective].has_near_plans:
        near = near_plans(answer.posed.problem, answer.plan, most=NEAR_MOST)
        paragraphs.append(t("dossier.near") if near else t("siting.near_none"))
        paragraphs += [near_text(t, answer, one) for one in near]
    item = TableItem(table, table.caption, t("dossier.reasons_message"))
    return Section("reasons", t("dossier.reasons"), tuple(paragraphs), (item,))


def effect_section(brief: Brief) -> Section | None:
    """Return the chapter on how ways change: by minutes, by district, by quarter, and where capacity counts."""
    if not brief.is_open:
        return None
    t, answer, outcome = brief.t, brief.answer, brief.outcome
    paragraphs = _travel_lines(brief)
    items: list[Item] = []
    if len(outcome.curve) > 1 and outcome.demand:
        items.append(_curves(brief))
    table = equity_table(t, brief.region, answer)
    if not brief.has_offices:
        table = replace(pick(table, (0, 1, 3, 5)), caption=t("dossier.equity_alone"))
    items.append(TableItem(table, table.caption))
    items += _gaining_quarters(brief)
    return Section("effect", t("dossier.effect"), paragraphs, tuple(items))


def _travel_lines(brief: Brief) -> tuple[str, ...]:
    """Return how long people need before and after; only after where today's offices are not known."""
    t, outcome = brief.t, brief.outcome
    limit = t.number(outcome.limit_minutes)
    if outcome.mean_minutes is None or outcome.mean_minutes_before is None:
        return ()
    after = t.number(outcome.mean_minutes, 1)
    if not brief.has_offices:
        return (t("dossier.mean_alone", after=after, limit=limit),)
    before = t.number(outcome.mean_minutes_before, 1)
    mean = t("dossier.mean", before=before, after=after, limit=limit)
    return (" ".join(unmarked(equity_text(t, brief.answer))), mean)


def _curves(brief: Brief) -> ChartItem:
    t, outcome = brief.t, brief.outcome
    pairs = ((t("reach.today"), outcome.curve_before), (t("siting.with_plan"), outcome.curve))
    shown = pairs if brief.has_offices else pairs[1:]
    curves = [(name, [float(people or 0) for people in line]) for name, line in shown]
    chart = curves_chart(t, curves, demand=float(outcome.demand or 0), within=outcome.minutes)
    told = _reach_figures(brief)
    caption = t("dossier.curves", minutes=told["minutes"])
    kind = "" if brief.has_offices else "_alone"
    alternative, message = t(f"dossier.curves_alt{kind}", **told), t(f"dossier.curves_message{kind}", **told)
    return ChartItem(chart, caption, alternative, message)


def _gaining_quarters(brief: Brief) -> list[Item]:
    """Return the quarters in which most people come within reach."""
    t, outcome = brief.t, brief.outcome
    names = brief.region.quarters["name"]
    known = [one for one in outcome.quarters if one.people_before is not None and one.people_after is not None]
    gains = [(one, (one.people_after or 0) - (one.people_before or 0)) for one in known]
    most = sorted((pair for pair in gains if pair[1] > 0), key=lambda pair: (-pair[1], pair[0].quarter_id))
    if not most:
        return []
    columns = (
        Column(t("table.quarter"), "left"),
        Column(t("dossier.column_before")),
        Column(t("dossier.column_after")),
        Column(t("siting.column_gain")),
        Column(t("dossier.column_minutes_before")),
        Column(t("dossier.column_minutes_after")),
    )
    rows = []
    for place, (one, gain) in enumerate(most[:GAIN_ROWS]):
        minutes = [t("value.none") if m is None else t.number(m, 1) for m in (one.minutes_before, one.minutes_after)]
        people = [t.number(one.people_before or 0), t.number(one.people_after or 0), t.number(gain)]
        rows.append(Row(one.quarter_id, (str(names.get(one.quarter_id, "")), *people, *minutes), (place,) * 6))
    caption = t("dossier.gaining", n=len(most))
    note = t("dossier.rows_left_out", n=len(most) - GAIN_ROWS) if len(most) > GAIN_ROWS else ""
    table = Table(caption, columns, tuple(rows))
    return [TableItem(table if brief.has_offices else pick(table, (0, 2, 5)), caption, "", note)]


def size_section(brief: Brief) -> Section | None:
    """Return the chapter on how many offices pay, and how minutes and number go together."""
    t, answer = brief.t, brief.answer
    problem = answer.posed.problem
    if not brief.is_open or not answer.posed.question.is_usual or problem.minimums:
        return None
    up_to = min(max(CURVE_UP_TO, len(answer.plan.selected) + 1), len(problem.candidates))
    told = answer.curve or curve(problem, up_to, seconds=CURVE_SECONDS)
    reached, bound = shown_curve(brief.region, told)
    chosen, step = len(answer.plan.selected), answer.rounded_to
    chart = curve_chart(
        t,
        reached,
        bound,
        demand=float(answer.demand or 0),
        chosen=chosen,
        people=lambda people: people_text(t, people, step),
    )
    paragraphs = [t("dossier.size_text")]
    message = t("dossier.size_message")
    if chosen + 1 < len(reached):
        more = people_text(t, reached[chosen + 1] - reached[chosen], step)
        message = t("siting.curve_lead", n=1, next=chosen + 1, people=more)
        paragraphs.append(message)
    said = "; ".join(f"{n}: {t.number(people)}" for n, people in enumerate(reached))
    items: list[Item] = [ChartItem(chart, t("dossier.size_chart"), t("dossier.size_alt", figures=said), message)]
    limit = answer.posed.times.limit_minutes
    minutes = tuple(one for one in TABLE_MINUTES if one <= limit)
    if len(minutes) > 2:
        most = min(TABLE_UP_TO, len(problem.candidates))
        table = minutes_table(t, answer, reach_table(problem, minutes, most, seconds=TABLE_SECONDS))
        items.append(TableItem(table, table.caption, "", t("siting.minutes_note")))
    return Section("size", t("dossier.size"), tuple(paragraphs), tuple(items))


def costs_section(brief: Brief) -> Section | None:
    """Return the chapter on costs, or None where no cost of the places is known."""
    t, outcome = brief.t, brief.outcome
    if not brief.is_open or all(site.cost_per_year_eur is None for site in outcome.sites):
        return None
    columns = (
        Column(t("siting.column_number")),
        Column(t("siting.column_site"), "left"),
        Column(t("siting.column_cost")),
        Column(t("dossier.column_one_off")),
        Column(t("dossier.column_staff")),
    )
    rows = [_cost_row(t, number, one_line(site.name, 80), site) for number, site in enumerate(outcome.sites, 1)]
    rows.append(replace(_cost_row(t, len(rows) + 1, t("dossier.cost_sum"), outcome), id="sum"))
    rows[-1] = replace(rows[-1], cells=("", *rows[-1].cells[1:]))
    caption = t("dossier.cost_table")
    paragraphs = cost_lines(brief)
    if brief.costs is not None:
        shared = funding_lines(t, brief.costs.funding, brief.costs.parameters)
        paragraphs = (*paragraphs, *freed_lines(t, brief.costs), *shared[:FUNDING_SAID], assumed_text(t, brief.costs))
    items: list[Item] = [TableItem(Table(caption, columns, tuple(rows)), caption)]
    known = [site for site in outcome.sites if site.cost_per_year_eur is not None]
    chart = bars_chart(
        t,
        [f"{number} {one_line(site.name, 40)}" for number, site in enumerate(known, 1)],
        [float(site.cost_per_year_eur or 0) for site in known],
        title=t("dossier.cost_axis"),
    )
    said = "; ".join(f"{one_line(site.name, 60)}: {t.euros(site.cost_per_year_eur or 0)}" for site in known)
    alternative = t("dossier.cost_alt", figures=said)
    items.append(ChartItem(chart, t("dossier.cost_chart"), alternative, paragraphs[0]))
    return Section("costs", t("dossier.costs"), paragraphs, tuple(items))


def _cost_row(t: Texts, number: int, name: str, costs: object) -> Row:
    values = [getattr(costs, column) for column in ("cost_per_year_eur", "one_off_cost_eur", "staff_full_time")]
    euros = [t("value.none") if value is None else t.euros(value) for value in values[:2]]
    staff = t("value.none") if values[2] is None else t.number(values[2], 2)
    return Row(str(number), (str(number), name, *euros, staff), (number, name, *values))


def cost_lines(brief: Brief) -> tuple[str, ...]:
    """Return what the plan costs in sentences; that it is not known where it is not."""
    t, outcome = brief.t, brief.outcome
    if not brief.is_open:
        return ()
    if outcome.cost_per_year_eur is None:
        return (t("dossier.cost_unknown"),)
    lines = [t("dossier.cost_year", cost=t.euros(outcome.cost_per_year_eur))]
    if outcome.cost_per_person_eur is not None:
        key = "dossier.cost_person" if brief.has_offices else "dossier.cost_person_alone"
        lines[0] += " " + t(key, cost=t.euros(outcome.cost_per_person_eur))
    if outcome.one_off_cost_eur:
        lines.append(t("dossier.cost_one_off", cost=t.euros(outcome.one_off_cost_eur)))
    if outcome.staff_full_time:
        lines.append(t("dossier.cost_staff", staff=t.number(outcome.staff_full_time, 2)))
    return tuple(lines)


def prices_annex(brief: Brief) -> Section | None:
    """Return the table of prices and shares the costs were reckoned with."""
    if brief.costs is None:
        return None
    t = brief.t
    table = parameters_table(t, brief.costs.parameters)
    item = TableItem(pick(table, (0, 1, 2, 3, 4, 5)), table.caption)
    return Section("prices", t("dossier.prices"), (assumed_text(t, brief.costs),), (item,), is_annex=True)
