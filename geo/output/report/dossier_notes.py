"""What a dossier rests on: methods, assumptions, disclosure, and what remains to be settled."""

from __future__ import annotations

from geo.output.need import region_lines, source_lines
from geo.output.report.dossier_parts import Brief
from geo.output.sites import assumed_text, assumptions, plan_text
from geo.output.values import measure_label, ways_findings
from geo.siting.problem import Status

_NOTES_MOST = 6


def methods(brief: Brief) -> tuple[str, ...]:
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


def assumed(brief: Brief) -> tuple[str, ...]:
    """Return what the plan rests on, and how new offices are run."""
    t, costs = brief.t, brief.scenario.costs
    measure = measure_label(t, brief.region, brief.outcome.measure)
    lines = [t("dossier.assumption_who", measure=measure, date=t.date(brief.outcome.date))]
    lines += assumptions(t, brief.region, brief.answer)
    if brief.costs is not None:
        lines += [plan_text(t, costs), assumed_text(t, brief.costs)]
    return tuple(lines)


def disclosure(brief: Brief) -> tuple[str, ...]:
    """Return how data are protected, and what that means for the figures."""
    t, outcome = brief.t, brief.outcome
    sources = source_lines(t, brief.region.sources)
    lines = [line for line in region_lines(t, brief.region) if line not in sources]
    return (*lines, t("dossier.disclosure_people", step=outcome.rounded_to), t("dossier.disclosure_once"))


def open_points(brief: Brief) -> tuple[str, ...]:
    """Return what is to be settled before a decision, from what the data leave open."""
    t, outcome, region = brief.t, brief.outcome, brief.region
    lines = []
    if brief.answer.plan.status in (Status.FEASIBLE, Status.STOPPED):
        lines.append(t("proof.open_gap", gap=t.percent(100 * outcome.gap, 2)))
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
