"""A siting question and its answer in sentences."""

from __future__ import annotations

import math
from typing import Any

from geo.output.values import number_or_none, people_text, ways_sentence, yes_no
from geo.region.disclosure import round_people
from geo.region.model import Region
from geo.siting.ask import FADE_FULL_SHARE, Answer, Question, candidate_base
from geo.siting.explain import Curve
from geo.siting.problem import OBJECTIVES, Status
from geo.text import Texts, digits_needed


def question_title(t: Texts, question: Question) -> str:
    """Return the question as a sentence."""
    minutes = t.shortest(question.minutes)
    how = t(f"siting.lead_on_{question.mode}") if question.mode else ""
    if question.objective == "coverage":
        key = "siting.lead_one" if question.new == 1 else "siting.lead"
        return t(key, n=question.new, minutes=minutes, how=how)
    return t(
        f"siting.lead_{question.objective}",
        n=question.new,
        minutes=minutes,
        share=t.percent(question.share, digits_needed(question.share)),
        budget=t.euros(question.budget_eur),
    )


def question_lines(t: Texts, answer: Answer) -> tuple[str, ...]:
    """Return what a plan is worth in the unit of its question, beside the people it reaches."""
    plan = answer.plan
    if plan.status is Status.INFEASIBLE:
        return ()
    kind = OBJECTIVES[plan.objective]
    if kind.counts_sites:
        return (t(f"siting.told_{kind.key}", n=len(plan.selected)),)
    if "budget" in kind.needs:
        cost, budget = t.euros(plan.cost or 0.0), t.euros(answer.posed.question.budget_eur)
        return (t(f"siting.told_{kind.key}", n=len(plan.selected), cost=cost, budget=budget),)
    if kind.counts_travel:
        return (_travel_line(t, answer),)
    if "capacity" in kind.needs:
        return (_states_line(t, answer),)
    return () if kind.is_reach else (_people_line(t, answer),)


def _travel_line(t: Texts, answer: Answer) -> str:
    plan = answer.plan
    after, before = (OBJECTIVES[plan.objective].per_person(value, plan.total) for value in (plan.value, plan.before))
    said = t.number(before, 1) if math.isfinite(before) else t("value.none")
    return t(f"siting.told_{plan.objective}", minutes=t.number(after, 1), before=said)


def _people_line(t: Texts, answer: Answer) -> str:
    """Tell people with two offices in reach, or people by nearness, which are no count of the plan's other figures."""
    after, before = (
        people_text(t, round_people(people, answer.rule), answer.rounded_to)
        for people in (answer.plan.value, answer.plan.before)
    )
    return t(f"siting.told_{answer.plan.objective}", people=after, before=before)


def _states_line(t: Texts, answer: Answer) -> str:
    plan = answer.plan
    states = {"served": plan.served, "waiting": plan.waiting, "beyond": plan.beyond}
    shown = {name: round_people(people or 0.0, answer.rule) for name, people in states.items()}
    return t(
        f"siting.told_{plan.objective}", **{name: people_text(t, n, answer.rounded_to) for name, n in shown.items()}
    )


def areas_label(t: Texts, kind: str) -> str:
    """Return the areas of which each is to have its share of people reached."""
    return t(f"siting.minimum_of_{kind or 'none'}")


def service_label(t: Texts, key: str) -> str:
    """Return the name of a service; a region's own key stands for itself."""
    if not key:
        return t("siting.service_any")
    return t(f"service.{key}") if t.has(f"service.{key}") else key


