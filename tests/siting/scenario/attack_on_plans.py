"""What an attacker sees of plans: every payload of a page, a presentation, the store and a comparison, as text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from geo.need.indicators import indicators_of
from geo.output.charts.numbers import money_chart, numbers_chart
from geo.output.charts.scenarios import curves_chart, frontier_chart, minutes_chart
from geo.output.files.csv import table_csv
from geo.output.report.dossier_need import picture_of
from geo.output.screen.folium_map import painting_json
from geo.output.sites.access import (
    CURVE_MINUTES,
    Access,
    access_lead,
    access_view,
    districts_table,
    quarters_table,
    rounded_curve,
)
from geo.output.sites.compare import (
    difference_data,
    difference_lines,
    difference_table,
    difference_view,
    scenarios_data,
    scenarios_table,
)
from geo.output.sites.costs import break_even_lines, cost_picture
from geo.output.sites.figures import headlines, state_bars
from geo.output.sites.firmness import firmness_lines, firmness_table
from geo.output.sites.plan_map import sites_view
from geo.output.sites.question_text import assumptions, question_lines
from geo.output.sites.reasons import equity_table, equity_text, minutes_table, near_text, open_sites, reasons_table
from geo.output.sites.scenario_data import Solved
from geo.output.sites.site_tables import places_table, sites_table
from geo.output.talk.staging import stage_of
from geo.output.talk.workings import Workings
from geo.region.model.region import Region
from geo.siting.ask.access import by_district, by_quarter, nearest_minutes, people_by_minutes, spread
from geo.siting.ask.answers import Answer
from geo.siting.ask.question import Question
from geo.siting.ask.robustness import firmness
from geo.siting.explain.curves import frontier
from geo.siting.explain.near import near_plans
from geo.siting.explain.number_curves import number_curve
from geo.siting.explain.site_reasons import reach_table, reasons
from geo.siting.problem.objectives import OBJECTIVES
from geo.siting.problem.plan import Status
from geo.siting.scenario.compare import Compared, today_of
from geo.siting.scenario.outcome import completed, run
from geo.siting.scenario.scenario import Scenario
from geo.siting.scenario.scenario_file import write_scenario
from geo.siting.scenario.scenes import Scene
from geo.text import texts

T = texts("de")
STILL = {"solved_at": "2026-03-01T10:00:00+00:00", "seconds": 0.0}


def solved_of(region: Region, question: Question, name: str = "Plan") -> Solved:
    scenario = completed(region, Scenario(name, region.id, question))
    answer, outcome = run(region, scenario, 20.0)
    return Solved(scenario, replace(answer, seconds=0.0), replace(outcome, **STILL))


def of_plan(region: Region, solved: Solved, *, draws: int = 0) -> dict[str, Any]:
    """Return all that pages send to a browser about one plan; ``draws`` for its stability, 0 for none."""
    answer, outcome = solved.answer, solved.outcome
    indicator = indicators_of(region)[0]
    picture = picture_of(region, indicator, region.dates[-1])
    out: dict[str, Any] = {
        "json": {name: value for name, value in answer.as_dict().items() if name != "seconds"},
        "store": write_scenario(solved.scenario, outcome).decode(),
        "map": painting_json(sites_view(T, picture, answer)),
        "sites": asdict(sites_table(T, region, answer)),
        "places": asdict(places_table(T, region, answer)),
        "figures": [asdict(one) for one in headlines(T, answer)],
        "bars": [asdict(one) for one in state_bars(T, region, answer)],
        "lines": [question_lines(T, answer), assumptions(T, region, answer)],
    }
    out |= of_ways(region, answer)
    if answer.plan.status is not Status.INFEASIBLE and answer.plan.selected:
        out |= _reasons(region, solved, draws)
    return out


def of_ways(region: Region, answer: Answer) -> dict[str, Any]:
    """Return all that pages send about ways today and with a plan."""
    survey, within = answer.posed.survey, answer.posed.question.minutes
    nearest = nearest_minutes(survey, answer.posed.offices_today)
    access = Access(
        region,
        survey,
        within,
        by_quarter(region, survey, nearest, within),
        by_district(region, survey, nearest, within),
        spread(nearest, survey.demand.people, within),
    )
    views = {shown: access_view(T, access, shown, "light") for shown in ("share", "median")}
    lines = [nearest, nearest_minutes(survey, open_sites(answer))]
    exact = [people_by_minutes(one, survey.demand.people, CURVE_MINUTES).tolist() for one in lines]
    curves = [rounded_curve(region, one) for one in exact]
    named = [(str(number), curve) for number, curve in enumerate(curves)]
    whole = float(answer.demand or 0)
    return {
        "reach": [painting_json(view) for view in views.values()],
        "reach quarters": asdict(quarters_table(T, access, views["share"])),
        "reach districts": asdict(districts_table(T, access)),
        "reach lead": access_lead(T, access),
        "curves": asdict(curves_chart(T, named, demand=whole, within=within)),
        "equity": [asdict(equity_table(T, region, answer)), equity_text(T, answer)],
    }


def _reasons(region: Region, solved: Solved, draws: int) -> dict[str, Any]:
    answer, outcome = solved.answer, solved.outcome
    problem, plan = answer.posed.problem, answer.plan
    out: dict[str, Any] = {"reasons": asdict(reasons_table(T, answer, reasons(problem, plan)))}
    if OBJECTIVES[plan.objective].has_near_plans:
        out["near"] = [near_text(T, answer, one) for one in near_plans(problem, plan, within=0.2, most=5)]
    if "new" in OBJECTIVES[plan.objective].needs:
        told = number_curve(problem, plan.objective, 4, seconds=20.0)
        out["numbers"] = asdict(numbers_chart(T, answer, told, chosen=2))
    if plan.objective == "coverage" and not problem.minimums:
        out["minutes"] = asdict(minutes_table(T, answer, reach_table(problem, (5, 10, 15), 3)))
    if plan.objective == "budget":
        told_money = frontier(problem, [0.0, 100_000.0, 250_000.0], seconds=20.0)
        out["money"] = asdict(money_chart(T, answer, told_money, cost=plan.cost))
    if draws:
        firm = firmness(region, answer, draws=draws, seconds=60.0)
        table = firmness_table(T, answer, firm)
        out["firm"] = [firmness_lines(T, answer, firm), None if table is None else asdict(table)]
    opened = [(site.id, site.name) for site in outcome.sites]
    costs = cost_picture(region, opened, outcome.closed, solved.scenario.costs, added=outcome.added)
    out["costs"] = break_even_lines(T, costs, 100_000.0)
    return out


def of_pair(region: Region, one: Solved, other: Solved) -> dict[str, Any]:
    """Return all that a comparison and its scene send to a browser."""
    a, b = (Compared(key, each.scenario.name, each.scenario, each.outcome) for key, each in (("a", one), ("b", other)))
    today = Compared("today", "Heute", one.scenario, today_of(one.outcome))
    out: dict[str, Any] = {
        "table": asdict(scenarios_table(T, (today, a, b))),
        "csv": table_csv(T, region, scenarios_data(T, (today, a, b))).decode(),
        "difference": table_csv(T, region, difference_data(T, region, a, b)).decode(),
        "lines": difference_lines(T, a, b),
        "minutes": asdict(minutes_chart(T, (today, a, b), threshold=10.0)),
        "frontier": asdict(frontier_chart(T, (), (today, a, b), "cost")),
    }
    for shown in ("people", "minutes"):
        out[f"map {shown}"] = painting_json(difference_view(T, region, (a, b), shown, theme="light"))
        out[f"table {shown}"] = asdict(difference_table(T, region, a, b, shown))
    for kind in ("plan", "compare"):
        scene = Scene(kind, region.id, "Titel", scenario=one.scenario, other=other.scenario)
        stage = stage_of(T, region, scene, Workings(), "light")
        said = [asdict(figure) for figure in stage.figures]
        out[f"scene {kind}"] = [said, stage.lines, stage.notes, stage.view and painting_json(stage.view)]
    return out


def as_text(payload: Any) -> str:
    """Return a payload as JSON."""
    return json.dumps(payload, default=_plain, sort_keys=True, ensure_ascii=False)


def numbers_in(payload: Any) -> Iterable[float]:
    """Yield every number of a payload that is not part of a text, and those of JSON texts within it."""
    if isinstance(payload, bool) or payload is None:
        return
    if isinstance(payload, int | float):
        yield float(payload)
    elif isinstance(payload, dict):
        for value in payload.values():
            yield from numbers_in(value)
    elif isinstance(payload, list | tuple):
        for value in payload:
            yield from numbers_in(value)
    elif isinstance(payload, str) and payload[:1] in ("{", "["):
        try:
            inner = json.loads(payload)
        except ValueError:
            return
        yield from numbers_in(inner)
    elif hasattr(payload, "tolist"):
        yield from numbers_in(payload.tolist())


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else str(value)
