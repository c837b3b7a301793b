"""What a plan comes to in a few big figures, each in the unit of what was asked."""

from __future__ import annotations

import math
from dataclasses import dataclass

from geo.output.values import people_text, share_text
from geo.region.disclosure import round_people
from geo.region.model import Region
from geo.siting.ask import Answer
from geo.siting.problem import OBJECTIVES, Status, people_reached
from geo.text import Texts, digits_needed


@dataclass(frozen=True)
class Headline:
    """A big figure and the sentence that says what it is."""

    number: str
    sentence: str


@dataclass(frozen=True)
class StateBar:
    """People served, in reach without an appointment, and out of reach, of ``demand`` in all; rounded, as shares of it.

    ``label`` is ``today`` or ``then``; ``texts`` the figures as they are shown, in the same order as ``people``.
    """

    label: str
    people: tuple[int, int, int]
    texts: tuple[str, str, str]


def headlines(t: Texts, answer: Answer) -> tuple[Headline, ...]:
    """Return the figures of a plan; where no choice meets the wishes, those of today alone."""
    kind = OBJECTIVES[answer.plan.objective]
    if kind.counts_travel:
        figures = _ways(t, answer)
    elif kind.counts_sites:
        figures = _fewest(t, answer)
    elif "capacity" in kind.needs:
        figures = _served(t, answer)
    elif "budget" in kind.needs:
        figures = _within_budget(t, answer)
    else:
        figures = _reached(t, answer) if kind.is_reach else _people_of_plan(t, answer)
    return tuple(figures[:1] if answer.plan.status is Status.INFEASIBLE else figures)


def state_bars(t: Texts, region: Region, answer: Answer) -> tuple[StateBar, ...]:
    """Return the three states of people today and with the plan, where capacity is asked for."""
    plan, posed = answer.plan, answer.posed
    if "capacity" not in OBJECTIVES[plan.objective].needs or plan.served is None or plan.status is Status.INFEASIBLE:
        return ()
    reached = people_reached(posed.problem, posed.problem.fixed)
    pairs = (("today", plan.before, reached), ("then", plan.served, plan.reached))
    return tuple(_bar(t, answer, label, served, near) for label, served, near in pairs)


def _bar(t: Texts, answer: Answer, label: str, served: float, reached: float) -> StateBar:
    people = [
        round_people(max(0.0, part), answer.rule) for part in (served, reached - served, answer.plan.total - reached)
    ]
    first, second, third = (one or 0 for one in people)
    texts = [people_text(t, one, answer.rounded_to) for one in people]
    return StateBar(label, (first, second, third), (texts[0], texts[1], texts[2]))


def _minutes(t: Texts, answer: Answer) -> str:
    return t.number(answer.posed.question.minutes)


def _people(t: Texts, answer: Answer, people: int | None) -> str:
    return people_text(t, people, answer.rounded_to)


def _share(t: Texts, answer: Answer, people: int | None, compared: int) -> str:
    return share_text(t, people or 0, answer.demand or 0, compared)


def _before(t: Texts, answer: Answer) -> Headline:
    said = {"people": _people(t, answer, answer.people_before), "demand": _people(t, answer, answer.demand)}
    sentence = t("siting.before", minutes=_minutes(t, answer), **said)
    if answer.posed.question.closed:
        sentence += " " + t("siting.kept", people=_people(t, answer, answer.people_kept))
    return Headline(_share(t, answer, answer.people_before, answer.people_after or 0), sentence)


def _after(t: Texts, answer: Answer) -> Headline:
    said = {"people": _people(t, answer, answer.people_after), "demand": _people(t, answer, answer.demand)}
    share = _share(t, answer, answer.people_after, answer.people_before or 0)
    return Headline(share, t("siting.after", minutes=_minutes(t, answer), **said))


def _signed(t: Texts, people: int) -> str:
    return t("siting.plus", people=t.number(people)) if people >= 0 else t.number(people)


def _reached(t: Texts, answer: Answer) -> list[Headline]:
    return [
        _before(t, answer),
        _after(t, answer),
        Headline(_signed(t, (answer.people_after or 0) - (answer.people_before or 0)), t("siting.gain")),
    ]


def _fewest(t: Texts, answer: Answer) -> list[Headline]:
    share = t.percent(answer.posed.question.share, digits_needed(answer.posed.question.share))
    needed = len(answer.plan.selected)
    head = Headline(t.number(needed), t("siting.figure_fewest", n=needed, share=share, minutes=_minutes(t, answer)))
    return [_before(t, answer), head, _after(t, answer)]


def _within_budget(t: Texts, answer: Answer) -> list[Headline]:
    plan = answer.plan
    budget = t.euros(answer.posed.question.budget_eur)
    cost = Headline(t.euros(plan.cost or 0.0), t("siting.figure_cost", n=len(plan.selected), budget=budget))
    return [_before(t, answer), _after(t, answer), cost]


def _ways(t: Texts, answer: Answer) -> list[Headline]:
    """Tell the mean or the longest way before and after, and what is saved."""
    plan = answer.plan
    kind, per_person = plan.objective, OBJECTIVES[plan.objective].per_person
    before, after = (round(per_person(value, plan.total), 1) for value in (plan.before, plan.value))  # as shown
    head = [Headline(_minutes_text(t, before), t(f"siting.figure_{kind}_before"))]
    head.append(Headline(_minutes_text(t, after), t(f"siting.figure_{kind}_after")))
    saved = before - after
    if math.isfinite(saved):
        head.append(Headline(_minutes_text(t, -saved), t(f"siting.figure_{kind}_saved")))
    return head


def _minutes_text(t: Texts, minutes: float) -> str:
    return t("siting.figure_minutes", minutes=t.number(minutes, 1)) if math.isfinite(minutes) else t("value.none")


def _people_of_plan(t: Texts, answer: Answer) -> list[Headline]:
    """Tell people with two offices in reach, or people by nearness, before and after."""
    plan, kind = answer.plan, answer.plan.objective
    before, after = (round_people(people, answer.rule) for people in (plan.before, plan.value))
    demand = _people(t, answer, answer.demand)
    heads = [
        Headline(
            _share(t, answer, people, other or 0),
            t(f"siting.figure_{kind}_{when}", people=_people(t, answer, people), demand=demand),
        )
        for when, people, other in (("before", before, after), ("after", after, before))
    ]
    return [*heads, Headline(_signed(t, (after or 0) - (before or 0)), t(f"siting.figure_{kind}_gain"))]


def _served(t: Texts, answer: Answer) -> list[Headline]:
    """Tell people served, waiting and out of reach; today's served stand in the first sentence."""
    plan = answer.plan
    served, waiting, beyond = (
        round_people(people or 0.0, answer.rule) for people in (plan.served, plan.waiting, plan.beyond)
    )
    before = _people(t, answer, round_people(plan.before, answer.rule))
    return [
        Headline(_people(t, answer, served), t("siting.figure_served", before=before)),
        Headline(_people(t, answer, waiting), t("siting.figure_waiting", minutes=_minutes(t, answer))),
        Headline(_people(t, answer, beyond), t("siting.figure_beyond", minutes=_minutes(t, answer))),
    ]
