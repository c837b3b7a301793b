"""From a problem to a plan: presolve, local search, bounds, exact solver; one module per objective."""

from geo.siting.solvers.bound import relax
from geo.siting.solvers.covering import solve_core
from geo.siting.solvers.effort import Effort, Halt, deadline, never
from geo.siting.solvers.exact import run
from geo.siting.solvers.interchange import Exchange
from geo.siting.solvers.local_search import Choice, Cover, descend, greedy
from geo.siting.solvers.median import way_core
from geo.siting.solvers.models import coverage_program
from geo.siting.solvers.presolve import Core, reduce_problem
from geo.siting.solvers.solver import solve
