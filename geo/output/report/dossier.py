"""The whole story of a scenario, told once: need, reach, plan, reasons, effect, costs, and what all of it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geo.need import Indicator, indicator_values
from geo.output.need import latest_date, main_indicator, source_lines
from geo.output.report import dossier_costs, dossier_need, dossier_notes, dossier_plan
from geo.output.report.dossier_parts import Brief, ChartItem, Dossier, Fact, Item, MapItem, Section, TableItem
from geo.output.sites import assumed_text, cost_picture, question_title
from geo.output.values import measure_label, one_line, people_text, printable, share_text, source_text, ways_short
from geo.region.model import Region
from geo.siting.ask import Answer
from geo.siting.scenario import Outcome, Scenario
from geo.text import Texts

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["ChartItem", "Dossier", "Fact", "Item", "MapItem", "Section", "TableItem", "dossier_of"]

DESCRIPTION_LENGTH = 4_000


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
    t
        Language.
    region, scenario
        Where, and what was asked.
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
        methods=dossier_notes.methods(brief),
        assumptions=dossier_notes.assumed(brief),
        disclosure=dossier_notes.disclosure(brief),
        sources=source_lines(t, region.sources),
        open_points=dossier_notes.open_points(brief),
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
        dossier_costs.costs_section(brief),
        dossier_need.quarters_annex(brief),
        dossier_costs.prices_annex(brief),
    ]
    return tuple(section for section in found if section is not None)


def _facts(brief: Brief) -> tuple[Fact, ...]:
    """Return level of need, people reached before and after, people added, cost."""
    t, region, outcome = brief.t, brief.region, brief.outcome
    source = t("map.source", date=t.date(brief.date), source=source_text(t, region.sources))
    level = dossier_need.level_told(brief)
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
        facts.append(Fact(share_text(t, float(people or 0), demand), t(f"dossier.fact_{name}", **said), basis))
    if brief.is_open:
        if brief.has_offices:
            added = t("siting.plus", people=t.number(outcome.added or 0))
            facts.append(Fact(added, t("dossier.fact_added", n=len(outcome.sites)), basis))
        if outcome.cost_per_year_eur is not None and brief.costs is not None:
            costs = t("dossier.fact_cost", n=len(outcome.sites))
            facts.append(Fact(t.euros(outcome.cost_per_year_eur), costs, assumed_text(t, brief.costs)))
    return tuple(facts)
