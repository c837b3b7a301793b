"""Whether a plan is proven best, how far a search is, and why there is no plan; the wording is in ``proof.po``."""

from __future__ import annotations

import math

from geo.jobs import Standing
from geo.output.values import people_text
from geo.region.disclosure import round_people
from geo.siting.ask import Answer
from geo.siting.problem import OBJECTIVES, Plan, Status
from geo.text import Texts


def proof_sentence(t: Texts, plan: Plan) -> str:
    """Return whether a plan is proven best, else by how much it could be better at most."""
    of_what = "" if OBJECTIVES[plan.objective].is_reach else "_other"
    if plan.status is Status.OPTIMAL:
        return t(f"proof.best{of_what}")
    key = "stopped" if plan.status is Status.STOPPED else "gap"
    return t(f"proof.{key}{of_what}", gap=t.percent(100 * plan.gap, 2))


def proof_text(t: Texts, answer: Answer) -> str:
    """Return whether the plan is proven best, else by how much it could be better, and the time taken."""
    if answer.plan.status is Status.INFEASIBLE:
        return infeasible_text(t, answer)
    return f"{proof_sentence(t, answer.plan)} {t('siting.seconds', seconds=t.number(answer.seconds, 2))}"


def infeasible_text(t: Texts, answer: Answer) -> str:
    """Return why no choice meets the wishes, with the nearest change that would do."""

    def said(name: str, value: float | str) -> str:
        if isinstance(value, str):
            return value
        if name.startswith("share"):
            return t.percent(100 * value, 0)
        return t.euros(value) if name.startswith("budget") else t.number(value)

    told = {name: said(name, value) for name, value in answer.message_parameters.items()}
    return t(f"site.infeasible.{answer.plan.message}", **told)


def searching_text(t: Texts, answer: Answer, standing: Standing | None) -> str:
    """Return what a search has found so far: people, what is possible at most, and the gap between."""
    value, bound, gap = (answer.plan.value, answer.plan.bound, answer.plan.gap)
    if standing is not None:
        value, bound, gap = standing.value, standing.bound, min(gap, standing.gap)
    if not OBJECTIVES[answer.plan.objective].is_reach:
        return t("proof.searching_other", gap=t.percent(100 * gap, 2))
    step = answer.rounded_to
    return t(
        "proof.searching",
        people=people_text(t, round_people(value, answer.rule), step),
        bound=t.number(math.ceil(bound / step) * step),
        gap=t.percent(100 * gap, 2),
    )
