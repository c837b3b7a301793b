"""How new offices are run, as the reader has set it: kept over page changes, one for all questions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from geo.siting.costs import PRESETS, CostPlan, plan_faults
from pages.shared import state

_PLAN = "cost_plan"


def plan_in_view() -> CostPlan:
    """Return the cost plan in view; two mornings until something else is set."""
    kept = state.recall(_PLAN)
    return kept if isinstance(kept, CostPlan) else PRESETS["mornings"]


def keep_plan(plan: CostPlan) -> None:
    """Keep a plan, unless it makes no sense."""
    if not plan_faults(plan):
        state.remember(_PLAN, plan)


def take_preset(name: str) -> None:
    """Run offices as a preset says; date and own prices stay."""
    now = plan_in_view()
    keep_plan(replace(PRESETS[name], as_of=now.as_of, prices=now.prices))


def change(**fields: Any) -> None:
    """Change fields of the plan in view."""
    keep_plan(replace(plan_in_view(), **fields))


def set_price(key: str, value: float) -> None:
    """Keep a value of the reader's own in place of a parameter."""
    others = tuple(pair for pair in plan_in_view().prices if pair[0] != key)
    change(prices=tuple(sorted((*others, (key, float(value))))))


def forget_prices() -> None:
    """Go back to the parameters."""
    change(prices=())


def set_grade(grade: str, percent: float) -> None:
    """Set the share of a grade; the others share the rest as they did."""
    shares = {name: share for name, share in plan_in_view().grades if name != grade}
    rest, whole = 100.0 - percent, sum(shares.values())
    if whole <= 0 and rest > 0:
        return
    others = [(name, share / whole * rest) for name, share in shares.items() if whole > 0 and rest > 0]
    change(grades=tuple(sorted(pair for pair in (*others, (grade, percent)) if pair[1] > 0)))
