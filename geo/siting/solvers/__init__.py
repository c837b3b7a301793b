"""From a problem to a plan: presolve, local search, bounds, exact solver; one module per objective."""

from geo.siting.solvers.bound import relax
from geo.siting.solvers.covering import solve_core
from geo.siting.solvers.exact import run
from geo.siting.solvers.interchange import Exchange
from geo.siting.solvers.local_search import Choice, Cover, Halt, deadline, descend, greedy, never
from geo.siting.solvers.median import way_core
from geo.siting.solvers.models import coverage_program
from geo.siting.solvers.presolve import Core, reduce_problem
from geo.siting.solvers.solver import OBJECTIVES, solve

__all__ = [
    "OBJECTIVES",
    "Choice",
    "Core",
    "Cover",
    "Exchange",
    "Halt",
    "coverage_program",
    "deadline",
    "descend",
    "greedy",
    "never",
    "reduce_problem",
    "relax",
    "run",
    "solve",
    "solve_core",
    "way_core",
]
