"""Where new offices should go: problem, solver, plan."""

from geo.siting.curves import Curve, curve
from geo.siting.plan import Plan, Status
from geo.siting.problem import SitingProblem
from geo.siting.solver import solve

__all__ = ["Curve", "Plan", "SitingProblem", "Status", "curve", "solve"]
