"""The whole story of a scenario, told once: need, reach, plan, reasons, effect, costs, and what all of it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geo.need import Indicator, indicator_values
from geo.output.need import latest_date, main_indicator, region_lines, source_lines
from geo.output.report import dossier_need, dossier_plan
from geo.output.report.dossier_parts import Brief, Dossier, Fact, Section
from geo.output.sites import assumed_text, assumptions, cost_picture, plan_text, question_title
from geo.output.values import (
    gap_text,
    measure_label,
    one_line,
    people_text,
    printable,
    share_text,
    source_text,
    ways_findings,
    ways_short,
)
from geo.region.model import Region
from geo.siting.ask import Answer
from geo.siting.problem import Status
from geo.siting.scenario import Outcome, Scenario
from geo.text import Texts

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

DESCRIPTION_LENGTH = 4_000
_NOTES_MOST = 6


def dossier_of(
    t: Texts,
    region: Region,
    scenario: Scenario,
    answer: Answer,
    outcome: Outcome,
    *,
    catchments: Mapping[str, BaseGeometry] | None = None,
) -> Dossier:
    """Tell a scenario.

    Parameters
    ----------
    answer, outcome
        What came of it (:func:`geo.siting.scenario.run`).
    catchments
        Areas in degrees by place, as :func:`geo.output.sites.sites_view` takes them, where they are known already.
    """
    indicator = main_indicator(region)
    date = _date_of(region, indicator, outcome.date)
    picture = dossier_need.picture_of(region, indicator, date)
    brief = Brief(t, region, scenario, answer, outcome, indicator, date, picture, catchments)
    if brief.is_open:
        opened = [(site.id, site.name) for site in outcome.sites]
        costs = cost_picture(region, opened, outcome.closed, scenario.costs, added=outcome.added)
        brief = replace(brief, costs=costs)
    title = one_line(scenario.name) or t("dossier.untitled")
    return Dossier(
        language=t.language,
        title=title,
        subtitle=t("dossier.subtitle", place=region.name),
        region=region,
        is_fictional=region.is_fictional,
        date=t.date(outcome.date),
        question=question_title(t, answer.posed.question),
        facts=_facts(brief),
        sections=_sections(brief),
        methods=_methods(brief),
        assumptions=_assumed(brief),
        disclosure=_disclosure(brief),
        sources=source_lines(t, region.sources),
        open_points=_open_points(brief),
        source_line=t("map.source", date=t.date(outcome.date), source=source_text(t, region.sources)),
        fictional_mark=t("dossier.fictional") if region.is_fictional else "",
        description=printable(scenario.description)[:DESCRIPTION_LENGTH].strip(),
        scenario_key=outcome.scenario_key,
        made_at=t.date(_day(outcome.solved_at)),
    )


def _day(moment: str) -> str:
    return dt.datetime.fromisoformat(moment).date().isoformat()


def _date_of(region: Region, indicator: Indicator, wanted: str) -> str:
    """Return the date of the question if the indicator has a value then, else the latest that has one."""
    if wanted in region.dates and np.isfinite(indicator_values(region, indicator, wanted)["value"]).any():
        return wanted
    return latest_date(region, indicator)


def _sections(brief: Brief) -> tuple[Section, ...]:
    t = brief.t
    found = [
        Section("summary", t("dossier.summary"), dossier_plan.result_lines(brief)),
        dossier_need.need_section(brief),
        dossier_need.concentration_section(brief),
        dossier_need.lasting_section(brief),
        dossier_need.today_section(brief),
        dossier_plan.plan_section(brief),
        dossier_plan.reasons_section(brief),
        dossier_plan.effect_section(brief),
        dossier_plan.size_section(brief),
        dossier_plan.costs_section(brief),
        dossier_need.quarters_annex(brief),
        dossier_plan.prices_annex(brief),
    ]
    return tuple(section for section in found if section is not None)


def _facts(brief: Brief) -> tuple[Fact, ...]:
    """Return level of need, people reached before and after, people added, cost."""
    t, region, outcome = brief.t, brief.region, brief.outcome
    source = t("map.source", date=t.date(brief.date), source=source_text(t, region.sources))
    level = dossier_need.region_level(brief)
    facts = [Fact(*level, source)] if level is not None else []
    measure = measure_label(t, region, outcome.measure)
    ways = ways_short(t, brief.answer.posed.survey.mode, brief.answer.posed.times)
    basis = t("dossier.fact_basis", measure=measure, date=t.date(outcome.date), ways=ways)
    demand = float(outcome.demand or 0)
    minutes = t.shortest(outcome.minutes)
    states = [("before", outcome.people_before)] if brief.has_offices else []
    if brief.is_open:
        states.append(("after" if brief.has_offices else "alone", outcome.people_after))
    for name, people in states:
        said = {"people": people_text(t, people, outcome.rounded_to), "demand": t.number(demand), "minutes": minutes}
        other = outcome.people_before if name == "after" else outcome.people_after
        share = share_text(t, float(people or 0), demand, float(other or 0) if brief.has_offices else None)
        facts.append(Fact(share, t(f"dossier.fact_{name}", **said), basis))
    if brief.is_open:
        if brief.has_offices:
            added = t("siting.plus", people=t.number(outcome.added or 0))
            facts.append(Fact(added, t("dossier.fact_added", n=len(outcome.sites)), basis))
        if outcome.cost_per_year_eur is not None and brief.costs is not None:
            costs = t("dossier.fact_cost", n=len(outcome.sites))
            facts.append(Fact(t.euros(outcome.cost_per_year_eur), costs, assumed_text(t, brief.costs)))
    return tuple(facts)


def _methods(brief: Brief) -> tuple[str, ...]:
    """Return how the figures came about, one sentence or two each."""
    t, indicator = brief.t, brief.indicator
    lines = []
    if indicator.denominator is not None:
        lines.append(t("dossier.method_range"))
    lines += [t("dossier.method_classes"), t("dossier.method_people"), t("dossier.method_ways")]
    lines.append(t(f"dossier.method_question_{brief.answer.plan.objective}"))
    status = brief.answer.plan.status
    if status in (Status.OPTIMAL, Status.FEASIBLE, Status.STOPPED):
        lines.append(t("proof.method" if status is Status.OPTIMAL else "proof.method_bound"))
    lines.append(t("dossier.method_key", key=brief.outcome.scenario_key, seed=brief.outcome.seed))
    return tuple(lines)


def _assumed(brief: Brief) -> tuple[str, ...]:
    """Return what the plan rests on, and how new offices are run."""
    t, costs = brief.t, brief.scenario.costs
    measure = measure_label(t, brief.region, brief.outcome.measure)
    lines = [t("dossier.assumption_who", measure=measure, date=t.date(brief.outcome.date))]
    lines += assumptions(t, brief.region, brief.answer)
    if brief.costs is not None:
        lines += [plan_text(t, costs), assumed_text(t, brief.costs)]
    return tuple(lines)


def _disclosure(brief: Brief) -> tuple[str, ...]:
    """Return how data are protected, and what that means for the figures."""
    t, outcome = brief.t, brief.outcome
    sources = source_lines(t, brief.region.sources)
    lines = [line for line in region_lines(t, brief.region) if line not in sources]
    return (*lines, t("dossier.disclosure_people", step=outcome.rounded_to), t("dossier.disclosure_once"))


def _open_points(brief: Brief) -> tuple[str, ...]:
    """Return what is to be settled before a decision, from what the data leave open."""
    t, outcome, region = brief.t, brief.outcome, brief.region
    lines = []
    if brief.answer.plan.status in (Status.FEASIBLE, Status.STOPPED):
        lines.append(t("proof.open_gap", gap=gap_text(t, outcome.gap)))
    chosen = [site.id for site in outcome.sites if site.id in region.sites.index]
    if chosen:
        lines.append(t("dossier.open_hosts", n=len(chosen)))
        access = region.sites.loc[chosen, "is_accessible"]
        unknown, not_yet = int(access.isna().sum()), int((access.dropna() == False).sum())  # noqa: E712
        lines += [t("dossier.open_access_unknown", n=unknown)] if unknown else []
        lines += [t("dossier.open_access_missing", n=not_yet)] if not_yet else []
    if brief.is_open and len(chosen) < len(outcome.sites):
        lines.append(t("dossier.open_rooms", n=len(outcome.sites) - len(chosen)))
    if brief.is_open and any(site.cost_per_year_eur is None for site in outcome.sites):
        lines.append(t("dossier.open_costs"))
    if brief.costs is not None and not all(one.is_verified for one in brief.costs.parameters.values()):
        lines.append(t("dossier.open_prices"))
    lines += list(ways_findings(t, brief.answer.posed.survey.findings))[:_NOTES_MOST]
    lines.append(t("dossier.open_local"))
    return tuple(lines)
