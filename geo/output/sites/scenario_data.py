"""What a scenario gave, as tables to take away: the plan, the quarters reached, every setting, and notes.

All figures come from the scenario's outcome, so they are rounded as the region's disclosure rule says.
"""

from __future__ import annotations

from dataclasses import dataclass

from geo.need import indicators_of
from geo.output.sites.question_text import assumptions, question_title, service_label
from geo.output.values import (
    DataTable,
    Field,
    Marker,
    Quantity,
    Value,
    break_text,
    disclosure_text,
    has_districts,
    indicator_label,
    measure_label,
    mode_label,
    number_or_none,
    state_text,
    yes_no,
)
from geo.region import ValueState
from geo.region.model import Region
from geo.siting.ask import Answer, candidate_base
from geo.siting.costs import preset_of
from geo.siting.scenario import Outcome, Scenario
from geo.text import Texts


@dataclass(frozen=True, eq=False)
class Solved:
    """A scenario with what came of it."""

    scenario: Scenario
    answer: Answer
    outcome: Outcome


def plan_table(t: Texts, region: Region, solved: Solved) -> DataTable:
    """Return the places that open, in order of gain, with people and costs."""
    fields = (
        Field("number", t("siting.column_number"), "whole"),
        Field("site_id", t("dataout.key"), "key"),
        Field("name", t("siting.column_site")),
        Field("address", t("dataout.address")),
        Field("people_added", t("siting.column_gain"), "whole"),
        Field("people_reached", t("siting.column_cumulative"), "whole"),
        Field("share_reached", t("siting.column_share"), "percent"),
        Field("cost_per_year_eur", t("siting.column_cost"), "euros"),
        Field("one_off_cost_eur", t("dataout.one_off"), "euros"),
        Field("staff_full_time", t("dataout.staff"), "number"),
        Field("is_accessible", t("siting.column_access")),
        Field("lon", t("dataout.lon"), "number"),
        Field("lat", t("dataout.lat"), "number"),
    )
    outcome = solved.outcome
    rows: list[tuple[Value, ...]] = []
    for number, site in enumerate(outcome.sites, 1):
        known = region.sites.loc[site.id] if site.id in region.sites.index else None
        share = share_of(site.cumulative, outcome.demand)
        rows.append(
            (
                number,
                site.id,
                site.name,
                str(known["address"]) if known is not None and "address" in known else "",
                people(t, site.gain, outcome.rounded_to),
                people(t, site.cumulative, outcome.rounded_to),
                share,
                site.cost_per_year_eur,
                site.one_off_cost_eur,
                site.staff_full_time,
                yes_no(t, known["is_accessible"] if known is not None and "is_accessible" in known else None),
                site.lon,
                site.lat,
            )
        )
    note = t("site.rounding", step=t.number(outcome.rounded_to))
    return DataTable("plan", t("dataout.plan"), fields, tuple(rows), note)


def reach_table(t: Texts, region: Region, solved: Solved) -> DataTable:
    """Return people within reach before and after, and mean minutes, for each quarter."""
    outcome = solved.outcome
    fields = [Field("quarter_id", t("dataout.key"), "key"), Field("name", t("table.quarter"))]
    fields += [Field("district", t("table.district"))] if has_districts(region) else []
    fields += [
        Field("people_before", t("dataout.people_before"), "whole"),
        Field("people_after", t("dataout.people_after"), "whole"),
        Field("minutes_before", t("dataout.minutes_before"), "number"),
        Field("minutes_after", t("dataout.minutes_after"), "number"),
        Field("reach_state", t("dataout.state")),
    ]
    known = {one.quarter_id: one for one in outcome.quarters}
    states = region.values_of(outcome.measure, outcome.date)["state"].astype(str)
    rows: list[tuple[Value, ...]] = []
    for key, quarter in zip(region.quarters.index.astype(str), region.quarters.to_dict("records"), strict=True):
        state = states[key]
        told = known.get(key)
        head: list[Value] = [key, str(quarter["name"])]
        head += [str(quarter["district"])] if has_districts(region) else []
        if told is None or not ValueState(state).has_number:
            hidden = Marker(state, state_text(t, state if not ValueState(state).has_number else "missing"))
            rows.append((*head, hidden, hidden, None, None, state))
            continue
        counts: list[Value] = [people(t, n, outcome.rounded_to) for n in (told.people_before, told.people_after)]
        minutes: list[Value] = [number_or_none(one) for one in (told.minutes_before, told.minutes_after)]
        if not knows_today(solved):
            counts[0] = minutes[0] = unknown_today(t)
        rows.append((*head, *counts, *minutes, state))
    note = t("dataout.reach_note", minutes=t.shortest(outcome.minutes))
    return DataTable("reach", t("dataout.reach"), tuple(fields), tuple(rows), note)


