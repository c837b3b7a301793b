"""Small random siting problems of every kind, and the best value of each by looking at every choice."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator

import numpy as np

from geo.siting import Minimum, SitingProblem
from geo.siting.problem.recount import recompute

Chosen = tuple[tuple[int, ...], tuple[int, ...]]


def case(seed: int, *, may_close: bool = False, costs: bool = False, **wishes: object) -> SitingProblem:
    """Return a problem with duplicates, ties, people in whole, dyadic and broken numbers, fixed and forced sites."""
    random = np.random.default_rng(seed)
    points, sites = int(random.integers(1, 30)), int(random.integers(3, 9))
    demand = random.integers(0, 12, (points, 2)) * 100.0
    places = random.integers(0, 12, (sites, 2)) * 100.0
    people = random.integers(0, 20, points).astype(float) * (1.0, 1 / 1024, math.pi)[seed % 3]
    order = random.permutation(sites).tolist()
    number_open = int(random.integers(0, 2))
    number_closable = int(random.integers(1, 3)) if may_close and sites > 5 else 0
    fixed, closable = order[:number_open], order[number_open : number_open + number_closable]
    rest = order[number_open + number_closable :]
    asked: dict[str, object] = {
        "fixed": fixed,
        "closable": tuple(closable),
        "moves": 1 if closable and seed % 2 else None,
        "forced": rest[:1] if seed % 5 == 0 else [],
        "forbidden": rest[1:2] if seed % 7 == 0 else [],
        "reach": float(random.choice([200, 300, 500])),
    }
    asked["new"] = int(random.integers(1, min(4, len(rest) - len(asked["forbidden"])) + 1))
    if costs:
        asked |= {"costs": random.integers(1, 10, sites).astype(float), "budget": float(random.integers(8, 25))}
    return SitingProblem.from_points(demand, people, places, **{**asked, **wishes})


def with_minimums(problem: SitingProblem, seed: int) -> SitingProblem:
    """Return the problem with groups by chance, and minimums of people and sites for two of them."""
    random = np.random.default_rng(seed + 1)
    of_points, of_sites = random.integers(0, 3, problem.points), random.integers(0, 3, problem.sites)
    minimums = tuple(
        Minimum(
            group,
            share=float(random.choice([0, 0.3, 0.5])) if (of_points == group).any() else 0.0,
            sites=int(random.integers(0, 2)) if (of_sites == group).any() else 0,
        )
        for group in range(2)
    )
    return problem.changed(demand_groups=of_points, site_groups=of_sites, minimums=minimums)


def choices(problem: SitingProblem, *, any_number: bool = False) -> Iterator[Chosen]:
    """Yield every choice of new sites and of sites to close within number or budget."""
    candidates = problem.candidates.tolist()
    for closed_number in range(problem.moves_most + 1):
        for closed in itertools.combinations(problem.closable, closed_number):
            is_free = any_number or problem.budget is not None
            for number in range(len(candidates) + 1) if is_free else [problem.new + closed_number]:
                for new in itertools.combinations(candidates, number):
                    if not set(problem.forced) <= set(new):
                        continue
                    spent = problem.cost(new) - problem.cost(closed)
                    if any_number or problem.budget is None or spent <= problem.budget + 1e-9:
                        yield new, closed


def keeps_minimums(problem: SitingProblem, chosen: Chosen) -> bool:
    """Tell whether a choice keeps all minimums, counted from dense arrays."""
    new, closed = chosen
    is_open = np.zeros(problem.sites, dtype=bool)
    is_open[list(problem.fixed + problem.closable + new)] = True
    is_open[list(closed)] = False
    is_reached = problem.cover.toarray()[is_open].any(axis=0)
    for minimum in problem.minimums:
        mine = problem.demand_groups == minimum.group
        wanted = max(minimum.people, minimum.share * problem.weights[mine].sum())
        if problem.weights[mine & is_reached].sum() < wanted - 1e-9:
            return False
        if (problem.site_groups[is_open] == minimum.group).sum() < minimum.sites:
            return False
    return True


def best(problem: SitingProblem, value: Callable[[SitingProblem, Chosen], float], *, least: bool) -> float | None:
    """Return the best value over all choices that keep the minimums; None where there are none."""
    values = [value(problem, chosen) for chosen in choices(problem) if keeps_minimums(problem, chosen)]
    return None if not values else min(values) if least else max(values)


def fewest(problem: SitingProblem) -> int | None:
    """Return the least number of sites opened or kept that reach the share and keep the minimums."""
    found = [
        len(new) + len(problem.closable) - len(closed)
        for new, closed in choices(problem, any_number=True)
        if recompute(problem, new, closed=closed).after >= problem.share * problem.total - 1e-9
        and keeps_minimums(problem, (new, closed))
    ]
    return min(found, default=None)


def plain_value(objective: str) -> Callable[[SitingProblem, Chosen], float]:
    """Return what values a choice from dense ways and loops, apart from the code of the library."""

    def value(problem: SitingProblem, chosen: Chosen) -> float:
        new, closed = chosen
        sites = [site for site in (*problem.fixed, *problem.closable, *new) if site not in closed]
        return _plain(problem, sites, objective)

    return value


def _plain(problem: SitingProblem, sites: list[int], objective: str) -> float:
    demand, places, reach = problem.ways.demand_xy, problem.ways.site_xy, problem.ways.reach
    total, longest = 0.0, 0.0
    for (x, y), people in zip(demand.tolist(), problem.weights.tolist(), strict=True):
        ways = sorted(math.hypot(x - places[site][0], y - places[site][1]) for site in sites)
        near = [way for way in ways if way <= reach]
        if people > 0:
            longest = max(longest, ways[0] if ways else math.inf)
        if objective == "coverage":
            total += people * bool(near)
        elif objective == "backup":
            total += people * (len(near) >= 2)
        elif objective == "median":
            total += people * (ways[0] if ways else math.inf) if people > 0 else 0.0
        elif objective == "fade":
            fade = problem.fade
            full, steps = (fade.full, fade.steps) if fade else (0.0, 16)
            share = min(1.0, (reach - near[0]) / (reach - full)) if near else 0.0
            total += people * (math.floor(share * steps + 0.5) / steps if steps else share)
    return longest if objective == "center" else total
