"""What could be reached at most by number of sites and by money: what is asked, and the line as it may be shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from geo.region.disclosure import DisclosureRule, round_bound, round_people
from geo.siting.explain import Curve, Frontier
from geo.siting.problem import SitingProblem
from geo.siting.scenario.scenario import Scenario

NUMBER_MOST = 12

Line = tuple[tuple[float, float | None, float | None], ...]
"""Sites or euro, people reached (None for fewer than may be shown), and people that no choice exceeds."""


def without_wishes(scenario: Scenario) -> Scenario:
    """Return the scenario without wishes for places and areas: its frontier is what is possible at all."""
    question = replace(
        scenario.question,
        objective="coverage",
        new=0,
        forced=(),
        forbidden=(),
        closed=(),
        own=(),
        minimum_of="",
        minimum_share=0.0,
    )
    return replace(scenario, question=question)


def budgets_to_try(problem: SitingProblem, spent: Iterable[float]) -> tuple[float, ...]:
    """Return budgets in euro from the cheapest place up to a dozen of the usual cost, and what scenarios spend.

    Empty where no cost is known.
    """
    costs = problem.costs[problem.candidates] if problem.costs is not None else np.array([])
    if not len(costs) or not costs.max() > 0:
        return ()
    usual, least = float(np.median(costs)), float(costs.min())
    steps = {round(max(least, usual * number), 2) for number in range(1, NUMBER_MOST + 1)}
    return (0.0, *sorted(steps | {round(euro + 0.01, 2) for euro in spent if euro >= least}))


def shown_line(line: Curve | Frontier, rule: DisclosureRule) -> Line:
    """Return a frontier as it may be shown: people rounded, none below the minimum, bounds rounded up."""
    at = line.cost if isinstance(line, Frontier) else line.new
    rows: dict[float, tuple[float | None, float]] = {}
    for x, reached, bound in zip(at, line.reached, line.bound, strict=True):
        low = round_people(reached, rule)
        rows[float(x)] = (None if low is None else float(low), float(round_bound(bound, low, rule)))
    return tuple((x, *people) for x, people in sorted(rows.items()))
