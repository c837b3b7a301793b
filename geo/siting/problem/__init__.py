"""The siting problem as arrays, without a region; the plan that answers it, recomputed."""

from geo.siting.problem.contract import Minimum, as_indices, as_weights
from geo.siting.problem.feasibility import Reason, check_objective, infeasibility
from geo.siting.problem.objectives import OBJECTIVES, Objective
from geo.siting.problem.plan import Plan, Status, by_group, infeasible_plan, make_plan
from geo.siting.problem.problem import SitingProblem
from geo.siting.problem.recount import added_alone, added_in_order, people_reached, recompute, wanted_people
from geo.siting.problem.rows import Rows, covered_rows
from geo.siting.problem.tally import travel_costs_of
from geo.siting.problem.travel_costs import Fade, TravelCosts
