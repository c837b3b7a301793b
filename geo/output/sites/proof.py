"""Whether a plan is proven best, how far a search is, and why there is no plan; the wording is in ``proof.po``."""

from __future__ import annotations

import math

from geo.jobs import Standing
from geo.output.values import gap_text, people_text
from geo.region.disclosure import round_people
from geo.siting.ask import Answer
from geo.siting.problem import OBJECTIVES, Plan, Status
from geo.text import Texts, digits_apart


def proof_sentence(t: Texts, plan: Plan) -> str:
    """Return whether a plan is proven best, else by how much it could be better at most."""
    of_what = "" if OBJECTIVES[plan.objective].is_reach else "_other"
    if plan.status is Status.OPTIMAL:
        return t(f"proof.best{of_what}")
    key = "stopped" if plan.status is Status.STOPPED else "gap"
    return t(f"proof.{key}{of_what}", gap=gap_text(t, plan.gap))


def proof_text(t: Texts, answer: Answer) -> str:
    """Return whether the plan is proven best, else by how much it could be better, and the time taken."""
    if answer.plan.status is Status.INFEASIBLE:
        return infeasible_text(t, answer)
    return f"{proof_sentence(t, answer.plan)} {t('siting.seconds', seconds=t.number(answer.seconds, 2))}"


def infeasible_text(t: Texts, answer: Answer) -> str:
    """Return why no choice meets the wishes, with the nearest change that would do.

    What is wished for and what is possible never read alike.
    """
    told = dict(answer.message_parameters)
    numbers = {name: value for name, value in told.items() if not isinstance(value, str)}
    shares = {name: 100 * value for name, value in numbers.items() if name.startswith("share")}
    euros = {name: value for name, value in numbers.items() if name.startswith("budget")}
    told |= {name: t.number(value) for name, value in numbers.items()}
    told |= {name: t.percent(value, digits_apart(shares.values())) for name, value in shares.items()}
    told |= {name: t.euros(value, digits_apart(euros.values())) for name, value in euros.items()}
    return t(f"site.infeasible.{answer.plan.message}", **told)


def searching_text(t: Texts, answer: Answer, standing: Standing | None) -> str:
    """Return what a search has found so far: people, what is possible at most, and the gap between."""
    value, bound, gap = (answer.plan.value, answer.plan.bound, answer.plan.gap)
    if standing is not None:
        value, bound, gap = standing.value, standing.bound, min(gap, standing.gap)
    if not OBJECTIVES[answer.plan.objective].is_reach:
        return t("proof.searching_other", gap=gap_text(t, gap))
    step = answer.rounded_to
    return t(
        "proof.searching",
        people=people_text(t, round_people(value, answer.rule), step),
        bound=t.number(math.ceil(bound / step) * step),
        gap=gap_text(t, gap),
    )
