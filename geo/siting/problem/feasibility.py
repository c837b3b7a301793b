"""Which wishes a question can take, and which cannot be met: a sentence for the one, a code for the other."""

from __future__ import annotations

from dataclasses import dataclass, field

from geo.errors import ContractError
from geo.siting.problem.objectives import OBJECTIVES
from geo.siting.problem.problem import SitingProblem
from geo.siting.problem.recount import is_reached, wanted_people


@dataclass(frozen=True)
class Reason:
    """Why no choice meets the wishes: a code, and the figures of the nearest change that would do."""

    code: str
    parameters: dict[str, float] = field(default_factory=dict)


def check_objective(problem: SitingProblem, objective: str) -> None:
    """Raise a ContractError where an objective and the wishes of a problem make no sense together."""
    kind = OBJECTIVES.get(objective)
    if kind is None:
        raise ContractError(f"objective {objective!r} is not known; choose one of {', '.join(OBJECTIVES)}")
    for wish, label in (("budget", "budget"), ("minimums", "minimum per group")):
        if getattr(problem, wish) not in (None, ()) and wish not in kind.takes:
            takers = ", ".join(one.key for one in OBJECTIVES.values() if wish in one.takes)
            raise ContractError(f"{objective} takes no {label}; leave it out, or ask for one of {takers}")
    if problem.budget is None and "budget" in kind.needs:
        raise ContractError(f"objective {objective} needs costs and a budget; give both, or ask for coverage")
    if problem.capacity is None and "capacity" in kind.needs:
        raise ContractError(f"objective {objective} needs the appointments per week of each site; give capacity")
    if problem.ways is None and "ways" in kind.needs:
        raise ContractError(
            f"{objective} needs the ways themselves: make the problem with from_points or from_travel, "
            "for one service at a time"
        )
    if problem.closable and kind.counts_sites and problem.moves is not None:
        raise ContractError(f"{objective} closes whatever is not needed; leave moves out or keep these sites fixed")


def infeasibility(problem: SitingProblem, objective: str = "coverage") -> Reason | None:
    """Return why no choice meets the wishes, as far as that shows without a search, or None."""
    kind = OBJECTIVES[objective]
    if set(problem.forced) & set(problem.forbidden):
        return Reason("forced_and_forbidden", {"sites": len(set(problem.forced) & set(problem.forbidden))})
    if not kind.counts_sites:
        reason = _too_much_money(problem) if problem.budget is not None else _too_many_sites(problem)
        if reason is not None:
            return reason
    else:
        most = float(problem.weights[is_reached(problem, _openable(problem))].sum())
        if most < problem.share * problem.total * (1 - 1e-12):
            return Reason("share_out_of_reach", {"share": problem.share, "share_most": most / problem.total})
    if kind.counts_travel and problem.new + len(problem.fixed) + len(problem.closable) == 0:
        return Reason("no_office", {"new_least": 1})
    return _minimum_out_of_reach(problem)


def _too_many_sites(problem: SitingProblem) -> Reason | None:
    if len(problem.forced) > problem.new:
        return Reason("forced_exceed_new", {"new": problem.new, "new_least": len(problem.forced)})
    if problem.new > len(problem.candidates):
        return Reason("new_exceed_candidates", {"new": problem.new, "new_most": len(problem.candidates)})
    return None


def _too_much_money(problem: SitingProblem) -> Reason | None:
    budget = float(problem.budget or 0.0)
    if problem.costs is None:
        return None
    least = problem.cost(problem.forced) - problem.cost(problem.closable)
    if least > budget * (1 + 1e-12):
        return Reason("forced_exceed_budget", {"budget": budget, "budget_least": least})
    if problem.closable:
        return None
    if len(problem.candidates) and not problem.forced:
        cheapest = float(problem.costs[problem.candidates].min())
        if cheapest > budget:
            return Reason("budget_below_costs", {"budget": budget, "budget_least": cheapest})
    return None


def _openable(problem: SitingProblem) -> list[int]:
    """Return every site that is open or may be."""
    return [*problem.fixed, *problem.closable, *problem.candidates.tolist()]


def _minimum_out_of_reach(problem: SitingProblem) -> Reason | None:
    if not problem.minimums:
        return None
    sites = _openable(problem)
    is_in_reach = is_reached(problem, sites)
    worst, most_missing = None, 1.0
    for minimum in problem.minimums:
        wanted = wanted_people(problem, minimum)
        if problem.demand_groups is not None and wanted > 0:
            is_mine = problem.demand_groups == minimum.group
            most = float(problem.weights[is_mine & is_in_reach].sum())
            if most < wanted * min(most_missing, 1 - 1e-12):
                shares = {"share": wanted, "share_most": most}
                whole = float(problem.weights[is_mine].sum())
                parts = {name: people / whole for name, people in shares.items()}
                worst = Reason(
                    "minimum_out_of_reach", {"group": minimum.group, "people": wanted, "people_most": most, **parts}
                )
                most_missing = most / wanted
        if problem.site_groups is not None and minimum.sites:
            here = int((problem.site_groups[sites] == minimum.group).sum())
            if here < minimum.sites:
                return Reason(
                    "minimum_sites_too_few", {"group": minimum.group, "sites": minimum.sites, "sites_most": here}
                )
    return worst
