"""Whether a plan holds at other counts of people, in sentences and as a small table."""

from __future__ import annotations

import math

from geo.output.sites.reasons import exact_people_text, loss_share_text
from geo.output.values import Column, Row, Table, people_text, shown_share
from geo.region.disclosure import round_people
from geo.siting.ask import WITHIN, Answer, Firmness
from geo.siting.explain import Stability
from geo.siting.problem import OBJECTIVES
from geo.text import Texts


def firmness_lines(t: Texts, answer: Answer, told: Firmness) -> tuple[str, ...]:
    """Return one sentence on withheld and rounded counts, and one on earlier dates."""
    within = t.percent(100 * WITHIN, 0)
    lines = []
    if told.drawn is None:
        lines.append(t("siting.firm_exact"))
    else:
        said = {"n": told.uncertain, "near": _times(t, told.drawn, told.drawn.near), "within": within}
        lines.append(t("siting.firm_drawn", all=t.number(len(told.drawn.values)), **said))
        if not OBJECTIVES[answer.plan.objective].counts_travel:
            low, high = (
                exact_people_text(t, answer, people) for people in (min(told.drawn.values), max(told.drawn.values))
            )
            lines.append(t("siting.firm_between", low=low, high=high))
    if told.over is not None:
        near = _times(t, told.over, told.over.near)
        lines.append(t("siting.firm_over", n=len(told.over.values), near=near, within=within))
    return tuple(lines)


def firmness_table(t: Texts, answer: Answer, told: Firmness) -> Table | None:
    """Return how far the choice is behind the best one found at earlier dates; None without such dates."""
    if told.over is None:
        return None
    has_people = not OBJECTIVES[answer.plan.objective].counts_travel
    columns = [
        Column(t("siting.firm_date"), "left"),
        *([Column(t(f"siting.axis_{_unit(answer)}"))] if has_people else []),
        Column(t("siting.firm_behind")),
    ]
    rows = []
    for date, value, best in zip(told.dates, told.over.values, told.over.best_values, strict=True):
        behind = abs(best - value) / abs(best) if best else 0.0
        said = loss_share_text(t, answer, behind, best)
        if has_people:
            people, lost, whole = (round_people(each, answer.rule) for each in (value, abs(best - value), best))
            share = shown_share(lost, whole, answer.rounded_to)
            cells = (t.date(date), people_text(t, people, answer.rounded_to), said)
            rows.append(Row(date, cells, (date, float(people or 0), share if math.isfinite(share) else None)))
        else:
            rows.append(Row(date, (t.date(date), said), (date, 100 * behind)))
    return Table(t("siting.firm_caption"), tuple(columns), tuple(rows))


def _unit(answer: Answer) -> str:
    kind = OBJECTIVES[answer.plan.objective]
    return kind.key if kind.counts_people and not kind.is_reach else "coverage"


def _times(t: Texts, told: Stability, share: float) -> str:
    return t.number(round(share * len(told.values)))