def knows_today(solved: Solved) -> bool:
    """Tell whether any office of today is known; without one, nothing can be said of today."""
    return bool(solved.answer.posed.offices_today)


def unknown_today(t: Texts) -> Marker:
    """Return what stands in place of figures of today where no office of today is known."""
    return Marker(ValueState.MISSING.value, t("dataout.offices_unknown"))


def people(t: Texts, count: int | None, rounded_to: int) -> int | Marker:
    """Return people as they may be shown, the marker for fewer than that in their place."""
    return Marker("few", t("siting.fewer_than", n=rounded_to)) if count is None else count


def share_of(part: int | None, whole: int | None) -> float | None:
    """Return a part in percent to one decimal, since both figures are rounded; None where either is not shown."""
    return round(100 * part / whole, 1) if part is not None and whole else None


def settings_table(t: Texts, region: Region, solved: Solved | None) -> DataTable:
    """Return every setting that decides the figures: region, rule, question, ways, proof."""
    fields = (Field("setting", t("dataout.setting")), Field("value", t("table.value")))
    rule = region.disclosure
    rows: list[tuple[Value, ...]] = [
        (t("dataout.region"), f"{region.name} ({region.id})"),
        (t("dataout.fingerprint"), region.fingerprint),
        (t("dataout.rule_numerator"), Quantity(rule.numerator_min, "whole")),
        (t("dataout.rule_denominator"), Quantity(rule.denominator_min, "whole")),
        (t("dataout.rule_residents"), Quantity(rule.residents_min, "whole")),
        (t("dataout.rule_reached"), Quantity(rule.reached_round_to, "whole")),
        (t("dataout.rule_source"), rule.source),
    ]
    if solved is not None:
        rows += _question_rows(t, region, solved) + _cost_rows(t, solved) + _outcome_rows(t, solved)
    return DataTable("settings", t("dataout.settings"), fields, tuple(rows))


def _question_rows(t: Texts, region: Region, solved: Solved) -> list[tuple[Value, ...]]:
    question, outcome = solved.scenario.question, solved.outcome
    walk = question.assumptions
    rows: list[tuple[Value, ...]] = [
        (t("dataout.scenario"), solved.scenario.name),
        (t("dataout.description"), solved.scenario.description),
        (t("dataout.scenario_key"), solved.scenario.key),
        (t("siting.question"), t(f"siting.question_{question.objective}")),
        (t("dataout.question_said"), question_title(t, question)),
        (t("dataout.who"), measure_label(t, region, question.measure)),
        (t("atlas.date"), Quantity(outcome.date, "date")),
        (t("dataout.longest_way"), Quantity(question.minutes, "number")),
        (t("dataout.new"), Quantity(question.new, "whole")),
        (t("siting.mode"), mode_label(t, outcome.mode)),
        (t("dataout.speed"), Quantity(walk.speed_metres_per_second, "number")),
        (t("dataout.detour"), Quantity(walk.detour_factor, "number")),
        *([(t("dataout.ways_source"), outcome.ways_source)] if outcome.mode != "line" else []),
        (t("dataout.candidates"), t(f"dataout.candidates_{candidate_base(question.candidates)}")),
    ]
    if "share" in question.kind.needs:
        rows.append((t("dataout.share_wanted"), Quantity(question.share, "percent")))
    if "budget" in question.kind.needs:
        rows.append((t("dataout.budget"), Quantity(question.budget_eur, "euros")))
    if "capacity" in question.kind.needs:
        rows.append((t("dataout.visits"), Quantity(question.visits_per_year, "number")))
    if question.has_minimum:
        rows.append((t(f"dataout.minimum_{question.minimum_of}"), Quantity(question.minimum_share, "percent")))
    if question.service:
        rows.append((t("siting.service"), service_label(t, question.service)))
    for label, keys in (
        ("dataout.forced", question.forced),
        ("dataout.forbidden", question.forbidden),
        ("dataout.closed", question.closed),
        ("dataout.own", tuple(f"{one.name} ({one.lon:.6f}, {one.lat:.6f})" for one in question.own)),
    ):
        rows.append((t(label), "; ".join(keys) or t("dataout.none")))
    return rows


