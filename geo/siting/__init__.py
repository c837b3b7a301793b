"""Where new offices should go: problem, solver, plan, and the reasons for it."""

from geo.siting.explain import (
    Curve,
    Frontier,
    curve,
    frontier,
    near_plans,
    reach_table,
    reasons,
    stability_between,
    stability_over,
    why_not,
)
from geo.siting.problem import OBJECTIVES, Fade, Minimum, Objective, Plan, SitingProblem, Status
from geo.siting.solvers import solve

__all__ = [
    "OBJECTIVES",
    "Curve",
    "Fade",
    "Frontier",
    "Minimum",
    "Objective",
    "Plan",
    "SitingProblem",
    "Status",
    "curve",
    "frontier",
    "near_plans",
    "reach_table",
    "reasons",
    "solve",
    "stability_between",
    "stability_over",
    "why_not",
]
