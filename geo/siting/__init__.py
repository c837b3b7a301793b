"""Where new offices should go: problem, solver, plan, and the reasons for it."""

from geo.siting.contract import Minimum
from geo.siting.curves import Curve, Frontier, curve, frontier
from geo.siting.explain import reach_table, reasons, stability_between, stability_over, why_not
from geo.siting.near import near_plans
from geo.siting.plan import Plan, Status
from geo.siting.problem import SitingProblem
from geo.siting.solver import OBJECTIVES, solve
from geo.siting.ways import Fade

__all__ = [
    "OBJECTIVES",
    "Curve",
    "Fade",
    "Frontier",
    "Minimum",
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