def _cost_rows(t: Texts, solved: Solved) -> list[tuple[Value, ...]]:
    """Return how new offices are run; the prices stand in a table of their own."""
    plan = solved.scenario.costs
    area: Value = Quantity(plan.square_metres, "number") if plan.square_metres else t("dataout.by_workplaces")
    newest: Value = t("costs.as_of_newest")
    rows: list[tuple[Value, ...]] = [
        (t("costs.preset"), t(f"costs.preset_{preset_of(plan) or 'own'}")),
        (t("costs.hours_per_week"), Quantity(plan.hours_per_week, "number")),
        (t("costs.staff_at_once"), Quantity(plan.staff_at_once, "number")),
        (t("dataout.preparation"), Quantity(100 * plan.preparation_share, "percent")),
        *((t(f"costs.parameter_staff_{grade}"), Quantity(100 * share, "percent")) for grade, share in plan.grades),
        (t("costs.rooms"), t(f"costs.rooms_{plan.rooms}")),
        (t("dataout.area"), area),
        (t("costs.is_shared"), t("siting.yes") if plan.is_shared else t("siting.no")),
        (t("costs.security_staff"), Quantity(plan.security_staff, "number")),
        (t("costs.interpreter_hours_per_week"), Quantity(plan.interpreter_hours_per_week, "number")),
        (t("costs.video_counters"), Quantity(plan.video_counters, "number")),
        (t("costs.overhead"), t(f"costs.overhead_{plan.overhead}")),
        (t("costs.years_of_use"), Quantity(plan.years_of_use, "number")),
        (t("costs.as_of"), newest if plan.as_of is None else Quantity(plan.as_of, "date")),
    ]
    return rows


def _outcome_rows(t: Texts, solved: Solved) -> list[tuple[Value, ...]]:
    outcome = solved.outcome
    today: tuple[Value, ...] = (unknown_today(t),) * 3
    if knows_today(solved):
        before = people(t, outcome.people_before, outcome.rounded_to)
        today = (before, outcome.mean_minutes_before, outcome.worst_minutes_before)
    return [
        (t("dataout.demand"), people(t, outcome.demand, outcome.rounded_to)),
        (t("dataout.people_before"), today[0]),
        (t("dataout.people_after"), people(t, outcome.people_after, outcome.rounded_to)),
        (t("dataout.mean_before"), today[1]),
        (t("dataout.mean_after"), outcome.mean_minutes),
        (t("dataout.worst_before"), today[2]),
        (t("dataout.worst_after"), outcome.worst_minutes),
        (t("dataout.cost_per_year"), Quantity(outcome.cost_per_year_eur, "euros")),
        (t("dataout.one_off"), Quantity(outcome.one_off_cost_eur, "euros")),
        (t("dataout.staff"), Quantity(outcome.staff_full_time, "number")),
        (t("dataout.status"), t(f"proof.status_{outcome.status}")),
        (t("dataout.gap"), Quantity(100 * outcome.gap, "percent")),
        (t("dataout.solved_at"), outcome.solved_at),
    ]


def notes_table(t: Texts, region: Region, solved: Solved | None) -> DataTable:
    """Return what must be known to read the figures: definitions, states, disclosure, breaks, assumptions."""
    fields = (Field("topic", t("dataout.topic")), Field("note", t("dataout.remark")))
    rows: list[tuple[str, str]] = []
    if region.is_fictional:
        rows.append((t("dataout.fiction"), t("shell.fictional", place=region.name)))
    for indicator in indicators_of(region):
        label = indicator_label(t, indicator)
        key = f"indicator.{indicator.key}.definition"
        rows += [(label, t(key))] if t.has(key) else []
        rows += [(label, t(indicator.caveat))] if indicator.caveat and t.has(indicator.caveat) else []
    rule = region.disclosure
    rows += [
        (t("data.rule"), disclosure_text(t, rule)),
        (t("data.rule"), t("dataout.withheld_note")),
        (t("dataout.sums"), t("dataout.sums_note")),
    ]
    rows += [(f"{t('dataout.state')}: {state}", state_text(t, str(state))) for state in ValueState]
    rows += [(t("dataout.break"), break_text(t, date, what)) for date, what in region.breaks]
    if solved is not None:
        rows += [(t("siting.assumptions"), line) for line in assumptions(t, region, solved.answer)]
        rows.append((t("dataout.rounding"), t("site.rounding", step=t.number(solved.outcome.rounded_to))))
    return DataTable("notes", t("dataout.notes"), fields, tuple(rows))
