"""The controls of the sites page: what is asked, of whom, by which ways, under which wishes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from geo.defaults import SERVICE_RADIUS_MINUTES, VISITS_PER_YEAR, WalkAssumptions
from geo.output.sites import areas_label, service_label
from geo.output.values import measure_label, mode_label
from geo.reach.streets import WALKING_SPEEDS
from geo.region.model import Region
from geo.siting.ask import CANDIDATE_KINDS, SIZES, Question, default_mode, modes_of, services_of
from geo.siting.problem import OBJECTIVES
from geo.text import Texts
from pages.shared import state
from pages.shared.atlas import cache as atlas_cache
from pages.shared.sites import cache, wishes
from pages.shared.sites import cost_settings as costs_state
from pages.shared.sites.wishes import NUMBER_USUAL, NUMBERS, NUMBERS_FEW

SPEEDS = ("usual", "with_pram", "slow")
SHARES = tuple(range(5, 101, 5))
SHARE_USUAL = 40
MINIMUM_SHARES = tuple(range(5, 96, 5))
MINIMUM_USUAL = 20
BUDGETS = tuple(int(part * 10**power) for power in range(3, 8) for part in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5))
BUDGET_PLACES = 4
"""Median places that the usual budget pays for; the largest one to be chosen pays for 20."""
VISITS = (2, 4, 6, 12, 24, 52)
VISITS_USUAL = int(VISITS_PER_YEAR)
MINUTES = (5, 10, 15, 20, 25, 30, 45, 60)
MINUTES_USUAL = int(SERVICE_RADIUS_MINUTES)


def choose_question(t: Texts, region: Region) -> Question | None:
    """Show the controls and return the question; None where the region counts no people."""
    people = people_measures(region)
    if not people:
        return None
    _show_controls(t, region, people)
    return question_in_view(t, region)


def question_in_view(t: Texts, region: Region) -> Question | None:
    """Return the question as it is set, without showing anything; None where the region counts no people."""
    people = people_measures(region)
    if not people:
        return None
    asked = questions_of(region)
    objective = state.setting("question", asked, asked[0])
    chosen = _settings(region, people)
    fair = _fairness(region, chosen, objective)
    question = replace(
        _question(chosen),
        objective=objective,
        minutes=float(state.setting("minutes", MINUTES, MINUTES_USUAL)),
        new=state.setting("new", numbers_for(region, fair.candidates), NUMBER_USUAL),
        share=float(state.setting("share", SHARES, SHARE_USUAL)),
        budget_eur=_budget(region, fair.candidates)
        if "budget" in OBJECTIVES[objective].needs
        else Question().budget_eur,
        visits_per_year=float(state.setting("visits", VISITS, VISITS_USUAL)),
        candidates=fair.candidates,
        minimum_of=fair.areas,
        minimum_share=float(fair.share) if fair.areas else 0.0,
        service=fair.service,
        costs=costs_state.plan_in_view() if OBJECTIVES[objective].hangs_on_costs else None,
    )
    return wishes.with_wishes(t, region, question)


def _show_controls(t: Texts, region: Region, people: tuple[str, ...]) -> None:
    which, many, far = st.columns(3, gap="medium", vertical_alignment="bottom")
    asked = questions_of(region)
    label, say = t("siting.question"), lambda key: t(f"siting.question_{key}")
    objective = state.choose(which.selectbox, label, "question", asked, asked[0], words=say)
    with many:
        _choose_size(t, region, objective)
    state.choose(far.select_slider, minutes_label(t, region), "minutes", MINUTES, MINUTES_USUAL)
    chosen = _settings(region, people)
    fair = _fairness(region, chosen, objective)
    said = [*_said(t, region, chosen), *_said_wishes(t, region, fair)]
    with st.expander(t("siting.all_settings", said=" · ".join(said))):
        _choose_ways(t, region, people)
        _choose_wishes(t, region, fair)


@dataclass(frozen=True)
class Settings:
    """How ways are measured, who counts and when."""

    mode: str
    speed: str
    measure: str
    date: str


@dataclass(frozen=True)
class Fairness:
    """Where offices may go, the service they are needed for, and areas of which each is to have its share.

    ``kinds`` are the areas that may be asked for; none where the question takes no such wish.
    """

    candidates: str
    service: str
    areas: str
    share: int
    kinds: tuple[str, ...]


def _settings(region: Region, people: tuple[str, ...]) -> Settings:
    modes = modes_for(region)
    return Settings(
        mode=state.setting("mode", modes, modes[0]),
        speed=state.setting("speed", SPEEDS, SPEEDS[0]),
        measure=state.setting("who", people, people[0]),
        date=str(state.setting("date", region.dates, atlas_cache.usual_date(region))),
    )


def _fairness(region: Region, chosen: Settings, objective: str) -> Fairness:
    kinds = cache.area_kinds(region, chosen.measure, chosen.date) if "minimums" in OBJECTIVES[objective].takes else ()
    places = candidate_kinds(region)
    return Fairness(
        candidates=state.setting("places", places, places[0]),
        service=state.setting("service", ("", *services_of(region)), ""),
        areas=state.setting("areas", ("", *kinds), ""),
        share=state.setting("atleast", MINIMUM_SHARES, MINIMUM_USUAL),
        kinds=kinds,
    )


def modes_for(region: Region) -> tuple[str, ...]:
    """Return the ways of travelling a region can be asked for, the usual one first."""
    usual = default_mode(region)
    return (usual, *(mode for mode in modes_of(region) if mode != usual))


def minutes_label(t: Texts, region: Region) -> str:
    """Return the name of the slider of minutes: on foot, or of whatever way is chosen."""
    modes = modes_for(region)
    on_foot = state.setting("mode", modes, modes[0]) in ("walk", "line")
    return t("siting.minutes") if on_foot else t("siting.minutes_way")


def candidate_kinds(region: Region) -> tuple[str, ...]:
    """Return where new offices may go in a region, the usual kind first."""
    return tuple(kind for kind in CANDIDATE_KINDS if kind != "hosts" or len(region.hosts))


def numbers_for(region: Region, kind: str) -> tuple[int, ...]:
    """Return the numbers of new offices that may be asked for: to ten, and to twenty where there are as many places."""
    many = {"hosts": len(region.hosts), "quarters": len(region.quarters)}.get(kind, NUMBERS[-1])
    return NUMBERS[: max(NUMBERS_FEW, min(many, len(NUMBERS)))]


def budgets_for(region: Region, kind: str) -> tuple[int, ...]:
    """Return budgets that go with what places cost as new offices are run now: from one place to twenty."""
    known = cache.cost_range(region, kind, costs_state.plan_in_view())
    if known is None:
        return BUDGETS
    cheapest, median = known
    fitting = tuple(budget for budget in BUDGETS if cheapest <= budget <= NUMBERS[-1] * median)
    return fitting or BUDGETS


def usual_budget(region: Region, kind: str, budgets: tuple[int, ...]) -> int:
    """Return the budget that pays for a few median places."""
    known = cache.cost_range(region, kind, costs_state.plan_in_view())
    wanted = 0.0 if known is None else BUDGET_PLACES * known[1]
    return min(budgets, key=lambda budget: abs(budget - wanted))


def _budget(region: Region, kind: str) -> float:
    budgets = budgets_for(region, kind)
    return float(state.setting("budget", budgets, usual_budget(region, kind, budgets)))


def choose_ways(t: Texts, region: Region, people: tuple[str, ...]) -> Question:
    """Show who counts, when, and how ways are measured, folded under a line that says so; return the question."""
    chosen = _settings(region, people)
    with st.expander(t("siting.settings", said=" · ".join(_said(t, region, chosen)))):
        _choose_ways(t, region, people)
    return _question(chosen)


def _question(chosen: Settings) -> Question:
    return Question(
        measure=chosen.measure,
        date=chosen.date,
        mode=chosen.mode,
        assumptions=WalkAssumptions(speed_metres_per_second=WALKING_SPEEDS[chosen.speed]),
    )


def _said(t: Texts, region: Region, chosen: Settings) -> list[str]:
    speed = [speed_label(t, chosen.speed)] if chosen.mode != "table" else []
    return [mode_label(t, chosen.mode), *speed, measure_label(t, region, chosen.measure), t.date(chosen.date)]


def _said_wishes(t: Texts, region: Region, fair: Fairness) -> list[str]:
    """Return the wishes that differ from the usual ones."""
    said = [t(f"siting.candidates_{fair.candidates}")] if fair.candidates != candidate_kinds(region)[0] else []
    if fair.service:
        said.append(service_label(t, fair.service))
    if fair.areas:
        said.append(t("siting.minimum_said", share=t.percent(fair.share, 0), areas=areas_label(t, fair.areas)))
    return said


def _choose_ways(t: Texts, region: Region, people: tuple[str, ...]) -> None:
    modes = modes_for(region)
    latest = atlas_cache.usual_date(region)
    how, fast, who, when = st.columns(4, gap="medium")
    state.choose(how.selectbox, t("siting.mode"), "mode", modes, modes[0], words=lambda key: mode_label(t, key))
    state.choose(fast.selectbox, t("siting.speed"), "speed", SPEEDS, SPEEDS[0], words=lambda key: speed_label(t, key))
    state.choose(
        who.selectbox, t("siting.who"), "who", people, people[0], words=lambda key: measure_label(t, region, key)
    )
    state.choose(when.selectbox, t("siting.date"), "date", region.dates[::-1], latest, words=t.date)


def _choose_wishes(t: Texts, region: Region, fair: Fairness) -> None:
    """Show where offices may go, the service needed and the share for areas, each where there is a choice."""
    kinds, services, areas = candidate_kinds(region), ("", *services_of(region)), ("", *fair.kinds)
    where, what, whom, share = st.columns(4, gap="medium", vertical_alignment="bottom")
    label, say = t("siting.candidates"), lambda key: t(f"siting.candidates_{key}")
    state.choose(where.selectbox, label, "places", kinds, kinds[0], words=say)
    if len(services) > 1:
        state.choose(
            what.selectbox, t("siting.service"), "service", services, "", words=lambda key: service_label(t, key)
        )
    if fair.kinds:
        state.choose(whom.selectbox, t("siting.minimum_of"), "areas", areas, "", words=lambda key: areas_label(t, key))
    if fair.areas:
        label, say = t("siting.minimum_share"), lambda part: t.percent(part, 0)
        state.choose(share.select_slider, label, "atleast", MINIMUM_SHARES, MINIMUM_USUAL, words=say)


def questions_of(region: Region) -> tuple[str, ...]:
    """Return the questions a region can be asked; where places name no costs or appointments, the cost plan does."""
    return tuple(OBJECTIVES) if len(region.quarters) else ()


def _choose_size(t: Texts, region: Region, objective: str) -> None:
    """Show the number of offices, or what stands in its place."""
    kinds = candidate_kinds(region)
    kind = state.setting("places", kinds, kinds[0])
    needs = OBJECTIVES[objective].needs
    if "share" in needs:
        state.choose(st.select_slider, t("siting.share"), "share", SHARES, SHARE_USUAL)
    elif "budget" in needs:
        budgets = budgets_for(region, kind)
        usual = usual_budget(region, kind, budgets)
        state.choose(st.select_slider, t("siting.budget"), "budget", budgets, usual, words=t.euros)
    else:
        numbers = numbers_for(region, kind)
        state.choose(st.select_slider, t("siting.new"), "new", numbers, NUMBER_USUAL)
    if "capacity" in needs:
        state.choose(st.select_slider, t("siting.visits"), "visits", VISITS, VISITS_USUAL)


def people_measures(region: Region) -> tuple[str, ...]:
    """Return the measures that count people an office is there for; residents where a region counts nobody else."""
    counted = tuple(measure for measure in region.measures if not measure.is_rate)
    wanted = tuple(measure.key for measure in counted if measure.is_protected)
    return wanted or tuple(measure.key for measure in counted if measure.unit == "people")


def speed_label(t: Texts, key: str) -> str:
    """Return the name of a walking speed with its value."""
    return t(f"siting.speed_{key}", speed=t.number(WALKING_SPEEDS[key], 1))


def question_link(region: Region, question: Question) -> dict[str, object]:
    """Return what a link must carry to ask the same question again."""
    links = {"new": "new", "share": "share", "budget": "budget", "capacity": "visits"}
    fair = {"areas": question.minimum_of, "atleast": question.minimum_share} if question.has_minimum else {}
    return {
        "question": question.objective,
        **{links[need]: getattr(question, field) for need, field in SIZES.items() if need in question.kind.needs},
        "minutes": question.minutes,
        "who": question.measure,
        "date": question.date,
        "mode": question.mode,
        "speed": state.recall("speed"),
        "places": question.candidates if question.candidates != candidate_kinds(region)[0] else None,
        "service": question.service or None,
        **fair,
        **wishes.link_of(wishes.wishes_of(region)),
    }