def shown_curve(region: Region, told: Curve) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return people reached and the bound for 0, 1, 2, ... new offices, rounded as people are shown."""
    step = region.disclosure.reached_round_to
    reached = tuple(float(round_people(value, region.disclosure) or 0) for value in told.reached)
    bound = tuple(max(low, math.ceil(high / step) * step) for low, high in zip(reached, told.bound, strict=True))
    return reached, bound


def assumptions(t: Texts, region: Region, answer: Answer) -> tuple[str, ...]:
    """Return what the answer rests on, one sentence each."""
    question, demand = answer.posed.question, answer.posed.demand
    places = answer.posed.places
    closed = len(question.closed)
    fixed = len(answer.posed.problem.fixed)
    candidates = int((places["kind"] == "candidate").sum())
    placed = "siting.assumption_demand" if region.cells is not None else "siting.assumption_area"
    lines = [
        ways_sentence(t, answer.posed.survey.mode, answer.posed.times, question.minutes),
        t(placed, round=answer.rounded_to),
        t("siting.assumption_fixed", n=fixed) if fixed else t("siting.assumption_none_fixed"),
        t(f"siting.assumption_{candidate_base(question.candidates)}", n=t.number(candidates)),
    ]
    lines += [*_question_notes(t, answer), *_wish_notes(t, answer)]
    if closed:
        lines.append(t("siting.assumption_closed", n=closed))
    if question.own:
        lines.append(t("siting.assumption_own", n=len(question.own)))
    if demand.withheld_quarters:
        lines.append(t("siting.assumption_withheld", n=demand.withheld_quarters))
    return tuple(lines)


def _question_notes(t: Texts, answer: Answer) -> list[str]:
    """Return what the kind of question takes for granted."""
    question = answer.posed.question
    said: dict[str, Any] = {
        "visits": t.number(question.visits_per_year),
        "full": t.number(FADE_FULL_SHARE * question.minutes, 1),
        "minutes": t.number(question.minutes),
    }
    if t.has(f"siting.assumption_{question.objective}"):
        return [t(f"siting.assumption_{question.objective}", **said)]
    if question.kind.counts_travel:
        return [t("siting.assumption_far", minutes=t.number(answer.posed.times.limit_minutes))]
    return []


def _wish_notes(t: Texts, answer: Answer) -> list[str]:
    """Return what shares for areas and a service that is needed mean."""
    question, lines = answer.posed.question, []
    if question.has_minimum:
        areas, least = areas_label(t, question.minimum_of), question.minimum_share
        share = t.percent(least, digits_needed(least))
        lines.append(t("siting.assumption_minimum", n=len(answer.posed.groups.names), kind=areas, share=share))
        lines += [t("siting.assumption_lasting")] if question.minimum_of == "lasting" else []
    if question.service:
        offices = int(answer.posed.places["is_office"].sum())
        without = offices - len(answer.posed.offices_today)
        service = service_label(t, question.service)
        lines.append(t("siting.assumption_service", service=service, n=without, all=offices))
    return lines


def wish_of(question: Question, key: str) -> str:
    """Return what a reader wishes for a place: ``forced``, ``forbidden``, ``closed``, ``own`` or nothing."""
    wishes = {"forced": question.forced, "forbidden": question.forbidden, "closed": question.closed}
    wishes["own"] = tuple(place.id for place in question.own)
    return next((wish for wish, keys in wishes.items() if key in keys), "")


def state_text(t: Texts, answer: Answer, key: str) -> str:
    """Return the state of a place: office today, suggested, required and so on."""
    wish = wish_of(answer.posed.question, key)
    if wish:
        return t(f"siting.state_{wish}")
    numbers = {str(site): number for number, site in enumerate(answer.sites["id"], 1)}
    if key in numbers:
        return t("siting.state_suggested", number=numbers[key])
    places = answer.posed.places
    if not places.loc[places["id"] == key, "is_office"].any():
        return t("siting.state_free")
    return t("siting.state_office") if counts_today(answer, key) else t("siting.state_without")


def counts_today(answer: Answer, key: str) -> bool:
    """Tell whether an office of today offers what is needed."""
    return key in set(answer.posed.places["id"].iloc[answer.posed.offices_today])


def place_lines(t: Texts, region: Region, answer: Answer, key: str) -> tuple[str, ...]:
    """Return the state of a place and what is known of it, in short lines."""
    about = about_place(t, region.sites.loc[key]) if key in region.hosts.index else ()
    return (state_text(t, answer, key), *about)


def about_place(t: Texts, row: Any) -> tuple[str, ...]:
    """Return what is known of a place of the region in short lines: rooms, access without steps, cost in a year."""
    lines = []
    if (rooms := number_or_none(row["rooms"])) is not None:
        lines.append(t("siting.place_rooms", rooms=t.number(rooms)))
    lines.append(t("siting.place_access", answer=yes_no(t, row["is_accessible"], t("siting.unknown"))))
    if (cost := number_or_none(row["cost_per_year_eur"])) is not None:
        lines.append(t("siting.place_cost", cost=t.euros(cost)))
    return tuple(lines)
