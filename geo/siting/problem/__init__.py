"""The siting problem as arrays, without a region; the plan that answers it, recomputed."""

from geo.siting.problem.contract import Minimum, as_indices, as_weights
from geo.siting.problem.feasibility import OBJECTIVES, Reason, check_question, infeasibility
from geo.siting.problem.plan import Plan, Status, by_group, infeasible_plan, make_plan
from geo.siting.problem.problem import SitingProblem
from geo.siting.problem.reached import added_alone, added_in_order, people_reached
from geo.siting.problem.recount import MINIMISED, recompute, wanted_people
from geo.siting.problem.rows import Rows, rows_of
from geo.siting.problem.travel_costs import Fade, Ways

__all__ = [
    "MINIMISED",
    "OBJECTIVES",
    "Fade",
    "Minimum",
    "Plan",
    "Reason",
    "Rows",
    "SitingProblem",
    "Status",
    "Ways",
    "added_alone",
    "added_in_order",
    "as_indices",
    "as_weights",
    "by_group",
    "check_question",
    "infeasibility",
    "infeasible_plan",
    "make_plan",
    "people_reached",
    "recompute",
    "rows_of",
    "wanted_people",
]
